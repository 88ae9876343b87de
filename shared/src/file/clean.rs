//! Pictures without what they tell of their maker (FL6, FL7).
//!
//! Each format is a row of parts with their lengths. The parts that a picture is made of are copied, the
//! others left out; nothing is decoded, so a picture that is damaged inside stays so.

mod gif;
mod jpeg;
mod png;
mod webp;

use alloc::vec::Vec;

use super::{FileError, Kind};

/// Longest side in pixels. Source: SECURITY.md U7.
const SIDE_MAX: u32 = 12_000;
/// Most pixels. Source: SECURITY.md U7.
const PIXELS_MAX: u64 = 50_000_000;
/// Most frames of a moving picture. Source: SECURITY.md U7.
const FRAMES_MAX: u32 = 500;

/// A picture that may be shown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Picture {
    /// The file, without what does not belong to the picture.
    pub bytes: Vec<u8>,
    /// In pixels, before it is turned.
    pub width: u32,
    /// In pixels, before it is turned.
    pub height: u32,
}

/// A picture without its metadata (FL6); `None` for what is no picture.
///
/// # Errors
/// When it is damaged, or too large (FL7).
pub fn clean(kind: Kind, bytes: &[u8]) -> Result<Option<Picture>, FileError> {
    let cleaned = match kind {
        Kind::Png => png::clean(bytes),
        Kind::Jpeg => jpeg::clean(bytes),
        Kind::Gif => gif::clean(bytes),
        Kind::Webp => webp::clean(bytes),
        Kind::Pdf
        | Kind::Text
        | Kind::Csv
        | Kind::Docx
        | Kind::Xlsx
        | Kind::Pptx
        | Kind::Odt
        | Kind::Ods
        | Kind::Odp
        | Kind::Mp3
        | Kind::M4a
        | Kind::Ogg
        | Kind::Wav
        | Kind::Weba
        | Kind::Webm
        | Kind::Mp4
        | Kind::Bytes => return Ok(None),
    };
    let Found { picture, frames } = cleaned.ok_or(FileError::Damaged)?;
    let (width, height) = (picture.width, picture.height);
    if width == 0 || height == 0 {
        return Err(FileError::Damaged);
    }
    let pixels = u64::from(width) * u64::from(height);
    if width.max(height) > SIDE_MAX || pixels > PIXELS_MAX || frames > FRAMES_MAX {
        return Err(FileError::TooManyPixels);
    }
    Ok(Some(picture))
}

/// What a walk over a picture has found.
struct Found {
    picture: Picture,
    frames: u32,
}

impl Found {
    fn new(room: usize) -> Self {
        Self {
            picture: Picture {
                bytes: Vec::with_capacity(room),
                width: 0,
                height: 0,
            },
            frames: 0,
        }
    }

    fn keep(&mut self, part: &[u8]) {
        self.picture.bytes.extend_from_slice(part);
    }

    fn grow(&mut self, width: u32, height: u32) {
        self.picture.width = self.picture.width.max(width);
        self.picture.height = self.picture.height.max(height);
    }
}

/// Bytes that are read from the front.
struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    /// The next bytes; `None` when there are not so many.
    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    /// What comes next, left where it is.
    fn ahead(&self, count: usize) -> Option<&'b [u8]> {
        self.0.get(..count)
    }
}
