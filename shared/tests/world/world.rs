//! The world: virtual time, the queue of what happens next, and who takes it.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap};
use std::time::Duration;

use shared::account::{Shown, Wish};
use shared::conversation::{self, Answer, Fence, Instruction, Report, Verdict};
use shared::frame::{FromServer, ToServer};
use shared::id::{AgentId, CommandId, ConversationId, FileId, SpaceId, VisitorId};
use shared::link::BeginFailure;
use shared::rights::{Person, Role};
use shared::settings::Settings;
use shared::space;
use shared::text::MessageText;
use shared::time::Timestamp;

use crate::accounts::AccountObject;
use crate::checks::Checks;
use crate::clients::{Admission, Browser, Client, Console};
use crate::objects::{ConversationObject, SpaceObject};
use crate::people::{Act, Visitor};
use crate::random::Random;
use crate::sockets::Socket;
use crate::swarm::{Swarm, settings};

/// Virtual milliseconds since the world began.
pub type Ms = u64;

/// What the clocks of the world show when it begins, in milliseconds.
pub const BEGINNING: Ms = 1_800_000_000_000;
/// How long people go on after the faults have stopped, in milliseconds.
pub const AFTERGLOW: Ms = 100_000;
/// How long everything has to come to rest after the faults have stopped, in milliseconds: the
/// slowest is a console that died without a word, which counts as live for 150 s.
const SETTLING: Ms = 260_000;
/// How long a space takes to ask after everything that agents hold, in milliseconds (R101): an
/// hour, and a little for the answers.
const ROUNDS: Ms = 3_700_000;
/// How long the last entry takes to reach everybody, in milliseconds.
const LAST_WORDS: Ms = 3_000;
/// How long an outbox may take without an entry, in milliseconds: a hold of a minute by the limit of an
/// hour (K16), and a thousand refusals after the end (AL3).
const OUTBOX: Ms = 90_000;
/// How often the healed world is asked whether anything is stuck, in milliseconds.
const PROBE: Ms = 2_000;

/// One of the objects.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Host {
    Space,
    Conversation(usize),
}

/// The client's end of a socket.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum End {
    Client(usize),
    Console(usize),
}

#[derive(Clone, Debug)]
pub enum Event {
    /// A link's own timer.
    Wake(End),
    /// The upgrade reaches the object.
    Arrive(usize),
    /// The client learns that the socket is open.
    Opened(usize),
    /// A frame reaches the object.
    ToConversation(usize, Box<ToServer<conversation::Command>>),
    ToSpace(usize, Box<ToServer<space::Command>>),
    /// The object learns that the client's end is gone.
    Gone(usize),
    /// A frame reaches the client.
    ToClient(usize, Box<FromServer>),
    /// The heartbeat reaches the platform; it answers without waking the object.
    Ping(usize),
    /// The answer to a heartbeat reaches the client.
    Pong(usize),
    /// The client learns that the socket is closed.
    Closed(usize, u16),
    /// The network cuts a socket.
    Cut(usize),
    /// A socket stands still.
    Freeze(usize),
    Renewed(End, bool),
    /// A tab waits for the others before it makes a conversation.
    TakeLock(usize, CommandId, MessageText),
    /// An alarm rings.
    Alarm(Host, Ms),
    Report(Box<Report>),
    /// An account has what the space told it.
    Registered(AgentId, u64, Shown),
    /// A space tells an account whether its person is a member.
    ToAccount(AgentId, SpaceId, u64, bool, Role),
    /// An account tells a space what its person wishes, and the space has it.
    ToldBy(SpaceId, Box<Wish>),
    Told(SpaceId, Box<Wish>),
    AccountTick(AgentId, Ms),
    /// The Worker has checked an agent's token with the space.
    Entered(usize, Box<Person>),
    Confirmed(usize, Box<conversation::Input>, u32),
    /// With what the space knew of it when it asked (R260).
    Instruct(usize, Box<Instruction>, bool),
    Answered(usize, (Option<Fence>, bool), Box<Answer>, u32),
    /// A command over HTTP reaches an object.
    AskedSpace(AgentId, CommandId, Box<space::Command>),
    /// A space's server answers for a file.
    Judged(usize, FileId, Box<Verdict>),
    AskedConversation(usize, Box<Person>, CommandId, Box<conversation::Command>),
    /// `POST conversations` reaches the Worker.
    Begin(usize, CommandId, MessageText),
    /// The admitted message reaches the conversation.
    BeginAdmitted(usize, CommandId, MessageText, Box<Admission>),
    BeginAnswered(usize, CommandId, Result<ConversationId, BeginFailure>),
    /// Somebody has passed a challenge.
    Passed(usize),
    /// A person does something.
    Act(Act),
    Crash,
    Deploy,
    ClockJump,
    RowRestored,
    Heal,
    Probe,
}

