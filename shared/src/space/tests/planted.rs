//! The planted bugs of this machine do show: what the world simulation has to find is there.

use super::*;
use crate::mutant::{Mutant, plant};

/// An accept that meets a customer who has left.
fn rejected() -> Scene {
    let mut scene = Scene::with(&[ADA]);
    scene.waits(1);
    scene.accept(ADA, 1, 1);
    scene
}

#[test]
fn slot_kept_on_reject_shows() {
    let mut scene = rejected();
    plant(Some(Mutant::SlotKeptOnReject));
    let answer = Answer {
        outcome: Some(Outcome::Ended),
        report: Some(report(1, 3, 0, closed())),
        ..Answer::default()
    };
    let (conversation, fence) = (conversation(1), Some(Fence(1)));
    scene.space.handle(
        at(scene.now),
        Input::Answered {
            conversation,
            fence,
            was_known: true,
            answer,
        },
    );
    assert_eq!(scene.space.check().unwrap_err().rule, "A8");
    assert_eq!(scene.used(ADA), 1);
}

#[test]
fn command_not_retried_shows() {
    let mut scene = rejected();
    plant(Some(Mutant::CommandNotRetried));
    assert_eq!(instructions(&scene.wait(60_000)), []);
}

#[test]
fn no_tombstone_shows() {
    let mut scene = Scene::with(&[ADA]);
    plant(Some(Mutant::NoTombstone));
    scene.waits(1);
    scene.closed(1, 3, 0);
    scene.waits(1);
    assert_eq!(scene.offered(1), Some((ADA, 1)));
}

#[test]
fn expiry_by_alarm_only_shows() {
    let mut scene = Scene::with(&[ADA]);
    plant(Some(Mutant::ExpiryByAlarmOnly));
    scene.waits(1);
    scene.now += 130_000;
    let effects = scene.accept(ADA, 1, 1);
    assert_eq!(refusal(&effects), None);
}

#[test]
fn no_capacity_check_shows() {
    let mut scene = Scene::with_limit(&[ADA, BEN], 1);
    scene.waits(1);
    scene.talk(ADA, 1, 1, 3);
    scene.take(Input::Reported(report(9, 3, 1, active(BEN))));
    plant(Some(Mutant::NoCapacityCheck));
    let frame = ToServer::Send {
        n: 1,
        id: command_id(9),
        command: Command::Transfer {
            conversation: conversation(1),
            to: to_agent(BEN),
            note: Some(MessageText::parse("Please").unwrap()),
        },
    };
    let socket = SocketId(ADA.into());
    let input = Input::Frame { socket, frame };
    scene.space.handle(at(scene.now), input);
    assert_eq!(scene.space.check().unwrap_err().rule, "A4");
}

#[test]
fn r182_an_act_that_is_forgotten_shows() {
    let mut scene = Scene::with(&[EVE]);
    plant(Some(Mutant::ActForgotten));
    let change = crate::settings::Change {
        live_chat: Some(false),
        ..Default::default()
    };
    let by = agent(EVE);
    let now = at(scene.now);
    scene.space.handle(now, Input::Configure { by, change });
    assert_eq!(scene.space.check().unwrap_err().rule, "R182");
}
