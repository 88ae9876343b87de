//! Packs the texts that are compiled in: English for every app, German for those of the people at work. Every other language is a
//! file that the chat loads, made by `cargo xtask build`. From the English file come the methods of `Text`.

#[path = "src/text/pack.rs"]
#[allow(dead_code, reason = "the workbench uses the rest")]
mod pack;

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

fn main() {
    let source_en = source("en");
    let english = read("en", &source_en);
    let (early, _) = source_en
        .split_once("\n# Later")
        .expect("a line `# Later` in en.txt");
    let early = read("en", early).len();
    let german = source("de");
    let german = read("de", &german);
    check("en", &english, &english);
    check("de", &english, &german);
    let out = env::var("OUT_DIR").expect("cargo names it");
    let write = |name: &str, text: String| {
        fs::write(Path::new(&out).join(name), text).expect("a folder to write to");
    };
    write("en.txt", pack::pack(&english[..early], &english));
    write("en.later.txt", pack::pack(&english[early..], &english));
    write("de.txt", pack::pack(&english, &german));
    write("keys.rs", keys(&english, early));
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/text/pack.rs");
}

fn source(tag: &str) -> String {
    let path = format!("src/text/chat/{tag}.txt");
    println!("cargo::rerun-if-changed={path}");
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn read<'a>(tag: &str, source: &'a str) -> Vec<pack::Entry<'a>> {
    pack::read(source).unwrap_or_else(|error| panic!("{tag}.txt: {error}"))
}

fn check(tag: &str, english: &[pack::Entry<'_>], entries: &[pack::Entry<'_>]) {
    let problems = pack::problems(tag, english, entries);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let missing = pack::missing(english, entries);
    assert!(missing.is_empty(), "{tag}.txt lacks {}", missing.join(", "));
}

/// A method for each text: `text().retry()`, and `text().about(3)` for what is said with a number.
fn keys(english: &[pack::Entry<'_>], early: usize) -> String {
    let mut rust = format!(
        "/// How many texts there are.\npub const KEYS: usize = {};\n\
         /// How many of them English has from the start.\nconst EARLY: usize = {early};\n\
         #[cfg_attr(not(feature = \"chat\"), allow(dead_code, reason = \"the console says less than the chat\"))]\n\
         impl Text {{\n",
        english.len()
    );
    for (index, entry) in english.iter().enumerate() {
        let (key, text) = (entry.key, entry.forms.last().map_or("", |(_, text)| *text));
        let words = if index < early {
            format!("self.words[{index}]")
        } else {
            format!("self.later({index})")
        };
        let method = if entry.is_plural() {
            format!(
                "pub fn {key}(&self, count: usize) -> String {{ self.counted({words}, count) }}"
            )
        } else if index < early {
            format!("pub const fn {key}(&self) -> &'static str {{ {words} }}")
        } else {
            format!("pub fn {key}(&self) -> &'static str {{ {words} }}")
        };
        writeln!(rust, "    /// {text}\n    {method}").expect("a text takes all");
    }
    rust + "}\n"
}
