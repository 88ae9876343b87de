//! The door: how a space begins, and whether a conversation may.
//!
//! - **R22** A space is made once.
//! - **R23** A conversation may begin while live chat is on and the visitor has no other one that
//!   is open, in a queue that takes new work (R39). One that is known may always: the visitor repeats what was not answered.

use alloc::vec::Vec;

use super::Effect;
use super::ledger::Ledger;
use super::row::Agent;
use super::turn::Turn;
use crate::id::{ConversationId, SpaceId, VisitorId};
use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::text::Label;

impl Ledger {
    /// The books of a new space (R22).
    pub fn create(turn: &mut Turn, space: SpaceId, settings: Settings, agents: Vec<Agent>) -> Self {
        let last_offer = agents.iter().map(|agent| agent.last_offer).max();
        let mut ledger = Self::new(space, settings, last_offer.unwrap_or(0));
        for agent in agents {
            turn.agents.insert(agent.agent);
            ledger.add_agent(agent);
        }
        ledger.counts.colleagues = turn.now.millis();
        turn.saves_space = true;
        turn.effects.push(Effect::Created);
        ledger
    }

    /// Whether a conversation may begin (R23).
    pub fn admit(
        &self,
        turn: &mut Turn,
        visitor: VisitorId,
        conversation: ConversationId,
        queue: &Label,
    ) {
        let is_known = self.items.contains_key(&conversation);
        let open = self.open.get(&visitor).and_then(|open| open.first());
        let admitted = || Effect::Admitted {
            settings: self.settings.clone(),
            queue: queue.clone(),
        };
        turn.effects.push(match open {
            _ if is_known => admitted(),
            _ if !self.settings.live_chat => Effect::Denied(Refusal::SpaceOff),
            Some(&conversation) => Effect::Denied(Refusal::ConversationOpen { conversation }),
            None => match self.settings.check_queue(queue) {
                Ok(()) => admitted(),
                Err(refusal) => Effect::Denied(refusal),
            },
        });
    }
}
