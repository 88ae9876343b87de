//! What a person asks of a conversation.

use alloc::boxed::Box;

use serde::{Deserialize, Serialize};

use super::changes::Change;
use super::rating::Rating;
use super::tickets::TicketKind;
use crate::file::Sent;
use crate::id::CommandId;
use crate::text::{Label, MessageText, Title};

/// What a person asks for: imperative.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Write to the other side.
    Post {
        /// What to write.
        text: MessageText,
        /// The message that it answers (CG7).
        #[serde(default)]
        reply_to: Option<CommandId>,
    },
    /// Write an internal note (F68).
    Note {
        /// What to write.
        text: MessageText,
    },
    /// End conversation (F96); from the customer: cancel (F100).
    End,
    /// Resolve, and so close (F87); from Active: end and resolve in one step (F57).
    Resolve {
        /// One of the space's resolutions.
        resolution: Label,
        /// One of the space's reasons, or none.
        #[serde(default)]
        reason: Option<Label>,
    },
    /// Close what the customer has left (F103, D3).
    Abandon {
        /// One of the space's reasons: needed where the space has any and no ticket was made.
        reason: Option<Label>,
        /// More about it, as an internal note.
        #[serde(default)]
        note: Option<MessageText>,
    },
    /// Make a ticket (F91).
    CreateTicket {
        /// What it is.
        kind: TicketKind,
        /// What it is about.
        title: Title,
    },
    /// Give a message or note of one's own other words, delete it, or react to any (P29).
    Change {
        /// Which one: the id of the command that wrote it.
        message: CommandId,
        /// What it becomes.
        change: Change,
    },
    /// Say what the customer thinks of it, once it is over (P2).
    Rate(Rating),
    /// Send a file that lies in the store: said by the Worker for somebody, and by no socket (FI1).
    SendFile(Box<Sent>),
    /// Have it mailed to the address that the site has signed (P7).
    MailTranscript {
        /// The language of the mail, as a tag; English for one that we do not speak.
        #[serde(default)]
        language: Option<Label>,
    },
}
