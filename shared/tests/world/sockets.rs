//! The network between clients and objects: first in, first out for each socket and direction,
//! until a socket is cut; what was on its way then may still arrive, up to a minute late.

use shared::conversation;
use shared::frame::{CloseCode, FromServer, SocketId, ToServer};
use shared::id::AgentId;
use shared::rights::Person;
use shared::space;

use crate::world::{End, Event, Host, Ms, World};

/// The usual way of a frame, in milliseconds.
const WAY: [Ms; 3] = [5, 20, 50];
/// The way of a slow frame, in milliseconds.
const SLOW_WAY: [Ms; 3] = [200, 1_000, 5_000];
/// How late frames may be that were on their way when their socket ended, in milliseconds.
const LATE: [Ms; 3] = [500, 8_000, 60_000];

#[derive(Debug)]
pub struct Socket {
    pub end: End,
    pub host: Host,
    pub person: Person,
    /// Whether the object has it.
    pub is_open: bool,
    /// Whether what it sends still reaches the object, which may have closed it already.
    is_heard: bool,
    /// Whether the network has cut it.
    is_cut: bool,
    /// Once the client's end is gone: frames on their way arrive not before this moment.
    late_until: Option<Ms>,
    /// From here on frames on their way are lost.
    is_lost: bool,
    up_at: Ms,
    down_at: Ms,
    /// When the platform last answered a heartbeat, until the object is told.
    pub answered_at: Option<Ms>,
    /// The cursors that were last sent.
    pub cursors: conversation::Cursors,
}

impl Socket {
    pub const fn id(number: usize) -> SocketId {
        SocketId(number as u64)
    }
}

impl World {
    /// A socket that is on its way to nobody yet.
    pub fn new_socket(&mut self, end: End, host: Host, person: Person) -> usize {
        let number = self.sockets.len();
        self.sockets.push(Socket {
            end,
            host,
            person,
            is_open: false,
            is_heard: false,
            is_cut: false,
            late_until: None,
            is_lost: false,
            up_at: self.now,
            down_at: self.now,
            answered_at: None,
            cursors: conversation::Cursors::default(),
        });
        number
    }

    pub fn dial(&mut self, end: End, host: Host, person: Person) -> usize {
        let number = self.new_socket(end, host, person);
        if self.fault(self.swarm.dial_lost) {
            let way = self.random.range(10, 4_000);
            self.after(way, Event::Closed(number, 1006));
        } else {
            let at = self.way_up(number);
            self.at(at, Event::Arrive(number));
        }
        number
    }

    /// The upgrade reaches the Worker, which checks the token, and then the object.
    pub fn arrive(&mut self, number: usize) {
        if self.is_token_stale(self.sockets[number].end) {
            let at = self.way_down(number);
            self.at(at, Event::Closed(number, CloseCode::Unauthorized.number()));
            return;
        }
        match (self.sockets[number].host, &self.sockets[number].person) {
            (Host::Conversation(conversation), Person::Agent { agent, era, .. }) => {
                let (agent, era) = (*agent, *era);
                self.asks_to_enter(number, conversation, agent, era);
            }
            (Host::Space, person) => {
                let person = self.as_of_now(person.clone());
                self.enters(number, person);
            }
            (Host::Conversation(_), person) => self.enters(number, person.clone()),
        }
    }

    /// The Worker asks the space whether an agent's token is still good (R85).
    fn asks_to_enter(&mut self, number: usize, conversation: usize, agent: AgentId, era: u32) {
        let input = space::Input::Enter {
            agent,
            era,
            conversation: self.conversations[conversation].id,
        };
        let effects = self.space_turn(input);
        let effects = effects.into_iter().flatten();
        let mut answers = effects.filter_map(|effect| {
            let is_vouched = effect == space::Effect::Vouched;
            let is_answer = is_vouched || matches!(effect, space::Effect::Denied(_));
            is_answer.then_some(is_vouched)
        });
        let answer = answers.next();
        let at = self.way_down(number);
        match answer {
            Some(true) => {
                let tenure = &self.space.disk.agents[&agent].tenure;
                if self.is_out(agent) || tenure.era != era {
                    let good = tenure.era;
                    self.violate("R85", || {
                        format!("{agent} enters with a token of era {era}, and {good} is good")
                    });
                }
                let person = self.sockets[number].person.clone();
                self.at(at, Event::Entered(number, Box::new(person)));
            }
            Some(false) => {
                self.at(at, Event::Closed(number, CloseCode::Unauthorized.number()));
            }
            None => self.at(at, Event::Closed(number, 1006)),
        }
    }

