//! Lanes: what waits for whom.
//!
//! - **R37** A space has any number of queues, and `GENERAL` always (F63). The oldest item of all
//!   queues that somebody could serve goes first, so a queue without an agent holds up nobody.
//! - **R38** An agent serves the queues named for the agent, or every one.
//! - **R39** A queue that is closed takes no new work: no conversation begins in it and none is
//!   transferred to it. What waits in it goes on to its agents until it is empty.
//! - **R58** An item is given to an agent who has every skill that the item asks for and every one
//!   that its queue needs (P35). One that nobody could be given waits visibly, and can be taken
//!   by hand and transferred: skills choose whom to ask, people may know better.
//! - **R59** A lane is what waits in one queue for the same skills, and whoever can be given it: in a
//!   lane the oldest item goes first (FAIR2), to the agent whose last offer lies furthest back
//!   (FAIR1). Finding both takes O(log n) in items and agents, for each lane in use.

use super::duty::{Duty, Place};
use super::hours::Gates;
use super::ledger::Ledger;
use super::row::Item;
use crate::id::{AgentId, ConversationId};
use crate::mutant::{self, Mutant};
use crate::settings::Settings;
use crate::sorted::{SortedMap, SortedSet};
use crate::text::Label;
use crate::time::Timestamp;

/// Lanes that are kept although nothing waits in them, so that the next item need not look for its
/// agents among all: 64. Our choice; a space of 2,000 agents has 6 MB of them at most.
const SPARE: usize = 64;

/// What an agent needs to be given an item.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Need {
    pub queue: Label,
    pub skills: SortedSet<Label>,
}

impl Need {
    pub fn of(item: &Item, settings: &Settings) -> Self {
        let queue = &item.report.queue;
        let set = settings.queue(queue);
        let of_queue = set.into_iter().flat_map(|queue| &queue.skills);
        Self {
            queue: queue.clone(),
            skills: item.report.skills.iter().chain(of_queue).cloned().collect(),
        }
    }
}

#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Lane {
    /// Items that can be given at once, oldest first.
    waiting: SortedSet<(Timestamp, ConversationId)>,
    /// Agents who can be given one, in their order.
    agents: SortedSet<Place>,
}

/// Who can be given what at once.
#[derive(Clone, Debug, Default)]
pub(super) struct Lanes {
    lanes: SortedMap<Need, Lane>,
}

/// What is spare makes no difference.
impl PartialEq for Lanes {
    fn eq(&self, other: &Self) -> bool {
        self.in_use().eq(other.in_use())
    }
}

impl Eq for Lanes {}

impl Lanes {
    pub const fn new() -> Self {
        Self {
            lanes: SortedMap::new(),
        }
    }

    /// The caller sees to it that the item can be given at once, and that `agents` are all.
    pub fn put_item<'a>(
        &mut self,
        item: &Item,
        settings: &Settings,
        agents: impl Iterator<Item = &'a Duty>,
    ) {
        let place = (item.waiting_since, item.report.conversation);
        let need = Need::of(item, settings);
        if let Some(lane) = self.lanes.get_mut(&need) {
            lane.waiting.insert(place);
            return;
        }
        let agents = agents.filter(|duty| duty.is_eligible(settings) && duty.meets(&need));
        let lane = Lane {
            waiting: [place].into(),
            agents: agents.map(|duty| duty.place(settings)).collect(),
        };
        self.lanes.insert(need, lane);
    }

    pub fn take_item(&mut self, item: &Item, settings: &Settings) {
        let Some(lane) = self.lanes.get_mut(&Need::of(item, settings)) else {
            return;
        };
        lane.waiting
            .remove(&(item.waiting_since, item.report.conversation));
        if lane.waiting.is_empty() && self.lanes.len() > SPARE {
            self.lanes.retain(|_, lane| !lane.waiting.is_empty());
        }
    }

    /// Puts an agent into the rotations, when the agent can be given something.
    pub fn put_agent(&mut self, duty: &Duty, settings: &Settings) {
        if duty.is_eligible(settings) {
            for (need, lane) in self.lanes.iter_mut() {
                if duty.meets(need) {
                    lane.agents.insert(duty.place(settings));
                }
            }
        }
    }

    pub fn take_agent(&mut self, duty: &Duty, settings: &Settings) {
        let place = duty.place(settings);
        for lane in self.lanes.values_mut() {
            lane.agents.remove(&place);
        }
    }

    /// The oldest item that somebody serves at this hour (R37, R52).
    pub fn oldest(&self, gates: &Gates) -> Option<ConversationId> {
        let served = self.lanes.iter().filter(|(need, lane)| {
            let is_asked = !lane.waiting.is_empty() && !lane.agents.is_empty();
            is_asked && (gates.is_open(&need.queue) || mutant::is(Mutant::OffersOutsideHours))
        });
        let oldest = served.filter_map(|(_, lane)| lane.waiting.first()).min();
        oldest.map(|(_, conversation)| *conversation)
    }

    /// The agent who is next for an item (R5, R6).
    pub fn first_agent(&self, item: &Item, settings: &Settings) -> Option<AgentId> {
        let lane = self.lanes.get(&Need::of(item, settings))?;
        let mut places = lane.agents.iter();
        let place = places.find(|(_, _, agent)| !item.declined.contains(agent));
        place.map(|(_, _, agent)| *agent)
    }

    fn in_use(&self) -> impl Iterator<Item = (&Need, &Lane)> {
        let lanes = self.lanes.iter();
        lanes.filter(|(_, lane)| !lane.waiting.is_empty())
    }
}

impl Ledger {
    /// The lanes as rows, seats and settings say: O(n), for changes of settings and for audits.
    pub fn fresh_lanes(&self) -> Lanes {
        let mut lanes = Lanes::new();
        for item in self.items.values().filter(|item| item.is_ready()) {
            lanes.put_item(item, &self.settings, self.roster.values());
        }
        lanes
    }
}
