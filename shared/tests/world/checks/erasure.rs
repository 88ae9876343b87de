//! What is left of people who were erased: nothing, anywhere (M10, ER1 to ER4, R185 to R191).

use core::fmt::Debug;
use std::collections::BTreeSet;

use shared::conversation::{Entry, Event, Row};
use shared::frame::FromServer;
use shared::id::{AgentId, ConversationId, VisitorId};
use shared::space::{Deed, Earlier, FOUND_MAX, Item};

use crate::world::World;

/// What people write in this world, and what customers are called.
const WORDS: [&str; 9] = [
    "\"message ",
    "\"by a program ",
    "\"a note between us",
    "\"please go on",
    "\"Router is dead",
    "\"nobody there",
    "Zo\u{eb}",
    "zoe@",
    "Larch & Sons",
];

/// The address of every customer.
pub const ADDRESS: &str = "zoe@larch.example";

/// The first of the words that something holds.
fn word_in(thing: &impl Debug) -> Option<&'static str> {
    let text = format!("{thing:?}");
    WORDS.into_iter().find(|word| text.contains(word))
}

impl World {
    /// The space has these erased: what is born by then has to go.
    pub fn erasure_is_asked(&mut self, conversations: &[ConversationId]) {
        for conversation in conversations {
            let object = self.by_id.get(conversation);
            let birth = object.and_then(|it| self.conversations[*it].disk.birth.as_ref());
            if let Some(birth) = birth {
                self.checks.erasing.insert(*conversation, birth.visitor);
            }
        }
    }

    /// M10, on the disk and in memory, after a turn of a conversation.
    pub fn check_erased(&mut self, number: usize) {
        let object = &self.conversations[number];
        if !object.disk.is_erased() {
            return;
        }
        let stored = word_in(&object.disk);
        let known = word_in(&self.machine_in_memory(number));
        if let Some(word) = stored {
            self.violate("M10", || format!("{number} is erased and stores {word:?}"));
        } else if let Some(word) = known {
            self.violate("M10", || format!("{number} is erased and knows {word:?}"));
        }
    }

    /// M10: what a frame of a conversation says.
    pub fn check_frame(&mut self, number: usize, frame: &FromServer) {
        if !self.conversations[number].disk.is_erased() {
            return;
        }
        if let Some(word) = word_in(frame) {
            self.violate("M10", || format!("{number} is erased and says {word:?}"));
        }
    }

    /// R186, R187: what the space keeps of a conversation from the moment when it was asked.
    pub fn check_kept(&mut self, item: &Item) {
        let conversation = item.report.conversation;
        let is_asked = self.checks.erasing.contains_key(&conversation);
        if self.checks.from_backup.contains(&conversation) || !is_asked {
            return;
        }
        if let Some(word) = word_in(item) {
            self.violate("R187", || {
                format!("the space has {word:?} of {conversation}")
            });
        }
    }

    /// R191: whoever was just erased is found by no address, and still by the visitor; nobody else is lost.
    pub fn check_found(&mut self, by: AgentId, visitor: VisitorId) {
        let Some(machine) = self.space_in_memory() else {
            return;
        };
        let find = |wanted: &str| {
            let found = machine.customers(by, wanted, &[], &[]);
            found.map_or_else(|_| Vec::new(), |found| found.customers)
        };
        let by_address = find(ADDRESS);
        let of_others = self
            .space
            .disk
            .items
            .values()
            .filter(|item| item.report.visitor != visitor && item.report.email.is_some());
        let others: BTreeSet<VisitorId> = of_others.map(|item| item.report.visitor).collect();
        let found: BTreeSet<VisitorId> = by_address.iter().map(|it| it.visitor).collect();
        let items = self.space.disk.items.values();
        let kept = items.filter(|item| item.report.visitor == visitor).count();
        let counted = find(&visitor.to_string())
            .iter()
            .map(|it| it.conversations)
            .sum::<usize>();
        if found.contains(&visitor) {
            self.violate("R191", || format!("{visitor} is erased and found"));
        } else if others.len() <= FOUND_MAX && others != found {
            self.violate("R191", || {
                format!("{others:?} have that address, not {found:?}")
            });
        } else if kept != counted {
            self.violate("R191", || format!("{visitor} has {kept}, not {counted}"));
        }
    }

