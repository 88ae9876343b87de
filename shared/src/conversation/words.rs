//! The words that a conversation may end with: resolutions and reasons of its space (D12).
//!
//! - **WD1** A conversation judges by the newest lists that it knows: those of its birth, or those
//!   that came with the confirmation of a report since. Each report says which ones it knows, so
//!   an assignment, which is reported, brings the newest ones along.
//! - **WD2** A word that it does not know is not refused before the space was asked: a report goes
//!   out, and its confirmation brings the lists if there are newer ones. Meanwhile a command of a
//!   socket is held, which comes again, and a call waits and is judged when the space has
//!   answered. What the space did not know is refused for [`FRESH`] without asking again.
//! - **WD3** A word that was deleted since is taken as long as the conversation knows it: who chose
//!   it saw it a moment ago, and the entry carries it.
//! - **WD4** `abandoned` and `not_answered` are nobody's to choose: Abandon and the wait have rules of
//!   their own (F103, F51), and Resolve goes round none of them.

use alloc::vec::Vec;
use core::time::Duration;

use super::born::Born;
use super::turn::Turn;
use super::{Command, Effect, Event, Row};
use crate::id::CommandId;
use crate::refusal::Refusal;
use crate::rights::Person;
use crate::settings::{Lists, Terms, resolution};
use crate::sorted::SortedMap;
use crate::text::{Label, Title};
use crate::time::Timestamp;

/// Most words that the space is asked for, and most calls that wait, at a time: more than people
/// who could give them.
const ASKED_MAX: usize = 100;
/// When a command with an unknown word comes again: 500 ms, a few round trips to the space.
pub(super) const ASK_AGAIN_MS: u32 = 500;
/// How long what the space has said of a word holds: 5 s, so that whoever has just added it need
/// not wait.
const FRESH: Duration = Duration::from_secs(5);
/// How long a call waits for the space: 10 s, as long as its caller (`edge`). Later answers find
/// it gone.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a conversation knows of its space's words.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Words {
    pub(super) lists: Lists,
    /// The words that the space is or was asked for, and when it has answered.
    pub(super) asked: SortedMap<Word, Option<Timestamp>>,
    /// What came without a socket and waits for a word.
    calls: Vec<Call>,
}

/// A word of the space.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Word {
    Resolution(Label),
    Reason(Label),
}

/// A command that waits for a word.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Call {
    pub(super) person: Person,
    pub(super) id: CommandId,
    pub(super) command: Command,
    at: Timestamp,
}

impl Words {
    pub(super) fn new(settings: &Terms) -> Self {
        Self {
            lists: settings.lists(),
            asked: SortedMap::new(),
            calls: Vec::new(),
        }
    }

    /// What the customer reads for a resolution of the space (F57).
    pub(super) fn resolved(&self, resolution: &Label) -> Result<Option<Title>, Refusal> {
        let known = self.lists.resolution(resolution);
        let known = known.filter(|known| known.is_chosen());
        let known = known.ok_or(Refusal::ResolutionUnknown)?;
        let is_told = resolution.as_str() == resolution::RESOLVED;
        Ok(known.own_name().filter(|_| is_told).cloned())
    }

    /// What gives a reason, if one is given.
    pub(super) fn given(&self, reason: Option<Label>) -> Result<Option<Event>, Refusal> {
        let Some(reason) = reason else {
            return Ok(None);
        };
        let known = self.lists.reason(&reason).ok_or(Refusal::ReasonUnknown)?;
        let name = known.name.clone();
        Ok(Some(Event::ReasonGiven { reason, name }))
    }

