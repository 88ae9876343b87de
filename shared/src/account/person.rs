//! The person of an account: sessions, one-time links, identities.
//!
//! - **AC3** Of a secret only its SHA-256 is kept, and compared in constant time ([`super::Way`]).
//! - **AC4** A session is over [`SESSION_IDLE`] after its last use and [`SESSION_MAX`] after it began. A use is
//!   noted when the last one noted lies [`NOTED`] back, so that not every call writes a row. The
//!   oldest of more than [`SESSIONS_MAX`] goes.
//! - **AC5** A session that an admin's link began is good for that admin's space alone: an admin gives
//!   nobody, and least of all themselves, the way into somebody's other spaces. It signs nobody
//!   out elsewhere and lists no other session.
//! - **AC6** Whoever signs out ends sessions: the one that asks, one of the others, or all. In every
//!   space a new era of the person's tokens begins (R150 of `space`), so what was made from a revoked
//!   session is void within seconds; what other sessions have, they renew.
//! - **AC7** A one-time link is good once, until [`LINK_LIFE`] after it was made. Used, late and never made
//!   are one answer. Of the links of admins the oldest of more than [`LINKS_MAX`] goes. As many may be
//!   open that were mailed, and no further one is made: nobody floods a mailbox by asking for links,
//!   nor shuts its owner out, who has those.
//! - **AC8** A deployment's first admin founds an account once; the secret is dead after that (G7).
//!   Whoever founded one, or is admin of a space, may make spaces.
//! - **AC9** An identity is the issuer and the subject, never the e-mail (G3). It comes in only where it
//!   was linked before.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use super::Way;
use crate::id::{SpaceId, WayId};
use crate::refusal::Refusal;
use crate::rights::Role;
use crate::sorted::SortedSet;
use crate::text::{EmailAddress, PersonName};
use crate::time::Timestamp;

/// How long a session lasts after its last use: 12 h. Source: SECURITY.md G4.
pub const SESSION_IDLE: Duration = Duration::from_secs(12 * 3_600);
/// How long a session lasts at most: 7 days. Source: SECURITY.md G4.
pub const SESSION_MAX: Duration = Duration::from_secs(7 * 86_400);
/// How far apart uses are noted: 5 min, less than a hundredth of [`SESSION_IDLE`].
pub const NOTED: Duration = Duration::from_secs(300);
/// Most sessions of a person: 20, more than anybody has browsers.
pub const SESSIONS_MAX: usize = 20;
/// How long a one-time link is good: 24 h, so that one sent in the evening serves in the morning.
pub const LINK_LIFE: Duration = Duration::from_secs(86_400);
/// Most one-time links of a person that are open: 5 of admins, and 5 that were mailed.
pub const LINKS_MAX: usize = 5;
/// Most identities of a person: 10.
const IDENTITIES_MAX: u32 = 10;

/// By what right somebody comes in.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Entry {
    /// A one-time link.
    Link(Way),
    /// An identity that the Worker has checked.
    Identity(Identity),
    /// The secret of the deployment, which the Worker has checked.
    Founder(PersonName),
    /// An invitation that a space has taken. The account is a new one.
    Invited(PersonName),
}

/// Who somebody is at an identity provider (AC9).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Identity {
    /// The provider.
    pub issuer: String,
    /// The person there.
    pub subject: String,
}

/// Which sessions end.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Which {
    /// The one that asks.
    This,
    /// That one.
    One(WayId),
    /// Every one.
    All,
}

/// A session.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Session {
    /// Its secret.
    pub way: Way,
    /// When it began.
    pub began_at: Timestamp,
    /// When it was last used, as far as that was noted.
    pub used_at: Timestamp,
    /// The one space that it is good for (AC5).
    pub only: Option<SpaceId>,
}

