//! Machine 2: one company's place. Who is on duty, what waits, and who is offered what.
//!
//! The space owns the queue, the offers, the slots and presence, and mints fences. It decides
//! who should talk and never carries the talk.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::conversation::{Answer, Assignee, EndCause, Fence, Instruction, Report, Seq, Source};
use crate::frame::{CloseCode, FromServer, SocketId, ToServer};
use crate::id::{AgentId, CommandId, ConversationId, DeviceId, SpaceId, VisitorId};
use crate::refusal::Refusal;
use crate::rights::{Person, Role};
use crate::settings::Settings;
use crate::text::{Label, PersonName};
use crate::time::Timestamp;

/// What an agent asks of a space: imperative.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Be Available or Unavailable (F40).
    SetAvailable {
        /// True for Available.
        available: bool,
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
    /// Give a held conversation back to the waiting list (F56).
    Unassign {
        /// Which one.
        conversation: ConversationId,
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
        /// Its answer.
        answer: Answer,
    },
    /// The alarm rang. It may be early, late or doubled.
    Tick,
}

/// What the caller does next, in this order. The machine itself does nothing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Effect {
    /// Write a row. All rows of one turn are written together, before anything is sent.
    Save(Row),
    /// Delete the row of a work item whose tombstone has served its time.
    Remove(ConversationId),
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
    },
    /// Answer to [`Input::Admit`]: it may begin, with these settings.
    Admitted(Settings),
    /// Answer to [`Input::Reported`]: that revision is stored.
    Confirmed {
        /// Of the report.
        revision: Seq,
    },
    /// Answer to [`Input::Create`]: the space stands.
    Created,
    /// Answer to [`Input::Create`] or [`Input::Admit`]: no, and nothing changed.
    Denied(Refusal),
}

/// One stored row: the space is stored as one row per work item and agent.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Row {
    /// The space itself; one row.
    Space {
        /// Its name in addresses.
        space: SpaceId,
        /// Its settings.
        settings: Settings,
        /// Offers made so far: the clock of the rotation.
        offers_made: u64,
    },
    /// An agent.
    Agent(Agent),
    /// A work item.
    Item(Item),
}

/// A person who answers, in one space.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Agent {
    /// Who.
    pub agent: AgentId,
    /// The name that colleagues see.
    pub name: PersonName,
    /// The name that customers see (D8).
    pub screen_name: PersonName,
    /// What the agent is in this space.
    pub role: Role,
    /// The agent's own conversation limit; `None` for that of the space.
    pub limit: Option<u8>,
    /// Available or Unavailable (F40), as the agent or a missed offer set it.
    pub available: bool,
    /// The place in the rotation: number of the last offer that this agent got, 0 for none.
    pub last_offer: u64,
}

/// A conversation as the space keeps it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Item {
    /// The newest report of the conversation that was taken in.
    pub report: Report,
    /// When it began to wait for the first time: the order of the queue (FAIR2), kept over unassign.
    pub waiting_since: Timestamp,
    /// Highest fence minted for it, durable before it leaves the space.
    pub fence: Fence,
    /// What the space is doing with it.
    pub state: ItemState,
    /// The slots that it fills, by fence: at most one offered or accepted, at most one held.
    pub slots: Vec<Slot>,
    /// Agents who have declined it since it last began to wait.
    pub declined: Vec<AgentId>,
}

/// What the space is doing with a work item (PROTOCOL.md §7).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// In the queue. After a decline by every eligible agent it rests until `not_before` (F49).
    Waiting {
        /// No offer before this moment.
        not_before: Option<Timestamp>,
    },
    /// Shown to one agent.
    Offered {
        /// Who.
        agent: AgentId,
        /// When the offer is over (A7).
        expires_at: Timestamp,
    },
    /// Proposed to the conversation, which has not answered yet.
    Assigning {
        /// To whom; `None` for nobody (unassign).
        to: Option<Assignee>,
        /// The command that asked for it, to be answered; `None` when no command did.
        command: Option<(AgentId, CommandId)>,
        /// When the proposal is repeated.
        retry_at: Timestamp,
    },
    /// The conversation is with an agent, or wrapping up.
    Held,
    /// Closed. The row stays for 48 h as a tombstone, so that a late report cannot revive it (A8).
    Gone {
        /// When the row may go.
        until: Timestamp,
    },
}

/// Room for one work item at an agent.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Slot {
    /// Number of the offer or assignment that fills it.
    pub fence: Fence,
    /// Whose.
    pub agent: AgentId,
}

/// What must outlive the object's memory while a socket is open.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Seat {
    /// Who sits there: always an agent.
    pub agent: AgentId,
    /// The tab and its connection number, once it has said hello.
    pub device: Option<(DeviceId, u32)>,
    /// When the socket was last known to be alive.
    pub heard_at: Timestamp,
}

/// What one agent sees of the space: small, so it is sent whole when it changes.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Desk {
    /// The space's clock when the desk was made: subtract it from the moments in it.
    pub now: Timestamp,
    /// The agent.
    pub me: Me,
    /// What is offered to the agent.
    pub offers: Vec<Offer>,
    /// What the agent holds, oldest first.
    pub items: Vec<WorkItem>,
    /// The resolutions to choose from.
    pub resolutions: Vec<Label>,
}

/// The agent whose desk it is.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Me {
    /// Who.
    pub agent: AgentId,
    /// The name that colleagues see.
    pub name: PersonName,
    /// The name that customers see.
    pub screen_name: PersonName,
    /// What the agent is in this space.
    pub role: Role,
    /// Available or Unavailable.
    pub available: bool,
    /// The conversation limit in force.
    pub limit: u8,
    /// Slots filled: offers, assignments on their way, held work items.
    pub used: u8,
    /// What the space is called.
    pub space: PersonName,
}

/// A waiting work item shown to one agent.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Offer {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Number of the offer, to accept or decline it by.
    pub fence: Fence,
    /// What the customer claims to be called.
    pub customer: PersonName,
    /// First words of the first message.
    pub first_words: String,
    /// The queue that it waits in.
    pub queue: Label,
    /// Where it came from.
    pub source: Source,
    /// When it began to wait.
    pub waiting_since: Timestamp,
    /// How long an offer of this space lasts, in milliseconds.
    pub lasts_ms: u64,
    /// When the offer is over.
    pub expires_at: Timestamp,
}

/// A work item on an agent's desk.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct WorkItem {
    /// Which conversation.
    pub conversation: ConversationId,
    /// What the customer claims to be called.
    pub customer: PersonName,
    /// First words of the first message.
    pub first_words: String,
    /// The queue that it came from.
    pub queue: Label,
    /// Where it came from.
    pub source: Source,
    /// When it began to wait.
    pub waiting_since: Timestamp,
    /// `None` while Active; what ended it while wrapping up.
    pub ended: Option<EndCause>,
}

/// Counts of a space, sent to every agent at most every 250 ms.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Counts {
    /// Work items that wait, offered ones included.
    pub waiting: u32,
    /// Work items with an agent.
    pub active: u32,
    /// Work items wrapping up.
    pub wrapping_up: u32,
    /// Agents on duty: Available and with a live console.
    pub available: u32,
}
