//! A random day: a space with three agents and six conversations that behave, behind a post that
//! loses, doubles and delays. Every input of it is held against the rules that speak of all
//! states.

use alloc::string::String;

use proptest::prelude::*;

use super::*;
use crate::settings::{self, Hours, Opening, Overflow, Queue, Zone};
use crate::sorted::SortedMap;
use crate::space::ledger::Ledger;
use crate::space::{Row, Seat};
use crate::text::ZoneName;

pub const AGENTS: [u8; 3] = [ADA, BEN, DOT];

/// What can happen.
#[derive(Clone, Debug)]
pub enum Step {
    Begin,
    /// The customer ends, or the holder resolves.
    End(u8),
    Resolve(u8),
    /// A conversation tells once more what it looks like.
    Remind(u8),
    /// One letter of the post arrives; it stays in the post, to arrive again, when told so.
    Deliver(u8, bool),
    Lose(u8),
    Available(u8, bool),
    /// By the agent who has an offer; or else by that agent, of that conversation, under a fence
    /// that is not the newest.
    Accept(u8, u8, bool),
    Decline(u8, u8, bool),
    Unassign(u8, u8),
    Take(u8, u8),
    /// To an agent, or to the queue.
    Transfer(u8, u8, Option<u8>),
    /// The command before, once more.
    Repeat,
    /// An agent is deactivated, or comes back.
    Active(u8, bool),
    /// An agent opens a conversation, by a token of this era or the one before.
    Enter(u8, u8, bool),
    /// An admin changes an agent.
    Set(u8, AgentChange),
    Leave(u8),
    Join(u8),
    Heard,
    Tick,
    /// The memory is lost; disk and sockets stay.
    Sleep,
}

fn change() -> impl Strategy<Value = AgentChange> {
    let queue = |name: &str| vec![Label::parse(name).unwrap()];
    let queues = [
        None,
        Some(vec![]),
        Some(queue("GENERAL")),
        Some(queue("returns")),
    ];
    let role = prop::sample::select(vec![Role::Agent, Role::Supervisor]);
    let limit = prop::option::of(1..6u8);
    let queues = prop::sample::select(queues.to_vec());
    let change = (
        prop::option::weighted(0.3, role),
        prop::option::of(limit),
        prop::option::of(queues),
    );
    change.prop_map(|(role, limit, queues)| AgentChange {
        role,
        limit: limit.map(Into::into),
        queues: queues.map(Into::into),
        ..AgentChange::default()
    })
}

/// A step, and how long nothing happens before it.
pub fn any_step() -> impl Strategy<Value = (u64, Step)> {
    let n = || 0..AGENTS.len() as u8;
    let c = || 0..6u8;
    let step = prop_oneof![
        3 => Just(Step::Begin),
        2 => c().prop_map(Step::End),
        2 => c().prop_map(Step::Resolve),
        2 => c().prop_map(Step::Remind),
        12 => (any::<u8>(), prop::bool::weighted(0.2)).prop_map(|(at, stays)| Step::Deliver(at, stays)),
        1 => any::<u8>().prop_map(Step::Lose),
        2 => (n(), prop::bool::weighted(0.8)).prop_map(|(n, on)| Step::Available(n, on)),
        8 => (n(), c(), prop::bool::weighted(0.8)).prop_map(|(n, c, new)| Step::Accept(n, c, new)),
        2 => (n(), c(), prop::bool::weighted(0.8)).prop_map(|(n, c, new)| Step::Decline(n, c, new)),
        2 => (n(), c()).prop_map(|(n, c)| Step::Unassign(n, c)),
        3 => (n(), c()).prop_map(|(n, c)| Step::Take(n, c)),
        4 => (n(), c(), prop::option::weighted(0.8, n())).prop_map(|(n, c, to)| Step::Transfer(n, c, to)),
        2 => Just(Step::Repeat),
        1 => (n(), prop::bool::weighted(0.7)).prop_map(|(n, on)| Step::Active(n, on)),
        2 => (n(), c(), prop::bool::weighted(0.8)).prop_map(|(n, c, new)| Step::Enter(n, c, new)),
        2 => (n(), change()).prop_map(|(n, change)| Step::Set(n, change)),
        1 => n().prop_map(Step::Leave),
        2 => n().prop_map(Step::Join),
        3 => Just(Step::Heard),
        3 => Just(Step::Tick),
        1 => Just(Step::Sleep),
    ];
    let pause = prop_oneof![
        6 => 0..500u64,
        2 => 500..20_000u64,
        1 => Just(120_000u64),
        1 => 100_000..400_000u64,
    ];
    (pause, step)
}

