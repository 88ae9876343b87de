//! Sessions of a space: the rules are in [`shared::session`], the rows are here.

use shared::refusal::Refusal;
use shared::rights::Person;
use shared::session::{self, Family, SessionError, Subject};
use shared::space::Agent;
use shared::time::Timestamp;
use worker::{Error, Result};

use super::Place;
use crate::ask::{self, Identify, Session, SignIn, SpaceTold};
use crate::object::Awake;
use crate::storage::space as rows;
use crate::{clock, random};

/// What counts for a limit of an hour.
const HOUR: core::time::Duration = core::time::Duration::from_secs(3_600);

impl Awake<Place> {
    /// Begins a session for a browser or an agent.
    pub(super) fn sign_in(&mut self, who: &SignIn) -> Result<SpaceTold> {
        let now = clock::now();
        let Some(settings) = self.core.machine.settings() else {
            return Ok(SpaceTold::Denied(Refusal::SpaceUnknown));
        };
        let (person, departures) = match who {
            SignIn::Visitor(..) if !settings.live_chat => {
                return Ok(SpaceTold::Denied(Refusal::SpaceOff));
            }
            SignIn::Visitor(visitor, address) => {
                if let Some(address) = *address
                    && let Err(refusal) = self.check_sessions(now, address)?
                {
                    return Ok(SpaceTold::Denied(refusal));
                }
                (Person::visitor(*visitor), 0)
            }
            SignIn::Agent(name) => match self.core.agent_called(name) {
                Some(agent) => (agent.person(), agent.tenure.departures),
                None => return Ok(SpaceTold::Denied(Refusal::AgentUnknown)),
            },
        };
        // Addresses are numbers by chance: the sweep starts at the new name and so reaches every row.
        let place = match who {
            SignIn::Visitor(_, address) => *address,
            SignIn::Agent(_) => None,
        };
        let chance = random::bytes();
        let chance = chance.map_err(|_| Error::RustError("no random bytes".to_owned()))?;
        let family = session::name(place, now, chance).to_string();
        let begun = Family::begin(now, ask::subject(&person), departures);
        rows::sweep_sessions(&self.storage, &family, now)?;
        rows::put_session(&self.storage, &family, &begun)?;
        Ok(SpaceTold::Session(Session {
            family,
            generation: begun.generation,
            person,
        }))
    }

    /// Whether one more session may begin at an address (R128 of `shared::space`).
    fn check_sessions(
        &self,
        now: Timestamp,
        address: u64,
    ) -> Result<core::result::Result<(), Refusal>> {
        let machine = &self.core.machine;
        let begun =
            rows::sessions_since(&self.storage, address, now - HOUR, machine.sessions_max())?;
        Ok(machine.check_sessions(now, &begun))
    }

    /// Begins a session for whom the site vouches: one for each of its tokens (F7).
    pub(super) fn identify(&mut self, whom: Identify) -> Result<SpaceTold> {
        let now = clock::now();
        let Identify {
            key,
            family,
            visitor,
            verified,
        } = whom;
        let Some(settings) = self.core.machine.settings() else {
            return Ok(SpaceTold::Denied(Refusal::SpaceUnknown));
        };
        if !settings.live_chat {
            return Ok(SpaceTold::Denied(Refusal::SpaceOff));
        }
        let is_used = rows::session(&self.storage, &family)?.is_some();
        if is_used || !self.core.machine.has_identity_key(key) {
            return Ok(SpaceTold::SessionOver);
        }
        let before = verified.before;
        let verified = Box::new(verified);
        let mut begun = Family::begin(now, Subject::Visitor(visitor), 0);
        begun.verified = Some((key, verified.clone()));
        rows::sweep_sessions(&self.storage, &family, now)?;
        rows::put_session(&self.storage, &family, &begun)?;
        let open_of = |visitor| self.core.machine.open_of(visitor);
        Ok(SpaceTold::Identified {
            own: before.map(open_of).unwrap_or_default(),
            open: open_of(visitor),
            session: Session {
                family,
                generation: begun.generation,
                person: Person::Visitor {
                    visitor,
                    verified: Some(verified),
                },
            },
        })
    }

    /// Goes on with a session.
    pub(super) fn refresh(&mut self, id: &str, generation: u32) -> Result<SpaceTold> {
        let now = clock::now();
        let Some(stored) = rows::session(&self.storage, id)? else {
            return Ok(SpaceTold::SessionOver);
        };
        let Some(person) = self.core.subject(&stored) else {
            return Ok(SpaceTold::SessionOver);
        };
        let mut family = stored.clone();
        let refreshed = family.refresh(now, generation);
        if family != stored {
            rows::put_session(&self.storage, id, &family)?;
        }
        Ok(match refreshed {
            Ok(generation) => SpaceTold::Session(Session {
                family: id.to_owned(),
                generation,
                person,
            }),
            Err(SessionError::Over | SessionError::Revoked | SessionError::Unknown) => {
                SpaceTold::SessionOver
            }
        })
    }
}

impl Place {
    /// An agent who has not left, by the name that colleagues see, whatever the case of its letters.
    fn agent_called(&self, name: &str) -> Option<&Agent> {
        let name = name.to_lowercase();
        let mut agents = self.machine.agents();
        agents.find(|agent| !agent.deactivated && agent.name.as_str().to_lowercase() == name)
    }

    /// The person of a session as of this moment; `None` for an agent who has left since.
    fn subject(&self, family: &Family) -> Option<Person> {
        match family.subject {
            Subject::Visitor(visitor) => match &family.verified {
                None => Some(Person::visitor(visitor)),
                Some((key, verified)) => {
                    let verified = Some(verified.clone());
                    let person = Person::Visitor { visitor, verified };
                    self.machine.has_identity_key(*key).then_some(person)
                }
            },
            Subject::Agent(agent) => {
                let member = self.machine.member(agent, family.departures);
                member.map(Agent::person)
            }
        }
    }
}
