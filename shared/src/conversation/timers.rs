//! Everything that happens by time alone. Every deadline is derived from the state (PROTOCOL.md §8).
//!
//! - **F51** A customer who waits longer than the space allows gets the fallback message, and the
//!   conversation closes. The wait runs in Waiting from each entry into it.
//! - **F97** Silence of both sides brings a warning, then the end. Only in Active; messages of
//!   the system and notes do not count. The second span runs from the warning that people saw,
//!   so nobody is cut off unwarned because an alarm was late.
//! - **F98** A conversation has a greatest age, however lively: Waiting closes, Active wraps up.
//! - Nothing is timed in Wrapping up and Closed, reports and sockets aside.

use super::born::Born;
use super::turn::Turn;
use super::{Author, EndCause, Event, Stage};
use crate::settings::resolution;
use crate::text::{Label, MessageText};
use crate::time::Timestamp;

/// What customers read when nobody accepted in time and the space has set no text of its own.
const FALLBACK: &str = "Sorry, nobody could answer in time. Please try again later.";

/// What falls due in the life of a conversation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Due {
    WaitOver,
    Warning,
    IdleEnd,
    Age,
}

impl Born {
    /// Settles whatever fell due, and sends it: what comes after is judged by the new state.
    pub(super) fn settle(&mut self, turn: &mut Turn) {
        while let Some((at, due)) = self.due()
            && at <= turn.now
        {
            self.fall_due(turn, due);
        }
        self.settle_sockets(turn);
        self.push(turn);
    }

    /// When time alone changes something next.
    pub(super) fn next_deadline(&self) -> Option<Timestamp> {
        [
            self.due().map(|(at, _)| at),
            self.socket_deadline(),
            self.report_deadline(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn due(&self) -> Option<(Timestamp, Due)> {
        let settings = &self.birth.settings;
        let age = (self.lifecycle.opened_at + settings.max(), Due::Age);
        let other = match &self.lifecycle.stage {
            Stage::Waiting { since } => (*since + settings.wait(), Due::WaitOver),
            Stage::Active {
                since, warned_at, ..
            } => match warned_at {
                Some(warned_at) => (*warned_at + settings.idle_end(), Due::IdleEnd),
                None => {
                    let quiet_since = self.lifecycle.last_message_at.max(*since);
                    (quiet_since + settings.idle(), Due::Warning)
                }
            },
            Stage::WrappingUp { .. } | Stage::Closed { .. } => return None,
        };
        Some(if age.0 < other.0 { age } else { other })
    }

    fn fall_due(&mut self, turn: &mut Turn, due: Due) {
        let is_waiting = matches!(self.lifecycle.stage, Stage::Waiting { .. });
        match due {
            Due::WaitOver => {
                let own = self.birth.settings.fallback_text.clone();
                if let Some(text) = own.or_else(|| MessageText::parse(FALLBACK).ok()) {
                    self.append(turn, Author::System, None, Event::MessagePosted { text });
                }
                let closed = not_answered(EndCause::NotAnswered);
                self.append(turn, Author::System, None, closed);
            }
            Due::Age if is_waiting => {
                self.append(turn, Author::System, None, not_answered(EndCause::Age));
            }
            Due::Age => self.append_end(turn, EndCause::Age),
            Due::Warning => self.append(turn, Author::System, None, Event::IdleWarned),
            Due::IdleEnd => self.append_end(turn, EndCause::Idle),
        }
    }

    fn append_end(&mut self, turn: &mut Turn, cause: EndCause) {
        self.append(turn, Author::System, None, Event::Ended { cause });
    }
}

/// Closed before anybody held it.
pub(super) fn not_answered(cause: EndCause) -> Event {
    Event::Closed {
        resolution: Label::built_in(resolution::NOT_ANSWERED),
        cause: Some(cause),
    }
}
