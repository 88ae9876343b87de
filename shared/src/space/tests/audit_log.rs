//! R180 to R184 and R192: the audit log.

use super::*;
use crate::account::{Shown, Way, Wish};
use crate::settings::Change;
use crate::space::{ApiKey, AuditEntry, AuditQuery, Deed, Door, Invitation, Proof, Scope};
use crate::text::{EmailAddress, Title};

const ZOE: u8 = 9;

fn way(n: u8) -> Way {
    Way::of([n; 32])
}

fn acts(effects: &[Effect]) -> Vec<AuditEntry> {
    let mut acts = Vec::new();
    for effect in effects {
        if let Effect::Save(Row::Audit(act)) = effect {
            acts.push(act.clone());
        }
    }
    acts
}

fn change() -> Change {
    Change {
        live_chat: Some(false),
        offer_s: Some(60),
        ..Change::default()
    }
}

fn configure(by: u8, change: Change) -> Input {
    let by = super::agent(by);
    Input::Configure { by, change }
}

#[test]
fn sec_r1_04_r192_what_is_hard_to_take_back_is_mailed() {
    let mut scene = Scene::with(&[EVE]);
    let origins = Change {
        origins: Some(vec![
            crate::settings::Origin::try_from("https://shop.example".to_owned()).unwrap(),
        ]),
        ..Change::default()
    };
    for (change, expected) in [(change(), false), (origins.clone(), true), (origins, true)] {
        for act in acts(&scene.take(configure(EVE, change))) {
            assert_eq!(act.is_mailed(), expected, "{act:?}");
        }
    }
    assert!(!acts(&scene.take(invite(EVE)))[0].is_mailed());
}

fn invite(by: u8) -> Input {
    Input::Door(Door::Invite {
        by: agent(by),
        invitation: Invitation {
            way: way(1),
            sent: None,
            email: EmailAddress::parse("zoe@shop.example").ok(),
            role: Role::Supervisor,
            queues: None,
            by: agent(by),
            expires_at: at(0),
            used: None,
        },
    })
}

fn accept() -> Input {
    Input::Door(Door::Accept {
        agent: agent(ZOE),
        name: name("Zoe"),
        by: Proof::Link(way(1)),
        attempt: way(7).id,
    })
}

fn make_key(by: u8) -> Input {
    Input::Door(Door::MakeKey(ApiKey {
        way: way(2),
        name: Title::parse("Reports").unwrap(),
        agent: agent(by),
        scope: Scope::Read,
        made_at: at(0),
        expires_at: at(u64::MAX / 2),
        used_at: None,
        departures: 0,
    }))
}

fn sign(ins: u64, outs: u64) -> Input {
    Input::Wish(Wish {
        agent: agent(ADA),
        number: 0,
        available: false,
        outs,
        ins,
        shown: Shown::default(),
    })
}

fn set_role(by: u8) -> Input {
    Input::SetAgent {
        by: agent(by),
        agent: agent(ADA),
        change: AgentChange {
            role: Some(Role::Supervisor),
            ..AgentChange::default()
        },
    }
}

fn set_active(by: u8, active: bool) -> Input {
    Input::SetActive {
        by: Some(agent(by)),
        agent: agent(ADA),
        active,
    }
}

fn add(by: u8) -> Input {
    Input::AddAgent {
        by: agent(by),
        agent: agent_row(BEN),
    }
}

#[test]
fn p25_r180_every_administrative_act_appends_one_entry_and_a_repeat_none() {
    let mut scene = Scene::with(&[ADA, EVE]);
    let revoke = || {
        Input::Door(Door::Revoke {
            by: agent(EVE),
            id: way(2).id,
        })
    };
    type Case = (Input, Deed, u8, &'static str, &'static str);
    let cases: [Case; 11] = [
        (
            configure(EVE, change()),
            Deed::SettingsChanged,
            EVE,
            r#"{"live_chat":true,"offer_s":120}"#,
            r#"{"live_chat":false,"offer_s":60}"#,
        ),
        (add(EVE), Deed::AgentAdded, EVE, "", ""),
        (
            set_role(EVE),
            Deed::AgentChanged,
            EVE,
            r#"{"role":"agent"}"#,
            r#"{"role":"supervisor"}"#,
        ),
        (set_active(EVE, false), Deed::AgentRemoved, EVE, "", ""),
        (set_active(EVE, true), Deed::AgentRestored, EVE, "", ""),
        (
            invite(EVE),
            Deed::Invited,
            EVE,
            "",
            r#"{"role":"supervisor"}"#,
        ),
        (accept(), Deed::InvitationAccepted, ZOE, "", ""),
        (
            make_key(EVE),
            Deed::TokenMade,
            EVE,
            "",
            r#"{"name":"Reports","scope":"read"}"#,
        ),
        (revoke(), Deed::Revoked, EVE, "", ""),
        (sign(1, 0), Deed::SignedIn, ADA, "", ""),
        (sign(1, 1), Deed::SignedOut, ADA, "", ""),
    ];
    let mut before = scene.space.newest_act().unwrap().clone();
    assert_eq!((before.n, before.what), (1, Deed::SpaceCreated));
    for (input, what, who, was, is) in cases {
        let noted = acts(&scene.take(input.clone()));
        let [act] = &noted[..] else {
            panic!("{what:?}: {noted:?}")
        };
        assert_eq!((act.what, act.who), (what, Some(agent(who))));
        let texts = (
            act.before.as_deref().unwrap_or(""),
            act.after.as_deref().unwrap_or(""),
        );
        if what != Deed::AgentAdded {
            assert_eq!(texts, (was, is), "{what:?}");
        }
        assert!(act.follows(Some(&before)), "{what:?}");
        let address = alloc::format!("{act:?}").contains("shop.example");
        assert!(!address, "R183: {act:?}");
        before = act.clone();
        if what != Deed::AgentRestored {
            assert_eq!(acts(&scene.take(input)), [], "{what:?}: a repeat");
        }
    }
}

