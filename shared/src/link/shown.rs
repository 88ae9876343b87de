//! Messages as a screen shows them: what the log says, with what is on its way laid over it.
//!
//! - **K20** What the person asked for is shown at once, and taken back when it is refused: other
//!   words, deleting, and reactions of items in the outbox that have not failed.

use alloc::vec::Vec;

use super::{ConversationLink, Pending, PendingState};
use crate::conversation::{Change, Command, Sender};
use crate::id::CommandId;
use crate::text::{Emoji, MessageText};

/// What a message says by now.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Words {
    /// What it said at first.
    First,
    /// Something else.
    Other(MessageText),
    /// Nothing: it is deleted.
    Gone,
}

impl Words {
    /// What a message says by now, which said `first` at first; nothing once it is deleted.
    #[must_use]
    pub fn of<'a>(&'a self, first: &'a str) -> Option<&'a str> {
        match self {
            Self::First => Some(first),
            Self::Other(text) => Some(text.as_str()),
            Self::Gone => None,
        }
    }
}

/// Each emoji once, in the order in which they came, and who put it there.
pub type Reactions = Vec<(Emoji, Vec<Sender>)>;

/// Counts for more than all changes that one message can have.
const FAILED: u16 = 1 << 12;

impl ConversationLink {
    /// What a message says, as the person has asked for it (K20).
    #[must_use]
    pub fn words(&self, message: CommandId) -> Words {
        let transcript = self.transcript();
        let logged = match transcript.changes().of(message) {
            None => Words::First,
            Some(changed) if changed.words.is_none() => Words::Gone,
            Some(changed) if changed.is_edited => {
                let words = transcript.words(message).cloned();
                words.map_or(Words::First, Words::Other)
            }
            Some(_) => Words::First,
        };
        let asked = self.asked(message).filter_map(|change| match change {
            Change::Text(text) => Some(Words::Other(text.clone())),
            Change::Deletion => Some(Words::Gone),
            Change::Reaction { .. } => None,
        });
        asked.last().unwrap_or(logged)
    }

    /// How people react to a message, `me` as that person has asked for it (K20).
    #[must_use]
    pub fn reactions(&self, message: CommandId, me: Sender) -> Reactions {
        let mut all = Reactions::new();
        let changed = self.transcript().changes().of(message);
        for (by, emoji) in changed.map_or(&[][..], |changed| &changed.reactions) {
            react(&mut all, *by, emoji, true);
        }
        for change in self.asked(message) {
            match change {
                Change::Reaction { emoji, on } => react(&mut all, me, emoji, *on),
                Change::Deletion => all.clear(),
                Change::Text(_) => (),
            }
        }
        all
    }

    /// A change of that message that failed and is in the outbox.
    #[must_use]
    pub fn failed_change(&self, message: CommandId) -> Option<CommandId> {
        let mut about = self.about(message);
        let failed = about.find(|(item, _)| matches!(item.state, PendingState::Failed(_)))?;
        Some(failed.0.id)
    }

    /// A number that is another one as soon as a message looks otherwise, but for one case: what was shown when it was
    /// asked for is in the log now. `None` for one that looks as it did at first.
    #[must_use]
    pub fn changes(&self, message: CommandId) -> Option<u16> {
        let changed = self.transcript().changes().of(message);
        let failed = self.failed_change(message).map_or(0, |_| FAILED);
        let asked = self
            .asked(message)
            .fold(failed, |sum, _| sum.wrapping_add(1));
        let times = changed.map_or(0, |changed| changed.times);
        (changed.is_some() || asked != 0).then(|| times.wrapping_add(asked))
    }

    /// What is asked of a message and has not failed, in its order.
    fn asked(&self, message: CommandId) -> impl Iterator<Item = &Change> {
        self.about(message)
            .filter(|(item, _)| matches!(item.state, PendingState::Queued | PendingState::Sent))
            .map(|(_, change)| change)
    }

    fn about(&self, id: CommandId) -> impl Iterator<Item = (&Pending, &Change)> {
        self.pending().iter().filter_map(move |item| {
            let Command::Change { message, change } = &item.command else {
                return None;
            };
            (*message == id).then_some((item, change))
        })
    }
}

fn react(all: &mut Reactions, by: Sender, emoji: &Emoji, on: bool) {
    match all.iter().position(|(known, _)| known == emoji) {
        Some(at) => {
            let Some((_, people)) = all.get_mut(at) else {
                return;
            };
            people.retain(|known| *known != by);
            if on {
                people.push(by);
            } else if people.is_empty() {
                all.remove(at);
            }
        }
        None if on => all.push((emoji.clone(), [by].into())),
        None => (),
    }
}
