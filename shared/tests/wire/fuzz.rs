//! W2 and W3: bytes that nobody meant as a frame are refused, whatever they claim.

use core::fmt::Debug;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde::de::DeserializeOwned;
use shared::conversation::Command as ConversationCommand;
use shared::frame::{Encoding, FromServer, Raw, ToServer};
use shared::space::Command as SpaceCommand;

use crate::allocation::largest_during;
use crate::arbitrary;

/// What serde sets aside at most before the first element is there.
const AT_ONCE_MAX: usize = 1024 * 1024;
/// Room for the words of an error and for the first elements of a list.
const SMALL: usize = 8 * 1024;

proptest! {
    #[test]
    fn w3_random_bytes_are_refused_or_read(bytes in vec(any::<u8>(), 0..600)) {
        read_binary(&bytes);
    }

    #[test]
    fn w3_random_text_is_refused_or_read(text in any::<String>()) {
        read_json(&text);
    }

    #[test]
    fn w3_text_like_json_is_refused_or_read(text in r#"[\[\]{}":,a-z0-9\\u. -]{0,80}"#) {
        read_json(&text);
    }

    #[test]
    fn w3_damaged_frames_are_refused_or_read(
        frame in arbitrary::from_server(),
        damage in vec((any::<Index>(), any::<u8>()), 1..4),
        length in any::<Index>(),
    ) {
        let mut bytes = shared::frame::encode_binary(&frame).unwrap();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        read_binary(&bytes);
        bytes.truncate(length.index(bytes.len()));
        read_binary(&bytes);
        let mut json = serde_json::to_string(&frame).unwrap();
        let mut cut = length.index(json.len());
        while !json.is_char_boundary(cut) {
            cut -= 1;
        }
        json.truncate(cut);
        read_json(&json);
    }

    /// A length claimed inside a frame sets nothing aside that the frame does not hold.
    #[test]
    fn w2_claimed_lengths_do_not_allocate(claim in 1_000u64.., frame in 0..20u8, rest in vec(any::<u8>(), 0..40)) {
        let mut bytes = vec![frame];
        bytes.extend(varint(claim));
        bytes.extend(rest);
        let (_, largest) = largest_during(|| read_binary(&bytes));
        prop_assert!(largest <= SMALL, "{largest} bytes for a frame of {}", bytes.len());
    }
}

#[test]
fn w2_a_full_frame_of_claims_stays_bounded() {
    // Entries that claim as many elements as the frame has bytes left.
    let mut bytes = shared::frame::encode_binary(&FromServer::Entries(vec![])).unwrap();
    bytes.truncate(1);
    bytes.extend(varint(60_000));
    bytes.resize(64 * 1024, 0xff);
    let (_, largest) = largest_during(|| read_binary(&bytes));
    assert!(largest <= AT_ONCE_MAX + SMALL, "{largest} bytes");
}

#[test]
fn w2_deep_nesting_is_refused() {
    for open in ["[", "{\"a\":"] {
        read_json(&open.repeat(10_000));
        read_json(&format!("{{\"send\":{}", open.repeat(10_000)));
    }
}

fn read_binary(bytes: &[u8]) {
    let raw = Raw::Binary(bytes.to_vec());
    let _ = Encoding::Binary.decode::<ToServer<ConversationCommand>>(&raw);
    let _ = Encoding::Binary.decode::<ToServer<SpaceCommand>>(&raw);
    let _ = Encoding::Binary.decode::<FromServer>(&raw);
}

fn read_json(text: &str) {
    let raw = Raw::Text(text.to_owned());
    as_serde_json::<ToServer<ConversationCommand>>(&raw, text);
    as_serde_json::<ToServer<SpaceCommand>>(&raw, text);
    as_serde_json::<FromServer>(&raw, text);
}

/// JS1: what is taken, `serde_json` reads as the same value.
fn as_serde_json<T: DeserializeOwned + Debug + PartialEq>(raw: &Raw, text: &str) {
    if let Ok(frame) = Encoding::Json.decode::<T>(raw) {
        assert_eq!(frame, serde_json::from_str(text).unwrap(), "{text}");
    }
}

/// A number as postcard writes it: seven bits a byte, the last one without the top bit.
fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = vec![];
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}
