//! Helpers of this machine's tests: a cast, short ways to say inputs, and a disk.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a helper picks one kind of effect out of many"
)]

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use std::collections::BTreeMap;

use super::*;
use crate::file::{Check, FileName, Kind, Sent};
use crate::id::{AgentId, FileId};
use crate::refusal::Refusal;
use crate::rights::Role;
use crate::settings::Settings;

pub(super) const CUSTOMER: SocketId = SocketId(1);
pub(super) const JACK: SocketId = SocketId(2);
pub(super) const MIA: SocketId = SocketId(3);
pub(super) const ADA: SocketId = SocketId(4);
pub(super) const SECOND_TAB: SocketId = SocketId(5);
pub(super) const ROOT: SocketId = SocketId(100);
pub(super) const STRANGER: SocketId = SocketId(101);

pub(super) fn ms(millis: u64) -> Timestamp {
    Timestamp::from_millis(1_000_000 + millis)
}

pub(super) fn s(seconds: u64) -> Timestamp {
    ms(seconds * 1_000)
}

pub(super) fn command_id(number: u8) -> CommandId {
    CommandId::from_bytes([number; 16])
}

pub(super) fn agent_id(socket: SocketId) -> AgentId {
    AgentId::from_bytes([socket.0 as u8; 16])
}

pub(super) fn space() -> SpaceId {
    "demo".parse().unwrap()
}

pub(super) fn text(text: &str) -> MessageText {
    MessageText::parse(text).unwrap()
}

pub(super) fn label(word: &str) -> Label {
    Label::parse(word).unwrap()
}

pub(super) fn post(words: &str) -> Command {
    Command::Post {
        text: text(words),
        reply_to: None,
    }
}

pub(super) fn posted(words: &str) -> Event {
    Event::MessagePosted {
        text: text(words),
        reply_to: None,
    }
}

pub(super) fn reply(words: &str, message: u8) -> Command {
    Command::Post {
        text: text(words),
        reply_to: Some(command_id(message)),
    }
}

pub(super) fn change(message: u8, change: Change) -> Command {
    Command::Change {
        message: command_id(message),
        change,
    }
}

pub(super) fn changed(message: u8, change: Change) -> Event {
    Event::MessageChanged {
        message: command_id(message),
        change,
        note: false,
    }
}

pub(super) fn rating(stars: u8, comment: Option<&str>) -> Rating {
    Rating {
        stars: Stars::try_from(stars).unwrap(),
        comment: comment.map(text),
    }
}

pub(super) fn edit(message: u8, words: &str) -> Command {
    change(message, Change::Text(text(words)))
}

pub(super) fn delete(message: u8) -> Command {
    change(message, Change::Deletion)
}

pub(super) fn reaction(on: bool) -> Change {
    let emoji = crate::text::Emoji::parse("👍").unwrap();
    Change::Reaction { emoji, on }
}

pub(super) fn react(message: u8, on: bool) -> Command {
    change(message, reaction(on))
}

pub(super) fn note(words: &str) -> Command {
    Command::Note { text: text(words) }
}

/// A file of that many bytes.
pub(super) fn file(n: u8, size: u64) -> Sent {
    Sent {
        file: FileId::from_bytes([n; 16]),
        name: FileName::clean("bell.png"),
        kind: Kind::Png,
        size,
        width: Some(4),
        height: Some(3),
        check: Check::Passed,
    }
}

pub(super) fn resolve() -> Command {
    let resolution = label("resolved");
    let reason = None;
    Command::Resolve { resolution, reason }
}

pub(super) fn name(name: &str) -> PersonName {
    PersonName::parse(name).unwrap()
}

pub(super) fn person(socket: SocketId) -> Person {
    let agent = |called, role| Person::Agent {
        agent: agent_id(socket),
        name: name(called),
        role,
        era: 0,
    };
    match socket {
        JACK => agent("Jack", Role::Agent),
        MIA => agent("Mia", Role::Agent),
        ADA => agent("Ada", Role::Supervisor),
        ROOT => agent("Root", Role::Admin),
        STRANGER => Person::visitor(VisitorId::from_bytes([77; 16])),
        _ => Person::visitor(VisitorId::from_bytes([7; 16])),
    }
}

pub(super) fn birth() -> Birth {
    Birth {
        conversation: ConversationId::from_bytes([9; 16]),
        space: space(),
        visitor: VisitorId::from_bytes([7; 16]),
        name: name("Guest 4711"),
        queue: label("GENERAL"),
        skills: alloc::vec![],
        source: Source::Widget,
        company: None,
        follows: None,
        greeting: None,
        email: None,
        identity: None,
        epoch: EpochId::from_bytes([8; 16]),
        settings: Terms::from(&Settings::new(name("Demo"))),
        at: ms(0),
    }
}

