//! Handovers: the waiting list as agents read it (F54, F58).
//!
//! - **R43** Every agent who has not left reads what waits for an agent, offered or not, in the
//!   order in which it began to wait; at most [`HANDOVERS_MAX`] at a time, the oldest.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::ledger::Ledger;
use super::row::{Item, ItemState};
use crate::conversation::Source;
use crate::id::{AgentId, ConversationId};
use crate::refusal::Refusal;
use crate::text::{Label, PersonName};
use crate::time::Timestamp;

/// Most work items of one answer: more than anybody reads, and 40 KB at most.
pub const HANDOVERS_MAX: usize = 100;

/// A waiting work item.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Handover {
    /// Which conversation.
    pub conversation: ConversationId,
    /// What the customer claims to be called.
    pub customer: PersonName,
    /// First words of the first message.
    pub first_words: String,
    /// The queue that it waits in.
    pub queue: Label,
    /// Where it came from.
    pub source: Source,
    /// The company that the customer claims to be of (F63).
    #[serde(default)]
    pub company: Option<PersonName>,
    /// When it began to wait.
    pub waiting_since: Timestamp,
    /// Who is looking at an offer of it: the name that colleagues see.
    pub offered_to: Option<PersonName>,
}

impl Ledger {
    /// The oldest of what waits (R43).
    pub fn handovers(&self, agent: AgentId) -> Result<Vec<Handover>, Refusal> {
        if !self.is_active(agent) {
            return Err(Refusal::Forbidden);
        }
        let mut oldest = BTreeMap::new();
        for item in self.items.values() {
            let asked = match item.state {
                ItemState::Waiting { .. } => None,
                ItemState::Offered { agent, .. } => Some(agent),
                ItemState::Assigning { .. }
                | ItemState::Held
                | ItemState::Transferring { .. }
                | ItemState::Gone { .. } => continue,
            };
            oldest.insert(
                (item.waiting_since, item.report.conversation),
                (item, asked),
            );
            if oldest.len() > HANDOVERS_MAX {
                oldest.pop_last();
            }
        }
        let handovers = oldest.into_values();
        Ok(handovers
            .map(|(item, asked)| self.handover_of(item, asked))
            .collect())
    }

    fn handover_of(&self, item: &Item, asked: Option<AgentId>) -> Handover {
        let report = &item.report;
        Handover {
            conversation: report.conversation,
            customer: report.name.clone(),
            first_words: report.first_words.clone(),
            queue: report.queue.clone(),
            source: report.source,
            company: report.company.clone(),
            waiting_since: item.waiting_since,
            offered_to: asked.map(|agent| self.name_of(agent)),
        }
    }
}
