//! Rules that other tests lean on without naming them: R2, R3, R5, R44, R74, R75, R92, R94.

use super::*;
use crate::settings::{Change, Reason, Resolution};
use crate::space::{List, Query};
use crate::text::Title;

fn label(text: &str) -> Label {
    Label::parse(text).unwrap()
}

fn title(text: &str) -> Title {
    Title::parse(text).unwrap()
}

/// The settings change, at an admin's word.
fn configure(scene: &mut Scene, change: Change) -> Vec<Effect> {
    let ledger = scene.space.ledger.as_mut().unwrap();
    ledger.change_duty(agent(EVE), |duty| duty.agent.role = Role::Admin);
    let by = agent(EVE);
    scene.take(Input::Configure { by, change })
}

#[test]
fn r2_a_fence_is_saved_before_it_leaves_and_only_an_answer_makes_it_an_assignment() {
    let mut scene = Scene::with(&[ADA]);
    scene.waits(1);
    let effects = scene.accept(ADA, 1, 1);
    let place = |is: &dyn Fn(&Effect) -> bool| effects.iter().position(is).unwrap();
    let saved =
        place(&|effect| matches!(effect, Effect::Save(Row::Item(item)) if item.fence == Fence(1)));
    let sent = place(&|effect| matches!(effect, Effect::Instruct { .. }));
    assert!(saved < sent, "{effects:?}");
    assert!(!scene.is_held(1), "proposed is not committed");
    scene.answer(1, 1, Outcome::Done, report(1, 3, 1, active(ADA)));
    assert!(scene.is_held(1));
}

#[test]
fn r3_an_alarm_that_is_late_early_or_doubled_changes_nothing() {
    // What falls due is settled by whatever comes first: here a heartbeat's turn, a report and
    // the alarm itself give the same.
    let outcomes = [false, true].map(|rings| {
        let mut scene = Scene::with(&[ADA, BEN]);
        scene.waits(1);
        if rings {
            scene.pass(60_000);
            scene.take(Input::Tick);
            scene.take(Input::Tick);
            scene.pass(60_000);
            scene.take(Input::Tick);
            scene.take(Input::Tick);
        } else {
            scene.pass(60_000);
            scene.beat();
            scene.pass(60_000);
        }
        scene.waits(2);
        let ada = scene.is_available(ADA);
        (scene.offered(1), scene.offered(2), ada)
    });
    assert_eq!(outcomes[0], outcomes[1]);
    assert_eq!(outcomes[0], (Some((BEN, 2)), None, false));
}

#[test]
fn r5_who_can_be_offered_something() {
    type Condition = fn(&mut Scene);
    let cases: [(&str, Condition, bool); 9] = [
        ("on duty", |_| (), true),
        (
            "unavailable",
            |scene| {
                scene.set_available(ADA, false);
            },
            false,
        ),
        (
            "without a console",
            |scene| {
                scene.leave(ADA);
            },
            false,
        ),
        (
            "of another queue",
            |scene| scene.serve(ADA, &["returns"]),
            false,
        ),
        (
            "of this queue",
            |scene| scene.serve(ADA, &["GENERAL"]),
            true,
        ),
        (
            "with an open offer",
            |scene| {
                scene.waits(9);
            },
            false,
        ),
        (
            "without a free slot",
            |scene| {
                for c in [7, 8] {
                    scene.take(Input::Reported(report(c, 3, 1, active(ADA))));
                }
            },
            false,
        ),
        (
            "with one free slot",
            |scene| {
                scene.take(Input::Reported(report(8, 3, 1, active(ADA))));
            },
            true,
        ),
        (
            "deactivated",
            |scene| {
                let (agent, active) = (agent(ADA), false);
                let by = None;
                scene.take(Input::SetActive { by, agent, active });
            },
            false,
        ),
    ];
    for (case, condition, is_offered) in cases {
        let mut scene = Scene::with_limit(&[ADA], 2);
        condition(&mut scene);
        scene.waits(1);
        let offered = scene.offered(1).map(|(n, _)| n);
        assert_eq!(offered, is_offered.then_some(ADA), "{case}");
    }
}

