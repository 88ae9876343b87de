//! `cargo xtask dev`: the product at a desk, with `wrangler dev`, built anew on every change.

mod watch;

use crate::{
    args::Args,
    build, paths,
    process::{End, Process, asked_to_end},
    random,
    run::say,
    setup::npm,
    workerd::answers_within,
};
use anyhow::{Result, bail};
use std::{fs, net::TcpListener, path::Path, process::Command, time::Duration};
use watch::Watch;

/// Tried first, so that an address stays the same from day to day.
const PORT: u16 = 8787;
/// A cold start on a busy machine took 20 s.
const START_LIMIT: Duration = Duration::from_secs(120);
/// How often the sources are looked at.
const LOOK: Duration = Duration::from_millis(500);

pub fn command(mut args: Args) -> Result<()> {
    let port: Option<u16> = args.option("--port")?;
    let is_fresh = args.flag("--fresh");
    args.end()?;

    let mut watch =
        Watch::new(["shared", "edge", "widget", "public"].map(|name| paths::root().join(name)));
    build::all()?;
    let state = paths::dev_state();
    if is_fresh {
        build::remove(&state)?;
    }
    fs::create_dir_all(&state)?;
    let port = match port {
        Some(port) if port != 0 => port,
        Some(_) | None => free_port()?,
    };

    let asked = asked_to_end()?;
    say("wrangler dev: starting");
    let mut wrangler = Process::start(&mut wrangler(port, &state)?, "TERM")?;
    if !answers_within(port, START_LIMIT) {
        bail!("wrangler dev does not answer on port {port}");
    }
    println!("{}", welcome(port));
    loop {
        match wrangler.wait(&asked, LOOK)? {
            End::Asked => return Ok(()),
            End::Itself(status) => bail!("wrangler dev ended ({status})"),
            End::Neither => (),
        }
        if watch.has_changed() {
            match build::all() {
                Ok(()) => say("built; reload the page"),
                Err(error) => say(format!("{error:#}")),
            }
        }
    }
}

fn free_port() -> Result<u16> {
    let listener =
        TcpListener::bind(("127.0.0.1", PORT)).or_else(|_| TcpListener::bind(("127.0.0.1", 0)))?;
    Ok(listener.local_addr()?.port())
}

/// Nothing leaves the machine, and nothing but what goes wrong is said.
fn wrangler(port: u16, state: &Path) -> Result<Command> {
    let mut wrangler = npm::wrangler()?;
    wrangler.args(["dev", "--ip", "127.0.0.1", "--port", &port.to_string()]);
    wrangler.arg("--persist-to").arg(state);
    wrangler.args([
        "--inspector-port",
        "0",
        "--show-interactive-dev-session=false",
    ]);
    wrangler.args([
        "--log-level",
        "warn",
        "--var",
        "BELLHOP_DEV:1",
        "--var",
        "FILES_ORIGIN:http://files.localhost",
    ]);
    for (name, key) in random::keys(state)? {
        wrangler.args(["--var", &format!("{name}:{key}")]);
    }
    wrangler.envs([
        ("CI", "1"),
        ("CLOUDFLARE_CF_FETCH_ENABLED", "false"),
        ("NO_UPDATE_NOTIFIER", "1"),
        ("WRANGLER_HIDE_BANNER", "true"),
        ("WRANGLER_SEND_ERROR_REPORTS", "false"),
        ("WRANGLER_SEND_METRICS", "false"),
        ("X_LOCAL_OBSERVABILITY", "false"),
    ]);
    Ok(wrangler)
}

fn welcome(port: u16) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let address = format!("http://127.0.0.1:{port}");
    let console = |name: &str| format!("{address}/agent?space=demo&as={}", name.to_lowercase());
    format!(
        "
  Bellhop {version} is at {address}; Ctrl-C ends it.

  demo shop            {address}/demo
  console, Jack        {}
  console, Mia         {}
  console, Ada (admin) {}
  API document         {address}/openapi.json
",
        console("Jack"),
        console("Mia"),
        console("Ada"),
    )
}