pub(super) fn begin() -> Input {
    Input::Begin {
        birth: birth(),
        id: command_id(0),
        text: text("My order has not arrived"),
    }
}

pub(super) fn connected(socket: SocketId) -> Input {
    Input::Connected {
        socket,
        person: person(socket),
        space: space(),
    }
}

/// Another connection of the same person.
pub(super) fn connected_as(socket: SocketId, who: SocketId) -> Input {
    Input::Connected {
        socket,
        person: person(who),
        space: space(),
    }
}

pub(super) fn frame(socket: SocketId, frame: ToServer<Command>) -> Input {
    Input::Frame { socket, frame }
}

pub(super) fn hello_as(socket: SocketId, device: u8, connection: u32, after: u64) -> Input {
    let hello = crate::frame::Hello {
        device: DeviceId::from_bytes([device; 16]),
        connection,
        epoch: Some(birth().epoch),
        after: Seq(after),
        cursor: Cursor::default(),
    };
    frame(socket, ToServer::Hello(hello))
}

pub(super) fn hello(socket: SocketId) -> Input {
    hello_as(socket, socket.0 as u8, 1, 0)
}

pub(super) fn send(socket: SocketId, n: u32, id: u8, command: Command) -> Input {
    let id = command_id(id);
    frame(socket, ToServer::Send { n, id, command })
}

pub(super) fn seen(socket: SocketId, delivered: u64, read: u64) -> Input {
    let cursor = Cursor {
        delivered: Seq(delivered),
        read: Seq(read),
    };
    frame(socket, ToServer::Seen { cursor })
}

pub(super) fn typing(socket: SocketId, typing: bool) -> Input {
    frame(socket, ToServer::Typing { typing })
}

pub(super) fn assign(fence: u64, to: Option<SocketId>) -> Input {
    let to = to.map(|socket| match person(socket) {
        Person::Agent { agent, name, .. } => Assignee { agent, name },
        Person::Visitor { .. } => panic!("a customer is nobody's assignee"),
    });
    let fence = Fence(fence);
    Input::Instructed(Instruction::Assign(Assignment {
        fence,
        to,
        queue: None,
        taken: false,
        closes: false,
    }))
}

pub(super) fn place(number: u32, as_of: Timestamp) -> Place {
    Place {
        as_of,
        number,
        wait_s: Some(90),
        on_duty: true,
        open_now: true,
        opens_at: None,
    }
}

/// The space has stored the report of that revision; who waits is the first in line.
pub(super) fn confirmed(revision: Seq) -> Input {
    let place = Some(place(1, ms(0)));
    Input::Reported {
        revision,
        place,
        lists: None,
        open: None,
    }
}

/// The space says how long the queue was open while the conversation waited, in seconds.
pub(super) fn was_open(waits: u64, open: u64, opens_in: Option<u64>) -> Input {
    Input::Reported {
        revision: Seq(99),
        place: None,
        lists: None,
        open: Some(OpenTime {
            waits_ms: waits * 1_000,
            open_ms: open * 1_000,
            opens_in_ms: opens_in.map(|seconds| seconds * 1_000),
        }),
    }
}

/// The space has no newer words (WD2).
pub(super) fn no_news() -> Input {
    Input::Reported {
        revision: Seq(0),
        place: None,
        lists: None,
        open: None,
    }
}

/// True when a turn asked the space for words (WD2).
pub(super) fn has_asked(effects: &[Effect]) -> bool {
    words(effects).iter().any(|word| word.contains("for 500"))
}

/// The machine with a disk: what a shell keeps of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Desk {
    pub(super) machine: Conversation,
    pub(super) rows: Vec<Row>,
    pub(super) seats: BTreeMap<SocketId, Seat>,
}

impl Desk {
    /// Born at 0, with the customer and three agents connected; the space was told.
    pub(super) fn open() -> Self {
        Self::with(begin())
    }

    pub(super) fn with(begin: Input) -> Self {
        let mut desk = Self::default();
        desk.at(ms(0), begin);
        for socket in [CUSTOMER, JACK, MIA, ADA] {
            desk.at(ms(0), connected(socket));
            desk.at(ms(0), hello(socket));
        }
        let revision = desk.machine.born().reporting.revision;
        desk.at(ms(0), confirmed(revision));
        desk
    }

