//! Accounts: what a space and the accounts of its people tell each other (F41).
//!
//! - **R88** A person's account is told who becomes a member, in which role, and who leaves, under a
//!   number that rises with each, until it confirms that number; at most [`WINDOW`] are told at a time, so that a
//!   large space does not call thousands of accounts at once.
//! - **R89** "Available in all my spaces" comes from the account under a number of its own: a newer one
//!   is obeyed as if the agent had said so here, an older one or a repeat is confirmed and changes
//!   nothing.
//! - **R150** A sign-out comes with it under one more number: a newer one begins a new era of the
//!   agent's tokens (R85), so sockets and tokens of sessions that are over are void at once.

use super::Effect;
use super::audit_log::{About, Deed};
use super::ledger::Ledger;
use super::turn::Turn;
use crate::frame::CloseCode;
use crate::id::AgentId;
use crate::mutant::{self, Mutant};

/// Most accounts that are told at a time.
pub const WINDOW: usize = 20;

impl Ledger {
    /// Tells accounts who is a member (R88). Asked at the end of every turn.
    pub fn register(&mut self, turn: &mut Turn) {
        for agent in self.registrations.take(turn.now, WINDOW) {
            if let Some(duty) = self.roster.get(&agent) {
                turn.effects.push(Effect::Register {
                    agent,
                    number: duty.agent.tenure.number,
                    member: !duty.agent.deactivated,
                    role: duty.agent.role,
                });
            }
        }
    }

    /// An account has it (R88).
    pub fn registered(&mut self, turn: &mut Turn, agent: AgentId, number: u64) {
        let duty = self.roster.get(&agent);
        if duty
            .is_some_and(|duty| duty.agent.tenure.number == number && duty.agent.tenure.is_owed())
        {
            self.registrations.settle(&agent);
            self.change_agent(turn, agent, |agent| agent.tenure.told = number);
        }
    }

    /// An account wishes its person Available or not (R89).
    pub fn wished(
        &mut self,
        turn: &mut Turn,
        agent: AgentId,
        (number, outs, ins): (u64, u64, u64),
        available: bool,
    ) {
        let duty = self.roster.get(&agent);
        let duty = duty.filter(|duty| !duty.agent.deactivated);
        let is_newer = |wish| wish < number || mutant::is(Mutant::StaleWishObeyed);
        if duty.is_some_and(|duty| is_newer(duty.agent.tenure.wish)) {
            self.change_agent(turn, agent, |agent| agent.tenure.wish = number);
            self.set_available(turn, agent, available, None);
        }
        let duty = self.roster.get(&agent);
        if duty.is_some_and(|duty| duty.agent.tenure.outs < outs) {
            self.change_agent(turn, agent, |agent| agent.tenure.outs = outs);
            self.begin_era(turn, agent, CloseCode::Revoked);
            self.note_act(turn, Some(agent), Deed::SignedOut, About::of(agent));
        }
        let duty = self.roster.get(&agent);
        if duty.is_some_and(|duty| duty.agent.tenure.ins < ins) {
            self.change_agent(turn, agent, |agent| agent.tenure.ins = ins);
            self.note_act(turn, Some(agent), Deed::SignedIn, About::of(agent));
        }
        turn.effects.push(Effect::Vouched);
    }
}
