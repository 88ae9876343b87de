//! What shells and agents read of a space; nothing here changes anything.

use alloc::string::String;
use alloc::vec::Vec;

use super::audit_log::AuditEntry;
use super::blocks::Block;
use super::doors::{Doors, Invitation};
use super::hours::Openness;
use super::ledger::Ledger;
use super::machine::Space;
use super::queues::QueueView;
use super::row::{Agent, Item};
use super::{Colleague, Command, Erasing, Found, Listed, Me, Page, Query};
use crate::account::Way;
use crate::id::{AgentId, ConversationId};
use crate::refusal::Refusal;
use crate::session::Family;
use crate::settings::Settings;
use crate::text::{EmailAddress, Label, PersonName, ZoneName};
use crate::time::Timestamp;

impl Space {
    /// The settings; `None` before the space was made.
    #[must_use]
    pub fn settings(&self) -> Option<&Settings> {
        self.ledger.as_ref().map(|ledger| &ledger.settings)
    }

    /// The settings as an agent of the space reads them.
    ///
    /// # Errors
    /// When the space was not made, or the agent has no place in it.
    pub fn settings_for(&self, agent: AgentId) -> Result<&Settings, Refusal> {
        let ledger = self.ledger.as_ref().ok_or(Refusal::SpaceUnknown)?;
        ledger.settings_for(agent)
    }

    /// Invitations and API tokens, for admins (R140).
    ///
    /// # Errors
    /// When the space was not made, or the agent is no admin of it.
    pub fn doors(&self, agent: AgentId) -> Result<&Doors, Refusal> {
        let ledger = self.ledger.as_ref().ok_or(Refusal::SpaceUnknown)?;
        ledger.doors_for(agent)
    }

    /// Where admins are mailed (R192).
    #[must_use]
    pub fn admin_addresses(&self) -> Vec<EmailAddress> {
        let ledger = self.ledger.as_ref();
        ledger.map_or_else(Vec::new, Ledger::admin_addresses)
    }

    /// Which admins cannot be mailed (R231).
    ///
    /// # Errors
    /// When the space was not made, or the agent is no admin of it.
    pub fn unmailed(&self, by: AgentId) -> Result<Vec<&PersonName>, Refusal> {
        let ledger = self.ledger.as_ref().ok_or(Refusal::SpaceUnknown)?;
        ledger.unmailed(by)
    }

    /// The customers whom an admin looks for (R191).
    ///
    /// # Errors
    /// When the space was not made, or the agent is no admin of it.
    pub fn customers(
        &self,
        by: AgentId,
        wanted: &str,
        past: &[Erasing],
        sessions: &[(String, Family)],
    ) -> Result<Found, Refusal> {
        let ledger = self.ledger.as_ref().ok_or(Refusal::SpaceUnknown)?;
        ledger.customers(by, wanted, past, sessions)
    }

    /// The newest entry of the audit log.
    #[must_use]
    pub fn newest_act(&self) -> Option<&AuditEntry> {
        self.ledger.as_ref()?.newest_act.as_ref()
    }

    /// Whether an agent may read the audit log (R184).
    ///
    /// # Errors
    /// When the space was not made, or the agent is no admin of it.
    pub fn may_read_acts(&self, agent: AgentId) -> Result<(), Refusal> {
        let ledger = self.ledger.as_ref().ok_or(Refusal::SpaceUnknown)?;
        ledger.may_read_acts(agent)
    }

    /// How many sessions of visitors may begin from one address in an hour (R128).
    #[must_use]
    pub fn sessions_max(&self) -> u32 {
        self.ledger
            .as_ref()
            .map_or(0, |ledger| ledger.sessions_max())
    }

    /// Whether one more may begin after those that began there within the hour, the newest first (R128).
    ///
    /// # Errors
    /// When it may not yet.
    pub fn check_sessions(&self, now: Timestamp, begun: &[Timestamp]) -> Result<(), Refusal> {
        let ledger = self.ledger.as_ref().ok_or(Refusal::SpaceUnknown)?;
        ledger.check_sessions(now, begun)
    }

    /// Who is blocked, for supervisors and admins (R123).
    ///
    /// # Errors
    /// When the space was not made, or the agent is neither.
    pub fn blocks(&self, agent: AgentId) -> Result<&[Block], Refusal> {
        let ledger = self.ledger.as_ref().ok_or(Refusal::SpaceUnknown)?;
        ledger.blocks_for(agent)
    }

    /// The invitation that somebody holds, while it can be accepted.
    ///
    /// # Errors
    /// When there is none, or it is over (R141).
    pub fn invitation(&self, now: Timestamp, way: &Way) -> Result<&Invitation, Refusal> {
        let ledger = self.ledger.as_ref().ok_or(Refusal::LinkOver)?;
        ledger.doors.invitation(now, way)
    }

