//! A million conversations through one space, in virtual time: the real machines of the space and of
//! every conversation, customers who come in waves, agents who accept, decline, dawdle, pass on
//! and go home. Every turn is checked, and the whole is audited at intervals.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use shared::conversation::{self, Conversation, Instruction, Seq};
use shared::frame::{FromServer, ToServer};
use shared::id::ConversationId;
use shared::settings::OfferMode;
use shared::space::{Command, Desk, Effect, Input, Space, Target};
use shared::text::MessageText;

use crate::make::{self, agent, command, ms, socket};
use crate::report::{Report, Table};

const AGENTS: u64 = 500;
/// Mean time between two customers: 500 agents of 5 slots and about 8 minutes a conversation end
/// 5 a second; at the height of the day twice the mean comes, and a backlog grows.
const PAUSE_MS: u64 = 330;
const HOUR_MS: u64 = 3_600_000;
/// Whatever is open by then stays open for ever.
const END_MS: u64 = 30 * 24 * HOUR_MS;
/// The socket of an agent in a conversation's object.
const DESK: u64 = 1;

pub fn measure(report: &mut Report, count: u64) {
    let mut shift = Shift::begin(count);
    let start = Instant::now();
    shift.runs(report);
    let seconds = start.elapsed().as_secs_f64();
    let title = format!("a space: {count} conversations");
    let mut table = Table::new(title, &["value"]);
    let space = shift.turns as f64;
    let per_turn = shift.space_seconds * 1e6 / space;
    for (name, value) in [
        ("conversations closed", shift.closed as f64),
        ("turns of the space", space),
        ("turns of the conversations", shift.told as f64),
        ("longest waiting list", shift.longest as f64),
        ("most rows, tombstones included", shift.most_rows as f64),
        ("offers", shift.offers as f64),
        ("audits of the whole", shift.audits as f64),
        (
            "days that passed in the space",
            shift.now as f64 / 24.0 / HOUR_MS as f64,
        ),
        ("seconds that it took", seconds),
        ("µs per turn of the space, check included", per_turn),
        (
            "conversations per second of the space",
            count as f64 / shift.space_seconds,
        ),
    ] {
        table.row(name, [Some(value)]);
    }
    report.add(table);
    report.check(
        "conversations that were begun and not closed",
        (count - shift.closed) as f64,
        0.0,
    );
}

struct Shift {
    space: Space,
    talks: BTreeMap<ConversationId, Talk>,
    agenda: BTreeMap<(u64, u64), Plan>,
    plans: u64,
    /// What an agent has made plans for already: offers by their fence, work items by the agent.
    planned: BTreeSet<(ConversationId, u64)>,
    now: u64,
    dice: u64,
    count: u64,
    begun: u64,
    closed: u64,
    commands: u64,
    turns: u64,
    told: u64,
    offers: u64,
    audits: u64,
    longest: usize,
    most_rows: usize,
    space_seconds: f64,
}

struct Talk {
    machine: Conversation,
    numbers: u32,
}

/// What somebody does later.
enum Plan {
    Arrive,
    Answer(u64, ConversationId, shared::conversation::Fence),
    Finish(u64, ConversationId),
    Return(u64),
    Heartbeats,
    Audit,
}

impl Shift {
    fn begin(count: u64) -> Self {
        let mut shift = Self {
            space: Space::default(),
            talks: BTreeMap::new(),
            agenda: BTreeMap::new(),
            plans: 0,
            planned: BTreeSet::new(),
            now: 1_000,
            dice: 0x5EED,
            count,
            begun: 0,
            closed: 0,
            commands: 0,
            turns: 0,
            told: 0,
            offers: 0,
            audits: 0,
            longest: 0,
            most_rows: 0,
            space_seconds: 0.0,
        };
        let mut settings = make::settings();
        settings.offer_mode = OfferMode::Offer;
        // Nobody is sent away by time: that the backlog drains is what is looked at.
        settings.wait_s = 30 * 86_400;
        settings.max_s = 30 * 86_400;
        shift.takes(Input::Create {
            space: "bench".parse().unwrap(),
            settings,
            agents: (1..=AGENTS).map(make::roster_agent).collect(),
        });
        for number in 1..=AGENTS {
            shift.arrives(number);
        }
        shift.plan(0, Plan::Arrive);
        shift.plan(120_000, Plan::Heartbeats);
        shift.plan(HOUR_MS, Plan::Audit);
        shift
    }

    fn runs(&mut self, report: &mut Report) {
        while self.closed < self.count && self.now < END_MS {
            let due = self.space.next_deadline().map(|due| due.millis());
            let next = self.agenda.first_key_value().map(|((at, _), _)| *at);
            if due.is_some_and(|due| next.is_none_or(|next| due < next)) {
                self.now = self.now.max(due.unwrap_or(0));
                self.takes(Input::Tick);
                continue;
            }
            let Some(((at, _), plan)) = self.agenda.pop_first() else {
                return report.note("everybody went home with work left");
            };
            self.now = self.now.max(at);
            self.does(plan);
        }
        self.space.audit().unwrap();
    }

