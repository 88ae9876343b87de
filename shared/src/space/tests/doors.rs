//! R140 to R145, R150 and R192: invitations, API tokens, and sessions that end.

use super::*;
use crate::account::{Shown, Way, Wish};
use crate::id::WayId;
use crate::space::{
    AgentChange, ApiKey, Door, INVITATION_LIFE, INVITATIONS_MAX, Invitation, KEY_LIFE_MAX,
    KEYS_MAX, Opened, Proof, Scope,
};
use crate::text::{EmailAddress, Title};

const ZOE: u8 = 9;

fn way(n: u8) -> Way {
    Way::of([n; 32])
}

fn attempt(n: u8) -> WayId {
    WayId::from_bytes([n; 16])
}

fn email() -> EmailAddress {
    EmailAddress::parse("zoe@shop.example").unwrap()
}

fn open(scene: &mut Scene, door: Door) -> Result<Opened, Refusal> {
    let effects = scene.take(Input::Door(door)).into_iter();
    let mut answers = effects.filter_map(|effect| {
        if let Effect::Opened(opened) = effect {
            Some(Ok(opened))
        } else if let Effect::Denied(refusal) = effect {
            Some(Err(refusal))
        } else {
            None
        }
    });
    answers.next().unwrap()
}

fn invitation(n: u8) -> Invitation {
    Invitation {
        way: way(n),
        sent: Some(way(n + 100)),
        email: Some(email()),
        role: Role::Supervisor,
        queues: None,
        by: agent(ZOE),
        expires_at: at(0),
        used: None,
    }
}

fn invite(scene: &mut Scene, by: u8, n: u8) -> Result<Opened, Refusal> {
    let (by, invitation) = (agent(by), invitation(n));
    open(scene, Door::Invite { by, invitation })
}

fn accept(scene: &mut Scene, who: u8, proof: Proof, n: u8) -> Result<Opened, Refusal> {
    open(
        scene,
        Door::Accept {
            agent: agent(who),
            name: name("Zoe"),
            by: proof,
            attempt: attempt(n),
        },
    )
}

fn key(n: u8, by: u8, scope: Scope) -> ApiKey {
    ApiKey {
        way: way(n),
        name: Title::parse("Reports").unwrap(),
        agent: agent(by),
        scope,
        made_at: at(0),
        expires_at: at(u64::MAX / 2),
        used_at: None,
        departures: 7,
    }
}

fn use_key(scene: &mut Scene, n: u8) -> Result<(u8, Role, Scope), Refusal> {
    let opened = open(scene, Door::UseKey(way(n)))?;
    let Opened::Key(Person::Agent { agent, role, .. }, scope) = opened else {
        panic!("{opened:?}");
    };
    Ok((agent.bytes()[0], role, scope))
}

fn set_active(scene: &mut Scene, n: u8, active: bool) {
    let (by, agent) = (None, agent(n));
    scene.take(Input::SetActive { by, agent, active });
}

#[test]
fn sec_r1_02_r140_only_admins_open_doors() {
    for (who, expected) in [
        (ADA, Err(Refusal::Forbidden)),
        (DOT, Err(Refusal::Forbidden)),
        (77, Err(Refusal::Forbidden)),
        (EVE, Ok(Opened::Done)),
    ] {
        let mut scene = Scene::with(&[ADA, DOT, EVE]);
        assert_eq!(invite(&mut scene, who, 1), expected, "{who}");
        let made = open(&mut scene, Door::MakeKey(key(50, who, Scope::Read)));
        assert_eq!(made, expected, "{who}");
        let (by, id) = (agent(who), way(1).id);
        assert_eq!(open(&mut scene, Door::Revoke { by, id }), expected, "{who}");
        assert_eq!(
            scene.space.doors(agent(who)).is_ok(),
            expected.is_ok(),
            "{who}"
        );
    }
}

#[test]
fn r140_there_are_not_too_many_doors() {
    let mut scene = Scene::with(&[EVE]);
    let wide = |n: u32| {
        let mut hash = [0; 32];
        hash[..4].copy_from_slice(&n.to_be_bytes());
        Way::of(hash)
    };
    for n in 0..=INVITATIONS_MAX {
        let by = agent(EVE);
        let invitation = Invitation {
            way: wide(n),
            sent: None,
            ..invitation(1)
        };
        let limit = INVITATIONS_MAX;
        let expected = if n < limit {
            Ok(Opened::Done)
        } else {
            Err(Refusal::TooMany { limit })
        };
        assert_eq!(open(&mut scene, Door::Invite { by, invitation }), expected);
    }
    for n in 0..=KEYS_MAX {
        let key = ApiKey {
            way: wide(n + 1_000),
            ..key(1, EVE, Scope::Read)
        };
        let limit = KEYS_MAX;
        let expected = if n < limit {
            Ok(Opened::Done)
        } else {
            Err(Refusal::TooMany { limit })
        };
        assert_eq!(open(&mut scene, Door::MakeKey(key)), expected);
    }
}