    /// The first word of a command that is in no list here.
    pub(super) fn missing(&self, command: &Command) -> Option<Word> {
        let (resolution, reason) = match command {
            Command::Resolve { resolution, reason } => (Some(resolution), reason.as_ref()),
            Command::Abandon { reason, .. } => (None, reason.as_ref()),
            Command::Post { .. }
            | Command::Note { .. }
            | Command::Change { .. }
            | Command::End
            | Command::Rate(_)
            | Command::MailTranscript { .. }
            | Command::CreateTicket { .. }
            | Command::SendFile(_) => (None, None),
        };
        let resolution = resolution.filter(|id| self.lists.resolution(id).is_none());
        let reason = reason.filter(|id| self.lists.reason(id).is_none());
        let resolution = resolution.cloned().map(Word::Resolution);
        resolution.or_else(|| reason.cloned().map(Word::Reason))
    }
}

impl Born {
    /// The space has answered a report (WD1, WD2).
    pub(super) fn learn(&mut self, turn: &mut Turn, lists: Option<Lists>) {
        let asked = self.words.asked.values_mut();
        for answered_at in asked.filter(|answered_at| answered_at.is_none()) {
            *answered_at = Some(turn.now);
        }
        if let Some(lists) = lists.filter(|lists| lists.number > self.words.lists.number) {
            turn.effects.push(Effect::Save(Row::Lists(lists.clone())));
            self.words.lists = lists;
        }
        for call in core::mem::take(&mut self.words.calls) {
            if turn.now < call.at + PATIENCE {
                self.asked(turn, call.person, call.id, call.command);
            }
        }
    }

    /// True when a command was refused for a word that the space may know by now (WD2): it is asked.
    pub(super) fn asks_for_word(
        &mut self,
        turn: &mut Turn,
        word: Option<Word>,
        refusal: &Refusal,
    ) -> bool {
        let is_of_word = matches!(refusal, Refusal::ResolutionUnknown | Refusal::ReasonUnknown);
        let Some(word) = word.filter(|_| is_of_word) else {
            return false;
        };
        let asked = &mut self.words.asked;
        asked.retain(|_, answered_at| answered_at.is_none_or(|at| turn.now < at + FRESH));
        let is_answered = asked.get(&word).is_some_and(Option::is_some);
        if is_answered || asked.len() >= ASKED_MAX && !asked.contains_key(&word) {
            return false;
        }
        asked.insert(word, None);
        turn.effects.push(Effect::Report(self.describe(turn.now)));
        true
    }

