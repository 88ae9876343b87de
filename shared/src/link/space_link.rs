//! The link of an agent's console to the space: the desk, the counts, commands.
//!
//! - **K15** A command is sent on every connection until the space has answered it; the space knows a
//!   repeat by its id. Commands live as long as the page: what was never answered is seen on the desk.

use alloc::string::String;
use alloc::vec::Vec;

use super::State;
use super::flight::Flight;
use super::line::{Line, Move};
use crate::conversation::{Cursor, Seq};
use crate::frame::{FromServer, Hello, ToServer};
use crate::id::{CommandId, DeviceId};
use crate::refusal::Refusal;
use crate::space::{Command, Counts, Desk};
use crate::time::Timestamp;

/// Everything that can happen to a [`SpaceLink`]; see [`super::Input`].
#[derive(Clone, Debug)]
pub enum SpaceInput {
    /// Open now.
    Start,
    /// The socket is open.
    Opened,
    /// A frame arrived.
    Received(FromServer),
    /// The text `pong` arrived.
    Pong,
    /// The socket is closed, or could not be opened (1006).
    Lost {
        /// The close code.
        code: u16,
    },
    /// The agent asks for something.
    Submit {
        /// A fresh id.
        id: CommandId,
        /// What.
        command: Command,
    },
    /// The browser says that it is online, or the page became visible again.
    Online,
    /// The browser says that it is offline.
    Offline,
    /// Answer to [`SpaceEffect::Renew`]: the shell has a fresh token.
    Renewed {
        /// The token, for the connection that stands.
        token_for_frame: Option<String>,
    },
    /// Answer to [`SpaceEffect::Renew`]: the server refuses to renew.
    RenewFailed,
    /// Answer to [`SpaceEffect::Renew`]: nobody answered.
    RenewUnreachable,
    /// The moment of [`SpaceLink::next_deadline`] has come.
    Tick,
}

/// What the shell does next, in this order; see [`super::Effect`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SpaceEffect {
    /// Store `connection` for this tab, drop any older socket, open a new one with a valid token.
    Dial {
        /// Number of the attempt.
        connection: u32,
    },
    /// Send a frame over the socket.
    Transmit(ToServer<Command>),
    /// Send the text `ping` over the socket.
    Ping,
    /// Close the socket; it is not heard of again.
    HangUp,
    /// Get a fresh token.
    Renew,
    /// Reload the page; store the moment for [`SpaceLink::reloaded_at`].
    Reload,
    /// The space obeyed a command.
    Done {
        /// Which one.
        id: CommandId,
    },
    /// The space refused a command: tell the agent.
    Refused {
        /// Which one.
        id: CommandId,
        /// Why.
        refusal: Refusal,
    },
    /// That part of the link's answers has changed.
    Changed(SpacePart),
}

/// A part of what a [`SpaceLink`] answers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SpacePart {
    /// [`SpaceLink::state`].
    State,
    /// [`SpaceLink::desk`].
    Desk,
    /// [`SpaceLink::counts`].
    Counts,
}

/// A console's end of the space.
#[derive(Clone, Debug)]
pub struct SpaceLink {
    device: DeviceId,
    line: Line,
    /// Whether this connection has shown the desk.
    is_caught_up: bool,
    desk: Option<Desk>,
    counts: Counts,
    /// When the desk arrived, by our clock.
    desk_at: Timestamp,
    commands: Vec<(CommandId, Command)>,
    flight: Flight,
}

impl SpaceLink {
    /// A link at rest. `connection` is the last number that this tab has used.
    #[must_use]
    pub fn new(device: DeviceId, connection: u32) -> Self {
        Self {
            device,
            line: Line::new(connection),
            is_caught_up: false,
            desk: None,
            counts: Counts::default(),
            desk_at: Timestamp::default(),
            commands: Vec::new(),
            flight: Flight::default(),
        }
    }

    /// Tells when this tab last obeyed [`SpaceEffect::Reload`].
    #[must_use]
    pub const fn reloaded_at(mut self, at: Option<Timestamp>) -> Self {
        self.line.set_reloaded_at(at);
        self
    }

    /// Takes one input at `now`, which never goes back, and returns what the shell has to do.
    /// `dice` is a fresh random number with every call.
    pub fn handle(&mut self, now: Timestamp, dice: u64, input: SpaceInput) -> Vec<SpaceEffect> {
        let before = self.state();
        let mut effects = Vec::new();
        while let Some(next) = self.line.tick(now, dice) {
            follow(Some(next), &mut effects);
        }
        self.flight.tick(now);
        let next = self.take(now, dice, input, &mut effects);
        follow(next, &mut effects);
        self.pump(&mut effects);
        if before != self.state() {
            effects.push(SpaceEffect::Changed(SpacePart::State));
        }
        effects
    }

