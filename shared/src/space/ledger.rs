//! The books of a space: agents, work items and sockets, with the indexes that keep every turn
//! at O(log n) however many there are.
//!
//! - **B1** A work item changes only through [`Ledger::change_item`], what an agent does only
//!   through [`Ledger::change_duty`]: both take the old value out of every index and put the
//!   new one in, and remember whose row to save and whose desk to show.
//! - **B2** Indexes hold nothing that rows and seats do not say, so a restore rebuilds them.

use alloc::vec::Vec;

use super::Effect;
use super::admission::Reservations;
use super::audit_log::{self, AuditEntry};
use super::backlog::Backlogs;
use super::configure::InUse;
use super::desk::Counts;
use super::dictation::Speakers;
use super::doors::Doors;
use super::duty::Duty;
use super::erasure::Erasing;
use super::hours::Gates;
use super::lanes::Lanes;
use super::lists::{Lists, Mark};
use super::newcomers::Newcomers;
use super::place::Lines;
use super::roster;
use super::rounds::Rounds;
use super::row::{Agent, Item, ItemState, Row, Seat};
use super::turn::Turn;
use crate::frame::{CloseCode, SocketId};
use crate::id::{AgentId, ConversationId, SpaceId, VisitorId};
use crate::outbox::Outbox;
use crate::settings::{Settings, Zone};
use crate::sorted::{SortedMap, SortedSet};
use crate::text::{Label, ZoneName};
use crate::time::Timestamp;

/// Everything that a space which was made keeps in memory.
#[derive(Clone, Debug)]
#[cfg_attr(test, derive(Eq, PartialEq))]
pub(super) struct Ledger {
    pub space: SpaceId,
    pub settings: Settings,
    pub doors: Doors,
    /// The newest entry of the audit log (R181).
    pub newest_act: Option<AuditEntry>,
    /// What the clocks of the time zones do that the queues name.
    pub zones: SortedMap<ZoneName, Zone>,
    /// The clock of the rotation: number of the newest offer.
    pub offers_made: u64,
    pub roster: SortedMap<AgentId, Duty>,
    pub items: SortedMap<ConversationId, Item>,
    pub sockets: SortedMap<SocketId, Seat>,
    /// The sockets that have said hello: who gets the counts.
    pub audience: SortedSet<SocketId>,
    pub lanes: Lanes,
    pub gates: Gates,
    pub backlogs: Backlogs,
    /// What waits, as its customers are told.
    pub lines: Lines,
    /// What agents read page by page.
    pub lists: Lists,
    /// Admins who have not left (R84).
    pub admins: SortedSet<AgentId>,
    /// Conversations that have yet to close an agent's sockets (R86).
    pub dismissals: Outbox<(ConversationId, AgentId)>,
    /// Conversations that have yet to be told who may write (R164).
    pub verifications: Outbox<ConversationId>,
    /// Conversations of blocked visitors that have yet to end (R200).
    pub ends: Outbox<ConversationId>,
    /// Whose accounts are to be told something (R88).
    pub registrations: Outbox<AgentId>,
    /// Conversations that have yet to erase themselves (R186).
    pub erasures: Outbox<Erasing>,
    /// Agents who left and still have something (R42).
    pub leavers: SortedSet<AgentId>,
    /// The one deadline of every item that has one.
    pub deadlines: SortedSet<(Timestamp, ConversationId)>,
    /// When each socket counts as gone unless it is heard.
    pub silences: SortedSet<(Timestamp, SocketId)>,
    /// Every item under its visitor: what the visitor can still write in, then the newest first (R271).
    pub own: SortedMap<VisitorId, SortedSet<Mark>>,
    pub reservations: Reservations,
    pub newcomers: Newcomers,
    pub speakers: Speakers,
    pub rounds: Rounds,
    /// Work items of each queue; a queue without any is not there (R73).
    pub work: SortedMap<Label, u32>,
    /// How the work items that are remembered ended (R75).
    pub uses: InUse,
    pub counts: Counts,
    /// The counts that the sockets have.
    pub told_counts: Counts,
    /// When they got them; `None` before the first time.
    pub told_counts_at: Option<Timestamp>,
}

