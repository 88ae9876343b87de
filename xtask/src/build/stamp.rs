//! Stamps: a digest of what went into a step, to see whether the step is still done.

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// How things are built is an input like any other.
const RECIPE: &[&str] = &[
    include_str!("bindgen.rs"),
    include_str!("compile.rs"),
    include_str!("edge.rs"),
    include_str!("minify.rs"),
    include_str!("names.rs"),
    include_str!("pack.rs"),
    include_str!("site.rs"),
    include_str!("texts.rs"),
    include_str!("../../../widget/src/text/pack.rs"),
];

/// A step's inputs, against those of its last run.
pub struct Stamp {
    path: PathBuf,
    digest: String,
}

impl Stamp {
    /// Of `inputs`, kept at `path` beside what the step makes.
    pub fn new<'a>(path: PathBuf, inputs: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let recipe = RECIPE.iter().map(|text| text.as_bytes());
        Self {
            path,
            digest: of(recipe.chain(inputs)),
        }
    }

    /// Whether the last run saw the same inputs.
    pub fn is_current(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|digest| digest == self.digest)
    }

    /// To be called when the step is done.
    pub fn save(&self) -> Result<()> {
        fs::write(&self.path, &self.digest).with_context(|| self.path.display().to_string())
    }
}

/// SHA-256 of the parts, each with its length, in hex.
pub fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    hex(&digest.finalize())
}

/// SHA-256 of a text, in hex.
pub fn hash(text: &str) -> String {
    hex(&Sha256::digest(text))
}

/// The first 8 hex digits of the SHA-256 of a file: part of its name.
pub fn short(content: &[u8]) -> String {
    hex(&Sha256::digest(content)[..4])
}

/// Every file below `folder`, in the order of their paths; none when there is no such folder.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_border_between_parts_counts() {
        let digest = |parts: [&str; 2]| of(parts.map(str::as_bytes));
        assert_ne!(digest(["ab", "c"]), digest(["a", "bc"]));
    }

    #[test]
    fn a_short_digest_is_the_head_of_sha_256() {
        assert_eq!(short(b"abc"), "ba7816bf");
    }
}
