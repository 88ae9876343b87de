//! Machine 2: one company's place. Who is on duty, what waits, and who is offered what.
//!
//! The space owns the queue, the offers, the slots and presence, and mints fences. It decides
//! who should talk and never carries the talk.
//!
//! - **R1** A work item is waiting, offered to one agent, being assigned, held by one agent, or
//!   gone ([`ItemState`]). An offer and an assignment fill a slot, so accepting never exceeds a
//!   limit (A4).
//! - **R2** The space proposes, the conversation commits (O1): a fence is minted and saved before
//!   it leaves, and only the conversation turns it into an assignment.
//! - **R3** Every input first settles what fell due, so a late, early or doubled alarm changes
//!   nothing.
//!
//! Rules by subject: `rotation` R4 to R7, R29 to R31, `offer` R8 to R11, `commands` R12, `assignment` R13
//! to R15, `intake` R16 to R18, `roster` R19 to R21, `admission` R22, R23 and R100, `rounds` R101, `desk` R24 and R25,
//! `manual` R26 to R28 and R61, `transfer` R32 to R36, `lanes` R37 to R39, R58 and R59 (and R40 of
//! `transfer`), `leave` R41 and R42, `lists` R43, R93 and R94, `hours` R50 to R52 and R102, `backlog` R53 to R57,
//! `queues` R60, `configure` R70 to R75, `colleagues` R80 and R81, `staff` R82 to R84,
//! `tenure` R85 to R87, `customers` R160 to R164, `accounts` R88, R89 and R150, `doors` R140 to R145, `asked` R90 to R92,
//! `place` R95 to R98, `attendance` R103, `newcomers` R120 to R122 and R126 to R128, `blocks` R123 to R125,
//! `dictation` SP8 and SP9, `audit_log` R180 to R184, `erasure` R185 to R189, `earlier` R270 to R272.
//! `machine` takes inputs, `reads` is what is read of it, `ledger` keeps the books and `index` their
//! indexes (`duty`: of one agent), `turn` gathers what a turn did, `audit` asserts the invariants.

mod accounts;
mod admission;
mod asked;
mod assignment;
mod attendance;
mod audit;
mod audit_log;
mod backlog;
mod blocks;
mod colleagues;
mod commands;
mod configure;
mod customers;
mod desk;
mod dictation;
mod doors;
mod duty;
mod earlier;
mod erasure;
mod hours;
mod index;
mod intake;
mod lanes;
mod leave;
mod ledger;
mod line;
mod lists;
mod machine;
mod manual;
mod newcomers;
mod offer;
mod place;
mod queues;
mod reads;
mod roster;
mod rotation;
mod rounds;
mod row;
mod search;
mod staff;
mod tenure;
#[cfg(test)]
mod tests;
mod transfer;
mod turn;

pub use assignment::{RETRY, RETRY_MAX};
pub use audit::Broken;
pub use audit_log::{AUDIT_PAGE, AuditEntry, AuditQuery, Deed};
pub use blocks::{BLOCK_MAX_S, BLOCKS_MAX, Block};
pub use colleagues::{Colleague, Status};
pub use configure::InUse;
pub use customers::IDENTITY_KEYS_MAX;
pub use desk::{COUNTS_PAUSE, Counts, Desk, Me, Offer, Transfer, Transferred, WorkItem};
pub use doors::{
    ApiKey, Door, Doors, INVITATION_LIFE, INVITATIONS_MAX, Invitation, KEY_LIFE_MAX, KEYS_MAX,
    Opened, Proof, Scope,
};
pub use earlier::{EARLIER, Earlier, EarlierPage};
pub use erasure::{Erasing, Past};
pub use hours::{OpenTime, Openness};
pub use intake::TOMBSTONE;
pub use lists::{List, Listed, Mark, MarkError, PAGE, Page, Query};
pub use machine::Space;
pub use place::{PLACES_MAX, PLACES_PAUSE, Place, RECENT, RECENT_MAX, RECENT_MIN};
pub use queues::QueueView;
pub use roster::{HELLO_WAIT, SILENCE};
pub use rotation::REST;
pub use rounds::ROUND;
pub use row::{Agent, Item, ItemState, Returned, Row, Seat, Slot, TransferEnd};
pub use search::{FOUND_MAX, Found, Known};
pub use staff::{AgentChange, Choice};
pub use tenure::{Insider, Tenure};

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::account::{Shown, Wish};
use crate::conversation::{Answer, Fence, Instruction, Report, Seq};
use crate::frame::{CloseCode, FromServer, SocketId, ToServer};
use crate::id::{AgentId, CommandId, ConversationId, SpaceId, VisitorId};
use crate::refusal::Refusal;
use crate::rights::{Person, Role};
use crate::settings::{Change, Lists, Settings, Terms, Zone};
use crate::sorted::SortedMap;
use crate::text::{Label, MessageText, Title, ZoneName};
use crate::time::Timestamp;

