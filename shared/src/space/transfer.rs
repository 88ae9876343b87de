//! Transfer: an agent passes on what the agent has (D7).
//!
//! - **R32** To an agent: an offer, beside the slot of the agent who has it. Until it is accepted
//!   the conversation stays where it is; decline, expiry, the end of the conversation or the holder's own
//!   Assign to Me drop it, and the holder's desk says which, until the holder's next Assign to Me.
//! - **R33** The offer fills a slot of its agent, who is on duty and has room (A4), and runs out
//!   like any other (A7, F48). It is no offer of the rotation: neither its place nor R5 count it.
//! - **R34** To a queue: the conversation waits again at its old place, in that queue.
//! - **R35** The note goes first: the sender's client writes it into the conversation's log as
//!   an internal note, under the id of the transfer, and asks the space once it is acknowledged.
//!   So it is there when the target looks, and stays when the offer is declined or runs out; a
//!   client that dies in between leaves a note and no transfer. The space refuses a transfer
//!   without its words, and shows them with the offer. A call over HTTP does both under one id:
//!   it asks whether the space would obey ([`super::Space::would_obey`]), writes the note, and gives the
//!   command. So what is refused leaves no note, unless something changes in between.
//! - **R36** What is where it should go already is done.
//! - **R40** The target serves the item's queue, or one of the target's queues is chosen with it.
//!   Skills are not asked for: the sender knows what the conversation needs by now.

use super::assignment::Given;
use super::commands::Reply;
use super::ledger::Ledger;
use super::row::{Item, ItemState, Returned, Slot, TransferEnd};
use super::turn::Turn;
use super::{Command, Target};
use crate::conversation::Standing;
use crate::id::{AgentId, CommandId, ConversationId};
use crate::mutant::{self, Mutant};
use crate::refusal::Refusal;
use crate::text::{Label, MessageText};

/// What [`Command::Transfer`] asks, besides which conversation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Passing<'a> {
    pub to: &'a Target,
    pub note: Option<&'a MessageText>,
}

/// What a transfer that is not refused comes to.
enum Way {
    /// It is where it should go.
    Done,
    /// It is on its way there.
    Moving,
    /// It goes there, with this note.
    Go(MessageText),
}

impl Command {
    /// True when a transfer would change nothing (R36).
    pub(super) fn is_for(&self, holder: Option<AgentId>) -> bool {
        matches!(self, Self::Transfer { to: Target::Agent { agent, .. }, .. } if Some(*agent) == holder)
    }
}

impl Target {
    /// True for the waiting list of that queue.
    pub(super) fn is_queue(&self, queue: &Label) -> bool {
        matches!(self, Self::Queue { queue: to } if to == queue)
    }
}

impl Ledger {
    /// Passes a held conversation on (R32, R34).
    pub fn transfer(
        &mut self,
        turn: &mut Turn,
        (agent, id): (AgentId, CommandId),
        conversation: ConversationId,
        passing: Passing,
    ) -> Result<Reply, Refusal> {
        let note = match self.way(agent, conversation, passing)? {
            Way::Done => return Ok(Reply::Done),
            Way::Moving => {
                self.answer_later(turn, conversation, (agent, id));
                return Ok(Reply::Later);
            }
            Way::Go(note) => note,
        };
        match passing.to {
            Target::Agent { agent: to, queue } => {
                self.pass_to(turn, conversation, (agent, *to), queue.clone(), note);
                Ok(Reply::Done)
            }
            Target::Queue { queue } => {
                let queue = Some(queue.clone());
                self.give_back(turn, conversation, queue, (agent, id));
                Ok(Reply::Later)
            }
        }
    }

    /// Whether a transfer that is not refused is still to be done; changes nothing.
    pub fn check_transfer(
        &self,
        agent: AgentId,
        conversation: ConversationId,
        passing: Passing,
    ) -> Result<bool, Refusal> {
        let way = self.way(agent, conversation, passing)?;
        Ok(matches!(way, Way::Go(_)))
    }

