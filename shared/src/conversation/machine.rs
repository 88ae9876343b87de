//! The machine: takes inputs, keeps the state, names effects.
//!
//! - **K3** Time never goes back: `now` is the greatest moment seen so far.
//! - Every input first settles what fell due (`timers`), so a late alarm changes nothing.
//! - What a turn appended is sent once for each audience, at its end (`window`).

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use super::born::Born;
use super::check::Broken;
use super::turn::Turn;
use super::{Answer, Effect, Input, Instruction, Outcome, Row, Seat};
use crate::file::Sent;
use crate::frame::{CloseCode, SocketId};
use crate::id::{CommandId, FileId};
use crate::mutant::{self, Mutant};
use crate::refusal::Refusal;
use crate::rights::Person;
use crate::time::Timestamp;

/// One conversation. The default is unborn.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Conversation {
    now: Timestamp,
    born: Option<Box<Born>>,
}

impl Conversation {
    /// Takes one input at `now` and returns what the caller has to do.
    ///
    /// Whatever fell due up to `now` is settled first, so a late alarm changes nothing.
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Vec<Effect> {
        self.now = if mutant::is(Mutant::TimeGoesBack) {
            now
        } else {
            self.now.max(now)
        };
        let Some(born) = &mut self.born else {
            return self.before_birth(input);
        };
        let mut turn = Turn::at(self.now);
        born.settle(&mut turn);
        match input {
            Input::Begin { id, text, .. } => born.begin_again(&mut turn, id, text),
            Input::Connected {
                socket,
                person,
                space,
            } => born.connected(&mut turn, socket, person, &space),
            Input::Frame { socket, frame } => born.frame(&mut turn, socket, frame),
            Input::Asked {
                person,
                id,
                command,
            } => born.asked(&mut turn, person, id, command),
            Input::Identified { person } => born.identified(&mut turn, &person),
            Input::Disconnected { socket } => born.disconnected(&mut turn, socket),
            Input::Instructed(instruction) => born.instructed(&mut turn, instruction),
            Input::Reported {
                revision,
                place,
                lists,
                open,
            } => {
                born.learn(&mut turn, lists);
                born.reported(&mut turn, revision);
                place
                    .into_iter()
                    .for_each(|place| born.placed(&mut turn, place));
                open.into_iter()
                    .for_each(|open| born.was_open(&mut turn, revision, open));
            }
            Input::Checked { file, verdict } => born.checked(&mut turn, file, verdict),
            Input::CheckAgain { person, file } => born.check_again(&mut turn, &person, file),
            Input::Tick => (),
        }
        born.finish(&mut turn);
        if born.reporting.is_over {
            turn.effects.extend(born.forget());
            self.born = None;
        }
        turn.effects
    }

    fn before_birth(&mut self, input: Input) -> Vec<Effect> {
        match input {
            Input::Begin { birth, id, text } => {
                let mut turn = Turn::at(self.now);
                let mut born = Born::begin(&mut turn, birth, id, text);
                born.finish(&mut turn);
                self.born = Some(Box::new(born));
                turn.effects
            }
            Input::Connected { socket, .. } => vec![Effect::Close {
                socket,
                code: CloseCode::Unknown,
            }],
            Input::Instructed(instruction) => {
                let outcome = match instruction {
                    Instruction::Assign(_) => Some(Outcome::Ended),
                    Instruction::Describe
                    | Instruction::Place(_)
                    | Instruction::Dismiss(_)
                    | Instruction::NeedVerified(_)
                    | Instruction::Erase
                    | Instruction::End => None,
                };
                vec![Effect::Answer(Answer {
                    outcome,
                    ..Answer::default()
                })]
            }
            Input::Asked { person, id, .. } => {
                let reply = Err(Refusal::ConversationUnknown);
                vec![Effect::Replied { person, id, reply }]
            }
            Input::Frame { .. }
            | Input::Identified { .. }
            | Input::Disconnected { .. }
            | Input::Reported { .. }
            | Input::Checked { .. }
            | Input::CheckAgain { .. }
            | Input::Tick => vec![],
        }
    }

