//! R26 to R28: agents who help themselves.

use alloc::string::String;

use super::*;

#[test]
fn r26_f55_what_waits_is_taken_and_the_offer_of_it_withdrawn() {
    let mut scene = Scene::with(&[ADA, BEN]);
    scene.waits(1);
    assert_eq!(scene.offered(1), Some((ADA, 1)));
    let effects = scene.assign_to_me(BEN, 1);
    assert_eq!(instructions(&effects), [taken(2, BEN)]);
    assert_eq!(done(&effects), None, "the conversation has the last word");
    assert_eq!((scene.used(ADA), scene.used(BEN)), (0, 1));
    assert!(scene.is_available(ADA));
    let is_withdrawn = |frame: &FromServer| matches!(frame, FromServer::Desk(desk) if desk.me.agent == agent(ADA) && desk.offers.is_empty());
    assert!(frames(&effects).any(is_withdrawn), "in the same turn");
    let effects = scene.answer(1, 2, Outcome::Done, report(1, 3, 2, active(BEN)));
    assert!(done(&effects).is_some());
    assert!(scene.is_held(1));
}

#[test]
fn f55_taking_does_not_move_the_place_in_the_rotation() {
    let mut scene = Scene::with(&[ADA, BEN]);
    scene.waits(1);
    scene.assign_to_me(BEN, 1);
    scene.waits(2);
    assert_eq!(scene.offered(2), Some((BEN, 1)), "Ada had an offer");
}

#[test]
fn pain_u17_of_two_at_once_one_wins_and_the_other_reads_who() {
    let mut scene = Scene::with(&[ADA, BEN]);
    scene.waits(1);
    scene.assign_to_me(BEN, 1);
    let name = name("Agent 2");
    let taken = Some(Refusal::AlreadyAssigned { name });
    assert_eq!(refusal(&scene.assign_to_me(ADA, 1)), taken);
    assert_eq!(refusal(&scene.accept(ADA, 1, 1)), taken, "her old offer");
    scene.answer(1, 2, Outcome::Done, report(1, 3, 2, active(BEN)));
    assert_eq!(refusal(&scene.assign_to_me(ADA, 1)), taken, "held");
}

#[test]
fn r27_a_supervisor_takes_over_and_the_old_slot_stays_until_the_conversation_agrees() {
    let mut scene = Scene::with(&[ADA, DOT]);
    scene.waits(1);
    scene.talk(ADA, 1, 1, 3);
    let effects = scene.assign_to_me(DOT, 1);
    assert_eq!(instructions(&effects), [taken(2, DOT)]);
    assert_eq!((scene.used(ADA), scene.used(DOT)), (1, 1));
    let mut late = scene.clone();
    scene.answer(1, 2, Outcome::Done, report(1, 4, 2, active(DOT)));
    assert_eq!((scene.used(ADA), scene.used(DOT)), (0, 1));
    let effects = late.answer(1, 2, Outcome::Ended, report(1, 4, 1, wrapping_up(ADA)));
    assert_eq!(refusal(&effects), Some(Refusal::Ended));
    assert_eq!((late.used(ADA), late.used(DOT)), (1, 0), "Ada wraps up");
}

#[test]
fn r28_the_table_of_state_and_person() {
    let held = |n: u8| {
        move |scene: &mut Scene| {
            scene.assign_to_me(n, 1);
            scene.answer(1, 2, Outcome::Done, report(1, 3, 2, active(n)));
        }
    };
    let ended = |standing: Standing| {
        move |scene: &mut Scene| {
            held(BEN)(scene);
            scene.take(Input::Reported(report(1, 4, 2, standing.clone())));
        }
    };
    type Deed = alloc::boxed::Box<dyn Fn(&mut Scene)>;
    let states: [(&str, Deed); 10] = [
        (
            "resting",
            alloc::boxed::Box::new(|scene| {
                for n in [ADA, BEN, DOT] {
                    let fence = scene.item(1).unwrap().fence.0;
                    scene.decline(n, 1, fence);
                }
            }),
        ),
        ("offered_ada", alloc::boxed::Box::new(|_| ())),
        (
            "assigning_ada",
            alloc::boxed::Box::new(|scene| {
                scene.assign_to_me(ADA, 1);
            }),
        ),
        (
            "assigning_ben",
            alloc::boxed::Box::new(|scene| {
                scene.assign_to_me(BEN, 1);
            }),
        ),
        (
            "unassigning",
            alloc::boxed::Box::new(move |scene| {
                held(BEN)(scene);
                scene.unassign(BEN, 1);
            }),
        ),
        ("held_ada", alloc::boxed::Box::new(held(ADA))),
        ("held_ben", alloc::boxed::Box::new(held(BEN))),
        ("held_dot", alloc::boxed::Box::new(held(DOT))),
        (
            "wrapping_up",
            alloc::boxed::Box::new(ended(wrapping_up(BEN))),
        ),
        ("closed", alloc::boxed::Box::new(ended(closed()))),
    ];
    // Ada the agent, Dot the supervisor, Ada while Unavailable, Ada with every slot filled.
    let table = "
resting assigning assigning !agent_unavailable !no_free_slot
offered_ada assigning assigning !agent_unavailable assigning
assigning_ada later !already_assigned later later
assigning_ben !already_assigned !already_assigned !already_assigned !already_assigned
unassigning !not_waiting !not_waiting !not_waiting !not_waiting
held_ada done assigning done done
held_ben !already_assigned assigning !already_assigned !already_assigned
held_dot !already_assigned done !already_assigned !already_assigned
wrapping_up !ended !ended !ended !ended
closed !closed !closed !closed !closed";
    let mut actual = String::new();
    for (state, deed) in &states {
        let row = ["ada", "dot", "away", "full"].map(|who| {
            let mut scene = Scene::with_limit(&[ADA, BEN, DOT], 1);
            scene.waits(1);
            deed(&mut scene);
            if who == "full" && scene.used(ADA) == 0 {
                scene.take(Input::Reported(report(9, 3, 1, active(ADA))));
            }
            if who == "away" {
                scene.set_available(ADA, false);
            }
            let effects = scene.assign_to_me(if who == "dot" { DOT } else { ADA }, 1);
            match refusal(&effects) {
                Some(refusal) => alloc::format!("!{}", refusal.code()),
                None if done(&effects) == Some(command_id(scene.commands)) => "done".into(),
                None if instructions(&effects).is_empty() => "later".into(),
                None => "assigning".into(),
            }
        });
        actual.push_str(&alloc::format!("\n{state} {}", row.join(" ")));
    }
    assert_eq!(actual, table);
    let mut scene = Scene::with(&[ADA]);
    let effects = scene.assign_to_me(ADA, 9);
    assert_eq!(refusal(&effects), Some(Refusal::ConversationUnknown));
}
