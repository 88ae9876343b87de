//! R58 to R61: skills, lanes, and what agents see of queues.

use super::*;
use crate::settings::Queue;
use crate::space::{List, Query, QueueView};

fn label(text: &str) -> Label {
    Label::parse(text).unwrap()
}

/// Agent n knows these.
fn teach(scene: &mut Scene, n: u8, skills: &[&str]) {
    let ledger = scene.space.ledger.as_mut().unwrap();
    ledger.change_duty(agent(n), |duty| {
        duty.agent.skills = skills.iter().map(|skill| label(skill)).collect();
    });
}

fn waits_for(scene: &mut Scene, c: u8, queue: &str, skills: &[&str]) -> Vec<Effect> {
    scene.take(Input::Reported(Report {
        queue: label(queue),
        skills: skills.iter().map(|skill| label(skill)).collect(),
        ..report(c, 2, 0, Standing::Waiting)
    }))
}

/// What an agent reads of what waits.
fn seen(scene: &Scene, n: u8) -> Vec<u8> {
    let query = Query {
        list: List::Waiting,
        queue: None,
        after: None,
    };
    let page = scene.space.page(agent(n), &query).unwrap();
    let items = page.items.iter();
    items.map(|item| item.conversation.bytes()[0]).collect()
}

/// Ada speaks German, Ben German and French; what is returned needs French.
fn school() -> Scene {
    let mut scene = Scene::set(&[ADA, BEN, CYD], |settings| {
        settings.queues = vec![Queue {
            skills: vec![label("french")],
            ..Queue::new(label("returns"))
        }];
    });
    teach(&mut scene, ADA, &["german"]);
    teach(&mut scene, BEN, &["french", "german"]);
    scene
}

#[test]
fn r58_an_item_goes_to_who_has_every_skill_of_it_and_of_its_queue() {
    let cases: [(&str, &str, &[&str], Option<u8>); 7] = [
        ("none", "GENERAL", &[], Some(ADA)),
        ("one", "GENERAL", &["french"], Some(BEN)),
        ("both", "GENERAL", &["german", "french"], Some(BEN)),
        ("that of the queue", "returns", &[], Some(BEN)),
        ("its own and the queue's", "returns", &["german"], Some(BEN)),
        ("nobody's", "GENERAL", &["latin"], None),
        ("partly nobody's", "returns", &["latin", "german"], None),
    ];
    for (case, queue, skills, expected) in cases {
        let mut scene = school();
        waits_for(&mut scene, 1, queue, skills);
        let offered = scene.offered(1).map(|(n, _)| n);
        assert_eq!(offered, expected, "{case}");
    }
}

#[test]
fn r58_what_nobody_could_be_given_waits_visibly_and_is_taken_by_hand() {
    let mut scene = school();
    waits_for(&mut scene, 1, "GENERAL", &["latin"]);
    assert_eq!(seen(&scene, CYD), [1]);
    assert_eq!(refusal(&scene.assign_to_me(CYD, 1)), None);
    waits_for(&mut scene, 2, "GENERAL", &["latin"]);
    let before = scene.offered(2);
    // Whoever learns it is asked at once.
    teach(&mut scene, BEN, &["latin"]);
    scene.wait(0);
    assert_eq!((before, scene.offered(2)), (None, Some((BEN, 1))));
}

#[test]
fn r58_nobody_with_the_skill_holds_up_nobody() {
    let mut scene = school();
    waits_for(&mut scene, 1, "GENERAL", &["latin"]);
    scene.now += 1_000;
    waits_for(&mut scene, 2, "GENERAL", &[]);
    assert_eq!((scene.offered(1), scene.offered(2)), (None, Some((ADA, 1))));
}

