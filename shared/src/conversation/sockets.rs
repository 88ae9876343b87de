//! Sockets of a conversation: who may sit down, and who is still there.
//!
//! The hello itself is in `hello`.
//!
//! - **C1** Only the conversation's own customer and agents of its space may connect; anyone else
//!   learns nothing but that there is no such conversation (4404).
//! - **C2** The first frame is a hello; any other is 4401. Without one for 10 s the socket is closed as
//!   too slow (4408), for that says nothing against the token: a client that has just renewed it would
//!   stop for good at a 4401. A second hello changes nothing.
//! - **C3** When the space says that tokens of an agent are void from before an era, their sockets
//!   are closed (4401), and so is one that was on its way meanwhile: what was said is remembered
//!   while the object is awake, longer than any upgrade takes.

use alloc::vec::Vec;
use core::time::Duration;

use super::allowance::HOLDS;
use super::born::Born;
use super::turn::Turn;
use super::typing::Typing;
use super::{Command, Cursor, Dismissal, Effect, Seat, Seq};
use crate::bucket::Bucket;
use crate::frame::{CloseCode, SocketId, ToServer};
use crate::id::SpaceId;
use crate::rights::{Person, Side};
use crate::time::{Timestamp, millis};

/// How long a socket may stay without a hello. Source: PROTOCOL.md §5.1.
const HELLO_WITHIN: Duration = Duration::from_secs(10);
/// The shortest hold: 300 ms, longer than most round trips, so that what was on its way is here when
/// it is over. Our choice.
const LEAST_HOLD_MS: u32 = 300;

/// One open socket. Only the seat outlives the memory of the object.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Socket {
    pub(super) seat: Seat,
    pub(super) connected_at: Timestamp,
    /// The next command number; `None` after a wake, until one comes.
    pub(super) expected: Option<u32>,
    /// Until when it was told to wait with that number (AL5).
    pub(super) held_until: Timestamp,
    /// The last entry that was sent, counted by the socket's side.
    pub(super) sent: Seq,
    /// Up to here nothing counts against the window: acknowledged, or asked for as a backlog.
    pub(super) acked: Seq,
    pub(super) typing: Typing,
    /// What is left of [`HOLDS`] (AL6).
    pub(super) holds: Bucket,
}

impl Socket {
    pub(super) fn new(seat: Seat, now: Timestamp) -> Self {
        Self {
            expected: seat.held,
            held_until: now,
            seat,
            connected_at: now,
            sent: Seq(0),
            acked: Seq(0),
            typing: Typing::default(),
            holds: Bucket::full(HOLDS, now),
        }
    }

    /// How long a socket that has to wait so many milliseconds is told to wait (AL5).
    pub(super) fn hold_for(&mut self, retry_ms: u32, now: Timestamp) -> u32 {
        let least = if now < self.held_until {
            0
        } else {
            LEAST_HOLD_MS
        };
        let wait = Duration::from_millis(retry_ms.max(least).into());
        self.held_until = self.held_until.max(now + wait);
        u32::try_from(millis(self.held_until.since(now))).unwrap_or(u32::MAX)
    }

    /// True once it has said hello.
    pub(super) const fn is_welcome(&self) -> bool {
        self.seat.device.is_some()
    }

    /// True while it may be sent what is not worth keeping.
    pub(super) const fn takes_ephemerals(&self) -> bool {
        self.is_welcome() && self.seat.lag.is_none()
    }

    pub(super) const fn side(&self) -> Side {
        self.seat.person.side()
    }

