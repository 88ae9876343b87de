//! Who may do what, and who gets to know: the only way in and the only way out.
//!
//! - **RT1** [`may`] is asked for every command and every administrative act; nothing is allowed by
//!   default.
//! - **RT2** [`audience`] is asked for every event; an internal event never reaches a customer.
//! - **RT3** Only the assignee writes to the customer, or a supervisor or admin (A2).
//! - **RT4** [`may_change`] is asked for every change of an agent: who, and what of whom.
//!
//! Neither function has a default arm: a new command or event stops the build until its row stands here.

use alloc::boxed::Box;

use serde::{Deserialize, Serialize};

use crate::conversation::{self, Event};
use crate::id::{AgentId, VisitorId};
use crate::identity::Verified;
use crate::refusal::Refusal;
use crate::space::AgentChange;
use crate::text::PersonName;

#[cfg(test)]
mod table;

/// What an agent is in a space.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers customers.
    Agent,
    /// Also looks after other agents' work ("Manager" in other products).
    Supervisor,
    /// Also sets the space up.
    Admin,
}

/// Who is at the other end of a socket or call, as its token says.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Person {
    /// The customer side: a browser that holds a visitor's token.
    Visitor {
        /// The subject of the token.
        visitor: VisitorId,
        /// Whom the site vouches for, if it does.
        #[serde(default)]
        verified: Option<Box<Verified>>,
    },
    /// A person who answers.
    Agent {
        /// The subject of the token.
        agent: AgentId,
        /// The screen name, which customers see.
        name: PersonName,
        /// What the agent is in this space.
        role: Role,
        /// Era of the token: with a new role, and with leaving, a new one begins.
        #[serde(default)]
        era: u32,
    },
}

/// Which of the two sides of a conversation.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The customer.
    Customer,
    /// The space's agents.
    Agent,
}

impl Person {
    /// A customer for whom nobody vouches.
    #[must_use]
    pub const fn visitor(visitor: VisitorId) -> Self {
        let verified = None;
        Self::Visitor { visitor, verified }
    }

    /// Whom the site vouches for.
    #[must_use]
    pub fn verified(&self) -> Option<&Verified> {
        match self {
            Self::Visitor { verified, .. } => verified.as_deref(),
            Self::Agent { .. } => None,
        }
    }

    /// The side that the person is on.
    #[must_use]
    pub const fn side(&self) -> Side {
        match self {
            Self::Visitor { .. } => Side::Customer,
            Self::Agent { .. } => Side::Agent,
        }
    }
}

/// Who gets an event.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Both sides.
    Everyone,
    /// Agents only.
    Agents,
}

impl Audience {
    /// True when that side gets the event.
    #[must_use]
    pub const fn includes(self, side: Side) -> bool {
        match (self, side) {
            (Self::Everyone, _) | (Self::Agents, Side::Agent) => true,
            (Self::Agents, Side::Customer) => false,
        }
    }
}

/// Who asks, as far as rights go.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Principal {
    /// A customer who can read the conversation: whoever cannot, finds none.
    Customer,
    /// Somebody of the space.
    Agent(Role),
}

/// What is asked for. Whether it fits how things stand, each machine says afterwards.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Action {
    /// Writes to the other side of a conversation.
    Post,
    /// Writes a note that agents alone read.
    Note,
    /// Changes a message of one's own, or reacts to one (CG2 of `conversation`).
    Change,
    /// Ends a conversation.
    End,
    /// Says how it went.
    Resolve,
    /// Gives a conversation up whose customer has left.
    Abandon,
    /// Makes a ticket of a conversation.
    CreateTicket,
    /// Says what they think of a conversation that is over.
    Rate,
    /// Has a conversation mailed.
    MailTranscript,
    /// Has a recording written down (SP1 of `dictation`).
    Dictate,
    /// Is Available or not.
    SetAvailable,
    /// Takes what is offered.
    Accept,
    /// Does not.
    Decline,
    /// Asks for a work item.
    Take,
    /// Gives a work item back to its queue.
    Unassign,
    /// Passes a work item on.
    Transfer,
    /// Changes settings.
    Configure,
    /// Invites, makes API tokens and links, reads and revokes them.
    LetIn,
    /// Blocks a visitor, reads who is blocked, takes a block back.
    Block,
    /// Looks a customer up, exports and erases what is kept of one.
    Personal,
    /// Adds an agent.
    AddAgent,
    /// Deactivates an agent, or lets one back in.
    SetActive,
    /// Changes what an agent is called or is: names and role.
    ChangeAgent,
    /// Changes how much and what an agent does: limit, queues, skills.
    ChangeWork,
}

