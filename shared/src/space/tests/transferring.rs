//! R32 to R36: what one agent passes on to another, or to a queue.

use super::*;
use crate::space::{Desk, Returned, Transfer, TransferEnd};

/// Ada holds conversation 1 under fence 1; Ben and Dot are on duty.
fn held_by_ada() -> Scene {
    let mut scene = Scene::with(&[ADA, BEN, DOT]);
    scene.waits(1);
    scene.talk(ADA, 1, 1, 3);
    scene
}

/// Ada passes conversation 1 on to Ben, under fence 2.
fn asked() -> Scene {
    let mut scene = held_by_ada();
    let effects = scene.transfer(ADA, 1, to_agent(BEN));
    assert!(done(&effects).is_some());
    scene
}

fn desk(n: u8, effects: &[Effect]) -> Option<Desk> {
    let mut desks = frames(effects).filter_map(|frame| {
        if let FromServer::Desk(desk) = frame {
            return Some((**desk).clone());
        }
        None
    });
    desks.find(|desk| desk.me.agent == agent(n))
}

#[test]
fn r32_a_transfer_to_an_agent_is_an_offer_while_the_sender_keeps_it() {
    let mut scene = held_by_ada();
    let effects = scene.transfer(ADA, 1, to_agent(BEN));
    assert_eq!(instructions(&effects), [], "nothing is proposed yet");
    assert_eq!((scene.used(ADA), scene.used(BEN)), (1, 1));
    let ben = desk(BEN, &effects).unwrap();
    assert_eq!((ben.offers.len(), ben.items.len()), (0, 0));
    let [transferred] = &ben.transferred[..] else {
        panic!("one transfer")
    };
    assert_eq!(transferred.from, name("Agent 1"));
    assert_eq!(transferred.note.as_str(), "He is waiting for the part");
    assert_eq!(transferred.offer.expires_at, at(scene.now + 120_000));
    let ada = desk(ADA, &effects).unwrap();
    let to = name("Agent 2");
    let expires_at = at(scene.now + 120_000);
    let asked = Some(Transfer::Asked { to, expires_at });
    assert_eq!(ada.items[0].transfer, asked);

    let effects = scene.accept(BEN, 1, 2);
    assert_eq!(instructions(&effects), [assign(2, Some(BEN))]);
    let effects = scene.answer(1, 2, Outcome::Done, report(1, 4, 2, active(BEN)));
    assert!(done(&effects).is_some());
    assert_eq!((scene.used(ADA), scene.used(BEN)), (0, 1));
    assert!(desk(ADA, &effects).unwrap().items.is_empty());
}

#[test]
fn r32_what_drops_a_transfer_leaves_it_with_the_sender_who_is_told() {
    type Deed = fn(&mut Scene) -> Vec<Effect>;
    let cases: [(&str, Deed, Option<TransferEnd>, bool); 5] = [
        (
            "declined",
            |scene| scene.decline(BEN, 1, 2),
            Some(TransferEnd::Declined),
            true,
        ),
        (
            "expired",
            |scene| {
                scene.pass(120_000);
                scene.wait(0)
            },
            Some(TransferEnd::Expired),
            false,
        ),
        (
            "ended",
            |scene| scene.take(Input::Reported(report(1, 4, 1, wrapping_up(ADA)))),
            Some(TransferEnd::Ended),
            true,
        ),
        ("withdrawn", |scene| scene.assign_to_me(ADA, 1), None, true),
        ("closed", |scene| scene.closed(1, 4, 1), None, true),
    ];
    for (case, deed, why, is_available) in cases {
        let mut scene = asked();
        deed(&mut scene);
        let is_closed = case == "closed";
        assert_eq!(scene.used(BEN), 0, "{case}");
        assert_eq!(scene.used(ADA), usize::from(!is_closed), "{case}");
        assert_eq!(scene.is_available(BEN), is_available, "{case}");
        let returned = scene.item(1).unwrap().returned;
        let agent = agent(BEN);
        assert_eq!(returned, why.map(|why| Returned { agent, why }), "{case}");
        let effects = scene.accept(BEN, 1, 2);
        assert!(refusal(&effects).is_some(), "{case}: it is over");
    }
}

#[test]
fn r32_the_sender_puts_away_what_came_back_by_assigning_it_again() {
    let mut scene = asked();
    scene.decline(BEN, 1, 2);
    let effects = scene.assign_to_me(ADA, 1);
    assert_eq!(instructions(&effects), []);
    let ada = desk(ADA, &effects).unwrap();
    assert_eq!(ada.items[0].transfer, None);
    assert!(scene.is_held(1));
}

#[test]
fn a7_a_transfer_runs_out_by_the_clock_and_not_by_the_alarm() {
    let mut scene = asked();
    scene.now += 120_000;
    let effects = scene.accept(BEN, 1, 2);
    assert!(refusal(&effects).is_some());
    assert!(scene.is_held(1) && !scene.is_available(BEN));
}

#[test]
fn r33_the_target_is_on_duty_and_has_room() {
    let mut scene = Scene::with_limit(&[ADA, BEN, DOT], 1);
    scene.waits(1);
    scene.talk(ADA, 1, 1, 3);
    scene.take(Input::Reported(report(9, 3, 1, active(BEN))));
    let refused = |scene: &mut Scene, to| refusal(&scene.transfer(ADA, 1, to));
    let full = Some(Refusal::NoFreeSlot { limit: 1 });
    assert_eq!(refused(&mut scene, to_agent(BEN)), full);
    scene.set_available(DOT, false);
    let away = Some(Refusal::AgentUnavailable);
    assert_eq!(refused(&mut scene, to_agent(DOT)), away);
    scene.set_available(DOT, true);
    scene.leave(DOT);
    assert_eq!(refused(&mut scene, to_agent(DOT)), away, "no live console");
    let unknown = Some(Refusal::AgentUnknown);
    assert_eq!(refused(&mut scene, to_agent(77)), unknown);
}

