//! Assignments: what the space proposes to a conversation until it has an answer.
//!
//! - **R13** A proposal carries a fence that was minted and saved before it left. It is repeated
//!   after 5, 10, then every 15 s until it is answered (A6, L3).
//! - **R14** Done: the older slots are free. Stale or Ended: the new slot is free, an older one
//!   stays until the conversation reports its end. An answer to another fence is ignored.
//! - **R15** An agent, or a supervisor, gives a held conversation back: the slot stays filled
//!   until the conversation agrees, the place in the queue is the old one, and the agent who had
//!   it counts as having declined it (F56).
//! - **R260** An answer that there is no such conversation counts for what the space knew when it asked: one
//!   to a question from before the first report says nothing once the report has come, however late it
//!   is. What is asked from then on, by a round, a proposal or an erasure, finds what was truly lost.

use alloc::vec::Vec;
use core::time::Duration;

use super::commands::Reply;
use super::ledger::Ledger;
use super::row::{Item, ItemState};
use super::turn::Turn;
use super::{Effect, Target};
use crate::conversation::{Answer, Assignee, Assignment, Fence, Instruction, Outcome};
use crate::id::{AgentId, CommandId, ConversationId};
use crate::mutant::{self, Mutant};
use crate::refusal::Refusal;
use crate::text::Label;
use crate::time::Timestamp;

/// First pause before a proposal is repeated: 5 s; it grows by as much. Source: PROTOCOL.md §7.
pub const RETRY: Duration = Duration::from_secs(5);
/// Longest pause before a proposal is repeated: 15 s. Source: PROTOCOL.md §7.
pub const RETRY_MAX: Duration = Duration::from_secs(15);

fn retry_at(now: Timestamp, repeats: u32) -> Timestamp {
    now + RETRY_MAX.min(RETRY.saturating_mul(repeats.saturating_add(1)))
}

/// What is proposed to a conversation.
#[derive(Clone, Debug, Default)]
pub(super) struct Proposal {
    /// To whom; `None` for nobody.
    pub to: Option<Assignee>,
    /// The queue that it goes to with it; `None` leaves it in its own.
    pub queue: Option<Label>,
    /// True when the agent takes it (F55).
    pub taken: bool,
}

/// How far an agent's wish to give a conversation away has come.
pub(super) enum Given {
    /// It is with somebody.
    Not,
    /// The conversation was asked and has not answered yet.
    OnItsWay,
    /// It is where it should go.
    There,
}

impl Item {
    /// How far it is given away to a target, or to the waiting list when none is named.
    pub(super) fn given_away(&self, agent: AgentId, to: Option<&Target>) -> Result<Given, Refusal> {
        match &self.state {
            ItemState::Held | ItemState::Transferring { .. } => {
                self.is_still_open()?;
                Ok(Given::Not)
            }
            ItemState::Assigning {
                to: None,
                queue,
                command: Some((by, _)),
                ..
            } if *by == agent
                && to.map_or(queue.is_none(), |to| {
                    queue.as_ref().is_some_and(|queue| to.is_queue(queue))
                }) =>
            {
                Ok(Given::OnItsWay)
            }
            ItemState::Waiting { .. } | ItemState::Offered { .. }
                if self.given_back_by == Some(agent)
                    && to.is_none_or(|to| to.is_queue(&self.report.queue)) =>
            {
                Ok(Given::There)
            }
            ItemState::Waiting { .. } | ItemState::Offered { .. } | ItemState::Assigning { .. } => {
                Err(Refusal::NotAssignee)
            }
            ItemState::Gone { .. } => Err(Refusal::Closed),
        }
    }
}

impl Ledger {
    /// Proposes an assignment under the fence that the item has (R13).
    pub fn propose(
        &mut self,
        turn: &mut Turn,
        conversation: ConversationId,
        Proposal { to, queue, taken }: Proposal,
        command: Option<(AgentId, CommandId)>,
    ) {
        let state = ItemState::Assigning {
            to,
            queue,
            taken,
            command,
            retry_at: retry_at(turn.now, 0),
            repeats: 0,
        };
        self.change_item(turn, conversation, |item| item.state = state);
        self.propose_again(turn, conversation);
    }

