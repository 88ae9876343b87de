//! What admins do to a space at work: agents leave and come back, settings change.

use shared::id::AgentId;
use shared::link::{SpaceInput, State, StopReason};
use shared::space;

use crate::people::Act;
use crate::world::{Event, Ms, World};

/// How long somebody who may not be here waits before trying to sign in again, in milliseconds.
const SIGN_IN: Ms = 5_000;

impl World {
    /// An admin does something, and something else later.
    pub fn manager_acts(&mut self) {
        let agents: Vec<AgentId> = self.space.disk.agents.keys().copied().collect();
        let agent = self.random.pick(&agents);
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
