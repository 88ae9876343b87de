//! What a space sets for itself: durations, limits, texts and where its chat may be shown.
//!
//! - **S1** Every duration is 1 s to 30 days, a conversation limit 1 to 100, a rate 1 to
//!   1,000,000 per period. Anything else is refused with the field and the range, and nothing changes.
//! - **S4** A change is taken whole or not at all. Names of queues are unique, however they are
//!   written, and there are at most [`QUEUES_MAX`].
//! - **S5** Each change that changes something raises the version. Who names the version that the
//!   change was made for is refused when it is not the newest.
//! - **S13** What is closed is kept for 1 s to ten years, 0 is for ever.
//! - **S14** A source of conversations is named once among those without files.
//!
//! Where the chat may be shown is S3, and where it leads to S9, in `origin`; queues stand in `queue`,
//! business hours in `hours`, resolutions and reasons (S6 to S8) in `lists`, colours and launcher (S10
//! to S12) in `theme`, what pages show by themselves (HA1 to HA5) in `proactive`, what a conversation keeps (S2) in `terms`. Who has to pass a challenge is R126 of `space`.

mod fault;
mod hours;
mod lists;
mod origin;
mod proactive;
mod queue;
mod terms;
mod theme;

pub use fault::{SettingError, SettingFault};
pub use hours::{Date, DateError, Day, HORIZON, Holiday, Hours, Offset, Opening, Span, Zone};
pub use lists::{BUILT_IN, LIST_MAX, Lists, Reason, Resolution, resolution};
pub use origin::{Origin, OriginError, PageUrl};
pub use proactive::{Greeting, Visit};
pub use queue::{Overflow, Queue};
pub use terms::Terms;
pub use theme::{Color, Logo, Scheme, Shade, Side, TEXT_MAX, Theme, ThemeChange, ThemeError};

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::conversation::Source;
use crate::mutant::{self, Mutant};
use crate::refusal::Refusal;
use crate::sorted::SortedSet;
use crate::text::{Label, MessageText, PersonName, TextError};

