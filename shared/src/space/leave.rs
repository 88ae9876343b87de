//! Leaving: an agent is deactivated, and nothing stays with the agent.
//!
//! - **R41** A deactivated agent is Unavailable, gets nothing, and is let in nowhere: the sockets
//!   are closed, and no later one is accepted. Only admins say so.
//! - **R42** What the agent was offered goes to others at once. What the agent has goes back to its
//!   queue at its old place, and what is wrapping up is closed as not resolved (D2): proposed
//!   and repeated like any assignment, and what comes to the agent late goes the same way.

use alloc::vec::Vec;

use super::Effect;
use super::assignment::Proposal;
use super::audit_log::{About, Deed};
use super::ledger::Ledger;
use super::row::{ItemState, TransferEnd};
use super::turn::Turn;
use crate::frame::CloseCode;
use crate::id::AgentId;
use crate::mutant::{self, Mutant};
use crate::refusal::Refusal;
use crate::rights::Action;

impl Ledger {
    /// Deactivates an agent, or lets the agent back (R41).
    pub fn set_active(
        &mut self,
        turn: &mut Turn,
        by: Option<AgentId>,
        agent: AgentId,
        active: bool,
    ) {
        match self.try_to_set_active(turn, by, agent, active) {
            Ok(is_new) => {
                if is_new {
                    let deed = if active {
                        Deed::AgentRestored
                    } else {
                        Deed::AgentRemoved
                    };
                    self.note_act(turn, by, deed, About::of(agent));
                }
                self.answer_with(turn, agent);
            }
            Err(refusal) => turn.effects.push(Effect::Denied(refusal)),
        }
    }

    fn try_to_set_active(
        &mut self,
        turn: &mut Turn,
        by: Option<AgentId>,
        agent: AgentId,
        active: bool,
    ) -> Result<bool, Refusal> {
        if let Some(by) = by {
            self.check_act(by, Action::SetActive)?;
        }
        let duty = self.roster.get(&agent).ok_or(Refusal::AgentUnknown)?;
        if duty.agent.deactivated != active {
            return Ok(false);
        }
        if active {
            self.registrations.owe(agent);
            self.change_agent(turn, agent, |agent| {
                agent.deactivated = false;
                agent.tenure.number = agent.tenure.number.saturating_add(1);
            });
            return Ok(true);
        }
        self.check_last_admin(agent)?;
        self.registrations.owe(agent);
        let stays = mutant::is(Mutant::LeaverOffered);
        self.change_agent(turn, agent, |agent| {
            agent.deactivated = true;
            agent.available &= stays;
            agent.tenure.departures = agent.tenure.departures.saturating_add(1);
            agent.tenure.number = agent.tenure.number.saturating_add(1);
        });
        if !stays {
            self.begin_era(turn, agent, CloseCode::Left);
        }
        Ok(true)
    }

    /// Takes from agents who left what can be taken (R42). Asked at the end of every turn.
    pub fn take_from_leavers(&mut self, turn: &mut Turn) {
        if mutant::is(Mutant::LeaverKeepsWork) {
            return;
        }
        let leavers = self.leavers.iter();
        let duties = leavers.filter_map(|agent| self.roster.get(agent));
        let slots = duties.flat_map(|duty| {
            let slots = duty.slots.iter();
            slots.map(|(conversation, _)| (*conversation, duty.agent.agent))
        });
        // Whoever passes a conversation on may have left, too: what is passed on comes back first.
        let (passed, rest): (Vec<_>, Vec<_>) = slots.partition(|(conversation, agent)| {
            let item = self.items.get(conversation);
            item.is_some_and(
                |item| matches!(item.state, ItemState::Transferring { to, .. } if to == *agent),
            )
        });
        for (conversation, agent) in passed.into_iter().chain(rest) {
            let Some(item) = self.items.get(&conversation) else {
                continue;
            };
            match &item.state {
                ItemState::Offered { .. } => self.change_item(turn, conversation, |item| {
                    item.slots.clear();
                    item.state = ItemState::Waiting { not_before: None };
                }),
                ItemState::Transferring { to, .. } if *to == agent => {
                    self.end_transfer(turn, conversation, Some(TransferEnd::AgentLeft));
                }
                ItemState::Held => {
                    self.change_item(turn, conversation, |item| item.fence = item.fence.next());
                    self.propose(turn, conversation, Proposal::default(), None);
                }
                // Whoever it is passed on to may still take it; a proposal has its answer first.
                ItemState::Transferring { .. }
                | ItemState::Assigning { .. }
                | ItemState::Waiting { .. }
                | ItemState::Gone { .. } => (),
            }
        }
    }
}
