//! Lists: work items as agents read them, page by page (F54, F58).
//!
//! - **R43** Every agent who has not left reads what waits in the queues that the agent serves,
//!   offered or not, what the agent has, and what was closed in those queues. Supervisors and
//!   admins read everything.
//! - **R93** What waits, is Active or wraps up stands in the order in which it began to wait; what
//!   is closed, newest first, for as long as its tombstone stays ([`super::TOMBSTONE`]). A page
//!   has at most [`PAGE`] rows and ends with the [`Mark`] of its last one. The next page begins
//!   after that mark, wherever its row has gone: what stays in its list is read once.
//! - **R94** Every item stands in one list of its queue in the index, so that a page costs what it shows.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::ops::Bound::{Excluded, Unbounded};
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use super::duty::Duty;
use super::intake::TOMBSTONE;
use super::ledger::Ledger;
use super::row::{Item, ItemState};
use crate::conversation::{EndCause, Fence, Source, Standing, Stars};
use crate::id::{AgentId, ConversationId};
use crate::refusal::Refusal;
use crate::rights::Role;
use crate::sorted::{SortedMap, SortedSet};
use crate::text::{Label, PersonName};
use crate::time::Timestamp;

/// Most work items of one page: more than anybody reads, and 50 KB at most.
pub const PAGE: usize = 100;

/// A list of work items.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum List {
    /// What waits for an agent, offered or not.
    Waiting,
    /// What an agent has, or is about to get.
    Active,
    /// What an agent has whose customer is gone.
    WrappingUp,
    /// What is closed.
    Closed,
    /// What fills the slots of the agent who reads: what the agent has, and what the agent is asked to take.
    Mine,
}

/// What an agent wants to read.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Query {
    /// The list.
    pub list: List,
    /// One queue alone.
    pub queue: Option<Label>,
    /// Only what comes after.
    pub after: Option<Mark>,
}

/// A part of a list.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Page {
    /// The rows.
    pub items: Vec<Listed>,
    /// What to read after, when there is more.
    pub next: Option<Mark>,
}

/// A work item of a list.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Listed {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Where it stands: any list but [`List::Mine`].
    pub state: List,
    /// What the customer claims to be called.
    pub customer: PersonName,
    /// First words of the first message.
    pub first_words: String,
    /// The queue that it is in.
    pub queue: Label,
    /// Where it came from.
    pub source: Source,
    /// The company that the customer claims to be of (F63).
    pub company: Option<PersonName>,
    /// What an agent needs to be given it (P35): skills of its own and of its queue.
    #[serde(default)]
    pub skills: Vec<Label>,
    /// When it began to wait.
    pub waiting_since: Timestamp,
    /// The agent who has it, or is about to get it.
    pub agent: Option<AgentId>,
    /// The name of that agent that colleagues see.
    pub agent_name: Option<PersonName>,
    /// Who is asked to take it: the name that colleagues see.
    pub offered_to: Option<PersonName>,
    /// Number of the offer, to accept or decline it by, when it is made to the agent who reads.
    pub fence: Option<Fence>,
    /// When that offer is over.
    pub expires_at: Option<Timestamp>,
    /// What ended it.
    pub ended: Option<EndCause>,
    /// How it was resolved.
    pub resolution: Option<Label>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// How many stars the customer gives.
    #[serde(default)]
    pub stars: Option<Stars>,
}

/// A place in a list: nothing that means something to anybody else.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Mark {
    /// Millisecond of the item; of a closed one, counted back from the end of time.
    at: u64,
    conversation: ConversationId,
}

/// Why a text is no mark.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("read on after `next` of the page before")]
pub struct MarkError;

/// The items of a queue, by list and place.
type Shelf = [SortedSet<Mark>; 4];

/// The index of all lists (R94). A queue without items is not there.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Lists(SortedMap<Label, Shelf>);

impl Lists {
    pub const fn new() -> Self {
        Self(SortedMap::new())
    }

    pub fn put(&mut self, item: &Item) {
        let queue = &item.report.queue;
        if !self.0.contains_key(queue) {
            self.0.insert(queue.clone(), Shelf::default());
        }
        if let Some(set) = self
            .0
            .get_mut(queue)
            .and_then(|shelf| of(shelf, item.list()))
        {
            set.insert(item.mark());
        }
    }

    pub fn take(&mut self, item: &Item) {
        let Some(shelf) = self.0.get_mut(&item.report.queue) else {
            return;
        };
        if let Some(set) = of(shelf, item.list()) {
            set.remove(&item.mark());
        }
        if shelf.iter().all(SortedSet::is_empty) {
            self.0.remove(&item.report.queue);
        }
    }
}