impl Ledger {
    /// Books with nothing in them.
    pub const fn new(space: SpaceId, settings: Settings, offers_made: u64) -> Self {
        Self {
            space,
            settings,
            doors: Doors::new(),
            newest_act: None,
            zones: SortedMap::new(),
            offers_made,
            roster: SortedMap::new(),
            items: SortedMap::new(),
            sockets: SortedMap::new(),
            audience: SortedSet::new(),
            lanes: Lanes::new(),
            gates: Gates::new(),
            backlogs: Backlogs::new(),
            lines: Lines::new(),
            lists: Lists::new(),
            admins: SortedSet::new(),
            dismissals: Outbox::new(),
            verifications: Outbox::new(),
            ends: Outbox::new(),
            registrations: Outbox::new(),
            erasures: Outbox::new(),
            leavers: SortedSet::new(),
            deadlines: SortedSet::new(),
            silences: SortedSet::new(),
            own: SortedMap::new(),
            reservations: Reservations::new(),
            newcomers: Newcomers::new(),
            speakers: Speakers::new(),
            rounds: Rounds::new(),
            work: SortedMap::new(),
            uses: InUse {
                resolutions: SortedMap::new(),
                reasons: SortedMap::new(),
            },
            counts: NO_COUNTS,
            told_counts: NO_COUNTS,
            told_counts_at: None,
        }
    }

    /// The books as rows and seats say (B2); `None` when no row says that the space was made.
    pub fn restore(
        rows: impl IntoIterator<Item = Row>,
        seats: impl IntoIterator<Item = (SocketId, Seat)>,
        now: Timestamp,
    ) -> Option<Self> {
        let mut head = None;
        let mut doors = Doors::new();
        let mut agents = Vec::new();
        let mut items = Vec::new();
        let mut acts = Vec::new();
        let mut erasing = SortedSet::new();
        for row in rows {
            match row {
                Row::Space {
                    space,
                    settings,
                    offers_made,
                    zones,
                    rounds_at,
                } => head = Some((space, settings, offers_made, zones, rounds_at)),
                Row::Doors(stored) => doors = stored,
                Row::Agent(agent) => agents.push(agent),
                Row::Item(item) => items.push(item),
                Row::Audit(act) => acts.push(act),
                Row::Erasing(owed) => erasing = owed,
                Row::Past(_) => (),
            }
        }
        let (space, settings, offers_made, zones, rounds_at) = head?;
        let last_offer = agents.iter().map(|agent| agent.last_offer).max();
        let offers_made = offers_made.max(last_offer.unwrap_or(0));
        let mut ledger = Self::new(space, settings, offers_made);
        ledger.zones = zones;
        ledger.doors = doors;
        erasing.into_iter().for_each(|key| ledger.erasures.put(key));
        ledger.newest_act = audit_log::newest(acts);
        ledger.gates = ledger.fresh_gates(now).unsettled();
        ledger.rounds.last = rounds_at;
        for agent in agents {
            ledger.add_agent(agent);
        }
        for item in items {
            ledger.list(&item);
            let stand = item.stand(&ledger.settings);
            ledger.lines.put(stand, ledger.roster.values());
            ledger.items.insert(item.report.conversation, item);
        }
        ledger.recount_newcomers(now);
        for duty in ledger.roster.values_mut() {
            duty.leave_slots();
            duty.settle_limit(&ledger.settings);
        }
        for (socket, seat) in seats {
            ledger.seat(socket, seat);
        }
        // Higher than any number of an earlier life: nothing changes every millisecond.
        ledger.counts.colleagues = now.millis();
        ledger.told_counts = ledger.counts;
        ledger.lines = ledger.lines.settled();
        Some(ledger)
    }

    /// When the newest of the open offers was made: it is at least so late (K3).
    pub fn last_offered_at(&self) -> Option<Timestamp> {
        let starts = self.items.values().filter_map(|item| match item.state {
            ItemState::Offered { expires_at, .. } | ItemState::Transferring { expires_at, .. } => {
                Some(expires_at - item.offer_lasts(&self.settings))
            }
            ItemState::Waiting { .. }
            | ItemState::Assigning { .. }
            | ItemState::Held
            | ItemState::Gone { .. } => None,
        });
        starts.max()
    }

    /// Takes in an agent.
    pub fn add_agent(&mut self, agent: Agent) {
        let id = agent.agent;
        if agent.tenure.is_owed() {
            self.registrations.put(id);
        }
        self.roster.insert(id, Duty::new(agent));
        self.change_duty(id, |_| ());
    }

    /// Changes a work item (B1); nothing happens when there is none.
    pub fn change_item(
        &mut self,
        turn: &mut Turn,
        conversation: ConversationId,
        change: impl FnOnce(&mut Item),
    ) {
        if let Some(mut item) = self.take_item(turn, conversation) {
            let holders = item.holders();
            change(&mut item);
            item.remember(holders);
            self.put_item(turn, item);
        }
    }

