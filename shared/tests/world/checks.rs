//! The promises of PROTOCOL.md §11, asked from outside the machines.
//!
//! What the machines assert about themselves is asked after every turn by `objects`; here is what
//! only somebody sees who knows everything: every disk, every screen, every command ever given.

use std::collections::{BTreeMap, BTreeSet};

use shared::conversation::{
    Author, Command, Cursors, Entry, Event, Fence, Lifecycle, Row, Seq, Stage,
};
use shared::frame::{FromServer, ToServer};
use shared::id::{AgentId, CommandId, ConversationId, DeviceId};
use shared::link::{Pending, PendingState, State};
use shared::rights::{Person, Role, Side, audience};
use shared::space::{Effect, Item, ItemState, Row as SpaceRow};
use shared::time::Timestamp;

use crate::sockets::Socket;
use crate::world::{Ms, Tally, World};

/// A minute, and how long liveness rules allow, in milliseconds.
const MINUTE: Ms = 60_000;

#[derive(Debug, Default)]
pub struct Checks {
    pub violation: Option<String>,
    pub tally: Tally,
    pub last_entry_at: Ms,
    attempts: BTreeMap<CommandId, Attempt>,
    logged: BTreeMap<CommandId, (usize, Seq, Option<Seq>)>,
    /// The last item of each outbox that is in a log (M6).
    last_written: BTreeMap<(usize, usize), u64>,
    /// Conversations that the space has buried (A8).
    pub gone: BTreeSet<ConversationId>,
    /// The newest connection of each tab that was welcome (M7).
    newest: BTreeMap<(usize, DeviceId), u32>,
    /// Offers that were made in this turn.
    offers: Vec<(ConversationId, AgentId)>,
    /// Agents whose offer ran out in this turn.
    expired: Vec<AgentId>,
    /// Since when something looks stuck.
    stuck: BTreeMap<(&'static str, ConversationId, Fence), Ms>,
}

/// A command that a person gave.
#[derive(Debug)]
struct Attempt {
    client: usize,
    command: Command,
    /// Its place in the outbox of its client.
    order: u64,
    /// Discarded, or refused for good: it must not be in a log later (M7).
    is_dead: bool,
    /// Sent by HTTP, or by another tab before: connection numbers do not tell old copies.
    has_other_copies: bool,
}

impl Checks {
    pub fn attempted(&mut self, id: CommandId, client: usize, command: &Command) {
        let attempt = Attempt {
            client,
            command: command.clone(),
            order: 0,
            is_dead: false,
            has_other_copies: false,
        };
        self.attempts.insert(id, attempt);
    }

    pub fn sent_over_http(&mut self, id: CommandId) {
        if let Some(attempt) = self.attempts.get_mut(&id) {
            attempt.has_other_copies = true;
        }
    }
}

/// What the space looked like before a turn that makes offers.
#[derive(Debug, Default)]
pub struct Before {
    eligible: BTreeSet<(u64, AgentId)>,
    last_offers: BTreeMap<AgentId, u64>,
    ready: BTreeMap<ConversationId, Timestamp>,
}

impl World {
    // Outboxes.

    /// A link was built with a stored outbox.
    pub fn take_over_outbox(&mut self, number: usize) {
        let client = &mut self.clients[number];
        for item in client.link.pending() {
            let Some(attempt) = self.checks.attempts.get_mut(&item.id) else {
                continue;
            };
            if attempt.client != number {
                client.written += 1;
                attempt.client = number;
                attempt.order = client.written;
                attempt.has_other_copies = true;
            }
        }
    }

    pub fn item_kept(&mut self, number: usize, item: &Pending) {
        let Some(attempt) = self.checks.attempts.get_mut(&item.id) else {
            return;
        };
        match &item.state {
            PendingState::Queued => {
                self.clients[number].written += 1;
                attempt.order = self.clients[number].written;
                attempt.is_dead = false;
            }
            PendingState::Sent | PendingState::Dropping => (),
            PendingState::Failed(_) => self.item_dies(item.id),
        }
    }

    pub fn item_dropped(&mut self, number: usize, id: CommandId, shows_the_log: bool) {
        if !shows_the_log {
            return self.item_dies(id);
        }
        if !self.checks.logged.contains_key(&id) {
            self.violate("M1", || {
                format!("client {number} takes {id} as acknowledged, and no disk has it")
            });
        }
    }