#[test]
fn f28_f29_r142_r143_who_accepts_is_listed_from_the_first_connection() {
    let mut scene = Scene::with(&[EVE]);
    assert_eq!(invite(&mut scene, EVE, 1), Ok(Opened::Done));
    let joined = accept(&mut scene, ZOE, Proof::Link(way(1)), 1);
    assert_eq!(joined, Ok(Opened::Joined(None)), "copied: not the address");
    let row = scene.space.agent(agent(ZOE)).unwrap();
    assert_eq!((row.role, row.unseen), (Role::Supervisor, true));
    assert_eq!(scene.space.colleagues(agent(EVE)).unwrap().len(), 1);
    scene.connect(ZOE);
    assert_eq!(scene.space.colleagues(agent(EVE)).unwrap().len(), 2);
    scene.leave(ZOE);
    assert_eq!(scene.space.colleagues(agent(EVE)).unwrap().len(), 2);
}

#[test]
fn r192_r230_admins_are_mailed_where_an_invitation_has_reached_them() {
    let admin = |n: u8, email: &str| Invitation {
        role: Role::Admin,
        email: EmailAddress::parse(email).ok(),
        ..invitation(n)
    };
    let cases = [
        (
            "sent",
            Proof::Link(way(101)),
            Role::Admin,
            vec!["zoe@shop.example"],
        ),
        ("copied", Proof::Link(way(1)), Role::Admin, vec![]),
        (
            "no admin any more",
            Proof::Link(way(101)),
            Role::Agent,
            vec![],
        ),
    ];
    for (case, proof, role, expected) in cases {
        let mut scene = Scene::with(&[EVE]);
        let (by, invitation) = (agent(EVE), admin(1, "zoe@shop.example"));
        open(&mut scene, Door::Invite { by, invitation }).unwrap();
        accept(&mut scene, ZOE, proof, 1).unwrap();
        scene.take(Input::SetAgent {
            by,
            agent: agent(ZOE),
            change: AgentChange {
                role: Some(role),
                ..AgentChange::default()
            },
        });
        let told = scene.space.admin_addresses();
        let told: Vec<_> = told.iter().map(EmailAddress::as_str).collect();
        assert_eq!(told, expected, "{case}");
    }
    let mut scene = Scene::with(&[EVE]);
    let (by, invitation) = (agent(EVE), admin(1, "zoe@shop.example"));
    open(&mut scene, Door::Invite { by, invitation }).unwrap();
    accept(&mut scene, ZOE, Proof::Link(way(101)), 1).unwrap();
    set_active(&mut scene, ZOE, false);
    assert_eq!(
        scene.space.admin_addresses(),
        [],
        "who has left is told nothing"
    );
}

#[test]
fn sec_g7_01_r141_r144_an_invitation_is_good_once_and_in_time() {
    let over = Err(Refusal::LinkOver);
    let life = u64::try_from(INVITATION_LIFE.as_millis()).unwrap();
    let cases = [
        (
            "the copied link",
            Proof::Link(way(1)),
            0,
            Ok(Opened::Joined(None)),
        ),
        (
            "the sent link",
            Proof::Link(way(101)),
            0,
            Ok(Opened::Joined(Some(email()))),
        ),
        (
            "the address",
            Proof::Address(way(1).id, email()),
            0,
            Ok(Opened::Joined(Some(email()))),
        ),
        (
            "the last moment",
            Proof::Link(way(1)),
            life - 1,
            Ok(Opened::Joined(None)),
        ),
        ("late", Proof::Link(way(1)), life, over.clone()),
        ("another one", Proof::Link(way(2)), 0, over.clone()),
        ("the hash of nothing", Proof::Link(way(0)), 0, over.clone()),
        (
            "another address",
            Proof::Address(way(1).id, EmailAddress::parse("eve@shop.example").unwrap()),
            0,
            over.clone(),
        ),
        (
            "by the id of the sent link",
            Proof::Address(way(101).id, email()),
            0,
            over.clone(),
        ),
    ];
    for (case, proof, later, expected) in cases {
        let mut scene = Scene::with(&[EVE]);
        invite(&mut scene, EVE, 1).unwrap();
        scene.now += later;
        let before = scene.space.doors(agent(EVE)).unwrap().clone();
        let accepted = accept(&mut scene, ZOE, proof.clone(), 1);
        assert_eq!(accepted, expected, "{case}");
        if accepted.is_err() {
            assert_eq!(scene.space.doors(agent(EVE)).unwrap(), &before, "{case}");
            assert!(scene.space.agent(agent(ZOE)).is_none(), "{case}");
            continue;
        }
        let again = accept(&mut scene, ZOE, proof.clone(), 1);
        assert_eq!(again, accepted, "{case}: the same call once more");
        for (who, n) in [(ZOE, 2), (CYD, 1)] {
            assert_eq!(
                accept(&mut scene, who, proof.clone(), n),
                over,
                "{case}: used"
            );
        }
        assert!(scene.space.agent(agent(CYD)).is_none(), "{case}");
    }
}

