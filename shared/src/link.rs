//! Machine 3: a client's end of the wire, for every client.
//!
//! - **K1** One number per attempt: every [`Effect::Dial`] carries the next connection number, so
//!   that the object can tell a late frame of a dead connection from the living one.
//! - **K2** The first frame is hello, sent again in full by every connection; entries are taken in
//!   through [`Transcript`](crate::conversation::Transcript) alone, so what is shown is `log[1..k]` of this side (M4). A gap is asked for.
//! - **K3** Another epoch than the one known forgets the log and keeps the outbox.
//! - **K4** The outbox is first in, first out, at most [`IN_FLIGHT_MAX`] on their way, and waits until the
//!   backlog has shown what is in the log already. An item leaves when the log shows it.
//! - **K5** After a hold of n everything from n on is sent again, with the same numbers (go-back-N).
//! - **K6** A final answer parks an item as [`PendingState::Failed`] and the next goes on. An item older
//!   than [`STALE_MS`] is parked, too, and asks before it is sent.
//!   So is what a resume shows to have been passed over: the refusal was lost with the line.
//! - **K7** An item that was transmitted is discarded only when a resume, or a hold, shows that it is not
//!   in the log; until then it is [`PendingState::Dropping`].
//! - **K8** The first message makes the conversation: [`Effect::Begin`] under the id of the message,
//!   repeated until it is answered, so that a repeat finds the same conversation.
//! - **K9** A ping every 25 s ± 20 %; no frame for 10 s after one means that the line is dead.
//! - **K10** Between attempts the link waits with full jitter: rand(0, min(30 s, 0.5 s · 2^n)), n starting
//!   again after 60 s of a stable line; rand(0, 3 s) for the first attempt after a 1006 or 1012, because
//!   a deploy cuts everybody at once; rand(0, 1 s) when the browser says that it is online.
//! - **K11** Every close code has exactly one consequence (PROTOCOL.md §5.5).
//! - **K12** Typing: at most one start every 3 s, an earlier one waits, and one every 10 s while it lasts; a stop 5 s
//!   after the last key, and none with a command, which ends typing itself. The other side's typing is forgotten after 14 s.
//! - **K13** Cursors only rise within an epoch, and never pass the head. They are sent at most once a second, 0.3 s after
//!   the first step, and only for what the other side sees ticks at: its own texts.
//! - **K14** What arrived is confirmed whenever half a window of it is not, in entries or bytes (FL1 of `conversation`);
//!   so the window never fills while both ends keep up, and a conversation of people confirms nothing.
//! - **K15** The place in line is what the server told last on this connection, and nothing once the
//!   conversation does not wait any more.
//!
//! - **K16** What comes too fast stays in the outbox and goes by itself when its time has come, in order: a
//!   command after a hold (K5), a conversation after [`Refusal::RateLimited`]. Until then
//!   [`ConversationLink::slowed_until`] says so, for pauses that somebody would notice.
//! - **K17** A conversation for which somebody has to show first that a person writes
//!   ([`Refusal::ChallengeRequired`]) begins by itself when that is shown. Until then the messages stay in
//!   the outbox, nobody asks again, and [`ConversationLink::needs_challenge`] says so.
//! - **K18** A customer's conversation that is unknown is forgotten: what was not sent begins another one,
//!   and is not ended by what was to end the old one; what was about messages of the old log goes.
//! - **K19** What is refused is kept only while there is something to keep: a reaction that is refused goes,
//!   and so does a change of a message that is not there, or the deletion of one that is deleted. Before
//!   there is a conversation, changes go with the message that they are about.
//!
//! Randomness comes in as `dice`, a fresh random number with every call; the machine draws none.

mod conversation_link;
mod cursor;
mod flight;
mod line;
mod outbox;
mod shown;
mod space_link;
mod typing;

pub use conversation_link::ConversationLink;
pub use shown::{Reactions, Words};
pub use space_link::{SpaceEffect, SpaceInput, SpaceLink, SpacePart};

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::conversation::{Command, Seq};
use crate::frame::{FromServer, ToServer};
use crate::id::{CommandId, ConversationId};
use crate::refusal::Refusal;
use crate::text::MessageText;
use crate::time::Timestamp;

/// Most commands on their way at a time (K4). Source: PROTOCOL.md §5.3.
pub const IN_FLIGHT_MAX: usize = 16;
/// Shortest pause that is told to the person, in milliseconds (K16). Our choice: a shorter one is
/// over before it is read.
pub const SLOWED_MS: u32 = 1_500;
/// Age from which an item asks before it is sent, in milliseconds: 24 h (K6). Source: PROTOCOL.md §5.3.
pub const STALE_MS: u64 = 24 * 60 * 60 * 1_000;

/// How a link stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// Nothing to do: not started, no conversation yet, or the server said goodbye.
    Idle,
    /// An attempt is on its way.
    Connecting {
        /// How many attempts in a row came to nothing before this one.
        attempt: u32,
    },
    /// Connected; what happened meanwhile is arriving.
    CatchingUp,
    /// Connected and at the head of the log.
    Live,
    /// The line is down; the next attempt is at this moment.
    Waiting {
        /// When.
        until: Timestamp,
    },
    /// This build is too old and reloading did not help: "being updated". The next attempt is at
    /// this moment.
    Updating {
        /// When.
        until: Timestamp,
    },
    /// No further attempt without [`Input::Start`].
    Stopped(StopReason),
}

/// Why a link gave up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StopReason {
    /// The server could not read our frames: a bug of ours, to be reported.
    BadFrames,
    /// The session is over: sign in again.
    Unauthorized,
    /// This space or role is refused.
    Forbidden,
    /// There is no such conversation for this person.
    Unknown,
    /// This tab is open elsewhere, with a newer connection.
    Replaced,
}

