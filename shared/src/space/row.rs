//! What the space stores: one row per work item and agent, one seat per open socket.

use alloc::vec::Vec;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use super::audit_log::AuditEntry;
use super::desk::Counts;
use super::doors::Doors;
use super::erasure::{Erasing, Past};
use super::tenure::{Insider, Tenure};
use crate::conversation::{Assignee, Fence, Report, Standing};
use crate::id::{AgentId, CommandId, DeviceId, SpaceId};
use crate::rights::Role;
use crate::settings::{Settings, Zone};
use crate::sorted::{SortedMap, SortedSet};
use crate::text::{Label, MessageText, PersonName, ZoneName};
use crate::time::Timestamp;

/// One stored row: the space is stored as one row per work item and agent.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(
    clippy::large_enum_variant,
    reason = "a row lives for one turn, and no list of them is long"
)]
pub enum Row {
    /// The space itself; one row.
    Space {
        /// Its name in addresses.
        space: SpaceId,
        /// Its settings.
        settings: Settings,
        /// Offers made when the row was written. The clock of the rotation is the larger of this
        /// and the last offer of any agent, so that an offer need not rewrite this row.
        offers_made: u64,
        /// What the clocks of the time zones do that its queues name.
        #[serde(default)]
        zones: SortedMap<ZoneName, Zone>,
        /// When it last made its rounds (R101).
        #[serde(default)]
        rounds_at: Timestamp,
    },
    /// Invitations and API tokens; one row.
    Doors(Doors),
    /// An agent.
    Agent(Agent),
    /// A work item.
    Item(Item),
    /// What was a work item (R185). No restore needs it.
    Past(Past),
    /// Conversations that have yet to erase themselves; one row (R186).
    Erasing(SortedSet<Erasing>),
    /// An administrative act (R180): appended, and never written again. Of all of them a restore
    /// needs the newest.
    Audit(AuditEntry),
}

/// A person who answers, in one space.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Agent {
    /// Who.
    pub agent: AgentId,
    /// The name that colleagues see.
    pub name: PersonName,
    /// The name that customers see (D8).
    pub screen_name: PersonName,
    /// What the agent is in this space.
    pub role: Role,
    /// The agent's own conversation limit; `None` for that of the space.
    pub limit: Option<u8>,
    /// Available or Unavailable (F40), as the agent or a missed offer set it.
    pub available: bool,
    /// How many chats may be assigned to the agent without being asked (F44); `None` for as many
    /// as the conversation limit.
    pub available_for: Option<u8>,
    /// The queues that the agent serves; `None` for every one.
    pub queues: Option<Vec<Label>>,
    /// What the agent is good at.
    #[serde(default)]
    pub skills: Vec<Label>,
    /// True once the agent has left the space.
    #[serde(default)]
    pub deactivated: bool,
    /// True for who has accepted an invitation and was never connected (R143).
    #[serde(default)]
    pub unseen: bool,
    /// What others hold in the agent's name.
    #[serde(default)]
    pub tenure: Tenure,
    /// The place in the rotation: number of the last offer that this agent got, 0 for none.
    pub last_offer: u64,
}

/// A conversation as the space keeps it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Item {
    /// The newest report of the conversation that was taken in.
    pub report: Report,
    /// When it began to wait for the first time: the order of the queue (FAIR2), kept over unassign.
    pub waiting_since: Timestamp,
    /// When it began to wait in its queue, the last time; 0 when that was not noted.
    #[serde(default)]
    pub queued_at: Timestamp,
    /// When an agent was last known to have it, for estimates of the wait (R97).
    #[serde(default)]
    pub assigned_at: Option<Timestamp>,
    /// Highest fence minted for it, durable before it leaves the space.
    pub fence: Fence,
    /// What the space is doing with it.
    pub state: ItemState,
    /// The slots that it fills, by fence: at most one offered or accepted, at most one held.
    pub slots: Vec<Slot>,
    /// Agents who have declined it since it last began to wait or was assigned.
    pub declined: Vec<AgentId>,
    /// What became of the last transfer, until the next one or another assignment.
    pub returned: Option<Returned>,
    /// Who gave it back to the waiting list, or passed it on to a queue, while nobody has it.
    #[serde(default)]
    pub given_back_by: Option<AgentId>,
    /// Whom the conversation has let in, besides who has it (R86).
    #[serde(default)]
    pub insiders: Vec<Insider>,
    /// The number of the address that it began from (R120); `None` where there is none, and for
    /// what the space has let in and forgotten before it reported.
    #[serde(default)]
    pub address: Option<u64>,
}

