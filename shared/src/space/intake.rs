//! Reports: how the space learns what a conversation looks like.
//!
//! - **R16** A report with a revision that was taken in before changes nothing and is confirmed
//!   like the first time (N1).
//! - **R17** On any conflict the conversation wins and the space mends its books (O2): whoever
//!   has it by a fence of ours or a higher one has the slot (A5).
//! - **R18** A closed conversation frees every slot. Its row stays as a tombstone for
//!   [`TOMBSTONE`], so that a late report never revives it (A8, O3).
//! - **R240** What the customer thinks of it may come after that (AF2 of `conversation`): it is kept with the
//!   tombstone, and changes nothing else.

use core::time::Duration;

use super::ledger::Ledger;
use super::row::{Item, ItemState, Slot, TransferEnd};
use super::turn::Turn;
use crate::conversation::{Assignee, Report, Standing};
use crate::id::ConversationId;
use crate::mutant::{self, Mutant};
use crate::refusal::Refusal;

/// How long a closed item is remembered: 48 h, more than the longest conversation (24 h) and any
/// retry together. Source: PROTOCOL.md §7.
pub const TOMBSTONE: Duration = Duration::from_secs(48 * 3_600);

impl Ledger {
    /// Takes in a report (R16).
    pub fn take_report(&mut self, turn: &mut Turn, mut report: Report) {
        // It was so when the report was made, and is nothing to keep.
        report.waits_ms = None;
        let conversation = report.conversation;
        let address = self.has_begun(conversation);
        if self.sift(turn, &mut report) {
            return;
        }
        let Some(item) = self.items.get(&conversation) else {
            return self.enqueue(turn, report, address);
        };
        if report.revision <= item.report.revision {
            return;
        }
        if matches!(item.state, ItemState::Gone { .. }) {
            return self.is_rated(turn, report);
        }
        let is_behind = item.fence < report.fence;
        let standing = report.standing.clone();
        let now = turn.now;
        self.change_item(turn, conversation, |item| {
            let was_waiting = item.report.standing == Standing::Waiting;
            if was_waiting && matches!(report.standing, Standing::Active { .. }) {
                item.assigned_at = Some(now);
            }
            item.fence = item.fence.max(report.fence);
            let waited = matches!(item.report.standing, Standing::Waiting);
            if !waited || item.report.queue != report.queue {
                item.queued_at = now;
                if mutant::is(Mutant::OverflowLosesWait) {
                    item.waiting_since = now;
                }
            }
            item.report = report;
        });
        match standing {
            Standing::Closed { .. } => self.bury(turn, conversation, Refusal::Ended),
            Standing::Waiting => self.waits(turn, conversation, is_behind),
            Standing::Active { assignee } | Standing::WrappingUp { assignee, .. } => {
                self.is_with(turn, conversation, &assignee, is_behind);
            }
        }
    }

    /// A closed conversation reports again: it was rated (R240).
    fn is_rated(&mut self, turn: &mut Turn, report: Report) {
        let Some(rating) = report.rating else {
            return;
        };
        self.change_item(turn, report.conversation, |item| {
            item.report.rating = Some(rating);
            item.report.revision = report.revision;
        });
    }

    /// A conversation that the space has not seen.
    fn enqueue(&mut self, turn: &mut Turn, report: Report, address: Option<u64>) {
        let conversation = report.conversation;
        let item = Item {
            waiting_since: turn.now - report.age(),
            queued_at: turn.now,
            assigned_at: None,
            fence: report.fence,
            state: ItemState::Waiting { not_before: None },
            slots: [].into(),
            declined: [].into(),
            returned: None,
            insiders: [].into(),
            given_back_by: None,
            address,
            report,
        };
        let standing = item.report.standing.clone();
        self.put_item(turn, item);
        match standing {
            Standing::Waiting => (),
            Standing::Active { assignee } | Standing::WrappingUp { assignee, .. } => {
                self.is_with(turn, conversation, &assignee, true);
            }
            Standing::Closed { .. } => self.bury(turn, conversation, Refusal::Ended),
        }
    }