#[test]
fn r44_the_log_is_told_what_was_taken_and_what_was_accepted() {
    let is_taken = |effects: &[Effect]| -> Vec<bool> {
        let instructions = instructions(effects).into_iter();
        instructions
            .filter_map(|instruction| match instruction {
                Instruction::Assign(assignment) => Some(assignment.taken),
                Instruction::Describe
                | Instruction::Place(_)
                | Instruction::Dismiss(_)
                | Instruction::NeedVerified(_)
                | Instruction::Erase
                | Instruction::End => None,
            })
            .collect()
    };
    let mut scene = Scene::with(&[ADA, BEN]);
    scene.waits(1);
    assert_eq!(is_taken(&scene.accept(ADA, 1, 1)), [false]);
    scene.waits(2);
    assert_eq!(is_taken(&scene.assign_to_me(ADA, 2)), [true], "F55");
}

#[test]
fn r74_a_confirmation_brings_the_lists_to_whoever_knows_older_ones() {
    let mut scene = Scene::with(&[ADA, EVE]);
    let brought = |scene: &mut Scene, c: u8, lists: u32| {
        let report = report(c, 2, 0, Standing::Waiting);
        let effects = scene.take(Input::Reported(Report { lists, ..report }));
        effects.into_iter().find_map(|effect| {
            if let Effect::Confirmed { lists, .. } = effect {
                return lists.map(|lists| lists.number);
            }
            None
        })
    };
    assert_eq!(brought(&mut scene, 1, 0), None);
    let reasons = Some(
        [Reason {
            id: label("left"),
            name: title("Left"),
        }]
        .into(),
    );
    configure(
        &mut scene,
        Change {
            reasons,
            ..Change::default()
        },
    );
    assert_eq!(brought(&mut scene, 2, 0), Some(1));
    assert_eq!(brought(&mut scene, 3, 1), None, "it has them");
}

#[test]
fn r75_d12_who_changes_a_resolution_reads_how_many_work_items_use_it() {
    let mut scene = Scene::with(&[ADA, EVE]);
    for c in 1..=3 {
        scene.closed(c, 4, 0);
    }
    let mut resolutions = scene.space.settings().unwrap().resolutions.clone();
    let renamed = |known: &Resolution| known.id.as_str() == "resolved";
    let place = resolutions.iter().position(renamed).unwrap();
    resolutions[place].name = title("Sorted out");
    let change = Change {
        resolutions: Some(resolutions),
        ..Change::default()
    };
    let effects = configure(&mut scene, change);
    let in_use = effects.iter().find_map(|effect| {
        if let Effect::Configured { in_use } = effect {
            return Some(in_use.resolutions.clone());
        }
        None
    });
    let uses = in_use.unwrap();
    assert_eq!(uses.get(&label("resolved")), Some(&3));
    assert_eq!(uses.len(), 1, "what stays as it was is nobody's business");
}

#[test]
fn r92_a_repeat_is_judged_by_how_things_stand() {
    let mut scene = Scene::with(&[ADA, BEN]);
    scene.waits(1);
    let accept = Command::Accept {
        conversation: conversation(1),
        fence: Fence(1),
    };
    scene.ask_as(ADA, 9, accept.clone());
    scene.answer(1, 1, Outcome::Done, report(1, 3, 1, active(ADA)));
    // While it has what it asked for, a repeat is done and changes nothing.
    let ledger = scene.space.ledger.clone();
    let again = scene.ask_as(ADA, 9, accept.clone());
    assert_eq!(done(&again), Some(command_id(9)));
    assert_eq!(scene.space.ledger, ledger);
    // Another command under the same id is another command.
    let available = Command::SetAvailable {
        available: false,
        for_chats: None,
    };
    assert_eq!(done(&scene.ask_as(ADA, 9, available)), Some(command_id(9)));
    assert!(!scene.is_available(ADA));
    // Afterwards it comes late like any other.
    scene.closed(1, 5, 1);
    let late = scene.ask_as(ADA, 9, accept);
    assert!(refusal(&late).is_some());
}

#[test]
fn r94_every_item_stands_in_one_list() {
    let mut scene = Scene::with(&[ADA, DOT]);
    let all = [List::Waiting, List::Active, List::WrappingUp, List::Closed];
    let standings = [
        Standing::Waiting,
        active(ADA),
        wrapping_up(ADA),
        Standing::Waiting,
    ];
    for (c, standing) in (1..).zip(standings) {
        scene.take(Input::Reported(report(c, 3, 1, standing)));
    }
    scene.closed(4, 5, 1);
    let ids = all.map(|list| -> Vec<u8> {
        let query = Query {
            list,
            queue: None,
            after: None,
        };
        let page = scene.space.page(agent(DOT), &query).unwrap();
        let rows = page.items.iter();
        rows.map(|row| row.conversation.bytes()[0]).collect()
    });
    assert_eq!(ids, [vec![1], vec![2], vec![3], vec![4]]);
}