    fn does(&mut self, plan: Plan) {
        match plan {
            Plan::Arrive => self.begins(),
            Plan::Answer(who, conversation, fence) => self.answers(who, conversation, fence),
            Plan::Finish(who, conversation) => self.finishes(who, conversation),
            Plan::Return(who) => self.arrives(who),
            Plan::Heartbeats => {
                for number in 1..=AGENTS {
                    let (socket, at) = (socket(number), ms(self.now));
                    self.takes(Input::Heard { socket, at });
                }
                self.plan(120_000, Plan::Heartbeats);
            }
            Plan::Audit => {
                self.space.audit().unwrap();
                self.audits += 1;
                let rows = self.space.items().count();
                self.most_rows = self.most_rows.max(rows);
                self.plan(4 * HOUR_MS, Plan::Audit);
            }
        }
    }

    /// A customer comes, in waves of a day.
    fn begins(&mut self) {
        self.begun += 1;
        let number = self.begun;
        let id = make::conversation(number);
        self.takes(Input::Admit {
            visitor: make::visitor(number),
            conversation: id,
            queue: make::label("GENERAL"),
            address: None,
            verified: false,
            passed: false,
        });
        let talk = Talk {
            machine: Conversation::default(),
            numbers: 0,
        };
        self.talks.insert(id, talk);
        self.tells(id, make::begin(number));
        if self.begun < self.count {
            let hour = self.now / HOUR_MS % 24;
            let busy = [
                1, 1, 1, 1, 1, 2, 3, 5, 7, 8, 8, 7, 6, 7, 8, 8, 7, 6, 5, 4, 3, 2, 2, 1,
            ];
            let busy = busy.get(hour as usize).copied().unwrap_or(4);
            let pause = PAUSE_MS * 4 / busy;
            let pause = self.random(2 * pause.max(1));
            self.plan(pause, Plan::Arrive);
        }
    }

    /// An agent comes to the console, or comes back.
    fn arrives(&mut self, number: u64) {
        let (socket, person) = (socket(number), make::person(number));
        self.takes(Input::Connected { socket, person });
        let frame = make::hello(number, 1);
        self.takes(Input::Frame { socket, frame });
        self.asks(
            number,
            Command::SetAvailable {
                available: true,
                for_chats: None,
            },
        );
    }

    fn answers(
        &mut self,
        who: u64,
        conversation: ConversationId,
        fence: shared::conversation::Fence,
    ) {
        match self.random(100) {
            0..=4 => self.asks(
                who,
                Command::Decline {
                    conversation,
                    fence,
                },
            ),
            // Lets it run out, is Unavailable and comes back later.
            5 => self.plan(180_000, Plan::Return(who)),
            // The browser is closed; the offer goes on to somebody else when it runs out.
            6 => {
                let socket = socket(who);
                self.takes(Input::Disconnected { socket });
                self.plan(180_000, Plan::Return(who));
            }
            _ => self.asks(
                who,
                Command::Accept {
                    conversation,
                    fence,
                },
            ),
        }
    }

    fn finishes(&mut self, who: u64, id: ConversationId) {
        self.planned.remove(&(id, u64::MAX - who));
        let holds = |talk: &Talk| match talk.machine.lifecycle().map(|it| &it.stage) {
            Some(conversation::Stage::Active { assignee, .. }) => assignee.agent == agent(who),
            _ => false,
        };
        if !self.talks.get(&id).is_some_and(holds) {
            return;
        }
        match self.random(100) {
            0..=2 => self.asks(who, Command::Unassign { conversation: id }),
            3..=5 => {
                let to = agent(1 + self.random(AGENTS));
                let to = Target::Agent {
                    agent: to,
                    queue: None,
                };
                self.passes_on(who, id, to);
            }
            6 | 7 => {
                let queue = make::label("GENERAL");
                self.passes_on(who, id, Target::Queue { queue });
            }
            _ => {
                self.says(who, id, conversation::Command::End);
                let resolution = make::label("resolved");
                self.says(
                    who,
                    id,
                    conversation::Command::Resolve {
                        resolution,
                        reason: None,
                    },
                );
            }
        }
    }

    fn passes_on(&mut self, who: u64, conversation: ConversationId, to: Target) {
        let note = MessageText::parse("waits for the part").ok();
        self.asks(
            who,
            Command::Transfer {
                conversation,
                to,
                note,
            },
        );
        // Whoever keeps it in the end comes back to it.
        self.plan(300_000, Plan::Finish(who, conversation));
    }

    fn asks(&mut self, who: u64, asked: Command) {
        self.commands += 1;
        let frame = ToServer::Send {
            n: 1,
            id: command(self.commands),
            command: asked,
        };
        let socket = socket(who);
        self.takes(Input::Frame { socket, frame });
    }