    /// An agent, deactivated ones included.
    #[must_use]
    pub fn agent(&self, agent: AgentId) -> Option<&Agent> {
        let duty = self.ledger.as_ref()?.roster.get(&agent);
        duty.map(|duty| &duty.agent)
    }

    /// The agents, by id.
    pub fn agents(&self) -> impl Iterator<Item = &Agent> {
        let ledgers = self.ledger.iter();
        ledgers.flat_map(|ledger| ledger.roster.values().map(|duty| &duty.agent))
    }

    /// The work items, by id, gone ones included until their tombstones have served their time.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        let ledgers = self.ledger.iter();
        ledgers.flat_map(|ledger| ledger.items.values())
    }

    /// A page of a list as that agent reads it.
    ///
    /// # Errors
    /// When the space was not made, the agent has no place in it, or there is no such queue.
    pub fn page(&self, agent: AgentId, query: &Query) -> Result<Page, Refusal> {
        let ledger = self.ledger.as_ref().ok_or(Refusal::SpaceUnknown)?;
        ledger.page(agent, query)
    }

    /// One work item as that agent reads it; `None` for what the space does not know.
    ///
    /// # Errors
    /// When the space was not made, or the agent has no place in it.
    pub fn listed(
        &self,
        agent: AgentId,
        conversation: ConversationId,
    ) -> Result<Option<Listed>, Refusal> {
        let ledger = self.ledger.as_ref().ok_or(Refusal::SpaceUnknown)?;
        ledger.listed(agent, conversation)
    }

    /// The agents as that agent reads them; what has fallen due since the last input is not in it.
    ///
    /// # Errors
    /// When the space was not made, or the agent has no place in it.
    pub fn colleagues(&self, agent: AgentId) -> Result<Vec<Colleague>, Refusal> {
        let ledger = self.ledger.as_ref().ok_or(Refusal::SpaceUnknown)?;
        ledger.colleagues(agent)
    }

    /// The time zones whose clocks the space does not know, or not for long any more: the shell
    /// answers with [`Input::Zones`] before it does anything else (R50).
    #[must_use]
    pub fn zones_wanted(&self) -> Vec<ZoneName> {
        let ledgers = self.ledger.iter();
        ledgers
            .flat_map(|ledger| ledger.zones_wanted(self.now))
            .collect()
    }

    /// The queues as that agent reads them (R60).
    ///
    /// # Errors
    /// When the space was not made, or the agent has no place in it.
    pub fn queues(&self, now: Timestamp, agent: AgentId) -> Result<Vec<QueueView>, Refusal> {
        let ledger = self.ledger.as_ref().ok_or(Refusal::SpaceUnknown)?;
        ledger.queues(now, agent)
    }

    /// Whether a queue is open at that moment, and when it opens (R51).
    #[must_use]
    pub fn openness(&self, now: Timestamp, queue: &Label) -> Openness {
        let ledger = self.ledger.as_ref();
        ledger.map_or(Openness::ALWAYS, |ledger| ledger.openness(now, queue))
    }

    /// Whether a transfer is still to be done as things stand, for whoever writes its note first
    /// (R35); false when it is done or on its way.
    ///
    /// # Errors
    /// The refusal that it would get.
    pub fn would_obey(&self, agent: AgentId, command: &Command) -> Result<bool, Refusal> {
        let ledger = self.ledger.as_ref().ok_or(Refusal::SpaceUnknown)?;
        ledger.would_obey(agent, command)
    }

    /// What somebody who has not left is in this space.
    #[must_use]
    pub fn me(&self, agent: AgentId) -> Option<Me> {
        let ledger = self.ledger.as_ref()?;
        ledger.is_active(agent).then(|| ledger.me(agent))?
    }

    /// Whether the token of an agent is good (R85).
    ///
    /// # Errors
    /// When the agent has left, or the token is of an earlier era.
    pub fn vouch(&self, agent: AgentId, era: u32) -> Result<(), Refusal> {
        let ledger = self.ledger.as_ref().ok_or(Refusal::SpaceUnknown)?;
        ledger.vouch(agent, era)
    }

    /// An agent who may hold a session; `None` for one who has left, and for a session that was
    /// begun before (R87).
    #[must_use]
    pub fn member(&self, agent: AgentId, departures: u32) -> Option<&Agent> {
        let agent = &self.ledger.as_ref()?.roster.get(&agent)?.agent;
        (!agent.deactivated && agent.tenure.departures == departures).then_some(agent)
    }
}
