//! An agent on the roster: what the agent is doing, and so what the agent can be offered.

use super::desk::Desk;
use super::lanes::Need;
use super::row::Agent;
use crate::conversation::Fence;
use crate::frame::SocketId;
use crate::id::{AgentId, ConversationId};
use crate::mutant::{self, Mutant};
use crate::rights::Role;
use crate::settings::{OfferMode, Routing, Settings};
use crate::sorted::SortedSet;
use crate::text::Label;

/// A place in the rotation; the least comes first.
pub(super) type Place = (usize, u64, AgentId);

/// An agent, and what the agent is doing.
#[derive(Clone, Debug)]
#[cfg_attr(test, derive(Eq, PartialEq))]
pub(super) struct Duty {
    pub agent: Agent,
    /// Slots filled.
    pub slots: SortedSet<(ConversationId, Fence)>,
    /// Slots filled when a limit was lowered below them: nobody is thrown out (R72). 0 within the
    /// limit.
    pub left: usize,
    /// Open offers.
    pub offers: SortedSet<ConversationId>,
    /// Conversations that have let the agent in, besides those that the agent has (R86).
    pub inside: SortedSet<ConversationId>,
    /// Sockets that have said hello.
    pub sockets: SortedSet<SocketId>,
    /// The desk that the sockets have.
    pub shown: Option<Desk>,
}

impl Duty {
    /// An agent who is not there yet.
    pub const fn new(agent: Agent) -> Self {
        Self {
            agent,
            slots: SortedSet::new(),
            left: 0,
            offers: SortedSet::new(),
            inside: SortedSet::new(),
            sockets: SortedSet::new(),
            shown: None,
        }
    }

    /// What the agent has may stay although a limit is lowered (R72).
    pub fn leave_slots(&mut self) {
        self.left = self.left.max(self.slots.len());
    }

    /// What was given back since is not filled again above the limit (R72).
    pub fn settle_limit(&mut self, settings: &Settings) {
        let used = self.slots.len();
        let is_over = used > usize::from(self.limit(settings));
        self.left = if is_over { self.left.min(used) } else { 0 };
    }

    /// The conversation limit in force.
    pub fn limit(&self, settings: &Settings) -> u8 {
        self.agent.limit.unwrap_or(settings.conversation_limit)
    }

    /// An admin who has not left.
    pub fn is_active_admin(&self) -> bool {
        self.agent.role == Role::Admin && !self.agent.deactivated
    }

    /// Available and with a live console.
    pub fn is_on_duty(&self) -> bool {
        self.agent.available && !self.sockets.is_empty()
    }

    /// True when the agent can be given something unasked (R5, R29, R30).
    pub fn is_eligible(&self, settings: &Settings) -> bool {
        let limit = self.limit(settings);
        let limit = match settings.offer_mode {
            OfferMode::Offer => limit,
            OfferMode::AutoAccept => limit.min(self.agent.available_for.unwrap_or(limit)),
            OfferMode::Manual => 0,
        };
        let mut has_room = self.slots.len() < usize::from(limit);
        has_room |= mutant::is(Mutant::LoweredLimitIgnored) && self.slots.len() < self.left;
        self.is_on_duty() && has_room && self.offers.is_empty()
    }

    /// True when the agent serves that queue (R38).
    pub fn serves(&self, queue: &Label) -> bool {
        let queues = self.agent.queues.as_ref();
        queues.is_none_or(|queues| queues.contains(queue))
    }

    /// True when the agent has what it takes, unless the agent is busy (R38, R58).
    pub fn meets(&self, need: &Need) -> bool {
        let mut skills = need.skills.iter();
        let mut has_skills = skills.all(|skill| self.agent.skills.contains(skill));
        has_skills |= mutant::is(Mutant::SkillIgnored);
        self.serves(&need.queue) && has_skills
    }

    /// Where the agent stands in the rotation (R6, R31).
    pub fn place(&self, settings: &Settings) -> Place {
        let busy = match settings.routing {
            Routing::RoundRobin => 0,
            Routing::LeastBusy => self.slots.len(),
        };
        (busy, self.agent.last_offer, self.agent.agent)
    }
}
