//! PNG: chunks of length, name, content and checksum.

use super::{Found, Reader};

/// Chunks that say how the picture looks, besides those that it cannot be without.
const LOOKS: [&[u8; 4]; 16] = [
    b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"cICP", b"mDCV", b"cLLI", b"bKGD",
    b"hIST", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT",
];

pub(super) fn clean(bytes: &[u8]) -> Option<Found> {
    let mut found = Found::new(bytes.len());
    let mut reader = Reader(bytes);
    found.keep(reader.take(8)?);
    loop {
        let head = reader.ahead(8)?;
        let (length, name) = head.split_first_chunk::<4>()?;
        let content = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let chunk = reader.take(content.checked_add(12)?)?;
        let is_first = found.picture.width == 0;
        if (name == b"IHDR") != is_first {
            return None;
        }
        if is_first {
            let mut sides = Reader(chunk.get(8..)?);
            let (width, height) = (sides.array()?, sides.array()?);
            found.grow(u32::from_be_bytes(width), u32::from_be_bytes(height));
        }
        if name == b"fcTL" {
            found.frames += 1;
        }
        // A capital letter in front: no picture without it.
        let is_critical = name.first().is_some_and(u8::is_ascii_uppercase);
        if is_critical || LOOKS.iter().any(|known| known.as_slice() == name) {
            found.keep(chunk);
        }
        if name == b"IEND" {
            return Some(found);
        }
    }
}
