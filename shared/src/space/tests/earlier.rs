//! R270 to R272: a visitor's own conversations.

use super::*;
use crate::space::{EARLIER, Erasing, Mark, Past};

const MINUTE: u64 = 60_000;

/// A row of what is past, of visitor 1.
fn past(c: u8, began_at: u64) -> Past {
    Past {
        visitor: visitor(1),
        conversation: conversation(c),
        closed_at: at(began_at),
        email: None,
        began_at: at(began_at),
        agent: Some(name("Jack")),
        first_words: "It leaks".into(),
    }
}

fn visitor(n: u8) -> VisitorId {
    VisitorId::from_bytes([n; 16])
}

/// One more conversation of visitor 1, which is over.
fn over(scene: &mut Scene, c: u8) {
    let report = Report {
        visitor: visitor(1),
        answered_by: Some(name("Mia")),
        ..report(c, 4, 0, closed())
    };
    scene.take(Input::Reported(report));
    scene.wait(MINUTE);
}

/// What a visitor reads, page by page, by the first byte of each.
fn read(scene: &Scene, n: u8, past: &[Past]) -> Vec<u8> {
    let mut read = Vec::new();
    let mut after: Option<Mark> = None;
    loop {
        let mut rows: Vec<Past> = past.to_vec();
        rows.retain(|row| after.is_none_or(|mark| row.began_at < mark.moment()));
        rows.sort_by_key(|row| core::cmp::Reverse(row.began_at));
        rows.truncate(EARLIER + 1);
        let page = scene.space.earlier(visitor(n), after, rows).unwrap();
        assert!(page.conversations.len() <= EARLIER);
        read.extend(
            page.conversations
                .iter()
                .map(|row| row.conversation.bytes()[0]),
        );
        after = page.next;
        if after.is_none() {
            return read;
        }
    }
}

#[test]
fn d4_r270_a_visitor_reads_its_own_the_newest_first_and_nobody_elses() {
    let mut scene = Scene::with(&[ADA]);
    over(&mut scene, 11);
    over(&mut scene, 12);
    scene.take(Input::Reported(Report {
        visitor: visitor(1),
        ..report(13, 2, 0, Standing::Waiting)
    }));
    scene.waits(2);
    assert_eq!(
        read(&scene, 1, &[past(9, 5), past(8, 7)]),
        [13, 12, 11, 8, 9]
    );
    assert_eq!(read(&scene, 2, &[]), [2]);
    assert_eq!(read(&scene, 3, &[]), Vec::<u8>::new());
    let page = scene
        .space
        .earlier(visitor(1), None, vec![past(9, 5)])
        .unwrap();
    let rows: Vec<_> = page
        .conversations
        .iter()
        .map(|row| (row.open, row.agent.clone()))
        .collect();
    let by = |agent: &str| (false, Some(name(agent)));
    assert_eq!(rows, [(true, None), by("Mia"), by("Mia"), by("Jack")]);
}

#[test]
fn r270_a_long_list_comes_in_pages_of_items_and_of_what_is_past() {
    let mut scene = Scene::with(&[ADA]);
    for c in 100..130 {
        over(&mut scene, c);
    }
    let rows: Vec<_> = (10..60).map(|c| past(c, u64::from(c))).collect();
    let expected: Vec<_> = (100..130).rev().chain((10..60).rev()).collect();
    assert_eq!(read(&scene, 1, &rows), expected);
}

#[test]
fn r270_a_row_that_is_an_item_again_is_listed_once() {
    let mut scene = Scene::with(&[ADA]);
    over(&mut scene, 11);
    assert_eq!(read(&scene, 1, &[past(11, 5)]), [11]);
}

#[test]
fn id5_r271_a_conversation_that_becomes_a_customers_is_in_the_customers_list() {
    let mut scene = Scene::with(&[ADA]);
    let waits = |revision, n| {
        Input::Reported(Report {
            visitor: visitor(n),
            ..report(11, revision, 0, Standing::Waiting)
        })
    };
    scene.take(waits(2, 1));
    scene.take(waits(3, 2));
    assert_eq!(
        (read(&scene, 1, &[]), read(&scene, 2, &[])),
        (vec![], vec![11])
    );
}

#[test]
fn p12_r272_what_was_erased_or_has_yet_to_be_is_not_listed() {
    let mut scene = Scene::with(&[ADA, EVE]);
    over(&mut scene, 11);
    let key = Erasing {
        visitor: visitor(1),
        conversation: conversation(9),
        person: None,
    };
    let effects = scene.take(Input::Personal {
        by: agent(EVE),
        visitor: visitor(1),
        before: vec![],
        past: vec![key],
        is_known: false,
        erases: true,
    });
    let blank = effects.iter().find_map(|effect| {
        if let Effect::Save(Row::Past(past)) = effect {
            return Some(past.clone());
        }
        None
    });
    let blank = blank.expect("the row on the disk is written over");
    assert_eq!(
        (blank.first_words.as_str(), blank.agent.clone()),
        ("", None)
    );
    // A read that was under way has the row as it was.
    for row in [past(9, 5), blank.clone()] {
        assert_eq!(read(&scene, 1, &[row]), Vec::<u8>::new());
    }
    scene.wait(super::super::TOMBSTONE.as_millis().try_into().unwrap());
    assert_eq!(read(&scene, 1, &[blank]), Vec::<u8>::new());
    // What went past before rows said more has nothing to show.
    let old = Past {
        began_at: Timestamp::ZERO,
        first_words: alloc::string::String::new(),
        ..past(8, 0)
    };
    assert_eq!(read(&scene, 1, &[old]), Vec::<u8>::new());
}