/// Settings of a space, with the defaults of FEATURES.md.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Settings {
    /// Rises with each change (S5).
    #[serde(default)]
    pub version: u32,
    /// What the space is called, on top of the chat.
    pub name: PersonName,
    /// Whether customers can chat at all (F26, F32): on.
    pub live_chat: bool,
    /// Pages that may show the chat, besides our own origin (S3).
    pub origins: Vec<Origin>,
    /// How long an agent may look at an offer before the next agent gets it, in seconds: 120 (F46).
    pub offer_s: u32,
    /// How long a customer waits before the fallback message, in seconds: 1,200 (F51).
    pub wait_s: u32,
    /// Silence before both sides are warned, in seconds: 1,200 (F97).
    pub idle_s: u32,
    /// Silence after the warning before the conversation ends, in seconds: 600 (F97).
    pub idle_end_s: u32,
    /// Longest conversation, in seconds: 86,400 (F98).
    pub max_s: u32,
    /// Wrapping up before its agent is reminded, in seconds: 600 (D2).
    #[serde(default = "wrap_up_s")]
    pub wrap_up_s: u32,
    /// How long a closed conversation is kept, in seconds: 31,536,000, which is 365 days; 0 is for
    /// ever (S13).
    #[serde(default = "retention_s")]
    pub retention_s: u32,
    /// Work items that one agent handles at a time, unless set for that agent: 5.
    pub conversation_limit: u8,
    /// How work items reach agents: by offers (D6).
    #[serde(default)]
    pub offer_mode: OfferMode,
    /// Which agent comes first: the one longest without an offer.
    #[serde(default)]
    pub routing: Routing,
    /// Queues besides [`GENERAL`], which every space has; one of that name is its settings.
    #[serde(default)]
    pub queues: Vec<Queue>,
    /// Messages that one person may send at once: 20 (SECURITY.md L2).
    pub messages_burst: u32,
    /// Messages that one person may send in 10 s in the long run: 50 (SECURITY.md L2).
    pub messages_per_10s: u32,
    /// Messages that one customer may send in an hour: 300 (SECURITY.md L2).
    #[serde(default = "messages_per_hour")]
    pub messages_per_hour: u32,
    /// Conversations that one visitor may begin in 10 minutes: 3 (SECURITY.md L2).
    #[serde(default = "conversations_per_10min")]
    pub conversations_per_10min: u32,
    /// Conversations that may begin in an hour from one address: 20 (SECURITY.md L2).
    #[serde(default = "conversations_per_hour")]
    pub conversations_per_hour: u32,
    /// When whoever begins a conversation shows first that a person writes (SECURITY.md L4): never.
    #[serde(default)]
    pub challenge: Challenge,
    /// What the customer reads when nobody accepted in time (F51); `None` for the
    /// translated text of the chat.
    pub fallback_text: Option<MessageText>,
    /// How a conversation can be resolved (D12).
    pub resolutions: Vec<Resolution>,
    /// Why it ended so, for agents to choose from: none.
    #[serde(default)]
    pub reasons: Vec<Reason>,
    /// Rises when resolutions or reasons are changed.
    #[serde(default)]
    pub lists: u32,
    /// Whether only customers for whom the site vouches may write (SECURITY.md I3): no.
    #[serde(default)]
    pub require_verification: bool,
    /// The site's own page to sign in on, where the chat leads who has to (S9); `None` where the page
    /// around the chat does that itself.
    #[serde(default)]
    pub sign_in_url: Option<PageUrl>,
    /// Whether customers may take along what was written, as a text and by e-mail (P7): yes.
    #[serde(default = "transcripts")]
    pub transcripts: bool,
    /// Sources whose conversations take no files (F64, D10, S14): virtual agents.
    #[serde(default = "files_off")]
    pub files_off: Vec<Source>,
    /// Whether customers and agents may dictate, where that can be (SP1 of `dictation`): yes.
    #[serde(default = "dictation")]
    pub dictation: bool,
    /// Recordings of the space that are transcribed in an hour: 300 (SP9 of `space::dictation`).
    #[serde(default = "dictations_per_hour")]
    pub dictations_per_hour: u32,
    /// The space's own server that is asked before a file is shown (SECURITY.md U9); `None` where nobody is.
    #[serde(default)]
    pub file_check_url: Option<PageUrl>,
    /// How the launcher and the chat look (P31); `None` for ours.
    #[serde(default)]
    pub theme: Option<Theme>,
    /// What pages show by themselves (P8): nothing.
    #[serde(default)]
    pub proactive: Vec<Greeting>,
}

/// How work items reach agents (D6). Agents can help themselves in every mode.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferMode {
    /// One agent after the other is asked: accept or decline (F45, F46).
    #[default]
    Offer,
    /// Assigned at once, up to the number of chats that the agent chose (F44).
    AutoAccept,
    /// Agents choose from the waiting list; nothing is offered (F54).
    Manual,
}

/// Which of the agents who can be given a work item comes first (D6).
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Routing {
    /// The one whose last offer lies furthest back (F45).
    #[default]
    RoundRobin,
    /// The one with the fewest slots filled; of these, the one whose last offer lies furthest back.
    LeastBusy,
}

/// When whoever begins a conversation shows first that a person writes (R126 of `space`).
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Challenge {
    /// Never.
    #[default]
    Never,
    /// When conversations begin fast.
    WhenFast,
    /// Before each conversation.
    Always,
}

/// The queue that every space has (F63).
pub const GENERAL: &str = "GENERAL";

/// Most skills that a conversation asks for, and most that a queue needs.
pub const SKILLS_MAX: u32 = 8;

/// The default of [`Settings::retention_s`].
const fn retention_s() -> u32 {
    365 * DAY_S
}

/// The default of [`Settings::transcripts`].
const fn transcripts() -> bool {
    true
}

/// The default of [`Settings::files_off`].
fn files_off() -> Vec<Source> {
    vec![Source::VirtualAgent]
}

/// The default of [`Settings::dictation`].
const fn dictation() -> bool {
    true
}

/// The default of [`Settings::dictations_per_hour`].
const fn dictations_per_hour() -> u32 {
    300
}

/// The default of [`Settings::wrap_up_s`].
const fn wrap_up_s() -> u32 {
    600
}

/// The default of [`Settings::messages_per_hour`].
const fn messages_per_hour() -> u32 {
    300
}

