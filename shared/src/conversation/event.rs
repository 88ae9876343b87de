//! What has happened in a conversation: sent and folded in this one form, stored in a shorter one.

use alloc::boxed::Box;
use core::fmt;

use serde::{Deserialize, Serialize};

use super::changes::Change;
use super::rating::Rating;
use super::tickets::{TicketKind, TicketStatus};
use crate::file::Sent;
use crate::id::{AgentId, CommandId, ConversationId, TicketId, VisitorId};
use crate::identity::Identity;
use crate::text::{EmailAddress, Label, MessageText, PersonName, Title};
use crate::time::Timestamp;

/// Place of an entry in a log: 1, 2, 3 … without a gap, for each side by its own count;
/// 0 stands before the first.
#[derive(
    Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize,
)]
pub struct Seq(pub u64);

impl Seq {
    /// The place after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Number of an assignment, minted by the space, rising with each; the highest one wins (A1).
#[derive(
    Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize,
)]
pub struct Fence(pub u64);

impl Fence {
    /// The fence after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// One row of a conversation's log.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Entry {
    /// Its place, counted by the side that gets it.
    pub seq: Seq,
    /// When the conversation took it in; never earlier than the entry before.
    pub at: Timestamp,
    /// Who caused it.
    pub author: Author,
    /// The command that caused it, made by the author's client; `None` when no command did.
    pub id: Option<CommandId>,
    /// What happened.
    pub event: Event,
}

/// Who caused an entry.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The customer of the conversation.
    Customer,
    /// An agent, under the screen name of that moment (F11, D8).
    Agent {
        /// Who.
        agent: AgentId,
        /// The screen name.
        name: PersonName,
    },
    /// The conversation itself: a timer, the space.
    System,
}

/// Whose command ids an id is unique among.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Sender {
    /// The customer.
    Customer,
    /// One agent.
    Agent(AgentId),
}

impl Author {
    /// Whose command ids this author's ids belong to; `None` for the system, which gives none.
    #[must_use]
    pub const fn sender(&self) -> Option<Sender> {
        match self {
            Self::Customer => Some(Sender::Customer),
            Self::Agent { agent, .. } => Some(Sender::Agent(*agent)),
            Self::System => None,
        }
    }
}

/// Where a conversation came from (D10).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The chat on a page.
    Widget,
    /// The HTTP API.
    Api,
    /// An agent, who wrote first.
    Console,
    /// `WhatsApp`.
    Whatsapp,
    /// Slack.
    Slack,
    /// Microsoft Teams.
    Teams,
    /// A virtual agent, which has handed it over.
    VirtualAgent,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 7] = [
        Self::Widget,
        Self::Api,
        Self::Console,
        Self::Whatsapp,
        Self::Slack,
        Self::Teams,
        Self::VirtualAgent,
    ];
}