/// What an agent asks of a space: imperative.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Be Available or Unavailable (F40).
    SetAvailable {
        /// True for Available.
        available: bool,
        /// For how many chats at a time, where they are assigned at once (F44); `None` leaves the
        /// number as it was.
        for_chats: Option<u8>,
    },
    /// Take an offered conversation (F46).
    Accept {
        /// Which one.
        conversation: ConversationId,
        /// Number of the offer.
        fence: Fence,
    },
    /// Leave an offered conversation to somebody else (F47).
    Decline {
        /// Which one.
        conversation: ConversationId,
        /// Number of the offer.
        fence: Fence,
    },
    /// Assign to Me (F55): take what waits, or, as a supervisor, what another agent has.
    Take {
        /// Which one.
        conversation: ConversationId,
    },
    /// Give a held conversation back to the waiting list (F56).
    Unassign {
        /// Which one.
        conversation: ConversationId,
    },
    /// Pass a held conversation on (D7).
    Transfer {
        /// Which one.
        conversation: ConversationId,
        /// Where to.
        to: Target,
        /// The words of the note that the sender has written into the conversation's log under
        /// this command's id; refused without.
        note: Option<MessageText>,
    },
    /// Keep the visitor of a conversation out (R123).
    Block {
        /// Whose visitor.
        conversation: ConversationId,
        /// Why.
        reason: Option<Title>,
        /// For how long, in seconds; `None` for ever.
        for_s: Option<u32>,
    },
    /// Let a visitor in again (R125).
    Unblock {
        /// Whom.
        visitor: VisitorId,
    },
}

/// Where a transfer goes.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// To one agent, who is asked.
    Agent {
        /// Who.
        agent: AgentId,
        /// The queue that it goes to with the agent; `None` leaves it in its own.
        queue: Option<Label>,
    },
    /// To the waiting list of a queue.
    Queue {
        /// Which one.
        queue: Label,
    },
}

/// Everything that can happen to a space. Time passing is one of those things.
#[derive(Clone, Debug)]
pub enum Input {
    /// Make the space. Refused when it stands already.
    Create {
        /// Its name in addresses.
        space: SpaceId,
        /// Its settings.
        settings: Settings,
        /// Its first agents.
        agents: Vec<Agent>,
    },
    /// A visitor is about to write: may a conversation begin?
    Admit {
        /// Who.
        visitor: VisitorId,
        /// The conversation that would begin; when it is known already, it may.
        conversation: ConversationId,
        /// The queue that it would wait in.
        queue: Label,
        /// A number for the address that the visitor writes from, where that is known (R120).
        address: Option<u64>,
        /// Whether the site vouches for the visitor (R163).
        verified: bool,
        /// Whether this call brings a challenge that was passed (R126).
        passed: bool,
    },
    /// A socket of an agent was accepted; its token was checked by the Worker.
    Connected {
        /// Name of the socket in this object.
        socket: SocketId,
        /// Who is at its other end.
        person: Person,
    },
    /// A frame that parsed.
    Frame {
        /// Where it came from.
        socket: SocketId,
        /// What it says.
        frame: ToServer<Command>,
    },
    /// A socket is gone.
    Disconnected {
        /// Which one.
        socket: SocketId,
    },
    /// The platform answered a heartbeat on this socket, last at that moment.
    Heard {
        /// Which one.
        socket: SocketId,
        /// When.
        at: Timestamp,
    },
    /// A conversation tells what it looks like.
    Reported(Report),
    /// A conversation answered our instruction.
    Answered {
        /// Which one.
        conversation: ConversationId,
        /// The fence of the instruction; `None` for `Describe`.
        fence: Option<Fence>,
        /// What [`Effect::Instruct`] said of it.
        was_known: bool,
        /// Its answer.
        answer: Answer,
    },
    /// A command that came without a socket, over HTTP (R90). Its answer is one
    /// [`Effect::Replied`], in this turn or in a later one.
    Asked {
        /// Who asks; the token was checked by the Worker.
        agent: AgentId,
        /// Id of the command.
        id: CommandId,
        /// What.
        command: Command,
    },
    /// An admin adds an agent. Under an id that is known, it is a repeat.
    AddAgent {
        /// Who asks.
        by: AgentId,
        /// The agent.
        agent: Agent,
    },
    /// An admin or supervisor changes an agent.
    SetAgent {
        /// Who asks.
        by: AgentId,
        /// Whom it is about.
        agent: AgentId,
        /// What.
        change: AgentChange,
    },
    /// An agent is about to enter a conversation, by a token that the Worker has read.
    Enter {
        /// Who.
        agent: AgentId,
        /// Era of the token.
        era: u32,
        /// Which one.
        conversation: ConversationId,
    },
    /// An account has confirmed what it was told.
    Registered {
        /// Whose.
        agent: AgentId,
        /// Number of what it was told.
        number: u64,
        /// Where its person is mailed (R230).
        shown: Shown,
    },
    /// A person wishes to be Available, or not, in all spaces (F41); and what else accounts owe (R89).
    Wish(Wish),
    /// Somebody stands at a door.
    Door(Door),
    /// An agent leaves the space, or comes back.
    SetActive {
        /// The admin who asks; `None` when nobody in the space does.
        by: Option<AgentId>,
        /// Who.
        agent: AgentId,
        /// False for leaving.
        active: bool,
    },
    /// An admin has a visitor erased (R186), or exports what is kept of one (R189).
    Personal {
        /// Who.
        by: AgentId,
        /// Whom.
        visitor: VisitorId,
        /// Whom else the person was before the site vouched (R232).
        before: Vec<VisitorId>,
        /// The [`Past`] of all of them on the disk.
        past: Vec<Erasing>,
        /// True where the shell has a session of one of them.
        is_known: bool,
        /// True for erasing.
        erases: bool,
    },
    /// What the clocks of time zones do, as [`Space::zones_wanted`] asked.
    Zones(SortedMap<ZoneName, Zone>),
    /// An admin changes the settings (R70).
    Configure {
        /// Who.
        by: AgentId,
        /// What.
        change: Change,
    },
    /// The alarm rang. It may be early, late or doubled.
    Tick,
}