    /// True when a connection of the same tab and person with a higher number replaces this one.
    pub(super) fn is_older_than(&self, other: &Seat) -> bool {
        let is_same_person = match (&self.seat.person, &other.person) {
            (Person::Visitor { visitor, .. }, Person::Visitor { visitor: other, .. }) => {
                visitor == other
            }
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
        if !self.is_open_to(&person) || *space != self.birth.space {
            turn.close(id, CloseCode::Unknown);
            return;
        }
        self.hand_over(turn, &person);
        if self.is_dismissed(&person) {
            turn.close(id, CloseCode::Revoked);
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
            left: None,
            held: None,
            lag: None,
        };
        self.sockets.insert(id, Socket::new(seat.clone(), turn.now));
        turn.effects.push(Effect::Keep { socket: id, seat });
    }

    /// Whether a person of the space may read and write here (C1).
    pub(super) fn is_open_to(&self, person: &Person) -> bool {
        self.side(person).is_some()
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

    /// Closes an agent's sockets of an earlier era (C3).
    pub(super) fn dismiss(&mut self, turn: &mut Turn, Dismissal { agent, era }: Dismissal) {
        let known = self.dismissed.entry(agent).or_default();
        *known = era.max(*known);
        let sockets = self.sockets.iter();
        let over = sockets.filter(|(_, socket)| self.is_dismissed(&socket.seat.person));
        let over: Vec<SocketId> = over.map(|(id, _)| *id).collect();
        for id in over {
            self.drop_socket(turn, id, CloseCode::Revoked);
        }
    }

    fn is_dismissed(&self, person: &Person) -> bool {
        match person {
            Person::Visitor { .. } => false,
            Person::Agent { agent, era, .. } => {
                let first = self.dismissed.get(agent);
                first.is_some_and(|first| era < first)
            }
        }
    }

    /// A socket is gone. What its seat alone knew is kept.
    pub(super) fn disconnected(&mut self, turn: &mut Turn, id: SocketId) {
        self.typing(turn, id, false);
        self.sockets.remove(&id);
        self.keep_progress(turn);
    }

    /// Closes a socket and stops hearing it.
    pub(super) fn drop_socket(&mut self, turn: &mut Turn, id: SocketId, code: CloseCode) {
        self.disconnected(turn, id);
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
        let since = socket.seat.lag?.since;
        Some((since + super::window::LAG_MAX, CloseCode::Slow))
    } else {
        let at = socket.connected_at + HELLO_WITHIN;
        Some((at, CloseCode::Slow))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::super::{Input, Instruction, Source};
    use super::*;
    use crate::id::VisitorId;
    use crate::rights::Role;

    #[test]
    fn c1_strangers_learn_that_there_is_nothing() {
        let other_space: SpaceId = "other".parse().unwrap();
        let stranger = Person::visitor(VisitorId::from_bytes([66; 16]));
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
        assert_eq!(words(&desk.at(s(11), Input::Tick)), ["close 5 4408"]);
    }

    #[test]
    fn c3_sockets_of_an_earlier_era_are_closed_and_none_is_let_in() {
        let mut desk = Desk::active();
        let agent = agent_id(JACK);
        let dismiss = |era| Input::Instructed(Instruction::Dismiss(Dismissal { agent, era }));
        let told = desk.at(s(1), dismiss(0));
        assert_eq!(words(&told), ["answer None"], "nothing is that old");
        let told = desk.at(s(1), dismiss(2));
        assert_eq!(words(&told), ["close 2 4401", "answer None"]);
        let answer = answered(&told).unwrap();
        assert_eq!(answer.dismissed, Some(Dismissal { agent, era: 2 }));
        for (era, expected) in [(0, "close 9 4401"), (1, "close 9 4401"), (2, "keep 9")] {
            let person = Person::Agent {
                agent,
                name: name("Jack"),
                role: Role::Agent,
                era,
            };
            let connected = Input::Connected {
                socket: SocketId(9),
                person,
                space: space(),
            };
            assert_eq!(words(&desk.at(s(2), connected)), [expected], "{era}");
        }
        let told = desk.at(s(3), dismiss(2));
        assert_eq!(words(&told), ["answer None"], "repeated");
    }

    #[test]
    fn c2_a_second_hello_changes_nothing() {
        let mut desk = Desk::open();
        assert!(desk.at(s(1), hello_as(CUSTOMER, 1, 9, 0)).is_empty());
    }
}
