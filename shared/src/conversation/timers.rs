//! Everything that happens by time alone. Every deadline is derived from the state (PROTOCOL.md §8).
//!
//! - **F51** A customer who waits longer than the space allows gets the fallback message, and the
//!   conversation closes. The wait runs in Waiting from each entry into it, while the queue is
//!   open (WT1 of `wait`).
//! - **F97** Silence of both sides brings a warning, then the end. Only in Active; messages of
//!   the system and notes do not count. The second span runs from the warning that people saw,
//!   so nobody is cut off unwarned because an alarm was late.
//! - **F98** A conversation has a greatest age, however lively: Waiting closes, Active wraps up.
//! - **D2** Wrapping up has no limit; its agent is reminded once.
//! - Nothing is timed in Closed, reports, sockets, checks of files (FI7) and how long it is kept (ER4) aside.

use super::born::Born;
use super::turn::Turn;
use super::{Author, EndCause, Event, Stage};
use crate::settings::resolution;
use crate::text::Label;
use crate::time::Timestamp;

/// What falls due in the life of a conversation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Due {
    /// Of the wait since then.
    Wait(Timestamp),
    Warning,
    IdleEnd,
    Age,
    Reminder,
}

impl Born {
    /// Settles whatever fell due, and sends it: what comes after is judged by the new state.
    pub(super) fn settle(&mut self, turn: &mut Turn) {
        while let Some((at, due)) = self.due()
            && at <= turn.now
        {
            self.fall_due(turn, due);
        }
        self.settle_checks(turn);
        self.settle_sockets(turn);
        self.push(turn);
    }

    /// When time alone changes something next.
    pub(super) fn next_deadline(&self) -> Option<Timestamp> {
        [
            self.due().map(|(at, _)| at),
            self.socket_deadline(),
            self.farewell_deadline(),
            self.check_deadline(),
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
            Stage::Waiting { since } => (self.wait_due(*since), Due::Wait(*since)),
            Stage::Active {
                since, warned_at, ..
            } => match warned_at {
                Some(warned_at) => (*warned_at + settings.idle_end(), Due::IdleEnd),
                None => {
                    let quiet_since = self.lifecycle.last_message_at.max(*since);
                    (quiet_since + settings.idle(), Due::Warning)
                }
            },
            Stage::WrappingUp { since, .. } if !self.is_reminded => {
                return Some((*since + settings.wrap_up(), Due::Reminder));
            }
            Stage::WrappingUp { .. } | Stage::Closed { .. } => return None,
        };
        Some(if age.0 < other.0 { age } else { other })
    }

    fn fall_due(&mut self, turn: &mut Turn, due: Due) {
        let is_waiting = matches!(self.lifecycle.stage, Stage::Waiting { .. });
        match due {
            Due::Wait(since) => self.ask_how_long(turn, since),
            Due::Age if is_waiting => {
                self.append(turn, Author::System, None, not_answered(EndCause::Age));
            }
            Due::Age => self.append_end(turn, EndCause::Age),
            Due::Reminder => self.append(turn, Author::System, None, Event::WrapUpReminded),
            Due::Warning => self.append(turn, Author::System, None, Event::IdleWarned),
            Due::IdleEnd => self.append_end(turn, EndCause::Idle),
        }
    }

