//! What agents see of the space: a desk for each, whole, and counts for all.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::conversation::{EndCause, Fence, Source};
use crate::id::{AgentId, ConversationId};
use crate::rights::Role;
use crate::text::{Label, PersonName};
use crate::time::Timestamp;

/// What one agent sees of the space: small, so it is sent whole when it changes.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Desk {
    /// The space's clock when the desk was made: subtract it from the moments in it.
    pub now: Timestamp,
    /// The agent.
    pub me: Me,
    /// What is offered to the agent.
    pub offers: Vec<Offer>,
    /// What the agent holds, oldest first.
    pub items: Vec<WorkItem>,
    /// The resolutions to choose from.
    pub resolutions: Vec<Label>,
}

/// The agent whose desk it is.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Me {
    /// Who.
    pub agent: AgentId,
    /// The name that colleagues see.
    pub name: PersonName,
    /// The name that customers see.
    pub screen_name: PersonName,
    /// What the agent is in this space.
    pub role: Role,
    /// Available or Unavailable.
    pub available: bool,
    /// The conversation limit in force.
    pub limit: u8,
    /// Slots filled: offers, assignments on their way, held work items.
    pub used: u8,
    /// What the space is called.
    pub space: PersonName,
}

/// A waiting work item shown to one agent.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Offer {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Number of the offer, to accept or decline it by.
    pub fence: Fence,
    /// What the customer claims to be called.
    pub customer: PersonName,
    /// First words of the first message.
    pub first_words: String,
    /// The queue that it waits in.
    pub queue: Label,
    /// Where it came from.
    pub source: Source,
    /// When it began to wait.
    pub waiting_since: Timestamp,
    /// How long an offer of this space lasts, in milliseconds.
    pub lasts_ms: u64,
    /// When the offer is over.
    pub expires_at: Timestamp,
}

/// A work item on an agent's desk.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct WorkItem {
    /// Which conversation.
    pub conversation: ConversationId,
    /// What the customer claims to be called.
    pub customer: PersonName,
    /// First words of the first message.
    pub first_words: String,
    /// The queue that it came from.
    pub queue: Label,
    /// Where it came from.
    pub source: Source,
    /// When it began to wait.
    pub waiting_since: Timestamp,
    /// `None` while Active; what ended it while wrapping up.
    pub ended: Option<EndCause>,
}

/// Counts of a space, sent to every agent at most every 250 ms.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Counts {
    /// Work items that wait, offered ones included.
    pub waiting: u32,
    /// Work items with an agent.
    pub active: u32,
    /// Work items wrapping up.
    pub wrapping_up: u32,
    /// Agents on duty: Available and with a live console.
    pub available: u32,
}
