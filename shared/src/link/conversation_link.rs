//! The link of one conversation: hello, resume, outbox, cursors, typing.

use alloc::vec::Vec;

use super::{Effect, Input, Pending, State};
use crate::conversation::{Cursors, Transcript};
use crate::id::{ConversationId, DeviceId};
use crate::rights::Side;
use crate::time::Timestamp;

/// A client's end of one conversation.
#[derive(Clone, Debug)]
pub struct ConversationLink {
    device: DeviceId,
    connection: u32,
    side: Side,
    conversation: Option<ConversationId>,
    pending: Vec<Pending>,
    transcript: Transcript,
    cursors: Cursors,
}

impl ConversationLink {
    /// A link at rest. `connection` is the last number that this tab has used, `conversation` is
    /// `None` before the first message, `pending` is the stored outbox in any order.
    #[must_use]
    pub fn new(
        device: DeviceId,
        connection: u32,
        side: Side,
        conversation: Option<ConversationId>,
        pending: Vec<Pending>,
    ) -> Self {
        Self {
            device,
            connection,
            side,
            conversation,
            pending,
            transcript: Transcript::default(),
            cursors: Cursors::default(),
        }
    }

    /// Tells when this tab last obeyed [`Effect::Reload`].
    #[must_use]
    pub fn reloaded_at(self, at: Option<Timestamp>) -> Self {
        let _ = at;
        self
    }

    /// Takes one input at `now` and returns what the shell has to do. `dice` is a fresh random
    /// number with every call.
    pub fn handle(&mut self, now: Timestamp, dice: u64, input: Input) -> Vec<Effect> {
        let _ = (now, dice, input, self.device, self.connection, self.side);
        Vec::new()
    }

    /// When the next [`Input::Tick`] is due; `None` while nothing is timed.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        None
    }

    /// The conversation, once there is one.
    #[must_use]
    pub const fn conversation(&self) -> Option<ConversationId> {
        self.conversation
    }

    /// How the link stands.
    #[must_use]
    pub const fn state(&self) -> State {
        State::Idle
    }

    /// The conversation as this side sees it.
    #[must_use]
    pub const fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// The outbox, first in, first out.
    #[must_use]
    pub fn pending(&self) -> &[Pending] {
        &self.pending
    }

    /// How far both sides have come, counted by this side.
    #[must_use]
    pub const fn cursors(&self) -> Cursors {
        self.cursors
    }

    /// True while somebody on the other side types.
    #[must_use]
    pub fn other_is_typing(&self, now: Timestamp) -> bool {
        let _ = now;
        false
    }

    /// Texts of the other side that were not on a visible screen yet.
    #[must_use]
    pub fn unread(&self) -> u32 {
        0
    }
}
