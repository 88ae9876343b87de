//! What lies in the store (FI4), and where nothing may come (FI5).

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a checker looks for one kind of event among many"
)]

use std::collections::{BTreeMap, BTreeSet};

use shared::conversation::{Change, Event, Verdict};
use shared::file::Check;
use shared::id::{CommandId, FileId};

use crate::world::{Event as Happening, Ms, World};

impl World {
    /// A space's server is asked about a file: it answers late, twice, otherwise the second time, or never.
    pub fn is_asked_about(&mut self, number: usize, file: FileId) {
        let dice = u64::from(file.bytes()[0]) + self.now;
        let verdict = |n: u64| match n % 4 {
            0 => Verdict::Refused(None),
            1 => Verdict::Failed,
            _ => Verdict::Accepted,
        };
        let (first, second) = match dice % 7 {
            0 => (None, None),
            1 => (Some(45_000), None),
            2 => (Some(200), Some(900)),
            3 => (Some(29_999), Some(30_001)),
            _ => (Some(150), None),
        };
        for (place, after) in [first, second].into_iter().flatten().enumerate() {
            let verdict = Box::new(verdict(dice / 7 + place as u64));
            self.after(after, Happening::Judged(number, file, verdict));
        }
    }

    /// FI4: a file that can be read is there, and one that was deleted or erased is not.
    pub(super) fn check_files(&mut self) {
        for number in 0..self.conversations.len() {
            let object = &self.conversations[number];
            let events = || {
                object
                    .disk
                    .entries
                    .iter()
                    .map(|(entry, _)| (entry.id, &entry.event))
            };
            let is_erased = events().any(|(_, event)| *event == Event::Erased);
            let deleted: BTreeSet<CommandId> = events()
                .filter_map(|(_, event)| match event {
                    Event::MessageChanged {
                        message,
                        change: Change::Deletion,
                        ..
                    } => Some(*message),
                    _ => None,
                })
                .collect();
            let sent = events().filter_map(|(id, event)| match event {
                Event::FileSent(sent) => Some((id, sent.file)),
                _ => None,
            });
            let birth = object.disk.birth.as_ref();
            let is_off =
                birth.is_some_and(|birth| birth.settings.files_off.contains(&birth.source));
            if is_off && sent.clone().next().is_some() {
                return self.violate("FI5", || format!("{number} has a file"));
            }
            if let Some((rule, what)) = self.judged_wrong(number) {
                return self.violate(rule, || format!("{number}: {what}"));
            }
            let object = &self.conversations[number];
            let refused: BTreeSet<FileId> = events()
                .filter_map(|(_, event)| match event {
                    Event::FileChecked { sent, .. } if sent.check == Check::Refused => {
                        Some(sent.file)
                    }
                    _ => None,
                })
                .collect();
            let mut wrong = sent.filter(|(id, file)| {
                let is_gone = is_erased
                    || refused.contains(file)
                    || id.is_some_and(|id| deleted.contains(&id));
                object.store.contains(file) == is_gone
            });
            if let Some((_, file)) = wrong.next() {
                let is_there = object.store.contains(&file);
                return self.violate("FI4", || {
                    format!("{file} of {number} is in the store: {is_there}")
                });
            }
        }
    }

    /// FI7: one verdict at most, and at rest each check has an end.
    fn judged_wrong(&self, number: usize) -> Option<(&'static str, String)> {
        let object = &self.conversations[number];
        let mut states: BTreeMap<FileId, Vec<(Check, Ms)>> = BTreeMap::new();
        let mut gone = BTreeSet::new();
        for (entry, _) in &object.disk.entries {
            let at = entry.at.millis();
            match &entry.event {
                Event::FileSent(sent) => {
                    let states = states.entry(sent.file).or_default();
                    states.push((sent.check, at));
                }
                Event::FileChecked { sent, .. } => {
                    let states = states.entry(sent.file).or_default();
                    states.push((sent.check, at));
                }
                Event::MessageChanged {
                    message,
                    change: Change::Deletion,
                    ..
                } => drop(gone.insert(*message)),
                Event::Erased => return None,
                _ => (),
            }
        }
        for (entry, _) in &object.disk.entries {
            let Event::FileSent(sent) = &entry.event else {
                continue;
            };
            let states = &states[&sent.file];
            let finals = states
                .iter()
                .filter(|(check, _)| matches!(check, Check::Passed | Check::Refused));
            if finals.count() > 1 {
                return Some(("FI7", format!("{} was judged twice: {states:?}", sent.file)));
            }
            let is_gone = entry.id.is_some_and(|id| gone.contains(&id));
            let now = self.clock(object.shell.skew).millis();
            if let Some((Check::Checking, at)) = states.last()
                && !is_gone
                && now > at + 10 * 60_000
                && self.now > self.heal_at + 5 * 60_000
            {
                return Some(("FI7", format!("{} is checked for ever", sent.file)));
            }
        }
        None
    }
}
