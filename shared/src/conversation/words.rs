//! The words that a conversation may end with: resolutions and reasons of its space (D12).
//!
//! - **WD1** A conversation judges by the newest lists that it knows: those of its birth, or those
//!   that came with the confirmation of a report since. Each report says which ones it knows, so
//!   an assignment, which is reported, brings the newest ones along.
//! - **WD2** A word that it does not know is not refused before the space was asked: the command is
//!   held, a report goes out, and its confirmation brings the lists if there are newer ones. When
//!   the command comes again after that and the word is still unknown, it is refused.
//! - **WD3** A word that was deleted since is taken as long as the conversation knows it: who chose
//!   it saw it a moment ago, and the entry carries it.

use alloc::collections::BTreeMap;

use super::born::Born;
use super::turn::Turn;
use super::{Effect, Event, Row};
use crate::id::CommandId;
use crate::refusal::Refusal;
use crate::settings::{Lists, Settings, resolution};
use crate::text::{Label, Title};

/// Most commands for which the space is asked at a time: more than people who could give them.
const ASKED_MAX: usize = 100;
/// When a command with an unknown word comes again: 500 ms, a few round trips to the space.
pub(super) const ASK_AGAIN_MS: u32 = 500;

/// What a conversation knows of its space's words.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Words {
    pub(super) lists: Lists,
    /// Commands that wait for the space, and whether it has answered since.
    asked: BTreeMap<CommandId, bool>,
}

impl Words {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            lists: settings.lists(),
            asked: BTreeMap::new(),
        }
    }

    /// What the customer reads for a resolution of the space (F57).
    pub(super) fn resolved(&self, resolution: &Label) -> Result<Option<Title>, Refusal> {
        let known = self.lists.resolution(resolution);
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
}

impl Born {
    /// The space has answered a report (WD1).
    pub(super) fn learn(&mut self, turn: &mut Turn, lists: Option<Lists>) {
        for is_answered in self.words.asked.values_mut() {
            *is_answered = true;
        }
        if let Some(lists) = lists.filter(|lists| lists.number > self.words.lists.number) {
            turn.effects.push(Effect::Save(Row::Lists(lists.clone())));
            self.words.lists = lists;
        }
    }

    /// True when a command was refused for a word that the space may know by now (WD2): the space
    /// is asked, and the command comes again.
    pub(super) fn asks_for_words(
        &mut self,
        turn: &mut Turn,
        id: CommandId,
        refusal: &Refusal,
    ) -> bool {
        if !matches!(refusal, Refusal::ResolutionUnknown | Refusal::ReasonUnknown) {
            return false;
        }
        let is_answered = self.words.asked.remove(&id).unwrap_or(false);
        if is_answered || self.words.asked.len() >= ASKED_MAX {
            return false;
        }
        self.words.asked.insert(id, false);
        turn.effects.push(Effect::Report(self.describe(turn.now)));
        true
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::super::testing::*;
    use super::super::{Command, Input, Seq};
    use super::*;
    use crate::settings::{Change, Reason, Resolution};

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
            for _ in 0..2 {
                // The second time the space has not answered yet.
                let held = desk.at(s(9), send(JACK, n, n as u8, resolve_as("magic")));
                let hold = alloc::format!("hold {n} for 500 to [2]");
                assert!(words(&held).contains(&hold));
            }
            told(&mut desk, 9, None);
            let refused = desk.at(s(9), send(JACK, n, n as u8, resolve_as("magic")));
            assert!(words(&refused).contains(&"refused resolution_unknown to [2]".into()));
            assert!(desk.machine.born().words.asked.is_empty());
        }
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
        let settings = birth().settings;
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
