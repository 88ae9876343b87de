//! The rules of the space, by subject. Every turn of every test is checked and audited.

mod accounts;
mod asked;
mod assigning;
mod audit_log;
mod blocks;
mod colleagues;
mod configuring;
mod customers;
mod day;
mod dictation;
mod doors;
mod earlier;
mod erasure;
mod hours;
mod leaving;
mod lists;
mod manual;
mod mode;
mod newcomers;
mod offering;
mod pains;
mod places;
#[cfg(feature = "mutants")]
mod planted;
mod presence;
mod properties;
mod queues;
mod reporting;
mod rounds;
mod rules;
mod showing;
mod skills;
mod staffing;
mod table;
mod tenure;
mod transferring;

use alloc::vec;
use alloc::vec::Vec;

use super::{
    Agent, AgentChange, Command, Effect, Input, Item, ItemState, Row, Space, Target, Tenure,
};
use crate::conversation::{
    Answer, Assignee, Assignment, EndCause, Fence, Instruction, Outcome, Report, Seq, Source,
    Standing,
};
use crate::frame::{CloseCode, FromServer, Hello, SocketId, ToServer};
use crate::id::{AgentId, CommandId, ConversationId, DeviceId, VisitorId};
use crate::refusal::Refusal;
use crate::rights::{Person, Role};
use crate::settings::{OfferMode, Routing, Settings};
use crate::text::{Label, MessageText, PersonName};
use crate::time::Timestamp;

const ADA: u8 = 1;
const BEN: u8 = 2;
const CYD: u8 = 3;
/// The supervisor.
const DOT: u8 = 4;
/// The admin.
const EVE: u8 = 5;

/// A space at work: agent n has socket n.
#[derive(Clone, Debug)]
struct Scene {
    space: Space,
    /// Milliseconds.
    now: u64,
    commands: u8,
}

impl Scene {
    /// A space with these agents, all Available with a live console.
    fn with(agents: &[u8]) -> Self {
        Self::with_limit(agents, 5)
    }

    fn with_limit(agents: &[u8], limit: u8) -> Self {
        Self::set(agents, |settings| settings.conversation_limit = limit)
    }

    /// A space with other settings than the defaults.
    fn set(agents: &[u8], set: impl FnOnce(&mut Settings)) -> Self {
        let mut scene = Self {
            space: Space::default(),
            now: 1_000_000,
            commands: 0,
        };
        let mut settings = Settings::new(name("Demo"));
        set(&mut settings);
        scene.take(Input::Create {
            space: "demo".parse().unwrap(),
            settings,
            agents: agents.iter().map(|n| agent_row(*n)).collect(),
        });
        for n in agents {
            scene.connect(*n);
        }
        scene
    }

    fn take(&mut self, input: Input) -> Vec<Effect> {
        let effects = self.space.handle(at(self.now), input);
        self.space.check().unwrap();
        self.space.audit().unwrap();
        effects
    }

    /// Lets time pass and rings the alarm.
    fn wait(&mut self, ms: u64) -> Vec<Effect> {
        self.now += ms;
        self.take(Input::Tick)
    }

    /// Lets time pass without the alarm; everybody's heartbeat goes on.
    fn pass(&mut self, ms: u64) {
        self.now += ms;
        self.beat();
    }

    fn beat(&mut self) {
        for n in [ADA, BEN, CYD, DOT, EVE] {
            let (socket, at) = (SocketId(n.into()), at(self.now));
            self.take(Input::Heard { socket, at });
        }
    }

    fn connect(&mut self, n: u8) -> Vec<Effect> {
        let socket = SocketId(n.into());
        let person = person(n);
        self.take(Input::Connected { socket, person });
        self.hello(n, n, 1)
    }

    fn hello(&mut self, socket: u8, device: u8, connection: u32) -> Vec<Effect> {
        self.take(Input::Frame {
            socket: SocketId(socket.into()),
            frame: ToServer::Hello(Hello {
                device: DeviceId::from_bytes([device; 16]),
                connection,
                epoch: None,
                after: Seq(0),
                cursor: Default::default(),
            }),
        })
    }

    fn leave(&mut self, n: u8) -> Vec<Effect> {
        let socket = SocketId(n.into());
        self.take(Input::Disconnected { socket })
    }

    fn ask(&mut self, n: u8, command: Command) -> Vec<Effect> {
        self.commands += 1;
        self.ask_as(n, self.commands, command)
    }

    fn ask_as(&mut self, n: u8, id: u8, command: Command) -> Vec<Effect> {
        let frame = ToServer::Send {
            n: 1,
            id: command_id(id),
            command,
        };
        let socket = SocketId(n.into());
        self.take(Input::Frame { socket, frame })
    }

