//! Commands without a socket: what programs ask over HTTP, and every answer that comes later.
//!
//! - **R90** A call is judged and obeyed like a command of a socket: the same [`super::Command`],
//!   the same `may`, the same refusal. It needs no console, and makes its agent no less away
//!   (R19). Who is no agent here, or has left, is refused everything (R41).
//! - **R91** A command is answered once, to the agent who asked: at once, or when the
//!   conversation has agreed. The answer that comes later goes to the agent's sockets and to
//!   whoever waits for it, however it was asked.
//! - **R92** The space keeps no ids of commands: a repeat is judged by how things stand. Each
//!   command that has taken effect is answered as done while that effect lasts, and changes
//!   nothing; after that it is refused like any command that comes late. Another command under
//!   an id that was used before is another command.

use super::Command;
use super::Effect;
use super::commands::Reply;
use super::ledger::Ledger;
use super::transfer::Passing;
use super::turn::Turn;
use crate::frame::FromServer;
use crate::id::{AgentId, CommandId};
use crate::refusal::Refusal;

impl Ledger {
    /// Obeys a call, or says why not (R90).
    pub fn asked(&mut self, turn: &mut Turn, agent: AgentId, id: CommandId, command: &Command) {
        let obeyed = if self.is_active(agent) {
            self.try_to_obey(turn, agent, id, command)
        } else {
            Err(Refusal::Forbidden)
        };
        let reply = match obeyed {
            Ok(Reply::Done) => Ok(()),
            Ok(Reply::Later) => return,
            Err(refusal) => Err(refusal),
        };
        turn.effects.push(Effect::Replied { agent, id, reply });
    }

    /// Whether a command that would not be refused is still to be done (R35).
    pub fn would_obey(&self, agent: AgentId, command: &Command) -> Result<bool, Refusal> {
        if !self.is_active(agent) {
            return Err(Refusal::Forbidden);
        }
        self.check_may(agent, command)?;
        match command {
            Command::Transfer {
                conversation,
                to,
                note,
            } => {
                let note = note.as_ref();
                self.check_transfer(agent, *conversation, Passing { to, note })
            }
            // Nothing comes before these, so nobody asks.
            Command::SetAvailable { .. }
            | Command::Accept { .. }
            | Command::Decline { .. }
            | Command::Take { .. }
            | Command::Unassign { .. }
            | Command::Block { .. }
            | Command::Unblock { .. } => Ok(true),
        }
    }

    /// Answers a command that had to wait (R91).
    pub fn reply(
        &self,
        turn: &mut Turn,
        (agent, id): (AgentId, CommandId),
        reply: Result<(), Refusal>,
    ) {
        let frame = match reply.clone() {
            Ok(()) => FromServer::Done { id },
            Err(refusal) => FromServer::Refused { id, refusal },
        };
        turn.send(self.sockets_of(agent), frame);
        turn.effects.push(Effect::Replied { agent, id, reply });
    }
}
