//! Properties of the machine: what holds in every state that any inputs lead to.
//!
//! The clients here are as honest as needed: they apply what they get, and nothing acknowledges
//! by itself. Memory is lost at any moment between two turns.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a client looks at few kinds of effect"
)]

use std::collections::BTreeMap;
use std::time::Duration;

use alloc::vec::Vec;

use proptest::collection::vec;
use proptest::prelude::*;

use super::testing::*;
use super::*;
use crate::frame::{BACKLOG_MAX, Hello};
use crate::rights::Side;

const SOCKETS: [SocketId; 5] = [CUSTOMER, JACK, MIA, ADA, SECOND_TAB];

#[derive(Clone, Debug)]
enum What {
    Connect(SocketId),
    Hello {
        socket: SocketId,
        connection: u32,
    },
    Disconnect(SocketId),
    /// `offset` 1 is the number that is expected.
    Send {
        socket: SocketId,
        offset: u32,
        id: u8,
        command: Command,
    },
    Seen {
        socket: SocketId,
        delivered: u64,
        read: u64,
    },
    Typing {
        socket: SocketId,
        typing: bool,
    },
    Received(SocketId),
    Sync(SocketId),
    Assign {
        fence: u64,
        to: Option<SocketId>,
    },
    Confirm,
    Tick,
    /// Memory is lost; sockets and rows stay.
    Wake,
}

#[derive(Clone, Debug)]
struct Step {
    after_ms: u64,
    what: What,
}

fn any_socket() -> impl Strategy<Value = SocketId> {
    proptest::sample::select(SOCKETS.to_vec())
}

fn any_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        12 => (0..4u8).prop_map(|word| post(&alloc::format!("message {word}"))),
        3 => Just(note("note")),
        2 => (0..30u8).prop_map(|message| reply("answer", message)),
        6 => (0..30u8, 0..3u8)
            .prop_map(|(message, word)| edit(message, &alloc::format!("other words {word}"))),
        2 => (0..30u8).prop_map(delete),
        4 => (0..30u8, any::<bool>()).prop_map(|(message, on)| react(message, on)),
        1 => Just(Command::End),
        1 => Just(resolve()),
        1 => Just(Command::Resolve { resolution: label("magic"), reason: None }),
    ]
}

fn any_what() -> impl Strategy<Value = What> {
    let agent = proptest::sample::select(std::vec![JACK, MIA, ADA]);
    prop_oneof![
        2 => any_socket().prop_map(What::Connect),
        3 => (any_socket(), 1..4u32)
            .prop_map(|(socket, connection)| What::Hello { socket, connection }),
        1 => any_socket().prop_map(What::Disconnect),
        12 => (any_socket(), prop_oneof![1 => Just(0), 8 => Just(1), 1 => Just(2)], 0..30u8, any_command())
            .prop_map(|(socket, offset, id, command)| What::Send { socket, offset, id, command }),
        4 => (any_socket(), 0..40u64, 0..40u64)
            .prop_map(|(socket, delivered, read)| What::Seen { socket, delivered, read }),
        2 => (any_socket(), any::<bool>())
            .prop_map(|(socket, typing)| What::Typing { socket, typing }),
        2 => any_socket().prop_map(What::Received),
        1 => any_socket().prop_map(What::Sync),
        4 => (0..8u64, proptest::option::weighted(0.8, agent))
            .prop_map(|(fence, to)| What::Assign { fence, to }),
        2 => Just(What::Confirm),
        2 => Just(What::Tick),
        1 => Just(What::Wake),
    ]
}

fn any_step() -> impl Strategy<Value = Step> {
    let after_ms = prop_oneof![6 => 0..500u64, 2 => 500..5_000u64, 1 => 5_000..40_000u64];
    (after_ms, any_what()).prop_map(|(after_ms, what)| Step { after_ms, what })
}

