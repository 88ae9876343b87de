//! The shells around the machines, as `edge` has them: rows go to a fake disk in the turn and
//! before anything is sent, seats outlive the memory, one alarm, and every way to lose a turn.

mod calls;
mod conversation;
mod space;

use std::collections::{BTreeMap, BTreeSet};

use shared::conversation::{
    Birth, Conversation, Cursors, Entry, Event as Happened, Lifecycle, Row, Seat, Seq,
};
use shared::frame::SocketId;
use shared::id::{AgentId, ConversationId, FileId, SpaceId, VisitorId};
use shared::rights::Side;
use shared::settings::{Lists, Settings, Terms};
use shared::space::{
    Agent, AuditEntry, Doors, Item, ItemState, Past, Row as SpaceRow, Seat as SpaceSeat, Space,
};
use shared::time::Timestamp;

use crate::checks::Talk;
use crate::world::{Event, Host, Ms, World};

/// An object with nothing to do for this long may lose its memory, in milliseconds.
const HIBERNATION: Ms = 10_000;

/// What both kinds of object have.
#[derive(Debug, Default)]
pub struct Shell {
    /// How far its clock is off.
    pub skew: Ms,
    /// The alarm as the platform stores it: a moment of the world.
    alarm: Option<Ms>,
    last_turn: Ms,
    /// Counts its lives.
    pub generation: u32,
    /// The latest moment that this life of the machine has seen (K3).
    pub latest: Timestamp,
}

impl Shell {
    /// What the machine takes for now when the clock shows that.
    fn see(&mut self, clock: Timestamp, is_fresh: bool) -> Timestamp {
        self.latest = if is_fresh {
            clock
        } else {
            self.latest.max(clock)
        };
        self.latest
    }
}

#[derive(Debug)]
pub struct ConversationObject {
    pub id: ConversationId,
    pub shell: Shell,
    machine: Option<Conversation>,
    pub seats: BTreeMap<SocketId, Seat>,
    pub disk: ConversationDisk,
    /// Its files, which lie elsewhere.
    pub store: BTreeSet<FileId>,
}

/// The rows of a conversation, and their fold.
#[derive(Debug, Default)]
pub struct ConversationDisk {
    pub birth: Option<Birth>,
    /// By the agents' count.
    pub entries: Vec<(Entry, Option<Seq>)>,
    /// Places in `entries`, by the customer's count.
    pub public: Vec<usize>,
    reported: Option<Seq>,
    lists: Option<Lists>,
    /// Of every row that has some: what was written never falls.
    cursors: Vec<Cursors>,
    pub lifecycle: Option<Lifecycle>,
    pub talk: Talk,
}

impl ConversationDisk {
    pub const fn is_born(&self) -> bool {
        self.birth.is_some()
    }

    /// Those of the birth, which stay.
    pub fn settings(&self) -> Option<&Terms> {
        self.birth.as_ref().map(|birth| &birth.settings)
    }

    pub fn is_erased(&self) -> bool {
        let mut entries = self.entries.iter().rev();
        entries.any(|(entry, _)| entry.event == Happened::Erased)
    }

    pub fn is_of(&self, visitor: VisitorId) -> bool {
        let birth = self.birth.as_ref();
        birth.is_some_and(|birth| birth.visitor == visitor)
    }

    pub fn head(&self, side: Side) -> Seq {
        Seq(match side {
            Side::Agent => self.entries.len(),
            Side::Customer => self.public.len(),
        } as u64)
    }

    /// The entry at a place of that side's count, with the agents' number.
    pub fn entry(&self, side: Side, seq: Seq) -> Option<&Entry> {
        let place = usize::try_from(seq.0).ok()?.checked_sub(1)?;
        let place = match side {
            Side::Agent => place,
            Side::Customer => *self.public.get(place)?,
        };
        self.entries.get(place).map(|(entry, _)| entry)
    }

    fn rows(&self) -> Vec<Row> {
        let birth = self.birth.clone().map(Row::Birth).into_iter();
        let entries = self.entries.iter().map(|(entry, public)| Row::Entry {
            entry: entry.clone(),
            public: *public,
            cursors: None,
        });
        let reported = self.reported.map(|revision| Row::Reported { revision });
        let lists = self.lists.clone().map(Row::Lists);
        let cursors = self.cursors.iter().copied().map(Row::Cursors);
        birth
            .chain(entries)
            .chain(reported)
            .chain(lists)
            .chain(cursors)
            .collect()
    }
}

