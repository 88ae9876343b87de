//! What is written to the log of a conversation: M1 to M3, M6 to M8, A1, A2, A4, A5, A9.

use std::collections::BTreeMap;

use shared::conversation::{
    Author, Change, Command, EndCause, Entry, Event, Lifecycle, Row, Seq, Stage,
};
use shared::id::{AgentId, CommandId, ConversationId, VisitorId};
use shared::rights::{Person, Role, Side, audience};
use shared::time::Timestamp;

use crate::world::World;

impl World {
    /// Judges a row before it is written.
    pub fn check_row(&mut self, number: usize, row: &Row, now: Timestamp) {
        match row {
            Row::Birth(birth) => {
                self.checks.tally.conversations += 1;
                if self.conversations[number].disk.is_born() {
                    self.violate("M2", || format!("conversation {number} is born again"));
                }
                self.check_birth(number, birth.visitor);
                self.check_link(birth.visitor, birth.follows);
            }
            Row::Entry { entry, public, .. } => {
                self.check_pace(number, entry);
                self.check_entry(number, entry, *public, now);
            }
            Row::Device { .. } | Row::Reported { .. } | Row::Lists(_) | Row::Cursors(_) => (),
        }
    }

    /// AL1, AL2: in no span of time does the customer give more than the burst and what fell in
    /// meanwhile, however often the object has lost its memory.
    fn check_pace(&mut self, number: usize, entry: &Entry) {
        let counts = |entry: &Entry| entry.author == Author::Customer && entry.id.is_some();
        let disk = &self.conversations[number].disk;
        let Some(settings) = disk.birth.as_ref().map(|birth| &birth.settings) else {
            return;
        };
        if !counts(entry) {
            return;
        }
        let (burst, rate) = (settings.messages_burst, settings.messages_per_10s);
        let before = disk.entries.iter().rev().map(|(entry, _)| entry);
        let mut count = 1;
        let mut is_broken = false;
        for earlier in before.filter(|entry| counts(entry)).take(200) {
            count += 1;
            let span = entry.at.millis().saturating_sub(earlier.at.millis());
            is_broken |= count * 10_000 > u64::from(burst) * 10_000 + u64::from(rate) * span;
        }
        if is_broken {
            self.violate("AL2", || {
                format!("conversation {number} takes more than {burst} and {rate} in 10 s")
            });
        }
    }

    /// BI1, U10: whoever goes on does so in a new conversation; the old one is over and stays so.
    fn check_link(&mut self, visitor: VisitorId, follows: Option<ConversationId>) {
        let Some(earlier) = follows else { return };
        let disk = &self.conversations[self.by_id[&earlier]].disk;
        let is_over = disk.lifecycle.as_ref().is_some_and(|it| !it.is_open());
        if !disk.is_of(visitor) || !is_over {
            self.violate("U10", || {
                format!("{earlier} goes on and is not over, or another's")
            });
        }
    }

    /// F91, F103: one ticket for a conversation, which is not open once it was abandoned.
    fn check_ticket(&mut self, number: usize, event: &Event) {
        let disk = &self.conversations[number].disk;
        let events = || disk.entries.iter().map(|(entry, _)| &entry.event);
        let created = || events().filter(|event| matches!(event, Event::TicketCreated { .. }));
        let is_created = matches!(event, Event::TicketCreated { .. });
        let is_abandoned = matches!(event, Event::Closed { resolution, .. }
            if resolution.as_str() == "abandoned");
        if !(is_created || is_abandoned) || created().count() == 0 {
            return;
        }
        let is_cancelled = events().any(|event| matches!(event, Event::TicketChanged { .. }));
        if is_created {
            self.violate("F91", || format!("{number} gets a second ticket"));
        } else if !is_cancelled {
            self.violate("F103", || format!("the ticket of {number} stays open"));
        }
    }

    /// R23, R100: nobody begins a conversation beside one that is open.
    fn check_birth(&mut self, number: usize, visitor: VisitorId) {
        let open = self.conversations.iter().position(|other| {
            let lifecycle = other.disk.lifecycle.as_ref();
            other.disk.is_of(visitor) && lifecycle.is_some_and(Lifecycle::is_open)
        });
        let Some(open) = open else { return };
        // A space that lost its memory between the two knows nothing of a first one that has not
        // reported yet.
        let id = self.conversations[open].id;
        let begun_at = self.checks.admitted.get(&id).copied().unwrap_or_default();
        if self.space.forgot_at < begun_at {
            self.violate("R100", || {
                format!("{number} begins while {open} of the same visitor is open")
            });
        }
    }

