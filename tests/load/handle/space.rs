//! Machine 2: one space with 2,000 agents and 100,000 waiting work items, beside one with ten
//! times fewer of each.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared::conversation::{Answer, Assignee, Fence, Instruction, Outcome};
use shared::frame::{FromServer, ToServer};
use shared::id::ConversationId;
use shared::space::{Command, Desk, Effect, Input, List, Query, Row, Seat, Space, Target};
use shared::text::MessageText;

use crate::heap;
use crate::make::{self, agent, conversation, ms, socket};
use crate::meter::{Meter, compare, probe};
use crate::report::{Report, Table};

const AGENTS: u64 = 2_000;
const WAITING: u64 = 100_000;
/// Conversation limit of the space.
const LIMIT: u64 = 5;

pub fn measure(report: &mut Report, is_quick: bool) {
    let rounds = if is_quick { 50 } else { 400 };
    let mut memory = Table::new("space: memory", &["bytes", "at 1/10"]);
    let mut less = Place::new(AGENTS / 10, WAITING / 10);
    let mut more = Place::new(AGENTS, WAITING);
    for (name, of) in [
        ("of an agent with a console", 0),
        ("of a waiting work item", 1),
        ("of a held work item", 2),
    ] {
        memory.row(name, [Some(more.memory[of]), Some(less.memory[of])]);
    }
    let mut meters = (Meter::default(), Meter::default());
    for round in 0..rounds {
        less.day(&mut meters.0, round);
        more.day(&mut meters.1, round);
    }
    less.ends(&mut meters.0);
    more.ends(&mut meters.1);
    let title = "space: 2,000 agents, 100,000 waiting";
    compare(report, title, meters.0, meters.1);
    report.add(memory);
}

struct Place {
    machine: Space,
    now: u64,
    agents: u64,
    /// Newest number of a conversation.
    newest: u64,
    commands: u64,
    desks: BTreeMap<u64, Desk>,
    /// The number of each conversation, and its newest fence.
    numbers: BTreeMap<ConversationId, (u64, u64)>,
    memory: [f64; 3],
    /// The row of the space itself.
    founded: Option<Row>,
}

impl Place {
    /// Every agent has a console, is Available and holds as much as the limit allows.
    fn new(agents: u64, waiting: u64) -> Self {
        let mut place = Self {
            machine: Space::default(),
            now: 1_000_000,
            agents,
            newest: 0,
            commands: 0,
            desks: BTreeMap::new(),
            numbers: BTreeMap::new(),
            memory: [0.0; 3],
            founded: None,
        };
        let mut meter = Meter::default();
        let start = heap::in_use();
        place.takes(
            &mut meter,
            "create",
            Input::Create {
                space: "bench".parse().unwrap(),
                settings: make::settings(),
                agents: (1..=agents).map(make::roster_agent).collect(),
            },
        );
        for number in 1..=agents {
            place.arrives(&mut meter, number);
        }
        place.memory[0] = kept(start, agents);
        for number in 1..=agents {
            place.is_available(&mut meter, number, true);
        }
        let start = heap::in_use();
        for _ in 0..agents * LIMIT {
            place.begins(&mut meter);
            let whose = place.offered().unwrap();
            place.accepts(&mut meter, whose);
        }
        place.memory[2] = kept(start, agents * LIMIT);
        let start = heap::in_use();
        for _ in 0..waiting {
            place.begins(&mut meter);
        }
        place.memory[1] = kept(start, waiting);
        place.machine.audit().unwrap();
        place
    }

