//! Events of a conversation in plain words.

use shared::conversation::{EndCause, Entry, Event};
use shared::settings::resolution;
use shared::text::Title;

use crate::rows::Reader;
use crate::text::{fill, text};

/// An event of the conversation in plain words.
#[cfg_attr(
    not(feature = "console"),
    expect(unused_variables, reason = "only customers read here")
)]
pub fn line(entry: &Entry, entries: &[Entry], reader: Reader) -> String {
    // The chat carries no words that are for agents alone.
    #[cfg(feature = "console")]
    if let (Reader::Agent(_), Some(words)) =
        (reader, crate::text::console::words().event(&entry.event))
    {
        return words;
    }
    let text = text();
    match &entry.event {
        Event::AgentAssigned { name, taken, .. } => {
            let words = if *taken {
                text.transferred_to()
            } else {
                text.is_online()
            };
            fill(words, name.as_str())
        }
        Event::AgentUnassigned { .. } => text.transferred().to_owned(),
        Event::IdleWarned => text.idle_warned().to_owned(),
        Event::Erased => text.erased().to_owned(),
        Event::Ended { cause }
        | Event::Closed {
            cause: Some(cause), ..
        } => ending(*cause, entries),
        Event::Closed {
            resolution,
            cause: None,
            name,
        } if resolution.as_str() == resolution::RESOLVED => {
            let name = name.as_ref().map_or(text.resolved(), Title::as_str);
            name.to_owned()
        }
        Event::Closed { cause: None, .. } => text.ended_title().to_owned(),
        Event::MessagePosted { text, .. } => text.to_string(),
        Event::FileSent(sent) => sent.name.to_string(),
        Event::VerificationSet { required: true } => text.sign_in_title().to_owned(),
        Event::ReasonGiven { .. }
        | Event::TicketCreated { .. }
        | Event::TicketChanged { .. }
        | Event::Rated(_)
        | Event::TranscriptMailed { .. }
        | Event::WrapUpReminded
        | Event::NotePosted { .. }
        | Event::MessageChanged { .. }
        | Event::CustomerIdentified { .. }
        | Event::VerificationSet { required: false }
        | Event::FileChecked { .. }
        | Event::Opened { .. }
        | Event::AgentRequested
        | Event::Unknown => String::new(),
    }
}

/// Who or what ended it, as the customer reads it.
pub fn ending(cause: EndCause, entries: &[Entry]) -> String {
    let text = text();
    let words = match cause {
        EndCause::Agent => {
            for entry in entries.iter().rev() {
                if let Event::AgentAssigned { name, .. } = &entry.event {
                    return fill(text.agent_ended(), name.as_str());
                }
            }
            text.over()
        }
        EndCause::Customer => text.you_ended(),
        EndCause::NotAnswered => text.not_answered(),
        EndCause::Idle => text.idle(),
        EndCause::Age => text.age(),
    };
    words.to_owned()
}
