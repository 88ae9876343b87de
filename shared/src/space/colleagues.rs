//! Colleagues: the agents of a space as each of them sees the others.
//!
//! - **R80** Every agent who has not left reads them all: who they are, and at this moment whether
//!   they can be given something ([`Status`]) and how full they are (U2, U6). Who has no live
//!   console is away, whatever the switch says; who left is deactivated.
//! - **R81** A list of thousands is not sent at each change. [`super::Counts::colleagues`] is its number
//!   instead: it rises when somebody's row changes, apart from slots that are filled and freed
//!   short of the limit, and whoever looks at the list reads it again.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::duty::Duty;
use super::ledger::Ledger;
use crate::id::AgentId;
use crate::refusal::Refusal;
use crate::rights::Role;
use crate::settings::Settings;
use crate::sorted::SortedMap;
use crate::text::{Label, PersonName};

/// Whether an agent can be given something.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// On duty.
    Available,
    /// There, and Unavailable.
    Unavailable,
    /// Without a live console.
    Away,
    /// Has left the space.
    Deactivated,
}

/// An agent as colleagues see the agent.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Colleague {
    /// Who.
    pub agent: AgentId,
    /// The name that colleagues see.
    pub name: PersonName,
    /// The name that customers see (D8).
    pub screen_name: PersonName,
    /// What the agent is in this space.
    pub role: Role,
    /// Whether the agent can be given something.
    pub status: Status,
    /// Slots filled: offers, assignments on their way, held work items.
    pub used: u8,
    /// The conversation limit in force.
    pub limit: u8,
    /// The queues that the agent serves; `None` for every one.
    pub queues: Option<Vec<Label>>,
    /// What the agent knows about.
    #[serde(default)]
    pub skills: Vec<Label>,
}

impl Duty {
    /// See [`Status`].
    pub fn status(&self) -> Status {
        if self.agent.deactivated {
            Status::Deactivated
        } else if self.sockets.is_empty() {
            Status::Away
        } else if self.agent.available {
            Status::Available
        } else {
            Status::Unavailable
        }
    }

    /// What a change of which makes the list another one (R81), besides the agent's own row.
    pub fn show(&self, settings: &Settings) -> (Status, bool) {
        let is_full = self.slots.len() >= usize::from(self.limit(settings));
        (self.status(), is_full)
    }

    /// The agent's row in the list.
    pub fn colleague(&self, settings: &Settings) -> Colleague {
        let agent = &self.agent;
        Colleague {
            agent: agent.agent,
            name: agent.name.clone(),
            screen_name: agent.screen_name.clone(),
            role: agent.role,
            status: self.status(),
            used: u8::try_from(self.slots.len()).unwrap_or(u8::MAX),
            limit: self.limit(settings),
            queues: agent.queues.clone(),
            skills: agent.skills.clone(),
        }
    }
}

impl Ledger {
    /// The agents of the space, by name (R80).
    pub fn colleagues(&self, agent: AgentId) -> Result<Vec<Colleague>, Refusal> {
        if !self.is_active(agent) {
            return Err(Refusal::Forbidden);
        }
        let duties = self.roster.values().filter(|duty| !duty.agent.unseen);
        let colleagues = duties.map(|duty| duty.colleague(&self.settings));
        let by_name: SortedMap<_, _> = colleagues
            .map(|colleague| {
                let name = colleague.name.as_str().to_lowercase();
                ((name, colleague.agent), colleague)
            })
            .collect();
        Ok(by_name.into_values().collect())
    }
}
