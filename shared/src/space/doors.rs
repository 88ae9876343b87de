//! Doors: how people and programs get into a space, besides an agent's session.
//!
//! - **R140** Only admins invite, make API tokens, and take both back. There are at most [`INVITATIONS_MAX`]
//!   invitations and [`KEYS_MAX`] tokens; what has been over for [`KEPT`] is forgotten. What is not
//!   there cannot be taken back, and that is said.
//! - **R141** An invitation is good once, for [`INVITATION_LIFE`]. It is accepted by its link, or by whoever has
//!   shown to have the address that it was sent to. Used, late, revoked and never made are one
//!   answer, and change nothing. A call that is repeated is no second use.
//! - **R142** Whoever accepts is an agent with the role and queues of the invitation. A member stays what
//!   the member is; who has left comes back by an admin's word (R41), not by an invitation.
//! - **R143** Colleagues see who has accepted from the first time that the agent's console connects (F28).
//! - **R144** The link that was sent shows that its reader has the address; the link that an admin
//!   copies does not. So they hold different secrets.
//! - **R145** An API token acts for the agent who made it, as what the agent is at that moment. It ends at
//!   its time, and when the agent leaves, for good. One that may only read changes nothing. Its
//!   use is noted at most every [`NOTED`].

use alloc::vec::Vec;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use super::Effect;
use super::audit_log::{About, Deed, text};
use super::blocks::Block;
use super::customers::IDENTITY_KEYS_MAX;
use super::ledger::Ledger;
use super::row::Agent;
use super::turn::Turn;
use crate::account::Way;
use crate::dictation::Transcriber;
use crate::id::{AgentId, WayId};
use crate::identity::IdentityKey;
use crate::refusal::Refusal;
use crate::rights::{self, Person, Role};
use crate::session::Subject;
use crate::sorted::SortedSet;
use crate::text::{EmailAddress, Label, PersonName, Title};
use crate::time::Timestamp;

/// How long an invitation is good: 7 days, so that a holiday week does not end it.
pub const INVITATION_LIFE: Duration = Duration::from_secs(7 * 86_400);
/// How long what is over stays in the list: 30 days.
pub const KEPT: Duration = Duration::from_secs(30 * 86_400);
/// Most invitations that are known: 200; they are one row of about 60 KB.
pub const INVITATIONS_MAX: u32 = 200;
/// Most API tokens: 50.
pub const KEYS_MAX: u32 = 50;
/// Longest life of an API token: a year.
pub const KEY_LIFE_MAX: Duration = Duration::from_secs(366 * 86_400);
/// How far apart uses of an API token are noted: 10 min.
pub const NOTED: Duration = Duration::from_secs(600);

/// What happens at a door.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub enum Door {
    /// An admin invites somebody.
    Invite {
        /// Who.
        by: AgentId,
        /// To what.
        invitation: Invitation,
    },
    /// Somebody accepts an invitation.
    Accept {
        /// Who.
        agent: AgentId,
        /// What the person is called.
        name: PersonName,
        /// By what right.
        by: Proof,
        /// Names the attempt: the same for a repeat.
        attempt: WayId,
    },
    /// An admin makes an API token.
    MakeKey(ApiKey),
    /// An admin makes an identity key (R160 of `customers`).
    MakeIdentityKey(IdentityKey),
    /// An admin takes an invitation, token or identity key back.
    Revoke {
        /// Who.
        by: AgentId,
        /// Which.
        id: WayId,
    },
    /// A call with an API token.
    UseKey(Way),
    /// An admin sets the transcriber of the space, or takes it away (SP8 of `dictation`).
    SetTranscriber {
        /// Who.
        by: AgentId,
        /// To what.
        transcriber: Option<Transcriber>,
    },
    /// Somebody has said something that is to be written down (SP9 of `dictation`).
    Dictate(Subject),
}

/// What shows that somebody is invited.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub enum Proof {
    /// The secret of a link.
    Link(Way),
    /// That invitation's address, which the Worker knows to be the person's.
    Address(WayId, EmailAddress),
}

/// What is answered at a door.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Opened {
    /// It is stored.
    Done,
    /// There was nothing of that id, or there is no such thing here.
    Nothing,
    /// Somebody is an agent now; the address that this has shown to be the person's (R144).
    Joined(Option<EmailAddress>),
    /// For whom a token acts, and whether it may change anything.
    Key(Person, Scope),
    /// It may be written down, by the space's own transcriber where there is one; where dictation is off, the answer
    /// is [`Opened::Nothing`].
    Dictates(Option<Transcriber>),
}

