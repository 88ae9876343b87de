//! R123 to R125: blocked visitors (P21).

use super::*;
use crate::space::BLOCKS_MAX;
use crate::text::Title;

fn block(scene: &mut Scene, by: u8, c: u8, for_s: Option<u32>) -> Result<(), Refusal> {
    let reason = Title::parse("Insults").ok();
    let conversation = conversation(c);
    let command = Command::Block {
        conversation,
        reason,
        for_s,
    };
    answer(&ask(scene, by, command))
}

fn unblock(scene: &mut Scene, by: u8, visitor: u8) -> Result<(), Refusal> {
    let visitor = VisitorId::from_bytes([visitor; 16]);
    answer(&ask(scene, by, Command::Unblock { visitor }))
}

fn ask(scene: &mut Scene, by: u8, command: Command) -> Vec<Effect> {
    scene.take(Input::Asked {
        agent: agent(by),
        id: command_id(1),
        command,
    })
}

fn answer(effects: &[Effect]) -> Result<(), Refusal> {
    for effect in effects {
        if let Effect::Replied { reply, .. } = effect {
            return reply.clone();
        }
    }
    panic!("{effects:?}")
}

/// Which conversations are told to end.
fn ends(effects: &[Effect]) -> Vec<ConversationId> {
    let mut ends = Vec::new();
    for effect in effects {
        if let Effect::Instruct {
            conversation,
            instruction: Instruction::End,
            ..
        } = effect
        {
            ends.push(*conversation);
        }
    }
    ends
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
    assert_eq!(unblock(&mut scene, DOT, 9), Err(Refusal::IdUnknown));
    assert_eq!(scene.space.blocks(agent(DOT)).unwrap().len(), 1);
    assert_eq!(unblock(&mut scene, DOT, 1), Ok(()));
    assert_eq!(unblock(&mut scene, DOT, 1), Err(Refusal::IdUnknown));
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
    use crate::space::BLOCK_MAX_S;
    let cases = [
        (None, true),
        (Some(0), false),
        (Some(1), true),
        (Some(BLOCK_MAX_S), true),
        (Some(BLOCK_MAX_S + 1), false),
        (Some(u32::MAX), false),
    ];
    for (for_s, is_one) in cases {
        let mut scene = scene();
        let blocked = block(&mut scene, DOT, 1, for_s);
        assert_eq!(blocked.is_ok(), is_one, "{for_s:?}");
        if let Err(refusal) = blocked {
            assert_eq!(refusal.code(), "setting_invalid");
            assert!(scene.space.blocks(agent(DOT)).unwrap().is_empty());
        }
    }
}

#[test]
fn r200_p21_an_open_conversation_of_who_is_blocked_is_told_to_end_until_it_has() {
    let mut scene = Scene::with(&[ADA, DOT, EVE]);
    scene.waits(1);
    let effects = ask(
        &mut scene,
        DOT,
        Command::Block {
            conversation: conversation(1),
            reason: None,
            for_s: None,
        },
    );
    assert_eq!(ends(&effects), [conversation(1)], "in the same turn");
    assert_eq!(ends(&scene.wait(1_999)), []);
    assert_eq!(ends(&scene.wait(1)), [conversation(1)], "again");
    // A crash forgets when it was told, and not that it is owed.
    let ledger = scene.space.ledger.as_ref().unwrap();
    let agents = ledger
        .roster
        .values()
        .map(|it| Row::Agent(it.agent.clone()));
    let items = ledger.items.values().cloned().map(Row::Item);
    let head = Row::Space {
        space: ledger.space.clone(),
        settings: ledger.settings.clone(),
        offers_made: ledger.offers_made,
        zones: ledger.zones.clone(),
        rounds_at: at(0),
    };
    let doors = Row::Doors(ledger.doors.clone());
    let rows: Vec<Row> = [head, doors]
        .into_iter()
        .chain(agents)
        .chain(items)
        .collect();
    scene.space = Space::restore(rows, [], at(scene.now));
    assert_eq!(ends(&scene.wait(1)), [conversation(1)], "after a restore");
    let rest = scene.closed(1, 3, 0);
    assert_eq!(ends(&rest), []);
    assert_eq!(ends(&scene.wait(600_000)), [], "it has ended");
    scene.space.audit().unwrap();
}

#[test]
fn r200_what_is_reported_later_is_owed_its_end_until_the_block_is_over() {
    let mut scene = scene();
    admit(&mut scene, 1, 2).unwrap();
    block(&mut scene, DOT, 1, Some(60)).unwrap();
    // It was let in before, and tells of itself only then.
    let mut late = report(2, 2, 0, Standing::Waiting);
    late.visitor = VisitorId::from_bytes([1; 16]);
    let effects = scene.take(Input::Reported(late));
    assert_eq!(ends(&effects), [conversation(2)]);
    let effects = scene.wait(60_000);
    assert_eq!(ends(&effects), [], "the block is over");
    assert!(scene.space.blocks(agent(DOT)).unwrap().is_empty());
    assert_eq!(ends(&scene.wait(60_000)), []);
    block(&mut scene, DOT, 2, None).unwrap();
    assert_eq!(ends(&scene.wait(2_000)), [conversation(2)]);
    unblock(&mut scene, DOT, 1).unwrap();
    assert_eq!(ends(&scene.wait(60_000)), [], "taken back");
    scene.space.audit().unwrap();
}
