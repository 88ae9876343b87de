//! Every cell of (state of the work item × command × who asks): what becomes of the command, and
//! that one which is refused changes nothing.
//!
//! A new command or state stops the build at [`name_of`] and [`state_of`]: give it its line in
//! [`commands`] or [`states`], then `UPDATE_EXPECT=1 cargo test -p shared` and read the difference
//! in `table/commands.txt`.

use alloc::string::String;

use expect_test::expect_file;

use super::*;

/// Where conversation 1 stands.
type State = (&'static str, fn() -> Scene);

/// Who asks, and in which condition.
type Asker = (&'static str, u8, fn(&mut Scene));

/// What is asked, given who asks and the newest fence.
type Asking = (&'static str, fn(u8, u64) -> Command);

/// Ada, Ben and Cyd are agents, Dot a supervisor, Eve an admin; two slots each.
fn scene(mode: OfferMode) -> Scene {
    Scene::set(&[ADA, BEN, CYD, DOT, EVE], |settings| {
        settings.conversation_limit = 2;
        settings.offer_mode = mode;
        settings.queues = [("returns", false), ("old", true)]
            .map(|(name, closed)| crate::settings::Queue {
                closed,
                ..crate::settings::Queue::new(Label::parse(name).unwrap())
            })
            .into();
    })
}

fn offered() -> Scene {
    let mut scene = scene(OfferMode::Offer);
    scene.waits(1);
    scene
}

fn held() -> Scene {
    let mut scene = offered();
    scene.talk(ADA, 1, 1, 3);
    scene
}

fn transferring() -> Scene {
    let mut scene = held();
    scene.transfer(ADA, 1, to_agent(CYD));
    scene
}

fn states() -> Vec<State> {
    vec![
        ("unknown", || scene(OfferMode::Offer)),
        ("waiting", || {
            let mut scene = scene(OfferMode::Manual);
            scene.waits(1);
            scene
        }),
        ("waiting outside the hours", || {
            let mut scene = scene(OfferMode::Offer);
            let ledger = scene.space.ledger.as_mut().unwrap();
            let name = crate::text::ZoneName::parse("UTC").unwrap();
            let hours = crate::settings::Hours {
                zone: name.clone(),
                week: vec![],
                holidays: vec![],
            };
            ledger.settings.queues.push(crate::settings::Queue {
                hours: Some(hours),
                ..crate::settings::Queue::new(Label::parse("GENERAL").unwrap())
            });
            let zone = crate::settings::Zone {
                offsets: vec![],
                known_until: at(u64::MAX),
            };
            scene.take(Input::Zones([(name, zone)].into()));
            scene.waits(1);
            scene
        }),
        ("resting", || {
            let mut scene = offered();
            for (n, fence) in [(ADA, 1), (BEN, 2), (CYD, 3), (DOT, 4), (EVE, 5)] {
                scene.decline(n, 1, fence);
            }
            scene
        }),
        ("offered to ada", offered),
        ("declined by ada, offered to ben", || {
            let mut scene = offered();
            scene.decline(ADA, 1, 1);
            scene
        }),
        ("accepted by ada", || {
            let mut scene = offered();
            scene.accept(ADA, 1, 1);
            scene
        }),
        ("held by ada", held),
        ("being given back by ada", || {
            let mut scene = held();
            scene.unassign(ADA, 1);
            scene
        }),
        ("given back by ada", || {
            let mut scene = scene(OfferMode::Manual);
            scene.waits(1);
            scene.assign_to_me(ADA, 1);
            scene.answer(1, 1, Outcome::Done, report(1, 3, 1, active(ADA)));
            scene.unassign(ADA, 1);
            scene.answer(1, 2, Outcome::Done, report(1, 4, 2, Standing::Waiting));
            scene
        }),
        ("being taken from ada by dot", || {
            let mut scene = held();
            scene.assign_to_me(DOT, 1);
            scene
        }),
        ("passed on by ada to cyd", transferring),
        ("being taken by cyd", || {
            let mut scene = transferring();
            scene.accept(CYD, 1, 2);
            scene
        }),
        ("wrapping up by ada", || {
            let mut scene = held();
            scene.take(Input::Reported(report(1, 4, 1, wrapping_up(ADA))));
            scene
        }),
        ("closed", || {
            let mut scene = held();
            scene.closed(1, 4, 1);
            scene
        }),
    ]
}

/// The part of the machine that a state of [`states`] is about.
const fn state_of(state: &ItemState) -> &'static str {
    match state {
        ItemState::Waiting { not_before: None } => "waiting",
        ItemState::Waiting {
            not_before: Some(_),
        } => "resting",
        ItemState::Offered { .. } => "offered",
        ItemState::Assigning { to: Some(_), .. } => "assigning",
        ItemState::Assigning { to: None, .. } => "unassigning",
        ItemState::Held => "held",
        ItemState::Transferring { .. } => "transferring",
        ItemState::Gone { .. } => "gone",
    }
}

fn fill(scene: &mut Scene, n: u8) {
    let mut c = 10 * n;
    while scene.used(n) < 2 {
        scene.take(Input::Reported(report(c, 3, 1, active(n))));
        c += 1;
    }
}

fn deactivate(scene: &mut Scene, n: u8) {
    let (agent, active) = (agent(n), false);
    scene.take(Input::SetActive {
        by: None,
        agent,
        active,
    });
}

fn askers() -> Vec<Asker> {
    vec![
        ("ada", ADA, |_| ()),
        ("ben", BEN, |_| ()),
        ("cyd", CYD, |_| ()),
        ("dot", DOT, |_| ()),
        ("eve", EVE, |_| ()),
        ("ada away", ADA, |scene| {
            scene.set_available(ADA, false);
        }),
        ("ben away", BEN, |scene| {
            scene.set_available(BEN, false);
        }),
        ("dot away", DOT, |scene| {
            scene.set_available(DOT, false);
        }),
        ("ada full", ADA, |scene| fill(scene, ADA)),
        ("ben full", BEN, |scene| fill(scene, BEN)),
        ("cyd full", CYD, |scene| fill(scene, CYD)),
        ("dot full", DOT, |scene| fill(scene, DOT)),
        ("ben of another queue", BEN, |scene| {
            scene.serve(BEN, &["returns"]);
        }),
        ("ben deactivated", BEN, |scene| deactivate(scene, BEN)),
        ("ada deactivated", ADA, |scene| deactivate(scene, ADA)),
        ("dot deactivated", DOT, |scene| deactivate(scene, DOT)),
        ("ada while cyd is away", ADA, |scene| {
            scene.set_available(CYD, false);
        }),
        ("ada while cyd is full", ADA, |scene| fill(scene, CYD)),
        ("ada while cyd has no console", ADA, |scene| {
            scene.leave(CYD);
        }),
        ("ada while cyd serves another queue", ADA, |scene| {
            scene.serve(CYD, &["returns"]);
        }),
        ("ada while cyd is deactivated", ADA, |scene| {
            deactivate(scene, CYD)
        }),
    ]
}

fn available(available: bool) -> Command {
    let for_chats = None;
    Command::SetAvailable {
        available,
        for_chats,
    }
}

fn accept(fence: u64) -> Command {
    Command::Accept {
        conversation: conversation(1),
        fence: Fence(fence),
    }
}

fn decline(fence: u64) -> Command {
    Command::Decline {
        conversation: conversation(1),
        fence: Fence(fence),
    }
}

fn pass(to: Target) -> Command {
    Command::Transfer {
        conversation: conversation(1),
        to,
        note: Some(MessageText::parse("He is waiting for the part").unwrap()),
    }
}

fn pass_without_note() -> Command {
    Command::Transfer {
        conversation: conversation(1),
        to: to_agent(CYD),
        note: None,
    }
}

fn commands() -> Vec<Asking> {
    vec![
        ("available", |_, _| available(true)),
        ("unavailable", |_, _| available(false)),
        ("accept", |_, fence| accept(fence)),
        ("accept of an older offer", |_, fence| {
            accept(fence.saturating_sub(1))
        }),
        ("decline", |_, fence| decline(fence)),
        ("decline of an older offer", |_, fence| {
            decline(fence.saturating_sub(1))
        }),
        ("assign to me", |_, _| Command::Take {
            conversation: conversation(1),
        }),
        ("unassign", |_, _| Command::Unassign {
            conversation: conversation(1),
        }),
        ("transfer to cyd", |_, _| pass(to_agent(CYD))),
        ("transfer to ada", |_, _| pass(to_agent(ADA))),
        ("transfer to oneself", |n, _| pass(to_agent(n))),
        ("transfer to nobody", |_, _| pass(to_agent(77))),
        ("transfer without a note", |_, _| pass_without_note()),
        ("transfer to its own queue", |_, _| {
            pass(to_queue("GENERAL"))
        }),
        ("transfer to another queue", |_, _| {
            pass(to_queue("returns"))
        }),
        ("transfer to a closed queue", |_, _| pass(to_queue("old"))),
        ("transfer to no queue", |_, _| pass(to_queue("nowhere"))),
        ("block the visitor", |_, _| Command::Block {
            conversation: conversation(1),
            reason: None,
            for_s: Some(60),
        }),
        ("unblock the visitor", |_, _| Command::Unblock {
            visitor: VisitorId::from_bytes([1; 16]),
        }),
    ]
}

/// The name of a command's table begins with this word.
const fn name_of(command: &Command) -> &'static str {
    match command {
        Command::SetAvailable {
            available: true, ..
        } => "available",
        Command::SetAvailable {
            available: false, ..
        } => "unavailable",
        Command::Accept { .. } => "accept",
        Command::Decline { .. } => "decline",
        Command::Take { .. } => "assign",
        Command::Unassign { .. } => "unassign",
        Command::Transfer { .. } => "transfer",
        Command::Block { .. } => "block",
        Command::Unblock { .. } => "unblock",
    }
}

/// What becomes of a command: `done`, `later`, or `!` and the refusal; `-` when nobody is heard.
fn outcome(mut scene: Scene, n: u8, command: Command) -> String {
    scene.take(Input::Tick);
    let before = scene.space.clone();
    let effects = scene.ask(n, command);
    let id = command_id(scene.commands);
    if let Some(refusal) = refusal(&effects) {
        assert_eq!(before.ledger, scene.space.ledger, "refused: {refusal}");
        assert_eq!(saves(&effects), 0, "refused: {refusal}");
        return alloc::format!("!{}", refusal.code());
    }
    if done(&effects) == Some(id) {
        return "done".into();
    }
    if !scene
        .space
        .ledger
        .as_ref()
        .unwrap()
        .sockets
        .contains_key(&SocketId(n.into()))
    {
        assert_eq!(before.ledger, scene.space.ledger);
        return "-".into();
    }
    "later".into()
}

fn table(asking: Asking) -> String {
    let mut text = alloc::format!("{}\n", asking.0);
    for (state, start) in states() {
        let cells = askers().into_iter().map(|asker| {
            let (_, n, condition) = asker;
            let mut scene = start();
            condition(&mut scene);
            let fence = scene.item(1).map_or(0, |item| item.fence.0);
            let command = asking.1(n, fence);
            assert!(asking.0.starts_with(name_of(&command)));
            (asker, outcome(scene, n, command))
        });
        let cells: Vec<_> = cells.collect();
        text.push_str(&line(state, &cells));
    }
    text
}

/// One line for each state: who gets what, `others` for what most get. Whoever is in another
/// condition is named when that makes a difference.
fn line(state: &str, cells: &[(Asker, String)]) -> String {
    let of = |name: &str| cells.iter().find(|((asker, ..), _)| *asker == name);
    let people = ["ada", "ben", "cyd", "dot", "eve"];
    let of_people = people.map(|name| of(name).unwrap().1.clone());
    let how_many = |cell: &String| of_people.iter().filter(|other| *other == cell).count();
    let usual = of_people.iter().rev().max_by_key(|cell| how_many(cell));
    let usual = usual.unwrap().clone();
    let mut groups: Vec<(String, Vec<&str>)> = vec![];
    for ((asker, ..), cell) in cells {
        let person = asker.split(' ').next().unwrap();
        let is_usual = if person == *asker {
            *cell == usual
        } else {
            *cell == of(person).unwrap().1 || *cell == "-"
        };
        if is_usual {
            continue;
        }
        match groups.iter_mut().find(|(other, _)| other == cell) {
            Some((_, askers)) => askers.push(asker),
            None => groups.push((cell.clone(), vec![asker])),
        }
    }
    let who = if groups.is_empty() { "all" } else { "others" };
    groups.push((usual, vec![who]));
    let words = groups
        .iter()
        .map(|(cell, askers)| alloc::format!("{}: {cell}", askers.join(", ")));
    let words: Vec<_> = words.collect();
    alloc::format!("  {state:33}{}\n", words.join("; "))
}

#[test]
fn r12_the_table_of_state_command_and_agent() {
    let tables = commands().into_iter().map(table);
    let tables: Vec<_> = tables.collect();
    expect_file!["table/commands.txt"].assert_eq(&tables.join("\n"));
}

#[test]
fn r1_every_state_stands_in_the_table() {
    let mut seen: Vec<_> = states()
        .iter()
        .filter_map(|(_, state)| Some(state_of(&state().item(1)?.state)))
        .collect();
    seen.sort_unstable();
    seen.dedup();
    let all = [
        "assigning",
        "gone",
        "held",
        "offered",
        "resting",
        "transferring",
        "unassigning",
        "waiting",
    ];
    assert_eq!(seen, all);
}
