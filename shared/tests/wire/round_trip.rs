//! W1: both encodings bring every frame back as it was.

use std::fmt::Debug;

use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::conversation::{Command as ConversationCommand, Event};
use shared::frame::{ENTRIES_MAX, Encoding, FRAME_MAX, FrameError, FromServer, Raw, ToServer};
use shared::id::CommandId;
use shared::space::Command as SpaceCommand;
use shared::text::MessageText;

use crate::{arbitrary, samples};

proptest! {
    #[test]
    fn w1_frames_to_a_conversation(frame in arbitrary::to_server(arbitrary::conversation_command())) {
        there_and_back(&frame);
    }

    #[test]
    fn w1_frames_to_a_space(frame in arbitrary::to_server(arbitrary::space_command())) {
        there_and_back(&frame);
    }

    #[test]
    fn w1_frames_to_a_client(frame in arbitrary::from_server()) {
        there_and_back(&frame);
    }
}

#[test]
fn w1_samples_there_and_back() {
    samples::to_server().iter().for_each(there_and_back);
    samples::from_server().iter().for_each(there_and_back);
}

#[test]
fn w1_a_frame_of_the_other_kind_is_refused() {
    let cases = [
        (Encoding::Json, Raw::Binary(vec![4])),
        (Encoding::Binary, Raw::Text("\"end\"".into())),
    ];
    for (encoding, raw) in cases {
        let read = encoding.decode::<ToServer<SpaceCommand>>(&raw);
        assert!(matches!(read, Err(FrameError::WrongKind { .. })), "{raw:?}");
    }
}

#[test]
fn w2_a_frame_has_at_most_64_kib() {
    let cases = [
        (Encoding::Json, Raw::Text(" ".repeat(FRAME_MAX + 1))),
        (Encoding::Binary, Raw::Binary(vec![0; FRAME_MAX + 1])),
    ];
    for (encoding, raw) in cases {
        let read = encoding.decode::<ToServer<ConversationCommand>>(&raw);
        assert_eq!(read, Err(FrameError::TooLarge { max: 65_536 }));
    }
}

#[test]
fn w2_the_longest_message_fits_into_a_frame() {
    // Four bytes a character; a character that JSON escapes takes six.
    for character in ["𝄞", "\u{1}", "\""] {
        let text = format!("a{}a", character.repeat(9_998));
        let frame = ToServer::Send {
            n: u32::MAX,
            id: CommandId::from_bytes([255; 16]),
            command: ConversationCommand::Post {
                text: MessageText::parse(&text).unwrap(),
                reply_to: Some(CommandId::from_bytes([255; 16])),
            },
        };
        there_and_back(&frame);
    }
}

#[test]
fn the_subprotocol_chooses_the_encoding() {
    for encoding in [Encoding::Json, Encoding::Binary] {
        let protocol = encoding.protocol();
        assert_eq!(Encoding::from_protocol(&protocol), Some(encoding));
    }
    for other in ["bellhop.v2.json", "bellhop.v1.bin.0", "bellhop.v1.bin.", ""] {
        assert_eq!(Encoding::from_protocol(other), None, "{other}");
    }
}

fn there_and_back<T>(frame: &T)
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    for encoding in [Encoding::Json, Encoding::Binary] {
        let raw = encoding.encode(frame).unwrap();
        let back: T = encoding.decode(&raw).unwrap();
        assert_eq!(&back, frame, "{encoding:?}");
    }
}

/// A client takes frames of any length from its server.
#[test]
fn a_long_backlog_reaches_the_widget() {
    let mut entry = samples::entries().remove(0);
    let text = MessageText::parse(&"a".repeat(1_000)).unwrap();
    let reply_to = None;
    entry.event = Event::MessagePosted { text, reply_to };
    let frame = FromServer::Entries(vec![entry; ENTRIES_MAX]);
    let bytes = shared::frame::encode_binary(&frame).unwrap();
    assert!(bytes.len() > FRAME_MAX);
    let back: FromServer = shared::frame::decode_binary(&bytes).unwrap();
    assert_eq!(back, frame);
}
