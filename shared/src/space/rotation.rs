//! The rotation: which waiting work item goes to which agent.
//!
//! - **R4** The oldest waiting item is offered first (FAIR2).
//! - **R5** An agent can be offered something while Available, with a live console, with a free
//!   slot, without an open offer, serving its queue with the skills that it takes (R58), within the
//!   queue's hours (R52), and not having declined the item.
//! - **R6** Of these, the one whose last offer lies furthest back gets it; going Unavailable and
//!   back does not change the place (FAIR1, F45).
//! - **R7** When every agent who could be offered an item has declined it, the declines are
//!   forgotten and it rests for [`REST`] before it goes round again (F49).
//! - **R29** As the space has chosen, an item in turn is offered, or assigned at once without being
//!   asked (F44), or nothing goes round and agents help themselves (D6).
//! - **R30** Assigned at once is up to the number that the agent chose, and never more than the
//!   conversation limit; Assign to Me goes up to the conversation limit.
//! - **R31** A space may choose that fewer slots filled come before R6. FAIR1 is a promise of
//!   round robin alone.

use core::time::Duration;

use super::assignment::Proposal;
use super::ledger::Ledger;
use super::row::{ItemState, Slot};
use super::turn::Turn;
use crate::conversation::Assignee;
use crate::id::{AgentId, ConversationId};
use crate::settings::OfferMode;

/// How long an item rests after a decline by every eligible agent: 2 s. Source: PROTOCOL.md §7.
pub const REST: Duration = Duration::from_secs(2);

impl Ledger {
    /// Offers what can be offered (R4). Asked at the end of every turn.
    pub fn dispatch(&mut self, turn: &mut Turn) {
        while let Some(conversation) = self.lanes.oldest(&self.gates) {
            let agent = self
                .items
                .get(&conversation)
                .and_then(|item| self.lanes.first_agent(item, &self.settings));
            match agent {
                Some(agent) => self.give(turn, conversation, agent),
                None => self.rest(turn, conversation),
            }
        }
    }

    /// Gives an item to an agent the way that the space has chosen (R29).
    fn give(&mut self, turn: &mut Turn, conversation: ConversationId, agent: AgentId) {
        let (expires_at, lasts_s) = (turn.now + self.settings.offer(), self.settings.offer_s);
        let is_assigned = self.settings.offer_mode == OfferMode::AutoAccept;
        self.change_item(turn, conversation, |item| {
            item.fence = item.fence.next();
            if !is_assigned {
                item.state = ItemState::Offered {
                    agent,
                    expires_at,
                    lasts_s,
                };
            }
            let fence = item.fence;
            item.slots.push(Slot { fence, agent });
        });
        if let Some(duty) = self.roster.get(&agent)
            && is_assigned
        {
            let name = duty.agent.screen_name.clone();
            let to = Some(Assignee { agent, name });
            let proposal = Proposal {
                to,
                ..Proposal::default()
            };
            self.propose(turn, conversation, proposal, None);
        }
        self.offers_made = self.offers_made.saturating_add(1);
        let number = self.offers_made;
        self.change_agent(turn, agent, |agent| agent.last_offer = number);
        turn.offered.insert(agent);
    }

    fn rest(&mut self, turn: &mut Turn, conversation: ConversationId) {
        let not_before = Some(turn.now + REST);
        self.change_item(turn, conversation, |item| {
            item.declined.clear();
            item.state = ItemState::Waiting { not_before };
        });
    }
}
