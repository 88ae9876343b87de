//! What travels over a socket, and its two encodings.
//!
//! - **W1** One vocabulary, two encodings: JSON text for every outside client, postcard for our
//!   own widget. The subprotocol chooses; a frame of the other kind is a bad frame.
//! - **W2** A frame has at most 64 KiB. A length inside a frame never makes us allocate more
//!   than the frame holds.
//! - **W3** A bad frame is answered with [`FromServer::Bad`] and changes nothing; the third within
//!   10 s closes the socket with [`CloseCode::BadFrames`].
//! - **W4** Wire types use no `skip_serializing_if`, `flatten`, `untagged` or internal tag:
//!   postcard would break silently.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::conversation::{Cursors, Entry, Seq};
use crate::id::{CommandId, DeviceId, EpochId};
use crate::refusal::Refusal;
use crate::rights::Side;
use crate::space::{Counts, Desk, Place};
use crate::time::Timestamp;

/// Version of the JSON vocabulary. Raised when an older peer would misread a frame; a new event
/// or an optional field needs no raise.
pub const VERSION: u16 = 1;
/// Oldest version still served, because tabs stay open over a release.
pub const OLDEST_VERSION: u16 = 1;
/// Name of the postcard vocabulary: a digest of the sources of this crate.
pub const SCHEMA: &str = env!("BELLHOP_SCHEMA");
/// Largest frame in bytes (W2). Source: SECURITY.md C6.
pub const FRAME_MAX: usize = 64 * 1024;
/// Bad frames within [`BAD_FRAMES_PERIOD_MS`] that close a socket (W3).
pub const BAD_FRAMES_MAX: usize = 3;
/// Period over which bad frames are counted, in milliseconds (W3).
pub const BAD_FRAMES_PERIOD_MS: u64 = 10_000;
/// Most entries in one [`FromServer::Entries`].
pub const ENTRIES_MAX: usize = 200;
/// Most entries of a backlog in one go; a client further behind asks again, so that one client
/// never fills the memory of the object.
pub const BACKLOG_MAX: u64 = 1_000;

/// Name of a socket inside its object.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct SocketId(pub u64);

/// From a client: to a conversation with its `Command`, or to a space with its own.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ToServer<C> {
    /// The first frame of every connection.
    Hello(Hello),
    /// A command. `n` counts 1, 2, 3 … on this connection; after a [`FromServer::Hold`] of n
    /// everything from n on is sent again (go-back-N).
    Send {
        /// Its place on this connection.
        n: u32,
        /// Its id, made by the client and kept over every repeat.
        id: CommandId,
        /// What is asked.
        command: C,
    },
    /// A gap: send everything after this place.
    Sync {
        /// The last place that the client has.
        after: Seq,
    },
    /// Everything up to here has arrived in this client (flow control).
    Received {
        /// The last place that the client has.
        seq: Seq,
    },
    /// How far the person has received and read.
    Seen {
        /// The person's cursor, counted by the person's side.
        cursor: crate::conversation::Cursor,
    },
    /// The person started or stopped typing. Never stored.
    Typing {
        /// True at the start.
        typing: bool,
    },
    /// A fresh token for the same person, before the old one runs out.
    Renew {
        /// The token.
        token: String,
    },
}

/// First frame of a connection: who this tab is and what it has.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Hello {
    /// The tab.
    pub device: DeviceId,
    /// Number of this connection of the tab, rising with each attempt.
    pub connection: u32,
    /// The life of the log that the client knows; `None` when it has nothing.
    pub epoch: Option<EpochId>,
    /// The last place that the client has.
    pub after: Seq,
    /// The person's own cursor.
    pub cursor: crate::conversation::Cursor,
}

