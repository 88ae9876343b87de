//! Places: what the customers who wait are told of their line (P20).
//!
//! - **R95** The line of a queue is whatever waits for an agent, what is offered or being assigned
//!   included, in the order in which it began to wait. The place of one is its number, from 1.
//!   The confirmation of a report carries it.
//! - **R96** A conversation is told its place again when its number has changed: each of the first
//!   20, behind them every quarter or so ([`super::line`]). What changes within [`PLACES_PAUSE`]
//!   goes out together, at most [`PLACES_MAX`] at a time, the first in line first. It is told
//!   once, is stored nowhere and may get lost: the newest by [`Place::as_of`] wins. So the
//!   30th in line costs some 20 requests in its whole wait, the 1,000th at most 37.
//! - **R97** The wait is estimated from the newest [`RECENT_MAX`] assignments of the queue within
//!   [`RECENT`]: the number times the mean time that these stood at the head of the line. None is
//!   told from fewer than [`RECENT_MIN`].
//! - **R98** A place says whether anybody on duty could serve the customer (F12, R103), and everybody
//!   in line is told when that changes for longer than a moment, and when the queue opens or closes
//!   (R52).

use core::time::Duration;

use serde::{Deserialize, Serialize};

use super::Effect;
use super::attendance::Attendance;
use super::duty::Duty;
use super::hours::Openness;
use super::lanes::Need;
use super::ledger::Ledger;
use super::line::{Line, Spot};
use super::row::{Item, ItemState};
use super::turn::{Confirmed, Turn};
use crate::conversation::{Instruction, Standing};
use crate::id::ConversationId;
use crate::mutant::{self, Mutant};
use crate::settings::Settings;
use crate::sorted::{SortedMap, SortedSet};
use crate::text::Label;
use crate::time::Timestamp;

/// Least time between two places that one customer is told: 5 s. Chosen: nobody reads faster.
pub const PLACES_PAUSE: Duration = Duration::from_secs(5);
/// Most customers who are told at a time. Chosen: with the pause 20 requests a second, a fiftieth
/// of what one object takes.
pub const PLACES_MAX: usize = 100;
/// How far back assignments count for an estimate: 1 h.
pub const RECENT: Duration = Duration::from_secs(3_600);
/// Fewest assignments of an estimate.
pub const RECENT_MIN: usize = 3;
/// Most assignments of an estimate.
pub const RECENT_MAX: usize = 20;

/// Where a customer stands in line.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Place {
    /// The space's clock when it was told: a later one replaces an earlier one.
    pub as_of: Timestamp,
    /// The number in line, from 1.
    pub number: u32,
    /// About how long it will take, in seconds; `None` while nobody can tell.
    pub wait_s: Option<u32>,
    /// True while somebody on duty could serve the customer.
    pub on_duty: bool,
    /// True while the queue's hours run.
    pub open_now: bool,
    /// When they begin, while they do not run.
    pub opens_at: Option<Timestamp>,
}

/// An assignment: when, since when it had waited, and which.
type Assigned = (Timestamp, Timestamp, ConversationId);

/// What an item is in these indexes: its queue, its spot in line and what it needs there, its
/// assignment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Stand {
    queue: Label,
    spot: Option<(Spot, Need)>,
    assigned: Option<Assigned>,
}

/// The lines of a space, and what its customers are still to be told.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Lines {
    lines: SortedMap<Label, Line>,
    assigned: SortedMap<Label, SortedSet<Assigned>>,
    /// Who is on duty for them.
    attendance: Attendance,
    /// True when somebody who waits was told something else of who is on duty, at the last look.
    has_changed_duty: bool,
    /// Who is to be told another number.
    moved: SortedSet<Spot>,
    /// When customers were last told.
    told_at: Option<Timestamp>,
    /// When they are told next.
    pub due_at: Option<Timestamp>,
}

impl Lines {
    pub const fn new() -> Self {
        Self {
            lines: SortedMap::new(),
            assigned: SortedMap::new(),
            attendance: Attendance::new(),
            has_changed_duty: false,
            moved: SortedSet::new(),
            told_at: None,
            due_at: None,
        }
    }

