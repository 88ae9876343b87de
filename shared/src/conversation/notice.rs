//! What a conversation and its space tell each other.
//!
//! - **N1** A report is the whole of what the space keeps about a conversation, under a revision
//!   that rises. So repeats and late ones are told by their revision and ignored, and a lost
//!   one is made good by the next.
//! - **N2** The log itself is the outbox: a report is owed while the newest revision is greater
//!   than the one that the space has confirmed.
//! - **N3** Only the space mints fences; only the conversation turns a fence into an assignment
//!   (O1). Whoever holds a higher fence wins.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use super::event::{EndCause, Fence, Seq, Source};
use super::lifecycle::Assignee;
use super::rating::Rating;
use super::tickets::Ticket;
use crate::id::{AgentId, ConversationId, VisitorId};
use crate::space::Place;
use crate::text::{EmailAddress, Label, PersonName};

/// Conversation → space: what I look like (N1).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Report {
    /// Who tells.
    pub conversation: ConversationId,
    /// Place of the entry that last changed what is reported.
    pub revision: Seq,
    /// Where it stands.
    pub standing: Standing,
    /// The highest fence accepted.
    pub fence: Fence,
    /// The customer's browser.
    pub visitor: VisitorId,
    /// What the customer claims to be called.
    pub name: PersonName,
    /// First words of the first message.
    pub first_words: String,
    /// The queue that it waits in.
    pub queue: Label,
    /// Skills that it asks for, whatever queue it waits in.
    #[serde(default)]
    pub skills: Vec<Label>,
    /// Where it came from.
    pub source: Source,
    /// The company that the customer claims to be of (F63).
    #[serde(default)]
    pub company: Option<PersonName>,
    /// The address that the site has signed, or that the customer claims to have.
    #[serde(default)]
    pub email: Option<EmailAddress>,
    /// True when the site vouches for the customer, whose name and company are then what it has signed.
    #[serde(default)]
    pub verified: bool,
    /// True while only a customer for whom the site vouches may write in it (R164 of `space`).
    #[serde(default)]
    pub needs_verified: bool,
    /// The ticket that was made of it.
    #[serde(default)]
    pub ticket: Option<Ticket>,
    /// What the customer thinks of it, once they have said so (AF4).
    #[serde(default)]
    pub rating: Option<Rating>,
    /// The screen name of the agent who had it last (R270 of `space`).
    #[serde(default)]
    pub answered_by: Option<PersonName>,
    /// Number of the resolutions and reasons that it knows (WD1).
    #[serde(default)]
    pub lists: u32,
    /// True once it was erased (ER3).
    #[serde(default)]
    pub erased: bool,
    /// Age of the conversation when the report was made, in milliseconds: objects exchange
    /// durations, never instants (K2).
    pub age_ms: u64,
    /// How long it has been waiting this time, in milliseconds, while it waits: the confirmation
    /// says how long of that the queue was open (R102).
    #[serde(default)]
    pub waits_ms: Option<u64>,
}

/// [`super::Stage`] as the space needs it: without instants of another object's clock.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Waiting for an agent.
    Waiting,
    /// An agent has it.
    Active {
        /// Who.
        assignee: Assignee,
    },
    /// The customer's side is over.
    WrappingUp {
        /// Who still has it on the desk.
        assignee: Assignee,
        /// What ended it.
        cause: EndCause,
    },
    /// Final: every slot is free, and no offer is ever made again (A8).
    Closed {
        /// What ended it.
        cause: EndCause,
        /// How it was resolved.
        resolution: Label,
        /// Why, where a reason was chosen.
        #[serde(default)]
        reason: Option<Label>,
    },
}

/// Space → conversation: a proposal, repeated until it is answered.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Instruction {
    /// Give it to an agent, or to nobody.
    Assign(Assignment),
    /// Only say what you look like.
    Describe,
    /// Where your customer stands in line, to be shown: told once, and stored nowhere (R96).
    Place(Place),
    /// Close an agent's sockets.
    Dismiss(Dismissal),
    /// Whether only a customer for whom the site vouches may write (R164 of `space`).
    NeedVerified(bool),
    /// Erase what the customer wrote and is called (ER1); done once a report says so.
    Erase,
    /// End, because the visitor is blocked (R200 of `space`); done once a report says so.
    End,
}

/// An agent has left the space, or become something else in it: the sockets that were let in by a
/// token of an earlier era are to be closed.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Dismissal {
    /// Who.
    pub agent: AgentId,
    /// The first era whose tokens are good.
    pub era: u32,
}

/// A fenced assignment.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Assignment {
    /// Number of the assignment.
    pub fence: Fence,
    /// To whom; `None` puts it back to the waiting list.
    pub to: Option<Assignee>,
    /// The queue that it goes to; `None` leaves it in its own.
    pub queue: Option<Label>,
    /// True when the agent took it (F55).
    #[serde(default)]
    pub taken: bool,
    /// True when its agent has left the space: what is wrapping up is closed as not resolved (D2).
    #[serde(default)]
    pub closes: bool,
}

/// Conversation → space, in answer to an instruction.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Answer {
    /// What became of the assignment; `None` to any other instruction.
    pub outcome: Option<Outcome>,
    /// What the conversation looks like after it; the space takes it in like any report.
    /// `None` when there is no such conversation.
    pub report: Option<Report>,
    /// The dismissal that this is the answer to: it is done.
    #[serde(default)]
    pub dismissed: Option<Dismissal>,
}

/// What became of an assignment.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It stands, by this instruction or by an earlier copy of it.
    Done,
    /// A higher fence stands.
    Stale,
    /// The customer's side is over.
    Ended,
}

impl Report {
    /// Age of the conversation when the report was made.
    #[must_use]
    pub const fn age(&self) -> Duration {
        Duration::from_millis(self.age_ms)
    }
}
