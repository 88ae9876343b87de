//! Backlogs: how much waits in a queue, since when, and where it goes otherwise.
//!
//! - **R53** A queue is full when as many conversations wait in it, or are on their way to it, as
//!   its `max_waiting` says. Between the moment in which a conversation may begin and its first
//!   report it is not counted yet, so a burst may end a few over.
//! - **R54** A queue takes a conversation that overflows into it, or would begin in it, while it is
//!   neither closed to new work (R39) nor outside its hours nor full.
//! - **R55** Who would begin in a queue that is outside its hours, or full, begins in its overflow
//!   queue, or that one's, if the settings name one for that case and it takes the conversation
//!   (R54). Otherwise who comes outside the hours waits in the queue, and who finds it full is
//!   refused with the queue's own text.
//! - **R56** Once a conversation has waited in a queue for `after_s`, it goes to the overflow queue
//!   as soon as that one takes it (R54): proposed under a fresh fence, as nobody's, and the
//!   conversation commits (PROTOCOL.md §7). It keeps its waiting time, and so its place among
//!   what waits there. What is being offered has the answer first.
//! - **R57** A transfer by an agent goes to any queue that is not closed to new work (R39): hours,
//!   length and skills do not stop whoever knows better.

use super::assignment::Proposal;
use super::ledger::Ledger;
use super::row::{Item, ItemState};
use super::turn::Turn;
use crate::conversation::Standing;
use crate::id::ConversationId;
use crate::mutant::{self, Mutant};
use crate::refusal::Refusal;
use crate::sorted::{SortedMap, SortedSet};
use crate::text::Label;
use crate::time::Timestamp;

/// What waits, by queue. A queue in which nothing does is not there.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Backlogs(SortedMap<Label, Backlog>);

#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Backlog {
    /// Conversations that wait in the queue, or are on their way to it.
    length: u32,
    /// Those that nobody is looking at, by the moment in which they came to the queue.
    idle: SortedSet<(Timestamp, ConversationId)>,
}

impl Backlogs {
    pub const fn new() -> Self {
        Self(SortedMap::new())
    }

    pub fn put(&mut self, item: &Item) {
        let Some(queue) = item.waits_in() else { return };
        let backlog = self.0.entry(queue.clone()).or_default();
        backlog.length = backlog.length.saturating_add(1);
        if item.is_idle() {
            backlog.idle.insert(item.in_queue());
        }
    }

    pub fn take(&mut self, item: &Item) {
        let Some(queue) = item.waits_in() else { return };
        if let Some(backlog) = self.0.get_mut(queue) {
            backlog.length = backlog.length.saturating_sub(1);
            backlog.idle.remove(&item.in_queue());
            if backlog.length == 0 {
                self.0.remove(queue);
            }
        }
    }

    /// True when something waits in a queue, or is on its way to it.
    pub fn has(&self, queue: &Label) -> bool {
        self.0.contains_key(queue)
    }

    /// How many wait in a queue.
    pub fn length(&self, queue: &Label) -> u32 {
        self.0.get(queue).map_or(0, |backlog| backlog.length)
    }

    /// The one that came to a queue first, and when.
    fn first(&self, queue: &Label) -> Option<(Timestamp, ConversationId)> {
        self.0.get(queue)?.idle.first().copied()
    }
}

impl Item {
    /// The queue whose line it stands in.
    fn waits_in(&self) -> Option<&Label> {
        match (&self.state, &self.report.standing) {
            (ItemState::Gone { .. }, _) => None,
            (
                ItemState::Assigning {
                    to: None,
                    queue: Some(queue),
                    ..
                },
                _,
            ) => Some(queue),
            (_, Standing::Waiting) => Some(&self.report.queue),
            (
                _,
                Standing::Active { .. } | Standing::WrappingUp { .. } | Standing::Closed { .. },
            ) => None,
        }
    }

    /// True while nobody is looking at it.
    const fn is_idle(&self) -> bool {
        matches!(self.state, ItemState::Waiting { .. })
    }

    fn in_queue(&self) -> (Timestamp, ConversationId) {
        (self.queued_at, self.report.conversation)
    }
}