    /// Puts an item in; `agents` are all.
    pub fn put<'a>(&mut self, stand: Stand, agents: impl Iterator<Item = &'a Duty>) {
        let Stand {
            queue,
            spot,
            assigned,
        } = stand;
        if let Some(assigned) = assigned {
            let known = self.assigned.entry(queue.clone()).or_default();
            known.insert(assigned);
        }
        if let Some((spot, need)) = spot {
            self.attendance.put(need, agents);
            let line = self.lines.entry(queue).or_default();
            line.put(spot, &mut self.moved);
        }
    }

    /// Takes an item out.
    pub fn take(&mut self, stand: &Stand) {
        if let Some(assigned) = &stand.assigned
            && let Some(known) = self.assigned.get_mut(&stand.queue)
        {
            known.remove(assigned);
            if known.is_empty() {
                self.assigned.remove(&stand.queue);
            }
        }
        if let Some((spot, need)) = &stand.spot
            && let Some(line) = self.lines.get_mut(&stand.queue)
        {
            self.attendance.take(need);
            line.take(*spot, &mut self.moved);
            if line.is_empty() {
                self.lines.remove(&stand.queue);
            }
        }
    }

    /// An agent is about to change: the agent is counted out.
    pub fn leave(&mut self, duty: &Duty) {
        self.attendance.leave(duty);
    }

    /// An agent has changed: the agent is counted in again.
    pub fn enter(&mut self, duty: &Duty) {
        self.attendance.enter(duty);
        self.has_changed_duty |= self.attendance.is_wrong();
    }

    /// Other settings may need other skills: `anew` has counted them.
    pub fn recount(&mut self, anew: Self) {
        self.attendance = core::mem::take(&mut self.attendance).recounted(anew.attendance);
        self.has_changed_duty |= self.attendance.is_wrong();
    }

    /// The same with nobody left to tell: after a wake everybody knows what is so.
    pub fn settled(mut self) -> Self {
        for line in self.lines.values_mut() {
            line.untold = None;
        }
        Self {
            attendance: self.attendance.settled(),
            has_changed_duty: false,
            moved: SortedSet::new(),
            told_at: None,
            due_at: None,
            ..self
        }
    }

    /// True when somebody waits in a queue.
    pub fn has(&self, queue: &Label) -> bool {
        self.lines.contains_key(queue)
    }

    /// Everybody who waits in a queue is told again: it has opened or closed.
    pub fn retell(&mut self, now: Timestamp, queue: &Label) {
        if let Some(line) = self.lines.get_mut(queue) {
            line.untold = line.first();
            let pause_over = self.told_at.map_or(now, |at| at + PLACES_PAUSE);
            let due = pause_over.max(now);
            self.due_at = Some(self.due_at.map_or(due, |known| known.min(due)));
        }
    }

    /// When the next round is, seen from `now`.
    fn plan(&mut self, now: Timestamp) {
        let mut dues = [self.due_at, None, None];
        if !self.moved.is_empty() {
            let pause_over = self.told_at.map(|at| at + PLACES_PAUSE);
            dues[1] = Some(pause_over.map_or(now, |at| at.max(now)));
        }
        if core::mem::take(&mut self.has_changed_duty) {
            // Somebody whose page reloads is away for a moment only.
            let is_wrong = self.attendance.is_wrong();
            dues[2] = is_wrong.then(|| now + PLACES_PAUSE);
        }
        self.due_at = dues.into_iter().flatten().min();
    }

    /// Whom to tell in this round.
    fn round(&mut self, now: Timestamp) -> SortedSet<ConversationId> {
        let mut round = SortedSet::new();
        while let Some(spot) = self.moved.pop_first() {
            round.insert(spot.1);
            if round.len() == PLACES_MAX {
                break;
            }
        }
        let mut is_through = self.moved.is_empty();
        for need in self.attendance.tell() {
            if let Some(line) = self.lines.get_mut(&need.queue) {
                line.untold = line.first();
            }
        }
        for line in self.lines.values_mut() {
            while round.len() < PLACES_MAX
                && let Some(spot) = line.next_untold()
            {
                round.insert(spot.1);
            }
            is_through &= line.untold.is_none();
        }
        self.told_at = Some(now);
        self.due_at = (!is_through).then(|| now + PLACES_PAUSE);
        round
    }

    /// About how long the one with that number has to wait (R97).
    fn wait_s(&self, now: Timestamp, queue: &Label, number: u32) -> Option<u32> {
        let since = now - RECENT;
        let known = self.assigned.get(queue)?;
        let mut newest = known.iter().rev().peekable();
        let (mut count, mut total_ms) = (0, 0);
        while let Some((at, waiting_since, _)) = newest.next() {
            if *at < since || count == RECENT_MAX {
                break;
            }
            let before = newest.peek().map(|(before, ..)| *before);
            let head_since = before.unwrap_or(*waiting_since).max(*waiting_since);
            total_ms += crate::time::millis(at.since(head_since));
            count += 1;
        }
        if count < RECENT_MIN {
            return None;
        }
        let wait_ms = u64::from(number).saturating_mul(total_ms) / count as u64;
        Some(u32::try_from(wait_ms.div_ceil(1_000)).unwrap_or(u32::MAX))
    }
}