/// What the caller does next, in this order. The machine itself does nothing.
#[derive(Clone, Debug, Eq, PartialEq)]
#[allow(
    clippy::large_enum_variant,
    reason = "an effect lives for one turn, and most are rows"
)]
pub enum Effect {
    /// Write a row. All rows of one turn are written together, before anything is sent.
    Save(Row),
    /// Delete the row of a work item whose tombstone has served its time.
    Remove(ConversationId),
    /// Delete the row of what is past of a visitor (R185).
    ForgetPast(Erasing),
    /// Answer to [`Input::Personal`]: the conversations of the visitor. Where they are to be erased,
    /// each is told until it is.
    Found(Vec<ConversationId>),
    /// Send one frame to some sockets.
    Send {
        /// The sockets.
        to: Vec<SocketId>,
        /// The frame.
        frame: FromServer,
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
    /// Propose something to a conversation; repeated by the machine until it is answered.
    Instruct {
        /// Which one.
        conversation: ConversationId,
        /// What.
        instruction: Instruction,
        /// Whether the space has its report: goes with the call, and comes back with the answer (R260).
        is_known: bool,
    },
    /// Answer to [`Input::Admit`]: it may begin.
    Admitted {
        /// With these settings.
        settings: Terms,
        /// In this queue, which is another one than was asked for where that one overflows.
        queue: Label,
    },
    /// Answer to [`Input::Reported`]: that revision is stored.
    Confirmed {
        /// Of the report.
        revision: Seq,
        /// Where its customer stands in line, while the conversation waits.
        place: Option<Place>,
        /// Resolutions and reasons, when the conversation knows older ones (R74).
        lists: Option<Lists>,
        /// How long its queue was open, while the conversation waits (R102).
        open: Option<OpenTime>,
    },
    /// A command has its answer: every one of [`Input::Asked`], and every one of a socket that had
    /// to wait for the conversation. The shell tells whoever waits for it (R91).
    Replied {
        /// Who asked.
        agent: AgentId,
        /// Id of the command.
        id: CommandId,
        /// Done, or why not.
        reply: Result<(), Refusal>,
    },
    /// Answer to [`Input::Create`]: the space stands.
    Created,
    /// Answer to [`Input::Configure`]: the settings are as asked.
    Configured {
        /// How many work items use what was changed.
        in_use: InUse,
    },
    /// Answer to [`Input::AddAgent`], [`Input::SetAgent`] and [`Input::SetActive`]: the agent after it.
    AgentSet(Colleague),
    /// Tell a person's account whether the person is a member; repeated by the machine until
    /// [`Input::Registered`] comes.
    Register {
        /// Whose.
        agent: AgentId,
        /// Number of the notice.
        number: u64,
        /// False for one who has left.
        member: bool,
        /// What the person is in the space.
        role: Role,
    },
    /// Answer to [`Input::Door`].
    Opened(Opened),
    /// Answer to [`Input::Enter`]: the token is good. Answer to [`Input::Wish`]: it is known.
    Vouched,
    /// Answer to an input that has one: no, and nothing changed.
    Denied(Refusal),
}
