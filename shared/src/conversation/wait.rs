//! The wait for an agent, while its clock stands still: business hours (F51, P5).
//!
//! - **WT1** The wait counts only while the queue is open (R102). Once a customer has waited for as
//!   long as the space allows, the space is asked how long the queue was open meanwhile, again
//!   after 5 s, 10 s, then every 15 s until it answers: it alone knows the hours. The wait is over
//!   when the queue was open for all of it.
//! - **WT2** Otherwise the space is asked again when the rest of the wait can have passed, and at
//!   least every [`LOOK`]: hours may be changed. The greatest age (F98) holds all the time.
//! - **WT3** An answer to a question from before the last change says nothing: the customer may wait in
//!   another queue by now.

use core::time::Duration;

use super::born::Born;
use super::reports::pause;
use super::timers::not_answered;
use super::turn::Turn;
use super::{Author, Effect, EndCause, Event, Seq, Stage};
use crate::space::OpenTime;
use crate::text::MessageText;
use crate::time::{self, Timestamp};

/// What customers read when nobody accepted in time and the space has set no text of its own.
pub(super) const FALLBACK: &str = "Sorry, nobody could answer in time. Please try again later.";
/// How long a wait that stands still is not looked at: 1 h, as for what agents hold (R101).
const LOOK: Duration = Duration::from_secs(3_600);

/// What is known of a wait that has lasted for as long as the space allows. Memory alone has it:
/// whoever forgets it asks again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Wait {
    /// Which one.
    since: Timestamp,
    /// When the space is asked next.
    look_at: Timestamp,
    /// How long it had lasted when the space was asked last, in milliseconds.
    asked_ms: u64,
    /// How often it was asked in vain.
    tries: u32,
}

impl Born {
    /// When the wait since then is looked at.
    pub(super) fn wait_due(&self, since: Timestamp) -> Timestamp {
        let known = self.wait.filter(|wait| wait.since == since);
        known.map_or(since + self.birth.settings.wait(), |wait| wait.look_at)
    }

    /// Asks the space how long the queue was open (WT1).
    pub(super) fn ask_how_long(&mut self, turn: &mut Turn, since: Timestamp) {
        let known = self.wait.filter(|wait| wait.since == since);
        let tries = known.map_or(0, |wait| wait.tries).saturating_add(1);
        self.wait = Some(Wait {
            since,
            look_at: turn.now + pause(tries),
            asked_ms: time::millis(turn.now.since(since)),
            tries,
        });
        turn.effects.push(Effect::Report(self.describe(turn.now)));
    }

    /// The space has said how long the queue was open (WT1, WT2).
    pub(super) fn was_open(&mut self, turn: &mut Turn, revision: Seq, open: OpenTime) {
        let Stage::Waiting { since } = self.lifecycle.stage else {
            return;
        };
        if revision < self.reporting.revision {
            return;
        }
        let Some(wait) = self.wait.filter(|wait| wait.since == since) else {
            return;
        };
        let most = self.birth.settings.wait();
        let rest = most.saturating_sub(Duration::from_millis(open.open_ms));
        if rest.is_zero() {
            return self.give_up(turn);
        }
        // An answer to an earlier question says nothing of the time since.
        if open.waits_ms == wait.asked_ms {
            let opens_in = open.opens_in_ms.map_or(LOOK, Duration::from_millis);
            let look_at = turn.now + LOOK.min(opens_in.saturating_add(rest));
            self.wait = Some(Wait {
                look_at,
                tries: 0,
                ..wait
            });
        }
    }