#[test]
fn r59_in_a_lane_the_oldest_goes_first_to_who_waited_longest() {
    let mut scene = school();
    for n in [ADA, BEN, CYD] {
        scene.set_available(n, false);
    }
    // By age: 4, 2, 3, 1. Those that need German go to the two in turn.
    for (c, skills) in [(4, "german"), (2, "french"), (3, "german"), (1, "german")] {
        waits_for(&mut scene, c, "GENERAL", &[skills]);
        scene.now += 1_000;
    }
    scene.set_available(BEN, true);
    assert_eq!(scene.offered(4), Some((BEN, 1)), "the oldest of both lanes");
    scene.set_available(ADA, true);
    assert_eq!(
        scene.offered(3),
        Some((ADA, 1)),
        "the oldest that Ada can have"
    );
    scene.talk(BEN, 4, 1, 3);
    assert_eq!(scene.offered(2), Some((BEN, 1)));
    scene.talk(ADA, 3, 1, 3);
    assert_eq!(scene.offered(1), Some((ADA, 1)));
}

#[test]
fn r59_more_lanes_than_are_kept_are_still_right() {
    let mut scene = Scene::with_limit(&[ADA], 100);
    let skills: Vec<_> = (0..100).map(|n| alloc::format!("s{n}")).collect();
    for (c, skill) in skills.iter().enumerate() {
        waits_for(&mut scene, c as u8, "GENERAL", &[skill]);
    }
    // Every turn is audited.
    let known: Vec<_> = skills.iter().map(|skill| &skill[..]).collect();
    teach(&mut scene, ADA, &known);
    scene.wait(0);
    for c in 0..100 {
        assert_eq!(scene.offered(c), Some((ADA, 1)), "{c}");
        scene.talk(ADA, c, 1, 3);
    }
}

#[test]
fn r40_the_sender_of_a_transfer_knows_better_than_skills() {
    let mut scene = school();
    waits_for(&mut scene, 1, "GENERAL", &["french"]);
    scene.talk(BEN, 1, 1, 3);
    let effects = scene.transfer(BEN, 1, to_agent(CYD));
    assert_eq!(refusal(&effects), None);
    assert_eq!(scene.offered(1), Some((CYD, 2)));
}

#[test]
fn r61_an_agent_sees_and_takes_what_waits_in_the_agents_queues() {
    let mut scene = Scene::set(&[ADA, DOT], |settings| {
        settings.offer_mode = OfferMode::Manual;
        settings.queues = vec![Queue::new(label("returns"))];
    });
    scene.serve(ADA, &["GENERAL"]);
    scene.serve(DOT, &["GENERAL"]);
    waits_for(&mut scene, 1, "returns", &[]);
    waits_for(&mut scene, 2, "GENERAL", &["latin"]);
    assert_eq!(seen(&scene, ADA), [2]);
    assert_eq!(seen(&scene, DOT), [1, 2]);
    assert_eq!(
        refusal(&scene.assign_to_me(ADA, 1)),
        Some(Refusal::NotInQueue)
    );
    assert_eq!(refusal(&scene.assign_to_me(ADA, 2)), None);
    assert_eq!(refusal(&scene.assign_to_me(DOT, 1)), None, "a supervisor");
}

#[test]
fn r60_agents_read_every_queue() {
    let mut scene = Scene::set(&[ADA], |settings| {
        settings.queues = vec![
            Queue {
                closed: true,
                ..Queue::new(label("old"))
            },
            Queue {
                max_waiting: Some(9),
                ..Queue::new(label("GENERAL"))
            },
        ];
    });
    scene.waits(1);
    let queues = scene.space.queues(at(scene.now), agent(ADA)).unwrap();
    let view = |name, closed, waiting, max_waiting| QueueView {
        title: None,
        name: label(name),
        closed,
        open_now: true,
        opens_at: None,
        waiting,
        max_waiting,
        skills: vec![],
    };
    let expected = [
        view("GENERAL", false, 1, Some(9)),
        view("old", true, 0, None),
    ];
    assert_eq!(queues, expected);
    let nobody = scene.space.queues(at(scene.now), agent(BEN));
    assert_eq!(nobody, Err(Refusal::Forbidden));
}
