//! The shells around the links, as `widget` has them: stored outbox, connection number, timers,
//! one socket, and what was asked for over HTTP.

use std::collections::{BTreeMap, BTreeSet};

use shared::conversation::{self, Fence};
use shared::frame::FromServer;
use shared::id::{AgentId, CommandId, ConversationId, DeviceId, VisitorId};
use shared::link::{
    BeginFailure, ConversationLink, Effect, Input, Part, Pending, SpaceEffect, SpaceInput,
    SpaceLink, SpacePart, State,
};
use shared::refusal::Refusal;
use shared::rights::{Person, Side};
use shared::settings::Settings;
use shared::space;
use shared::text::{Label, MessageText, PersonName};
use shared::time::Timestamp;

use crate::world::{End, Event, Host, Ms, World};

/// How long a browser waits for an answer over HTTP, in milliseconds.
const HTTP: Ms = 15_000;
/// How long a fresh token is good, in milliseconds.
const TOKEN: Ms = 15 * 60_000;

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
    pub const fn side(&self) -> Side {
        self.person.side()
    }
}

/// What the tabs of a visitor share.
#[derive(Clone, Copy, Debug, Default)]
pub struct Browser {
    /// The tab that is making a conversation.
    lock: Option<usize>,
    pub conversation: Option<ConversationId>,
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

    pub fn new_console(&mut self, agent: AgentId, person: Person) -> usize {
        let device = DeviceId::from_bytes(self.random.bytes());
        let skew = self.random.range(0, 1) * self.random.range(0, 600_000);
        self.consoles.push(Console {
            agent,
            person,
            device,
            connection: 0,
            link: SpaceLink::new(device, 0),
            socket: None,
            skew,
            wake: None,
            token_until: 0,
            talks: BTreeMap::new(),
            seen_offers: BTreeSet::new(),
        });
        self.consoles.len() - 1
    }