impl Item {
    /// What it is in the lines.
    pub(super) fn stand(&self, settings: &Settings) -> Stand {
        let conversation = self.report.conversation;
        let is_gone = matches!(self.state, ItemState::Gone { .. });
        let waits = !is_gone && self.report.standing == Standing::Waiting;
        Stand {
            queue: self.report.queue.clone(),
            spot: waits.then(|| {
                let spot = (self.waiting_since, conversation);
                (spot, Need::of(self, settings))
            }),
            assigned: self
                .assigned_at
                .map(|at| (at, self.waiting_since, conversation)),
        }
    }
}

impl Ledger {
    /// Brings the lines up to date with what the turn changed, and tells who moved (R96). Asked at
    /// the end of every turn.
    pub fn tell_places(&mut self, turn: &mut Turn) {
        self.line_up(turn);
        if let Some(confirmed) = turn.confirmed.take() {
            let Confirmed {
                conversation,
                revision,
                lists,
                waits,
            } = confirmed;
            let place = self.place(turn.now, conversation);
            let lists = self.newer_lists(lists);
            let open = waits.map(|(queue, waits_ms)| self.open_time(turn.now, &queue, waits_ms));
            turn.effects.push(Effect::Confirmed {
                revision,
                place,
                lists,
                open,
            });
        }
        self.lines.plan(turn.now);
        if self.lines.due_at.is_some_and(|due| due <= turn.now) {
            for conversation in self.lines.round(turn.now) {
                if mutant::is(Mutant::PlaceToldOnce) {
                    continue;
                }
                if let Some(place) = self.place(turn.now, conversation) {
                    self.instruct(turn, conversation, Instruction::Place(place));
                }
            }
        }
    }

    /// Brings the lines up to date with what the turn changed so far.
    pub fn line_up(&mut self, turn: &mut Turn) {
        for (conversation, before) in core::mem::take(&mut turn.stands) {
            let item = self.items.get(&conversation);
            let after = item.map(|item| item.stand(&self.settings));
            if before != after {
                before.iter().for_each(|stand| self.lines.take(stand));
                if let Some(after) = after {
                    self.lines.put(after, self.roster.values());
                }
            }
        }
    }

    /// The place of a conversation; `None` for one that does not wait (R95).
    fn place(&self, now: Timestamp, conversation: ConversationId) -> Option<Place> {
        let stand = self.items.get(&conversation)?.stand(&self.settings);
        let line = self.lines.lines.get(&stand.queue)?;
        let (spot, need) = stand.spot?;
        let number = line.number(spot);
        let Openness { open_now, opens_at } = self.openness(now, &stand.queue);
        Some(Place {
            as_of: now,
            number,
            wait_s: self.lines.wait_s(now, &stand.queue, number),
            on_duty: self.lines.attendance.has(&need),
            open_now,
            opens_at,
        })
    }

    /// The lines as rows and seats say.
    pub fn lines_anew(&self) -> Lines {
        let mut lines = Lines::new();
        for item in self.items.values() {
            lines.put(item.stand(&self.settings), self.roster.values());
        }
        lines.settled()
    }
}
