//! The way of a file to us and back.
//!
//! - **FW1** A file is announced first, by whoever may write in the conversation: its name, size and SHA-256,
//!   under the id of the command that will send it. Who announces gets a ticket; the same id and bytes
//!   name the same file, so whoever announces again goes on where the way was cut (SECURITY.md U1), and
//!   nobody puts other bytes in the place of those that were sent.
//! - **FW2** It comes in parts of [`PART`] bytes, the last one with the rest, in any order and as often as it
//!   takes. Each has exactly its bytes, and the ticket of the one who sends it.
//! - **FW3** Once every part is there and the whole has the size and the SHA-256 that were announced, it is told
//!   what it is ([`super::Kind::tell`]), pictures are cleaned, and the conversation is told. Not before.
//! - **FW4** A file is read by an address of another origin, which opens that file of that conversation for
//!   that person, for [`LINK_LIFE`] (U3, U4).

use core::time::Duration;

use super::SIZE_MAX;

/// Bytes of a part: 1 MiB. A bad line of 400 kb/s carries one in 21 s, and no more is lost by a cut.
pub const PART: u64 = 1 << 20;
/// Most parts of a file: 24.
pub const PARTS_MAX: u32 = SIZE_MAX.div_ceil(PART) as u32;
/// How long a ticket is good. Source: SECURITY.md U1.
pub const TICKET_LIFE: Duration = Duration::from_secs(300);
/// How long an address is good. Source: SECURITY.md U4.
pub const LINK_LIFE: Duration = Duration::from_secs(300);

/// In how many parts a file of that size comes (FW2).
#[must_use]
pub fn parts(size: u64) -> u32 {
    u32::try_from(size.div_ceil(PART)).unwrap_or(u32::MAX)
}

/// How many bytes a part has, counted from 0; `None` when there is no such part (FW2).
#[must_use]
pub fn part_size(size: u64, part: u32) -> Option<u64> {
    let before = u64::from(part) * PART;
    let rest = size.checked_sub(before).filter(|rest| *rest > 0)?;
    Some(rest.min(PART))
}

/// Whether that is a SHA-256: 64 digits from 0 to f, in lower case.
#[must_use]
pub fn is_sha256(text: &str) -> bool {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    text.len() == 64 && text.bytes().all(is_digit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fw2_a_file_comes_in_parts() {
        let cases = [
            (1, 1, 1),
            (PART, 1, PART),
            (PART + 1, 2, 1),
            (2 * PART, 2, PART),
            (SIZE_MAX, PARTS_MAX, SIZE_MAX - 23 * PART),
        ];
        for (size, count, last) in cases {
            assert_eq!(parts(size), count, "{size}");
            assert_eq!(part_size(size, count - 1), Some(last), "{size}");
            assert_eq!(part_size(size, count), None, "{size}");
        }
        assert_eq!((PARTS_MAX, parts(0), part_size(0, 0)), (24, 0, None));
    }

    #[test]
    fn fw1_a_sha256_has_one_form() {
        let good = "0123456789abcdef".repeat(4);
        let wrong = [
            &good[1..],
            &good.to_uppercase(),
            &good.replace('f', "g"),
            "",
            &(good.clone() + "0"),
        ];
        assert!(is_sha256(&good));
        assert!(!wrong.iter().any(|text| is_sha256(text)));
    }

    proptest! {
        /// The parts are the file.
        #[test]
        fn fw2_the_parts_are_the_file(size in 0..=2 * SIZE_MAX) {
            let sizes = (0..parts(size)).map(|part| part_size(size, part).unwrap());
            prop_assert_eq!(sizes.sum::<u64>(), size);
        }
    }
}
