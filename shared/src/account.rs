//! Account: one person, in whatever spaces the person works, and how the person comes in (F38, F41).
//!
//! - **AC1** A space says that the person has become a member of it, in which role, or has left, under a
//!   number that rises. What comes late or again changes nothing.
//! - **AC2** "Available in all my spaces" is owed to each space of which the person is a member at
//!   that moment, under a number that rises with each wish; it is told until the space confirms
//!   that number. A space takes the newest wish and no older one.
//! - **AC12** Signing out (AC6) is owed to each space in the same way, under a number of its own.
//! - **AC20** So is signing in, for the audit log of each space (R180); a call that is repeated begins
//!   no second session.
//! - **AC21** So is the address that the person has shown last to have: by an invitation that was mailed there
//!   (R144), by a link that was, or because an identity provider vouches for it. It stands under a
//!   number of its own, and a space that the person comes to reads it in the answer to that notice (AC1).
//!
//! Sessions, one-time links and identities are AC3 to AC9, in `person`; who is invited, and whom an
//! identity or address leads to, AC10 and AC11, in `sign`.

mod person;
mod sign;
#[cfg(test)]
mod tests;
mod way;

pub use person::{
    Entry, Identity, LINK_LIFE, LINKS_MAX, Link, NOTED, Person, SESSION_IDLE, SESSION_MAX,
    SESSIONS_MAX, Session, View, Which,
};
pub use sign::{Invited, Sign};
pub use way::Way;

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::id::{AgentId, SpaceId, WayId};
use crate::outbox::Outbox;
use crate::refusal::Refusal;
use crate::rights::Role;
use crate::sorted::SortedMap;
use crate::text::EmailAddress;
use crate::time::Timestamp;

/// Most spaces that are told at a time.
const WINDOW: usize = 20;

/// Everything that can happen to an account. The Worker asks in the same words.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub enum Input {
    /// A space says whether the person is a member.
    Member {
        /// Which one.
        space: SpaceId,
        /// Number of the notice.
        number: u64,
        /// False for one who has left.
        member: bool,
        /// What the person is there.
        role: Role,
    },
    /// The person is Available in all spaces, or in none.
    SetAvailable {
        /// Who it is: the same at every call.
        agent: AgentId,
        /// True for Available.
        available: bool,
    },
    /// A space has taken a wish.
    Told {
        /// Which one.
        space: SpaceId,
        /// What it was told.
        wish: Wish,
    },
    /// The person has shown to have an address (AC21).
    Show {
        /// Who it is: the same at every call.
        agent: AgentId,
        /// Which one.
        email: EmailAddress,
    },
    /// Somebody comes in; answered by [`Answer::Known`].
    Enter {
        /// Who it is: the same at every call.
        agent: AgentId,
        /// By what right.
        by: Entry,
        /// The session that begins.
        session: Way,
    },
    /// Somebody goes on with a session; answered by [`Answer::Known`].
    Look {
        /// Which one.
        session: Way,
    },
    /// Sessions are revoked by one of them.
    SignOut {
        /// Who it is: the same at every call.
        agent: AgentId,
        /// Which one asks.
        session: Way,
        /// Which ones.
        which: Which,
    },
    /// A one-time link is made for the person.
    MakeLink {
        /// Its secret.
        link: Way,
        /// The space whose admin made it; `None` when it went to an address that is known to be the
        /// person's own.
        only: Option<SpaceId>,
        /// That address: whoever uses the link has shown to have it (AC21).
        #[serde(default)]
        email: Option<EmailAddress>,
    },
    /// The person has shown to be an identity (AC9).
    Link {
        /// Which one.
        identity: Identity,
    },
    /// This account is the sign of an address or identity, and somebody has shown to have that.
    Lead {
        /// The account that it leads to from here on, unless it leads somewhere already.
        to: AgentId,
    },
    /// This account is the sign of an address, which a space invites.
    Invite(Invited),
    /// Where does the sign lead?
    Read,
    /// In which spaces is the person?
    Spaces,
    /// The alarm rang.
    Tick,
}

/// What is answered to whoever asked.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Answer {
    /// It is stored.
    Done,
    /// Who is there, as of this moment.
    Known(View),
    /// To [`Input::Member`]: the person's address.
    Shown(Shown),
    /// To [`Input::Spaces`].
    Spaces(Vec<SpaceId>),
    /// To [`Input::Read`].
    Sign(Sign),
    /// No, and nothing changed.
    Denied(Refusal),
}

/// What the caller does next, in this order.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Effect {
    /// Write a row.
    Save(Row),
    /// Answer whoever asked; each input but [`Input::Tick`] has one.
    Answer(Answer),
    /// Tell a space what the person wishes; answered by [`Input::Told`].
    Tell {
        /// Which one.
        space: SpaceId,
        /// What.
        wish: Wish,
    },
}

