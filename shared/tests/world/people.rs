//! What people do: they write, wait, answer, decline, forget, reload, give up.

use shared::conversation::{
    Change, Command, Event as Happened, Fence, Rating, Stage, Stars, TicketKind,
};
use shared::id::{AgentId, CommandId, ConversationId, VisitorId};
use shared::link::{Input, PendingState, SpaceInput, State};
use shared::rights::{Person, Role};
use shared::settings::{GENERAL, resolution};
use shared::space::{self, Agent, Offer, Target};
use shared::text::{Emoji, Label, MessageText, PersonName, Title};

use crate::clients::{Browser, Stored};
use crate::world::{AFTERGLOW, End, Event, Ms, World};

#[derive(Clone, Copy, Debug)]
pub enum Act {
    /// A customer does something in one of the tabs.
    Customer(usize),
    /// A customer writes in every tab at once.
    Everywhere(usize),
    /// An agent does something at a console.
    Agent(usize),
    /// An agent answers an offer.
    Accept(usize, ConversationId, Fence),
    Decline(usize, ConversationId, Fence),
    /// An agent comes back from Unavailable.
    Return(usize),
    /// An admin changes something.
    Manager,
    /// An admin has somebody erased.
    Erase,
    /// An agent who had to leave looks whether the door is open again.
    SignIn(usize),
    /// Everybody who has left is let in again.
    Welcome,
    /// A console opens again what it has.
    Reopen(usize),
    /// An agent has seen enough of a conversation.
    LookAway(usize, usize),
    /// A customer loses patience with what is on its way.
    GiveUp(usize),
    /// A program of a customer's sends and does not wait.
    Flood,
}

/// A customer's browser.
#[derive(Debug)]
pub struct Visitor {
    pub visitor: VisitorId,
    /// Clients that are its tabs, the newest last.
    pub tabs: Vec<usize>,
    /// Mean pause between two acts, in milliseconds.
    pace: Ms,
    /// The customer is away until then.
    away_until: Ms,
}

impl World {
    pub fn people_arrive(&mut self) {
        let mut agents = Vec::new();
        for number in 0..self.random.range(1, 3) {
            let role = self
                .random
                .pick(&[Role::Agent, Role::Agent, Role::Supervisor]);
            let name = PersonName::parse(&format!("Agent {number}")).unwrap();
            agents.push(Agent {
                agent: AgentId::from_bytes(self.random.bytes()),
                name: name.clone(),
                screen_name: name,
                role,
                limit: self.random.pick(&[None, None, Some(1), Some(3)]),
                available: self.random.chance(0.7),
                available_for: None,
                deactivated: false,
                unseen: false,
                queues: self
                    .random
                    .pick(&[None, None, Some(GENERAL), Some("returns")])
                    .map(|queue| {
                        let queue = Label::parse(queue).unwrap();
                        vec![queue]
                    }),
                skills: self
                    .random
                    .pick(&[None, None, Some("german")])
                    .map(|skill| Label::parse(skill).unwrap())
                    .into_iter()
                    .collect(),
                last_offer: 0,
                tenure: space::Tenure::default(),
            });
        }
        // The boss sets the space up and has no console.
        agents.push(Agent {
            agent: AgentId::from_bytes(self.random.bytes()),
            name: PersonName::parse("Boss").unwrap(),
            screen_name: PersonName::parse("Boss").unwrap(),
            role: Role::Admin,
            limit: None,
            available: false,
            available_for: None,
            deactivated: false,
            unseen: false,
            queues: None,
            skills: Vec::new(),
            tenure: space::Tenure::default(),
            last_offer: 0,
        });
        self.space.shell.skew = self.random.range(0, 1) * self.random.range(0, 600_000);
        let quiet = core::mem::take(&mut self.swarm);
        let input = space::Input::Create {
            space: self.space_id(),
            settings: self.settings.clone(),
            agents: agents.clone(),
        };
        self.space_turn(input);
        self.swarm = quiet;
        let has_console = |agent: &Agent| agent.role != Role::Admin;
        for agent in agents.into_iter().filter(has_console) {
            let person = Person::Agent {
                agent: agent.agent,
                name: agent.screen_name,
                role: agent.role,
                era: 0,
            };
            let consoles = if self.random.chance(0.15) { 2 } else { 1 };
            for _ in 0..consoles {
                let console = self.new_console(agent.agent, person.clone());
                self.tell_space(console, SpaceInput::Start);
                let span = self.random.range(0, 20_000);
                self.after(span, Event::Act(Act::Agent(console)));
            }
        }
        for number in 0..self.random.range(1, 4) as usize {
            let visitor = VisitorId::from_bytes(self.random.bytes());
            let pace = self.random.pick(&[4_000, 10_000, 20_000]);
            let browser = Browser {
                has_no_lock: self.random.chance(0.3),
                ..Browser::default()
            };
            self.browsers.insert(visitor, browser);
            self.visitors.push(Visitor {
                visitor,
                tabs: Vec::new(),
                pace,
                away_until: 0,
            });
            self.open_tab(number, Stored::default());
            let span = self.random.range(0, 60_000);
            if browser.has_no_lock {
                self.open_tab(number, Stored::default());
                self.after(span, Event::Act(Act::Everywhere(number)));
            }
            self.after(span, Event::Act(Act::Customer(number)));
        }
    }

