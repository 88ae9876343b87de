//! The short form in which a conversation keeps its log: what the key, the birth and earlier
//! entries say already is not said again.
//!
//! A page of the database is 4 KB and is what storage is billed by; with every name of a field in
//! every row, twenty messages took four times as many bytes as their texts.
//!
//! An entry is a JSON array: milliseconds since the birth, who, the command's id, and what: the
//! text of a message and the id of the one that it answers, if it does, or `null` and then any other
//! event as it is sent. *Who* is `null` for the
//! system, 0 for the customer, and for an agent the place of the entry that named that agent by
//! that screen name, or both when none did.
//!
//! - **ST1** What is written is read back as it was, by whoever has read the entries before it.
//! - **ST2** An entry as earlier releases wrote it, an object with the names of its fields, is
//!   read for ever.
//! - **ST3** An entry of a newer release keeps its place and its moment as [`Event::Unknown`];
//!   what it says beyond the known is left out.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::Error;

use super::{Author, Cursor, Cursors, Entry, Event, Seq};
use crate::id::{AgentId, CommandId};
use crate::json::{self, Misfit, Tree};
use crate::text::PersonName;
use crate::time::Timestamp;

/// What the entries of one log may leave out.
#[derive(Clone, Debug, Default)]
pub struct Shorthand {
    /// When the conversation was born: moments count from there.
    since: Timestamp,
    /// Agents by the entry that named them first.
    named: Vec<(Seq, AgentId, PersonName)>,
}

impl Shorthand {
    /// The one of a log without entries.
    #[must_use]
    pub const fn new(born_at: Timestamp) -> Self {
        Self {
            since: born_at,
            named: Vec::new(),
        }
    }

    /// The short form of the next entry.
    ///
    /// # Errors
    /// Never for an entry that this module made; the serializer decides.
    pub fn write(&mut self, entry: &Entry) -> Result<String, serde_json::Error> {
        let at = entry.at.millis().saturating_sub(self.since.millis());
        let by = self.by(&entry.author);
        let id = entry.id.map(short_id);
        let short = if let Event::MessagePosted { text, reply_to } = &entry.event {
            match reply_to {
                None => serde_json::to_string(&(at, by, id, text)),
                Some(message) => serde_json::to_string(&(at, by, id, text, short_id(*message))),
            }
        } else {
            serde_json::to_string(&(at, by, id, (), &entry.event))
        };
        self.learn(entry);
        short
    }

    /// Reads the next entry, or any one before it.
    ///
    /// # Errors
    /// When the row is not an entry at all.
    pub fn read(&mut self, seq: Seq, stored: &str) -> Result<Entry, Misfit> {
        let tree = Tree::read(stored)?;
        let entry = match &tree {
            Tree::List(parts) => self.entry(seq, parts)?,
            Tree::Null
            | Tree::Flag(_)
            | Tree::Whole(_)
            | Tree::Below(_)
            | Tree::Float(_)
            | Tree::Text(_)
            | Tree::Object(_) => spelled_out(&tree)?,
        };
        self.learn(&entry);
        Ok(entry)
    }

