//! What browsers load: the loader, documents, and assets with their digest in their name.
//!
//! Documents, styles and scripts name an asset as `{{asset:chat.css}}` and get its address.

use super::{
    bindgen,
    compile::Part,
    edge::remove,
    emoji, minify, pack,
    split::Split,
    stamp::{Stamp, files, of, short},
    texts,
};
use crate::{paths, run::say};
use anyhow::{Context, Result, bail};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Makes the site from `public/`, the widget's styles, and its wasm files.
pub fn build(apps: &[(&Part, PathBuf)]) -> Result<()> {
    let stamp = stamp(apps)?;
    if stamp.is_current() && paths::site().is_dir() {
        return Ok(());
    }
    say("the site: wasm-bindgen, esbuild, brotli");
    let mut site = Site::default();
    site.add_public_assets()?;
    site.add_texts()?;
    for (part, wasm) in apps {
        site.add_app(part, wasm)?;
    }
    site.add_documents()?;
    site.write()?;
    stamp.save()
}

/// Where the asset of that name lies in the site that was built last.
pub fn asset(name: &str) -> Result<PathBuf> {
    let (stem, extension) = split(name);
    let is_it = |path: &PathBuf| {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let digest = file
            .strip_prefix(stem)
            .and_then(|rest| rest.strip_suffix(extension));
        digest.is_some_and(|digest| digest.len() == ".01234567".len() && digest.starts_with('.'))
    };
    let found = files(&paths::site().join("assets"))?
        .into_iter()
        .find(is_it);
    found.with_context(|| format!("no {name} in the site: run `cargo xtask build`"))
}

fn stamp(apps: &[(&Part, PathBuf)]) -> Result<Stamp> {
    let mut seen: Vec<_> = apps.iter().map(|(_, wasm)| wasm.clone()).collect();
    seen.extend(files(&paths::root().join("public"))?);
    seen.extend(styles("")?);
    seen.extend(texts::files()?);
    seen.extend(emoji::files());
    let mut inputs = Vec::new();
    for path in seen {
        inputs.push(path.to_string_lossy().into_owned().into_bytes());
        inputs.push(fs::read(&path)?);
    }
    let path = paths::target().join("parts/site.stamp");
    Ok(Stamp::new(path, inputs.iter().map(Vec::as_slice)))
}

/// The sheets below `widget/src/PART`, in the order of their paths.
fn styles(part: &str) -> Result<Vec<PathBuf>> {
    let mut sheets = files(&paths::root().join("widget/src").join(part))?;
    sheets.retain(|path| path.extension() == Some("css".as_ref()));
    Ok(sheets)
}

/// Whether a sheet is for what is split off: `NAME.later.css`.
fn is_later(path: &Path) -> bool {
    path.to_string_lossy().ends_with(".later.css")
}

/// The script of dictation, whose address needs no place in a document.
const SPEAK: &str = "speak.js";

/// The site as it grows: files by their path in it, and addresses of assets by their name.
#[derive(Default)]
struct Site {
    files: BTreeMap<String, Vec<u8>>,
    assets: BTreeMap<String, String>,
}

impl Site {
    /// Pictures and fonts first, then sheets, then scripts: each may name what went before.
    fn add_public_assets(&mut self) -> Result<()> {
        let folder = paths::root().join("public/assets");
        let mut found = files(&folder)?;
        found.retain(|path| !path.ends_with(SPEAK));
        found.sort_by_key(
            |path| match path.extension().and_then(|extension| extension.to_str()) {
                Some("js") => 2,
                Some("css") => 1,
                _ => 0,
            },
        );
        for path in found {
            let name = path.strip_prefix(&folder)?.to_string_lossy().into_owned();
            let content = fs::read(&path)?;
            let content = match split(&name).1 {
                ".css" => minify::style(self.fill(&name, content)?.as_bytes())?,
                ".js" => minify::script(self.fill(&name, content)?.as_bytes())?,
                _ => content,
            };
            self.add_asset(&name, content);
        }
        Ok(())
    }

