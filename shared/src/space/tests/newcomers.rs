//! R120 to R122, R126 and R127: how often conversations begin, and who shows first that a person writes.

use super::*;

/// Asks for a conversation; the seconds to wait when it comes too fast.
fn admit(scene: &mut Scene, visitor: u8, c: u8, address: Option<u64>) -> Option<u32> {
    let effects = scene.take(Input::Admit {
        visitor: VisitorId::from_bytes([visitor; 16]),
        conversation: conversation(c),
        queue: Label::parse("GENERAL").unwrap(),
        address,
        verified: false,
        passed: false,
    });
    match effects.last() {
        Some(Effect::Admitted { .. }) => None,
        Some(Effect::Denied(Refusal::RateLimited { retry_after })) => Some(*retry_after),
        other => panic!("{other:?}"),
    }
}

/// A conversation of that visitor comes and goes.
fn comes_and_goes(scene: &mut Scene, visitor: u8, c: u8) {
    let visitor = VisitorId::from_bytes([visitor; 16]);
    for (revision, standing) in [(3, Standing::Waiting), (5, closed())] {
        let report = Report {
            visitor,
            ..report(c, revision, 0, standing)
        };
        scene.take(Input::Reported(report));
    }
}

fn scene(per_visitor: u32, per_address: u32) -> Scene {
    let mut scene = Scene::with(&[]);
    let ledger = scene.space.ledger.as_mut().unwrap();
    ledger.settings.conversations_per_10min = per_visitor;
    ledger.settings.conversations_per_hour = per_address;
    scene
}

#[test]
fn r120_sec_l2_a_visitor_begins_so_many_in_ten_minutes() {
    let mut scene = scene(3, 20);
    for c in 1..=3 {
        assert_eq!(admit(&mut scene, 1, c, None), None);
        comes_and_goes(&mut scene, 1, c);
    }
    assert_eq!(admit(&mut scene, 1, 4, None), Some(200), "one in 200 s");
    assert_eq!(admit(&mut scene, 2, 5, None), None, "another visitor");
    scene.wait(199_999);
    assert_eq!(admit(&mut scene, 1, 4, None), Some(1));
    scene.wait(1);
    assert_eq!(admit(&mut scene, 1, 4, None), None);
}

#[test]
fn r120_pain_u15_an_address_has_a_ceiling_that_others_do_not_share() {
    let mut scene = scene(3, 20);
    for n in 1..=20 {
        assert_eq!(admit(&mut scene, n, n, Some(7)), None, "{n}");
    }
    assert_eq!(
        admit(&mut scene, 21, 21, Some(7)),
        Some(180),
        "20 in an hour"
    );
    assert_eq!(admit(&mut scene, 21, 21, Some(8)), None, "from elsewhere");
    assert_eq!(admit(&mut scene, 22, 22, None), None, "from nowhere");
}

#[test]
fn r122_who_was_let_in_is_let_in_again_for_nothing() {
    let mut scene = scene(1, 1);
    for _ in 0..3 {
        assert_eq!(admit(&mut scene, 1, 1, Some(7)), None, "a repeat");
    }
    comes_and_goes(&mut scene, 1, 1);
    assert_eq!(admit(&mut scene, 1, 1, Some(7)), None, "it is known");
    assert!(admit(&mut scene, 1, 2, Some(7)).is_some());
}

#[test]
fn r121_sec_l2_a_wake_knows_what_has_reported_and_full_buckets_are_forgotten() {
    let mut scene = scene(2, 3);
    for c in 1..=2 {
        admit(&mut scene, 1, c, Some(7));
        comes_and_goes(&mut scene, 1, c);
    }
    assert_eq!(
        admit(&mut scene, 2, 3, Some(7)),
        None,
        "lets in, and does not report"
    );
    assert_eq!(admit(&mut scene, 3, 4, Some(7)), Some(1_200));
    assert_eq!(admit(&mut scene, 1, 5, None), Some(300));
    let rows: Vec<Row> = scene.space.items().cloned().map(Row::Item).collect();
    let head = Row::Space {
        space: "demo".parse().unwrap(),
        settings: scene.space.settings().unwrap().clone(),
        offers_made: 0,
        zones: crate::sorted::SortedMap::new(),
        rounds_at: at(0),
    };
    scene.space = Space::restore(rows.into_iter().chain([head]), [], at(scene.now));
    assert_eq!(admit(&mut scene, 1, 5, None), Some(300), "as before");
    assert_eq!(admit(&mut scene, 3, 4, Some(7)), None, "one was forgiven");
    assert_eq!(admit(&mut scene, 4, 6, Some(7)), Some(1_200));
    scene.wait(2 * 3_600_000);
    assert_eq!(admit(&mut scene, 9, 9, None), None);
    let ledger = scene.space.ledger.as_ref().unwrap();
    assert_eq!(ledger.newcomers.known(), 1, "the last one alone");
}