/// The default of [`Settings::conversations_per_10min`].
const fn conversations_per_10min() -> u32 {
    3
}

/// The default of [`Settings::conversations_per_hour`].
const fn conversations_per_hour() -> u32 {
    20
}

const DAY_S: u32 = 86_400;
/// Durations: 1 s, so that tests and demos need not wait, to 30 days.
const DURATION_S: (u32, u32) = (1, 30 * DAY_S);
/// How long what is closed is kept: 0 for ever, at most ten years.
const RETENTION_S: (u32, u32) = (0, 3_650 * DAY_S);
const LIMIT: (u32, u32) = (1, 100);
const RATE: (u32, u32) = (1, 1_000_000);
/// Most queues of a space besides [`GENERAL`]: more than a menu can show, far below what a row holds.
pub const QUEUES_MAX: u32 = 100;
/// Most origins of a space: they all stand in one header of 8 KiB.
pub const ORIGINS_MAX: u32 = 30;

/// A change of settings: what is `None` stays.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Change {
    /// The version that the change was made for; `None` for whichever is the newest (S5).
    pub version: Option<u32>,
    /// See [`Settings::name`].
    pub name: Option<PersonName>,
    /// See [`Settings::live_chat`].
    pub live_chat: Option<bool>,
    /// See [`Settings::origins`].
    pub origins: Option<Vec<Origin>>,
    /// See [`Settings::offer_s`].
    pub offer_s: Option<i64>,
    /// See [`Settings::wait_s`].
    pub wait_s: Option<i64>,
    /// See [`Settings::idle_s`].
    pub idle_s: Option<i64>,
    /// See [`Settings::idle_end_s`].
    pub idle_end_s: Option<i64>,
    /// See [`Settings::max_s`].
    pub max_s: Option<i64>,
    /// See [`Settings::wrap_up_s`].
    pub wrap_up_s: Option<i64>,
    /// See [`Settings::retention_s`].
    pub retention_s: Option<i64>,
    /// See [`Settings::conversation_limit`].
    pub conversation_limit: Option<i64>,
    /// See [`Settings::offer_mode`].
    pub offer_mode: Option<OfferMode>,
    /// See [`Settings::routing`].
    pub routing: Option<Routing>,
    /// See [`Settings::queues`].
    pub queues: Option<Vec<Queue>>,
    /// See [`Settings::messages_burst`].
    pub messages_burst: Option<i64>,
    /// See [`Settings::messages_per_10s`].
    pub messages_per_10s: Option<i64>,
    /// See [`Settings::messages_per_hour`].
    pub messages_per_hour: Option<i64>,
    /// See [`Settings::conversations_per_10min`].
    pub conversations_per_10min: Option<i64>,
    /// See [`Settings::conversations_per_hour`].
    pub conversations_per_hour: Option<i64>,
    /// See [`Settings::challenge`].
    pub challenge: Option<Challenge>,
    /// See [`Settings::fallback_text`]; an empty text for `None`.
    pub fallback_text: Option<String>,
    /// See [`Settings::resolutions`]; the whole list.
    pub resolutions: Option<Vec<Resolution>>,
    /// See [`Settings::reasons`]; the whole list.
    pub reasons: Option<Vec<Reason>>,
    /// See [`Settings::require_verification`].
    pub require_verification: Option<bool>,
    /// See [`Settings::sign_in_url`]; an empty text for `None`.
    pub sign_in_url: Option<String>,
    /// See [`Settings::transcripts`].
    pub transcripts: Option<bool>,
    /// See [`Settings::files_off`]; the whole list.
    pub files_off: Option<Vec<Source>>,
    /// See [`Settings::dictation`].
    pub dictation: Option<bool>,
    /// See [`Settings::dictations_per_hour`].
    pub dictations_per_hour: Option<i64>,
    /// See [`Settings::file_check_url`]; an empty text for `None`.
    pub file_check_url: Option<String>,
    /// See [`Settings::theme`]; what it leaves out stays, too.
    pub theme: Option<ThemeChange>,
    /// See [`Settings::proactive`]; the whole list.
    pub proactive: Option<Vec<Greeting>>,
}

