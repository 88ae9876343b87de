//! Invariants that the machine asks of itself, cheaply, after every turn.
//!
//! - **M2** Both counts of the log are dense. **M3** `at` never goes back.
//! - **M9** Cursors never decrease and never exceed the head.
//! - **A1** Every accepted assignment carries a fence greater than all before it.
//! - **A2** An agent's message, or a change of one, stands only in an Active conversation.
//! - **M8** What concerns a note is internal, and what concerns a message is not (`changes`).
//! - **A9** The stage moves only along its arrows; Closed is final; erasing (ER1), rating (AF3),
//!   mailing (AF6) and what becomes of a check (FI7) leave the stage.

use alloc::format;
use alloc::string::String;

use super::born::Born;
use super::{Author, Cursor, Entry, Event, Fence, Lifecycle, Seq, Stage};
use crate::time::Timestamp;

/// A promise that the machine finds broken in itself: the caller throws it away, reads the disk
/// again and closes the sockets with [`crate::frame::CloseCode::Broken`].
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{rule} is broken: {what}")]
pub struct Broken {
    /// Id of the invariant (PROTOCOL.md §11).
    pub rule: &'static str,
    /// The values at hand.
    pub what: String,
}

/// What an append is judged against: the state before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    stage: Phase,
    fence: Fence,
    last_at: Timestamp,
}

/// A stage without its fields.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Phase {
    Waiting,
    Active,
    WrappingUp,
    Closed,
}

impl Phase {
    const fn of(stage: &Stage) -> Self {
        match stage {
            Stage::Waiting { .. } => Self::Waiting,
            Stage::Active { .. } => Self::Active,
            Stage::WrappingUp { .. } => Self::WrappingUp,
            Stage::Closed { .. } => Self::Closed,
        }
    }

    /// The arrows of A9. Staying is moving to itself: a new assignee, a new wait.
    const fn may_become(self, after: Self) -> bool {
        match (self, after) {
            (Self::Waiting, Self::Waiting | Self::Active | Self::Closed)
            | (Self::Active, Self::Waiting | Self::Active | Self::WrappingUp)
            | (Self::WrappingUp, Self::WrappingUp | Self::Closed) => true,
            (Self::Waiting, Self::WrappingUp)
            | (Self::Active, Self::Closed)
            | (Self::WrappingUp, Self::Waiting | Self::Active)
            | (Self::Closed, _) => false,
        }
    }
}

impl Before {
    pub(super) const fn of(lifecycle: &Lifecycle, last_at: Timestamp) -> Self {
        Self {
            stage: Phase::of(&lifecycle.stage),
            fence: lifecycle.fence,
            last_at,
        }
    }

    /// Judges an append by what it made of the state.
    pub(super) fn judge(self, after: &Lifecycle, entry: &Entry) -> Option<Broken> {
        let broken = |rule, what| Some(Broken { rule, what });
        if entry.at < self.last_at {
            let what = format!("{} comes after {}", entry.at, self.last_at);
            return broken("M3", what);
        }
        let is_assignment = matches!(
            entry.event,
            Event::AgentAssigned { .. } | Event::AgentUnassigned { .. }
        );
        if is_assignment && after.fence <= self.fence {
            let what = format!("fence {} after fence {}", after.fence.0, self.fence.0);
            return broken("A1", what);
        }
        if let (
            Event::MessagePosted { .. } | Event::MessageChanged { note: false, .. },
            Author::Agent { agent, .. },
        ) = (&entry.event, &entry.author)
            && self.stage != Phase::Active
        {
            return broken("A2", format!("{agent} wrote while {:?}", self.stage));
        }
        let stage = Phase::of(&after.stage);
        let leaves = matches!(
            entry.event,
            Event::Erased
                | Event::Rated(_)
                | Event::TranscriptMailed { .. }
                | Event::FileChecked { .. }
        );
        let is_final = leaves && self.stage == stage;
        if !is_final && !self.stage.may_become(stage) {
            let kind = entry.event.kind();
            let what = format!("{:?} became {stage:?} by {kind}", self.stage);
            return broken("A9", what);
        }
        None
    }
}

