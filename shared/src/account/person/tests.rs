//! AC3 to AC9: sessions, links and identities.

use super::*;

fn h(hours: u64) -> Timestamp {
    Timestamp::from_millis(1_000_000 + hours * 3_600_000)
}

fn way(n: u8) -> Way {
    Way::of([n; 32])
}

fn name() -> PersonName {
    PersonName::parse("Ada").unwrap()
}

fn founded() -> Person {
    let mut person = Person::default();
    let by = Entry::Founder(name());
    assert_eq!(person.enter(h(0), by, way(1)).map(|_| ()), Ok(()));
    person
}

#[test]
fn sec_g4_ac4_a_session_is_over_after_12_hours_of_silence_and_after_7_days() {
    let over = Err(Refusal::SessionOver);
    let mut person = founded();
    assert_eq!(person.note(h(12) - NOTED, &way(1)), Ok(true));
    assert_eq!(person.note(h(12), &way(1)), Ok(true));
    assert_eq!(person.note(h(24), &way(1)), over);
    let mut person = founded();
    for hour in 1..7 * 24 {
        assert_eq!(person.note(h(hour), &way(1)), Ok(true), "{hour}");
    }
    assert_eq!(person.note(h(7 * 24), &way(1)), over, "whatever its use");
}

#[test]
fn ac4_a_use_is_noted_now_and_then() {
    let mut person = founded();
    assert_eq!(
        person.note(h(0) + NOTED - Duration::from_millis(1), &way(1)),
        Ok(false)
    );
    assert_eq!(person.note(h(0) + NOTED, &way(1)), Ok(true));
    assert_eq!(person.note(h(0) + NOTED, &way(1)), Ok(false));
}

#[test]
fn ac4_the_oldest_of_too_many_sessions_goes() {
    let mut person = founded();
    for n in 2..30 {
        person.make_link(h(0), way(100 + n), (None, None)).unwrap();
        let by = Entry::Link(way(100 + n));
        assert_eq!(person.enter(h(0), by, way(n)).map(|_| ()), Ok(()));
        person.check().unwrap();
    }
    assert_eq!(person.sessions.len(), SESSIONS_MAX);
    assert_eq!(person.note(h(0), &way(1)), Err(Refusal::SessionOver));
    assert!(person.note(h(0), &way(29)).is_ok());
}

#[test]
fn sec_g7_01_ac7_a_link_is_good_once_and_in_time() {
    let only = || Some("demo".parse().unwrap());
    let cases = [
        ("in time", 2, 23, Ok(())),
        ("late", 2, 24, Err(Refusal::LinkOver)),
        ("another one", 3, 1, Err(Refusal::LinkOver)),
        ("a session is no link", 1, 1, Err(Refusal::LinkOver)),
        ("the hash of nothing", 0, 1, Err(Refusal::LinkOver)),
    ];
    for (case, link, hour, expected) in cases {
        let mut person = founded();
        person.make_link(h(0), way(2), (only(), None)).unwrap();
        let before = person.clone();
        let entered = person.enter(h(hour), Entry::Link(way(link)), way(9));
        let entered = entered.map(|_| ());
        assert_eq!(entered, expected, "{case}");
        if entered.is_err() {
            assert_eq!(person, before, "{case}: nothing changed");
            continue;
        }
        let again = person.enter(h(hour), Entry::Link(way(link)), way(10));
        assert_eq!(again, Err(Refusal::LinkOver), "{case}: twice");
        let repeat = person.enter(h(hour), Entry::Link(way(link)), way(9));
        assert_eq!(repeat, Ok(None), "{case}: the same call once more");
    }
}

#[test]
fn ac7_an_admins_oldest_link_goes_and_a_mailed_one_stays() {
    let demo = || Some("demo".parse().unwrap());
    let limit = u32::try_from(LINKS_MAX).unwrap();
    let mut person = founded();
    for n in 10..20 {
        assert_eq!(person.make_link(h(0), way(n), (demo(), None)), Ok(()));
        let mailed = person.make_link(h(0), way(n + 10), (None, None));
        let is_made = n < 15;
        assert_eq!(mailed.is_ok(), is_made, "{n}");
        person.check().unwrap();
    }
    let mailed = person.make_link(h(0), way(40), (None, None));
    assert_eq!(mailed, Err(Refusal::TooMany { limit }));
    for (link, expected) in [
        (10, Err(Refusal::LinkOver)),
        (14, Err(Refusal::LinkOver)),
        (15, Ok(())),
        (20, Ok(())),
        (24, Ok(())),
        (25, Err(Refusal::LinkOver)),
    ] {
        let mut person = person.clone();
        assert_eq!(
            person
                .enter(h(1), Entry::Link(way(link)), way(2))
                .map(|_| ()),
            expected,
            "{link}"
        );
    }
    assert_eq!(
        person.make_link(h(24), way(40), (None, None)),
        Ok(()),
        "the next day"
    );
}