#[test]
fn r33_a_transfer_does_not_move_the_place_in_the_rotation() {
    let mut scene = asked();
    scene.waits(2);
    assert_eq!(scene.offered(2), Some((BEN, 1)), "beside the transfer");
}

#[test]
fn r34_a_transfer_to_a_queue_keeps_the_old_place() {
    let mut scene = held_by_ada();
    let since = scene.item(1).unwrap().waiting_since;
    scene.pass(60_000);
    let effects = scene.transfer(ADA, 1, to_queue("GENERAL"));
    let queue = Some(Label::parse("GENERAL").unwrap());
    let assignment = Assignment {
        fence: Fence(2),
        to: None,
        queue,
        taken: false,
        closes: false,
    };
    assert_eq!(instructions(&effects), [Instruction::Assign(assignment)]);
    assert_eq!(scene.used(ADA), 1, "until the conversation agrees");
    let effects = scene.answer(1, 2, Outcome::Done, report(1, 4, 2, Standing::Waiting));
    assert!(done(&effects).is_some());
    assert_eq!(scene.item(1).unwrap().waiting_since, since);
    assert_eq!(scene.offered(1), Some((BEN, 3)), "not to the sender");
    let effects = scene.transfer(ADA, 1, to_queue("GENERAL"));
    assert!(done(&effects).is_some(), "a repeat is answered alike");
}

#[test]
fn r34_a_queue_is_one_of_the_space() {
    let mut scene = held_by_ada();
    let effects = scene.transfer(ADA, 1, to_queue("nowhere"));
    assert_eq!(refusal(&effects), Some(Refusal::QueueUnknown));
}

#[test]
fn r35_a_transfer_without_a_note_is_refused() {
    for to in [to_agent(BEN), to_queue("GENERAL")] {
        let mut scene = held_by_ada();
        let (conversation, note) = (conversation(1), None);
        let effects = scene.ask(
            ADA,
            Command::Transfer {
                conversation,
                to,
                note,
            },
        );
        assert_eq!(refusal(&effects), Some(Refusal::NoteRequired));
        assert!(scene.is_held(1));
    }
}

#[test]
fn r36_what_is_where_it_should_go_is_done() {
    let mut scene = asked();
    let expires_at = scene.item(1).unwrap().state.clone();
    scene.pass(1_000);
    let effects = scene.transfer(ADA, 1, to_agent(BEN));
    assert!(done(&effects).is_some());
    assert_eq!(scene.item(1).unwrap().state, expires_at, "no longer offer");
    scene.talk(BEN, 1, 2, 4);
    let effects = scene.transfer(ADA, 1, to_agent(BEN));
    assert!(done(&effects).is_some(), "a late repeat");
}

#[test]
fn r32_only_the_holder_or_a_supervisor_passes_on_and_another_target_replaces_the_first() {
    let mut scene = asked();
    let effects = scene.transfer(BEN, 1, to_agent(DOT));
    assert_eq!(refusal(&effects), Some(Refusal::NotAssignee));
    let effects = scene.transfer(DOT, 1, to_agent(DOT));
    assert!(done(&effects).is_some());
    assert_eq!((scene.used(BEN), scene.offered(1)), (0, Some((DOT, 3))));
    let effects = scene.accept(BEN, 1, 2);
    assert_eq!(refusal(&effects), Some(Refusal::OfferOver));
    let effects = scene.accept(BEN, 1, 3);
    assert_eq!(refusal(&effects), Some(Refusal::OfferNotYours));
    let effects = scene.transfer(ADA, 7, to_agent(DOT));
    assert_eq!(refusal(&effects), Some(Refusal::ConversationUnknown));
}

#[test]
fn r32_what_has_ended_or_waits_is_not_passed_on() {
    let mut scene = held_by_ada();
    scene.waits(2);
    let effects = scene.transfer(ADA, 2, to_agent(BEN));
    assert_eq!(refusal(&effects), Some(Refusal::NotAssignee));
    scene.take(Input::Reported(report(1, 4, 1, wrapping_up(ADA))));
    let effects = scene.transfer(ADA, 1, to_agent(BEN));
    assert_eq!(refusal(&effects), Some(Refusal::Ended));
    scene.closed(1, 5, 1);
    let effects = scene.transfer(ADA, 1, to_agent(BEN));
    assert_eq!(refusal(&effects), Some(Refusal::Closed));
}

#[test]
fn r32_the_target_may_take_it_and_a_supervisor_may_take_it_from_both() {
    let mut scene = asked();
    let effects = scene.assign_to_me(BEN, 1);
    assert_eq!(instructions(&effects), [assign(2, Some(BEN))]);
    let mut scene = asked();
    let effects = scene.assign_to_me(DOT, 1);
    assert_eq!(instructions(&effects), [taken(3, DOT)]);
    assert_eq!((scene.used(ADA), scene.used(BEN)), (1, 0));
    let mut scene = asked();
    let effects = scene.unassign(ADA, 1);
    assert_eq!(instructions(&effects), [assign(3, None)]);
    assert_eq!((scene.used(ADA), scene.used(BEN)), (1, 0));
}
