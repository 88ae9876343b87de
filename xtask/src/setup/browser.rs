//! A browser and its driver, for the journeys.

use crate::run::{capture, command, find, run, say};
use anyhow::{Result, ensure};
use std::{env::consts, path::Path};

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
/// The font gives headless Debian its emoji: without it screenshots have boxes.
const PACKAGES: [&str; 3] = ["chromium", "chromium-driver", "fonts-noto-color-emoji"];

pub fn ensure() -> Result<()> {
    if is_there() {
        return Ok(());
    }
    if consts::OS == "linux" && find("apt-get").is_some() && is_root() {
        say(format!(
            "browser for the journeys: apt-get install {}",
            PACKAGES.join(" ")
        ));
        let apt = || {
            let mut apt = command("apt-get");
            apt.arg("-qq").env("DEBIAN_FRONTEND", "noninteractive");
            apt
        };
        run(apt().arg("update"))?;
        run(apt()
            .args(["install", "-y", "--no-install-recommends"])
            .args(PACKAGES))?;
    }
    ensure!(
        is_there(),
        "no browser with its driver for the journeys: run `{}`",
        mend()
    );
    Ok(())
}

fn is_there() -> bool {
    let browser = BROWSERS.iter().any(|name| find(name).is_some())
        || BROWSERS_OF_MACOS
            .iter()
            .any(|path| Path::new(path).is_file());
    browser && find("chromedriver").is_some()
}

fn is_root() -> bool {
    capture(command("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

fn mend() -> String {
    match consts::OS {
        "macos" => "brew install --cask chromium chromedriver".into(),
        _ if find("apt-get").is_some() => format!("sudo apt-get install {}", PACKAGES.join(" ")),
        _ => "your package manager's command for chromium and chromedriver".into(),
    }
}
