//! Machine 1: one conversation of a thousand messages, beside one of a hundred.

use shared::conversation::{
    Assignee, Assignment, Command, Conversation, Cursor, Effect, Fence, Input, Instruction, Row,
    Seat, Seq,
};
use shared::frame::{SocketId, ToServer};
use shared::rights::Person;

use crate::make::{self, agent, command, ms, name, socket};
use crate::meter::{Meter, compare};
use crate::report::Report;

const CUSTOMER: SocketId = socket(1);
const AGENT: SocketId = socket(2);
const TEXT: &str = "The parcel has not arrived and the site says that it has, what shall I do now?";

/// A conversation with its customer and its agent, and what it has stored.
struct Talk {
    machine: Conversation,
    now: u64,
    numbers: [u32; 2],
    ids: u64,
    rows: Vec<Row>,
    seats: std::collections::BTreeMap<SocketId, Seat>,
}

pub fn measure(report: &mut Report, is_quick: bool) {
    let rounds = if is_quick { 3 } else { 30 };
    let (mut less, mut more) = (Meter::default(), Meter::default());
    for round in 0..rounds {
        live(&mut less, round, 100);
        live(&mut more, round, 1_000);
    }
    compare(report, "conversation: 1,000 messages", less, more);
}

fn live(meter: &mut Meter, number: u64, messages: u64) {
    let mut talk = Talk {
        machine: Conversation::default(),
        now: 1_000,
        numbers: [0, 0],
        ids: number << 32,
        rows: Vec::new(),
        seats: std::collections::BTreeMap::new(),
    };
    talk.takes(meter, "begin", make::begin(number));
    let visitor = Person::visitor(make::visitor(number));
    talk.arrives(meter, CUSTOMER, visitor.clone(), 1);
    talk.arrives(meter, AGENT, make::person(1), 1);
    talk.takes(meter, "assign", talk.assign(1));
    talk.takes(
        meter,
        "reported",
        Input::Reported {
            revision: Seq(4),
            place: None,
            lists: None,
            open: None,
        },
    );
    let mut warm_up = Meter::default();
    for _ in 0..messages / 2 {
        talk.exchange(&mut warm_up);
    }
    for _ in 0..50 {
        talk.exchange(meter);
        talk.takes(meter, "tick, nothing due", Input::Tick);
        let machine = &talk.machine;
        _ = meter.time("check", || machine.check());
        _ = meter.time("next_deadline", || machine.next_deadline());
    }
    talk.takes(
        meter,
        "disconnect",
        Input::Disconnected { socket: CUSTOMER },
    );
    talk.arrives(meter, CUSTOMER, visitor, 2);
    let (rows, seats) = (talk.rows.clone(), talk.seats.clone());
    let now = ms(talk.now);
    talk.machine = meter.time_linear("wake", || Conversation::restore(rows, seats, now));
    talk.says(meter, "end", AGENT, Command::End);
    let resolution = make::label("resolved");
    talk.says(
        meter,
        "resolve",
        AGENT,
        Command::Resolve {
            resolution,
            reason: None,
        },
    );
}

impl Talk {
    fn takes(&mut self, meter: &mut Meter, kind: &'static str, input: Input) {
        self.now += 7;
        let (machine, now) = (&mut self.machine, ms(self.now));
        let effects = meter.time(kind, || machine.handle(now, input));
        machine.check().unwrap();
        for effect in effects {
            match effect {
                Effect::Save(row) => self.rows.push(row),
                Effect::Keep { socket, seat } => _ = self.seats.insert(socket, seat),
                Effect::Close { socket, code } => panic!("{socket:?} is closed with {code:?}"),
                _ => (),
            }
        }
    }

    fn arrives(&mut self, meter: &mut Meter, socket: SocketId, person: Person, connection: u32) {
        let space = "bench".parse().unwrap();
        let connected = Input::Connected {
            socket,
            person,
            space,
        };
        self.takes(meter, "connect", connected);
        let frame = make::hello(socket.0, connection);
        self.takes(meter, "hello", Input::Frame { socket, frame });
        self.numbers[usize::from(socket == AGENT)] = 0;
    }

    fn assign(&self, fence: u64) -> Input {
        Input::Instructed(Instruction::Assign(Assignment {
            fence: Fence(fence),
            to: Some(Assignee {
                agent: agent(1),
                name: name("Jack"),
            }),
            queue: None,
            taken: false,
            closes: false,
        }))
    }

    fn says(&mut self, meter: &mut Meter, kind: &'static str, socket: SocketId, said: Command) {
        let n = &mut self.numbers[usize::from(socket == AGENT)];
        *n += 1;
        self.ids += 1;
        let (n, id) = (*n, command(self.ids));
        let frame = ToServer::Send {
            n,
            id,
            command: said,
        };
        self.takes(meter, kind, Input::Frame { socket, frame });
    }

    /// A message of each side with typing and receipts.
    fn exchange(&mut self, meter: &mut Meter) {
        for (from, to) in [(CUSTOMER, AGENT), (AGENT, CUSTOMER)] {
            let typing = ToServer::Typing { typing: true };
            let frame = |socket, frame| Input::Frame { socket, frame };
            self.takes(meter, "typing", frame(from, typing));
            self.says(meter, "message", from, make::post(TEXT));
            let side = match to {
                AGENT => shared::rights::Side::Agent,
                _ => shared::rights::Side::Customer,
            };
            let seq = self.machine.head(side);
            for socket in [from, to] {
                self.takes(meter, "received", frame(socket, ToServer::Received { seq }));
            }
            let cursor = Cursor {
                delivered: seq,
                read: seq,
            };
            self.takes(meter, "seen", frame(to, ToServer::Seen { cursor }));
        }
    }
}
