//! The machine after a wake, from rows and seats alone.
//!
//! - **M1** The digest of every command is read back from the entry that it caused, so a repeat
//!   is known however often the memory was lost.
//! - **M2** An entry of a kind that this release does not know keeps its place in both counts.
//! - **C3** Of two seats of one tab only the newer one counts, as in the turn of its hello.
//! - What the seats say about cursors counts like a hello would.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::born::Born;
use super::cursors::Progress;
use super::sockets::Socket;
use super::{Cursors, Entry, Row, Seat, Seq};
use crate::frame::SocketId;
use crate::mutant::{self, Mutant};
use crate::time::Timestamp;

impl Born {
    /// Builds the state; `None` when nothing was born here.
    pub(super) fn restore(
        rows: impl IntoIterator<Item = Row>,
        seats: impl IntoIterator<Item = (SocketId, Seat)>,
        now: Timestamp,
    ) -> Option<Self> {
        let mut birth = None;
        let mut entries: Vec<(Entry, Option<Seq>)> = Vec::new();
        let mut devices = BTreeMap::new();
        let mut confirmed = Seq(0);
        let mut cursors = Cursors::default();
        for row in rows {
            match row {
                Row::Birth(row) => birth = Some(row),
                Row::Entry { entry, public } => entries.push((entry, public)),
                Row::Device { device, connection } => {
                    devices.insert(device, connection);
                }
                Row::Reported { revision } => confirmed = revision,
                Row::Cursors(row) => cursors = row,
            }
        }
        if entries.is_empty() {
            return None;
        }
        entries.sort_by_key(|(entry, _)| entry.seq);
        let mut born = Self::new(birth?);
        born.devices = devices;
        for (entry, public) in &entries {
            born.take(entry, *public);
            if !mutant::is(Mutant::DedupeInMemory) {
                born.log.remember(entry, *public);
            }
        }
        born.reporting.confirmed = if mutant::is(Mutant::ReleaseOutsideOutbox) {
            born.reporting.revision
        } else {
            confirmed
        };
        born.progress = Progress::from_row(cursors, &born.log);
        born.stored_progress = born.progress;
        born.seat(seats, now);
        if mutant::is(Mutant::SeqInMemory) {
            born.log.forget_places();
        }
        Some(born)
    }

    fn seat(&mut self, seats: impl IntoIterator<Item = (SocketId, Seat)>, now: Timestamp) {
        let now = now.max(self.log.last_at);
        for (id, seat) in seats {
            let mut socket = Socket::new(seat, now);
            let side = socket.side();
            socket.sent = self.log.head_for(side);
            socket.acked = socket.sent;
            self.sockets.insert(id, socket);
        }
        let seats: Vec<Seat> = self.sockets.values().map(|s| s.seat.clone()).collect();
        self.sockets
            .retain(|_, socket| !seats.iter().any(|seat| socket.is_older_than(seat)));
        let sockets: Vec<SocketId> = self.sockets.keys().copied().collect();
        for id in sockets {
            self.count_in(id);
        }
    }
}