    /// Held by Jack under fence 1, since 0.
    pub(super) fn active() -> Self {
        let mut desk = Self::open();
        desk.at(ms(0), assign(1, Some(JACK)));
        desk.confirm(ms(0));
        desk
    }

    /// Active, in a space that has reasons.
    pub(super) fn with_reasons() -> Self {
        let mut lists = birth().settings.lists();
        lists.number = 1;
        lists.reasons.push(crate::settings::Reason {
            id: label("left"),
            name: crate::text::Title::parse("The customer left").unwrap(),
        });
        let mut desk = Self::active();
        let revision = desk.machine.born().reporting.revision;
        let lists = Some(lists);
        let place = None;
        desk.at(
            ms(0),
            Input::Reported {
                revision,
                place,
                lists,
                open: None,
            },
        );
        desk
    }

    pub(super) fn wrapping_up() -> Self {
        let mut desk = Self::active();
        desk.at(ms(0), send(JACK, 1, 100, Command::End));
        desk.confirm(ms(0));
        desk
    }

    pub(super) fn closed() -> Self {
        let mut desk = Self::wrapping_up();
        desk.at(ms(0), send(JACK, 2, 101, resolve()));
        desk.confirm(ms(0));
        desk
    }

    pub(super) fn confirm(&mut self, now: Timestamp) {
        let revision = self.machine.born().reporting.revision;
        self.at(now, confirmed(revision));
    }

    /// One turn, with its invariants.
    pub(super) fn at(&mut self, now: Timestamp, input: Input) -> Vec<Effect> {
        let gone = match &input {
            Input::Disconnected { socket } => Some(*socket),
            _ => None,
        };
        let effects = self.machine.handle(now, input);
        self.machine.check().unwrap();
        for effect in &effects {
            match effect {
                Effect::Save(row) => self.rows.push(row.clone()),
                Effect::Keep { socket, seat } => {
                    self.seats.insert(*socket, seat.clone());
                }
                Effect::Close { socket, .. } => {
                    self.seats.remove(socket);
                }
                Effect::Erase => {
                    let rows = self.rows.drain(..).map(Row::blanked);
                    self.rows = rows.collect();
                }
                Effect::Forget => self.rows.clear(),
                Effect::RemoveFile(_) | Effect::Check(_) => (),
                Effect::Send { .. }
                | Effect::Backlog { .. }
                | Effect::Mail { .. }
                | Effect::Report(_)
                | Effect::Begun
                | Effect::Answer(_)
                | Effect::Replied { .. }
                | Effect::Slowed { .. } => (),
            }
        }
        if let Some(gone) = gone {
            self.seats.remove(&gone);
        }
        effects
    }

    /// Memory is lost, sockets stay.
    pub(super) fn wake(&mut self, now: Timestamp) {
        self.machine = Conversation::restore(self.rows.clone(), self.seats.clone(), now);
        self.machine.check().unwrap();
    }

    pub(super) fn stage(&self) -> &'static str {
        self.machine.lifecycle().unwrap().stage.word()
    }

    /// The stored log as a side sees it.
    pub(super) fn log(&self, side: Side) -> Vec<Entry> {
        let entries = self.rows.iter().filter_map(|row| match row {
            Row::Entry { entry, public, .. } => {
                let mut shown = entry.clone();
                self.machine.show(entry.seq, &mut shown);
                match side {
                    Side::Agent => Some(shown),
                    Side::Customer => public.map(|seq| Entry { seq, ..shown }),
                }
            }
            Row::Birth(_)
            | Row::Device { .. }
            | Row::Reported { .. }
            | Row::Lists(_)
            | Row::Cursors(_) => None,
        });
        entries.collect()
    }

    /// Kinds of the stored entries.
    pub(super) fn kinds(&self) -> Vec<&'static str> {
        let log = self.log(Side::Agent);
        log.iter().map(|entry| entry.event.kind()).collect()
    }
}

/// The frames that one socket gets.
pub(super) fn frames_to(socket: SocketId, effects: &[Effect]) -> Vec<FromServer> {
    let frames = effects.iter().filter_map(|effect| match effect {
        Effect::Send { to, frame } if to.contains(&socket) => Some(frame.clone()),
        _ => None,
    });
    frames.collect()
}

/// The entries that one socket is pushed.
pub(super) fn pushed(socket: SocketId, effects: &[Effect]) -> Vec<Entry> {
    let entries = frames_to(socket, effects)
        .into_iter()
        .filter_map(|frame| match frame {
            FromServer::Entries(entries) => Some(entries),
            _ => None,
        });
    entries.flatten().collect()
}

