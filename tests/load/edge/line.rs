//! One socket of a cheap client: our postcard frames, or the JSON of the small rooms.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "the rig asks for what it measures, whatever else there is"
)]

use anyhow::{Context, Result, bail, ensure};
use futures_util::{SinkExt, StreamExt};
use shared::conversation::{Command, Cursor, Entry, Event, Seq};
use shared::frame::{
    Encoding, FromServer, Hello, PROTOCOL_TOKEN, ToServer, decode_binary, encode_binary,
};
use shared::id::{CommandId, ConversationId, DeviceId, EpochId};
use shared::text::MessageText;
use stage::wire::{fresh_id, random};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::{
    client::IntoClientRequest, handshake::client::Request, http::HeaderValue,
};
use tokio_tungstenite::{WebSocketStream, client_async};

/// Entries after which our protocol wants to hear that they have arrived (K14 of `link`).
const RECEIVED_EVERY: u64 = 128;

/// An open WebSocket.
pub type Socket = WebSocketStream<TcpStream>;

/// Where a socket goes, so that it can be opened again.
#[derive(Clone)]
pub enum Address {
    /// A conversation of ours, with a token.
    Ours(ConversationId, String, DeviceId),
    /// A room, with a name for the author.
    Room(String, &'static str),
}

/// What a socket of ours has taken in, for the one after it.
#[derive(Clone, Copy, Default)]
pub struct Known {
    epoch: Option<EpochId>,
    last: u64,
}

/// An open socket.
pub struct Line {
    socket: Socket,
    is_ours: bool,
    connection: u32,
    sent: u32,
    epoch: Option<EpochId>,
    /// The last place that came, by our count.
    pub last: u64,
    confirmed: u64,
    /// Messages that came: the number at the start of each text.
    pub next: u64,
    /// Entries of the history.
    pub history: u64,
}

impl Address {
    pub fn ours(conversation: ConversationId, token: &str) -> Result<Self> {
        let device = DeviceId::from_bytes(random()?);
        Ok(Self::Ours(conversation, token.to_owned(), device))
    }

