//! `cargo xtask sim`: the world simulation of `shared`, built for speed.

use crate::{args::Args, run::cargo};
use anyhow::{Context, Result};
use std::process::{Command, ExitCode};

/// Seeds that the tests run.
pub const SEEDS: u64 = 2_000;

pub fn command(mut args: Args) -> Result<ExitCode> {
    let seeds: u64 = args.option("--seeds")?.unwrap_or(SEEDS);
    let from: Option<u64> = args.option("--from")?;
    let mutant: Option<String> = args.option("--mutant")?;
    let is_all = args.flag("--all-mutants");
    args.end()?;
    let mut world = world(seeds, mutant.is_some() || is_all);
    if let Some(from) = from {
        world.args(["--from", &from.to_string()]);
    }
    if let Some(mutant) = mutant {
        world.args(["--mutant", &mutant]);
    }
    if is_all {
        world.arg("--all-mutants");
    }
    let status = world.status().context("cannot run cargo")?;
    let code: Option<u8> = status.code().and_then(|code| code.try_into().ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// The simulation over `seeds` seeds, with the planted bugs compiled in if asked for.
pub fn world(seeds: u64, has_mutants: bool) -> Command {
    let mut cargo = cargo();
    cargo.args([
        "test",
        "--quiet",
        "--package",
        "shared",
        "--release",
        "--test",
        "world",
    ]);
    if has_mutants {
        cargo.args(["--features", "mutants"]);
    }
    cargo.args(["--", "--seeds", &seeds.to_string()]);
    cargo
}
