//! Texts that people write, parsed once at the border into types that cannot be wrong.
//!
//! - **T1** A message is trimmed and has 1 to 10,000 Unicode scalar values (SECURITY.md C6).
//! - **T2** A name or title is trimmed, has 1 to 100 scalar values and no control, direction or
//!   zero-width character, so it cannot imitate another name or break a line.
//! - **T3** Whatever else a text holds stays as it was written; it is shown as text, never as markup,
//!   but for the small markdown of [`crate::markup`].
//! - **T4** A customer who claims no name is called "Guest" and four digits, made from the id of the
//!   browser: the same in each of its conversations, and no name in itself.
//! - **T5** An e-mail address is kept in lower case, as far as that is ASCII, and holds nothing that could end a header or
//!   hide what it is.
//! - A reaction is one emoji (T6 of `emoji`).

mod emoji;

pub use emoji::EMOJI_MAX;

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::id::VisitorId;

/// Longest message: 10,000 scalar values, at most 40,000 bytes of UTF-8, well inside a frame of
/// 64 KiB. Source: SECURITY.md C6.
pub const MESSAGE_MAX: usize = 10_000;
/// Longest name: 100 scalar values. Source: SECURITY.md C6.
pub const NAME_MAX: usize = 100;
/// Longest word of our own vocabulary that a space may define (a resolution, a queue): 32.
pub const LABEL_MAX: usize = 32;

/// Why a text was refused.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum TextError {
    /// Nothing but blanks.
    #[error("the text is empty")]
    Empty,
    /// More than the limit.
    #[error("the text has more than {limit} characters")]
    TooLong {
        /// Most scalar values allowed.
        limit: u32,
    },
    /// A character that this kind of text may not hold.
    #[error("the text holds a character that is not allowed here")]
    Forbidden,
}

/// Defines a text type around a parsing function.
macro_rules! text {
    ($($(#[$doc:meta])* $name:ident = $parse:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Parses what a person wrote.
            ///
            /// # Errors
            /// Says which rule of this module the text breaks.
            pub fn parse(text: &str) -> Result<Self, TextError> {
                let parse: fn(&str) -> Result<String, TextError> = $parse;
                parse(text).map(Self)
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextError;

            fn try_from(text: String) -> Result<Self, TextError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }
    )*};
}

text! {
    /// Text of a message or note (T1).
    MessageText = |text| bounded(text, MESSAGE_MAX);
    /// What a person is called (T2).
    PersonName = |text| {
        let name = bounded(text, NAME_MAX)?;
        if name.chars().any(is_hidden) { Err(TextError::Forbidden) } else { Ok(name) }
    };
    /// What a space or an agent calls a thing, such as a resolution or a ticket (T2).
    Title = |text| {
        let title = bounded(text, NAME_MAX)?;
        if title.chars().any(is_hidden) { Err(TextError::Forbidden) } else { Ok(title) }
    };
    /// What a message is reacted to with (T6).
    Emoji = emoji::parse;
    /// A word of the space's vocabulary, such as a resolution or a queue: 1 to 32 of
    /// `a-z`, `A-Z`, `0-9`, `_` and `-`.
    Label = |text| {
        let is_label = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let label = bounded(text, LABEL_MAX)?;
        if label.bytes().all(is_label) { Ok(label) } else { Err(TextError::Forbidden) }
    };
    /// An e-mail address: 3 to 254 characters in lower case, one `@`, nothing hidden and no blanks. Whether
    /// anybody reads what is sent there, only an answer tells.
    EmailAddress = |text| {
        let address = bounded(text, 254)?.to_ascii_lowercase();
        let is_plain = |c: char| !c.is_whitespace() && !is_hidden(c) && !matches!(c, '<' | '>' | '"' | ',' | ';');
        let has_parts = address
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
        if has_parts && address.chars().all(is_plain) { Ok(address) } else { Err(TextError::Forbidden) }
    };
    /// A site's own id of a customer: 1 to 128 scalar values, nothing hidden (T2). It is compared as it
    /// stands, so one with blanks around it is refused, not trimmed.
    CustomerId = |text| {
        let id = bounded(text, 128)?;
        if id.len() != text.len() || id.chars().any(is_hidden) { Err(TextError::Forbidden) } else { Ok(id) }
    };
    /// Name of a time zone, like `Europe/Berlin`: 1 to 64 of `a-z`, `A-Z`, `0-9`, `/`, `_`, `+`
    /// and `-`. Whether there is one of that name, the platform says.
    ZoneName = |text| {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'+' | b'-');
        let name = bounded(text, 64)?;
        if name.bytes().all(is_part) { Ok(name) } else { Err(TextError::Forbidden) }
    };
}

impl PersonName {
    /// What a customer is called who claims no name (T4).
    #[must_use]
    pub fn guest(visitor: VisitorId) -> Self {
        let [.., high, low] = visitor.bytes();
        let number = u16::from_be_bytes([high, low]) % 10_000;
        Self(alloc::format!("Guest {number:04}"))
    }
}

impl CustomerId {
    /// An id of our own; a test holds that each of them parses.
    #[must_use]
    pub(crate) fn built_in(text: &'static str) -> Self {
        Self(text.to_owned())
    }
}

impl MessageText {
    /// A text of our own; a test holds that each of them parses.
    #[must_use]
    pub(crate) fn built_in(text: &'static str) -> Self {
        Self(text.to_owned())
    }
}