/// What an API token may do.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Read what its agent reads.
    Read,
    /// Do what its agent may do.
    Write,
}

/// An invitation.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Invitation {
    /// The secret of the link that an admin copies.
    pub way: Way,
    /// The secret of the link that was sent; `None` when none was.
    pub sent: Option<Way>,
    /// Whom it is for.
    pub email: Option<EmailAddress>,
    /// What the person will be.
    pub role: Role,
    /// The queues that the person will serve; `None` for every one.
    pub queues: Option<Vec<Label>>,
    /// Who invites.
    pub by: AgentId,
    /// When it is over.
    pub expires_at: Timestamp,
    /// Who has accepted, and by which attempt.
    pub used: Option<(AgentId, WayId)>,
}

/// An API token.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ApiKey {
    /// Its secret.
    pub way: Way,
    /// What it is for.
    pub name: Title,
    /// For whom it acts.
    pub agent: AgentId,
    /// What it may do.
    pub scope: Scope,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it is over.
    pub expires_at: Timestamp,
    /// When it was last used, as far as that was noted.
    pub used_at: Option<Timestamp>,
    /// How often its agent had left when it was made.
    pub departures: u32,
}

/// Invitations and API tokens of a space, and who is kept out, the oldest first.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Doors {
    /// Invitations.
    pub invitations: Vec<Invitation>,
    /// API tokens.
    pub keys: Vec<ApiKey>,
    /// Keys by which the site vouches for its customers (R160 of `customers`).
    #[serde(default)]
    pub identity_keys: Vec<IdentityKey>,
    /// Visitors who are blocked.
    #[serde(default)]
    pub blocks: Vec<Block>,
    /// Where agents are mailed who have shown to have that address (R230 of `accounts`).
    #[serde(default)]
    pub addresses: Vec<(AgentId, EmailAddress)>,
    /// Who writes down what is said (SP8 of `dictation`); `None` for whom the installation has.
    #[serde(default)]
    pub transcriber: Option<Transcriber>,
    /// When the space may have as many recordings written down again as in a whole hour (SP9 of `dictation`).
    #[serde(default)]
    pub dictated_until: Timestamp,
}

impl Invitation {
    fn is_open(&self, now: Timestamp) -> bool {
        self.used.is_none() && now < self.expires_at
    }

    /// Whether that is shown by its link, and whether the link was the one that was sent.
    fn fits(&self, proof: &Proof) -> Option<bool> {
        match proof {
            Proof::Link(way) if self.way.is(way) => Some(false),
            Proof::Link(way) => self.sent.filter(|sent| sent.is(way)).map(|_| true),
            Proof::Address(id, email) => {
                (self.way.id == *id && self.email.as_ref() == Some(email)).then_some(true)
            }
        }
    }
}

impl Doors {
    /// Books with nothing in them.
    pub const fn new() -> Self {
        Self {
            invitations: Vec::new(),
            keys: Vec::new(),
            identity_keys: Vec::new(),
            blocks: Vec::new(),
            addresses: Vec::new(),
            transcriber: None,
            dictated_until: Timestamp::ZERO,
        }
    }

    /// The invitation that somebody holds, while it can be accepted (R141).
    pub fn invitation(&self, now: Timestamp, way: &Way) -> Result<&Invitation, Refusal> {
        let proof = Proof::Link(*way);
        let mut invitations = self.invitations.iter();
        let invitation = invitations.find(|known| known.fits(&proof).is_some());
        let invitation = invitation.filter(|invitation| invitation.is_open(now));
        invitation.ok_or(Refusal::LinkOver)
    }

    /// Where an agent is mailed (R230).
    pub(super) fn address_of(&self, agent: AgentId) -> Option<&EmailAddress> {
        let mut addresses = self.addresses.iter();
        let found = addresses.find(|(known, _)| *known == agent);
        found.map(|(_, email)| email)
    }

    /// From here on an agent is mailed there.
    pub(super) fn address(&mut self, agent: AgentId, email: Option<EmailAddress>) {
        self.addresses.retain(|(known, _)| *known != agent);
        self.addresses.extend(email.map(|email| (agent, email)));
    }

    fn sweep(&mut self, now: Timestamp) {
        self.invitations
            .retain(|known| now < known.expires_at + KEPT);
        self.keys.retain(|known| now < known.expires_at + KEPT);
    }