impl Settings {
    /// The defaults of FEATURES.md for a space of that name.
    ///
    /// # Panics
    /// Never: the built-in words are labels, which a test holds.
    #[must_use]
    pub fn new(name: PersonName) -> Self {
        Self {
            version: 0,
            name,
            live_chat: true,
            origins: vec![],
            offer_s: 120,
            wait_s: 1_200,
            idle_s: 1_200,
            idle_end_s: 600,
            max_s: DAY_S,
            wrap_up_s: wrap_up_s(),
            retention_s: retention_s(),
            conversation_limit: 5,
            offer_mode: OfferMode::default(),
            routing: Routing::default(),
            queues: vec![],
            messages_burst: 20,
            messages_per_10s: 50,
            messages_per_hour: messages_per_hour(),
            conversations_per_10min: conversations_per_10min(),
            conversations_per_hour: conversations_per_hour(),
            challenge: Challenge::default(),
            fallback_text: None,
            resolutions: lists::built_in_resolutions(),
            reasons: vec![],
            lists: 0,
            require_verification: false,
            sign_in_url: None,
            transcripts: transcripts(),
            files_off: files_off(),
            dictation: dictation(),
            dictations_per_hour: dictations_per_hour(),
            file_check_url: None,
            theme: None,
            proactive: vec![],
        }
    }

    /// The settings after a change.
    ///
    /// # Errors
    /// Names the first field that is not as S1, S4, S6 and S7 say.
    pub fn changed(&self, change: Change) -> Result<Self, Refusal> {
        let mut next = self.clone();
        let Change {
            name,
            live_chat,
            origins,
            fallback_text,
            offer_mode,
            routing,
            queues,
            challenge,
            resolutions,
            reasons,
            require_verification,
            sign_in_url,
            transcripts,
            files_off,
            dictation,
            file_check_url,
            theme,
            proactive,
            ..
        } = change;
        next.name = name.unwrap_or(next.name);
        next.live_chat = live_chat.unwrap_or(next.live_chat);
        if let Some(origins) = origins {
            check_length("origins", origins.len(), ORIGINS_MAX)?;
            next.origins = origins;
        }
        next.offer_mode = offer_mode.unwrap_or(next.offer_mode);
        next.routing = routing.unwrap_or(next.routing);
        next.challenge = challenge.unwrap_or(next.challenge);
        if let Some(queues) = queues {
            queue::check(&queues)?;
            next.queues = queues;
        }
        if let Some(greetings) = proactive {
            proactive::check(&greetings)?;
            next.proactive = greetings;
        }
        if let Some(text) = fallback_text {
            next.fallback_text = match MessageText::parse(&text) {
                Ok(text) => Some(text),
                Err(TextError::Empty) => None,
                Err(TextError::TooLong { limit: max }) => {
                    return Err(SettingFault::TooMany { max }.of("fallback_text").into());
                }
                Err(TextError::Forbidden) => {
                    return Err(SettingFault::Malformed.of("fallback_text").into());
                }
            };
        }
        next.require_verification = require_verification.unwrap_or(next.require_verification);
        next.transcripts = transcripts.unwrap_or(next.transcripts);
        if let Some(sources) = files_off {
            for (place, source) in sources.iter().enumerate() {
                if sources.iter().take(place).any(|known| known == source) {
                    return Err(SettingFault::Twice
                        .of(&format!("files_off[{place}]"))
                        .into());
                }
            }
            next.files_off = sources;
        }
        next.dictation = dictation.unwrap_or(next.dictation);
        let urls = [
            ("sign_in_url", sign_in_url, &mut next.sign_in_url),
            ("file_check_url", file_check_url, &mut next.file_check_url),
        ];
        for (field, url, target) in urls {
            if let Some(url) = url {
                *target = match url.trim() {
                    "" => None,
                    url => {
                        let malformed = |_| SettingFault::Malformed.of(field);
                        Some(url.parse().map_err(malformed)?)
                    }
                };
            }
        }
        if let Some(url) = &next.sign_in_url
            && !next.origins.iter().any(|origin| origin.allows(url))
        {
            return Err(SettingFault::NotOfSite.of("sign_in_url").into());
        }
        let limit = check("conversation_limit", change.conversation_limit, LIMIT)?;
        next.conversation_limit = limit
            .and_then(|limit| u8::try_from(limit).ok())
            .unwrap_or(next.conversation_limit);
        let durations = [
            ("offer_s", change.offer_s, &mut next.offer_s),
            ("wait_s", change.wait_s, &mut next.wait_s),
            ("idle_s", change.idle_s, &mut next.idle_s),
            ("idle_end_s", change.idle_end_s, &mut next.idle_end_s),
            ("max_s", change.max_s, &mut next.max_s),
            ("wrap_up_s", change.wrap_up_s, &mut next.wrap_up_s),
        ];
        for (field, value, target) in durations {
            *target = check(field, value, DURATION_S)?.unwrap_or(*target);
        }
        let retention = check("retention_s", change.retention_s, RETENTION_S)?;
        next.retention_s = retention.unwrap_or(next.retention_s);
        let rates = [
            (
                "messages_burst",
                change.messages_burst,
                &mut next.messages_burst,
            ),
            (
                "messages_per_10s",
                change.messages_per_10s,
                &mut next.messages_per_10s,
            ),
            (
                "messages_per_hour",
                change.messages_per_hour,
                &mut next.messages_per_hour,
            ),
            (
                "conversations_per_10min",
                change.conversations_per_10min,
                &mut next.conversations_per_10min,
            ),
            (
                "conversations_per_hour",
                change.conversations_per_hour,
                &mut next.conversations_per_hour,
            ),
            (
                "dictations_per_hour",
                change.dictations_per_hour,
                &mut next.dictations_per_hour,
            ),
        ];
        for (field, value, target) in rates {
            *target = check(field, value, RATE)?.unwrap_or(*target);
        }
        if let Some(resolutions) = resolutions {
            let ids = resolutions.iter().map(|entry| &entry.id);
            let names = resolutions.iter().map(|entry| entry.name.as_str());
            check_list("resolutions", ids, names)?;
            for (id, _) in lists::BUILT_IN {
                if !resolutions.iter().any(|entry| entry.id.as_str() == id) {
                    let resolution = Label::built_in(id);
                    return Err(Refusal::ResolutionBuiltIn { resolution });
                }
            }
            next.resolutions = resolutions;
        }
        if let Some(reasons) = reasons {
            let ids = reasons.iter().map(|entry| &entry.id);
            let names = reasons.iter().map(|entry| entry.name.as_str());
            check_list("reasons", ids, names)?;
            next.reasons = reasons;
        }
        if let Some(change) = theme {
            let theme = next.theme.unwrap_or_default().changed(change)?;
            next.theme = (theme != Theme::default()).then_some(theme);
        }
        if (&next.resolutions, &next.reasons) != (&self.resolutions, &self.reasons) {
            next.lists = self.lists.saturating_add(1);
        }
        if next != *self {
            next.version = self.version.saturating_add(1);
        }
        Ok(next)
    }

