//! Who may do what, and who gets to know: the only way in and the only way out.
//!
//! - **RT1** [`may`] is asked for every command; nothing is allowed by default.
//! - **RT2** [`audience`] is asked for every event; an internal event never reaches a customer.
//! - **RT3** Only the assignee writes to the customer, or a supervisor or admin (A2).
//! - **RT4** [`may_change`] is asked for every change of an agent.
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

/// Whether a person may give a command to a conversation held by `assignee` (R1, R3).
///
/// # Errors
/// The refusal that the person is told.
pub fn may(
    person: &Person,
    command: &conversation::Command,
    assignee: Option<AgentId>,
) -> Result<(), Refusal> {
    use conversation::Command::{Abandon, CreateTicket, End, Note, Post, Resolve};
    match (person, command) {
        (Person::Visitor { .. }, Post { .. } | End) => Ok(()),
        (
            Person::Visitor { .. },
            Note { .. } | Resolve { .. } | Abandon { .. } | CreateTicket { .. },
        ) => Err(Refusal::Forbidden),
        (Person::Agent { .. }, Note { .. }) => Ok(()),
        (
            Person::Agent { agent, role, .. },
            Post { .. } | End | Resolve { .. } | Abandon { .. } | CreateTicket { .. },
        ) => match role {
            Role::Supervisor | Role::Admin => Ok(()),
            Role::Agent if assignee == Some(*agent) => Ok(()),
            Role::Agent => Err(Refusal::NotAssignee),
        },
    }
}

/// Whether an agent may change the settings of the space.
///
/// # Errors
/// Only an admin may.
pub const fn may_configure(role: Role) -> Result<(), Refusal> {
    match role {
        Role::Admin => Ok(()),
        Role::Agent | Role::Supervisor => Err(Refusal::Forbidden),
    }
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
    match role {
        Role::Admin => Ok(()),
        Role::Agent | Role::Supervisor => Err(Refusal::Forbidden),
    }
}

/// Whether an agent may block visitors and take that back (P21).
///
/// # Errors
/// Only supervisors and admins may: it closes the door on a person.
pub const fn may_block(role: Role) -> Result<(), Refusal> {
    match role {
        Role::Admin | Role::Supervisor => Ok(()),
        Role::Agent => Err(Refusal::Forbidden),
    }
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
    match role {
        Role::Admin => Ok(()),
        Role::Supervisor if is_about_work && (of == Role::Agent || by == agent) => Ok(()),
        Role::Supervisor | Role::Agent => Err(Refusal::Forbidden),
    }
}

/// Who gets an event (R2).
#[must_use]
pub const fn audience(event: &Event) -> Audience {
    match event {
        Event::Opened { .. }
        | Event::MessagePosted { .. }
        | Event::AgentRequested
        | Event::AgentAssigned { .. }
        | Event::AgentUnassigned { .. }
        | Event::IdleWarned
        | Event::VerificationSet { .. }
        | Event::Ended { .. }
        | Event::Closed { .. } => Audience::Everyone,
        // What an older release cannot read, it must not show to a customer.
        Event::NotePosted { .. }
        | Event::WrapUpReminded
        | Event::ReasonGiven { .. }
        | Event::TicketCreated { .. }
        | Event::TicketChanged { .. }
        | Event::CustomerIdentified { .. }
        | Event::Unknown => Audience::Agents,
    }
}
