//! The stage of the journeys: a real `workerd`, real browsers, and the people who use them.
//!
//! A journey is a test that reads like a story. [`play`] gives it a [`Stage`]; what it needs is
//! made on the way and gone afterwards. Nobody waits for a fixed time: durations are settings of
//! the space that the journey made, and what shall appear is polled until a deadline.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a client waits for one frame and lets all others pass"
)]

pub mod api;
pub mod browser;
pub mod cast;
pub mod dial;
mod driver;
pub mod files;
pub mod headers;
pub mod host;
pub mod judge;
pub mod line;
pub mod linked;
pub mod mail;
mod play;
pub mod process;
pub mod provider;
pub mod proxy;
pub mod rogue;
pub mod speech;
pub mod start;
pub mod transcriber;
pub mod turnstile;
pub mod visit;
pub mod wire;

pub use play::{Stage, nobody_reports, play};

use std::{
    env,
    path::{Path, PathBuf},
    time::Duration,
};

/// How long anything that is meant to appear may take on a loaded machine.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// How often a page is asked again.
pub const GLANCE: Duration = Duration::from_millis(40);

/// The checkout.
#[must_use]
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
}

/// Everything that cargo and the workbench make.
#[must_use]
pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Where state of a run lies: in memory, where the system has room for that, because a durable
/// write is ten times faster there.
#[must_use]
pub fn scratch() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        memory.to_owned()
    } else {
        env::temp_dir()
    }
}
