//! A conversation as one person sees it: the fold of what that person received.
//!
//! - **M4** What a client has is `log[1..k]` of its side: the entry after the last is taken in,
//!   an earlier one is ignored, a later one is a gap to ask for.

use alloc::vec::Vec;

use super::erase;
use super::event::{Entry, Event, Seq};
use super::lifecycle::Lifecycle;

/// Entries in order, and what they fold to.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Transcript {
    entries: Vec<Entry>,
    lifecycle: Option<Lifecycle>,
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
        let is_erased = entry.event == Event::Erased;
        self.entries.push(entry);
        if is_erased {
            erase::blank_all(&mut self.entries);
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

    /// Where the conversation stands; `None` before the first entry.
    #[must_use]
    pub const fn lifecycle(&self) -> Option<&Lifecycle> {
        self.lifecycle.as_ref()
    }
}
