//! R13 to R15: what the space proposes, and how conversations answer.

use super::*;

#[test]
fn f50_an_accepted_conversation_is_held_once_it_agrees() {
    let mut scene = Scene::with(&[ADA]);
    scene.waits(1);
    let effects = scene.accept(ADA, 1, 1);
    assert_eq!(instructions(&effects), [assign(1, Some(ADA))]);
    assert_eq!(done(&effects), None, "the conversation has the last word");
    let effects = scene.answer(1, 1, Outcome::Done, report(1, 3, 1, active(ADA)));
    assert!(done(&effects).is_some());
    assert_eq!((scene.is_held(1), scene.used(ADA)), (true, 1));
}

#[test]
fn f50_a_report_says_as_much_as_a_lost_answer() {
    let mut scene = Scene::with(&[ADA]);
    scene.waits(1);
    scene.accept(ADA, 1, 1);
    let news = report(1, 3, 1, active(ADA));
    let effects = scene.take(Input::Reported(news.clone()));
    assert!(done(&effects).is_some());
    assert!(scene.is_held(1));
    assert_eq!(scene.answer(1, 1, Outcome::Done, news), vec![]);
}

#[test]
fn l5_of_two_accepts_of_one_offer_each_is_answered() {
    let mut scene = Scene::with(&[ADA]);
    scene.waits(1);
    let accept = Command::Accept {
        conversation: conversation(1),
        fence: Fence(1),
    };
    assert_eq!(done(&scene.ask_as(ADA, 1, accept.clone())), None);
    assert_eq!(
        done(&scene.ask_as(ADA, 1, accept.clone())),
        None,
        "a repeat waits"
    );
    assert_eq!(done(&scene.ask_as(ADA, 2, accept)), Some(command_id(1)));
    let effects = scene.answer(1, 1, Outcome::Done, report(1, 3, 1, active(ADA)));
    assert_eq!(done(&effects), Some(command_id(2)));
}

#[test]
fn r13_a6_a_proposal_is_repeated_until_it_is_answered() {
    let mut scene = Scene::with(&[ADA]);
    scene.waits(1);
    scene.accept(ADA, 1, 1);
    for pause in [5_000, 10_000, 15_000, 15_000] {
        scene.pass(pause - 1);
        assert_eq!(instructions(&scene.wait(0)), []);
        scene.pass(1);
        assert_eq!(instructions(&scene.wait(0)), [assign(1, Some(ADA))]);
    }
}

#[test]
fn r14_a6_a_rejected_assignment_leaves_no_slot() {
    let cases = [
        ("ended while it waited", Outcome::Ended, closed(), 0),
        (
            "a higher fence stands",
            Outcome::Stale,
            Standing::Waiting,
            7,
        ),
    ];
    for (case, outcome, standing, fence) in cases {
        let mut scene = Scene::with(&[ADA, BEN]);
        scene.set_available(BEN, false);
        scene.waits(1);
        scene.accept(ADA, 1, 1);
        scene.set_available(ADA, false);
        let effects = scene.answer(1, 1, outcome, report(1, 3, fence, standing));
        assert!(refusal(&effects).is_some(), "{case}");
        assert_eq!(scene.used(ADA), 0, "{case}");
    }
}

#[test]
fn a6_ended_without_a_report_is_over_too() {
    let mut scene = Scene::with(&[ADA]);
    scene.waits(1);
    scene.accept(ADA, 1, 1);
    let effects = scene.take(Input::Answered {
        conversation: conversation(1),
        fence: Some(Fence(1)),
        was_known: true,
        answer: Answer {
            outcome: Some(Outcome::Ended),
            ..Answer::default()
        },
    });
    assert_eq!(refusal(&effects), Some(Refusal::Ended));
    assert_eq!((scene.used(ADA), scene.offered(1)), (0, None));
}

#[test]
fn r14_a1_a_late_answer_to_an_older_fence_is_ignored() {
    let mut scene = Scene::with(&[ADA, BEN]);
    scene.waits(1);
    scene.decline(ADA, 1, 1);
    scene.accept(BEN, 1, 2);
    let effects = scene.answer(1, 1, Outcome::Done, report(1, 2, 0, Standing::Waiting));
    assert_eq!(effects, vec![]);
    assert!(!scene.is_held(1));
}

#[test]
fn n3_a1_fences_rise_above_what_the_conversation_has_seen() {
    let mut scene = Scene::with(&[ADA]);
    let mended = report(1, 9, 41, Standing::Waiting);
    scene.take(Input::Reported(mended));
    assert_eq!(scene.offered(1), Some((ADA, 42)));
}

