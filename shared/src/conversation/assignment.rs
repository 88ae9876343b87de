//! The space proposes, the conversation commits (O1, O2 of PROTOCOL.md).
//!
//! - **A1** One assignee at most; an assignment stands when its fence is greater than every
//!   fence before it.
//! - **F50** Accept: Waiting → Active. A transfer changes the assignee and never the stage (A9).
//! - **F56** An assignment to nobody puts the conversation back to the waiting list.
//! - **F65** An assignment may take the conversation to another queue with it (D7).
//! - **D2** What is wrapping up with an agent who has left the space is closed as not resolved.
//! - **F100** What the space has ended is over as if an agent had chosen End conversation, whoever holds it
//!   (R200 of `space`).
//! - A repeat of what stands is answered like the first; after the end every proposal is answered
//!   [`Outcome::Ended`].

use super::born::Born;
use super::turn::Turn;
use super::{Answer, Assignment, Author, Effect, Event, Instruction, Outcome, Stage};
use crate::mutant::{self, Mutant};
use crate::settings::resolution;
use crate::text::Label;

impl Born {
    /// Takes a proposal of the space and answers it with what stands after it.
    pub(super) fn instructed(&mut self, turn: &mut Turn, instruction: Instruction) {
        let (outcome, dismissed) = match instruction {
            Instruction::Assign(assignment) => (Some(self.assign(turn, assignment)), None),
            Instruction::Describe => (None, None),
            Instruction::Place(place) => {
                self.placed(turn, place);
                (None, None)
            }
            Instruction::Erase => {
                self.erase(turn);
                (None, None)
            }
            Instruction::End => {
                self.end(turn);
                (None, None)
            }
            Instruction::Dismiss(dismissal) => {
                self.dismiss(turn, dismissal);
                (None, Some(dismissal))
            }
            Instruction::NeedVerified(required) => {
                self.need_verified(turn, required);
                (None, None)
            }
        };
        let answer = Answer {
            outcome,
            report: Some(self.describe(turn.now)),
            dismissed,
        };
        turn.effects.push(Effect::Answer(answer));
    }