/// Asks for a conversation as whoever is vouched for, or has passed a challenge.
fn shows(
    scene: &mut Scene,
    n: u8,
    address: u64,
    (verified, passed): (bool, bool),
) -> Option<Refusal> {
    let effects = scene.take(Input::Admit {
        visitor: VisitorId::from_bytes([n; 16]),
        conversation: conversation(n),
        queue: Label::parse("GENERAL").unwrap(),
        address: Some(address),
        verified,
        passed,
    });
    match effects.last() {
        Some(Effect::Admitted { .. }) => None,
        Some(Effect::Denied(refusal)) => Some(refusal.clone()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn r126_sec_l4_a_space_asks_whether_a_person_writes_always_or_when_it_goes_fast() {
    use crate::settings::Challenge::{Always, Never, WhenFast};
    let asked = || Some(Refusal::ChallengeRequired);
    // How many have begun from the address before, of ten in an hour.
    let cases = [
        ("never", Never, 9, (false, false), None),
        ("slowly", WhenFast, 5, (false, false), None),
        ("fast", WhenFast, 6, (false, false), asked()),
        ("fast, and passed", WhenFast, 6, (false, true), None),
        ("fast, and vouched for", WhenFast, 6, (true, false), None),
        ("always", Always, 0, (false, false), asked()),
        ("always, and passed", Always, 0, (false, true), None),
        ("always, and vouched for", Always, 0, (true, false), None),
    ];
    for (case, challenge, begun, shown, expected) in cases {
        let mut scene = scene(3, 10);
        for n in 1..=begun {
            assert_eq!(shows(&mut scene, n, 7, (false, true)), None, "{case}");
        }
        let ledger = scene.space.ledger.as_mut().unwrap();
        ledger.settings.challenge = challenge;
        assert_eq!(shows(&mut scene, 99, 7, shown), expected, "{case}");
        if challenge == WhenFast {
            assert_eq!(
                shows(&mut scene, 98, 8, (false, false)),
                None,
                "{case}: elsewhere"
            );
        }
    }
}

#[test]
fn r126_what_stands_is_never_challenged_and_nobody_is_for_nothing() {
    let mut scene = scene(2, 20);
    scene.space.ledger.as_mut().unwrap().settings.challenge = crate::settings::Challenge::Always;
    assert_eq!(shows(&mut scene, 1, 7, (false, true)), None);
    assert_eq!(shows(&mut scene, 1, 7, (false, false)), None, "a repeat");
    comes_and_goes(&mut scene, 1, 1);
    assert_eq!(shows(&mut scene, 1, 7, (false, false)), None, "it is known");
    // Who would be refused all the same learns that at once.
    let ledger = scene.space.ledger.as_mut().unwrap();
    ledger.settings.live_chat = false;
    assert_eq!(
        shows(&mut scene, 2, 7, (false, false)),
        Some(Refusal::SpaceOff)
    );
}

#[test]
fn r127_a_challenge_that_was_passed_lifts_no_limit_and_counts_once() {
    let mut scene = scene(3, 1);
    scene.space.ledger.as_mut().unwrap().settings.challenge = crate::settings::Challenge::Always;
    assert_eq!(shows(&mut scene, 1, 7, (false, true)), None);
    let slow = |refusal| matches!(refusal, Some(Refusal::RateLimited { .. }));
    assert!(
        slow(shows(&mut scene, 2, 7, (false, true))),
        "the limit stands"
    );
    assert!(
        slow(shows(&mut scene, 2, 7, (false, false))),
        "and comes first"
    );
    let next = shows(&mut scene, 3, 8, (false, false));
    assert_eq!(
        next,
        Some(Refusal::ChallengeRequired),
        "once is not for ever"
    );
}

#[test]
fn r128_sec_l2_sessions_of_an_address_have_a_ceiling_that_moves_with_the_hour() {
    let mut scene = scene(3, 2);
    scene.wait(10_000_000);
    let now = at(scene.now);
    let ledger = scene.space.ledger.as_ref().unwrap();
    assert_eq!(ledger.sessions_max(), 6);
    let ago = |seconds: u64| now - core::time::Duration::from_secs(seconds);
    let begun: Vec<_> = [0, 1, 2, 3, 4, 3_000, 3_500].map(ago).to_vec();
    assert_eq!(ledger.check_sessions(now, &begun[..5]), Ok(()));
    let wait = |retry_after| Err(Refusal::RateLimited { retry_after });
    assert_eq!(ledger.check_sessions(now, &begun[..6]), wait(600));
    assert_eq!(ledger.check_sessions(now, &begun[1..]), wait(100));
}
