//! Machine 2: one company's place. Who is on duty, what waits, and who is offered what.
//!
//! The space owns the queue, the offers, the slots and presence, and mints fences. It decides
//! who should talk and never carries the talk.
//!
//! - **R1** A work item is waiting, offered to one agent, being assigned, held by one agent, or
//!   gone ([`ItemState`]). An offer and an assignment fill a slot, so accepting never exceeds a
//!   limit (A4).
//! - **R2** The space proposes, the conversation commits (O1): a fence is minted and saved before
//!   it leaves, and only the conversation turns it into an assignment.
//! - **R3** Every input first settles what fell due, so a late, early or doubled alarm changes
//!   nothing.
//!
//! Rules by subject: `rotation` R4 to R7, `offer` R8 to R11, `commands` R12, `assignment` R13
//! to R15, `intake` R16 to R18, `roster` R19 to R21, `admission` R22 and R23, `desk` R24 and R25.
//! `ledger` keeps the books and their indexes, `audit` asserts the invariants.

mod admission;
mod assignment;
mod audit;
mod commands;
mod desk;
mod intake;
mod ledger;
mod offer;
mod roster;
mod rotation;
mod row;
#[cfg(test)]
mod tests;

pub use assignment::{RETRY, RETRY_MAX};
pub use audit::Broken;
pub use desk::{COUNTS_PAUSE, Counts, Desk, Me, Offer, WorkItem};
pub use intake::TOMBSTONE;
pub use roster::{HELLO_WAIT, SILENCE};
pub use rotation::REST;
pub use row::{Agent, Item, ItemState, Row, Seat, Slot};

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use audit::Touched;
use ledger::{Ledger, Turn};

use crate::conversation::{Answer, Fence, Instruction, Report, Seq};
use crate::frame::{CloseCode, FromServer, SocketId, ToServer};
use crate::id::{ConversationId, SpaceId, VisitorId};
use crate::mutant::{self, Mutant};
use crate::refusal::Refusal;
use crate::rights::Person;
use crate::settings::Settings;
use crate::time::Timestamp;

/// What an agent asks of a space: imperative.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Be Available or Unavailable (F40).
    SetAvailable {
        /// True for Available.
        available: bool,
    },
    /// Take an offered conversation (F46).
    Accept {
        /// Which one.
        conversation: ConversationId,
        /// Number of the offer.
        fence: Fence,
    },
    /// Leave an offered conversation to somebody else (F47).
    Decline {
        /// Which one.
        conversation: ConversationId,
        /// Number of the offer.
        fence: Fence,
    },
    /// Give a held conversation back to the waiting list (F56).
    Unassign {
        /// Which one.
        conversation: ConversationId,
    },
}

/// Everything that can happen to a space. Time passing is one of those things.
#[derive(Clone, Debug)]
pub enum Input {
    /// Make the space. Refused when it stands already.
    Create {
        /// Its name in addresses.
        space: SpaceId,
        /// Its settings.
        settings: Settings,
        /// Its first agents.
        agents: Vec<Agent>,
    },
    /// A visitor is about to write: may a conversation begin?
    Admit {
        /// Who.
        visitor: VisitorId,
        /// The conversation that would begin; when it is known already, it may.
        conversation: ConversationId,
    },
    /// A socket of an agent was accepted; its token was checked by the Worker.
    Connected {
        /// Name of the socket in this object.
        socket: SocketId,
        /// Who is at its other end.
        person: Person,
    },
    /// A frame that parsed.
    Frame {
        /// Where it came from.
        socket: SocketId,
        /// What it says.
        frame: ToServer<Command>,
    },
    /// A socket is gone.
    Disconnected {
        /// Which one.
        socket: SocketId,
    },
    /// The platform answered a heartbeat on this socket, last at that moment.
    Heard {
        /// Which one.
        socket: SocketId,
        /// When.
        at: Timestamp,
    },
    /// A conversation tells what it looks like.
    Reported(Report),
    /// A conversation answered our instruction.
    Answered {
        /// Which one.
        conversation: ConversationId,
        /// The fence of the instruction; `None` for `Describe`.
        fence: Option<Fence>,
        /// Its answer.
        answer: Answer,
    },
    /// The alarm rang. It may be early, late or doubled.
    Tick,
}

