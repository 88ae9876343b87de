//! R120 to R122: how often conversations begin.

use super::*;

/// Asks for a conversation; the seconds to wait when it comes too fast.
fn admit(scene: &mut Scene, visitor: u8, c: u8, address: Option<u64>) -> Option<u32> {
    let effects = scene.take(Input::Admit {
        visitor: VisitorId::from_bytes([visitor; 16]),
        conversation: conversation(c),
        queue: Label::parse("GENERAL").unwrap(),
        address,
        verified: false,
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