/// A one-time link.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Link {
    /// Its secret.
    pub way: Way,
    /// When it is over.
    pub expires_at: Timestamp,
    /// The one space that its session is good for (AC5).
    pub only: Option<SpaceId>,
    /// The address that it was mailed to, which is known to be the person's (AC21).
    #[serde(default)]
    pub email: Option<EmailAddress>,
}

/// A person, and how the person comes in.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Person {
    /// What the person is called; `None` before the first entry.
    pub name: Option<PersonName>,
    /// True for a deployment's first admin (AC8).
    pub founder: bool,
    /// Who the person is elsewhere.
    pub identities: Vec<Identity>,
    /// Sessions, the oldest first.
    pub sessions: Vec<Session>,
    /// One-time links, the oldest first.
    pub links: Vec<Link>,
}

/// Who is there, as of this moment.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct View {
    /// What the person is called.
    pub name: Option<PersonName>,
    /// The address that the person has shown last (AC21), for a session that is good everywhere.
    #[serde(default)]
    pub email: Option<EmailAddress>,
    /// The session that asks.
    pub session: WayId,
    /// The one space that it is good for (AC5).
    pub only: Option<SpaceId>,
    /// The spaces of which the person is a member, as far as the session is good for them.
    pub spaces: Vec<SpaceId>,
    /// Whether the person may make a space (AC8).
    pub may_create: bool,
    /// The sessions that the person has, the oldest first.
    pub sessions: Vec<(WayId, Timestamp, Timestamp)>,
}

impl Session {
    fn is_over(&self, now: Timestamp) -> bool {
        now >= self.used_at + SESSION_IDLE || now >= self.began_at + SESSION_MAX
    }
}

impl Person {
    /// Lets somebody in; a new session begins. The address that this shows (AC21).
    pub fn enter(
        &mut self,
        now: Timestamp,
        by: Entry,
        way: Way,
    ) -> Result<Option<EmailAddress>, Refusal> {
        if self.has(&way) {
            return Ok(None); // a repeat
        }
        let mut email = None;
        let only = match by {
            Entry::Link(way) => {
                let link = self.use_link(now, &way)?;
                email = link.email;
                link.only
            }
            Entry::Identity(identity) => {
                let is_linked = self.identities.contains(&identity);
                is_linked.then_some(()).ok_or(Refusal::NotInvited)?;
                None
            }
            Entry::Founder(name) => {
                if self.name.is_some() {
                    return Err(Refusal::LinkOver);
                }
                self.name = Some(name);
                self.founder = true;
                None
            }
            Entry::Invited(name) => {
                if self.name.is_some() {
                    return Err(Refusal::LinkOver);
                }
                self.name = Some(name);
                None
            }
        };
        self.sessions.retain(|session| !session.is_over(now));
        if self.sessions.len() >= SESSIONS_MAX {
            self.sessions.remove(0);
        }
        self.sessions.push(Session {
            way,
            began_at: now,
            used_at: now,
            only,
        });
        Ok(email)
    }

    /// Whether that session has begun.
    pub fn has(&self, way: &Way) -> bool {
        self.sessions.iter().any(|session| session.way.is(way))
    }

    /// Goes on with a session; true when that is to be stored.
    pub fn note(&mut self, now: Timestamp, way: &Way) -> Result<bool, Refusal> {
        let session = self.session(now, way)?;
        let is_worth_a_row = now >= session.used_at + NOTED;
        if is_worth_a_row {
            session.used_at = now;
        }
        Ok(is_worth_a_row)
    }

    /// Ends sessions (AC6).
    pub fn sign_out(&mut self, now: Timestamp, way: &Way, which: Which) -> Result<(), Refusal> {
        let session = self.session(now, way)?;
        let is_bound = session.only.is_some();
        match which {
            Which::This => self.sessions.retain(|session| !session.way.is(way)),
            Which::One(id) if !is_bound => self.sessions.retain(|session| session.way.id != id),
            Which::All if !is_bound => self.sessions.clear(),
            Which::One(_) | Which::All => return Err(Refusal::Forbidden),
        }
        Ok(())
    }

