//! R41 and R42: an agent who leaves the space.

use super::*;
use crate::space::TransferEnd;

fn set_active(scene: &mut Scene, n: u8, active: bool) -> Vec<Effect> {
    let agent = agent(n);
    let by = None;
    scene.take(Input::SetActive { by, agent, active })
}

fn given_back(fence: u64) -> Instruction {
    Instruction::Assign(Assignment {
        fence: Fence(fence),
        to: None,
        queue: None,
        taken: false,
        closes: true,
    })
}

/// What is proposed, without whose sockets are to be closed.
fn assignments(effects: &[Effect]) -> Vec<Instruction> {
    let mut instructions = instructions(effects);
    instructions.retain(|instruction| matches!(instruction, Instruction::Assign(_)));
    instructions
}

#[test]
fn r42_active_work_goes_back_to_its_place_and_offers_go_to_others() {
    let mut scene = Scene::with(&[ADA, BEN]);
    scene.waits(1);
    let since = scene.item(1).unwrap().waiting_since;
    scene.talk(ADA, 1, 1, 3);
    scene.set_available(BEN, false);
    scene.pass(60_000);
    scene.waits(2);
    assert_eq!(scene.offered(2), Some((ADA, 1)));
    scene.set_available(BEN, true);
    let effects = set_active(&mut scene, ADA, false);
    let is_done = |effect: &Effect| matches!(effect, Effect::AgentSet(_));
    assert!(effects.iter().any(is_done));
    assert_eq!(assignments(&effects), [given_back(2)]);
    assert_eq!(closes(&effects), [(ADA.into(), CloseCode::Left)]);
    assert_eq!(scene.offered(2), Some((BEN, 2)));
    scene.decline(BEN, 2, 2);
    scene.answer(1, 2, Outcome::Done, report(1, 4, 2, Standing::Waiting));
    assert_eq!(scene.item(1).unwrap().waiting_since, since);
    assert_eq!((scene.offered(1), scene.used(ADA)), (Some((BEN, 3)), 0));
}

#[test]
fn d2_what_is_wrapping_up_is_closed_and_what_comes_late_goes_the_same_way() {
    let mut scene = Scene::with(&[ADA]);
    scene.waits(1);
    scene.talk(ADA, 1, 1, 3);
    scene.take(Input::Reported(report(1, 4, 1, wrapping_up(ADA))));
    scene.waits(2);
    scene.accept(ADA, 2, 1);
    let effects = set_active(&mut scene, ADA, false);
    assert_eq!(assignments(&effects), [given_back(2)]);
    scene.answer(1, 2, Outcome::Ended, report(1, 5, 1, closed()));
    assert_eq!(scene.used(ADA), 1, "an accept is on its way");
    let effects = scene.answer(2, 1, Outcome::Done, report(2, 3, 1, active(ADA)));
    assert_eq!(assignments(&effects), [given_back(2)]);
    scene.answer(2, 2, Outcome::Done, report(2, 4, 2, Standing::Waiting));
    assert_eq!(scene.used(ADA), 0);
}

#[test]
fn r41_who_left_is_let_in_nowhere_until_back() {
    let mut scene = Scene::with(&[ADA]);
    set_active(&mut scene, ADA, false);
    let socket = SocketId(7);
    let person = person(ADA);
    let effects = scene.take(Input::Connected { socket, person });
    assert_eq!(closes(&effects), [(7, CloseCode::Left)]);
    set_active(&mut scene, ADA, true);
    scene.connect(ADA);
    assert!(!scene.is_available(ADA), "says so herself");
    let effects = set_active(&mut scene, 77, false);
    assert_eq!(effects, [Effect::Denied(Refusal::AgentUnknown)]);
}

/// Seed 11720 of the world: the item stayed with somebody who had left until the next turn.
#[test]
fn r42_a_transfer_between_two_who_left_goes_back_to_its_place() {
    for (holder, target) in [(ADA, BEN), (BEN, ADA)] {
        let mut scene = Scene::with(&[ADA, BEN]);
        scene.set_available(target, false);
        scene.waits(1);
        scene.talk(holder, 1, 1, 3);
        scene.set_available(target, true);
        scene.transfer(holder, 1, to_agent(target));
        set_active(&mut scene, holder, false);
        let effects = set_active(&mut scene, target, false);
        assert_eq!(assignments(&effects).len(), 1, "it is given back at once");
    }
}

#[test]
fn r42_a_transfer_to_who_left_comes_back() {
    let mut scene = Scene::with(&[ADA, BEN]);
    scene.waits(1);
    scene.talk(ADA, 1, 1, 3);
    scene.transfer(ADA, 1, to_agent(BEN));
    set_active(&mut scene, BEN, false);
    let returned = scene.item(1).unwrap().returned.unwrap();
    assert_eq!(returned.why, TransferEnd::AgentLeft);
    assert_eq!((scene.used(ADA), scene.used(BEN)), (1, 0));
}