/// One stored row.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Row {
    /// The newest wish; one row.
    Wish(Wish),
    /// A space.
    Membership(Membership),
    /// The person, and how the person comes in; one row.
    Person(Person),
    /// Where an address or identity leads; one row.
    Sign(Sign),
}

/// An address that a person has shown to have (AC21).
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Shown {
    /// Its number: 1, 2, 3 …; 0 when there is none.
    pub number: u64,
    /// Which one.
    pub email: Option<EmailAddress>,
}

/// What every space of the person is told: what the person wished last, and more that is owed to each.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Wish {
    /// Who wishes.
    pub agent: AgentId,
    /// Its number: 1, 2, 3 …; 0 when there was none.
    pub number: u64,
    /// True for Available.
    pub available: bool,
    /// How often the person has signed out of everything (AC12).
    #[serde(default)]
    pub outs: u64,
    /// How often a session has begun (AC20).
    #[serde(default)]
    pub ins: u64,
    /// The address that the person has shown last (AC21).
    #[serde(default)]
    pub shown: Shown,
}

/// A space in which the person works, or has worked.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Membership {
    /// Which one.
    pub space: SpaceId,
    /// Number of its newest notice.
    pub number: u64,
    /// False for one who has left.
    pub member: bool,
    /// True while it has not confirmed the newest wish.
    pub owed: bool,
    /// What the person is there, as the space said last.
    #[serde(default = "agent")]
    pub role: Role,
}

/// What a member is where an older row does not say.
const fn agent() -> Role {
    Role::Agent
}

/// A person's account.
#[derive(Clone, Debug)]
#[cfg_attr(test, derive(Eq, PartialEq))]
pub struct Account {
    wish: Option<Wish>,
    memberships: SortedMap<SpaceId, Membership>,
    owed: Outbox<SpaceId>,
    person: Person,
    sign: Sign,
}

impl Default for Account {
    fn default() -> Self {
        Self {
            wish: None,
            memberships: SortedMap::new(),
            owed: Outbox::new(),
            person: Person::default(),
            sign: Sign::default(),
        }
    }
}