/// What has happened.
///
/// Released JSON is read for ever: a field is only ever added as an `Option`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The conversation was born.
    Opened {
        /// The customer's browser.
        visitor: VisitorId,
        /// What the customer claims to be called.
        name: PersonName,
        /// The queue that it waits in.
        queue: Label,
        /// Where it came from.
        source: Source,
        /// The company that the customer claims to be of (F63).
        #[serde(default)]
        company: Option<PersonName>,
        /// The earlier conversation of the same customer that it goes on from.
        #[serde(default)]
        follows: Option<ConversationId>,
        /// The address that the customer claims to have.
        #[serde(default)]
        email: Option<EmailAddress>,
        /// What the site has signed about the customer, if it vouched before the first message.
        #[serde(default)]
        identity: Option<Box<Identity>>,
        /// True where nobody sends a file, because of the source (FI5).
        #[serde(default)]
        files_off: bool,
    },
    /// Somebody wrote to the other side.
    MessagePosted {
        /// What was written.
        text: MessageText,
        /// The message that it answers.
        #[serde(default)]
        reply_to: Option<CommandId>,
    },
    /// An agent wrote an internal note (F68). Agents alone get it.
    NotePosted {
        /// What was written.
        text: MessageText,
    },
    /// The conversation waits for an agent (F84).
    AgentRequested,
    /// An agent has it (F50). "… is online" (F61).
    AgentAssigned {
        /// Who.
        agent: AgentId,
        /// The screen name, which the customer sees.
        name: PersonName,
        /// Number of the assignment.
        fence: Fence,
        /// The queue that it went to with the agent; `None` when it stayed in its own.
        queue: Option<Label>,
        /// True when the agent took it: the customer is told (F55).
        #[serde(default)]
        taken: bool,
    },
    /// It went back to the waiting list (F56).
    AgentUnassigned {
        /// Number of the assignment to nobody.
        fence: Fence,
        /// The queue that it went to (D7); `None` when it stayed in its own.
        queue: Option<Label>,
    },
    /// Nobody has written for a while; it ends soon (F97).
    IdleWarned,
    /// The customer's side is over; the work item is wrapping up (F86, F89).
    Ended {
        /// What ended it.
        cause: EndCause,
    },
    /// It has been wrapping up for a while (D2). Agents alone get it.
    WrapUpReminded,
    /// The end. Slots are free (F87).
    Closed {
        /// How it was resolved: a resolution of the space.
        resolution: Label,
        /// What ended it, when it was closed without wrapping up.
        cause: Option<EndCause>,
        /// What the space calls [`crate::settings::resolution::RESOLVED`], if that is how it was resolved
        /// and the space has renamed it: the customer reads it (F57). Agents know all names from
        /// their desks.
        name: Option<Title>,
    },
    /// Why it is closed as it is. Agents alone get it.
    ReasonGiven {
        /// One of the space's reasons.
        reason: Label,
        /// What it was called at that moment.
        name: Title,
    },
    /// An agent made a ticket of it (F91). Agents alone get it.
    TicketCreated {
        /// The ticket's own name.
        ticket: TicketId,
        /// What it is.
        kind: TicketKind,
        /// What it is about.
        title: Title,
    },
    /// The ticket stands elsewhere. Agents alone get it.
    TicketChanged {
        /// Where.
        status: TicketStatus,
    },
    /// The site vouches for the customer, whose conversation it is from here on. Agents alone get it.
    CustomerIdentified {
        /// The customer, the same in every browser.
        visitor: VisitorId,
        /// What the site has signed.
        identity: Box<Identity>,
    },
    /// Only a customer for whom the site vouches may write from here on, or everyone again.
    VerificationSet {
        /// True for the former.
        required: bool,
    },
    /// A message or note says something else, is deleted, or was reacted to (CG1 to CG6).
    MessageChanged {
        /// Which one: the id of the command that wrote it.
        message: CommandId,
        /// What it becomes.
        change: Change,
        /// Whether it is a note: then agents alone get this.
        note: bool,
    },
    /// The customer says what they think of it (AF1).
    Rated(Rating),
    /// Somebody sent a file to the other side.
    FileSent(Box<Sent>),
    /// A file is checked, or what became of that (FI7): as it stands from here on.
    FileChecked {
        /// The message that it is.
        message: CommandId,
        /// The file; its name stands where it was sent.
        sent: Box<Sent>,
        /// Why it was refused, in the words of whoever checks.
        #[serde(default)]
        reason: Option<Title>,
    },
    /// The customer has it mailed to the address that the site has signed (AF6).
    TranscriptMailed {
        /// The language of the mail, as a tag.
        #[serde(default)]
        language: Option<Label>,
    },
    /// Everything that was written before is blank from here on (ER2).
    Erased,
    /// Something that a newer release wrote. It keeps its place in the log and shows nothing.
    Unknown,
}

/// What ended a conversation.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EndCause {
    /// The agent chose End conversation (F96).
    Agent,
    /// "End user has cancelled chat." (F100)
    Customer,
    /// Nobody accepted in time (F51).
    NotAnswered,
    /// Both sides were silent (F97).
    Idle,
    /// It reached its greatest age (F98).
    Age,
}

