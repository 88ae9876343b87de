//! Staff: who works in the space, and as what.
//!
//! - **R82** Admins add agents and change everything about them; supervisors change how much, which
//!   queues and which skills an agent has, and the same of themselves (F35): [`rights::may_change`].
//! - **R83** A limit below what an agent has throws nobody out, and nothing is offered until there
//!   is room (R72). Who serves a queue no longer loses an open offer from it and keeps what came
//!   from it before.
//! - **R84** A space never loses its last active admin, neither to another role nor altogether.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::Effect;
use super::audit_log::{About, Deed, text};
use super::duty::Duty;
use super::ledger::Ledger;
use super::row::{Agent, ItemState};
use super::turn::Turn;
use crate::frame::CloseCode;
use crate::id::AgentId;
use crate::refusal::Refusal;
use crate::rights::{self, Action, Object, Principal, Role};
use crate::text::{Label, PersonName};

/// A change of an agent: what is `None` stays.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct AgentChange {
    /// See [`Agent::name`].
    pub name: Option<PersonName>,
    /// See [`Agent::screen_name`].
    pub screen_name: Option<PersonName>,
    /// See [`Agent::role`].
    pub role: Option<Role>,
    /// See [`Agent::limit`].
    pub limit: Option<Choice<u8>>,
    /// See [`Agent::queues`].
    pub queues: Option<Choice<Vec<Label>>>,
    /// See [`Agent::skills`].
    pub skills: Option<Vec<Label>>,
}

/// What a field becomes that an agent need not have.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice<T> {
    /// What holds for everybody.
    Everybodys,
    /// The agent's own.
    Own(T),
}

impl<T> From<Option<T>> for Choice<T> {
    fn from(own: Option<T>) -> Self {
        own.map_or(Self::Everybodys, Self::Own)
    }
}

impl<T> Choice<T> {
    fn own(self) -> Option<T> {
        match self {
            Self::Everybodys => None,
            Self::Own(own) => Some(own),
        }
    }
}

impl Ledger {
    /// Takes in a new agent (R82).
    pub fn add(&mut self, turn: &mut Turn, by: AgentId, agent: Agent) {
        let id = agent.agent;
        let may = self
            .check_act(by, Action::AddAgent)
            .and_then(|()| self.check_queues(agent.queues.as_deref()));
        match may {
            Err(refusal) => turn.effects.push(Effect::Denied(refusal)),
            Ok(()) => {
                // Under the same id it is a repeat.
                if !self.roster.contains_key(&id) {
                    let row = text(&agent);
                    self.add_agent(agent);
                    turn.agents.insert(id);
                    turn.is_act = true;
                    let about = About::new(id, &row);
                    self.note_act(turn, Some(by), Deed::AgentAdded, about);
                    self.counts.colleagues = self.counts.colleagues.saturating_add(1);
                }
                self.answer_with(turn, id);
            }
        }
    }

    /// Changes an agent (R82).
    pub fn set(&mut self, turn: &mut Turn, by: AgentId, agent: AgentId, change: AgentChange) {
        match self.check_change(by, agent, &change) {
            Err(refusal) => turn.effects.push(Effect::Denied(refusal)),
            Ok(()) => {
                self.change_staff(turn, by, agent, change);
                self.answer_with(turn, agent);
            }
        }
    }

    /// Whether the last active admin would go (R84).
    pub fn check_last_admin(&self, agent: AgentId) -> Result<(), Refusal> {
        if self.admins.len() == 1 && self.admins.contains(&agent) {
            return Err(Refusal::LastAdmin);
        }
        Ok(())
    }

    /// What somebody who has not left is in this space.
    pub fn role_of(&self, agent: AgentId) -> Result<Role, Refusal> {
        let duty = self.roster.get(&agent);
        let duty = duty.filter(|duty| !duty.agent.deactivated);
        duty.map(|duty| duty.agent.role).ok_or(Refusal::Forbidden)
    }

    /// Whether somebody may do something to the space as a whole.
    pub fn check_act(&self, by: AgentId, action: Action) -> Result<(), Refusal> {
        let who = Principal::Agent(self.role_of(by)?);
        rights::may(who, action, Object::Nobodys)
    }

    /// Answers with the agent's row as it is after the turn so far.
    pub fn answer_with(&self, turn: &mut Turn, agent: AgentId) {
        if let Some(duty) = self.roster.get(&agent) {
            let colleague = duty.colleague(&self.settings);
            turn.effects.push(Effect::AgentSet(colleague));
        }
    }

    fn check_change(
        &self,
        by: AgentId,
        agent: AgentId,
        change: &AgentChange,
    ) -> Result<(), Refusal> {
        let role = self.role_of(by)?;
        let duty = self.roster.get(&agent).ok_or(Refusal::AgentUnknown)?;
        rights::may_change((by, role), (agent, duty.agent.role), change)?;
        if change.role.is_some_and(|role| role != Role::Admin) {
            self.check_last_admin(agent)?;
        }
        match &change.queues {
            Some(Choice::Own(queues)) => self.check_queues(Some(queues)),
            Some(Choice::Everybodys) | None => Ok(()),
        }
    }

    pub fn check_queues(&self, queues: Option<&[Label]>) -> Result<(), Refusal> {
        let mut queues = queues.unwrap_or_default().iter();
        queues.try_for_each(|queue| match self.settings.check_queue(queue) {
            // One that drains still has its agents (R39).
            Ok(()) | Err(Refusal::QueueClosed) => Ok(()),
            Err(refusal) => Err(refusal),
        })
    }

    fn change_staff(&mut self, turn: &mut Turn, by: AgentId, agent: AgentId, change: AgentChange) {
        let Some(duty) = self.roster.get(&agent) else {
            return;
        };
        let before = duty.agent.clone();
        let mut after = before.clone();
        let AgentChange {
            name,
            screen_name,
            role,
            limit,
            queues,
            skills,
        } = change;
        after.name = name.unwrap_or(after.name);
        after.screen_name = screen_name.unwrap_or(after.screen_name);
        after.role = role.unwrap_or(after.role);
        after.limit = limit.map_or(after.limit, Choice::own);
        after.queues = queues.map_or(after.queues, Choice::own);
        after.skills = skills.unwrap_or(after.skills);
        if after == before {
            return;
        }
        let has_new_role = after.role != before.role;
        let (was, is) = (text(&before), text(&after));
        let about = About::changed(agent, &was, &is);
        self.note_act(turn, Some(by), Deed::AgentChanged, about);
        self.change_duty(agent, Duty::leave_slots);
        self.change_agent(turn, agent, |agent| *agent = after);
        self.counts.colleagues = self.counts.colleagues.saturating_add(1);
        self.withdraw_unserved(turn, agent);
        if has_new_role {
            self.registrations.owe(agent);
            self.change_agent(turn, agent, |agent| {
                agent.tenure.number = agent.tenure.number.saturating_add(1);
            });
            self.begin_era(turn, agent, CloseCode::Revoked);
        }
    }

    /// R83.
    fn withdraw_unserved(&mut self, turn: &mut Turn, agent: AgentId) {
        let Some(duty) = self.roster.get(&agent) else {
            return;
        };
        let offers = duty.offers.iter().filter_map(|id| self.items.get(id));
        let unserved: Vec<_> = offers
            .filter(|item| !duty.serves(&item.report.queue))
            .map(|item| item.report.conversation)
            .collect();
        for conversation in unserved {
            self.change_item(turn, conversation, |item| {
                item.slots.clear();
                item.state = ItemState::Waiting { not_before: None };
            });
        }
    }
}
