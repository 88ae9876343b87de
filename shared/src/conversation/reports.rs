//! What the space is told, until it has confirmed it.
//!
//! - **N2** The log itself is the outbox: a report is owed while its revision, the place of the
//!   entry that last changed it, is greater than the one that the space has confirmed.
//! - A report goes out in the turn of its cause and again after 5 s, 10 s, then every 15 s
//!   (PROTOCOL.md §7). After a wake it is due at once.

use core::time::Duration;

use super::born::Born;
use super::turn::Turn;
use super::{Effect, Report, Row, Seq, Stage, Standing};
use crate::mutant::{self, Mutant};
use crate::time::{self, Timestamp};

/// Pauses between two reports of the same revision; the last one stays.
const RETRY: [Duration; 3] = [
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(15),
];

/// How far the space has been told.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Reporting {
    /// Place of the entry that last changed what is reported.
    pub(super) revision: Seq,
    /// What the space has confirmed.
    pub(super) confirmed: Seq,
    due_at: Timestamp,
    tries: u32,
    /// The last report of all (ER4): when the next one is due, and how many there were.
    farewell: (Timestamp, u32),
    /// True once the space has confirmed that.
    pub(super) is_over: bool,
}

impl Reporting {
    /// The entry at `revision` changed what is reported: a new report is due.
    pub(super) const fn revise(&mut self, revision: Seq, now: Timestamp) {
        self.revision = revision;
        self.due_at = now;
        self.tries = 0;
    }

    fn is_owed(&self) -> bool {
        self.revision > self.confirmed
            && !(mutant::is(Mutant::ReleaseOutsideOutbox) && self.tries > 0)
    }
}

/// How long to wait for the answer to that try, from 1.
pub(super) const fn pause(tries: u32) -> Duration {
    match tries {
        0 | 1 => RETRY[0],
        2 => RETRY[1],
        _ => RETRY[2],
    }
}

impl Born {
    /// What the conversation looks like (N1).
    pub(super) fn describe(&self, now: Timestamp) -> Report {
        let standing = match self.lifecycle.stage.clone() {
            Stage::Waiting { .. } => Standing::Waiting,
            Stage::Active { assignee, .. } => Standing::Active { assignee },
            Stage::WrappingUp {
                assignee, cause, ..
            } => Standing::WrappingUp { assignee, cause },
            Stage::Closed {
                cause, resolution, ..
            } => Standing::Closed {
                cause,
                resolution,
                reason: self.reason.clone(),
            },
        };
        let waits_ms = match self.lifecycle.stage {
            Stage::Waiting { since } => Some(time::millis(now.since(since))),
            Stage::Active { .. } | Stage::WrappingUp { .. } | Stage::Closed { .. } => None,
        };
        Report {
            conversation: self.birth.conversation,
            revision: self.reporting.revision,
            standing,
            fence: self.lifecycle.fence,
            visitor: self.customer.visitor,
            name: self.customer.name(&self.birth),
            first_words: self.first_words.clone(),
            queue: self.lifecycle.queue.clone(),
            skills: self.birth.skills.clone(),
            source: self.birth.source,
            company: self.customer.company(&self.birth),
            email: self.customer.email(&self.birth),
            verified: self.customer.identity.is_some(),
            needs_verified: self.lifecycle.needs_verified,
            ticket: self.ticket.clone(),
            rating: self.rated.rating.clone(),
            answered_by: self.answered_by.clone(),
            lists: self.words.lists.number,
            erased: self.is_erased,
            age_ms: time::millis(now.since(self.lifecycle.opened_at)),
            waits_ms,
        }
    }

    pub(super) fn report_when_due(&mut self, turn: &mut Turn) {
        if self
            .report_deadline()
            .is_none_or(|due_at| turn.now < due_at)
        {
            return;
        }
        self.reporting.tries = self.reporting.tries.saturating_add(1);
        self.reporting.due_at = turn.now + pause(self.reporting.tries);
        let report = self.describe(turn.now);
        turn.effects.push(Effect::Report(report));
    }