impl Event {
    /// Name of the event in JSON, for documents and logs.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "opened",
            Self::MessagePosted { .. } => "message_posted",
            Self::NotePosted { .. } => "note_posted",
            Self::AgentRequested => "agent_requested",
            Self::AgentAssigned { .. } => "agent_assigned",
            Self::AgentUnassigned { .. } => "agent_unassigned",
            Self::IdleWarned => "idle_warned",
            Self::Ended { .. } => "ended",
            Self::WrapUpReminded => "wrap_up_reminded",
            Self::Closed { .. } => "closed",
            Self::ReasonGiven { .. } => "reason_given",
            Self::TicketCreated { .. } => "ticket_created",
            Self::TicketChanged { .. } => "ticket_changed",
            Self::CustomerIdentified { .. } => "customer_identified",
            Self::VerificationSet { .. } => "verification_set",
            Self::MessageChanged { .. } => "message_changed",
            Self::Rated(_) => "rated",
            Self::FileSent(_) => "file_sent",
            Self::FileChecked { .. } => "file_checked",
            Self::TranscriptMailed { .. } => "transcript_mailed",
            Self::Erased => "erased",
            Self::Unknown => "unknown",
        }
    }

    /// The text that a person wrote, if this is one.
    #[must_use]
    pub const fn text(&self) -> Option<&MessageText> {
        match self {
            Self::MessagePosted { text, .. }
            | Self::NotePosted { text }
            | Self::MessageChanged {
                change: Change::Text(text),
                ..
            } => Some(text),
            Self::Rated(rating) => rating.comment.as_ref(),
            Self::MessageChanged {
                change: Change::Deletion | Change::Reaction { .. },
                ..
            }
            | Self::Opened { .. }
            | Self::AgentRequested
            | Self::AgentAssigned { .. }
            | Self::AgentUnassigned { .. }
            | Self::IdleWarned
            | Self::Ended { .. }
            | Self::WrapUpReminded
            | Self::Closed { .. }
            | Self::ReasonGiven { .. }
            | Self::TicketCreated { .. }
            | Self::TicketChanged { .. }
            | Self::CustomerIdentified { .. }
            | Self::VerificationSet { .. }
            | Self::FileSent(_)
            | Self::FileChecked { .. }
            | Self::TranscriptMailed { .. }
            | Self::Erased
            | Self::Unknown => None,
        }
    }

    /// True for a message, a note and a file: what can be changed, and is read or unread.
    #[must_use]
    pub const fn is_message(&self) -> bool {
        matches!(
            self,
            Self::MessagePosted { .. } | Self::NotePosted { .. } | Self::FileSent(_)
        )
    }

    /// The message that it changes or answers, if it does, and whether that is to be a note.
    #[must_use]
    pub const fn about(&self) -> Option<(CommandId, bool)> {
        match self {
            Self::MessageChanged { message, note, .. } => Some((*message, *note)),
            Self::MessagePosted {
                reply_to: Some(message),
                ..
            } => Some((*message, false)),
            Self::MessagePosted { reply_to: None, .. }
            | Self::Opened { .. }
            | Self::NotePosted { .. }
            | Self::AgentRequested
            | Self::AgentAssigned { .. }
            | Self::AgentUnassigned { .. }
            | Self::IdleWarned
            | Self::Ended { .. }
            | Self::WrapUpReminded
            | Self::Closed { .. }
            | Self::ReasonGiven { .. }
            | Self::TicketCreated { .. }
            | Self::TicketChanged { .. }
            | Self::CustomerIdentified { .. }
            | Self::VerificationSet { .. }
            | Self::Rated(_)
            | Self::FileSent(_)
            | Self::FileChecked { .. }
            | Self::TranscriptMailed { .. }
            | Self::Erased
            | Self::Unknown => None,
        }
    }

    /// What the site has signed about the customer, if this tells it.
    #[must_use]
    pub fn identity(&self) -> Option<&Identity> {
        match self {
            Self::Opened { identity, .. } => identity.as_deref(),
            Self::CustomerIdentified { identity, .. } => Some(identity),
            Self::MessagePosted { .. }
            | Self::NotePosted { .. }
            | Self::MessageChanged { .. }
            | Self::AgentRequested
            | Self::AgentAssigned { .. }
            | Self::AgentUnassigned { .. }
            | Self::IdleWarned
            | Self::Ended { .. }
            | Self::WrapUpReminded
            | Self::Closed { .. }
            | Self::ReasonGiven { .. }
            | Self::TicketCreated { .. }
            | Self::TicketChanged { .. }
            | Self::VerificationSet { .. }
            | Self::Rated(_)
            | Self::FileSent(_)
            | Self::FileChecked { .. }
            | Self::TranscriptMailed { .. }
            | Self::Erased
            | Self::Unknown => None,
        }
    }
}