    /// True for one that is new.
    fn invite(&mut self, invitation: Invitation) -> Result<bool, Refusal> {
        if self
            .invitations
            .iter()
            .any(|known| known.way.is(&invitation.way))
        {
            return Ok(false); // a repeat
        }
        if self.invitations.len() >= INVITATIONS_MAX as usize {
            let limit = INVITATIONS_MAX;
            return Err(Refusal::TooMany { limit });
        }
        self.invitations.push(invitation);
        Ok(true)
    }

    /// True for one that is new.
    fn add_key(&mut self, key: ApiKey) -> Result<bool, Refusal> {
        if self.keys.iter().any(|known| known.way.is(&key.way)) {
            return Ok(false);
        }
        if self.keys.len() >= KEYS_MAX as usize {
            let limit = KEYS_MAX;
            return Err(Refusal::TooMany { limit });
        }
        self.keys.push(key);
        Ok(true)
    }

    /// True when there was one.
    fn revoke(&mut self, id: WayId) -> bool {
        let known = self.invitations.len() + self.keys.len() + self.identity_keys.len();
        self.invitations.retain(|known| known.way.id != id);
        self.keys.retain(|known| known.way.id != id);
        self.identity_keys.retain(|known| known.id != id);
        self.invitations.len() + self.keys.len() + self.identity_keys.len() < known
    }

    /// The ways in, and which are used, as far as nothing but an act changes them.
    fn ways(&self) -> Vec<(WayId, bool)> {
        let invitations = self.invitations.iter();
        let invitations = invitations.map(|known| (known.way.id, known.used.is_some()));
        let keys = self.keys.iter().map(|known| known.way.id);
        let keys = keys.chain(self.identity_keys.iter().map(|known| known.id));
        invitations.chain(keys.map(|id| (id, false))).collect()
    }

    /// What must hold: no two ways in have one name, and there are not too many.
    pub fn check(&self) -> Result<(), &'static str> {
        let invitations = self.invitations.iter();
        let sent = invitations.clone().filter_map(|known| Some(known.sent?.id));
        let keys = self.keys.iter().map(|known| known.way.id);
        let mut ways = invitations
            .map(|known| known.way.id)
            .chain(sent)
            .chain(keys)
            .chain(self.identity_keys.iter().map(|known| known.id));
        let mut ids = SortedSet::new();
        if !ways.all(|id| ids.insert(id)) {
            return Err("two ways in have one name");
        }
        let are_few = self.invitations.len() <= INVITATIONS_MAX as usize
            && self.keys.len() <= KEYS_MAX as usize
            && self.identity_keys.len() <= IDENTITY_KEYS_MAX as usize;
        are_few.then_some(()).ok_or("there are too many ways in")
    }
}

/// What an invitation is to, as the audit log has it: no address.
#[derive(Serialize)]
struct Place {
    role: Role,
    queues: Option<Vec<Label>>,
}

/// What an API token is for, as the audit log has it.
#[derive(Serialize)]
struct Use<'a> {
    name: &'a Title,
    scope: Scope,
}

impl Ledger {
    /// Answers at a door.
    pub fn door(&mut self, turn: &mut Turn, door: Door) {
        let is_use = matches!(door, Door::UseKey(_) | Door::Dictate(_));
        let before = (!is_use).then(|| self.doors.ways());
        let opened = match door {
            Door::Invite { by, invitation } => self.invite(turn, by, invitation),
            Door::Accept {
                agent,
                name,
                by,
                attempt,
            } => self.accept_invitation(turn, (agent, name), &by, attempt),
            Door::MakeKey(key) => self.make_key(turn, key),
            Door::MakeIdentityKey(key) => self.make_identity_key(turn, key),
            Door::Revoke { by, id } => self.may_let_in(by).map(|()| {
                if !self.doors.revoke(id) {
                    return Opened::Nothing;
                }
                turn.saves_doors = true;
                turn.is_act = true;
                self.note_act(turn, Some(by), Deed::Revoked, About::of(id));
                Opened::Done
            }),
            Door::UseKey(way) => self.use_key(turn, &way),
            Door::SetTranscriber { by, transcriber } => self.set_transcriber(turn, by, transcriber),
            Door::Dictate(who) => self.dictate(turn, who),
        };
        if let Some(before) = before {
            let after = self.doors.ways();
            turn.is_act |= after.iter().any(|way| !before.contains(way));
        }
        turn.effects.push(match opened {
            Ok(opened) => Effect::Opened(opened),
            Err(refusal) => Effect::Denied(refusal),
        });
    }

