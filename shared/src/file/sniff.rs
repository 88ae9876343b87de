//! What a file is, by its first bytes (FL2).

use super::{Kind, Shows};

/// What the first bytes leave open.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Seen {
    /// That kind.
    One(Kind),
    /// Words: which kind, the name says.
    Words,
    /// A document of Office, in a zip archive: which kind, the name says.
    OfficeOpen,
    /// A document of the Open Document format: which kind, the name says.
    OpenDocument,
    /// Sound or film in `WebM`: which, the name says.
    Matroska,
}

impl Seen {
    /// The kind of a file whose name has no ending.
    pub fn unnamed(self) -> Option<Kind> {
        match self {
            Self::One(kind) => Some(kind),
            Self::Words => Some(Kind::Text),
            Self::Matroska => Some(Kind::Webm),
            Self::OfficeOpen | Self::OpenDocument => None,
        }
    }

    /// The kind of a file whose name says that one, which it may be.
    pub fn settled(self, named: Kind) -> Kind {
        match self {
            Self::One(kind) => kind,
            Self::Words | Self::OfficeOpen | Self::OpenDocument | Self::Matroska => named,
        }
    }

    /// Whether a file of which this was seen may bear a name of that kind (FL3).
    pub fn may_be(self, named: Kind) -> bool {
        match self {
            Self::One(kind) => {
                let are_pictures = [kind, named].map(|kind| kind.shows() == Shows::Picture);
                kind == named || are_pictures == [true, true]
            }
            Self::Words => matches!(named, Kind::Text | Kind::Csv | Kind::Bytes),
            Self::OfficeOpen => matches!(named, Kind::Docx | Kind::Xlsx | Kind::Pptx),
            Self::OpenDocument => matches!(named, Kind::Odt | Kind::Ods | Kind::Odp),
            Self::Matroska => matches!(named, Kind::Weba | Kind::Webm),
        }
    }
}

/// Signatures at the beginning: those that are one, and settle everything.
const SIGNATURES: [(&[u8], Kind); 12] = [
    (b"\x89PNG\r\n\x1a\n", Kind::Png),
    (b"\xff\xd8\xff", Kind::Jpeg),
    (b"GIF87a", Kind::Gif),
    (b"GIF89a", Kind::Gif),
    (b"%PDF-", Kind::Pdf),
    (b"OggS", Kind::Ogg),
    (b"ID3", Kind::Mp3),
    (b"\xff\xfb", Kind::Mp3),
    (b"\xff\xfa", Kind::Mp3),
    (b"\xff\xf3", Kind::Mp3),
    (b"\xff\xf2", Kind::Mp3),
    (b"\0asm", Kind::Bytes),
];

/// What the beginning of a file shows; `None` for what is not taken.
pub(super) fn sniff(head: &[u8]) -> Option<Seen> {
    let signature = SIGNATURES.iter().find(|(sign, _)| head.starts_with(sign));
    if let Some((_, kind)) = signature {
        return Some(Seen::One(*kind));
    }
    let at = |from: usize, sign: &[u8]| head.get(from..).is_some_and(|rest| rest.starts_with(sign));
    if at(0, b"RIFF") {
        let kinds = [(b"WEBP", Kind::Webp), (b"WAVE", Kind::Wav)];
        let kind = kinds.into_iter().find(|(sign, _)| at(8, *sign));
        return kind.map(|(_, kind)| Seen::One(kind));
    }
    if at(4, b"ftyp") {
        return mp4(head.get(8..12)?).map(Seen::One);
    }
    if at(0, b"\x1a\x45\xdf\xa3") {
        let header = head.get(..head.len().min(64))?;
        return contains(header, b"webm").then_some(Seen::Matroska);
    }
    if at(0, b"PK\x03\x04") {
        return archive(head);
    }
    is_words(head).then_some(Seen::Words)
}

/// What an MP4 calls itself.
fn mp4(brand: &[u8]) -> Option<Kind> {
    const FILM: [&[u8]; 9] = [
        b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ",
    ];
    match brand {
        b"M4A " | b"M4B " => Some(Kind::M4a),
        _ => FILM.contains(&brand).then_some(Kind::Mp4),
    }
}

/// Which of the office formats a zip archive is, by the name of its first entry.
fn archive(head: &[u8]) -> Option<Seen> {
    let length = usize::from(u16::from_le_bytes(head.get(26..28)?.try_into().ok()?));
    let name = head.get(30..30 + length)?;
    let parts: [&[u8]; 5] = [
        b"[Content_Types].xml",
        b"_rels/",
        b"docProps/",
        b"word/",
        b"xl/",
    ];
    if parts.iter().any(|part| name.starts_with(part)) || name.starts_with(b"ppt/") {
        return Some(Seen::OfficeOpen);
    }
    let is_open = name == b"mimetype" && contains(head, b"application/vnd.oasis.opendocument.");
    is_open.then_some(Seen::OpenDocument)
}

/// Whether it is UTF-8 without control characters; the last character may be cut off.
fn is_words(head: &[u8]) -> bool {
    let text = match core::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            let valid = head.get(..error.valid_up_to()).unwrap_or_default();
            core::str::from_utf8(valid).unwrap_or_default()
        }
        Err(_) => return false,
    };
    let is_plain = |character: char| !character.is_control() || character.is_whitespace();
    // A script that names its own interpreter is a program.
    !text.is_empty() && !text.starts_with("#!") && text.chars().all(is_plain)
}

fn contains(all: &[u8], part: &[u8]) -> bool {
    all.windows(part.len()).any(|window| window == part)
}
