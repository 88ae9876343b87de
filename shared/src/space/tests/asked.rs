//! R90 to R92: commands without a socket.

use super::*;

/// A state, and how it came about.
type Start = (&'static str, fn() -> Scene);

/// Conversation 1 in every state; Ada has it where somebody has it, and it is offered to her where it
/// is offered.
const STARTS: [Start; 8] = [
    ("nothing", || Scene::with(&[ADA, BEN, DOT])),
    ("waiting", waiting),
    ("offered", || {
        let mut scene = Scene::with(&[ADA, BEN, DOT]);
        scene.waits(1);
        scene
    }),
    ("assigning", || {
        let mut scene = Scene::with(&[ADA, BEN, DOT]);
        scene.waits(1);
        scene.accept(ADA, 1, 1);
        scene
    }),
    ("held", held),
    ("transferring", || {
        let mut scene = held();
        scene.transfer(ADA, 1, to_agent(BEN));
        scene
    }),
    ("wrapping up", || {
        let mut scene = held();
        scene.take(Input::Reported(report(1, 4, 1, wrapping_up(ADA))));
        scene
    }),
    ("gone", || {
        let mut scene = held();
        scene.closed(1, 4, 1);
        scene
    }),
];

fn waiting() -> Scene {
    let mut scene = Scene::set(&[ADA, BEN, DOT], |settings| {
        settings.offer_mode = OfferMode::Manual;
    });
    scene.waits(1);
    scene
}

fn held() -> Scene {
    let mut scene = Scene::with(&[ADA, BEN, DOT]);
    scene.waits(1);
    scene.talk(ADA, 1, 1, 3);
    scene
}

fn commands(scene: &Scene) -> Vec<Command> {
    let conversation = conversation(1);
    let fence = scene.item(1).map_or(Fence(1), |item| item.fence);
    let note = MessageText::parse("He waits for the part").ok();
    let transfer = |to, note| Command::Transfer {
        conversation,
        to,
        note,
    };
    vec![
        Command::SetAvailable {
            available: false,
            for_chats: Some(2),
        },
        Command::Accept {
            conversation,
            fence,
        },
        Command::Accept {
            conversation,
            fence: Fence(99),
        },
        Command::Decline {
            conversation,
            fence,
        },
        Command::Take { conversation },
        Command::Unassign { conversation },
        transfer(to_agent(BEN), note.clone()),
        transfer(to_agent(CYD), note.clone()),
        transfer(to_queue("GENERAL"), note.clone()),
        transfer(to_queue("elsewhere"), note),
        transfer(to_queue("GENERAL"), None),
    ]
}

/// What a frame of a socket and what a call says of the command of that id.
fn answer(effects: &[Effect]) -> Option<Result<(), Refusal>> {
    refusal(effects).map(Err).or(done(effects).map(|_| Ok(())))
}

#[test]
fn r90_every_cell_of_state_command_and_agent_is_answered_alike_by_socket_and_call() {
    let mut refusals = crate::sorted::SortedSet::new();
    for (start, scene) in STARTS {
        let scene = scene();
        for command in commands(&scene) {
            for n in [ADA, BEN, DOT] {
                let case = alloc::format!("{start}: agent {n} {command:?}");
                let mut by_socket = scene.clone();
                let sent = by_socket.ask_as(n, 77, command.clone());
                let mut by_call = scene.clone();
                let asked = by_call.call(n, 77, command.clone());
                assert_eq!(answer(&sent), replied(&asked), "{case}");
                assert_eq!(rows(&by_socket), rows(&by_call), "{case}");
                if let Command::Transfer { .. } = command {
                    let would = scene.space.would_obey(agent(n), &command);
                    let refused = replied(&asked).and_then(Result::err);
                    assert_eq!(would.err(), refused, "{case}: R35");
                }
                if let Some(Err(refusal)) = replied(&asked) {
                    assert_eq!(saves(&asked), 0, "{case}");
                    assert_eq!(rows(&scene), rows(&by_call), "{case}");
                    refusals.insert(refusal.code());
                }
            }
        }
    }
    let expected = [
        "agent_unknown",
        "already_assigned",
        "closed",
        "conversation_unknown",
        "ended",
        "not_assignee",
        "note_required",
        "offer_not_yours",
        "offer_over",
        "queue_unknown",
    ];
    assert_eq!(refusals.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn r90_who_has_left_and_who_was_never_here_is_refused() {
    let mut scene = held();
    let take = || Command::Take {
        conversation: conversation(1),
    };
    let (agent, active) = (agent(BEN), false);
    scene.take(Input::SetActive {
        by: None,
        agent,
        active,
    });
    for n in [BEN, CYD] {
        let effects = scene.call(n, 7, take());
        assert_eq!(replied(&effects), Some(Err(Refusal::Forbidden)), "{n}");
        assert_eq!(saves(&effects), 0, "{n}");
    }
    let mut none = Space::default();
    let input = Input::Asked {
        agent,
        id: command_id(7),
        command: take(),
    };
    let effects = none.handle(at(0), input);
    assert_eq!(replied(&effects), Some(Err(Refusal::SpaceUnknown)));
}

#[test]
fn r90_a_call_needs_no_console_and_is_none() {
    let mut scene = Scene::with(&[ADA]);
    scene.leave(ADA);
    let set = Command::SetAvailable {
        available: true,
        for_chats: None,
    };
    assert_eq!(replied(&scene.call(ADA, 1, set)), Some(Ok(())));
    scene.waits(1);
    assert_eq!(scene.offered(1), None, "Ada is away");
}

#[test]
fn r91_the_answer_that_comes_later_comes_once() {
    type Case = (&'static str, fn() -> Scene, Command, u64);
    let cases: [Case; 3] = [
        (
            "accept",
            STARTS[2].1,
            Command::Accept {
                conversation: conversation(1),
                fence: Fence(1),
            },
            1,
        ),
        (
            "take",
            waiting,
            Command::Take {
                conversation: conversation(1),
            },
            1,
        ),
        (
            "unassign",
            held,
            Command::Unassign {
                conversation: conversation(1),
            },
            2,
        ),
    ];
    for (case, scene, command, fence) in cases {
        let standing = if case == "unassign" {
            Standing::Waiting
        } else {
            active(ADA)
        };
        let mut scene = scene();
        let asked = scene.call(ADA, 7, command.clone());
        assert_eq!(replied(&asked), None, "{case}: later");
        let again = scene.call(ADA, 7, command.clone());
        assert_eq!((replied(&again), saves(&again)), (None, 0), "{case}");
        let other = scene.call(ADA, 8, command.clone());
        let first = replies(&other);
        assert_eq!(first, [(7, Ok(()))], "{case}: whoever asked before");
        let report = report(1, 9, fence, standing);
        let answered = scene.answer(1, fence, Outcome::Done, report.clone());
        assert_eq!(replies(&answered), [(8, Ok(()))], "{case}");
        let repeated = scene.answer(1, fence, Outcome::Done, report);
        assert_eq!(replies(&repeated), [], "{case}: once");
        let late = scene.call(ADA, 8, command);
        assert_eq!(replied(&late), Some(Ok(())), "{case}: R92");
        assert_eq!(saves(&late), 0, "{case}: R92");
    }
}

#[test]
fn r91_a_no_of_the_conversation_comes_later_too() {
    let mut scene = waiting();
    let conversation = conversation(1);
    scene.call(ADA, 7, Command::Take { conversation });
    let effects = scene.answer(1, 1, Outcome::Ended, report(1, 4, 0, closed()));
    assert_eq!(replies(&effects), [(7, Err(Refusal::Ended))]);
}

impl Scene {
    fn call(&mut self, n: u8, id: u8, command: Command) -> Vec<Effect> {
        let (agent, id) = (agent(n), command_id(id));
        self.take(Input::Asked { agent, id, command })
    }
}

/// Every answer to a call, by the id of its command.
fn replies(effects: &[Effect]) -> Vec<(u8, Result<(), Refusal>)> {
    let replies = effects.iter().filter_map(|effect| {
        let Effect::Replied { id, reply, .. } = effect else {
            return None;
        };
        Some((id.bytes()[0], reply.clone()))
    });
    replies.collect()
}

fn rows(scene: &Scene) -> (Vec<Item>, Vec<Agent>) {
    let space = &scene.space;
    let agents = space.agents();
    (space.items().cloned().collect(), agents.cloned().collect())
}