    fn item_dies(&mut self, id: CommandId) {
        let Some(attempt) = self.checks.attempts.get_mut(&id) else {
            return;
        };
        attempt.is_dead = true;
        if !attempt.has_other_copies && self.checks.logged.contains_key(&id) {
            self.violate("M7", || format!("{id} was given up and is in the log"));
        }
    }

    // Conversations.

    /// Judges a row before it is written.
    pub fn check_row(&mut self, number: usize, row: &Row, now: Timestamp) {
        match row {
            Row::Birth(_) => {
                self.checks.tally.conversations += 1;
                if self.conversations[number].disk.is_born() {
                    self.violate("M2", || format!("conversation {number} is born again"));
                }
            }
            Row::Entry { entry, public } => self.check_entry(number, entry, *public, now),
            Row::Device { .. } | Row::Reported { .. } | Row::Cursors(_) => (),
        }
    }

    fn check_entry(&mut self, number: usize, entry: &Entry, public: Option<Seq>, now: Timestamp) {
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
        if last_at.is_some_and(|last_at| entry.at < last_at) || entry.at > now {
            return self.violate("M3", || format!("{} after {last_at:?}", entry.at));
        }
        if public.is_some() != is_public {
            let kind = entry.event.kind();
            return self.violate("M8", || format!("{kind} has the public place {public:?}"));
        }
        if let Some(before) = disk.lifecycle.clone() {
            self.check_step(number, &before, entry);
        }
        if let Some(id) = entry.id {
            self.check_command(number, id, entry, public);
        }
    }

