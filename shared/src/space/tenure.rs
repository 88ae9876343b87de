//! Tenure: what others hold in an agent's name, and how it ends when the agent leaves or becomes
//! something else (SECURITY.md G4).
//!
//! - **R85** A token is of an era. With a new role, and with leaving, a new era begins, and tokens of
//!   an earlier one are void: the space is asked ([`super::Space::vouch`]) whenever an agent calls
//!   or opens a socket. Nobody asks for messages, and nobody asks for customers.
//! - **R86** The sockets of an earlier era are closed: those of the space in the same turn, those
//!   of conversations by a [`Dismissal`], repeated until it is confirmed. So the space remembers
//!   with the work item whom it let in: who has it is known without a word, and everybody else
//!   is written down at the door. It forgets with the tombstone: 48 h after the end nothing is
//!   said in a conversation any more, and a frame of an old socket is judged by its token.
//! - **R87** A session begun before its agent left is over, even when the agent is let back in.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::Effect;
use super::ledger::Ledger;
use super::row::{Item, ItemState};
use super::turn::Turn;
use crate::conversation::{Dismissal, Instruction};
use crate::frame::CloseCode;
use crate::id::{AgentId, ConversationId};
use crate::mutant::{self, Mutant};
use crate::refusal::Refusal;
use crate::rights::Person;

/// What others hold in an agent's name.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Tenure {
    /// Era of the tokens that are good (R85).
    pub era: u32,
    /// How often the agent has left (R87).
    pub departures: u32,
    /// Number of what the person's account is to be told: it rises with coming and leaving (R88).
    pub number: u64,
    /// The number that the account has confirmed.
    pub told: u64,
    /// Number of the account's newest wish that was obeyed (R89).
    pub wish: u64,
    /// Number of the account's newest sign-out that was obeyed (R150).
    pub outs: u64,
    /// Number of the account's newest sign-in that was noted (R180).
    pub ins: u64,
    /// Number of the account's newest address that was taken (R230).
    pub shown: u64,
}

impl Default for Tenure {
    fn default() -> Self {
        Self {
            era: 0,
            departures: 0,
            number: 1,
            told: 0,
            wish: 0,
            outs: 0,
            ins: 0,
            shown: 0,
        }
    }
}

impl Tenure {
    /// True while the account has yet to be told something (R88).
    #[must_use]
    pub const fn is_owed(&self) -> bool {
        self.told < self.number
    }
}

/// Whom a work item's conversation has let in besides who has it (R86).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Insider {
    /// Who.
    pub agent: AgentId,
    /// True while the conversation has yet to close the sockets of an earlier era.
    pub owed: bool,
}

impl Item {
    /// Who is let in without being written down: who has it, or is about to.
    pub(super) fn holders(&self) -> [Option<AgentId>; 2] {
        let pending = match &self.state {
            ItemState::Assigning { to: Some(to), .. } => Some(to.agent),
            ItemState::Assigning { to: None, .. }
            | ItemState::Waiting { .. }
            | ItemState::Offered { .. }
            | ItemState::Held
            | ItemState::Transferring { .. }
            | ItemState::Gone { .. } => None,
        };
        [self.held_by(), pending]
    }

    /// Writes down who had it and has it no more.
    pub(super) fn remember(&mut self, before: [Option<AgentId>; 2]) {
        let after = self.holders();
        for agent in before.into_iter().flatten() {
            if !after.contains(&Some(agent)) {
                self.let_in(agent);
            }
        }
    }

    fn let_in(&mut self, agent: AgentId) {
        if !self.insiders.iter().any(|insider| insider.agent == agent) {
            let owed = false;
            self.insiders.push(Insider { agent, owed });
        }
    }
}

impl Ledger {
    /// Whether an agent's token is good (R85).
    pub fn vouch(&self, agent: AgentId, era: u32) -> Result<(), Refusal> {
        let duty = self.roster.get(&agent);
        let is_good = |known| known == era || mutant::is(Mutant::OldEraVouched);
        let duty = duty.filter(|duty| !duty.agent.deactivated && is_good(duty.agent.tenure.era));
        duty.map(|_| ()).ok_or(Refusal::TokenRevoked)
    }

