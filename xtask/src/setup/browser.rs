//! A browser and its driver, for the journeys.

use super::packages;
use crate::run::find;
use anyhow::{Result, ensure};
use std::path::Path;

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
    packages::install("browser for the journeys", &PACKAGES)?;
    ensure!(
        is_there(),
        "no browser with its driver for the journeys: run `{}`",
        packages::mend(&PACKAGES, "brew install --cask chromium chromedriver")
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
