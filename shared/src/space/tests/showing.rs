//! R24 and R25: desks and counts.

use super::*;
use crate::space::{Counts, Desk};

fn desks(effects: &[Effect]) -> Vec<(u64, Desk)> {
    let mut found = vec![];
    for effect in effects {
        if let Effect::Send {
            to,
            frame: FromServer::Desk(desk),
        } = effect
        {
            found.extend(to.iter().map(|socket| (socket.0, (**desk).clone())));
        }
    }
    found
}

fn counts(effects: &[Effect]) -> Vec<Counts> {
    let mut found = vec![];
    for effect in effects {
        if let Effect::Send {
            frame: FromServer::Counts(counts),
            ..
        } = effect
        {
            // The number of the list of colleagues is for `colleagues`.
            found.push(Counts {
                colleagues: 0,
                ..*counts
            });
        }
    }
    found
}

#[test]
fn r24_a_desk_shows_offers_and_held_items_to_their_agent_alone() {
    let mut scene = Scene::with(&[ADA, BEN]);
    let shown = desks(&scene.waits(1));
    assert_eq!(shown.len(), 1);
    let (socket, desk) = &shown[0];
    assert_eq!((*socket, desk.offers.len(), desk.me.used), (1, 1, 1));
    let offer = &desk.offers[0];
    assert_eq!(offer.expires_at, at(scene.now + offer.lasts_ms));
    assert_eq!(offer.first_words, "Where is my order?");
    let shown = desks(&scene.talk(ADA, 1, 1, 3));
    assert_eq!((shown[0].1.offers.len(), shown[0].1.items.len()), (0, 1));
    assert_eq!(shown[0].1.items[0].ended, None);
    let effects = scene.take(Input::Reported(report(1, 4, 1, wrapping_up(ADA))));
    assert_eq!(
        desks(&effects)[0].1.items[0].ended,
        Some(EndCause::Customer)
    );
    assert_eq!(desks(&scene.closed(1, 5, 1))[0].1.items, vec![]);
}

#[test]
fn r24_a_desk_that_did_not_change_is_not_sent() {
    let mut scene = Scene::with(&[ADA]);
    scene.set_available(ADA, false);
    let effects = scene.set_available(ADA, false);
    assert_eq!((desks(&effects).len(), saves(&effects)), (0, 0));
}

#[test]
fn r24_every_console_of_an_agent_shows_the_same() {
    let mut scene = Scene::with(&[ADA]);
    let (socket, person) = (SocketId(8), person(ADA));
    scene.take(Input::Connected { socket, person });
    scene.hello(8, 88, 1);
    let sockets: Vec<_> = desks(&scene.waits(1)).iter().map(|shown| shown.0).collect();
    assert_eq!(sockets, [1, 8]);
}

#[test]
fn r25_counts_go_out_at_most_every_250_ms() {
    let mut scene = Scene::with(&[ADA]);
    scene.set_available(ADA, false);
    scene.wait(250);
    scene.wait(250);
    assert_eq!(counts(&scene.waits(1)).len(), 1);
    scene.now += 100;
    assert_eq!(counts(&scene.waits(2)), []);
    assert_eq!(scene.space.next_deadline(), Some(at(scene.now + 150)));
    assert_eq!(counts(&scene.wait(149)), []);
    let shown = counts(&scene.wait(1));
    let waiting = 2;
    assert_eq!(
        shown,
        [Counts {
            waiting,
            ..Counts::default()
        }]
    );
    scene.leave(ADA);
    scene.waits(3);
    assert!(scene.space.next_deadline().is_none(), "nobody looks");
}

#[test]
fn r25_counts_say_how_many_wait_talk_and_wrap_up() {
    let mut scene = Scene::with(&[ADA, BEN]);
    for c in 1..=4 {
        scene.waits(c);
    }
    scene.talk(ADA, 1, 1, 3);
    scene.talk(BEN, 2, 1, 3);
    scene.take(Input::Reported(report(1, 4, 1, wrapping_up(ADA))));
    scene.set_available(BEN, false);
    scene.wait(0);
    let shown = counts(&scene.wait(1_000));
    let expected = Counts {
        waiting: 2,
        active: 1,
        wrapping_up: 1,
        available: 1,
        colleagues: 0,
    };
    assert_eq!(shown, [expected]);
}
