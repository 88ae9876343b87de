//! Compression, as small as it gets: done once here, not at every request.

use anyhow::Result;
use flate2::{Compression, write::GzEncoder};
use std::{io::Write, path::Path};

/// The rest is compressed by nature.
const COMPRESSIBLE: [&str; 8] = [
    "css",
    "html",
    "js",
    "json",
    "svg",
    "txt",
    "wasm",
    "webmanifest",
];

/// Whether a file of that name is worth compressing.
pub fn is_compressible(name: &Path) -> bool {
    name.extension()
        .is_some_and(|extension| COMPRESSIBLE.iter().any(|known| *known == extension))
}

/// Brotli, quality 11, window 2^22.
pub fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: content.len(),
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut packed, &params)?;
    Ok(packed)
}

/// Gzip, level 9.
pub fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}
