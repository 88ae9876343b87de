//! What makes speech for the journeys that dictate: espeak-ng says it, sox brings it into shape.

use super::packages;
use crate::run::find;
use anyhow::{Result, ensure};

const PACKAGES: [&str; 2] = ["espeak-ng", "sox"];

pub fn ensure() -> Result<()> {
    let is_there = || PACKAGES.iter().all(|name| find(name).is_some());
    if !is_there() {
        packages::install("speech for the journeys", &PACKAGES)?;
    }
    ensure!(
        is_there(),
        "nothing makes the speech of the journeys: run `{}`",
        packages::mend(&PACKAGES, "brew install espeak-ng sox")
    );
    Ok(())
}
