//! A conversation as one person sees it: the fold of what that person received.
//!
//! - **M4** What a client has is `log[1..k]` of its side: the entry after the last is taken in,
//!   an earlier one is ignored, a later one is a gap to ask for.
//! - **CG4** Words that are not true any more are blank here as they are for whoever reads them
//!   only now.

use alloc::vec::Vec;

use super::changes::Changes;
use super::erase;
use super::event::{Entry, Event, Seq};
use super::lifecycle::Lifecycle;
use crate::id::CommandId;
use crate::text::MessageText;

/// Entries in order, and what they fold to.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Transcript {
    entries: Vec<Entry>,
    lifecycle: Option<Lifecycle>,
    changes: Changes,
}

/// What became of an entry that was handed to a transcript.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Taken {
    /// It was the next one.
    Applied,
    /// It was there already.
    Known,
    /// Entries before it are missing.
    Gap,
}

impl Transcript {
    /// Takes in an entry (M4).
    pub fn apply(&mut self, entry: Entry) -> Taken {
        if entry.seq <= self.head() {
            return Taken::Known;
        }
        if entry.seq != self.head().next() {
            return Taken::Gap;
        }
        match &mut self.lifecycle {
            Some(lifecycle) => lifecycle.apply(&entry),
            None => self.lifecycle = Lifecycle::begin(&entry),
        }
        if let Event::MessageChanged {
            message, change, ..
        } = &entry.event
            && let Some(place) = self.message(*message).map(|entry| entry.seq)
            && let Some(stale) = self.changes.take(&entry, (*message, place), change)
            && let Some(entry) = self.at(stale)
        {
            entry.blank_words();
        }
        let is_erased = entry.event == Event::Erased;
        self.entries.push(entry);
        if is_erased {
            erase::blank_all(&mut self.entries);
            self.changes.forget_reactions();
            if let Some(entry) = self.entries.first() {
                self.lifecycle
                    .iter_mut()
                    .for_each(|known| known.rename(entry));
            }
        }
        Taken::Applied
    }

    /// The last place taken in.
    #[must_use]
    pub fn head(&self) -> Seq {
        self.entries.last().map_or(Seq(0), |entry| entry.seq)
    }

    /// All entries, oldest first.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry of a message or note (CG8).
    #[must_use]
    pub fn message(&self, id: CommandId) -> Option<&Entry> {
        let mut entries = self.entries.iter();
        entries.find(|entry| entry.id == Some(id) && entry.event.is_message())
    }

    /// What a message or note says by now; `None` when it is deleted, or unknown.
    #[must_use]
    pub fn words(&self, id: CommandId) -> Option<&MessageText> {
        let Some(changed) = self.changes.of(id) else {
            return self.message(id)?.event.text();
        };
        let place = usize::try_from(changed.words?.0.checked_sub(1)?).ok()?;
        self.entries.get(place)?.event.text()
    }

    /// What has become of messages.
    #[must_use]
    pub const fn changes(&self) -> &Changes {
        &self.changes
    }

    fn at(&mut self, seq: Seq) -> Option<&mut Entry> {
        let place = usize::try_from(seq.0.checked_sub(1)?).ok()?;
        self.entries.get_mut(place)
    }

    /// Where the conversation stands; `None` before the first entry.
    #[must_use]
    pub const fn lifecycle(&self) -> Option<&Lifecycle> {
        self.lifecycle.as_ref()
    }
}
