//! Sockets of a conversation: who may sit down, and which connection of a tab counts.
//!
//! - **C1** Only the conversation's own customer and agents of its space may connect; anyone else
//!   learns nothing but that there is no such conversation (4404).
//! - **C2** The first frame is a hello, within 10 s; any other first frame, or none, is 4401. A
//!   second hello changes nothing.
//! - **C3** Of one tab only its newest connection counts: a hello closes sockets with a lower
//!   number (4409) and is itself refused when a higher one was welcome before. What a closed
//!   socket still sends is not heard.
//! - **C4** The backlog is read and the socket registered in one turn, so no entry falls between.
//! - **C5** A client that knows another life of the log gets it from the start.

use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use super::born::Born;
use super::cursors::merged;
use super::turn::Turn;
use super::typing::Typing;
use super::{Command, Cursor, Effect, Row, Seat, Seq};
use crate::frame::{CloseCode, FromServer, HEARTBEAT_MS, Hello, SocketId, ToServer, Welcome};
use crate::id::SpaceId;
use crate::mutant::{self, Mutant};
use crate::rights::{Person, Side};
use crate::time::Timestamp;

/// How long a socket may stay without a hello. Source: PROTOCOL.md §5.1.
const HELLO_WITHIN: Duration = Duration::from_secs(10);

/// One open socket. Only the seat outlives the memory of the object.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Socket {
    pub(super) seat: Seat,
    pub(super) connected_at: Timestamp,
    /// The next command number; `None` after a wake, until one comes.
    pub(super) expected: Option<u32>,
    /// The last entry that was sent, counted by the socket's side.
    pub(super) sent: Seq,
    /// Up to here nothing counts against the window: acknowledged, or asked for as a backlog.
    pub(super) acked: Seq,
    /// Since when the window is full.
    pub(super) lagging_since: Option<Timestamp>,
    pub(super) typing: Typing,
}

impl Socket {
    pub(super) fn new(seat: Seat, now: Timestamp) -> Self {
        Self {
            expected: seat.held,
            seat,
            connected_at: now,
            sent: Seq(0),
            acked: Seq(0),
            lagging_since: None,
            typing: Typing::default(),
        }
    }

    /// True once it has said hello.
    pub(super) const fn is_welcome(&self) -> bool {
        self.seat.device.is_some()
    }

    /// True while it may be sent what is not worth keeping.
    pub(super) const fn takes_ephemerals(&self) -> bool {
        self.is_welcome() && self.lagging_since.is_none()
    }

    pub(super) const fn side(&self) -> Side {
        self.seat.person.side()
    }

    /// True when a connection of the same tab and person with a higher number replaces this one.
    pub(super) fn is_older_than(&self, other: &Seat) -> bool {
        let is_same_person = match (&self.seat.person, &other.person) {
            (Person::Visitor { visitor }, Person::Visitor { visitor: other }) => visitor == other,
            (Person::Agent { agent, .. }, Person::Agent { agent: other, .. }) => agent == other,
            (Person::Visitor { .. }, Person::Agent { .. })
            | (Person::Agent { .. }, Person::Visitor { .. }) => false,
        };
        is_same_person
            && matches!(
                (self.seat.device, other.device),
                (Some((device, connection)), Some((other, newer)))
                    if device == other && connection < newer
            )
    }
}

impl Born {
    /// A socket was accepted (C1).
    pub(super) fn connected(
        &mut self,
        turn: &mut Turn,
        id: SocketId,
        person: Person,
        space: &SpaceId,
    ) {
        let is_ours = match &person {
            Person::Visitor { visitor } => *visitor == self.birth.visitor,
            Person::Agent { .. } => true,
        };
        if !is_ours || *space != self.birth.space {
            turn.close(id, CloseCode::Unknown);
            return;
        }
        // A name that is given out again means that the socket of that name is gone.
        if self.sockets.contains_key(&id) {
            self.disconnected(turn, id);
        }
        let seat = Seat {
            person,
            device: None,
            cursor: Cursor::default(),
            held: None,
        };
        self.sockets.insert(id, Socket::new(seat.clone(), turn.now));
        turn.effects.push(Effect::Keep { socket: id, seat });
    }

    /// A frame came from a socket; from one that is closed it is not heard.
    pub(super) fn frame(&mut self, turn: &mut Turn, id: SocketId, frame: ToServer<Command>) {
        let Some(socket) = self.sockets.get(&id) else {
            return;
        };
        match (frame, socket.is_welcome()) {
            (ToServer::Hello(hello), false) => self.hello(turn, id, hello),
            // The shell judges tokens; a second hello has nothing to add (C2).
            (ToServer::Hello(_), true) | (ToServer::Renew { .. }, _) => (),
            (
                ToServer::Send { .. }
                | ToServer::Sync { .. }
                | ToServer::Received { .. }
                | ToServer::Seen { .. }
                | ToServer::Typing { .. },
                false,
            ) => self.drop_socket(turn, id, CloseCode::Unauthorized),
            (
                ToServer::Send {
                    n,
                    id: command_id,
                    command,
                },
                true,
            ) => self.send(turn, id, n, command_id, command),
            (ToServer::Sync { after }, true) => self.backlog(turn, id, after),
            (ToServer::Received { seq }, true) => self.received(turn, id, seq),
            (ToServer::Seen { cursor }, true) => self.seen(turn, id, cursor),
            (ToServer::Typing { typing }, true) => self.typing(turn, id, typing),
        }
    }

    /// A socket is gone. Its cursor goes to disk if it moved.
    pub(super) fn disconnected(&mut self, turn: &mut Turn, id: SocketId) {
        self.typing(turn, id, false);
        self.sockets.remove(&id);
        self.save_progress(turn);
    }