    fn open_tab(&mut self, number: usize, stored: Stored) -> usize {
        let visitor = self.visitors[number].visitor;
        let tab = self.new_client(Person::visitor(visitor), stored);
        self.visitors[number].tabs.push(tab);
        self.tell(tab, Input::Start);
        tab
    }

    pub fn act(&mut self, act: Act) {
        match act {
            Act::SignIn(number) => return self.signs_in(number),
            Act::Welcome => return self.welcomes(),
            Act::Reopen(number) => return self.desk_changes(number),
            Act::LookAway(number, client) => return self.looks_away(number, client),
            Act::Customer(_)
            | Act::Everywhere(_)
            | Act::Agent(_)
            | Act::Accept(..)
            | Act::Decline(..)
            | Act::Return(_)
            | Act::Manager
            | Act::Erase
            | Act::Flood
            | Act::GiveUp(_) => (),
        }
        if self.now > self.heal_at + AFTERGLOW {
            return;
        }
        match act {
            Act::Customer(number) => {
                if self.now >= self.visitors[number].away_until {
                    self.customer_acts(number);
                }
                let pace = self.visitors[number].pace;
                let span = self.random.range(1, 2 * pace);
                self.after(span, Event::Act(act));
            }
            Act::Everywhere(number) => {
                for tab in self.visitors[number].tabs.clone() {
                    self.post(tab);
                }
            }
            Act::Agent(number) => {
                self.agent_acts(number);
                let span = self.random.range(1, 20_000);
                self.after(span, Event::Act(act));
            }
            Act::Accept(number, conversation, fence) => {
                let command = space::Command::Accept {
                    conversation,
                    fence,
                };
                self.ask_space(number, command);
            }
            Act::Decline(number, conversation, fence) => {
                let command = space::Command::Decline {
                    conversation,
                    fence,
                };
                self.ask_space(number, command);
            }
            Act::Manager => self.manager_acts(),
            Act::Erase => self.erases(),
            Act::Flood => self.floods(),
            Act::SignIn(_) | Act::Welcome | Act::Reopen(_) | Act::LookAway(..) => (),
            Act::Return(number) => {
                self.set_available(number, true);
            }
            Act::GiveUp(client) => {
                let pending = self.clients[client].link.pending();
                let last = pending
                    .iter()
                    .rev()
                    .find(|item| matches!(item.state, PendingState::Sent | PendingState::Queued));
                if let Some(id) = last.map(|item| item.id) {
                    self.note("give up", [client as u64, 0], |_| id.to_string());
                    self.tell(client, Input::Discard { id });
                }
            }
        }
    }

    fn ask_space(&mut self, number: usize, command: space::Command) {
        let id = CommandId::from_bytes(self.random.bytes());
        if self.random.chance(0.15) {
            let agent = self.consoles[number].agent;
            return self.call_space(agent, id, command);
        }
        self.note("ask space", [number as u64, 0], |_| format!("{command:?}"));
        self.tell_space(number, SpaceInput::Submit { id, command });
    }

    fn set_available(&mut self, number: usize, available: bool) {
        let for_chats = self.random.pick(&[None, Some(1), Some(3)]);
        self.ask_space(
            number,
            space::Command::SetAvailable {
                available,
                for_chats,
            },
        );
    }

