//! The shells around the machines, as `edge` has them: rows go to a fake disk in the turn and
//! before anything is sent, seats outlive the memory, one alarm, and every way to lose a turn.

use std::collections::BTreeMap;

use shared::conversation::{
    self, Conversation, Cursors, Entry, Instruction, Lifecycle, Report, Row, Seq,
};
use shared::frame::{BACKLOG_MAX, ENTRIES_MAX, FromServer, SocketId};
use shared::id::{AgentId, ConversationId, DeviceId, SpaceId};
use shared::mutant::{self, Mutant};
use shared::rights::Side;
use shared::space::{self, Agent, Item, Space};
use shared::time::Timestamp;

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
}

#[derive(Debug)]
pub struct ConversationObject {
    pub id: ConversationId,
    pub shell: Shell,
    machine: Option<Conversation>,
    pub seats: BTreeMap<SocketId, conversation::Seat>,
    pub disk: ConversationDisk,
}

/// The rows of a conversation, and their fold.
#[derive(Debug, Default)]
pub struct ConversationDisk {
    birth: Option<conversation::Birth>,
    /// By the agents' count.
    pub entries: Vec<(Entry, Option<Seq>)>,
    /// Places in `entries`, by the customer's count.
    pub public: Vec<usize>,
    devices: BTreeMap<DeviceId, u32>,
    reported: Option<Seq>,
    cursors: Option<Cursors>,
    pub lifecycle: Option<Lifecycle>,
}

impl ConversationDisk {
    pub const fn is_born(&self) -> bool {
        self.birth.is_some()
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
        });
        let devices = self.devices.iter().map(|(device, connection)| Row::Device {
            device: *device,
            connection: *connection,
        });
        let reported = self.reported.map(|revision| Row::Reported { revision });
        let cursors = self.cursors.map(Row::Cursors);
        birth
            .chain(entries)
            .chain(devices)
            .chain(reported)
            .chain(cursors)
            .collect()
    }
}

#[derive(Debug, Default)]
pub struct SpaceObject {
    pub shell: Shell,
    machine: Option<Space>,
    pub seats: BTreeMap<SocketId, space::Seat>,
    pub disk: SpaceDisk,
    turns: u64,
}

#[derive(Debug, Default)]
pub struct SpaceDisk {
    row: Option<space::Row>,
    pub agents: BTreeMap<AgentId, Agent>,
    pub items: BTreeMap<ConversationId, Item>,
}