#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "a letter lives for one step")]
enum Letter {
    To(ConversationId, Instruction, bool),
    From(Input),
}

/// A day: the space, its disk, the conversations, the post.
pub struct Day {
    pub scene: Scene,
    disk: SortedMap<String, Row>,
    seats: SortedMap<SocketId, Seat>,
    talks: SortedMap<u8, Report>,
    post: Vec<Letter>,
    last: Option<(u8, Command)>,
    connections: u32,
}

impl Day {
    pub fn new(set: impl FnOnce(&mut Settings)) -> Self {
        let scene = Scene {
            space: Space::default(),
            now: 1_000_000,
            commands: 0,
        };
        let mut day = Self {
            scene,
            disk: SortedMap::new(),
            seats: SortedMap::new(),
            talks: SortedMap::new(),
            post: vec![],
            last: None,
            connections: 0,
        };
        let mut settings = Settings::new(name("Demo"));
        set(&mut settings);
        settings.queues = queues();
        let mut agents = AGENTS.map(agent_row);
        agents[0].queues = Some(vec![Label::parse("GENERAL").unwrap()]);
        agents[1].queues = Some(vec![Label::parse("returns").unwrap()]);
        let mut agents = Vec::from(agents);
        agents.push(agent_row(EVE));
        agents[2].skills = vec![Label::parse("german").unwrap()];
        let space = "demo".parse().unwrap();
        day.take(Input::Create {
            space,
            settings,
            agents,
        });
        let zone = Zone {
            offsets: vec![],
            known_until: at(u64::MAX),
        };
        let utc = ZoneName::parse("UTC").unwrap();
        day.take(Input::Zones([(utc, zone)].into()));
        for n in 0..2 {
            day.step(Step::Join(n));
        }
        day
    }

    /// One input, and everything that must hold around it.
    fn take(&mut self, input: Input) -> Vec<Effect> {
        if let Some(deadline) = self.scene.space.next_deadline()
            && deadline > at(self.scene.now)
        {
            let mut early = self.scene.space.clone();
            let just_before = deadline - core::time::Duration::from_millis(1);
            assert_eq!(early.handle(just_before, Input::Tick), vec![], "complete");
        }
        let mut untouched = self.scene.space.clone();
        let effects = self.scene.take(input.clone());
        self.write(&effects);
        if let (Input::Frame { socket, .. }, Some(_)) = (&input, refusal(&effects)) {
            let (socket, now) = (*socket, at(self.scene.now));
            untouched.handle(now, Input::Heard { socket, at: now });
            untouched.handle(now, Input::Tick);
            assert_eq!(bones(&untouched), bones(&self.scene.space), "refused");
        }
        if let (Input::Asked { .. }, Some(_)) = (&input, refused_call(&effects)) {
            untouched.handle(at(self.scene.now), Input::Tick);
            assert_eq!(bones(&untouched), bones(&self.scene.space), "refused call");
        }
        let is_notice = matches!(input, Input::Reported(_) | Input::Answered { .. });
        if is_notice {
            let mut again = self.scene.space.clone();
            let effects = again.handle(at(self.scene.now), input);
            let is_quiet = |effect: &Effect| matches!(effect, Effect::Confirmed { .. });
            assert!(effects.iter().all(is_quiet), "{effects:?}");
            assert_eq!(bones(&again), bones(&self.scene.space), "repeated");
        }
        let restored = self.restored();
        restored.audit().unwrap();
        assert_eq!(bones(&restored), bones(&self.scene.space), "restored");
        effects
    }

    fn restored(&self) -> Space {
        let rows = self.disk.values().cloned();
        let seats = self
            .seats
            .iter()
            .map(|(socket, seat)| (*socket, seat.clone()));
        Space::restore(rows, seats, at(self.scene.now))
    }

