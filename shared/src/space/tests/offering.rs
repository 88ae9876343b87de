//! R4 to R11: who is offered what, and what becomes of an offer.

use super::*;
use crate::space::Row;

#[test]
fn f45_offers_go_round_among_agents_with_a_free_slot() {
    let mut scene = Scene::with_limit(&[ADA, BEN, CYD], 1);
    for c in 1..=4 {
        scene.waits(c);
    }
    let offers: Vec<_> = (1..=4).map(|c| scene.offered(c)).collect();
    assert_eq!(
        offers,
        [Some((ADA, 1)), Some((BEN, 1)), Some((CYD, 1)), None]
    );
    scene.talk(BEN, 2, 1, 3);
    assert_eq!(scene.offered(4), None, "the slot is filled");
    scene.closed(2, 4, 1);
    assert_eq!(scene.offered(4), Some((BEN, 1)));
}

#[test]
fn r8_f46_an_offer_is_answered_in_time_by_the_right_agent() {
    // An offer is open while `now < expires_at`: at 120 s sharp it is over, whether or not the
    // alarm rang.
    let cases = [
        ("in time", ADA, 1, 119_999, None),
        (
            "at the last instant",
            ADA,
            1,
            120_000,
            Some(Refusal::OfferOver),
        ),
        (
            "by someone else",
            BEN,
            1,
            1_000,
            Some(Refusal::OfferNotYours),
        ),
        ("another offer", ADA, 2, 1_000, Some(Refusal::OfferOver)),
    ];
    for (case, n, fence, ms, expected) in cases {
        let mut scene = Scene::with(&[ADA, BEN]);
        scene.waits(1);
        scene.pass(ms);
        let effects = scene.accept(n, 1, fence);
        assert_eq!(refusal(&effects), expected, "{case}");
        let is_assigned = instructions(&effects) == [assign(1, Some(ADA))];
        assert_eq!(is_assigned, expected.is_none(), "{case}");
    }
}

#[test]
fn f46_an_answer_to_what_is_no_offer_is_refused() {
    let mut scene = Scene::with(&[ADA, BEN]);
    let effects = scene.accept(ADA, 9, 1);
    assert_eq!(refusal(&effects), Some(Refusal::ConversationUnknown));
    scene.waits(1);
    scene.accept(ADA, 1, 1);
    let name = PersonName::parse("Agent 1").unwrap();
    let taken = Some(Refusal::AlreadyAssigned { name });
    assert_eq!(refusal(&scene.accept(BEN, 1, 1)), taken, "being assigned");
    scene.answer(1, 1, Outcome::Done, report(1, 3, 1, active(ADA)));
    assert_eq!(refusal(&scene.accept(BEN, 1, 1)), taken, "held");
    scene.closed(1, 4, 1);
    let effects = scene.accept(ADA, 1, 1);
    assert_eq!(refusal(&effects), Some(Refusal::OfferOver), "gone");
}

#[test]
fn f46_a_repeated_accept_has_no_second_effect() {
    let mut scene = Scene::with(&[ADA]);
    scene.waits(1);
    let accept = Command::Accept {
        conversation: conversation(1),
        fence: Fence(1),
    };
    scene.ask_as(ADA, 7, accept.clone());
    assert_eq!(scene.ask_as(ADA, 7, accept.clone()), vec![]);
    let effects = scene.answer(1, 1, Outcome::Done, report(1, 3, 1, active(ADA)));
    assert_eq!(done(&effects), Some(command_id(7)));
    let effects = scene.ask_as(ADA, 7, accept);
    assert_eq!((done(&effects), saves(&effects)), (Some(command_id(7)), 0));
}

#[test]
fn r9_f47_a_declined_item_goes_to_the_next_agent() {
    let mut scene = Scene::with(&[ADA, BEN]);
    scene.waits(1);
    let effects = scene.decline(ADA, 1, 1);
    assert!(done(&effects).is_some());
    assert_eq!(scene.offered(1), Some((BEN, 2)));
    assert!(scene.is_available(ADA));
    let effects = scene.decline(ADA, 1, 1);
    assert!(done(&effects).is_some(), "a repeat is answered alike");
    assert_eq!((scene.offered(1), saves(&effects)), (Some((BEN, 2)), 0));
}

