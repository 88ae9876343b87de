//! `cargo xtask serve`: the release build on `workerd`, for people who try it and for benchmarks.

use crate::{
    args::Args,
    build::{self},
    process::{End, asked_to_end},
    workerd,
};
use anyhow::{Context, Result, bail};
use std::{fs, path::PathBuf, time::Duration};

pub fn command(mut args: Args) -> Result<()> {
    let port = args
        .option("--port")?
        .context("which port? --port P, 0 for any")?;
    let state: PathBuf = args
        .option("--state")?
        .context("which folder? --state DIR")?;
    let is_fresh = args.flag("--fresh");
    let is_built = args.flag("--no-build");
    // Away from its own machine a Worker reaches public addresses alone.
    let is_confined = args.flag("--confined");
    // A module around the Worker's own, for benchmarks that count.
    let entry: Option<PathBuf> = args.option("--entry")?;
    // Variables and secrets of the Worker, as a deployment would have them.
    let mut vars = Vec::new();
    while let Some(var) = args.option::<String>("--var")? {
        let (name, value) = var.split_once('=').context("which? --var NAME=VALUE")?;
        vars.push((name.to_owned(), value.to_owned()));
    }
    args.end()?;
    if !is_built {
        build::all()?;
    }
    if is_fresh {
        empty(&state)?;
    }
    let asked = asked_to_end()?;
    let mut server = workerd::start(&state, port, entry.as_deref(), &vars, is_confined)?;
    println!("ready http://127.0.0.1:{}", server.port);
    loop {
        match server.process.wait(&asked, Duration::from_millis(200))? {
            End::Asked => return Ok(()),
            End::Itself(status) => {
                bail!(
                    "workerd ended ({status}); see {}",
                    state.join("workerd.log").display()
                )
            }
            End::Neither => (),
        }
    }
}

/// Removes what earlier runs left, and nothing else: a wrong --state must not cost a home folder.
fn empty(state: &PathBuf) -> Result<()> {
    for name in [
        "objects",
        "token-key",
        "seal-key",
        "workerd.capnp",
        "workerd.log",
    ] {
        build::remove(&state.join(name))?;
    }
    fs::create_dir_all(state).with_context(|| format!("cannot make {}", state.display()))
}
