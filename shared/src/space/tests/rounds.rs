//! R101: the space asks after what agents hold.

use super::*;

fn asked(effects: &[Effect]) -> usize {
    let instructions = instructions(effects).into_iter();
    instructions
        .filter(|instruction| *instruction == Instruction::Describe)
        .count()
}

/// Lets an hour pass, alarm by alarm, and counts what is asked.
fn hour(scene: &mut Scene) -> Vec<usize> {
    let until = at(scene.now + 3_600_000);
    let mut asks = vec![];
    while let Some(due) = scene.space.next_deadline()
        && due <= until
    {
        scene.now = due.millis();
        scene.beat();
        let count = asked(&scene.wait(0));
        asks.extend((count > 0).then_some(count));
    }
    scene.now = until.millis();
    scene.beat();
    asks
}

#[test]
fn r101_what_is_held_is_asked_once_an_hour_a_twelfth_at_a_time() {
    let mut scene = Scene::with_limit(&[ADA, DOT], 100);
    for c in 10..34 {
        scene.take(Input::Reported(report(c, 3, 1, active(ADA))));
    }
    assert_eq!(hour(&mut scene), [2; 12]);
    scene.take(Input::Reported(report(10, 4, 1, wrapping_up(ADA))));
    scene.closed(11, 4, 1);
    assert_eq!(hour(&mut scene).iter().sum::<usize>(), 23);
}

#[test]
fn r101_what_waits_is_not_asked_and_rounds_outlive_the_memory() {
    let mut scene = Scene::set(&[ADA], |settings| settings.offer_mode = OfferMode::Manual);
    scene.waits(1);
    assert!(hour(&mut scene).is_empty());
    scene.take(Input::Reported(report(1, 3, 1, active(ADA))));
    let start = scene.now;
    let due = scene.space.next_deadline();
    assert!(due.is_some_and(|due| due > at(start)), "not at once");
}

#[test]
fn r101_a_release_that_was_lost_is_made_good() {
    let mut scene = Scene::with(&[ADA]);
    scene.waits(1);
    scene.talk(ADA, 1, 1, 3);
    // It has closed and was confirmed, and then the row of the space came back from a backup.
    assert_eq!(hour(&mut scene), [1]);
    let answer = Answer {
        outcome: None,
        report: Some(report(1, 5, 1, closed())),
        dismissed: None,
    };
    scene.take(Input::Answered {
        conversation: conversation(1),
        fence: None,
        was_known: true,
        answer,
    });
    assert_eq!(scene.used(ADA), 0);
    assert!(hour(&mut scene).is_empty());
}
