//! Machine 1: one customer's thread, from the first message to closed.
//!
//! The conversation owns the talk, the lifecycle and the current assignee. It is a log of
//! [`Entry`]s; everything else is a fold of that log or is lost without harm.
//!
//! | file | subject and rules |
//! |---|---|
//! | `machine`, `born`, `turn` | inputs to effects, birth, the one way to append (K3) |
//! | `commands`, `asked`, `allowance` | what people ask, repeats, go-back-N, speed (M1, M6, A2, F86, F87, F96, F100) |
//! | `changes` | other words, deleting, replies, reactions (CG1 to CG10, P29) |
//! | `words`, `tickets` | resolutions and reasons that may be named, the ticket (WD1 to WD3, F91, F103) |
//! | `assignment`, `reports` | proposals of the space, and what it is told (A1, F50, F56, N1, N2) |
//! | `timers`, `wait` | wait, idle, greatest age (F51, F97, F98, WT1, WT2) |
//! | `sockets`, `hello` | who may connect, which connection counts (C1 to C5) |
//! | `window`, `cursors`, `typing` | what goes out to whom (M4, M8, M9, D15) |
//! | `place` | what the customer is told of the line (PL1, PL2) |
//! | `customer` | whose it is, and who may write unverified (ID4 to ID6) |
//! | `rating` | what the customer thinks of it (AF1 to AF4) |
//! | `taken_along` | its words as a text, by download and by e-mail (AF5 to AF7) |
//! | `erase` | what goes when a person is erased, or time is over (ER1 to ER4) |
//! | `log`, `restore`, `check` | what is remembered, read back and asserted (M1, M2, M3, A9) |
//! | `shorthand` | how the log is stored (ST1 to ST3) |

mod allowance;
mod asked;
mod assignment;
mod born;
mod changes;
mod check;
mod checked;
mod command;
mod commands;
mod cursors;
mod customer;
mod erase;
mod event;
pub mod files;
mod hello;
mod lifecycle;
mod log;
mod machine;
mod notice;
mod place;
#[cfg(test)]
mod properties;
mod rating;
mod reports;
mod restore;
mod shorthand;
mod sockets;
#[cfg(test)]
mod table;
mod taken_along;
#[cfg(test)]
mod testing;
mod tickets;
mod timers;
mod transcript;
mod turn;
mod typing;
mod wait;
mod window;
mod words;

pub use changes::{Change, Changed, Changes, REACTED_MAX, REACTIONS_MAX};
pub use check::Broken;
pub use checked::{CHECK, Verdict};
pub use command::Command;
pub use customer::called;
pub use erase::BLANK;
pub use event::{Author, EndCause, Entry, Event, Fence, Sender, Seq, Source};
pub use lifecycle::{Assignee, Lifecycle, Stage};
pub(crate) use log::{WINDOW_BYTES, WINDOW_EVENTS};
pub use machine::Conversation;
pub use notice::{Answer, Assignment, Dismissal, Instruction, Outcome, Report, Standing};
pub use rating::{RATED_FOR, RATED_MAX, Rating, Stars, StarsError};
pub use shorthand::Shorthand;
pub use taken_along::{MAILED_MAX, MAILED_PAUSE, TEXT_MAX};
pub use tickets::{Ticket, TicketKind, TicketStatus};
pub use transcript::{Taken, Transcript};

use alloc::boxed::Box;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::file::Sent;
use crate::frame::{CloseCode, FromServer, SocketId, ToServer};
use crate::id::{CommandId, ConversationId, DeviceId, EpochId, FileId, SpaceId, VisitorId};
use crate::identity::Identity;
use crate::refusal::Refusal;
use crate::rights::{Person, Side};
use crate::settings::{Lists, Terms};
use crate::space::{OpenTime, Place};
use crate::text::{EmailAddress, Label, MessageText, PersonName};
use crate::time::Timestamp;