#[test]
fn r10_f48_an_agent_who_lets_an_offer_run_out_becomes_unavailable() {
    let mut scene = Scene::with(&[ADA, BEN]);
    scene.waits(1);
    scene.pass(120_000);
    scene.wait(0);
    assert!(!scene.is_available(ADA));
    assert_eq!(scene.offered(1), Some((BEN, 2)));
    assert!(scene.is_available(BEN));
    scene.set_available(ADA, true);
    assert!(scene.is_available(ADA));
    assert_eq!(saves(&scene.wait(0)), 0, "once");
}

#[test]
fn pain_u4_an_ignored_item_does_not_stick_to_one_agent() {
    let mut scene = Scene::with(&[ADA, BEN, CYD]);
    scene.waits(1);
    let mut asked = vec![];
    while let Some((n, _)) = scene.offered(1) {
        asked.push(n);
        scene.pass(120_000);
        scene.wait(0);
    }
    assert_eq!(asked, [ADA, BEN, CYD]);
    scene.set_available(BEN, true);
    assert_eq!(scene.offered(1), Some((BEN, 4)), "and is not lost");
}

#[test]
fn a7_a_late_or_doubled_alarm_changes_nothing() {
    let mut scene = Scene::with(&[ADA, BEN]);
    scene.waits(1);
    scene.pass(500_000);
    let effects = scene.accept(ADA, 1, 1);
    assert_eq!(refusal(&effects), Some(Refusal::OfferOver));
    assert!(!scene.is_available(ADA));
    assert_eq!(
        scene.offered(1),
        Some((BEN, 2)),
        "with all of its 120 s from here on"
    );
    assert_eq!(scene.wait(0), vec![]);
    scene.pass(119_999);
    assert_eq!(refusal(&scene.accept(BEN, 1, 2)), None);
}

#[test]
fn r7_f49_a_sole_agent_who_declines_gets_it_back_after_a_pause() {
    let mut scene = Scene::with(&[ADA]);
    scene.waits(1);
    scene.decline(ADA, 1, 1);
    assert_eq!(scene.offered(1), None);
    scene.wait(1_999);
    assert_eq!(scene.offered(1), None);
    assert_eq!(scene.space.next_deadline(), Some(at(scene.now + 1)));
    scene.wait(1);
    assert_eq!(scene.offered(1), Some((ADA, 2)));
}

#[test]
fn r7_f49_two_agents_who_decline_in_turn_start_again() {
    let mut scene = Scene::with(&[ADA, BEN]);
    scene.waits(1);
    scene.decline(ADA, 1, 1);
    scene.decline(BEN, 1, 2);
    assert_eq!(scene.offered(1), None);
    scene.wait(2_000);
    assert_eq!(scene.offered(1), Some((ADA, 3)));
}

#[test]
fn r11_f40_unavailable_agents_get_no_offer_and_keep_what_they_have() {
    let mut scene = Scene::with(&[ADA]);
    scene.waits(1);
    scene.talk(ADA, 1, 1, 3);
    scene.set_available(ADA, false);
    scene.waits(2);
    assert_eq!((scene.offered(2), scene.is_held(1)), (None, true));
}

#[test]
fn pain_u3_becoming_available_takes_from_the_backlog_at_once() {
    let mut scene = Scene::with(&[ADA]);
    scene.set_available(ADA, false);
    for c in [5, 3, 4] {
        scene.waits(c);
        scene.now += 1;
    }
    let effects = scene.set_available(ADA, true);
    assert_eq!(
        scene.offered(5),
        Some((ADA, 1)),
        "the oldest, in the same turn"
    );
    let is_desk = |effect: &Effect| matches!(effect, Effect::Send { frame: FromServer::Desk(desk), .. } if desk.offers.len() == 1);
    assert!(effects.iter().any(is_desk));
}