#[derive(Debug)]
struct Due {
    at: Ms,
    order: u64,
    event: Event,
}

impl Ord for Due {
    /// The earliest is the greatest, because the heap gives the greatest first.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.order).cmp(&(self.at, self.order))
    }
}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.order == other.order
    }
}

impl Eq for Due {}

pub struct World {
    pub now: Ms,
    pub random: Random,
    pub swarm: Swarm,
    pub settings: Settings,
    pub is_healed: bool,
    /// When the faults stop.
    pub heal_at: Ms,
    pub space: SpaceObject,
    pub conversations: Vec<ConversationObject>,
    pub by_id: BTreeMap<ConversationId, usize>,
    pub clients: Vec<Client>,
    pub consoles: Vec<Console>,
    pub visitors: Vec<Visitor>,
    pub browsers: BTreeMap<VisitorId, Browser>,
    pub sockets: Vec<Socket>,
    pub accounts: BTreeMap<AgentId, AccountObject>,
    pub checks: Checks,
    pub is_traced: bool,
    queue: BinaryHeap<Due>,
    order: u64,
    hash: u64,
}

/// What became of a seed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outcome {
    pub hash: u64,
    /// The first broken promise: its id, the moment and the values at hand.
    pub violation: Option<String>,
    pub tally: Tally,
}

/// How much happened, so that a quiet simulation is noticed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tally {
    pub events: u64,
    pub entries: u64,
    pub offers: u64,
    pub conversations: u64,
}

impl World {
    pub fn run(seed: u64, is_traced: bool) -> Outcome {
        let mut random = Random::new(seed);
        let mut swarm = Swarm::any(&mut random);
        let mut settings = settings(&mut random);
        swarm.erases(seed, &mut settings);
        swarm.floods(seed);
        let heal_at = random.range(150_000, 700_000);
        let mut world = Self {
            now: 0,
            swarm,
            is_healed: false,
            heal_at,
            space: SpaceObject::default(),
            conversations: Vec::new(),
            by_id: BTreeMap::new(),
            clients: Vec::new(),
            consoles: Vec::new(),
            visitors: Vec::new(),
            browsers: BTreeMap::new(),
            sockets: Vec::new(),
            accounts: BTreeMap::new(),
            checks: Checks::default(),
            is_traced,
            queue: BinaryHeap::new(),
            order: 0,
            hash: 0xcbf2_9ce4_8422_2325,
            random,
            settings,
        };
        world.begin();
        while let Some(Due { at, event, .. }) = world.queue.pop() {
            let end_at = world.end_at();
            if at > end_at && (at > end_at + OUTBOX || !world.is_anybody_writing()) {
                break;
            }
            world.now = at;
            world.checks.tally.events += 1;
            world.step(event);
            if world.checks.violation.is_some() {
                break;
            }
        }
        if world.checks.violation.is_none() {
            world.check_the_end();
        }
        Outcome {
            hash: world.hash,
            violation: world.checks.violation,
            tally: world.checks.tally,
        }
    }

