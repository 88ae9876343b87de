//! One turn of the machine: what one input made of it.

use alloc::vec::Vec;

use super::sockets::Socket;
use super::{Effect, Entry, Seq};
use crate::frame::{CloseCode, FromServer, SocketId};
use crate::time::Timestamp;

/// One turn: its moment, its effects, and the entries that are still to be sent.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) now: Timestamp,
    pub(super) effects: Vec<Effect>,
    /// Appended in this turn, with the customer's count, and sent at its end.
    pub(super) fresh: Vec<(Entry, Option<Seq>)>,
}

impl Turn {
    pub(super) const fn at(now: Timestamp) -> Self {
        Self {
            now,
            effects: Vec::new(),
            fresh: Vec::new(),
        }
    }

    /// Sends one frame to some sockets; to nobody costs nothing.
    pub(super) fn send(&mut self, to: Vec<SocketId>, frame: FromServer) {
        if !to.is_empty() {
            self.effects.push(Effect::Send { to, frame });
        }
    }

    /// Keeps what must outlive the memory of the object.
    pub(super) fn keep(&mut self, id: SocketId, socket: &Socket) {
        self.effects.push(Effect::Keep {
            socket: id,
            seat: socket.seat.clone(),
        });
    }

    pub(super) fn close(&mut self, socket: SocketId, code: CloseCode) {
        self.effects.push(Effect::Close { socket, code });
    }
}