/// To a client.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FromServer {
    /// Answer to [`Hello`].
    Welcome(Welcome),
    /// The next entries, in order.
    Entries(Vec<Entry>),
    /// That was [`BACKLOG_MAX`] entries and there are more: `Sync` from the last one.
    Limited {
        /// The last place of the log.
        head: Seq,
    },
    /// The backlog is through; from here on entries come as they happen.
    Live {
        /// The last place of the log.
        head: Seq,
    },
    /// A repeated command that was obeyed before.
    Repeated {
        /// The command.
        id: CommandId,
        /// The entry that it caused first.
        seq: Seq,
        /// When.
        at: Timestamp,
    },
    /// A command to a space was obeyed.
    Done {
        /// The command.
        id: CommandId,
    },
    /// A command changed nothing, for good.
    Refused {
        /// The command.
        id: CommandId,
        /// Why.
        refusal: Refusal,
    },
    /// Not taken for the moment: send `n` and everything after it again, not before `retry_ms`.
    Hold {
        /// The place of the first command to repeat.
        n: u32,
        /// How long to wait, in milliseconds.
        retry_ms: u32,
    },
    /// How far both sides have come, counted by the receiver's side.
    Cursors(Cursors),
    /// The other side started or stopped typing.
    Typing {
        /// Who.
        side: Side,
        /// True at the start.
        typing: bool,
    },
    /// What an agent sees of the space, whole.
    Desk(Box<Desk>),
    /// Counts of the space.
    Counts(Counts),
    /// Where the customer stands in line; to the customer's sockets alone.
    Place(Place),
    /// The token has run out: send `Renew` within a minute.
    Renew,
    /// A frame could not be read; nothing changed.
    Bad {
        /// What was wrong.
        error: FrameError,
    },
}

/// Answer to [`Hello`].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Welcome {
    /// The number of the connection that is welcome.
    pub connection: u32,
    /// The life of the log. Another one than the client's: forget the log, keep the outbox.
    pub epoch: EpochId,
    /// The last place of the log, counted by the receiver's side; 0 from a space.
    pub head: Seq,
    /// The object's clock, for display only (K4).
    pub now: Timestamp,
    /// How often to send a heartbeat, in milliseconds: 25,000.
    pub heartbeat_ms: u32,
}

/// How often a client sends the text `ping`, in milliseconds. Source: PROTOCOL.md §5.4.
pub const HEARTBEAT_MS: u32 = 25_000;

/// Why a socket is closed, and so what the client does (PROTOCOL.md §5.5).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseCode {
    /// 1000: all is said.
    Normal,
    /// 1009: a frame was larger than [`FRAME_MAX`]. Park that command, resume with the next.
    TooLarge,
    /// 1011: the object broke a promise of its own and started again from disk. Resume.
    Broken,
    /// 1012: the object restarts. Resume.
    Restart,
    /// 4400: three bad frames in 10 s. Stop and report.
    BadFrames,
    /// 4401: no valid token. Refresh it once, then stop.
    Unauthorized,
    /// 4401: the token was good and has run out. As before.
    Expired,
    /// 4401: the token was good and is void, as after a new role. As before.
    Revoked,
    /// 4403: the space or role is refused. Stop.
    Forbidden,
    /// 4403: the token is void because its agent has left the space. Stop.
    Left,
    /// 4404: no such conversation for this person. Forget it, start new.
    Unknown,
    /// 4408: too slow, with a hello or with what it is sent. Resume.
    Slow,
    /// 4409: a newer connection of the same tab took over. Stop this one.
    Replaced,
    /// 4410: this build is too old. Reload the frame once.
    Version,
    /// 4429: too many connections, or frames of somebody who was told to wait. Wait, then resume.
    Rate,
}

impl CloseCode {
    /// Every code, for tables.
    pub const ALL: [Self; 15] = [
        Self::Normal,
        Self::TooLarge,
        Self::Broken,
        Self::Restart,
        Self::BadFrames,
        Self::Unauthorized,
        Self::Expired,
        Self::Revoked,
        Self::Forbidden,
        Self::Left,
        Self::Unknown,
        Self::Slow,
        Self::Replaced,
        Self::Version,
        Self::Rate,
    ];

    /// The number on the wire.
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::Normal => 1000,
            Self::TooLarge => 1009,
            Self::Broken => 1011,
            Self::Restart => 1012,
            Self::BadFrames => 4400,
            Self::Unauthorized | Self::Expired | Self::Revoked => 4401,
            Self::Forbidden | Self::Left => 4403,
            Self::Unknown => 4404,
            Self::Slow => 4408,
            Self::Replaced => 4409,
            Self::Version => 4410,
            Self::Rate => 4429,
        }
    }

    /// The word that goes with the number; what HTTP says too, it says by the same word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Normal => "done",
            Self::TooLarge => "frame_too_large",
            Self::Broken => "internal",
            Self::Restart => "restart",
            Self::BadFrames => "bad_frames",
            Self::Unauthorized => "token_invalid",
            Self::Expired => "token_expired",
            Self::Revoked | Self::Left => "token_revoked",
            Self::Forbidden => "forbidden",
            Self::Unknown => "not_found",
            Self::Slow => "slow",
            Self::Replaced => "replaced",
            Self::Version => "version_unsupported",
            Self::Rate => "rate_limited",
        }
    }

    /// The first code with that number, if it is one of ours: the number says what a client does.
    #[must_use]
    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.number() == number)
    }
}

