//! GIF: a screen, then extensions and images in blocks of at most 255 bytes.

use super::{Found, Reader};

pub(super) fn clean(bytes: &[u8]) -> Option<Found> {
    let mut found = Found::new(bytes.len());
    let mut reader = Reader(bytes);
    let head = reader.take(13)?;
    found.keep(head);
    let mut sides = Reader(head.get(6..)?);
    let (width, height) = (sides.array()?, sides.array()?);
    found.grow(
        u16::from_le_bytes(width).into(),
        u16::from_le_bytes(height).into(),
    );
    found.keep(reader.take(colours(*head.get(10)?))?);
    loop {
        match reader.byte()? {
            b';' => {
                found.keep(b";");
                return (found.frames > 0).then_some(found);
            }
            b',' => {
                let image = reader.take(9)?;
                let mut place = Reader(image);
                let [left, top, width, height] = place_of(&mut place)?;
                found.grow(left + width, top + height);
                found.frames += 1;
                found.keep(b",");
                found.keep(image);
                found.keep(reader.take(colours(*image.get(8)?))?);
                found.keep(reader.take(1)?);
                found.keep(blocks(&mut reader)?);
            }
            b'!' => {
                let label = reader.byte()?;
                let content = blocks(&mut reader)?;
                // How long a frame is shown, and how often all of them are.
                let is_kept = label == 0xf9
                    || label == 0xff
                        && [b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0"]
                            .iter()
                            .any(|name| content.starts_with(*name));
                if is_kept {
                    found.keep(&[b'!', label]);
                    found.keep(content);
                }
            }
            _ => return None,
        }
    }
}

fn place_of(reader: &mut Reader<'_>) -> Option<[u32; 4]> {
    let mut place = [0; 4];
    for part in &mut place {
        *part = u16::from_le_bytes(reader.array()?).into();
    }
    Some(place)
}

/// How many bytes the table of colours has that those flags announce.
const fn colours(flags: u8) -> usize {
    if flags & 0x80 == 0 {
        return 0;
    }
    3 << ((flags & 7) + 1)
}

/// Blocks with their lengths, up to the empty one.
fn blocks<'b>(reader: &mut Reader<'b>) -> Option<&'b [u8]> {
    let all = reader.0;
    loop {
        let length = reader.byte()?;
        reader.take(length.into())?;
        if length == 0 {
            return all.get(..all.len() - reader.0.len());
        }
    }
}
