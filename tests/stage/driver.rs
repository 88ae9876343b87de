//! Finding the browser of this machine, and one driver for the run.

use std::{
    env,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Command, Stdio},
    sync::{OnceLock, mpsc},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, anyhow};

use crate::process::Watched;

const BROWSERS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];
const BROWSERS_OF_MACOS: [&str; 2] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/// The browser of this machine.
pub fn chromium() -> Result<PathBuf> {
    let macos = BROWSERS_OF_MACOS.map(PathBuf::from);
    BROWSERS
        .iter()
        .find_map(|name| find(name))
        .or_else(|| macos.into_iter().find(|path| path.is_file()))
        .context("no Chromium on this machine: run `cargo xtask setup`")
}

/// The address of the driver, started once for the run.
pub fn address() -> Result<&'static str> {
    static DRIVER: OnceLock<Result<(Watched, String), String>> = OnceLock::new();
    DRIVER
        .get_or_init(|| start_driver().map_err(|error| format!("{error:#}")))
        .as_ref()
        .map(|(_, address)| address.as_str())
        .map_err(|error| anyhow!("{error}"))
}

fn start_driver() -> Result<(Watched, String)> {
    let program =
        find("chromedriver").context("no chromedriver on this machine: run `cargo xtask setup`")?;
    let mut command = Command::new(program);
    command
        .args(["--port=0", "--log-level=SEVERE"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut process = Watched::start(&mut command, None)?;
    let output = process
        .child()
        .stdout
        .take()
        .context("no standard output")?;
    let (found, port) = mpsc::channel();
    // Read to the end: a driver whose output nobody reads stops one day.
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let words = line.strip_suffix('.').unwrap_or(&line);
            if let Some((_, port)) = words.split_once("successfully on port ") {
                _ = found.send(port.to_owned());
            }
        }
    });
    let port = port
        .recv_timeout(Duration::from_secs(30))
        .context("chromedriver does not say its port")?;
    Ok((process, format!("http://127.0.0.1:{port}")))
}

fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}