    /// A1, A2 and A9 for one step.
    fn check_step(&mut self, number: usize, before: &Lifecycle, entry: &Entry) {
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
        if let (Event::MessagePosted { .. }, Author::Agent { agent, .. }) =
            (&entry.event, &entry.author)
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

    fn is_supervisor(&self, agent: AgentId) -> bool {
        let agent = self.space.disk.agents.get(&agent);
        agent.is_some_and(|agent| match agent.role {
            Role::Supervisor | Role::Admin => true,
            Role::Agent => false,
        })
    }

    /// M1, M6 and M7 for an entry that a command caused.
    fn check_command(&mut self, number: usize, id: CommandId, entry: &Entry, public: Option<Seq>) {
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
            Command::Post { text } | Command::Note { text } => Some(text),
            Command::End | Command::Resolve { .. } => None,
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
    fn check_cover(&mut self, number: usize) {
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
    fn check_loads(&mut self) {
        let mut loads: BTreeMap<AgentId, usize> = BTreeMap::new();
        for object in &self.conversations {
            let lifecycle = object.disk.lifecycle.as_ref();
            if let Some(assignee) = lifecycle.and_then(Lifecycle::assignee) {
                *loads.entry(assignee.agent).or_default() += 1;
            }
        }
        for (agent, load) in loads {
            let limit = self.limit(agent);
            if load > limit {
                self.violate("A4", || format!("{agent} holds {load} of {limit}"));
            }
        }
    }

    fn limit(&self, agent: AgentId) -> usize {
        let own = self
            .space
            .disk
            .agents
            .get(&agent)
            .and_then(|agent| agent.limit);
        usize::from(own.unwrap_or(self.settings.conversation_limit))
    }

    /// A frame is about to reach a conversation.
    pub fn frame_arrives(&mut self, socket: usize, number: usize, frame: &ToServer<Command>) {
        if let ToServer::Seen { cursor } = frame {
            let head = self.conversations[number]
                .disk
                .head(self.sockets[socket].person.side());
            if cursor.delivered > head || cursor.read > cursor.delivered {
                self.violate("M9", || {
                    format!("socket {socket} has seen {cursor:?} of {head}")
                });
            }
        }
    }

    /// A conversation sends a frame.
    pub fn check_send(&mut self, socket: usize, number: usize, frame: &FromServer) {
        let side = self.sockets[socket].person.side();
        match frame {
            FromServer::Entries(entries) => {
                let secret = entries
                    .iter()
                    .find(|entry| !audience(&entry.event).includes(side));
                if let Some(secret) = secret {
                    let kind = secret.event.kind();
                    self.violate("M8", || format!("{kind} goes to socket {socket}"));
                }
            }
            FromServer::Cursors(cursors) => {
                let head = self.conversations[number].disk.head(side);
                let last = core::mem::replace(&mut self.sockets[socket].cursors, *cursors);
                if !is_risen(last, *cursors) || highest(*cursors) > head {
                    self.violate("M9", || format!("{cursors:?} after {last:?}, head {head}"));
                }
            }
            FromServer::Welcome(welcome) => {
                let seats = &self.conversations[number].seats;
                let seat = seats.get(&Socket::id(socket));
                if let Some((device, _)) = seat.and_then(|seat| seat.device) {
                    let newest = self.checks.newest.entry((number, device)).or_default();
                    let was = *newest;
                    *newest = was.max(welcome.connection);
                    if welcome.connection < was {
                        let late = welcome.connection;
                        self.violate("M7", || {
                            format!("connection {late} is welcome after {was} of the same tab")
                        });
                    }
                }
            }
            FromServer::Repeated { id, seq, .. } => {
                let logged = self.checks.logged.get(id);
                let place = logged.map(|(_, agents, public)| match side {
                    Side::Agent => *agents,
                    Side::Customer => public.unwrap_or_default(),
                });
                if place != Some(*seq) {
                    self.violate("M1", || {
                        format!("{id} is said to be at {seq}, not {place:?}")
                    });
                }
            }
            FromServer::Limited { .. }
            | FromServer::Live { .. }
            | FromServer::Done { .. }
            | FromServer::Refused { .. }
            | FromServer::Hold { .. }
            | FromServer::Typing { .. }
            | FromServer::Desk(_)
            | FromServer::Counts(_)
            | FromServer::Renew
            | FromServer::Bad { .. } => (),
        }
    }

    /// M4: what a client took in is what the disk has for its side.
    pub fn check_entries(&mut self, number: usize, from: Seq) {
        let client = &self.clients[number];
        let side = client.side();
        let Some(object) = client
            .link
            .conversation()
            .and_then(|id| self.by_id.get(&id))
        else {
            return;
        };
        let disk = &self.conversations[*object].disk;
        let entries = client.link.transcript().entries();
        let first = usize::try_from(from.0).unwrap().saturating_sub(1);
        let wrong = entries[first..].iter().find(|entry| {
            disk.entry(side, entry.seq).is_none_or(|stored| {
                (stored.at, &stored.author, stored.id, &stored.event)
                    != (entry.at, &entry.author, entry.id, &entry.event)
            })
        });
        if let Some(wrong) = wrong {
            let what = format!("client {number} shows {wrong:?}, which is not on the disk");
            self.violate("M4", || what);
        }
    }

    // The space.

    /// Who could get an offer, by place in the rotation.
    fn eligible(&self) -> BTreeSet<(u64, AgentId)> {
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
        let seats = self.space.seats.iter();
        let live: BTreeSet<AgentId> = seats
            .filter(|(socket, seat)| seat.device.is_some() && self.is_open(**socket))
            .map(|(_, seat)| seat.agent)
            .collect();
        let agents = disk.agents.values();
        agents
            .filter(|agent| {
                agent.available
                    && live.contains(&agent.agent)
                    && !busy.contains(&agent.agent)
                    && used.get(&agent.agent).copied().unwrap_or(0) < self.limit(agent.agent)
            })
            .map(|agent| (agent.last_offer, agent.agent))
            .collect()
    }

    fn ready(&self) -> BTreeMap<ConversationId, Timestamp> {
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
            matches!(effect, Effect::Save(SpaceRow::Item(item))
                if matches!(item.state, ItemState::Offered { .. }))
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
        if let Some(ItemState::Offered { agent, expires_at }) = before {
            let is_same = fence == Some(item.fence);
            let is_accepted = is_same && matches!(item.state, ItemState::Assigning { .. });
            let is_open = is_same && matches!(item.state, ItemState::Offered { .. });
            if is_accepted && now >= expires_at {
                self.violate("A7", || format!("accepted at {now}, over at {expires_at}"));
            }
            if !is_accepted && !is_open && now >= expires_at {
                self.checks.expired.push(agent);
            }
        }
        match &item.state {
            ItemState::Offered { agent, expires_at } => {
                if self.checks.gone.contains(&conversation) {
                    self.violate("A8", || format!("{conversation} is closed and offered"));
                }
                let is_new = fence != Some(item.fence);
                if is_new && *expires_at != now + self.settings.offer() {
                    self.violate("A7", || format!("an offer of {now} ends at {expires_at}"));
                }
                if is_new {
                    self.checks.tally.offers += 1;
                    self.checks.offers.push((conversation, *agent));
                    let number = self.by_id[&conversation] as u64;
                    self.note("offer", [number, item.fence.0], |_| format!("{agent}"));
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
        let offers = core::mem::take(&mut self.checks.offers);
        if !offers.is_empty() {
            self.check_fairness(&before, &offers, now);
        }
    }

    /// FAIR1: nobody is passed over who could have got it. FAIR2: the oldest goes first.
    fn check_fairness(
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
            let passed_over = eligible.iter().find(|other| {
                before.eligible.contains(other)
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
                    && !other_item.declined.contains(agent)
            });
            if let Some((older, since)) = older {
                let what = format!("{conversation} is offered at {now} before {older} of {since}");
                self.violate("FAIR2", || what);
                return;
            }
        }
    }

    // Liveness.

    /// True when this has been so for that long, as far as probes have seen.
    fn is_stuck(
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
        let has_eligible = !self.eligible().is_empty();
        let now = self.clock(self.space.shell.skew);
        let mut stuck = BTreeSet::new();
        let items: Vec<_> = self
            .space
            .disk
            .items
            .values()
            .map(|item| (item.report.conversation, item.fence, item.state.clone()))
            .collect();
        for (conversation, fence, state) in items {
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
        self.checks.stuck.retain(|key, _| stuck.contains(key));
    }

    fn probe_conversation(
        &mut self,
        number: usize,
        stuck: &mut BTreeSet<(&'static str, ConversationId, Fence)>,
    ) {
        let object = &self.conversations[number];
        let (id, skew) = (object.id, object.shell.skew);
        let Some(lifecycle) = &object.disk.lifecycle else {
            return;
        };
        let now = self.clock(skew);
        let item = self.space.disk.items.get(&id).cloned();
        let fence = Fence(0);
        match lifecycle.stage.clone() {
            Stage::Waiting { since } => {
                let waits = Self::span(now.since(since));
                let most = Self::span(self.settings.wait()) + MINUTE;
                if waits > most && self.now > self.heal_at + MINUTE {
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
                if !is_free {
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
            .filter(|item| !matches!(item.state, ItemState::Offered { .. }))
            .flat_map(|item| {
                let slots = item.slots.iter();
                slots.map(|slot| (item.report.conversation, slot.fence, slot.agent))
            })
            .collect();
        if slots != held {
            return self.violate("L4", || format!("slots {slots:?}, held {held:?}"));
        }
        for number in 0..self.clients.len() {
            if self.clients[number].is_there {
                self.check_screen(number);
            }
        }
        for number in 0..self.consoles.len() {
            self.check_console(number, &held);
        }
    }

    fn check_screen(&mut self, number: usize) {
        let client = &self.clients[number];
        let link = &client.link;
        let has_conversation = link.conversation().is_some();
        let open = link.pending().iter().find(|item| match item.state {
            PendingState::Queued | PendingState::Sent => true,
            PendingState::Dropping => has_conversation,
            PendingState::Failed(_) => false,
        });
        if let Some(open) = open {
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
            self.violate("M4", || format!("client {number} folds to something else"));
        }
    }

    fn check_console(&mut self, number: usize, held: &BTreeSet<(ConversationId, Fence, AgentId)>) {
        let console = &self.consoles[number];
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

fn is_risen(before: Cursors, after: Cursors) -> bool {
    [
        (before.customer, after.customer),
        (before.agent, after.agent),
    ]
    .iter()
    .all(|(before, after)| after.delivered >= before.delivered && after.read >= before.read)
}

fn highest(cursors: Cursors) -> Seq {
    let Cursors { customer, agent } = cursors;
    customer
        .delivered
        .max(customer.read)
        .max(agent.delivered)
        .max(agent.read)
}