    fn way(
        &self,
        agent: AgentId,
        conversation: ConversationId,
        Passing { to, note }: Passing,
    ) -> Result<Way, Refusal> {
        let item = self.items.get(&conversation);
        let item = item.ok_or(Refusal::ConversationUnknown)?;
        match item.given_away(agent, Some(to))? {
            Given::Not => (),
            Given::OnItsWay => return Ok(Way::Moving),
            Given::There => return Ok(Way::Done),
        }
        // Its words would stand in the space's own row until somebody has taken it (R187).
        if self.erasing(conversation).is_some() {
            return Err(Refusal::Ended);
        }
        let note = note.ok_or(Refusal::NoteRequired)?;
        match to {
            Target::Agent { agent: to, queue } => {
                if let Some(queue) = queue {
                    self.settings.check_queue(queue)?;
                }
                let is_asked =
                    matches!(&item.state, ItemState::Transferring { to: asked, .. } if asked == to);
                if is_asked || item.held_by() == Some(*to) {
                    return Ok(Way::Done);
                }
                self.check_target(item, *to, queue.as_ref())?;
            }
            Target::Queue { queue } => self.settings.check_queue(queue)?,
        }
        Ok(Way::Go(note.clone()))
    }

    /// Whether an agent can be asked to take an item (R33, R40).
    fn check_target(&self, item: &Item, to: AgentId, queue: Option<&Label>) -> Result<(), Refusal> {
        let duty = self.roster.get(&to);
        let duty = duty.filter(|duty| !duty.agent.deactivated);
        let duty = duty.ok_or(Refusal::AgentUnknown)?;
        if !duty.serves(queue.unwrap_or(&item.report.queue)) {
            return Err(Refusal::NotInQueue);
        }
        if !duty.is_on_duty() {
            return Err(Refusal::AgentUnavailable);
        }
        if mutant::is(Mutant::NoCapacityCheck) {
            return Ok(());
        }
        self.check_free(to, item)
    }

    fn pass_to(
        &mut self,
        turn: &mut Turn,
        conversation: ConversationId,
        (by, to): (AgentId, AgentId),
        queue: Option<Label>,
        note: MessageText,
    ) {
        let (expires_at, lasts_s) = (turn.now + self.settings.offer(), self.settings.offer_s);
        self.change_item(turn, conversation, |item| {
            item.drop_transfer();
            item.fence = item.fence.next();
            let slot = Slot {
                fence: item.fence,
                agent: to,
            };
            item.slots.push(slot);
            item.declined.retain(|agent| *agent != to);
            item.returned = None;
            item.state = ItemState::Transferring {
                to,
                expires_at,
                lasts_s,
                by,
                queue,
                note,
            };
        });
        turn.offered.insert(to);
    }

    /// Drops the offer; who has the conversation keeps it and is told (R32).
    pub fn end_transfer(
        &mut self,
        turn: &mut Turn,
        conversation: ConversationId,
        why: Option<TransferEnd>,
    ) {
        let Some(item) = self.items.get(&conversation) else {
            return;
        };
        let ItemState::Transferring { to: agent, .. } = item.state else {
            if why.is_none() && item.returned.is_some() {
                self.change_item(turn, conversation, |item| item.returned = None);
            }
            return;
        };
        self.change_item(turn, conversation, |item| {
            item.drop_transfer();
            item.returned = why.map(|why| Returned { agent, why });
            if why == Some(TransferEnd::Declined) {
                item.declined.push(agent);
            }
        });
    }
}

impl Item {
    /// Back to the agent who has it, if it is being passed on.
    pub(super) fn drop_transfer(&mut self) {
        if matches!(self.state, ItemState::Transferring { .. }) {
            let fence = self.fence;
            self.slots.retain(|slot| slot.fence < fence);
            self.state = ItemState::Held;
        }
    }

    /// Whether somebody else can still get it.
    pub(super) const fn is_still_open(&self) -> Result<(), Refusal> {
        match self.report.standing {
            Standing::Waiting | Standing::Active { .. } => Ok(()),
            Standing::WrappingUp { .. } => Err(Refusal::Ended),
            Standing::Closed { .. } => Err(Refusal::Closed),
        }
    }
}
