//! `cost`: what one conversation of 20 messages costs on Cloudflare, from what is counted on
//! `workerd`, and from that the bill of a month with a million of them.
//!
//! Both sides run the link of `shared` on a clock of their own that takes as long as people do;
//! the server's clock is the real one. Prices: `PRICES`, read in Cloudflare's documentation.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "the rig asks for what it measures, whatever else there is"
)]

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use shared::conversation::Command;
use shared::frame::{FromServer, decode_binary, encode_binary};
use shared::id::{ConversationId, DeviceId};
use shared::link::{ConversationLink, Effect, Input, State};
use shared::rights::Side;
use shared::text::{Label, MessageText};
use shared::time::Timestamp;
use stage::api::{Api, Space};
use stage::line::AgentLine;
use stage::wire::{fresh_id, random};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use crate::line::dial;
use crate::peer::{Kind, Peer};
use crate::report::{Report, Table};

/// Conversations that are counted.
const CONVERSATIONS: u64 = 10;
/// Conversations before them: they make tables, learn the way, and compile what runs often, which
/// nobody is billed for.
const FIRST: u64 = 5;
/// Messages of each, the first one included.
const MESSAGES: u64 = 20;
/// A month.
const MILLION: f64 = 1e6;
/// How much of it the space keeps the row of a closed conversation: 48 hours.
const OF_MONTH: f64 = 48.0 / (30.0 * 24.0);
/// What the month may cost, in dollars.
const BILL_MAX: f64 = 12.0;

/// One line of the price list.
struct Price {
    included: f64,
    /// Dollars for each `unit` above that.
    dollars: f64,
    unit: f64,
}

/// Workers Paid, a month, whatever is used.
const BASE: f64 = 5.0;
const WORKER_REQUESTS: Price = price(10e6, 0.30, 1e6);
const OBJECT_REQUESTS: Price = price(1e6, 0.15, 1e6);
const GIGABYTE_SECONDS: Price = price(400e3, 12.50, 1e6);
const CPU_MS: Price = price(30e6, 0.02, 1e6);
const ROWS_WRITTEN: Price = price(50e6, 1.00, 1e6);
const ROWS_READ: Price = price(25e9, 0.001, 1e6);
const GIGABYTES: Price = price(5.0, 0.20, 1.0);
/// Incoming frames that count as one request.
const FRAMES: f64 = 20.0;
/// An object in use has 128 MB.
const GIGABYTES_OF_OBJECT: f64 = 0.128;
/// Time of an object for one event: assumed as in design row A, 5 ms a frame and 20 ms a request.
const SECONDS_OF_FRAME: f64 = 0.005;
const SECONDS_OF_REQUEST: f64 = 0.020;

const fn price(included: f64, dollars: f64, unit: f64) -> Price {
    Price {
        included,
        dollars,
        unit,
    }
}

impl Price {
    fn of(&self, used: f64) -> f64 {
        (used - self.included).max(0.0) / self.unit * self.dollars
    }
}

/// Counts per conversation; `baseline` is the assumption of design row A.
struct Counted {
    name: &'static str,
    value: f64,
    baseline: Option<f64>,
}

pub async fn measure() -> Result<Report> {
    let entry = stage::root().join("tests/load/count.js");
    let peer = Peer::start_with(Kind::Bellhop, &stage::scratch(), Some(&entry)).await?;
    let house = peer.house.as_ref().context("no house")?;
    let (api, space) = (house.api.clone(), house.space.clone());
    let mut agent = AgentLine::on_duty(&api, &space, "Agent 0").await?;
    for _ in 0..FIRST {
        talk(&api, &space, &mut agent).await?;
    }
    let (before, cpu) = (counts(&api).await?, peer.cpu()?);
    for _ in 0..CONVERSATIONS {
        talk(&api, &space, &mut agent).await?;
    }
    let cpu = (peer.cpu()? - cpu) / 1e3 / CONVERSATIONS as f64;
    // Reports that nobody confirms are repeated after 5 s, sockets without a hello go after 10 s.
    sleep(Duration::from_secs(12)).await;
    let after = counts(&api).await?;
    tell(&before, &after, cpu)
}

async fn counts(api: &Api) -> Result<Value> {
    Ok(api.get("/counts", None).await?.body)
}

