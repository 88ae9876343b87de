//! What people ask of a conversation, and what becomes of it.
//!
//! - **M1** A command is taken in once: its repeat is answered with the place of the first, to
//!   the asker alone; another command under the same id is refused.
//! - **M6** Go-back-N: commands of a connection are taken in the order of their numbers; after
//!   one that has to wait, nothing later is taken before it came again.
//! - **A2** Agents write only in Active: the assignee, or a supervisor.
//! - **F86, F96** End conversation by an agent: Active → Wrapping up. A supervisor ends a waiting
//!   one: Closed at once (F88, F99).
//! - **F87, F57** Resolve: Wrapping up → Closed; from Active both steps in one turn (D1).
//! - **F100, F101, F102** Cancel by the customer: Active → Wrapping up, Waiting → Closed (D2).
//! - **U10** Whatever comes after the end is refused; nothing opens a conversation again.
//! - A refusal is final and moves the expected number on; too fast is a hold and does not.

use alloc::vec;
use alloc::vec::Vec;

use super::born::Born;
use super::log::digest;
use super::timers::not_answered;
use super::turn::Turn;
use super::{Author, Command, Effect, EndCause, Event, Sender, Stage};
use crate::frame::{FromServer, SocketId};
use crate::id::CommandId;
use crate::mutant::{self, Mutant};
use crate::refusal::Refusal;
use crate::rights::{self, Person};
use crate::settings::Settings;
use crate::time::Timestamp;

/// What one person may still send: a bucket that fills with time (SECURITY.md L2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Allowance {
    /// In 1/10,000 of a message, so that `messages_per_10s` is what one millisecond adds.
    level: u64,
    at: Timestamp,
}

/// One message in the unit of [`Allowance::level`].
const MESSAGE: u64 = 10_000;

impl Allowance {
    fn full(settings: &Settings, now: Timestamp) -> Self {
        Self {
            level: u64::from(settings.messages_burst) * MESSAGE,
            at: now,
        }
    }

    /// Fills up to `now` and says how long to wait for the next message, in milliseconds.
    fn fill(&mut self, settings: &Settings, now: Timestamp) -> u32 {
        let rate = u64::from(settings.messages_per_10s).max(1);
        let gain = crate::time::millis(now.since(self.at)).saturating_mul(rate);
        let most = u64::from(settings.messages_burst) * MESSAGE;
        self.level = self.level.saturating_add(gain).min(most);
        self.at = now;
        let wait = MESSAGE.saturating_sub(self.level).div_ceil(rate);
        u32::try_from(wait).unwrap_or(u32::MAX)
    }
}

impl Born {
    /// Takes a command from a socket that said hello.
    pub(super) fn send(
        &mut self,
        turn: &mut Turn,
        from: SocketId,
        n: u32,
        id: CommandId,
        command: Command,
    ) {
        let Some(socket) = self.sockets.get_mut(&from) else {
            return;
        };
        // After a wake nothing is expected: TCP lost nothing, so what comes is the next one.
        let expected = *socket.expected.get_or_insert(n);
        let person = socket.seat.person.clone();
        let sender = sender(&person);
        let known = self.log.known(sender, id);
        let is_repeat = known.is_some_and(|known| known.digest == digest(&command));
        if n > expected && !mutant::is(Mutant::NoGoBackN) {
            let retry_ms = self.allowance(sender, turn.now).1;
            self.hold(turn, from, expected, retry_ms);
            return;
        }
        if n < expected && !is_repeat {
            return;
        }
        if n >= expected && known.is_none() {
            let (allowance, retry_ms) = self.allowance(sender, turn.now);
            if retry_ms > 0 {
                self.hold(turn, from, n, retry_ms);
                return;
            }
            allowance.level = allowance.level.saturating_sub(MESSAGE);
        }
        if n >= expected {
            self.expect(turn, from, n.saturating_add(1));
        }
        let answer = match known {
            Some(known) if is_repeat => FromServer::Repeated {
                id,
                seq: known.seq_for(person.side()),
                at: known.at,
            },
            Some(_) => FromServer::Refused {
                id,
                refusal: Refusal::CommandConflict,
            },
            None => match self.decide(&person, command) {
                Ok(events) => return self.carry_out(turn, from, person, id, events),
                Err(refusal) => FromServer::Refused { id, refusal },
            },
        };
        turn.send(vec![from], answer);
    }

