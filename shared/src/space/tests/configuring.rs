//! R70 to R73: settings of a live space.

use super::*;
use crate::settings::{Change, GENERAL, Queue, SettingFault};

fn scene(agents: &[u8]) -> Scene {
    let mut scene = Scene::set(agents, |settings| {
        settings.queues = ["returns", "billing"].map(queue).into();
    });
    let ledger = scene.space.ledger.as_mut().unwrap();
    ledger.change_duty(agent(DOT), |duty| duty.agent.role = Role::Admin);
    scene
}

fn queue(name: &str) -> Queue {
    Queue::new(Label::parse(name).unwrap())
}

fn queues(names: &[&str]) -> Change {
    Change {
        queues: Some(names.iter().map(|name| queue(name)).collect()),
        ..Change::default()
    }
}

fn limit(limit: i64) -> Change {
    Change {
        conversation_limit: Some(limit),
        ..Change::default()
    }
}

fn configure(scene: &mut Scene, change: Change) -> Vec<Effect> {
    let by = agent(DOT);
    scene.take(Input::Configure { by, change })
}

fn denied(effects: &[Effect]) -> Option<&Refusal> {
    effects.iter().find_map(|effect| {
        if let Effect::Denied(refusal) = effect {
            return Some(refusal);
        }
        None
    })
}

fn waits_in(scene: &mut Scene, c: u8, queue: &str) -> Vec<Effect> {
    let mut report = report(c, 2, 0, Standing::Waiting);
    report.queue = Label::parse(queue).unwrap();
    scene.take(Input::Reported(report))
}

#[test]
fn r70_only_an_admin_changes_settings_and_a_refusal_changes_nothing() {
    let mut scene = scene(&[ADA, BEN, DOT]);
    let wrong = |field: &str, fault: SettingFault| Refusal::SettingInvalid(fault.of(field));
    let long = Change {
        fallback_text: Some("a".repeat(10_001)),
        live_chat: Some(false),
        ..Change::default()
    };
    let range = SettingFault::OutOfRange { min: 1, max: 100 };
    let long_text = SettingFault::TooMany { max: 10_000 };
    let old = Change {
        version: Some(3),
        ..limit(2)
    };
    let cases = [
        ("an agent", ADA, limit(2), Refusal::Forbidden),
        ("nobody", CYD, limit(2), Refusal::Forbidden),
        ("range", DOT, limit(0), wrong("conversation_limit", range)),
        (
            "negative",
            DOT,
            limit(-1),
            wrong("conversation_limit", range),
        ),
        ("text", DOT, long, wrong("fallback_text", long_text)),
        (
            "two names",
            DOT,
            queues(&["a", "b", "A"]),
            wrong("queues[2].name", SettingFault::Twice),
        ),
        ("old", DOT, old, Refusal::SettingsChanged { version: 0 }),
    ];
    for (case, by, change, expected) in cases {
        let before = scene.space.ledger.clone();
        let by = agent(by);
        let effects = scene.take(Input::Configure { by, change });
        assert_eq!(effects, [Effect::Denied(expected)], "{case}");
        assert_eq!(scene.space.ledger, before, "{case}");
    }
    let effects = configure(&mut scene, limit(2));
    assert_eq!(denied(&effects), None);
    assert!(
        matches!(&effects[0], Effect::Save(Row::Space { settings, .. }) if settings.version == 1)
    );
    let desks = frames(&effects).filter(|frame| matches!(frame, FromServer::Desk(_)));
    assert_eq!(desks.count(), 3, "every console sees the limit");
    let again = configure(&mut scene, limit(2));
    let in_use = Default::default();
    assert_eq!(again, [Effect::Configured { in_use }], "nothing to save");
}

#[test]
fn r70_a_supervisor_does_not_change_settings() {
    let mut scene = Scene::with(&[ADA, DOT]);
    let effects = configure(&mut scene, limit(2));
    assert_eq!(denied(&effects), Some(&Refusal::Forbidden));
}