    /// R186, R272: the visitor's own list is empty, and what is past says nothing any more.
    pub fn check_list_of_erased(&mut self, visitor: VisitorId) {
        let listed = self.list_of(visitor);
        if let Some(row) = listed.first() {
            self.violate("R272", || format!("{visitor} is erased and reads {row:?}"));
        }
        let past = self.space.disk.past.values();
        let mut past = past.filter(|past| past.visitor == visitor);
        if let Some(word) = past.find_map(word_in) {
            self.violate("R186", || {
                format!("{visitor} is erased, and past is {word:?}")
            });
        }
    }

    /// R270: every visitor reads its own, each once, the newest first, and what was erased of nobody.
    pub fn check_lists_of_visitors(&mut self) {
        let visitors: Vec<VisitorId> = self.visitors.iter().map(|it| it.visitor).collect();
        let Some(machine) = self.space_in_memory() else {
            return;
        };
        for visitor in visitors {
            let listed: Vec<_> = self.list_of(visitor);
            let mut rows: Vec<_> = listed.iter().map(|row| row.conversation).collect();
            let is_sorted =
                listed.is_sorted_by_key(|row| core::cmp::Reverse((row.open, row.began_at)));
            let disk = &self.space.disk;
            let is_whole = |conversation: &ConversationId| {
                let erased = self.checks.erasing.contains_key(conversation);
                !erased || self.checks.from_backup.contains(conversation)
            };
            let items = machine.items().filter(|item| !item.report.erased);
            let items = items.filter(|item| item.report.visitor == visitor);
            let items = items.map(|item| item.report.conversation);
            let past = disk.past.values().filter(|past| past.visitor == visitor);
            let past = past.map(|past| past.conversation);
            let past =
                past.filter(|it| machine.items().all(|item| item.report.conversation != *it));
            let mut own: Vec<_> = items.chain(past).filter(is_whole).collect();
            own.sort_unstable();
            rows.retain(is_whole);
            rows.sort_unstable();
            if rows != own || !is_sorted {
                return self.violate("R270", || {
                    format!("{visitor} has {own:?} and reads {listed:?}")
                });
            }
        }
    }

    /// The list of a visitor, page by page.
    fn list_of(&self, visitor: VisitorId) -> Vec<Earlier> {
        let mut listed = Vec::new();
        let mut after = None;
        loop {
            let past = self.space.disk.past.values();
            let past = past
                .filter(|past| past.visitor == visitor)
                .cloned()
                .collect();
            let page = self
                .space_in_memory()
                .map(|it| it.earlier(visitor, after, past));
            let Some(Ok(page)) = page else { return listed };
            listed.extend(page.conversations);
            after = page.next;
            if after.is_none() {
                return listed;
            }
        }
    }

    /// ER2: what a client shows of a conversation that was erased.
    pub fn check_shown(&mut self, number: usize) {
        let entries = self.clients[number].link.transcript().entries();
        if !entries.iter().any(|it| it.event == Event::Erased) {
            return;
        }
        if let Some(word) = word_in(&entries) {
            self.violate("M10", || format!("client {number} shows {word:?}"));
        }
    }

    /// At the end everything that was to be erased is, and the log says so (R186, R188).
    pub fn check_erasures(&mut self) {
        self.check_lists_of_visitors();
        let asked: Vec<ConversationId> = self.checks.erasing.keys().copied().collect();
        for conversation in asked {
            let disk = &self.conversations[self.by_id[&conversation]].disk;
            if disk.is_born() && !disk.is_erased() {
                return self.violate("R186", || format!("{conversation} is still there"));
            }
            let visitor = self.checks.erasing[&conversation].to_string();
            let acts = self.space.disk.acts.iter();
            let mut acts = acts.rev().filter(|act| act.object == visitor);
            if acts.all(|act| act.what != Deed::Erased) {
                return self.violate("R188", || format!("{visitor}: nobody says it is done"));
            }
            // A row of a backup says what it said then, and who restores erases again (README); a round
            // mends it (R101), unless a report from before comes first and closes it.
            if self.checks.from_backup.contains(&conversation) {
                continue;
            }
            let item = self.space.disk.items.get(&conversation);
            if let Some(word) = item.and_then(word_in) {
                return self.violate("M10", || format!("{word:?} of {conversation} is kept"));
            }
        }
    }
}

/// An entry as it becomes.
pub fn blanked(entry: &Entry) -> Event {
    let row = Row::Entry {
        entry: entry.clone(),
        public: None,
        cursors: None,
    };
    match row.blanked() {
        Row::Entry { entry, .. } => entry.event,
        Row::Birth(_)
        | Row::Device { .. }
        | Row::Reported { .. }
        | Row::Lists(_)
        | Row::Cursors(_) => unreachable!("an entry stays one"),
    }
}
