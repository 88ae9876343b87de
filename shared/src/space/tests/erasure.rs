//! R185 to R193: what is kept of a visitor, how it is found, and how it goes.

use super::*;
use crate::id::{VisitorId, WayId};
use crate::identity::{Identity, Verified};
use crate::session::{Family, Subject};
use crate::space::{AuditEntry, Deed, Erasing, FOUND_MAX, Known, Past, TOMBSTONE};
use crate::text::{CustomerId, EmailAddress};

fn visitor(n: u8) -> VisitorId {
    VisitorId::from_bytes([n; 16])
}

fn personal(by: u8, n: u8, past: &[u8], erases: bool) -> Input {
    Input::Personal {
        by: agent(by),
        visitor: visitor(n),
        before: vec![],
        past: past.iter().map(|c| key(n, *c)).collect(),
        is_known: false,
        erases,
    }
}

fn key(n: u8, c: u8) -> Erasing {
    Erasing {
        visitor: visitor(n),
        conversation: conversation(c),
        person: None,
    }
}

fn erase(by: u8, n: u8, past: &[u8]) -> Input {
    personal(by, n, past, true)
}

fn erased(c: u8, revision: u64, n: u8) -> Report {
    Report {
        visitor: visitor(n),
        name: PersonName::guest(visitor(n)),
        first_words: "\u{2014}".into(),
        erased: true,
        ..report(c, revision, 0, closed())
    }
}

fn answer(report: Option<Report>) -> Answer {
    Answer {
        report,
        ..Answer::default()
    }
}

fn answered(c: u8, report: Option<Report>) -> Input {
    Input::Answered {
        conversation: conversation(c),
        fence: None,
        was_known: true,
        answer: answer(report),
    }
}

fn told(effects: &[Effect]) -> Vec<u8> {
    let mut told = Vec::new();
    for effect in effects {
        if let Effect::Instruct {
            conversation,
            instruction: Instruction::Erase,
            ..
        } = effect
        {
            told.push(conversation.bytes()[0]);
        }
    }
    told
}

fn found(effects: &[Effect]) -> Option<Result<usize, Refusal>> {
    effects.iter().find_map(|effect| {
        if let Effect::Found(found) = effect {
            return Some(Ok(found.len()));
        }
        if let Effect::Denied(refusal) = effect {
            return Some(Err(refusal.clone()));
        }
        None
    })
}

fn acts(effects: &[Effect]) -> Vec<AuditEntry> {
    let mut acts = Vec::new();
    for effect in effects {
        if let Effect::Save(Row::Audit(act)) = effect {
            acts.push(act.clone());
        }
    }
    acts
}

fn past(effects: &[Effect]) -> Vec<Past> {
    let mut found = Vec::new();
    for effect in effects {
        if let Effect::Save(Row::Past(past)) = effect {
            found.push(past.clone());
        }
    }
    found
}

#[test]
fn p12_r185_what_is_closed_leaves_a_row_of_the_visitor_behind() {
    let mut scene = Scene::with(&[ADA]);
    scene.waits(1);
    scene.closed(1, 5, 0);
    let closed_at = at(scene.now);
    let effects = scene.wait(u64::try_from(TOMBSTONE.as_millis()).unwrap());
    let expected = Past {
        visitor: visitor(1),
        conversation: conversation(1),
        closed_at,
        email: None,
        began_at: at(1_000_000),
        agent: None,
        first_words: "Where is my order?".into(),
    };
    assert_eq!(past(&effects), [expected]);
    // What was erased before leaves none.
    scene.take(Input::Reported(erased(2, 6, 2)));
    assert!(scene.space.items().count() == 0, "there is nothing to keep");
}