const fn of(shelf: &mut Shelf, list: List) -> Option<&mut SortedSet<Mark>> {
    let [waiting, active, wrapping_up, closed] = shelf;
    match list {
        List::Waiting => Some(waiting),
        List::Active => Some(active),
        List::WrappingUp => Some(wrapping_up),
        List::Closed => Some(closed),
        List::Mine => None,
    }
}

impl Item {
    /// The list that it stands in.
    pub(super) const fn list(&self) -> List {
        match (&self.state, &self.report.standing) {
            (ItemState::Gone { .. }, _) | (_, Standing::Closed { .. }) => List::Closed,
            (ItemState::Waiting { .. } | ItemState::Offered { .. }, _) => List::Waiting,
            (
                ItemState::Assigning { .. } | ItemState::Held | ItemState::Transferring { .. },
                Standing::WrappingUp { .. },
            ) => List::WrappingUp,
            (
                ItemState::Assigning { .. } | ItemState::Held | ItemState::Transferring { .. },
                Standing::Waiting | Standing::Active { .. },
            ) => List::Active,
        }
    }

    /// Its place there.
    fn mark(&self) -> Mark {
        let conversation = self.report.conversation;
        match self.closed_at() {
            Some(at) => Mark::back(at, conversation),
            None => Mark {
                at: self.waiting_since.millis(),
                conversation,
            },
        }
    }

    fn closed_at(&self) -> Option<Timestamp> {
        match self.state {
            ItemState::Gone { until } => Some(until - TOMBSTONE),
            ItemState::Waiting { .. }
            | ItemState::Offered { .. }
            | ItemState::Assigning { .. }
            | ItemState::Held
            | ItemState::Transferring { .. } => None,
        }
    }

    /// Who has it, or is about to get it.
    fn keeper(&self) -> Option<AgentId> {
        let next = match &self.state {
            ItemState::Assigning { to, .. } => to.as_ref().map(|to| to.agent),
            ItemState::Waiting { .. }
            | ItemState::Offered { .. }
            | ItemState::Held
            | ItemState::Transferring { .. }
            | ItemState::Gone { .. } => None,
        };
        self.held_by().or(next)
    }

    /// Who is asked to take it, and until when.
    const fn asked(&self) -> Option<(AgentId, Timestamp)> {
        match self.state {
            ItemState::Offered {
                agent, expires_at, ..
            }
            | ItemState::Transferring {
                to: agent,
                expires_at,
                ..
            } => Some((agent, expires_at)),
            ItemState::Waiting { .. }
            | ItemState::Assigning { .. }
            | ItemState::Held
            | ItemState::Gone { .. } => None,
        }
    }
}

impl Ledger {
    /// A page of a list (R43, R93).
    pub fn page(&self, agent: AgentId, query: &Query) -> Result<Page, Refusal> {
        let duty = self.reader(agent)?;
        if let Some(queue) = &query.queue
            && self.settings.check_queue(queue) == Err(Refusal::QueueUnknown)
        {
            return Err(Refusal::QueueUnknown);
        }
        let sees_all = duty.agent.role != Role::Agent;
        let mut marks = match query.list {
            List::Waiting | List::Closed => {
                self.shelved(query, |queue| sees_all || duty.serves(queue))
            }
            List::Active | List::WrappingUp if sees_all => self.shelved(query, |_| true),
            List::Active | List::WrappingUp | List::Mine => self.own(duty, query),
        };
        let has_more = marks.len() > PAGE;
        while marks.len() > PAGE {
            marks.pop_last();
        }
        let items = marks
            .iter()
            .filter_map(|mark| self.items.get(&mark.conversation));
        Ok(Page {
            items: items.map(|item| self.row_for(agent, item)).collect(),
            next: marks.last().copied().filter(|_| has_more),
        })
    }

    /// One work item as that agent reads it; `None` for what the space does not know.
    pub fn listed(
        &self,
        agent: AgentId,
        conversation: ConversationId,
    ) -> Result<Option<Listed>, Refusal> {
        self.reader(agent)?;
        let item = self.items.get(&conversation);
        Ok(item.map(|item| self.row_for(agent, item)))
    }

    fn reader(&self, agent: AgentId) -> Result<&Duty, Refusal> {
        let duty = self.roster.get(&agent);
        let duty = duty.filter(|duty| !duty.agent.deactivated);
        duty.ok_or(Refusal::Forbidden)
    }