/// What the caller does next, in this order. The machine itself does nothing.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "an effect lives for one turn, and most are rows"
)]
pub enum Effect {
    /// Write a row. All rows of one turn are written together, before anything is sent.
    Save(Row),
    /// Delete the row of a work item whose tombstone has served its time.
    Remove(ConversationId),
    /// Send one frame to some sockets.
    Send {
        /// The sockets.
        to: Vec<SocketId>,
        /// The frame.
        frame: FromServer,
    },
    /// Keep a socket's seat where it outlives the memory of the object.
    Keep {
        /// The socket.
        socket: SocketId,
        /// Its seat.
        seat: Seat,
    },
    /// Close a socket.
    Close {
        /// The socket.
        socket: SocketId,
        /// Why.
        code: CloseCode,
    },
    /// Propose something to a conversation; repeated by the machine until it is answered.
    Instruct {
        /// Which one.
        conversation: ConversationId,
        /// What.
        instruction: Instruction,
    },
    /// Answer to [`Input::Admit`]: it may begin, with these settings.
    Admitted(Settings),
    /// Answer to [`Input::Reported`]: that revision is stored.
    Confirmed {
        /// Of the report.
        revision: Seq,
    },
    /// Answer to [`Input::Create`]: the space stands.
    Created,
    /// Answer to [`Input::Create`] or [`Input::Admit`]: no, and nothing changed.
    Denied(Refusal),
}

/// Machine 2. `Space::default()` is a space that was not made yet.
#[derive(Clone, Debug, Default)]
pub struct Space {
    /// The latest moment seen: time never goes back (K3).
    now: Timestamp,
    /// When what fell due was last settled; `None` since a restore.
    settled_at: Option<Timestamp>,
    ledger: Option<Ledger>,
    touched: Touched,
}

impl Space {
    /// Takes one input at `now` and returns what the caller has to do, in that order.
    ///
    /// Whatever fell due up to `now` is settled first (R3).
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Vec<Effect> {
        self.now = self.now.max(now);
        let mut turn = Turn::new(self.now);
        self.touched = Touched::default();
        let Some(ledger) = &mut self.ledger else {
            return self.before_creation(turn, input);
        };
        match &input {
            Input::Heard { socket, at } => {
                if ledger.heard(*socket, turn.now.min(*at)) {
                    ledger.keep_again(&mut turn, *socket);
                }
                return turn.finish(ledger);
            }
            Input::Frame { socket, .. } => {
                ledger.heard(*socket, turn.now);
            }
            Input::Create { .. }
            | Input::Admit { .. }
            | Input::Connected { .. }
            | Input::Disconnected { .. }
            | Input::Reported(_)
            | Input::Answered { .. }
            | Input::Tick => (),
        }
        self.settled_at = Some(turn.now);
        ledger.settle(&mut turn, matches!(input, Input::Tick));
        ledger.take(&mut turn, input);
        ledger.dispatch(&mut turn);
        ledger.show(&mut turn);
        self.touched = Touched::by(&turn);
        turn.finish(ledger)
    }

