//! What admins do to a space at work: agents leave and come back, settings change.

use shared::id::{AgentId, CommandId, VisitorId};
use shared::link::{Input, SpaceInput, State, StopReason};
use shared::rights::Role;
use shared::settings::{Change, OfferMode, Routing};
use shared::space::{self, AgentChange};
use shared::text::Label;

use crate::clients::Stored;
use crate::people::Act;
use crate::world::{Event, Ms, World};

/// How long somebody who may not be here waits before trying to sign in again, in milliseconds.
const SIGN_IN: Ms = 5_000;

/// How work reaches agents; mostly by offers.
const MODES: [OfferMode; 4] = [
    OfferMode::Offer,
    OfferMode::Offer,
    OfferMode::AutoAccept,
    OfferMode::Manual,
];

impl World {
    /// An admin does something, and something else later.
    pub fn manager_acts(&mut self) {
        if !self.is_healed && self.random.chance(0.2) {
            self.blocks();
            return self.plan(self.swarm.manage, Event::Act(Act::Manager));
        }
        if !self.is_healed && self.random.chance(0.6) {
            self.configure();
            return self.plan(self.swarm.manage, Event::Act(Act::Manager));
        }
        let agents = self.space.disk.agents.values();
        let agents = agents.filter(|agent| agent.role != Role::Admin);
        let agents: Vec<AgentId> = agents.map(|agent| agent.agent).collect();
        let agent = self.random.pick(&agents);
        if !self.is_healed && self.random.chance(0.5) {
            self.set_agent(agent);
            return self.plan(self.swarm.manage, Event::Act(Act::Manager));
        }
        // Nobody is left out for long: most come back soon, and all of them in the end.
        let active = self.is_out(agent);
        self.note("set active", [active.into(), 0], |_| agent.to_string());
        self.space_turn(space::Input::SetActive {
            by: None,
            agent,
            active,
        });
        if !self.is_healed {
            self.plan(self.swarm.manage, Event::Act(Act::Manager));
        } else if self.agents_out() {
            self.after(SIGN_IN, Event::Act(Act::Welcome));
        }
    }

    fn agents_out(&self) -> bool {
        let mut agents = self.space.disk.agents.values();
        agents.any(|agent| agent.deactivated)
    }

    /// Everybody who has left is let in again.
    pub fn welcomes(&mut self) {
        let agents = self.space.disk.agents.values();
        let out = agents.filter(|agent| agent.deactivated);
        for agent in out.map(|agent| agent.agent).collect::<Vec<_>>() {
            self.space_turn(space::Input::SetActive {
                by: None,
                agent,
                active: true,
            });
        }
    }

    /// An admin has somebody erased (R186).
    pub fn erases(&mut self) {
        let Some(by) = self.boss() else { return };
        let visitors: Vec<_> = self.visitors.iter().map(|it| it.visitor).collect();
        let visitor = self.random.pick(&visitors);
        self.note("erase", [0, 0], |_| visitor.to_string());
        let past = self.space.disk.past.keys();
        let past = past.filter(|(whose, _)| *whose == visitor);
        let past = past.map(|(visitor, conversation)| space::Erasing {
            visitor: *visitor,
            conversation: *conversation,
            person: None,
        });
        let past = past.collect();
        let turn = self.space_turn(space::Input::Personal {
            by,
            visitor,
            before: Vec::new(),
            past,
            is_known: false,
            erases: true,
        });
        if turn.is_some() {
            self.check_found(by, visitor);
            self.check_list_of_erased(visitor);
        }
        self.plan(self.swarm.erase, Event::Act(Act::Erase));
    }

    /// Every conversation on a console's screen is put away.
    fn closes_all(&mut self, number: usize) {
        let console = &mut self.consoles[number];
        let talks = core::mem::take(&mut console.talks);
        let looks = core::mem::take(&mut console.looks);
        for client in talks.into_values().chain(looks) {
            self.leave(client);
        }
    }