#[test]
fn r72_a4_a_lowered_limit_throws_nobody_out_and_gives_nothing_more() {
    let mut scene = scene(&[ADA, DOT]);
    scene.set_available(DOT, false);
    for c in 1..=3 {
        scene.waits(c);
        scene.talk(ADA, c, 1, 3);
    }
    configure(&mut scene, limit(1));
    assert_eq!(scene.used(ADA), 3);
    scene.waits(4);
    assert_eq!(scene.offered(4), None);
    let refused = scene.assign_to_me(ADA, 4);
    assert_eq!(refusal(&refused), Some(Refusal::NoFreeSlot { limit: 1 }));
    for (c, expected) in [(1, None), (2, None), (3, Some((ADA, 1)))] {
        scene.closed(c, 5, 1);
        assert_eq!(scene.offered(4), expected, "after {c} closed");
    }
    configure(&mut scene, limit(2));
    scene.waits(5);
    assert_eq!(scene.offered(5), None, "one offer at a time");
}

#[test]
fn r71_an_open_offer_stays_as_it_was_made() {
    let mut scene = scene(&[ADA, DOT]);
    scene.set_available(DOT, false);
    scene.waits(1);
    let change = Change {
        offer_s: Some(1),
        offer_mode: Some(OfferMode::Manual),
        ..Change::default()
    };
    configure(&mut scene, change);
    scene.pass(119_999);
    scene.wait(0);
    assert_eq!(scene.offered(1), Some((ADA, 1)));
    scene.waits(2);
    assert_eq!(scene.offered(2), None, "agents help themselves");
    scene.wait(1);
    assert_eq!(scene.offered(1), None);
    assert!(!scene.is_available(ADA));
}

#[test]
fn r71_what_waits_is_given_in_the_turn_of_the_change() {
    let mut scene = scene(&[ADA, DOT]);
    scene.set_available(DOT, false);
    let mode = |offer_mode| Change {
        offer_mode: Some(offer_mode),
        ..Change::default()
    };
    configure(&mut scene, mode(OfferMode::Manual));
    scene.waits(1);
    scene.waits(2);
    assert_eq!(scene.used(ADA), 0);
    let effects = configure(&mut scene, mode(OfferMode::AutoAccept));
    assert_eq!(instructions(&effects).len(), 2);
    assert_eq!(scene.used(ADA), 2);
}

#[test]
fn r73_a_queue_with_work_is_closed_drains_and_goes_with_its_members() {
    let mut scene = scene(&[ADA, DOT]);
    scene.set_available(DOT, false);
    scene.serve(ADA, &["returns", GENERAL]);
    waits_in(&mut scene, 1, "returns");
    waits_in(&mut scene, 2, "returns");
    let in_use = |items| Refusal::QueueInUse {
        queue: Label::parse("returns").unwrap(),
        items,
    };
    let effects = configure(&mut scene, queues(&["billing"]));
    assert_eq!(denied(&effects), Some(&in_use(2)));
    let closed = Change {
        queues: Some(vec![Queue {
            closed: true,
            ..queue("returns")
        }]),
        ..Change::default()
    };
    assert_eq!(
        denied(&configure(&mut scene, closed)),
        None,
        "billing is empty"
    );
    // It drains: held work is work, too, and so is what waits behind the offer.
    let mut held = report(1, 3, 1, active(ADA));
    held.queue = Label::parse("returns").unwrap();
    scene.accept(ADA, 1, 1);
    scene.answer(1, 1, Outcome::Done, held);
    scene.closed(2, 5, 1);
    let effects = configure(&mut scene, queues(&[]));
    assert_eq!(denied(&effects), Some(&in_use(1)));
    scene.closed(1, 5, 1);
    let effects = configure(&mut scene, queues(&[]));
    assert_eq!(denied(&effects), None);
    let members = scene.space.agents().find(|row| row.agent == agent(ADA));
    let general = Label::parse(GENERAL).unwrap();
    assert_eq!(members.unwrap().queues, Some([general].into()));
    let saved = |effect: &Effect| matches!(effect, Effect::Save(Row::Agent(row)) if row.agent == agent(ADA));
    assert!(effects.iter().any(saved));
}

#[test]
fn r73_what_is_on_its_way_to_a_queue_is_its_work() {
    let mut scene = scene(&[ADA, BEN, DOT]);
    scene.waits(1);
    let (holder, fence) = scene.offered(1).unwrap();
    scene.talk(holder, 1, fence, 3);
    scene.transfer(holder, 1, to_queue("billing"));
    let effects = configure(&mut scene, queues(&["returns"]));
    assert!(matches!(
        denied(&effects),
        Some(Refusal::QueueInUse { items: 1, .. })
    ));
}
