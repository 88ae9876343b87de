//! The door: how a space begins, and whether a conversation may.
//!
//! - **R22** A space is made once.
//! - **R23** A conversation may begin while live chat is on and the visitor has no other one that
//!   is open, no faster than R120 says, unless blocked (R124) and by a person where that is asked for (R126),
//!   in a queue that takes new work (R39, R55). One that is known may always: the visitor repeats what was
//!   not answered.
//! - **R100** Who may begin has begun: until the conversation's first report the visitor's other
//!   tabs are led to it, and the same one is let in again. After [`RESERVED`] without a report the
//!   conversation is asked what it looks like, until it answers; one that never began frees its
//!   visitor. A reservation lives in memory alone: a row for every conversation would be paid for
//!   in all of them, and a space that forgets within the milliseconds between two tabs' first
//!   messages only lets both in.

use alloc::vec::Vec;
use core::time::Duration;

use super::Effect;
use super::audit_log::{About, Deed};
use super::ledger::Ledger;
use super::row::Agent;
use super::turn::Turn;
use crate::conversation::Instruction;
use crate::id::{ConversationId, SpaceId, VisitorId};
use crate::mutant::{self, Mutant};
use crate::refusal::Refusal;
use crate::settings::{Settings, Terms};
use crate::sorted::{SortedMap, SortedSet};
use crate::text::Label;
use crate::time::Timestamp;

/// How long a conversation that may begin can take until it is asked after: 30 s, more than a
/// request lasts. Our choice.
pub const RESERVED: Duration = Duration::from_secs(30);
/// How long the answer may take: 15 s, as for a proposal. Source: PROTOCOL.md §7.
const ASK_AGAIN: Duration = Duration::from_secs(15);

/// The conversations that may begin and have not reported yet (R100).
#[derive(Clone, Debug, Default)]
#[cfg_attr(test, derive(Eq, PartialEq))]
pub(super) struct Reservations {
    of: SortedMap<VisitorId, ConversationId>,
    reserved: SortedMap<ConversationId, Reservation>,
    dues: SortedSet<(Timestamp, ConversationId)>,
}

#[derive(Clone, Copy, Debug)]
#[cfg_attr(test, derive(Eq, PartialEq))]
struct Reservation {
    visitor: VisitorId,
    /// The number of its address (R120).
    address: Option<u64>,
    /// When it is asked after.
    due: Timestamp,
    /// True since it was asked: an answer to an earlier question says nothing.
    is_asked: bool,
}

impl Reservations {
    pub const fn new() -> Self {
        Self {
            of: SortedMap::new(),
            reserved: SortedMap::new(),
            dues: SortedSet::new(),
        }
    }

    pub fn next_due(&self) -> Option<Timestamp> {
        self.dues.first().map(|(due, _)| *due)
    }

    fn set(&mut self, conversation: ConversationId, reservation: Reservation) {
        self.free(conversation);
        self.dues.insert((reservation.due, conversation));
        self.of.insert(reservation.visitor, conversation);
        self.reserved.insert(conversation, reservation);
    }

    /// The conversation of a visitor that may have begun.
    pub fn of(&self, visitor: VisitorId) -> Option<ConversationId> {
        self.of.get(&visitor).copied()
    }

    fn free(&mut self, conversation: ConversationId) -> Option<Reservation> {
        let old = self.reserved.remove(&conversation)?;
        self.dues.remove(&(old.due, conversation));
        self.of.remove(&old.visitor);
        Some(old)
    }
}

impl Ledger {
    /// The books of a new space (R22).
    pub fn create(turn: &mut Turn, space: SpaceId, settings: Settings, agents: Vec<Agent>) -> Self {
        let last_offer = agents.iter().map(|agent| agent.last_offer).max();
        let mut ledger = Self::new(space, settings, last_offer.unwrap_or(0));
        for agent in agents {
            turn.agents.insert(agent.agent);
            ledger.add_agent(agent);
        }
        ledger.counts.colleagues = turn.now.millis();
        turn.saves_space = true;
        turn.effects.push(Effect::Created);
        let about = About::of(&ledger.space);
        ledger.note_act(turn, None, Deed::SpaceCreated, about);
        ledger
    }

    /// Whether a conversation may begin (R23).
    pub fn admit(
        &mut self,
        turn: &mut Turn,
        (visitor, verified, passed): (VisitorId, bool, bool),
        conversation: ConversationId,
        (queue, address): (&Label, Option<u64>),
    ) {
        let blocked = self.check_blocked(turn.now, visitor);
        let pace = self.check_pace(turn.now, visitor, address);
        let person = if verified || passed {
            Ok(())
        } else {
            self.check_person(turn.now, visitor, address)
        };
        let reserved = self.reservations.of(visitor);
        let is_reserved = reserved == Some(conversation);
        let is_listed = self.items.contains_key(&conversation);
        let open = self.listed_open(visitor).next();
        let is_known = is_listed || is_reserved;
        let admitted = |queue: Label| Effect::Admitted {
            settings: Terms::from(&self.settings),
            queue,
        };
        let item = self.items.get(&conversation);
        let is_erased = item.is_some_and(|item| item.report.erased);
        let answer = match open.or(reserved) {
            _ if is_erased => Effect::Denied(Refusal::ConversationUnknown),
            _ if is_known => admitted(queue.clone()),
            _ if !self.settings.live_chat => Effect::Denied(Refusal::SpaceOff),
            _ if self.settings.require_verification && !verified => {
                Effect::Denied(Refusal::VerificationRequired)
            }
            _ if blocked.is_err() => Effect::Denied(Refusal::Blocked),
            Some(conversation) => Effect::Denied(Refusal::ConversationOpen { conversation }),
            None => {
                let begins = pace.and_then(|()| self.begins_in(queue));
                match begins.and_then(|queue| person.map(|()| queue)) {
                    Ok(queue) => admitted(queue),
                    Err(refusal) => Effect::Denied(refusal),
                }
            }
        };
        let begins = !is_listed && matches!(answer, Effect::Admitted { .. });
        if begins && !is_reserved {
            self.count_newcomer(turn.now, visitor, address);
        }
        if begins && !mutant::is(Mutant::AdmissionNotReserved) {
            let reservation = Reservation {
                visitor,
                address,
                due: turn.now + RESERVED,
                is_asked: false,
            };
            self.reservations.set(conversation, reservation);
        }
        turn.effects.push(answer);
    }

    /// Asks after what may have begun long ago (R100).
    pub fn ask_after_reserved(&mut self, turn: &mut Turn) {
        while let Some(&(due, conversation)) = self.reservations.dues.first()
            && due <= turn.now
            && let Some(&reservation) = self.reservations.reserved.get(&conversation)
        {
            let reservation = Reservation {
                due: turn.now + ASK_AGAIN,
                is_asked: true,
                ..reservation
            };
            self.reservations.set(conversation, reservation);
            self.instruct(turn, conversation, Instruction::Describe);
        }
    }

    /// The conversation has reported: the books say whether it is open.
    ///
    /// Returns the number of the address that it came from, if that is known.
    pub fn has_begun(&mut self, conversation: ConversationId) -> Option<u64> {
        self.reservations.free(conversation)?.address
    }

    /// The conversation answers that there is none.
    pub fn has_not_begun(&mut self, conversation: ConversationId) {
        let reserved = self.reservations.reserved.get(&conversation);
        if reserved.is_some_and(|reserved| reserved.is_asked) {
            self.reservations.free(conversation);
        }
    }
}