    /// The conversation waits, under a fence that its report says (R17).
    fn waits(&mut self, turn: &mut Turn, conversation: ConversationId, is_behind: bool) {
        let Some(item) = self.items.get(&conversation) else {
            return;
        };
        let has_newest = item.report.fence == item.fence;
        match &item.state {
            ItemState::Assigning { to: None, .. } if has_newest && !is_behind => {
                self.conclude(turn, conversation);
            }
            ItemState::Assigning { .. } if has_newest => {
                self.refuse_pending(turn, conversation, Refusal::OfferOver);
                self.change_item(turn, conversation, Item::back_to_waiting);
            }
            ItemState::Offered { .. } if is_behind => {
                self.change_item(turn, conversation, |item| {
                    item.slots.clear();
                    item.state = ItemState::Waiting { not_before: None };
                });
            }
            ItemState::Held | ItemState::Transferring { .. } => {
                self.change_item(turn, conversation, Item::back_to_waiting);
            }
            ItemState::Assigning { .. }
            | ItemState::Offered { .. }
            | ItemState::Waiting { .. }
            | ItemState::Gone { .. } => (),
        }
    }

    /// The conversation is with an agent, under a fence that its report says (R17).
    fn is_with(
        &mut self,
        turn: &mut Turn,
        conversation: ConversationId,
        assignee: &Assignee,
        is_behind: bool,
    ) {
        let Some(item) = self.items.get(&conversation) else {
            return;
        };
        let slot = Slot {
            fence: item.report.fence,
            agent: assignee.agent,
        };
        let has_newest = slot.fence == item.fence;
        match &item.state {
            ItemState::Assigning { to: Some(to), .. }
                if has_newest && !is_behind && to.agent == slot.agent =>
            {
                self.conclude(turn, conversation);
            }
            // An older assignment is still in force, and ours is on its way.
            ItemState::Assigning { .. } if !has_newest => {
                if !item.slots.contains(&slot) {
                    self.change_item(turn, conversation, |item| {
                        let fence = item.fence;
                        item.slots.retain(|slot| slot.fence == fence);
                        item.slots.push(slot);
                    });
                }
            }
            ItemState::Held if item.slots.contains(&slot) => (),
            ItemState::Transferring { .. } if item.slots.contains(&slot) && !has_newest => {
                if item.is_still_open().is_err() {
                    self.end_transfer(turn, conversation, Some(TransferEnd::Ended));
                }
            }
            ItemState::Assigning { .. }
            | ItemState::Held
            | ItemState::Transferring { .. }
            | ItemState::Waiting { .. }
            | ItemState::Offered { .. } => {
                self.refuse_pending(turn, conversation, Refusal::OfferOver);
                self.change_item(turn, conversation, |item| {
                    item.slots = [slot].into();
                    item.declined.clear();
                    item.returned = None;
                    item.given_back_by = None;
                    item.state = ItemState::Held;
                });
            }
            ItemState::Gone { .. } => (),
        }
    }

    /// Closes a work item for good (R18): the pending command, if any, is refused.
    pub fn bury(&mut self, turn: &mut Turn, conversation: ConversationId, refusal: Refusal) {
        self.refuse_pending(turn, conversation, refusal);
        if mutant::is(Mutant::NoTombstone) {
            self.remove_item(turn, conversation);
            return;
        }
        let until = turn.now + TOMBSTONE;
        self.change_item(turn, conversation, |item| {
            let is_pending = matches!(item.state, ItemState::Assigning { .. });
            let pending = item.fence;
            item.slots.retain(|slot| {
                mutant::is(Mutant::SlotKeptOnReject) && is_pending && slot.fence == pending
            });
            item.declined.clear();
            item.returned = None;
            item.state = ItemState::Gone { until };
        });
    }
}
