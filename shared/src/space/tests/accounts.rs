//! R88 and R89: what accounts are told, and what they wish.

use super::*;
use crate::space::Tenure;

fn registers(effects: &[Effect]) -> Vec<(u8, u64, bool)> {
    let mut told = vec![];
    for effect in effects {
        if let Effect::Register {
            agent,
            number,
            member,
            role: _,
        } = effect
        {
            told.push((agent.bytes()[0], *number, *member));
        }
    }
    told
}

fn registered(scene: &mut Scene, n: u8, number: u64) {
    let agent = agent(n);
    scene.take(Input::Registered { agent, number });
}

fn wish(scene: &mut Scene, n: u8, number: u64, available: bool) {
    let agent = agent(n);
    let effects = scene.take(Input::Wish {
        agent,
        number,
        available,
        outs: 0,
        ins: 0,
    });
    assert!(effects.contains(&Effect::Vouched));
}

#[test]
fn r88_the_account_is_told_of_coming_and_leaving_until_it_confirms() {
    let mut scene = Scene::with(&[EVE]);
    let agent = Agent {
        tenure: Tenure::default(),
        ..agent_row(ADA)
    };
    let (by, id) = (agent.agent, agent.agent);
    let effects = scene.take(Input::AddAgent {
        by,
        agent: agent.clone(),
    });
    assert_eq!(registers(&effects), [], "she may not");
    let by = super::agent(EVE);
    let effects = scene.take(Input::AddAgent { by, agent });
    assert_eq!(registers(&effects), [(ADA, 1, true)]);
    scene.beat();
    assert_eq!(registers(&scene.wait(2_000)), [(ADA, 1, true)]);
    let (by, active) = (None, false);
    let effects = scene.take(Input::SetActive {
        by,
        agent: id,
        active,
    });
    assert_eq!(registers(&effects), [(ADA, 2, false)]);
    registered(&mut scene, ADA, 1);
    scene.beat();
    assert_eq!(registers(&scene.wait(60_000)), [(ADA, 2, false)]);
    registered(&mut scene, ADA, 2);
    scene.beat();
    assert_eq!(registers(&scene.wait(60_000)), []);
}

#[test]
fn f41_r89_the_newest_wish_of_the_account_is_obeyed_once() {
    let mut scene = Scene::with(&[ADA, EVE]);
    scene.set_available(EVE, false);
    wish(&mut scene, ADA, 2, false);
    assert!(!scene.is_available(ADA));
    wish(&mut scene, ADA, 1, true);
    assert!(!scene.is_available(ADA), "late");
    scene.set_available(ADA, true);
    wish(&mut scene, ADA, 2, false);
    assert!(scene.is_available(ADA), "repeated");
    wish(&mut scene, ADA, 3, false);
    scene.waits(1);
    assert_eq!(scene.offered(1), None);
    wish(&mut scene, ADA, 4, true);
    assert_eq!(scene.offered(1), Some((ADA, 1)));
    wish(&mut scene, 77, 1, true);
}