    /// Takes any conversation that the space knows, whoever has it.
    fn assign_to_me(&mut self, number: usize) {
        let items = self.space.disk.items.keys().copied();
        let conversations: Vec<ConversationId> = items.collect();
        if !conversations.is_empty() {
            let conversation = self.random.pick(&conversations);
            self.ask_space(number, space::Command::Take { conversation });
        }
    }

    /// The note goes first, under the id of the transfer.
    fn transfer(&mut self, number: usize, talk: usize, conversation: ConversationId) {
        let id = CommandId::from_bytes(self.random.bytes());
        let text = MessageText::parse("please go on").unwrap();
        let agents: Vec<AgentId> = self.space.disk.agents.keys().copied().collect();
        let agent = self.random.pick(&agents);
        let word = self.random.pick(&[GENERAL, "returns", "nowhere"]);
        let queue = Label::parse(word).unwrap();
        let to = if self.random.chance(0.8) {
            let queue = self.random.chance(0.5).then_some(queue);
            Target::Agent { agent, queue }
        } else {
            Target::Queue { queue }
        };
        self.submit_as(id, talk, Command::Note { text: text.clone() });
        let command = space::Command::Transfer {
            conversation,
            to,
            note: Some(text),
        };
        self.note("ask space", [number as u64, 0], |_| format!("{command:?}"));
        self.tell_space(number, SpaceInput::Submit { id, command });
    }

    fn submit(&mut self, client: usize, command: Command) {
        let id = CommandId::from_bytes(self.random.bytes());
        self.submit_as(id, client, command);
    }

    fn submit_as(&mut self, id: CommandId, client: usize, command: Command) {
        self.note("submit", [client as u64, 0], |_| {
            format!("{id} {command:?}")
        });
        self.checks.attempted(id, client, &command);
        self.tell(client, Input::Submit { id, command });
    }

    fn post(&mut self, client: usize) {
        let number = self.random.next() % 1_000_000;
        let text = MessageText::parse(&format!("message {number}")).unwrap();
        self.submit(
            client,
            Command::Post {
                text,
                reply_to: None,
            },
        );
    }

    /// Answers a message, changes or deletes one, or reacts to one: of the log or still on its way,
    /// of anybody, whether that is allowed or not.
    fn talk_over(&mut self, client: usize) {
        let link = &self.clients[client].link;
        let entries = link.transcript().entries().iter();
        let logged = entries.filter(|entry| entry.event.is_message());
        let logged = logged.filter_map(|entry| entry.id);
        let pending = link.pending().iter();
        let pending = pending
            .filter(|item| matches!(item.command, Command::Post { .. } | Command::Note { .. }));
        let pending: Vec<_> = pending.map(|item| item.id).collect();
        let mut messages: Vec<_> = logged.collect();
        messages.extend(&pending);
        // What was written last is what people mean, most of the time.
        let recent = messages.split_off(messages.len().saturating_sub(4));
        let from = if messages.is_empty() || self.random.chance(0.8) {
            recent
        } else {
            messages
        };
        if from.is_empty() {
            return;
        }
        let message = self.random.pick(&from);
        let number = self.random.next() % 1_000_000;
        let text = MessageText::parse(&format!("message {number}")).unwrap();
        let emoji = self.random.pick(&["👍", "❤️", "🎉"]);
        let emoji = Emoji::parse(emoji).unwrap();
        if self.random.chance(0.1) {
            return self.send_file(client);
        }
        let entries = self.clients[client].link.transcript().entries();
        let is_file = entries
            .iter()
            .any(|entry| entry.id == Some(message) && matches!(entry.event, Happened::FileSent(_)));
        // A file has no other words: it is deleted more often.
        if is_file && self.random.chance(0.5) {
            let change = Change::Deletion;
            return self.submit(client, Command::Change { message, change });
        }
        let change = match self.random.range(0, 9) {
            0..=1 => {
                let reply_to = Some(message);
                return self.submit(client, Command::Post { text, reply_to });
            }
            2..=4 => Change::Text(text),
            5 => Change::Deletion,
            6..=8 => Change::Reaction { emoji, on: true },
            _ => Change::Reaction { emoji, on: false },
        };
        let command = Command::Change { message, change };
        if self.random.chance(0.05) {
            return self.call_conversation(client, command);
        }
        self.submit(client, command);
    }

