//! The healed world: nothing is stuck (L1 to L4) and everybody has everything (L5).

use std::collections::BTreeSet;

use shared::conversation::{Fence, Stage};
use shared::id::{AgentId, ConversationId};
use shared::link::State;
use shared::settings::Terms;
use shared::space::ItemState;

use crate::world::{Ms, World};

/// A minute, and how long liveness rules allow, in milliseconds.
const MINUTE: Ms = 60_000;

impl World {
    /// True when this has been so for that long, as far as probes have seen.
    pub(super) fn is_stuck(
        &mut self,
        rule: &'static str,
        conversation: ConversationId,
        fence: Fence,
        span: Ms,
    ) -> bool {
        let now = self.now;
        let key = (rule, conversation, fence);
        now - *self.checks.stuck.entry(key).or_insert(now) > span
    }

    /// Asks the healed world whether anything is stuck (L1 to L4).
    pub fn probe(&mut self) {
        let healed_for = self.now - self.heal_at;
        if healed_for < 30_000 {
            return;
        }
        self.check_answers();
        self.probe_places();
        let eligible = self.eligible();
        let now = self.clock(self.space.shell.skew);
        let mut stuck = BTreeSet::new();
        let items: Vec<_> = self
            .space
            .disk
            .items
            .values()
            .map(|item| {
                let mut agents = eligible.iter();
                let has_eligible = self.is_queue_open(&item.report.queue, now)
                    && agents.any(|(_, agent)| self.serves(*agent, item));
                let state = item.state.clone();
                (item.report.conversation, item.fence, state, has_eligible)
            })
            .collect();
        for (conversation, fence, state, has_eligible) in items {
            let (rule, span) = match state {
                ItemState::Waiting { not_before }
                    if has_eligible && not_before.is_none_or(|at| at <= now) =>
                {
                    ("L1", 1_000)
                }
                ItemState::Assigning { .. } => ("L3", MINUTE),
                ItemState::Waiting { .. }
                | ItemState::Offered { .. }
                | ItemState::Held
                | ItemState::Transferring { .. }
                | ItemState::Gone { .. } => continue,
            };
            stuck.insert((rule, conversation, fence));
            if self.is_stuck(rule, conversation, fence, span) {
                self.violate(rule, || format!("{conversation} is {state:?} for too long"));
            }
        }
        for number in 0..self.conversations.len() {
            self.probe_conversation(number, &mut stuck);
        }
        self.probe_lookers(&mut stuck);
        self.checks.stuck.retain(|key, _| stuck.contains(key));
    }

