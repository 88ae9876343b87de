//! The first frame of a connection: which connection of a tab counts, and what it gets.
//!
//! - **C3** Of one tab only its newest connection counts: a hello closes sockets with a lower
//!   number (4409) and is itself refused when a higher one was welcome before. What a closed
//!   socket still sends is not heard. The number costs no row: memory knows it, and the seats of
//!   open sockets. When both are gone, a late hello is welcome and harmless: clients send nothing
//!   else before they are welcome (K2 of `link`), and who waited for that welcome has moved on.
//! - **C4** The backlog is read and the socket registered in one turn, so no entry falls between.
//! - **C5** A client that knows another life of the log gets it from the start.

use alloc::vec;
use alloc::vec::Vec;

use super::born::Born;
use super::commands::sender;
use super::cursors::merged;
use super::turn::Turn;
use super::{Seat, Seq};
use crate::frame::{CloseCode, FromServer, HEARTBEAT_MS, Hello, SocketId, Welcome};
use crate::mutant::{self, Mutant};

impl Born {
    /// Answers a hello: welcome, cursors, backlog.
    pub(super) fn hello(&mut self, turn: &mut Turn, id: SocketId, hello: Hello) {
        let newest = self.devices.get(&hello.device).copied().unwrap_or(0);
        if hello.connection < newest && !mutant::is(Mutant::NoConnectionCheck) {
            self.drop_socket(turn, id, CloseCode::Replaced);
            return;
        }
        let sender = self
            .sockets
            .get(&id)
            .map(|socket| sender(&socket.seat.person));
        if !sender.is_some_and(|sender| self.may_greet(sender, turn.now)) {
            self.drop_socket(turn, id, CloseCode::Rate);
            return;
        }
        if hello.connection > newest {
            self.devices.insert(hello.device, hello.connection);
        }
        let knows_this_log = hello.epoch == Some(self.birth.epoch);
        let Some(socket) = self.sockets.get_mut(&id) else {
            return;
        };
        socket.seat.device = Some((hello.device, hello.connection));
        socket.expected = Some(1);
        let side = socket.side();
        let head = self.log.head_for(side);
        if knows_this_log {
            socket.seat.cursor = merged(socket.seat.cursor, hello.cursor, head);
        }
        let seat = socket.seat.clone();
        if !mutant::is(Mutant::NoSuperseding) {
            self.close_older(turn, &seat);
        }
        // Not the copy: what an older socket knew may have gone into this seat.
        if let Some(socket) = self.sockets.get(&id) {
            turn.keep(id, socket);
        }
        let welcome = Welcome {
            connection: hello.connection,
            epoch: self.birth.epoch,
            head,
            now: turn.now,
            heartbeat_ms: HEARTBEAT_MS,
        };
        turn.send(vec![id], FromServer::Welcome(welcome));
        if !self.advance(turn, id) {
            let cursors = self.progress.seen_from(side, &self.log);
            turn.send(vec![id], FromServer::Cursors(cursors));
        }
        let after = if knows_this_log { hello.after } else { Seq(0) };
        let skipped = u64::from(mutant::is(Mutant::ResumeOffByOne) && after > Seq(0));
        self.backlog(turn, id, Seq(after.0.saturating_add(skipped)));
        self.show_place(turn, id);
        self.show_typing(turn, id);
    }

    /// Closes every socket of the same tab with a lower number (C3).
    fn close_older(&mut self, turn: &mut Turn, newest: &Seat) {
        let older: Vec<SocketId> = self
            .sockets
            .iter()
            .filter(|(_, socket)| socket.is_older_than(newest))
            .map(|(id, _)| *id)
            .collect();
        for id in older {
            self.drop_socket(turn, id, CloseCode::Replaced);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Cursor;
    use super::super::testing::*;
    use super::*;
    use crate::frame::ToServer;

    #[test]
    fn c4_a_hello_is_answered_in_one_turn() {
        let mut desk = Desk::open();
        desk.at(s(1), connected(SECOND_TAB));
        let effects = desk.at(s(1), hello_as(SECOND_TAB, 5, 7, 2));
        let expected = [
            "keep 5",
            "welcome to [5]",
            "cursors to [5]",
            "backlog 2..3 to 5",
            "place 1 to [5]",
        ];
        assert_eq!(words(&effects), expected);
        let posted = desk.at(s(2), send(CUSTOMER, 1, 1, post("Hi")));
        assert_eq!(words(&posted)[1], "1 entries to [1, 5]");
    }

    #[test]
    fn c5_another_life_of_the_log_is_sent_from_the_start() {
        let lives = [
            ("the same", Some(birth().epoch), "backlog 2..3 to 5"),
            (
                "another",
                Some(crate::id::EpochId::from_bytes([1; 16])),
                "backlog 0..3 to 5",
            ),
            ("none", None, "backlog 0..3 to 5"),
        ];
        for (case, epoch, expected) in lives {
            let mut desk = Desk::open();
            desk.at(s(1), connected(SECOND_TAB));
            let cursor = Cursor {
                delivered: Seq(2),
                read: Seq(2),
            };
            let hello = Hello {
                device: crate::id::DeviceId::from_bytes([5; 16]),
                connection: 1,
                epoch,
                after: Seq(2),
                cursor,
            };
            let effects = desk.at(s(1), frame(SECOND_TAB, ToServer::Hello(hello)));
            assert!(words(&effects).contains(&expected.into()), "{case}");
            let counts = desk.machine.born().progress.customer == cursor;
            assert_eq!(counts, case == "the same", "{case}");
        }
    }

    #[test]
    fn c3_only_the_newest_connection_of_a_tab_counts() {
        let mut desk = Desk::open();
        // The customer's tab, device 1, comes back on another socket.
        desk.at(s(1), connected(SECOND_TAB));
        let effects = desk.at(s(1), hello_as(SECOND_TAB, 1, 2, 0));
        assert_eq!(words(&effects)[..2], ["close 1 4409", "keep 5"]);
        // A late frame of the old connection is not heard.
        assert!(desk.at(s(2), send(CUSTOMER, 1, 1, post("late"))).is_empty());
        // A late hello of an even older connection is refused and closes nobody.
        desk.at(s(3), connected(SocketId(6)));
        let late = desk.at(s(3), hello_as(SocketId(6), 1, 1, 0));
        assert_eq!(words(&late), ["close 6 4409"]);
        let sockets: Vec<_> = desk.machine.born().sockets.keys().copied().collect();
        assert_eq!(sockets, [JACK, MIA, ADA, SECOND_TAB]);
        // The seat knows the number when the memory of the object is lost.
        desk.wake(s(4));
        desk.at(s(5), connected(SocketId(7)));
        let late = desk.at(s(5), hello_as(SocketId(7), 1, 1, 0));
        assert_eq!(words(&late), ["close 7 4409"]);
    }

    #[test]
    fn c3_tabs_of_one_person_live_side_by_side() {
        let mut desk = Desk::active();
        desk.at(s(1), connected(SECOND_TAB));
        desk.at(s(1), hello(SECOND_TAB));
        let posted = desk.at(s(2), send(SECOND_TAB, 1, 1, post("from the other tab")));
        assert_eq!(words(&posted)[1], "1 entries to [1, 5]");
    }
}
