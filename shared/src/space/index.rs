//! The indexes of the books: what a work item is in each of them (B2 of `ledger`).

use super::ledger::Ledger;
use super::row::{Item, ItemState};
use super::tenure::Insider;

impl Ledger {
    /// Puts a work item into every index.
    pub fn list(&mut self, item: &Item) {
        let conversation = item.report.conversation;
        self.lists.put(item);
        self.rounds.put(item);
        if let Some(due) = item.deadline() {
            self.deadlines.insert((due, conversation));
        }
        if item.is_ready() {
            let agents = self.roster.values();
            self.lanes.put_item(item, &self.settings, agents);
        }
        self.backlogs.put(item);
        let own = self.own.entry(item.report.visitor).or_default();
        own.insert(item.mark_of_visitor());
        if item.is_untold(self.settings.require_verification) {
            self.verifications.put(conversation);
        } else {
            self.verifications.settle(&conversation);
        }
        if self.is_owed_end(item) {
            self.ends.put(conversation);
        } else {
            self.ends.settle(&conversation);
        }
        if let Some(count) = item.count(&mut self.counts) {
            *count = count.saturating_add(1);
        }
        self.uses.count(item, true);
        for queue in item.work_of() {
            let work = self.work.entry(queue.clone()).or_default();
            *work = work.saturating_add(1);
        }
        for slot in &item.slots {
            self.change_duty(slot.agent, |duty| {
                duty.slots.insert((conversation, slot.fence));
            });
        }
        for Insider { agent, owed } in &item.insiders {
            if let Some(duty) = self.roster.get_mut(agent) {
                duty.inside.insert(conversation);
            }
            if *owed {
                self.dismissals.put((conversation, *agent));
            }
        }
        if let ItemState::Offered { agent, .. } = item.state {
            self.change_duty(agent, |duty| {
                duty.offers.insert(conversation);
            });
        }
    }

    /// Takes a work item out of every index.
    pub fn unlist(&mut self, item: &Item) {
        let conversation = item.report.conversation;
        self.lists.take(item);
        self.rounds.take(item);
        if let Some(due) = item.deadline() {
            self.deadlines.remove(&(due, conversation));
        }
        if item.is_ready() {
            self.lanes.take_item(item, &self.settings);
        }
        self.backlogs.take(item);
        if let Some(own) = self.own.get_mut(&item.report.visitor) {
            own.remove(&item.mark_of_visitor());
            if own.is_empty() {
                self.own.remove(&item.report.visitor);
            }
        }
        if let Some(count) = item.count(&mut self.counts) {
            *count = count.saturating_sub(1);
        }
        self.uses.count(item, false);
        for queue in item.work_of() {
            if let Some(work) = self.work.get_mut(queue) {
                *work = work.saturating_sub(1);
                if *work == 0 {
                    self.work.remove(queue);
                }
            }
        }
        for slot in &item.slots {
            self.change_duty(slot.agent, |duty| {
                duty.slots.remove(&(conversation, slot.fence));
                duty.offers.remove(&conversation);
            });
        }
        for Insider { agent, .. } in &item.insiders {
            if let Some(duty) = self.roster.get_mut(agent) {
                duty.inside.remove(&conversation);
            }
        }
    }
}
