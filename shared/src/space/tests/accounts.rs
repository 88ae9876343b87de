//! R88 and R89: what accounts are told, and what they wish.

use super::*;
use crate::account::{Shown, Wish};
use crate::space::Tenure;
use crate::text::EmailAddress;

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
    scene.take(Input::Registered {
        agent,
        number,
        shown: Shown::default(),
    });
}

fn wish(scene: &mut Scene, n: u8, number: u64, available: bool) {
    let agent = agent(n);
    let effects = scene.take(Input::Wish(Wish {
        agent,
        number,
        available,
        outs: 0,
        ins: 0,
        shown: Shown::default(),
    }));
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

#[test]
fn sec_r1_04_r230_r231_the_newest_address_of_an_account_is_where_an_admin_is_mailed() {
    let shown = |number, text: &str| Shown {
        number,
        email: EmailAddress::parse(text).ok(),
    };
    let mut scene = Scene::with(&[ADA, EVE]);
    let (eve, ada) = (agent(EVE), agent(ADA));
    let wish = |scene: &mut Scene, agent, shown| {
        scene.take(Input::Wish(Wish {
            agent,
            number: 0,
            available: false,
            outs: 0,
            ins: 0,
            shown,
        }))
    };
    let mailed = |scene: &Scene| {
        let told = scene.space.admin_addresses();
        told.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let unmailed = |scene: &Scene| {
        let told = scene.space.unmailed(agent(EVE)).unwrap();
        told.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!((mailed(&scene), unmailed(&scene).len()), (vec![], 1));
    assert_eq!(scene.space.unmailed(ada), Err(Refusal::Forbidden));
    // By the answer to a notice, newer by a wish; late and repeated change nothing.
    let number = scene.space.agent(eve).unwrap().tenure.number;
    let cases = [
        (1, "eve@shop.example", "eve@shop.example"),
        (3, "eve@home.example", "eve@home.example"),
        (2, "eve@old.example", "eve@home.example"),
        (3, "eve@home.example", "eve@home.example"),
        (0, "", "eve@home.example"),
    ];
    for (at, text, expected) in cases {
        for by_wish in [at > 1, at == 1] {
            let shown = shown(at, text);
            if by_wish {
                wish(&mut scene, eve, shown);
            } else {
                scene.take(Input::Registered {
                    agent: eve,
                    number,
                    shown,
                });
            }
        }
        assert_eq!(
            (mailed(&scene), unmailed(&scene)),
            (vec![expected.into()], vec![])
        );
    }
    // Nobody is mailed who is no admin, or has left.
    wish(&mut scene, ada, shown(1, "ada@shop.example"));
    assert_eq!(mailed(&scene), ["eve@home.example"]);
    let log = alloc::format!("{:?}", scene.space.newest_act());
    assert!(!log.contains("example"), "R183: {log}");
}
