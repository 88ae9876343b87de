//! Consoles: their links, and what a desk that arrives makes of them.

use std::collections::{BTreeMap, BTreeSet};

use shared::frame::FromServer;
use shared::id::{AgentId, ConversationId, DeviceId};
use shared::link::{Input, SpaceEffect, SpaceInput, SpaceLink, SpacePart, State};
use shared::rights::Person;

use super::{Console, Stored};
use crate::world::{End, Host, World};

impl World {
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
            looks: Vec::new(),
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

    /// Hands an input to a console's link and does what it wants.
    pub fn tell_space(&mut self, number: usize, input: SpaceInput) {
        let dice = self.random.next();
        let now = self.clock(self.consoles[number].skew);
        let before = self.consoles[number].link.state();
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
        let is_stopped = |state| matches!(state, State::Stopped(_));
        if is_stopped(self.consoles[number].link.state()) && !is_stopped(before) {
            self.console_stops(number);
        }
        self.plan_wake(End::Console(number));
    }

    pub fn console_receives(&mut self, number: usize, frame: FromServer) {
        self.note("to console", [number as u64, 0], |_| format!("{frame:?}"));
        self.tell_space(number, SpaceInput::Received(frame));
    }

    /// A desk came: answer offers, open what is held, put away what is not.
    pub fn desk_changes(&mut self, number: usize) {
        let Some(desk) = self.consoles[number].link.desk() else {
            return;
        };
        let held: BTreeSet<ConversationId> =
            desk.items.iter().map(|item| item.conversation).collect();
        let transferred = desk.transferred.iter().map(|transfer| &transfer.offer);
        let offers: Vec<_> = desk.offers.iter().chain(transferred).cloned().collect();
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
                let person = self.as_of_now(self.consoles[number].person.clone());
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