    /// Makes a one-time link (AC7).
    pub fn make_link(
        &mut self,
        now: Timestamp,
        way: Way,
        (only, email): (Option<SpaceId>, Option<EmailAddress>),
    ) -> Result<(), Refusal> {
        if self.links.iter().any(|link| link.way.is(&way)) {
            return Ok(()); // a repeat
        }
        let is_like = |link: &Link| link.only.is_some() == only.is_some();
        let links = self.links.iter();
        let open = links.filter(|link| now < link.expires_at && is_like(link));
        let is_full = open.count() >= LINKS_MAX;
        if is_full && only.is_none() {
            let limit = LINKS_MAX as u32;
            return Err(Refusal::TooMany { limit });
        }
        self.links.retain(|link| now < link.expires_at);
        if is_full && let Some(oldest) = self.links.iter().position(is_like) {
            self.links.remove(oldest);
        }
        let expires_at = now + LINK_LIFE;
        self.links.push(Link {
            way,
            expires_at,
            only,
            email,
        });
        Ok(())
    }

    /// Links an identity (AC9); true when it is new.
    pub fn link(&mut self, identity: Identity) -> Result<bool, Refusal> {
        if self.identities.contains(&identity) {
            return Ok(false);
        }
        if self.identities.len() >= IDENTITIES_MAX as usize {
            let limit = IDENTITIES_MAX;
            return Err(Refusal::TooMany { limit });
        }
        self.identities.push(identity);
        Ok(true)
    }

    /// What whoever has that session is told.
    pub fn view(
        &self,
        session: WayId,
        spaces: Vec<(SpaceId, Role)>,
        email: Option<EmailAddress>,
    ) -> View {
        let mut sessions = self.sessions.iter();
        let this = sessions.find(|known| known.way.id == session);
        let only = this.and_then(|session| session.only.clone());
        let is_admin = spaces.iter().any(|(_, role)| *role == Role::Admin);
        let spaces = spaces.into_iter().map(|(space, _)| space);
        let is_seen = |id: WayId| only.is_none() || id == session;
        let sessions = self.sessions.iter().filter(|known| is_seen(known.way.id));
        View {
            name: self.name.clone(),
            session,
            email: email.filter(|_| only.is_none()),
            spaces: spaces
                .filter(|space| only.as_ref().is_none_or(|only| only == space))
                .collect(),
            may_create: only.is_none() && (self.founder || is_admin),
            sessions: sessions
                .map(|known| (known.way.id, known.began_at, known.used_at))
                .collect(),
            only,
        }
    }

    /// What must hold after every turn.
    pub fn check(&self) -> Result<(), &'static str> {
        let mut ids: SortedSet<_> = self.sessions.iter().map(|known| known.way.id).collect();
        ids.extend(self.links.iter().map(|known| known.way.id));
        let count = self.sessions.len() + self.links.len();
        let is_bounded = self.sessions.len() <= SESSIONS_MAX && self.links.len() <= 2 * LINKS_MAX;
        match (ids.len() == count, is_bounded) {
            (true, true) => Ok(()),
            (false, _) => Err("AC3: two ways in have one name"),
            (true, false) => Err("AC4, AC7: too many ways in"),
        }
    }

    fn session(&mut self, now: Timestamp, way: &Way) -> Result<&mut Session, Refusal> {
        let mut sessions = self.sessions.iter_mut();
        let session = sessions.find(|session| session.way.is(way));
        let session = session.filter(|session| !session.is_over(now));
        session.ok_or(Refusal::SessionOver)
    }

    fn use_link(&mut self, now: Timestamp, way: &Way) -> Result<Link, Refusal> {
        let mut links = self.links.iter();
        let at = links.position(|link| link.way.is(way) && now < link.expires_at);
        let link = at.map(|at| self.links.remove(at));
        link.ok_or(Refusal::LinkOver)
    }
}

#[cfg(test)]
mod tests;
