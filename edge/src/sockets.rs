//! The open sockets of an object: hibernatable, known by number, kept in memory while awake.
//!
//! What must outlive the memory stands in the socket's attachment and is written when it changes,
//! never per message.

mod attachment;
mod door;
mod outgoing;

pub use door::{Announced, Entrance, turn_away};

use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::frame::{
    BAD_FRAMES_MAX, BAD_FRAMES_PERIOD_MS, CloseCode, FrameError, FromServer, Raw, SocketId,
    ToServer,
};
use shared::rights::{Person, Side};
use shared::session::RENEW_GRACE;
use shared::sorted::SortedMap;
use shared::time::{Timestamp, millis};
use worker::WebSocketRequestResponsePair;
use worker::js_sys::{Map, Uint8Array};
use worker::wasm_bindgen::JsValue;
use worker::{Response, Result, State, WebSocket, WebSocketIncomingMessage, WebSocketPair};

use crate::auth::jwt::Pass;
use attachment::Attachment;
use door::end;
use outgoing::Outgoing;

/// The sockets of an object whose machine keeps a `Seat` for each.
pub struct Sockets<Seat> {
    sessions: SortedMap<SocketId, Session<Seat>>,
    /// From the socket, as JavaScript knows it, to its number.
    numbers: Map,
    next: u64,
    /// Why the last socket was closed: one that is only announced has to be told another way.
    turned_away: Option<CloseCode>,
}

struct Session<Seat> {
    socket: WebSocket,
    attachment: Attachment<Seat>,
    bad_frames: Vec<Timestamp>,
}

/// What a message turned out to be.
pub enum Incoming<C> {
    /// A frame for the machine.
    Frame(SocketId, ToServer<C>),
    /// The socket was closed for what it sent.
    Closed(SocketId),
    /// A fresh token.
    Renew(SocketId, String),
    /// Answered, or from a socket that is no longer ours.
    Nothing,
}

impl<Seat: Clone + DeserializeOwned + Serialize> Sockets<Seat> {
    /// Finds the sockets that outlived the object's memory.
    pub fn wake(state: &State) -> Self {
        let mut sockets = Self {
            sessions: SortedMap::new(),
            numbers: Map::new(),
            next: 1,
            turned_away: None,
        };
        for socket in state.get_websockets() {
            match attachment::read(&socket) {
                Some(attachment) => sockets.enter(socket, attachment),
                None => end(&socket, CloseCode::Broken, CloseCode::Broken.word()),
            }
        }
        sockets
    }

    /// Makes a socket and its number. It is accepted by [`Self::admit`], once the machine has
    /// heard of it and not closed it.
    ///
    /// # Errors
    /// When the platform gives no socket.
    pub fn announce(&mut self, entrance: Entrance) -> Result<Announced> {
        let pair = WebSocketPair::new()?;
        let id = SocketId(self.next);
        let Entrance {
            pass,
            encoding,
            protocol,
        } = entrance;
        self.enter(pair.server, Attachment::new(id, encoding, pass));
        Ok(Announced {
            id,
            protocol,
            client: pair.client,
        })
    }

    /// Accepts an announced socket. One that the machine has closed meanwhile is turned away by
    /// another: what a hibernatable socket says before its upgrade is answered never arrives.
    ///
    /// # Errors
    /// When the platform gives no socket.
    pub fn admit(&mut self, state: &State, announced: Announced) -> Result<Response> {
        let Announced {
            id,
            protocol,
            client,
        } = announced;
        let Some(session) = self.sessions.get(&id) else {
            let code = self.turned_away.take().unwrap_or(CloseCode::Broken);
            return turn_away(Some(&protocol), code, code.word());
        };
        // Heartbeats are answered without waking the object.
        if let Ok(heartbeat) = WebSocketRequestResponsePair::new("ping", "pong") {
            state.set_websocket_auto_response(&heartbeat);
        }
        let side = match session.attachment.pass.person.side() {
            Side::Customer => "customer",
            Side::Agent => "agent",
        };
        state.accept_websocket_with_tags(&session.socket, &[side]);
        attachment::write(&session.socket, &session.attachment);
        let response = Response::from_websocket(client)?;
        response
            .headers()
            .set("sec-websocket-protocol", &protocol)?;
        Ok(response)
    }

    /// How many are open.
    pub fn count(&self) -> usize {
        self.sessions.len()
    }

    /// The seats that the machine had kept; a socket without one has said nothing that matters.
    pub fn seats(&self) -> Vec<(SocketId, Seat)> {
        let sessions = self.sessions.iter();
        sessions
            .filter_map(|(id, session)| Some((*id, session.attachment.seat.clone()?)))
            .collect()
    }

    /// The sockets that have no seat yet.
    pub fn seatless(&self) -> Vec<(SocketId, Pass)> {
        let sessions = self.sessions.iter();
        sessions
            .filter(|(_, session)| session.attachment.seat.is_none())
            .map(|(id, session)| (*id, session.attachment.pass.clone()))
            .collect()
    }

    /// Every socket with its number.
    pub fn iter(&self) -> impl Iterator<Item = (SocketId, &WebSocket)> {
        self.sessions
            .iter()
            .map(|(id, session)| (*id, &session.socket))
    }

