//! The space proposes, the conversation commits (O1, O2 of PROTOCOL.md).
//!
//! - **A1** One assignee at most; an assignment stands when its fence is greater than every
//!   fence before it.
//! - **F50** Accept: Waiting → Active. A transfer changes the assignee and never the stage (A9).
//! - **F56** An assignment to nobody puts the conversation back to the waiting list.
//! - A repeat of what stands is answered like the first; after the end every proposal is answered
//!   [`Outcome::Ended`].

use super::born::Born;
use super::turn::Turn;
use super::{Answer, Assignment, Author, Effect, Event, Instruction, Outcome, Stage};
use crate::mutant::{self, Mutant};

impl Born {
    /// Takes a proposal of the space and answers it with what stands after it.
    pub(super) fn instructed(&mut self, turn: &mut Turn, instruction: Instruction) {
        let outcome = match instruction {
            Instruction::Assign(assignment) => Some(self.assign(turn, assignment)),
            Instruction::Describe => None,
        };
        let report = Some(self.describe(turn.now));
        let answer = Answer { outcome, report };
        turn.effects.push(Effect::Answer(answer));
    }

    fn assign(&mut self, turn: &mut Turn, assignment: Assignment) -> Outcome {
        let Assignment { fence, to } = assignment;
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
            Stage::WrappingUp { .. } | Stage::Closed { .. } => Outcome::Ended,
            Stage::Waiting { .. } | Stage::Active { .. } if is_new => {
                let event = match to {
                    Some(assignee) => Event::AgentAssigned {
                        agent: assignee.agent,
                        name: assignee.name,
                        fence,
                    },
                    None => Event::AgentUnassigned { fence },
                };
                self.append(turn, Author::System, None, event);
                self.adopt_cursors(turn);
                Outcome::Done
            }
            Stage::Waiting { .. } | Stage::Active { .. } => Outcome::Stale,
        }
    }
}
