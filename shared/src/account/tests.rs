//! AC1 and AC2, and the scene of the other tests of accounts.

use super::*;
use crate::text::{EmailAddress, PersonName};
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
        role: Role::Agent,
    }
}

const AGENT: AgentId = AgentId::from_bytes([1; 16]);

fn set_available(available: bool) -> Input {
    let agent = AGENT;
    Input::SetAvailable { agent, available }
}

fn told(effects: &[Effect]) -> Vec<(&str, u64, bool)> {
    let tells = effects.iter().filter_map(|effect| match effect {
        Effect::Tell { space, wish } => {
            assert_eq!(wish.agent, AGENT);
            Some((space.as_str(), wish.number, wish.available))
        }
        Effect::Save(_) | Effect::Answer(_) => None,
    });
    tells.collect()
}

fn enter(by: Entry, session: Way) -> Input {
    let agent = AGENT;
    Input::Enter { agent, by, session }
}

/// What somebody without an address is told, and nothing else.
fn known() -> Vec<Effect> {
    vec![Effect::Answer(Answer::Shown(Shown::default()))]
}

/// What a space confirms.
fn wish(number: u64, available: bool, outs: u64, ins: u64) -> Wish {
    Wish {
        agent: AGENT,
        number,
        available,
        outs,
        ins,
        shown: Shown::default(),
    }
}

fn told_of(name: &str, wish: Wish) -> Input {
    let space = space(name);
    Input::Told { space, wish }
}

fn way(n: u8) -> Way {
    Way::of([n; 32])
}

/// Takes inputs and keeps what is written.
struct Person {
    account: Account,
    rows: SortedMap<alloc::string::String, Row>,
}

impl Person {
    fn new() -> Self {
        Self {
            account: Account::default(),
            rows: SortedMap::new(),
        }
    }

    fn at(&mut self, now: Timestamp, input: Input) -> Vec<Effect> {
        let effects = self.account.handle(now, input);
        for effect in &effects {
            if let Effect::Save(row) = effect {
                let key = match row {
                    Row::Wish(_) => "wish",
                    Row::Membership(membership) => membership.space.as_str(),
                    Row::Person(_) => "person",
                    Row::Sign(_) => "sign",
                };
                self.rows.insert(key.into(), row.clone());
            }
        }
        let restored = Account::restore(self.rows.values().cloned());
        assert_eq!(
            restored.person, self.account.person,
            "every change is stored"
        );
        assert_eq!(restored.sign, self.account.sign, "every change is stored");
        self.account.check().unwrap();
        effects
    }
}