impl SpaceDisk {
    fn rows(&self) -> Vec<space::Row> {
        let agents = self.agents.values().cloned().map(space::Row::Agent);
        let items = self.items.values().cloned().map(space::Row::Item);
        self.row
            .clone()
            .into_iter()
            .chain(agents)
            .chain(items)
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

    /// One turn of a conversation: the effects that answer a call, or `None` when it was lost.
    pub fn conversation_turn(
        &mut self,
        number: usize,
        input: conversation::Input,
    ) -> Option<Vec<conversation::Effect>> {
        let host = Host::Conversation(number);
        let has_slept = self.has_slept(host);
        let fate = self.fate();
        let now = self.clock(self.conversations[number].shell.skew);
        let object = &mut self.conversations[number];
        if has_slept {
            object.machine = None;
        }
        let (disk, seats) = (&object.disk, &object.seats);
        let machine = object
            .machine
            .get_or_insert_with(|| Conversation::restore(disk.rows(), seats.clone(), now));
        let effects = machine.handle(now, input);
        if let Err(broken) = machine.check() {
            self.violate(broken.rule, || broken.to_string());
            return None;
        }
        let deadline = machine.next_deadline();
        if fate == Fate::CrashBefore {
            if mutant::is(Mutant::AckBeforeCommit) {
                self.send_of_conversation(number, &effects);
            }
            self.note("crash before commit", [number as u64, 0], |_| String::new());
            self.crash(host, 1006);
            return None;
        }
        for effect in &effects {
            self.commit_of_conversation(number, effect, now);
        }
        self.set_alarm(host, deadline);
        if fate == Fate::CrashAfter {
            self.note("crash after commit", [number as u64, 0], |_| String::new());
            self.crash(host, 1006);
            return None;
        }
        self.send_of_conversation(number, &effects);
        Some(effects)
    }

    fn commit_of_conversation(
        &mut self,
        number: usize,
        effect: &conversation::Effect,
        now: Timestamp,
    ) {
        match effect {
            conversation::Effect::Save(row) => {
                self.check_row(number, row, now);
                let disk = &mut self.conversations[number].disk;
                match row.clone() {
                    Row::Birth(birth) => disk.birth = Some(birth),
                    Row::Entry { entry, public } => {
                        match &mut disk.lifecycle {
                            Some(lifecycle) => lifecycle.apply(&entry),
                            None => disk.lifecycle = Lifecycle::begin(&entry),
                        }
                        disk.public.extend(public.map(|_| disk.entries.len()));
                        disk.entries.push((entry, public));
                    }
                    Row::Device { device, connection } => {
                        disk.devices.insert(device, connection);
                    }
                    Row::Reported { revision } => disk.reported = Some(revision),
                    Row::Cursors(cursors) => disk.cursors = Some(cursors),
                }
                if let Row::Entry { entry, .. } = row {
                    self.check_cover_after(number, entry);
                }
            }
            conversation::Effect::Keep { socket, seat } => {
                let object = &mut self.conversations[number];
                object.seats.insert(*socket, seat.clone());
            }
            conversation::Effect::Send { .. }
            | conversation::Effect::Backlog { .. }
            | conversation::Effect::Close { .. }
            | conversation::Effect::Report(_)
            | conversation::Effect::Begun
            | conversation::Effect::Answer(_) => (),
        }
    }

    fn send_of_conversation(&mut self, number: usize, effects: &[conversation::Effect]) {
        for effect in effects {
            match effect {
                conversation::Effect::Send { to, frame } => {
                    for socket in to {
                        self.check_send(socket.0 as usize, number, frame);
                        self.send_to_client(socket.0 as usize, frame.clone());
                    }
                }
                conversation::Effect::Backlog {
                    to,
                    side,
                    after,
                    head,
                } => self.send_backlog(number, to.0 as usize, *side, *after, *head),
                conversation::Effect::Close { socket, code } => {
                    self.conversations[number].seats.remove(socket);
                    self.close(socket.0 as usize, code.number());
                }
                conversation::Effect::Report(report) => self.send_report(report),
                conversation::Effect::Save(_)
                | conversation::Effect::Keep { .. }
                | conversation::Effect::Begun
                | conversation::Effect::Answer(_) => (),
            }
        }
    }

    /// Reads the backlog from the disk, as the shell does.
    fn send_backlog(&mut self, number: usize, to: usize, side: Side, after: Seq, head: Seq) {
        let disk = &self.conversations[number].disk;
        let last = Seq(head.0.min(after.0 + BACKLOG_MAX));
        let entries: Vec<Entry> = (after.0 + 1..=last.0)
            .filter_map(|seq| {
                let seq = Seq(seq);
                let entry = disk.entry(side, seq)?.clone();
                Some(Entry { seq, ..entry })
            })
            .collect();
        for entries in entries.chunks(ENTRIES_MAX) {
            let frame = FromServer::Entries(entries.to_vec());
            self.check_send(to, number, &frame);
            self.send_to_client(to, frame);
        }
        let frame = if last < head {
            FromServer::Limited { head }
        } else {
            FromServer::Live { head }
        };
        self.send_to_client(to, frame);
    }

    /// One turn of the space: the effects that answer a call, or `None` when it was lost.
    pub fn space_turn(&mut self, input: space::Input) -> Option<Vec<space::Effect>> {
        let has_slept = self.has_slept(Host::Space);
        let fate = self.fate();
        let now = self.clock(self.space.shell.skew);
        let sets_availability = is_set_available(&input);
        let is_alarm = matches!(input, space::Input::Tick);
        if has_slept {
            self.space.machine = None;
        }
        let (disk, seats) = (&self.space.disk, &self.space.seats);
        let machine = self
            .space
            .machine
            .get_or_insert_with(|| Space::restore(disk.rows(), seats.clone(), now));
        if is_alarm {
            // Heartbeats are answered without the space: it is told before it judges.
            for (socket, _) in seats.clone() {
                if let Some(at) = self.sockets[socket.0 as usize].answered_at.take() {
                    let ago = core::time::Duration::from_millis(self.now - at);
                    let at = now - ago;
                    for effect in machine.handle(now, space::Input::Heard { socket, at }) {
                        if let space::Effect::Keep { socket, seat } = effect {
                            self.space.seats.insert(socket, seat);
                        }
                    }
                }
            }
        }
        let effects = machine.handle(now, input);
        self.space.turns += 1;
        let verdict = if self.space.turns.is_multiple_of(32) {
            machine.check().and_then(|()| machine.audit())
        } else {
            machine.check()
        };
        let deadline = machine.next_deadline();
        if let Err(broken) = verdict {
            self.violate(broken.rule, || broken.to_string());
            return None;
        }
        if fate == Fate::CrashBefore {
            self.note("space crash before commit", [0, 0], |_| String::new());
            self.crash(Host::Space, 1006);
            return None;
        }
        let before = self.space_before(&effects);
        for effect in &effects {
            self.commit_of_space(effect, now);
        }
        self.check_space(before, now, sets_availability);
        self.set_alarm(Host::Space, deadline);
        if fate == Fate::CrashAfter {
            self.note("space crash after commit", [0, 0], |_| String::new());
            self.crash(Host::Space, 1006);
            return None;
        }
        self.send_of_space(&effects);
        Some(effects)
    }

    fn commit_of_space(&mut self, effect: &space::Effect, now: Timestamp) {
        match effect {
            space::Effect::Save(row) => match row {
                space::Row::Space { .. } => self.space.disk.row = Some(row.clone()),
                space::Row::Agent(agent) => {
                    self.space.disk.agents.insert(agent.agent, agent.clone());
                }
                space::Row::Item(item) => {
                    self.check_item(item, now);
                    let conversation = item.report.conversation;
                    self.space.disk.items.insert(conversation, item.clone());
                }
            },
            space::Effect::Remove(conversation) => {
                self.space.disk.items.remove(conversation);
                self.checks.gone.insert(*conversation);
            }
            space::Effect::Keep { socket, seat } => {
                self.space.seats.insert(*socket, seat.clone());
            }
            space::Effect::Close { socket, .. } => {
                self.space.seats.remove(socket);
            }
            space::Effect::Send { .. }
            | space::Effect::Instruct { .. }
            | space::Effect::Admitted(_)
            | space::Effect::Confirmed { .. }
            | space::Effect::Created
            | space::Effect::Denied(_) => (),
        }
    }

    fn send_of_space(&mut self, effects: &[space::Effect]) {
        for effect in effects {
            match effect {
                space::Effect::Send { to, frame } => {
                    for socket in to {
                        self.send_to_client(socket.0 as usize, frame.clone());
                    }
                }
                space::Effect::Close { socket, code } => {
                    self.close(socket.0 as usize, code.number());
                }
                space::Effect::Instruct {
                    conversation,
                    instruction,
                } => self.send_instruction(*conversation, instruction),
                space::Effect::Save(_)
                | space::Effect::Remove(_)
                | space::Effect::Keep { .. }
                | space::Effect::Admitted(_)
                | space::Effect::Confirmed { .. }
                | space::Effect::Created
                | space::Effect::Denied(_) => (),
            }
        }
    }

    /// The object dies: memory and sockets are gone, rows and alarm stay.
    pub fn crash(&mut self, host: Host, code: u16) {
        let seats: Vec<SocketId> = match host {
            Host::Space => {
                self.space.machine = None;
                let seats = core::mem::take(&mut self.space.seats);
                seats.into_keys().collect()
            }
            Host::Conversation(conversation) => {
                let object = &mut self.conversations[conversation];
                object.machine = None;
                core::mem::take(&mut object.seats).into_keys().collect()
            }
        };
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
                self.space_turn(space::Input::Tick);
            }
            Host::Conversation(conversation) => {
                self.conversation_turn(conversation, conversation::Input::Tick);
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

    /// The faults are over: whatever was lost or late rings.
    pub fn ring_every_alarm(&mut self) {
        let hosts = (0..self.conversations.len()).map(Host::Conversation);
        for host in hosts.chain([Host::Space]) {
            let now = self.now;
            self.shell(host).alarm = Some(now);
            self.at(now, Event::Alarm(host, now));
        }
    }

    // Calls between the objects.

    /// Sends a call or an answer: none, one or two of them arrive.
    fn call(&mut self, event: &Event) {
        let count = if self.fault(self.swarm.call_lost) {
            0
        } else if self.fault(self.swarm.call_doubled) {
            2
        } else {
            1
        };
        for _ in 0..count {
            let way = if self.fault(self.swarm.call_late) {
                self.random.pick(&[300, 2_000, 8_000, 40_000, 300_000])
            } else {
                self.random.pick(&[5, 20])
            };
            self.after(way, event.clone());
        }
    }

    fn send_report(&mut self, report: &Report) {
        self.call(&Event::Report(Box::new(report.clone())));
    }

    pub fn report_arrives(&mut self, report: Report) {
        let number = self.by_id[&report.conversation];
        self.note("report", [number as u64, report.revision.0], |_| {
            format!("{:?}", report.standing)
        });
        let generation = self.conversations[number].shell.generation;
        let effects = self.space_turn(space::Input::Reported(report));
        for effect in effects.into_iter().flatten() {
            if let space::Effect::Confirmed { revision } = effect {
                self.call(&Event::Confirmed(number, revision, generation));
            }
        }
    }

    pub fn confirmation_arrives(&mut self, number: usize, revision: Seq, generation: u32) {
        // The call dies with the object that made it.
        if self.conversations[number].shell.generation == generation {
            self.conversation_turn(number, conversation::Input::Reported { revision });
        }
    }

    fn send_instruction(&mut self, conversation: ConversationId, instruction: &Instruction) {
        let number = self.by_id[&conversation];
        self.call(&Event::Instruct(number, Box::new(instruction.clone())));
    }

    pub fn instruction_arrives(&mut self, number: usize, instruction: Instruction) {
        self.note("instruction", [number as u64, 0], |_| {
            format!("{instruction:?}")
        });
        let fence = match &instruction {
            Instruction::Assign(assignment) => Some(assignment.fence),
            Instruction::Describe => None,
        };
        let generation = self.space.shell.generation;
        let input = conversation::Input::Instructed(instruction);
        let effects = self.conversation_turn(number, input);
        for effect in effects.into_iter().flatten() {
            if let conversation::Effect::Answer(answer) = effect {
                let answer = Box::new(answer);
                self.call(&Event::Answered(number, fence, answer, generation));
            }
        }
    }

    pub fn answer_arrives(
        &mut self,
        number: usize,
        fence: Option<conversation::Fence>,
        answer: conversation::Answer,
        generation: u32,
    ) {
        if self.space.shell.generation != generation {
            return;
        }
        self.note("answer", [number as u64, 0], |_| {
            format!("{:?}", answer.outcome)
        });
        let conversation = self.conversations[number].id;
        self.space_turn(space::Input::Answered {
            conversation,
            fence,
            answer,
        });
    }

    /// A new object, unborn.
    pub fn new_conversation(&mut self, id: ConversationId) -> usize {
        let number = self.conversations.len();
        let skew = self.random.range(0, 1) * self.random.range(0, 600_000);
        self.conversations.push(ConversationObject {
            id,
            shell: Shell {
                skew,
                ..Shell::default()
            },
            machine: None,
            seats: BTreeMap::new(),
            disk: ConversationDisk::default(),
        });
        self.by_id.insert(id, number);
        number
    }

    /// The machine's own answer, for comparison with its disk at the end.
    pub fn lifecycle_in_memory(&self, number: usize) -> Option<&Lifecycle> {
        self.conversations[number].machine.as_ref()?.lifecycle()
    }

    pub fn audit_space(&self) -> Result<(), space::Broken> {
        self.space.machine.as_ref().map_or(Ok(()), Space::audit)
    }
}

fn is_set_available(input: &space::Input) -> bool {
    use shared::frame::ToServer;
    matches!(
        input,
        space::Input::Frame {
            frame: ToServer::Send {
                command: space::Command::SetAvailable { .. },
                ..
            },
            ..
        }
    )
}