    pub(super) fn probe_conversation(
        &mut self,
        number: usize,
        stuck: &mut BTreeSet<(&'static str, ConversationId, Fence)>,
    ) {
        let object = &self.conversations[number];
        let (id, skew) = (object.id, object.shell.skew);
        let Some(lifecycle) = &object.disk.lifecycle else {
            return;
        };
        let object_wait = object
            .disk
            .settings()
            .map_or(core::time::Duration::ZERO, Terms::wait);
        let now = self.clock(skew);
        let item = self.space.disk.items.get(&id).cloned();
        let fence = Fence(0);
        let is_open = matches!(
            lifecycle.stage,
            Stage::Waiting { .. } | Stage::Active { .. }
        );
        let visitor = item.as_ref().map(|item| item.report.visitor);
        if is_open && visitor.is_some_and(|visitor| self.is_blocked(visitor)) {
            stuck.insert(("R200", id, fence));
            if self.is_stuck("R200", id, fence, 30_000) {
                self.violate("R200", || {
                    format!("{number} stands, and its visitor is blocked")
                });
            }
        }
        let Some(lifecycle) = &self.conversations[number].disk.lifecycle else {
            return;
        };
        match lifecycle.stage.clone() {
            Stage::Waiting { since } => {
                let waits = Self::span(now.since(since));
                let most = Self::span(object_wait) + MINUTE;
                let queue = lifecycle.queue.clone();
                // Only while the queue is open (R102); other hours, or another clock of the space, are
                // heard of within an hour (WT2).
                let mut queues = self.settings_now().queues.iter();
                let has_hours = queues.any(|queue| queue.hours.is_some());
                let is_steady =
                    self.has_steady_hours() || !(has_hours || self.checks.has_other_queues);
                let is_late = waits > most && is_steady && self.open_time(&queue, waits) > most;
                if is_late && self.now > self.heal_at + MINUTE {
                    self.violate("L2", || format!("{number} waits for {waits} ms"));
                }
                if item.is_none() {
                    stuck.insert(("L1", id, fence));
                    if self.is_stuck("L1", id, fence, 30_000) {
                        self.violate("L1", || format!("{number} waits unknown to the space"));
                    }
                }
            }
            Stage::Closed { .. } => {
                let is_free = item.as_ref().is_none_or(|item| {
                    item.slots.is_empty() && matches!(item.state, ItemState::Gone { .. })
                });
                if !is_free && !self.checks.from_backup.contains(&id) {
                    stuck.insert(("L4", id, fence));
                    let item = format!("{item:?}");
                    if self.is_stuck("L4", id, fence, MINUTE) {
                        self.violate("L4", || format!("{number} is closed, the space has {item}"));
                    }
                }
            }
            Stage::Active { .. } | Stage::WrappingUp { .. } => (),
        }
    }

    /// Asks the world at rest: slots are what they should be (L4), everybody has everything (L5).
    pub fn check_the_end(&mut self) {
        if let Err(broken) = self.audit_space() {
            return self.violate(broken.rule, || broken.to_string());
        }
        let mut held = BTreeSet::new();
        for number in 0..self.conversations.len() {
            let object = &self.conversations[number];
            let Some(lifecycle) = &object.disk.lifecycle else {
                continue;
            };
            if let Some(assignee) = lifecycle.assignee() {
                held.insert((object.id, lifecycle.fence, assignee.agent));
            }
            if self
                .lifecycle_in_memory(number)
                .is_some_and(|it| it != lifecycle)
            {
                return self.violate("M4", || format!("{number} differs from its rows"));
            }
        }
        let items = self.space.disk.items.values();
        let slots: BTreeSet<_> = items
            .flat_map(|item| {
                let is_asked = matches!(
                    item.state,
                    ItemState::Offered { .. } | ItemState::Transferring { .. }
                );
                let slots = item.slots.iter();
                let slots = slots.filter(move |slot| !is_asked || slot.fence < item.fence);
                slots.map(|slot| (item.report.conversation, slot.fence, slot.agent))
            })
            .collect();
        if let Some((_, _, agent)) = held.iter().find(|(_, _, agent)| self.is_out(*agent)) {
            return self.violate("R42", || format!("{agent} has left and holds something"));
        }
        if slots != held {
            return self.violate("L4", || format!("slots {slots:?}, held {held:?}"));
        }
        self.check_files();
        self.check_erasures();
        self.check_sum();
        // A queue may have closed since they were looked at last.
        self.probe_places();
        self.check_places();
        self.check_accounts();
        for number in 0..self.clients.len() {
            if self.clients[number].is_there {
                self.check_screen(number);
            }
        }
        for number in 0..self.consoles.len() {
            self.check_console(number, &held);
        }
    }

    /// True while something is on its way that nothing puts off.
    pub fn is_anybody_writing(&self) -> bool {
        let mut there = self.clients.iter().filter(|client| client.is_there);
        there.any(|client| client.writing().is_some())
    }

    pub(super) fn check_screen(&mut self, number: usize) {
        let client = &self.clients[number];
        let link = &client.link;
        if let Some(open) = client.writing() {
            let what = format!("client {number} still has {open:?}");
            return self.violate("L5", || what);
        }
        let Some(object) = link.conversation().and_then(|id| self.by_id.get(&id)) else {
            return;
        };
        let disk = &self.conversations[*object].disk;
        let (head, shown) = (disk.head(client.side()), link.transcript().head());
        let state = link.state();
        if state != State::Live || head != shown {
            return self.violate("L5", || {
                format!("client {number} is {state:?} at {shown} of {head}")
            });
        }
        if link.transcript().lifecycle() != disk.lifecycle.as_ref() {
            return self.violate("M4", || format!("client {number} folds to something else"));
        }
        self.check_talk(number, *object);
    }

    pub(super) fn check_console(
        &mut self,
        number: usize,
        held: &BTreeSet<(ConversationId, Fence, AgentId)>,
    ) {
        let console = &self.consoles[number];
        if self.is_out(console.agent) {
            return;
        }
        let (state, left) = (console.link.state(), console.link.unanswered().count());
        if state != State::Live || left > 0 {
            return self.violate("L5", || {
                format!("console {number} is {state:?} with {left} commands")
            });
        }
        let Some(desk) = console.link.desk() else {
            return;
        };
        let shown: BTreeSet<_> = desk.items.iter().map(|item| item.conversation).collect();
        let mine: BTreeSet<_> = held
            .iter()
            .filter(|(_, _, agent)| *agent == console.agent)
            .map(|(conversation, _, _)| *conversation)
            .collect();
        if shown != mine {
            self.violate("L5", || {
                format!("console {number} shows {shown:?} of {mine:?}")
            });
        }
    }
}