    /// A call waits for what the space says; `None` when too many do.
    pub(super) fn wait_for_word(
        &mut self,
        turn: &Turn,
        person: Person,
        id: CommandId,
        command: Command,
    ) -> Option<()> {
        let calls = &mut self.words.calls;
        calls.retain(|call| turn.now < call.at + PATIENCE);
        let call = Call {
            person,
            id,
            command,
            at: turn.now,
        };
        (calls.len() < ASKED_MAX).then(|| calls.push(call))
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::super::testing::*;
    use super::super::{Command, Input, Seq};
    use super::*;
    use crate::settings::{Change, Reason, Resolution, Settings};

    fn title(title: &str) -> Title {
        Title::parse(title).unwrap()
    }

    fn newer() -> Lists {
        let mut lists = birth().settings.lists();
        lists.number = 1;
        lists.resolutions[0].name = title("Sorted out");
        let refund = Resolution::new(label("refund"), title("Refund"));
        lists.resolutions.push(refund);
        lists
    }

    fn resolve_as(resolution: &str) -> Command {
        Command::Resolve {
            resolution: label(resolution),
            reason: None,
        }
    }

    fn told(desk: &mut Desk, at: u64, lists: Option<Lists>) {
        let revision = Seq(0);
        let told = Input::Reported {
            revision,
            place: None,
            lists,
            open: None,
        };
        desk.at(s(at), told);
    }

    #[test]
    fn wd2_an_unknown_word_is_asked_of_the_space_before_it_is_refused() {
        let mut desk = Desk::active();
        desk.wake(s(9));
        let held = desk.at(s(9), send(JACK, 1, 1, resolve_as("refund")));
        assert_eq!(words(&held)[..2], ["report 4", "keep 2"]);
        assert!(words(&held).contains(&"hold 1 for 500 to [2]".into()));
        told(&mut desk, 9, Some(newer()));
        desk.wake(s(10));
        let done = desk.at(s(10), send(JACK, 1, 1, resolve_as("refund")));
        assert_eq!(saved_kinds(&done), ["ended", "closed"], "over a wake, too");
        assert_eq!(desk.machine.born().describe(s(10)).lists, 1);
    }

    #[test]
    fn wd2_what_the_space_does_not_know_either_is_refused_for_good() {
        let mut desk = Desk::active();
        for n in 1..=2 {
            let at = 10 * u64::from(n);
            for _ in 0..2 {
                // The second time the space has not answered yet.
                let held = desk.at(s(at), send(JACK, n, n as u8, resolve_as("magic")));
                let hold = alloc::format!("hold {n} for 500 to [2]");
                assert!(words(&held).contains(&hold));
            }
            told(&mut desk, at, None);
            let refused = desk.at(s(at), send(JACK, n, n as u8, resolve_as("magic")));
            assert!(words(&refused).contains(&"refused resolution_unknown to [2]".into()));
        }
        // What it said holds for whoever gives the word next, and for a while.
        let other = desk.at(s(24), send(MIA, 1, 9, resolve_as("magic")));
        assert!(!has_asked(&other), "{:?}", words(&other));
        let later = desk.at(s(25), send(JACK, 3, 3, resolve_as("magic")));
        assert!(has_asked(&later), "{:?}", words(&later));
    }

    #[test]
    fn wd2_a_call_waits_for_the_space_and_is_answered_once() {
        let ask = |id: u8, word: &str| Input::Asked {
            person: person(JACK),
            id: command_id(id),
            command: resolve_as(word),
        };
        let mut desk = Desk::active();
        assert_eq!(words(&desk.at(s(1), ask(1, "magic"))), ["report 4"]);
        assert_eq!(words(&desk.at(s(1), ask(2, "refund"))), ["report 4"]);
        let lists = Some(newer());
        let news = Input::Reported {
            revision: Seq(0),
            place: None,
            lists,
            open: None,
        };
        let effects = desk.at(s(2), news.clone());
        assert_eq!(saved_kinds(&effects), ["ended", "closed"]);
        let replies: alloc::vec::Vec<_> = words(&effects)
            .into_iter()
            .filter(|word| word.starts_with("replied"))
            .collect();
        assert_eq!(replies, ["replied resolution_unknown", "replied done"]);
        assert_eq!(words(&desk.at(s(3), news)), [] as [&str; 0]);
        // Nobody waits for ever: what the space says later finds nobody.
        let mut desk = Desk::active();
        desk.at(s(1), ask(1, "refund"));
        told(&mut desk, 11, Some(newer()));
        assert_eq!(desk.stage(), "active");
    }

    #[test]
    fn wd4_f103_what_the_product_writes_itself_is_chosen_by_nobody() {
        for word in ["abandoned", "not_answered"] {
            for mut desk in [Desk::active(), Desk::wrapping_up()] {
                let n = desk.machine.born().sockets[&JACK].expected.unwrap();
                let refused = desk.at(s(1), send(JACK, n, 1, resolve_as(word)));
                let refused = words(&refused);
                assert_eq!(refused[..], ["refused resolution_unknown to [2]"], "{word}");
            }
        }
        let lists = birth().settings.lists();
        let chosen = lists.resolutions.iter().filter(|known| known.is_chosen());
        let chosen: alloc::vec::Vec<_> = chosen.map(|known| known.id.as_str()).collect();
        assert_eq!(chosen, ["resolved", "not_resolved"]);
    }

    #[test]
    fn wd3_a_word_that_was_deleted_is_taken_until_the_conversation_hears_of_it() {
        let deleted = || {
            let mut lists = birth().settings.lists();
            lists.number = 2;
            Some(lists)
        };
        let mut desk = Desk::active();
        told(&mut desk, 1, Some(newer()));
        let mut late = desk.clone();
        let effects = desk.at(s(2), send(JACK, 1, 1, resolve_as("refund")));
        assert_eq!(saved_kinds(&effects), ["ended", "closed"]);
        told(&mut late, 2, deleted());
        late.at(s(2), send(JACK, 1, 1, resolve_as("refund")));
        told(&mut late, 2, None);
        let refused = late.at(s(2), send(JACK, 1, 1, resolve_as("refund")));
        assert!(words(&refused).contains(&"refused resolution_unknown to [2]".into()));
    }

    #[test]
    fn wd1_older_lists_change_nothing() {
        let mut desk = Desk::active();
        told(&mut desk, 1, Some(newer()));
        let older = birth().settings.lists();
        told(&mut desk, 2, Some(older));
        assert_eq!(desk.machine.born().words.lists, newer());
    }

    #[test]
    fn f57_the_customer_reads_what_the_space_calls_resolved_and_no_other_name() {
        for (resolution, expected) in [("resolved", Some("Sorted out")), ("refund", None)] {
            let mut desk = Desk::active();
            told(&mut desk, 1, Some(newer()));
            desk.at(s(2), send(JACK, 1, 1, resolve_as(resolution)));
            let log = desk.log(crate::rights::Side::Customer);
            let Event::Closed { name, .. } = &log.last().unwrap().event else {
                panic!("closed")
            };
            assert_eq!(name.as_ref().map(Title::as_str), expected, "{resolution}");
        }
    }

    #[test]
    fn d12_a_reason_is_given_to_agents_alone_and_told_to_the_space() {
        let mut desk = Desk::with_reasons();
        let with = |reason: &str| Command::Resolve {
            resolution: label("resolved"),
            reason: Some(label(reason)),
        };
        desk.at(s(1), send(JACK, 1, 1, with("magic")));
        told(&mut desk, 1, None);
        let unknown = desk.at(s(1), send(JACK, 1, 1, with("magic")));
        assert!(words(&unknown).contains(&"refused reason_unknown to [2]".into()));
        let effects = desk.at(s(1), send(JACK, 2, 2, with("left")));
        assert_eq!(saved_kinds(&effects), ["reason_given", "ended", "closed"]);
        let customer = desk.log(crate::rights::Side::Customer);
        assert!(
            customer
                .iter()
                .all(|entry| entry.event.kind() != "reason_given")
        );
        let standing = desk.machine.born().describe(s(2)).standing;
        let is_told = matches!(standing, super::super::Standing::Closed { reason: Some(reason), .. } if reason == label("left"));
        assert!(is_told);
    }

    #[test]
    fn s6_s7_lists_are_changed_whole_with_unique_ids_and_names() {
        let settings = Settings::new(name("Demo"));
        let change = |resolutions: &[Resolution]| {
            let resolutions = Some(resolutions.to_vec());
            let change = Change {
                resolutions,
                ..Change::default()
            };
            settings.changed(change)
        };
        let entry = |id: &str, name: &str| Resolution::new(label(id), title(name));
        let mut all = settings.resolutions.clone();
        assert_eq!(change(&all).unwrap(), settings);
        all.push(entry("refund", "RESOLVED"));
        let refused = change(&all).unwrap_err().to_string();
        assert_eq!(refused, "resolutions[4].name is there already");
        all[4] = entry("resolved", "Refund");
        let refused = change(&all).unwrap_err().to_string();
        assert_eq!(refused, "resolutions[4].id is there already");
        all[4] = entry("refund", "Refund");
        let changed = change(&all).unwrap();
        assert_eq!((changed.version, changed.lists), (1, 1));
        all.remove(2);
        let resolution = label("abandoned");
        assert_eq!(change(&all), Err(Refusal::ResolutionBuiltIn { resolution }));
        let reasons = (0..51).map(|n| Reason {
            id: label(&alloc::format!("r{n}")),
            name: title(&alloc::format!("Reason {n}")),
        });
        let change = Change {
            reasons: Some(reasons.collect()),
            ..Change::default()
        };
        let refused = settings.changed(change).unwrap_err().to_string();
        assert_eq!(refused, "reasons has at most 50");
    }
}
