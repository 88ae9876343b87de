//! R43: the waiting list as agents read it.

use super::*;

#[test]
fn f54_agents_read_what_waits_oldest_first() {
    let mut scene = Scene::with(&[ADA]);
    scene.set_available(ADA, false);
    for c in [2, 1, 3] {
        scene.waits(c);
        scene.pass(1_000);
    }
    assert_eq!(listed(&scene), [(2, false), (1, false), (3, false)]);
    scene.set_available(ADA, true);
    assert_eq!(listed(&scene), [(2, true), (1, false), (3, false)]);
    let fence = scene.item(2).unwrap().fence.0;
    scene.talk(ADA, 2, fence, 3);
    scene.closed(3, 4, 0);
    assert_eq!(listed(&scene), [(1, true)], "one offer at a time");
}

#[test]
fn r43_who_has_left_reads_nothing() {
    let mut scene = Scene::with(&[ADA, BEN]);
    scene.waits(1);
    let (agent, active) = (agent(BEN), false);
    scene.take(Input::SetActive { agent, active });
    assert_eq!(scene.space.handovers(agent), Err(Refusal::Forbidden));
    assert_eq!(
        scene.space.handovers(super::agent(CYD)),
        Err(Refusal::Forbidden)
    );
}

#[test]
fn r43_a_page_holds_the_oldest() {
    let mut scene = Scene::with(&[ADA]);
    scene.set_available(ADA, false);
    for c in 1..=150 {
        scene.waits(c);
        scene.now += 1;
    }
    let listed = listed(&scene);
    assert_eq!(listed.len(), super::super::HANDOVERS_MAX);
    assert_eq!((listed[0], listed[99]), ((1, false), (100, false)));
}

/// What Ada reads, and whether it is offered to somebody.
fn listed(scene: &Scene) -> Vec<(u8, bool)> {
    let handovers = scene.space.handovers(agent(ADA)).unwrap();
    let rows = handovers.iter();
    rows.map(|row| (row.conversation.bytes()[0], row.offered_to.is_some()))
        .collect()
}
