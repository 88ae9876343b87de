//! Blocked visitors (P21).
//!
//! - **R123** Supervisors and admins block the visitor of a work item that the space knows, for a time
//!   of 1 s to [`BLOCK_MAX_S`] or for ever, and say why; the reason is for themselves. A second block of a visitor takes the
//!   place of the first. There are at most [`BLOCKS_MAX`].
//! - **R124** Who is blocked begins no conversation, and reads no more than that ([`Refusal::Blocked`]).
//! - **R125** A block is over at its time, and is forgotten then; or when a supervisor or admin takes it back. What
//!   is not there, a block taken back included, cannot be taken back.
//! - **R200** Every open conversation of a blocked visitor is owed its end, whether it stood before or is
//!   reported later: it is told to end, again and again until its report says that it has, at most [`WINDOW`] at
//!   a time (OB1, OB2). What is owed follows from blocks and work items and has no row of its own, so
//!   no crash leaves a blocked visitor with somebody to write to. Nothing comes after an end (U10).

use alloc::vec::Vec;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use super::audit_log::{About, Deed, text};
use super::commands::Reply;
use super::customers::WINDOW;
use super::ledger::Ledger;
use super::row::Item;
use super::turn::Turn;
use crate::conversation::Instruction;
use crate::id::{AgentId, ConversationId, VisitorId};
use crate::mutant::{self, Mutant};
use crate::refusal::Refusal;
use crate::rights;
use crate::settings::SettingFault;
use crate::text::{PersonName, Title};
use crate::time::Timestamp;

/// Most visitors that are blocked: 500, which are a row of about 120 KB.
pub const BLOCKS_MAX: u32 = 500;

/// Longest block with an end, in seconds: 10 years, so that no moment is out of reach (R123).
pub const BLOCK_MAX_S: u32 = 10 * 365 * 86_400;

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
        rights::may_block(self.role_of(agent)?).map(|()| &*self.doors.blocks)
    }

    /// Blocks the visitor of a conversation (R123).
    pub fn block(
        &mut self,
        turn: &mut Turn,
        by: AgentId,
        conversation: ConversationId,
        (reason, for_s): (Option<Title>, Option<u32>),
    ) -> Result<Reply, Refusal> {
        let (min, max) = (1, BLOCK_MAX_S);
        if for_s.is_some_and(|seconds| !(min..=max).contains(&seconds)) {
            return Err(SettingFault::OutOfRange { min, max }.of("for_s").into());
        }
        let item = self.items.get(&conversation);
        let report = &item.ok_or(Refusal::ConversationUnknown)?.report;
        let block = Block {
            visitor: report.visitor,
            name: report.name.clone(),
            reason,
            by,
            at: turn.now,
            until: for_s.map(|seconds| turn.now + Duration::from_secs(seconds.into())),
        };
        let visitor = block.visitor;
        let others = self.doors.blocks.iter();
        let others = others.filter(|known| known.visitor != visitor).count();
        if others >= BLOCKS_MAX as usize {
            let limit = BLOCKS_MAX;
            return Err(Refusal::TooMany { limit });
        }
        // Nothing of the customer, nor what was written of one: the log is kept for ever (R183).
        let after = text(&block.until);
        self.doors.blocks.retain(|known| known.visitor != visitor);
        self.doors.blocks.push(block);
        let open: Vec<_> = self.listed_open(visitor).collect();
        open.into_iter().for_each(|it| self.ends.owe(it));
        turn.saves_doors = true;
        let about = About::new(visitor, &after);
        self.note_act(turn, Some(by), Deed::VisitorBlocked, about);
        Ok(Reply::Done)
    }

    /// Takes a block back (R125).
    pub fn unblock(
        &mut self,
        turn: &mut Turn,
        by: AgentId,
        visitor: VisitorId,
    ) -> Result<Reply, Refusal> {
        if !self.is_listed_as_blocked(visitor) {
            return Err(Refusal::IdUnknown);
        }
        self.lift(turn, |block| block.visitor == visitor);
        let about = About::of(visitor);
        self.note_act(turn, Some(by), Deed::VisitorUnblocked, about);
        Ok(Reply::Done)
    }

    /// Forgets the blocks that are over (R125). Asked before every input.
    pub fn lift_what_is_over(&mut self, turn: &mut Turn) {
        let now = turn.now;
        if self.block_ends_at().is_some_and(|at| at <= now) {
            self.lift(turn, |block| !block.holds(now));
        }
    }

    /// When the next block is over.
    pub fn block_ends_at(&self) -> Option<Timestamp> {
        self.doors.blocks.iter().filter_map(|it| it.until).min()
    }

    fn lift(&mut self, turn: &mut Turn, is_over: impl Fn(&Block) -> bool) {
        let (over, rest): (Vec<_>, Vec<_>) =
            self.doors.blocks.drain(..).partition(|it| is_over(it));
        self.doors.blocks = rest;
        turn.saves_doors = true;
        for block in over {
            let open: Vec<_> = self.listed_open(block.visitor).collect();
            open.iter().for_each(|it| self.ends.settle(it));
        }
    }

    /// Tells conversations of blocked visitors to end (R200). Asked at the end of every turn.
    pub fn tell_to_end(&mut self, turn: &mut Turn) {
        for conversation in self.ends.take(turn.now, WINDOW) {
            if !mutant::is(Mutant::BlockWithoutEnd) {
                self.instruct(turn, conversation, Instruction::End);
            }
        }
    }

    /// Whether the conversation of a work item is owed its end (R200).
    pub fn is_owed_end(&self, item: &Item) -> bool {
        item.is_open() && self.is_listed_as_blocked(item.report.visitor)
    }

    fn is_listed_as_blocked(&self, visitor: VisitorId) -> bool {
        let mut blocks = self.doors.blocks.iter();
        blocks.any(|block| block.visitor == visitor)
    }
}
