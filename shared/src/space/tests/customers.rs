//! R160 to R164: identity keys, and who may begin and write.

use super::*;
use crate::id::WayId;
use crate::identity::{Algorithm, IdentityKey};
use crate::settings::Change;
use crate::space::{Door, IDENTITY_KEYS_MAX};

fn key(n: u8, by: u8) -> IdentityKey {
    IdentityKey {
        id: WayId::from_bytes([n; 16]),
        algorithm: Algorithm::Hs256,
        key: "sealed".into(),
        last4: "k3Fq".into(),
        by: agent(by),
        made_at: at(0),
    }
}

fn make(scene: &mut Scene, n: u8, by: u8) -> Option<Refusal> {
    denied(&scene.take(Input::Door(Door::MakeIdentityKey(key(n, by)))))
}

fn retire(scene: &mut Scene, n: u8, by: u8) -> Option<Refusal> {
    let (by, id) = (agent(by), WayId::from_bytes([n; 16]));
    denied(&scene.take(Input::Door(Door::Revoke { by, id })))
}

fn denied(effects: &[Effect]) -> Option<Refusal> {
    effects.iter().find_map(|effect| {
        if let Effect::Denied(refusal) = effect {
            Some(refusal.clone())
        } else {
            None
        }
    })
}

fn admit(scene: &mut Scene, c: u8, verified: bool) -> Option<Refusal> {
    denied(&scene.take(Input::Admit {
        visitor: VisitorId::from_bytes([c; 16]),
        conversation: conversation(c),
        queue: Label::parse("GENERAL").unwrap(),
        verified,
        passed: false,
        address: None,
    }))
}

fn require(scene: &mut Scene, required: bool) -> Vec<Effect> {
    let change = Change {
        require_verification: Some(required),
        ..Change::default()
    };
    let by = agent(EVE);
    scene.take(Input::Configure { by, change })
}

/// Who is told, and what.
fn told(effects: &[Effect]) -> Vec<(u8, bool)> {
    let told = effects.iter().filter_map(|effect| {
        if let Effect::Instruct {
            conversation,
            instruction: Instruction::NeedVerified(required),
            ..
        } = effect
        {
            Some((conversation.bytes()[0], *required))
        } else {
            None
        }
    });
    told.collect()
}

/// Everything but the rows is lost.
fn restart(scene: &mut Scene) {
    let ledger = scene.space.ledger.as_ref().unwrap();
    let head = Row::Space {
        space: ledger.space.clone(),
        settings: ledger.settings.clone(),
        offers_made: ledger.offers_made,
        zones: ledger.zones.clone(),
        rounds_at: at(0),
    };
    let duties = ledger.roster.values();
    let agents = duties.map(|duty| Row::Agent(duty.agent.clone()));
    let items = ledger.items.values().cloned().map(Row::Item);
    let doors = Row::Doors(ledger.doors.clone());
    let rows: Vec<Row> = [head, doors]
        .into_iter()
        .chain(agents)
        .chain(items)
        .collect();
    scene.space = Space::restore(rows, [], at(scene.now));
}

fn scene() -> Scene {
    Scene::with(&[ADA, EVE])
}

#[test]
fn r160_i5_an_admin_makes_two_keys_and_retires_them() {
    let mut scene = scene();
    assert_eq!(make(&mut scene, 1, ADA), Some(Refusal::Forbidden));
    assert_eq!(make(&mut scene, 1, EVE), None);
    assert_eq!(make(&mut scene, 1, EVE), None, "a repeat");
    assert_eq!(make(&mut scene, 2, EVE), None);
    let limit = IDENTITY_KEYS_MAX;
    assert_eq!(make(&mut scene, 3, EVE), Some(Refusal::TooMany { limit }));
    assert_eq!(retire(&mut scene, 1, ADA), Some(Refusal::Forbidden));
    let names = |scene: &Scene| {
        let keys = scene.space.identity_keys().iter();
        keys.map(|key| key.id.bytes()[0]).collect::<Vec<_>>()
    };
    assert_eq!(names(&scene), [1, 2]);
    assert_eq!(retire(&mut scene, 1, EVE), None);
    assert_eq!(make(&mut scene, 3, EVE), None);
    assert_eq!(names(&scene), [2, 3]);
    restart(&mut scene);
    assert_eq!(names(&scene), [2, 3]);
}

#[test]
fn r161_r162_only_admins_read_of_keys_and_a_key_stands_until_it_is_retired() {
    let mut scene = scene();
    make(&mut scene, 1, EVE);
    let id = WayId::from_bytes([1; 16]);
    let refused = scene.space.identity_keys_for(agent(ADA));
    assert_eq!(refused, Err(Refusal::Forbidden));
    assert!(scene.space.identity_keys_for(agent(EVE)).is_ok());
    assert!(scene.space.has_identity_key(id));
    retire(&mut scene, 1, EVE);
    assert!(!scene.space.has_identity_key(id));
}

#[test]
fn r163_sec_i3_01_where_verification_is_required_only_verified_customers_begin() {
    let mut scene = scene();
    assert_eq!(admit(&mut scene, 1, false), None);
    require(&mut scene, true);
    let refusal = Some(Refusal::VerificationRequired);
    assert_eq!(admit(&mut scene, 2, false), refusal);
    assert_eq!(admit(&mut scene, 3, true), None);
    assert_eq!(admit(&mut scene, 1, false), None, "what was not answered");
    require(&mut scene, false);
    assert_eq!(admit(&mut scene, 2, false), None);
}

#[test]
fn r164_sec_i3_01_open_conversations_are_told_until_their_reports_say_that_they_know() {
    let mut scene = scene();
    for c in [1, 2, 3] {
        scene.waits(c);
    }
    let verified = Report {
        verified: true,
        ..report(3, 9, 0, Standing::Waiting)
    };
    scene.take(Input::Reported(verified));
    assert_eq!(told(&require(&mut scene, true)), [(1, true), (2, true)]);
    let knows = |c: u8, revision: u64, needs_verified: bool| {
        Input::Reported(Report {
            needs_verified,
            ..report(c, revision, 0, Standing::Waiting)
        })
    };
    scene.take(knows(1, 20, true));
    scene.now += 2_000;
    assert_eq!(told(&scene.take(Input::Tick)), [(2, true)], "again");
    restart(&mut scene);
    assert_eq!(told(&scene.take(Input::Tick)), [(2, true)], "after a wake");
    let told_back = told(&require(&mut scene, false));
    assert_eq!(told_back, [(1, false)], "the other never knew");
    scene.take(knows(1, 21, false));
    scene.now += 60_000;
    assert_eq!(told(&scene.take(Input::Tick)), []);
    // Who comes late with a report of before is told, too.
    require(&mut scene, true);
    scene.take(knows(2, 30, true));
    scene.take(knows(1, 30, true));
    scene.now += 60_000;
    assert_eq!(told(&scene.take(Input::Tick)), []);
    let late = scene.take(knows(4, 3, false));
    assert_eq!(told(&late), [(4, true)]);
}
