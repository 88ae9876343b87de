//! R95 to R98: what the customers who wait are told.

use super::*;
use crate::space::Place;

/// Who is told which number in a turn.
fn told(effects: &[Effect]) -> Vec<(u8, u32)> {
    places(effects)
        .into_iter()
        .map(|(c, place)| (c, place.number))
        .collect()
}

fn places(effects: &[Effect]) -> Vec<(u8, Place)> {
    let mut found = vec![];
    for effect in effects {
        if let Effect::Instruct {
            conversation,
            instruction: Instruction::Place(place),
            ..
        } = effect
        {
            found.push((conversation.bytes()[0], place.clone()));
        }
    }
    found
}

/// The place that the confirmation of a report carries.
fn confirmed(effects: &[Effect]) -> Option<Place> {
    effects.iter().find_map(|effect| {
        if let Effect::Confirmed { place, .. } = effect {
            return place.clone();
        }
        None
    })
}

/// One more conversation waits, a second after the last.
fn joins(scene: &mut Scene, c: u8) -> Option<Place> {
    scene.now += 1_000;
    confirmed(&scene.waits(c))
}

/// A space without agents in which those wait.
fn line(customers: core::ops::RangeInclusive<u8>) -> Scene {
    let mut scene = Scene::with(&[]);
    for c in customers {
        joins(&mut scene, c);
    }
    scene
}

#[test]
fn r95_a_report_is_confirmed_with_the_place() {
    let mut scene = Scene::set(&[ADA, BEN], |settings| settings.conversation_limit = 1);
    let numbers = [1, 2, 3, 4].map(|c| joins(&mut scene, c).map(|place| place.number));
    assert_eq!(
        numbers,
        [Some(1), Some(2), Some(3), Some(4)],
        "offered or not"
    );
    // Accepted and not committed still waits.
    scene.accept(ADA, 1, 1);
    let again = scene.take(Input::Reported(report(1, 2, 0, Standing::Waiting)));
    assert_eq!(confirmed(&again).map(|place| place.number), Some(1));
    let news = scene.take(Input::Reported(report(1, 3, 1, active(ADA))));
    assert_eq!(confirmed(&news), None);
    let over = scene.closed(2, 3, 0);
    assert_eq!(confirmed(&over), None);
    let again = scene.take(Input::Reported(report(3, 2, 0, Standing::Waiting)));
    assert_eq!(confirmed(&again).map(|place| place.number), Some(1));
}

#[test]
fn r95_each_queue_has_a_line_of_its_own() {
    let mut scene = Scene::with(&[]);
    let queue = |c: u8, queue: &str| Report {
        queue: Label::parse(queue).unwrap(),
        ..report(c, 2, 0, Standing::Waiting)
    };
    for (c, name, number) in [(1, "GENERAL", 1), (2, "returns", 1), (3, "GENERAL", 2)] {
        scene.now += 1_000;
        let effects = scene.take(Input::Reported(queue(c, name)));
        assert_eq!(confirmed(&effects).map(|place| place.number), Some(number));
    }
    scene.now += 5_000;
    assert_eq!(told(&scene.closed(2, 3, 0)), []);
    assert_eq!(told(&scene.closed(1, 3, 0)), [(3, 1)]);
}

#[test]
fn r95_who_is_given_back_stands_where_the_customer_stood() {
    let mut scene = Scene::set(&[ADA], |settings| settings.conversation_limit = 1);
    for c in [1, 2, 3] {
        joins(&mut scene, c);
    }
    scene.now += 5_000;
    scene.talk(ADA, 1, 1, 3);
    scene.now += 5_000;
    scene.unassign(ADA, 1);
    let effects = scene.take(Input::Reported(report(1, 4, 2, Standing::Waiting)));
    assert_eq!(confirmed(&effects).map(|place| place.number), Some(1));
    assert_eq!(told(&effects), [(2, 2), (3, 3)]);
}