    /// Everything that can happen, once, around one agent.
    fn day(&mut self, meter: &mut Meter, round: u64) {
        // A number that shares no factor with the agents visits them all.
        let who = 1 + (round * 997) % self.agents;
        self.heard_from_all(meter);
        self.admits(meter);
        self.takes(meter, "tick, nothing due", Input::Tick);
        // Close, accept: the round of a work item.
        self.closes(meter, who);
        self.accepts(meter, who);
        // Close, decline: it rests, the next is offered.
        self.closes(meter, who);
        let (conversation, fence) = self.offer_to(who);
        let decline = Command::Decline {
            conversation,
            fence,
        };
        self.asks(meter, "decline", who, decline);
        self.accepts(meter, who);
        self.now += 2_000;
        self.takes(meter, "tick, a rest is over", Input::Tick);
        // Close, let it run out: Unavailable; Available again: offered at once.
        self.closes(meter, who);
        self.now += 120_000;
        self.heard_from_all(meter);
        self.takes(meter, "tick, an offer runs out", Input::Tick);
        self.is_available(meter, who, true);
        self.accepts(meter, who);
        // Give one back, and take one from the list.
        let given = self.held_by(who);
        let unassign = Command::Unassign {
            conversation: given,
        };
        let effects = self.asks(meter, "unassign", who, unassign);
        self.answers(meter, effects);
        let (conversation, _) = self.offer_to(who);
        let take = Command::Take { conversation };
        let effects = self.asks(meter, "take", who, take);
        self.answers(meter, effects);
        self.is_available(meter, who, false);
        self.is_available(meter, who, true);
        // Pass one on to the queue.
        let transfer = Command::Transfer {
            conversation: self.held_by(who),
            to: Target::Queue {
                queue: make::label("GENERAL"),
            },
            note: Some(MessageText::parse("waits for the part").unwrap()),
        };
        let effects = self.asks(meter, "transfer to a queue", who, transfer);
        self.answers(meter, effects);
        self.accepts(meter, who);
        // A closed tab and its return.
        self.leaves(meter, who);
        self.arrives(meter, who);
        let machine = &self.machine;
        _ = meter.time("next_deadline", || machine.next_deadline());
        let waiting = Query {
            list: List::Waiting,
            queue: None,
            after: None,
        };
        _ = meter.time("page", || machine.page(agent(who), &waiting));
        for _ in 0..4 {
            self.begins(meter);
        }
    }

    /// What happens once in a while and looks at everything.
    fn ends(&mut self, meter: &mut Meter) {
        let machine = &self.machine;
        meter.time_linear("audit", || machine.audit()).unwrap();
        let mut rows: Vec<Row> = machine.agents().cloned().map(Row::Agent).collect();
        rows.extend(machine.items().cloned().map(Row::Item));
        rows.extend(self.founded.clone());
        let seats = (1..=self.agents).map(|number| {
            let seat = Seat {
                agent: agent(number),
                device: Some((make::device(number), 1)),
                heard_at: ms(self.now),
            };
            (socket(number), seat)
        });
        let seats: Vec<_> = seats.collect();
        let now = ms(self.now);
        let again = meter.time_linear("wake", || Space::restore(rows, seats, now));
        again.audit().unwrap();
    }

    fn takes(&mut self, meter: &mut Meter, kind: &'static str, input: Input) -> Vec<Effect> {
        self.now += 1;
        let (machine, now) = (&mut self.machine, ms(self.now));
        let (effects, sample) = probe(|| machine.handle(now, input));
        // Counts go to everybody, at most every 250 ms: that turn is a kind of its own.
        if effects.iter().any(|effect| is_for_all(effect, self.agents)) {
            meter.record("counts for every console", true, sample);
        } else {
            meter.record(kind, false, sample);
        }
        meter.time("check", || machine.check()).unwrap();
        for effect in &effects {
            match effect {
                Effect::Send { to, frame } => match frame {
                    FromServer::Desk(desk) => {
                        for socket in to {
                            self.desks.insert(socket.0, (**desk).clone());
                        }
                    }
                    FromServer::Refused { refusal, .. } => panic!("{kind}: {refusal}"),
                    _ => (),
                },
                Effect::Close { socket, code } => panic!("{kind}: {socket:?} {code:?}"),
                Effect::Save(row @ Row::Space { .. }) => self.founded = Some(row.clone()),
                _ => (),
            }
        }
        effects
    }

    fn heard_from_all(&mut self, meter: &mut Meter) {
        for number in 1..=self.agents {
            let (socket, at) = (socket(number), ms(self.now));
            let mut spare = Meter::default();
            let meter = if number == 1 { &mut *meter } else { &mut spare };
            self.takes(meter, "heard", Input::Heard { socket, at });
        }
    }

    fn arrives(&mut self, meter: &mut Meter, number: u64) {
        let (socket, person) = (socket(number), make::person(number));
        self.takes(meter, "connect", Input::Connected { socket, person });
        let frame = make::hello(number, 1);
        self.takes(meter, "hello", Input::Frame { socket, frame });
    }

    fn leaves(&mut self, meter: &mut Meter, number: u64) {
        let socket = socket(number);
        self.takes(meter, "disconnect", Input::Disconnected { socket });
    }

