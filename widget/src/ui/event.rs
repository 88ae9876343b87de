//! Events of a conversation in plain words.

use shared::conversation::{EndCause, Entry, Event};
use shared::settings::resolution;
use shared::text::Title;

use crate::rows::Reader;
use crate::text::{fill, text};

/// An event of the conversation in plain words.
pub fn line(entry: &Entry, entries: &[Entry], reader: Reader) -> String {
    let text = text();
    match &entry.event {
        Event::AgentAssigned { name, taken, .. } => {
            let online = fill(text.is_online, name.as_str());
            match reader {
                Reader::Customer if *taken => [text.transferred, ": ", &online].concat(),
                Reader::Customer | Reader::Agent(_) => online,
            }
        }
        Event::AgentUnassigned { .. } => match reader {
            Reader::Customer => text.transferred,
            Reader::Agent(_) => text.unassigned,
        }
        .to_owned(),
        Event::IdleWarned => text.idle_warned.to_owned(),
        Event::WrapUpReminded => reminder(),
        Event::Ended { cause }
        | Event::Closed {
            cause: Some(cause), ..
        } => ending(*cause, entries, reader),
        Event::Closed {
            resolution,
            cause: None,
            name,
        } if resolution.as_str() == resolution::RESOLVED => {
            let name = name.as_ref().map_or(text.resolved, Title::as_str);
            name.to_owned()
        }
        Event::Closed {
            resolution,
            cause: None,
            ..
        } => match reader {
            Reader::Customer => text.ended_title.to_owned(),
            Reader::Agent(_) => agents_word(resolution.as_str()),
        },
        Event::MessagePosted { text } => text.to_string(),
        Event::ReasonGiven { .. } | Event::TicketCreated { .. } | Event::TicketChanged { .. } => {
            internal(&entry.event)
        }
        Event::NotePosted { .. }
        | Event::Opened { .. }
        | Event::AgentRequested
        | Event::Unknown => String::new(),
    }
}

/// How it was resolved is for agents to read.
fn agents_word(resolution: &str) -> String {
    #[cfg(feature = "console")]
    return crate::text::console::words().resolution(resolution);
    #[cfg(not(feature = "console"))]
    resolution.to_owned()
}

/// What agents alone get: the chat has no words for it.
fn internal(event: &Event) -> String {
    #[cfg(feature = "console")]
    return crate::text::console::words().internal(event);
    #[cfg(not(feature = "console"))]
    {
        let _ = event;
        String::new()
    }
}

/// For agents alone: the chat has no words for it.
fn reminder() -> String {
    #[cfg(feature = "console")]
    return crate::text::console::words().wrap_up_reminded.to_owned();
    #[cfg(not(feature = "console"))]
    String::new()
}

/// Who or what ended it, in plain words.
pub fn ending(cause: EndCause, entries: &[Entry], reader: Reader) -> String {
    let text = text();
    let words = match cause {
        EndCause::Agent => {
            for entry in entries.iter().rev() {
                if let Event::AgentAssigned { name, .. } = &entry.event {
                    return fill(text.agent_ended, name.as_str());
                }
            }
            text.over
        }
        EndCause::Customer => match reader {
            Reader::Customer => text.you_ended,
            Reader::Agent(_) => text.customer_cancelled,
        },
        EndCause::NotAnswered => text.not_answered,
        EndCause::Idle => text.idle,
        EndCause::Age => text.age,
    };
    words.to_owned()
}