    pub(super) fn check_entry(
        &mut self,
        number: usize,
        entry: &Entry,
        public: Option<Seq>,
        now: Timestamp,
    ) {
        self.checks.tally.entries += 1;
        self.checks.last_entry_at = self.now;
        self.note("entry", [number as u64, entry.seq.0], |_| {
            format!("{} {:?} {:?}", entry.event.kind(), entry.author, entry.id)
        });
        let disk = &self.conversations[number].disk;
        let head = disk.head(Side::Agent);
        let public_head = disk.head(Side::Customer);
        let is_public = audience(&entry.event).includes(Side::Customer);
        if entry.seq != head.next() || public.is_some_and(|seq| seq != public_head.next()) {
            let what = format!("{}/{public:?} after {head}/{public_head}", entry.seq);
            return self.violate("M2", || what);
        }
        let last_at = disk.entries.last().map(|(last, _)| last.at);
        let latest = last_at.map_or(now, |last_at| now.max(last_at));
        if last_at.is_some_and(|last_at| entry.at < last_at) || entry.at > latest {
            return self.violate("M3", || format!("{} after {last_at:?}", entry.at));
        }
        if public.is_some() != is_public {
            let kind = entry.event.kind();
            return self.violate("M8", || format!("{kind} has the public place {public:?}"));
        }
        self.check_ticket(number, &entry.event);
        self.check_change(number, entry, public);
        if let Some(before) = self.conversations[number].disk.lifecycle.clone() {
            if let Event::Closed {
                cause: Some(EndCause::NotAnswered),
                ..
            } = entry.event
            {
                self.check_give_up(number, &before);
            }
            self.check_step(number, &before, entry);
        }
        if let Some(id) = entry.id {
            self.check_command(number, id, entry, public);
        }
    }

    /// A1, A2 and A9 for one step.
    pub(super) fn check_step(&mut self, number: usize, before: &Lifecycle, entry: &Entry) {
        let mut after = before.clone();
        after.apply(entry);
        let is_assignment = matches!(
            entry.event,
            Event::AgentAssigned { .. } | Event::AgentUnassigned { .. }
        );
        if is_assignment && after.fence <= before.fence {
            let (was, is) = (before.fence, after.fence);
            self.violate("A1", || {
                format!("conversation {number}: {is:?} after {was:?}")
            });
        }
        if let (
            Event::MessagePosted { .. } | Event::MessageChanged { note: false, .. },
            Author::Agent { agent, .. },
        ) = (&entry.event, &entry.author)
        {
            let is_assignee = before.assignee().is_some_and(|held| held.agent == *agent);
            if !is_assignee && !self.is_supervisor(*agent) {
                self.violate("A2", || {
                    format!("{agent} writes and does not hold {number}")
                });
            }
        }
        let may = match (&before.stage, &after.stage) {
            (Stage::Waiting { .. }, Stage::Waiting { .. } | Stage::Active { .. })
            | (Stage::Waiting { .. } | Stage::WrappingUp { .. }, Stage::Closed { .. })
            | (
                Stage::Active { .. },
                Stage::Waiting { .. } | Stage::Active { .. } | Stage::WrappingUp { .. },
            )
            | (Stage::WrappingUp { .. }, Stage::WrappingUp { .. }) => true,
            (Stage::Closed { .. }, Stage::Closed { .. }) => {
                matches!(
                    entry.event,
                    Event::Erased
                        | Event::Rated(_)
                        | Event::TranscriptMailed { .. }
                        | Event::FileChecked { .. }
                )
            }
            (Stage::Active { .. }, Stage::Closed { .. })
            | (Stage::Waiting { .. }, Stage::WrappingUp { .. })
            | (Stage::WrappingUp { .. }, Stage::Waiting { .. } | Stage::Active { .. })
            | (Stage::Closed { .. }, _) => false,
        };
        if !may {
            let kind = entry.event.kind();
            self.violate("A9", || format!("{:?} by {kind}", before.stage));
        }
    }

    pub(super) fn is_supervisor(&self, agent: AgentId) -> bool {
        let agent = self.space.disk.agents.get(&agent);
        agent.is_some_and(|agent| match agent.role {
            Role::Supervisor | Role::Admin => true,
            Role::Agent => false,
        })
    }

