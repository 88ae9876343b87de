//! Customers for whom the site vouches: the keys by which it does, and who may begin and write.
//!
//! - **R160** Only admins make and retire identity keys. There are at most [`IDENTITY_KEYS_MAX`], so that a
//!   site changes from one to the next without a pause (SECURITY.md I5); both are good until retired.
//! - **R161** A key is kept as the shell hands it over: a secret sealed, a public key as it is. Nobody reads a
//!   secret a second time; admins see its last four characters.
//! - **R162** A session is begun, and goes on, while the key that vouched for it stands (F8 of `session`).
//! - **R163** Where verification is required, a conversation begins only for whom the site vouches. One that
//!   is known may always: the visitor repeats what was not answered (R23).
//! - **R164** When that is switched on or off, open conversations of customers for whom nobody vouches are
//!   told, again and again until their reports say that they know, at most [`WINDOW`] at a time. So
//!   the message path is closed (SECURITY.md I3), not only the door.

use alloc::vec::Vec;

use super::audit_log::{About, Deed, text};
use super::doors::{Doors, Opened};
use super::ledger::Ledger;
use super::machine::Space;
use super::row::Item;
use super::turn::Turn;
use crate::conversation::Instruction;
use crate::id::{AgentId, ConversationId, VisitorId, WayId};
use crate::identity::IdentityKey;
use crate::refusal::Refusal;
use crate::rights;

/// Most identity keys of a space: the one in use and the next. Source: SECURITY.md I5.
pub const IDENTITY_KEYS_MAX: u32 = 2;
/// Most conversations that are told at a time: as many objects as a request may call at once.
pub const WINDOW: usize = 50;

impl Doors {
    /// False for a repeat.
    fn add_identity_key(&mut self, key: IdentityKey) -> Result<bool, Refusal> {
        if self.identity_keys.iter().any(|known| known.id == key.id) {
            return Ok(false);
        }
        if self.identity_keys.len() >= IDENTITY_KEYS_MAX as usize {
            let limit = IDENTITY_KEYS_MAX;
            return Err(Refusal::TooMany { limit });
        }
        self.identity_keys.push(key);
        Ok(true)
    }
}

impl Item {
    /// Whether its conversation has yet to be told who may write (R164).
    pub(super) fn is_untold(&self, required: bool) -> bool {
        self.is_open() && !self.report.verified && self.report.needs_verified != required
    }
}

impl Ledger {
    /// Takes a key of the site's in (R160).
    pub fn make_identity_key(
        &mut self,
        turn: &mut Turn,
        key: IdentityKey,
    ) -> Result<Opened, Refusal> {
        rights::may_configure(self.role_of(key.by)?)?;
        let made_at = turn.now;
        let (by, id, after) = (key.by, key.id, text(&key.algorithm));
        let key = IdentityKey { made_at, ..key };
        if self.doors.add_identity_key(key)? {
            turn.saves_doors = true;
            turn.is_act = true;
            self.note_act(
                turn,
                Some(by),
                Deed::IdentityKeyMade,
                About::new(id, &after),
            );
        }
        Ok(Opened::Done)
    }

    /// Tells conversations who may write (R164). Asked at the end of every turn.
    pub fn tell_verification(&mut self, turn: &mut Turn) {
        let required = self.settings.require_verification;
        for conversation in self.verifications.take(turn.now, WINDOW) {
            self.instruct(turn, conversation, Instruction::NeedVerified(required));
        }
    }

    /// The setting has changed: who is to be told is another question.
    pub fn recount_verifications(&mut self) {
        let required = self.settings.require_verification;
        for item in self.items.values() {
            let conversation = item.report.conversation;
            if item.is_untold(required) {
                self.verifications.owe(conversation);
            } else {
                self.verifications.settle(&conversation);
            }
        }
    }

    /// The conversations of a visitor that may be open, one that has not reported yet included.
    pub fn open_of(&self, visitor: VisitorId) -> Vec<ConversationId> {
        let open = self.listed_open(visitor);
        open.chain(self.reservations.of(visitor)).collect()
    }
}

impl Space {
    /// The keys by which the site vouches for its customers.
    #[must_use]
    pub fn identity_keys(&self) -> &[IdentityKey] {
        let ledger = self.ledger.as_ref();
        ledger.map_or(&[], |ledger| &ledger.doors.identity_keys)
    }

    /// The same, for an admin.
    ///
    /// # Errors
    /// When the space was not made, or the agent is no admin of it.
    pub fn identity_keys_for(&self, agent: AgentId) -> Result<&[IdentityKey], Refusal> {
        self.doors(agent)
            .map(|doors| doors.identity_keys.as_slice())
    }

    /// Whether a key stands (R162).
    #[must_use]
    pub fn has_identity_key(&self, key: WayId) -> bool {
        self.identity_keys().iter().any(|known| known.id == key)
    }

    /// The conversations of a visitor that may be open.
    #[must_use]
    pub fn open_of(&self, visitor: VisitorId) -> Vec<ConversationId> {
        let ledger = self.ledger.as_ref();
        ledger.map_or_else(Vec::new, |ledger| ledger.open_of(visitor))
    }
}
