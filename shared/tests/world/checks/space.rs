//! What the space writes: A1, A5, A7, A8, FAIR1, FAIR2.

use std::collections::{BTreeMap, BTreeSet};

use shared::id::{AgentId, ConversationId};
use shared::settings::{OfferMode, Routing};
use shared::space::{Agent, Effect, Item, ItemState, Row};
use shared::time::Timestamp;

use super::Before;
use crate::world::World;

impl World {
    /// Who could get an offer, by place in the rotation.
    pub(super) fn eligible(&self) -> BTreeSet<(u64, AgentId)> {
        let disk = &self.space.disk;
        let mut used: BTreeMap<AgentId, usize> = BTreeMap::new();
        let mut busy = BTreeSet::new();
        for item in disk.items.values() {
            for slot in &item.slots {
                *used.entry(slot.agent).or_default() += 1;
            }
            if let ItemState::Offered { agent, .. } = item.state {
                busy.insert(agent);
            }
        }
        let most = |agent: &Agent| {
            let limit = self.limit(agent.agent);
            match self.settings_now().offer_mode {
                OfferMode::Offer => limit,
                OfferMode::AutoAccept => limit.min(agent.available_for.map_or(limit, usize::from)),
                OfferMode::Manual => 0,
            }
        };
        let agents = disk.agents.values();
        agents
            .filter(|agent| {
                agent.available
                    && self.is_live(agent.agent)
                    && !busy.contains(&agent.agent)
                    && used.get(&agent.agent).copied().unwrap_or(0) < most(agent)
            })
            .map(|agent| (agent.last_offer, agent.agent))
            .collect()
    }

    /// True while the space has a console of that agent.
    pub(super) fn is_live(&self, agent: AgentId) -> bool {
        let mut seats = self.space.seats.iter();
        seats.any(|(socket, seat)| {
            seat.agent == agent && seat.device.is_some() && self.is_open(*socket)
        })
    }

    /// True when the agent serves the queue of that item and has every skill for it (R58).
    pub(super) fn serves(&self, agent: AgentId, item: &Item) -> bool {
        let Some(agent) = self.space.disk.agents.get(&agent) else {
            return false;
        };
        let queue = &item.report.queue;
        let is_member = agent
            .queues
            .as_ref()
            .is_none_or(|queues| queues.contains(queue));
        let known = self.settings_now().queues.iter();
        let known = known.filter(|known| known.name == *queue);
        let needs = known.flat_map(|known| &known.skills);
        let mut needs = needs.chain(&item.report.skills);
        is_member && needs.all(|skill| agent.skills.contains(skill))
    }

    pub(super) fn ready(&self) -> BTreeMap<ConversationId, Timestamp> {
        let items = self.space.disk.items.values();
        items
            .filter(|item| matches!(item.state, ItemState::Waiting { not_before: None }))
            .map(|item| (item.report.conversation, item.waiting_since))
            .collect()
    }

    /// What FAIR1 and FAIR2 compare with; nothing when the turn makes no offer.
    pub fn space_before(&mut self, effects: &[Effect]) -> Before {
        self.checks.offers.clear();
        self.checks.expired.clear();
        let makes_offer = effects.iter().any(|effect| {
            matches!(effect, Effect::Save(Row::Item(item))
                if is_given(item).is_some())
        });
        if !makes_offer {
            return Before::default();
        }
        let agents = self.space.disk.agents.values();
        Before {
            eligible: self.eligible(),
            last_offers: agents
                .map(|agent| (agent.agent, agent.last_offer))
                .collect(),
            ready: self.ready(),
        }
    }

    /// Judges the row of a work item before it is written.
    pub fn check_item(&mut self, item: &Item, now: Timestamp) {
        let conversation = item.report.conversation;
        self.check_slots(item);
        let before = self.space.disk.items.get(&conversation);
        let since = before.map(|before| before.waiting_since);
        if since.is_some_and(|since| since != item.waiting_since) {
            let is = item.waiting_since;
            self.violate("R56", || {
                format!("{conversation} waits since {since:?}, and now since {is}")
            });
            return;
        }
        let before = self.space.disk.items.get(&conversation);
        let fence = before.map(|before| before.fence);
        if fence.is_some_and(|fence| item.fence < fence) {
            let is = item.fence;
            self.violate("A1", || {
                format!("{conversation} is minted {is:?} after {fence:?}")
            });
            return;
        }
        let before = before.map(|before| before.state.clone());
        if let Some(
            ItemState::Offered {
                agent, expires_at, ..
            }
            | ItemState::Transferring {
                to: agent,
                expires_at,
                ..
            },
        ) = before
        {
            let is_same = fence == Some(item.fence);
            let is_accepted = is_same && matches!(item.state, ItemState::Assigning { .. });
            let is_open = is_same
                && matches!(
                    item.state,
                    ItemState::Offered { .. } | ItemState::Transferring { .. }
                );
            if is_accepted && now >= expires_at {
                self.violate("A7", || format!("accepted at {now}, over at {expires_at}"));
            }
            if !is_accepted && !is_open && now >= expires_at {
                self.checks.expired.push(agent);
            }
        }
        let is_new = fence != Some(item.fence);
        if is_new && let Some(agent) = is_filled(item) {
            self.checks.filled.push(agent);
        }
        if let Some(agent) = is_given(item)
            && is_new
        {
            self.checks.tally.offers += 1;
            self.checks.offers.push((conversation, agent));
            let number = self.by_id[&conversation] as u64;
            self.note("offer", [number, item.fence.0], |_| format!("{agent}"));
            if !self.serves(agent, item) {
                self.violate("R58", || format!("{agent} does not serve {conversation}"));
            }
            if !self.is_queue_open(&item.report.queue, now) {
                self.violate("R52", || {
                    format!("{agent} gets {conversation} outside the hours")
                });
            }
            if self.is_out(agent) {
                self.violate("R41", || {
                    format!("{agent} has left and gets {conversation}")
                });
            }
        }
        match &item.state {
            ItemState::Offered { expires_at, .. } | ItemState::Transferring { expires_at, .. } => {
                if self.checks.gone.contains(&conversation) {
                    self.violate("A8", || format!("{conversation} is closed and offered"));
                }
                if is_new && *expires_at != now + self.settings_now().offer() {
                    self.violate("A7", || format!("an offer of {now} ends at {expires_at}"));
                }
            }
            ItemState::Gone { .. } => {
                self.checks.gone.insert(conversation);
            }
            ItemState::Waiting { .. } | ItemState::Assigning { .. } | ItemState::Held => {
                if matches!(before, Some(ItemState::Gone { .. })) {
                    self.violate("A8", || format!("{conversation} is back from its grave"));
                }
            }
        }
    }