    /// An agent in a conversation: connects, says it, leaves.
    fn says(&mut self, who: u64, id: ConversationId, said: conversation::Command) {
        let Some(talk) = self.talks.get_mut(&id) else {
            return;
        };
        talk.numbers += 1;
        let connection = talk.numbers;
        let desk = socket(DESK);
        let frame = |frame| conversation::Input::Frame {
            socket: desk,
            frame,
        };
        self.tells(
            id,
            conversation::Input::Connected {
                socket: desk,
                person: make::person(who),
                space: "bench".parse().unwrap(),
            },
        );
        self.tells(id, frame(make::hello(who, connection)));
        self.commands += 1;
        let id_of_it = command(self.commands);
        self.tells(
            id,
            frame(ToServer::Send {
                n: 1,
                id: id_of_it,
                command: said,
            }),
        );
        self.tells(id, conversation::Input::Disconnected { socket: desk });
    }

    /// A turn of a conversation.
    fn tells(
        &mut self,
        id: ConversationId,
        input: conversation::Input,
    ) -> Option<conversation::Answer> {
        let talk = self.talks.get_mut(&id)?;
        let effects = talk.machine.handle(ms(self.now), input);
        talk.machine.check().unwrap();
        self.told += 1;
        let mut answer = None;
        for effect in effects {
            match effect {
                conversation::Effect::Report(report) => {
                    let is_closed =
                        matches!(report.standing, conversation::Standing::Closed { .. });
                    if let Some(confirmed) = self.takes(Input::Reported(report)) {
                        self.tells(id, confirmed);
                    }
                    if is_closed {
                        self.closed += 1;
                        self.talks.remove(&id);
                        return answer;
                    }
                }
                conversation::Effect::Answer(told) => answer = Some(told),
                _ => (),
            }
        }
        answer
    }

    /// A turn of the space: what it confirms to the conversation that has reported.
    fn takes(&mut self, input: Input) -> Option<conversation::Input> {
        let start = Instant::now();
        let effects = self.space.handle(ms(self.now), input);
        let checked = self.space.check();
        self.space_seconds += start.elapsed().as_secs_f64();
        checked.unwrap();
        self.turns += 1;
        let mut confirmed = None;
        for effect in effects {
            match effect {
                Effect::Confirmed {
                    revision,
                    place,
                    lists,
                    open,
                } => {
                    confirmed = Some(conversation::Input::Reported {
                        revision,
                        place,
                        lists,
                        open,
                    });
                }
                Effect::Send { to, frame } => match frame {
                    FromServer::Desk(desk) => self.reads(to.first().map_or(0, |to| to.0), &desk),
                    FromServer::Counts(counts) => {
                        self.longest = self.longest.max(counts.waiting as usize);
                    }
                    _ => (),
                },
                Effect::Instruct {
                    conversation,
                    instruction,
                    is_known,
                } => self.instructs(conversation, instruction, is_known),
                _ => (),
            }
        }
        confirmed
    }

    fn instructs(&mut self, id: ConversationId, instruction: Instruction, was_known: bool) {
        let fence = match &instruction {
            Instruction::Assign(assignment) => Some(assignment.fence),
            _ => None,
        };
        let told = conversation::Input::Instructed(instruction);
        if let Some(answer) = self.tells(id, told) {
            let revision = answer
                .report
                .as_ref()
                .map_or(Seq(0), |report| report.revision);
            self.takes(Input::Answered {
                conversation: id,
                fence,
                was_known,
                answer,
            });
            let place = None;
            self.tells(
                id,
                conversation::Input::Reported {
                    revision,
                    place,
                    lists: None,
                    open: None,
                },
            );
        }
    }

    /// An agent looks at the desk, and makes plans for what is new on it.
    fn reads(&mut self, who: u64, desk: &Desk) {
        let passed_on = desk
            .transferred
            .iter()
            .map(|transferred| &transferred.offer);
        for offer in desk.offers.iter().chain(passed_on) {
            let key = (offer.conversation, offer.fence.0);
            if self.planned.insert(key) {
                self.offers += 1;
                let pause = 1_000 + self.random(40_000);
                let answer = Plan::Answer(who, offer.conversation, offer.fence);
                self.plan(pause, answer);
            }
        }
        for item in &desk.items {
            let key = (item.conversation, u64::MAX - who);
            if self.planned.insert(key) {
                let pause = 120_000 + self.random(600_000);
                self.plan(pause, Plan::Finish(who, item.conversation));
            }
        }
    }

    fn plan(&mut self, after: u64, plan: Plan) {
        self.plans += 1;
        self.agenda.insert((self.now + after, self.plans), plan);
    }

    fn random(&mut self, below: u64) -> u64 {
        self.dice = self
            .dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.dice >> 33) % below
    }
}
