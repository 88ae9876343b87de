//! Secrets for machines at a desk.

use anyhow::{Context, Result};
use std::{
    fs::{self, File},
    io::Read,
    path::Path,
};

/// 256 bits in hex.
pub fn secret() -> Result<String> {
    let mut bytes = [0; 32];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .context("no randomness from /dev/urandom")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The keys of an installation, kept beside the state that they belong to: the one that signs
/// tokens, and the one that seals secrets.
pub fn keys(state: &Path) -> Result<[(&'static str, String); 2]> {
    Ok([
        ("TOKEN_KEY", kept(state, "token-key")?),
        ("SEAL_KEY", kept(state, "seal-key")?),
    ])
}

/// A secret that is made once: 256 bits in hex.
fn kept(state: &Path, file: &str) -> Result<String> {
    let path = state.join(file);
    if let Ok(key) = fs::read_to_string(&path) {
        return Ok(key);
    }
    let key = secret()?;
    fs::create_dir_all(state)?;
    fs::write(&path, &key).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(key)
}