    fn set_available(&mut self, n: u8, available: bool) -> Vec<Effect> {
        let for_chats = None;
        self.ask(
            n,
            Command::SetAvailable {
                available,
                for_chats,
            },
        )
    }

    fn accept(&mut self, n: u8, c: u8, fence: u64) -> Vec<Effect> {
        let (conversation, fence) = (conversation(c), Fence(fence));
        self.ask(
            n,
            Command::Accept {
                conversation,
                fence,
            },
        )
    }

    fn decline(&mut self, n: u8, c: u8, fence: u64) -> Vec<Effect> {
        let (conversation, fence) = (conversation(c), Fence(fence));
        self.ask(
            n,
            Command::Decline {
                conversation,
                fence,
            },
        )
    }

    fn assign_to_me(&mut self, n: u8, c: u8) -> Vec<Effect> {
        let conversation = conversation(c);
        self.ask(n, Command::Take { conversation })
    }

    /// Agent n serves these queues alone.
    fn serve(&mut self, n: u8, queues: &[&str]) {
        let queues = queues.iter().map(|queue| Label::parse(queue).unwrap());
        let queues = Some(queues.collect());
        let ledger = self.space.ledger.as_mut().unwrap();
        ledger.change_duty(agent(n), |duty| duty.agent.queues = queues);
    }

    fn transfer(&mut self, n: u8, c: u8, to: Target) -> Vec<Effect> {
        let note = Some(MessageText::parse("He is waiting for the part").unwrap());
        let conversation = conversation(c);
        self.ask(
            n,
            Command::Transfer {
                conversation,
                to,
                note,
            },
        )
    }

    fn unassign(&mut self, n: u8, c: u8) -> Vec<Effect> {
        let conversation = conversation(c);
        self.ask(n, Command::Unassign { conversation })
    }

    /// A new conversation waits.
    fn waits(&mut self, c: u8) -> Vec<Effect> {
        self.take(Input::Reported(report(c, 2, 0, Standing::Waiting)))
    }

    fn closed(&mut self, c: u8, revision: u64, fence: u64) -> Vec<Effect> {
        self.take(Input::Reported(report(c, revision, fence, closed())))
    }

    fn answer(&mut self, c: u8, fence: u64, outcome: Outcome, report: Report) -> Vec<Effect> {
        self.take(Input::Answered {
            conversation: conversation(c),
            fence: Some(Fence(fence)),
            was_known: true,
            answer: Answer {
                outcome: Some(outcome),
                report: Some(report),
                dismissed: None,
            },
        })
    }

    /// Agent n accepts the offer and the conversation agrees.
    fn talk(&mut self, n: u8, c: u8, fence: u64, revision: u64) -> Vec<Effect> {
        self.accept(n, c, fence);
        let report = report(c, revision, fence, active(n));
        self.answer(c, fence, Outcome::Done, report)
    }

    fn item(&self, c: u8) -> Option<&Item> {
        let id = conversation(c);
        self.space
            .items()
            .find(|item| item.report.conversation == id)
    }

    /// Whom a conversation is offered to, and under which fence.
    fn offered(&self, c: u8) -> Option<(u8, u64)> {
        let item = self.item(c)?;
        match item.state {
            ItemState::Offered { agent, .. } | ItemState::Transferring { to: agent, .. } => {
                Some((agent.bytes()[0], item.fence.0))
            }
            ItemState::Waiting { .. }
            | ItemState::Assigning { .. }
            | ItemState::Held
            | ItemState::Gone { .. } => None,
        }
    }

    fn is_held(&self, c: u8) -> bool {
        matches!(self.item(c).unwrap().state, ItemState::Held)
    }

    fn used(&self, n: u8) -> usize {
        let slots = self.space.items().flat_map(|item| &item.slots);
        slots.filter(|slot| slot.agent == agent(n)).count()
    }

    fn is_available(&self, n: u8) -> bool {
        let mut agents = self.space.agents();
        agents.any(|row| row.agent == agent(n) && row.available)
    }
}

fn at(ms: u64) -> Timestamp {
    Timestamp::from_millis(ms)
}

fn name(text: &str) -> PersonName {
    PersonName::parse(text).unwrap()
}

fn agent(n: u8) -> AgentId {
    AgentId::from_bytes([n; 16])
}

fn conversation(c: u8) -> ConversationId {
    ConversationId::from_bytes([c; 16])
}

fn command_id(n: u8) -> CommandId {
    CommandId::from_bytes([n; 16])
}