/// A conversation with spans short enough for a few steps to reach.
fn impatient() -> Desk {
    let mut birth = birth();
    let settings = &mut birth.settings;
    (settings.wait_s, settings.idle_s, settings.idle_end_s) = (60, 30, 10);
    (settings.max_s, settings.messages_burst) = (300, 5);
    let id = command_id(0);
    let text = text("Hi");
    Desk::with(Input::Begin { birth, id, text })
}

/// The desk, and at each socket a client that folds what it gets.
struct Scene {
    desk: Desk,
    now: Timestamp,
    clients: BTreeMap<SocketId, Transcript>,
}

impl Scene {
    fn new() -> Self {
        let desk = impatient();
        let mut clients = BTreeMap::new();
        for socket in [CUSTOMER, JACK, MIA, ADA] {
            let mut transcript = Transcript::default();
            for entry in desk.log(person(socket).side()) {
                transcript.apply(entry);
            }
            clients.insert(socket, transcript);
        }
        let now = ms(0);
        Self { desk, now, clients }
    }

    fn input(&self, what: &What) -> Option<Input> {
        let sockets = &self.desk.machine.born().sockets;
        let head = |socket| self.clients.get(socket).map_or(Seq(0), Transcript::head);
        Some(match what.clone() {
            What::Connect(socket) if sockets.contains_key(&socket) => return None,
            What::Connect(socket) => connected(socket),
            What::Hello { socket, connection } => {
                let mut hello = Hello {
                    device: crate::id::DeviceId::from_bytes([socket.0 as u8; 16]),
                    connection,
                    epoch: Some(birth().epoch),
                    after: head(&socket),
                    cursor: Cursor::default(),
                };
                if socket == SECOND_TAB {
                    // The same tab as the customer's first one.
                    hello.device = crate::id::DeviceId::from_bytes([1; 16]);
                }
                frame(socket, ToServer::Hello(hello))
            }
            What::Disconnect(socket) => Input::Disconnected { socket },
            What::Send {
                socket,
                offset,
                id,
                command,
            } => {
                let expected = sockets.get(&socket)?.expected.unwrap_or(1);
                send(socket, (expected + offset).saturating_sub(1), id, command)
            }
            What::Seen {
                socket,
                delivered,
                read,
            } => seen(socket, delivered, read),
            What::Typing { socket, typing: on } => typing(socket, on),
            What::Received(socket) => {
                let seq = head(&socket);
                frame(socket, ToServer::Received { seq })
            }
            What::Sync(socket) => {
                let after = head(&socket);
                frame(socket, ToServer::Sync { after })
            }
            What::Assign { fence, to } => assign(fence, to),
            What::Confirm => Input::Reported {
                place: None,
                lists: None,
                open: None,
                revision: self.desk.machine.born().reporting.revision,
            },
            What::Tick => Input::Tick,
            What::Wake => return None,
        })
    }

    /// One step, and what it made the clients see.
    fn step(&mut self, step: &Step) -> Result<Vec<Effect>, TestCaseError> {
        self.now = self.now + Duration::from_millis(step.after_ms);
        let Some(input) = self.input(&step.what) else {
            if let What::Wake = step.what {
                self.wake()?;
            }
            return Ok(Vec::new());
        };
        if let Input::Connected { socket, .. } = &input {
            // A client that comes back has what it got before.
            self.clients.entry(*socket).or_default();
        }
        let effects = self.desk.at(self.now, input);
        for effect in &effects {
            self.show(effect)?;
        }
        Ok(effects)
    }

    fn show(&mut self, effect: &Effect) -> Result<(), TestCaseError> {
        match effect {
            Effect::Send {
                to,
                frame: FromServer::Entries(entries),
            } => {
                for socket in to {
                    self.apply(*socket, entries.clone(), false)?;
                }
            }
            Effect::Backlog {
                to, side, after, ..
            } => {
                let skip = usize::try_from(after.0).unwrap();
                let log = self.desk.log(*side).into_iter().skip(skip);
                let most = usize::try_from(BACKLOG_MAX).unwrap();
                self.apply(*to, log.take(most).collect(), true)?;
            }
            _ => (),
        }
        Ok(())
    }