#[test]
fn p12_r186_every_conversation_is_told_until_it_says_that_it_is_erased() {
    let mut scene = Scene::with(&[ADA, EVE]);
    scene.waits(1);
    let effects = scene.take(erase(EVE, 1, &[7]));
    assert_eq!(told(&effects), [1, 7]);
    assert_eq!(found(&effects), Some(Ok(2)));
    let item = scene.space.items().next().unwrap();
    let shown = alloc::format!("{item:?}");
    assert!(!shown.contains("Zo") && !shown.contains("order"), "{shown}");
    let [act] = &acts(&effects)[..] else {
        panic!("one act")
    };
    assert_eq!((act.what, act.who), (Deed::ErasureAsked, Some(agent(EVE))));
    scene.beat();
    assert_eq!(told(&scene.wait(2_000)), [1, 7], "again");
    // One answers, the other one tells by itself.
    let effects = scene.take(answered(7, Some(erased(7, 9, 1))));
    let is_forgotten = |effect: &Effect| matches!(effect, Effect::ForgetPast(_));
    assert!(effects.iter().any(is_forgotten));
    assert_eq!(acts(&effects), []);
    scene.beat();
    assert_eq!(told(&scene.wait(15_000)), [1]);
    let effects = scene.take(Input::Reported(erased(1, 9, 1)));
    assert_eq!(acts(&effects)[0].what, Deed::Erased);
    scene.beat();
    assert!(told(&scene.wait(60_000)).is_empty());
}

#[test]
fn r186_a_conversation_that_is_not_there_is_erased() {
    let mut scene = Scene::with(&[EVE]);
    scene.take(erase(EVE, 1, &[7]));
    let effects = scene.take(answered(7, None));
    assert_eq!(acts(&effects)[0].what, Deed::Erased);
}

#[test]
fn r186_what_is_owed_outlives_the_memory() {
    let mut scene = Scene::with(&[EVE]);
    let effects = scene.take(erase(EVE, 1, &[7]));
    let mut rows = vec![
        Row::Space {
            space: "demo".parse().unwrap(),
            settings: Settings::new(name("Demo")),
            offers_made: 0,
            zones: Default::default(),
            rounds_at: at(0),
        },
        Row::Agent(agent_row(EVE)),
    ];
    for effect in effects {
        if let Effect::Save(row @ (Row::Erasing(_) | Row::Audit(_))) = effect {
            rows.push(row);
        }
    }
    scene.space = Space::restore(rows, [], at(scene.now));
    assert_eq!(told(&scene.take(Input::Tick)), [7]);
}

#[test]
fn r187_a_report_brings_nothing_back() {
    let mut scene = Scene::with(&[EVE]);
    scene.waits(1);
    scene.take(erase(EVE, 1, &[]));
    let name_of = |scene: &Scene| {
        let item = scene.space.items().next().unwrap();
        item.report.name.to_string()
    };
    scene.take(Input::Reported(report(1, 8, 0, Standing::Waiting)));
    assert_ne!(name_of(&scene), "Zoë");
    scene.take(Input::Reported(erased(1, 9, 1)));
    scene.take(Input::Reported(report(1, 8, 0, Standing::Waiting)));
    assert_ne!(name_of(&scene), "Zoë", "late");
}

#[test]
fn r187_a_transfer_keeps_no_note_of_who_is_erased() {
    let mut scene = Scene::with(&[ADA, DOT, EVE]);
    scene.waits(1);
    scene.talk(ADA, 1, 1, 3);
    scene.take(erase(EVE, 1, &[]));
    let to = Target::Agent {
        agent: agent(DOT),
        queue: None,
    };
    let effects = scene.transfer(ADA, 1, to);
    assert_eq!(refusal(&effects), Some(Refusal::Ended));
    let item = scene.space.items().next().unwrap();
    assert!(!matches!(item.state, ItemState::Transferring { .. }));
}

#[test]
fn r188_r189_only_admins_handle_personal_data_and_every_time_stands_in_the_log() {
    let mut scene = Scene::with(&[ADA, DOT, EVE]);
    scene.waits(1);
    for erases in [false, true] {
        for by in [ADA, 9] {
            let effects = scene.take(personal(by, 1, &[], erases));
            assert_eq!(found(&effects), Some(Err(Refusal::Forbidden)));
            assert_eq!(acts(&effects), []);
        }
        let effects = scene.take(personal(EVE, 99, &[], erases));
        let unknown = Refusal::ConversationUnknown;
        assert_eq!(found(&effects), Some(Err(unknown)));
        assert_eq!(acts(&effects), []);
    }
    let effects = scene.take(personal(EVE, 1, &[7], false));
    assert_eq!(found(&effects), Some(Ok(2)));
    assert!(told(&effects).is_empty(), "it is an export");
    let [act] = &acts(&effects)[..] else {
        panic!("one act")
    };
    assert_eq!(act.what, Deed::Exported);
    assert_eq!(act.object, visitor(1).to_string());
}

