//! Account: one person, in whatever spaces the person works (F41).
//!
//! - **AC1** A space says that the person has become a member of it, or has left, under a number that
//!   rises. What comes late or again changes nothing.
//! - **AC2** "Available in all my spaces" is owed to each space of which the person is a member at
//!   that moment, under a number that rises with each wish; it is told until the space confirms
//!   that number. A space takes the newest wish and no older one.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::id::{AgentId, SpaceId};
use crate::outbox::Outbox;
use crate::time::Timestamp;

/// Most spaces that are told at a time.
const WINDOW: usize = 20;

/// Everything that can happen to an account.
#[derive(Clone, Debug)]
pub enum Input {
    /// A space says whether the person is a member.
    Member {
        /// Which one.
        space: SpaceId,
        /// Number of the notice.
        number: u64,
        /// False for one who has left.
        member: bool,
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
        /// Number of the wish.
        number: u64,
    },
    /// The alarm rang.
    Tick,
}

/// What the caller does next, in this order.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Effect {
    /// Write a row.
    Save(Row),
    /// Tell a space what the person wishes; answered by [`Input::Told`].
    Tell {
        /// Who wishes.
        agent: AgentId,
        /// Which one.
        space: SpaceId,
        /// Number of the wish.
        number: u64,
        /// True for Available.
        available: bool,
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
}

/// What the person wished last for all spaces.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Wish {
    /// Who wishes.
    pub agent: AgentId,
    /// Its number: 1, 2, 3 …
    pub number: u64,
    /// True for Available.
    pub available: bool,
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
}

/// A person's account.
#[derive(Clone, Debug)]
pub struct Account {
    wish: Option<Wish>,
    memberships: BTreeMap<SpaceId, Membership>,
    owed: Outbox<SpaceId>,
}

impl Default for Account {
    fn default() -> Self {
        Self {
            wish: None,
            memberships: BTreeMap::new(),
            owed: Outbox::new(),
        }
    }
}

