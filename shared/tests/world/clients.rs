//! The shells around the links, as `widget` has them: stored outbox, connection number, timers,
//! one socket, and what was asked for over HTTP.

mod birth;
mod browser;
mod console;

pub use birth::Admission;

use std::collections::{BTreeMap, BTreeSet};

use shared::conversation::Fence;
use shared::frame::FromServer;
use shared::id::{AgentId, CommandId, ConversationId, DeviceId};
use shared::link::{
    ConversationLink, Effect, Input, Part, Pending, PendingState, SpaceLink, State,
};
use shared::rights::{Person, Side};

use crate::world::{End, Host, Ms, World};

/// A conversation on somebody's screen.
#[derive(Debug)]
pub struct Client {
    pub person: Person,
    pub device: DeviceId,
    pub link: ConversationLink,
    pub socket: Option<usize>,
    /// False once the page or the part of it is gone.
    pub is_there: bool,
    pub skew: Ms,
    wake: Option<Ms>,
    /// What the browser stores: it outlives a reload.
    pub stored: Stored,
    /// Counts what was put at the end of the outbox.
    pub written: u64,
    /// What was asked of the space's Worker, to tell its answer from an older one's.
    asked: Option<CommandId>,
    /// The number of the challenge that the person passed last.
    pub proof: Option<u64>,
    /// Until when the token is good.
    token_until: Ms,
}

#[derive(Clone, Debug, Default)]
pub struct Stored {
    pub connection: u32,
    pub outbox: BTreeMap<CommandId, Pending>,
    pub conversation: Option<ConversationId>,
}

impl Client {
    /// What has no answer yet, unless its time has not come: then it goes by itself, within the hour
    /// (K16, R120, AL1).
    pub fn writing(&self) -> Option<&Pending> {
        if self.link.slowed_until().is_some() || self.link.needs_challenge() {
            return None;
        }
        let has_conversation = self.link.conversation().is_some();
        self.link.pending().iter().find(|item| match item.state {
            PendingState::Queued | PendingState::Sent => true,
            PendingState::Dropping => has_conversation,
            PendingState::Failed(_) => false,
        })
    }

    pub const fn side(&self) -> Side {
        self.person.side()
    }
}

/// What the tabs of a visitor share.
#[derive(Clone, Copy, Debug, Default)]
pub struct Browser {
    /// The tab that is making a conversation.
    pub lock: Option<usize>,
    pub conversation: Option<ConversationId>,
    /// Its tabs do not take turns: it has no Web Locks, or the visitor uses two browsers.
    pub has_no_lock: bool,
}

/// An agent's console.
#[derive(Debug)]
pub struct Console {
    pub agent: AgentId,
    pub person: Person,
    pub device: DeviceId,
    pub connection: u32,
    pub link: SpaceLink,
    pub socket: Option<usize>,
    pub skew: Ms,
    wake: Option<Ms>,
    /// Until when the token is good.
    token_until: Ms,
    /// The conversations on the desk, each with its own link.
    pub talks: BTreeMap<ConversationId, usize>,
    /// Conversations that the agent looks at without having them.
    pub looks: Vec<usize>,
    pub seen_offers: BTreeSet<(ConversationId, Fence)>,
}

impl World {
    pub fn new_client(&mut self, person: Person, stored: Stored) -> usize {
        let device = DeviceId::from_bytes(self.random.bytes());
        let number = self.clients.len();
        let side = person.side();
        let (connection, conversation) = (stored.connection, stored.conversation);
        let pending: Vec<Pending> = stored.outbox.values().cloned().collect();
        let skew = self.random.range(0, 1) * self.random.range(0, 600_000);
        self.clients.push(Client {
            person,
            device,
            link: ConversationLink::new(device, connection, side, conversation, pending),
            socket: None,
            is_there: true,
            skew,
            wake: None,
            stored,
            written: 0,
            asked: None,
            proof: None,
            token_until: 0,
        });
        self.take_over_outbox(number);
        number
    }

    /// A page is loaded again: the same tab, from what the browser stored.
    pub fn reload(&mut self, number: usize) {
        self.note("reload", [number as u64, 0], |_| String::new());
        self.release_lock(number);
        if let Some(socket) = self.clients[number].socket.take() {
            self.hang_up(socket);
        }
        let client = &mut self.clients[number];
        let pending: Vec<Pending> = client.stored.outbox.values().cloned().collect();
        client.asked = None;
        client.proof = None;
        client.link = ConversationLink::new(
            client.device,
            client.stored.connection,
            client.side(),
            client.stored.conversation,
            pending,
        );
        self.take_over_outbox(number);
        self.tell(number, Input::Start);
    }