    /// When the next [`SpaceInput::Tick`] is due; `None` while nothing is timed.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let hold = self.line.is_up().then(|| self.flight.next_deadline());
        let deadlines = self.line.next_deadline().into_iter();
        deadlines.chain(hold.flatten()).min()
    }

    /// How the link stands; live once the desk of this connection has come.
    #[must_use]
    pub const fn state(&self) -> State {
        self.line.state(self.is_caught_up)
    }

    /// The newest desk; `None` before the first. It stays while the line is down.
    #[must_use]
    pub const fn desk(&self) -> Option<&Desk> {
        self.desk.as_ref()
    }

    /// The newest counts.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// Commands that the space has not answered yet, oldest first.
    pub fn unanswered(&self) -> impl Iterator<Item = (CommandId, &Command)> {
        self.commands.iter().map(|(id, command)| (*id, command))
    }

    /// The moment by the space's clock, by which the moments of the desk are to be read (K4 of
    /// PROTOCOL.md: for display only).
    #[must_use]
    pub fn space_time(&self, now: Timestamp) -> Timestamp {
        let desk = self.desk.as_ref();
        desk.map_or(now, |desk| desk.now + now.since(self.desk_at))
    }

    fn take(
        &mut self,
        now: Timestamp,
        dice: u64,
        input: SpaceInput,
        effects: &mut Vec<SpaceEffect>,
    ) -> Option<Move> {
        match input {
            SpaceInput::Start => self.line.start(now),
            SpaceInput::Opened => {
                if self.line.opened() {
                    let hello = Hello {
                        device: self.device,
                        connection: self.line.connection(),
                        epoch: None,
                        after: Seq(0),
                        cursor: Cursor::default(),
                    };
                    effects.push(SpaceEffect::Transmit(ToServer::Hello(hello)));
                }
                None
            }
            SpaceInput::Received(frame) => {
                self.line.heard();
                self.receive(now, dice, frame, effects)
            }
            SpaceInput::Pong => {
                self.line.heard();
                None
            }
            SpaceInput::Lost { code } => self.line.lost(now, dice, code).1,
            SpaceInput::Submit { id, command } => {
                if self.commands.iter().all(|(known, _)| *known != id) {
                    self.commands.push((id, command));
                }
                self.line.is_idle().then(|| self.line.start(now)).flatten()
            }
            SpaceInput::Online => self.line.online(now, dice),
            SpaceInput::Offline => self.line.offline(now),
            SpaceInput::Renewed { token_for_frame } => {
                if let (true, Some(token)) = (self.line.is_up(), token_for_frame) {
                    effects.push(SpaceEffect::Transmit(ToServer::Renew { token }));
                }
                self.line.renewed(now)
            }
            SpaceInput::RenewFailed => {
                self.line.renew_failed();
                None
            }
            SpaceInput::RenewUnreachable => {
                self.line.renew_unreachable(now, dice);
                None
            }
            SpaceInput::Tick => None,
        }
    }

    fn receive(
        &mut self,
        now: Timestamp,
        dice: u64,
        frame: FromServer,
        effects: &mut Vec<SpaceEffect>,
    ) -> Option<Move> {
        match frame {
            FromServer::Welcome(welcome) => {
                if self.line.welcomed(now, dice, welcome.connection) {
                    self.is_caught_up = false;
                    self.flight = Flight::default();
                }
            }
            FromServer::Desk(desk) => {
                self.is_caught_up = self.line.is_up();
                self.desk = Some(*desk);
                self.desk_at = now;
                effects.push(SpaceEffect::Changed(SpacePart::Desk));
            }
            FromServer::Counts(counts) => {
                self.counts = counts;
                effects.push(SpaceEffect::Changed(SpacePart::Counts));
            }
            FromServer::Done { id } | FromServer::Repeated { id, .. } => {
                if self.answered(id) {
                    effects.push(SpaceEffect::Done { id });
                }
            }
            FromServer::Refused { id, refusal } => {
                if self.answered(id) {
                    effects.push(SpaceEffect::Refused { id, refusal });
                }
            }
            FromServer::Hold { n, retry_ms } => {
                let is_lost = self.flight.hold(now, n, retry_ms).is_none();
                return is_lost.then(|| self.line.resume(now, dice));
            }
            FromServer::Renew => return self.line.renewal_wanted(),
            FromServer::Entries(_)
            | FromServer::Limited { .. }
            | FromServer::Live { .. }
            | FromServer::Cursors(_)
            | FromServer::Typing { .. }
            | FromServer::Place(_)
            | FromServer::Bad { .. } => (),
        }
        None
    }

    /// True for the first answer to a command.
    fn answered(&mut self, id: CommandId) -> bool {
        self.flight.settle(id);
        let count = self.commands.len();
        self.commands.retain(|(known, _)| *known != id);
        self.commands.len() < count
    }

    /// Sends what was not answered, on every connection again.
    fn pump(&mut self, effects: &mut Vec<SpaceEffect>) {
        if !self.line.is_up() {
            return;
        }
        for (id, command) in &self.commands {
            if !self.flight.has_room() {
                return;
            }
            if !self.flight.contains(*id) {
                let n = self.flight.send(*id);
                let (id, command) = (*id, command.clone());
                effects.push(SpaceEffect::Transmit(ToServer::Send { n, id, command }));
            }
        }
    }
}

fn follow(next: Option<Move>, effects: &mut Vec<SpaceEffect>) {
    effects.extend(next.map(|next| match next {
        Move::Dial { connection } => SpaceEffect::Dial { connection },
        Move::Ping => SpaceEffect::Ping,
        Move::HangUp => SpaceEffect::HangUp,
        Move::Renew => SpaceEffect::Renew,
        Move::Reload => SpaceEffect::Reload,
    }));
}
