//! What agents ask of the space, and who may.
//!
//! - **R12** [`may`] is asked for every command, without a default arm: a new command stops the
//!   build until its row stands here.

use super::Command;
use super::ledger::Ledger;
use super::transfer::Passing;
use super::turn::Turn;
use crate::frame::{FromServer, SocketId};
use crate::id::{AgentId, CommandId, ConversationId};
use crate::refusal::Refusal;
use crate::rights::{self, Action, Role};

/// What became of a command that was not refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Reply {
    /// It is done, by this copy of it or an earlier one.
    Done,
    /// The conversation has the last word; the answer follows (O1).
    Later,
}

/// Whether an agent may give a command about a conversation held by `holder` (R12).
fn may(
    agent: AgentId,
    role: Role,
    command: &Command,
    holder: Option<AgentId>,
) -> Result<(), Refusal> {
    let action = match command {
        Command::SetAvailable { .. } => Action::SetAvailable,
        Command::Accept { .. } => Action::Accept,
        Command::Decline { .. } => Action::Decline,
        Command::Take { .. } => Action::Take,
        Command::Unassign { .. } => Action::Unassign,
        // To whom it is passed already: a repeat, which is done.
        Command::Transfer { .. } if command.is_for(holder) => return Ok(()),
        Command::Transfer { .. } => Action::Transfer,
        Command::Block { .. } | Command::Unblock { .. } => Action::Block,
    };
    rights::may_with((agent, role), action, holder)
}

impl Command {
    /// The conversation that it is about.
    #[must_use]
    pub const fn conversation(&self) -> Option<ConversationId> {
        match self {
            Self::SetAvailable { .. } | Self::Unblock { .. } => None,
            Self::Accept { conversation, .. }
            | Self::Decline { conversation, .. }
            | Self::Take { conversation }
            | Self::Unassign { conversation }
            | Self::Transfer { conversation, .. }
            | Self::Block { conversation, .. } => Some(*conversation),
        }
    }
}

impl Ledger {
    /// Obeys a command, or says why not.
    pub fn obey(
        &mut self,
        turn: &mut Turn,
        socket: SocketId,
        agent: AgentId,
        id: CommandId,
        command: &Command,
    ) {
        let reply = match self.try_to_obey(turn, agent, id, command) {
            Ok(Reply::Done) => FromServer::Done { id },
            Ok(Reply::Later) => return,
            Err(refusal) => FromServer::Refused { id, refusal },
        };
        turn.send([socket].into(), reply);
    }

    pub(super) fn try_to_obey(
        &mut self,
        turn: &mut Turn,
        agent: AgentId,
        id: CommandId,
        command: &Command,
    ) -> Result<Reply, Refusal> {
        self.check_may(agent, command)?;
        match *command {
            Command::SetAvailable {
                available,
                for_chats,
            } => {
                self.set_available(turn, agent, available, for_chats);
                Ok(Reply::Done)
            }
            Command::Accept {
                conversation,
                fence,
            } => self.accept(turn, (agent, id), conversation, fence),
            Command::Decline {
                conversation,
                fence,
            } => self.decline(turn, agent, conversation, fence),
            Command::Take { conversation } => self.take_over(turn, (agent, id), conversation),
            Command::Unassign { conversation } => self.unassign(turn, (agent, id), conversation),
            Command::Transfer {
                conversation,
                ref to,
                ref note,
            } => {
                let note = note.as_ref();
                self.transfer(turn, (agent, id), conversation, Passing { to, note })
            }
            Command::Block {
                conversation,
                ref reason,
                for_s,
            } => self.block(turn, agent, conversation, (reason.clone(), for_s)),
            Command::Unblock { visitor } => self.unblock(turn, agent, visitor),
        }
    }

    /// Whether an agent may give a command (R12).
    pub(super) fn check_may(&self, agent: AgentId, command: &Command) -> Result<(), Refusal> {
        let duty = self.roster.get(&agent).ok_or(Refusal::AgentUnknown)?;
        let conversation = command.conversation();
        let item = conversation.and_then(|conversation| self.items.get(&conversation));
        let holder = item.and_then(|item| item.held_by());
        may(agent, duty.agent.role, command, holder)
    }
}
