//! R16 to R18, R22 and R23: what conversations tell, and which may begin.

use super::*;
use crate::conversation::{Rating, Stars};

#[test]
fn r16_a_repeated_report_changes_nothing_and_is_confirmed() {
    let mut scene = Scene::with(&[ADA]);
    scene.waits(1);
    scene.talk(ADA, 1, 1, 3);
    for revision in [1, 2, 3] {
        let effects = scene.take(Input::Reported(report(1, revision, 0, Standing::Waiting)));
        let revision = Seq(revision);
        assert_eq!(
            effects,
            vec![Effect::Confirmed {
                revision,
                place: None,
                lists: None,
                open: None,
            }]
        );
    }
    assert!(scene.is_held(1));
}

#[test]
fn a8_a_closed_conversation_is_never_offered_again() {
    let mut scene = Scene::with(&[ADA]);
    scene.closed(1, 5, 0);
    assert_eq!(scene.offered(1), None);
    let effects = scene.waits(1);
    assert_eq!(
        effects,
        vec![Effect::Confirmed {
            revision: Seq(2),
            place: None,
            lists: None,
            open: None,
        }]
    );
    scene.take(Input::Reported(report(1, 9, 0, Standing::Waiting)));
    assert_eq!(scene.offered(1), None, "closed is final");
}

#[test]
fn r18_a8_the_tombstone_goes_after_48_hours() {
    let mut scene = Scene::with(&[ADA]);
    scene.waits(1);
    scene.closed(1, 5, 0);
    scene.leave(ADA);
    let hours_48 = 48 * 3_600_000;
    assert_eq!(scene.space.next_deadline(), Some(at(scene.now + hours_48)));
    assert_eq!(scene.wait(hours_48 - 1), vec![]);
    let effects = scene.wait(1);
    assert_eq!(effects.last(), Some(&Effect::Remove(conversation(1))));
    assert_eq!(scene.space.next_deadline(), None);
}

#[test]
fn r240_what_the_customer_thinks_is_kept_with_the_tombstone_and_changes_nothing_else() {
    let mut scene = Scene::with(&[ADA]);
    scene.waits(1);
    scene.closed(1, 5, 0);
    let deadline = scene.space.next_deadline();
    let rating = |stars| Rating {
        stars: Stars::try_from(stars).unwrap(),
        comment: None,
    };
    for (revision, stars, kept) in [(6, 2, 2), (7, 5, 5), (6, 1, 5)] {
        let mut late = report(1, revision, 0, Standing::Waiting);
        late.rating = Some(rating(stars));
        scene.take(Input::Reported(late));
        let ledger = scene.space.ledger.as_ref().unwrap();
        let item = ledger.items.get(&conversation(1)).unwrap();
        assert_eq!(item.report.rating, Some(rating(kept)));
        assert!(matches!(item.state, ItemState::Gone { .. }));
        assert!(matches!(item.report.standing, Standing::Closed { .. }));
        assert_eq!(scene.space.next_deadline(), deadline);
    }
}

#[test]
fn f100_an_offer_is_withdrawn_when_the_customer_leaves() {
    let mut scene = Scene::with(&[ADA]);
    scene.waits(1);
    let effects = scene.closed(1, 3, 0);
    let is_empty_desk = |effect: &Effect| matches!(effect, Effect::Send { frame: FromServer::Desk(desk), .. } if desk.offers.is_empty());
    assert!(effects.iter().any(is_empty_desk));
    assert_eq!(scene.used(ADA), 0);
    assert_eq!(refusal(&scene.accept(ADA, 1, 1)), Some(Refusal::OfferOver));
    assert!(scene.is_available(ADA));
}

#[test]
fn r18_f87_closing_frees_every_slot() {
    let mut scene = Scene::with_limit(&[ADA], 1);
    scene.waits(1);
    scene.talk(ADA, 1, 1, 3);
    scene.take(Input::Reported(report(1, 4, 1, wrapping_up(ADA))));
    assert_eq!(scene.used(ADA), 1, "wrapping up keeps the slot");
    scene.waits(2);
    assert_eq!(scene.offered(2), None);
    scene.closed(1, 5, 1);
    assert_eq!(scene.offered(2), Some((ADA, 1)));
}

#[test]
fn r22_a_space_is_made_once() {
    let mut space = Space::default();
    let create = || Input::Create {
        space: "demo".parse().unwrap(),
        settings: Settings::new(name("Demo")),
        agents: vec![agent_row(ADA)],
    };
    let effects = space.handle(at(0), create());
    assert_eq!(
        (saves(&effects), effects.last()),
        (3, Some(&Effect::Created))
    );
    let effects = space.handle(at(1), create());
    assert_eq!(effects, vec![Effect::Denied(Refusal::CommandConflict)]);
}

/// Why a visitor may not begin that conversation, if so.
fn admit(scene: &mut Scene, visitor: u8, c: u8) -> Option<Refusal> {
    let effects = scene.take(Input::Admit {
        visitor: VisitorId::from_bytes([visitor; 16]),
        conversation: conversation(c),
        queue: Label::parse("GENERAL").unwrap(),
        address: None,
        verified: false,
        passed: false,
    });
    match effects.as_slice() {
        [Effect::Admitted { .. }] => None,
        [Effect::Denied(refusal)] => Some(refusal.clone()),
        effects => panic!("{effects:?}"),
    }
}

