//! A native client around the link of `shared`: the machine that our own widget runs, on a plain
//! socket, so that many people can talk through a crash without a browser each.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use shared::conversation::Command;
use shared::id::{CommandId, ConversationId, DeviceId};
use shared::link::{ConversationLink, Effect, Input, State};
use shared::rights::Side;
use shared::text::MessageText;
use shared::time::Timestamp;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::dial::Dial;
use crate::wire::{Heard, Wire, fresh_id, random};

/// Somebody who talks, whatever happens to the line.
pub struct Linked {
    orders: mpsc::UnboundedSender<Order>,
    work: JoinHandle<Result<ConversationLink>>,
    /// What was written, in order.
    pub written: Vec<CommandId>,
}

impl Linked {
    /// Connects to a conversation, on that side of it.
    ///
    /// # Errors
    /// When the system has no random bytes.
    pub fn joins(
        base: &str,
        conversation: ConversationId,
        side: Side,
        token: &str,
    ) -> Result<Self> {
        let device = DeviceId::from_bytes(random()?);
        let link = ConversationLink::new(device, 0, side, Some(conversation), Vec::new());
        let (orders, inbox) = mpsc::unbounded_channel();
        let shell = Shell {
            link,
            base: base.to_owned(),
            token: token.to_owned(),
            wire: None,
        };
        Ok(Self {
            orders,
            work: tokio::spawn(shell.run(inbox)),
            written: Vec::new(),
        })
    }

    /// Writes to the other side.
    ///
    /// # Errors
    /// When the client has given up.
    pub fn writes(&mut self, text: &str) -> Result<()> {
        let id = fresh_id()?;
        self.orders
            .send(Order::Write(id, MessageText::parse(text)?))
            .context("the client has given up")?;
        self.written.push(id);
        Ok(())
    }

    /// Waits until everything is sent and what others wrote has come, and returns what the
    /// client has.
    ///
    /// # Errors
    /// When it does not get there.
    pub async fn settles(self, others: &[CommandId], limit: Duration) -> Result<ConversationLink> {
        _ = self.orders.send(Order::End(others.to_vec()));
        timeout(limit, self.work)
            .await
            .context("the client does not settle")??
    }
}

struct Shell {
    link: ConversationLink,
    base: String,
    token: String,
    wire: Option<Wire>,
}

enum Order {
    Write(CommandId, MessageText),
    /// End when these have come, too.
    End(Vec<CommandId>),
}

enum Happened {
    Heard(Result<Heard>),
    Ordered(Option<Order>),
    Due,
}

impl Shell {
    async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Order>) -> Result<ConversationLink> {
        let mut end: Option<Vec<CommandId>> = None;
        self.takes(Input::Start).await?;
        loop {
            if end.as_ref().is_some_and(|others| self.has_all(others)) {
                return Ok(self.link);
            }
            match self.next(&mut inbox, end.is_some()).await? {
                Happened::Ordered(None) => end = Some(Vec::new()),
                Happened::Ordered(Some(Order::End(others))) => end = Some(others),
                Happened::Ordered(Some(Order::Write(id, text))) => {
                    let command = Command::Post {
                        text,
                        reply_to: None,
                    };
                    self.takes(Input::Submit { id, command }).await?;
                }
                Happened::Due => self.takes(Input::Tick).await?,
                Happened::Heard(Ok(Heard::Frame(frame))) => {
                    self.takes(Input::Received(frame)).await?;
                }
                Happened::Heard(Ok(Heard::Pong)) => self.takes(Input::Pong).await?,
                Happened::Heard(Ok(Heard::Closed(code))) => self.loses(code).await?,
                Happened::Heard(Err(_)) => self.loses(1006).await?,
            }
        }
    }

    fn has_all(&self, others: &[CommandId]) -> bool {
        let entries = self.link.transcript().entries();
        self.link.state() == State::Live
            && self.link.pending().is_empty()
            && others
                .iter()
                .all(|id| entries.iter().any(|entry| entry.id == Some(*id)))
    }

    async fn next(
        &mut self,
        inbox: &mut mpsc::UnboundedReceiver<Order>,
        is_over: bool,
    ) -> Result<Happened> {
        let deadline = self.link.next_deadline();
        let now = now()?;
        let wait = deadline.map_or(Duration::from_secs(3600), |deadline| deadline.since(now));
        Ok(tokio::select! {
            heard = hear(&mut self.wire) => Happened::Heard(heard),
            order = inbox.recv(), if !is_over => Happened::Ordered(order),
            () = sleep(wait) => Happened::Due,
        })
    }

    async fn loses(&mut self, code: u16) -> Result<()> {
        self.wire = None;
        self.takes(Input::Lost { code }).await
    }

    async fn takes(&mut self, input: Input) -> Result<()> {
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            let [dice @ .., _, _, _, _, _, _, _, _] = random()?;
            let effects = self.link.handle(now()?, u64::from_be_bytes(dice), input);
            for effect in effects {
                inputs.extend(self.does(effect).await?);
            }
        }
        Ok(())
    }

    async fn does(&mut self, effect: Effect) -> Result<Option<Input>> {
        match effect {
            Effect::Dial { conversation, .. } => {
                let dial = Dial::conversation(&self.base, conversation, &self.token);
                self.wire = dial.open().await.ok();
                let is_open = self.wire.is_some();
                return Ok(Some(if is_open {
                    Input::Opened
                } else {
                    Input::Lost { code: 1006 }
                }));
            }
            Effect::Transmit(frame) => {
                if let Some(wire) = &mut self.wire {
                    _ = wire.says(&frame).await; // a broken line is heard of when it is read
                }
            }
            Effect::Ping => {
                if let Some(wire) = &mut self.wire {
                    _ = wire.says_text("ping").await;
                }
            }
            Effect::HangUp => self.wire = None,
            Effect::Begin { .. }
            | Effect::Renew
            | Effect::Keep(_)
            | Effect::Drop(_)
            | Effect::Reload
            | Effect::Changed(_) => (),
        }
        Ok(None)
    }
}

async fn hear(wire: &mut Option<Wire>) -> Result<Heard> {
    match wire {
        Some(wire) => wire.next_within(Duration::from_secs(3600)).await,
        None => std::future::pending().await,
    }
}

fn now() -> Result<Timestamp> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    Ok(Timestamp::from_millis(u64::try_from(now.as_millis())?))
}
