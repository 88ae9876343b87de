//! R123 to R125: blocked visitors (P21).

use super::*;
use crate::space::{BLOCKS_MAX, Door, Opened};
use crate::text::Title;

fn block(scene: &mut Scene, by: u8, c: u8, for_s: Option<u32>) -> Result<(), Refusal> {
    let reason = Title::parse("Insults").ok();
    let effects = scene.take(Input::Door(Door::Block {
        by: agent(by),
        conversation: conversation(c),
        reason,
        for_s,
    }));
    answer(&effects)
}

fn unblock(scene: &mut Scene, by: u8, visitor: u8) -> Result<(), Refusal> {
    let visitor = VisitorId::from_bytes([visitor; 16]);
    let by = agent(by);
    answer(&scene.take(Input::Door(Door::Unblock { by, visitor })))
}

fn answer(effects: &[Effect]) -> Result<(), Refusal> {
    match effects.last() {
        Some(Effect::Opened(Opened::Done | Opened::Nothing)) => Ok(()),
        Some(Effect::Denied(refusal)) => Err(refusal.clone()),
        other => panic!("{other:?}"),
    }
}

/// Whether visitor n may begin conversation c.
fn admit(scene: &mut Scene, n: u8, c: u8) -> Result<(), Refusal> {
    let effects = scene.take(Input::Admit {
        visitor: VisitorId::from_bytes([n; 16]),
        conversation: conversation(c),
        queue: Label::parse("GENERAL").unwrap(),
        address: None,
        verified: false,
        passed: false,
    });
    match effects.last() {
        Some(Effect::Admitted { .. }) => Ok(()),
        Some(Effect::Denied(refusal)) => Err(refusal.clone()),
        other => panic!("{other:?}"),
    }
}

/// Visitor 1 was here, and is gone.
fn scene() -> Scene {
    let mut scene = Scene::with(&[ADA, DOT, EVE]);
    scene.waits(1);
    scene.closed(1, 3, 0);
    scene
}

#[test]
fn r123_p21_supervisors_and_admins_block_whom_the_space_knows() {
    let cases = [
        ("an agent", ADA, 1, Err(Refusal::Forbidden)),
        ("a supervisor", DOT, 1, Ok(())),
        ("an admin", EVE, 1, Ok(())),
        ("a stranger", 77, 1, Err(Refusal::Forbidden)),
        ("nobody's", DOT, 9, Err(Refusal::ConversationUnknown)),
    ];
    for (case, by, c, expected) in cases {
        let mut scene = scene();
        assert_eq!(block(&mut scene, by, c, None), expected, "{case}");
        let is_blocked = expected.is_ok();
        assert_eq!(admit(&mut scene, 1, 2).is_err(), is_blocked, "{case}");
        let reads = scene.space.blocks(agent(by)).map(<[_]>::len);
        assert_eq!(reads.is_ok(), [DOT, EVE].contains(&by), "{case}");
        assert_eq!(unblock(&mut scene, ADA, 1), Err(Refusal::Forbidden));
    }
}

#[test]
fn r124_r125_p21_who_is_blocked_begins_nothing_until_it_is_over() {
    let mut scene = scene();
    block(&mut scene, DOT, 1, Some(3_600)).unwrap();
    assert_eq!(admit(&mut scene, 1, 2), Err(Refusal::Blocked));
    assert_eq!(admit(&mut scene, 2, 3), Ok(()), "another visitor");
    assert_eq!(admit(&mut scene, 1, 1), Ok(()), "a repeat of what stands");
    scene.wait(3_599_999);
    assert_eq!(admit(&mut scene, 1, 2), Err(Refusal::Blocked));
    scene.wait(1);
    assert_eq!(admit(&mut scene, 1, 2), Ok(()));
    // The second block counts, and taking back ends it.
    block(&mut scene, DOT, 1, Some(1)).unwrap();
    block(&mut scene, EVE, 1, None).unwrap();
    assert_eq!(scene.space.blocks(agent(DOT)).unwrap().len(), 1);
    scene.wait(1_000_000_000);
    assert_eq!(unblock(&mut scene, DOT, 9), Ok(()));
    assert_eq!(scene.space.blocks(agent(DOT)).unwrap().len(), 1);
    assert_eq!(unblock(&mut scene, DOT, 1), Ok(()));
    assert_eq!(unblock(&mut scene, DOT, 1), Ok(()), "again");
    let newest = scene.space.newest_act().unwrap();
    assert_eq!((newest.who, newest.n), (Some(agent(DOT)), 5), "{newest:?}");
    assert!(scene.space.blocks(agent(DOT)).unwrap().is_empty());
}

#[test]
fn r123_blocks_have_a_limit_and_outlive_the_memory() {
    let mut scene = scene();
    block(&mut scene, DOT, 1, None).unwrap();
    let ledger = scene.space.ledger.as_mut().unwrap();
    let one = ledger.doors.blocks[0].clone();
    for number in 1..BLOCKS_MAX {
        let mut bytes = [9; 16];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        let visitor = VisitorId::from_bytes(bytes);
        ledger.doors.blocks.push(super::super::Block {
            visitor,
            ..one.clone()
        });
    }
    scene.waits(2);
    let limit = BLOCKS_MAX;
    assert_eq!(
        block(&mut scene, DOT, 2, None),
        Err(Refusal::TooMany { limit })
    );
    assert_eq!(block(&mut scene, DOT, 1, None), Ok(()), "in its own place");
    let doors = scene.space.ledger.as_ref().unwrap().doors.clone();
    let text = serde_json::to_string(&Row::Doors(doors.clone())).unwrap();
    assert_eq!(crate::json::read::<Row>(&text).unwrap(), Row::Doors(doors));
}

#[test]
fn r123_a_block_is_as_long_as_it_may_be() {
    use crate::space::{BLOCK_MAX_S, is_block_span};
    let most = u64::from(BLOCK_MAX_S);
    let cases = [
        (None, true),
        (Some(0), false),
        (Some(1), true),
        (Some(most), true),
        (Some(most + 1), false),
    ];
    for (for_s, is_one) in cases {
        assert_eq!(is_block_span(for_s), is_one, "{for_s:?}");
    }
    let mut scene = scene();
    block(&mut scene, DOT, 1, Some(u32::MAX)).unwrap();
    let until = scene.space.blocks(agent(DOT)).unwrap()[0].until;
    assert_eq!(
        until,
        Some(at(scene.now) + core::time::Duration::from_secs(most))
    );
}
