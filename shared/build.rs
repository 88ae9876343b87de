//! Names the schema of the binary encoding after the sources that define it.
//!
//! postcard cannot skip what it does not know, so our own widget and the edge speak it only
//! with each other when both were built from the same sources (`frame::SCHEMA`).

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::{fs, io};

fn main() -> io::Result<()> {
    let mut files = Vec::new();
    collect(Path::new("src"), &mut files)?;
    files.sort();
    let mut hasher = DefaultHasher::new();
    for (name, text) in &files {
        (name, text).hash(&mut hasher);
    }
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rustc-env=BELLHOP_SCHEMA={:016x}", hasher.finish());
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<(String, String)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if let Some(name) = path.to_str() {
            files.push((name.to_owned(), fs::read_to_string(&path)?));
        }
    }
    Ok(())
}
