//! What agents see of the space: a desk for each, whole, and counts for all.
//!
//! - **R24** An agent's sockets get the desk when it differs from the one they have; a socket
//!   that says hello gets it in any case.
//! - **R25** All sockets get the counts when they differ from those they have, at most every
//!   [`COUNTS_PAUSE`].

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use super::lanes::Need;
use super::ledger::Ledger;
use super::row::{Item, ItemState, Returned, TransferEnd};
use super::turn::Turn;
use crate::conversation::{EndCause, Fence, Source, Standing, Ticket};
use crate::frame::{FromServer, SocketId};
use crate::id::{AgentId, ConversationId};
use crate::rights::Role;
use crate::settings::{OfferMode, Reason, Resolution};
use crate::sorted::SortedMap;
use crate::text::{Label, MessageText, PersonName};
use crate::time::{Timestamp, millis};

/// Least time between two counts: 250 ms. Source: DESIGN.md, "The five ideas".
pub const COUNTS_PAUSE: Duration = Duration::from_millis(250);

/// What one agent sees of the space: small, so it is sent whole when it changes.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Desk {
    /// The space's clock when the desk was made: subtract it from the moments in it.
    pub now: Timestamp,
    /// The agent.
    pub me: Me,
    /// What is offered to the agent.
    pub offers: Vec<Offer>,
    /// What colleagues pass on to the agent (F59).
    #[serde(default)]
    pub transferred: Vec<Transferred>,
    /// What the agent holds, oldest first.
    pub items: Vec<WorkItem>,
    /// The resolutions to choose from.
    pub resolutions: Vec<Resolution>,
    /// The reasons to choose from.
    #[serde(default)]
    pub reasons: Vec<Reason>,
    /// How work items reach agents.
    #[serde(default)]
    pub offer_mode: OfferMode,
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
    /// For how many chats at a time, where they are assigned at once (F44).
    pub available_for: Option<u8>,
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
    /// The company that the customer claims to be of (F63).
    #[serde(default)]
    pub company: Option<PersonName>,
    /// What an agent needs to be given it (P35): skills of its own and of its queue.
    #[serde(default)]
    pub skills: Vec<Label>,
    /// When it began to wait.
    pub waiting_since: Timestamp,
    /// How long the offer lasts from the moment when it was made, in milliseconds.
    pub lasts_ms: u64,
    /// When the offer is over.
    pub expires_at: Timestamp,
}

/// A transfer to the agent: an offer of what a colleague has.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Transferred {
    /// The offer, to accept or decline like any other.
    pub offer: Offer,
    /// Who passes it on: the name that colleagues see.
    pub from: PersonName,
    /// The words of the note.
    pub note: MessageText,
}

/// What became of a transfer, for the agent who has the work item.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Transfer {
    /// It is offered to a colleague.
    Asked {
        /// The name that colleagues see.
        to: PersonName,
        /// When the offer is over.
        expires_at: Timestamp,
    },
    /// It came back.
    Returned {
        /// The name that colleagues see.
        to: PersonName,
        /// Why.
        why: TransferEnd,
    },
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
    /// The company that the customer claims to be of (F63).
    #[serde(default)]
    pub company: Option<PersonName>,
    /// What an agent needs to be given it (P35): skills of its own and of its queue.
    #[serde(default)]
    pub skills: Vec<Label>,
    /// When it began to wait.
    pub waiting_since: Timestamp,
    /// `None` while Active; what ended it while wrapping up.
    pub ended: Option<EndCause>,
    /// The transfer of it that is under way, or the last one, if it came back.
    pub transfer: Option<Transfer>,
    /// The ticket that was made of it.
    #[serde(default)]
    pub ticket: Option<Ticket>,
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
    /// Number of the list of colleagues: another one means that the list has changed (R81).
    #[serde(default)]
    pub colleagues: u64,
}

impl Desk {
    /// True when both show the same, whenever they were made.
    fn shows_the_same(&self, other: &Self) -> bool {
        // Naming each field makes the compiler ask about a new one.
        let Self {
            now: _,
            me,
            offers,
            transferred,
            items,
            resolutions,
            reasons,
            offer_mode,
        } = self;
        *me == other.me
            && *offers == other.offers
            && *transferred == other.transferred
            && *items == other.items
            && *resolutions == other.resolutions
            && *reasons == other.reasons
            && *offer_mode == other.offer_mode
    }
}

impl Ledger {
    /// Shows what changed in this turn (R24, R25). Asked last in every turn.
    pub fn show(&mut self, turn: &mut Turn) {
        for agent in core::mem::take(&mut turn.desks) {
            self.show_desk(turn, agent);
        }
        self.show_counts(turn);
    }

    /// When counts that wait for their time go out.
    pub fn counts_due_at(&self) -> Option<Timestamp> {
        let sent_at = self.told_counts_at?;
        (self.counts != self.told_counts).then(|| sent_at + COUNTS_PAUSE)
    }

