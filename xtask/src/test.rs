//! `cargo xtask test`: everything that continuous integration checks, in one order, stopping at
//! the first failure with its output.

mod gallery;
mod stage;
#[cfg(test)]
mod tidy;

use crate::{
    args::Args,
    paths,
    run::{capture, cargo},
    setup, sim,
};
use anyhow::Result;
use serde_json::Value;
use stage::Stages;
use std::process::{Command, ExitCode};

/// Seeds of the world simulation in a deep run.
const DEEP_SEEDS: u64 = 20_000;

/// Tests that are stages of their own.
const OWN_STAGES: [&str; 2] = ["world", "journeys"];

pub fn command(mut args: Args) -> Result<ExitCode> {
    let is_fast = args.flag("--fast");
    let is_deep = args.flag("--deep");
    args.end()?;
    let mut stages = Stages::new()?;
    let result = run(&mut stages, is_fast, is_deep);
    println!("{}", stages.summary(result.is_ok()));
    result.map(|()| ExitCode::SUCCESS)
}

fn run(stages: &mut Stages, is_fast: bool, is_deep: bool) -> Result<()> {
    stages.step("set-up", || {
        setup::for_build()?;
        setup::deny::ensure()?;
        if is_deep {
            setup::schemathesis::ensure()?;
        }
        if is_fast {
            Ok(())
        } else {
            setup::browser::ensure()?;
            setup::speech::ensure()
        }
    })?;
    let metadata = metadata()?;
    stages.run(
        "format",
        cargo().args(["fmt", "--all", "--check", "--", "--color", "never"]),
    )?;
    stages.run("clippy", &mut clippy_host())?;
    stages.run("clippy, edge", &mut clippy_wasm("edge", "edge", None))?;
    stages.run(
        "clippy, chat",
        &mut clippy_wasm("widget", "wasm", Some("chat")),
    )?;
    stages.run(
        "clippy, console",
        &mut clippy_wasm("widget", "wasm", Some("console")),
    )?;
    stages.run(
        "clippy, home",
        &mut clippy_wasm("widget", "wasm", Some("home")),
    )?;
    stages.run("rules", &mut deny(&["licenses", "sources", "bans"])?)?;
    stages.run_or_note(
        "advisories",
        &mut deny(&["advisories"])?,
        "not checked",
        is_unreachable,
    )?;
    for package in ["shared", "edge", "xtask", "tests"] {
        if let Some(mut tests) = unit_tests(&metadata, package) {
            stages.run(&format!("tests, {package}"), &mut tests)?;
        }
    }
    let mut widget = cargo();
    widget.args(["test", "--quiet", "--package", "widget", "--lib"]);
    widget.args(["--no-default-features", "--features", "console"]);
    stages.run("tests, widget", &mut widget)?;
    let seeds = if is_deep { DEEP_SEEDS } else { sim::SEEDS };
    stages.run("world", &mut sim::world(seeds, false))?;
    stages.run("mutants", sim::world(sim::SEEDS, true).arg("--all-mutants"))?;
    stages.step("build", crate::build::all)?;
    stages.run("size", &mut xtask("size")?)?;
    if !is_fast {
        let mut journeys = cargo();
        journeys.args(["test", "--package", "tests", "--test", "journeys"]);
        // They wait more than they compute, and the stage counts the browsers itself.
        journeys.args(["--", "--test-threads", "4"]);
        gallery::clear()?;
        stages.run("journeys", &mut journeys)?;
        stages.step("gallery", gallery::hang)?;
    }
    if is_deep {
        let mut fuzz = cargo();
        fuzz.env("BELLHOP_SCHEMATHESIS", setup::schemathesis::ensure()?);
        fuzz.args(["run", "--quiet", "--package", "tests", "--bin", "deep"]);
        stages.run("every call, fuzzed", &mut fuzz)?;
    }
    Ok(())
}

/// The workspace as cargo sees it; fails if `Cargo.lock` is behind `Cargo.toml`.
fn metadata() -> Result<Value> {
    let mut cargo = cargo();
    cargo.args(["metadata", "--locked", "--no-deps", "--format-version", "1"]);
    Ok(serde_json::from_str(&capture(&mut cargo)?)?)
}

fn clippy_host() -> Command {
    let mut cargo = cargo();
    cargo.args([
        "clippy",
        "--quiet",
        "--all-targets",
        "--features",
        "shared/mutants",
    ]);
    for package in ["shared", "edge", "xtask", "tests"] {
        cargo.args(["--package", package]);
    }
    cargo.args(["--", "--deny", "warnings"]);
    cargo
}

/// With the profile of the build, whose macros and build scripts are compiled anyway.
fn clippy_wasm(package: &str, profile: &str, feature: Option<&str>) -> Command {
    let mut cargo = cargo();
    cargo.args(["clippy", "--quiet", "--target", setup::wasm::TARGET]);
    cargo.args([
        "--package",
        package,
        "--profile",
        profile,
        "--no-default-features",
    ]);
    if let Some(feature) = feature {
        cargo.args(["--features", feature]);
    }
    cargo.args(["--", "--deny", "warnings"]);
    cargo
}

fn deny(checks: &[&str]) -> Result<Command> {
    let mut deny = crate::run::command(setup::deny::ensure()?);
    deny.args(["--log-level", "error", "check", "--hide-inclusion-graph"])
        .args(checks);
    Ok(deny)
}

/// Whether cargo-deny had no way to the database of advisories.
fn is_unreachable(output: &str) -> bool {
    output.contains("failed to fetch advisory database")
}

/// The tests of one package that are no stage of their own; `None` when there are none.
///
/// One package at a time: together they would ask for more features of what they depend on, and
/// cargo would compile much of it a second time.
fn unit_tests(metadata: &Value, package: &str) -> Option<Command> {
    let mut packages = metadata["packages"].as_array()?.iter();
    let targets = packages.find(|found| found["name"] == package)?["targets"].as_array()?;
    let mut cargo = cargo();
    cargo.args(["test", "--quiet", "--no-fail-fast", "--package", package]);
    let mut has_tests = false;
    for target in targets.iter().filter(|target| target["test"] == true) {
        let name = target["name"].as_str()?;
        match target["kind"][0].as_str()? {
            "lib" | "cdylib" => cargo.arg("--lib"),
            "bin" => cargo.args(["--bin", name]),
            "test" if !OWN_STAGES.contains(&name) => cargo.args(["--test", name]),
            _ => continue,
        };
        has_tests = true;
    }
    has_tests.then_some(cargo)
}

fn xtask(name: &str) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.current_dir(paths::root()).arg(name);
    Ok(command)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_ci_of_both_places_runs_the_same_line() {
        let here = include_str!("../../.ci/run");
        let hub = include_str!("../../.github/workflows/ci.yml");
        assert!(here.lines().any(|line| line == "cargo xtask test"));
        assert!(hub.contains("run: .ci/run"));
    }
}
