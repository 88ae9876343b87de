//! Why a command changed nothing: one word for each thing the person who asked can act on.
//!
//! - **E1** The same word goes over the socket and over HTTP.
//! - **E2** A refusal is final: repeating the command as it was gets the same answer. What may
//!   succeed later (too fast, overloaded) is a `Hold` of [`crate::frame`] on a socket. Over HTTP,
//!   where nothing can be held, it is [`Refusal::RateLimited`], which says when to come again.

use serde::{Deserialize, Serialize};

use crate::id::ConversationId;
use crate::settings::SettingError;
use crate::text::{Label, MessageText, PersonName};

/// Why a command changed nothing. Sent to the person who asked.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The person may not do this at all.
    #[error("you may not do this")]
    Forbidden,
    /// Only the agent who holds the conversation, or a supervisor, may do this.
    #[error("only the agent who holds the conversation may do this")]
    NotAssignee,
    /// Somebody else was faster.
    #[error("{name} has this conversation already")]
    AlreadyAssigned {
        /// Who holds it.
        name: PersonName,
    },
    /// The offer was answered, withdrawn or has run out.
    #[error("the offer is over")]
    OfferOver,
    /// The offer was made to another agent.
    #[error("the offer was made to another agent")]
    OfferNotYours,
    /// Every slot of the agent is filled.
    #[error("all {limit} slots are taken")]
    NoFreeSlot {
        /// The agent's conversation limit.
        limit: u8,
    },
    /// The agent is Unavailable.
    #[error("the agent is unavailable")]
    AgentUnavailable,
    /// The conversation is not waiting for an agent.
    #[error("the conversation is not waiting for an agent")]
    NotWaiting,
    /// The conversation has ended; only wrapping up is possible.
    #[error("the conversation has ended")]
    Ended,
    /// The conversation still goes on: it is rated once it is over (AF1 of `conversation`).
    #[error("the conversation is not over")]
    NotEnded,
    /// The space keeps its conversations to itself (AF5 of `conversation`).
    #[error("this space hands out no transcripts")]
    TranscriptOff,
    /// The space takes no files in conversations of this source (FI5 of `conversation`).
    #[error("files cannot be sent in this conversation")]
    FilesOff,
    /// The file is being checked, was refused, or nobody has judged it (FI6 of `conversation`).
    #[error("this file is not released")]
    FileHeld,
    /// The file was judged, or is being checked (FI8 of `conversation`).
    #[error("this file needs no other check")]
    FileJudged,
    /// Nobody has signed an address to send it to (AF6 of `conversation`).
    #[error("the site has signed no address of yours")]
    AddressUnknown,
    /// The conversation is closed; nothing changes it.
    #[error("the conversation is closed")]
    Closed,
    /// The customer is still connected.
    #[error("the customer is still here")]
    CustomerHere,
    /// The space has no such resolution.
    #[error("the space has no such resolution")]
    ResolutionUnknown,
    /// The space has no such reason.
    #[error("the space has no such reason")]
    ReasonUnknown,
    /// What is abandoned without a ticket needs one of the space's reasons.
    #[error("choose a reason")]
    ReasonRequired,
    /// A built-in resolution can be renamed, not deleted.
    #[error("the resolution {resolution} is built in: it can be renamed, not deleted")]
    ResolutionBuiltIn {
        /// Which one.
        resolution: Label,
    },
    /// The conversation has a ticket already.
    #[error("the conversation has a ticket already")]
    TicketExists,
    /// A transfer without a note.
    #[error("a transfer needs a note")]
    NoteRequired,
    /// The space has no such queue.
    #[error("the space has no such queue")]
    QueueUnknown,
    /// The queue is closed to new work.
    #[error("the queue is closed to new work")]
    QueueClosed,
    /// As many conversations wait in the queue as may.
    #[error("the queue is full")]
    QueueFull {
        /// What the queue says to it in its own words.
        text: Option<MessageText>,
    },
    /// The agent does not serve that queue.
    #[error("the agent does not serve this queue")]
    NotInQueue,
    /// The id was used before for something else.
    #[error("this id was used before for another command")]
    CommandConflict,
    /// No such message here; to a customer a note is none (CG6 of `conversation`).
    #[error("there is no such message")]
    MessageUnknown,
    /// Somebody else wrote the message.
    #[error("only its author changes a message")]
    NotAuthor,
    /// The message is deleted.
    #[error("the message is deleted")]
    MessageDeleted,
    /// No such conversation here; also the answer for one of another space or person.
    #[error("there is no such conversation")]
    ConversationUnknown,
    /// The visitor has an open conversation already.
    #[error("you have an open conversation")]
    ConversationOpen {
        /// The one that is open.
        conversation: ConversationId,
    },
    /// No such space.
    #[error("there is no such space")]
    SpaceUnknown,
    /// Live chat is switched off in this space.
    #[error("live chat is switched off in this space")]
    SpaceOff,
    /// The space would be left without an admin.
    #[error("the space needs an admin")]
    LastAdmin,
    /// The token was good before its agent left or became something else: get a fresh one.
    #[error("the token is no longer valid")]
    TokenRevoked,
    /// No such agent in this space, or one who was deactivated.
    #[error("there is no such agent")]
    AgentUnknown,
    /// A link or invitation that was used, was revoked, has run out or never was.
    #[error("the link is over")]
    LinkOver,
    /// The space talks only with customers for whom its site vouches.
    #[error("sign in on this site to write here")]
    VerificationRequired,
    /// The session has ended.
    #[error("the session is over")]
    SessionOver,
    /// Nobody has invited this person.
    #[error("nobody has invited you")]
    NotInvited,
    /// There are as many as there may be.
    #[error("there are {limit} already, and no more than that")]
    TooMany {
        /// How many there may be.
        limit: u32,
    },
    /// A setting has a value that it cannot have.
    #[error("{0}")]
    SettingInvalid(SettingError),
    /// The visitor is blocked, and learns no more than that (R124 of `space`).
    #[error("you cannot write here at the moment")]
    Blocked,
    /// Too often: the same may succeed later.
    #[error("this came too fast: send it again later")]
    RateLimited {
        /// After how many seconds.
        retry_after: u32,
    },
    /// The settings were changed since the asker read them.
    #[error("the settings were changed, they are version {version} now")]
    SettingsChanged {
        /// The newest version.
        version: u32,
    },
    /// A queue with work cannot be deleted: it is closed and drains.
    #[error("the queue {queue} has {items} work items: close it first, and let it drain")]
    QueueInUse {
        /// Which one.
        queue: Label,
        /// How many work items it has.
        items: u32,
    },
    /// Show first that a person writes; then the same may succeed (R126 of `space`).
    #[error("show that a person writes, and send it again")]
    ChallengeRequired,
    /// There is nothing of that id, or not any more.
    #[error("there is nothing of that id")]
    IdUnknown,
}

