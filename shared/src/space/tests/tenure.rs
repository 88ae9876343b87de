//! R85 to R87: what others hold in an agent's name.

use super::*;
use crate::account::Shown;
use crate::conversation::Dismissal;

fn enter(scene: &mut Scene, n: u8, era: u32, c: u8) -> Option<Refusal> {
    let (agent, conversation) = (agent(n), conversation(c));
    let effects = scene.take(Input::Enter {
        agent,
        era,
        conversation,
    });
    match effects.last() {
        Some(Effect::Vouched) => None,
        Some(Effect::Denied(refusal)) => Some(refusal.clone()),
        other => panic!("{other:?}"),
    }
}

fn set_active(scene: &mut Scene, n: u8, active: bool) -> Vec<Effect> {
    let (by, agent) = (Some(agent(EVE)), agent(n));
    scene.take(Input::SetActive { by, agent, active })
}

fn set_role(scene: &mut Scene, n: u8, role: Role) -> Vec<Effect> {
    let (by, agent) = (agent(EVE), agent(n));
    let change = AgentChange {
        role: Some(role),
        ..AgentChange::default()
    };
    scene.take(Input::SetAgent { by, agent, change })
}

/// The conversations that are told whose sockets to close.
fn dismissals(effects: &[Effect]) -> Vec<(u8, u8, u32)> {
    let told = effects.iter().filter_map(|effect| {
        let Effect::Instruct {
            conversation,
            instruction: Instruction::Dismiss(Dismissal { agent, era }),
            ..
        } = effect
        else {
            return None;
        };
        Some((conversation.bytes()[0], agent.bytes()[0], *era))
    });
    told.collect()
}

fn dismissed(scene: &mut Scene, c: u8, n: u8, era: u32) -> Vec<Effect> {
    let agent = agent(n);
    scene.take(Input::Answered {
        conversation: conversation(c),
        fence: None,
        was_known: true,
        answer: Answer {
            report: Some(report(c, 2, 0, Standing::Waiting)),
            dismissed: Some(Dismissal { agent, era }),
            ..Answer::default()
        },
    })
}

#[test]
fn r85_a_token_of_an_earlier_era_is_void() {
    let mut scene = Scene::with(&[ADA, EVE]);
    scene.waits(1);
    assert_eq!(enter(&mut scene, ADA, 0, 1), None);
    assert_eq!(enter(&mut scene, 77, 0, 1), Some(Refusal::TokenRevoked));
    let effects = set_role(&mut scene, ADA, Role::Supervisor);
    assert_eq!(closes(&effects), [(1, CloseCode::Revoked)]);
    let revoked = Some(Refusal::TokenRevoked);
    assert_eq!(enter(&mut scene, ADA, 0, 1), revoked);
    assert_eq!(enter(&mut scene, ADA, 1, 1), None);
    let effects = scene.connect(ADA);
    assert_eq!(closes(&effects), [], "closed at the door, so no hello");
    let socket = SocketId(1);
    let person = person(ADA);
    let effects = scene.take(Input::Connected { socket, person });
    assert_eq!(closes(&effects), [(1, CloseCode::Revoked)]);
    set_active(&mut scene, ADA, false);
    for era in 0..3 {
        assert_eq!(enter(&mut scene, ADA, era, 1), revoked);
        assert_eq!(scene.space.vouch(agent(ADA), era).err(), revoked);
    }
    set_active(&mut scene, ADA, true);
    assert_eq!(enter(&mut scene, ADA, 1, 1), revoked);
    assert_eq!(enter(&mut scene, ADA, 2, 1), None);
}

#[test]
fn r86_conversations_close_the_sockets_of_whom_they_let_in_until_they_say_so() {
    let mut scene = Scene::with(&[ADA, BEN, EVE]);
    for n in [BEN, EVE] {
        scene.set_available(n, false);
    }
    for c in 1..=4 {
        scene.waits(c);
        scene.talk(ADA, c, 1, 3);
    }
    assert_eq!(enter(&mut scene, ADA, 0, 1), None, "Ada has it");
    assert!(scene.item(1).unwrap().insiders.is_empty(), "no row for it");
    for (n, c) in [(BEN, 2), (BEN, 3), (BEN, 3), (EVE, 3)] {
        assert_eq!(enter(&mut scene, n, 0, c), None);
    }
    scene.closed(4, 4, 1);
    let effects = set_active(&mut scene, BEN, false);
    assert_eq!(dismissals(&effects), [(2, BEN, 1), (3, BEN, 1)]);
    dismissed(&mut scene, 2, BEN, 1);
    assert_eq!(dismissals(&scene.wait(1_999)), []);
    assert_eq!(dismissals(&scene.wait(1)), [(3, BEN, 1)], "within 5 s");
    dismissed(&mut scene, 3, BEN, 1);
    scene.beat();
    assert_eq!(dismissals(&scene.wait(60_000)), []);

    let effects = set_role(&mut scene, ADA, Role::Supervisor);
    let expected = [(1, ADA, 1), (2, ADA, 1), (3, ADA, 1), (4, ADA, 1)];
    assert_eq!(dismissals(&effects), expected, "4 was hers until the end");
    let effects = set_role(&mut scene, ADA, Role::Agent);
    assert_eq!(dismissals(&effects).len(), 4, "again, for a later era");
    dismissed(&mut scene, 1, ADA, 1);
    scene.beat();
    assert_eq!(dismissals(&scene.wait(2_000)).len(), 4, "late");
    for c in 1..=4 {
        dismissed(&mut scene, c, ADA, 2);
    }
    scene.beat();
    assert_eq!(dismissals(&scene.wait(60_000)), []);
}

#[test]
fn r86_nothing_is_remembered_longer_than_the_tombstone() {
    let mut scene = Scene::with(&[ADA, EVE]);
    scene.waits(1);
    scene.talk(ADA, 1, 1, 3);
    scene.closed(1, 4, 1);
    set_role(&mut scene, ADA, Role::Supervisor);
    let (agent, number) = (agent(ADA), 2);
    let shown = Shown::default();
    scene.take(Input::Registered {
        agent,
        number,
        shown,
    });
    for _ in 0..49 {
        scene.now += 3_600_000;
        scene.take(Input::Tick);
    }
    assert_eq!((scene.item(1), scene.space.next_deadline()), (None, None));
    assert_eq!(enter(&mut scene, ADA, 1, 1), None, "to read, long after");
}

#[test]
fn f6_r87_a_session_begun_before_leaving_is_over_for_good() {
    let mut scene = Scene::with(&[ADA, EVE]);
    let is_member = |scene: &Scene, departures| {
        let member = scene.space.member(agent(ADA), departures);
        member.is_some()
    };
    set_role(&mut scene, ADA, Role::Supervisor);
    assert!(is_member(&scene, 0), "a role ends no session");
    set_active(&mut scene, ADA, false);
    assert!(!is_member(&scene, 0) && !is_member(&scene, 1));
    set_active(&mut scene, ADA, true);
    assert!(!is_member(&scene, 0) && is_member(&scene, 1));
}