    /// A conversation on an agent's screen stopped for good: its token is of an era that is over.
    pub fn agents_client_stops(&mut self, client: usize, reason: StopReason) {
        let is_over = self.clients[client].link.conversation();
        let is_over = is_over.and_then(|id| self.by_id.get(&id));
        let is_forgotten = is_over.is_some_and(|it| !self.conversations[*it].disk.is_born());
        if reason == StopReason::Unknown && is_forgotten {
            return self.leave(client);
        }
        if reason != StopReason::Unauthorized || self.swarm.manage == 0.0 {
            return self.violate("L5", || format!("client {client} stopped: {reason:?}"));
        }
        self.leave(client);
        for number in 0..self.consoles.len() {
            let console = &mut self.consoles[number];
            let talks = console.talks.len();
            console.talks.retain(|_, known| *known != client);
            if console.talks.len() < talks {
                self.after(1_000, Event::Act(Act::Reopen(number)));
            }
            self.consoles[number].looks.retain(|known| *known != client);
        }
    }

    /// An agent looks at a conversation that somebody else has, or nobody.
    pub fn looks(&mut self, number: usize) {
        let items: Vec<_> = self.space.disk.items.keys().copied().collect();
        let agent = self.consoles[number].agent;
        if items.is_empty() || self.is_out(agent) {
            return;
        }
        let conversation = self.random.pick(&items);
        if self.consoles[number].talks.contains_key(&conversation) {
            return;
        }
        let person = self.as_of_now(self.consoles[number].person.clone());
        let stored = Stored {
            conversation: Some(conversation),
            ..Stored::default()
        };
        let client = self.new_client(person, stored);
        self.note("look", [number as u64, client as u64], |_| {
            conversation.to_string()
        });
        self.consoles[number].looks.push(client);
        self.tell(client, Input::Start);
        let span = self.random.range(1_000, 60_000);
        self.after(span, Event::Act(Act::LookAway(number, client)));
    }

    pub fn looks_away(&mut self, number: usize, client: usize) {
        self.consoles[number].looks.retain(|known| *known != client);
        if self.clients[client].is_there {
            self.leave(client);
        }
    }

    /// The admin.
    fn boss(&self) -> Option<AgentId> {
        let mut agents = self.space.disk.agents.values();
        let boss = agents.find(|agent| agent.role == Role::Admin);
        boss.map(|agent| agent.agent)
    }

    /// Somebody is blocked, for a while or until the admin thinks better of it (P21).
    fn blocks(&mut self) {
        let Some(by) = self.boss() else { return };
        let doors = self.space.disk.doors.as_ref();
        let blocked = doors.and_then(|doors| doors.blocks.first());
        let command = if let Some(block) = blocked.filter(|block| block.until.is_none()) {
            let visitor = block.visitor;
            space::Command::Unblock { visitor }
        } else {
            let items: Vec<_> = self.space.disk.items.keys().copied().collect();
            if items.is_empty() {
                return;
            }
            let conversation = self.random.pick(&items);
            let for_s = self.random.pick(&[None, Some(1), Some(20), Some(120)]);
            let reason = None;
            space::Command::Block {
                conversation,
                reason,
                for_s,
            }
        };
        self.note("block", [0, 0], |_| format!("{command:?}"));
        let id = CommandId::from_bytes(self.random.bytes());
        self.space_turn(space::Input::Asked {
            agent: by,
            id,
            command,
        });
    }

    /// Whether a visitor is blocked, as the rows say (R124).
    pub fn is_blocked(&self, visitor: VisitorId) -> bool {
        // A clock that was set back stands still for the space (K3).
        let shell = &self.space.shell;
        let now = self.clock(shell.skew).max(shell.latest);
        let doors = self.space.disk.doors.iter();
        let mut blocks = doors.flat_map(|doors| &doors.blocks);
        blocks.any(|block| block.visitor == visitor && block.holds(now))
    }