    /// M4, M5, M8: entries come in order, once, and none that the side may not see. A backlog
    /// repeats what was on its way when the client asked for it.
    fn apply(
        &mut self,
        socket: SocketId,
        entries: Vec<Entry>,
        is_backlog: bool,
    ) -> Result<(), TestCaseError> {
        let transcript = self.clients.entry(socket).or_default();
        for entry in entries {
            let side = person(socket).side();
            prop_assert!(crate::rights::audience(&entry.event).includes(side), "M8");
            // M8, CG6: what a customer gets is about messages that the customer has.
            let about = entry.event.about();
            let is_known = about.is_none_or(|(message, _)| {
                let Some(found) = transcript.message(message) else {
                    return false;
                };
                side == Side::Agent || matches!(found.event, Event::MessagePosted { .. })
            });
            prop_assert!(
                is_known || is_backlog && entry.seq <= transcript.head(),
                "M8: {about:?}"
            );
            let taken = transcript.apply(entry);
            let is_fine = taken == Taken::Applied || is_backlog && taken == Taken::Known;
            prop_assert!(is_fine, "M4 at {:?}: {:?}", socket, taken);
        }
        Ok(())
    }

    /// What is stored comes back as it was.
    fn wake(&mut self) -> Result<(), TestCaseError> {
        let before = self.desk.machine.clone();
        self.desk.wake(self.now);
        let (before, after) = (before.born(), self.desk.machine.born());
        prop_assert_eq!(&before.birth, &after.birth);
        prop_assert_eq!(&before.log, &after.log);
        prop_assert_eq!(&before.lifecycle, &after.lifecycle);
        prop_assert_eq!(&before.first_words, &after.first_words);
        prop_assert_eq!(&before.changes, &after.changes);
        prop_assert_eq!(&before.stale, &after.stale);
        // Of connections the seats alone tell (C3).
        for (device, connection) in &after.devices {
            prop_assert_eq!(before.devices.get(device), Some(connection));
        }
        prop_assert_eq!(before.progress, after.progress);
        prop_assert_eq!(before.reporting.revision, after.reporting.revision);
        prop_assert_eq!(before.reporting.confirmed, after.reporting.confirmed);
        let seats = |born: &super::born::Born| -> Vec<_> {
            let seats = born.sockets.iter();
            seats
                .map(|(id, socket)| (*id, socket.seat.clone()))
                .collect()
        };
        prop_assert_eq!(seats(before), seats(after));
        Ok(())
    }
}