#[test]
fn r15_f56_an_unassigned_conversation_keeps_its_place_and_its_slot_until_it_agrees() {
    let mut scene = Scene::with(&[ADA, BEN]);
    scene.waits(1);
    let since = scene.item(1).unwrap().waiting_since;
    scene.talk(ADA, 1, 1, 3);
    scene.pass(60_000);
    let effects = scene.unassign(ADA, 1);
    assert_eq!(instructions(&effects), [assign(2, None)]);
    assert_eq!((done(&effects), scene.used(ADA)), (None, 1));
    let effects = scene.answer(1, 2, Outcome::Done, report(1, 4, 2, Standing::Waiting));
    assert!(done(&effects).is_some());
    assert_eq!(scene.used(ADA), 0);
    assert_eq!(scene.item(1).unwrap().waiting_since, since);
    assert_eq!(
        scene.offered(1),
        Some((BEN, 3)),
        "not to the agent who gave it back"
    );
}

#[test]
fn f56_only_the_holder_or_a_supervisor_unassigns() {
    let mut scene = Scene::with(&[ADA, BEN]);
    scene.waits(1);
    scene.talk(ADA, 1, 1, 3);
    let effects = scene.unassign(BEN, 1);
    assert_eq!(refusal(&effects), Some(Refusal::NotAssignee));

    let mut space = Space::default();
    let supervisor = Agent {
        role: Role::Supervisor,
        ..agent_row(BEN)
    };
    space.handle(
        at(0),
        Input::Create {
            space: "demo".parse().unwrap(),
            settings: Settings::new(name("Demo")),
            agents: vec![agent_row(ADA), supervisor],
        },
    );
    let mut scene = Scene { space, ..scene };
    scene.connect(ADA);
    scene.waits(1);
    scene.talk(ADA, 1, 1, 3);
    scene.connect(BEN);
    let effects = scene.unassign(BEN, 1);
    assert_eq!(instructions(&effects), [assign(2, None)]);
}

#[test]
fn f56_what_has_ended_cannot_be_unassigned() {
    let mut scene = Scene::with(&[ADA]);
    scene.waits(1);
    scene.talk(ADA, 1, 1, 3);
    scene.take(Input::Reported(report(1, 4, 1, wrapping_up(ADA))));
    assert_eq!(refusal(&scene.unassign(ADA, 1)), Some(Refusal::Ended));
    scene.closed(1, 5, 1);
    assert_eq!(refusal(&scene.unassign(ADA, 1)), Some(Refusal::Closed));
    let effects = scene.unassign(ADA, 9);
    assert_eq!(refusal(&effects), Some(Refusal::ConversationUnknown));
}

#[test]
fn a5_an_unassign_that_comes_too_late_leaves_the_slot_until_the_end() {
    let mut scene = Scene::with(&[ADA]);
    scene.waits(1);
    scene.talk(ADA, 1, 1, 3);
    scene.unassign(ADA, 1);
    let effects = scene.answer(1, 2, Outcome::Ended, report(1, 4, 1, wrapping_up(ADA)));
    assert_eq!(refusal(&effects), Some(Refusal::Ended));
    assert_eq!((scene.is_held(1), scene.used(ADA)), (true, 1));
    scene.closed(1, 5, 1);
    assert_eq!(scene.used(ADA), 0);
}

#[test]
fn r17_a5_whoever_has_the_conversation_has_the_slot() {
    // The space was put back to an older state: the conversation knows better (O2).
    let mut scene = Scene::with(&[ADA, BEN]);
    scene.waits(1);
    assert_eq!(scene.offered(1), Some((ADA, 1)));
    scene.take(Input::Reported(report(1, 8, 5, active(BEN))));
    assert_eq!((scene.used(ADA), scene.used(BEN)), (0, 1));
    scene.take(Input::Reported(report(2, 8, 5, wrapping_up(ADA))));
    assert_eq!(scene.used(ADA), 1);
    scene.take(Input::Reported(report(1, 9, 5, Standing::Waiting)));
    assert_eq!(scene.offered(1), Some((ADA, 6)));
}

#[test]
fn a_conversation_that_does_not_exist_is_held_by_nobody() {
    let mut scene = Scene::with(&[ADA]);
    scene.waits(1);
    scene.accept(ADA, 1, 1);
    scene.take(Input::Answered {
        conversation: conversation(1),
        fence: Some(Fence(1)),
        was_known: true,
        answer: Answer {
            outcome: None,
            ..Answer::default()
        },
    });
    assert_eq!(scene.used(ADA), 0);
    assert_eq!(instructions(&scene.wait(60_000)), []);
}