    /// Limit, queues and skills of an agent change.
    fn set_agent(&mut self, agent: AgentId) {
        let Some(by) = self.boss() else { return };
        let label = |name| Label::parse(name).unwrap();
        let mut change = AgentChange::default();
        match self.random.range(0, 3) {
            3 => {
                // A new role begins a new era of the agent's tokens (R85).
                let roles = [Role::Agent, Role::Supervisor];
                change.role = Some(self.random.pick(&roles));
            }
            0 => {
                let limit = self.random.pick(&[None, Some(1), Some(2), Some(3)]);
                self.checks.most_limits = self.limit(agent).max(self.checks.most_limits);
                change.limit = Some(limit.into());
            }
            1 => {
                let queue = self.random.pick(&[None, Some("GENERAL"), Some("returns")]);
                let queues = queue.map(|queue| vec![label(queue)]);
                change.queues = Some(queues.into());
            }
            _ => {
                let skill = self.random.pick(&[None, Some("german")]);
                change.skills = Some(skill.map(label).into_iter().collect());
            }
        }
        self.note("set agent", [0, 0], |_| format!("{agent} {change:?}"));
        self.space_turn(space::Input::SetAgent { by, agent, change });
    }

    /// Settings change in a live space.
    fn configure(&mut self) {
        let Some(by) = self.boss() else { return };
        let mut change = Change::default();
        match self.random.range(0, 6) {
            0 => change.conversation_limit = Some(self.random.pick(&[1, 2, 3])),
            1 => change.offer_mode = Some(self.random.pick(&MODES)),
            2 => {
                let routings = [Routing::RoundRobin, Routing::LeastBusy];
                change.routing = Some(self.random.pick(&routings));
            }
            3 => change.offer_s = Some(self.random.pick(&[5, 20, 60, 120])),
            4 => change.live_chat = Some(self.random.chance(0.7)),
            _ => {
                let queues = crate::swarm::queues(&mut self.random);
                self.checks.has_other_queues = true;
                // The shell tells what clocks do before the change that needs it (R50).
                let hours = queues.iter().filter_map(|queue| queue.hours.as_ref());
                let zones = hours.map(|hours| {
                    let zone = hours.zone.clone();
                    (zone.clone(), crate::hours::zone(&zone))
                });
                let zones = zones.collect();
                change.queues = Some(queues);
                self.space_turn(space::Input::Zones(zones));
            }
        }
        if change.conversation_limit.is_some() {
            let limit = usize::from(self.settings_now().conversation_limit);
            self.checks.most_limits = limit.max(self.checks.most_limits);
        }
        self.note("configure", [0, 0], |_| format!("{change:?}"));
        self.space_turn(space::Input::Configure { by, change });
    }

    /// True for an agent who has left the space.
    pub fn is_out(&self, agent: AgentId) -> bool {
        let agent = self.space.disk.agents.get(&agent);
        agent.is_some_and(|agent| agent.deactivated)
    }

    /// A console stopped for good: that is right for an agent who has left, until the agent is back,
    /// and for one whose role changed between a renewal and its dial; both sign in again.
    pub fn console_stops(&mut self, number: usize) {
        let State::Stopped(reason) = self.consoles[number].link.state() else {
            return;
        };
        let may_stop = matches!(reason, StopReason::Forbidden | StopReason::Unauthorized);
        if !may_stop || self.swarm.manage == 0.0 {
            return self.violate("L5", || format!("console {number} stopped: {reason:?}"));
        }
        self.closes_all(number);
        self.after(SIGN_IN, Event::Act(Act::SignIn(number)));
    }

    /// Somebody who had to leave looks whether the door is open again.
    pub fn signs_in(&mut self, number: usize) {
        let is_stopped = matches!(self.consoles[number].link.state(), State::Stopped(_));
        if !is_stopped {
            return;
        }
        if self.is_out(self.consoles[number].agent) {
            return self.after(SIGN_IN, Event::Act(Act::SignIn(number)));
        }
        self.reload_console(number);
        self.tell_space(number, SpaceInput::Online);
    }
}
