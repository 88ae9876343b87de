//! A native client that speaks JSON over a socket: what any program would write against Bellhop.

use std::{
    fs::File,
    io::Read,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use serde::Serialize;
use shared::conversation::{self, Cursor, Entry, Seq};
use shared::frame::{FromServer, Hello, ToServer};
use shared::id::{CommandId, DeviceId, EpochId};
use shared::space::{self, Desk};
use shared::text::MessageText;
use shared::time::Timestamp;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Message, protocol::frame::coding::CloseCode};

use crate::PATIENCE;

/// An open socket.
pub struct Wire {
    socket: WebSocketStream<TcpStream>,
    device: DeviceId,
    sent: u32,
    /// The life of the log that the client knows.
    pub epoch: Option<EpochId>,
    /// The word with which the other end has closed.
    pub word: String,
}

/// What a socket brought.
#[derive(Debug)]
pub enum Heard {
    /// A frame.
    Frame(FromServer),
    /// The answer to a heartbeat.
    Pong,
    /// The end, with its code; 1006 when the line broke.
    Closed(u16),
}

impl Wire {
    /// An open socket of a fresh tab.
    ///
    /// # Errors
    /// When the system has no random bytes.
    pub(crate) fn new(socket: WebSocketStream<TcpStream>) -> Result<Self> {
        Ok(Self {
            socket,
            device: DeviceId::from_bytes(random()?),
            sent: 0,
            epoch: None,
            word: String::new(),
        })
    }

    /// Says hello as a tab that has everything up to `after`, and waits until it is live.
    /// Returns the entries that came on the way.
    ///
    /// # Errors
    /// When the object does not answer so.
    pub async fn hello(&mut self, after: Seq) -> Result<Vec<Entry>> {
        self.say_hello(after).await?;
        let mut entries = Vec::new();
        loop {
            match self.frame().await? {
                FromServer::Welcome(welcome) => self.epoch = Some(welcome.epoch),
                FromServer::Entries(more) => entries.extend(more),
                FromServer::Limited { .. } => {
                    let after = entries.last().map_or(after, |entry| entry.seq);
                    let sync: ToServer<conversation::Command> = ToServer::Sync { after };
                    self.says(&sync).await?;
                }
                FromServer::Live { .. } => return Ok(entries),
                _ => (),
            }
        }
    }

    /// Says hello to a space and waits for the desk.
    ///
    /// # Errors
    /// When the space does not answer so.
    pub async fn desk(&mut self) -> Result<Box<Desk>> {
        self.say_hello(Seq(0)).await?;
        self.hears("the desk", desk).await
    }

    async fn say_hello(&mut self, after: Seq) -> Result<()> {
        let hello: ToServer<conversation::Command> = ToServer::Hello(Hello {
            device: self.device,
            connection: 1,
            epoch: self.epoch,
            after,
            cursor: Cursor::default(),
        });
        self.says(&hello).await
    }

    /// Sends a frame.
    ///
    /// # Errors
    /// When the line is broken.
    pub async fn says<C: Serialize>(&mut self, frame: &ToServer<C>) -> Result<()> {
        self.says_text(serde_json::to_string(frame)?).await
    }

    /// Sends text that may be no frame at all.
    ///
    /// # Errors
    /// When the line is broken.
    pub async fn says_text(&mut self, text: impl Into<String>) -> Result<()> {
        let message = Message::text(text.into());
        Ok(self.socket.send(message).await?)
    }

    /// Sends bytes.
    ///
    /// # Errors
    /// When the line is broken.
    pub async fn says_bytes(&mut self, bytes: Vec<u8>) -> Result<()> {
        Ok(self.socket.send(Message::binary(bytes)).await?)
    }

    /// Gives a command under a fresh id.
    ///
    /// # Errors
    /// When the line is broken.
    pub async fn asks<C: Serialize>(&mut self, command: C) -> Result<CommandId> {
        let id = fresh_id()?;
        self.sent += 1;
        let n = self.sent;
        self.says(&ToServer::Send { n, id, command }).await?;
        Ok(id)
    }

    /// Gives the newest command again.
    ///
    /// # Errors
    /// When the line is broken.
    pub async fn asks_again<C: Serialize>(&mut self, id: CommandId, command: C) -> Result<()> {
        let n = self.sent;
        self.says(&ToServer::Send { n, id, command }).await
    }

    /// Writes to the other side.
    ///
    /// # Errors
    /// When the line is broken.
    pub async fn writes(&mut self, text: &str) -> Result<CommandId> {
        let text = MessageText::parse(text)?;
        self.asks(conversation::Command::Post {
            text,
            reply_to: None,
        })
        .await
    }

    /// Gives a command to a space and waits until it is obeyed.
    ///
    /// # Errors
    /// With the refusal, when it is refused.
    pub async fn orders(&mut self, command: space::Command) -> Result<()> {
        let asked = self.asks(command).await?;
        let answer = self.hears("done or refused", |frame| match frame {
            FromServer::Done { id } if id == asked => Some(Ok(())),
            FromServer::Refused { id, refusal } if id == asked => Some(Err(refusal)),
            _ => None,
        });
        Ok(answer.await??)
    }