    /// The upgrade reaches the object.
    pub fn enters(&mut self, number: usize, person: Person) {
        let host = self.sockets[number].host;
        self.sockets[number].is_open = true;
        self.sockets[number].is_heard = true;
        let at = self.way_down(number);
        self.at(at, Event::Opened(number));
        self.plan(self.swarm.cut, Event::Cut(number));
        self.plan(self.swarm.freeze, Event::Freeze(number));
        let socket = Socket::id(number);
        match host {
            Host::Space => {
                self.space_turn(space::Input::Connected { socket, person });
            }
            Host::Conversation(conversation) => {
                let space = self.space_id();
                let input = conversation::Input::Connected {
                    socket,
                    person,
                    space,
                };
                self.conversation_turn(conversation, input);
            }
        }
    }

    /// Somebody as a fresh token says.
    pub fn as_of_now(&self, person: Person) -> Person {
        match person {
            Person::Visitor { .. } => person,
            Person::Agent { agent, .. } => self.space.disk.agents[&agent].person(),
        }
    }

    pub fn is_open(&self, socket: SocketId) -> bool {
        self.sockets[socket.0 as usize].is_open
    }

    fn way(&mut self) -> Ms {
        if self.fault(self.swarm.slow_frame) {
            self.random.pick(&SLOW_WAY)
        } else {
            self.random.pick(&WAY)
        }
    }

    fn way_up(&mut self, number: usize) -> Ms {
        let at = (self.now + self.way()).max(self.sockets[number].up_at);
        self.sockets[number].up_at = at;
        at
    }

    fn way_down(&mut self, number: usize) -> Ms {
        let at = (self.now + self.way()).max(self.sockets[number].down_at);
        self.sockets[number].down_at = at;
        at
    }

    fn is_current(&self, number: usize) -> bool {
        let current = match self.sockets[number].end {
            End::Client(client) => self.clients[client].socket,
            End::Console(console) => self.consoles[console].socket,
        };
        current == Some(number)
    }

    pub fn send_to_conversation(&mut self, number: usize, frame: ToServer<conversation::Command>) {
        if !self.sockets[number].is_cut {
            let at = self.way_up(number);
            self.at(at, Event::ToConversation(number, Box::new(frame)));
        }
    }

    pub fn send_to_space(&mut self, number: usize, frame: ToServer<space::Command>) {
        if !self.sockets[number].is_cut {
            let at = self.way_up(number);
            self.at(at, Event::ToSpace(number, Box::new(frame)));
        }
    }

    pub fn send_ping(&mut self, number: usize) {
        if !self.sockets[number].is_cut {
            let at = self.way_up(number);
            self.at(at, Event::Ping(number));
        }
    }

    pub fn send_to_client(&mut self, number: usize, frame: FromServer) {
        if self.sockets[number].is_open && !self.sockets[number].is_cut {
            let at = self.way_down(number);
            self.at(at, Event::ToClient(number, Box::new(frame)));
        }
    }

    /// True when a frame on its way up arrives at this moment. One that is late is put back.
    fn arrives(&mut self, number: usize, again: impl FnOnce() -> Event) -> bool {
        let socket = &mut self.sockets[number];
        if !socket.is_heard || socket.is_lost {
            return false;
        }
        match socket.late_until {
            Some(until) if self.now < until => {
                self.at(until, again());
                false
            }
            Some(_) | None => true,
        }
    }

    pub fn conversation_gets(
        &mut self,
        number: usize,
        frame: Box<ToServer<conversation::Command>>,
    ) {
        if !self.arrives(number, || Event::ToConversation(number, frame.clone())) {
            return;
        }
        let Host::Conversation(conversation) = self.sockets[number].host else {
            unreachable!("a frame for a conversation at a space");
        };
        self.note("frame", [number as u64, conversation as u64], |_| {
            format!("{frame:?}")
        });
        self.frame_arrives(number, conversation, &frame);
        let input = conversation::Input::Frame {
            socket: Socket::id(number),
            frame: *frame,
        };
        self.conversation_turn(conversation, input);
    }

    pub fn space_gets(&mut self, number: usize, frame: Box<ToServer<space::Command>>) {
        if !self.arrives(number, || Event::ToSpace(number, frame.clone())) {
            return;
        }
        self.note("frame to space", [number as u64, 0], |_| {
            format!("{frame:?}")
        });
        let input = space::Input::Frame {
            socket: Socket::id(number),
            frame: *frame,
        };
        self.space_turn(input);
    }

    /// The platform answers a heartbeat without waking the object.
    pub fn ping(&mut self, number: usize) {
        if self.arrives(number, || Event::Ping(number)) {
            self.sockets[number].answered_at = Some(self.now);
            if !self.sockets[number].is_cut {
                let at = self.way_down(number);
                self.at(at, Event::Pong(number));
            }
        }
    }