    /// Nobody has accepted in time (F51).
    fn give_up(&mut self, turn: &mut Turn) {
        let own = self.birth.settings.fallback_text.clone();
        if let Some(text) = own.or_else(|| MessageText::parse(FALLBACK).ok()) {
            self.append(
                turn,
                Author::System,
                None,
                Event::MessagePosted {
                    text,
                    reply_to: None,
                },
            );
        }
        let closed = not_answered(EndCause::NotAnswered);
        self.append(turn, Author::System, None, closed);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::super::{Assignment, Command, Fence, Input, Instruction, Seq};

    #[test]
    fn wt1_the_space_is_asked_until_it_answers_and_again_by_who_forgot() {
        let mut desk = Desk::open();
        for at in [1_200, 1_205, 1_215, 1_230, 1_245] {
            assert_eq!(desk.machine.next_deadline(), Some(s(at)));
            assert_eq!(words(&desk.at(s(at), Input::Tick)), ["report 3"], "{at}");
        }
        desk.wake(s(1_246));
        assert_eq!(words(&desk.at(s(1_246), Input::Tick)), ["report 3"]);
        assert_eq!(desk.stage(), "waiting");
        desk.at(s(1_247), was_open(1_246, 1_246, Some(0)));
        assert_eq!(desk.stage(), "closed");
    }

    #[test]
    fn wt2_a_wait_outside_the_hours_goes_on_until_the_queue_was_open_for_all_of_it() {
        let cases = [
            ("opens in 10 min", (0, Some(600)), 1_800),
            ("was open for 5 min, opens in 10", (300, Some(600)), 1_500),
            ("has opened 5 min ago", (300, Some(0)), 900),
            ("opens tomorrow", (0, Some(50_000)), 3_600),
            ("opens never", (0, None), 3_600),
        ];
        for (case, (open, opens_in), next) in cases {
            let mut desk = Desk::open();
            desk.at(s(1_200), Input::Tick);
            let effects = desk.at(s(1_201), was_open(1_200, open, opens_in));
            assert_eq!(saved_kinds(&effects), [] as [&str; 0], "{case}");
            let look_at = 1_201 + next;
            assert_eq!(desk.machine.next_deadline(), Some(s(look_at)), "{case}");
            let asked = desk.at(s(look_at), Input::Tick);
            assert_eq!(words(&asked), ["report 3"], "{case}");
            desk.at(s(look_at), was_open(look_at, 1_200, Some(0)));
            assert_eq!(desk.stage(), "closed", "{case}");
        }
    }

    #[test]
    fn wt2_a_late_answer_says_nothing_of_the_time_since() {
        let mut desk = Desk::open();
        desk.at(s(1_200), Input::Tick);
        desk.at(s(1_205), Input::Tick);
        desk.at(s(1_206), was_open(1_200, 0, Some(600)));
        assert_eq!(desk.machine.next_deadline(), Some(s(1_215)));
        // The wait began again meanwhile: an agent had it.
        desk.at(s(1_207), assign(1, Some(JACK)));
        desk.at(s(1_208), assign(2, None));
        desk.confirm(s(1_208));
        desk.at(s(1_209), was_open(1_205, 1_205, Some(0)));
        assert_eq!(desk.stage(), "waiting");
        assert_eq!(desk.machine.next_deadline(), Some(s(2_408)));
    }

    /// Seeds 29225 and 50909 of the world: the first queue was open, the one that it overflowed into not.
    #[test]
    fn wt3_an_answer_for_another_queue_says_nothing() {
        let mut desk = Desk::open();
        desk.at(s(1_200), Input::Tick);
        let moved = Assignment {
            fence: Fence(1),
            to: None,
            queue: Some(label("returns")),
            taken: false,
            closes: false,
        };
        desk.at(s(1_201), Input::Instructed(Instruction::Assign(moved)));
        let answer = |revision| {
            let open = was_open(1_200, 1_200, Some(0));
            let Input::Reported {
                place, lists, open, ..
            } = open
            else {
                unreachable!("an answer")
            };
            Input::Reported {
                revision: Seq(revision),
                place,
                lists,
                open,
            }
        };
        desk.at(s(1_202), answer(3));
        assert_eq!(desk.stage(), "waiting");
        desk.at(s(1_203), answer(4));
        assert_eq!(desk.stage(), "closed");
    }

    #[test]
    fn f98_wt2_the_greatest_age_holds_outside_the_hours() {
        let mut birth = birth();
        birth.settings.max_s = 2_000;
        let (id, text) = (command_id(0), text("Hi"));
        let mut desk = Desk::with(Input::Begin { birth, id, text });
        desk.at(s(1_200), Input::Tick);
        desk.at(s(1_200), was_open(1_200, 0, Some(50_000)));
        assert_eq!(desk.machine.next_deadline(), Some(s(2_000)));
        desk.at(s(2_000), Input::Tick);
        assert_eq!(desk.stage(), "closed");
        // A customer who has had enough ends it at any time (F102).
        let mut desk = Desk::open();
        desk.at(s(1_200), Input::Tick);
        desk.at(s(1_200), was_open(1_200, 0, Some(50_000)));
        desk.at(s(1_300), send(CUSTOMER, 1, 1, Command::End));
        assert_eq!(desk.stage(), "closed");
    }
}
