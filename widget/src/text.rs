//! What people read: one table per language.
//!
//! What the chat says, and what all apps say, is written in `text/chat/TAG.txt`, a file for each language.
//! Of `en.txt` the build makes a method of [`Text`] for each key, so a new text is a line there, a line in
//! every other file, and `text().key()` where it is shown; `key.one` and `key.other` (and whatever other
//! plural categories a language has) make a `text().key(count)`. The texts of English are compiled in (those below its line
//! `# Later` into the part of the chat that loads on first use: a text that is said before goes above),
//! German too for people at work; a customer who reads another language loads one file (`chat/language.rs`).
//! What is wrong with a file stops the build; what it lacks is shown in English, and fails a test
//! (`tests/journeys/languages.rs`).
//!
//! Words in braces are filled in by [`fill`]. Texts of one app alone stand beside it:
//! the console's in `text/console.rs`.

#[cfg(feature = "console")]
pub mod console;
#[cfg(feature = "home")]
pub mod home;
#[cfg(feature = "home")]
pub mod privacy;
#[cfg(feature = "home")]
pub mod settings;
#[cfg(feature = "home")]
pub mod status;
#[cfg(feature = "console")]
pub mod work;

use std::cell::RefCell;

use js_sys::{Array, Intl, Object};
#[cfg(feature = "chat")]
use shared::language::Language;
use shared::refusal::Refusal;

use crate::{js, time};

include!(concat!(env!("OUT_DIR"), "/keys.rs"));

/// The texts of English, packed.
const ENGLISH: &str = include_str!(concat!(env!("OUT_DIR"), "/en.txt"));
/// Those that only parts of the chat say which come later.
const ENGLISH_LATER: &str = include_str!(concat!(env!("OUT_DIR"), "/en.later.txt"));
/// The texts of German, packed; for customers they are a file like those of every other language.
#[cfg(any(feature = "console", feature = "home"))]
const GERMAN: &str = include_str!(concat!(env!("OUT_DIR"), "/de.txt"));

/// One language of everything that the chat says, and that all apps say.
pub struct Text {
    /// The language, as `<html lang>` names it.
    pub lang: &'static str,
    words: [&'static str; KEYS],
}

impl Text {
    /// Lives as long as the page: nobody changes the language often.
    fn new(lang: &'static str, packed: &'static str) -> &'static Self {
        let mut words = [""; KEYS];
        words
            .iter_mut()
            .zip(packed.split('\n'))
            .for_each(|(word, line)| *word = line);
        Box::leak(Box::new(Self { lang, words }))
    }

    /// A text that English has not from the start. Only parts that come later ask, so its words come with them.
    fn later(&self, index: usize) -> &'static str {
        match self.words[index] {
            "" => ENGLISH_LATER
                .split('\n')
                .nth(index - EARLY)
                .unwrap_or_default(),
            own => own,
        }
    }

    /// The form that the language has for that number, with the number in it.
    #[cfg_attr(
        not(feature = "chat"),
        allow(dead_code, reason = "the console counts in words of its own")
    )]
    fn counted(&self, forms: &str, count: usize) -> String {
        let locales = Array::of1(&self.lang.into());
        let rules = Intl::PluralRules::new(&locales, &Object::new());
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let category = String::from(rules.select(count.into()));
        let mut parts = forms.split('\t');
        let mut form = "";
        // The last one is for every other number.
        while let (Some(name), Some(text)) = (parts.next(), parts.next()) {
            form = text;
            if name == category {
                break;
            }
        }
        fill(form, &time::number(count as usize))
    }

    /// A refusal in the words of a person who writes.
    pub const fn refusal(&self, refusal: &Refusal) -> &'static str {
        match refusal {
            Refusal::Ended
            | Refusal::Closed
            | Refusal::ConversationUnknown
            | Refusal::ConversationOpen { .. } => self.over(),
            Refusal::QueueFull { .. } => self.queue_full(),
            Refusal::VerificationRequired => self.sign_in_first(),
            Refusal::Blocked => self.blocked(),
            Refusal::Forbidden
            | Refusal::NotAssignee
            | Refusal::NotAuthor
            | Refusal::MessageUnknown
            | Refusal::MessageDeleted
            | Refusal::AlreadyAssigned { .. }
            | Refusal::OfferOver
            | Refusal::OfferNotYours
            | Refusal::NoFreeSlot { .. }
            | Refusal::AgentUnavailable
            | Refusal::NotWaiting
            | Refusal::ResolutionUnknown
            | Refusal::NoteRequired
            | Refusal::QueueUnknown
            | Refusal::QueueClosed
            | Refusal::NotInQueue
            | Refusal::CustomerHere
            | Refusal::CommandConflict
            | Refusal::SpaceUnknown
            | Refusal::SpaceOff
            | Refusal::LastAdmin
            | Refusal::LinkOver
            | Refusal::SessionOver
            | Refusal::NotInvited
            | Refusal::TooMany { .. }
            | Refusal::TokenRevoked
            | Refusal::AgentUnknown
            | Refusal::ReasonUnknown
            | Refusal::ReasonRequired
            | Refusal::TicketExists
            | Refusal::NotEnded
            | Refusal::TranscriptOff
            | Refusal::FilesOff
            | Refusal::FileHeld
            | Refusal::FileJudged
            | Refusal::AddressUnknown
            | Refusal::ResolutionBuiltIn { .. }
            | Refusal::RateLimited { .. }
            | Refusal::ChallengeRequired
            | Refusal::IdUnknown
            | Refusal::SettingInvalid(_)
            | Refusal::SettingsChanged { .. }
            | Refusal::QueueInUse { .. } => self.refused(),
        }
    }
}