fn agent_row(n: u8) -> Agent {
    Agent {
        agent: agent(n),
        name: name(&alloc::format!("Agent {n}")),
        screen_name: name(&alloc::format!("Screen {n}")),
        role: match n {
            DOT => Role::Supervisor,
            EVE => Role::Admin,
            _ => Role::Agent,
        },
        limit: None,
        available: true,
        available_for: None,
        deactivated: false,
        unseen: false,
        queues: None,
        skills: vec![],
        last_offer: 0,
        tenure: Tenure {
            told: 1,
            ..Tenure::default()
        },
    }
}

fn to_agent(n: u8) -> Target {
    Target::Agent {
        agent: agent(n),
        queue: None,
    }
}

fn to_queue(queue: &str) -> Target {
    let queue = Label::parse(queue).unwrap();
    Target::Queue { queue }
}

fn person(n: u8) -> Person {
    Person::Agent {
        agent: agent(n),
        name: name("Token"),
        role: Role::Agent,
        era: 0,
    }
}

fn assignee(n: u8) -> Assignee {
    let name = name(&alloc::format!("Screen {n}"));
    let agent = agent(n);
    Assignee { agent, name }
}

fn active(n: u8) -> Standing {
    let assignee = assignee(n);
    Standing::Active { assignee }
}

fn wrapping_up(n: u8) -> Standing {
    Standing::WrappingUp {
        assignee: assignee(n),
        cause: EndCause::Customer,
    }
}

fn closed() -> Standing {
    Standing::Closed {
        cause: EndCause::Customer,
        resolution: Label::parse("resolved").unwrap(),
        reason: None,
    }
}

fn report(c: u8, revision: u64, fence: u64, standing: Standing) -> Report {
    Report {
        conversation: conversation(c),
        revision: Seq(revision),
        standing,
        fence: Fence(fence),
        visitor: VisitorId::from_bytes([c; 16]),
        name: name("Zoë"),
        first_words: "Where is my order?".into(),
        queue: Label::parse("GENERAL").unwrap(),
        skills: vec![],
        source: Source::Widget,
        verified: false,
        email: None,
        needs_verified: false,
        company: None,
        ticket: None,
        rating: None,
        answered_by: None,
        lists: 0,
        erased: false,
        age_ms: 0,
        waits_ms: None,
    }
}

/// The frames that are sent, in order.
fn frames(effects: &[Effect]) -> impl Iterator<Item = &FromServer> {
    effects.iter().filter_map(|effect| {
        if let Effect::Send { frame, .. } = effect {
            return Some(frame);
        }
        None
    })
}

fn refusal(effects: &[Effect]) -> Option<Refusal> {
    frames(effects).find_map(|frame| {
        if let FromServer::Refused { refusal, .. } = frame {
            return Some(refusal.clone());
        }
        None
    })
}

/// The answer that a call gets, if it gets one.
fn replied(effects: &[Effect]) -> Option<Result<(), Refusal>> {
    effects.iter().find_map(|effect| {
        if let Effect::Replied { reply, .. } = effect {
            return Some(reply.clone());
        }
        None
    })
}

fn refused_call(effects: &[Effect]) -> Option<Refusal> {
    replied(effects)?.err()
}

/// The command that is done, if one is.
fn done(effects: &[Effect]) -> Option<CommandId> {
    frames(effects).find_map(|frame| {
        if let FromServer::Done { id } = frame {
            return Some(*id);
        }
        None
    })
}

fn instructions(effects: &[Effect]) -> Vec<Instruction> {
    let mut found = vec![];
    for effect in effects {
        if let Effect::Instruct { instruction, .. } = effect {
            found.push(instruction.clone());
        }
    }
    found
}

/// The proposal of an agent who helps oneself (R44).
fn taken(fence: u64, n: u8) -> Instruction {
    Instruction::Assign(Assignment {
        fence: Fence(fence),
        to: Some(assignee(n)),
        queue: None,
        taken: true,
        closes: false,
    })
}

fn assign(fence: u64, to: Option<u8>) -> Instruction {
    Instruction::Assign(Assignment {
        fence: Fence(fence),
        to: to.map(assignee),
        queue: None,
        taken: false,
        closes: false,
    })
}

fn saves(effects: &[Effect]) -> usize {
    let is_row = |effect: &&Effect| matches!(effect, Effect::Save(_) | Effect::Remove(_));
    effects.iter().filter(is_row).count()
}

fn closes(effects: &[Effect]) -> Vec<(u64, CloseCode)> {
    let mut found = vec![];
    for effect in effects {
        if let Effect::Close { socket, code } = effect {
            found.push((socket.0, *code));
        }
    }
    found
}