#[test]
fn r180_what_is_refused_and_what_routes_work_is_no_act() {
    let mut scene = Scene::with(&[ADA, BEN, EVE]);
    for input in [
        configure(ADA, change()),
        set_role(BEN),
        set_active(BEN, false),
        add(ADA),
        invite(ADA),
        make_key(ADA),
        configure(EVE, Change::default()),
    ] {
        assert_eq!(acts(&scene.take(input.clone())), [], "{input:?}");
    }
    let mut quiet = scene.waits(7);
    quiet.extend(scene.ask(
        ADA,
        Command::SetAvailable {
            available: false,
            for_chats: None,
        },
    ));
    assert_eq!(acts(&quiet), []);
}

#[test]
fn r181_the_canonical_form_is_an_array_of_json() {
    let mut scene = Scene::with(&[EVE]);
    let act = acts(&scene.take(configure(EVE, change()))).remove(0);
    let form = alloc::format!(
        r#"[2,{},"{}","settings_changed","settings",{},{},"{}"]"#,
        act.at.millis(),
        agent(EVE),
        r#""{\"live_chat\":true,\"offer_s\":120}""#,
        r#""{\"live_chat\":false,\"offer_s\":60}""#,
        act.prev,
    );
    use sha2::Digest;
    let hash = sha2::Sha256::digest(form.as_bytes());
    let hash: alloc::string::String = hash.iter().map(|b| alloc::format!("{b:02x}")).collect();
    assert_eq!(act.hash, hash);
}

#[test]
fn r181_a_tampered_entry_is_found() {
    let mut scene = Scene::with(&[EVE]);
    let mut log = vec![scene.space.newest_act().unwrap().clone()];
    for seconds in [60, 61, 62] {
        let change = Change {
            offer_s: Some(seconds),
            ..Change::default()
        };
        log.extend(acts(&scene.take(configure(EVE, change))));
    }
    let broken_at = |log: &[AuditEntry]| {
        let mut before = None;
        log.iter().find_map(|act| {
            let is_whole = act.follows(before);
            before = Some(act);
            (!is_whole).then_some(act.n)
        })
    };
    assert_eq!((broken_at(&log), log.len()), (None, 4));
    type Harm = fn(&mut Vec<AuditEntry>);
    let harms: [(&str, Harm, u64); 7] = [
        ("another time", |log| log[1].at = at(1), 2),
        ("nobody did it", |log| log[2].who = None, 3),
        ("another value", |log| log[1].after = Some("{}".into()), 2),
        ("another kind", |log| log[3].what = Deed::SignedIn, 4),
        ("taken out", |log| drop(log.remove(1)), 3),
        ("twice", |log| log.insert(1, log[0].clone()), 1),
        (
            "hashed anew",
            |log| {
                log[1].after = Some("{}".into());
                log[1].hash = log[1].digest();
            },
            3,
        ),
    ];
    for (case, harm, at) in harms {
        let mut log = log.clone();
        harm(&mut log);
        assert_eq!(broken_at(&log), Some(at), "{case}");
    }
}

#[test]
fn r181_r183_a_wake_goes_on_with_the_chain() {
    let mut scene = Scene::with(&[EVE]);
    let act = acts(&scene.take(configure(EVE, change()))).remove(0);
    let settings = scene.space.settings().unwrap().clone();
    let rows = [
        Row::Space {
            space: "demo".parse().unwrap(),
            settings,
            offers_made: 0,
            zones: Default::default(),
            rounds_at: at(0),
        },
        Row::Agent(agent_row(EVE)),
        Row::Audit(act.clone()),
    ];
    scene.space = Space::restore(rows, [], at(scene.now));
    let next = acts(&scene.take(configure(
        EVE,
        Change {
            offer_s: Some(90),
            ..Change::default()
        },
    )));
    assert!(next[0].follows(Some(&act)));
}

#[test]
fn r184_only_admins_read_it_and_filters_narrow_it() {
    let scene = Scene::with(&[ADA, DOT, EVE]);
    for (who, expected) in [
        (ADA, Err(Refusal::Forbidden)),
        (EVE, Ok(())),
        (ZOE, Err(Refusal::Forbidden)),
    ] {
        assert_eq!(scene.space.may_read_acts(agent(who)), expected, "{who}");
    }
    let act = scene.space.newest_act().unwrap();
    let query = AuditQuery::default();
    let cases = [
        (query.clone(), true),
        (
            AuditQuery {
                who: Some(agent(EVE)),
                ..query.clone()
            },
            false,
        ),
        (
            AuditQuery {
                what: Some(Deed::SpaceCreated),
                ..query.clone()
            },
            true,
        ),
        (
            AuditQuery {
                what: Some(Deed::Invited),
                ..query
            },
            false,
        ),
    ];
    for (query, expected) in cases {
        assert_eq!(query.wants(act), expected, "{query:?}");
    }
}