/// Why bytes are not a frame.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum FrameError {
    /// The socket speaks the other encoding (W1).
    #[error("this socket speaks {expected}")]
    WrongKind {
        /// What it speaks.
        expected: String,
    },
    /// Larger than [`FRAME_MAX`].
    #[error("a frame has at most {max} bytes")]
    TooLarge {
        /// [`FRAME_MAX`].
        max: u32,
    },
    /// Not a frame of this vocabulary.
    #[error("not a frame: {reason}")]
    Malformed {
        /// What the parser said.
        reason: String,
    },
}

/// Encoding of a socket, chosen by its subprotocol (W1).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// JSON text, for every client.
    Json,
    /// postcard, for a widget of this very build.
    Binary,
}

/// A frame as bytes: text or binary, as the encoding says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Raw {
    /// A text frame.
    Text(String),
    /// A binary frame.
    Binary(Vec<u8>),
}

/// Subprotocol of JSON sockets.
pub const PROTOCOL_JSON: &str = "bellhop.v1.json";
/// Start of the subprotocol of postcard sockets; [`SCHEMA`] follows.
pub const PROTOCOL_BINARY: &str = "bellhop.v1.bin.";
/// Start of the subprotocol that carries the token; it is read and never answered.
pub const PROTOCOL_TOKEN: &str = "bellhop.token.";

impl Encoding {
    /// The subprotocol that asks for this encoding.
    #[must_use]
    pub fn protocol(self) -> String {
        match self {
            Self::Json => PROTOCOL_JSON.to_string(),
            Self::Binary => [PROTOCOL_BINARY, SCHEMA].concat(),
        }
    }

    /// The encoding that a subprotocol asks for; `None` for another version or build.
    #[must_use]
    pub fn from_protocol(protocol: &str) -> Option<Self> {
        match protocol.strip_prefix(PROTOCOL_BINARY) {
            Some(schema) => (schema == SCHEMA).then_some(Self::Binary),
            None => (protocol == PROTOCOL_JSON).then_some(Self::Json),
        }
    }

    /// Encodes a frame.
    ///
    /// # Errors
    /// [`FrameError::Malformed`] when the value has no form in this encoding, which a test rules
    /// out for every frame.
    pub fn encode<T: Serialize>(self, frame: &T) -> Result<Raw, FrameError> {
        match self {
            Self::Json => serde_json::to_string(frame)
                .map(Raw::Text)
                .map_err(malformed),
            Self::Binary => encode_binary(frame).map(Raw::Binary),
        }
    }

    /// Decodes a frame (W1, W2).
    ///
    /// # Errors
    /// Says what is wrong with the bytes.
    pub fn decode<T: DeserializeOwned>(self, raw: &Raw) -> Result<T, FrameError> {
        let length = match raw {
            Raw::Text(text) => text.len(),
            Raw::Binary(bytes) => bytes.len(),
        };
        if length > FRAME_MAX {
            return Err(FrameError::TooLarge {
                max: FRAME_MAX as u32,
            });
        }
        match (self, raw) {
            (Self::Json, Raw::Text(text)) => crate::json::read(text).map_err(malformed),
            (Self::Binary, Raw::Binary(bytes)) => decode_binary(bytes),
            (Self::Json, Raw::Binary(_)) => Err(FrameError::WrongKind {
                expected: "JSON text".to_string(),
            }),
            (Self::Binary, Raw::Text(_)) => Err(FrameError::WrongKind {
                expected: "postcard".to_string(),
            }),
        }
    }
}

/// Encodes a frame as postcard: the only encoding that the widget links.
///
/// # Errors
/// As [`Encoding::encode`].
pub fn encode_binary<T: Serialize>(frame: &T) -> Result<Vec<u8>, FrameError> {
    postcard::to_allocvec(frame).map_err(malformed)
}

/// Decodes a postcard frame that ends where its bytes end.
///
/// # Errors
/// Says what is wrong with the bytes.
pub fn decode_binary<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, FrameError> {
    match postcard::take_from_bytes(bytes) {
        Ok((frame, [])) => Ok(frame),
        Ok((_, rest)) => Err(malformed(alloc::format!("{} bytes too many", rest.len()))),
        Err(error) => Err(malformed(error)),
    }
}

fn malformed(reason: impl core::fmt::Display) -> FrameError {
    FrameError::Malformed {
        reason: reason.to_string(),
    }
}