#[test]
fn r96_numbers_go_down_at_once_and_then_together() {
    let mut scene = line(1..=5);
    scene.now += 5_000;
    assert_eq!(
        told(&scene.closed(1, 3, 0)),
        [(2, 1), (3, 2), (4, 3), (5, 4)]
    );
    // What changes in the next 5 s goes out together, and once.
    scene.now += 1_000;
    assert_eq!(told(&scene.closed(2, 3, 0)), []);
    scene.now += 1_000;
    assert_eq!(told(&scene.closed(4, 3, 0)), []);
    assert_eq!(scene.space.next_deadline(), Some(at(scene.now + 3_000)));
    assert_eq!(scene.wait(2_999), vec![]);
    assert_eq!(told(&scene.wait(1)), [(3, 1), (5, 2)]);
    let tombstones = 48 * 3_600_000;
    let deadline = scene.space.next_deadline().unwrap();
    assert!(
        deadline > at(scene.now + tombstones - 60_000),
        "nothing else"
    );
}

#[test]
fn r96_nothing_is_stored_and_nobody_is_told_twice() {
    let mut scene = line(1..=3);
    scene.now += 5_000;
    let effects = scene.closed(1, 3, 0);
    assert_eq!(saves(&effects), 1, "the closed one");
    for (_, place) in places(&effects) {
        assert_eq!(place.as_of, at(scene.now));
    }
    // An offer and its decline move nobody.
    scene.now += 5_000;
    let mut scene = Scene::with(&[ADA, BEN]);
    joins(&mut scene, 1);
    joins(&mut scene, 2);
    scene.now += 10_000;
    assert_eq!(told(&scene.decline(ADA, 1, 1)), []);
    assert_eq!(told(&scene.accept(BEN, 2, 1)), []);
    scene.now += 10_000;
    assert_eq!(told(&scene.wait(0)), []);
}

#[test]
fn r96_so_many_are_told_at_a_time() {
    let mut scene = Scene::with(&[ADA]);
    scene.set_available(ADA, false);
    for c in 1..=250 {
        joins(&mut scene, c);
        scene.beat();
    }
    scene.set_available(ADA, true);
    // Nobody was on duty when they came: all of them learn that somebody is.
    scene.pass(4_999);
    assert_eq!(told(&scene.wait(0)), []);
    let rounds: Vec<usize> = [1, 5_000, 5_000, 5_000]
        .map(|ms| {
            scene.pass(ms - 1);
            told(&scene.wait(1)).len()
        })
        .into();
    assert_eq!(rounds, [100, 100, 50, 0]);
}

#[test]
fn r97_the_wait_is_estimated_from_three_assignments_of_the_last_hour() {
    let mut scene = Scene::set(&[ADA], |settings| settings.conversation_limit = 100);
    let mut waits = vec![];
    for c in 1..=4 {
        joins(&mut scene, c);
        scene.pass(60_000);
        scene.talk(ADA, c, 1, 3);
        let place = joins(&mut scene, 100 + c).unwrap();
        scene.closed(100 + c, 3, 0);
        waits.push(place.wait_s);
    }
    assert_eq!(waits, [None, None, Some(60), Some(60)]);
    // Twice the number, twice as long; in another queue nobody can tell.
    joins(&mut scene, 5);
    assert_eq!(joins(&mut scene, 6).unwrap().wait_s, Some(120));
    let queue = Label::parse("returns").unwrap();
    let elsewhere = Report {
        queue,
        ..report(7, 2, 0, Standing::Waiting)
    };
    let effects = scene.take(Input::Reported(elsewhere));
    assert_eq!(confirmed(&effects).unwrap().wait_s, None);
    // After an hour they count no more.
    scene.now += 3_600_000;
    assert_eq!(joins(&mut scene, 8).unwrap().wait_s, None);
}