/// What a turn says, one word for each effect; a frame for both sides is a word for each.
pub(super) fn words(effects: &[Effect]) -> Vec<String> {
    let word = |effect: &Effect| match effect {
        Effect::Save(Row::Birth(_)) => "save birth".into(),
        Effect::Save(Row::Entry {
            entry,
            public,
            cursors,
        }) => {
            let hidden = if public.is_some() { "" } else { " (internal)" };
            let cursors = cursors.map_or("", |_| " with cursors");
            format!("save {}{hidden}{cursors}", entry.event.kind())
        }
        Effect::Save(Row::Device { .. }) => "save device".into(),
        Effect::Save(Row::Reported { revision }) => format!("save reported {revision}"),
        Effect::Save(Row::Lists(_)) => "save lists".into(),
        Effect::Save(Row::Cursors(_)) => "save cursors".into(),
        Effect::Send { to, frame } => {
            let to: Vec<u64> = to.iter().map(|socket| socket.0).collect();
            let frame = match frame {
                FromServer::Welcome(_) => "welcome".into(),
                FromServer::Entries(entries) => format!("{} entries", entries.len()),
                FromServer::Cursors(_) => "cursors".into(),
                FromServer::Repeated { seq, .. } => format!("repeated {seq}"),
                FromServer::Refused { refusal, .. } => format!("refused {}", refusal.code()),
                FromServer::Hold { n, retry_ms } => format!("hold {n} for {retry_ms}"),
                FromServer::Place(place) => format!("place {}", place.number),
                FromServer::Typing { typing, .. } => format!("typing {typing}"),
                other => format!("{other:?}"),
            };
            format!("{frame} to {to:?}")
        }
        Effect::Backlog {
            to, after, head, ..
        } => {
            format!("backlog {after}..{head} to {}", to.0)
        }
        Effect::Mail { .. } => "mail".into(),
        Effect::Keep { socket, .. } => format!("keep {}", socket.0),
        Effect::Close { socket, code } => format!("close {} {}", socket.0, code.number()),
        Effect::Report(report) => format!("report {}", report.revision),
        Effect::Erase => "erase".into(),
        Effect::Forget => "forget".into(),
        Effect::RemoveFile(_) => "remove file".into(),
        Effect::Check(_) => "check file".into(),
        Effect::Begun => "begun".into(),
        Effect::Answer(answer) => format!("answer {:?}", answer.outcome),
        Effect::Replied { reply: Ok(()), .. } => "replied done".into(),
        Effect::Replied {
            reply: Err(refusal),
            ..
        } => format!("replied {}", refusal.code()),
        Effect::Slowed { retry_ms } => format!("slowed for {retry_ms}"),
    };
    effects
        .iter()
        .flat_map(of_each_side)
        .map(|effect| word(&effect))
        .collect()
}

fn of_each_side(effect: &Effect) -> Vec<Effect> {
    let Effect::Send {
        to,
        frame: frame @ FromServer::Entries(_),
    } = effect
    else {
        return [effect.clone()].into();
    };
    let is_customer = |to: &SocketId| [CUSTOMER, SECOND_TAB].contains(to);
    let (customers, agents): (Vec<_>, Vec<_>) = to.iter().copied().partition(is_customer);
    let sides = [customers, agents].into_iter().filter(|to| !to.is_empty());
    let send = |to| Effect::Send {
        to,
        frame: frame.clone(),
    };
    sides.map(send).collect()
}

/// The refusal that a socket gets.
pub(super) fn refused(socket: SocketId, effects: &[Effect]) -> Option<Refusal> {
    let frames = frames_to(socket, effects).into_iter();
    let mut refusals = frames.filter_map(|frame| match frame {
        FromServer::Refused { refusal, .. } => Some(refusal),
        _ => None,
    });
    refusals.next()
}

/// The answer to an instruction.
pub(super) fn answered(effects: &[Effect]) -> Option<Answer> {
    effects.iter().find_map(|effect| match effect {
        Effect::Answer(answer) => Some(answer.clone()),
        _ => None,
    })
}

/// Kinds of the entries that a turn saves.
pub(super) fn saved_kinds(effects: &[Effect]) -> Vec<&'static str> {
    let kinds = effects.iter().filter_map(|effect| match effect {
        Effect::Save(Row::Entry { entry, .. }) => Some(entry.event.kind()),
        _ => None,
    });
    kinds.collect()
}
