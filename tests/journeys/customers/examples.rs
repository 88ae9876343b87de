//! The programs of `examples/identify`: each that this machine can run signs as SECURITY.md's vector says.

use std::path::PathBuf;
use std::process::Command as Process;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{Shop, play, provider, root, site};

const SECRET: &str = "identity-secret";
const HASH: &str = "2bdde05d54d28f6c1686a5f352227bdf69a7a114e6f1a2694f9315696e7a7962";

/// Every program, and by what it is run.
fn programs() -> [(&'static str, PathBuf, &'static [&'static str]); 5] {
    [
        ("node.mjs", provider::node(), &[]),
        ("python.py", "python3".into(), &[]),
        ("ruby.rb", "ruby".into(), &[]),
        ("php.php", "php".into(), &[]),
        ("go.go", "go".into(), &["run"]),
    ]
}

/// What a program writes: the hash and a token; `None` where nothing runs it.
fn writes(file: &str, by: &PathBuf, before: &[&str], secret: &str) -> Result<Option<[String; 2]>> {
    let mut program = Process::new(by);
    program
        .args(before)
        .arg(root().join("examples/identify").join(file));
    let Ok(output) = program.args([secret, "user-42"]).output() else {
        return Ok(None);
    };
    ensure!(
        output.status.success(),
        "{file}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout)?;
    let mut lines = text.lines().map(str::to_owned);
    let mut line = || {
        lines
            .next()
            .with_context(|| format!("{file} wrote too little"))
    };
    Ok(Some([line()?, line()?]))
}

#[test]
fn i1_every_example_that_runs_here_signs_as_the_vector_says() {
    play(1, async |stage| {
        ensure!(site::identity_hash(SECRET, "user-42") == HASH, "rust");
        let shop = Shop::opens(stage.api()).await?;
        let mut not_run = Vec::new();
        for (file, by, before) in programs() {
            let Some([hash, _]) = writes(file, &by, before, SECRET)? else {
                not_run.push(file);
                continue;
            };
            ensure!(hash == HASH, "{file}: {hash}");
            let [_, token] = writes(file, &by, before, &shop.secret)?.context("it ran before")?;
            let claims = token.split('.').nth(1).context("claims")?;
            let claims: Value =
                serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok().context("base64")?)?;
            ensure!(
                claims["sub"] == "user-42" && claims["name"] == "Mia",
                "{file}: {claims}"
            );
            let answer = shop.shows(None, &json!({ "token": token })).await?;
            ensure!(answer.status == 200, "{file}: {answer:?}");
        }
        println!("not run on this machine: {not_run:?}");
        ensure!(
            not_run.len() <= 3,
            "node and python run everywhere: {not_run:?}"
        );
        Ok(())
    });
}
