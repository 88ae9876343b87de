//! What comes without a socket: the same commands over HTTP, from programs and channels.

use shared::conversation::{self, Command, Cursor, Seq};
use shared::file::{Check, FileName, Kind, Sent};
use shared::frame::{Hello, ToServer};
use shared::id::{AgentId, CommandId, DeviceId, FileId};
use shared::refusal::Refusal;
use shared::rights::Person;
use shared::space;

use crate::people::Act;
use crate::sockets::Socket;
use crate::world::{End, Event, Host, Ms, World};

/// How many frames a program sends that does not wait: more than it is answered (AL6).
const FLOOD: u32 = 1_100;
/// How long an answer may take once nothing fails any more, in milliseconds (R91, L3).
const ANSWER: Ms = 60_000;

impl World {
    /// A program asks the space for an agent.
    pub fn call_space(&mut self, agent: AgentId, id: CommandId, command: space::Command) {
        self.call(&Event::AskedSpace(agent, id, Box::new(command)));
    }

    pub fn call_of_space_arrives(
        &mut self,
        agent: AgentId,
        id: CommandId,
        command: space::Command,
    ) {
        self.note("call of space", [0, 0], |_| format!("{id} {command:?}"));
        if self.is_healed {
            let now = self.now;
            self.checks.asked.entry((agent, id)).or_insert(now);
        }
        self.space_turn(space::Input::Asked { agent, id, command });
    }

    pub fn space_replies(&mut self, agent: AgentId, id: CommandId, reply: &Result<(), Refusal>) {
        self.note("reply", [0, reply.is_ok().into()], |_| {
            format!("{id} {reply:?}")
        });
        self.checks.asked.remove(&(agent, id));
    }

    /// R91: nobody waits for an answer for ever.
    pub fn check_answers(&mut self) {
        let now = self.now;
        let mut asked = self.checks.asked.iter();
        if let Some(((_, id), at)) = asked.find(|(_, at)| now - **at > ANSWER) {
            let what = format!("{id} was asked at {at} and has no answer");
            self.violate("R91", || what);
        }
    }

    /// A program asks a conversation for a person.
    pub fn call_conversation(&mut self, client: usize, command: Command) {
        let Some(conversation) = self.clients[client].link.conversation() else {
            return;
        };
        let id = CommandId::from_bytes(self.random.bytes());
        self.note("call", [client as u64, 0], |_| format!("{id} {command:?}"));
        self.checks.attempted(id, client, &command);
        self.checks.sent_by_program(id);
        let number = self.object_of(conversation);
        let person = self.clients[client].person.clone();
        self.call(&Event::AskedConversation(
            number,
            Box::new(person),
            id,
            Box::new(command),
        ));
    }

    /// The Worker has seen a file come, keeps it, and says so (FI1).
    pub fn send_file(&mut self, client: usize) {
        let Some(conversation) = self.clients[client].link.conversation() else {
            return;
        };
        let file = FileId::from_bytes(self.random.bytes());
        let sent = Sent {
            file,
            name: FileName::clean("bell.pdf"),
            kind: Kind::Pdf,
            size: self.random.pick(&[1, 1_000, 25_000_000]),
            width: None,
            height: None,
            // Every other space has its files checked.
            check: match file.bytes() {
                [.., 0..=127] => Check::Checking,
                _ => Check::Passed,
            },
        };
        let number = self.object_of(conversation);
        self.conversations[number].store.insert(file);
        self.call_conversation(client, Command::SendFile(Box::new(sent)));
    }

    pub fn call_of_conversation_arrives(
        &mut self,
        number: usize,
        person: Person,
        id: CommandId,
        command: Command,
    ) {
        let input = conversation::Input::Asked {
            person,
            id,
            command,
        };
        self.conversation_turn(number, input);
    }

    /// A program of a customer's connects beside the tabs, sends what is out of turn and never waits.
    pub fn floods(&mut self) {
        self.plan(self.swarm.flood, Event::Act(Act::Flood));
        let number = self.random.range(0, self.visitors.len() as u64 - 1) as usize;
        let tab = self.visitors[number].tabs.first().copied();
        let known = tab.and_then(|tab| Some((tab, self.clients[tab].link.conversation()?)));
        let Some((tab, conversation)) = known else {
            return;
        };
        self.note("flood", [tab as u64, 0], |_| conversation.to_string());
        let person = self.clients[tab].person.clone();
        let object = self.object_of(conversation);
        let host = Host::Conversation(object);
        let socket = self.new_socket(End::Client(tab), host, person.clone());
        self.checks.floods.insert(socket);
        self.enters(socket, person);
        let hello = Hello {
            device: DeviceId::from_bytes(self.random.bytes()),
            connection: 1,
            epoch: None,
            after: Seq(0),
            cursor: Cursor::default(),
        };
        let id = CommandId::from_bytes(self.random.bytes());
        let frames = (1..=FLOOD).map(|n| ToServer::Send {
            n: n + 1,
            id,
            command: Command::End,
        });
        for frame in [ToServer::Hello(hello)].into_iter().chain(frames) {
            let id = Socket::id(socket);
            if self.is_open(id) {
                let input = conversation::Input::Frame { socket: id, frame };
                self.conversation_turn(object, input);
            }
        }
        if self.is_open(Socket::id(socket)) {
            self.hang_up(socket);
        }
    }

    /// M1: what is answered as done is in the log.
    pub fn conversation_replies(
        &mut self,
        number: usize,
        id: CommandId,
        reply: &Result<(), Refusal>,
    ) {
        self.note("reply", [number as u64, reply.is_ok().into()], |_| {
            format!("{id} {reply:?}")
        });
        if reply.is_ok() && !self.checks.is_logged(id) {
            self.violate("M1", || {
                format!("{id} is answered as done, and no disk has it")
            });
        }
    }
}
