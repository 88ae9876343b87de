//! schemathesis, which fuzzes the API from its document, in a Python environment of its own.

use crate::{
    build::stamp,
    paths,
    run::{command, find, run, say},
};
use anyhow::{Result, ensure};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// It and everything that it needs, each in one version.
const REQUIREMENTS: &str = include_str!("schemathesis.txt");

/// Returns the program.
pub fn ensure() -> Result<PathBuf> {
    let home = paths::target().join("tools/schemathesis");
    let program = home.join("bin/schemathesis");
    let installed = home.join("bellhop-lock");
    let wanted = stamp::of([REQUIREMENTS.as_bytes()]);
    if program.is_file() && fs::read_to_string(&installed).is_ok_and(|stamp| stamp == wanted) {
        return Ok(program);
    }
    ensure!(
        find("python3").is_some(),
        "python3 is missing: install Python 3.10 or newer with its venv module \
         (Debian: `apt-get install python3-venv`; macOS: `brew install python`)"
    );
    say("schemathesis: pip install into target/tools/schemathesis");
    make(&home)?;
    fs::write(installed, wanted)?;
    Ok(program)
}

fn make(home: &Path) -> Result<()> {
    crate::build::remove(home)?;
    run(command("python3").args(["-m", "venv"]).arg(home))?;
    let list = home.join("requirements.txt");
    fs::write(&list, REQUIREMENTS)?;
    let mut pip = command(home.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--no-deps"]);
    pip.args(["--disable-pip-version-check", "--requirement"]);
    run(pip.arg(list))
}
