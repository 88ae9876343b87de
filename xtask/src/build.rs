//! The build: the Worker into `target/edge`, what browsers load into `target/site`.
//!
//! One build serves `dev`, `serve`, tests and `deploy`. Every step looks at the content of what
//! goes into it and is skipped when that is what it saw last time.

mod bindgen;
pub mod compile;
mod edge;
mod emoji;
mod minify;
mod names;
pub mod pack;
mod places;
pub mod site;
mod split;
pub mod stamp;
pub mod texts;

pub use edge::remove;

use crate::{args::Args, paths, run::say, setup};
use anyhow::Result;
use std::fs::{self, File};

pub fn command(args: Args) -> Result<()> {
    args.end()?;
    all()
}

/// Builds the Worker alone: who measures it needs no page. The site that was built last stays.
pub fn worker() -> Result<()> {
    setup::for_build()?;
    let _alone = alone()?;
    bindgen::check_version()?;
    fs::create_dir_all(paths::site())?;
    edge::build(&compile::wasm(&compile::EDGE)?)
}

/// Builds everything that changed.
pub fn all() -> Result<()> {
    worker()?;
    let _alone = alone()?;
    // Three builds of one crate: a customer's part without a trace of the console is 4 KB smaller
    // (brotli) than the first chunk of a build that splits the console off.
    let parts = [&compile::CHAT, &compile::CONSOLE, &compile::HOME];
    let apps = parts.map(|part| Ok((part, compile::wasm(part)?)));
    site::build(&apps.into_iter().collect::<Result<Vec<_>>>()?)
}

/// Holds off other builds of this checkout until it is dropped.
fn alone() -> Result<File> {
    fs::create_dir_all(paths::target())?;
    let lock = File::create(paths::target().join("xtask.lock"))?;
    if lock.try_lock().is_err() {
        say("waiting for another build of this checkout");
        lock.lock()?;
    }
    Ok(lock)
}