    /// Invitations and tokens, for admins (R140).
    pub fn doors_for(&self, agent: AgentId) -> Result<&Doors, Refusal> {
        self.may_let_in(agent).map(|()| &self.doors)
    }

    /// Whether somebody may let others in (R140).
    pub fn may_let_in(&self, by: AgentId) -> Result<(), Refusal> {
        rights::may_let_in(self.role_of(by)?)
    }

    fn invite(
        &mut self,
        turn: &mut Turn,
        by: AgentId,
        invitation: Invitation,
    ) -> Result<Opened, Refusal> {
        self.may_let_in(by)?;
        self.check_queues(invitation.queues.as_deref())?;
        let expires_at = turn.now + INVITATION_LIFE;
        self.doors.sweep(turn.now);
        let (id, queues) = (invitation.way.id, invitation.queues.clone());
        let after = text(&Place {
            role: invitation.role,
            queues,
        });
        let is_new = self.doors.invite(Invitation {
            by,
            expires_at,
            used: None,
            ..invitation
        })?;
        turn.saves_doors = true;
        if is_new {
            self.note_act(turn, Some(by), Deed::Invited, About::new(id, &after));
        }
        Ok(Opened::Done)
    }

    fn accept_invitation(
        &mut self,
        turn: &mut Turn,
        (agent, name): (AgentId, PersonName),
        by: &Proof,
        attempt: WayId,
    ) -> Result<Opened, Refusal> {
        let mut invitations = self.doors.invitations.iter_mut();
        let found = invitations.find_map(|known| Some((known.fits(by)?, known)));
        let (is_sent, invitation) = found.ok_or(Refusal::LinkOver)?;
        let address = invitation.email.clone().filter(|_| is_sent);
        match invitation.used {
            Some(used) if used == (agent, attempt) => return Ok(Opened::Joined(address)),
            None if invitation.is_open(turn.now) => (),
            Some(_) | None => return Err(Refusal::LinkOver),
        }
        let duty = self.roster.get(&agent);
        if duty.is_some_and(|duty| duty.agent.deactivated) {
            return Err(Refusal::Forbidden);
        }
        let is_new = duty.is_none();
        invitation.used = Some((agent, attempt));
        let id = invitation.way.id;
        turn.saves_doors = true;
        if is_new {
            let (role, queues) = (invitation.role, invitation.queues.clone());
            self.add_agent(Agent {
                unseen: true,
                queues,
                ..Agent::new(agent, name, role)
            });
            turn.agents.insert(agent);
        }
        if address.is_some() {
            self.doors.address(agent, address.clone());
        }
        let about = About::of(id);
        self.note_act(turn, Some(agent), Deed::InvitationAccepted, about);
        Ok(Opened::Joined(address))
    }

    fn make_key(&mut self, turn: &mut Turn, key: ApiKey) -> Result<Opened, Refusal> {
        self.may_let_in(key.agent)?;
        let duty = self.roster.get(&key.agent).ok_or(Refusal::Forbidden)?;
        let departures = duty.agent.tenure.departures;
        self.doors.sweep(turn.now);
        let (by, id) = (key.agent, key.way.id);
        let after = text(&Use {
            name: &key.name,
            scope: key.scope,
        });
        let is_new = self.doors.add_key(ApiKey {
            made_at: turn.now,
            expires_at: key.expires_at.min(turn.now + KEY_LIFE_MAX),
            used_at: None,
            departures,
            ..key
        })?;
        turn.saves_doors = true;
        if is_new {
            self.note_act(turn, Some(by), Deed::TokenMade, About::new(id, &after));
        }
        Ok(Opened::Done)
    }

    fn use_key(&mut self, turn: &mut Turn, way: &Way) -> Result<Opened, Refusal> {
        let mut keys = self.doors.keys.iter_mut();
        let key = keys.find(|known| known.way.is(way));
        let key = key.filter(|key| turn.now < key.expires_at);
        let key = key.ok_or(Refusal::TokenRevoked)?;
        let duty = self.roster.get(&key.agent);
        let duty = duty.filter(|duty| {
            !duty.agent.deactivated && duty.agent.tenure.departures == key.departures
        });
        let person = duty.ok_or(Refusal::TokenRevoked)?.agent.person();
        if key.used_at.is_none_or(|at| at + NOTED <= turn.now) {
            key.used_at = Some(turn.now);
            turn.saves_doors = true;
        }
        Ok(Opened::Key(person, key.scope))
    }
}