#[test]
fn r100_of_two_tabs_at_once_the_second_is_led_to_what_the_first_begins() {
    let mut scene = Scene::with(&[ADA]);
    assert_eq!(admit(&mut scene, 1, 1), None);
    let is_open = Some(Refusal::ConversationOpen {
        conversation: conversation(1),
    });
    assert_eq!(admit(&mut scene, 1, 2), is_open);
    assert_eq!(admit(&mut scene, 1, 1), None, "the first asks again");
    assert_eq!(admit(&mut scene, 2, 3), None, "another visitor");
    // The report comes: from here on the books say it.
    scene.waits(1);
    assert_eq!(admit(&mut scene, 1, 2), is_open);
    scene.closed(1, 3, 0);
    assert_eq!(admit(&mut scene, 1, 2), None);
}

#[test]
fn r100_what_never_begins_frees_its_visitor_when_it_says_so() {
    let asks = |effects: &[Effect]| instructions(effects) == [Instruction::Describe];
    let none = |scene: &mut Scene| {
        let answer = Answer::default();
        scene.take(Input::Answered {
            conversation: conversation(1),
            fence: None,
            was_known: false,
            answer,
        });
    };
    let mut scene = Scene::with(&[ADA]);
    let start = scene.now;
    admit(&mut scene, 1, 1);
    none(&mut scene);
    assert!(admit(&mut scene, 1, 2).is_some(), "nobody has asked");
    assert_eq!(scene.space.next_deadline(), Some(at(start + 30_000)));
    assert!(asks(&scene.wait(30_000)));
    assert!(admit(&mut scene, 1, 2).is_some(), "until it answers");
    assert!(asks(&scene.wait(15_000)), "the answer was lost");
    let mut begun = scene.clone();
    none(&mut scene);
    assert_eq!(admit(&mut scene, 1, 2), None);
    let answer = Answer {
        report: Some(report(1, 2, 0, Standing::Waiting)),
        ..Answer::default()
    };
    begun.take(Input::Answered {
        conversation: conversation(1),
        fence: None,
        was_known: false,
        answer,
    });
    assert_eq!(begun.offered(1), Some((ADA, 1)), "its report was lost");
    // Who asks again begins again: what was answered before says nothing.
    let mut again = Scene::with(&[ADA]);
    admit(&mut again, 1, 1);
    again.wait(30_000);
    admit(&mut again, 1, 1);
    none(&mut again);
    assert!(admit(&mut again, 1, 2).is_some());
}

#[test]
fn r23_a_visitor_has_one_open_conversation() {
    let mut scene = Scene::with(&[ADA]);
    assert_eq!(admit(&mut scene, 1, 1), None);
    scene.waits(1);
    let conversation = conversation(1);
    let is_open = Some(Refusal::ConversationOpen { conversation });
    assert_eq!(admit(&mut scene, 1, 2), is_open);
    assert_eq!(admit(&mut scene, 1, 1), None, "a repeat of the first");
    assert_eq!(admit(&mut scene, 2, 2), None, "another visitor");
    scene.talk(ADA, 1, 1, 3);
    assert_eq!(admit(&mut scene, 1, 2), is_open);
    scene.take(Input::Reported(report(1, 4, 1, wrapping_up(ADA))));
    assert_eq!(admit(&mut scene, 1, 2), None, "the customer's side is over");

    let mut nowhere = Scene {
        space: Space::default(),
        ..scene.clone()
    };
    assert_eq!(admit(&mut nowhere, 1, 1), Some(Refusal::SpaceUnknown));
    let mut settings = Settings::new(name("Demo"));
    settings.live_chat = false;
    nowhere.take(Input::Create {
        space: "demo".parse().unwrap(),
        settings,
        agents: vec![],
    });
    assert_eq!(admit(&mut nowhere, 1, 1), Some(Refusal::SpaceOff));
}

/// The answer that there is no conversation 1, to a question of which the space said this.
fn is_none(scene: &mut Scene, was_known: bool) {
    scene.take(Input::Answered {
        conversation: conversation(1),
        fence: None,
        was_known,
        answer: Answer::default(),
    });
}

/// The one question of a turn, and whether the space had the report.
fn asked(effects: &[Effect]) -> Option<(Instruction, bool)> {
    effects.iter().find_map(|effect| {
        if let Effect::Instruct {
            instruction,
            is_known,
            ..
        } = effect
        {
            return Some((instruction.clone(), *is_known));
        }
        None
    })
}

#[test]
fn r260_an_answer_from_before_the_first_report_buries_nothing() {
    let mut scene = Scene::with(&[ADA]);
    admit(&mut scene, 1, 1);
    let described = |is_known| Some((Instruction::Describe, is_known));
    assert_eq!(asked(&scene.wait(30_000)), described(false));
    // It is not there yet, and its answer is on its way for long.
    scene.waits(1);
    scene.talk(ADA, 1, 1, 3);
    let before = scene.space.items().next().cloned();
    is_none(&mut scene, false);
    assert_eq!(scene.space.items().next().cloned(), before);
    assert_eq!(scene.used(ADA), 1);
    // What is truly lost says so to the next round.
    let mut effects = scene.wait(300_000);
    for _ in 0..12 {
        if asked(&effects).is_none() {
            effects = scene.wait(300_000);
        }
    }
    assert_eq!(asked(&effects), described(true));
    is_none(&mut scene, true);
    assert_eq!(scene.used(ADA), 0);
}

#[test]
fn r260_what_was_not_there_to_erase_is_told_again_once_it_has_reported() {
    let mut scene = Scene::with(&[ADA, EVE]);
    admit(&mut scene, 1, 1);
    let effects = scene.take(Input::Personal {
        by: agent(EVE),
        visitor: VisitorId::from_bytes([1; 16]),
        before: vec![],
        past: vec![],
        is_known: false,
        erases: true,
    });
    assert_eq!(asked(&effects), Some((Instruction::Erase, false)));
    scene.waits(1);
    is_none(&mut scene, false);
    let again = scene.wait(60_000);
    let told = instructions(&again);
    assert!(told.contains(&Instruction::Erase), "{told:?}");
}