    fn assign(&mut self, turn: &mut Turn, assignment: Assignment) -> Outcome {
        let Assignment {
            fence,
            to,
            queue,
            taken,
            closes,
        } = assignment;
        let to_agent = to.as_ref().map(|assignee| assignee.agent);
        let holder = self.lifecycle.assignee().map(|assignee| assignee.agent);
        let is_repeat = fence == self.lifecycle.fence && to_agent == holder;
        let is_new = fence > self.lifecycle.fence || mutant::is(Mutant::NoFenceCheck);
        match &self.lifecycle.stage {
            Stage::Waiting { .. } | Stage::Active { .. } | Stage::WrappingUp { .. }
                if is_repeat =>
            {
                Outcome::Done
            }
            Stage::WrappingUp { .. } if closes && is_new => {
                let closed = Event::Closed {
                    resolution: Label::built_in(resolution::NOT_RESOLVED),
                    name: None,
                    cause: None,
                };
                self.append(turn, Author::System, None, closed);
                Outcome::Ended
            }
            Stage::WrappingUp { .. } | Stage::Closed { .. } => Outcome::Ended,
            Stage::Waiting { .. } | Stage::Active { .. } if is_new => {
                let event = match to {
                    Some(assignee) => Event::AgentAssigned {
                        agent: assignee.agent,
                        name: assignee.name,
                        fence,
                        queue,
                        taken,
                    },
                    None => Event::AgentUnassigned { fence, queue },
                };
                self.append(turn, Author::System, None, event);
                self.adopt_cursors(turn);
                Outcome::Done
            }
            Stage::Waiting { .. } | Stage::Active { .. } => Outcome::Stale,
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::super::testing::*;
    use super::super::{Input, Standing};
    use super::*;
    use crate::frame::SocketId;

    fn answer(desk: &mut Desk, fence: u64, to: Option<SocketId>) -> Answer {
        answered(&desk.at(ms(1), assign(fence, to))).unwrap()
    }

    #[test]
    fn a1_f50_f56_the_table_of_stage_and_proposal() {
        // Jack holds it under fence 1 in all but the first.
        type Case = (
            &'static str,
            fn() -> Desk,
            u64,
            Option<SocketId>,
            Outcome,
            &'static str,
        );
        let cases: [Case; 16] = [
            ("accept", Desk::open, 1, Some(JACK), Outcome::Done, "active"),
            (
                "nobody, again",
                Desk::open,
                1,
                None,
                Outcome::Done,
                "waiting",
            ),
            (
                "repeat",
                Desk::active,
                1,
                Some(JACK),
                Outcome::Done,
                "active",
            ),
            (
                "same fence, other",
                Desk::active,
                1,
                Some(MIA),
                Outcome::Stale,
                "active",
            ),
            (
                "same fence, nobody",
                Desk::active,
                1,
                None,
                Outcome::Stale,
                "active",
            ),
            ("late", Desk::active, 0, Some(MIA), Outcome::Stale, "active"),
            (
                "late, same agent",
                Desk::active,
                0,
                Some(JACK),
                Outcome::Stale,
                "active",
            ),
            (
                "transfer",
                Desk::active,
                2,
                Some(MIA),
                Outcome::Done,
                "active",
            ),
            (
                "gaps are fine",
                Desk::active,
                9,
                Some(JACK),
                Outcome::Done,
                "active",
            ),
            ("unassign", Desk::active, 2, None, Outcome::Done, "waiting"),
            (
                "late repeat",
                Desk::wrapping_up,
                1,
                Some(JACK),
                Outcome::Done,
                "wrapping_up",
            ),
            (
                "after the end",
                Desk::wrapping_up,
                2,
                Some(MIA),
                Outcome::Ended,
                "wrapping_up",
            ),
            (
                "back, after the end",
                Desk::wrapping_up,
                2,
                None,
                Outcome::Ended,
                "wrapping_up",
            ),
            (
                "closed",
                Desk::closed,
                2,
                Some(MIA),
                Outcome::Ended,
                "closed",
            ),
            (
                "closed, repeat",
                Desk::closed,
                1,
                Some(JACK),
                Outcome::Ended,
                "closed",
            ),
            (
                "closed, nobody",
                Desk::closed,
                1,
                None,
                Outcome::Ended,
                "closed",
            ),
        ];
        for (case, desk, fence, to, outcome, stage) in cases {
            let mut desk = desk();
            let head = desk.machine.born().log.head;
            let before = desk.machine.lifecycle().unwrap().clone();
            let answer = answer(&mut desk, fence, to);
            assert_eq!(answer.outcome, Some(outcome), "{case}");
            assert_eq!(desk.stage(), stage, "{case}");
            let after = desk.machine.lifecycle().unwrap();
            let is_repeat = before.fence.0 == fence;
            if outcome != Outcome::Done || is_repeat {
                assert_eq!(*after, before, "{case}");
                assert_eq!(desk.machine.born().log.head, head, "{case}");
            } else {
                assert_eq!(after.fence.0, fence, "{case}");
            }
            let report = answer.report.unwrap();
            assert_eq!(report.fence, after.fence, "{case}");
            assert_eq!(report, desk.machine.born().describe(ms(1)), "{case}");
        }
    }

    #[test]
    fn f50_accept_is_told_to_both_sides_and_to_the_space() {
        let mut desk = Desk::open();
        let accepted = desk.at(s(3), assign(1, Some(JACK)));
        let expected = [
            "save agent_assigned",
            "answer Some(Done)",
            "1 entries to [1]",
            "1 entries to [2, 3, 4]",
            "report 4",
        ];
        assert_eq!(words(&accepted), expected);
        let repeat = desk.at(s(4), assign(1, Some(JACK)));
        assert_eq!(words(&repeat), ["answer Some(Done)"]);
    }

    #[test]
    fn a2_only_the_newest_assignee_writes() {
        let mut desk = Desk::active();
        desk.at(s(1), assign(2, Some(MIA)));
        let old = desk.at(s(2), send(JACK, 1, 1, post("still me?")));
        assert_eq!(words(&old), ["refused not_assignee to [2]"]);
        let new = desk.at(s(2), send(MIA, 1, 1, post("me")));
        assert_eq!(words(&new)[0], "save message_posted");
        // A late copy of the first proposal moves nothing back (A1).
        assert_eq!(
            answer(&mut desk, 1, Some(JACK)).outcome,
            Some(Outcome::Stale)
        );
    }

    #[test]
    fn d2_what_an_agent_leaves_wrapping_up_is_closed_as_not_resolved() {
        let mut desk = Desk::wrapping_up();
        let proposal = |fence| {
            Input::Instructed(Instruction::Assign(Assignment {
                fence: super::super::Fence(fence),
                to: None,
                queue: None,
                taken: false,
                closes: true,
            }))
        };
        let late = answered(&desk.at(ms(1), proposal(0))).unwrap();
        assert_eq!(
            (late.outcome, desk.stage()),
            (Some(Outcome::Ended), "wrapping_up")
        );
        let answer = answered(&desk.at(ms(1), proposal(2))).unwrap();
        assert_eq!(answer.outcome, Some(Outcome::Ended));
        let standing = answer.report.unwrap().standing;
        let is_not_resolved = matches!(standing, Standing::Closed { resolution, .. } if resolution == label("not_resolved"));
        assert!(is_not_resolved);
        let mut desk = Desk::active();
        let answer = answered(&desk.at(ms(1), proposal(2))).unwrap();
        assert_eq!(
            (answer.outcome, desk.stage()),
            (Some(Outcome::Done), "waiting")
        );
    }

    #[test]
    fn describe_tells_and_changes_nothing() {
        let mut desk = Desk::active();
        let before = desk.machine.clone();
        let effects = desk.at(ms(0), Input::Instructed(Instruction::Describe));
        let [Effect::Answer(answer)] = &effects[..] else {
            panic!("one answer")
        };
        assert_eq!(answer.outcome, None);
        let report = answer.report.as_ref().unwrap();
        assert!(matches!(report.standing, Standing::Active { .. }));
        assert_eq!(desk.machine, before);
        let facts: Vec<_> = [&report.first_words[..], report.name.as_str()].into();
        assert_eq!(facts, ["My order has not arrived", "Guest 4711"]);
    }
}
