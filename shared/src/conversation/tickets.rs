//! Tickets: an incident or a work order made from a conversation.
//!
//! - **F91** One ticket for a conversation, made by the agent who holds it, or a supervisor, while
//!   it is Active or wrapping up. Agents alone see it.
//! - **F103** Abandon makes the status of a ticket Cancelled before it closes the conversation; one
//!   that is Resolved already stays so.
//!
//! Not here yet, for the tickets' own subject: the transcript in the description, templates and
//! their required fields (F92, F93), lists of tickets and outside systems.

use serde::{Deserialize, Serialize};

use super::born::Born;
use super::{Event, Stage};
use crate::id::{CommandId, TicketId};
use crate::mutant::{self, Mutant};
use crate::refusal::Refusal;
use crate::text::Title;

/// What a ticket is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketKind {
    /// Something is broken.
    Incident,
    /// Something is to be done.
    WorkOrder,
}

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketStatus {
    /// Nobody has begun.
    New,
    /// Somebody works on it.
    InProgress,
    /// Done.
    Resolved,
    /// Nobody will.
    Cancelled,
}

/// The ticket of a conversation.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Ticket {
    /// Its name for machines.
    pub ticket: TicketId,
    /// What it is.
    pub kind: TicketKind,
    /// What it is about.
    pub title: Title,
    /// Where it stands.
    pub status: TicketStatus,
}

impl Born {
    /// What makes a ticket (F91).
    pub(super) fn ticket_created(
        &self,
        id: CommandId,
        kind: TicketKind,
        title: Title,
    ) -> Result<Event, Refusal> {
        match (&self.lifecycle.stage, &self.ticket) {
            (Stage::Waiting { .. }, _) => Err(Refusal::NotAssignee),
            (Stage::Closed { .. }, _) => Err(Refusal::Closed),
            (Stage::Active { .. } | Stage::WrappingUp { .. }, Some(_))
                if !mutant::is(Mutant::SecondTicket) =>
            {
                Err(Refusal::TicketExists)
            }
            (Stage::Active { .. } | Stage::WrappingUp { .. }, _) => Ok(Event::TicketCreated {
                ticket: TicketId::from_bytes(id.bytes()),
                kind,
                title,
            }),
        }
    }

    /// What cancels the ticket, if there is one that can be (F103).
    pub(super) fn ticket_cancelled(&self) -> Option<Event> {
        match self.ticket.as_ref()?.status {
            _ if mutant::is(Mutant::TicketOutlivesAbandon) => None,
            TicketStatus::New | TicketStatus::InProgress => Some(Event::TicketChanged {
                status: TicketStatus::Cancelled,
            }),
            TicketStatus::Resolved | TicketStatus::Cancelled => None,
        }
    }

    /// Folds what happened to the ticket.
    pub(super) fn take_ticket(&mut self, event: &Event) {
        if let Event::TicketCreated {
            ticket,
            kind,
            title,
        } = event
        {
            self.ticket = Some(Ticket {
                ticket: *ticket,
                kind: *kind,
                title: title.clone(),
                status: TicketStatus::New,
            });
        }
        if let (Event::TicketChanged { status }, Some(ticket)) = (event, &mut self.ticket) {
            ticket.status = *status;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::super::{Command, Input};
    use super::*;

    fn create(title: &str) -> Command {
        Command::CreateTicket {
            kind: TicketKind::Incident,
            title: Title::parse(title).unwrap(),
        }
    }

    #[test]
    fn f91_a_conversation_has_one_ticket_that_agents_and_the_space_know() {
        let mut desk = Desk::active();
        let effects = desk.at(s(1), send(JACK, 1, 1, create("Router is dead")));
        let expected = [
            "save ticket_created (internal)",
            "1 entries to [2, 3, 4]",
            "report 5",
        ];
        assert_eq!(words(&effects)[..3], expected, "never to the customer");
        let again = desk.at(s(1), send(JACK, 2, 1, create("Router is dead")));
        assert!(words(&again)[0].starts_with("repeated"));
        desk.wake(s(2));
        let second = desk.at(s(2), send(JACK, 3, 2, create("Another")));
        assert!(words(&second).contains(&"refused ticket_exists to [2]".into()));
        let report = desk.machine.born().describe(s(3));
        let ticket = report.ticket.unwrap();
        assert_eq!(ticket.ticket.bytes(), command_id(1).bytes());
        assert_eq!(ticket.status, TicketStatus::New);
    }

    #[test]
    fn f103_abandon_cancels_the_ticket_first_and_then_needs_no_reason() {
        let mut desk = Desk::with_reasons();
        desk.at(s(1), Input::Disconnected { socket: CUSTOMER });
        let abandon = |reason: Option<&str>| Command::Abandon {
            reason: reason.map(label),
            note: None,
        };
        let none = desk.at(s(1), send(JACK, 1, 1, abandon(None)));
        assert_eq!(words(&none), ["refused reason_required to [2]"]);
        let mut marked = desk.clone();
        let effects = marked.at(s(2), send(JACK, 2, 2, abandon(Some("left"))));
        assert_eq!(saved_kinds(&effects), ["reason_given", "ended", "closed"]);
        desk.at(s(2), send(JACK, 2, 2, create("Router is dead")));
        let effects = desk.at(s(3), send(JACK, 3, 3, abandon(None)));
        assert_eq!(saved_kinds(&effects), ["ticket_changed", "ended", "closed"]);
        let report = desk.machine.born().describe(s(3));
        assert_eq!(report.ticket.unwrap().status, TicketStatus::Cancelled);
    }
}