    /// The languages of the chat, each a file, its emoji in that language, and the script of dictation. They carry the digest of all, so
    /// that a document can name any of them: `{{asset:texts}}` is that digest.
    fn add_texts(&mut self) -> Result<()> {
        let mut packed = texts::packed()?;
        let emoji = emoji::packed()?.into_iter();
        packed.extend(emoji.map(|(tag, text)| (format!("emoji.{tag}"), text)));
        let script = fs::read(paths::root().join("public/assets").join(SPEAK))?;
        let script = minify::script(&script)?;
        let texts = packed.iter().map(|(_, text)| text.as_bytes());
        let digest = of(texts.chain([&*script]));
        let digest = &digest[..8];
        let (stem, extension) = split(SPEAK);
        let path = format!("assets/{stem}.{digest}{extension}");
        self.files.insert(path, script);
        for (tag, text) in packed {
            let path = format!("assets/{tag}.{digest}.txt");
            self.files.insert(path, text.into_bytes());
        }
        self.assets.insert("texts".into(), digest.to_owned());
        Ok(())
    }

    /// One entry point of the widget: style, wasm, and the script that starts it; and what loads later.
    fn add_app(&mut self, part: &Part, wasm: &Path) -> Result<()> {
        let name = part.name;
        let mut sheets = styles("ui")?;
        sheets.sort_by_key(|path| !path.ends_with("ui/theme.css"));
        if name != "chat" {
            sheets.extend(styles("form")?); // customers fill in none
        }
        if name != "home" {
            sheets.extend(styles("files")?); // nobody sends any there
            sheets.extend(styles("speech")?); // or speaks
        }
        sheets.extend(styles(name)?);
        if part.is_split {
            let (later, first) = sheets.into_iter().partition(|path| is_later(path));
            self.add_sheet("more.css", later)?;
            sheets = first;
        }
        self.add_sheet(&format!("{name}.css"), sheets)?;

        let out = paths::target().join("parts").join(name);
        remove(&out)?;
        fs::create_dir_all(&out)?;
        if part.is_split {
            let split = Split::new(wasm, name, &out)?;
            let names = bindgen::for_browser(&split.main, name, &out, true)?;
            let address = self.add_asset("more.wasm", split.later(&names)?);
            split.point(&names, &address)?;
        } else {
            bindgen::for_browser(wasm, name, &out, false)?;
        }
        let address = self.add_asset(
            &format!("{name}.wasm"),
            fs::read(out.join(format!("{name}_bg.wasm")))?,
        );
        let entry = out.join("entry.js");
        fs::write(
            &entry,
            format!(
                "import start from \"./{name}.js\";\nstart({{ module_or_path: \"{address}\" }});\n"
            ),
        )?;
        self.add_asset(&format!("{name}.js"), minify::bundle(&entry)?);
        Ok(())
    }

    fn add_sheet(&mut self, name: &str, sheets: Vec<PathBuf>) -> Result<()> {
        let mut sheet = Vec::new();
        for path in sheets {
            sheet.extend(fs::read(path)?);
            sheet.push(b'\n');
        }
        let sheet = self.fill(name, sheet)?;
        self.add_asset(name, minify::style(sheet.as_bytes())?);
        Ok(())
    }

    /// What lies in `public/` itself: it keeps its name, and the loader gets its public one.
    fn add_documents(&mut self) -> Result<()> {
        let folder = paths::root().join("public");
        for path in files(&folder)? {
            let name = path.strip_prefix(&folder)?.to_string_lossy().into_owned();
            if name.starts_with("assets/") {
                continue;
            }
            let content = fs::read(&path)?;
            let (name, content) = match (name.as_str(), split(&name).1) {
                ("loader.js", _) => {
                    let source = self.fill(&name, content)?;
                    ("bellhop.js".into(), minify::loader(source.as_bytes())?)
                }
                ("page.js", _) => ("bellhop-page.js".into(), minify::script(&content)?),
                ("greet.js", _) => ("bellhop-greet.js".into(), minify::script(&content)?),
                (_, ".html") => (name.clone(), self.fill(&name, content)?.into_bytes()),
                _ => (name, content),
            };
            self.files.insert(name, content);
        }
        Ok(())
    }