    /// When the next [`Input::Tick`] is due; `None` while nothing is timed. Before it, the shell
    /// says when it last heard each socket (R21).
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let ledger = self.ledger.as_ref()?;
        let item = ledger.deadlines.first().map(|(due, _)| *due);
        let socket = ledger.silences.first().map(|(due, _)| *due);
        let dues = [item, socket, ledger.counts_due_at()];
        dues.into_iter().flatten().min()
    }

    /// The invariants of what the last turn touched: asked after every turn, before it is saved.
    ///
    /// # Errors
    /// Names the invariant that does not hold.
    pub fn check(&self) -> Result<(), Broken> {
        match &self.ledger {
            Some(ledger) => ledger.check(self.settled_at, &self.touched),
            None => Ok(()),
        }
    }

    /// The invariants of the whole space, against a naive recomputation: for tests and the
    /// simulation.
    ///
    /// # Errors
    /// Names the invariant that does not hold.
    pub fn audit(&self) -> Result<(), Broken> {
        match &self.ledger {
            Some(ledger) => ledger.audit(self.settled_at),
            None => Ok(()),
        }
    }

    /// The machine as its stored rows and the seats of its open sockets say.
    #[must_use]
    pub fn restore(
        rows: impl IntoIterator<Item = Row>,
        seats: impl IntoIterator<Item = (SocketId, Seat)>,
        now: Timestamp,
    ) -> Self {
        Self {
            now,
            settled_at: None,
            ledger: Ledger::restore(rows, seats),
            touched: Touched::default(),
        }
    }

    /// The settings; `None` before the space was made.
    #[must_use]
    pub fn settings(&self) -> Option<&Settings> {
        self.ledger.as_ref().map(|ledger| &ledger.settings)
    }

    /// The agents, by id.
    pub fn agents(&self) -> impl Iterator<Item = &Agent> {
        let ledgers = self.ledger.iter();
        ledgers.flat_map(|ledger| ledger.roster.values().map(|duty| &duty.agent))
    }

    /// The work items, by id, gone ones included until their tombstones have served their time.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        let ledgers = self.ledger.iter();
        ledgers.flat_map(|ledger| ledger.items.values())
    }

    /// What can happen to a space that was not made yet.
    fn before_creation(&mut self, mut turn: Turn, input: Input) -> Vec<Effect> {
        match input {
            Input::Create {
                space,
                settings,
                agents,
            } => {
                let ledger = Ledger::create(&mut turn, space, settings, agents);
                let effects = turn.finish(&ledger);
                self.settled_at = Some(turn.now);
                self.ledger = Some(ledger);
                effects
            }
            Input::Admit { .. } => [Effect::Denied(Refusal::SpaceUnknown)].into(),
            Input::Connected { socket, .. } | Input::Frame { socket, .. } => {
                let code = CloseCode::Forbidden;
                [Effect::Close { socket, code }].into()
            }
            Input::Disconnected { .. }
            | Input::Heard { .. }
            | Input::Reported(_)
            | Input::Answered { .. }
            | Input::Tick => Vec::new(),
        }
    }
}

impl Ledger {
    /// Settles what fell due (R3).
    fn settle(&mut self, turn: &mut Turn, is_alarm: bool) {
        self.close_silent(turn);
        let due = self
            .deadlines
            .iter()
            .take_while(|(due, _)| *due <= turn.now);
        let due: Vec<ConversationId> = due.map(|(_, conversation)| *conversation).collect();
        for conversation in due {
            let Some(item) = self.items.get(&conversation) else {
                continue;
            };
            match item.state {
                ItemState::Waiting { .. } => self.change_item(turn, conversation, |item| {
                    item.state = ItemState::Waiting { not_before: None };
                }),
                ItemState::Offered { agent, .. } => {
                    if is_alarm || !mutant::is(Mutant::ExpiryByAlarmOnly) {
                        self.expire(turn, conversation, agent);
                    }
                }
                ItemState::Assigning { .. } => self.repeat(turn, conversation),
                ItemState::Gone { .. } => {
                    self.take_item(turn, conversation);
                }
                ItemState::Held => (),
            }
        }
    }

    fn take(&mut self, turn: &mut Turn, input: Input) {
        match input {
            Input::Create { .. } => turn.effects.push(Effect::Denied(Refusal::CommandConflict)),
            Input::Admit {
                visitor,
                conversation,
            } => self.admit(turn, visitor, conversation),
            Input::Connected { socket, person } => self.connected(turn, socket, &person),
            Input::Frame { socket, frame } => self.frame(turn, socket, &frame),
            Input::Disconnected { socket } => {
                self.unseat(socket);
            }
            Input::Reported(report) => {
                let revision = report.revision;
                self.take_report(turn, report);
                turn.effects.push(Effect::Confirmed { revision });
            }
            Input::Answered {
                conversation,
                fence,
                answer,
            } => self.answered(turn, conversation, fence, answer),
            Input::Heard { .. } | Input::Tick => (),
        }
    }
}
