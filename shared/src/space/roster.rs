//! The roster: which agents have a live console.
//!
//! - **R19** An agent is live while a socket that said hello is open and was heard within
//!   [`SILENCE`]. A silent socket is closed and counts as gone; one that never says hello is
//!   closed after [`HELLO_WAIT`], as too slow as well (C2 of `conversation::sockets`).
//! - **R20** The hello of a tab closes every earlier connection of that tab, and is refused when
//!   a later one is open (PROTOCOL.md §5.1). Another agent's tab of the same name is another tab.
//! - **R21** A heartbeat is answered without waking the space, so the shell says when each socket
//!   was last heard before it asks what fell due; being heard settles nothing by itself.

use core::time::Duration;

use super::ledger::Ledger;
use super::row::Seat;
use super::turn::Turn;
use super::{Command, Effect};
use crate::conversation::Seq;
use crate::frame::{
    CloseCode, FrameError, FromServer, HEARTBEAT_MS, Hello, SocketId, ToServer, Welcome,
};
use crate::id::{AgentId, EpochId};
use crate::rights::Person;
use crate::time::Timestamp;

/// How long a silent socket counts as alive: 150 s, six heartbeats. Source: PROTOCOL.md §5.4.
pub const SILENCE: Duration = Duration::from_secs(150);
/// How long a socket may stay open without a hello: 10 s. Source: PROTOCOL.md §5.1.
pub const HELLO_WAIT: Duration = Duration::from_secs(10);

/// When a seat counts as gone, unless it is heard (R19).
pub(super) fn silent_at(seat: &Seat) -> Timestamp {
    seat.heard_at
        + match seat.device {
            Some(_) => SILENCE,
            None => HELLO_WAIT,
        }
}

impl Ledger {
    /// A socket was accepted. It belongs to an agent of this space or is closed.
    pub fn connected(&mut self, turn: &mut Turn, socket: SocketId, person: &Person) {
        let agent = match person {
            Person::Agent { agent, era, .. } if self.vouch(*agent, *era).is_ok() => Ok(*agent),
            Person::Agent { agent, .. } if self.is_active(*agent) => Err(CloseCode::Revoked),
            Person::Agent { .. } => Err(CloseCode::Left),
            Person::Visitor { .. } => Err(CloseCode::Forbidden),
        };
        let agent = match agent {
            Ok(agent) => agent,
            Err(code) => {
                turn.effects.push(Effect::Close { socket, code });
                return;
            }
        };
        let seat = Seat {
            agent,
            device: None,
            heard_at: turn.now,
        };
        self.unseat(socket);
        self.keep(turn, socket, seat);
    }

    /// True for an agent of this space who has not left (R41).
    pub fn is_active(&self, agent: AgentId) -> bool {
        let duty = self.roster.get(&agent);
        duty.is_some_and(|duty| !duty.agent.deactivated)
    }

    /// A socket showed that it is alive (R21). True when that is news.
    pub fn heard(&mut self, socket: SocketId, at: Timestamp) -> bool {
        match self.sockets.get(&socket) {
            Some(seat) if seat.device.is_some() && seat.heard_at < at => {
                let heard_at = at;
                let seat = Seat {
                    heard_at,
                    ..seat.clone()
                };
                self.seat(socket, seat);
                true
            }
            Some(_) | None => false,
        }
    }

    /// Where a seat is to outlive the memory.
    pub fn keep(&mut self, turn: &mut Turn, socket: SocketId, seat: Seat) {
        self.seat(socket, seat.clone());
        turn.effects.push(Effect::Keep { socket, seat });
    }

    /// Keeps a seat as it is.
    pub fn keep_again(&self, turn: &mut Turn, socket: SocketId) {
        if let Some(seat) = self.sockets.get(&socket).cloned() {
            turn.effects.push(Effect::Keep { socket, seat });
        }
    }

    /// Closes sockets that are silent (R19).
    pub fn close_silent(&mut self, turn: &mut Turn) {
        while let Some(&(due, socket)) = self.silences.first()
            && due <= turn.now
        {
            self.silences.remove(&(due, socket));
            self.close_socket(turn, socket, CloseCode::Slow);
        }
    }

    /// Takes in a frame of a socket that is known.
    pub fn frame(&mut self, turn: &mut Turn, socket: SocketId, frame: &ToServer<Command>) {
        let Some(seat) = self.sockets.get(&socket) else {
            return;
        };
        let (agent, has_said_hello) = (seat.agent, seat.device.is_some());
        match frame {
            ToServer::Hello(hello) => self.hello(turn, socket, hello),
            ToServer::Send { id, command, .. } if has_said_hello => {
                self.obey(turn, socket, agent, *id, command);
            }
            // A space has no log to catch up with, nobody types to it, and the shell checks tokens.
            ToServer::Sync { .. }
            | ToServer::Received { .. }
            | ToServer::Seen { .. }
            | ToServer::Typing { .. }
            | ToServer::Renew { .. }
                if has_said_hello => {}
            ToServer::Send { .. }
            | ToServer::Sync { .. }
            | ToServer::Received { .. }
            | ToServer::Seen { .. }
            | ToServer::Typing { .. }
            | ToServer::Renew { .. } => {
                let reason = "the first frame is a hello".into();
                let error = FrameError::Malformed { reason };
                turn.send([socket].into(), FromServer::Bad { error });
            }
        }
    }

    /// A tab says who it is (R20).
    fn hello(&mut self, turn: &mut Turn, socket: SocketId, hello: &Hello) {
        let Some(seat) = self.sockets.get(&socket).cloned() else {
            return;
        };
        let mut is_late = false;
        for other in self.sockets_of(seat.agent) {
            let other_device = self.sockets.get(&other).and_then(|seat| seat.device);
            match other_device {
                Some((device, connection)) if device == hello.device => {
                    if connection > hello.connection {
                        is_late = true;
                    } else if other != socket {
                        self.close_socket(turn, other, CloseCode::Replaced);
                    }
                }
                Some(_) | None => (),
            }
        }
        if is_late {
            return self.close_socket(turn, socket, CloseCode::Replaced);
        }
        let seat = Seat {
            device: Some((hello.device, hello.connection)),
            heard_at: turn.now,
            ..seat
        };
        let duty = self.roster.get(&seat.agent);
        if duty.is_some_and(|duty| duty.agent.unseen) {
            self.change_agent(turn, seat.agent, |agent| agent.unseen = false);
            self.counts.colleagues = self.counts.colleagues.saturating_add(1);
        }
        turn.desks.insert(seat.agent);
        turn.fresh.insert(socket);
        self.keep(turn, socket, seat);
        let welcome = Welcome {
            connection: hello.connection,
            epoch: self.epoch(),
            head: Seq(0),
            now: turn.now,
            heartbeat_ms: HEARTBEAT_MS,
        };
        turn.send([socket].into(), FromServer::Welcome(welcome));
    }

    /// A space has no log and so one epoch, made of its name.
    fn epoch(&self) -> EpochId {
        let mut bytes = [0; 16];
        let name = self.space.as_str().bytes();
        for (byte, of_name) in bytes.iter_mut().zip(name) {
            *byte = of_name;
        }
        EpochId::from_bytes(bytes)
    }
}
