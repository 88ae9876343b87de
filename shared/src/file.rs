//! Files that people send: what is taken, what it is called, and how it is shown.
//!
//! - **FL1** A file has 1 byte to 25 MB (SECURITY.md U8).
//! - **FL2** What a file is, its first bytes say: neither its name nor its sender (U1).
//! - **FL3** Taken is what [`Kind::ALL`] lists, and nothing else (U2). The name has to end as files of that
//!   kind do; one image may bear the ending of another, since programs mix those up.
//! - **FL4** Shown in the page are pictures, sound and film; anything else is a card and is saved, never
//!   opened (U3). What a browser could run is kept as bytes that mean nothing (U2).
//! - **FL5** A name is cleaned ([`FileName`], U5); what lies in the store is called by its id alone.
//! - **FL6** A picture loses what it says of its maker and place, and whatever lies behind its end ([`clean`],
//!   U6); nothing is decoded. Only which side is up stays.
//! - **FL7** A picture has at most 12,000 pixels a side, 50 million in all, and 500 frames (U7), so
//!   that no page unpacks a bomb.

mod clean;
pub mod hook;
mod name;
mod sniff;
#[cfg(test)]
mod tests;
pub mod way;

use alloc::string::String;
use core::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use clean::{Picture, clean};
pub use name::FileName;

use crate::id::FileId;

/// Largest file: 25 MB. Source: SECURITY.md U8.
pub const SIZE_MAX: u64 = 25_000_000;
/// So many bytes at the beginning of a file tell its kind. Source: SECURITY.md U1.
pub const HEAD: usize = 4_096;

/// What a file is (FL2, FL3). Its media type in JSON, its place in [`Kind::ALL`] for our own widget, which shows
/// none of their names.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Kind {
    /// PNG, animated ones included.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
    /// WebP.
    Webp,
    /// PDF.
    Pdf,
    /// Text.
    Text,
    /// A table as text.
    Csv,
    /// A text document of Word.
    Docx,
    /// A table of Excel.
    Xlsx,
    /// Slides of PowerPoint.
    Pptx,
    /// A text document of the Open Document format.
    Odt,
    /// A table of the Open Document format.
    Ods,
    /// Slides of the Open Document format.
    Odp,
    /// MP3.
    Mp3,
    /// Sound in MP4.
    M4a,
    /// Sound in Ogg: Opus or Vorbis.
    Ogg,
    /// WAV.
    Wav,
    /// Sound in `WebM`, as browsers record it.
    Weba,
    /// Film in `WebM`.
    Webm,
    /// Film in MP4.
    Mp4,
    /// What a browser could run, or take for a page: kept as bytes (FL4).
    Bytes,
}

/// A file that stands in a conversation.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub struct Sent {
    /// Which.
    pub file: FileId,
    /// What it is called.
    pub name: FileName,
    /// What it is.
    pub kind: Kind,
    /// In bytes.
    pub size: u64,
    /// Of a picture: in pixels, before it is turned.
    pub width: Option<u32>,
    /// Of a picture: in pixels, before it is turned.
    pub height: Option<u32>,
    /// Whether it may be read (FI6 of `conversation`).
    #[serde(default)]
    pub check: Check,
}

/// How far the check of a file is that a space has checked ([`hook`]).
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// It may be read; also where nobody checks files.
    #[default]
    Passed,
    /// It is being checked.
    Checking,
    /// It was refused, for good.
    Refused,
    /// Nobody has judged it: its sender can try again.
    Failed,
}

impl Sent {
    /// A file of which nothing is known yet but its size (FW1).
    #[must_use]
    pub fn announced(file: FileId, size: u64) -> Self {
        Self {
            file,
            name: FileName::none(),
            kind: Kind::Bytes,
            size,
            width: None,
            height: None,
            check: Check::Passed,
        }
    }
}

/// How a file is shown (FL4).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Shows {
    /// As a picture.
    Picture,
    /// With a player.
    Sound,
    /// With a player and its picture.
    Film,
    /// As a card that saves it.
    Card,
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum FileError {
    /// FL1.
    #[error("the file is empty")]
    Empty,
    /// FL1.
    #[error("the file has more than {} MB", SIZE_MAX / 1_000_000)]
    TooLarge,
    /// FL3.
    #[error("files of this kind are not taken")]
    NotTaken,
    /// FL3.
    #[error("the file is not what its name says")]
    NotItsName,
    /// FL6.
    #[error("the picture is damaged")]
    Damaged,
    /// FL7.
    #[error("the picture is too large to be shown")]
    TooManyPixels,
}

impl Kind {
    /// Every kind that is taken.
    pub const ALL: [Self; 21] = [
        Self::Png,
        Self::Jpeg,
        Self::Gif,
        Self::Webp,
        Self::Pdf,
        Self::Text,
        Self::Csv,
        Self::Docx,
        Self::Xlsx,
        Self::Pptx,
        Self::Odt,
        Self::Ods,
        Self::Odp,
        Self::Mp3,
        Self::M4a,
        Self::Ogg,
        Self::Wav,
        Self::Weba,
        Self::Webm,
        Self::Mp4,
        Self::Bytes,
    ];