#[test]
fn r141_an_invitation_that_was_taken_back_is_over() {
    let mut scene = Scene::with(&[EVE]);
    invite(&mut scene, EVE, 1).unwrap();
    let (by, id) = (agent(EVE), way(1).id);
    assert_eq!(open(&mut scene, Door::Revoke { by, id }), Ok(Opened::Done));
    let accepted = accept(&mut scene, ZOE, Proof::Link(way(1)), 1);
    assert_eq!(accepted, Err(Refusal::LinkOver));
}

#[test]
fn r142_an_invitation_changes_no_member_and_lets_nobody_back_in() {
    let mut scene = Scene::with(&[ADA, BEN, EVE]);
    set_active(&mut scene, BEN, false);
    invite(&mut scene, EVE, 1).unwrap();
    let refused = accept(&mut scene, BEN, Proof::Link(way(1)), 1);
    assert_eq!(refused, Err(Refusal::Forbidden));
    let before = scene.space.agent(agent(ADA)).unwrap().clone();
    let accepted = accept(&mut scene, ADA, Proof::Link(way(1)), 2);
    assert_eq!(accepted, Ok(Opened::Joined(None)));
    assert_eq!(scene.space.agent(agent(ADA)).unwrap(), &before);
}

#[test]
fn sec_g6_r145_an_api_token_acts_as_its_agent_is_now_and_ends_with_the_agent() {
    let mut scene = Scene::with(&[DOT, EVE]);
    let revoked = Err(Refusal::TokenRevoked);
    assert_eq!(use_key(&mut scene, 50), revoked);
    open(&mut scene, Door::MakeKey(key(50, EVE, Scope::Write))).unwrap();
    assert_eq!(
        use_key(&mut scene, 50),
        Ok((EVE, Role::Admin, Scope::Write))
    );
    let change = AgentChange {
        role: Some(Role::Admin),
        ..AgentChange::default()
    };
    let set = |scene: &mut Scene, by: u8, n: u8, change: AgentChange| {
        let (by, agent) = (agent(by), agent(n));
        scene.take(Input::SetAgent { by, agent, change });
    };
    set(&mut scene, EVE, DOT, change.clone());
    let change = AgentChange {
        role: Some(Role::Agent),
        ..change
    };
    set(&mut scene, DOT, EVE, change);
    assert_eq!(
        use_key(&mut scene, 50),
        Ok((EVE, Role::Agent, Scope::Write))
    );
    set_active(&mut scene, EVE, false);
    assert_eq!(use_key(&mut scene, 50), revoked);
    set_active(&mut scene, EVE, true);
    assert_eq!(use_key(&mut scene, 50), revoked, "for good");
}

#[test]
fn r145_an_api_token_ends_after_a_year_at_most_and_notes_its_use() {
    let mut scene = Scene::with(&[EVE]);
    open(&mut scene, Door::MakeKey(key(50, EVE, Scope::Read))).unwrap();
    let used_at = |scene: &Scene| scene.space.doors(agent(EVE)).unwrap().keys[0].used_at;
    assert_eq!(used_at(&scene), None);
    let first = scene.now;
    for (later, noted) in [(0, 0), (599_999, 0), (1, 600_000)] {
        scene.now += later;
        assert!(use_key(&mut scene, 50).is_ok());
        assert_eq!(used_at(&scene), Some(at(first + noted)), "{later}");
    }
    scene.now = first + u64::try_from(KEY_LIFE_MAX.as_millis()).unwrap();
    assert_eq!(use_key(&mut scene, 50), Err(Refusal::TokenRevoked));
}

#[test]
fn sec_g4_01_r150_a_sign_out_begins_a_new_era_once() {
    let mut scene = Scene::with(&[ADA]);
    let sign_out = |scene: &mut Scene, outs: u64| {
        scene.take(Input::Wish(Wish {
            agent: agent(ADA),
            number: 0,
            available: false,
            outs,
            ins: 0,
            shown: Shown::default(),
        }))
    };
    let effects = sign_out(&mut scene, 1);
    assert_eq!(closes(&effects), [(1, CloseCode::Revoked)]);
    assert!(effects.contains(&Effect::Vouched));
    assert_eq!(scene.space.vouch(agent(ADA), 0), Err(Refusal::TokenRevoked));
    assert_eq!(scene.space.vouch(agent(ADA), 1), Ok(()));
    assert!(scene.is_available(ADA), "that is another wish");
    sign_out(&mut scene, 1);
    assert_eq!(scene.space.vouch(agent(ADA), 1), Ok(()), "repeated");
}
