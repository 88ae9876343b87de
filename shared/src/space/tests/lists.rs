//! R43, R93 and R94: the lists that agents read. The audit holds the index after every turn of
//! every test.

use super::super::{List, Listed, Mark, PAGE, Query};
use super::*;
use alloc::string::ToString;

const LISTS: [List; 5] = [
    List::Waiting,
    List::Active,
    List::WrappingUp,
    List::Closed,
    List::Mine,
];

#[test]
fn f54_agents_read_what_waits_oldest_first() {
    let mut scene = Scene::with(&[ADA]);
    scene.set_available(ADA, false);
    for c in [2, 1, 3] {
        scene.waits(c);
        scene.pass(1_000);
    }
    assert_eq!(waiting(&scene), [(2, false), (1, false), (3, false)]);
    scene.set_available(ADA, true);
    assert_eq!(waiting(&scene), [(2, true), (1, false), (3, false)]);
    let fence = scene.item(2).unwrap().fence.0;
    scene.talk(ADA, 2, fence, 3);
    scene.closed(3, 4, 0);
    assert_eq!(waiting(&scene), [(1, true)], "one offer at a time");
}

#[test]
fn r43_who_has_left_reads_nothing() {
    let mut scene = Scene::with(&[ADA, BEN]);
    scene.waits(1);
    let (agent, active) = (agent(BEN), false);
    scene.take(Input::SetActive {
        by: None,
        agent,
        active,
    });
    for n in [BEN, CYD] {
        for list in LISTS {
            let read = scene.space.page(super::agent(n), &query(list));
            assert_eq!(read, Err(Refusal::Forbidden), "{n} {list:?}");
        }
        let read = scene.space.listed(super::agent(n), conversation(1));
        assert_eq!(read, Err(Refusal::Forbidden), "{n}");
    }
}

#[test]
fn r43_f58_agents_read_their_queues_and_their_own_supervisors_everything() {
    let scene = two_queues();
    // Rows are (list, who reads, which conversations).
    let table = [
        (List::Waiting, ADA, vec![1]),
        (List::Waiting, BEN, vec![2]),
        (List::Waiting, DOT, vec![1, 2]),
        (List::Active, ADA, vec![3]),
        (List::Active, BEN, vec![4]),
        (List::Active, DOT, vec![3, 4]),
        (List::WrappingUp, ADA, vec![5]),
        (List::WrappingUp, BEN, vec![]),
        (List::WrappingUp, DOT, vec![5]),
        (List::Closed, ADA, vec![6]),
        (List::Closed, BEN, vec![7]),
        (List::Closed, DOT, vec![7, 6]),
        (List::Mine, ADA, vec![3, 5]),
        (List::Mine, BEN, vec![4]),
        (List::Mine, DOT, vec![]),
    ];
    for (list, n, expected) in table {
        let rows = read(&scene, n, &query(list));
        assert_eq!(ids(&rows), expected, "{n} {list:?}");
        for queue in ["GENERAL", "returns"] {
            let narrow = Query {
                queue: Label::parse(queue).ok(),
                ..query(list)
            };
            let of_queue = rows.iter().filter(|row| row.queue.as_str() == queue);
            let of_queue: Vec<_> = of_queue.cloned().collect();
            assert_eq!(read(&scene, n, &narrow), of_queue, "{n} {list:?} {queue}");
        }
    }
    let nowhere = Query {
        queue: Label::parse("nowhere").ok(),
        ..query(List::Waiting)
    };
    let refused = scene.space.page(agent(DOT), &nowhere);
    assert_eq!(refused, Err(Refusal::QueueUnknown));
}

#[test]
fn r43_a_row_says_who_has_it_and_how_it_ended() {
    let scene = two_queues();
    let row = |c| scene.space.listed(agent(DOT), conversation(c)).unwrap();
    assert_eq!(row(9), None);
    let active = row(3).unwrap();
    assert_eq!(
        (active.state, active.agent),
        (List::Active, Some(agent(ADA)))
    );
    assert_eq!(active.agent_name, Some(name("Agent 1")));
    let wrapping_up = row(5).unwrap();
    assert_eq!(wrapping_up.ended, Some(EndCause::Customer));
    let closed = row(6).unwrap();
    assert_eq!(closed.resolution, Label::parse("resolved").ok());
    assert_eq!(closed.closed_at, Some(at(scene.now - 1)));
    assert_eq!(closed.agent, None);
}

