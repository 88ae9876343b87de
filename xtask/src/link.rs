//! `cargo xtask link`: a one-time link for an admin who is locked out. Whoever may set the secrets of
//! the Worker may let an admin in: a fresh secret takes the place of the one of the first admin, and
//! is dead after its first use.

use crate::{args::Args, build::stamp, deploy, random, run::say};
use anyhow::{Context, Result};

pub fn command(mut args: Args) -> Result<()> {
    let space: String = args.option("--space")?.context("which space? --space S")?;
    let name: String = args
        .option("--name")?
        .context("which admin? --name N, as colleagues read it")?;
    let is_elsewhere = args.flag("--hash");
    args.end()?;
    let secret = random::secret()?;
    let hash = stamp::hash(&secret);
    if is_elsewhere {
        say(format!(
            "set BOOTSTRAP_HASH={hash} and start the Worker again"
        ));
    } else {
        deploy::put(&hash)?;
    }
    let about = about(&secret, &space, &name);
    say(format!(
        "{name} comes in here, once: open /agent#first={about} at the address of the Worker"
    ));
    Ok(())
}

/// What stands behind `#first=`, written as an address needs it.
fn about(secret: &str, space: &str, name: &str) -> String {
    let mut about = format!("{secret}&{space}&");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() {
            about.push(char::from(byte));
        } else {
            about.push_str(&format!("%{byte:02X}"));
        }
    }
    about
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_in_an_address() {
        assert_eq!(about("5e", "s-1", "Zoë & Co"), "5e&s-1&Zo%C3%AB%20%26%20Co");
    }
}