impl Account {
    /// Takes one input at `now` and returns what the caller has to do.
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        match input {
            Input::Member {
                space,
                number,
                member,
            } => self.member(&mut effects, space, number, member),
            Input::SetAvailable { agent, available } => {
                self.set_available(&mut effects, agent, available);
            }
            Input::Told { space, number } => self.told(&mut effects, &space, number),
            Input::Tick => (),
        }
        if let Some(wish) = self.wish {
            let told = self.owed.take(now, WINDOW).into_iter();
            effects.extend(told.map(|space| Effect::Tell {
                agent: wish.agent,
                space,
                number: wish.number,
                available: wish.available,
            }));
        }
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
            }
        }
        account
    }

    /// The spaces of which the person is a member.
    pub fn spaces(&self) -> impl Iterator<Item = &SpaceId> {
        let memberships = self.memberships.values();
        memberships
            .filter(|membership| membership.member)
            .map(|membership| &membership.space)
    }

    fn member(&mut self, effects: &mut Vec<Effect>, space: SpaceId, number: u64, member: bool) {
        let known = self.memberships.get(&space);
        if known.is_some_and(|known| number <= known.number) {
            return;
        }
        let membership = Membership {
            owed: member && known.is_some_and(|known| known.owed),
            space: space.clone(),
            number,
            member,
        };
        if !membership.owed {
            self.owed.settle(&space);
        }
        effects.push(Effect::Save(Row::Membership(membership.clone())));
        self.memberships.insert(space, membership);
    }

    fn set_available(&mut self, effects: &mut Vec<Effect>, agent: AgentId, available: bool) {
        let number = self.wish.map_or(1, |wish| wish.number.saturating_add(1));
        let wish = Wish {
            agent,
            number,
            available,
        };
        self.wish = Some(wish);
        effects.push(Effect::Save(Row::Wish(wish)));
        let memberships = self.memberships.values_mut();
        for membership in memberships.filter(|membership| membership.member) {
            membership.owed = true;
            effects.push(Effect::Save(Row::Membership(membership.clone())));
            self.owed.owe(membership.space.clone());
        }
    }

    fn told(&mut self, effects: &mut Vec<Effect>, space: &SpaceId, number: u64) {
        let is_newest = self.wish.is_some_and(|wish| wish.number == number);
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

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn s(seconds: u64) -> Timestamp {
        Timestamp::from_millis(1_000_000 + seconds * 1_000)
    }

    fn space(name: &str) -> SpaceId {
        name.parse().unwrap()
    }

    fn member(name: &str, number: u64, member: bool) -> Input {
        Input::Member {
            space: space(name),
            number,
            member,
        }
    }

    const AGENT: AgentId = AgentId::from_bytes([1; 16]);

    fn set_available(available: bool) -> Input {
        let agent = AGENT;
        Input::SetAvailable { agent, available }
    }

    fn told(effects: &[Effect]) -> Vec<(&str, u64, bool)> {
        let tells = effects.iter().filter_map(|effect| match effect {
            Effect::Tell {
                space,
                number,
                available,
                agent: AGENT,
            } => Some((space.as_str(), *number, *available)),
            Effect::Tell { .. } | Effect::Save(_) => None,
        });
        tells.collect()
    }

    /// Takes inputs and keeps what is written.
    struct Person {
        account: Account,
        rows: BTreeMap<alloc::string::String, Row>,
    }

    impl Person {
        fn new() -> Self {
            Self {
                account: Account::default(),
                rows: BTreeMap::new(),
            }
        }

        fn at(&mut self, now: Timestamp, input: Input) -> Vec<Effect> {
            let effects = self.account.handle(now, input);
            for effect in &effects {
                if let Effect::Save(row) = effect {
                    let key = match row {
                        Row::Wish(_) => "wish",
                        Row::Membership(membership) => membership.space.as_str(),
                    };
                    self.rows.insert(key.into(), row.clone());
                }
            }
            effects
        }
    }

    #[test]
    fn ac1_a_late_or_repeated_notice_changes_nothing() {
        let mut person = Person::new();
        assert_eq!(person.at(s(0), member("demo", 1, true)).len(), 1);
        assert_eq!(person.at(s(0), member("demo", 1, true)), vec![]);
        person.at(s(0), member("demo", 3, false));
        assert_eq!(person.at(s(0), member("demo", 2, true)), vec![]);
        assert_eq!(person.account.spaces().count(), 0);
        let effects = person.at(s(0), set_available(true));
        assert_eq!(told(&effects), [], "who has left is not told of");
    }

    #[test]
    fn f41_ac2_every_space_is_told_the_newest_wish_until_it_confirms() {
        let mut person = Person::new();
        for name in ["demo", "shop"] {
            person.at(s(0), member(name, 1, true));
        }
        let effects = person.at(s(0), set_available(false));
        assert_eq!(told(&effects), [("demo", 1, false), ("shop", 1, false)]);
        let confirm = |name, number| Input::Told {
            space: space(name),
            number,
        };
        person.at(s(1), confirm("demo", 1));
        let effects = person.at(s(2), Input::Tick);
        assert_eq!(told(&effects), [("shop", 1, false)]);
        let effects = person.at(s(3), set_available(true));
        assert_eq!(told(&effects), [("demo", 2, true), ("shop", 2, true)]);
        person.at(s(3), confirm("shop", 1));
        person.at(s(3), confirm("demo", 2));
        let mut restored = Account::restore(person.rows.into_values());
        assert_eq!(restored.next_deadline(), Some(Timestamp::default()));
        let effects = restored.handle(s(4), Input::Tick);
        assert_eq!(told(&effects), [("shop", 2, true)]);
        restored.handle(s(5), confirm("shop", 2));
        assert_eq!(restored.next_deadline(), None);
        assert_eq!(restored.spaces().count(), 2);
    }

    #[test]
    fn ac2_a_space_that_the_person_leaves_is_owed_nothing() {
        let mut person = Person::new();
        person.at(s(0), member("demo", 1, true));
        person.at(s(0), set_available(true));
        person.at(s(1), member("demo", 2, false));
        assert_eq!(person.account.next_deadline(), None);
        person.at(s(1), member("demo", 3, true));
        assert_eq!(told(&person.at(s(9), Input::Tick)), []);
    }
}
