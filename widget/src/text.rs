//! What people read: one table per language, chosen once for the page.
//!
//! Words in braces are filled in by [`fill`]. Texts of one app alone stand beside it:
//! the console's in `text/console.rs`.

#[cfg(feature = "console")]
pub mod console;
mod de;
mod en;
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

use shared::refusal::Refusal;

use crate::js;

/// One language of everything that the chat says, and that both apps say.
#[cfg_attr(
    not(feature = "chat"),
    expect(dead_code, reason = "the console says less than the chat")
)]
pub struct Text {
    /// The language, as `<html lang>` names it.
    pub lang: &'static str,
    /// `ltr` or `rtl`.
    pub dir: &'static str,

    // The log.
    pub messages: &'static str,
    pub you: &'static str,
    pub today: &'static str,
    pub yesterday: &'static str,
    pub new_messages: &'static str,
    pub sending: &'static str,
    pub sent: &'static str,
    pub delivered: &'static str,
    pub read: &'static str,
    pub not_sent: &'static str,
    pub retry: &'static str,
    pub edit: &'static str,
    pub discard: &'static str,
    pub too_large: &'static str,
    pub stale: &'static str,
    pub over: &'static str,
    pub refused: &'static str,
    pub is_typing: &'static str,

    // Events.
    pub is_online: &'static str,
    pub transferred: &'static str,
    pub idle_warned: &'static str,
    pub erased: &'static str,
    pub agent_ended: &'static str,
    pub you_ended: &'static str,
    pub not_answered: &'static str,
    pub idle: &'static str,
    pub age: &'static str,
    pub resolved: &'static str,

    // The composer.
    pub message: &'static str,
    pub write: &'static str,
    pub send: &'static str,
    pub count: &'static str,

    // The line.
    pub offline: &'static str,
    pub reconnecting: &'static str,
    pub updating: &'static str,
    pub unreachable: &'static str,
    pub replaced: &'static str,
    pub not_kept: &'static str,
    pub slowed: &'static str,
    pub blocked: &'static str,

    // The customer's screens.
    pub here_to_help: &'static str,
    pub welcome_title: &'static str,
    pub welcome_text: &'static str,
    pub waiting: &'static str,
    pub rung: &'static str,
    pub stays: &'static str,
    pub in_line: &'static str,
    pub soon: &'static str,
    pub about_one: &'static str,
    pub about: &'static str,
    pub no_operators: &'static str,
    pub back: &'static str,
    pub closed_now: &'static str,
    pub queue_full: &'static str,
    pub end: &'static str,
    pub end_question: &'static str,
    pub end_no: &'static str,
    pub close: &'static str,
    pub ended_title: &'static str,
    pub start_new: &'static str,
    pub sign_in: &'static str,
    pub sign_in_title: &'static str,
    pub sign_in_text: &'static str,
    pub sign_in_first: &'static str,
    pub challenge: &'static str,
    pub challenge_failed: &'static str,
}

impl Text {
    /// A refusal in the words of a person who writes.
    pub const fn refusal(&self, refusal: &Refusal) -> &'static str {
        match refusal {
            Refusal::Ended
            | Refusal::Closed
            | Refusal::ConversationUnknown
            | Refusal::ConversationOpen { .. } => self.over,
            Refusal::QueueFull { .. } => self.queue_full,
            Refusal::VerificationRequired => self.sign_in_first,
            Refusal::Blocked => self.blocked,
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
            | Refusal::ResolutionBuiltIn { .. }
            | Refusal::RateLimited { .. }
            | Refusal::ChallengeRequired
            | Refusal::SettingInvalid(_)
            | Refusal::SettingsChanged { .. }
            | Refusal::QueueInUse { .. } => self.refused,
        }
    }
}

thread_local! {
    static CHOICE: RefCell<(&'static Text, String)> =
        const { RefCell::new((&en::TEXT, String::new())) };
}

/// The texts in the language of the page.
pub fn text() -> &'static Text {
    CHOICE.with_borrow(|(text, _)| *text)
}

/// The locale for dates and numbers: the reader's own where it is of the language shown.
pub fn locale() -> String {
    CHOICE.with_borrow(|(_, locale)| locale.clone())
}

/// Chooses the language: the one asked for, else the browser's, else English. True when that
/// changed the choice.
pub fn choose(asked: &str) -> bool {
    let own = js::language().unwrap_or_default();
    let wanted = if asked.is_empty() {
        own.as_str()
    } else {
        asked
    };
    let text = if is_of(wanted, de::TEXT.lang) {
        &de::TEXT
    } else {
        &en::TEXT
    };
    let locale = [wanted, own.as_str()]
        .into_iter()
        .find(|locale| is_of(locale, text.lang))
        .unwrap_or(text.lang);
    if let Some(html) = js::document().document_element() {
        let _ = html.set_attribute("lang", text.lang);
        let _ = html.set_attribute("dir", text.dir);
    }
    CHOICE.with_borrow_mut(|choice| {
        let has_changed = choice.0.lang != text.lang;
        *choice = (text, locale.to_owned());
        has_changed
    })
}

/// Puts `value` in the place of `{…}`.
pub fn fill(template: &str, value: &str) -> String {
    let split = template.split_once('{').and_then(|(before, rest)| {
        let (_, after) = rest.split_once('}')?;
        Some([before, value, after].concat())
    });
    split.unwrap_or_else(|| template.to_owned())
}

fn is_of(locale: &str, lang: &str) -> bool {
    locale
        .strip_prefix(lang)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
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
            ("de", true),
            ("de-CH", true),
            ("den", false),
            ("en", false),
            ("", false),
        ];
        for (locale, is_german) in cases {
            assert_eq!(is_of(locale, "de"), is_german, "{locale}");
        }
    }
}