    fn add_asset(&mut self, name: &str, content: Vec<u8>) -> String {
        let (stem, extension) = split(name);
        let path = format!("assets/{stem}.{}{extension}", short(&content));
        let address = format!("/{path}");
        self.files.insert(path, content);
        self.assets.insert(name.to_owned(), address.clone());
        address
    }

    fn fill(&self, file: &str, content: Vec<u8>) -> Result<String> {
        let text = String::from_utf8(content).with_context(|| format!("{file} is not UTF-8"))?;
        fill(&text, &self.assets).with_context(|| format!("in {file}"))
    }

    /// Writes everything beside the old site, and then takes its place.
    fn write(&self) -> Result<()> {
        let (site, next, old) = (
            paths::site(),
            paths::target().join("site.next"),
            paths::target().join("site.old"),
        );
        remove(&next)?;
        remove(&old)?;
        for (path, content) in &self.files {
            let file = next.join(path);
            fs::create_dir_all(file.parent().unwrap_or(&next))?;
            fs::write(&file, content)?;
            if pack::is_compressible(&file) {
                let packed = format!("{path}.br");
                fs::write(
                    next.join(&packed),
                    brotli(path, content, &site.join(&packed))?,
                )?;
            }
        }
        if site.is_dir() {
            fs::rename(&site, &old)?;
        }
        fs::rename(&next, &site)?;
        remove(&old)
    }
}

/// An asset's name holds its digest, so one of the same name was packed from the same content.
fn brotli(path: &str, content: &[u8], last: &Path) -> Result<Vec<u8>> {
    if path.starts_with("assets/") && last.is_file() {
        return Ok(fs::read(last)?);
    }
    pack::brotli(content)
}

/// `a/b.css` is `a/b` and `.css`.
fn split(name: &str) -> (&str, &str) {
    let file = name.rfind('/').map_or(0, |slash| slash + 1);
    let dot = name[file..].rfind('.').map_or(name.len(), |dot| file + dot);
    name.split_at(dot)
}

fn fill(text: &str, assets: &BTreeMap<String, String>) -> Result<String> {
    const OPEN: &str = "{{asset:";
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPEN) {
        let (name, after) = after
            .split_once("}}")
            .context("`{{asset:` is never closed")?;
        let Some(address) = assets.get(name) else {
            bail!("there is no asset `{name}`");
        };
        filled += before;
        filled += address;
        rest = after;
    }
    filled += rest;
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_is_named_by_its_content() {
        let mut site = Site::default();
        assert_eq!(
            site.add_asset("img/a.svg", b"abc".to_vec()),
            "/assets/img/a.ba7816bf.svg"
        );
        let filled = site
            .fill("x.html", b"<img src={{asset:img/a.svg}}>".to_vec())
            .unwrap();
        assert_eq!(filled, "<img src=/assets/img/a.ba7816bf.svg>");
    }

    #[test]
    fn an_unknown_asset_is_named_with_its_file() {
        let error = Site::default()
            .fill("x.html", b"{{asset:no.css}}".to_vec())
            .unwrap_err();
        assert_eq!(
            format!("{error:#}"),
            "in x.html: there is no asset `no.css`"
        );
        assert!(
            Site::default()
                .fill("x.html", b"{{asset:no.css".to_vec())
                .is_err()
        );
    }

    #[test]
    fn a_dot_in_a_folder_is_no_extension() {
        assert_eq!(split("a.b/c"), ("a.b/c", ""));
        assert_eq!(split("a.b/c.css"), ("a.b/c", ".css"));
    }
}
