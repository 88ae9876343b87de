//! JPEG: segments, each with a marker and most with a length; behind some of them the pixels.

use super::{Found, Reader};

const END: u8 = 0xd9;
const SCAN: u8 = 0xda;

pub(super) fn clean(bytes: &[u8]) -> Option<Found> {
    let mut found = Found::new(bytes.len());
    let mut reader = Reader(bytes);
    found.keep(reader.take(2)?);
    let mut has_side_up = false;
    loop {
        let Some(marker) = marker(&mut reader) else {
            // Many a camera forgets the end.
            let is_cut = found.frames > 0 && reader.0.is_empty();
            found.keep(&[0xff, END]);
            return is_cut.then_some(found);
        };
        match marker {
            END => {
                found.keep(&[0xff, END]);
                return (found.frames > 0).then_some(found);
            }
            0x01 | 0xd0..=0xd7 => found.keep(&[0xff, marker]),
            _ => {
                let length = u16::from_be_bytes(reader.array()?);
                let content = reader.take(usize::from(length).checked_sub(2)?)?;
                if is_frame(marker) {
                    let mut sides = Reader(content.get(1..)?);
                    let (height, width) = (sides.array()?, sides.array()?);
                    found.grow(
                        u16::from_be_bytes(width).into(),
                        u16::from_be_bytes(height).into(),
                    );
                }
                if is_kept(marker, content) {
                    found.keep(&[0xff, marker]);
                    found.keep(&length.to_be_bytes());
                    found.keep(content);
                } else if let Some(side) = side_up(marker, content)
                    && !has_side_up
                {
                    has_side_up = true;
                    found.keep(&turned(side));
                }
                if marker == SCAN {
                    found.frames = 1;
                    found.keep(scan(&mut reader)?);
                }
            }
        }
    }
}

/// The next marker; any number of `ff` may stand in front.
fn marker(reader: &mut Reader<'_>) -> Option<u8> {
    if reader.byte()? != 0xff {
        return None;
    }
    loop {
        let byte = reader.byte()?;
        if byte != 0xff {
            return Some(byte);
        }
    }
}

/// The pixels behind a scan's head: up to the next marker that is none of theirs.
fn scan<'b>(reader: &mut Reader<'b>) -> Option<&'b [u8]> {
    let is_end =
        |pair: &[u8]| matches!(pair, [0xff, next] if !matches!(next, 0 | 0xd0..=0xd7 | 0xff));
    let end = reader.0.windows(2).position(is_end);
    reader.take(end.unwrap_or(reader.0.len()))
}

const fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc)
}

/// Whether a segment says how the picture looks: everything but comments and what applications add, of
/// which the colours stay.
fn is_kept(marker: u8, content: &[u8]) -> bool {
    match marker {
        0xe0 => content.starts_with(b"JFIF\0"),
        0xe2 => content.starts_with(b"ICC_PROFILE\0"),
        0xee => content.starts_with(b"Adobe"),
        0xe1 | 0xe3..=0xed | 0xef | 0xfe => false,
        _ => true,
    }
}

/// Which side is up, 2 to 8, in a segment of Exif; 1 is as it is.
fn side_up(marker: u8, content: &[u8]) -> Option<u8> {
    if marker != 0xe1 {
        return None;
    }
    let exif = content.strip_prefix(b"Exif\0\0")?;
    let is_big = exif.starts_with(b"MM");
    let short = |bytes: [u8; 2]| {
        if is_big {
            u16::from_be_bytes(bytes)
        } else {
            u16::from_le_bytes(bytes)
        }
    };
    let long = |bytes: [u8; 4]| {
        if is_big {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        }
    };
    let first = long(exif.get(4..8)?.try_into().ok()?);
    let mut directory = Reader(exif.get(usize::try_from(first).ok()?..)?);
    for _ in 0..short(directory.array()?) {
        let field = directory.take(12)?;
        let tag = short(field.get(..2)?.try_into().ok()?);
        if tag == 0x0112 {
            let side = short(field.get(8..10)?.try_into().ok()?);
            return u8::try_from(side)
                .ok()
                .filter(|side| (2..=8).contains(side));
        }
    }
    None
}

/// A segment of Exif that says nothing but which side is up.
const fn turned(side: u8) -> [u8; 36] {
    [
        0xff, 0xe1, 0, 34, b'E', b'x', b'i', b'f', 0, 0, // The segment: 34 bytes.
        b'M', b'M', 0, 42, 0, 0, 0, 8, // The first directory stands at 8.
        0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, side, 0, 0, // One field: 0x0112, one short.
        0, 0, 0, 0, // No other directory.
    ]
}
