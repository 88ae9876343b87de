//! `cargo xtask deploy`: the release build to Cloudflare, after the questions that save a bad day.

use crate::{
    args::Args,
    build::{self, stamp},
    paths, random,
    run::{capture, filter, run, say},
    setup::npm,
};
use anyhow::{Context, Result, bail, ensure};
use std::{env, fs};

pub fn command(args: Args) -> Result<()> {
    args.end()?;
    let config = fs::read_to_string(paths::root().join("wrangler.toml"))?;
    check_no_dev_flag(&config, env::var_os("BELLHOP_DEV").is_some())?;
    build::all()?;
    let secrets = capture(npm::wrangler()?.args(["secret", "list", "--format", "json"])).context(
        "cannot ask Cloudflare for the secrets of the Worker: run `npx wrangler login` first",
    )?;
    check_token_key(&secrets)?;
    let founding = if has(&secrets, "BOOTSTRAP_HASH")? {
        None
    } else {
        Some(found()?)
    };
    run(npm::wrangler()?.arg("deploy"))?;
    match founding {
        Some(secret) => say(format!(
            "the first admin comes in here, once: open /agent#first={secret} at the address above"
        )),
        None => say("the first admin has a link already; agents are invited in the console"),
    }
    Ok(())
}

/// Makes the secret of the first admin. Cloudflare gets its hash alone.
fn found() -> Result<String> {
    let secret = random::secret()?;
    put(&stamp::hash(&secret))?;
    Ok(secret)
}

/// Gives Cloudflare the hash of a secret that lets one person in, once.
pub fn put(hash: &str) -> Result<()> {
    let mut put = npm::wrangler()?;
    put.args(["secret", "put", "BOOTSTRAP_HASH"]);
    filter(&mut put, hash.as_bytes())?;
    Ok(())
}

/// The dev flag opens the sign-in without a password: it must never leave a desk.
fn check_no_dev_flag(config: &str, is_in_environment: bool) -> Result<()> {
    let mut settings = config
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'));
    if settings.any(|line| line.contains("BELLHOP_DEV")) {
        bail!("wrangler.toml sets BELLHOP_DEV, which opens the console to everyone: remove it");
    }
    ensure!(
        !is_in_environment,
        "BELLHOP_DEV is set in this shell: run `unset BELLHOP_DEV`"
    );
    Ok(())
}

fn check_token_key(secrets: &str) -> Result<()> {
    ensure!(
        has(secrets, "TOKEN_KEY")?,
        "the Worker has no secret TOKEN_KEY: make one with \
         `openssl rand -hex 32 | npx wrangler secret put TOKEN_KEY`"
    );
    Ok(())
}

fn has(secrets: &str, name: &str) -> Result<bool> {
    let secrets: serde_json::Value =
        serde_json::from_str(secrets).context("wrangler's list of secrets is no JSON")?;
    let mut names = secrets.as_array().into_iter().flatten();
    Ok(names.any(|secret| secret["name"] == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dev_flag_is_refused_wherever_it_is_set() {
        let cases = [
            (
                "nowhere",
                "name = \"bellhop\"\n# BELLHOP_DEV is never set",
                false,
                true,
            ),
            ("in the file", "[vars]\nBELLHOP_DEV = \"1\"", false, false),
            ("in the shell", "name = \"bellhop\"", true, false),
        ];
        for (case, config, is_in_environment, is_fine) in cases {
            assert_eq!(
                check_no_dev_flag(config, is_in_environment).is_ok(),
                is_fine,
                "{case}"
            );
        }
    }

    #[test]
    fn a_worker_without_its_key_is_refused_with_the_command_that_mends_it() {
        assert!(check_token_key(r#"[{"name":"TOKEN_KEY","type":"secret_text"}]"#).is_ok());
        for secrets in ["[]", r#"[{"name":"OTHER"}]"#] {
            let error = check_token_key(secrets).unwrap_err().to_string();
            assert!(error.contains("wrangler secret put TOKEN_KEY"), "{error}");
        }
    }
}
