//! What the platform's package manager brings, where it can without asking anybody.

use crate::run::{capture, command, find, run, say};
use anyhow::Result;
use std::env::consts;

/// Installs packages of Debian; does nothing elsewhere, and for who is not root.
pub fn install(what: &str, packages: &[&str]) -> Result<()> {
    if consts::OS != "linux" || find("apt-get").is_none() || !is_root() {
        return Ok(());
    }
    say(format!("{what}: apt-get install {}", packages.join(" ")));
    let apt = || {
        let mut apt = command("apt-get");
        apt.arg("-qq").env("DEBIAN_FRONTEND", "noninteractive");
        apt
    };
    run(apt().arg("update"))?;
    run(apt()
        .args(["install", "-y", "--no-install-recommends"])
        .args(packages))
}

/// How somebody else installs them.
pub fn mend(packages: &[&str], of_macos: &str) -> String {
    match consts::OS {
        "macos" => of_macos.to_owned(),
        _ if find("apt-get").is_some() => format!("sudo apt-get install {}", packages.join(" ")),
        _ => format!("your package manager's command for {}", packages.join(" ")),
    }
}

fn is_root() -> bool {
    capture(command("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