    /// The next thing that comes.
    ///
    /// # Errors
    /// When nothing comes in time, or something that is no frame.
    pub async fn next(&mut self) -> Result<Heard> {
        self.next_within(PATIENCE).await
    }

    /// The same with a limit of one's own.
    ///
    /// # Errors
    /// When nothing comes in time, or something that is no frame.
    pub async fn next_within(&mut self, limit: Duration) -> Result<Heard> {
        loop {
            let message = timeout(limit, self.socket.next())
                .await
                .context("nothing came")?;
            return Ok(match message {
                Some(Ok(Message::Text(text))) if text.as_str() == "pong" => Heard::Pong,
                Some(Ok(Message::Text(text))) => Heard::Frame(
                    serde_json::from_str(&text).with_context(|| format!("not a frame: {text}"))?,
                ),
                Some(Ok(Message::Close(Some(close)))) => {
                    self.word = close.reason.to_string();
                    Heard::Closed(number(close.code))
                }
                Some(Ok(Message::Close(None))) => Heard::Closed(1005),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
                Some(Ok(Message::Binary(_))) => bail!("bytes on a JSON socket"),
                Some(Err(_)) | None => Heard::Closed(1006),
            });
        }
    }

    /// The next frame.
    ///
    /// # Errors
    /// When the socket closes instead.
    pub async fn frame(&mut self) -> Result<FromServer> {
        loop {
            match self.next().await? {
                Heard::Frame(frame) => return Ok(frame),
                Heard::Pong => (),
                Heard::Closed(code) => bail!("closed with {code} {}", self.word),
            }
        }
    }

    /// Waits for a frame that says what is looked for.
    ///
    /// # Errors
    /// When it does not come in time.
    pub async fn hears<T>(
        &mut self,
        what: &str,
        mut is: impl FnMut(FromServer) -> Option<T>,
    ) -> Result<T> {
        let search = async {
            loop {
                if let Some(found) = is(self.frame().await?) {
                    return Ok::<T, anyhow::Error>(found);
                }
            }
        };
        timeout(PATIENCE, search)
            .await
            .with_context(|| format!("waited for {what}"))?
            .with_context(|| format!("waited for {what}"))
    }

    /// Waits for the entry that a command caused.
    ///
    /// # Errors
    /// When it does not come in time.
    pub async fn hears_entry(&mut self, id: CommandId) -> Result<Entry> {
        self.hears("the entry of a command", |frame| match frame {
            FromServer::Entries(entries) => entries.into_iter().find(|entry| entry.id == Some(id)),
            _ => None,
        })
        .await
    }

    /// Keeps the line alive for that long; nothing but heartbeats may come.
    ///
    /// # Errors
    /// When something comes.
    pub async fn hears_nothing_for(&mut self, span: Duration) -> Result<()> {
        let end = Instant::now() + span;
        while Instant::now() < end {
            self.says_text("ping").await?;
            match self.next().await? {
                Heard::Pong => (),
                other => bail!("{other:?} into the silence"),
            }
            let pause = (end - Instant::now()).min(Duration::from_secs(1));
            if let Ok(heard) = self.next_within(pause).await {
                bail!("{heard:?} into the silence");
            }
        }
        Ok(())
    }

    /// Waits until the other end closes, and returns the code.
    ///
    /// # Errors
    /// When it does not close in time.
    pub async fn closes(&mut self) -> Result<u16> {
        self.closes_within(PATIENCE).await
    }

    /// Waits until the other end closes, and returns the code and the word.
    ///
    /// # Errors
    /// When it does not close in time.
    pub async fn closes_with(&mut self) -> Result<(u16, &str)> {
        let code = self.closes().await?;
        Ok((code, &self.word))
    }

    /// The same with a limit of one's own.
    ///
    /// # Errors
    /// When it does not close in time.
    pub async fn closes_within(&mut self, limit: Duration) -> Result<u16> {
        let end = async {
            loop {
                if let Heard::Closed(code) = self.next_within(limit).await? {
                    return Ok::<u16, anyhow::Error>(code);
                }
            }
        };
        timeout(limit, end).await.context("it does not close")?
    }

    /// The platform answers a heartbeat.
    ///
    /// # Errors
    /// When it does not.
    pub async fn is_alive(&mut self) -> Result<()> {
        self.says_text("ping").await?;
        loop {
            match self.next().await? {
                Heard::Frame(_) => (),
                Heard::Pong => return Ok(()),
                Heard::Closed(code) => bail!("closed with {code} {}", self.word),
            }
        }
    }
}

/// The desk in a frame.
#[must_use]
pub fn desk(frame: FromServer) -> Option<Box<Desk>> {
    match frame {
        FromServer::Desk(desk) => Some(desk),
        _ => None,
    }
}

fn number(code: CloseCode) -> u16 {
    code.into()
}

/// A fresh id of a command.
///
/// # Errors
/// When the system has no random bytes.
pub fn fresh_id() -> Result<CommandId> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let now = Timestamp::from_millis(u64::try_from(now.as_millis())?);
    Ok(CommandId::fresh(now, random()?))
}

/// Bytes that nobody can guess.
///
/// # Errors
/// When the system has none.
pub fn random() -> Result<[u8; 16]> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes)
}