    /// Judges the space after a turn is written.
    pub fn check_space(&mut self, before: Before, now: Timestamp, sets_availability: bool) {
        for number in 0..self.conversations.len() {
            self.check_cover(number);
        }
        for agent in core::mem::take(&mut self.checks.expired) {
            let agents = &self.space.disk.agents;
            let is_available = agents.get(&agent).is_some_and(|agent| agent.available);
            if is_available && !sets_availability {
                self.violate("A7", || {
                    format!("{agent} let an offer run out and is available")
                });
            }
        }
        let mut items = self.space.disk.items.values();
        let kept = items.find(|item| {
            let mut slots = item.slots.iter();
            matches!(item.state, ItemState::Held) && slots.any(|slot| self.is_out(slot.agent))
        });
        if let Some(kept) = kept {
            let what = format!("{kept:?} is with somebody who has left");
            return self.violate("R42", || what);
        }
        for agent in core::mem::take(&mut self.checks.filled) {
            let items = self.space.disk.items.values();
            let slots = items.flat_map(|item| &item.slots);
            let used = slots.filter(|slot| slot.agent == agent).count();
            let limit = self.limit(agent);
            if used > limit {
                self.violate("R72", || format!("{agent} gets slot {used} of {limit}"));
            }
        }
        let offers = core::mem::take(&mut self.checks.offers);
        self.check_windows(&offers);
        if now.millis().is_multiple_of(8) {
            self.check_sum();
        }
        if !offers.is_empty() {
            self.check_fairness(&before, &offers, now);
        }
    }

    /// FAIR1: nobody is passed over who could have got it. FAIR2: the oldest goes first.
    pub(super) fn check_fairness(
        &mut self,
        before: &Before,
        offers: &[(ConversationId, AgentId)],
        now: Timestamp,
    ) {
        let eligible = self.eligible();
        let ready = self.ready();
        for (conversation, agent) in offers {
            let item = &self.space.disk.items[conversation];
            let place = (before.last_offers.get(agent).copied().unwrap_or(0), *agent);
            let is_in_turn = self.settings_now().routing == Routing::RoundRobin;
            let passed_over = eligible.iter().find(|other| {
                self.serves(other.1, item)
                    && is_in_turn
                    && before.eligible.contains(other)
                    && **other < place
                    && !item.declined.contains(&other.1)
            });
            if let Some((last, other)) = passed_over.copied() {
                self.violate("FAIR1", || {
                    format!("{agent} gets an offer before {other}, whose last one was {last}")
                });
                return;
            }
            let order = (item.waiting_since, *conversation);
            let older = ready.iter().find(|(other, since)| {
                let other_item = &self.space.disk.items[*other];
                before.ready.contains_key(other)
                    && (**since, **other) < order
                    && other_item.report.queue == item.report.queue
                    && self.serves(*agent, other_item)
                    && !other_item.declined.contains(agent)
            });
            if let Some((older, since)) = older {
                let what = format!("{conversation} is offered at {now} before {older} of {since}");
                self.violate("FAIR2", || what);
                return;
            }
        }
    }
}

/// Who fills a slot with an item that the agent does not have.
fn is_filled(item: &Item) -> Option<AgentId> {
    match &item.state {
        ItemState::Offered { agent, .. } | ItemState::Transferring { to: agent, .. } => {
            Some(*agent)
        }
        ItemState::Assigning { to: Some(to), .. } => Some(to.agent),
        ItemState::Waiting { .. }
        | ItemState::Assigning { to: None, .. }
        | ItemState::Held
        | ItemState::Gone { .. } => None,
    }
}

/// Whom an item is given to in its turn: by an offer, or at once.
fn is_given(item: &Item) -> Option<AgentId> {
    match &item.state {
        ItemState::Offered { agent, .. } => Some(*agent),
        ItemState::Assigning {
            to: Some(to),
            command: None,
            ..
        } => Some(to.agent),
        ItemState::Waiting { .. }
        | ItemState::Assigning { .. }
        | ItemState::Held
        | ItemState::Transferring { .. }
        | ItemState::Gone { .. } => None,
    }
}