fn tell(before: &Value, after: &Value, cpu_ms: f64) -> Result<Report> {
    let count = CONVERSATIONS as f64;
    let of = |pointer: &str| -> Result<f64> {
        let number = |counts: &Value| counts.pointer(pointer).and_then(Value::as_f64);
        let after = number(after).with_context(|| pointer.to_owned())?;
        Ok((after - number(before).unwrap_or(0.0)) / count)
    };
    let all = |name: &str| -> Result<f64> {
        let kinds = ["conversation", "space", "account"].into_iter();
        kinds.map(|kind| of(&format!("/{kind}/{name}"))).sum()
    };
    let alarms = all("alarm")? + of("/conversation/kept/alarms")?;
    let objects = of("/conversation/kept/objects")?;
    ensure!(
        (objects - 1.0).abs() < 1e-9,
        "{objects} objects a conversation"
    );
    let fetches = all("fetch")?;
    let frames = all("message")?;
    let closes = all("close")?;
    let requests = fetches + alarms + (frames + closes) / FRAMES;
    let rows = all("rows")? + all("setAlarm")?;
    let seconds = (fetches + alarms) * SECONDS_OF_REQUEST + (frames + closes) * SECONDS_OF_FRAME;
    let bytes = all("kept/bytes")?;
    let gone = of("/space/kept/gone")?;
    let counted = [
        ("Worker requests", of("/worker")?, Some(9.0)),
        ("object requests: fetch", fetches, None),
        ("of these to the space", of("/space/fetch")?, None),
        (
            "object requests: alarms, one to ring included",
            alarms,
            None,
        ),
        ("incoming frames", frames, Some(56.0)),
        ("ends of sockets, counted like frames", closes, None),
        ("object requests billed", requests, Some(14.8)),
        ("rows written", rows, Some(28.0)),
        ("of these for alarms", all("setAlarm")?, None),
        (
            "of these in the space",
            of("/space/rows")? + of("/space/setAlarm")?,
            None,
        ),
        ("rows read", all("read")?, None),
        ("handler turns", fetches + alarms + frames + closes, None),
        ("outgoing frames", all("send")?, None),
        ("attachments written", all("attachment")?, None),
        ("bytes stored", bytes, Some(20_000.0)),
        ("of these for 48 hours in the space", gone, None),
        ("CPU ms of the whole server", cpu_ms, None),
    ];
    let mut report = Report::new("cost");
    let title = format!("one conversation of {MESSAGES} messages");
    let mut table = Table::new(title, &["counted", "row A"]);
    for (name, value, baseline) in counted {
        let Counted {
            name,
            value,
            baseline,
        } = Counted {
            name,
            value,
            baseline,
        };
        table.row(name, [Some(value), baseline]);
    }
    report.add(table);
    let mut bill = Table::new(
        "a million of them in a month",
        &["used, M", "$", "row A, $"],
    );
    let mut sum = BASE;
    bill.row("Workers Paid", [None, Some(BASE), Some(5.0)]);
    for (name, price, used, row_a) in [
        ("Worker requests", WORKER_REQUESTS, of("/worker")?, 0.0),
        ("CPU ms", CPU_MS, cpu_ms, 0.0),
        ("object requests", OBJECT_REQUESTS, requests, 2.07),
        ("GB-s", GIGABYTE_SECONDS, seconds * GIGABYTES_OF_OBJECT, 0.0),
        ("rows written", ROWS_WRITTEN, rows, 0.0),
        ("rows read", ROWS_READ, all("read")?, 0.0),
    ] {
        let dollars = price.of(used * MILLION);
        sum += dollars;
        bill.row(name, [Some(used), Some(dollars), Some(row_a)]);
    }
    let gigabytes = (bytes - gone * (1.0 - OF_MONTH)) * MILLION / 1e9;
    let dollars = GIGABYTES.of(gigabytes);
    sum += dollars;
    bill.row(
        "GB stored for a month (GB)",
        [Some(gigabytes), Some(dollars), Some(3.0)],
    );
    bill.row("the bill", [None, Some(sum), Some(10.0)]);
    report.add(bill);
    report.check("the bill of the month in dollars", sum, BILL_MAX);
    Ok(report)
}

/// A conversation from the first message to resolved, as people have it: both look on, type,
/// and read; the customer goes on to three more pages, the agent comes back twice.
async fn talk(api: &Api, space: &Space, agent: &mut AgentLine) -> Result<()> {
    let visitor = api.visitor(space).await?;
    let conversation = api
        .conversation(&visitor, "Hello, where is my parcel?")
        .await?;
    let base = api.base();
    let mut customer = Client::new(base, conversation, Side::Customer, &visitor.token)?;
    customer.takes(Input::Start).await?;
    let held = |desk: &shared::space::Desk| {
        let mut items = desk.items.iter();
        items.any(|item| item.conversation == conversation)
    };
    agent.sees("the work item", held).await?;
    let mut clerk = Client::new(base, conversation, Side::Agent, &agent.me.token)?;
    clerk.takes(Input::Start).await?;
    settle(&mut [&mut customer, &mut clerk]).await?;
    for number in 1..MESSAGES {
        let both = if number % 2 == 1 {
            [&mut clerk, &mut customer]
        } else {
            [&mut customer, &mut clerk]
        };
        says(both, number).await?;
        if number % 5 == 0 {
            customer.comes_back().await?;
        }
        if number % 7 == 0 {
            clerk.comes_back().await?;
        }
    }
    clerk.submits(Command::End).await?;
    settle(&mut [&mut clerk, &mut customer]).await?;
    let resolution = Label::parse("resolved")?;
    let reason = None;
    clerk
        .submits(Command::Resolve { resolution, reason })
        .await?;
    settle(&mut [&mut clerk, &mut customer]).await?;
    agent.sees("no work item", |desk| !held(desk)).await?;
    let entries = customer.link.transcript().entries();
    let messages = entries.iter().filter(|entry| entry.event.text().is_some());
    let messages = messages.count() as u64;
    ensure!(messages == MESSAGES, "{messages} messages of {MESSAGES}");
    customer.hangs_up().await;
    clerk.hangs_up().await;
    Ok(())
}