    pub fn opened(&mut self, number: usize) {
        if self.is_current(number) && !self.sockets[number].is_cut {
            self.link_opened(self.sockets[number].end);
        }
    }

    pub fn client_gets(&mut self, number: usize, frame: FromServer) {
        if self.is_current(number) && !self.sockets[number].is_cut {
            match self.sockets[number].end {
                End::Client(client) => self.client_receives(client, frame),
                End::Console(console) => self.console_receives(console, frame),
            }
        }
    }

    pub fn pong(&mut self, number: usize) {
        if self.is_current(number) && !self.sockets[number].is_cut {
            self.link_heard(self.sockets[number].end);
        }
    }

    pub fn closed(&mut self, number: usize, code: u16) {
        if self.is_current(number) {
            self.note("closed", [number as u64, code.into()], |_| String::new());
            self.link_lost(self.sockets[number].end, code);
        }
    }

    /// The network cuts a socket. Either end learns it at once, later or, half-open, by itself.
    pub fn cut(&mut self, number: usize) {
        if self.is_healed || self.sockets[number].is_cut || !self.is_current(number) {
            return;
        }
        self.note("cut", [number as u64, 0], |_| String::new());
        self.person_acts_on_cut(self.sockets[number].end);
        self.sockets[number].is_cut = true;
        if !self.fault(self.swarm.half_open) {
            let span = self.random.range(0, 3_000);
            self.after(span, Event::Closed(number, 1006));
        }
        let silence = if self.fault(self.swarm.half_open) {
            self.random.range(0, 300_000)
        } else {
            self.random.range(0, 5_000)
        };
        self.end_of_client(number, silence);
    }

    /// Nothing more arrives for a while, and then all of it.
    pub fn freeze(&mut self, number: usize) {
        if self.is_healed || self.sockets[number].is_cut {
            return;
        }
        let until = self.now + self.random.range(1_000, 60_000);
        self.note("freeze", [number as u64, until], |_| String::new());
        let socket = &mut self.sockets[number];
        socket.up_at = socket.up_at.max(until);
        socket.down_at = socket.down_at.max(until);
        if socket.is_open {
            self.plan(self.swarm.freeze, Event::Freeze(number));
        }
    }

    /// The client closes the socket, or the page goes away.
    pub fn hang_up(&mut self, number: usize) {
        if !self.sockets[number].is_cut {
            self.sockets[number].is_cut = true;
            self.end_of_client(number, 0);
        }
    }

    /// What is on its way arrives late, in part or not at all; then the object learns of the end.
    fn end_of_client(&mut self, number: usize, silence: Ms) {
        let late = if self.fault(self.swarm.late_frames) {
            self.random.pick(&LATE)
        } else {
            0
        };
        let socket = &mut self.sockets[number];
        socket.late_until = Some(self.now + late);
        socket.is_lost = late == 0 && self.random.chance(0.5);
        let at = (self.now + late.max(silence)).max(socket.up_at) + 1;
        self.at(at, Event::Gone(number));
    }

    pub fn gone(&mut self, number: usize) {
        if !self.sockets[number].is_heard {
            return;
        }
        self.sockets[number].is_open = false;
        self.sockets[number].is_heard = false;
        let socket = Socket::id(number);
        match self.sockets[number].host {
            // An object that wakes for this still finds the seat.
            Host::Space => {
                self.space_turn(space::Input::Disconnected { socket });
                self.space.seats.remove(&socket);
            }
            Host::Conversation(conversation) => {
                let input = conversation::Input::Disconnected { socket };
                self.conversation_turn(conversation, input);
                self.conversations[conversation].seats.remove(&socket);
            }
        }
    }

    /// The object closes a socket.
    pub fn close(&mut self, number: usize, code: u16) {
        let socket = &mut self.sockets[number];
        if !socket.is_open {
            return;
        }
        socket.is_open = false;
        // The platform may have taken in frames before the close.
        socket.is_heard = self.random.chance(0.5);
        if !socket.is_cut {
            let at = self.way_down(number);
            self.at(at, Event::Closed(number, code));
        }
    }

    /// The object is gone: clients notice within 3 s, or by their heartbeat.
    pub fn cut_by_crash(&mut self, number: usize, code: u16) {
        let socket = &mut self.sockets[number];
        socket.is_heard = false;
        if !socket.is_open {
            return;
        }
        socket.is_open = false;
        if !socket.is_cut && !self.fault(self.swarm.half_open) {
            let at = self.way_down(number) + self.random.range(0, 3_000);
            self.at(at, Event::Closed(number, code));
        }
    }
}