/// An item of the outbox: a command on its way to the log.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Pending {
    /// Its id, the same over every repeat.
    pub id: CommandId,
    /// What is asked.
    pub command: Command,
    /// When the person asked for it, or asked again; the order of the outbox.
    pub written_at: Timestamp,
    /// How far it has come.
    pub state: PendingState,
}

/// How far an item of the outbox has come.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PendingState {
    /// Not sent yet.
    Queued,
    /// Transmitted at least once; its fate is unknown until the log shows it.
    Sent,
    /// Transmitted, then discarded by the person: it goes as soon as its fate is known (K7).
    Dropping,
    /// Not in the log, and not sent again unless the person asks for it.
    Failed(Failure),
}

/// Why an item is parked (K6).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The server said no.
    Refused(Refusal),
    /// The frame was larger than [`crate::frame::FRAME_MAX`].
    TooLarge,
    /// Older than [`STALE_MS`].
    Stale,
}

/// Everything that can happen to a [`ConversationLink`]. Events of a socket are those of the
/// newest [`Effect::Dial`] only; what an older socket still says is thrown away by the shell.
#[derive(Clone, Debug)]
pub enum Input {
    /// Open now: the frame is shown, the console selected it, or the person asks again after a stop.
    Start,
    /// The socket is open.
    Opened,
    /// A frame arrived.
    Received(FromServer),
    /// The text `pong` arrived.
    Pong,
    /// The socket is closed, or could not be opened (1006).
    Lost {
        /// The close code.
        code: u16,
    },
    /// Answer to [`Effect::Begin`]: the conversation stands.
    Begun {
        /// Which one.
        conversation: ConversationId,
    },
    /// Answer to [`Effect::Begin`]: it does not.
    BeginFailed {
        /// Why.
        failure: BeginFailure,
    },
    /// The person asks for something.
    Submit {
        /// A fresh id.
        id: CommandId,
        /// What.
        command: Command,
    },
    /// Send a failed item again; it goes to the end of the outbox.
    Retry {
        /// Which one.
        id: CommandId,
    },
    /// Throw an item away (K7).
    Discard {
        /// Which one.
        id: CommandId,
    },
    /// A key was pressed in the composer, or the composer was emptied.
    Typing {
        /// True for a key.
        typing: bool,
    },
    /// Somebody has shown that a person writes; the shell has the proof for the next [`Effect::Begin`].
    Passed,
    /// Everything so far is on a visible screen.
    Seen,
    /// The browser says that it is online, or the page became visible again.
    Online,
    /// The browser says that it is offline.
    Offline,
    /// Answer to [`Effect::Renew`]: the shell has a fresh token for the next [`Effect::Dial`].
    Renewed {
        /// The token, for the connection that stands.
        token_for_frame: Option<String>,
    },
    /// Answer to [`Effect::Renew`]: the server refuses to renew.
    RenewFailed,
    /// Answer to [`Effect::Renew`]: nobody answered.
    RenewUnreachable,
    /// The moment of [`ConversationLink::next_deadline`] has come.
    Tick,
}

/// Why [`Effect::Begin`] came to nothing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum BeginFailure {
    /// The server said no. [`Refusal::ConversationOpen`] leads to the open conversation,
    /// [`Refusal::RateLimited`] to another attempt (K16), [`Refusal::ChallengeRequired`] to a challenge (K17).
    Refused(Refusal),
    /// The token is not valid.
    Unauthorized,
    /// Nobody answered, or only with an error of the server.
    Unreachable,
}

/// What the shell does next, in this order.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Effect {
    /// `POST conversations` with this id as `Idempotency-Key`; answered by [`Input::Begun`] or
    /// [`Input::BeginFailed`]. The tabs of a visitor take turns; a conversation that another tab
    /// has stored meanwhile is the answer, without a call.
    Begin {
        /// Id of the first message.
        id: CommandId,
        /// The first message.
        text: MessageText,
    },
    /// Store `connection` for this tab, drop any older socket, open a new one with a valid token.
    Dial {
        /// Where to.
        conversation: ConversationId,
        /// Number of the attempt (K1).
        connection: u32,
    },
    /// Send a frame over the socket.
    Transmit(ToServer<Command>),
    /// Send the text `ping` over the socket.
    Ping,
    /// Close the socket; it is not heard of again.
    HangUp,
    /// Get a fresh token; answered by [`Input::Renewed`], [`Input::RenewFailed`] or
    /// [`Input::RenewUnreachable`].
    Renew,
    /// Store this item of the outbox, under its id.
    Keep(Pending),
    /// Forget this item of the outbox.
    Drop(CommandId),
    /// Reload the page; store the moment for [`ConversationLink::reloaded_at`].
    Reload,
    /// That part of the link's answers has changed.
    Changed(Part),
}

/// A part of what a [`ConversationLink`] answers, for whoever shows it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Part {
    /// [`ConversationLink::state`], [`ConversationLink::conversation`], [`ConversationLink::slowed_until`],
    /// [`ConversationLink::needs_challenge`].
    State,
    /// [`ConversationLink::transcript`] grew.
    Entries {
        /// The first new entry.
        from: Seq,
    },
    /// [`ConversationLink::transcript`] begins again from nothing.
    Reset,
    /// [`ConversationLink::pending`].
    Pending,
    /// [`ConversationLink::cursors`], [`ConversationLink::unread`].
    Cursors,
    /// [`ConversationLink::other_is_typing`].
    Typing,
    /// [`ConversationLink::place`].
    Place,
}

#[cfg(test)]
mod tests;
