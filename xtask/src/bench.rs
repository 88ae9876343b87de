//! `cargo xtask bench`: what the product costs, each figure beside a baseline of the same run.
//!
//! The benchmarks themselves lie in `tests/load`; here they are built for speed and run one after
//! the other.

use crate::{args::Args, build, run::cargo, setup::npm};
use anyhow::{Context, Result, bail};
use std::process::{Command, ExitCode};

/// Every benchmark, in the order in which they run.
const NAMES: [&str; 4] = ["handle", "edge", "cost", "speed"];

pub fn command(mut args: Args) -> Result<ExitCode> {
    let is_json = args.flag("--json");
    let is_quick = args.flag("--quick");
    let asked = args.rest()?;
    if let Some(unknown) = asked.iter().find(|name| !NAMES.contains(&name.as_str())) {
        bail!("no benchmark `{unknown}`; there are: {}", NAMES.join(", "));
    }
    let is_asked = |name: &str| asked.is_empty() || asked.iter().any(|asked| asked == name);
    let mut is_kept = true;
    for name in NAMES.into_iter().filter(|name| is_asked(name)) {
        let mut benchmark = benchmark(name)?;
        if is_json {
            benchmark.arg("--json");
        }
        if is_quick {
            benchmark.arg("--quick");
        }
        let status = benchmark.status().context("cannot run cargo")?;
        is_kept &= status.success();
    }
    Ok(if is_kept {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn benchmark(name: &str) -> Result<Command> {
    let mut cargo = cargo();
    if name == "handle" {
        cargo.args(["bench", "--quiet", "--package", "shared", "--bench", name]);
        cargo.args(["--", "--run"]);
    } else {
        build::worker()?;
        cargo.env("BELLHOP_WORKERD", npm::workerd()?);
        cargo.args(["run", "--quiet", "--release", "--package", "tests"]);
        cargo.args(["--bin", "load", "--", name]);
    }
    Ok(cargo)
}