#[test]
fn ac5_a_session_of_an_admins_link_is_good_for_that_space_alone() {
    let mut person = founded();
    let demo: SpaceId = "demo".parse().unwrap();
    let shop: SpaceId = "shop".parse().unwrap();
    person
        .make_link(h(0), way(2), (Some(demo.clone()), None))
        .unwrap();
    assert_eq!(person.enter(h(0), Entry::Link(way(2)), way(9)), Ok(None));
    let spaces = vec![(demo.clone(), Role::Admin), (shop.clone(), Role::Admin)];
    let email = EmailAddress::parse("ada@shop.example").ok();
    let bound = person.view(way(9).id, spaces.clone(), email.clone());
    assert_eq!(bound.email, None);
    assert_eq!(bound.spaces, [demo]);
    assert!(!bound.may_create);
    assert_eq!(bound.sessions.len(), 1);
    let free = person.view(way(1).id, spaces, email.clone());
    assert_eq!(free.email, email);
    assert_eq!(free.spaces.len(), 2);
    assert!(free.may_create);
    assert_eq!(free.sessions.len(), 2);
    for which in [Which::All, Which::One(way(1).id)] {
        assert_eq!(
            person.sign_out(h(0), &way(9), which),
            Err(Refusal::Forbidden)
        );
    }
    assert_eq!(person.sign_out(h(0), &way(9), Which::This), Ok(()));
    assert_eq!(person.note(h(0), &way(9)), Err(Refusal::SessionOver));
    assert!(person.note(h(0), &way(1)).is_ok());
}

#[test]
fn ac6_a_session_ends_others() {
    let mut person = founded();
    for n in [2, 3] {
        person.make_link(h(0), way(n + 10), (None, None)).unwrap();
        person
            .enter(h(0), Entry::Link(way(n + 10)), way(n))
            .unwrap();
    }
    assert_eq!(
        person.sign_out(h(0), &way(1), Which::One(way(2).id)),
        Ok(())
    );
    assert_eq!(person.note(h(0), &way(2)), Err(Refusal::SessionOver));
    assert!(person.note(h(0), &way(3)).is_ok());
    assert_eq!(person.sign_out(h(0), &way(1), Which::All), Ok(()));
    assert!(person.sessions.is_empty());
}

#[test]
fn sec_g7_ac8_an_account_is_founded_once() {
    let mut person = founded();
    for by in [Entry::Founder(name()), Entry::Invited(name())] {
        let entered = person.enter(h(0), by, way(2));
        assert_eq!(entered, Err(Refusal::LinkOver));
    }
    assert!(person.view(way(1).id, vec![], None).may_create);
}

#[test]
fn sec_g3_ac9_an_identity_is_issuer_and_subject_together() {
    let identity = |issuer: &str, subject: &str| Identity {
        issuer: issuer.into(),
        subject: subject.into(),
    };
    let mut person = founded();
    let known = identity("https://id.example", "42");
    assert_eq!(person.link(known.clone()), Ok(true));
    assert_eq!(person.link(known.clone()), Ok(false));
    let cases = [
        (known, Ok(())),
        (
            identity("https://id.example", "43"),
            Err(Refusal::NotInvited),
        ),
        (
            identity("https://evil.example", "42"),
            Err(Refusal::NotInvited),
        ),
        (identity("", ""), Err(Refusal::NotInvited)),
    ];
    for (identity, expected) in cases {
        let mut person = person.clone();
        let by = Entry::Identity(identity);
        assert_eq!(person.enter(h(0), by, way(2)).map(|_| ()), expected);
    }
    for n in 1..10 {
        assert_eq!(
            person.link(identity("https://id.example", &n.to_string())),
            Ok(true)
        );
    }
    let limit = IDENTITIES_MAX;
    let many = person.link(identity("https://id.example", "one more"));
    assert_eq!(many, Err(Refusal::TooMany { limit }));
}