impl Emoji {
    /// An emoji of our own; a test holds that it parses.
    #[must_use]
    pub(crate) fn built_in(text: &'static str) -> Self {
        Self(text.to_owned())
    }
}

impl Title {
    /// A title of our own; a test holds that each of them parses.
    #[must_use]
    pub(crate) fn built_in(word: &str) -> Self {
        Self(word.to_owned())
    }
}

impl Label {
    /// A word of our own vocabulary, as it stands in [`crate::settings::resolution`]; a test there
    /// holds that each of them parses.
    #[must_use]
    pub(crate) fn built_in(word: &'static str) -> Self {
        Self(word.to_owned())
    }
}

/// First words of a message for a list: one line, at most `limit` scalar values.
#[must_use]
pub fn first_words(text: &str, limit: usize) -> String {
    let mut words = String::new();
    let mut left = limit;
    for word in text.split_whitespace() {
        let gap = usize::from(!words.is_empty());
        let length = word.chars().count();
        if length + gap > left {
            let room = left.saturating_sub(gap + 1);
            if words.is_empty() || room > length / 2 {
                words.extend((gap == 1).then_some(' '));
                words.extend(word.chars().take(room));
            }
            words.push('…');
            return words;
        }
        words.extend((gap == 1).then_some(' '));
        words.push_str(word);
        left -= length + gap;
    }
    words
}

fn bounded(text: &str, limit: usize) -> Result<String, TextError> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(TextError::Empty);
    }
    // Four bytes are the most that a scalar value takes: a long text is refused without counting.
    if trimmed.len() > limit * 4 || trimmed.chars().count() > limit {
        return Err(TextError::TooLong {
            limit: u32::try_from(limit).unwrap_or(u32::MAX),
        });
    }
    Ok(trimmed.to_owned())
}

/// Control, direction-changing and zero-width characters, which make one name look like another.
pub(crate) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn t1_a_message_is_trimmed_and_has_1_to_10_000_characters() {
        let cases = [
            ("plain", "Hello".to_string(), Ok("Hello")),
            ("trimmed", " \n Hello\t".to_string(), Ok("Hello")),
            ("blank", " \n\t ".to_string(), Err(TextError::Empty)),
            (
                "one too many",
                "é".repeat(10_001),
                Err(TextError::TooLong { limit: 10_000 }),
            ),
            (
                "far too many",
                "a".repeat(1_000_000),
                Err(TextError::TooLong { limit: 10_000 }),
            ),
        ];
        for (case, text, expected) in cases {
            let parsed = MessageText::parse(&text);
            assert_eq!(
                parsed.as_ref().map(MessageText::as_str),
                expected.as_ref().copied(),
                "{case}"
            );
        }
        assert!(MessageText::parse(&"𝄞".repeat(10_000)).is_ok());
    }

    #[test]
    fn t3_what_a_text_holds_stays_as_it_was_written() {
        let written = "<b>Hi</b> & <script>alert(1)</script>\n\u{202e}abc 👩‍👩‍👧";
        assert_eq!(MessageText::parse(written).unwrap().as_str(), written);
    }

    #[test]
    fn t2_a_name_hides_nothing() {
        let cases = [
            ("Zoë O’Neill", true),
            ("王小明", true),
            ("Jack\u{202e}kcaJ", false),
            ("Ja\u{200b}ck", false),
            ("Jack\nMia", false),
        ];
        for (name, is_good) in cases {
            assert_eq!(PersonName::parse(name).is_ok(), is_good, "{name:?}");
        }
    }

    #[test]
    fn t5_an_address_is_compared_in_lower_case() {
        let cases = [
            (" Jack@Shop.Example ", Some("jack@shop.example")),
            ("zoë@müller.example", Some("zoë@müller.example")),
            ("jack", None),
            ("@shop.example", None),
            ("jack@", None),
            ("a@b@c", None),
            ("ja ck@shop.example", None),
            ("Jack <jack@shop.example>", None),
            ("jack@shop.example,mia@shop.example", None),
            ("jack@shop.example\r\nBcc: all@shop.example", None),
            ("ja\u{200b}ck@shop.example", None),
            ("", None),
        ];
        for (text, expected) in cases {
            let parsed = EmailAddress::parse(text);
            assert_eq!(
                parsed.as_ref().ok().map(EmailAddress::as_str),
                expected,
                "{text:?}"
            );
        }
        assert!(EmailAddress::parse(&["a".repeat(250), "@b.c".into()].concat()).is_ok());
        assert!(EmailAddress::parse(&["a".repeat(251), "@b.c".into()].concat()).is_err());
    }

    #[test]
    fn t4_a_guest_has_four_digits_that_stay() {
        let cases = [
            ([0; 16], "Guest 0000"),
            ([1; 16], "Guest 0257"),
            ([0xff; 16], "Guest 5535"),
        ];
        for (bytes, expected) in cases {
            let name = PersonName::guest(VisitorId::from_bytes(bytes));
            assert_eq!(name.as_str(), expected);
            assert_eq!(PersonName::parse(expected), Ok(name));
        }
    }

    #[test]
    fn first_words_fit_on_one_line() {
        let cases = [
            ("Hello there", 80, "Hello there"),
            ("My order\nhas not arrived", 80, "My order has not arrived"),
            ("one two three", 8, "one two…"),
            ("unbreakable-word", 6, "unbre…"),
        ];
        for (text, limit, expected) in cases {
            let words = first_words(text, limit);
            assert_eq!(words, expected);
            assert!(words.chars().count() <= limit, "{text}");
        }
    }
}
