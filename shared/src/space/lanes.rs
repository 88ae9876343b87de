//! Queues: what waits in which, and who serves it.
//!
//! - **R37** A space has any number of queues, and `GENERAL` always (F63). The oldest item of all
//!   queues that somebody could serve goes first, so a queue without an agent holds up nobody.
//! - **R38** An agent serves the queues named for the agent, or every one.
//! - **R39** A queue that is closed takes no new work: no conversation begins in it and none is
//!   transferred to it. What waits in it goes on to its agents until it is empty.

use alloc::collections::{BTreeMap, BTreeSet};

use super::duty::{Duty, Place};
use super::row::Item;
use crate::id::{AgentId, ConversationId};
use crate::settings::Settings;
use crate::text::Label;
use crate::time::Timestamp;

/// Who can be given what at once. A lane that is empty is not there.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Lanes {
    /// Items that can be given at once, by queue, oldest first (FAIR2).
    waiting: BTreeMap<Label, BTreeSet<(Timestamp, ConversationId)>>,
    /// Agents who can be given something at once, by queue and in their order (FAIR1); under
    /// `None` those who serve every queue.
    agents: BTreeMap<Option<Label>, BTreeSet<Place>>,
}

impl Lanes {
    pub const fn new() -> Self {
        Self {
            waiting: BTreeMap::new(),
            agents: BTreeMap::new(),
        }
    }

    /// The caller sees to it that the item can be given at once.
    pub fn put_item(&mut self, item: &Item) {
        let place = (item.waiting_since, item.report.conversation);
        let lane = self.waiting.entry(item.report.queue.clone());
        lane.or_default().insert(place);
    }

    pub fn take_item(&mut self, item: &Item) {
        if let Some(lane) = self.waiting.get_mut(&item.report.queue) {
            lane.remove(&(item.waiting_since, item.report.conversation));
            if lane.is_empty() {
                self.waiting.remove(&item.report.queue);
            }
        }
    }

    /// Puts an agent into the rotations, when the agent can be given something.
    pub fn put_agent(&mut self, duty: &Duty, settings: &Settings) {
        if duty.is_eligible(settings) {
            for queue in duty.lanes() {
                let lane = self.agents.entry(queue).or_default();
                lane.insert(duty.place(settings));
            }
        }
    }

    pub fn take_agent(&mut self, duty: &Duty, settings: &Settings) {
        let place = duty.place(settings);
        for queue in duty.lanes() {
            if let Some(lane) = self.agents.get_mut(&queue) {
                lane.remove(&place);
                if lane.is_empty() {
                    self.agents.remove(&queue);
                }
            }
        }
    }

    /// The oldest item that somebody serves (R37).
    pub fn oldest(&self) -> Option<ConversationId> {
        let has_all = self.agents.contains_key(&None);
        let lanes = self.waiting.iter();
        let served =
            lanes.filter(|(queue, _)| has_all || self.agents.contains_key(&Some((*queue).clone())));
        let oldest = served.filter_map(|(_, lane)| lane.first()).min();
        oldest.map(|(_, conversation)| *conversation)
    }

    /// The agent who is next for an item (R5, R6).
    pub fn first_agent(&self, item: &Item) -> Option<AgentId> {
        let queue = Some(item.report.queue.clone());
        let firsts = [&None, &queue].into_iter().filter_map(|lane| {
            let mut places = self.agents.get(lane)?.iter();
            places.find(|(_, _, agent)| !item.declined.contains(agent))
        });
        firsts.min().map(|(_, _, agent)| *agent)
    }
}
