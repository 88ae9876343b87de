//! R37 to R40: queues.

use super::*;
use crate::settings::Queue;

/// Ada serves GENERAL, Ben the returns, Cyd and Dot both and all else.
fn shop(agents: &[u8]) -> Scene {
    let mut scene = Scene::set(agents, |settings| {
        let queue = |name, closed| Queue {
            closed,
            ..Queue::new(Label::parse(name).unwrap())
        };
        settings.queues = vec![queue("returns", false), queue("old", true)];
    });
    for (n, queue) in [(ADA, "GENERAL"), (BEN, "returns")] {
        if agents.contains(&n) {
            scene.serve(n, &[queue]);
        }
    }
    scene
}

fn waits_in(scene: &mut Scene, c: u8, queue: &str) -> Vec<Effect> {
    let queue = Label::parse(queue).unwrap();
    let report = report(c, 2, 0, Standing::Waiting);
    scene.take(Input::Reported(Report { queue, ..report }))
}

#[test]
fn r38_agents_get_what_waits_in_their_queues() {
    let mut scene = shop(&[ADA, BEN]);
    waits_in(&mut scene, 1, "returns");
    waits_in(&mut scene, 2, "GENERAL");
    let offers = (scene.offered(1), scene.offered(2));
    assert_eq!(offers, (Some((BEN, 1)), Some((ADA, 1))));
}

#[test]
fn r37_a_queue_without_an_agent_holds_up_nobody() {
    let mut scene = shop(&[ADA, BEN]);
    scene.set_available(BEN, false);
    waits_in(&mut scene, 1, "returns");
    scene.now += 1_000;
    waits_in(&mut scene, 2, "GENERAL");
    let offers = (scene.offered(1), scene.offered(2));
    assert_eq!(offers, (None, Some((ADA, 1))));
    scene.set_available(BEN, true);
    assert_eq!(scene.offered(1), Some((BEN, 1)), "U3");
}

#[test]
fn r38_who_serves_every_queue_takes_turns_with_those_of_one() {
    let mut scene = shop(&[BEN, CYD]);
    let mut order = vec![];
    for c in 1..=4 {
        waits_in(&mut scene, c, "returns");
        let (n, fence) = scene.offered(c).unwrap();
        order.push(n);
        scene.talk(n, c, fence, 3);
    }
    assert_eq!(order, [BEN, CYD, BEN, CYD]);
}

#[test]
fn f49_a_decline_by_all_who_serve_the_queue_rests_it() {
    let mut scene = shop(&[ADA, BEN]);
    waits_in(&mut scene, 1, "returns");
    scene.decline(BEN, 1, 1);
    assert_eq!(scene.offered(1), None);
    scene.wait(2_000);
    assert_eq!(scene.offered(1), Some((BEN, 2)), "never to Ada");
}

#[test]
fn r39_a_closed_queue_takes_no_new_work_and_drains() {
    let mut scene = shop(&[ADA, CYD]);
    let cases = [
        ("GENERAL", None),
        ("returns", None),
        ("old", Some(Refusal::QueueClosed)),
        ("nowhere", Some(Refusal::QueueUnknown)),
    ];
    for (n, (queue, expected)) in (7..).zip(cases) {
        let effects = scene.take(Input::Admit {
            visitor: VisitorId::from_bytes([n; 16]),
            conversation: conversation(n),
            queue: Label::parse(queue).unwrap(),
            address: None,
            verified: false,
            passed: false,
        });
        let refused = effects.iter().find_map(|effect| {
            if let Effect::Denied(refusal) = effect {
                return Some(refusal.clone());
            }
            None
        });
        assert_eq!(refused, expected, "{queue}");
    }
    waits_in(&mut scene, 1, "old");
    assert_eq!(scene.offered(1), Some((CYD, 1)), "what waits there drains");
    scene.talk(CYD, 1, 1, 3);
    let effects = scene.transfer(CYD, 1, to_queue("old"));
    assert_eq!(refusal(&effects), Some(Refusal::QueueClosed));
}

#[test]
fn r40_the_target_serves_the_queue_or_one_is_chosen_with_it() {
    let mut scene = shop(&[ADA, BEN]);
    waits_in(&mut scene, 1, "GENERAL");
    scene.talk(ADA, 1, 1, 3);
    let effects = scene.transfer(ADA, 1, to_agent(BEN));
    assert_eq!(refusal(&effects), Some(Refusal::NotInQueue));
    let queue = Some(Label::parse("returns").unwrap());
    let to = Target::Agent {
        agent: agent(BEN),
        queue: queue.clone(),
    };
    scene.transfer(ADA, 1, to);
    let effects = scene.accept(BEN, 1, 2);
    let assignment = Assignment {
        fence: Fence(2),
        to: Some(assignee(BEN)),
        queue,
        taken: false,
        closes: false,
    };
    assert_eq!(instructions(&effects), [Instruction::Assign(assignment)]);
}

#[test]
fn r34_a_transfer_to_another_queue_goes_to_its_agents() {
    let mut scene = shop(&[ADA, BEN]);
    waits_in(&mut scene, 1, "GENERAL");
    scene.talk(ADA, 1, 1, 3);
    scene.transfer(ADA, 1, to_queue("returns"));
    let moved = Report {
        queue: Label::parse("returns").unwrap(),
        ..report(1, 4, 2, Standing::Waiting)
    };
    scene.answer(1, 2, Outcome::Done, moved);
    assert_eq!(scene.offered(1), Some((BEN, 3)));
}