    /// Says that its time is over, until the space has confirmed that (ER4).
    pub(super) fn say_farewell(&mut self, turn: &mut Turn) {
        let due_at = self.farewell_deadline();
        if due_at.is_none_or(|due_at| turn.now < due_at) {
            return;
        }
        let tries = self.reporting.farewell.1.saturating_add(1);
        self.reporting.farewell = (turn.now + pause(tries), tries);
        turn.effects.push(Effect::Report(Report {
            revision: self.reporting.revision.next(),
            erased: true,
            ..self.describe(turn.now)
        }));
    }

    pub(super) fn farewell_deadline(&self) -> Option<Timestamp> {
        let (due_at, _) = self.reporting.farewell;
        self.kept_until().map(|until| until.max(due_at))
    }

    pub(super) fn report_deadline(&self) -> Option<Timestamp> {
        self.reporting.is_owed().then_some(self.reporting.due_at)
    }

    /// The space has stored the report of that revision.
    pub(super) fn reported(&mut self, turn: &mut Turn, revision: Seq) {
        self.reporting.is_over |=
            self.reporting.farewell.1 > 0 && revision > self.reporting.revision;
        let revision = revision.min(self.reporting.revision);
        if revision > self.reporting.confirmed {
            self.reporting.confirmed = revision;
            turn.effects.push(Effect::Save(Row::Reported { revision }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Input;
    use super::super::testing::*;

    #[test]
    fn n2_a_report_is_owed_until_it_is_confirmed() {
        let mut desk = Desk::default();
        assert_eq!(words(&desk.at(s(0), begin())).last().unwrap(), "report 3");
        // 5 s, 10 s, 15 s, 15 s …
        for at in [5, 15, 30, 45, 60] {
            assert_eq!(desk.machine.next_deadline(), Some(s(at)));
            let early = desk.at(s(at) - core::time::Duration::from_millis(1), Input::Tick);
            assert!(early.is_empty());
            assert_eq!(words(&desk.at(s(at), Input::Tick)), ["report 3"]);
        }
        let revision = super::Seq(3);
        let stored = desk.at(s(61), confirmed(revision));
        assert_eq!(words(&stored), ["save reported 3"]);
        assert!(desk.at(s(62), confirmed(revision)).is_empty());
        assert_eq!(desk.machine.next_deadline(), Some(s(1_200)));
    }

    #[test]
    fn n1_only_the_newest_revision_counts() {
        let mut desk = Desk::open();
        desk.at(s(1), assign(1, Some(JACK)));
        // The confirmation of the first report comes late: the second is still owed.
        let revision = super::Seq(3);
        assert!(desk.at(s(2), confirmed(revision)).is_empty());
        assert_eq!(words(&desk.at(s(6), Input::Tick)), ["report 4"]);
        // A confirmation of what was never told confirms what was told.
        let revision = super::Seq(99);
        let stored = desk.at(s(7), confirmed(revision));
        assert_eq!(words(&stored), ["save reported 4"]);
    }

    #[test]
    fn n2_what_was_owed_is_owed_after_a_wake() {
        let mut desk = Desk::active();
        desk.at(s(1), assign(2, Some(MIA)));
        desk.wake(s(2));
        assert!(desk.machine.next_deadline().is_some_and(|at| at <= s(2)));
        assert_eq!(words(&desk.at(s(2), Input::Tick)), ["report 5"]);
        desk.confirm(s(3));
        desk.wake(s(4));
        assert!(desk.at(s(4), Input::Tick).is_empty());
    }

    #[test]
    fn talk_is_not_reported() {
        let mut desk = Desk::active();
        let talk = desk.at(s(1), send(CUSTOMER, 1, 1, post("Hello")));
        assert!(!words(&talk).iter().any(|word| word.starts_with("report")));
    }
}
