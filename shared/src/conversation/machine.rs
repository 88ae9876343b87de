//! The machine: takes inputs, keeps the state, names effects.

use alloc::vec::Vec;

use super::{Effect, Input, Row, Seat};
use crate::frame::SocketId;
use crate::time::Timestamp;

/// One conversation. The default is unborn.
#[derive(Clone, Debug, Default)]
pub struct Conversation {
    /// The latest moment seen: time never goes back (K3).
    now: Timestamp,
}

/// A promise that the machine finds broken in itself: the caller throws it away, reads the disk
/// again and closes the sockets with [`crate::frame::CloseCode::Broken`].
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{rule} is broken: {what}")]
pub struct Broken {
    /// Id of the invariant (PROTOCOL.md §11).
    pub rule: &'static str,
    /// The values at hand.
    pub what: alloc::string::String,
}

impl Conversation {
    /// Takes one input at `now` and returns what the caller has to do.
    ///
    /// Whatever fell due up to `now` is settled first, so a late alarm changes nothing.
    pub fn handle(&mut self, now: Timestamp, _input: Input) -> Vec<Effect> {
        self.now = self.now.max(now);
        Vec::new()
    }

    /// When the next [`Input::Tick`] is due; `None` while nothing is timed.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        None
    }

    /// Asks the cheap invariants; the caller does so after every turn, before it saves.
    ///
    /// # Errors
    /// Names the first broken one.
    pub fn check(&self) -> Result<(), Broken> {
        Ok(())
    }

    /// Builds the machine again from its rows and from the seats of the sockets still open.
    #[must_use]
    pub fn restore(
        rows: impl IntoIterator<Item = Row>,
        seats: impl IntoIterator<Item = (SocketId, Seat)>,
        now: Timestamp,
    ) -> Self {
        let _ = (rows.into_iter().count(), seats.into_iter().count());
        Self { now }
    }
}