    fn write(&mut self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::Save(row) => {
                    let key = match row {
                        Row::Space { .. } => "space".into(),
                        Row::Doors(_) => "doors".into(),
                        Row::Agent(agent) => alloc::format!("agent {}", agent.agent),
                        Row::Item(item) => alloc::format!("item {}", item.report.conversation),
                        Row::Audit(act) => alloc::format!("audit {}", act.n),
                        Row::Past(past) => alloc::format!("past {}", past.conversation),
                        Row::Erasing(_) => "erasing".into(),
                    };
                    self.disk.insert(key, row.clone());
                }
                Effect::Remove(conversation) => {
                    self.disk.remove(&alloc::format!("item {conversation}"));
                }
                Effect::Keep { socket, seat } => {
                    self.seats.insert(*socket, seat.clone());
                }
                Effect::Close { socket, .. } => {
                    self.seats.remove(socket);
                }
                Effect::Instruct {
                    conversation,
                    instruction,
                    is_known,
                } => self
                    .post
                    .push(Letter::To(*conversation, instruction.clone(), *is_known)),
                Effect::Send { .. }
                | Effect::ForgetPast(_)
                | Effect::Found(_)
                | Effect::Admitted { .. }
                | Effect::Confirmed { .. }
                | Effect::Replied { .. }
                | Effect::Created
                | Effect::Configured { .. }
                | Effect::AgentSet(_)
                | Effect::Register { .. }
                | Effect::Opened(_)
                | Effect::Vouched
                | Effect::Denied(_) => (),
            }
        }
    }

    fn row(&self, n: u8) -> Agent {
        let id = agent(AGENTS[usize::from(n)]);
        let mut rows = self.scene.space.agents();
        rows.find(|row| row.agent == id).unwrap().clone()
    }

    fn tell(&mut self, c: u8) {
        if let Some(report) = self.talks.get(&c) {
            self.post
                .push(Letter::From(Input::Reported(report.clone())));
        }
    }

    fn letter(&mut self, at: u8, stays: bool) -> Option<Letter> {
        let length = self.post.len();
        let at = usize::from(at).checked_rem(length)?;
        Some(if stays {
            self.post[at].clone()
        } else {
            self.post.remove(at)
        })
    }

    /// An open offer; or what some agent may think of one that is over.
    fn offer(&self, n: u8, c: u8, is_open: bool) -> (u8, ConversationId, Fence) {
        let open = (0..6).find_map(|c| Some((c, self.scene.offered(c)?)));
        match open.filter(|_| is_open) {
            Some((c, (n, fence))) => (n, conversation(c), Fence(fence)),
            None => {
                let fence = self.scene.item(c).map_or(0, |item| item.fence.0);
                let fence = Fence(fence.saturating_sub(1));
                (AGENTS[usize::from(n)], conversation(c), fence)
            }
        }
    }

    fn ask(&mut self, n: u8, command: Command) {
        let socket = self.seats.iter().find(|(_, seat)| seat.agent == agent(n));
        let socket = socket.map(|(socket, _)| *socket);
        self.scene.commands = self.scene.commands.wrapping_add(1);
        self.last = Some((n, command.clone()));
        let id = command_id(self.scene.commands);
        // Who has no console calls over HTTP (R90).
        let Some(socket) = socket else {
            let agent = agent(n);
            self.take(Input::Asked { agent, id, command });
            return;
        };
        let frame = ToServer::Send { n: 1, id, command };
        self.take(Input::Frame { socket, frame });
    }

    pub fn step(&mut self, step: Step) {
        let agent_of = |n: u8| AGENTS[usize::from(n)];
        match step {
            Step::Begin => {
                let c = self.talks.len() as u8;
                if c < 6 {
                    let talk = report(c, 2, 0, Standing::Waiting);
                    let talk = Report {
                        queue: Label::parse(if c % 3 == 2 { "returns" } else { "GENERAL" })
                            .unwrap(),
                        skills: match c {
                            4 | 5 => vec![Label::parse("german").unwrap()],
                            _ => vec![],
                        },
                        ..talk
                    };
                    self.talks.insert(c, talk);
                    self.tell(c);
                }
            }
            Step::End(c) => {
                if let Some(talk) = self.talks.get_mut(&c) {
                    talk.standing = match &talk.standing {
                        Standing::Waiting => closed(),
                        Standing::Active { assignee } => wrapping_up(assignee.agent.bytes()[0]),
                        Standing::WrappingUp { .. } | Standing::Closed { .. } => return,
                    };
                    talk.revision = talk.revision.next();
                    self.tell(c);
                }
            }
            Step::Resolve(c) => {
                if let Some(talk) = self.talks.get_mut(&c)
                    && let Standing::Active { .. } | Standing::WrappingUp { .. } = talk.standing
                {
                    talk.standing = closed();
                    talk.revision = talk.revision.next();
                    self.tell(c);
                }
            }
            Step::Remind(c) => self.tell(c),
            Step::Deliver(at, stays) => match self.letter(at, stays) {
                Some(Letter::From(input)) => {
                    self.take(input);
                }
                Some(Letter::To(conversation, instruction, was_known)) => {
                    let c = conversation.bytes()[0];
                    let talk = self.talks.get_mut(&c).unwrap();
                    let answer = obey(talk, &instruction);
                    let fence = match instruction {
                        Instruction::Assign(assignment) => Some(assignment.fence),
                        Instruction::Describe
                        | Instruction::Place(_)
                        | Instruction::Dismiss(_)
                        | Instruction::NeedVerified(_)
                        | Instruction::Erase
                        | Instruction::End => None,
                    };
                    self.post.push(Letter::From(Input::Answered {
                        conversation,
                        fence,
                        was_known,
                        answer,
                    }));
                    self.tell(c);
                }
                None => (),
            },
            Step::Lose(at) => {
                self.letter(at, false);
            }
            Step::Available(n, available) => {
                let for_chats = available.then_some(n + 1);
                self.ask(
                    agent_of(n),
                    Command::SetAvailable {
                        available,
                        for_chats,
                    },
                );
            }
            Step::Accept(n, c, is_open) => {
                let (n, conversation, fence) = self.offer(n, c, is_open);
                self.ask(
                    n,
                    Command::Accept {
                        conversation,
                        fence,
                    },
                );
            }
            Step::Decline(n, c, is_open) => {
                let (n, conversation, fence) = self.offer(n, c, is_open);
                self.ask(
                    n,
                    Command::Decline {
                        conversation,
                        fence,
                    },
                );
            }
            Step::Unassign(n, c) => {
                let conversation = conversation(c);
                self.ask(agent_of(n), Command::Unassign { conversation });
            }
            Step::Take(n, c) => {
                let conversation = conversation(c);
                self.ask(agent_of(n), Command::Take { conversation });
            }
            Step::Transfer(n, c, to) => {
                let holder = self.scene.item(c).and_then(Item::held_by);
                let n = holder.map_or(agent_of(n), |agent| agent.bytes()[0]);
                let to = to.map_or(to_queue(if c < 3 { "GENERAL" } else { "returns" }), |to| {
                    to_agent(agent_of(to))
                });
                let conversation = conversation(c);
                let note = Some(MessageText::parse("Please").unwrap());
                self.ask(
                    n,
                    Command::Transfer {
                        conversation,
                        to,
                        note,
                    },
                );
            }
            Step::Repeat => {
                if let Some((n, command)) = self.last.clone() {
                    self.ask(n, command);
                }
            }
            Step::Active(n, active) => {
                let agent = agent(agent_of(n));
                let by = None;
                self.take(Input::SetActive { by, agent, active });
            }
            Step::Enter(n, c, is_new) => {
                let era = self.row(n).tenure.era;
                let era = era.saturating_sub(u32::from(!is_new));
                let (agent, conversation) = (agent(agent_of(n)), conversation(c));
                self.take(Input::Enter {
                    agent,
                    era,
                    conversation,
                });
            }
            Step::Set(n, change) => {
                let (by, agent) = (agent(EVE), agent(agent_of(n)));
                self.take(Input::SetAgent { by, agent, change });
            }
            Step::Leave(n) => {
                let seats = self.seats.iter();
                let mut mine = seats.filter(|(_, seat)| seat.agent == agent(agent_of(n)));
                if let Some(socket) = mine.next().map(|(socket, _)| *socket) {
                    self.seats.remove(&socket);
                    self.take(Input::Disconnected { socket });
                }
            }
            Step::Join(n) => {
                self.connections += 1;
                let socket = SocketId(self.connections.into());
                let person = self.row(n).person();
                self.take(Input::Connected { socket, person });
                let frame = ToServer::Hello(Hello {
                    device: DeviceId::from_bytes([n; 16]),
                    connection: self.connections,
                    epoch: None,
                    after: Seq(0),
                    cursor: Default::default(),
                });
                self.take(Input::Frame { socket, frame });
            }
            Step::Heard => {
                let sockets: Vec<_> = self.seats.keys().copied().collect();
                for socket in sockets {
                    let at = at(self.scene.now);
                    self.take(Input::Heard { socket, at });
                }
            }
            Step::Tick => {
                self.take(Input::Tick);
            }
            Step::Sleep => self.scene.space = self.restored(),
        }
    }

    /// The post is reliable again: what was proposed is settled (L3), and when every
    /// conversation has ended no slot is left (L4).
    pub fn heal(&mut self) {
        for round in 0..40 {
            self.scene.now += 6_000;
            self.step(Step::Heard);
            self.take(Input::Tick);
            while !self.post.is_empty() {
                self.step(Step::Deliver(0, false));
            }
            let is_stuck = |item: &Item| matches!(item.state, ItemState::Assigning { .. });
            let is_late = round > 4;
            assert!(!is_late || !self.scene.space.items().any(is_stuck), "L3");
            for c in 0..if is_late { 6 } else { 0 } {
                self.step(Step::End(c));
                self.step(Step::Resolve(c));
                self.step(Step::Remind(c));
            }
        }
        for n in AGENTS {
            assert_eq!(self.scene.used(n), 0, "L4: agent {n}");
        }
    }
}

