//! Cargo, for wasm: one crate, one set of features, one file.

use super::{
    split::RELOCATIONS,
    stamp::{Stamp, files},
};
use crate::{
    paths,
    run::{capture, cargo, command, run, say},
    setup::wasm::TARGET,
};
use anyhow::{Context, Result};
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// A wasm file to compile.
pub struct Part {
    /// The name of the file that comes out, and what people are told.
    pub name: &'static str,
    package: &'static str,
    profile: &'static str,
    features: &'static [&'static str],
    /// Whether a part of it is split off afterwards.
    pub is_split: bool,
}

pub const EDGE: Part = Part {
    name: "edge",
    package: "edge",
    profile: "edge",
    features: &[],
    is_split: false,
};
pub const CHAT: Part = Part {
    name: "chat",
    package: "widget",
    profile: "wasm",
    features: &["chat"],
    is_split: true,
};
pub const CONSOLE: Part = Part {
    name: "console",
    package: "widget",
    profile: "wasm",
    features: &["console"],
    is_split: false,
};
pub const HOME: Part = Part {
    name: "home",
    package: "widget",
    profile: "wasm",
    features: &["home"],
    is_split: false,
};

/// Compiles the part if its sources changed; returns its file.
///
/// The three builds of the widget write one file name in cargo's folders, so each would make cargo
/// build the others anew: the stamp keeps cargo out of it, and the copy keeps the file.
pub fn wasm(part: &Part) -> Result<PathBuf> {
    let folder = paths::target().join("parts");
    fs::create_dir_all(&folder)?;
    let copy = folder.join(part.name).with_extension("wasm");
    let sources = sources(part)?;
    let inputs = sources.iter().map(Vec::as_slice);
    let stamp = Stamp::new(folder.join(part.name).with_extension("stamp"), inputs);
    if copy.is_file() && stamp.is_current() {
        return Ok(copy);
    }
    say(format!("compiling {} for wasm", part.name));
    let mut cargo = cargo();
    // Like `build`, and takes flags for the last crate alone.
    cargo.args(["rustc", "--target", TARGET, "--profile", part.profile]);
    cargo.args(["--package", part.package, "--no-default-features"]);
    if !part.features.is_empty() {
        cargo.args(["--features", &part.features.join(",")]);
    }
    cargo.args(["--config", &same_on_every_machine()?]);
    if part.is_split {
        cargo.args(["--", RELOCATIONS]);
    }
    run(&mut cargo)?;
    let built = paths::target()
        .join(TARGET)
        .join(part.profile)
        .join(part.package);
    fs::copy(built.with_extension("wasm"), &copy)
        .with_context(|| format!("cargo did not make {}.wasm", part.package))?;
    stamp.save()?;
    Ok(copy)
}

/// Panics carry the paths of sources: without the part that differs from machine to machine, the
/// same sources give the same bytes, and nobody downloads the name of our home folder.
fn same_on_every_machine() -> Result<String> {
    let mut prefixes = registries()?;
    prefixes.push(paths::root().to_path_buf());
    let flags = prefixes
        .iter()
        .map(|prefix| format!("--remap-path-prefix={}/=", prefix.display()));
    Ok(format!(
        "target.{TARGET}.rustflags={:?}",
        flags.collect::<Vec<_>>()
    ))
}

/// The folders that cargo unpacks sources into.
pub fn registries() -> Result<Vec<PathBuf>> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let folder = home.context("no home folder")?.join("registry/src");
    let folders = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = folders.map(|entry| entry.path()).collect();
    folders.sort();
    Ok(folders)
}

/// A language that is in none of the apps: English is in all, German in those of people at work.
fn is_loaded(path: &Path) -> bool {
    path.parent()
        .is_some_and(|folder| folder.ends_with("text/chat"))
        && !path.ends_with("en.txt")
        && !path.ends_with("de.txt")
}

/// What the compiler sees: names and contents, the versions of everything, and the compiler's own.
fn sources(part: &Part) -> Result<Vec<Vec<u8>>> {
    let root = paths::root();
    let mut seen = vec![root.join("Cargo.toml"), root.join("Cargo.lock")];
    for package in ["shared", part.package] {
        seen.push(root.join(package).join("Cargo.toml"));
        let sources = files(&root.join(package).join("src"))?;
        seen.extend(
            sources
                .into_iter()
                .filter(|path| path.extension() != Some("css".as_ref()) && !is_loaded(path)),
        );
        seen.extend(Some(root.join(package).join("build.rs")).filter(|path| path.is_file()));
    }
    let mut parts = vec![capture(command("rustc").arg("-V"))?.into_bytes()];
    for path in seen {
        parts.push(path.to_string_lossy().into_owned().into_bytes());
        parts.push(fs::read(&path).with_context(|| path.display().to_string())?);
    }
    Ok(parts)
}