/// What it is asked of: a conversation by whoever holds it, or an agent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Object {
    /// The space itself, or a conversation that nobody holds.
    Nobodys,
    /// One that the asker holds, or the asker.
    Own,
    /// One that a colleague holds, or a colleague whose role is agent.
    Anothers,
    /// A supervisor or admin who is not the asker.
    Seniors,
}

/// Whether somebody may do something (R1). The whole of it stands as a table in
/// `rights/table.txt`, which tests hold against this, against calls and against sockets.
///
/// # Errors
/// The refusal that the person is told.
pub const fn may(who: Principal, action: Action, object: Object) -> Result<(), Refusal> {
    use Action::{
        Abandon, Accept, AddAgent, Block, Change, ChangeAgent, ChangeWork, Configure, CreateTicket,
        Decline, Dictate, End, LetIn, MailTranscript, Note, Personal, Post, Rate, Resolve,
        SetActive, SetAvailable, Take, Transfer, Unassign,
    };
    use Object::{Anothers, Nobodys, Own, Seniors};
    match (action, who) {
        (Post | Change | End | Rate | MailTranscript | Dictate, Principal::Customer) => Ok(()),
        // What the customer thinks, nobody says for them, and what is mailed to them, they alone ask for.
        (Rate | MailTranscript, Principal::Agent(_)) => Err(Refusal::Forbidden),
        (
            Note | Resolve | Abandon | CreateTicket | SetAvailable | Accept | Decline | Take
            | Unassign | Transfer | Configure | LetIn | Block | Personal | AddAgent | SetActive
            | ChangeAgent | ChangeWork,
            Principal::Customer,
        ) => Err(Refusal::Forbidden),
        // An agent may ask for what another agent has, and reads who that is (R27).
        (Note | Dictate | SetAvailable | Accept | Decline | Take, Principal::Agent(_)) => Ok(()),
        (
            Post | Change | End | Resolve | Abandon | CreateTicket | Unassign | Transfer | Block,
            Principal::Agent(Role::Supervisor | Role::Admin),
        ) => Ok(()),
        (Post | Change | End | Resolve | Abandon | CreateTicket, Principal::Agent(Role::Agent)) => {
            match object {
                Own => Ok(()),
                Nobodys | Anothers | Seniors => Err(Refusal::NotAssignee),
            }
        }
        // What nobody holds cannot be given back or passed on; how things stand says so.
        (Unassign | Transfer, Principal::Agent(Role::Agent)) => match object {
            Own | Nobodys => Ok(()),
            Anothers | Seniors => Err(Refusal::NotAssignee),
        },
        (
            Configure | LetIn | Personal | AddAgent | SetActive | ChangeAgent | ChangeWork,
            Principal::Agent(Role::Admin),
        ) => Ok(()),
        (ChangeWork, Principal::Agent(Role::Supervisor)) => match object {
            Own | Anothers => Ok(()),
            Nobodys | Seniors => Err(Refusal::Forbidden),
        },
        (
            Configure | LetIn | Personal | AddAgent | SetActive | ChangeAgent,
            Principal::Agent(Role::Supervisor),
        )
        | (
            Configure | LetIn | Block | Personal | AddAgent | SetActive | ChangeAgent | ChangeWork,
            Principal::Agent(Role::Agent),
        ) => Err(Refusal::Forbidden),
    }
}

/// Whether an agent may do something with a conversation that `holder` holds.
///
/// # Errors
/// The refusal that the person is told.
pub fn may_with(
    (agent, role): (AgentId, Role),
    action: Action,
    holder: Option<AgentId>,
) -> Result<(), Refusal> {
    let object = match holder {
        None => Object::Nobodys,
        Some(holder) if holder == agent => Object::Own,
        Some(_) => Object::Anothers,
    };
    may(Principal::Agent(role), action, object)
}

