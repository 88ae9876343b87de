//! R29 to R31: how work items reach agents.

use super::*;

fn assigned(c: u8, scene: &Scene) -> Option<u8> {
    match &scene.item(c)?.state {
        ItemState::Assigning { to: Some(to), .. } => Some(to.agent.bytes()[0]),
        ItemState::Assigning { to: None, .. }
        | ItemState::Waiting { .. }
        | ItemState::Offered { .. }
        | ItemState::Held
        | ItemState::Transferring { .. }
        | ItemState::Gone { .. } => None,
    }
}

#[test]
fn r29_f44_auto_accept_assigns_in_the_same_turn_and_goes_round() {
    let mut scene = Scene::set(&[ADA, BEN], |settings| {
        settings.offer_mode = OfferMode::AutoAccept;
    });
    let effects = scene.waits(1);
    assert_eq!(instructions(&effects), [assign(1, Some(ADA))]);
    assert_eq!((scene.offered(1), scene.used(ADA)), (None, 1));
    scene.answer(1, 1, Outcome::Done, report(1, 3, 1, active(ADA)));
    assert!(scene.is_held(1));
    for c in 2..=4 {
        scene.waits(c);
    }
    let assigned: Vec<_> = (2..=4).map(|c| assigned(c, &scene)).collect();
    assert_eq!(assigned, [Some(BEN), Some(ADA), Some(BEN)]);
}

#[test]
fn r30_f44_as_many_as_the_agent_chose_and_never_more_than_the_limit() {
    let cases = [(None, 3), (Some(0), 0), (Some(2), 2), (Some(9), 3)];
    for (for_chats, expected) in cases {
        let mut scene = Scene::set(&[ADA], |settings| {
            settings.conversation_limit = 3;
            settings.offer_mode = OfferMode::AutoAccept;
        });
        let available = true;
        scene.ask(
            ADA,
            Command::SetAvailable {
                available,
                for_chats,
            },
        );
        for c in 1..=5 {
            scene.waits(c);
        }
        assert_eq!(scene.used(ADA), expected, "{for_chats:?}");
        scene.set_available(ADA, false);
        scene.set_available(ADA, true);
        assert_eq!(scene.used(ADA), expected, "{for_chats:?}, still");
        scene.assign_to_me(ADA, 5);
        assert_eq!(scene.used(ADA), 3.min(expected + 1), "R30: {for_chats:?}");
    }
}

#[test]
fn f44_an_assignment_that_comes_to_nothing_leaves_no_slot() {
    let mut scene = Scene::set(&[ADA], |settings| {
        settings.offer_mode = OfferMode::AutoAccept;
    });
    scene.waits(1);
    scene.answer(1, 1, Outcome::Ended, report(1, 3, 0, closed()));
    assert_eq!((scene.used(ADA), scene.is_available(ADA)), (0, true));
}

#[test]
fn pain_u2_nobody_without_a_live_console_is_assigned_anything() {
    let mut scene = Scene::set(&[ADA], |settings| {
        settings.offer_mode = OfferMode::AutoAccept;
    });
    scene.leave(ADA);
    scene.waits(1);
    assert_eq!(scene.used(ADA), 0);
    scene.connect(ADA);
    assert_eq!(assigned(1, &scene), Some(ADA));
}

#[test]
fn f54_manual_offers_nothing_and_agents_help_themselves() {
    let mut scene = Scene::set(&[ADA, BEN], |settings| {
        settings.offer_mode = OfferMode::Manual;
    });
    scene.waits(1);
    assert_eq!((scene.offered(1), assigned(1, &scene)), (None, None));
    let effects = scene.assign_to_me(BEN, 1);
    assert_eq!(instructions(&effects), [taken(1, BEN)]);
}

#[test]
fn r31_the_least_busy_agent_comes_first() {
    let mut scene = Scene::set(&[ADA, BEN, CYD], |settings| {
        settings.routing = Routing::LeastBusy;
    });
    let mut order = vec![];
    for c in 1..=6 {
        scene.waits(c);
        let (n, fence) = scene.offered(c).unwrap();
        order.push(n);
        scene.talk(n, c, fence, 3);
        if n == BEN {
            scene.closed(c, 4, fence);
        }
    }
    assert_eq!(order, [ADA, BEN, CYD, BEN, BEN, BEN], "Ben has none");
    scene.waits(7);
    scene.decline(BEN, 7, 1);
    assert_eq!(scene.offered(7), Some((ADA, 2)), "longest without an offer");
}