#[test]
fn r97_what_counts_is_the_time_at_the_head_of_the_line() {
    // All come at once and are served one after another, a minute each.
    let mut scene = Scene::set(&[ADA], |settings| settings.conversation_limit = 100);
    for c in 1..=4 {
        scene.waits(c);
    }
    for c in 1..=4 {
        scene.pass(60_000);
        scene.talk(ADA, c, 1, 3);
    }
    assert_eq!(joins(&mut scene, 5).unwrap().wait_s, Some(60), "not 150");
}

#[test]
fn f12_r98_the_place_says_whether_anybody_is_on_duty() {
    let mut scene = Scene::with(&[ADA]);
    scene.set_available(ADA, false);
    assert!(!joins(&mut scene, 1).unwrap().on_duty);
    scene.set_available(ADA, true);
    assert!(joins(&mut scene, 2).unwrap().on_duty);
    scene.pass(4_000);
    let effects = scene.wait(1_000);
    let duty = |effects: &[Effect]| -> Vec<(u8, bool)> {
        let places = places(effects).into_iter();
        places.map(|(c, place)| (c, place.on_duty)).collect()
    };
    assert_eq!(duty(&effects), [(1, true), (2, true)]);
    // A page that reloads is away for a moment only.
    scene.leave(ADA);
    scene.now += 2_000;
    scene.connect(ADA);
    scene.pass(4_000);
    assert_eq!(duty(&scene.wait(1_000)), []);
    // Who is gone for longer is missed, and who serves another queue does not help.
    scene.set_available(ADA, false);
    scene.pass(5_000);
    assert_eq!(duty(&scene.wait(0)), [(1, false), (2, false)]);
    scene.serve(ADA, &["returns"]);
    scene.set_available(ADA, true);
    scene.pass(5_000);
    assert_eq!(duty(&scene.wait(0)), []);
}

#[test]
fn f12_r103_who_needs_a_skill_that_nobody_on_duty_has_is_told_so() {
    let mut scene = Scene::with(&[ADA]);
    let skill = || Label::parse("german").unwrap();
    let asks = |c: u8| Report {
        skills: [skill()].into(),
        ..report(c, 2, 0, Standing::Waiting)
    };
    let effects = scene.take(Input::Reported(asks(1)));
    assert!(!confirmed(&effects).unwrap().on_duty);
    scene.now += 1_000;
    assert!(joins(&mut scene, 2).unwrap().on_duty);
    // Once somebody on duty has it, whoever waits is told, and again when nobody has.
    let duty = |effects: &[Effect]| -> Vec<(u8, bool)> {
        let places = places(effects).into_iter();
        places.map(|(c, place)| (c, place.on_duty)).collect()
    };
    let learn = |scene: &mut Scene, skills: Vec<Label>| {
        let ledger = scene.space.ledger.as_mut().unwrap();
        ledger.change_duty(agent(ADA), |duty| duty.agent.skills = skills);
        scene.take(Input::Tick);
        scene.pass(5_000);
        duty(&scene.wait(0))
    };
    scene.set_available(ADA, true);
    assert_eq!(learn(&mut scene, [skill()].into()), [(1, true), (2, true)]);
    assert_eq!(learn(&mut scene, [].into()), [(1, false), (2, true)]);
    // A queue may need it, too.
    let queue = crate::settings::Queue {
        skills: [skill()].into(),
        ..crate::settings::Queue::new(Label::parse("GENERAL").unwrap())
    };
    let change = crate::settings::Change {
        queues: Some([queue].into()),
        ..crate::settings::Change::default()
    };
    let ledger = scene.space.ledger.as_mut().unwrap();
    ledger.change_duty(agent(ADA), |duty| duty.agent.role = Role::Admin);
    let by = agent(ADA);
    scene.take(Input::Configure { by, change });
    scene.pass(5_000);
    let told = duty(&scene.wait(0));
    assert!(told.contains(&(2, false)), "{told:?}");
}
