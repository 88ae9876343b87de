//! Names of things: 128-bit ids and the name of a space.
//!
//! - **I1** An id has one text form: lower-case UUID, 36 characters. Any other spelling is
//!   refused, so two ids are equal exactly when their texts are.
//! - **I2** Ids are made by shells from random bytes; this module draws none.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::time::Timestamp;

/// Why a text is not an id.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("an id is a UUID in lower case, like 0190b6a4-2f7e-7cc3-98c4-dc0c0c07398f")]
pub struct IdError;

/// Defines 128-bit ids: lower-case UUID text in JSON (I1), 16 bytes in postcard.
macro_rules! id {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name([u8; 16]);

        impl $name {
            /// Takes 16 bytes as they are; the caller drew them at random or derived them.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// A fresh id that sorts by time (UUID version 7) from 16 random bytes.
            #[must_use]
            pub fn fresh(now: Timestamp, random: [u8; 16]) -> Self {
                Self(version_7(now, random))
            }

            /// The 16 bytes of the id.
            #[must_use]
            pub const fn bytes(&self) -> [u8; 16] {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                with_text(&self.0, |text| formatter.write_str(text))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                with_text(&self.0, |text| formatter.write_str(text))
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                parse_uuid(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    with_text(&self.0, |text| serializer.serialize_str(text))
                } else {
                    self.0.serialize(serializer)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    let text = Cow::<str>::deserialize(deserializer)?;
                    text.parse().map_err(de::Error::custom)
                } else {
                    <[u8; 16]>::deserialize(deserializer).map(Self)
                }
            }
        }
    )*};
}

id! {
    /// One customer's thread with a space.
    ConversationId
    /// One command of one person, made by the client. A message keeps the id of the command
    /// that posted it, so this is also what replies, edits and reactions point at.
    CommandId
    /// A person who answers: the same in every space, and the name of the person's account.
    AgentId
    /// One ticket, made from the command that made it.
    TicketId
    /// A browser that may write to a space, and the subject of its token.
    VisitorId
    /// One tab of a browser; outlives a reload of the page.
    DeviceId
    /// One file that somebody sent.
    FileId
    /// A session, a link, an invitation or an API token: the first half of the SHA-256 of its secret.
    WayId
    /// One life of a conversation's log; changes when the log is restored or erased.
    EpochId
}

fn version_7(now: Timestamp, random: [u8; 16]) -> [u8; 16] {
    let [_, _, t2, t3, t4, t5, t6, t7] = now.millis().to_be_bytes();
    let [.., r6, r7, r8, r9, r10, r11, r12, r13, r14, r15] = random;
    [
        t2,
        t3,
        t4,
        t5,
        t6,
        t7,
        0x70 | (r6 & 0x0f),
        r7,
        0x80 | (r8 & 0x3f),
        r9,
        r10,
        r11,
        r12,
        r13,
        r14,
        r15,
    ]
}

/// The text form of an id, made without the machinery of `fmt`: every stored row holds several.
fn uuid_text(bytes: &[u8; 16]) -> [u8; 36] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = [b'-'; 36];
    let (mut free, dashes) = (text.iter_mut(), [4, 6, 8, 10]);
    for (at, byte) in bytes.iter().enumerate() {
        if dashes.contains(&at) {
            free.next();
        }
        for half in [byte >> 4, byte & 0x0f] {
            if let (Some(place), Some(digit)) = (free.next(), DIGITS.get(usize::from(half))) {
                *place = *digit;
            }
        }
    }
    text
}

fn with_text<T>(bytes: &[u8; 16], then: impl FnOnce(&str) -> T) -> T {
    let text = uuid_text(bytes);
    then(core::str::from_utf8(&text).unwrap_or_default())
}

fn parse_uuid(text: &str) -> Result<[u8; 16], IdError> {
    if text.len() != 36 {
        return Err(IdError);
    }
    let mut value: u128 = 0;
    for (at, byte) in text.bytes().enumerate() {
        let digit = match (at, byte) {
            (8 | 13 | 18 | 23, b'-') => continue,
            (8 | 13 | 18 | 23, _) => return Err(IdError),
            (_, b'0'..=b'9') => byte - b'0',
            (_, b'a'..=b'f') => byte - b'a' + 10,
            _ => return Err(IdError),
        };
        value = value << 4 | u128::from(digit);
    }
    Ok(value.to_be_bytes())
}

/// Name of a space in addresses and in the snippet: 1 to 63 of `a-z`, `0-9` and `-`, starting
/// with a letter or digit. An identifier, never a credential.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct SpaceId(String);

/// Why a text does not name a space.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a space is named by 1 to 63 of a-z, 0-9 and -, starting with a letter or digit")]
pub struct SpaceIdError;

impl SpaceId {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SpaceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for SpaceId {
    type Err = SpaceIdError;

    fn from_str(text: &str) -> Result<Self, SpaceIdError> {
        let is_name = (1..=63).contains(&text.len())
            && !text.starts_with('-')
            && text
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        is_name.then(|| Self(text.to_string())).ok_or(SpaceIdError)
    }
}

impl TryFrom<String> for SpaceId {
    type Error = SpaceIdError;

    fn try_from(text: String) -> Result<Self, SpaceIdError> {
        text.parse()
    }
}

impl From<SpaceId> for String {
    fn from(space: SpaceId) -> Self {
        space.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i2_an_id_is_its_bytes_and_nothing_is_drawn_here() {
        let bytes = [7; 16];
        assert_eq!(VisitorId::from_bytes(bytes), VisitorId::from_bytes(bytes));
        assert_eq!(VisitorId::from_bytes(bytes).bytes(), bytes);
    }

    #[test]
    fn i1_an_id_has_one_text_form() {
        let id = CommandId::fresh(Timestamp::from_millis(0x0190_b6a4_2f7e), [0xff; 16]);
        let text = id.to_string();
        assert_eq!(text, "0190b6a4-2f7e-7fff-bfff-ffffffffffff");
        assert_eq!(text.parse(), Ok(id));
        let others = [
            ("upper case", text.to_uppercase()),
            ("no hyphens", text.replace('-', "")),
            ("a space in front", alloc::format!(" {text}")),
            (
                "hyphens elsewhere",
                "0190b6a42-f7e-7fff-bfff-ffffffffffff".into(),
            ),
            ("not hexadecimal", text.replace('0', "g")),
            ("empty", String::new()),
        ];
        for (case, other) in others {
            assert_eq!(other.parse::<CommandId>(), Err(IdError), "{case}");
        }
    }

    #[test]
    fn a_space_is_named_by_a_slug() {
        let cases = [
            ("demo", true),
            ("a", true),
            ("9-lives", true),
            ("", false),
            ("-a", false),
            ("Demo", false),
            ("de mo", false),
            ("démo", false),
        ];
        for (text, is_name) in cases {
            assert_eq!(text.parse::<SpaceId>().is_ok(), is_name, "{text}");
        }
        assert!("a".repeat(63).parse::<SpaceId>().is_ok());
        assert!("a".repeat(64).parse::<SpaceId>().is_err());
    }
}