    /// The space ends what the customer can still write in (R200 of `space`).
    pub(super) fn end(&mut self, turn: &mut Turn) {
        let cause = EndCause::Agent;
        match &self.lifecycle.stage {
            Stage::Waiting { .. } => {
                self.append(turn, Author::System, None, not_answered(cause));
            }
            Stage::Active { .. } => self.append_end(turn, cause),
            Stage::WrappingUp { .. } | Stage::Closed { .. } => (),
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
        name: None,
        cause: Some(cause),
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::super::testing::*;
    use super::super::wait::FALLBACK;
    use super::super::{Command, Input};
    use super::*;
    use crate::rights::Side;

    fn saved(effects: &[super::super::Effect]) -> Vec<alloc::string::String> {
        let words = words(effects).into_iter();
        words.filter(|word| word.starts_with("save")).collect()
    }

    #[test]
    fn f51_nobody_accepts_within_the_wait() {
        let mut desk = Desk::open();
        assert_eq!(desk.machine.next_deadline(), Some(s(1_200)));
        assert!(desk.at(ms(1_199_999), Input::Tick).is_empty());
        assert_eq!(words(&desk.at(s(1_200), Input::Tick)), ["report 3"], "WT1");
        let over = desk.at(s(1_200), was_open(1_200, 1_200, Some(0)));
        let expected = [
            "save message_posted",
            "save closed",
            "2 entries to [1]",
            "2 entries to [2, 3, 4]",
            "report 5",
        ];
        assert_eq!(words(&over), expected);
        let log = desk.log(Side::Customer);
        let text = log[log.len() - 2].event.text().unwrap();
        assert_eq!(text.as_str(), FALLBACK);
        let closed = log.last().unwrap();
        assert_eq!(closed.event, not_answered(EndCause::NotAnswered));
    }

    #[test]
    fn f51_the_space_may_set_the_fallback_message() {
        let mut birth = birth();
        birth.settings.fallback_text = Some(text("Write to us!"));
        let mut desk = Desk::with(Input::Begin {
            birth,
            id: command_id(0),
            text: text("Hi"),
        });
        desk.at(s(1_200), Input::Tick);
        desk.at(s(1_200), was_open(1_200, 1_200, Some(0)));
        let log = desk.log(Side::Customer);
        assert_eq!(log[log.len() - 2].event.text(), Some(&text("Write to us!")));
    }

    #[test]
    fn f51_a_late_alarm_changes_nothing() {
        // Whatever comes first asks the space; an agent who accepts before it has answered has it.
        let mut desk = Desk::open();
        let accepted = desk.at(s(1_200), assign(1, Some(JACK)));
        assert_eq!(words(&accepted)[0], "report 3");
        assert!(words(&accepted).contains(&"answer Some(Done)".into()));
        desk.at(s(1_201), was_open(1_200, 1_200, Some(0)));
        assert_eq!(desk.stage(), "active");
        let mut desk = Desk::open();
        let posted = desk.at(s(1_300), send(CUSTOMER, 1, 1, post("Hello?")));
        assert_eq!(words(&posted)[0], "report 3");
        desk.at(s(1_300), was_open(1_300, 1_300, Some(0)));
        let posted = desk.at(s(1_301), send(CUSTOMER, 2, 2, post("Hello?")));
        assert!(words(&posted).contains(&"refused closed to [1]".into()));
    }

    #[test]
    fn f51_the_wait_runs_from_each_entry_into_waiting() {
        let mut desk = Desk::active();
        desk.at(s(600), assign(2, None));
        assert_eq!(desk.machine.next_deadline(), Some(s(605)), "the report");
        desk.confirm(s(600));
        assert_eq!(desk.machine.next_deadline(), Some(s(1_800)));
    }

    #[test]
    fn f97_silence_is_warned_and_then_ends() {
        let mut desk = Desk::active();
        assert_eq!(desk.machine.next_deadline(), Some(s(1_200)));
        let warned = desk.at(s(1_200), Input::Tick);
        assert_eq!(saved(&warned), ["save idle_warned"]);
        assert_eq!(desk.machine.next_deadline(), Some(s(1_800)));
        assert!(desk.at(ms(1_799_999), Input::Tick).is_empty());
        let ended = desk.at(s(1_800), Input::Tick);
        assert_eq!(saved(&ended), ["save ended"]);
        assert_eq!(desk.stage(), "wrapping_up");
        desk.confirm(s(1_800));
        assert_eq!(desk.machine.next_deadline(), Some(s(2_400)), "D2");
    }

    #[test]
    fn f97_a_message_of_either_side_counts_and_a_note_does_not() {
        let cases = [
            ("the customer", CUSTOMER, post("here"), s(2_300)),
            ("the agent", JACK, post("here"), s(2_300)),
            ("a note", JACK, note("thinking"), s(1_200)),
        ];
        for (case, who, command, deadline) in cases {
            let mut desk = Desk::active();
            desk.at(s(1_100), send(who, 1, 1, command.clone()));
            assert_eq!(desk.machine.next_deadline(), Some(deadline), "{case}");
        }
        let mut desk = Desk::active();
        desk.at(s(1_200), Input::Tick);
        desk.at(s(1_500), send(CUSTOMER, 1, 1, post("here")));
        let deadline = desk.machine.next_deadline();
        assert_eq!(deadline, Some(s(2_700)), "a message after the warning");
    }

    #[test]
    fn f97_nobody_is_cut_off_unwarned_by_a_late_alarm() {
        let mut desk = Desk::active();
        let late = desk.at(s(5_000), Input::Tick);
        assert_eq!(saved(&late), ["save idle_warned"]);
        assert_eq!(desk.machine.next_deadline(), Some(s(5_600)));
    }

    #[test]
    fn f98_the_greatest_age_ends_even_the_liveliest() {
        let mut birth = birth();
        birth.settings.max_s = 100;
        let begin = Input::Begin {
            birth,
            id: command_id(0),
            text: text("Hi"),
        };
        let mut waiting = Desk::with(begin);
        let mut active = waiting.clone();
        active.at(s(1), assign(1, Some(JACK)));
        active.at(s(99), send(CUSTOMER, 1, 1, post("lively")));
        assert_eq!(saved(&waiting.at(s(100), Input::Tick)), ["save closed"]);
        assert_eq!(saved(&active.at(s(100), Input::Tick)), ["save ended"]);
        let cause = |desk: &Desk| match desk.machine.lifecycle().unwrap().stage {
            Stage::Closed { cause, .. } | Stage::WrappingUp { cause, .. } => cause,
            Stage::Waiting { .. } | Stage::Active { .. } => panic!("it goes on"),
        };
        assert_eq!(
            (cause(&waiting), cause(&active)),
            (EndCause::Age, EndCause::Age)
        );
    }

    #[test]
    fn nothing_is_timed_after_the_end_but_how_long_it_is_kept() {
        let mut desk = Desk::closed();
        assert_eq!(desk.machine.next_deadline(), Some(s(31_536_000)));
        assert!(desk.at(s(10_000_000), Input::Tick).is_empty());
    }

    #[test]
    fn d2_wrapping_up_is_reminded_of_once_and_has_no_limit() {
        let mut desk = Desk::wrapping_up();
        let due = desk.machine.next_deadline().unwrap();
        let reminded = desk.at(due, Input::Tick);
        let expected = ["save wrap_up_reminded (internal)", "1 entries to [2, 3, 4]"];
        assert_eq!(words(&reminded), expected, "agents alone");
        desk.wake(due);
        desk.confirm(due);
        assert_eq!(desk.machine.next_deadline(), None);
        let mut desk = Desk::wrapping_up();
        desk.at(s(90_000), send(JACK, 2, 2, Command::End));
        assert_eq!(desk.stage(), "wrapping_up");
    }
}