    /// What a command would make happen, and nothing else: the table of stage, command, person.
    ///
    /// The last event is the one that carries the id of the command.
    fn decide(&self, person: &Person, command: Command) -> Result<Vec<Event>, Refusal> {
        let stage = &self.lifecycle.stage;
        let assignee = self.lifecycle.assignee().map(|assignee| assignee.agent);
        match (rights::may(person, &command, assignee), stage) {
            // Nobody holds what is closed; saying so tells the agent more than whose it is not.
            (Err(Refusal::NotAssignee), Stage::Closed { .. }) => return Err(Refusal::Closed),
            (may, _) => may?,
        }
        let cause = match person {
            Person::Visitor { .. } => EndCause::Customer,
            Person::Agent { .. } => EndCause::Agent,
        };
        match (command, stage) {
            (_, Stage::Closed { .. }) => Err(Refusal::Closed),
            (Command::Post { .. } | Command::End, Stage::WrappingUp { .. }) => Err(Refusal::Ended),
            (Command::Post { text }, Stage::Active { .. }) => {
                Ok(vec![Event::MessagePosted { text }])
            }
            (Command::Post { text }, Stage::Waiting { .. }) => match person {
                Person::Visitor { .. } => Ok(vec![Event::MessagePosted { text }]),
                Person::Agent { .. } => Err(Refusal::NotAssignee),
            },
            (
                Command::Note { text },
                Stage::Waiting { .. } | Stage::Active { .. } | Stage::WrappingUp { .. },
            ) => Ok(vec![Event::NotePosted { text }]),
            (Command::End, Stage::Active { .. }) => Ok(vec![Event::Ended { cause }]),
            (Command::End, Stage::Waiting { .. }) => Ok(vec![not_answered(cause)]),
            (Command::Resolve { .. }, Stage::Waiting { .. }) => Err(Refusal::NotAssignee),
            (Command::Resolve { resolution }, _)
                if !self.birth.settings.resolutions.contains(&resolution) =>
            {
                Err(Refusal::ResolutionUnknown)
            }
            (Command::Resolve { resolution }, Stage::WrappingUp { .. }) => {
                Ok(vec![Event::Closed {
                    resolution,
                    cause: None,
                }])
            }
            (Command::Resolve { resolution }, Stage::Active { .. }) => Ok(vec![
                Event::Ended { cause },
                Event::Closed {
                    resolution,
                    cause: None,
                },
            ]),
        }
    }

    fn carry_out(
        &mut self,
        turn: &mut Turn,
        from: SocketId,
        person: Person,
        id: CommandId,
        events: Vec<Event>,
    ) {
        self.stops_typing(from);
        let author = match person {
            Person::Visitor { .. } => Author::Customer,
            Person::Agent { agent, name, .. } => Author::Agent { agent, name },
        };
        let last = events.len().saturating_sub(1);
        for (place, event) in events.into_iter().enumerate() {
            let id = (place == last).then_some(id);
            self.append(turn, author.clone(), id, event);
        }
    }

    /// What a sender may still send, and how long to wait for it, in milliseconds.
    fn allowance(&mut self, sender: Sender, now: Timestamp) -> (&mut Allowance, u32) {
        let settings = &self.birth.settings;
        let full = || Allowance::full(settings, now);
        let allowance = self.allowances.entry(sender).or_insert_with(full);
        let retry_ms = allowance.fill(settings, now);
        (allowance, retry_ms)
    }

    /// Asks for `n` and everything after it again.
    fn hold(&mut self, turn: &mut Turn, from: SocketId, n: u32, retry_ms: u32) {
        if let Some(socket) = self.sockets.get_mut(&from) {
            socket.expected = Some(n);
            if socket.seat.held != Some(n) {
                socket.seat.held = Some(n);
                let seat = socket.seat.clone();
                turn.effects.push(Effect::Keep { socket: from, seat });
            }
        }
        turn.send(vec![from], FromServer::Hold { n, retry_ms });
    }

    fn expect(&mut self, turn: &mut Turn, from: SocketId, n: u32) {
        if let Some(socket) = self.sockets.get_mut(&from) {
            socket.expected = Some(n);
            if socket.seat.held.take().is_some() {
                let seat = socket.seat.clone();
                turn.effects.push(Effect::Keep { socket: from, seat });
            }
        }
    }
}

/// Whose ids a person's commands belong to.
pub(super) const fn sender(person: &Person) -> Sender {
    match person {
        Person::Visitor { .. } => Sender::Customer,
        Person::Agent { agent, .. } => Sender::Agent(*agent),
    }
}
