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

/// The key that signs tokens, kept beside the state that it belongs to: 256 bits in hex.
pub fn token_key(state: &Path) -> Result<String> {
    let path = state.join("token-key");
    if let Ok(key) = fs::read_to_string(&path) {
        return Ok(key);
    }
    let key = secret()?;
    fs::create_dir_all(state)?;
    fs::write(&path, &key).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(key)
}
