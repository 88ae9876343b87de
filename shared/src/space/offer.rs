//! Offers: a waiting work item shown to one agent, who accepts, declines or lets it run out.
//!
//! - **R8** An offer is open while `now < expires_at`, judged when the answer comes in, whatever
//!   the alarm does (A7). Only its agent answers it, by its fence (F46).
//! - **R9** A declined item goes to the next agent (F47).
//! - **R10** An agent who lets an offer run out becomes Unavailable, once (F48).
//! - **R11** An agent who becomes Unavailable keeps an open offer; an agent who becomes
//!   Available gets what waits at once (F40).

use super::assignment::Proposal;
use super::commands::Reply;
use super::ledger::Ledger;
use super::row::{ItemState, TransferEnd};
use super::turn::Turn;
use crate::conversation::{Assignee, Fence};
use crate::id::{AgentId, CommandId, ConversationId};
use crate::mutant::{self, Mutant};
use crate::refusal::Refusal;

impl Ledger {
    /// Takes an offered conversation (R8). Repeated by the same agent, it is answered like the
    /// first time.
    pub fn accept(
        &mut self,
        turn: &mut Turn,
        (agent, id): (AgentId, CommandId),
        conversation: ConversationId,
        fence: Fence,
    ) -> Result<Reply, Refusal> {
        let item = self.items.get(&conversation);
        let item = item.ok_or(Refusal::ConversationUnknown)?;
        let is_named = item.fence == fence;
        let queue = match &item.state {
            ItemState::Offered {
                agent: to,
                expires_at,
                ..
            }
            | ItemState::Transferring { to, expires_at, .. } => {
                let is_open = turn.now < *expires_at || mutant::is(Mutant::ExpiryByAlarmOnly);
                if !is_named || !is_open {
                    return Err(Refusal::OfferOver);
                }
                if *to != agent {
                    return Err(Refusal::OfferNotYours);
                }
                item.goes_to()
            }
            ItemState::Assigning { to: Some(to), .. } if to.agent == agent && is_named => {
                self.answer_later(turn, conversation, (agent, id));
                return Ok(Reply::Later);
            }
            ItemState::Assigning { to: Some(to), .. } if to.agent != agent => {
                return Err(self.already_assigned(to.agent));
            }
            ItemState::Held => {
                return match item.slots.first() {
                    Some(slot) if slot.agent != agent => Err(self.already_assigned(slot.agent)),
                    Some(slot) if slot.fence == fence => Ok(Reply::Done),
                    Some(_) | None => Err(Refusal::OfferOver),
                };
            }
            ItemState::Assigning { .. } | ItemState::Waiting { .. } | ItemState::Gone { .. } => {
                return Err(Refusal::OfferOver);
            }
        };
        let duty = self.roster.get(&agent).ok_or(Refusal::AgentUnknown)?;
        let name = duty.agent.screen_name.clone();
        let to = Some(Assignee { agent, name });
        let proposal = Proposal {
            to,
            queue,
            taken: false,
        };
        self.propose(turn, conversation, proposal, Some((agent, id)));
        Ok(Reply::Later)
    }

    /// Leaves an offered conversation to somebody else (R9).
    pub fn decline(
        &mut self,
        turn: &mut Turn,
        agent: AgentId,
        conversation: ConversationId,
        fence: Fence,
    ) -> Result<Reply, Refusal> {
        let item = self.items.get(&conversation);
        let item = item.ok_or(Refusal::ConversationUnknown)?;
        match item.state {
            ItemState::Offered { agent: to, .. } if item.fence == fence && to == agent => {}
            ItemState::Transferring { to, .. } if item.fence == fence && to == agent => {
                self.end_transfer(turn, conversation, Some(TransferEnd::Declined));
                return Ok(Reply::Done);
            }
            ItemState::Offered { .. } | ItemState::Transferring { .. } if item.fence == fence => {
                return Err(Refusal::OfferNotYours);
            }
            ItemState::Waiting { .. } | ItemState::Offered { .. } | ItemState::Held
                if item.declined.contains(&agent) && item.given_back_by != Some(agent) =>
            {
                return Ok(Reply::Done);
            }
            ItemState::Waiting { .. }
            | ItemState::Offered { .. }
            | ItemState::Assigning { .. }
            | ItemState::Held
            | ItemState::Transferring { .. }
            | ItemState::Gone { .. } => return Err(Refusal::OfferOver),
        }
        self.change_item(turn, conversation, |item| {
            item.slots.clear();
            item.declined.push(agent);
            item.state = ItemState::Waiting { not_before: None };
        });
        Ok(Reply::Done)
    }

    /// Ends an offer that nobody answered (R10).
    pub fn expire(&mut self, turn: &mut Turn, conversation: ConversationId, agent: AgentId) {
        self.change_item(turn, conversation, |item| {
            item.slots.clear();
            item.state = ItemState::Waiting { not_before: None };
        });
        self.change_agent(turn, agent, |agent| agent.available = false);
    }

    /// Makes an agent Available or Unavailable (R11).
    pub fn set_available(
        &mut self,
        turn: &mut Turn,
        agent: AgentId,
        available: bool,
        for_chats: Option<u8>,
    ) {
        let Some(duty) = self.roster.get(&agent) else {
            return;
        };
        let available_for = for_chats.or(duty.agent.available_for);
        if (duty.agent.available, duty.agent.available_for) != (available, available_for) {
            self.change_agent(turn, agent, |agent| {
                agent.available = available;
                agent.available_for = available_for;
            });
        }
    }
}