#[test]
fn ac1_a_late_or_repeated_notice_changes_nothing() {
    let mut person = Person::new();
    assert_eq!(person.at(s(0), member("demo", 1, true)).len(), 2);
    assert_eq!(person.at(s(0), member("demo", 1, true)), known());
    person.at(s(0), member("demo", 3, false));
    assert_eq!(person.at(s(0), member("demo", 2, true)), known());
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
    let confirm = |name, number| told_of(name, wish(number, number == 2, 0, 0));
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

#[test]
fn ac6_ac12_every_space_hears_of_a_sign_out_until_it_confirms() {
    let mut person = Person::new();
    person.at(s(0), member("demo", 1, true));
    let by = Entry::Founder(PersonName::parse("Ada").unwrap());
    let session = way(1);
    person.at(s(0), enter(by, session));
    let sign_out = |which| Input::SignOut {
        agent: AGENT,
        session,
        which,
    };
    let effects = person.at(s(1), sign_out(Which::All));
    let told = |effects: &[Effect]| {
        effects.iter().any(|effect| match effect {
            Effect::Tell { wish, .. } => (wish.number, wish.outs) == (0, 1),
            Effect::Save(_) | Effect::Answer(_) => false,
        })
    };
    assert!(told(&effects));
    let over = vec![Effect::Answer(Answer::Denied(Refusal::SessionOver))];
    assert_eq!(
        person.at(s(1), sign_out(Which::All)),
        over,
        "nothing changed"
    );
    assert!(told(&person.at(s(3), Input::Tick)), "again");
    let confirm = |outs| told_of("demo", wish(0, false, outs, 1));
    person.at(s(3), confirm(0));
    assert!(person.account.next_deadline().is_some());
    person.at(s(3), confirm(1));
    assert_eq!(person.account.next_deadline(), None);
}

#[test]
fn ac8_who_is_admin_of_a_space_may_make_spaces() {
    let mut person = Person::new();
    let by = Entry::Invited(PersonName::parse("Jack").unwrap());
    let session = way(1);
    let may_create = |effects: &[Effect]| match effects.last() {
        Some(Effect::Answer(Answer::Known(view))) => view.may_create,
        other => panic!("{other:?}"),
    };
    let effects = person.at(s(0), enter(by, session));
    assert!(!may_create(&effects));
    for (number, is_member, role, expected) in [
        (1, true, Role::Agent, false),
        (2, true, Role::Supervisor, false),
        (3, true, Role::Admin, true),
        (4, false, Role::Admin, false),
    ] {
        person.at(
            s(0),
            Input::Member {
                space: space("demo"),
                number,
                member: is_member,
                role,
            },
        );
        let effects = person.at(s(0), Input::Look { session });
        assert_eq!(may_create(&effects), expected, "{role:?}");
    }
}

#[test]
fn ac20_every_space_hears_of_a_sign_in_once_for_each_session() {
    let mut person = Person::new();
    person.at(s(0), member("demo", 1, true));
    let by = || Entry::Founder(PersonName::parse("Ada").unwrap());
    let ins = |effects: &[Effect]| {
        let mut tells = effects.iter().filter_map(|effect| match effect {
            Effect::Tell { wish, .. } => Some(wish.ins),
            Effect::Save(_) | Effect::Answer(_) => None,
        });
        tells.next()
    };
    assert_eq!(ins(&person.at(s(0), enter(by(), way(1)))), Some(1));
    assert_eq!(ins(&person.at(s(1), enter(by(), way(1)))), None, "a repeat");
    assert_eq!(ins(&person.at(s(2), Input::Tick)), Some(1), "told again");
    person.at(s(3), told_of("demo", wish(0, false, 0, 1)));
    assert_eq!(person.account.next_deadline(), None);
}

#[test]
fn sec_r1_04_ac21_every_space_hears_of_an_address_until_it_confirms() {
    let mut person = Person::new();
    person.at(s(0), member("demo", 1, true));
    let email = |text: &str| EmailAddress::parse(text).unwrap();
    let show = |text| Input::Show {
        agent: AGENT,
        email: email(text),
    };
    let shown = |effects: &[Effect]| {
        let mut tells = effects.iter().filter_map(|effect| match effect {
            Effect::Tell { wish, .. } => Some(wish.shown.clone()),
            Effect::Save(_) | Effect::Answer(_) => None,
        });
        tells.next()
    };
    let first = Shown {
        number: 1,
        email: Some(email("ada@shop.example")),
    };
    let effects = person.at(s(0), show("ada@shop.example"));
    assert_eq!(shown(&effects).as_ref(), Some(&first));
    assert_eq!(
        shown(&person.at(s(2), Input::Tick)),
        Some(first.clone()),
        "told again"
    );
    let confirmed = Wish {
        shown: first.clone(),
        ..wish(0, false, 0, 0)
    };
    person.at(s(2), told_of("demo", wish(0, false, 0, 0)));
    assert!(
        person.account.next_deadline().is_some(),
        "that was another one"
    );
    person.at(s(2), told_of("demo", confirmed));
    assert_eq!(person.account.next_deadline(), None);
    let repeated = person.at(s(3), show("ada@shop.example"));
    assert_eq!(repeated, vec![Effect::Answer(Answer::Done)], "nothing new");
    // A space that the person comes to later reads it in the answer.
    let effects = person.at(s(4), member("shop", 1, true));
    assert!(effects.contains(&Effect::Answer(Answer::Shown(first))));
    assert_eq!(told(&effects), [], "and nothing else of an earlier time");

    // A link that was mailed shows where; the link that an admin hands on does not.
    let make = |n, only: Option<&str>, text: Option<&str>| Input::MakeLink {
        link: way(n),
        only: only.map(space),
        email: text.map(email),
    };
    person.at(s(5), make(2, None, Some("ada@home.example")));
    person.at(s(5), make(3, Some("demo"), None));
    let second = Some("ada@home.example");
    let entered = person.at(s(6), enter(Entry::Link(way(2)), way(4)));
    let newest = shown(&entered).unwrap();
    assert_eq!((newest.number, newest.email), (2, second.map(email)));
    let view = |effects: &[Effect]| {
        let mut views = effects.iter().filter_map(|effect| match effect {
            Effect::Answer(Answer::Known(view)) => Some(view.email.clone()),
            Effect::Answer(_) | Effect::Tell { .. } | Effect::Save(_) => None,
        });
        views.next().flatten()
    };
    assert_eq!(view(&entered), second.map(email));
    let bound = person.at(s(7), enter(Entry::Link(way(3)), way(5)));
    assert_eq!(
        view(&bound),
        None,
        "no admin reads it by a link of the admin's own"
    );
    assert_eq!(shown(&bound).unwrap().number, 2);
}