#[test]
fn r6_fair1_nobody_gets_a_second_offer_before_everybody_had_one() {
    let mut scene = Scene::with_limit(&[ADA, BEN, CYD], 3);
    let mut offers = [0; 4];
    for c in 1..=60 {
        scene.waits(c);
        let (n, fence) = scene.offered(c).unwrap();
        offers[usize::from(n)] += 1;
        scene.talk(n, c, fence, 3);
        scene.closed(c, 4, fence);
        let most = offers[1..].iter().max().unwrap();
        let least = offers[1..].iter().min().unwrap();
        assert!(most - least <= 1, "{offers:?}");
    }
}

#[test]
fn r6_fair1_toggling_availability_does_not_jump_the_queue() {
    let mut scene = Scene::with(&[ADA, BEN, CYD]);
    scene.waits(1);
    scene.talk(ADA, 1, 1, 3);
    scene.set_available(ADA, false);
    scene.set_available(ADA, true);
    scene.waits(2);
    scene.waits(3);
    scene.waits(4);
    let offers: Vec<_> = (2..=4).map(|c| scene.offered(c).unwrap().0).collect();
    assert_eq!(offers, [BEN, CYD, ADA]);
}

#[test]
fn r4_fair2_the_oldest_waiting_item_is_offered_first() {
    let mut scene = Scene::with(&[ADA]);
    scene.set_available(ADA, false);
    let ages = [(1, 10), (2, 30), (3, 20)];
    for (c, age_ms) in ages {
        let report = report(c, 2, 0, Standing::Waiting);
        scene.take(Input::Reported(Report { age_ms, ..report }));
    }
    scene.set_available(ADA, true);
    let mut order = vec![];
    for _ in ages {
        let c = (1..=3).find(|c| scene.offered(*c).is_some()).unwrap();
        order.push(c);
        scene.talk(ADA, c, 1, 3);
    }
    assert_eq!(order, [2, 3, 1]);
}

#[test]
fn a3_an_agent_has_one_open_offer_at_a_time() {
    let mut scene = Scene::with(&[ADA]);
    scene.waits(1);
    scene.waits(2);
    assert_eq!((scene.offered(1), scene.offered(2)), (Some((ADA, 1)), None));
    scene.accept(ADA, 1, 1);
    assert_eq!(scene.offered(2), Some((ADA, 1)));
}

#[test]
fn a4_offers_fill_slots_so_accepting_never_exceeds_the_limit() {
    let mut scene = Scene::with_limit(&[ADA], 2);
    for c in 1..=3 {
        scene.waits(c);
        if let Some((n, fence)) = scene.offered(c) {
            scene.accept(n, c, fence);
        }
    }
    assert_eq!((scene.used(ADA), scene.offered(3)), (2, None));
}

#[test]
fn f48_a_lost_console_leaves_the_offer_open_until_it_runs_out() {
    let mut scene = Scene::with(&[ADA, BEN]);
    scene.waits(1);
    scene.leave(ADA);
    assert_eq!(scene.offered(1), Some((ADA, 1)));
    scene.connect(ADA);
    assert_eq!(refusal(&scene.accept(ADA, 1, 1)), None);
}

#[test]
fn k3_a7_a_clock_that_is_behind_breaks_no_promise() {
    let mut scene = Scene::with(&[ADA]);
    scene.waits(1);
    let ledger = scene.space.ledger.as_ref().unwrap();
    let agents = ledger
        .roster
        .values()
        .map(|duty| Row::Agent(duty.agent.clone()));
    let items = ledger.items.values().cloned().map(Row::Item);
    let head = Row::Space {
        space: ledger.space.clone(),
        settings: ledger.settings.clone(),
        offers_made: ledger.offers_made,
        zones: ledger.zones.clone(),
        rounds_at: at(0),
    };
    let rows: Vec<Row> = [head].into_iter().chain(agents).chain(items).collect();
    // The object comes back on a machine whose clock is 5 s behind.
    scene.now -= 5_000;
    scene.space = Space::restore(rows, [], at(scene.now));
    scene.connect(ADA);
    assert_eq!(scene.offered(1), Some((ADA, 1)));
    scene.accept(ADA, 1, 1);
    let repeated = instructions(&scene.wait(10_000));
    assert!(repeated.contains(&assign(1, Some(ADA))));
}