thread_local! {
    static CHOICE: RefCell<(&'static Text, String)> =
        RefCell::new((Text::new("en", ENGLISH), String::new()));
}

/// The texts in the language of the page.
pub fn text() -> &'static Text {
    CHOICE.with_borrow(|(text, _)| *text)
}

/// The locale for dates and numbers: the reader's own where it is of the language shown.
pub fn locale() -> String {
    CHOICE.with_borrow(|(_, locale)| locale.clone())
}

/// Chooses between the languages that are compiled in: the one asked for, else English.
#[cfg(any(feature = "console", feature = "home"))]
pub fn choose(asked: &str) {
    if is_of(asked, "de") {
        show("de", "ltr", asked, GERMAN);
    } else {
        english(asked);
    }
}

/// Shows the texts of a file; false, and nothing else, when it is not one that this build can read.
#[cfg(feature = "chat")]
pub fn load(language: &Language, locale: &str, packed: String) -> bool {
    let is_whole = packed.matches('\n').count() + 1 == KEYS;
    if is_whole {
        show(language.tag, language.dir(), locale, packed.leak());
    }
    is_whole
}

/// Shows the texts that are always there.
pub fn english(asked: &str) {
    show("en", "ltr", asked, ENGLISH);
}

/// Whoever asks for a language writes dates as at home, if that language is spoken there.
fn show(lang: &'static str, dir: &str, asked: &str, packed: &'static str) {
    let own = js::language().unwrap_or_default();
    let locale = [own.as_str(), asked]
        .into_iter()
        .find(|locale| is_of(locale, lang))
        .unwrap_or(lang);
    if let Some(html) = js::document().document_element() {
        let _ = html.set_attribute("lang", lang);
        let _ = html.set_attribute("dir", dir);
    }
    let text = Text::new(lang, packed);
    CHOICE.with_borrow_mut(|choice| *choice = (text, locale.to_owned()));
}

/// Whether that locale begins with the word that the language begins with.
fn is_of(locale: &str, lang: &str) -> bool {
    let head = lang.split('-').next().unwrap_or_default();
    let rest = locale.strip_prefix(head);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// Puts `value` in the place of `{…}`.
pub fn fill(template: &str, value: &str) -> String {
    let split = template.split_once('{').and_then(|(before, rest)| {
        let (_, after) = rest.split_once('}')?;
        Some([before, value, after].concat())
    });
    split.unwrap_or_else(|| template.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_in_braces_is_filled_in() {
        let cases = [
            ("{agent} is online", "Jack", "Jack is online"),
            ("Not sent: {reason}", "too large", "Not sent: too large"),
            ("Resolved", "Jack", "Resolved"),
            ("{used} of {limit}", "2", "2 of {limit}"),
            ("{name} is typing", "{agent}", "{agent} is typing"),
        ];
        for (template, value, filled) in cases {
            assert_eq!(fill(template, value), filled);
        }
    }

    #[test]
    fn a_locale_is_of_its_language() {
        let cases = [
            ("de", "de", true),
            ("de-CH", "de", true),
            ("den", "de", false),
            ("en", "de", false),
            ("pt-PT", "pt-BR", true),
            ("", "de", false),
        ];
        for (locale, lang, expected) in cases {
            assert_eq!(is_of(locale, lang), expected, "{locale} {lang}");
        }
    }
}