/// One side types for 8 s and sends; the other side sees it; then it is quiet for 6 s.
async fn says([writer, reader]: [&mut Client; 2], number: u64) -> Result<()> {
    for _ in 0..8 {
        writer.takes(Input::Typing { typing: true }).await?;
        writer.advances(1_000).await?;
        reader.advances(1_000).await?;
    }
    let text =
        format!("Message {number} of a conversation like any other, a line and a half long.");
    let text = MessageText::parse(&text)?;
    writer
        .submits(Command::Post {
            text,
            reply_to: None,
        })
        .await?;
    settle(&mut [&mut *writer, &mut *reader]).await?;
    for client in [writer, reader] {
        client.takes(Input::Seen).await?;
        client.advances(6_000).await?;
        client.hears().await?;
    }
    Ok(())
}

/// Takes in what is on its way.
async fn settle(clients: &mut [&mut Client]) -> Result<()> {
    for _ in 0..2 {
        for client in clients.iter_mut() {
            client.hears().await?;
        }
    }
    for client in clients.iter_mut() {
        ensure!(
            client.link.state() == State::Live,
            "{:?}",
            client.link.state()
        );
    }
    Ok(())
}

/// A link and its socket.
struct Client {
    link: ConversationLink,
    side: Side,
    device: DeviceId,
    connection: u32,
    base: String,
    token: String,
    socket: Option<WebSocketStream<TcpStream>>,
    now: u64,
}

/// How long a quiet line is listened to.
const QUIET: Duration = Duration::from_millis(25);

impl Client {
    fn new(base: &str, conversation: ConversationId, side: Side, token: &str) -> Result<Self> {
        let device = DeviceId::from_bytes(random()?);
        Ok(Self {
            link: ConversationLink::new(device, 0, side, Some(conversation), Vec::new()),
            side,
            device,
            connection: 0,
            base: base.to_owned(),
            token: token.to_owned(),
            socket: None,
            now: 1_000_000,
        })
    }

    /// Another page of the same tab: the socket goes, a new one comes and has nothing.
    async fn comes_back(&mut self) -> Result<()> {
        self.hangs_up().await;
        let conversation = self.link.conversation();
        self.link = ConversationLink::new(
            self.device,
            self.connection,
            self.side,
            conversation,
            Vec::new(),
        );
        self.takes(Input::Start).await?;
        self.hears().await?;
        self.takes(Input::Seen).await
    }

    async fn hangs_up(&mut self) {
        if let Some(mut socket) = self.socket.take() {
            _ = socket.close(None).await;
        }
    }

    async fn submits(&mut self, command: Command) -> Result<()> {
        let id = fresh_id()?;
        self.takes(Input::Submit { id, command }).await
    }

    /// Time passes.
    async fn advances(&mut self, millis: u64) -> Result<()> {
        let end = self.now + millis;
        while let Some(due) = self.link.next_deadline().map(Timestamp::millis)
            && due <= end
        {
            self.now = self.now.max(due);
            self.takes(Input::Tick).await?;
        }
        self.now = end;
        Ok(())
    }

    /// Reads until nothing comes.
    async fn hears(&mut self) -> Result<()> {
        loop {
            let Some(socket) = &mut self.socket else {
                return Ok(());
            };
            let Ok(message) = timeout(QUIET, socket.next()).await else {
                return Ok(());
            };
            match message.context("the line ended")?? {
                Message::Binary(bytes) => {
                    let frame: FromServer = decode_binary(&bytes)?;
                    self.takes(Input::Received(frame)).await?;
                }
                Message::Close(close) => bail!("closed: {close:?}"),
                _ => (),
            }
        }
    }

    async fn takes(&mut self, input: Input) -> Result<()> {
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            let now = Timestamp::from_millis(self.now);
            for effect in self.link.handle(now, 0, input) {
                match effect {
                    Effect::Dial {
                        conversation,
                        connection,
                    } => {
                        self.connection = connection;
                        let socket = dial(&self.base, conversation, &self.token).await?;
                        self.socket = Some(socket);
                        inputs.push(Input::Opened);
                    }
                    Effect::Transmit(frame) => {
                        if let Some(socket) = &mut self.socket {
                            let frame = Message::binary(encode_binary(&frame)?);
                            socket.send(frame).await?;
                        }
                    }
                    // Answered by the platform, and billed to nobody.
                    Effect::Ping => inputs.push(Input::Pong),
                    _ => (),
                }
            }
        }
        Ok(())
    }
}