    fn hello(&mut self, turn: &mut Turn, id: SocketId, hello: Hello) {
        let newest = self.devices.get(&hello.device).copied().unwrap_or(0);
        if hello.connection < newest && !mutant::is(Mutant::NoConnectionCheck) {
            self.drop_socket(turn, id, CloseCode::Replaced);
            return;
        }
        if hello.connection > newest {
            self.devices.insert(hello.device, hello.connection);
            turn.effects.push(Effect::Save(Row::Device {
                device: hello.device,
                connection: hello.connection,
            }));
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
        turn.effects.push(Effect::Keep { socket: id, seat });
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

    /// Closes a socket and stops hearing it.
    pub(super) fn drop_socket(&mut self, turn: &mut Turn, id: SocketId, code: CloseCode) {
        self.typing(turn, id, false);
        self.sockets.remove(&id);
        self.save_progress(turn);
        turn.close(id, code);
    }

    /// Closes the sockets whose time is over: no hello, or a window that stays full.
    pub(super) fn settle_sockets(&mut self, turn: &mut Turn) {
        let over: Vec<(SocketId, CloseCode)> = self
            .sockets
            .iter()
            .filter_map(|(id, socket)| {
                let (at, code) = socket_due(socket)?;
                (at <= turn.now).then_some((*id, code))
            })
            .collect();
        for (id, code) in over {
            self.drop_socket(turn, id, code);
        }
    }

    pub(super) fn socket_deadline(&self) -> Option<Timestamp> {
        let due = self.sockets.values().filter_map(socket_due);
        due.map(|(at, _)| at).min()
    }
}

fn socket_due(socket: &Socket) -> Option<(Timestamp, CloseCode)> {
    if socket.is_welcome() {
        let since = socket.lagging_since?;
        Some((since + super::window::LAG_MAX, CloseCode::Slow))
    } else {
        let at = socket.connected_at + HELLO_WITHIN;
        Some((at, CloseCode::Unauthorized))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::super::{Input, Source};
    use super::*;
    use crate::id::VisitorId;

    #[test]
    fn c1_strangers_learn_that_there_is_nothing() {
        let other_space: SpaceId = "other".parse().unwrap();
        let stranger = Person::Visitor {
            visitor: VisitorId::from_bytes([66; 16]),
        };
        let cases = [
            ("the customer", person(CUSTOMER), space(), "keep 9"),
            ("an agent", person(MIA), space(), "keep 9"),
            ("a stranger", stranger, space(), "close 9 4404"),
            (
                "the customer, another space",
                person(CUSTOMER),
                other_space.clone(),
                "close 9 4404",
            ),
            (
                "an agent of another space",
                person(MIA),
                other_space,
                "close 9 4404",
            ),
        ];
        for (case, person, space, expected) in cases {
            let mut desk = Desk::open();
            let socket = SocketId(9);
            let connected = Input::Connected {
                socket,
                person,
                space,
            };
            assert_eq!(words(&desk.at(ms(1), connected)), [expected], "{case}");
        }
        assert_eq!(birth().source, Source::Widget);
    }

    #[test]
    fn c2_the_first_frame_is_a_hello_within_ten_seconds() {
        let firsts = [
            send(SECOND_TAB, 1, 1, post("Hi")),
            seen(SECOND_TAB, 1, 1),
            typing(SECOND_TAB, true),
            frame(SECOND_TAB, ToServer::Sync { after: Seq(0) }),
            frame(SECOND_TAB, ToServer::Received { seq: Seq(0) }),
        ];
        for first in firsts {
            let mut desk = Desk::open();
            desk.at(s(1), connected(SECOND_TAB));
            assert_eq!(words(&desk.at(s(2), first)), ["close 5 4401"]);
            assert!(
                desk.at(s(3), hello(SECOND_TAB)).is_empty(),
                "closed is closed"
            );
        }
        let mut desk = Desk::open();
        desk.at(s(1), connected(SECOND_TAB));
        assert_eq!(desk.machine.next_deadline(), Some(s(11)));
        assert!(desk.at(ms(10_999), Input::Tick).is_empty());
        assert_eq!(words(&desk.at(s(11), Input::Tick)), ["close 5 4401"]);
    }

    #[test]
    fn c2_a_second_hello_changes_nothing() {
        let mut desk = Desk::open();
        assert!(desk.at(s(1), hello_as(CUSTOMER, 1, 9, 0)).is_empty());
    }

    #[test]
    fn c4_a_hello_is_answered_in_one_turn() {
        let mut desk = Desk::open();
        desk.at(s(1), connected(SECOND_TAB));
        let effects = desk.at(s(1), hello_as(SECOND_TAB, 5, 7, 2));
        let expected = [
            "save device",
            "keep 5",
            "welcome to [5]",
            "cursors to [5]",
            "backlog 2..3 to 5",
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
            assert_eq!(words(&effects).last().unwrap(), expected, "{case}");
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
        assert_eq!(words(&effects)[..2], ["save device", "close 1 4409"]);
        // A late frame of the old connection is not heard.
        assert!(desk.at(s(2), send(CUSTOMER, 1, 1, post("late"))).is_empty());
        // A late hello of an even older connection is refused and closes nobody.
        desk.at(s(3), connected(SocketId(6)));
        let late = desk.at(s(3), hello_as(SocketId(6), 1, 1, 0));
        assert_eq!(words(&late), ["close 6 4409"]);
        let sockets: Vec<_> = desk.machine.born().sockets.keys().copied().collect();
        assert_eq!(sockets, [JACK, MIA, ADA, SECOND_TAB]);
        // The number outlives the memory of the object.
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
