//! People at the end of a plain socket: what a journey needs that asks for no screen.

use anyhow::{Context, Result};
use shared::conversation::{self, Entry, Event, Seq};
use shared::frame::{FromServer, ToServer};
use shared::id::{CommandId, ConversationId};
use shared::refusal::Refusal;
use shared::space::{Command, Desk, Offer};
use shared::text::MessageText;

use crate::api::{Api, SignedIn, Space, Visitor};
use crate::dial::Dial;
use crate::wire::{Wire, desk};

/// An agent with an open socket to the space.
pub struct AgentLine {
    /// Who, and the token.
    pub me: SignedIn,
    /// The newest desk.
    pub desk: Box<Desk>,
    /// The socket to the space.
    pub wire: Wire,
    base: String,
}

/// Somebody with an open socket to a conversation.
pub struct Talk {
    /// The conversation.
    pub conversation: ConversationId,
    /// The log as this side has it.
    pub log: Vec<Entry>,
    /// The socket.
    pub wire: Wire,
}

/// A customer with an open conversation.
pub struct CustomerLine {
    /// Who, and the token.
    pub me: Visitor,
    /// The conversation.
    pub talk: Talk,
}

impl AgentLine {
    /// Signs in, opens the socket and is Available.
    ///
    /// # Errors
    /// When one of that fails.
    pub async fn on_duty(api: &Api, space: &Space, name: &str) -> Result<Self> {
        let mut agent = Self::signs_in(api, space, name).await?;
        agent.sets_available(true).await?;
        Ok(agent)
    }

    /// Signs in and opens the socket.
    ///
    /// # Errors
    /// When one of that fails.
    pub async fn signs_in(api: &Api, space: &Space, name: &str) -> Result<Self> {
        let me = api.sign_in(space, name).await?;
        let mut wire = Dial::space(api.base(), &space.space, &me.token)
            .open()
            .await?;
        let desk = wire.desk().await?;
        let base = api.base().to_owned();
        Ok(Self {
            me,
            desk,
            wire,
            base,
        })
    }

    /// Sets Available or Unavailable and waits until the desk says so.
    ///
    /// # Errors
    /// When it does not.
    pub async fn sets_available(&mut self, available: bool) -> Result<()> {
        if self.desk.me.available != available {
            let for_chats = None;
            let command = Command::SetAvailable {
                available,
                for_chats,
            };
            self.wire.asks(command).await?;
            self.sees("available or not", |desk| desk.me.available == available)
                .await?;
        }
        Ok(())
    }

    /// Waits until the desk is so.
    ///
    /// # Errors
    /// When it does not get there.
    pub async fn sees(&mut self, what: &str, is: impl Fn(&Desk) -> bool) -> Result<()> {
        while !is(&self.desk) {
            let next = self.wire.hears(what, desk).await;
            self.desk = next.with_context(|| format!("the desk is {:?}", self.desk))?;
        }
        Ok(())
    }

    /// Waits for an offer.
    ///
    /// # Errors
    /// When none comes.
    pub async fn is_offered(&mut self) -> Result<Offer> {
        self.sees("an offer", |desk| !desk.offers.is_empty())
            .await?;
        self.desk.offers.first().cloned().context("no offer")
    }

    /// Gives a command, and waits for the answer.
    ///
    /// # Errors
    /// When none comes.
    pub async fn asks(&mut self, command: Command) -> Result<Result<(), Refusal>> {
        let asked = self.wire.asks(command).await?;
        loop {
            match self.wire.frame().await? {
                FromServer::Done { id } if id == asked => return Ok(Ok(())),
                FromServer::Refused { id, refusal } if id == asked => return Ok(Err(refusal)),
                frame => {
                    if let Some(desk) = desk(frame) {
                        self.desk = desk;
                    }
                }
            }
        }
    }

