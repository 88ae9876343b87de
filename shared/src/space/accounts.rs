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
//! - **R230** So does the address that the person has shown last to have, and the answer to R88 brings it, too: a
//!   newer one is taken, and a late one or a repeat changes nothing. An invitation that was mailed (R144)
//!   shows one here at once. It is where an admin is mailed (R192), and nobody reads it.
//! - **R231** An admin of whom no address is known cannot be mailed. Who that is, admins read.

use alloc::vec::Vec;

use super::Effect;
use super::audit_log::{About, Deed};
use super::ledger::Ledger;
use super::row::Agent;
use super::turn::Turn;
use crate::account::{Shown, Wish};
use crate::frame::CloseCode;
use crate::id::AgentId;
use crate::mutant::{self, Mutant};
use crate::refusal::Refusal;
use crate::rights::Role;
use crate::text::{EmailAddress, PersonName};

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

    /// An account has it (R88), and says where its person is mailed (R230).
    pub fn registered(&mut self, turn: &mut Turn, agent: AgentId, number: u64, shown: Shown) {
        self.take_shown(turn, agent, shown);
        let duty = self.roster.get(&agent);
        if duty
            .is_some_and(|duty| duty.agent.tenure.number == number && duty.agent.tenure.is_owed())
        {
            self.registrations.settle(&agent);
            self.change_agent(turn, agent, |agent| agent.tenure.told = number);
        }
    }

    /// Where an agent is mailed (R230).
    fn take_shown(&mut self, turn: &mut Turn, agent: AgentId, Shown { number, email }: Shown) {
        let duty = self.roster.get(&agent);
        let is_late = |known| number <= known && !mutant::is(Mutant::LateAddressTaken);
        if duty.is_none_or(|duty| duty.agent.deactivated || is_late(duty.agent.tenure.shown)) {
            return;
        }
        self.change_agent(turn, agent, |agent| agent.tenure.shown = number);
        self.doors.address(agent, email);
        turn.saves_doors = true;
    }

    /// Where admins are mailed (R192): whoever has shown to have an address.
    pub fn admin_addresses(&self) -> Vec<EmailAddress> {
        let admins = self
            .admins()
            .filter_map(|agent| self.doors.address_of(agent.agent));
        admins.cloned().collect()
    }

    /// Which admins cannot be mailed, for admins (R231).
    pub fn unmailed(&self, by: AgentId) -> Result<Vec<&PersonName>, Refusal> {
        self.may_let_in(by)?;
        let is_unmailed = |agent: &&Agent| self.doors.address_of(agent.agent).is_none();
        let unmailed = self.admins().filter(is_unmailed);
        Ok(unmailed.map(|agent| &agent.name).collect())
    }

    fn admins(&self) -> impl Iterator<Item = &Agent> {
        let agents = self.roster.values().map(|duty| &duty.agent);
        agents.filter(|agent| agent.role == Role::Admin && !agent.deactivated)
    }

    /// An account wishes its person Available or not (R89).
    pub fn wished(&mut self, turn: &mut Turn, wish: Wish) {
        let Wish {
            agent,
            number,
            available,
            outs,
            ins,
            shown,
        } = wish;
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
        self.take_shown(turn, agent, shown);
        turn.effects.push(Effect::Vouched);
    }
}