    /// Takes a work item out of the books (B1).
    pub fn take_item(&mut self, turn: &mut Turn, conversation: ConversationId) -> Option<Item> {
        let item = self.items.remove(&conversation)?;
        self.unlist(&item);
        let stand = || Some(item.stand(&self.settings));
        turn.stands.entry(conversation).or_insert_with(stand);
        turn.desks.extend(item.slots.iter().map(|slot| slot.agent));
        turn.items.insert(conversation);
        Some(item)
    }

    /// Puts a work item into the books (B1).
    pub fn put_item(&mut self, turn: &mut Turn, item: Item) {
        self.list(&item);
        let conversation = item.report.conversation;
        turn.stands.entry(conversation).or_insert(None);
        turn.desks.extend(item.slots.iter().map(|slot| slot.agent));
        turn.items.insert(item.report.conversation);
        self.items.insert(item.report.conversation, item);
    }

    /// Changes the stored part of an agent (B1).
    pub fn change_agent(
        &mut self,
        turn: &mut Turn,
        agent: AgentId,
        change: impl FnOnce(&mut Agent),
    ) {
        let limit = |ledger: &Self| {
            let duty = ledger.roster.get(&agent)?;
            let Agent {
                role, deactivated, ..
            } = duty.agent;
            Some((duty.limit(&ledger.settings), (role, deactivated)))
        };
        let before = limit(self).unzip();
        self.change_duty(agent, |duty| change(&mut duty.agent));
        let after = limit(self).unzip();
        turn.is_act |= after.1 != before.1;
        if after.0 < before.0
            && let Some(duty) = self.roster.get_mut(&agent)
        {
            duty.leave_slots();
        }
        turn.agents.insert(agent);
        turn.desks.insert(agent);
    }

    /// Changes what an agent is doing (B1); nothing happens when there is no such agent.
    pub fn change_duty(&mut self, agent: AgentId, change: impl FnOnce(&mut Duty)) {
        let Some(duty) = self.roster.get_mut(&agent) else {
            return;
        };
        self.lanes.take_agent(duty, &self.settings);
        let was_on_duty = u32::from(duty.is_on_duty());
        let was_shown = duty.show(&self.settings);
        self.lines.leave(duty);
        change(duty);
        if duty.show(&self.settings) != was_shown {
            self.counts.colleagues = self.counts.colleagues.saturating_add(1);
        }
        self.lanes.put_agent(duty, &self.settings);
        self.lines.enter(duty);
        if duty.is_active_admin() {
            self.admins.insert(agent);
        } else {
            self.admins.remove(&agent);
        }
        if duty.agent.deactivated && !duty.slots.is_empty() {
            self.leavers.insert(agent);
        } else {
            self.leavers.remove(&agent);
        }
        let others = self.counts.available.saturating_sub(was_on_duty);
        self.counts.available = others.saturating_add(u32::from(duty.is_on_duty()));
    }

    /// Puts a seat where it was or was not yet.
    pub fn seat(&mut self, socket: SocketId, seat: Seat) {
        if !self.roster.contains_key(&seat.agent) {
            return;
        }
        if let Some(old) = self.sockets.get(&socket) {
            self.silences.remove(&(roster::silent_at(old), socket));
        }
        self.silences.insert((roster::silent_at(&seat), socket));
        if seat.device.is_some() {
            self.audience.insert(socket);
            self.change_duty(seat.agent, |duty| {
                duty.sockets.insert(socket);
            });
        }
        self.sockets.insert(socket, seat);
    }

    /// Takes a seat away.
    pub fn unseat(&mut self, socket: SocketId) -> bool {
        let Some(seat) = self.sockets.remove(&socket) else {
            return false;
        };
        self.silences.remove(&(roster::silent_at(&seat), socket));
        self.audience.remove(&socket);
        self.change_duty(seat.agent, |duty| {
            duty.sockets.remove(&socket);
            if duty.sockets.is_empty() {
                duty.shown = None;
            }
        });
        true
    }

    /// The sockets of an agent that have said hello.
    pub fn sockets_of(&self, agent: AgentId) -> Vec<SocketId> {
        let duty = self.roster.get(&agent);
        duty.map_or_else(Vec::new, |duty| duty.sockets.iter().copied().collect())
    }

    /// Removes a seat and closes its socket.
    pub fn close_socket(&mut self, turn: &mut Turn, socket: SocketId, code: CloseCode) {
        self.unseat(socket);
        turn.fresh.remove(&socket);
        turn.effects.push(Effect::Close { socket, code });
    }
}

const NO_COUNTS: Counts = Counts {
    waiting: 0,
    active: 0,
    wrapping_up: 0,
    available: 0,
    colleagues: 0,
};