    /// Repeats a proposal that was not answered (R13).
    pub fn repeat(&mut self, turn: &mut Turn, conversation: ConversationId) {
        let now = turn.now;
        self.change_item(turn, conversation, |item| {
            if let ItemState::Assigning {
                retry_at: at,
                repeats,
                ..
            } = &mut item.state
            {
                *repeats = repeats.saturating_add(1);
                *at = retry_at(now, *repeats);
            }
        });
        if !mutant::is(Mutant::CommandNotRetried) {
            self.propose_again(turn, conversation);
        }
    }

    fn propose_again(&self, turn: &mut Turn, conversation: ConversationId) {
        let Some(item) = self.items.get(&conversation) else {
            return;
        };
        if let ItemState::Assigning {
            to,
            queue,
            taken,
            command,
            ..
        } = &item.state
        {
            let assignment = Assignment {
                // Only the leave of an agent gives back what nobody asked to give back (R42).
                closes: to.is_none() && command.is_none() && queue.is_none(),
                fence: item.fence,
                to: to.clone(),
                queue: queue.clone(),
                taken: *taken,
            };
            self.instruct(turn, conversation, Instruction::Assign(assignment));
        }
    }

    /// Tells a conversation something, and keeps with the call what is known of it (R260).
    pub fn instruct(
        &self,
        turn: &mut Turn,
        conversation: ConversationId,
        instruction: Instruction,
    ) {
        turn.effects.push(Effect::Instruct {
            conversation,
            instruction,
            is_known: self.items.contains_key(&conversation),
        });
    }

    /// A proposal is under way for the very thing that a command asks: it is answered with it.
    ///
    /// One that asked before under another id, as two clicks do, is answered at once: no command
    /// stays without an answer.
    pub fn answer_later(
        &mut self,
        turn: &mut Turn,
        conversation: ConversationId,
        asked: (AgentId, CommandId),
    ) {
        let item = self.items.get(&conversation);
        let Some(ItemState::Assigning { command, .. }) = item.map(|item| &item.state) else {
            return;
        };
        let before = *command;
        if before == Some(asked) {
            return;
        }
        self.change_item(turn, conversation, |item| {
            if let ItemState::Assigning { command, .. } = &mut item.state {
                *command = Some(asked);
            }
        });
        if let Some(asked) = before {
            self.reply(turn, asked, Ok(()));
        }
    }

    /// Gives a held conversation back to the waiting list (R15).
    pub fn unassign(
        &mut self,
        turn: &mut Turn,
        (agent, id): (AgentId, CommandId),
        conversation: ConversationId,
    ) -> Result<Reply, Refusal> {
        let item = self.items.get(&conversation);
        let item = item.ok_or(Refusal::ConversationUnknown)?;
        match item.given_away(agent, None)? {
            Given::Not => self.give_back(turn, conversation, None, (agent, id)),
            Given::OnItsWay => self.answer_later(turn, conversation, (agent, id)),
            Given::There => return Ok(Reply::Done),
        }
        Ok(Reply::Later)
    }

    /// Proposes to put a held conversation into the waiting list, of another queue if one is named.
    pub fn give_back(
        &mut self,
        turn: &mut Turn,
        conversation: ConversationId,
        queue: Option<Label>,
        asked: (AgentId, CommandId),
    ) {
        self.change_item(turn, conversation, |item| {
            item.drop_transfer();
            item.fence = item.fence.next();
        });
        let proposal = Proposal {
            queue,
            ..Proposal::default()
        };
        self.propose(turn, conversation, proposal, Some(asked));
    }