/// A transfer to an agent that came to nothing.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Returned {
    /// Who did not take it.
    pub agent: AgentId,
    /// Why.
    pub why: TransferEnd,
}

/// Why a transfer to an agent came to nothing.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferEnd {
    /// The agent declined.
    Declined,
    /// The agent let it run out.
    Expired,
    /// The conversation ended before.
    Ended,
    /// The agent left the space.
    AgentLeft,
}

/// What the space is doing with a work item (PROTOCOL.md §7).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// In the queue. After a decline by every eligible agent it rests until `not_before` (F49).
    Waiting {
        /// No offer before this moment.
        not_before: Option<Timestamp>,
    },
    /// Shown to one agent.
    Offered {
        /// Who.
        agent: AgentId,
        /// When the offer is over (A7).
        expires_at: Timestamp,
        /// How long it lasts from the moment when it was made, in seconds (R71).
        #[serde(default)]
        lasts_s: u32,
    },
    /// Proposed to the conversation, which has not answered yet.
    Assigning {
        /// To whom; `None` for nobody (unassign).
        to: Option<Assignee>,
        /// The queue that it goes to with it; `None` leaves it in its own.
        queue: Option<Label>,
        /// True when the agent takes it (F55).
        #[serde(default)]
        taken: bool,
        /// The command that asked for it, to be answered; `None` when no command did.
        command: Option<(AgentId, CommandId)>,
        /// When the proposal is repeated.
        retry_at: Timestamp,
        /// How often it was repeated: the pause grows from 5 to 15 s.
        repeats: u32,
    },
    /// The conversation is with an agent, or wrapping up.
    Held,
    /// It is with an agent and offered to another one, who fills a second slot (D7).
    Transferring {
        /// Whom it is offered to.
        to: AgentId,
        /// When the offer is over (A7).
        expires_at: Timestamp,
        /// How long it lasts from the moment when it was made, in seconds (R71).
        #[serde(default)]
        lasts_s: u32,
        /// Who passes it on.
        by: AgentId,
        /// The queue that it goes to with it; `None` leaves it in its own.
        queue: Option<Label>,
        /// The words of the note, which stands in the log, too.
        note: MessageText,
    },
    /// Closed. The row stays for 48 h as a tombstone, so that a late report cannot revive it (A8).
    Gone {
        /// When the row may go.
        until: Timestamp,
    },
}

/// Room for one work item at an agent.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Slot {
    /// Number of the offer or assignment that fills it.
    pub fence: Fence,
    /// Whose.
    pub agent: AgentId,
}

/// What must outlive the object's memory while a socket is open.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Seat {
    /// Who sits there: always an agent.
    pub agent: AgentId,
    /// The tab and its connection number, once it has said hello.
    pub device: Option<(DeviceId, u32)>,
    /// When the socket was last known to be alive.
    pub heard_at: Timestamp,
}

impl Agent {
    /// An agent with nothing out of the ordinary, available as soon as the console is open.
    #[must_use]
    pub fn new(agent: AgentId, name: PersonName, role: Role) -> Self {
        Self {
            agent,
            screen_name: name.clone(),
            name,
            role,
            limit: None,
            available: true,
            available_for: None,
            queues: None,
            skills: Vec::new(),
            deactivated: false,
            unseen: false,
            last_offer: 0,
            tenure: Tenure::default(),
        }
    }
}