    /// When everything has come to rest.
    fn end_at(&self) -> Ms {
        let settling = if self.checks.from_backup.is_empty() {
            SETTLING
        } else {
            ROUNDS
        };
        (self.heal_at + settling).max(self.checks.last_entry_at + LAST_WORDS)
    }

    fn begin(&mut self) {
        if self.is_traced {
            println!("{:?}\n{:?}", self.swarm, self.settings);
        }
        self.people_arrive();
        self.accounts_begin();
        self.at(self.heal_at, Event::Heal);
        self.plan(self.swarm.crash, Event::Crash);
        self.plan(self.swarm.deploy, Event::Deploy);
        self.plan(self.swarm.clock_jump, Event::ClockJump);
        self.plan(self.swarm.row_restored, Event::RowRestored);
        self.plan(self.swarm.manage, Event::Act(Act::Manager));
        self.plan(self.swarm.erase, Event::Act(Act::Erase));
        self.plan(self.swarm.flood, Event::Act(Act::Flood));
    }

    /// The moment by a clock of the world that is off by `skew`.
    pub fn clock(&self, skew: Ms) -> Timestamp {
        Timestamp::from_millis(BEGINNING + self.now + skew)
    }

    /// The moment of the world at which a clock that is off by `skew` shows `at`.
    pub fn moment(&self, at: Timestamp, skew: Ms) -> Ms {
        at.millis().saturating_sub(BEGINNING + skew).max(self.now)
    }

    pub fn at(&mut self, at: Ms, event: Event) {
        self.order += 1;
        let order = self.order;
        self.queue.push(Due { at, order, event });
    }

    pub fn after(&mut self, span: Ms, event: Event) {
        self.at(self.now + span, event);
    }

    /// A fault's dice: never after the world is healed.
    pub fn fault(&mut self, chance: f64) -> bool {
        !self.is_healed && self.random.chance(chance)
    }

    /// Plans the next of something that happens so often per second.
    pub fn plan(&mut self, per_second: f64, event: Event) {
        if per_second > 0.0 {
            let mean = (1_000.0 / per_second) as u64;
            let span = self.random.range(1, 2 * mean);
            if self.now + span < self.heal_at {
                self.after(span, event);
            }
        }
    }

    /// Notes what happened: in the hash of the log and, when traced, on the screen.
    pub fn note(&mut self, word: &str, numbers: [u64; 2], text: impl FnOnce(&Self) -> String) {
        let [a, b] = numbers;
        let word_hash = word.bytes().fold(0, |hash: u64, byte| {
            hash.wrapping_mul(31).wrapping_add(byte.into())
        });
        for value in [self.now, word_hash, a, b] {
            self.hash = (self.hash ^ value).wrapping_mul(0x0000_0100_0000_01b3);
            self.hash ^= self.hash >> 29;
        }
        if self.is_traced {
            let text = text(self);
            println!("{:>9.3} {word} {a} {b} {text}", self.now as f64 / 1_000.0);
        }
    }

    /// Notes a broken promise. The first one counts.
    pub fn violate(&mut self, id: &str, what: impl FnOnce() -> String) {
        if self.checks.violation.is_none() {
            let text = format!("{id} at {:.3} s: {}", self.now as f64 / 1_000.0, what());
            if self.is_traced {
                println!("VIOLATION {text}");
            }
            self.checks.violation = Some(text);
        }
    }