    pub fn reload_console(&mut self, number: usize) {
        self.note("reload console", [number as u64, 0], |_| String::new());
        if let Some(socket) = self.consoles[number].socket.take() {
            self.hang_up(socket);
        }
        let console = &mut self.consoles[number];
        console.link = SpaceLink::new(console.device, console.connection);
        console.seen_offers.clear();
        let talks: Vec<usize> = console.talks.values().copied().collect();
        for client in talks {
            self.reload(client);
        }
        self.tell_space(number, SpaceInput::Start);
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
        let effects = self.clients[number].link.handle(now, dice, input);
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
                    if let Person::Visitor { visitor } = &client.person {
                        let browser = self.browsers.entry(*visitor).or_default();
                        browser.conversation = Some(conversation);
                    }
                    if let Some(socket) = client.socket.take() {
                        self.hang_up(socket);
                    }
                    let person = self.clients[number].person.clone();
                    let host = Host::Conversation(self.by_id[&conversation]);
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
                    Part::State | Part::Reset | Part::Pending | Part::Cursors | Part::Typing,
                ) => (),
            }
        }
        if let State::Stopped(reason) = self.clients[number].link.state() {
            self.violate("L5", || format!("client {number} stopped: {reason:?}"));
        }
        self.plan_wake(End::Client(number));
    }

    /// Hands an input to a console's link and does what it wants.
    pub fn tell_space(&mut self, number: usize, input: SpaceInput) {
        let dice = self.random.next();
        let now = self.clock(self.consoles[number].skew);
        let effects = self.consoles[number].link.handle(now, dice, input);
        for effect in effects {
            match effect {
                SpaceEffect::Dial { connection } => {
                    let console = &mut self.consoles[number];
                    console.connection = connection;
                    if let Some(socket) = console.socket.take() {
                        self.hang_up(socket);
                    }
                    let person = self.consoles[number].person.clone();
                    let socket = self.dial(End::Console(number), Host::Space, person);
                    self.consoles[number].socket = Some(socket);
                }
                SpaceEffect::Transmit(frame) => {
                    if let Some(socket) = self.consoles[number].socket {
                        self.send_to_space(socket, frame);
                    }
                }
                SpaceEffect::Ping => {
                    if let Some(socket) = self.consoles[number].socket {
                        self.send_ping(socket);
                    }
                }
                SpaceEffect::HangUp => {
                    if let Some(socket) = self.consoles[number].socket.take() {
                        self.hang_up(socket);
                    }
                }
                SpaceEffect::Renew => self.renew(End::Console(number)),
                SpaceEffect::Reload => self.violate("K11", || "a reload was asked for".to_owned()),
                SpaceEffect::Done { .. } => (),
                SpaceEffect::Refused { refusal, .. } => {
                    self.note("refused", [number as u64, 0], |_| refusal.to_string());
                }
                SpaceEffect::Changed(SpacePart::Desk) => self.desk_changes(number),
                SpaceEffect::Changed(SpacePart::State | SpacePart::Counts) => (),
            }
        }
        if let State::Stopped(reason) = self.consoles[number].link.state() {
            self.violate("L5", || format!("console {number} stopped: {reason:?}"));
        }
        self.plan_wake(End::Console(number));
    }

    pub fn client_receives(&mut self, number: usize, frame: FromServer) {
        self.note("to client", [number as u64, 0], |_| format!("{frame:?}"));
        self.tell(number, Input::Received(frame));
    }

    pub fn console_receives(&mut self, number: usize, frame: FromServer) {
        self.note("to console", [number as u64, 0], |_| format!("{frame:?}"));
        self.tell_space(number, SpaceInput::Received(frame));
    }

    pub fn link_opened(&mut self, end: End) {
        match end {
            End::Client(client) => self.tell(client, Input::Opened),
            End::Console(console) => self.tell_space(console, SpaceInput::Opened),
        }
    }

    pub fn link_heard(&mut self, end: End) {
        match end {
            End::Client(client) => self.tell(client, Input::Pong),
            End::Console(console) => self.tell_space(console, SpaceInput::Pong),
        }
    }

    pub fn link_lost(&mut self, end: End, code: u16) {
        match end {
            End::Client(client) => {
                self.clients[client].socket = None;
                self.tell(client, Input::Lost { code });
            }
            End::Console(console) => {
                self.consoles[console].socket = None;
                self.tell_space(console, SpaceInput::Lost { code });
            }
        }
    }

    fn renew(&mut self, end: End) {
        self.note("renew", [0, 0], |_| format!("{end:?}"));
        let is_answered = !self.fault(self.swarm.dial_lost);
        let span = self.random.range(10, 2_000);
        self.after(span, Event::Renewed(end, is_answered));
    }

    /// Whether the Worker refuses the token that this end shows.
    pub fn is_token_stale(&mut self, end: End) -> bool {
        let until = match end {
            End::Client(client) => self.clients[client].token_until,
            End::Console(console) => self.consoles[console].token_until,
        };
        self.now >= until && self.fault(self.swarm.stale_token)
    }

    pub fn renewed(&mut self, end: End, is_answered: bool) {
        self.note("renewed", [is_answered.into(), 0], |_| format!("{end:?}"));
        let until = self.now + TOKEN;
        match end {
            _ if !is_answered => (),
            End::Client(client) => self.clients[client].token_until = until,
            End::Console(console) => self.consoles[console].token_until = until,
        }
        match (end, is_answered) {
            (End::Client(client), true) => {
                let token_for_frame = None;
                self.tell(client, Input::Renewed { token_for_frame });
            }
            (End::Client(client), false) => self.tell(client, Input::RenewUnreachable),
            (End::Console(console), true) => {
                let token_for_frame = None;
                self.tell_space(console, SpaceInput::Renewed { token_for_frame });
            }
            (End::Console(console), false) => {
                self.tell_space(console, SpaceInput::RenewUnreachable);
            }
        }
    }

    // Timers of the browser.

    fn timer(&mut self, end: End) -> (&mut Option<Ms>, Option<Timestamp>, Ms) {
        match end {
            End::Client(number) => {
                let client = &mut self.clients[number];
                (&mut client.wake, client.link.next_deadline(), client.skew)
            }
            End::Console(number) => {
                let console = &mut self.consoles[number];
                let deadline = console.link.next_deadline();
                (&mut console.wake, deadline, console.skew)
            }
        }
    }

    fn plan_wake(&mut self, end: End) {
        let (wake, deadline, skew) = self.timer(end);
        let planned = *wake;
        let Some(deadline) = deadline else { return };
        let mut at = self.moment(deadline, skew);
        if planned.is_some_and(|planned| planned <= at) {
            return;
        }
        if self.fault(self.swarm.lazy_timer) {
            at += self.random.range(0, 60_000);
        }
        *self.timer(end).0 = Some(at);
        self.at(at, Event::Wake(end));
    }

    pub fn wake(&mut self, end: End) {
        let now = self.now;
        let (wake, deadline, skew) = self.timer(end);
        if *wake != Some(now) {
            return;
        }
        *wake = None;
        match deadline {
            None => return,
            Some(deadline) if self.moment(deadline, skew) > now => return self.plan_wake(end),
            Some(_) => (),
        }
        match end {
            End::Client(client) => self.tell(client, Input::Tick),
            End::Console(console) => self.tell_space(console, SpaceInput::Tick),
        }
    }

    // Birth over HTTP.

    fn ask_to_begin(&mut self, number: usize, id: CommandId, text: MessageText) {
        self.note("begin", [number as u64, 0], |_| id.to_string());
        self.clients[number].asked = Some(id);
        self.take_lock(number, id, text);
    }

    /// The tabs of a visitor take turns, by a Web Lock; a conversation that another tab has made
    /// meanwhile is theirs, too.
    pub fn take_lock(&mut self, number: usize, id: CommandId, text: MessageText) {
        if self.clients[number].asked != Some(id) || !self.clients[number].is_there {
            return;
        }
        let visitor = self.visitor_of(number);
        let browser = self.browsers.entry(visitor).or_default();
        if let Some(conversation) = browser.conversation {
            return self.after(1, Event::BeginAnswered(number, id, Ok(conversation)));
        }
        if *browser.lock.get_or_insert(number) != number {
            return self.after(200, Event::TakeLock(number, id, text));
        }
        self.checks.sent_over_http(id);
        if self.fault(self.swarm.dial_lost) {
            let answer = Err(BeginFailure::Unreachable);
            self.after(HTTP, Event::BeginAnswered(number, id, answer));
            return;
        }
        let way = if self.fault(self.swarm.slow_frame) {
            self.random.range(200, 30_000)
        } else {
            20
        };
        self.after(way, Event::Begin(number, id, text));
    }

    fn release_lock(&mut self, number: usize) {
        if let Person::Visitor { visitor } = &self.clients[number].person {
            let browser = self.browsers.entry(*visitor).or_default();
            browser.lock = browser.lock.filter(|holder| *holder != number);
        }
    }

    /// The Worker derives the conversation from visitor and message and asks the space.
    pub fn begin_arrives(&mut self, number: usize, id: CommandId, text: MessageText) {
        if self.is_token_stale(End::Client(number)) {
            let answer = Err(BeginFailure::Unauthorized);
            self.after(20, Event::BeginAnswered(number, id, answer));
            return;
        }
        let visitor = self.visitor_of(number);
        let mut bytes = id.bytes();
        for (byte, of_visitor) in bytes.iter_mut().zip(visitor.bytes()) {
            *byte ^= of_visitor;
        }
        let conversation = ConversationId::from_bytes(bytes);
        let input = space::Input::Admit {
            visitor,
            conversation,
        };
        let effects = self.space_turn(input);
        let mut event = Event::BeginAnswered(number, id, Err(BeginFailure::Unreachable));
        for effect in effects.into_iter().flatten() {
            match effect {
                space::Effect::Admitted(settings) => {
                    let settings = Box::new(settings);
                    let text = text.clone();
                    event = Event::BeginAdmitted(number, id, text, conversation, settings);
                }
                space::Effect::Denied(refusal) => {
                    event = Event::BeginAnswered(number, id, Err(BeginFailure::Refused(refusal)));
                }
                space::Effect::Save(_)
                | space::Effect::Remove(_)
                | space::Effect::Send { .. }
                | space::Effect::Keep { .. }
                | space::Effect::Close { .. }
                | space::Effect::Instruct { .. }
                | space::Effect::Confirmed { .. }
                | space::Effect::Created => (),
            }
        }
        let way = self.random.pick(&[5, 20, 50]);
        self.after(way, event);
    }

    pub fn begin_admitted(
        &mut self,
        number: usize,
        id: CommandId,
        text: MessageText,
        conversation: ConversationId,
        settings: Settings,
    ) {
        let object = match self.by_id.get(&conversation) {
            Some(object) => *object,
            None => self.new_conversation(conversation),
        };
        let birth = conversation::Birth {
            conversation,
            space: self.space_id(),
            visitor: self.visitor_of(number),
            name: PersonName::parse("Guest 4711").unwrap(),
            queue: Label::parse("GENERAL").unwrap(),
            source: conversation::Source::Widget,
            epoch: shared::id::EpochId::from_bytes(conversation.bytes()),
            settings,
            at: self.clock(self.conversations[object].shell.skew),
        };
        let input = conversation::Input::Begin { birth, id, text };
        let is_begun = self.conversation_turn(object, input).is_some();
        let is_answered = is_begun && !self.fault(self.swarm.dial_lost);
        let (way, answer) = if is_answered {
            (20, Ok(conversation))
        } else {
            (HTTP, Err(BeginFailure::Unreachable))
        };
        self.after(way, Event::BeginAnswered(number, id, answer));
    }

    pub fn begin_answered(
        &mut self,
        number: usize,
        id: CommandId,
        answer: Result<ConversationId, BeginFailure>,
    ) {
        if self.clients[number].asked != Some(id) {
            return;
        }
        self.release_lock(number);
        self.note("begin answered", [number as u64, 0], |_| {
            format!("{answer:?}")
        });
        let input = match answer {
            Ok(conversation) => Input::Begun { conversation },
            Err(BeginFailure::Refused(Refusal::ConversationOpen { conversation }))
                if !self.by_id.contains_key(&conversation) =>
            {
                self.violate("A8", || {
                    format!("{conversation} is open and was never born")
                });
                return;
            }
            Err(failure) => Input::BeginFailed { failure },
        };
        self.tell(number, input);
    }

    pub fn visitor_of(&self, number: usize) -> VisitorId {
        match &self.clients[number].person {
            Person::Visitor { visitor } => *visitor,
            Person::Agent { .. } => unreachable!("an agent begins no conversation"),
        }
    }

    /// A desk came: answer offers, open what is held, put away what is not.
    fn desk_changes(&mut self, number: usize) {
        let Some(desk) = self.consoles[number].link.desk() else {
            return;
        };
        let held: BTreeSet<ConversationId> =
            desk.items.iter().map(|item| item.conversation).collect();
        let offers: Vec<_> = desk.offers.clone();
        for offer in offers {
            let key = (offer.conversation, offer.fence);
            if self.consoles[number].seen_offers.insert(key) {
                self.offer_is_shown(number, &offer);
            }
        }
        let talks = self.consoles[number].talks.clone();
        for (conversation, client) in talks {
            if !held.contains(&conversation) {
                self.consoles[number].talks.remove(&conversation);
                self.leave(client);
            }
        }
        for conversation in held {
            if !self.consoles[number].talks.contains_key(&conversation) {
                let person = self.consoles[number].person.clone();
                let stored = Stored {
                    conversation: Some(conversation),
                    ..Stored::default()
                };
                let client = self.new_client(person, stored);
                self.consoles[number].talks.insert(conversation, client);
                self.tell(client, Input::Start);
            }
        }
    }
}
