//! `cargo xtask size`: what people download, against its budgets.

use crate::{
    args::Args,
    build::{pack, site::asset, stamp::files},
    paths,
};
use anyhow::{Context, Result};
use serde_json::{Map, Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// One thing that people download as a whole; sizes in bytes.
struct Row {
    name: &'static str,
    raw: usize,
    gzip: usize,
    brotli: usize,
    budget: usize,
    /// The platform's limit for a Worker is one of gzip; browsers get brotli.
    is_gzip: bool,
}

impl Row {
    fn new(name: &'static str, files: &[PathBuf], budget: usize, is_gzip: bool) -> Result<Self> {
        let mut row = Self {
            name,
            raw: 0,
            gzip: 0,
            brotli: 0,
            budget,
            is_gzip,
        };
        for file in files {
            let content = fs::read(file)
                .with_context(|| format!("no {}: run `cargo xtask build`", file.display()))?;
            row.raw += content.len();
            row.gzip += pack::gzip(&content)?.len();
            row.brotli += packed(file, &content)?;
        }
        Ok(row)
    }

    fn measured(&self) -> usize {
        if self.is_gzip { self.gzip } else { self.brotli }
    }

    fn is_over(&self) -> bool {
        self.measured() > self.budget
    }
}

pub fn command(mut args: Args) -> Result<ExitCode> {
    let is_json = args.flag("--json");
    args.end()?;
    let rows = rows()?;
    if is_json {
        println!("{:#}", json(&rows));
    } else {
        print!("{}", table(&rows));
    }
    let is_over = rows.iter().any(Row::is_over);
    Ok(if is_over {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn rows() -> Result<Vec<Row>> {
    let (site, edge) = (paths::site(), paths::edge());
    let app = |name: &str, document: &str| -> Result<Vec<PathBuf>> {
        let mut files = vec![site.join(document)];
        for extension in ["css", "js", "wasm"] {
            files.push(asset(&format!("{name}.{extension}"))?);
        }
        Ok(files)
    };
    let later = [asset("more.css")?, asset("more.wasm")?];
    let languages = files(&site.join("assets"))?.into_iter();
    let languages = languages.filter(|path| path.extension() == Some("txt".as_ref()));
    let is_emoji = |path: &PathBuf| path.to_string_lossy().contains("/emoji.");
    let (emoji, languages): (Vec<_>, Vec<_>) = languages.partition(is_emoji);
    let largest = |files: Vec<PathBuf>| {
        let size = |path: &PathBuf| packed(path, &[]).unwrap_or(0);
        Vec::from_iter(files.into_iter().max_by_key(size))
    };
    let mut worker = ["worker.js", "index.js", "index_bg.wasm"]
        .map(|name| edge.join(name))
        .to_vec();
    worker.extend(files(&edge.join("snippets"))?);
    Ok(vec![
        Row::new("loader", &[site.join("bellhop.js")], 2_500, false)?,
        // What a page says beyond opening and closing the chat, and hears from it: loaded with the first such word.
        Row::new("page", &[site.join("bellhop-page.js")], 2_500, false)?,
        // What a space shows by itself: for tags that ask for it.
        Row::new("greet", &[site.join("bellhop-greet.js")], 2_000, false)?,
        // 95,000 with every feature of the product in it. 4,000 are the small markdown, another 4,000 what becomes
        // of a message after it was written. The last 1,000 show it before it is in the log, and ask for it;
        // 900 more are what the log has of ratings and transcripts; 1,100 are for files, 200 the way to
        // emoji; 600 draw only a part of a long log, 400 are the way to dictate. What a customer needs to type is all that may come.
        Row::new("chat", &app("chat", "chat.html")?, 95_000, false)?,
        // What the chat loads when it is first asked for: the ends of a talk with ratings and transcripts, menus, what is
        // done with messages, 9,500 to send and show files and what becomes of their check, 6,000 to choose an
        // emoji, 1,000 are the English words of all that, 2,700 earlier conversations, 1,700 more lines of a long log, 300 other reactions, and 4,200 to dictate.
        Row::new("later", &later, 41_700, false)?,
        // The largest; the texts of English are in the chat, and whoever reads another loads one.
        Row::new("language", &largest(languages), 2_500, false)?,
        // The largest; loaded when the first emoji is chosen.
        Row::new("emoji", &largest(emoji), 40_000, false)?,
        // Loaded when somebody speaks first.
        Row::new("speech", &[asset("speak.js")?], 1_900, false)?,
        // 3,800 of it are to dictate, in two languages.
        Row::new("agent", &app("console", "console.html")?, 183_000, false)?,
        // Every setting, the audit log and identity keys: admins alone load most of it. The last 5,100 are
        // for finding a customer, for what is said before one is erased, and for the audit log in words;
        // 1,700 more for one's own address and for who cannot be mailed, 1,300 for sources without files and for who checks
        // them, 1,100 for what pages show by themselves.
        Row::new("home", &app("home", "home.html")?, 108_000, false)?,
        // To come down to 400,000: the calls of the API and what the Worker and its objects ask each
        // other are a third of it. Customers never load it; the platform takes 3,000,000. The last
        // 38,000 are for files, 10,000 of these to have them checked by a server of the space (five calls, what their bytes are, and cleaning four kinds of pictures), 7,900 for
        // ratings and transcripts, 5,600 so that every admin has an address and an erasure is one act, the
        // 8,000 before for finding a customer, and for the mails to admins; 3,600 for a visitor's own conversations, 9,800 for
        // recordings (three calls, their transcribers, and what they cost), 3,300 for what pages show by themselves.
        Row::new("edge", &worker, 624_200, true)?,
    ])
}

/// The size over the wire: that of the packed file beside it, where there is one.
fn packed(file: &Path, content: &[u8]) -> Result<usize> {
    let beside = file.with_added_extension("br");
    match fs::metadata(beside) {
        Ok(metadata) => Ok(usize::try_from(metadata.len())?),
        Err(_) => Ok(pack::brotli(content)?.len()),
    }
}

fn json(rows: &[Row]) -> Value {
    let row = |row: &Row| json!({ "raw": row.raw, "gzip": row.gzip, "brotli": row.brotli, "budget": row.budget });
    let entries = rows.iter().map(|each| (each.name.to_owned(), row(each)));
    Value::Object(Map::from_iter(entries))
}

fn table(rows: &[Row]) -> String {
    let mut table = format!(
        "{:<8}{:>11}{:>11}{:>11}{:>11}\n",
        "bytes", "raw", "gzip", "brotli", "budget"
    );
    for row in rows {
        let kind = if row.is_gzip { "gzip" } else { "brotli" };
        let verdict = match row.measured().checked_sub(row.budget) {
            Some(over @ 1..) => format!("OVER by {over}"),
            Some(0) | None => format!("{} %", row.measured() * 100 / row.budget),
        };
        table += &format!(
            "{:<8}{:>11}{:>11}{:>11}{:>11}  of {kind}: {verdict}\n",
            row.name,
            grouped(row.raw),
            grouped(row.gzip),
            grouped(row.brotli),
            grouped(row.budget),
        );
    }
    table
}

/// 1234567 is `1,234,567`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(gzip: usize, brotli: usize, budget: usize, is_gzip: bool) -> Row {
        Row {
            name: "chat",
            raw: 1_234_567,
            gzip,
            brotli,
            budget,
            is_gzip,
        }
    }

    #[test]
    fn a_budget_is_kept_to_the_byte() {
        let cases = [
            ("at the budget", row(900, 500, 500, false), false),
            ("one over", row(900, 501, 500, false), true),
            ("gzip counts for a Worker", row(900, 10, 500, true), true),
        ];
        for (case, row, is_over) in cases {
            assert_eq!(row.is_over(), is_over, "{case}");
            assert_eq!(table(&[row]).contains("OVER"), is_over, "{case}");
        }
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(grouped),
            ["0", "999", "1,000", "1,234,567"]
        );
    }
}