impl Item {
    /// When something is due for it.
    pub(super) const fn deadline(&self) -> Option<Timestamp> {
        match self.state {
            ItemState::Waiting { not_before } => not_before,
            ItemState::Offered { expires_at, .. } | ItemState::Transferring { expires_at, .. } => {
                Some(expires_at)
            }
            ItemState::Assigning { retry_at, .. } => Some(retry_at),
            ItemState::Held => None,
            ItemState::Gone { until } => Some(until),
        }
    }

    /// How long its open offer lasts; a row of an older release does not say.
    pub(super) fn offer_lasts(&self, settings: &Settings) -> Duration {
        match self.state {
            ItemState::Offered { lasts_s, .. } | ItemState::Transferring { lasts_s, .. }
                if lasts_s > 0 =>
            {
                Duration::from_secs(lasts_s.into())
            }
            ItemState::Waiting { .. }
            | ItemState::Offered { .. }
            | ItemState::Assigning { .. }
            | ItemState::Held
            | ItemState::Transferring { .. }
            | ItemState::Gone { .. } => settings.offer(),
        }
    }

    /// The queues that count it as their work (R73): its own, and the one that it is going to.
    pub(super) fn work_of(&self) -> Vec<&Label> {
        let going_to = match &self.state {
            ItemState::Gone { .. } => return Vec::new(),
            ItemState::Assigning { queue, .. } | ItemState::Transferring { queue, .. } => {
                queue.as_ref()
            }
            ItemState::Waiting { .. } | ItemState::Offered { .. } | ItemState::Held => None,
        };
        let own = &self.report.queue;
        let going_to = going_to.filter(|queue| *queue != own);
        [own].into_iter().chain(going_to).collect()
    }

    /// True when it can be offered at once.
    pub(super) const fn is_ready(&self) -> bool {
        matches!(self.state, ItemState::Waiting { not_before: None })
    }

    /// True while its customer can write.
    pub(super) const fn is_open(&self) -> bool {
        match (&self.state, &self.report.standing) {
            (ItemState::Gone { .. }, _) => false,
            (_, Standing::Waiting | Standing::Active { .. }) => true,
            (_, Standing::WrappingUp { .. } | Standing::Closed { .. }) => false,
        }
    }

    /// The queue that it goes to with the agent whom it is offered to.
    pub(super) fn goes_to(&self) -> Option<Label> {
        match &self.state {
            ItemState::Transferring { queue, .. } => queue.clone(),
            ItemState::Waiting { .. }
            | ItemState::Offered { .. }
            | ItemState::Assigning { .. }
            | ItemState::Held
            | ItemState::Gone { .. } => None,
        }
    }

    /// The slot of the agent whom the conversation is with, if it is with one.
    pub(super) fn held_by(&self) -> Option<AgentId> {
        let held = self.slots.iter().find(|slot| self.is_held(slot.fence));
        held.map(|slot| slot.agent)
    }

    /// True when the slot of that fence is that of the agent whom the conversation is with.
    pub(super) fn is_held(&self, fence: Fence) -> bool {
        match self.state {
            ItemState::Held => true,
            ItemState::Assigning { .. } | ItemState::Transferring { .. } => fence < self.fence,
            ItemState::Waiting { .. } | ItemState::Offered { .. } | ItemState::Gone { .. } => false,
        }
    }

    /// The count that it is part of.
    pub(super) fn count<'a>(&self, counts: &'a mut Counts) -> Option<&'a mut u32> {
        match (&self.state, &self.report.standing) {
            (ItemState::Gone { .. }, _) | (_, Standing::Closed { .. }) => None,
            (_, Standing::Waiting) => Some(&mut counts.waiting),
            (_, Standing::Active { .. }) => Some(&mut counts.active),
            (_, Standing::WrappingUp { .. }) => Some(&mut counts.wrapping_up),
        }
    }
}