impl Ledger {
    /// Where a conversation begins that would begin in a queue (R55).
    pub fn begins_in(&self, queue: &Label) -> Result<Label, Refusal> {
        self.settings.check_queue(queue)?;
        let mut next = queue;
        // Settings have no cycle (S6), so the chain is no longer than they are.
        for _ in 0..=self.settings.queues.len() {
            if self.takes(next) {
                return Ok(next.clone());
            }
            let overflow = self.settings.queue(next);
            let overflow = overflow.and_then(|queue| queue.overflow.as_ref());
            let overflow = overflow.filter(|overflow| {
                let is_full = overflow.when_full && self.is_full(next);
                let is_closed = overflow.when_closed && !self.gates.is_open(next);
                // On the way through it, a queue that is closed to new work is like a full one.
                let is_over = overflow.when_full && self.settings.check_queue(next).is_err();
                is_full || is_closed || is_over
            });
            match overflow {
                Some(overflow) => next = &overflow.to,
                None => break,
            }
        }
        if self.is_full(queue) {
            let set = self.settings.queue(queue);
            let text = set.and_then(|queue| queue.full_text.clone());
            return Err(Refusal::QueueFull { text });
        }
        Ok(queue.clone())
    }

    /// Moves what has waited for long enough (R56). Asked at the end of every turn.
    pub fn overflow(&mut self, turn: &mut Turn) {
        while let Some((conversation, to)) = self.overflowing(turn.now) {
            self.change_item(turn, conversation, |item| item.fence = item.fence.next());
            let proposal = Proposal {
                queue: Some(to),
                ..Proposal::default()
            };
            self.propose(turn, conversation, proposal, None);
        }
    }

    /// True while something could be moved: never at the end of a turn.
    pub fn has_overflowing(&self, now: Timestamp) -> bool {
        self.overflowing(now).is_some()
    }

    /// What has waited for long enough, and the queue that takes it.
    fn overflowing(&self, now: Timestamp) -> Option<(ConversationId, Label)> {
        self.overflows().find_map(|(queue, to, after)| {
            let (at, conversation) = self.backlogs.first(queue)?;
            let is_due = at + after <= now && self.takes(to);
            is_due.then(|| (conversation, to.clone()))
        })
    }

    /// When something may have waited for long enough, seen from the moment of the last settling.
    pub fn overflow_due_at(&self, settled_at: Timestamp) -> Option<Timestamp> {
        let dues = self.overflows().filter_map(|(queue, to, after)| {
            let (at, _) = self.backlogs.first(queue)?;
            let due = at + after;
            if due > settled_at {
                return Some(due);
            }
            // It waits for the other queue: for its hours, or until something leaves it.
            self.gates
                .changes_at(to)
                .filter(|_| !self.gates.is_open(to))
        });
        dues.min()
    }

    /// Whether a queue takes one more (R54).
    fn takes(&self, queue: &Label) -> bool {
        let is_usable = self.settings.check_queue(queue).is_ok() && self.gates.is_open(queue);
        is_usable && !self.is_full(queue)
    }

    /// Whether a queue is full (R53).
    fn is_full(&self, queue: &Label) -> bool {
        let max = self
            .settings
            .queue(queue)
            .and_then(|queue| queue.max_waiting);
        let is_full = max.is_some_and(|max| self.backlogs.length(queue) >= max);
        is_full && !mutant::is(Mutant::FullQueueTaken)
    }

    /// Queues that let nobody wait for ever, where it goes, and after how long.
    fn overflows(&self) -> impl Iterator<Item = (&Label, &Label, core::time::Duration)> {
        self.settings.queues.iter().filter_map(|queue| {
            let overflow = queue.overflow.as_ref()?;
            let after = core::time::Duration::from_secs(overflow.after_s?.into());
            Some((&queue.name, &overflow.to, after))
        })
    }

    /// The backlogs as rows say, for audits.
    pub fn fresh_backlogs(&self) -> Backlogs {
        let mut backlogs = Backlogs::new();
        for item in self.items.values() {
            backlogs.put(item);
        }
        backlogs
    }
}