impl Born {
    /// Judges the whole state.
    pub(super) fn check(&self, now: Timestamp) -> Result<(), Broken> {
        if let Some(broken) = &self.broken {
            return Err(broken.clone());
        }
        let ensure = |holds: bool, rule, what: fn(&Self) -> String| {
            if holds {
                Ok(())
            } else {
                Err(Broken {
                    rule,
                    what: what(self),
                })
            }
        };
        let log = &self.log;
        let counted = log.public.0.saturating_add(log.internal.len() as u64);
        ensure(counted == log.head.0, "M2", |born| {
            let (head, public) = (born.log.head, born.log.public);
            let internal = born.log.internal.len();
            format!("head {head} is not {public} public and {internal} internal entries")
        })?;
        ensure(log.last_at <= now, "M3", |born| {
            format!(
                "the last entry is of {}, ahead of the clock",
                born.log.last_at
            )
        })?;
        let (seen, stored) = (&self.progress, &self.stored_progress);
        let is_sound = within(seen.customer, log.public)
            && within(seen.agent, log.head)
            && reaches(seen.customer, stored.customer)
            && reaches(seen.agent, stored.agent);
        ensure(is_sound, "M9", |born| {
            let (progress, stored) = (&born.progress, &born.stored_progress);
            format!("cursors {progress:?}, stored {stored:?}")
        })?;
        let is_in_window = self.sockets.values().all(|socket| {
            socket.sent <= log.head_for(socket.seat.person.side()) && socket.acked <= socket.sent
        });
        ensure(is_in_window, "M4", |born| {
            format!(
                "a socket was sent more than the log holds: {:?}",
                born.sockets
            )
        })
    }
}

fn within(cursor: Cursor, head: Seq) -> bool {
    cursor.read <= cursor.delivered && cursor.delivered <= head
}

fn reaches(cursor: Cursor, earlier: Cursor) -> bool {
    cursor.read >= earlier.read && cursor.delivered >= earlier.delivered
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::super::turn::Turn;
    use super::super::{Cursor, EndCause};
    use super::*;
    use crate::frame::SocketId;

    fn broken_by(desk: Desk, author: Author, event: Event) -> Option<&'static str> {
        let mut born = desk.machine.born().clone();
        born.append(&mut Turn::at(s(1)), author, None, event);
        born.check(s(1)).err().map(|broken| broken.rule)
    }

    #[test]
    fn a1_a2_a9_a_wrong_append_is_found() {
        let system = || Author::System;
        let jack = || Author::Agent {
            agent: agent_id(JACK),
            name: name("Jack"),
        };
        let assigned = |fence| Event::AgentAssigned {
            agent: agent_id(JACK),
            name: name("Jack"),
            fence: Fence(fence),
            queue: None,
            taken: false,
        };
        let closed = || Event::Closed {
            resolution: label("resolved"),
            cause: None,
            name: None,
        };
        let ended = || Event::Ended {
            cause: EndCause::Idle,
        };
        let posted = || posted("Hi");
        let cases = [
            (
                "a fence again",
                Desk::active(),
                system(),
                assigned(1),
                Some("A1"),
            ),
            ("a new fence", Desk::active(), system(), assigned(2), None),
            (
                "closed at once",
                Desk::active(),
                system(),
                closed(),
                Some("A9"),
            ),
            ("ended", Desk::active(), system(), ended(), None),
            (
                "back to talk",
                Desk::wrapping_up(),
                system(),
                assigned(2),
                Some("A9"),
            ),
            (
                "after the end",
                Desk::closed(),
                system(),
                Event::AgentRequested,
                Some("A9"),
            ),
            (
                "a note after the end",
                Desk::closed(),
                jack(),
                posted(),
                Some("A2"),
            ),
            (
                "an agent too early",
                Desk::open(),
                jack(),
                posted(),
                Some("A2"),
            ),
            ("an agent in time", Desk::active(), jack(), posted(), None),
        ];
        for (case, desk, author, event, rule) in cases {
            assert_eq!(broken_by(desk, author, event), rule, "{case}");
        }
    }

    #[test]
    fn m2_m3_m4_m9_a_wrong_state_is_found() {
        type Harm = fn(&mut Born);
        let harms: [(&str, Harm); 5] = [
            ("M2", |born| born.log.head = born.log.head.next()),
            ("M3", |born| born.log.last_at = s(99)),
            ("M9", |born| born.progress.customer.delivered = Seq(99)),
            ("M9", |born| {
                born.stored_progress.agent = Cursor {
                    delivered: Seq(1),
                    read: Seq(1),
                };
            }),
            ("M4", |born| {
                let socket: &SocketId = &CUSTOMER;
                born.sockets.get_mut(socket).unwrap().sent = Seq(99);
            }),
        ];
        for (rule, harm) in harms {
            let mut born = Desk::active().machine.born().clone();
            assert_eq!(born.check(s(1)), Ok(()));
            harm(&mut born);
            assert_eq!(born.check(s(1)).unwrap_err().rule, rule);
        }
    }
}