/// Whether a person may give a command to a conversation held by `assignee` (R1, R3). What changes
/// a note is writing notes (CG2 of `conversation`).
///
/// # Errors
/// The refusal that the person is told.
pub fn may_say(
    person: &Person,
    command: &conversation::Command,
    assignee: Option<AgentId>,
    is_about_note: bool,
) -> Result<(), Refusal> {
    use conversation::Command;
    let action = match command {
        Command::Post { .. } | Command::SendFile(_) => Action::Post,
        Command::Change { .. } if is_about_note => Action::Note,
        Command::Change { .. } => Action::Change,
        Command::Note { .. } => Action::Note,
        Command::End => Action::End,
        Command::Resolve { .. } => Action::Resolve,
        Command::Abandon { .. } => Action::Abandon,
        Command::CreateTicket { .. } => Action::CreateTicket,
        Command::Rate(_) => Action::Rate,
        Command::MailTranscript { .. } => Action::MailTranscript,
    };
    match person {
        Person::Visitor { .. } => may(Principal::Customer, action, Object::Own),
        Person::Agent { agent, role, .. } => may_with((*agent, *role), action, assignee),
    }
}

/// Whether an agent may change the settings of the space.
///
/// # Errors
/// Only an admin may.
pub const fn may_configure(role: Role) -> Result<(), Refusal> {
    may(Principal::Agent(role), Action::Configure, Object::Nobodys)
}

/// Whether an agent may look a customer up, and export and erase what is kept (P12).
///
/// # Errors
/// Only an admin may.
pub const fn may_handle_personal_data(role: Role) -> Result<(), Refusal> {
    may(Principal::Agent(role), Action::Personal, Object::Nobodys)
}

/// Whether an agent may read the audit log.
///
/// # Errors
/// Only an admin may.
pub const fn may_read_audit(role: Role) -> Result<(), Refusal> {
    match role {
        Role::Admin => Ok(()),
        Role::Agent | Role::Supervisor => Err(Refusal::Forbidden),
    }
}

/// Whether an agent may invite, and make API tokens.
///
/// # Errors
/// Only an admin may.
pub const fn may_let_in(role: Role) -> Result<(), Refusal> {
    may(Principal::Agent(role), Action::LetIn, Object::Nobodys)
}

/// Whether an agent may block visitors and take that back (P21).
///
/// # Errors
/// Only supervisors and admins may: it closes the door on a person.
pub const fn may_block(role: Role) -> Result<(), Refusal> {
    may(Principal::Agent(role), Action::Block, Object::Nobodys)
}

/// Whether somebody may change an agent (R4): admins everything, supervisors how much and what an
/// agent does, and the same of themselves.
///
/// # Errors
/// The refusal that the person is told.
pub fn may_change(
    (by, role): (AgentId, Role),
    (agent, of): (AgentId, Role),
    change: &AgentChange,
) -> Result<(), Refusal> {
    // Naming each field makes the compiler ask about a new one.
    let AgentChange {
        name,
        screen_name,
        role: new_role,
        limit: _,
        queues: _,
        skills: _,
    } = change;
    let is_about_work = name.is_none() && screen_name.is_none() && new_role.is_none();
    let action = if is_about_work {
        Action::ChangeWork
    } else {
        Action::ChangeAgent
    };
    let object = match of {
        _ if by == agent => Object::Own,
        Role::Agent => Object::Anothers,
        Role::Supervisor | Role::Admin => Object::Seniors,
    };
    may(Principal::Agent(role), action, object)
}

/// Who gets an event (R2).
#[must_use]
pub const fn audience(event: &Event) -> Audience {
    match event {
        Event::Opened { .. }
        | Event::MessagePosted { .. }
        | Event::FileSent(_)
        | Event::FileChecked { .. }
        | Event::MessageChanged { note: false, .. }
        | Event::AgentRequested
        | Event::AgentAssigned { .. }
        | Event::AgentUnassigned { .. }
        | Event::IdleWarned
        | Event::VerificationSet { .. }
        | Event::Ended { .. }
        | Event::Closed { .. }
        | Event::Rated(_)
        | Event::TranscriptMailed { .. }
        | Event::Erased => Audience::Everyone,
        // What an older release cannot read, it must not show to a customer.
        Event::NotePosted { .. }
        | Event::MessageChanged { note: true, .. }
        | Event::WrapUpReminded
        | Event::ReasonGiven { .. }
        | Event::TicketCreated { .. }
        | Event::TicketChanged { .. }
        | Event::CustomerIdentified { .. }
        | Event::Unknown => Audience::Agents,
    }
}