    fn customer_acts(&mut self, number: usize) {
        let tabs: Vec<usize> = self.visitors[number].tabs.clone();
        let tab = self.random.pick(&tabs);
        let is_over = self.clients[tab]
            .link
            .transcript()
            .lifecycle()
            .is_some_and(|lifecycle| !lifecycle.is_open());
        if is_over {
            if self.random.chance(0.1) {
                self.start_again(number);
            } else if self.random.chance(0.1) {
                self.rate(tab);
            }
            return;
        }
        let is_calm = self.is_healed;
        match self.random.range(0, 99) {
            0..=31 => self.post(tab),
            32..=39 => self.talk_over(tab),
            40..=49 => {
                let most = if self.settings.messages_burst > 100 {
                    200
                } else {
                    8
                };
                for _ in 0..self.random.range(2, most) {
                    self.post(tab);
                }
            }
            50..=57 => self.tell(tab, Input::Typing { typing: true }),
            58..=67 => self.tell(tab, Input::Seen),
            68..=71 => self.act(Act::GiveUp(tab)),
            72..=74 => self.retry(tab),
            75..=79 if !is_calm => self.reload(tab),
            80..=83 if !is_calm => self.move_tab(number, tab),
            84..=86 if tabs.len() < 3 => {
                let conversation = self.clients[tab].link.conversation();
                let stored = Stored {
                    conversation,
                    ..Stored::default()
                };
                self.open_tab(number, stored);
            }
            87..=88 => {
                if self.clients[tab].link.conversation().is_some() {
                    self.submit(tab, Command::End);
                }
            }
            89..=91 if !is_calm => {
                self.tell(tab, Input::Offline);
            }
            _ => self.tell(tab, Input::Online),
        }
    }

    /// The tab is closed; another one finds what it left in the outbox.
    fn move_tab(&mut self, number: usize, tab: usize) {
        self.note("move tab", [tab as u64, 0], |_| String::new());
        if self.random.chance(0.7) {
            self.post(tab);
        }
        let stored = Stored {
            connection: 0,
            ..self.clients[tab].stored.clone()
        };
        self.leave(tab);
        self.visitors[number].tabs.retain(|other| *other != tab);
        self.open_tab(number, stored);
        if self.random.chance(0.5) {
            self.visitors[number].away_until = self.now + 70_000;
        }
    }

    /// The conversation is over: the next message makes another one, and the other tabs go.
    fn start_again(&mut self, number: usize) {
        for tab in core::mem::take(&mut self.visitors[number].tabs) {
            self.leave(tab);
        }
        let visitor = self.visitors[number].visitor;
        let browser = self.browsers.entry(visitor).or_default();
        (browser.lock, browser.conversation) = (None, None);
        self.open_tab(number, Stored::default());
    }

    fn rate(&mut self, tab: usize) {
        if self.random.chance(0.2) {
            return self.submit(tab, Command::MailTranscript { language: None });
        }
        let stars = u8::try_from(self.random.range(1, 5)).unwrap_or(1);
        let text = MessageText::parse("it went like this").unwrap();
        let comment = self.random.chance(0.5).then_some(text);
        let stars = Stars::try_from(stars).unwrap();
        self.submit(tab, Command::Rate(Rating { stars, comment }));
    }

    fn retry(&mut self, client: usize) {
        let pending = self.clients[client].link.pending();
        let failed = pending
            .iter()
            .find(|item| matches!(item.state, PendingState::Failed(_)));
        if let Some(id) = failed.map(|item| item.id) {
            self.note("retry", [client as u64, 0], |_| id.to_string());
            self.tell(client, Input::Retry { id });
        }
    }