    /// When the next [`Input::Tick`] is due; `None` while nothing is timed.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.born.as_ref().and_then(|born| born.next_deadline())
    }

    /// Asks the cheap invariants; the caller does so after every turn, before it saves.
    ///
    /// # Errors
    /// Names the first broken one.
    pub fn check(&self) -> Result<(), Broken> {
        self.born
            .as_ref()
            .map_or(Ok(()), |born| born.check(self.now))
    }

    /// Builds the machine again from its rows and from the seats of the sockets still open.
    ///
    /// What is not stored starts afresh: the allowance of messages is full, nobody types, every
    /// socket has received what was sent to it, and a report that is owed is due at once.
    #[must_use]
    pub fn restore(
        rows: impl IntoIterator<Item = Row>,
        seats: impl IntoIterator<Item = (SocketId, Seat)>,
        now: Timestamp,
    ) -> Self {
        let born = Born::restore(rows, seats, now);
        let now = born.as_ref().map_or(now, |born| now.max(born.log.last_at));
        Self {
            now,
            born: born.map(Box::new),
        }
    }

    /// Where the conversation stands; `None` before birth. For the shell's reads and for tests.
    #[must_use]
    pub fn lifecycle(&self) -> Option<&super::Lifecycle> {
        self.born.as_ref().map(|born| &born.lifecycle)
    }

    /// The side on which a person of the conversation's space reads it; `None` for everybody else (C1).
    #[must_use]
    pub fn side(&self, person: &crate::rights::Person) -> Option<crate::rights::Side> {
        self.born.as_ref()?.side(person)
    }

    /// Whether a person may take its text along (AF5).
    ///
    /// # Errors
    /// The refusal that the person is told.
    pub fn may_take_along(&self, person: &crate::rights::Person) -> Result<(), Refusal> {
        let born = self.born.as_ref().ok_or(Refusal::ConversationUnknown)?;
        born.may_take_along(person)
    }

    /// What the conversation was born with; `None` before birth.
    #[must_use]
    pub fn birth(&self) -> Option<&super::Birth> {
        self.born.as_ref().map(|born| &born.birth)
    }

    /// A file that stands where a person reads, if there is one (FI4); it may be read once its check has passed (FI6).
    ///
    /// # Errors
    /// When the conversation is not that person's to read.
    pub fn file(&self, person: &Person, file: FileId) -> Result<Option<&Sent>, Refusal> {
        let born = self.born.as_ref().ok_or(Refusal::ConversationUnknown)?;
        born.file(person, file)
    }

    /// Whether a person may send a file of that size at `now` (FI1, FI2).
    ///
    /// # Errors
    /// What [`Input::Asked`] would be answered.
    pub fn may_send(
        &self,
        now: Timestamp,
        person: &Person,
        sent: (CommandId, Sent),
    ) -> Result<(), Refusal> {
        let born = self.born.as_ref().ok_or(Refusal::ConversationUnknown)?;
        born.may_send(now.max(self.now), person, sent)
    }

    /// Whether a person may have a file checked again (FI8).
    ///
    /// # Errors
    /// Why not.
    pub fn may_check_again(&self, person: &Person, file: FileId) -> Result<(), Refusal> {
        let born = self.born.as_ref().ok_or(Refusal::ConversationUnknown)?;
        born.may_check_again(person, file).map(|_| ())
    }

    /// Makes of an entry that was stored at that place, counted by agents, what is read there by now
    /// (CG4). Whoever reads the log to send it asks this for each entry.
    pub fn show(&self, seq: super::Seq, entry: &mut super::Entry) {
        if let Some(born) = &self.born {
            born.show(seq, entry);
        }
    }

    /// The last place of the log as that side counts it.
    #[must_use]
    pub fn head(&self, side: crate::rights::Side) -> super::Seq {
        self.born
            .as_ref()
            .map_or(super::Seq(0), |born| born.log.head_for(side))
    }

    #[cfg(test)]
    pub(super) fn born(&self) -> &Born {
        self.born.as_ref().unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn a_conversation_begins_once_and_waits() {
        let mut desk = Desk::default();
        let first = desk.at(ms(0), begin());
        let expected = [
            "save birth",
            "save opened",
            "save message_posted",
            "save agent_requested",
            "begun",
            "report 3",
        ];
        assert_eq!(words(&first), expected);
        assert_eq!(words(&desk.at(ms(1), begin())), ["begun"]);
        assert_eq!(desk.stage(), "waiting");
    }

    #[test]
    fn before_birth_there_is_no_conversation() {
        let cases = [
            (connected(CUSTOMER), vec!["close 1 4404"]),
            (hello(CUSTOMER), vec![]),
            (assign(1, Some(JACK)), vec!["answer Some(Ended)"]),
            (
                Input::Instructed(Instruction::Describe),
                vec!["answer None"],
            ),
            (Input::Tick, vec![]),
        ];
        for (input, expected) in cases {
            let mut machine = Conversation::default();
            let case = alloc::format!("{input:?}");
            assert_eq!(words(&machine.handle(ms(0), input)), expected, "{case}");
            assert_eq!(machine.next_deadline(), None, "{case}");
        }
    }

    #[test]
    fn k3_m3_time_never_goes_back() {
        let mut desk = Desk::active();
        desk.at(s(50), send(CUSTOMER, 1, 1, post("later")));
        desk.at(s(10), send(CUSTOMER, 2, 2, post("earlier clock")));
        let ats: Vec<_> = desk
            .log(crate::rights::Side::Agent)
            .iter()
            .map(|entry| entry.at)
            .collect();
        assert!(ats.is_sorted());
        assert_eq!(ats.last(), Some(&s(50)));
    }

    #[test]
    fn one_message_costs_one_row_and_one_frame_for_each_side() {
        let mut desk = Desk::active();
        let effects = desk.at(s(1), send(CUSTOMER, 1, 1, post("Hello")));
        let expected = [
            "save message_posted",
            "1 entries to [1]",
            "1 entries to [2, 3, 4]",
        ];
        assert_eq!(words(&effects), expected);
    }
}