fn admitted(scene: &mut Scene, n: u8, c: u8) -> bool {
    let effects = scene.take(Input::Admit {
        visitor: visitor(n),
        conversation: conversation(c),
        queue: Label::parse("GENERAL").unwrap(),
        address: None,
        verified: false,
        passed: false,
    });
    matches!(effects.last(), Some(Effect::Admitted { .. }))
}

#[test]
fn p12_r190_what_was_erased_is_not_begun_again() {
    let mut scene = Scene::with(&[ADA, EVE]);
    scene.waits(1);
    assert!(admitted(&mut scene, 1, 1), "a repeat");
    scene.take(erase(EVE, 1, &[]));
    scene.take(Input::Reported(erased(1, 9, 1)));
    assert!(!admitted(&mut scene, 1, 1), "it would be born again");
    assert!(admitted(&mut scene, 1, 2), "another one is another one");
}

#[test]
fn r187_what_was_told_before_it_reported_leaves_a_tombstone() {
    let mut scene = Scene::with(&[ADA, EVE]);
    assert!(admitted(&mut scene, 1, 1));
    let effects = scene.take(erase(EVE, 1, &[]));
    assert_eq!(told(&effects), [1], "it may stand");
    scene.take(answered(1, Some(erased(1, 9, 1))));
    scene.take(Input::Reported(report(1, 3, 0, Standing::Waiting)));
    let item = scene.space.items().next().unwrap();
    let shown = alloc::format!("{item:?}");
    assert!(shown.contains("Gone") && !shown.contains("Zo"), "{shown}");
}

#[test]
fn p12_r191_an_admin_finds_a_customer_by_address_or_visitor() {
    let mut scene = Scene::with(&[ADA, DOT, EVE]);
    let email = |n: u8| EmailAddress::parse(&alloc::format!("zoe{n}@shop.example")).unwrap();
    for n in [1, 2] {
        let told = Report {
            email: Some(email(n)),
            ..report(n, 3, 0, Standing::Waiting)
        };
        scene.take(Input::Reported(told));
    }
    let past = Erasing {
        visitor: visitor(7),
        conversation: conversation(7),
        person: None,
    };
    let find = |scene: &Scene, by, wanted: &str| {
        let found = scene.space.customers(agent(by), wanted, &[past], &[]);
        found.map(|found| {
            let all = found.customers.into_iter();
            all.map(|it| (it.visitor, it.conversations))
                .collect::<Vec<_>>()
        })
    };
    let past = (visitor(7), 1);
    let one = find(&scene, EVE, email(1).as_str());
    assert_eq!(one, Ok(vec![(visitor(1), 1), past]));
    let two = find(&scene, EVE, &visitor(2).to_string());
    assert_eq!(two, Ok(vec![(visitor(2), 1), past]));
    for by in [ADA, DOT] {
        assert_eq!(find(&scene, by, email(1).as_str()), Err(Refusal::Forbidden));
    }
    scene.take(erase(EVE, 1, &[]));
    let none = find(&scene, EVE, email(1).as_str());
    assert_eq!(none, Ok(vec![past]), "the address is gone");
}

fn session(n: u8, email: Option<&str>) -> (String, Family) {
    let mut family = Family::begin(at(0), Subject::Visitor(visitor(n)), 0);
    if let Some(email) = email {
        let identity = Identity {
            id: CustomerId::parse(&alloc::format!("user-{n}")).unwrap(),
            name: None,
            email: EmailAddress::parse(email).ok(),
            company: None,
        };
        let verified = Verified {
            identity,
            before: None,
        };
        family.verified = Some((WayId::from_bytes([n; 16]), Box::new(verified)));
    }
    (n.to_string(), family)
}