#[test]
fn r43_an_offer_shows_its_fence_to_whom_it_is_made_and_is_that_agents_own() {
    let mut scene = Scene::with(&[ADA, BEN]);
    scene.waits(1);
    let expires_at = Some(at(scene.now + 120_000));
    let own = &read(&scene, ADA, &query(List::Waiting))[0];
    assert_eq!((own.fence, own.expires_at), (Some(Fence(1)), expires_at));
    assert_eq!(ids(&read(&scene, ADA, &query(List::Mine))), [1]);
    let others = &read(&scene, BEN, &query(List::Waiting))[0];
    assert_eq!((others.fence, others.expires_at), (None, None));
    assert_eq!(others.offered_to, Some(name("Agent 1")));
    scene.accept(ADA, 1, 1);
    let coming = &read(&scene, ADA, &query(List::Active))[0];
    assert_eq!((coming.agent, coming.fence), (Some(agent(ADA)), None));
    scene.answer(1, 1, Outcome::Done, report(1, 3, 1, active(ADA)));
    scene.transfer(ADA, 1, to_agent(BEN));
    let passed = &read(&scene, BEN, &query(List::Mine))[0];
    assert_eq!(
        (passed.agent, passed.fence),
        (Some(agent(ADA)), Some(Fence(2)))
    );
    assert_eq!(ids(&read(&scene, BEN, &query(List::Active))), [0u8; 0]);
}

#[test]
fn r93_pages_go_on_where_the_last_one_ended_whatever_has_moved() {
    for list in [List::Waiting, List::Closed] {
        let mut scene = Scene::with(&[ADA]);
        scene.set_available(ADA, false);
        for c in 1..=250 {
            scene.waits(c);
            if list == List::Closed {
                scene.closed(c, 3, 0);
            }
            scene.now += 1;
        }
        let first = scene.space.page(agent(ADA), &query(list)).unwrap();
        assert_eq!(first.items.len(), PAGE);
        let mut order: Vec<u8> = (1..=250).collect();
        if list == List::Closed {
            order.reverse();
        }
        assert_eq!(ids(&first.items), order[..100], "{list:?}");
        if list == List::Waiting {
            // The last row of the page, and one to come, go.
            scene.closed(100, 9, 0);
            scene.closed(150, 9, 0);
            order.retain(|c| *c != 150);
        }
        let mut rest = vec![];
        let mut after = first.next;
        while let Some(mark) = after {
            let text = mark.to_string();
            assert_eq!(
                text.parse::<Mark>(),
                Ok(mark),
                "a mark comes back from its text"
            );
            let next = Query {
                after,
                ..query(list)
            };
            let page = scene.space.page(agent(ADA), &next).unwrap();
            rest.extend(ids(&page.items));
            after = page.next;
        }
        assert_eq!(rest, order[100..], "{list:?}");
    }
}

#[test]
fn r93_what_is_closed_is_listed_for_48_hours() {
    let mut scene = Scene::with(&[ADA]);
    scene.waits(1);
    scene.closed(1, 3, 0);
    scene.wait(48 * 3_600_000 - 1);
    assert_eq!(ids(&read(&scene, ADA, &query(List::Closed))), [1]);
    scene.wait(1);
    assert_eq!(ids(&read(&scene, ADA, &query(List::Closed))), [0u8; 0]);
}

#[test]
fn r93_other_texts_are_no_marks() {
    for text in [
        "",
        "1",
        ".",
        "1.2",
        "-1.01010101-0101-0101-0101-010101010101",
    ] {
        assert!(text.parse::<Mark>().is_err(), "{text}");
    }
}

/// 1 and 2 wait, Ada has 3, Ben has 4, 5 wraps up with Ada, 6 and 7 are closed; 2, 4 and 7 are in
/// `returns`, which Ben alone serves.
fn two_queues() -> Scene {
    let mut scene = Scene::set(&[ADA, BEN, DOT], |settings| {
        settings.offer_mode = OfferMode::Manual;
        let returns = Label::parse("returns").unwrap();
        settings.queues = vec![crate::settings::Queue::new(returns)];
    });
    scene.serve(ADA, &["GENERAL"]);
    scene.serve(BEN, &["returns"]);
    for (c, queue, standing) in [
        (1, "GENERAL", Standing::Waiting),
        (2, "returns", Standing::Waiting),
        (3, "GENERAL", active(ADA)),
        (4, "returns", active(BEN)),
        (5, "GENERAL", wrapping_up(ADA)),
        (6, "GENERAL", closed()),
        (7, "returns", closed()),
    ] {
        scene.now += 1;
        let queue = Label::parse(queue).unwrap();
        let report = report(c, 3, 1, standing);
        scene.take(Input::Reported(Report { queue, ..report }));
    }
    scene
}

fn query(list: List) -> Query {
    Query {
        list,
        queue: None,
        after: None,
    }
}

fn read(scene: &Scene, n: u8, query: &Query) -> Vec<Listed> {
    scene.space.page(agent(n), query).unwrap().items
}

fn ids(rows: &[Listed]) -> Vec<u8> {
    rows.iter().map(|row| row.conversation.bytes()[0]).collect()
}

/// What Ada reads, and whether it is offered to somebody.
fn waiting(scene: &Scene) -> Vec<(u8, bool)> {
    let rows = read(scene, ADA, &query(List::Waiting));
    let rows = rows.iter();
    rows.map(|row| (row.conversation.bytes()[0], row.offered_to.is_some()))
        .collect()
}
