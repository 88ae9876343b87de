//! FAIR1 counted over windows, and A10: what every agent's slots add up to, and why they change.

use std::collections::{BTreeMap, BTreeSet};

use shared::conversation::{Fence, Standing};
use shared::id::{AgentId, ConversationId};
use shared::settings::{OfferMode, Routing};
use shared::space::{Item, ItemState, Slot};

use crate::world::World;

/// How many more offers the first of two agents had while both could have had each.
pub type Windows = BTreeMap<(AgentId, AgentId), i32>;

impl World {
    /// FAIR1: of two agents who could both be given something all the time, and of whom nobody
    /// declines, neither gets two more than the other.
    ///
    /// An agent with an open offer can be given nothing, so windows are longer than one offer only
    /// where work is assigned at once.
    pub(super) fn check_windows(&mut self, offers: &[(ConversationId, AgentId)]) {
        let settings = self.settings_now();
        if (settings.offer_mode, settings.routing) != (OfferMode::AutoAccept, Routing::RoundRobin) {
            return self.checks.windows.clear();
        }
        let eligible: BTreeSet<AgentId> = self
            .eligible()
            .into_iter()
            .map(|(_, agent)| agent)
            .collect();
        let mut windows = core::mem::take(&mut self.checks.windows);
        windows.retain(|(one, other), _| eligible.contains(one) && eligible.contains(other));
        for (conversation, agent) in offers {
            let item = &self.space.disk.items[conversation];
            windows.retain(|(one, other), lead| {
                if agent != one && agent != other {
                    return true;
                }
                *lead += if agent == one { 1 } else { -1 };
                self.serves(*one, item) && self.serves(*other, item) && item.declined.is_empty()
            });
        }
        if let Some(((one, other), lead)) = windows.iter().find(|(_, lead)| lead.abs() > 1) {
            let what = format!("{one} got {lead} more than {other}, who could have had each");
            self.violate("FAIR1", || what);
        }
        for one in &eligible {
            for other in eligible.range(..one) {
                windows.entry((*other, *one)).or_insert(0);
            }
        }
        self.checks.windows = windows;
    }

    /// A10: slots come and go for a reason that the row tells, before it is written.
    pub(super) fn check_slots(&mut self, item: &Item) {
        let conversation = item.report.conversation;
        let before = self.space.disk.items.get(&conversation);
        let none = Vec::new();
        let (was, is) = (before.map_or(&none, |before| &before.slots), &item.slots);
        let fresh: Vec<Slot> = is
            .iter()
            .filter(|slot| !was.contains(slot))
            .cloned()
            .collect();
        let gone: Vec<Slot> = was
            .iter()
            .filter(|slot| !is.contains(slot))
            .cloned()
            .collect();
        let without_cause = fresh.iter().find(|slot| !is_filled_by(item, slot));
        // What is forgotten is held by nobody: a row from a backup may say otherwise (ER4).
        let object = self.by_id.get(&conversation);
        let is_there = object.is_some_and(|it| self.conversations[*it].disk.is_born());
        let freed = |slot: &&Slot| {
            is_there && before.is_some_and(|before| !is_freed_by(before, item, slot))
        };
        let without_cause = without_cause.or_else(|| gone.iter().find(freed));
        if let Some(slot) = without_cause {
            let what = format!("{slot:?} changes from {before:?} to {item:?}");
            return self.violate("A10", || what);
        }
        for slot in fresh {
            *self.checks.slots.entry(slot.agent).or_default() += 1;
        }
        for slot in gone {
            *self.checks.slots.entry(slot.agent).or_default() -= 1;
        }
    }

    /// A10: the sum of all changes is what is there.
    pub(super) fn check_sum(&mut self) {
        let mut sums: BTreeMap<AgentId, i32> = BTreeMap::new();
        for slot in self.space.disk.items.values().flat_map(|item| &item.slots) {
            *sums.entry(slot.agent).or_default() += 1;
        }
        self.checks.slots.retain(|_, sum| *sum != 0);
        if sums != self.checks.slots {
            let counted = self.checks.slots.clone();
            self.violate("A10", || {
                format!("{sums:?} are there, {counted:?} were filled")
            });
        }
    }
}

/// Whom an item waits for, and under which fence.
const fn pending(item: &Item) -> Option<(AgentId, Fence)> {
    match &item.state {
        ItemState::Offered { agent, .. } | ItemState::Transferring { to: agent, .. } => {
            Some((*agent, item.fence))
        }
        ItemState::Assigning { to: Some(to), .. } => Some((to.agent, item.fence)),
        ItemState::Waiting { .. }
        | ItemState::Assigning { to: None, .. }
        | ItemState::Held
        | ItemState::Gone { .. } => None,
    }
}

/// Who has the conversation by its own report, and under which fence.
fn holder(item: &Item) -> Option<(AgentId, Fence)> {
    match &item.report.standing {
        Standing::Active { assignee } | Standing::WrappingUp { assignee, .. } => {
            Some((assignee.agent, item.report.fence))
        }
        Standing::Waiting | Standing::Closed { .. } => None,
    }
}

/// Offered, accepted, or told by the conversation.
fn is_filled_by(item: &Item, slot: &Slot) -> bool {
    let slot = Some((slot.agent, slot.fence));
    pending(item) == slot || holder(item) == slot
}

/// Closed; given back or given to another by a newer fence; or an offer or proposal that came to
/// nothing.
fn is_freed_by(before: &Item, after: &Item, slot: &Slot) -> bool {
    let is_over = matches!(after.report.standing, Standing::Closed { .. });
    let is_replaced = after.report.fence > slot.fence;
    let of = Some((slot.agent, slot.fence));
    let is_refused = pending(before) == of && pending(after) != of && holder(after) != of;
    let is_given_back = after.report.standing == Standing::Waiting;
    is_over || is_replaced || is_refused || is_given_back && holder(before) != holder(after)
}