    fn agent_acts(&mut self, number: usize) {
        let Some(desk) = self.consoles[number].link.desk() else {
            return;
        };
        let is_available = desk.me.available;
        let is_calm = self.is_healed;
        if !is_available && self.random.chance(if is_calm { 1.0 } else { 0.3 }) {
            return self.set_available(number, true);
        }
        let talks: Vec<usize> = self.consoles[number].talks.values().copied().collect();
        if talks.is_empty() || self.random.chance(0.1) {
            match self.random.range(0, 9) {
                0 if !is_calm => {
                    self.set_available(number, !is_available);
                }
                1 if !is_calm => self.reload_console(number),
                2 if !is_calm => self.tell_space(number, SpaceInput::Offline),
                3..=5 => self.assign_to_me(number),
                6 => self.looks(number),
                7 if !is_calm => {
                    let agent = self.consoles[number].agent;
                    let available = self.random.chance(0.6);
                    if available && self.random.chance(0.3) {
                        return self.shows(agent);
                    }
                    self.wishes(agent, available);
                }
                _ => self.tell_space(number, SpaceInput::Online),
            }
            return;
        }
        let talk = self.random.pick(&talks);
        let link = &self.clients[talk].link;
        let stage = link
            .transcript()
            .lifecycle()
            .map(|lifecycle| &lifecycle.stage);
        let is_wrapping_up = matches!(stage, Some(Stage::WrappingUp { .. }));
        let is_live = link.state() == State::Live;
        let conversation = link.conversation();
        match self.random.range(0, 99) {
            _ if is_wrapping_up && is_live => self.resolve(talk),
            0..=35 => self.post(talk),
            36..=43 => self.talk_over(talk),
            44..=49 => {
                for _ in 0..self.random.range(2, 6) {
                    self.post(talk);
                }
            }
            50..=61 => {
                let text = MessageText::parse("a note between us").unwrap();
                self.submit(talk, Command::Note { text });
            }
            62 => self.looks(number),
            63..=64 => {
                let kind = TicketKind::Incident;
                let title = Title::parse("Router is dead").unwrap();
                self.submit(talk, Command::CreateTicket { kind, title });
            }
            65..=66 => self.tell(talk, Input::Typing { typing: true }),
            67..=74 => self.tell(talk, Input::Seen),
            75..=79 => self.submit(talk, Command::End),
            80..=83 => self.resolve(talk),
            84..=86 => {
                if let Some(conversation) = conversation {
                    self.ask_space(number, space::Command::Unassign { conversation });
                }
            }
            87..=89 => {
                if let Some(conversation) = conversation {
                    self.transfer(number, talk, conversation);
                }
            }
            90..=92 => self.act(Act::GiveUp(talk)),
            93..=95 => self.retry(talk),
            96..=98 => {
                let number = self.random.next() % 1_000_000;
                let text = MessageText::parse(&format!("by a program {number}")).unwrap();
                let command = match number % 4 {
                    0 => Command::Post {
                        text,
                        reply_to: None,
                    },
                    1 => Command::Note { text },
                    2 => Command::Abandon {
                        reason: None,
                        note: Some(text),
                    },
                    _ => Command::End,
                };
                self.call_conversation(talk, command);
            }
            _ => self.tell(talk, Input::Seen),
        }
    }

    fn resolve(&mut self, talk: usize) {
        if self.random.chance(0.3) {
            let text = MessageText::parse("nobody there").unwrap();
            let note = self.random.chance(0.5).then_some(text);
            let reason = None;
            return self.submit(talk, Command::Abandon { reason, note });
        }
        let word = self
            .random
            .pick(&[resolution::RESOLVED, "no_such_resolution"]);
        let resolution = Label::parse(word).unwrap();
        let reason = None;
        self.submit(talk, Command::Resolve { resolution, reason });
    }

    /// An agent sees an offer and makes up the mind.
    pub fn offer_is_shown(&mut self, number: usize, offer: &Offer) {
        let (conversation, fence) = (offer.conversation, offer.fence);
        let lasts = offer.lasts_ms;
        let accept = Event::Act(Act::Accept(number, conversation, fence));
        let decline = Event::Act(Act::Decline(number, conversation, fence));
        let quick = self.random.range(100, 4_000);
        // Around the last instant: the network and late alarms decide.
        let late = lasts.saturating_sub(200) + self.random.range(0, 1_500);
        match self.random.range(0, 99) {
            0..=54 => self.after(quick, accept),
            55..=69 => self.after(quick, decline),
            70..=84 => self.after(late, accept),
            85..=89 => {
                self.after(quick, accept.clone());
                self.after(quick + 100, accept);
            }
            _ => (),
        }
        let span = lasts + self.random.range(1_000, 60_000);
        self.after(span, Event::Act(Act::Return(number)));
    }

    /// People notice a bad line: they write into it and lose patience.
    pub fn person_acts_on_cut(&mut self, end: End) {
        let End::Client(client) = end else { return };
        if !self.clients[client]
            .link
            .transcript()
            .lifecycle()
            .is_some_and(|life| life.is_open())
        {
            return;
        }
        if self.random.chance(0.6) {
            for _ in 0..self.random.range(1, 3) {
                self.post(client);
            }
            if self.random.chance(0.6) {
                let span = self.random.range(10, 6_000);
                self.after(span, Event::Act(Act::GiveUp(client)));
            }
        }
    }
}
