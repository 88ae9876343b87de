//! What a file is called.
//!
//! Names come from strangers: one may hold a path, turn its ending round with direction characters, or end
//! in what another system runs. They are cleaned rather than refused, since people do not choose them.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt::{self, Write};

use serde::{Deserialize, Deserializer, Serialize};

use super::{Kind, Shows};
use crate::text::is_hidden;

/// Longest name in scalar values. Source: SECURITY.md C6.
const MAX: usize = 100;
/// Longest ending that survives when a name is cut.
const EXTENSION_MAX: usize = 10;
/// What a file is called that brings no name.
const NAMELESS: &str = "file";

/// What a file is called (FL5): 1 to 100 characters, none of them hidden, a blank at an end, or one of
/// `/ \ : * ? " < > |`, which have a meaning in paths. It begins and ends with no dot.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize)]
pub struct FileName(String);

impl FileName {
    /// The name, as near to the given one as may be: the last part of a path, without whatever hides or
    /// misleads; cut in front of its ending when it is too long.
    #[must_use]
    pub fn clean(given: &str) -> Self {
        let last = given.rsplit(['/', '\\']);
        let last = last.map(tidy).find(|part| !part.is_empty());
        let name = last.unwrap_or_else(|| NAMELESS.to_owned());
        if name.chars().count() <= MAX {
            return Self(name);
        }
        let (stem, extension) = split(&name);
        let room = MAX - extension.chars().count() - usize::from(!extension.is_empty());
        let mut cut: String = stem.chars().take(room).collect();
        cut.truncate(cut.trim_end_matches(is_edge).len());
        if !extension.is_empty() {
            cut.push('.');
            cut.push_str(extension);
        }
        Self(cut)
    }

    /// The name of what has none.
    #[must_use]
    pub fn none() -> Self {
        Self(NAMELESS.to_owned())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How a file of that name is handed out: shown, or saved under its name (FL4; RFC 6266, RFC 8187).
    #[must_use]
    pub fn disposition(&self, kind: Kind) -> String {
        let mut text = String::from(match kind.shows() {
            Shows::Picture | Shows::Sound | Shows::Film => "inline",
            Shows::Card => "attachment",
        });
        text.push_str("; filename*=UTF-8''");
        for byte in self.0.bytes() {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'~') {
                text.push(byte.into());
            } else {
                let _ = write!(text, "%{byte:02X}");
            }
        }
        text
    }

    /// What follows the last dot; empty without one.
    #[must_use]
    pub fn extension(&self) -> &str {
        split(&self.0).1
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A name that was stored before a rule became stricter is cleaned once more, and no log unreadable by it. What
/// comes to our own widget is clean.
impl<'de> Deserialize<'de> for FileName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let is_ours = !deserializer.is_human_readable();
        let name = String::deserialize(deserializer)?;
        Ok(if is_ours {
            Self(name)
        } else {
            Self::clean(&name)
        })
    }
}

fn is_edge(character: char) -> bool {
    character == '.' || character.is_whitespace()
}

fn tidy(part: &str) -> String {
    let is_kept = |character: &char| {
        !is_hidden(*character) && !matches!(character, ':' | '*' | '?' | '"' | '<' | '>' | '|')
    };
    let kept: String = part.chars().filter(is_kept).collect();
    kept.trim_matches(is_edge).to_owned()
}

/// The part before the last dot and the one behind it, which is none when it is long.
fn split(name: &str) -> (&str, &str) {
    match name.rsplit_once('.') {
        Some((stem, extension)) if extension.chars().count() <= EXTENSION_MAX => (stem, extension),
        _ => (name, ""),
    }
}
