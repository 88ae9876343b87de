//! The workbench: `cargo xtask COMMAND`. This file is its table of contents.

mod args;
mod bench;
mod build;
mod deploy;
mod dev;
mod link;
mod paths;
mod process;
mod random;
mod run;
mod serve;
mod setup;
mod sim;
mod size;
mod test;
mod workerd;

use anyhow::{Result, bail};
use args::Args;
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  dev     [--port P] [--fresh]                 build, serve with `wrangler dev`, rebuild on change
  build                                        the Worker into target/edge, the site into target/site
  serve   --port P --state DIR [--fresh] [--no-build]
                                               the release build on `workerd` itself
  test    [--fast] [--deep]                    everything that continuous integration checks;
                                               --fast leaves out the journeys in a browser,
                                               --deep runs 20,000 worlds and fuzzes the API
  sim     --seeds N [--from K] [--mutant NAME | --all-mutants]
                                               the world simulation
  bench   [NAME…] [--quick] [--json]           what it costs, beside a baseline of the same run:
                                               handle, edge, cost, speed
  size    [--json]                             what people download, against its budgets
  deploy                                       the release build to Cloudflare
  link    --space S --name N [--hash]          a one-time link for an admin of a space who is locked out;
                                               --hash says what to set, for a Worker that is elsewhere
  setup   [--std-into DIR]                     only what the other commands need to be there;
                                               with DIR: std for wasm, built from source into DIR";

fn main() -> ExitCode {
    match dispatch() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch() -> Result<ExitCode> {
    let (command, args) = Args::from_env();
    match command.as_deref() {
        Some("bench") => return bench::command(args),
        Some("build") => build::command(args)?,
        Some("deploy") => deploy::command(args)?,
        Some("link") => link::command(args)?,
        Some("dev") => dev::command(args)?,
        Some("serve") => serve::command(args)?,
        Some("setup") => setup::command(args)?,
        Some("sim") => return sim::command(args),
        Some("size") => return size::command(args),
        Some("test") => return test::command(args),
        Some("help" | "--help" | "-h") => println!("{USAGE}"),
        Some(other) => bail!("no command `{other}`\n\n{USAGE}"),
        None => bail!("{USAGE}"),
    }
    Ok(ExitCode::SUCCESS)
}
