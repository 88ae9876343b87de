//! Blocked visitors (P21).
//!
//! - **R123** Supervisors and admins block the visitor of a work item that the space knows, for a time
//!   of 1 s to [`BLOCK_MAX_S`] or for ever, and say why; the reason is for themselves. A second block of a visitor takes the
//!   place of the first. There are at most [`BLOCKS_MAX`]; one that is over is forgotten.
//! - **R124** Who is blocked begins no conversation, and reads no more than that ([`Refusal::Blocked`]).
//!   A conversation that stands is ended by whoever blocks, and nothing comes after an end (U10).
//! - **R125** A block is over at its time, or when a supervisor or admin takes it back. Taking back
//!   what is not there changes nothing.

use alloc::vec::Vec;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use super::audit_log::{About, Deed, text};
use super::doors::Opened;
use super::ledger::Ledger;
use super::turn::Turn;
use crate::id::{AgentId, ConversationId, VisitorId};
use crate::mutant::{self, Mutant};
use crate::refusal::Refusal;
use crate::rights;
use crate::text::{PersonName, Title};
use crate::time::Timestamp;

/// Most visitors that are blocked: 500, which are a row of about 120 KB.
pub const BLOCKS_MAX: u32 = 500;

/// Longest block with an end, in seconds: 10 years, so that no moment is out of reach (R123).
pub const BLOCK_MAX_S: u32 = 10 * 365 * 86_400;

/// Whether a block may be that long; `None` is for ever (R123).
#[must_use]
pub fn is_block_span(for_s: Option<u64>) -> bool {
    for_s.is_none_or(|seconds| (1..=u64::from(BLOCK_MAX_S)).contains(&seconds))
}

/// A visitor who is blocked.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Block {
    /// Who.
    pub visitor: VisitorId,
    /// What the visitor claimed to be called.
    pub name: PersonName,
    /// Why.
    pub reason: Option<Title>,
    /// Who has blocked.
    pub by: AgentId,
    /// When.
    pub at: Timestamp,
    /// Until when; `None` for ever.
    pub until: Option<Timestamp>,
}

impl Block {
    /// True while it holds.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

impl Ledger {
    /// Whether a visitor may write at all (R124).
    pub fn check_blocked(&self, now: Timestamp, visitor: VisitorId) -> Result<(), Refusal> {
        let mut blocks = self.doors.blocks.iter();
        let is_blocked = blocks.any(|block| block.visitor == visitor && block.holds(now));
        let is_kept_out = is_blocked && !mutant::is(Mutant::BlockedBegins);
        (!is_kept_out).then_some(()).ok_or(Refusal::Blocked)
    }

    /// Who is blocked, for supervisors and admins (R123).
    pub fn blocks_for(&self, agent: AgentId) -> Result<&[Block], Refusal> {
        self.may_block(agent).map(|()| &*self.doors.blocks)
    }

    fn may_block(&self, by: AgentId) -> Result<(), Refusal> {
        rights::may_block(self.role_of(by)?)
    }

    /// Blocks the visitor of a conversation (R123).
    pub fn block(
        &mut self,
        turn: &mut Turn,
        by: AgentId,
        conversation: ConversationId,
        (reason, for_s): (Option<Title>, Option<u32>),
    ) -> Result<Opened, Refusal> {
        self.may_block(by)?;
        let item = self.items.get(&conversation);
        let report = &item.ok_or(Refusal::ConversationUnknown)?.report;
        let block = Block {
            visitor: report.visitor,
            name: report.name.clone(),
            reason,
            by,
            at: turn.now,
            until: for_s.map(|seconds| {
                turn.now + Duration::from_secs(seconds.clamp(1, BLOCK_MAX_S).into())
            }),
        };
        let now = turn.now;
        let kept = |known: &Block| known.visitor != block.visitor && known.holds(now);
        let mut blocks: Vec<Block> = self
            .doors
            .blocks
            .iter()
            .filter(|it| kept(it))
            .cloned()
            .collect();
        if blocks.len() >= BLOCKS_MAX as usize {
            let limit = BLOCKS_MAX;
            return Err(Refusal::TooMany { limit });
        }
        // Nothing of the customer, nor what was written of one: the log is kept for ever (R183).
        let after = text(&block.until);
        let visitor = block.visitor;
        blocks.push(block);
        self.doors.blocks = blocks;
        turn.saves_doors = true;
        let about = About::new(visitor, &after);
        self.note_act(turn, Some(by), Deed::VisitorBlocked, about);
        Ok(Opened::Done)
    }

    /// Takes a block back (R125).
    pub fn unblock(
        &mut self,
        turn: &mut Turn,
        by: AgentId,
        visitor: VisitorId,
    ) -> Result<Opened, Refusal> {
        self.may_block(by)?;
        let before = self.doors.blocks.len();
        self.doors.blocks.retain(|block| block.visitor != visitor);
        if self.doors.blocks.len() == before {
            return Ok(Opened::Nothing);
        }
        turn.saves_doors = true;
        let about = About::of(visitor);
        self.note_act(turn, Some(by), Deed::VisitorUnblocked, about);
        Ok(Opened::Done)
    }
}
