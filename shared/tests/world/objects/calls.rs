//! Calls between the objects: lost, late, doubled, out of order.

use shared::conversation::{self, Instruction, Report};
use shared::id::ConversationId;
use shared::space;

use crate::world::{Event, World};

impl World {
    /// Sends a call or an answer: none, one or two of them arrive.
    pub fn call(&mut self, event: &Event) {
        let count = if self.fault(self.swarm.call_lost) {
            0
        } else if self.fault(self.swarm.call_doubled) {
            2
        } else {
            1
        };
        for _ in 0..count {
            let way = if self.fault(self.swarm.call_late) {
                self.random.pick(&[300, 2_000, 8_000, 40_000, 300_000])
            } else {
                self.random.pick(&[5, 20])
            };
            self.after(way, event.clone());
        }
    }

    pub(super) fn send_report(&mut self, report: &Report) {
        self.call(&Event::Report(Box::new(report.clone())));
    }

    pub fn report_arrives(&mut self, report: Report) {
        let number = self.by_id[&report.conversation];
        self.note("report", [number as u64, report.revision.0], |_| {
            format!("{:?}", report.standing)
        });
        let generation = self.conversations[number].shell.generation;
        let effects = self.space_turn(space::Input::Reported(report));
        for effect in effects.into_iter().flatten() {
            if let space::Effect::Confirmed {
                revision,
                place,
                lists,
                open,
            } = effect
            {
                let input = conversation::Input::Reported {
                    revision,
                    place,
                    lists,
                    open,
                };
                self.call(&Event::Confirmed(number, Box::new(input), generation));
            }
        }
    }

    pub fn confirmation_arrives(
        &mut self,
        number: usize,
        input: conversation::Input,
        generation: u32,
    ) {
        // The call dies with the object that made it.
        if self.conversations[number].shell.generation == generation {
            self.conversation_turn(number, input);
        }
    }

    pub(super) fn send_instruction(
        &mut self,
        conversation: ConversationId,
        instruction: &Instruction,
        is_known: bool,
    ) {
        let number = self.object_of(conversation);
        self.call(&Event::Instruct(
            number,
            Box::new(instruction.clone()),
            is_known,
        ));
    }

    pub fn instruction_arrives(
        &mut self,
        number: usize,
        instruction: Instruction,
        was_known: bool,
    ) {
        self.note("instruction", [number as u64, 0], |_| {
            format!("{instruction:?}")
        });
        let fence = match &instruction {
            Instruction::Assign(assignment) => Some(assignment.fence),
            Instruction::Describe
            | Instruction::Place(_)
            | Instruction::Dismiss(_)
            | Instruction::NeedVerified(_)
            | Instruction::Erase
            | Instruction::End => None,
        };
        let generation = self.space.shell.generation;
        let input = conversation::Input::Instructed(instruction);
        let effects = self.conversation_turn(number, input);
        for effect in effects.into_iter().flatten() {
            if let conversation::Effect::Answer(answer) = effect {
                let answer = Box::new(answer);
                self.call(&Event::Answered(
                    number,
                    (fence, was_known),
                    answer,
                    generation,
                ));
            }
        }
    }

    pub fn answer_arrives(
        &mut self,
        number: usize,
        (fence, was_known): (Option<conversation::Fence>, bool),
        answer: conversation::Answer,
        generation: u32,
    ) {
        if self.space.shell.generation != generation {
            return;
        }
        self.note("answer", [number as u64, 0], |_| {
            format!("{:?}", answer.outcome)
        });
        let conversation = self.conversations[number].id;
        self.space_turn(space::Input::Answered {
            conversation,
            fence,
            was_known,
            answer,
        });
    }
}
