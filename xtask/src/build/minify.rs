//! Scripts and styles made small by esbuild.

use crate::{
    run::{filter, run},
    setup::npm,
};
use anyhow::Result;
use std::{fs, path::Path};

/// Browsers that can run our wasm (bulk memory, sign extension, reference types).
const BROWSERS: &str = "--target=chrome111,firefox114,safari16.4";
/// The loader runs in pages that we do not know; a browser before 2020 could not show the chat,
/// and writing optional chaining out for it costs 71 bytes of brotli.
const LOADER: &str = "--target=es2020";

/// One script without imports.
pub fn script(source: &[u8]) -> Result<Vec<u8>> {
    filter(
        npm::esbuild()?.args(["--loader=js", "--minify", BROWSERS]),
        source,
    )
}

/// The script that a site's page loads.
pub fn loader(source: &[u8]) -> Result<Vec<u8>> {
    let mut script = filter(
        npm::esbuild()?.args(["--loader=js", "--minify", LOADER]),
        source,
    )?;
    // The ends of lines in its sheet, which is a text to esbuild.
    let mut last = 0;
    script.retain(|byte| {
        let is_kept = (last, *byte) != (b'}', b'\n');
        last = *byte;
        is_kept
    });
    Ok(script)
}

/// One sheet.
pub fn style(source: &[u8]) -> Result<Vec<u8>> {
    filter(
        npm::esbuild()?.args(["--loader=css", "--minify", BROWSERS]),
        source,
    )
}

/// A module with all that it imports.
pub fn bundle(entry: &Path) -> Result<Vec<u8>> {
    let out = entry.with_extension("min.js");
    let mut esbuild = npm::esbuild()?;
    esbuild
        .arg(entry)
        .arg(format!("--outfile={}", out.display()));
    esbuild.args([
        "--bundle",
        "--minify",
        "--format=esm",
        "--log-level=warning",
        BROWSERS,
    ]);
    run(&mut esbuild)?;
    Ok(fs::read(out)?)
}
