//! Values that the benchmarks need. Stored types come from their JSON, so a field that they get
//! one day does not stop this file.

use serde_json::{Value, json};
use shared::conversation::{Birth, Command, Cursor, Input as Told, Report, Seq};
use shared::frame::{Hello, SocketId, ToServer};
use shared::id::{AgentId, CommandId, ConversationId, DeviceId, EpochId, VisitorId};
use shared::rights::{Person, Role};
use shared::settings::Settings;
use shared::space::Agent;
use shared::text::{Label, MessageText, PersonName};
use shared::time::Timestamp;

/// A number as 16 bytes, scattered so that ids come in no order.
const fn bytes(number: u64) -> [u8; 16] {
    let scattered = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let [a, b, c, d, e, f, g, h] = scattered.to_be_bytes();
    let [i, j, k, l, m, n, o, p] = number.to_be_bytes();
    [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]
}

pub const fn ms(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

pub const fn conversation(number: u64) -> ConversationId {
    ConversationId::from_bytes(bytes(number))
}

pub const fn agent(number: u64) -> AgentId {
    AgentId::from_bytes(bytes(number))
}

pub const fn command(number: u64) -> CommandId {
    CommandId::from_bytes(bytes(number))
}

pub const fn visitor(number: u64) -> VisitorId {
    VisitorId::from_bytes(bytes(number))
}

pub fn name(text: &str) -> PersonName {
    PersonName::parse(text).unwrap()
}

pub fn label(text: &str) -> Label {
    Label::parse(text).unwrap()
}

pub fn post(text: &str) -> Command {
    let text = MessageText::parse(text).unwrap();
    let reply_to = None;
    Command::Post { text, reply_to }
}

/// Settings without a limit that a benchmark would run into.
pub fn settings() -> Settings {
    Settings {
        messages_burst: 1_000_000,
        messages_per_10s: 1_000_000,
        messages_per_hour: 1_000_000,
        conversations_per_10min: 1_000_000,
        conversations_per_hour: 1_000_000,
        ..Settings::new(name("Bench"))
    }
}

pub fn birth(number: u64) -> Birth {
    let birth = json!({
        "conversation": conversation(number), "space": "bench", "visitor": visitor(number),
        "name": "Guest 4711", "queue": "GENERAL", "source": "widget",
        "epoch": EpochId::from_bytes(bytes(number)), "settings": settings(), "at": 0,
    });
    serde_json::from_value(birth).unwrap()
}

pub fn begin(number: u64) -> Told {
    Told::Begin {
        birth: birth(number),
        id: command(number),
        text: MessageText::parse("Hello, it is about the order of last week").unwrap(),
    }
}

pub fn roster_agent(number: u64) -> Agent {
    let agent = json!({
        "agent": agent(number), "name": format!("Agent {number}"), "screen_name": "Jack",
        "role": "supervisor", "limit": null, "available": false, "available_for": null,
        "queues": null, "last_offer": 0,
    });
    serde_json::from_value(agent).unwrap()
}

/// A report of a conversation that stands so.
pub fn report(number: u64, revision: u64, fence: u64, standing: Value) -> Report {
    let report = json!({
        "conversation": conversation(number), "revision": revision, "standing": standing,
        "fence": fence, "visitor": visitor(number), "name": "Guest 4711",
        "first_words": "Hello, it is about the order of last week", "queue": "GENERAL",
        "source": "widget", "age_ms": 1000,
    });
    serde_json::from_value(report).unwrap()
}

pub fn person(number: u64) -> Person {
    Person::Agent {
        agent: agent(number),
        name: name("Jack"),
        role: Role::Supervisor,
        era: 0,
    }
}

pub fn hello<C>(device: u64, connection: u32) -> ToServer<C> {
    ToServer::Hello(Hello {
        device: DeviceId::from_bytes(bytes(device)),
        connection,
        epoch: None,
        after: Seq(0),
        cursor: Cursor::default(),
    })
}

pub const fn device(number: u64) -> DeviceId {
    DeviceId::from_bytes(bytes(number))
}

pub const fn socket(number: u64) -> SocketId {
    SocketId(number)
}