    /// The page goes away for good.
    pub fn leave(&mut self, number: usize) {
        self.release_lock(number);
        if let Some(socket) = self.clients[number].socket.take() {
            self.hang_up(socket);
        }
        self.clients[number].is_there = false;
    }

    /// Hands an input to a conversation's link and does what it wants.
    pub fn tell(&mut self, number: usize, input: Input) {
        if !self.clients[number].is_there {
            return;
        }
        let shows_the_log = matches!(
            &input,
            Input::Received(FromServer::Entries(_) | FromServer::Repeated { .. })
        );
        let may_find_a_gap = matches!(
            &input,
            Input::Received(FromServer::Entries(_) | FromServer::Live { .. })
        );
        let dice = self.random.next();
        let now = self.clock(self.clients[number].skew);
        let before = self.clients[number].link.conversation();
        let effects = self.clients[number].link.handle(now, dice, input);
        if let (Some(before), None) = (before, self.clients[number].link.conversation()) {
            self.forget(number, before);
        }
        for effect in effects {
            match effect {
                Effect::Begin { id, text } => self.ask_to_begin(number, id, text),
                Effect::Dial {
                    conversation,
                    connection,
                } => {
                    let client = &mut self.clients[number];
                    client.stored.connection = connection;
                    client.stored.conversation = Some(conversation);
                    if let Person::Visitor { visitor, .. } = &client.person {
                        let browser = self.browsers.entry(*visitor).or_default();
                        browser.conversation = Some(conversation);
                    }
                    if let Some(socket) = client.socket.take() {
                        self.hang_up(socket);
                    }
                    let person = self.clients[number].person.clone();
                    let host = Host::Conversation(self.object_of(conversation));
                    let socket = self.dial(End::Client(number), host, person);
                    self.clients[number].socket = Some(socket);
                }
                Effect::Transmit(frame) => {
                    let is_sync = matches!(&frame, shared::frame::ToServer::Sync { .. });
                    if is_sync && may_find_a_gap {
                        let head = self.clients[number].link.transcript().head();
                        self.violate("M4", || {
                            format!("client {number} finds a gap after {head} on one connection")
                        });
                    }
                    self.note("transmit", [number as u64, 0], |_| format!("{frame:?}"));
                    if let Some(socket) = self.clients[number].socket {
                        self.send_to_conversation(socket, frame);
                    }
                }
                Effect::Ping => {
                    if let Some(socket) = self.clients[number].socket {
                        self.send_ping(socket);
                    }
                }
                Effect::HangUp => {
                    if let Some(socket) = self.clients[number].socket.take() {
                        self.hang_up(socket);
                    }
                }
                Effect::Renew => self.renew(End::Client(number)),
                Effect::Keep(pending) => {
                    self.item_kept(number, &pending);
                    let outbox = &mut self.clients[number].stored.outbox;
                    outbox.insert(pending.id, pending);
                }
                Effect::Drop(id) => {
                    self.clients[number].stored.outbox.remove(&id);
                    self.item_dropped(number, id, shows_the_log);
                }
                Effect::Reload => self.violate("K11", || "a reload was asked for".to_owned()),
                Effect::Changed(Part::Entries { from }) => self.check_entries(number, from),
                Effect::Changed(
                    Part::State
                    | Part::Reset
                    | Part::Pending
                    | Part::Cursors
                    | Part::Typing
                    | Part::Place,
                ) => (),
            }
        }
        if let State::Stopped(reason) = self.clients[number].link.state() {
            if self.clients[number].side() == Side::Agent {
                return self.agents_client_stops(number, reason);
            }
            self.violate("L5", || format!("client {number} stopped: {reason:?}"));
        }
        self.plan_wake(End::Client(number));
    }

    /// The conversation is unknown: what the tab has not sent begins another one.
    fn forget(&mut self, number: usize, conversation: ConversationId) {
        self.note("forget", [number as u64, 0], |_| conversation.to_string());
        let client = &mut self.clients[number];
        client.stored.conversation = None;
        if let Person::Visitor { visitor, .. } = &client.person {
            let browser = self.browsers.entry(*visitor).or_default();
            let is_other = |known: &ConversationId| *known != conversation;
            browser.conversation = browser.conversation.filter(is_other);
        }
    }

    pub fn client_receives(&mut self, number: usize, frame: FromServer) {
        self.note("to client", [number as u64, 0], |_| format!("{frame:?}"));
        self.tell(number, Input::Received(frame));
    }
}
