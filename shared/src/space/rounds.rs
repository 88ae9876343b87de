//! Rounds: the space asks what agents hold what it looks like, in case a word was lost.
//!
//! Reports are repeated until they are confirmed and proposals until they are answered, and every
//! answer carries a whole report. What no repeat can mend is a row that came back from a backup.
//!
//! - **R101** Each held work item is asked once an hour (PROTOCOL.md §7, "Reconcile"): every
//!   [`ROUND`] the twelfth of them whose turn it is, chosen by their ids. What the conversation
//!   answers counts (O2). An answer that is lost is made good by the next round.

use core::time::Duration;

use super::ledger::Ledger;
use super::row::{Item, ItemState};
use super::turn::Turn;
use crate::conversation::Instruction;
use crate::id::ConversationId;
use crate::mutant::{self, Mutant};
use crate::sorted::SortedSet;
use crate::time::Timestamp;

/// Time between two rounds: 5 min, so that an object that sleeps is woken twelve times an hour at
/// most.
pub const ROUND: Duration = Duration::from_millis(ROUND_MS);
const ROUND_MS: u64 = 300_000;
/// Rounds until everything was asked: an hour.
const ROUNDS: usize = 12;

/// What is asked in which round.
#[derive(Clone, Debug, Default)]
#[cfg_attr(test, derive(Eq, PartialEq))]
pub(super) struct Rounds {
    held: [SortedSet<ConversationId>; ROUNDS],
    /// When the last round was.
    pub last: Timestamp,
}

impl Rounds {
    pub const fn new() -> Self {
        Self {
            held: [const { SortedSet::new() }; ROUNDS],
            last: Timestamp::from_millis(0),
        }
    }

    pub fn put(&mut self, item: &Item) {
        let conversation = item.report.conversation;
        if is_asked(item)
            && let Some(held) = self.held.get_mut(turn_of(conversation))
        {
            held.insert(conversation);
        }
    }

    pub fn take(&mut self, item: &Item) {
        let conversation = item.report.conversation;
        if let Some(held) = self.held.get_mut(turn_of(conversation)) {
            held.remove(&conversation);
        }
    }

    /// When the next round is that has something to ask.
    pub fn next_due(&self) -> Option<Timestamp> {
        let last = number(self.last);
        let mut rounds = (last + 1..).take(ROUNDS);
        let next = rounds.find(|round| !self.of(*round).is_empty())?;
        Some(Timestamp::from_millis(next * ROUND_MS))
    }

    fn of(&self, round: u64) -> &SortedSet<ConversationId> {
        const NONE: &SortedSet<ConversationId> = &SortedSet::new();
        let place = usize::try_from(round).unwrap_or(0) % ROUNDS;
        self.held.get(place).unwrap_or(NONE)
    }
}

/// What is with an agent has nobody else who would notice a lost word.
const fn is_asked(item: &Item) -> bool {
    match item.state {
        ItemState::Held | ItemState::Transferring { .. } => true,
        ItemState::Waiting { .. }
        | ItemState::Offered { .. }
        | ItemState::Assigning { .. }
        | ItemState::Gone { .. } => false,
    }
}

const fn number(at: Timestamp) -> u64 {
    at.millis() / ROUND_MS
}

/// Ids end in random bytes.
fn turn_of(conversation: ConversationId) -> usize {
    let [.., last] = conversation.bytes();
    usize::from(last) % ROUNDS
}

impl Ledger {
    /// Asks those whose turn it is (R101).
    pub fn make_rounds(&mut self, turn: &mut Turn) {
        let now = turn.now;
        let last = core::mem::replace(&mut self.rounds.last, now);
        if mutant::is(Mutant::NoRounds) {
            return;
        }
        let newest = number(now);
        let oldest = number(last) + 1;
        let rounds = (oldest..=newest).rev().take(ROUNDS);
        let asked = rounds.flat_map(|round| self.rounds.of(round));
        for conversation in asked {
            self.instruct(turn, *conversation, Instruction::Describe);
            turn.saves_space = true;
        }
    }
}
