//! The machine after a wake, from rows and seats alone.
//!
//! - **M1** The digest of every command is read back from the entry that it caused, so a repeat
//!   is known however often the memory was lost.
//! - **M2** An entry of a kind that this release does not know keeps its place in both counts.
//! - **C3** Of two seats of one tab only the newer one counts, as in the turn of its hello; what
//!   the seats say about connections is all that is known of them.
//! - What the seats say about cursors counts like a hello would.

use alloc::vec::Vec;

use super::born::Born;
use super::sockets::Socket;
use super::{Cursors, Entry, Row, Seat, Seq};
use crate::frame::SocketId;
use crate::mutant::{self, Mutant};
use crate::sorted::SortedMap;
use crate::time::Timestamp;

impl Born {
    /// Builds the state; `None` when nothing was born here.
    pub(super) fn restore(
        rows: impl IntoIterator<Item = Row>,
        seats: impl IntoIterator<Item = (SocketId, Seat)>,
        now: Timestamp,
    ) -> Option<Self> {
        let mut birth = None;
        let mut entries: SortedMap<Seq, (Entry, Option<Seq>)> = SortedMap::new();
        let mut confirmed = Seq(0);
        let mut lists = None;
        let mut kept: Vec<Cursors> = Vec::new();
        for row in rows {
            match row {
                Row::Birth(row) => birth = Some(row),
                Row::Entry {
                    entry,
                    public,
                    cursors,
                } => {
                    kept.extend(cursors);
                    entries.insert(entry.seq, (entry, public));
                }
                // The seats tell it better.
                Row::Device { .. } => (),
                Row::Reported { revision } => confirmed = revision,
                Row::Lists(row) => lists = Some(row),
                Row::Cursors(row) => kept.push(row),
            }
        }
        if entries.is_empty() {
            return None;
        }
        let mut born = Self::new(birth?);
        if let Some(lists) = lists {
            born.words.lists = lists;
        }
        for (entry, public) in entries.values() {
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
        for cursors in kept {
            born.progress.raise(cursors, &born.log);
        }
        born.stored_progress = born.progress;
        born.seat(seats, now);
        if mutant::is(Mutant::LimitInMemory) {
            born.allowances.clear();
        }
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
            let head = self.log.head_for(side);
            (socket.sent, socket.acked) = match socket.seat.lag {
                Some(lag) => (lag.sent.min(head), Seq(0)),
                None => (head, head),
            };
            self.sockets.insert(id, socket);
        }
        let seats: Vec<Seat> = self.sockets.values().map(|s| s.seat.clone()).collect();
        self.sockets
            .retain(|_, socket| !seats.iter().any(|seat| socket.is_older_than(seat)));
        for Seat { device, left, .. } in seats {
            if let Some((device, connection)) = device {
                let newest = self.devices.entry(device).or_default();
                *newest = connection.max(*newest);
            }
            if let Some(left) = left {
                self.progress.raise(left, &self.log);
            }
        }
        let sockets: Vec<SocketId> = self.sockets.keys().copied().collect();
        for id in sockets {
            self.count_in(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::super::{Author, Conversation, Event, Input};
    use super::*;

    #[test]
    fn nothing_stored_is_unborn() {
        let none = Conversation::restore([], [], ms(5));
        assert_eq!(none.next_deadline(), None);
        assert_eq!(none.lifecycle(), None);
    }

    #[test]
    fn m2_an_entry_of_a_newer_release_keeps_its_place() {
        let mut desk = Desk::active();
        desk.at(ms(1), send(JACK, 1, 1, post("Hello")));
        // A newer release wrote two entries, one of them for both sides; this one knows neither.
        for (seq, public) in [(6, Some(Seq(6))), (7, None)] {
            let entry = Entry {
                seq: Seq(seq),
                at: ms(2),
                author: Author::System,
                id: None,
                event: Event::Unknown,
            };
            desk.rows.push(Row::Entry {
                entry,
                public,
                cursors: None,
            });
        }
        desk.wake(ms(3));
        let effects = desk.at(ms(4), send(JACK, 2, 2, post("still here")));
        assert_eq!(pushed(JACK, &effects)[0].seq, Seq(8));
        assert_eq!(pushed(CUSTOMER, &effects)[0].seq, Seq(7));
    }

    #[test]
    fn k3_the_clock_starts_at_the_last_row() {
        let mut desk = Desk::active();
        desk.at(s(50), send(CUSTOMER, 1, 1, post("Hello")));
        desk.wake(s(10));
        desk.at(s(10), send(CUSTOMER, 2, 2, post("with a slow clock")));
        let log = desk.log(crate::rights::Side::Agent);
        assert_eq!(log.last().unwrap().at, s(50));
    }

    #[test]
    fn c3_of_two_seats_of_one_tab_the_newer_one_counts() {
        let mut desk = Desk::open();
        let old = desk.seats[&CUSTOMER].clone();
        desk.at(s(1), connected(SECOND_TAB));
        desk.at(s(1), hello_as(SECOND_TAB, 1, 2, 0));
        // The platform still lists the socket that was closed.
        desk.seats.insert(CUSTOMER, old);
        desk.wake(s(2));
        assert!(desk.at(s(3), send(CUSTOMER, 1, 1, post("late"))).is_empty());
    }

    #[test]
    fn a_socket_without_hello_has_ten_seconds_more() {
        let mut desk = Desk::open();
        desk.at(s(1), connected(SECOND_TAB));
        desk.wake(s(5));
        assert_eq!(words(&desk.at(s(15), Input::Tick)), ["close 5 4408"]);
    }
}