    /// What a file is, by its name and its first [`HEAD`] bytes (FL2, FL3).
    ///
    /// # Errors
    /// When it is not taken.
    pub fn tell(name: &FileName, size: u64, head: &[u8]) -> Result<Self, FileError> {
        check_size(size)?;
        let seen = sniff::sniff(head).ok_or(FileError::NotTaken)?;
        let extension = name.extension().to_ascii_lowercase();
        let extension = extension.as_str();
        if extension.is_empty() {
            return seen.unnamed().ok_or(FileError::NotItsName);
        }
        let mut kinds = Self::ALL.into_iter();
        let named = kinds.find(|kind| kind.extensions().contains(&extension));
        match named {
            None => Err(FileError::NotTaken),
            Some(named) if seen.may_be(named) => Ok(seen.settled(named)),
            Some(_) => Err(FileError::NotItsName),
        }
    }

    /// What sound is, by its first bytes (SP2 of `dictation`); `None` for anything else.
    #[must_use]
    pub fn sound(head: &[u8]) -> Option<Self> {
        match sniff::sniff(head)? {
            sniff::Seen::Matroska => Some(Self::Weba),
            sniff::Seen::One(Self::M4a | Self::Mp4) => Some(Self::M4a),
            sniff::Seen::One(kind @ (Self::Ogg | Self::Wav)) => Some(kind),
            sniff::Seen::One(_)
            | sniff::Seen::Words
            | sniff::Seen::OfficeOpen
            | sniff::Seen::OpenDocument => None,
        }
    }

    /// The kind of that name, as [`Kind::media_type`] has it.
    #[must_use]
    pub fn from_media_type(media_type: &str) -> Option<Self> {
        let mut kinds = Self::ALL.into_iter();
        kinds.find(|kind| kind.media_type() == media_type)
    }

    /// What the file is sent as.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
            Self::Text => "text/plain",
            Self::Csv => "text/csv",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => {
                "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            }
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Odp => "application/vnd.oasis.opendocument.presentation",
            Self::Mp3 => "audio/mpeg",
            Self::M4a => "audio/mp4",
            Self::Ogg => "audio/ogg",
            Self::Wav => "audio/wav",
            Self::Weba => "audio/webm",
            Self::Webm => "video/webm",
            Self::Mp4 => "video/mp4",
            Self::Bytes => "application/octet-stream",
        }
    }

    /// How names of such files end, in lower case.
    #[must_use]
    pub const fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Png => &["png", "apng"],
            Self::Jpeg => &["jpg", "jpeg", "jfif"],
            Self::Gif => &["gif"],
            Self::Webp => &["webp"],
            Self::Pdf => &["pdf"],
            Self::Text => &["txt", "log", "md"],
            Self::Csv => &["csv", "tsv"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Pptx => &["pptx"],
            Self::Odt => &["odt"],
            Self::Ods => &["ods"],
            Self::Odp => &["odp"],
            Self::Mp3 => &["mp3"],
            Self::M4a => &["m4a"],
            Self::Ogg => &["ogg", "oga", "opus"],
            Self::Wav => &["wav"],
            Self::Weba => &["weba"],
            Self::Webm => &["webm"],
            Self::Mp4 => &["mp4", "m4v"],
            Self::Bytes => &[
                "svg", "html", "htm", "xhtml", "xml", "js", "mjs", "css", "json", "wasm",
            ],
        }
    }

    /// How it is shown (FL4).
    #[must_use]
    pub const fn shows(self) -> Shows {
        match self {
            Self::Png | Self::Jpeg | Self::Gif | Self::Webp => Shows::Picture,
            Self::Mp3 | Self::M4a | Self::Ogg | Self::Wav | Self::Weba => Shows::Sound,
            Self::Webm | Self::Mp4 => Shows::Film,
            Self::Pdf
            | Self::Text
            | Self::Csv
            | Self::Docx
            | Self::Xlsx
            | Self::Pptx
            | Self::Odt
            | Self::Ods
            | Self::Odp
            | Self::Bytes => Shows::Card,
        }
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(self.media_type())
        } else {
            serializer.serialize_u8(*self as u8)
        }
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found = if deserializer.is_human_readable() {
            Self::from_media_type(&String::deserialize(deserializer)?)
        } else {
            let place = usize::from(u8::deserialize(deserializer)?);
            Self::ALL.get(place).copied()
        };
        found.ok_or_else(|| D::Error::custom("no kind of file"))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.media_type())
    }
}

/// Whether a file of that many bytes is taken (FL1).
///
/// # Errors
/// When it is not.
pub const fn check_size(size: u64) -> Result<(), FileError> {
    match size {
        0 => Err(FileError::Empty),
        1..=SIZE_MAX => Ok(()),
        _ => Err(FileError::TooLarge),
    }
}