    /// Accepts an offer and opens the conversation.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn accepts(&mut self) -> Result<Talk> {
        let Offer {
            conversation,
            fence,
            ..
        } = self.is_offered().await?;
        let accept = Command::Accept {
            conversation,
            fence,
        };
        self.asks(accept).await??;
        self.sees("the work item", |desk| {
            desk.items
                .iter()
                .any(|item| item.conversation == conversation)
        })
        .await?;
        self.opens(conversation).await
    }

    /// Declines an offer.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn declines(&mut self) -> Result<()> {
        let Offer {
            conversation,
            fence,
            ..
        } = self.is_offered().await?;
        let decline = Command::Decline {
            conversation,
            fence,
        };
        Ok(self.asks(decline).await??)
    }

    /// Opens a conversation.
    ///
    /// # Errors
    /// When it is not to be had.
    pub async fn opens(&self, conversation: ConversationId) -> Result<Talk> {
        Talk::open(&self.base, conversation, &self.me.token).await
    }
}

impl CustomerLine {
    /// Begins a conversation with a first message.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn writes(api: &Api, space: &Space, text: &str) -> Result<Self> {
        let me = api.visitor(space).await?;
        let conversation = api.conversation(&me, text).await?;
        let talk = Talk::open(api.base(), conversation, &me.token).await?;
        Ok(Self { me, talk })
    }
}

impl Talk {
    /// Opens the socket and reads the backlog.
    ///
    /// # Errors
    /// When it is not to be had.
    pub async fn open(base: &str, conversation: ConversationId, token: &str) -> Result<Self> {
        let mut wire = Dial::conversation(base, conversation, token).open().await?;
        let log = wire.hello(Seq(0)).await?;
        Ok(Self {
            conversation,
            log,
            wire,
        })
    }

    /// Waits until an event of the log is so, and returns it.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn sees(&mut self, what: &str, is: impl Fn(&Event) -> bool) -> Result<Entry> {
        loop {
            if let Some(entry) = self.log.iter().find(|entry| is(&entry.event)) {
                return Ok(entry.clone());
            }
            let more = self.wire.hears(what, entries).await;
            let more = more.with_context(|| format!("the log ends with {:?}", self.log.last()))?;
            self.takes(more).await?;
        }
    }

    /// Waits for a text of either side.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn reads(&mut self, words: &str) -> Result<Entry> {
        self.sees(words, |event| {
            event.text().is_some_and(|text| text.as_str() == words)
        })
        .await
    }

    /// What people wrote so far, notes included, in the order of the log.
    #[must_use]
    pub fn texts(&self) -> Vec<&str> {
        let texts = self.log.iter().filter_map(|entry| entry.event.text());
        texts.map(MessageText::as_str).collect()
    }

    /// Gives a command and returns the entry that it caused, or the refusal.
    ///
    /// # Errors
    /// When neither comes.
    pub async fn asks(&mut self, command: conversation::Command) -> Result<Result<Entry, Refusal>> {
        let id = self.wire.asks(command.clone()).await?;
        loop {
            match self.answer(id).await? {
                Some(answer) => return Ok(answer),
                // What is held comes again, like a client does.
                None => self.wire.asks_again(id, command.clone()).await?,
            }
        }
    }

    /// Writes to the other side.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn writes(&mut self, text: &str) -> Result<Entry> {
        let text = MessageText::parse(text)?;
        Ok(self
            .asks(conversation::Command::Post {
                text,
                reply_to: None,
            })
            .await??)
    }

    /// Takes in and confirms, or the object stops sending one day.
    async fn takes(&mut self, more: Vec<Entry>) -> Result<()> {
        self.log.extend(more);
        let seq = self.log.last().map_or(Seq(0), |entry| entry.seq);
        let received: ToServer<conversation::Command> = ToServer::Received { seq };
        self.wire.says(&received).await
    }

    /// `None` when the command is held: it may come again at once, and is held until its time.
    async fn answer(&mut self, asked: CommandId) -> Result<Option<Result<Entry, Refusal>>> {
        loop {
            let caused = |entry: &&Entry| entry.id == Some(asked);
            if let Some(entry) = self.log.iter().find(caused) {
                return Ok(Some(Ok(entry.clone())));
            }
            match self.wire.frame().await? {
                FromServer::Entries(more) => self.takes(more).await?,
                FromServer::Refused { id, refusal } if id == asked => {
                    return Ok(Some(Err(refusal)));
                }
                FromServer::Hold { .. } => return Ok(None),
                _ => (),
            }
        }
    }
}

fn entries(frame: FromServer) -> Option<Vec<Entry>> {
    match frame {
        FromServer::Entries(entries) => Some(entries),
        _ => None,
    }
}
