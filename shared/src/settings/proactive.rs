//! Messages that a page shows by itself, before anybody has asked (P8).
//!
//! - **HA1** A greeting has a word that stays and a text of 1 to [`TEXT_MAX`] characters. A space has at most
//!   [`GREETINGS_MAX`], of different words, each with at most [`PAGES_MAX`] patterns
//!   of 1 to 100 characters without blanks.
//! - **HA2** A pattern is letters, of which `*` stands for any others, none included; all else stands for itself.
//!   One that begins with `/` is held against the path of the page, any other against its address without
//!   `https://`. What stands behind `?` or `#` counts nowhere. Without a pattern every page fits.
//! - **HA3** A greeting is due once the page was open for `after_s`; one `on_exit`, once the pointer leaves the page
//!   after that.
//! - **HA4** It is not shown again once it was, or not within 24 hours. Of several that are due the first of the list
//!   is shown, and one page view shows one at most; none where the customer talks already.
//! - **HA5** Who answers it begins the conversation with its text: words that the space says to this day. Any others
//!   are left out.
//!
//! Pages know no Rust: what is due says `public/greet.js`, held against the same cases as [`Greeting::is_due`].

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::fault::{SettingError, SettingFault};
use super::{Settings, check_length};
use crate::sorted::SortedSet;
use crate::text::{Label, MessageText, Title};

/// Most greetings of a space: 20, more than anybody keeps in mind.
pub const GREETINGS_MAX: u32 = 20;
/// Longest text of one, in characters: 300, which a phone shows above the launcher.
pub const TEXT_MAX: u32 = 300;
/// Most patterns of one.
pub const PAGES_MAX: u32 = 10;
/// Longest time on a page: an hour.
pub const AFTER_MAX: u32 = 3_600;
/// A greeting of every day comes again after that.
pub const DAY_MS: u64 = 86_400_000;

/// A message that a page shows by itself.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Greeting {
    /// The word for it, which stays.
    pub id: Label,
    /// What it says.
    pub text: MessageText,
    /// How long the page has to be open, in seconds.
    #[serde(default)]
    pub after_s: u32,
    /// Whether it waits for the pointer to leave the page.
    #[serde(default)]
    pub on_exit: bool,
    /// Whether it comes again on another day.
    #[serde(default)]
    pub daily: bool,
    /// On which pages (HA2); none for all.
    #[serde(default)]
    pub pages: Vec<String>,
}

/// Somebody on a page.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// The address of the page.
    pub address: &'a str,
    /// How long it is open, in seconds.
    pub open_s: u32,
    /// Whether the pointer leaves the page.
    pub leaves: bool,
    /// How long ago this greeting was shown, in milliseconds; `None` for never.
    pub shown_ms: Option<u64>,
}

impl Greeting {
    /// Whether it is to be shown (HA2 to HA4).
    #[must_use]
    pub fn is_due(&self, visit: &Visit<'_>) -> bool {
        let is_new = visit.shown_ms.is_none_or(|ago| self.daily && ago >= DAY_MS);
        let is_time = visit.open_s >= self.after_s && (visit.leaves || !self.on_exit);
        let fits = |pattern: &String| fits(pattern, visit.address);
        is_new && is_time && (self.pages.is_empty() || self.pages.iter().any(fits))
    }
}

impl Settings {
    /// Whether pages say that by themselves (HA5).
    #[must_use]
    pub fn greets(&self, text: &MessageText) -> bool {
        self.proactive.iter().any(|known| known.text == *text)
    }
}

/// Whether a space can have these (HA1).
///
/// # Errors
/// Names the first field that cannot be.
pub(super) fn check(greetings: &[Greeting]) -> Result<(), SettingError> {
    check_length("proactive", greetings.len(), GREETINGS_MAX)?;
    let mut known = SortedSet::new();
    for (at, greeting) in greetings.iter().enumerate() {
        let field = |name: &str| format!("proactive[{at}].{name}");
        if !known.insert(&greeting.id) {
            return Err(SettingFault::Twice.of(&field("id")));
        }
        let length = greeting.text.as_str().chars().count();
        check_length(&field("text"), length, TEXT_MAX)?;
        if greeting.after_s > AFTER_MAX {
            let (min, max) = (0, AFTER_MAX);
            return Err(SettingFault::OutOfRange { min, max }.of(&field("after_s")));
        }
        check_length(&field("pages"), greeting.pages.len(), PAGES_MAX)?;
        for pattern in &greeting.pages {
            // As long as a title, and with nothing hidden in it.
            if Title::parse(pattern).is_err() || pattern.contains(char::is_whitespace) {
                return Err(SettingFault::Malformed.of(&field("pages")));
            }
        }
    }
    Ok(())
}

