//! What admins do to a space at work: agents leave and come back, settings change.

use shared::id::AgentId;
use shared::link::{SpaceInput, State, StopReason};
use shared::rights::Role;
use shared::settings::{Change, OfferMode, Routing};
use shared::space::{self, AgentChange};
use shared::text::Label;

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
        let is_out = self.is_out(agent);
        // Nobody is left out for long: most come back soon.
        let active = is_out || self.is_healed;
        self.note("set active", [active.into(), 0], |_| agent.to_string());
        self.space_turn(space::Input::SetActive {
            by: None,
            agent,
            active,
        });
        if !self.is_healed {
            self.plan(self.swarm.manage, Event::Act(Act::Manager));
        }
    }

    /// The admin.
    fn boss(&self) -> Option<AgentId> {
        let mut agents = self.space.disk.agents.values();
        let boss = agents.find(|agent| agent.role == Role::Admin);
        boss.map(|agent| agent.agent)
    }

    /// Limit, queues and skills of an agent change.
    fn set_agent(&mut self, agent: AgentId) {
        let Some(by) = self.boss() else { return };
        let label = |name| Label::parse(name).unwrap();
        let mut change = AgentChange::default();
        match self.random.range(0, 2) {
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
                change.queues = Some(queues);
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

    /// A console stopped for good: that is right for an agent who has left, until the agent is back.
    pub fn console_stops(&mut self, number: usize) {
        let State::Stopped(reason) = self.consoles[number].link.state() else {
            return;
        };
        if reason != StopReason::Forbidden || self.swarm.manage == 0.0 {
            return self.violate("L5", || format!("console {number} stopped: {reason:?}"));
        }
        for client in core::mem::take(&mut self.consoles[number].talks).into_values() {
            self.leave(client);
        }
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