/// What a conversation is born with; stored once and never changed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Birth {
    /// The conversation itself.
    pub conversation: ConversationId,
    /// The space that it belongs to; every person's token must name it.
    pub space: SpaceId,
    /// The customer who begins it; whose it is in the end, [`Event::CustomerIdentified`] may tell.
    pub visitor: VisitorId,
    /// What the customer claims to be called.
    pub name: PersonName,
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
    /// The earlier conversation of the same customer that it goes on from (BI1 of `born`).
    #[serde(default)]
    pub follows: Option<ConversationId>,
    /// The address that the customer claims to have.
    #[serde(default)]
    pub email: Option<EmailAddress>,
    /// What the site has signed about the customer.
    #[serde(default)]
    pub identity: Option<Box<Identity>>,
    /// What the page had shown by itself, and the customer answers (HA5 of `settings`).
    #[serde(default)]
    pub greeting: Option<MessageText>,
    /// This life of the log.
    pub epoch: EpochId,
    /// What it keeps of the settings of the space at its birth (S2 of `settings`).
    pub settings: Terms,
    /// When it was born.
    pub at: Timestamp,
}

/// Everything that can happen to a conversation. Time passing is one of those things.
#[derive(Clone, Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "made once for each turn and moved once"
)]
pub enum Input {
    /// The customer's first message makes the conversation. A repeat is answered like the first.
    Begin {
        /// What it is born with.
        birth: Birth,
        /// Id of the first message.
        id: CommandId,
        /// The first message.
        text: MessageText,
    },
    /// A socket was accepted; its token was checked by the Worker.
    Connected {
        /// Name of the socket in this object.
        socket: SocketId,
        /// Who is at its other end.
        person: Person,
        /// The space that the token is for.
        space: SpaceId,
    },
    /// A frame that parsed.
    Frame {
        /// Where it came from.
        socket: SocketId,
        /// What it says.
        frame: ToServer<Command>,
    },
    /// A command that came without a socket, over HTTP; answered in this turn, or in a later one
    /// when it waits for a word of the space (WD2).
    Asked {
        /// Who asks, and is of this space: the token was checked by the Worker.
        person: Person,
        /// Id of the command.
        id: CommandId,
        /// What.
        command: Command,
    },
    /// The site vouches for the person of a session: what was that session's is the customer's (ID5).
    /// Answered with [`Effect::Begun`] when the conversation is the customer's now.
    Identified {
        /// Who, as the token says.
        person: Person,
    },
    /// A socket is gone.
    Disconnected {
        /// Which one.
        socket: SocketId,
    },
    /// The space proposes; the conversation commits or refuses (rule O1 of PROTOCOL.md).
    Instructed(Instruction),
    /// The space has stored our report of that revision.
    Reported {
        /// [`Report::revision`] of the report.
        revision: Seq,
        /// Where the customer stands in line, while the conversation waits (PL1 of `place`).
        place: Option<Place>,
        /// Resolutions and reasons, if the report said that the conversation has older ones (WD1).
        lists: Option<Lists>,
        /// How long the queue was open while the conversation waited (WT1).
        open: Option<OpenTime>,
    },
    /// What became of the check of a file (FI7).
    Checked {
        /// Which.
        file: FileId,
        /// What.
        verdict: Verdict,
    },
    /// Somebody has a file checked again (FI8); without effect where [`Conversation::may_check_again`] refuses.
    CheckAgain {
        /// Who.
        person: Person,
        /// Which.
        file: FileId,
    },
    /// The alarm rang. It may be early, late or doubled.
    Tick,
}