    fn entry(&self, seq: Seq, parts: &[Tree<'_>]) -> Result<Entry, Misfit> {
        let Some(Tree::Whole(at)) = parts.first() else {
            return Err(Misfit::custom("an entry without its moment"));
        };
        let at = self.since + Duration::from_millis(*at);
        let known = self.known(parts);
        let (author, id, event) = known.unwrap_or((Author::System, None, Event::Unknown));
        Ok(Entry {
            seq,
            at,
            author,
            id,
            event,
        })
    }

    /// Who, by which command, and what; `None` when a newer release says it in its own way.
    fn known(&self, parts: &[Tree<'_>]) -> Option<(Author, Option<CommandId>, Event)> {
        let [_, by, id, what @ ..] = parts else {
            return None;
        };
        let id = if let Tree::Null = id {
            None
        } else {
            Some(long_id(id)?)
        };
        let event = match what {
            [Tree::Null, event, ..] => event.to().ok()?,
            [text, more @ ..] => Event::MessagePosted {
                text: text.to().ok()?,
                reply_to: more.first().and_then(long_id),
            },
            [] => return None,
        };
        Some((self.author(by)?, id, event))
    }

    fn author(&self, by: &Tree<'_>) -> Option<Author> {
        if let Tree::Null = by {
            return Some(Author::System);
        }
        let (agent, name) = if let Tree::Whole(place) = by {
            if *place == 0 {
                return Some(Author::Customer);
            }
            let mut named = self.named.iter();
            let (_, agent, name) = named.find(|(seq, ..)| seq.0 == *place)?;
            (*agent, name.clone())
        } else {
            by.to().ok()?
        };
        Some(Author::Agent { agent, name })
    }

    fn by<'a>(&self, author: &'a Author) -> Tree<'a> {
        let (agent, name) = match author {
            Author::System => return Tree::Null,
            Author::Customer => return Tree::Whole(0),
            Author::Agent { agent, name } => (agent, name),
        };
        match self.place_of(*agent, name) {
            Some(place) => Tree::Whole(place.0),
            None => Tree::List(vec![
                Tree::Text(agent.to_string().into()),
                Tree::Text(Cow::Borrowed(name.as_str())),
            ]),
        }
    }

    fn place_of(&self, agent: AgentId, name: &PersonName) -> Option<Seq> {
        let mut named = self.named.iter();
        let known = named.find(|(_, known, by)| *known == agent && by == name);
        known.map(|(seq, ..)| *seq)
    }

    /// An entry names one agent: the one who gets the conversation, or else its author.
    fn learn(&mut self, entry: &Entry) {
        let ((Event::AgentAssigned { agent, name, .. }, _) | (_, Author::Agent { agent, name })) =
            (&entry.event, &entry.author)
        else {
            return;
        };
        if self.place_of(*agent, name).is_none() {
            self.named.push((entry.seq, *agent, name.to_owned()));
        }
    }
}

fn short_id(id: CommandId) -> String {
    URL_SAFE_NO_PAD.encode(id.bytes())
}

fn long_id(id: &Tree<'_>) -> Option<CommandId> {
    let bytes = URL_SAFE_NO_PAD.decode(id.text()?).ok()?;
    Some(CommandId::from_bytes(bytes.try_into().ok()?))
}

/// An entry as it is sent, which is how earlier releases stored it (ST2).
fn spelled_out(tree: &Tree<'_>) -> Result<Entry, Misfit> {
    #[derive(Deserialize)]
    struct Outline {
        seq: Seq,
        at: Timestamp,
    }
    tree.to().or_else(|_| {
        let Outline { seq, at } = tree.to()?;
        Ok(Entry {
            seq,
            at,
            author: Author::System,
            id: None,
            event: Event::Unknown,
        })
    })
}

impl Cursors {
    /// The short form in the row of an entry: what has arrived at the customer and was read, then the
    /// same of the agent; two numbers, when each has read whatever has arrived.
    ///
    /// # Errors
    /// Never; the serializer decides.
    pub fn to_short(&self) -> Result<String, serde_json::Error> {
        let Self { customer, agent } = self;
        if [customer, agent].iter().all(|it| it.delivered == it.read) {
            return serde_json::to_string(&[customer.read, agent.read]);
        }
        serde_json::to_string(&[
            customer.delivered,
            customer.read,
            agent.delivered,
            agent.read,
        ])
    }

    /// Reads the short form.
    ///
    /// # Errors
    /// When it is neither two numbers nor four.
    pub fn from_short(stored: &str) -> Result<Self, Misfit> {
        let numbers: Vec<Seq> = json::read(stored)?;
        let cursor = |delivered, read| Cursor { delivered, read };
        let (customer, agent) = match numbers[..] {
            [customer, agent] => (cursor(customer, customer), cursor(agent, agent)),
            [delivered, read, to_agent, by_agent] => {
                (cursor(delivered, read), cursor(to_agent, by_agent))
            }
            _ => return Err(Misfit::custom("cursors are two or four numbers")),
        };
        Ok(Self { customer, agent })
    }
}
