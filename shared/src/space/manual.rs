//! Manual work: agents who help themselves from the waiting list (F54, F55).
//!
//! - **R26** Assign to Me: an agent takes what waits, whoever is looking at an offer of it; that
//!   offer is withdrawn in the same turn, and its agent stays Available.
//! - **R27** What an agent has, a supervisor may take over; the slot of the agent stays filled
//!   until the conversation agrees. Anybody else reads who has it.
//! - **R28** Whoever takes is Available and has a free slot (F42, A4). The place in the rotation
//!   stays: it counts offers.
//! - **R61** What waits in a queue that an agent does not serve is a supervisor's to take (R27):
//!   the agent reads `not_in_queue`. Skills and hours keep nobody from helping.
//! - **R44** The log says that it was taken: the customer reads "You are being transferred to
//!   Agent" (F55).

use super::assignment::Proposal;
use super::commands::Reply;
use super::ledger::Ledger;
use super::row::{Item, ItemState, Slot};
use super::turn::Turn;
use crate::conversation::{Assignee, Standing};
use crate::id::{AgentId, CommandId, ConversationId};
use crate::refusal::Refusal;
use crate::rights::Role;

impl Ledger {
    /// Assigns a conversation to the agent who asks (R26, R27). Repeated by the same agent, it
    /// is answered like the first time.
    pub fn take_over(
        &mut self,
        turn: &mut Turn,
        (agent, id): (AgentId, CommandId),
        conversation: ConversationId,
    ) -> Result<Reply, Refusal> {
        let duty = self.roster.get(&agent).ok_or(Refusal::AgentUnknown)?;
        let item = self.items.get(&conversation);
        let item = item.ok_or(Refusal::ConversationUnknown)?;
        match &item.state {
            ItemState::Waiting { .. } | ItemState::Offered { .. } => (),
            ItemState::Assigning { to: Some(to), .. } if to.agent == agent => {
                self.answer_later(turn, conversation, (agent, id));
                return Ok(Reply::Later);
            }
            ItemState::Assigning { to: Some(to), .. } => {
                return Err(self.already_assigned(to.agent));
            }
            ItemState::Assigning { to: None, .. } => return Err(Refusal::NotWaiting),
            ItemState::Transferring { to, .. } if *to == agent => {
                let fence = item.fence;
                return self.accept(turn, (agent, id), conversation, fence);
            }
            ItemState::Held | ItemState::Transferring { .. } => {
                let holder = item.held_by();
                match (holder, &item.report.standing, duty.agent.role) {
                    (Some(holder), _, _) if holder == agent => {
                        self.end_transfer(turn, conversation, None);
                        return Ok(Reply::Done);
                    }
                    (_, Standing::WrappingUp { .. }, _) => return Err(Refusal::Ended),
                    (_, Standing::Closed { .. }, _) => return Err(Refusal::Closed),
                    (Some(holder), _, Role::Agent) => return Err(self.already_assigned(holder)),
                    (Some(_), _, Role::Supervisor | Role::Admin) | (None, _, _) => (),
                }
            }
            ItemState::Gone { .. } => return Err(Refusal::Closed),
        }
        if duty.agent.role == Role::Agent && !duty.serves(&item.report.queue) {
            return Err(Refusal::NotInQueue);
        }
        self.check_free(agent, item)?;
        let name = duty.agent.screen_name.clone();
        self.change_item(turn, conversation, |item| {
            item.drop_transfer();
            if !matches!(item.state, ItemState::Held) {
                item.slots.clear();
                item.state = ItemState::Waiting { not_before: None };
            }
            item.fence = item.fence.next();
            let fence = item.fence;
            item.slots.push(Slot { fence, agent });
        });
        turn.offered.insert(agent);
        let to = Some(Assignee { agent, name });
        let proposal = Proposal {
            to,
            queue: None,
            taken: true,
        };
        self.propose(turn, conversation, proposal, Some((agent, id)));
        Ok(Reply::Later)
    }

    /// Whether an agent is Available and has room for one more work item, besides what the agent
    /// fills with this one already (R28).
    pub fn check_free(&self, agent: AgentId, item: &Item) -> Result<(), Refusal> {
        let duty = self.roster.get(&agent).ok_or(Refusal::AgentUnknown)?;
        if !duty.agent.available {
            return Err(Refusal::AgentUnavailable);
        }
        let of_this = item.slots.iter().filter(|slot| slot.agent == agent);
        let others = duty.slots.len().saturating_sub(of_this.count());
        let limit = duty.limit(&self.settings);
        if others < usize::from(limit) {
            Ok(())
        } else {
            Err(Refusal::NoFreeSlot { limit })
        }
    }

    /// The refusal that tells who has it.
    pub fn already_assigned(&self, agent: AgentId) -> Refusal {
        match self.roster.get(&agent) {
            Some(duty) => Refusal::AlreadyAssigned {
                name: duty.agent.name.clone(),
            },
            None => Refusal::OfferOver,
        }
    }
}