    /// Whether the space has that queue, closed or not.
    #[must_use]
    pub fn has_queue(&self, queue: &Label) -> bool {
        queue.as_str() == GENERAL || self.queues.iter().any(|known| known.name == *queue)
    }

    /// What is set for a queue; `None` for one that is unknown, and for a [`GENERAL`] of which
    /// nothing is set.
    #[must_use]
    pub fn queue(&self, name: &Label) -> Option<&Queue> {
        self.queues.iter().find(|queue| queue.name == *name)
    }

    /// Whether new work may go to a queue.
    ///
    /// # Errors
    /// There is no such queue, or it is closed to new work.
    pub fn check_queue(&self, queue: &Label) -> Result<(), Refusal> {
        match self.queue(queue) {
            Some(known) if known.closed && !mutant::is(Mutant::ClosedQueueTaken) => {
                Err(Refusal::QueueClosed)
            }
            Some(_) => Ok(()),
            None if queue.as_str() == GENERAL => Ok(()),
            None => Err(Refusal::QueueUnknown),
        }
    }

    /// Resolutions and reasons, as conversations get them.
    #[must_use]
    pub fn lists(&self) -> Lists {
        Lists {
            number: self.lists,
            resolutions: self.resolutions.clone(),
            reasons: self.reasons.clone(),
        }
    }

    /// See [`Settings::offer_s`].
    #[must_use]
    pub const fn offer(&self) -> Duration {
        Duration::from_secs(self.offer_s as u64)
    }
}

