//! FL6 and FL7, on the smallest pictures that can be.

use super::*;

const SECRET: &[u8] = b"48.2082N 16.3738E";

fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u32).to_be_bytes();
    [&length[..], name, content, b"sum."].concat()
}

fn png(width: u32, height: u32, extra: &[u8]) -> Vec<u8> {
    let sides = [
        &width.to_be_bytes()[..],
        &height.to_be_bytes(),
        b"\x08\x02\0\0\0",
    ]
    .concat();
    let head = [b"\x89PNG\r\n\x1a\n", &chunk(b"IHDR", &sides)[..]].concat();
    [
        &head[..],
        extra,
        &chunk(b"IDAT", b"pixels"),
        &chunk(b"IEND", b""),
    ]
    .concat()
}

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u16 + 2).to_be_bytes();
    [&[0xff, marker], &length[..], content].concat()
}

fn jpeg(width: u16, height: u16, extra: &[u8]) -> Vec<u8> {
    let frame = [
        b"\x08",
        &height.to_be_bytes()[..],
        &width.to_be_bytes(),
        b"\x01\x01\x11\0",
    ];
    let parts = [
        b"\xff\xd8".to_vec(),
        segment(0xe0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0"),
        extra.to_vec(),
        segment(0xc0, &frame.concat()),
        segment(0xda, b"\x01\x01\0\0\x3f\0"),
        b"pixels\xff\0and\xff\xd3more".to_vec(),
        b"\xff\xd9".to_vec(),
    ];
    parts.concat()
}

/// A segment of Exif with a place, and the side that is up.
fn exif(side: u8, is_big: bool) -> Vec<u8> {
    let fields: [&[u8]; 2] = if is_big {
        [
            b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x02\x82\x98\0\x02\0\0\0\x04abc\0\x01\x12\0\x03\0\0\0\x01\0",
            b"\0\0\0\0\0\0",
        ]
    } else {
        [
            b"Exif\0\0II\x2a\0\x08\0\0\0\x02\0\x98\x82\x02\0\x04\0\0\0abc\0\x12\x01\x03\0\x01\0\0\0",
            b"\0\0\0\0\0\0\0",
        ]
    };
    segment(0xe1, &[fields[0], &[side], fields[1], SECRET].concat())
}

fn gif(width: u16, height: u16, frames: usize, extra: &[u8]) -> Vec<u8> {
    let sides = [width.to_le_bytes(), height.to_le_bytes()].concat();
    let mut bytes = [b"GIF89a", &sides[..], b"\x80\0\0", b"colour"].concat();
    bytes.extend(b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0");
    bytes.extend(extra);
    for _ in 0..frames {
        bytes.extend(b"!\xf9\x04\0\x0a\0\0\0");
        bytes.extend([b",\0\0\0\0", &sides[..], b"\0\x02\x02\x44\x01\0"].concat());
    }
    bytes.extend(b";");
    bytes
}

fn riff(parts: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut bytes = b"WEBP".to_vec();
    for (name, content) in parts {
        bytes.extend(*name);
        bytes.extend((content.len() as u32).to_le_bytes());
        bytes.extend(*content);
        bytes.resize(bytes.len().next_multiple_of(2), 0);
    }
    [b"RIFF", &(bytes.len() as u32).to_le_bytes()[..], &bytes].concat()
}

/// An extended file of that many pixels less one a side.
fn webp(side: u32, flags: u8, extra: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let sides = side.to_le_bytes();
    let head = [&[flags, 0, 0, 0], &sides[..3], &sides[..3]].concat();
    let mut parts: Vec<(&[u8; 4], &[u8])> = alloc::vec![(b"VP8X", &head)];
    parts.extend(extra);
    parts.push((b"VP8L", b"\x2f\x09\0\0\0"));
    riff(&parts)
}

fn cleaned(kind: Kind, bytes: &[u8]) -> Picture {
    clean(kind, bytes).unwrap().unwrap()
}

fn has_secret(bytes: &[u8]) -> bool {
    bytes.windows(SECRET.len()).any(|window| window == SECRET)
}

#[test]
fn fl6_sec_u6_a_picture_tells_nothing_of_its_maker() {
    let about = segment(0xfe, SECRET);
    let xmp = segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", SECRET].concat());
    let thumbnails = segment(0xe0, &[b"JFXX\0", SECRET].concat());
    let more = segment(0xe2, &[b"MPF\0", SECRET].concat());
    let all = [about, xmp, thumbnails, more, exif(1, true)].concat();
    let text = chunk(b"tEXt", SECRET);
    let exif_in_png = [text, chunk(b"eXIf", SECRET), chunk(b"prVt", SECRET)].concat();
    let comment = [b"!\xfe\x11", SECRET, b"\0"].concat();
    let behind = |bytes: Vec<u8>| [&bytes[..], SECRET].concat();
    let cases = [
        (Kind::Jpeg, jpeg(4, 3, &all), jpeg(4, 3, b"")),
        (Kind::Jpeg, behind(jpeg(4, 3, b"")), jpeg(4, 3, b"")),
        (Kind::Png, png(4, 3, &exif_in_png), png(4, 3, b"")),
        (Kind::Png, behind(png(4, 3, b"")), png(4, 3, b"")),
        (Kind::Gif, gif(4, 3, 2, &comment), gif(4, 3, 2, b"")),
        (Kind::Gif, behind(gif(4, 3, 1, b"")), gif(4, 3, 1, b"")),
        (
            Kind::Webp,
            webp(
                9,
                0x1c,
                &[(b"EXIF", SECRET), (b"XMP ", SECRET), (b"what", SECRET)],
            ),
            webp(9, 0x10, &[]),
        ),
        (Kind::Webp, behind(webp(9, 0, &[])), webp(9, 0, &[])),
    ];
    for (kind, given, expected) in cases {
        assert!(has_secret(&given), "{kind}");
        let picture = cleaned(kind, &given);
        assert_eq!(picture.bytes, expected, "{kind}");
        assert_eq!(cleaned(kind, &picture.bytes), picture, "{kind}, again");
    }
}

#[test]
fn fl6_which_side_is_up_stays() {
    for is_big in [true, false] {
        let picture = cleaned(Kind::Jpeg, &jpeg(4, 3, &exif(6, is_big)));
        assert!(!has_secret(&picture.bytes));
        assert_eq!(picture.bytes.len(), jpeg(4, 3, b"").len() + 36);
        assert_eq!(cleaned(Kind::Jpeg, &picture.bytes), picture, "again");
    }
    for side in [0, 1, 9] {
        let picture = cleaned(Kind::Jpeg, &jpeg(4, 3, &exif(side, true)));
        assert_eq!(picture.bytes, jpeg(4, 3, b""), "{side}");
    }
}

#[test]
fn fl6_what_the_picture_needs_stays() {
    let colours = segment(0xe2, b"ICC_PROFILE\0\x01\x01colours");
    let adobe = segment(0xee, b"Adobe\0\x64\0\0\0\0\x01");
    let given = jpeg(4, 3, &[colours, adobe].concat());
    assert_eq!(cleaned(Kind::Jpeg, &given).bytes, given);
    let given = png(4, 3, &[chunk(b"tRNS", b"a"), chunk(b"iCCP", b"b")].concat());
    assert_eq!(cleaned(Kind::Png, &given).bytes, given);
    let given = webp(9, 0x30, &[(b"ICCP", b"colours"), (b"ALPH", b"clear")]);
    assert_eq!(cleaned(Kind::Webp, &given).bytes, given);
}

#[test]
fn fl6_a_damaged_picture_is_refused_and_a_forgotten_end_is_not() {
    let open = jpeg(4, 3, b"");
    let open = &open[..open.len() - 2];
    assert_eq!(cleaned(Kind::Jpeg, open).bytes, jpeg(4, 3, b""));
    let whole = [
        (Kind::Png, png(4, 3, b"")),
        (Kind::Gif, gif(4, 3, 1, b"")),
        (Kind::Webp, webp(9, 0, &[])),
    ];
    for (kind, bytes) in whole {
        for length in 0..bytes.len() {
            let cut = clean(kind, &bytes[..length]);
            assert_eq!(cut, Err(FileError::Damaged), "{kind} at {length}");
        }
    }
    for (kind, bytes) in [
        (Kind::Png, png(0, 3, b"")),
        (Kind::Jpeg, jpeg(4, 0, b"")),
        (Kind::Gif, gif(4, 3, 0, b"")),
        (Kind::Gif, b"GIF89a/*\0\x01=1;alert(1)".to_vec()),
    ] {
        assert_eq!(clean(kind, &bytes), Err(FileError::Damaged), "{kind}");
    }
}

#[test]
fn fl7_sec_u7_a_picture_that_would_fill_the_memory_is_refused() {
    let cases = [
        (Kind::Png, png(12_000, 4_166, b""), true),
        (Kind::Png, png(12_000, 4_167, b""), false),
        (Kind::Png, png(12_001, 1, b""), false),
        (Kind::Png, png(u32::MAX, u32::MAX, b""), false),
        (Kind::Jpeg, jpeg(12_000, 4_000, b""), true),
        (Kind::Jpeg, jpeg(65_535, 65_535, b""), false),
        (Kind::Gif, gif(10, 10, 500, b""), true),
        (Kind::Gif, gif(10, 10, 501, b""), false),
        (Kind::Gif, gif(65_535, 10, 1, b""), false),
        (Kind::Webp, webp(7_000, 0, &[]), true),
        (Kind::Webp, webp(0xff_ffff, 0, &[]), false),
    ];
    for (kind, bytes, is_taken) in cases {
        let cleaned = clean(kind, &bytes).map(|picture| picture.is_some());
        let expected = if is_taken {
            Ok(true)
        } else {
            Err(FileError::TooManyPixels)
        };
        assert_eq!(cleaned, expected, "{kind}");
    }
    assert_eq!(clean(Kind::Pdf, b"%PDF-"), Ok(None));
}

fn any_picture() -> impl Strategy<Value = (Kind, Vec<u8>)> {
    prop_oneof![
        Just((Kind::Png, png(4, 3, &chunk(b"tEXt", SECRET)))),
        Just((Kind::Jpeg, jpeg(4, 3, &exif(6, true)))),
        Just((Kind::Gif, gif(4, 3, 2, b""))),
        Just((Kind::Webp, webp(9, 0x0c, &[(b"EXIF", SECRET)]))),
    ]
}

proptest! {
    /// However a picture is spoilt, it is cleaned or refused; what is cleaned is clean.
    #[test]
    fn fl6_a_spoilt_picture_is_cleaned_or_refused(
        (kind, mut bytes) in any_picture(),
        spoils in vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
    ) {
        for (at, byte) in spoils {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(Some(picture)) = clean(kind, &bytes) {
            prop_assert!(picture.bytes.len() <= bytes.len() + 2);
            prop_assert_eq!(clean(kind, &picture.bytes), Ok(Some(picture)));
        }
    }
}