#[derive(Debug, Default)]
pub struct SpaceObject {
    pub shell: Shell,
    machine: Option<Space>,
    pub seats: BTreeMap<SocketId, SpaceSeat>,
    pub disk: SpaceDisk,
    turns: u64,
    /// When it last lost its memory.
    pub forgot_at: Ms,
}

#[derive(Debug, Default)]
pub struct SpaceDisk {
    row: Option<SpaceRow>,
    pub agents: BTreeMap<AgentId, Agent>,
    pub items: BTreeMap<ConversationId, Item>,
    /// What was a work item (R185).
    pub past: BTreeMap<(VisitorId, ConversationId), Past>,
    erasing: Option<SpaceRow>,
    /// Who is kept out, among others.
    pub doors: Option<Doors>,
    /// The audit log.
    pub acts: Vec<AuditEntry>,
}

impl ConversationDisk {
    /// Every row as the machine says that it becomes (ER2).
    fn blank(&mut self) {
        for row in self.rows() {
            match row.blanked() {
                Row::Birth(birth) => self.birth = Some(birth),
                Row::Entry { entry, public, .. } => {
                    let at = usize::try_from(entry.seq.0 - 1).unwrap();
                    self.entries[at] = (entry, public);
                }
                Row::Device { .. } | Row::Reported { .. } | Row::Lists(_) | Row::Cursors(_) => (),
            }
        }
        self.talk.erase();
        self.lifecycle = Lifecycle::begin(&self.entries[0].0);
        let lifecycle = self.lifecycle.as_mut().unwrap();
        self.entries[1..]
            .iter()
            .for_each(|(entry, _)| lifecycle.apply(entry));
    }
}

impl SpaceDisk {
    pub const fn row(&self) -> Option<&SpaceRow> {
        self.row.as_ref()
    }

    fn rows(&self) -> Vec<SpaceRow> {
        let agents = self.agents.values().cloned().map(SpaceRow::Agent);
        let items = self.items.values().cloned().map(SpaceRow::Item);
        self.row
            .clone()
            .into_iter()
            .chain(agents)
            .chain(items)
            .chain(self.erasing.clone())
            .chain(self.doors.clone().map(SpaceRow::Doors))
            .chain(self.acts.last().cloned().map(SpaceRow::Audit))
            .collect()
    }
}

/// How a turn ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Fate {
    Good,
    CrashBefore,
    CrashAfter,
}

impl World {
    /// The settings in force.
    pub fn settings_now(&self) -> &Settings {
        match &self.space.disk.row {
            Some(SpaceRow::Space { settings, .. }) => settings,
            _ => &self.settings,
        }
    }

    pub fn space_id(&self) -> SpaceId {
        "world".parse().unwrap()
    }

    fn fate(&mut self) -> Fate {
        if self.fault(self.swarm.crash_before) {
            Fate::CrashBefore
        } else if self.fault(self.swarm.crash_after) {
            Fate::CrashAfter
        } else {
            Fate::Good
        }
    }

    fn shell(&mut self, host: Host) -> &mut Shell {
        match host {
            Host::Space => &mut self.space.shell,
            Host::Conversation(conversation) => &mut self.conversations[conversation].shell,
        }
    }

    /// Whether the platform has put the object to sleep since its last turn.
    fn has_slept(&mut self, host: Host) -> bool {
        let now = self.now;
        let last_turn = core::mem::replace(&mut self.shell(host).last_turn, now);
        now >= last_turn + HIBERNATION && self.fault(self.swarm.hibernate)
    }

    /// The object dies: memory and sockets are gone, rows and alarm stay.
    pub fn crash(&mut self, host: Host, code: u16) {
        let seats: Vec<SocketId> = match host {
            Host::Space => {
                self.space.machine = None;
                self.space.forgot_at = self.now;
                let seats = core::mem::take(&mut self.space.seats);
                seats.into_keys().collect()
            }
            Host::Conversation(conversation) => {
                let object = &mut self.conversations[conversation];
                object.machine = None;
                core::mem::take(&mut object.seats).into_keys().collect()
            }
        };
        if let Host::Conversation(conversation) = host {
            self.forget_connections(conversation);
        }
        self.shell(host).generation += 1;
        let name = match host {
            Host::Space => u64::MAX,
            Host::Conversation(conversation) => conversation as u64,
        };
        self.note("crash", [name, seats.len() as u64], |_| format!("{host:?}"));
        for number in 0..self.sockets.len() {
            if self.sockets[number].host == host {
                self.cut_by_crash(number, code);
            }
        }
    }