/// What the caller does next, in this order. The machine itself does nothing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Effect {
    /// Write a row. All rows of one turn are written together, before anything is sent.
    Save(Row),
    /// Send one frame to some sockets.
    Send {
        /// The sockets.
        to: Vec<SocketId>,
        /// The frame.
        frame: FromServer,
    },
    /// Read the log as that side sees it, after `after`, at most [`crate::frame::BACKLOG_MAX`]
    /// entries, and send it as [`FromServer::Entries`] of at most
    /// [`crate::frame::ENTRIES_MAX`]; then [`FromServer::Live`], or [`FromServer::Limited`] when
    /// that was not all.
    Backlog {
        /// The socket.
        to: SocketId,
        /// Whose view of the log.
        side: Side,
        /// The last entry that the client has, counted by its side.
        after: Seq,
        /// The head of the log, counted by its side.
        head: Seq,
    },
    /// Keep a socket's seat where it outlives the memory of the object.
    Keep {
        /// The socket.
        socket: SocketId,
        /// Its seat.
        seat: Seat,
    },
    /// Close a socket.
    Close {
        /// The socket.
        socket: SocketId,
        /// Why.
        code: CloseCode,
    },
    /// Take every file out of the store, and blank every row that is on the disk ([`Row::blanked`]), in the transaction of this turn and
    /// after its rows (ER2).
    Erase,
    /// Take a file out of the store (FI4).
    RemoveFile(FileId),
    /// Have a file checked by the space, in the background; answered by [`Input::Checked`], or not at all (FI7).
    Check(Box<Sent>),
    /// Delete everything that is on the disk, and its files: the conversation is unborn again (ER4).
    Forget,
    /// Mail its text ([`Transcript::text`]) to that address, in the background (AF6).
    Mail {
        /// The address that the site has signed.
        to: EmailAddress,
        /// The language that the customer reads, as a tag.
        language: Option<Label>,
        /// Names the mail: the same one is sent once.
        id: CommandId,
    },
    /// Tell the space what this conversation looks like; answered by [`Input::Reported`].
    Report(Report),
    /// Answer to [`Input::Begin`]: the conversation stands. Without this answer it stands with
    /// another first message under the same id.
    Begun,
    /// Answer to [`Input::Instructed`].
    Answer(Answer),
    /// Answer to [`Input::Asked`].
    Replied {
        /// Who asked.
        person: Person,
        /// Id of the command.
        id: CommandId,
        /// Done, by this call or an earlier one, or why not.
        reply: Result<(), Refusal>,
    },
    /// Answer to [`Input::Asked`]: too fast (AL1). Nothing was taken in, so the same call may
    /// succeed then.
    Slowed {
        /// After how many milliseconds.
        retry_ms: u32,
    },
}

/// One stored row. Rows are written in the turn of their cause and read back at wake.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Row {
    /// Written once.
    Birth(Birth),
    /// One entry of the log: never rewritten.
    Entry {
        /// The entry as agents see it.
        entry: Entry,
        /// Its number for the customer; `None` for what agents alone see.
        public: Option<Seq>,
        /// How far each side has received and read, if that has moved since the row before.
        #[serde(default)]
        cursors: Option<Cursors>,
    },
    /// Highest connection number of a tab, as the first release wrote it at each hello. Read, and
    /// written no more (C3 of `hello`).
    Device {
        /// The tab.
        device: DeviceId,
        /// Its newest connection.
        connection: u32,
    },
    /// The newest report that the space has confirmed; one row.
    Reported {
        /// Its revision.
        revision: Seq,
    },
    /// Resolutions and reasons, when they are newer than those of the birth (WD1); one row.
    Lists(Lists),
    /// How far each side has received and read; one row, written when nobody is connected any more.
    Cursors(Cursors),
}

/// How far one side has come, counted in the log as that reader sees it.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Cursor {
    /// Everything up to here has arrived on one of the person's screens.
    pub delivered: Seq,
    /// Everything up to here was seen.
    pub read: Seq,
}

/// The cursors of both sides, both counted in the log as the reader of this value sees it.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Cursors {
    /// The customer's.
    pub customer: Cursor,
    /// The assignee's: a silent preview by a colleague moves nothing (D15).
    pub agent: Cursor,
}

/// What must outlive the object's memory while a socket is open.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Seat {
    /// Who sits there.
    pub person: Person,
    /// The tab and its connection number, once it has said hello.
    pub device: Option<(DeviceId, u32)>,
    /// The client's own cursor, counted by its side.
    pub cursor: Cursor,
    /// How far both sides have come, on behalf of somebody who has left since the last entry.
    #[serde(default)]
    pub left: Option<Cursors>,
    /// The command that must come again before any later one (go-back-N); `None` while none is held.
    pub held: Option<u32>,
    /// Set while the socket takes in less than it is sent: nothing goes out to it until then.
    pub lag: Option<Lag>,
}

/// A socket that is behind (FL1 of `window`).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Lag {
    /// The last entry that was sent, counted by the socket's side.
    pub sent: Seq,
    /// Since when its window is full.
    pub since: Timestamp,
}