/// GENERAL is open in every other minute and overflows after one; the returns are open for two
/// of every five minutes, and full with two.
fn queues() -> Vec<Queue> {
    let hours = |period: u16, length: u16| {
        // The scene begins in minute 16 of a Thursday, and no day lasts longer than that.
        let opening = |from| Opening {
            day: settings::Day::Thursday,
            from,
            to: from + length,
        };
        let starts = (0..90).map(|n| n * period);
        Some(Hours {
            zone: ZoneName::parse("UTC").unwrap(),
            week: starts.map(opening).collect(),
            holidays: vec![],
        })
    };
    let [general, returns] = ["GENERAL", "returns"].map(|name| Label::parse(name).unwrap());
    vec![
        Queue {
            hours: hours(2, 1),
            overflow: Some(Overflow {
                to: returns.clone(),
                after_s: Some(60),
                when_full: true,
                when_closed: true,
            }),
            ..Queue::new(general)
        },
        Queue {
            hours: hours(5, 2),
            max_waiting: Some(2),
            ..Queue::new(returns)
        },
    ]
}

/// What a conversation does with an instruction (rules O1 and A1).
fn obey(talk: &mut Report, instruction: &Instruction) -> Answer {
    let outcome = match instruction {
        Instruction::Describe
        | Instruction::Place(_)
        | Instruction::Dismiss(_)
        | Instruction::NeedVerified(_)
        | Instruction::Erase
        | Instruction::End => None,
        Instruction::Assign(assignment) => Some(match &talk.standing {
            Standing::Closed { .. } => Outcome::Ended,
            _ if assignment.fence == talk.fence => Outcome::Done,
            Standing::WrappingUp { .. } if assignment.closes && assignment.fence > talk.fence => {
                talk.revision = talk.revision.next();
                talk.standing = closed();
                Outcome::Ended
            }
            Standing::WrappingUp { .. } => Outcome::Ended,
            _ if assignment.fence < talk.fence => Outcome::Stale,
            Standing::Waiting | Standing::Active { .. } => {
                talk.fence = assignment.fence;
                talk.revision = talk.revision.next();
                if let Some(queue) = assignment.queue.clone() {
                    talk.queue = queue;
                }
                talk.standing = match assignment.to.clone() {
                    Some(assignee) => Standing::Active { assignee },
                    None => Standing::Waiting,
                };
                Outcome::Done
            }
        }),
    };
    let dismissed = match instruction {
        Instruction::Dismiss(dismissal) => Some(*dismissal),
        Instruction::Assign(_)
        | Instruction::Describe
        | Instruction::Place(_)
        | Instruction::NeedVerified(_)
        | Instruction::Erase
        | Instruction::End => None,
    };
    Answer {
        outcome,
        report: Some(talk.clone()),
        dismissed,
    }
}

/// Everything of a space that disk and seats must bring back.
fn bones(space: &Space) -> Option<Ledger> {
    let mut ledger = space.ledger.clone()?;
    ledger.told_counts = Default::default();
    ledger.told_counts_at = None;
    ledger.counts.colleagues = 0;
    let owed = ledger.registrations.owed().clone();
    ledger.registrations = crate::outbox::Outbox::new();
    for agent in owed {
        ledger.registrations.put(agent);
    }
    let owed = ledger.dismissals.owed().clone();
    ledger.dismissals = crate::outbox::Outbox::new();
    for key in owed {
        ledger.dismissals.put(key);
    }
    ledger.silences.clear();
    // Being heard settles nothing, and waking does.
    ledger.gates = Default::default();
    ledger.reservations = Default::default();
    // What was let in and has not reported is forgiven (R121).
    ledger.newcomers = Default::default();
    ledger.rounds.last = Timestamp::default();
    ledger.lines = ledger.lines.settled();
    for seat in ledger.sockets.values_mut() {
        seat.heard_at = Timestamp::default();
    }
    for duty in ledger.roster.values_mut() {
        duty.shown = None;
    }
    Some(ledger)
}