/// HA2. Each `*` is tried from the shortest on, and never the one before it again: that finds all there is, in
/// the product of both lengths at most.
fn fits(pattern: &str, address: &str) -> bool {
    let address = address.split(['?', '#']).next().unwrap_or_default();
    let address = address.split_once("://").map_or(address, |(_, rest)| rest);
    let path = address.find('/').and_then(|at| address.get(at..));
    let held = if pattern.starts_with('/') {
        path.unwrap_or("/")
    } else {
        address
    };
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| held.strip_prefix(first)) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            return false;
        };
        rest = after;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::json;

    /// A greeting, a visit, and whether it is due: pages are held against the same.
    #[derive(Deserialize)]
    struct Case {
        greeting: Greeting,
        address: String,
        open_s: u32,
        leaves: bool,
        shown_ms: Option<u64>,
        is_due: bool,
    }

    #[test]
    fn ha2_ha3_ha4_p8_what_is_due() {
        let cases: Vec<Case> = json::read(include_str!("proactive/cases.json")).unwrap();
        assert!(cases.len() > 20);
        for case in cases {
            let visit = Visit {
                address: &case.address,
                open_s: case.open_s,
                leaves: case.leaves,
                shown_ms: case.shown_ms,
            };
            let (greeting, is_due) = (case.greeting, case.is_due);
            assert_eq!(greeting.is_due(&visit), is_due, "{greeting:?} {visit:?}");
        }
    }

    #[test]
    fn ha2_a_pattern_of_many_stars_is_held_in_no_time() {
        let address = format!("https://shop.example/{}", "a".repeat(2_000));
        let pattern = format!("/{}b", "a*".repeat(99));
        assert!(!fits(&pattern, &address));
    }

    fn greeting(id: &str, text: &str) -> Greeting {
        Greeting {
            id: Label::parse(id).unwrap(),
            text: MessageText::parse(text).unwrap(),
            after_s: 0,
            on_exit: false,
            daily: false,
            pages: vec![],
        }
    }

    #[test]
    fn ha5_only_what_the_space_says_is_answered() {
        let mut settings = Settings::new(crate::text::PersonName::parse("Demo").unwrap());
        settings.proactive = vec![greeting("hello", "Hello")];
        let text = |text| MessageText::parse(text).unwrap();
        assert!(settings.greets(&text("Hello")) && !settings.greets(&text("hello")));
    }

    #[test]
    fn ha1_a_greeting_is_short_and_there_are_few() {
        let one = || greeting("hello", "Hello");
        let with = |pages: Vec<&str>| Greeting {
            pages: pages.into_iter().map(Into::into).collect(),
            ..one()
        };
        let many = |count: usize| {
            let all = (0..count).map(|number| greeting(&format!("g{number}"), "Hello"));
            all.collect::<Vec<_>>()
        };
        let cases = [
            (vec![one()], ""),
            (many(20), ""),
            (many(21), "proactive has at most 20"),
            (vec![one(), one()], "proactive[1].id is there already"),
            (vec![greeting("long", &"ö".repeat(300))], ""),
            (
                vec![greeting("long", &"ö".repeat(301))],
                "proactive[0].text has at most 300",
            ),
            (
                vec![Greeting {
                    after_s: 3_601,
                    ..one()
                }],
                "proactive[0].after_s is 0 to 3600",
            ),
            (vec![with(vec!["/a"; 10])], ""),
            (
                vec![with(vec!["/a"; 11])],
                "proactive[0].pages has at most 10",
            ),
            (
                vec![with(vec!["/a", ""])],
                "proactive[0].pages holds what it cannot hold",
            ),
            (
                vec![with(vec!["/a\u{202e}b"])],
                "proactive[0].pages holds what it cannot hold",
            ),
            (
                vec![with(vec![&"a".repeat(101)])],
                "proactive[0].pages holds what it cannot hold",
            ),
        ];
        for (greetings, expected) in cases {
            let told =
                check(&greetings).map_or_else(|error| format!("{error}"), |()| String::new());
            assert_eq!(told, expected);
        }
    }
}
