//! What lies in the store (FI4), and where nothing may come (FI5).

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a checker looks for one kind of event among many"
)]

use std::collections::BTreeSet;

use shared::conversation::{Change, Event};
use shared::id::CommandId;

use crate::world::World;

impl World {
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
            let mut wrong = sent.filter(|(id, file)| {
                let is_gone = is_erased || id.is_some_and(|id| deleted.contains(&id));
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
}
