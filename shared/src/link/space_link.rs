//! The link of an agent's console to the space: the desk, the counts, commands.

use alloc::string::String;
use alloc::vec::Vec;

use super::State;
use crate::frame::{FromServer, ToServer};
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
    connection: u32,
    desk: Option<Desk>,
    counts: Counts,
}

impl SpaceLink {
    /// A link at rest. `connection` is the last number that this tab has used.
    #[must_use]
    pub fn new(device: DeviceId, connection: u32) -> Self {
        Self {
            device,
            connection,
            desk: None,
            counts: Counts::default(),
        }
    }

    /// Tells when this tab last obeyed [`SpaceEffect::Reload`].
    #[must_use]
    pub fn reloaded_at(self, at: Option<Timestamp>) -> Self {
        let _ = at;
        self
    }

    /// Takes one input at `now` and returns what the shell has to do. `dice` is a fresh random
    /// number with every call.
    pub fn handle(&mut self, now: Timestamp, dice: u64, input: SpaceInput) -> Vec<SpaceEffect> {
        let _ = (now, dice, input, self.device, self.connection);
        Vec::new()
    }

    /// When the next [`SpaceInput::Tick`] is due; `None` while nothing is timed.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        None
    }

    /// How the link stands.
    #[must_use]
    pub const fn state(&self) -> State {
        State::Idle
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
        core::iter::empty()
    }

    /// The moment by the space's clock, by which the moments of the desk are to be read.
    #[must_use]
    pub fn space_time(&self, now: Timestamp) -> Timestamp {
        now
    }
}