    /// M1, M6 and M7 for an entry that a command caused.
    pub(super) fn check_command(
        &mut self,
        number: usize,
        id: CommandId,
        entry: &Entry,
        public: Option<Seq>,
    ) {
        if let Some((other, seq, _)) = self.checks.logged.get(&id).copied() {
            // A tab that went away while it made a conversation leaves another one behind.
            let attempt = self.checks.attempts.get(&id);
            if other != number && attempt.is_some_and(|attempt| attempt.has_other_copies) {
                return;
            }
            let here = entry.seq;
            return self.violate("M1", || {
                format!("{id} is at {seq} of {other} and again at {here} of {number}")
            });
        }
        self.checks.logged.insert(id, (number, entry.seq, public));
        let Some(attempt) = self.checks.attempts.get(&id) else {
            return self.violate("M7", || format!("nobody sent {id}"));
        };
        let text = match &attempt.command {
            Command::Post { text, .. }
            | Command::Note { text }
            | Command::Change {
                change: Change::Text(text),
                ..
            } => Some(text),
            Command::Change { .. }
            | Command::End
            | Command::Resolve { .. }
            | Command::Abandon { .. }
            | Command::MailTranscript { .. }
            | Command::CreateTicket { .. }
            | Command::SendFile(_) => None,
            Command::Rate(rating) => rating.comment.as_ref(),
        };
        let owner = &self.clients[attempt.client];
        let is_author = match (&entry.author, &owner.person) {
            (Author::Customer, Person::Visitor { .. }) => true,
            (Author::Agent { agent, .. }, Person::Agent { agent: owner, .. }) => agent == owner,
            (Author::Customer | Author::System, Person::Agent { .. })
            | (Author::Agent { .. } | Author::System, Person::Visitor { .. }) => false,
        };
        if text != entry.event.text() || !is_author {
            return self.violate("M7", || format!("{id} was sent otherwise than {entry:?}"));
        }
        if attempt.is_loose {
            return;
        }
        if attempt.is_dead {
            // An old copy of another tab has no place in the order of this one.
            if !attempt.has_other_copies {
                self.violate("M7", || format!("{id} was given up and appears"));
            }
            return;
        }
        let (client, order) = (attempt.client, attempt.order);
        let last = self
            .checks
            .last_written
            .entry((number, client))
            .or_default();
        let was = core::mem::replace(last, order.max(*last));
        if order <= was {
            self.violate("M6", || {
                format!("item {order} of client {client} comes after its item {was}")
            });
        }
    }

    /// A4 and A5 once an entry is written.
    pub fn check_cover_after(&mut self, number: usize, entry: &Entry) {
        if matches!(entry.event, Event::AgentAssigned { .. }) {
            self.check_cover(number);
            self.check_loads();
        }
    }

    /// A5: whoever holds a conversation has a slot for it.
    pub(super) fn check_cover(&mut self, number: usize) {
        let object = &self.conversations[number];
        let Some(lifecycle) = &object.disk.lifecycle else {
            return;
        };
        let Some(assignee) = lifecycle.assignee() else {
            return;
        };
        let (fence, agent) = (lifecycle.fence, assignee.agent);
        let item = self.space.disk.items.get(&object.id);
        let is_covered = item.is_some_and(|item| {
            let mut slots = item.slots.iter();
            slots.any(|slot| slot.fence == fence && slot.agent == agent)
        });
        if !is_covered {
            let item = format!("{item:?}");
            self.violate("A5", || {
                format!("{agent} holds {number} under {fence:?}, and the space has {item}")
            });
        }
    }

    /// A4: nobody holds more than the limit.
    pub(super) fn check_loads(&mut self) {
        let mut loads: BTreeMap<AgentId, usize> = BTreeMap::new();
        for object in &self.conversations {
            let lifecycle = object.disk.lifecycle.as_ref();
            if let Some(assignee) = lifecycle.and_then(Lifecycle::assignee) {
                *loads.entry(assignee.agent).or_default() += 1;
            }
        }
        for (agent, load) in loads {
            // What was given before a limit was lowered may still be accepted (R71, R72).
            let limit = self.limit(agent).max(self.checks.most_limits);
            if load > limit {
                self.violate("A4", || format!("{agent} holds {load} of {limit}"));
            }
        }
    }

    pub fn limit(&self, agent: AgentId) -> usize {
        let own = self
            .space
            .disk
            .agents
            .get(&agent)
            .and_then(|agent| agent.limit);
        usize::from(own.unwrap_or(self.settings_now().conversation_limit))
    }
}