    /// Opens the socket and waits for everything after what is known.
    pub async fn open(&self, base: &str, connection: u32, known: Known) -> Result<Line> {
        let socket = match self {
            Self::Ours(conversation, token, _) => dial(base, *conversation, token).await?,
            Self::Room(room, author) => {
                let path = format!("/{room}?author={author}");
                upgrade(base, request(base, &path)?).await?
            }
        };
        let mut line = Line {
            socket,
            is_ours: matches!(self, Self::Ours(..)),
            connection,
            sent: 0,
            epoch: known.epoch,
            last: known.last,
            confirmed: known.last,
            next: 0,
            history: 0,
        };
        line.hello(self).await?;
        Ok(line)
    }
}

/// Opens a socket of ours that speaks postcard.
pub async fn dial(base: &str, conversation: ConversationId, token: &str) -> Result<Socket> {
    let path = format!("/api/v1/conversations/{conversation}/socket");
    let mut request = request(base, &path)?;
    let protocols = [
        Encoding::Binary.protocol(),
        [PROTOCOL_TOKEN, token].concat(),
    ];
    let protocols = HeaderValue::from_str(&protocols.join(", "))?;
    let headers = request.headers_mut();
    headers.insert("Origin", HeaderValue::from_str(base)?);
    headers.insert("Sec-WebSocket-Protocol", protocols);
    upgrade(base, request).await
}

fn request(base: &str, path: &str) -> Result<Request> {
    let address = base.strip_prefix("http://").context("not http")?;
    Ok(format!("ws://{address}{path}").into_client_request()?)
}

async fn upgrade(base: &str, request: Request) -> Result<Socket> {
    let address = base.strip_prefix("http://").context("not http")?;
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (socket, _) = client_async(request, stream).await?;
    Ok(socket)
}

impl Line {
    async fn hello(&mut self, address: &Address) -> Result<()> {
        let Address::Ours(_, _, device) = address else {
            self.socket.send(Message::text(r#"{"hello":true}"#)).await?;
            while !self.hears().await? {}
            return Ok(());
        };
        let hello: ToServer<Command> = ToServer::Hello(Hello {
            device: *device,
            connection: self.connection,
            epoch: self.epoch,
            after: Seq(self.last),
            cursor: Cursor::default(),
        });
        self.says(&hello).await?;
        while !self.hears().await? {}
        Ok(())
    }

    /// What it has taken in.
    pub const fn known(&self) -> Known {
        Known {
            epoch: self.epoch,
            last: self.last,
        }
    }

    /// Sends a frame of ours.
    pub async fn says(&mut self, frame: &ToServer<Command>) -> Result<()> {
        let bytes = encode_binary(frame)?;
        Ok(self.socket.send(Message::binary(bytes)).await?)
    }

    /// Puts a message on its way; [`Self::flush`] sends it.
    pub async fn writes(&mut self, number: u64) -> Result<()> {
        let text = format!("{number:08} {WORDS}");
        self.sent += 1;
        let message = if self.is_ours {
            let (n, id) = (self.sent, fast_id(number)?);
            let text = MessageText::parse(&text)?;
            let command = Command::Post {
                text,
                reply_to: None,
            };
            let frame = ToServer::Send { n, id, command };
            Message::binary(encode_binary(&frame)?)
        } else {
            let id = fast_id(number)?;
            Message::text(format!(r#"{{"id":"{id}","text":"{text}"}}"#))
        };
        Ok(self.socket.feed(message).await?)
    }

    pub async fn flush(&mut self) -> Result<()> {
        Ok(self.socket.flush().await?)
    }

    /// Takes in one frame; true when it ends the history.
    pub async fn hears(&mut self) -> Result<bool> {
        let message = self.socket.next().await;
        match message.context("the line ended")?? {
            Message::Binary(bytes) => match decode_binary(&bytes)? {
                FromServer::Entries(entries) => self.takes(&entries).await,
                FromServer::Welcome(welcome) => {
                    self.epoch = Some(welcome.epoch);
                    Ok(false)
                }
                FromServer::Live { .. } => Ok(true),
                FromServer::Limited { .. } => {
                    let after = Seq(self.last);
                    self.says(&ToServer::Sync { after }).await?;
                    Ok(false)
                }
                FromServer::Refused { refusal, .. } => bail!("refused: {refusal}"),
                FromServer::Hold { .. } | FromServer::Bad { .. } => bail!("held or bad"),
                _ => Ok(false),
            },
            Message::Text(text) => self.reads(&text),
            Message::Close(close) => bail!("closed: {close:?}"),
            _ => Ok(false),
        }
    }

    async fn takes(&mut self, entries: &[Entry]) -> Result<bool> {
        for entry in entries {
            self.history += 1;
            ensure!(
                entry.seq == Seq(self.last + 1),
                "{:?} follows {}",
                entry.seq,
                self.last
            );
            self.last = entry.seq.0;
            if let Event::MessagePosted { text, .. } = &entry.event {
                self.counts(text.as_str())?;
            }
        }
        if self.last >= self.confirmed + RECEIVED_EVERY {
            self.confirms().await?;
        }
        Ok(false)
    }

    /// Says how far it has come, if that is news.
    async fn confirms(&mut self) -> Result<()> {
        if self.is_ours && self.confirmed < self.last {
            self.confirmed = self.last;
            let seq = Seq(self.last);
            self.says(&ToServer::Received { seq }).await?;
        }
        Ok(())
    }

    /// A frame of a small room: a message, or the history.
    fn reads(&mut self, text: &str) -> Result<bool> {
        #[derive(serde::Deserialize)]
        struct Row {
            text: String,
        }
        #[derive(serde::Deserialize)]
        struct History {
            rows: Vec<Row>,
        }
        if text.starts_with(r#"{"rows""#) {
            let history: History = serde_json::from_str(text)?;
            self.history += history.rows.len() as u64;
            for row in history.rows {
                self.counts(&row.text)?;
            }
            return Ok(true);
        }
        let row: Row = serde_json::from_str(text)?;
        self.counts(&row.text)?;
        Ok(false)
    }

    /// Messages of the bench come in the order of their numbers.
    fn counts(&mut self, text: &str) -> Result<()> {
        let Some(number) = text.get(..8).and_then(|digits| digits.parse::<u64>().ok()) else {
            return Ok(());
        };
        ensure!(
            number == self.next,
            "{number} comes where {} should",
            self.next
        );
        self.next += 1;
        Ok(())
    }

    /// Waits until that many messages have come.
    pub async fn until(&mut self, count: u64) -> Result<()> {
        while self.next < count {
            self.hears().await?;
        }
        Ok(())
    }
}

const WORDS: &str = "The parcel has not arrived and the site says that it has, what can I do now?";

/// An id without a trip to the system for each.
fn fast_id(number: u64) -> Result<CommandId> {
    thread_local! {
        static SEED: std::cell::Cell<Option<[u8; 16]>> = const { std::cell::Cell::new(None) };
    }
    let seed = match SEED.get() {
        Some(seed) => seed,
        None => {
            let seed = fresh_id()?.bytes();
            SEED.set(Some(seed));
            seed
        }
    };
    let mut bytes = seed;
    for (byte, of_number) in bytes.iter_mut().rev().zip(number.to_le_bytes()) {
        *byte = of_number;
    }
    Ok(CommandId::from_bytes(bytes))
}