fn check(
    field: &'static str,
    value: Option<i64>,
    (min, max): (u32, u32),
) -> Result<Option<u32>, SettingError> {
    let Some(value) = value else {
        return Ok(None);
    };
    match u32::try_from(value) {
        Ok(value) if (min..=max).contains(&value) => Ok(Some(value)),
        Ok(_) | Err(_) => Err(SettingFault::OutOfRange { min, max }.of(field)),
    }
}

fn check_length(field: &str, length: usize, max: u32) -> Result<(), SettingError> {
    if u32::try_from(length).is_ok_and(|length| length <= max) {
        Ok(())
    } else {
        Err(SettingFault::TooMany { max }.of(field))
    }
}

fn check_list<'a>(
    list: &'static str,
    ids: impl ExactSizeIterator<Item = &'a Label>,
    names: impl Iterator<Item = &'a str>,
) -> Result<(), SettingError> {
    check_length(list, ids.len(), LIST_MAX)?;
    let mut known = SortedSet::new();
    for (place, id) in ids.enumerate() {
        if !known.insert(id) {
            return Err(SettingFault::Twice.of(&format!("{list}[{place}].id")));
        }
    }
    check_names(list, names)
}

/// Names the second of two names that differ in the case of their letters at most.
fn check_names<'a>(
    list: &'static str,
    names: impl Iterator<Item = &'a str>,
) -> Result<(), SettingError> {
    let mut known = SortedSet::new();
    for (place, name) in names.enumerate() {
        if !known.insert(name.to_lowercase()) {
            let field = format!("{list}[{place}].name");
            return Err(SettingFault::Twice.of(&field));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings::new(PersonName::parse("Demo").unwrap())
    }

    #[test]
    fn s13_p12_what_is_closed_is_kept_for_up_to_ten_years_or_for_ever() {
        let settings = Settings::new(PersonName::parse("Demo").unwrap());
        assert_eq!(settings.retention_s, 31_536_000);
        for (seconds, is_fine) in [
            (0, true),
            (1, true),
            (315_360_000, true),
            (315_360_001, false),
            (-1, false),
        ] {
            let change = Change {
                retention_s: Some(seconds),
                ..Change::default()
            };
            assert_eq!(settings.changed(change).is_ok(), is_fine, "{seconds}");
        }
    }

    #[test]
    fn s14_f64_d10_virtual_agents_take_no_files_unless_the_space_says_so() {
        use Source::{Slack, VirtualAgent, Widget};
        let changed = |files_off: &[Source]| {
            let change = Change {
                files_off: Some(files_off.to_vec()),
                ..Change::default()
            };
            settings().changed(change)
        };
        assert_eq!(settings().files_off, [VirtualAgent]);
        assert_eq!(changed(&[]).unwrap().files_off, []);
        let all = changed(&Source::ALL).unwrap();
        assert_eq!((&*all.files_off, all.version), (&Source::ALL[..], 1));
        let twice = changed(&[Widget, Slack, Widget]).unwrap_err();
        assert!(twice.to_string().starts_with("files_off[2]"), "{twice}");
    }

    #[test]
    fn s1_a_setting_out_of_range_is_refused_with_field_and_range() {
        let cases = [
            (
                Change {
                    offer_s: Some(0),
                    ..Change::default()
                },
                "offer_s is 1 to 2592000",
            ),
            (
                Change {
                    max_s: Some(2_592_001),
                    ..Change::default()
                },
                "max_s is 1 to 2592000",
            ),
            (
                Change {
                    conversation_limit: Some(101),
                    ..Change::default()
                },
                "conversation_limit is 1 to 100",
            ),
            (
                Change {
                    messages_burst: Some(1_000_001),
                    ..Change::default()
                },
                "messages_burst is 1 to 1000000",
            ),
        ];
        for (change, message) in cases {
            assert_eq!(settings().changed(change).unwrap_err().to_string(), message);
        }
        let change = Change {
            offer_s: Some(1),
            conversation_limit: Some(100),
            ..Change::default()
        };
        let changed = settings().changed(change).unwrap();
        assert_eq!((changed.offer_s, changed.conversation_limit), (1, 100));
        assert_eq!(changed.wait_s, 1_200);
    }
}
