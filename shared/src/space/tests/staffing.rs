//! R82 to R84: who works in the space, and as what.

use super::*;
use crate::space::{Choice, Colleague, Status};

fn set(scene: &mut Scene, by: u8, n: u8, change: AgentChange) -> Result<Colleague, Refusal> {
    let (by, agent) = (agent(by), agent(n));
    answer(&scene.take(Input::SetAgent { by, agent, change }))
}

fn answer(effects: &[Effect]) -> Result<Colleague, Refusal> {
    let mut found = effects.iter().filter_map(|effect| {
        if let Effect::AgentSet(colleague) = effect {
            return Some(Ok(colleague.clone()));
        }
        let Effect::Denied(refusal) = effect else {
            return None;
        };
        Some(Err(refusal.clone()))
    });
    found.next().unwrap()
}

fn limit(limit: u8) -> AgentChange {
    AgentChange {
        limit: Some(Choice::Own(limit)),
        ..AgentChange::default()
    }
}

fn role(role: Role) -> AgentChange {
    AgentChange {
        role: Some(role),
        ..AgentChange::default()
    }
}

fn queues(queues: &[&str]) -> AgentChange {
    let queues = queues.iter().map(|queue| Label::parse(queue).unwrap());
    AgentChange {
        queues: Some(Choice::Own(queues.collect())),
        ..AgentChange::default()
    }
}

fn called(called: &str) -> AgentChange {
    AgentChange {
        screen_name: Some(name(called)),
        ..AgentChange::default()
    }
}

#[test]
fn rt4_r82_the_table_of_role_and_change() {
    let forbidden = Some(Refusal::Forbidden);
    let cases = [
        ("an admin, all", EVE, ADA, called("Jo"), None),
        ("an admin, a role", EVE, ADA, role(Role::Admin), None),
        ("a supervisor, work", DOT, ADA, limit(3), None),
        ("a supervisor, own work", DOT, DOT, limit(3), None),
        (
            "a supervisor, a name",
            DOT,
            ADA,
            called("Jo"),
            forbidden.clone(),
        ),
        (
            "a supervisor, a role",
            DOT,
            ADA,
            role(Role::Admin),
            forbidden.clone(),
        ),
        (
            "a supervisor, an admin's work",
            DOT,
            EVE,
            limit(3),
            forbidden.clone(),
        ),
        ("an agent, own work", ADA, ADA, limit(3), forbidden.clone()),
        ("a stranger", 77, ADA, limit(3), forbidden),
        (
            "nobody there",
            EVE,
            77,
            limit(3),
            Some(Refusal::AgentUnknown),
        ),
        (
            "no such queue",
            EVE,
            ADA,
            queues(&["night"]),
            Some(Refusal::QueueUnknown),
        ),
        ("a queue", EVE, ADA, queues(&["GENERAL"]), None),
    ];
    for (case, by, n, change, refusal) in cases {
        let mut scene = Scene::with(&[ADA, DOT, EVE]);
        let before = scene.space.agents().cloned().collect::<Vec<_>>();
        assert_eq!(set(&mut scene, by, n, change).err(), refusal, "{case}");
        let after = scene.space.agents().cloned().collect::<Vec<_>>();
        assert_eq!(before == after, refusal.is_some(), "{case}");
    }
}

#[test]
fn r82_an_admin_adds_an_agent_once() {
    let mut scene = Scene::with(&[ADA, DOT, EVE]);
    let add = |scene: &mut Scene, by: u8| {
        let (by, agent) = (agent(by), agent_row(BEN));
        answer(&scene.take(Input::AddAgent { by, agent }))
    };
    for by in [ADA, DOT, 77] {
        assert_eq!(add(&mut scene, by), Err(Refusal::Forbidden), "{by}");
    }
    for _ in 0..2 {
        assert_eq!(add(&mut scene, EVE).unwrap().status, Status::Away);
        assert_eq!(scene.space.agents().count(), 4);
    }
    scene.set_available(ADA, false);
    scene.set_available(DOT, false);
    scene.set_available(EVE, false);
    scene.waits(1);
    scene.connect(BEN);
    assert_eq!(scene.offered(1), Some((BEN, 1)));
}

#[test]
fn r83_a_limit_below_what_is_held_throws_nobody_out() {
    let mut scene = Scene::with(&[ADA, EVE]);
    scene.set_available(EVE, false);
    scene.waits(1);
    scene.talk(ADA, 1, 1, 3);
    scene.waits(2);
    scene.talk(ADA, 2, 1, 3);
    scene.waits(3);
    assert_eq!(scene.offered(3), Some((ADA, 1)));
    set(&mut scene, EVE, ADA, limit(1)).unwrap();
    assert_eq!((scene.offered(3), scene.used(ADA)), (Some((ADA, 1)), 3));
    scene.decline(ADA, 3, 1);
    scene.wait(2_000);
    assert_eq!((scene.offered(3), scene.used(ADA)), (None, 2));
    scene.closed(1, 4, 1);
    assert_eq!(scene.offered(3), None, "one of one");
    scene.closed(2, 4, 1);
    scene.wait(2_000);
    assert_eq!(scene.offered(3), Some((ADA, 2)), "after its rest");
    let all = AgentChange {
        limit: Some(Choice::Everybodys),
        ..AgentChange::default()
    };
    assert_eq!(set(&mut scene, EVE, ADA, all).unwrap().limit, 5);
}

#[test]
fn r83_an_offer_from_a_queue_that_was_taken_away_goes_to_others() {
    let mut scene = Scene::with(&[ADA, BEN, EVE]);
    for n in [BEN, EVE] {
        scene.set_available(n, false);
    }
    scene.waits(1);
    scene.talk(ADA, 1, 1, 3);
    scene.waits(2);
    assert_eq!(scene.offered(2), Some((ADA, 1)));
    set(&mut scene, EVE, ADA, queues(&[])).unwrap();
    assert_eq!((scene.offered(2), scene.is_held(1)), (None, true));
    scene.set_available(BEN, true);
    assert_eq!(scene.offered(2), Some((BEN, 2)));
}

#[test]
fn r84_the_last_active_admin_stays() {
    let mut scene = Scene::with(&[ADA, EVE]);
    let leave = |scene: &mut Scene, n: u8| {
        let (by, agent, active) = (Some(agent(EVE)), agent(n), false);
        answer(&scene.take(Input::SetActive { by, agent, active }))
    };
    let last = Some(Refusal::LastAdmin);
    assert_eq!(set(&mut scene, EVE, EVE, role(Role::Agent)).err(), last);
    assert_eq!(leave(&mut scene, EVE).err(), last);
    set(&mut scene, EVE, ADA, role(Role::Admin)).unwrap();
    assert_eq!(leave(&mut scene, ADA).unwrap().status, Status::Deactivated);
    assert_eq!(leave(&mut scene, EVE).err(), last, "Ada has left");
    let refused = set(&mut scene, ADA, ADA, limit(3));
    assert_eq!(refused.err(), Some(Refusal::Forbidden), "Ada has left");
}

#[test]
fn r41_only_an_admin_makes_somebody_leave() {
    let mut scene = Scene::with(&[ADA, DOT, EVE]);
    for by in [ADA, DOT, 77] {
        let (by, agent, active) = (Some(agent(by)), agent(ADA), false);
        let effects = scene.take(Input::SetActive { by, agent, active });
        assert_eq!(answer(&effects).err(), Some(Refusal::Forbidden), "{by:?}");
    }
}