    /// An agent is about to enter a conversation (R86).
    pub fn enter(
        &mut self,
        turn: &mut Turn,
        agent: AgentId,
        era: u32,
        conversation: ConversationId,
    ) {
        let effect = match self.vouch(agent, era) {
            Ok(()) => Effect::Vouched,
            Err(refusal) => Effect::Denied(refusal),
        };
        if effect == Effect::Vouched
            && let Some(item) = self.items.get(&conversation)
            && !item.holders().contains(&Some(agent))
            && !item.insiders.iter().any(|insider| insider.agent == agent)
        {
            self.change_item(turn, conversation, |item| item.let_in(agent));
        }
        turn.effects.push(effect);
    }

    /// Begins a new era for an agent, whose row the caller has changed (R85, R86).
    pub fn begin_era(&mut self, turn: &mut Turn, agent: AgentId, code: CloseCode) {
        self.change_agent(turn, agent, |agent| {
            agent.tenure.era = agent.tenure.era.saturating_add(1);
        });
        let seats = self.sockets.iter();
        let sockets: Vec<_> = seats
            .filter(|(_, seat)| seat.agent == agent)
            .map(|(socket, _)| *socket)
            .collect();
        for socket in sockets {
            self.close_socket(turn, socket, code);
        }
        let Some(duty) = self.roster.get(&agent) else {
            return;
        };
        let slots = duty.slots.iter().map(|(conversation, _)| *conversation);
        let holds = |conversation: &ConversationId| {
            let item = self.items.get(conversation);
            item.is_some_and(|item| item.holders().contains(&Some(agent)))
        };
        let mut inside = duty.inside.clone();
        inside.extend(slots.filter(holds));
        if mutant::is(Mutant::LookerStays) {
            inside.clear();
        }
        for conversation in inside {
            self.change_item(turn, conversation, |item| {
                item.let_in(agent);
                let mut insiders = item.insiders.iter_mut();
                if let Some(insider) = insiders.find(|insider| insider.agent == agent) {
                    insider.owed = true;
                }
            });
            self.dismissals.owe((conversation, agent));
        }
    }

    /// Tells conversations whose sockets to close (R86). Asked at the end of every turn.
    pub fn dismiss(&mut self, turn: &mut Turn) {
        for (conversation, agent) in self.dismissals.take(turn.now, usize::MAX) {
            if let Some(duty) = self.roster.get(&agent) {
                let era = duty.agent.tenure.era;
                let dismissal = Dismissal { agent, era };
                self.instruct(turn, conversation, Instruction::Dismiss(dismissal));
            }
        }
    }

    /// Takes a work item out of the books for good.
    pub fn remove_item(&mut self, turn: &mut Turn, conversation: ConversationId) {
        self.forget_insiders(turn, conversation);
        self.verifications.settle(&conversation);
        self.ends.settle(&conversation);
        self.take_item(turn, conversation);
    }

    /// There is nothing in a conversation for anybody.
    pub fn forget_insiders(&mut self, turn: &mut Turn, conversation: ConversationId) {
        let Some(item) = self.items.get(&conversation) else {
            return;
        };
        for insider in &item.insiders {
            self.dismissals.settle(&(conversation, insider.agent));
        }
        if !item.insiders.is_empty() {
            self.change_item(turn, conversation, |item| item.insiders.clear());
        }
    }

    /// A conversation has closed them; those of a still later era are told again (R86).
    pub fn dismissed(
        &mut self,
        turn: &mut Turn,
        conversation: ConversationId,
        dismissal: Dismissal,
    ) {
        let Dismissal { agent, era } = dismissal;
        let duty = self.roster.get(&agent);
        if duty.is_none_or(|duty| duty.agent.tenure.era != era)
            || !self.dismissals.owed().contains(&(conversation, agent))
        {
            return;
        }
        self.dismissals.settle(&(conversation, agent));
        self.change_item(turn, conversation, |item| {
            let mut insiders = item.insiders.iter_mut();
            if let Some(insider) = insiders.find(|insider| insider.agent == agent) {
                insider.owed = false;
            }
        });
    }
}

impl super::Agent {
    /// The agent as a token names the agent (R85).
    #[must_use]
    pub fn person(&self) -> Person {
        Person::Agent {
            agent: self.agent,
            name: self.screen_name.clone(),
            role: self.role,
            era: self.tenure.era,
        }
    }
}