    fn asks(
        &mut self,
        meter: &mut Meter,
        kind: &'static str,
        number: u64,
        command: Command,
    ) -> Vec<Effect> {
        self.commands += 1;
        let frame = ToServer::Send {
            n: 1,
            id: make::command(self.commands),
            command,
        };
        let socket = socket(number);
        self.takes(meter, kind, Input::Frame { socket, frame })
    }

    fn is_available(&mut self, meter: &mut Meter, number: u64, available: bool) {
        let for_chats = None;
        let command = Command::SetAvailable {
            available,
            for_chats,
        };
        self.asks(meter, "available or not", number, command);
    }

    fn admits(&mut self, meter: &mut Meter) {
        let admit = Input::Admit {
            visitor: make::visitor(self.newest + 1),
            conversation: conversation(self.newest + 1),
            queue: make::label("GENERAL"),
            address: Some(self.newest.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
            verified: false,
            passed: false,
        };
        self.takes(meter, "admit", admit);
    }

    fn begins(&mut self, meter: &mut Meter) {
        self.newest += 1;
        let number = self.newest;
        self.numbers.insert(conversation(number), (number, 0));
        let report = make::report(number, 3, 0, json!("waiting"));
        self.takes(meter, "report: waiting", Input::Reported(report));
    }

    /// What an agent holds ends and is closed: a slot is free, and the next is offered.
    fn closes(&mut self, meter: &mut Meter, who: u64) {
        let held = self.held_by(who);
        let (number, fence) = self.numbers[&held];
        let assignee = json!({ "agent": agent(who), "name": "Jack" });
        let ended = json!({ "wrapping_up": { "assignee": assignee, "cause": "agent" } });
        let report = make::report(number, 1_000_000, fence, ended);
        self.takes(meter, "report: wrapping up", Input::Reported(report));
        let closed = json!({ "closed": { "cause": "agent", "resolution": "resolved" } });
        let report = make::report(number, 1_000_001, fence, closed);
        self.takes(meter, "report: closed", Input::Reported(report));
    }

    fn accepts(&mut self, meter: &mut Meter, who: u64) {
        let (conversation, fence) = self.offer_to(who);
        let accept = Command::Accept {
            conversation,
            fence,
        };
        let effects = self.asks(meter, "accept", who, accept);
        self.answers(meter, effects);
    }

    /// The conversations take what the space proposes.
    fn answers(&mut self, meter: &mut Meter, effects: Vec<Effect>) {
        for effect in effects {
            let Effect::Instruct {
                conversation,
                instruction: Instruction::Assign(assignment),
                ..
            } = effect
            else {
                continue;
            };
            let (number, fence) = self.numbers.get_mut(&conversation).unwrap();
            *fence = assignment.fence.0;
            let standing = standing(assignment.to.as_ref());
            let revision = 10 + assignment.fence.0;
            let report = make::report(*number, revision, *fence, standing);
            let answered = Input::Answered {
                conversation,
                fence: Some(assignment.fence),
                was_known: true,
                answer: Answer {
                    outcome: Some(Outcome::Done),
                    report: Some(report),
                    ..Answer::default()
                },
            };
            self.takes(meter, "answered", answered);
        }
    }

    fn offered(&self) -> Option<u64> {
        let mut desks = self.desks.iter();
        let found = desks.find(|(_, desk)| !desk.offers.is_empty());
        found.map(|(number, _)| *number)
    }

    fn offer_to(&self, who: u64) -> (ConversationId, Fence) {
        let offer = self.desks[&who].offers.first().unwrap();
        (offer.conversation, offer.fence)
    }

    fn held_by(&self, who: u64) -> ConversationId {
        self.desks[&who].items.first().unwrap().conversation
    }
}

fn is_for_all(effect: &Effect, agents: u64) -> bool {
    let Effect::Send { to, frame } = effect else {
        return false;
    };
    matches!(frame, FromServer::Counts(_)) && to.len() as u64 > agents / 2
}

fn standing(to: Option<&Assignee>) -> Value {
    to.map_or_else(
        || json!("waiting"),
        |assignee| json!({ "active": { "assignee": assignee } }),
    )
}

fn kept(start: u64, count: u64) -> f64 {
    (heap::in_use() - start) as f64 / count as f64
}
