//! What becomes of messages: CG1 to CG7, and that everybody reads the same in the end (M4, M11).
//!
//! - **M11** What a message said before it was changed or deleted leaves no conversation any more.
//!
//! The fold is one of its own: the machine's and the clients' are judged by it.

use std::collections::{BTreeMap, BTreeSet};

use shared::conversation::{Change, Entry, Event, REACTIONS_MAX, Sender, Seq};
use shared::id::CommandId;
use shared::rights::Side;

use crate::world::World;

/// What stands where nothing is read any more.
const BLANK: &str = "\u{2014}";

/// The messages of a log by now.
#[derive(Clone, Debug, Default)]
pub struct Talk {
    messages: BTreeMap<CommandId, Message>,
    /// Places whose words are not true any more, by the agents' count.
    stale: BTreeSet<Seq>,
}

#[derive(Clone, Debug)]
struct Message {
    author: Option<Sender>,
    is_public: bool,
    /// Where its words stand, by the agents' count.
    words: Option<Seq>,
    reactions: BTreeSet<(Sender, String)>,
}

impl Talk {
    /// Takes in an entry, with the agents' number.
    pub fn learn(&mut self, entry: &Entry, public: Option<Seq>) {
        if let (true, Some(id)) = (entry.event.is_message(), entry.id) {
            let message = Message {
                author: entry.author.sender(),
                is_public: public.is_some(),
                words: Some(entry.seq),
                reactions: BTreeSet::new(),
            };
            self.messages.entry(id).or_insert(message);
        }
        let Event::MessageChanged {
            message, change, ..
        } = &entry.event
        else {
            return;
        };
        let Some(message) = self.messages.get_mut(message) else {
            return;
        };
        match change {
            Change::Text(_) => self.stale.extend(message.words.replace(entry.seq)),
            Change::Deletion => {
                self.stale.extend(message.words.take());
                message.reactions.clear();
            }
            Change::Reaction { emoji, on } => {
                let Some(sender) = entry.author.sender() else {
                    return;
                };
                let reaction = (sender, emoji.to_string());
                if *on {
                    message.reactions.insert(reaction);
                } else {
                    message.reactions.remove(&reaction);
                }
            }
        }
    }

    /// Everybody's reactions went with the words.
    pub fn erase(&mut self) {
        for message in self.messages.values_mut() {
            message.reactions.clear();
        }
    }

    pub fn is_stale(&self, seq: Seq) -> bool {
        self.stale.contains(&seq)
    }
}

impl World {
    /// Judges a change, or an answer, before its row is written.
    pub fn check_change(&mut self, number: usize, entry: &Entry, public: Option<Seq>) {
        let Some((id, _)) = entry.event.about() else {
            return;
        };
        let change = if let Event::MessageChanged { change, .. } = &entry.event {
            Some(change)
        } else {
            None
        };
        let talk = &self.conversations[number].disk.talk;
        let Some(message) = talk.messages.get(&id) else {
            return self.violate("CG8", || format!("{id} is no message of {number}"));
        };
        let is_own = message.author == entry.author.sender();
        let is_deleted = message.words.is_none();
        let count = message.reactions.len();
        if message.is_public != public.is_some() {
            return self.violate("M8", || format!("{entry:?} is about {id}"));
        }
        match change {
            Some(Change::Text(_) | Change::Deletion) if !is_own => {
                self.violate("CG1", || {
                    format!("{id} of {number} is changed by {entry:?}")
                });
            }
            Some(_) if is_deleted => {
                self.violate("CG3", || format!("{id} of {number} was deleted: {entry:?}"));
            }
            Some(Change::Reaction { .. }) if count > REACTIONS_MAX => {
                self.violate("CG5", || format!("{id} of {number} has {count} reactions"));
            }
            Some(_) | None => (),
        }
    }

    /// M11: what a conversation sends of its log.
    pub fn check_words(&mut self, number: usize, side: Side, entries: &[Entry]) {
        let disk = &self.conversations[number].disk;
        let stale = entries.iter().find(|entry| {
            let place = disk.entry(side, entry.seq).map(|stored| stored.seq);
            let words = entry.event.text().map_or(BLANK, |text| text.as_str());
            words != BLANK && place.is_some_and(|place| disk.talk.is_stale(place))
        });
        if let Some(stale) = stale {
            let what = format!("{number} sends {stale:?}, which was changed since");
            self.violate("M11", || what);
        }
    }

    /// M4 in the end: whoever has the whole log reads the same, and nobody reads more.
    pub fn check_talk(&mut self, number: usize, object: usize) {
        let (client, disk) = (&self.clients[number], &self.conversations[object].disk);
        let (side, transcript) = (client.side(), client.link.transcript());
        let wrong = transcript.entries().iter().find(|entry| {
            let stored = disk.entry(side, entry.seq);
            stored.is_none_or(|stored| {
                let words = |entry: &Entry| entry.event.text().map(ToString::to_string);
                let expected = if disk.talk.is_stale(stored.seq) {
                    words(stored).map(|_| BLANK.to_owned())
                } else {
                    words(stored)
                };
                words(entry) != expected
            })
        });
        if let Some(wrong) = wrong {
            let what = format!("client {number} shows {wrong:?} in the end");
            return self.violate("M4", || what);
        }
        let messages = disk.talk.messages.iter();
        let mut seen = messages.filter(|(_, it)| side == Side::Agent || it.is_public);
        let wrong = seen.find(|(id, message)| {
            let place = message.words.and_then(|seq| disk.entry(Side::Agent, seq));
            let words = place.and_then(|entry| entry.event.text());
            let changed = transcript.changes().of(**id);
            let reactions = changed.map_or(&[][..], |changed| &changed.reactions);
            let reactions = reactions.iter().map(|(by, emoji)| (*by, emoji.to_string()));
            transcript.words(**id) != words
                || reactions.collect::<BTreeSet<_>>() != message.reactions
        });
        if let Some((id, message)) = wrong {
            let what = format!("client {number} shows {id} otherwise than {message:?}");
            self.violate("M4", || what);
        }
    }
}