impl Account {
    /// Takes one input at `now` and returns what the caller has to do.
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        if matches!(input, Input::Tick) {
            self.tell(now, &mut effects);
            return effects;
        }
        let answer = self.take(&mut effects, now, input);
        effects.push(Effect::Answer(answer.unwrap_or_else(Answer::Denied)));
        self.tell(now, &mut effects);
        effects
    }

    /// When the next [`Input::Tick`] is due; `None` while nothing is timed.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.owed.due_at()
    }

    /// The machine as its stored rows say.
    #[must_use]
    pub fn restore(rows: impl IntoIterator<Item = Row>) -> Self {
        let mut account = Self::default();
        for row in rows {
            match row {
                Row::Wish(wish) => account.wish = Some(wish),
                Row::Membership(membership) => {
                    if membership.owed {
                        account.owed.put(membership.space.clone());
                    }
                    let space = membership.space.clone();
                    account.memberships.insert(space, membership);
                }
                Row::Person(person) => account.person = person,
                Row::Sign(sign) => account.sign = sign,
            }
        }
        account
    }

    /// What must hold after every turn.
    ///
    /// # Errors
    /// Names the rule that does not.
    pub fn check(&self) -> Result<(), &'static str> {
        let mut memberships = self.memberships.values();
        let is_owed = |known: &Membership| self.owed.owed().contains(&known.space);
        if !memberships.all(|known| known.owed == is_owed(known) && (known.member || !known.owed)) {
            return Err("AC2: the outbox is not what the rows say");
        }
        self.person.check()
    }

    /// The spaces of which the person is a member.
    pub fn spaces(&self) -> impl Iterator<Item = &SpaceId> {
        self.members().map(|membership| &membership.space)
    }

    fn members(&self) -> impl Iterator<Item = &Membership> {
        self.memberships.values().filter(|known| known.member)
    }

    fn take(
        &mut self,
        effects: &mut Vec<Effect>,
        now: Timestamp,
        input: Input,
    ) -> Result<Answer, Refusal> {
        match input {
            Input::Member {
                space,
                number,
                member,
                role,
            } => {
                self.member(effects, space, number, (member, role));
                let wish = self.wish.as_ref();
                let shown = wish.map(|wish| wish.shown.clone());
                return Ok(Answer::Shown(shown.unwrap_or_default()));
            }
            Input::SetAvailable { agent, available } => self.wish(effects, agent, |wish| {
                wish.number = wish.number.saturating_add(1);
                wish.available = available;
            }),
            Input::Told { space, wish } => self.told(effects, &space, &wish),
            Input::Show { agent, email } => self.show(effects, agent, email),
            Input::Enter { agent, by, session } => {
                let is_new = !self.person.has(&session);
                let email = self.person.enter(now, by, session)?;
                effects.push(Effect::Save(Row::Person(self.person.clone())));
                if is_new {
                    self.wish(effects, agent, |wish| wish.ins = wish.ins.saturating_add(1));
                }
                if let Some(email) = email {
                    self.show(effects, agent, email);
                }
                return Ok(Answer::Known(self.view(session.id)));
            }
            Input::Look { session } => {
                if self.person.note(now, &session)? {
                    effects.push(Effect::Save(Row::Person(self.person.clone())));
                }
                return Ok(Answer::Known(self.view(session.id)));
            }
            Input::SignOut {
                agent,
                session,
                which,
            } => {
                self.person.sign_out(now, &session, which)?;
                effects.push(Effect::Save(Row::Person(self.person.clone())));
                self.wish(effects, agent, |wish| {
                    wish.outs = wish.outs.saturating_add(1)
                });
            }
            Input::MakeLink { link, only, email } => {
                self.person.make_link(now, link, (only, email))?;
                effects.push(Effect::Save(Row::Person(self.person.clone())));
            }
            Input::Link { identity } => {
                if self.person.link(identity)? {
                    effects.push(Effect::Save(Row::Person(self.person.clone())));
                }
            }
            Input::Lead { to } => {
                if self.sign.lead(to)? {
                    effects.push(Effect::Save(Row::Sign(self.sign.clone())));
                }
            }
            Input::Invite(invited) => {
                self.sign.invite(now, invited);
                effects.push(Effect::Save(Row::Sign(self.sign.clone())));
            }
            Input::Read => return Ok(Answer::Sign(self.sign.open(now))),
            Input::Spaces => return Ok(Answer::Spaces(self.spaces().cloned().collect())),
            Input::Tick => (),
        }
        Ok(Answer::Done)
    }

    fn tell(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if let Some(wish) = &self.wish {
            let told = self.owed.take(now, WINDOW).into_iter();
            effects.extend(told.map(|space| Effect::Tell {
                space,
                wish: wish.clone(),
            }));
        }
    }

    fn view(&self, session: WayId) -> View {
        let spaces = self.members();
        let roles: Vec<_> = spaces
            .map(|known| (known.space.clone(), known.role))
            .collect();
        let wish = self.wish.as_ref();
        let email = wish.and_then(|wish| wish.shown.email.clone());
        self.person.view(session, roles, email)
    }

    fn member(
        &mut self,
        effects: &mut Vec<Effect>,
        space: SpaceId,
        number: u64,
        (member, role): (bool, Role),
    ) {
        let known = self.memberships.get(&space);
        if known.is_some_and(|known| number <= known.number) {
            return;
        }
        let membership = Membership {
            owed: member && known.is_some_and(|known| known.owed),
            space: space.clone(),
            number,
            member,
            role,
        };
        if !membership.owed {
            self.owed.settle(&space);
        }
        effects.push(Effect::Save(Row::Membership(membership.clone())));
        self.memberships.insert(space, membership);
    }

    /// The person has shown to have an address (AC21).
    fn show(&mut self, effects: &mut Vec<Effect>, agent: AgentId, email: EmailAddress) {
        let known = self
            .wish
            .as_ref()
            .and_then(|wish| wish.shown.email.as_ref());
        if known != Some(&email) {
            self.wish(effects, agent, |wish| {
                wish.shown.number = wish.shown.number.saturating_add(1);
                wish.shown.email = Some(email);
            });
        }
    }

    /// Changes what every space is told (AC2, AC12, AC21).
    fn wish(&mut self, effects: &mut Vec<Effect>, agent: AgentId, change: impl FnOnce(&mut Wish)) {
        let wish = self.wish.get_or_insert(Wish {
            agent,
            number: 0,
            available: false,
            outs: 0,
            ins: 0,
            shown: Shown::default(),
        });
        change(wish);
        effects.push(Effect::Save(Row::Wish(wish.clone())));
        let memberships = self.memberships.values_mut();
        for membership in memberships.filter(|membership| membership.member) {
            membership.owed = true;
            effects.push(Effect::Save(Row::Membership(membership.clone())));
            self.owed.owe(membership.space.clone());
        }
    }

    fn told(&mut self, effects: &mut Vec<Effect>, space: &SpaceId, wish: &Wish) {
        let is_newest = self.wish.as_ref() == Some(wish);
        if let Some(membership) = self.memberships.get_mut(space)
            && membership.owed
            && is_newest
        {
            membership.owed = false;
            effects.push(Effect::Save(Row::Membership(membership.clone())));
            self.owed.settle(space);
        }
    }
}