    /// Moves the alarm to an earlier time if need be; one that is overdue is set again.
    fn set_alarm(&mut self, host: Host, deadline: Option<Timestamp>) {
        let Some(deadline) = deadline else { return };
        let skew = self.shell(host).skew;
        let at = self.moment(deadline, skew);
        let now = self.now;
        let stored = self.shell(host).alarm;
        if stored.is_some_and(|stored| stored <= at && stored > now) {
            return;
        }
        self.shell(host).alarm = Some(at);
        if self.fault(self.swarm.alarm_lost) {
            return;
        }
        let ring = if self.fault(self.swarm.alarm_late) {
            at + self.random.rate(10.0, 300_000.0) as Ms
        } else if self.fault(self.swarm.alarm_early) {
            self.random.range(now, at)
        } else {
            at
        };
        // A conversation rests for hours: beyond the end of the world nothing rings.
        self.at(ring, Event::Alarm(host, at));
        if self.fault(self.swarm.alarm_doubled) {
            let span = self.random.range(0, 5_000);
            self.at(ring + span, Event::Alarm(host, at));
        }
    }

    pub fn alarm(&mut self, host: Host, at: Ms) {
        let stored = &mut self.shell(host).alarm;
        if *stored == Some(at) {
            *stored = None;
        } else if self.is_healed {
            return;
        }
        let name = match host {
            Host::Space => u64::MAX,
            Host::Conversation(conversation) => conversation as u64,
        };
        self.note("alarm", [name, at], |_| String::new());
        match host {
            Host::Space => {
                self.space_turn(shared::space::Input::Tick);
            }
            Host::Conversation(conversation) => {
                self.conversation_turn(conversation, shared::conversation::Input::Tick);
            }
        }
        // A turn that was lost leaves the alarm to the platform, which rings again.
        if self.shell(host).alarm.is_none() {
            let span = self.random.range(1_000, 4_000);
            let again = self.now + span;
            let has_more = match host {
                Host::Space => self.space.machine.is_none(),
                Host::Conversation(conversation) => {
                    self.conversations[conversation].machine.is_none()
                }
            };
            if has_more {
                self.shell(host).alarm = Some(again);
                self.at(again, Event::Alarm(host, again));
            }
        }
    }

    /// The clock of an object jumps, and the platform's alarms with it.
    pub fn jump_clock(&mut self) {
        let host = self.any_host();
        let is_back = self.random.chance(0.4);
        let (least, most) = if is_back {
            (1_000.0, 30_000.0)
        } else {
            (1.0, 90_000_000.0)
        };
        let span = self.random.rate(least, most) as Ms;
        self.note("clock jump", [is_back.into(), span], |_| {
            format!("{host:?}")
        });
        let skew = &mut self.shell(host).skew;
        *skew = if is_back {
            skew.saturating_sub(span)
        } else {
            *skew + span
        };
        let now = self.now;
        self.shell(host).alarm = Some(now);
        self.at(now, Event::Alarm(host, now));
    }

    /// A row of the space is again what it was while an agent held the conversation.
    pub fn restore_row(&mut self) {
        let held = self.checks.held_rows.values();
        let lost = held.filter(|item| {
            let conversation = item.report.conversation;
            let row = self.space.disk.items.get(&conversation);
            row.is_some_and(|row| matches!(row.state, ItemState::Gone { .. }))
        });
        let lost: Vec<ConversationId> = lost.map(|item| item.report.conversation).collect();
        if lost.is_empty() {
            return;
        }
        let conversation = self.random.pick(&lost);
        self.note("row restored", [0, 0], |_| conversation.to_string());
        let item = self.checks.held_rows[&conversation].clone();
        for slot in &item.slots {
            *self.checks.slots.entry(slot.agent).or_default() += 1;
        }
        self.space.disk.items.insert(conversation, item);
        self.checks.gone.remove(&conversation);
        self.checks.from_backup.insert(conversation);
        self.crash(Host::Space, 1006);
    }

    /// The faults are over: whatever was lost or late rings.
    pub fn ring_every_alarm(&mut self) {
        let hosts = (0..self.conversations.len()).map(Host::Conversation);
        for host in hosts.chain([Host::Space]) {
            let now = self.now;
            self.shell(host).alarm = Some(now);
            self.at(now, Event::Alarm(host, now));
        }
    }
}