    /// The first places of a list in the queues that may be read, one more than a page.
    fn shelved(&self, query: &Query, may_read: impl Fn(&Label) -> bool) -> SortedSet<Mark> {
        let begin = query.after.map_or(Unbounded, Excluded);
        let mut marks = SortedSet::new();
        for (queue, [waiting, active, wrapping_up, closed]) in &self.lists.0 {
            let is_asked = query.queue.as_ref().is_none_or(|asked| asked == queue);
            if !is_asked || !may_read(queue) {
                continue;
            }
            let set = match query.list {
                List::Waiting => waiting,
                List::Active => active,
                List::WrappingUp => wrapping_up,
                List::Closed => closed,
                List::Mine => continue,
            };
            marks.extend(set.range((begin, Unbounded)).take(PAGE + 1));
        }
        marks
    }

    /// The places of an agent's own items.
    fn own(&self, duty: &Duty, query: &Query) -> SortedSet<Mark> {
        let slots = duty.slots.iter();
        let items = slots.filter_map(|(conversation, _)| self.items.get(conversation));
        let items = items.filter(|item| match query.list {
            List::Mine => true,
            List::Waiting | List::Active | List::WrappingUp | List::Closed => {
                item.list() == query.list && item.keeper() == Some(duty.agent.agent)
            }
        });
        let queue = query.queue.as_ref();
        let items = items.filter(|item| queue.is_none_or(|queue| *queue == item.report.queue));
        let marks = items.map(Item::mark);
        marks
            .filter(|mark| query.after.is_none_or(|after| after < *mark))
            .collect()
    }

    fn row_for(&self, reader: AgentId, item: &Item) -> Listed {
        let report = &item.report;
        let keeper = item.keeper();
        let asked = item.asked();
        let own = asked.filter(|(agent, _)| *agent == reader);
        let (ended, resolution) = match &report.standing {
            Standing::Waiting | Standing::Active { .. } => (None, None),
            Standing::WrappingUp { cause, .. } => (Some(*cause), None),
            Standing::Closed {
                cause, resolution, ..
            } => (Some(*cause), Some(resolution.clone())),
        };
        Listed {
            conversation: report.conversation,
            state: item.list(),
            customer: report.name.clone(),
            first_words: report.first_words.clone(),
            queue: report.queue.clone(),
            source: report.source,
            company: report.company.clone(),
            skills: self.skills_for(item),
            waiting_since: item.waiting_since,
            agent: keeper,
            agent_name: keeper.map(|agent| self.name_of(agent)),
            offered_to: asked.map(|(agent, _)| self.name_of(agent)),
            fence: own.map(|_| item.fence),
            expires_at: own.map(|(_, expires_at)| expires_at),
            ended,
            resolution,
            closed_at: item.closed_at(),
            stars: report.rating.as_ref().map(|rating| rating.stars),
        }
    }
}

impl Mark {
    /// The place of what is open, before everything that is over.
    pub(super) const fn open(conversation: ConversationId) -> Self {
        Self {
            at: 0,
            conversation,
        }
    }

    /// Whether that stands there.
    pub(super) const fn is_open(self) -> bool {
        self.at == 0
    }

    /// A place in a list that begins with the newest.
    pub(super) const fn back(at: Timestamp, conversation: ConversationId) -> Self {
        let at = u64::MAX.saturating_sub(at.millis());
        Self { at, conversation }
    }

    /// The moment of a place in a list that begins with the newest.
    #[must_use]
    pub const fn moment(self) -> Timestamp {
        Timestamp::from_millis(u64::MAX.saturating_sub(self.at))
    }

    /// Which conversation stands there.
    #[must_use]
    pub const fn conversation(self) -> ConversationId {
        self.conversation
    }
}

impl FromStr for List {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Ok(match word {
            "waiting" => Self::Waiting,
            "active" => Self::Active,
            "wrapping_up" => Self::WrappingUp,
            "closed" => Self::Closed,
            "mine" => Self::Mine,
            _ => return Err(()),
        })
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.at, self.conversation)
    }
}

impl FromStr for Mark {
    type Err = MarkError;

    fn from_str(text: &str) -> Result<Self, MarkError> {
        let (at, conversation) = text.split_once('.').ok_or(MarkError)?;
        Ok(Self {
            at: at.parse().map_err(|_| MarkError)?,
            conversation: conversation.parse().map_err(|_| MarkError)?,
        })
    }
}

impl TryFrom<String> for Mark {
    type Error = MarkError;

    fn try_from(text: String) -> Result<Self, MarkError> {
        text.parse()
    }
}

impl From<Mark> for String {
    fn from(mark: Mark) -> Self {
        mark.to_string()
    }
}
