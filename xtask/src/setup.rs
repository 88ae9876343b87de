//! Set-up: what a fresh machine lacks, each piece in one step that is skipped when done.

pub mod browser;
pub mod deny;
pub mod npm;
mod packages;
pub mod schemathesis;
pub mod speech;
mod std_source;
pub mod wasm;

use crate::args::Args;
use anyhow::Result;
use std::path::PathBuf;

pub fn command(mut args: Args) -> Result<()> {
    let std_into: Option<PathBuf> = args.option("--std-into")?;
    args.end()?;
    if let Some(folder) = std_into {
        return std_source::install(&folder);
    }
    for_build()?;
    browser::ensure()?;
    speech::ensure()?;
    deny::ensure()?;
    crate::run::say("set-up is complete");
    Ok(())
}

/// What a build needs.
pub fn for_build() -> Result<()> {
    wasm::ensure()?;
    npm::ensure()
}
