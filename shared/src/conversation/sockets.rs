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