/// The state without the moment it was last asked at.
fn state(machine: &Conversation) -> super::born::Born {
    machine.born().clone()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Time alone changes nothing before the announced deadline.
    #[test]
    fn the_deadline_is_complete(steps in vec(any_step(), 0..80)) {
        let mut scene = Scene::new();
        for step in steps {
            scene.step(&step)?;
            let machine = &scene.desk.machine;
            let mut later = machine.clone();
            let moment = match machine.next_deadline() {
                Some(deadline) if deadline > scene.now => deadline - Duration::from_millis(1),
                Some(_) => continue, // a wake owes a report at once
                None => scene.now + Duration::from_secs(1_000_000),
            };
            prop_assert_eq!(later.handle(moment, Input::Tick), []);
            prop_assert_eq!(state(&later), state(machine));
        }
    }

    /// A command that is refused, repeated or held leaves the state as it was.
    #[test]
    fn m1_a_refused_or_repeated_command_changes_nothing(steps in vec(any_step(), 0..80)) {
        let mut scene = Scene::new();
        for step in steps {
            let mut quiet = scene.desk.machine.clone();
            let effects = scene.step(&step)?;
            let is_answered_no = effects.iter().any(|effect| matches!(effect, Effect::Send {
                frame: FromServer::Refused { .. } | FromServer::Repeated { .. } | FromServer::Hold { .. },
                ..
            }));
            if is_answered_no {
                quiet.handle(scene.now, Input::Tick);
                let (quiet, loud) = (state(&quiet), state(&scene.desk.machine));
                prop_assert_eq!(quiet.log, loud.log);
                prop_assert_eq!(quiet.lifecycle, loud.lifecycle);
                prop_assert_eq!(quiet.progress, loud.progress);
                prop_assert_eq!(quiet.reporting, loud.reporting);
            }
        }
    }

    /// Folding what a person received gives what the machine holds; the disk says the same.
    #[test]
    fn m4_m8_every_client_folds_to_the_machine(steps in vec(any_step(), 0..80)) {
        let mut scene = Scene::new();
        for step in steps {
            scene.step(&step)?;
            let born = scene.desk.machine.born();
            for (socket, transcript) in &scene.clients {
                let Some(seat) = born.sockets.get(socket) else { continue };
                if !seat.is_welcome() || seat.sent < born.log.head_for(seat.side()) {
                    continue;
                }
                prop_assert_eq!(transcript.lifecycle(), Some(&born.lifecycle));
                let log = scene.desk.log(seat.side());
                prop_assert_eq!(transcript.entries(), &log[..]);
                // CG4: whoever comes by any prefix and resumes, or comes only now, reads the same.
                let mut late = Transcript::default();
                for entry in log {
                    late.apply(entry);
                }
                prop_assert_eq!(&late, transcript);
            }
        }
    }

    /// The history over HTTP is read from the rows by their public places alone: a row has one just when its
    /// entry is for customers, so each side reads what [`crate::rights::audience`] lets it, and all of that.
    #[test]
    fn m8_sec_point_5_the_history_over_http_is_what_the_audience_says(steps in vec(any_step(), 0..80)) {
        let mut scene = Scene::new();
        for step in steps {
            scene.step(&step)?;
            let read = |side| scene.desk.log(side).into_iter().map(|entry| entry.event);
            for side in [Side::Customer, Side::Agent] {
                let all = read(Side::Agent);
                let allowed: Vec<_> = all
                    .filter(|event| crate::rights::audience(event).includes(side))
                    .collect();
                prop_assert_eq!(read(side).collect::<Vec<_>>(), allowed);
            }
        }
    }

    /// M2, M3, M9: the log is dense for each side and in order, and cursors only rise.
    #[test]
    fn m2_m3_m9_the_log_is_dense_and_cursors_only_rise(steps in vec(any_step(), 0..80)) {
        let mut scene = Scene::new();
        let mut progress = scene.desk.machine.born().progress;
        for step in steps {
            scene.step(&step)?;
            let newer = scene.desk.machine.born().progress;
            prop_assert!(newer.customer.read >= progress.customer.read);
            prop_assert!(newer.customer.delivered >= progress.customer.delivered);
            prop_assert!(newer.agent.read >= progress.agent.read);
            prop_assert!(newer.agent.delivered >= progress.agent.delivered);
            progress = newer;
        }
        for side in [Side::Customer, Side::Agent] {
            let log = scene.desk.log(side);
            let places: Vec<u64> = log.iter().map(|entry| entry.seq.0).collect();
            prop_assert_eq!(places, (1..=log.len() as u64).collect::<Vec<_>>());
            prop_assert!(log.iter().map(|entry| entry.at).is_sorted());
            let mut ids: Vec<_> = log
                .iter()
                .filter_map(|entry| Some((entry.author.sender()?, entry.id?)))
                .collect();
            let all = ids.len();
            ids.sort();
            ids.dedup();
            prop_assert_eq!(ids.len(), all, "M1");
        }
    }
}