    fn show_desk(&mut self, turn: &mut Turn, agent: AgentId) {
        let Some(desk) = self.desk(turn.now, agent) else {
            return;
        };
        let Some(duty) = self.roster.get_mut(&agent) else {
            return;
        };
        let shown = duty.shown.as_ref();
        let is_shown = shown.is_some_and(|shown| shown.shows_the_same(&desk));
        let sockets = duty.sockets.iter().copied();
        let to: Vec<_> = sockets
            .filter(|socket| !is_shown || turn.fresh.contains(socket))
            .collect();
        if !to.is_empty() {
            duty.shown = Some(desk.clone());
            turn.send(to, FromServer::Desk(desk.into()));
        }
    }

    fn show_counts(&mut self, turn: &mut Turn) {
        let is_time = self
            .told_counts_at
            .is_none_or(|at| at + COUNTS_PAUSE <= turn.now);
        let mut to: Vec<SocketId> = turn.fresh.iter().copied().collect();
        if self.counts != self.told_counts && is_time {
            to = self.audience.iter().copied().collect();
            self.told_counts = self.counts;
            self.told_counts_at = (!to.is_empty()).then_some(turn.now);
        } else if self.counts != self.told_counts && self.audience.is_empty() {
            self.told_counts = self.counts;
            self.told_counts_at = None;
        }
        turn.send(to, FromServer::Counts(self.counts));
    }

    fn desk(&self, now: Timestamp, agent: AgentId) -> Option<Desk> {
        let duty = self.roster.get(&agent)?;
        let mut offers = Vec::new();
        let mut transferred = Vec::new();
        let mut items = SortedMap::new();
        for (conversation, fence) in &duty.slots {
            let Some(item) = self.items.get(conversation) else {
                continue;
            };
            match &item.state {
                ItemState::Offered { expires_at, .. } if item.fence == *fence => {
                    offers.push(self.offer_of(item, *expires_at));
                }
                ItemState::Transferring {
                    expires_at,
                    by,
                    note,
                    ..
                } if item.fence == *fence => transferred.push(Transferred {
                    offer: self.offer_of(item, *expires_at),
                    from: self.name_of(*by),
                    note: note.clone(),
                }),
                ItemState::Waiting { .. }
                | ItemState::Offered { .. }
                | ItemState::Assigning { .. }
                | ItemState::Held
                | ItemState::Transferring { .. }
                | ItemState::Gone { .. } => {
                    if item.is_held(*fence) {
                        let item = self.work_item_of(item);
                        items.insert((item.waiting_since, item.conversation), item);
                    }
                }
            }
        }
        let me = self.me(agent)?;
        Some(Desk {
            now,
            me,
            offers,
            transferred,
            items: items.into_values().collect(),
            resolutions: self.settings.resolutions.clone(),
            reasons: self.settings.reasons.clone(),
            offer_mode: self.settings.offer_mode,
        })
    }

    /// The agent in this space.
    pub fn me(&self, agent: AgentId) -> Option<Me> {
        let duty = self.roster.get(&agent)?;
        Some(Me {
            agent,
            name: duty.agent.name.clone(),
            screen_name: duty.agent.screen_name.clone(),
            role: duty.agent.role,
            available: duty.agent.available,
            available_for: duty.agent.available_for,
            limit: duty.limit(&self.settings),
            used: u8::try_from(duty.slots.len()).unwrap_or(u8::MAX),
            space: self.settings.name.clone(),
        })
    }

    fn offer_of(&self, item: &Item, expires_at: Timestamp) -> Offer {
        let report = &item.report;
        Offer {
            conversation: report.conversation,
            fence: item.fence,
            customer: report.name.clone(),
            first_words: report.first_words.clone(),
            queue: report.queue.clone(),
            source: report.source,
            company: report.company.clone(),
            skills: self.skills_for(item),
            waiting_since: item.waiting_since,
            lasts_ms: millis(item.offer_lasts(&self.settings)),
            expires_at,
        }
    }

    /// What an agent needs to be given it.
    pub(super) fn skills_for(&self, item: &Item) -> Vec<Label> {
        Need::of(item, &self.settings).skills.into_iter().collect()
    }

    fn work_item_of(&self, item: &Item) -> WorkItem {
        let report = &item.report;
        WorkItem {
            conversation: report.conversation,
            customer: report.name.clone(),
            first_words: report.first_words.clone(),
            queue: report.queue.clone(),
            source: report.source,
            company: report.company.clone(),
            skills: self.skills_for(item),
            waiting_since: item.waiting_since,
            ended: match report.standing {
                Standing::WrappingUp { cause, .. } | Standing::Closed { cause, .. } => Some(cause),
                Standing::Waiting | Standing::Active { .. } => None,
            },
            transfer: self.transfer_of(item),
            ticket: report.ticket.clone(),
        }
    }

    fn transfer_of(&self, item: &Item) -> Option<Transfer> {
        if let ItemState::Transferring { to, expires_at, .. } = item.state {
            let to = self.name_of(to);
            return Some(Transfer::Asked { to, expires_at });
        }
        let Returned { agent, why } = item.returned?;
        let to = self.name_of(agent);
        Some(Transfer::Returned { to, why })
    }

    /// The name that colleagues see; that of the space for an agent who is not known any more.
    pub fn name_of(&self, agent: AgentId) -> PersonName {
        let duty = self.roster.get(&agent);
        duty.map_or(&self.settings.name, |duty| &duty.agent.name)
            .clone()
    }
}
