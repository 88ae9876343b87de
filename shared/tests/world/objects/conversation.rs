//! The shell around a conversation: turn, rows, sends.

use std::collections::{BTreeMap, BTreeSet};

use shared::conversation::{self, Conversation, Entry, Lifecycle, Row, Seq};
use shared::frame::{BACKLOG_MAX, ENTRIES_MAX, FromServer};
use shared::id::ConversationId;
use shared::mutant::{self, Mutant};
use shared::rights::Side;
use shared::time::Timestamp;

use super::{ConversationDisk, ConversationObject, Fate, Shell};
use crate::world::{Host, World};

impl World {
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
            self.forget_connections(number);
        }
        let object = &mut self.conversations[number];
        let seen = object.shell.see(now, object.machine.is_none());
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
            self.commit_of_conversation(number, effect, seen);
        }
        self.check_erased(number);
        self.set_alarm(host, deadline);
        if fate == Fate::CrashAfter {
            self.note("crash after commit", [number as u64, 0], |_| String::new());
            self.crash(host, 1006);
            return None;
        }
        self.send_of_conversation(number, &effects);
        Some(effects)
    }

    pub(super) fn commit_of_conversation(
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
                    Row::Entry {
                        entry,
                        public,
                        cursors,
                    } => {
                        disk.cursors.extend(cursors);
                        match &mut disk.lifecycle {
                            Some(lifecycle) => lifecycle.apply(&entry),
                            None => disk.lifecycle = Lifecycle::begin(&entry),
                        }
                        disk.talk.learn(&entry, public);
                        disk.public.extend(public.map(|_| disk.entries.len()));
                        disk.entries.push((entry, public));
                    }
                    Row::Device { .. } => (),
                    Row::Reported { revision } => disk.reported = Some(revision),
                    Row::Lists(lists) => disk.lists = Some(lists),
                    Row::Cursors(cursors) => disk.cursors.push(cursors),
                }
                if let Row::Entry { entry, .. } = row {
                    self.check_cover_after(number, entry);
                }
            }
            conversation::Effect::Erase => {
                let object = &mut self.conversations[number];
                object.disk.blank();
                object.store.clear();
            }
            conversation::Effect::RemoveFile(file) => {
                self.conversations[number].store.remove(file);
            }
            conversation::Effect::Check(sent) => self.is_asked_about(number, sent.file),
            conversation::Effect::Forget => {
                self.conversations[number].disk = ConversationDisk::default();
                self.conversations[number].store.clear();
                self.checks.forget(number);
                // Its sockets are closed by it, which takes a moment to arrive.
                self.checks.last_entry_at = self.now;
            }
            conversation::Effect::Keep { socket, seat } => {
                let object = &mut self.conversations[number];
                object.seats.insert(*socket, seat.clone());
            }
            conversation::Effect::Send { .. }
            | conversation::Effect::Backlog { .. }
            | conversation::Effect::Close { .. }
            | conversation::Effect::Mail { .. }
            | conversation::Effect::Report(_)
            | conversation::Effect::Begun
            | conversation::Effect::Answer(_)
            | conversation::Effect::Replied { .. }
            | conversation::Effect::Slowed { .. } => (),
        }
    }

    pub(super) fn send_of_conversation(&mut self, number: usize, effects: &[conversation::Effect]) {
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
                conversation::Effect::Replied { id, reply, .. } => {
                    self.conversation_replies(number, *id, reply);
                }
                conversation::Effect::Save(_)
                | conversation::Effect::Mail { .. }
                | conversation::Effect::Erase
                | conversation::Effect::RemoveFile(_)
                | conversation::Effect::Check(_)
                | conversation::Effect::Forget
                | conversation::Effect::Keep { .. }
                | conversation::Effect::Begun
                | conversation::Effect::Answer(_)
                | conversation::Effect::Slowed { .. } => (),
            }
        }
    }

    /// Reads the backlog from the disk, as the shell does.
    pub(super) fn send_backlog(
        &mut self,
        number: usize,
        to: usize,
        side: Side,
        after: Seq,
        head: Seq,
    ) {
        let machine = self.conversations[number].machine.as_ref();
        let disk = &self.conversations[number].disk;
        let last = Seq(head.0.min(after.0 + BACKLOG_MAX));
        let entries: Vec<Entry> = (after.0 + 1..=last.0)
            .filter_map(|seq| {
                let seq = Seq(seq);
                let mut entry = disk.entry(side, seq)?.clone();
                if let Some(machine) = machine {
                    machine.show(entry.seq, &mut entry);
                }
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

    /// The object of that name, which is there as soon as somebody asks for it.
    pub fn object_of(&mut self, id: ConversationId) -> usize {
        match self.by_id.get(&id) {
            Some(number) => *number,
            None => self.new_conversation(id),
        }
    }

    /// A new object, unborn.
    fn new_conversation(&mut self, id: ConversationId) -> usize {
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
            store: BTreeSet::new(),
        });
        self.by_id.insert(id, number);
        number
    }

    /// The machine, as long as it is awake.
    pub fn machine_in_memory(&self, number: usize) -> Option<&Conversation> {
        self.conversations[number].machine.as_ref()
    }

    /// The machine's own answer, for comparison with its disk at the end.
    pub fn lifecycle_in_memory(&self, number: usize) -> Option<&Lifecycle> {
        self.conversations[number].machine.as_ref()?.lifecycle()
    }
}
