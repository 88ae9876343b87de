//! R19 to R21: who has a live console.

use super::*;

#[test]
fn r19_a_silent_console_counts_as_gone_after_150_seconds() {
    let mut scene = Scene::with(&[ADA]);
    scene.now += 149_999;
    scene.waits(1);
    assert_eq!(scene.offered(1), Some((ADA, 1)));
    let mut scene = Scene::with(&[ADA]);
    assert_eq!(scene.space.next_deadline(), Some(at(scene.now + 150_000)));
    scene.now += 150_000;
    let effects = scene.waits(1);
    assert_eq!(closes(&effects), [(1, CloseCode::Slow)]);
    assert_eq!(scene.offered(1), None);
}

#[test]
fn r21_a_heartbeat_that_nobody_saw_keeps_a_console_alive() {
    let mut scene = Scene::with(&[ADA, BEN]);
    scene.now += 170_000;
    for n in [ADA, BEN] {
        let effects = scene.take(Input::Heard {
            socket: SocketId(n.into()),
            at: at(scene.now - 20_000),
        });
        assert_eq!(closes(&effects), [], "being heard settles nothing");
    }
    assert_eq!(closes(&scene.wait(0)), []);
    scene.waits(1);
    assert_eq!(scene.offered(1), Some((ADA, 1)));
}

#[test]
fn r19_a_socket_says_hello_within_10_seconds() {
    let mut scene = Scene::with(&[]);
    let mut scene = Scene {
        space: {
            let agents = vec![agent_row(ADA)];
            let mut space = Space::default();
            let settings = Settings::new(name("Demo"));
            let id = "demo".parse().unwrap();
            space.handle(
                at(scene.now),
                Input::Create {
                    space: id,
                    settings,
                    agents,
                },
            );
            space
        },
        ..{
            scene.now += 1;
            scene
        }
    };
    let (socket, person) = (SocketId(7), person(ADA));
    scene.take(Input::Connected { socket, person });
    let effects = scene.set_available(7, false);
    assert!(matches!(
        effects.as_slice(),
        [Effect::Send {
            frame: FromServer::Bad { .. },
            ..
        }]
    ));
    assert!(scene.is_available(ADA));
    assert_eq!(closes(&scene.wait(9_999)), []);
    assert_eq!(closes(&scene.wait(1)), [(7, CloseCode::Slow)]);
}

#[test]
fn r20_a_newer_connection_of_a_tab_replaces_the_older() {
    let mut scene = Scene::with(&[ADA, BEN]);
    let connect = |scene: &mut Scene, socket: u64, n: u8| {
        let (socket, person) = (SocketId(socket), person(n));
        scene.take(Input::Connected { socket, person });
    };
    connect(&mut scene, 11, ADA);
    let effects = scene.hello(11, ADA, 3);
    assert_eq!(closes(&effects), [(1, CloseCode::Replaced)]);
    connect(&mut scene, 12, ADA);
    let effects = scene.hello(12, ADA, 2);
    assert_eq!(
        closes(&effects),
        [(12, CloseCode::Replaced)],
        "a late hello"
    );
    connect(&mut scene, 13, ADA);
    assert_eq!(closes(&scene.hello(13, 99, 1)), [], "another tab");
    connect(&mut scene, 14, BEN);
    let effects = scene.hello(14, ADA, 9);
    assert_eq!(closes(&effects), [], "nobody closes another agent's tab");
}

#[test]
fn a_socket_belongs_to_an_agent_of_the_space() {
    let mut scene = Scene::with(&[ADA]);
    let visitor = VisitorId::from_bytes([1; 16]);
    for (person, code) in [
        (person(BEN), CloseCode::Left),
        (Person::visitor(visitor), CloseCode::Forbidden),
    ] {
        let socket = SocketId(9);
        let effects = scene.take(Input::Connected { socket, person });
        assert_eq!(effects, vec![Effect::Close { socket, code }]);
    }
}

#[test]
fn pain_u2_offers_wait_for_a_console_that_is_there() {
    let mut scene = Scene::with(&[ADA]);
    scene.leave(ADA);
    scene.waits(1);
    assert_eq!(scene.offered(1), None, "Available, but nobody would see it");
    scene.connect(ADA);
    assert_eq!(scene.offered(1), Some((ADA, 1)));
}

#[test]
fn hello_is_answered_with_welcome_desk_and_counts() {
    let mut scene = Scene::with(&[ADA]);
    scene.leave(ADA);
    scene.wait(1_000);
    let effects = scene.connect(ADA);
    let frames: Vec<_> = frames(&effects).collect();
    assert!(matches!(
        frames.as_slice(),
        [
            FromServer::Welcome(_),
            FromServer::Desk(_),
            FromServer::Counts(_)
        ]
    ));
}
