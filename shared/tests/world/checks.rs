//! The promises of PROTOCOL.md §11, asked from outside the machines.
//!
//! What the machines assert about themselves is asked after every turn by `objects`; here is what
//! only somebody sees who knows everything: every disk, every screen, every command ever given.

pub mod erasure;
mod fair;
mod files;
mod line;
mod log;
mod rest;
mod screens;
mod space;
mod talk;

pub use talk::Talk;

use std::collections::{BTreeMap, BTreeSet};

use shared::conversation::{Command, Fence, Seq};
use shared::id::{AgentId, CommandId, ConversationId, DeviceId, VisitorId};
use shared::space::Item;
use shared::time::Timestamp;

use crate::world::{Ms, Tally};

#[derive(Debug, Default)]
pub struct Checks {
    pub violation: Option<String>,
    pub tally: Tally,
    pub last_entry_at: Ms,
    /// The message that each challenge was passed for.
    pub proofs: BTreeMap<u64, CommandId>,
    attempts: BTreeMap<CommandId, Attempt>,
    logged: BTreeMap<CommandId, (usize, Seq, Option<Seq>)>,
    /// Commands whose conversation is forgotten (ER4).
    forgotten: BTreeSet<CommandId>,
    /// The last item of each outbox that is in a log (M6).
    last_written: BTreeMap<(usize, usize), u64>,
    /// Conversations that the space has buried (A8).
    pub gone: BTreeSet<ConversationId>,
    /// Conversations that were to be erased, and whose they are (R186).
    pub erasing: BTreeMap<ConversationId, VisitorId>,
    /// The newest row of each conversation while an agent held it: what a backup has.
    pub held_rows: BTreeMap<ConversationId, Item>,
    /// Conversations whose row came back from a backup.
    pub from_backup: BTreeSet<ConversationId>,
    /// Who got a slot in this turn.
    filled: Vec<AgentId>,
    /// The highest limit of the space that ever was, once it has changed.
    pub most_limits: usize,
    /// When each conversation was last let in (R100).
    pub admitted: BTreeMap<ConversationId, Ms>,
    /// Commands over HTTP that have no answer yet (R91).
    pub asked: BTreeMap<(AgentId, CommandId), Ms>,
    /// The newest connection of each tab that was welcome (M7).
    newest: BTreeMap<(usize, DeviceId), u32>,
    /// Offers that were made in this turn.
    offers: Vec<(ConversationId, AgentId)>,
    /// Agents whose offer ran out in this turn.
    expired: Vec<AgentId>,
    /// FAIR1, counted over windows.
    windows: fair::Windows,
    /// The sum of all changes of each agent's slots (A10).
    pub slots: BTreeMap<AgentId, i32>,
    /// What customers who wait should read, and since when; `None` since the faults.
    places: BTreeMap<ConversationId, (line::Truth, Option<Ms>)>,
    has_looked: bool,
    /// True once an admin has changed queues.
    pub has_other_queues: bool,
    /// How often each socket was told to wait within a second (AL5).
    holds: BTreeMap<usize, (Ms, u32)>,
    /// Sockets of programs that do not wait (AL6).
    pub floods: BTreeSet<usize>,
    /// Since when something looks stuck.
    stuck: BTreeMap<(&'static str, ConversationId, Fence), Ms>,
}

/// A command that a person gave.
#[derive(Debug)]
struct Attempt {
    client: usize,
    command: Command,
    /// Its place in the outbox of its client.
    order: u64,
    /// Discarded, or refused for good: it must not be in a log later (M7).
    is_dead: bool,
    /// Sent by HTTP, or by another tab before: connection numbers do not tell old copies.
    has_other_copies: bool,
    /// Sent by a program: it has no place in an outbox.
    is_loose: bool,
}

impl Checks {
    pub fn attempted(&mut self, id: CommandId, client: usize, command: &Command) {
        let attempt = Attempt {
            client,
            command: command.clone(),
            order: 0,
            is_dead: false,
            has_other_copies: false,
            is_loose: false,
        };
        self.attempts.insert(id, attempt);
    }

    pub fn sent_by_program(&mut self, id: CommandId) {
        if let Some(attempt) = self.attempts.get_mut(&id) {
            attempt.is_loose = true;
        }
    }

    /// A conversation is forgotten, with everything that was in its log (ER4).
    pub fn forget(&mut self, number: usize) {
        let gone = self
            .logged
            .extract_if(.., |_, (other, _, _)| *other == number);
        self.forgotten.extend(gone.map(|(id, _)| id));
        self.last_written.retain(|(other, _), _| *other != number);
    }

    /// True once a log has what that command caused.
    pub fn is_logged(&self, id: CommandId) -> bool {
        self.logged.contains_key(&id) || self.forgotten.contains(&id)
    }

    pub fn sent_over_http(&mut self, id: CommandId) {
        if let Some(attempt) = self.attempts.get_mut(&id) {
            attempt.has_other_copies = true;
        }
    }
}

/// What the space looked like before a turn that makes offers.
#[derive(Debug, Default)]
pub struct Before {
    eligible: BTreeSet<(u64, AgentId)>,
    last_offers: BTreeMap<AgentId, u64>,
    ready: BTreeMap<ConversationId, Timestamp>,
}
