//! `WebP`: chunks of name, length and content in a RIFF file.

use super::{Found, Reader};

/// Says in the head of an extended file that metadata of Exif or XMP follow.
const METADATA: u8 = 0x08 | 0x04;

pub(super) fn clean(bytes: &[u8]) -> Option<Found> {
    let mut found = Found::new(bytes.len());
    let mut reader = Reader(bytes);
    reader.take(4)?;
    let length = usize::try_from(u32::from_le_bytes(reader.array()?)).ok()?;
    // What lies behind the announced end is none of it.
    let mut reader = Reader(reader.0.get(..length)?);
    found.keep(b"RIFF\0\0\0\0");
    found.keep(reader.take(4)?);
    while !reader.0.is_empty() {
        let name = reader.take(4)?;
        let length = reader.array()?;
        let count = usize::try_from(u32::from_le_bytes(length)).ok()?;
        let content = reader.take(count)?;
        // A chunk of an odd length is followed by a byte that means nothing.
        let padding: &[u8] = if count % 2 == 1 { &[0] } else { &[] };
        let _ = reader.take(padding.len());
        let sides = match name {
            b"VP8X" => {
                let (flags, rest) = content.split_first()?;
                found.keep(name);
                found.keep(&length);
                found.keep(&[flags & !METADATA]);
                found.keep(rest);
                found.keep(padding);
                let (width, height) = extended(content)?;
                found.grow(width, height);
                continue;
            }
            b"VP8 " => lossy(content)?,
            b"VP8L" => lossless(content)?,
            b"ANMF" => {
                found.frames += 1;
                (0, 0)
            }
            b"ALPH" | b"ANIM" | b"ICCP" => (0, 0),
            _ => continue,
        };
        found.grow(sides.0, sides.1);
        found.keep(name);
        found.keep(&length);
        found.keep(content);
        found.keep(padding);
    }
    let length = u32::try_from(found.picture.bytes.len().checked_sub(8)?).ok()?;
    let place = found.picture.bytes.get_mut(4..8)?;
    place.copy_from_slice(&length.to_le_bytes());
    Some(found)
}

fn extended(content: &[u8]) -> Option<(u32, u32)> {
    let mut sides = Reader(content.get(4..)?);
    let mut side = || {
        let [a, b, c] = sides.array()?;
        Some(u32::from_le_bytes([a, b, c, 0]) + 1)
    };
    Some((side()?, side()?))
}

fn lossy(content: &[u8]) -> Option<(u32, u32)> {
    let mut sides = Reader(content.get(3..)?.strip_prefix(b"\x9d\x01\x2a")?);
    let mut side = || Some(u32::from(u16::from_le_bytes(sides.array()?) & 0x3fff));
    Some((side()?, side()?))
}

fn lossless(content: &[u8]) -> Option<(u32, u32)> {
    let mut bits = Reader(content.strip_prefix(b"\x2f")?);
    let bits = u32::from_le_bytes(bits.array()?);
    Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
}