    fn step(&mut self, event: Event) {
        match event {
            Event::Wake(end) => self.wake(end),
            Event::Arrive(socket) => self.arrive(socket),
            Event::Opened(socket) => self.opened(socket),
            Event::ToConversation(socket, frame) => self.conversation_gets(socket, frame),
            Event::ToSpace(socket, frame) => self.space_gets(socket, frame),
            Event::Gone(socket) => self.gone(socket),
            Event::ToClient(socket, frame) => self.client_gets(socket, *frame),
            Event::Ping(socket) => self.ping(socket),
            Event::Pong(socket) => self.pong(socket),
            Event::Closed(socket, code) => self.closed(socket, code),
            Event::Cut(socket) => self.cut(socket),
            Event::Freeze(socket) => self.freeze(socket),
            Event::Renewed(end, is_answered) => self.renewed(end, is_answered),
            Event::Alarm(host, at) => self.alarm(host, at),
            Event::Report(report) => self.report_arrives(*report),
            Event::Registered(agent, number, shown) => {
                let input = space::Input::Registered {
                    agent,
                    number,
                    shown,
                };
                self.space_turn(input);
            }
            Event::ToAccount(agent, space, number, member, role) => {
                self.account_hears(agent, space, number, (member, role));
            }
            Event::ToldBy(space, wish) => self.wish_arrives(space, *wish),
            Event::Told(space, wish) => self.wish_is_told(space, *wish),
            Event::AccountTick(agent, at) => self.account_ticks(agent, at),
            Event::Entered(socket, person) => self.enters(socket, *person),
            Event::Confirmed(conversation, input, generation) => {
                self.confirmation_arrives(conversation, *input, generation);
            }
            Event::Instruct(conversation, instruction, was_known) => {
                self.instruction_arrives(conversation, *instruction, was_known);
            }
            Event::Answered(conversation, asked, answer, generation) => {
                self.answer_arrives(conversation, asked, *answer, generation);
            }
            Event::AskedSpace(agent, id, command) => {
                self.call_of_space_arrives(agent, id, *command);
            }
            Event::Judged(conversation, file, verdict) => {
                let verdict = *verdict;
                let input = conversation::Input::Checked { file, verdict };
                self.conversation_turn(conversation, input);
            }
            Event::AskedConversation(conversation, person, id, command) => {
                self.call_of_conversation_arrives(conversation, *person, id, *command);
            }
            Event::TakeLock(client, id, text) => self.take_lock(client, id, text),
            Event::Begin(client, id, text) => self.begin_arrives(client, id, text),
            Event::BeginAdmitted(client, id, text, admission) => {
                self.begin_admitted(client, id, text, *admission);
            }
            Event::Passed(client) => self.passes(client),
            Event::BeginAnswered(client, id, answer) => self.begin_answered(client, id, answer),
            Event::Act(act) => self.act(act),
            Event::Crash => {
                let host = self.any_host();
                self.crash(host, 1006);
                self.plan(self.swarm.crash, Event::Crash);
            }
            Event::Deploy => {
                self.deploy(1012);
                self.plan(self.swarm.deploy, Event::Deploy);
            }
            Event::ClockJump => {
                self.jump_clock();
                self.plan(self.swarm.clock_jump, Event::ClockJump);
            }
            Event::RowRestored => {
                self.restore_row();
                self.plan(self.swarm.row_restored, Event::RowRestored);
            }
            Event::Heal => {
                self.is_healed = true;
                self.note("heal", [0, 0], |_| String::new());
                self.ring_every_alarm();
                self.ring_every_account();
                if self.swarm.manage > 0.0 {
                    let span = self.random.range(1, 20_000);
                    self.after(span, Event::Act(Act::Manager));
                }
                for number in 0..self.consoles.len() {
                    self.after(1, Event::Act(Act::SignIn(number)));
                }
                self.after(PROBE, Event::Probe);
            }
            Event::Probe => {
                self.probe();
                self.after(PROBE, Event::Probe);
            }
        }
    }

    pub fn any_host(&mut self) -> Host {
        let count = self.conversations.len() as u64;
        match self.random.range(0, count + count / 2) {
            number if number < count => Host::Conversation(number as usize),
            _ => Host::Space,
        }
    }

    fn deploy(&mut self, code: u16) {
        self.crash(Host::Space, code);
        for conversation in 0..self.conversations.len() {
            self.crash(Host::Conversation(conversation), code);
        }
    }

    pub fn span(span: Duration) -> Ms {
        shared::time::millis(span)
    }
}
