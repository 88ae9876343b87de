//! The wasm target of the toolchain: from rustup where it can download, else built from source.

use super::std_source;
use crate::run::{capture, command, find, say, succeeds_within};
use anyhow::Result;
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

pub const TARGET: &str = "wasm32-unknown-unknown";

/// A download takes seconds; without a connection rustup tries for minutes.
const RUSTUP_LIMIT: Duration = Duration::from_secs(20);

pub fn ensure() -> Result<()> {
    let folder = sysroot()?.join("lib/rustlib").join(TARGET).join("lib");
    if has_std(&folder) {
        return Ok(());
    }
    if find("rustup").is_some() {
        say(format!("wasm target: rustup target add {TARGET}"));
        let mut rustup = command("rustup");
        rustup.args(["target", "add", TARGET]);
        if succeeds_within(&mut rustup, RUSTUP_LIMIT) && has_std(&folder) {
            return Ok(());
        }
    }
    std_source::install(&folder)
}

/// The folder of the toolchain in use.
pub fn sysroot() -> Result<PathBuf> {
    let path = capture(command("rustc").args(["--print", "sysroot"]))?;
    Ok(path.trim().into())
}

/// Whether a program can be linked from what lies in `folder`.
fn has_std(folder: &Path) -> bool {
    let names: Vec<String> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let has = |start: &str| names.iter().any(|name| name.starts_with(start));
    has("libcore-") && has("libstd-")
}
