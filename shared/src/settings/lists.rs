//! How work items end: the resolutions of a space, and the reasons to choose from (D12).
//!
//! - **S6** An id is a word that stays, the name that people read can be changed. In a list ids
//!   are unique, and names, however they are written; each has at most [`LIST_MAX`] entries.
//! - **S7** The built-in resolutions are always there: they can be renamed, not deleted (F94).
//! - **S8** A resolution of an older release is a bare word; its name is the built-in one, or the word.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::text::{Label, Title};

/// Most resolutions, and most reasons, of a space: 50, more than anybody reads in a menu.
pub const LIST_MAX: u32 = 50;

/// Ids of resolutions that every space has and that the machines themselves use.
pub mod resolution {
    /// The customer was helped.
    pub const RESOLVED: &str = "resolved";
    /// The customer was not helped.
    pub const NOT_RESOLVED: &str = "not_resolved";
    /// The customer had left (F103).
    pub const ABANDONED: &str = "abandoned";
    /// Nobody accepted in time (F51), or the customer left before anyone did (F102).
    pub const NOT_ANSWERED: &str = "not_answered";
}

/// The built-in ones with the names that they have until they are renamed.
pub const BUILT_IN: [(&str, &str); 4] = [
    (resolution::RESOLVED, "Resolved"),
    (resolution::NOT_RESOLVED, "Not resolved"),
    (resolution::ABANDONED, "Abandoned"),
    (resolution::NOT_ANSWERED, "Not answered"),
];

/// How a work item can be resolved.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Resolution {
    /// The word that events carry.
    pub id: Label,
    /// What people read.
    pub name: Title,
    /// True for those of [`resolution`], whatever was sent (S7).
    pub built_in: bool,
}

/// Why a work item ended as it did.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Reason {
    /// The word that events carry.
    pub id: Label,
    /// What people read.
    pub name: Title,
}

/// Both lists, as a conversation knows them.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Lists {
    /// Rises when either is changed.
    pub number: u32,
    /// How a work item can be resolved.
    pub resolutions: Vec<Resolution>,
    /// Why it ended so.
    pub reasons: Vec<Reason>,
}

impl Resolution {
    /// A resolution of that name.
    #[must_use]
    pub fn new(id: Label, name: Title) -> Self {
        let built_in = built_in(&id).is_some();
        Self { id, name, built_in }
    }

    /// One without a name of its own (S8).
    #[must_use]
    pub fn bare(id: Label) -> Self {
        let name = Title::built_in(built_in(&id).unwrap_or(id.as_str()));
        Self::new(id, name)
    }

    /// The name that the space gave it; `None` for a built-in one that was not renamed, which
    /// each reader sees in a language of its own.
    #[must_use]
    pub fn own_name(&self) -> Option<&Title> {
        (built_in(&self.id) != Some(self.name.as_str())).then_some(&self.name)
    }
}

impl Resolution {
    /// True for one that agents choose: the product itself writes the others (WD4 of the
    /// conversation).
    #[must_use]
    pub fn is_chosen(&self) -> bool {
        !matches!(
            self.id.as_str(),
            resolution::ABANDONED | resolution::NOT_ANSWERED
        )
    }
}

impl Lists {
    /// That resolution.
    #[must_use]
    pub fn resolution(&self, id: &Label) -> Option<&Resolution> {
        self.resolutions.iter().find(|known| known.id == *id)
    }

    /// That reason.
    #[must_use]
    pub fn reason(&self, id: &Label) -> Option<&Reason> {
        self.reasons.iter().find(|known| known.id == *id)
    }
}

/// The built-in resolutions under their own names.
pub(super) fn built_in_resolutions() -> Vec<Resolution> {
    let all = BUILT_IN.iter();
    all.map(|(id, _)| Resolution::bare(Label::built_in(id)))
        .collect()
}

/// The name of a built-in resolution.
fn built_in(id: &Label) -> Option<&'static str> {
    let mut all = BUILT_IN.iter();
    all.find(|(known, _)| *known == id.as_str())
        .map(|(_, name)| *name)
}

#[derive(Deserialize)]
struct Fields {
    id: Label,
    name: Title,
    /// Who sends the list back as it came sends it, too; the id says it.
    #[serde(default)]
    built_in: bool,
}

impl From<Fields> for Resolution {
    fn from(fields: Fields) -> Self {
        let Fields { id, name, built_in } = fields;
        let _ = built_in;
        Self::new(id, name)
    }
}

impl<'de> Deserialize<'de> for Resolution {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(WordOrFields)
        } else {
            Fields::deserialize(deserializer).map(Self::from)
        }
    }
}

/// JSON: the fields, or the bare word of an older release (S8).
struct WordOrFields;

impl<'de> Visitor<'de> for WordOrFields {
    type Value = Resolution;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a resolution")
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<Resolution, E> {
        let id = Label::try_from(word.to_owned()).map_err(E::custom)?;
        Ok(Resolution::bare(id))
    }

    fn visit_string<E: de::Error>(self, word: String) -> Result<Resolution, E> {
        self.visit_str(&word)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Resolution, A::Error> {
        Fields::deserialize(MapAccessDeserializer::new(map)).map(Resolution::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s7_s8_the_built_in_ones_are_labels_with_names_and_bare_words_are_read() {
        for (word, name) in BUILT_IN {
            let id = Label::parse(word).unwrap();
            let bare = Resolution::bare(id.clone());
            assert_eq!(bare, Resolution::new(id, Title::parse(name).unwrap()));
            assert_eq!((bare.built_in, bare.own_name()), (true, None), "{word}");
        }
        let cases = [
            (r#""resolved""#, "resolved", "Resolved", true),
            (r#""refunded""#, "refunded", "refunded", false),
            (
                r#"{"id":"refunded","name":"Money back"}"#,
                "refunded",
                "Money back",
                false,
            ),
            (r#"{"id":"a","name":"A","built_in":true}"#, "a", "A", false),
            (
                r#"{"id":"resolved","name":"Done"}"#,
                "resolved",
                "Done",
                true,
            ),
        ];
        for (json, id, name, built_in) in cases {
            let read: Resolution = serde_json::from_str(json).unwrap();
            let fields = (read.id.as_str(), read.name.as_str(), read.built_in);
            assert_eq!(fields, (id, name, built_in), "{json}");
        }
        for wrong in [
            "1",
            r#""two words""#,
            r#"{"id":"a"}"#,
            r#"{"id":"a","name":" "}"#,
        ] {
            assert!(
                serde_json::from_str::<Resolution>(wrong).is_err(),
                "{wrong}"
            );
        }
    }
}
