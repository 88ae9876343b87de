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

    const fn pause(&self) -> Duration {
        match self.tries {
            0 | 1 => RETRY[0],
            2 => RETRY[1],
            _ => RETRY[2],
        }
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
            } => Standing::Closed { cause, resolution },
        };
        Report {
            conversation: self.birth.conversation,
            revision: self.reporting.revision,
            standing,
            fence: self.lifecycle.fence,
            visitor: self.birth.visitor,
            name: self.lifecycle.name.clone(),
            first_words: self.first_words.clone(),
            queue: self.lifecycle.queue.clone(),
            source: self.birth.source,
            age_ms: time::millis(now.since(self.lifecycle.opened_at)),
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
        self.reporting.due_at = turn.now + self.reporting.pause();
        let report = self.describe(turn.now);
        turn.effects.push(Effect::Report(report));
    }

    pub(super) fn report_deadline(&self) -> Option<Timestamp> {
        self.reporting.is_owed().then_some(self.reporting.due_at)
    }

    /// The space has stored the report of that revision.
    pub(super) fn reported(&mut self, turn: &mut Turn, revision: Seq) {
        let revision = revision.min(self.reporting.revision);
        if revision > self.reporting.confirmed {
            self.reporting.confirmed = revision;
            turn.effects.push(Effect::Save(Row::Reported { revision }));
        }
    }
}