impl From<SettingError> for Refusal {
    fn from(error: SettingError) -> Self {
        Self::SettingInvalid(error)
    }
}

impl Refusal {
    /// The word of the refusal, the same in JSON, over HTTP and in documents.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Forbidden => "forbidden",
            Self::NotAssignee => "not_assignee",
            Self::AlreadyAssigned { .. } => "already_assigned",
            Self::OfferOver => "offer_over",
            Self::OfferNotYours => "offer_not_yours",
            Self::NoFreeSlot { .. } => "no_free_slot",
            Self::AgentUnavailable => "agent_unavailable",
            Self::NotWaiting => "not_waiting",
            Self::Ended => "ended",
            Self::NotEnded => "not_ended",
            Self::TranscriptOff => "transcript_off",
            Self::FilesOff => "files_off",
            Self::FileHeld => "file_held",
            Self::FileJudged => "file_judged",
            Self::AddressUnknown => "address_unknown",
            Self::Closed => "closed",
            Self::CustomerHere => "customer_here",
            Self::ResolutionUnknown => "resolution_unknown",
            Self::ReasonUnknown => "reason_unknown",
            Self::ReasonRequired => "reason_required",
            Self::ResolutionBuiltIn { .. } => "resolution_built_in",
            Self::TicketExists => "ticket_exists",
            Self::NoteRequired => "note_required",
            Self::QueueUnknown => "queue_unknown",
            Self::QueueClosed => "queue_closed",
            Self::QueueFull { .. } => "queue_full",
            Self::NotInQueue => "not_in_queue",
            Self::CommandConflict => "command_conflict",
            Self::MessageUnknown => "message_unknown",
            Self::NotAuthor => "not_author",
            Self::MessageDeleted => "message_deleted",
            Self::ConversationUnknown => "conversation_unknown",
            Self::ConversationOpen { .. } => "conversation_open",
            Self::SpaceUnknown => "space_unknown",
            Self::SpaceOff => "space_off",
            Self::LastAdmin => "last_admin",
            Self::TokenRevoked => "token_revoked",
            Self::AgentUnknown => "agent_unknown",
            Self::LinkOver => "link_over",
            Self::VerificationRequired => "verification_required",
            Self::SessionOver => "session_over",
            Self::NotInvited => "not_invited",
            Self::TooMany { .. } => "too_many",
            Self::SettingInvalid(_) => "setting_invalid",
            Self::Blocked => "blocked",
            Self::ChallengeRequired => "challenge_required",
            Self::IdUnknown => "id_unknown",
            Self::RateLimited { .. } => "rate_limited",
            Self::SettingsChanged { .. } => "settings_changed",
            Self::QueueInUse { .. } => "queue_in_use",
        }
    }

    /// The HTTP status of the refusal: 401 not with this token, 403 not allowed, 404 not there, 409 not in this state,
    /// 410 not any more, 422 not a value that exists, 429 not so fast.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::TokenRevoked | Self::SessionOver => 401,
            Self::Forbidden
            | Self::NotAssignee
            | Self::NotAuthor
            | Self::OfferNotYours
            | Self::NotInQueue
            | Self::SpaceOff
            | Self::TranscriptOff
            | Self::FilesOff
            | Self::VerificationRequired
            | Self::Blocked
            | Self::ChallengeRequired
            | Self::NotInvited => 403,
            Self::ConversationUnknown
            | Self::MessageUnknown
            | Self::SpaceUnknown
            | Self::AgentUnknown
            | Self::IdUnknown => 404,
            Self::AlreadyAssigned { .. }
            | Self::OfferOver
            | Self::NoFreeSlot { .. }
            | Self::AgentUnavailable
            | Self::NotWaiting
            | Self::Ended
            | Self::NotEnded
            | Self::AddressUnknown
            | Self::FileHeld
            | Self::FileJudged
            | Self::Closed
            | Self::CustomerHere
            | Self::QueueClosed
            | Self::QueueFull { .. }
            | Self::CommandConflict
            | Self::LastAdmin
            | Self::TooMany { .. }
            | Self::ConversationOpen { .. }
            | Self::ResolutionBuiltIn { .. }
            | Self::TicketExists
            | Self::SettingsChanged { .. }
            | Self::QueueInUse { .. } => 409,
            Self::LinkOver | Self::MessageDeleted => 410,
            Self::RateLimited { .. } => 429,
            Self::ResolutionUnknown
            | Self::ReasonUnknown
            | Self::ReasonRequired
            | Self::NoteRequired
            | Self::QueueUnknown
            | Self::SettingInvalid(_) => 422,
        }
    }
}