    /// Takes in a conversation's answer (R14).
    pub fn answered(
        &mut self,
        turn: &mut Turn,
        conversation: ConversationId,
        (fence, was_known): (Option<Fence>, bool),
        answer: Answer,
    ) {
        let Answer {
            outcome,
            report,
            dismissed,
        } = answer;
        if let Some(dismissal) = dismissed {
            self.dismissed(turn, conversation, dismissal);
        }
        let is_there = report.is_some();
        if !is_there && !was_known && self.items.contains_key(&conversation) {
            return;
        }
        if !is_there && fence.is_none() {
            self.has_not_begun(conversation);
            self.has_none_to_erase(turn, conversation);
        }
        if let Some(report) = report.filter(|report| report.conversation == conversation) {
            self.take_report(turn, report);
        }
        let Some(item) = self.items.get(&conversation) else {
            return;
        };
        let is_pending = match item.state {
            ItemState::Assigning { .. } => fence == Some(item.fence),
            ItemState::Waiting { .. }
            | ItemState::Offered { .. }
            | ItemState::Held
            | ItemState::Transferring { .. }
            | ItemState::Gone { .. } => false,
        };
        match outcome {
            // There is no such conversation, so nobody can hold it.
            None if !is_there && (is_pending || fence.is_none()) => {
                self.forget_insiders(turn, conversation);
                self.bury(turn, conversation, Refusal::ConversationUnknown);
                self.clear_item(turn, conversation);
            }
            Some(Outcome::Done) if is_pending => self.conclude(turn, conversation),
            Some(Outcome::Stale) if is_pending => {
                self.reject(turn, conversation, Outcome::Stale);
                self.instruct(turn, conversation, Instruction::Describe);
            }
            Some(Outcome::Ended) if is_pending => {
                self.reject(turn, conversation, Outcome::Ended);
            }
            Some(Outcome::Done | Outcome::Stale | Outcome::Ended) | None => (),
        }
    }

    /// The assignment stands (R14).
    pub fn conclude(&mut self, turn: &mut Turn, conversation: ConversationId) {
        let mut asked = None;
        self.change_item(turn, conversation, |item| {
            let ItemState::Assigning { to, command, .. } = &item.state else {
                return;
            };
            asked = *command;
            if to.is_some() {
                let fence = item.fence;
                item.slots.retain(|slot| slot.fence == fence);
                item.declined.clear();
                item.returned = None;
                item.given_back_by = None;
                item.state = ItemState::Held;
            } else {
                item.back_to_waiting();
            }
        });
        if let Some(asked) = asked {
            self.reply(turn, asked, Ok(()));
        }
    }

    /// The conversation took another way (R14).
    fn reject(&mut self, turn: &mut Turn, conversation: ConversationId, outcome: Outcome) {
        let (refusal, is_over) = match outcome {
            Outcome::Ended => (Refusal::Ended, true),
            Outcome::Stale | Outcome::Done => (Refusal::OfferOver, false),
        };
        if let Some(item) = self.items.get(&conversation)
            && !item.slots.iter().any(|slot| slot.fence < item.fence)
            && is_over
        {
            self.bury(turn, conversation, refusal);
            return;
        }
        self.refuse_pending(turn, conversation, refusal);
        self.change_item(turn, conversation, |item| {
            let fence = item.fence;
            if !mutant::is(Mutant::SlotKeptOnReject) {
                item.slots.retain(|slot| slot.fence < fence);
            }
            item.state = if item.slots.is_empty() {
                ItemState::Waiting { not_before: None }
            } else {
                ItemState::Held
            };
        });
    }

    /// Tells the agent whose command is pending that it came to nothing.
    pub fn refuse_pending(&self, turn: &mut Turn, conversation: ConversationId, refusal: Refusal) {
        let Some(item) = self.items.get(&conversation) else {
            return;
        };
        if let ItemState::Assigning {
            command: Some(asked),
            ..
        } = item.state
        {
            self.reply(turn, asked, Err(refusal));
        }
    }
}

impl Item {
    /// Back to the queue, at the old place; who had it counts as having declined it (R15).
    pub(super) fn back_to_waiting(&mut self) {
        self.drop_transfer();
        self.given_back_by = self.held_by();
        let agents: Vec<AgentId> = self.slots.iter().map(|slot| slot.agent).collect();
        self.declined = agents;
        self.slots.clear();
        self.returned = None;
        self.state = ItemState::Waiting { not_before: None };
    }
}
