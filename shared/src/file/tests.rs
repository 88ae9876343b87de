//! FL1 to FL7.

mod pictures;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn tell(name: &str, head: &[u8]) -> Result<Kind, FileError> {
    Kind::tell(&FileName::clean(name), head.len() as u64, head)
}

/// The head of a zip archive whose first entry has that name and content.
fn zip(entry: &str, content: &str) -> Vec<u8> {
    let mut head = b"PK\x03\x04".to_vec();
    head.resize(26, 0);
    head.extend((entry.len() as u16).to_le_bytes());
    head.extend([0, 0]);
    head.extend(entry.bytes().chain(content.bytes()));
    head
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const MP4: &[u8] = b"\0\0\0\x20ftypisom\0\0\x02\0";
const M4A: &[u8] = b"\0\0\0\x20ftypM4A \0\0\x02\0";
const WEBM: &[u8] = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm";
const MATROSKA: &[u8] = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x88matroska";

#[test]
fn fl2_fl3_first_bytes_and_name_say_what_is_taken() {
    let docx = zip("[Content_Types].xml", "");
    let odt = zip("mimetype", "application/vnd.oasis.opendocument.text");
    let plain = zip("holiday.jpg", "");
    let taken: [(&str, &[u8], Kind); 27] = [
        ("bell.png", PNG, Kind::Png),
        ("bell.jpg", PNG, Kind::Png),
        ("bell", PNG, Kind::Png),
        ("BELL.JPEG", b"\xff\xd8\xff\xe0", Kind::Jpeg),
        ("bell.gif", b"GIF89a", Kind::Gif),
        ("bell.webp", b"RIFF\0\0\0\0WEBPVP8 ", Kind::Webp),
        ("bell.wav", b"RIFF\0\0\0\0WAVEfmt ", Kind::Wav),
        ("bell.pdf", b"%PDF-1.7\n", Kind::Pdf),
        ("bell.mp3", b"ID3\x04", Kind::Mp3),
        ("bell.mp3", b"\xff\xfb\x90", Kind::Mp3),
        ("bell.opus", b"OggS\0\x02", Kind::Ogg),
        ("bell.mp4", MP4, Kind::Mp4),
        ("bell.m4a", M4A, Kind::M4a),
        ("bell.webm", WEBM, Kind::Webm),
        ("bell.weba", WEBM, Kind::Weba),
        ("bell.docx", &docx, Kind::Docx),
        ("bell.xlsx", &docx, Kind::Xlsx),
        ("bell.odt", &odt, Kind::Odt),
        ("bell.txt", "Grüße".as_bytes(), Kind::Text),
        ("bell.txt", "Gr\u{fc}".as_bytes(), Kind::Text),
        ("README", b"read me\r\n", Kind::Text),
        ("bell.csv", b"a;b\n1;2\n", Kind::Csv),
        ("bell.svg", b"<svg onload='x()'>", Kind::Bytes),
        ("bell.html", b"<script>x()</script>", Kind::Bytes),
        ("bell.js", b"x()", Kind::Bytes),
        ("bell.wasm", b"\0asm\x01", Kind::Bytes),
        ("x.php.png", PNG, Kind::Png),
    ];
    for (name, head, kind) in taken {
        assert_eq!(tell(name, head), Ok(kind), "{name} {head:?}");
    }
    let refused: [(&str, &[u8], FileError); 25] = [
        ("bell.png", b"", FileError::Empty),
        ("bell.exe", b"MZ\x90\0", FileError::NotTaken),
        ("bell.png", b"MZ\x90\0", FileError::NotTaken),
        ("bell", b"\x7fELF\x02", FileError::NotTaken),
        ("bell.zip", &plain, FileError::NotTaken),
        ("bell.docx", &plain, FileError::NotTaken),
        ("bell.docm", &docx, FileError::NotTaken),
        ("bell.odt", &docx, FileError::NotItsName),
        ("bell.docx", &odt, FileError::NotItsName),
        ("bell", &docx, FileError::NotItsName),
        ("bell.pdf", PNG, FileError::NotItsName),
        ("bell.png", b"%PDF-1.7", FileError::NotItsName),
        ("bell.png", b"<script>x()</script>", FileError::NotItsName),
        (
            "bell.jpg",
            b"<?php system($_GET['x']);",
            FileError::NotItsName,
        ),
        ("bell.html", PNG, FileError::NotItsName),
        ("bell.svg", PNG, FileError::NotItsName),
        ("bell.exe", PNG, FileError::NotTaken),
        ("bell.bat", b"format c:", FileError::NotTaken),
        ("bell.txt", b"#!/bin/sh\n", FileError::NotTaken),
        ("bell.txt", b"nul\0", FileError::NotTaken),
        ("bell.txt", b"\xff\xfe\x00", FileError::NotTaken),
        ("bell.mkv", MATROSKA, FileError::NotTaken),
        ("bell.webm", MATROSKA, FileError::NotTaken),
        (
            "bell.mov",
            b"\0\0\0\x14ftypqt  \0\0\0\0",
            FileError::NotTaken,
        ),
        (
            "bell.heic",
            b"\0\0\0\x18ftypheic\0\0\0\0",
            FileError::NotTaken,
        ),
    ];
    for (name, head, error) in refused {
        assert_eq!(tell(name, head), Err(error), "{name} {head:?}");
    }
}

#[test]
fn fl1_a_file_has_1_byte_to_25_mb() {
    let cases = [
        (0, Err(FileError::Empty)),
        (1, Ok(())),
        (25_000_000, Ok(())),
        (25_000_001, Err(FileError::TooLarge)),
        (u64::MAX, Err(FileError::TooLarge)),
    ];
    for (size, expected) in cases {
        assert_eq!(check_size(size), expected, "{size}");
    }
    assert_eq!(
        FileError::TooLarge.to_string(),
        "the file has more than 25 MB"
    );
}

#[test]
fn fl4_nothing_that_a_browser_could_run_is_sent_as_what_it_is() {
    for kind in Kind::ALL {
        let sent = kind.media_type();
        assert_eq!(Kind::from_media_type(sent), Some(kind));
        let runs = ["html", "svg", "xml;", "script", "wasm"];
        assert!(!runs.iter().any(|word| sent.contains(word)), "{sent}");
        for extension in kind.extensions() {
            let all = Kind::ALL.iter().flat_map(|kind| kind.extensions());
            let count = all.filter(|other| *other == extension).count();
            assert_eq!(count, 1, "{extension}");
        }
    }
    for kind in [Kind::Pdf, Kind::Text, Kind::Csv, Kind::Bytes] {
        assert_eq!(kind.shows(), Shows::Card, "{kind}");
    }
}

#[test]
fn fl5_sec_u5_a_name_is_cleaned() {
    let long = ["a".repeat(200), ".pdf".into()].concat();
    let cases = [
        ("order.pdf", "order.pdf"),
        ("  Größe 3.pdf ", "Größe 3.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Jack\\order.pdf", "order.pdf"),
        ("order.pdf/", "order.pdf"),
        ("exe.\u{202e}fdp.scr", "exe.fdp.scr"),
        ("or\u{200b}der\r\n.pdf", "order.pdf"),
        ("a\u{0}b.png", "ab.png"),
        ("what?.png", "what.png"),
        ("a\"b;c.png", "ab;c.png"),
        (".htaccess", "htaccess"),
        ("..", "file"),
        ("", "file"),
        ("/", "file"),
        ("\u{202e}", "file"),
        ("order.pdf. . ", "order.pdf"),
    ];
    for (given, expected) in cases {
        assert_eq!(FileName::clean(given).as_str(), expected, "{given:?}");
    }
    let cut = FileName::clean(&long);
    assert_eq!((cut.as_str().len(), cut.extension()), (100, "pdf"));
}

#[test]
fn fl4_fl5_a_file_is_handed_out_under_its_name() {
    let cases = [
        (
            "order.pdf",
            Kind::Pdf,
            "attachment; filename*=UTF-8''order.pdf",
        ),
        (
            "Größe 3.png",
            Kind::Png,
            "inline; filename*=UTF-8''Gr%C3%B6%C3%9Fe%203.png",
        ),
        (
            "a';b,c.svg",
            Kind::Bytes,
            "attachment; filename*=UTF-8''a%27%3Bb%2Cc.svg",
        ),
    ];
    for (name, kind, expected) in cases {
        assert_eq!(FileName::clean(name).disposition(kind), expected);
    }
}

proptest! {
    /// A cleaned name is clean, stays what it is, and says no path.
    #[test]
    fn fl5_a_cleaned_name_is_clean(given in any::<String>()) {
        let name = FileName::clean(&given);
        prop_assert_eq!(FileName::clean(name.as_str()), name.clone());
        let length = name.as_str().chars().count();
        prop_assert!((1..=100).contains(&length));
        prop_assert!(!name.as_str().contains(['/', '\\', '\r', '\n', '"', '\0']));
    }

    /// Whatever comes, it is told or refused.
    #[test]
    fn fl2_any_bytes_are_told_or_refused(given in any::<String>(), head in vec(any::<u8>(), 0..80)) {
        let _ = tell(&given, &head);
    }
}