#[test]
fn r191_a_session_is_found_by_what_the_site_has_signed_and_by_nothing_else_in_its_row() {
    let scene = Scene::with(&[EVE]);
    let sessions = [
        session(1, Some("zoe@shop.example")),
        session(2, Some("zoe@shop.example.org")),
        session(3, None),
    ];
    let find = |wanted: &str| {
        let found = scene.space.customers(agent(EVE), wanted, &[], &sessions);
        let found = found.unwrap().customers.into_iter();
        let told = |it: Known| (it.visitor, it.email.map(String::from), it.conversations);
        found.map(told).collect::<Vec<_>>()
    };
    let zoe = (visitor(1), Some("zoe@shop.example".to_owned()), 0);
    for wanted in ["zoe@shop.example", &visitor(1).to_string()] {
        assert_eq!(find(wanted), core::slice::from_ref(&zoe), "{wanted}");
    }
    assert_eq!(find(&visitor(3).to_string()), [(visitor(3), None, 0)]);
    assert_eq!(find("user-1"), []);
}

#[test]
fn r193_no_more_customers_are_told_than_one_can_look_through() {
    let scene = Scene::with(&[EVE]);
    let sessions: Vec<_> = (0..=200)
        .map(|n| session(n, Some("all@shop.example")))
        .collect();
    let found = scene
        .space
        .customers(agent(EVE), "all@shop.example", &[], &sessions);
    assert_eq!(found.unwrap().customers.len(), FOUND_MAX);
}

#[test]
fn r186_whoever_has_a_session_alone_is_found_too() {
    let mut scene = Scene::with(&[EVE]);
    let known = Input::Personal {
        by: agent(EVE),
        visitor: visitor(1),
        before: vec![],
        past: vec![],
        is_known: true,
        erases: true,
    };
    let effects = scene.take(known);
    assert_eq!(found(&effects), Some(Ok(0)));
    let deeds: Vec<_> = acts(&effects).iter().map(|act| act.what).collect();
    assert_eq!(deeds, [Deed::ErasureAsked, Deed::Erased], "nothing is owed");
}

#[test]
fn r232_whoever_was_several_visitors_is_erased_in_one_act() {
    let mut scene = Scene::with(&[EVE]);
    let asked = |erases| Input::Personal {
        by: agent(EVE),
        visitor: visitor(1),
        before: vec![visitor(2), visitor(3)],
        past: vec![key(1, 1), key(2, 2), key(2, 3)],
        is_known: true,
        erases,
    };
    let exported = scene.take(asked(false));
    let [act] = &acts(&exported)[..] else {
        panic!("{exported:?}")
    };
    assert_eq!(
        (act.what, act.object.clone()),
        (Deed::Exported, visitor(1).to_string())
    );
    let effects = scene.take(asked(true));
    assert_eq!(
        (found(&effects), told(&effects)),
        (Some(Ok(3)), vec![1, 2, 3])
    );
    let [act] = &acts(&effects)[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(
        (act.what, act.object.clone()),
        (Deed::ErasureAsked, visitor(1).to_string())
    );
    assert_eq!(act.after.as_deref(), Some("{\"conversations\":3}"));
    // Named once more as one of the others: what is owed stays as it is.
    let again = scene.take(erase(EVE, 2, &[2, 3]));
    assert_eq!(acts(&again).len(), 1);
    let mut ends = Vec::new();
    for (c, n) in [(2, 2), (1, 1), (3, 2)] {
        let effects = scene.take(answered(c, Some(erased(c, 9, n))));
        let forgets = effects.iter().find_map(|effect| {
            if let Effect::ForgetPast(past) = effect {
                Some((past.visitor, past.conversation))
            } else {
                None
            }
        });
        assert_eq!(
            forgets,
            Some((visitor(n), conversation(c))),
            "its row is under that name"
        );
        ends.extend(acts(&effects).into_iter().map(|act| (act.what, act.object)));
    }
    assert_eq!(ends, [(Deed::Erased, visitor(1).to_string())]);
}