    /// Reads a message.
    pub fn read<C: DeserializeOwned>(
        &mut self,
        now: Timestamp,
        socket: &WebSocket,
        message: WebSocketIncomingMessage,
    ) -> Incoming<C> {
        let Some(id) = self.number(socket) else {
            return Incoming::Nothing;
        };
        let Some(session) = self.sessions.get_mut(&id) else {
            return Incoming::Nothing;
        };
        let raw = match message {
            WebSocketIncomingMessage::String(text) => Raw::Text(text),
            WebSocketIncomingMessage::Binary(bytes) => Raw::Binary(bytes),
        };
        let frame = match session.attachment.encoding.decode(&raw) {
            Ok(frame) => frame,
            Err(error) => return self.refuse(now, id, error),
        };
        if let ToServer::Renew { token } = frame {
            return Incoming::Renew(id, token);
        }
        if session.is_overdue(now) {
            self.close(id, CloseCode::Expired);
            return Incoming::Closed(id);
        }
        Incoming::Frame(id, frame)
    }

    /// Takes a fresh token for the same person, as the same in the same space; anything else ends
    /// the socket.
    pub fn renew(&mut self, id: SocketId, pass: Option<Pass>) -> bool {
        let Some(session) = self.sessions.get_mut(&id) else {
            return false;
        };
        let known = &session.attachment.pass;
        let fresh = pass.filter(|pass| {
            pass.space == known.space && is_same_person(&pass.person, &known.person)
        });
        if let Some(pass) = fresh {
            session.attachment.pass.expires_at = pass.expires_at;
            session.attachment.asked_at = None;
            attachment::write(&session.socket, &session.attachment);
            return true;
        }
        self.close(id, CloseCode::Unauthorized);
        false
    }

    /// Sends one frame to some sockets, encoded once per encoding.
    pub fn send(&self, to: &[SocketId], frame: &FromServer) {
        let mut outgoing = Outgoing::new(frame);
        for session in to.iter().filter_map(|id| self.sessions.get(id)) {
            outgoing.send(&session.socket, session.attachment.encoding);
        }
    }

    /// Keeps a seat where it outlives the memory.
    pub fn keep(&mut self, id: SocketId, seat: Seat) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.attachment.seat = Some(seat);
            attachment::write(&session.socket, &session.attachment);
        }
    }

    /// Closes a socket and forgets it.
    pub fn close(&mut self, id: SocketId, code: CloseCode) {
        if let Some(session) = self.sessions.remove(&id) {
            self.turned_away = Some(code);
            self.numbers.delete(session.socket.as_ref());
            attachment::clear(&session.socket);
            end(&session.socket, code, code.word());
        }
    }

    /// Closes every socket.
    pub fn close_all(&mut self, code: CloseCode) {
        for (_, session) in core::mem::take(&mut self.sessions) {
            end(&session.socket, code, code.word());
        }
        self.numbers.clear();
    }

    /// Forgets a socket that is gone; its number, if it was still ours.
    pub fn gone(&mut self, socket: &WebSocket) -> Option<SocketId> {
        let id = self.number(socket)?;
        self.numbers.delete(socket.as_ref());
        self.sessions.remove(&id).map(|_| id)
    }

    fn enter(&mut self, socket: WebSocket, attachment: Attachment<Seat>) {
        let id = attachment.id;
        self.next = self.next.max(id.0.saturating_add(1));
        self.numbers
            .set(socket.as_ref(), &JsValue::from_f64(id.0 as f64));
        let session = Session {
            socket,
            attachment,
            bad_frames: Vec::new(),
        };
        self.sessions.insert(id, session);
    }

    fn number(&self, socket: &WebSocket) -> Option<SocketId> {
        let number = self.numbers.get(socket.as_ref()).as_f64()?;
        Some(SocketId(number as u64))
    }

    /// W2 and W3 of `shared::frame`.
    fn refuse<C>(&mut self, now: Timestamp, id: SocketId, error: FrameError) -> Incoming<C> {
        if let FrameError::TooLarge { .. } = error {
            self.close(id, CloseCode::TooLarge);
            return Incoming::Closed(id);
        }
        self.send(&[id], &FromServer::Bad { error });
        let Some(session) = self.sessions.get_mut(&id) else {
            return Incoming::Nothing;
        };
        let is_recent = |at: &Timestamp| millis(now.since(*at)) < BAD_FRAMES_PERIOD_MS;
        session.bad_frames.retain(is_recent);
        session.bad_frames.push(now);
        if session.bad_frames.len() < BAD_FRAMES_MAX {
            return Incoming::Nothing;
        }
        self.close(id, CloseCode::BadFrames);
        Incoming::Closed(id)
    }
}

impl<Seat: Serialize> Session<Seat> {
    /// Asks for a fresh token once the old one has expired; true when that was too long ago
    /// (SECURITY.md V4).
    fn is_overdue(&mut self, now: Timestamp) -> bool {
        if now < self.attachment.pass.expires_at {
            return false;
        }
        match self.attachment.asked_at {
            Some(asked_at) => now >= asked_at + RENEW_GRACE,
            None => {
                self.attachment.asked_at = Some(now);
                attachment::write(&self.socket, &self.attachment);
                Outgoing::new(&FromServer::Renew).send(&self.socket, self.attachment.encoding);
                false
            }
        }
    }
}

fn is_same_person(one: &Person, other: &Person) -> bool {
    use Person::{Agent, Visitor};
    match (one, other) {
        (Visitor { visitor: one, .. }, Visitor { visitor: other, .. }) => one == other,
        (
            Agent { agent, era, .. },
            Agent {
                agent: other,
                era: later,
                ..
            },
        ) => (agent, era) == (other, later),
        (Visitor { .. }, Agent { .. }) | (Agent { .. }, Visitor { .. }) => false,
    }
}

/// A message as JavaScript hands it over.
pub fn incoming(message: &JsValue) -> WebSocketIncomingMessage {
    match message.as_string() {
        Some(text) => WebSocketIncomingMessage::String(text),
        None => WebSocketIncomingMessage::Binary(Uint8Array::new(message).to_vec()),
    }
}
