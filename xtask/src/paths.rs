//! Where things are. One target folder for everything that is made.

use std::path::{Path, PathBuf};

/// The checkout.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
}

/// Everything that cargo and the workbench make.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The Worker: glue, JavaScript and wasm. Cargo keeps the host half of profile `edge` there, too.
pub fn edge() -> PathBuf {
    target().join("edge")
}

/// What browsers load.
pub fn site() -> PathBuf {
    target().join("site")
}

/// Packages of npm.
pub fn node_modules() -> PathBuf {
    root().join("node_modules")
}

/// State of `cargo xtask dev`, kept over restarts.
pub fn dev_state() -> PathBuf {
    root().join(".wrangler/state")
}
