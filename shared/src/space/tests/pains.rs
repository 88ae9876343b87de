//! What users of such products complain of and what must not happen here: U2 to U5 of FEATURES.md,
//! each as one check over every way in which it came about elsewhere.

use super::*;
use crate::settings::Queue;

/// U2: a chat given to somebody who is offline, away, full or deactivated.
#[test]
fn pain_u2_nobody_gets_a_chat_who_is_offline_away_full_or_out() {
    type Condition = fn(&mut Scene);
    let ways: [(&str, Condition); 5] = [
        ("offline", |scene| {
            scene.leave(ADA);
        }),
        ("vanished without a word", |scene| {
            scene.now += 150_000;
            scene.take(Input::Tick);
        }),
        ("away", |scene| {
            scene.set_available(ADA, false);
        }),
        ("full", |scene| {
            scene.take(Input::Reported(report(9, 3, 1, active(ADA))));
        }),
        ("out", |scene| {
            let (agent, active) = (agent(ADA), false);
            let by = None;
            scene.take(Input::SetActive { by, agent, active });
        }),
    ];
    for mode in [OfferMode::Offer, OfferMode::AutoAccept] {
        for (case, condition) in ways {
            let mut scene = Scene::set(&[ADA], |settings| {
                settings.conversation_limit = 1;
                settings.offer_mode = mode;
            });
            condition(&mut scene);
            scene.waits(1);
            let slots = &scene.item(1).unwrap().slots;
            assert!(slots.is_empty(), "{mode:?}, {case}");
        }
    }
}

/// U3: a backlog that nobody is offered when agents come online.
#[test]
fn pain_u3_whoever_becomes_free_is_offered_the_oldest_in_that_turn() {
    type Way = fn(&mut Scene);
    let ways: [(&str, Way, Way); 4] = [
        (
            "comes online",
            |scene| {
                scene.leave(ADA);
            },
            |scene| {
                scene.connect(ADA);
            },
        ),
        (
            "becomes available",
            |scene| {
                scene.set_available(ADA, false);
            },
            |scene| {
                scene.set_available(ADA, true);
            },
        ),
        (
            "has closed one",
            |scene| {
                scene.take(Input::Reported(report(9, 3, 1, active(ADA))));
            },
            |scene| {
                scene.closed(9, 4, 1);
            },
        ),
        (
            "joins the queue",
            |scene| scene.serve(ADA, &["returns"]),
            |scene| {
                scene.serve(ADA, &["GENERAL"]);
                scene.take(Input::Tick);
            },
        ),
    ];
    for (case, before, after) in ways {
        let mut scene = Scene::with_limit(&[ADA], 1);
        before(&mut scene);
        scene.waits(2);
        scene.now += 1_000;
        scene.waits(1);
        assert_eq!((scene.offered(1), scene.offered(2)), (None, None), "{case}");
        after(&mut scene);
        let offered = scene.offered(2).map(|(n, _)| n);
        assert_eq!((offered, scene.offered(1)), (Some(ADA), None), "{case}");
    }
}

/// U4: an ignored chat that sticks to one agent.
#[test]
fn pain_u4_an_ignored_chat_goes_on_until_somebody_takes_it() {
    let mut scene = Scene::with(&[ADA, BEN, CYD]);
    scene.waits(1);
    let mut seen = vec![];
    while let Some((n, _)) = scene.offered(1) {
        seen.push(n);
        scene.pass(120_000);
        scene.beat();
        scene.take(Input::Tick);
    }
    // Each was asked once, and whoever did not answer is Unavailable and says so to colleagues.
    assert_eq!(seen, [ADA, BEN, CYD]);
    for n in [ADA, BEN, CYD] {
        assert!(!scene.is_available(n));
    }
    scene.set_available(BEN, true);
    assert_eq!(scene.offered(1).map(|(n, _)| n), Some(BEN));
}

/// U5: a customer who waits for ever without a word.
#[test]
fn pain_u5_whoever_waits_is_told_where_and_whether_anybody_is_there() {
    let told = |scene: &mut Scene, c: u8| {
        let effects = scene.waits(c);
        let place = effects.into_iter().find_map(|effect| {
            if let Effect::Confirmed { place, .. } = effect {
                return place;
            }
            None
        });
        let place = place.unwrap();
        (place.number, place.on_duty, place.open_now)
    };
    // Nobody at all, nobody for the queue, somebody; and the queue itself may be shut.
    let mut scene = Scene::with(&[]);
    assert_eq!(told(&mut scene, 1), (1, false, true));
    let mut scene = Scene::with(&[ADA]);
    scene.serve(ADA, &["returns"]);
    assert_eq!(told(&mut scene, 1), (1, false, true));
    let mut scene = Scene::with_limit(&[ADA], 1);
    scene.now += 1_000;
    assert_eq!(told(&mut scene, 1), (1, true, true));
    scene.now += 1_000;
    assert_eq!(told(&mut scene, 2), (2, true, true), "all are full");
    // How long it may take at most is the conversation's part (F51, WT1): it asks the space, which
    // always answers how long the queue was open.
    let report = report(2, 2, 0, Standing::Waiting);
    let waits_ms = Some(1_200_000);
    let effects = scene.take(Input::Reported(Report { waits_ms, ..report }));
    let open = effects.into_iter().find_map(|effect| {
        if let Effect::Confirmed { open, .. } = effect {
            return open;
        }
        None
    });
    assert_eq!(open.unwrap().open_ms, 1_200_000);
    // A full queue says so at the door.
    let mut scene = Scene::set(&[ADA], |settings| {
        let queue = Queue::new(Label::parse("GENERAL").unwrap());
        let max_waiting = Some(1);
        settings.queues = [Queue {
            max_waiting,
            ..queue
        }]
        .into();
    });
    scene.set_available(ADA, false);
    scene.waits(1);
    let effects = scene.take(Input::Admit {
        visitor: VisitorId::from_bytes([7; 16]),
        conversation: conversation(7),
        queue: Label::parse("GENERAL").unwrap(),
        address: None,
        verified: false,
        passed: false,
    });
    assert!(effects.contains(&Effect::Denied(Refusal::QueueFull { text: None })));
}
