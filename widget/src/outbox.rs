//! The outbox on disk: one key for each command that is not in the log yet.
//!
//! A tab writes under its own device id. What a tab left behind that no longer lives (its Web
//! Lock is free) is taken over by the next tab that starts. The form is plain text and outlives
//! a release, which postcard would not.

#[cfg(any(feature = "console", test))]
use shared::conversation::TicketKind;
use shared::conversation::{Change, Command, Rating, Stars};
use shared::id::{CommandId, ConversationId, DeviceId};
use shared::link::{Failure, Pending, PendingState};
#[cfg(any(feature = "console", test))]
use shared::text::Title;
use shared::text::{Emoji, Label, MessageText};
use shared::time::Timestamp;

use crate::store::Store;
use crate::{device, lock};

/// The outbox of this tab.
#[derive(Clone)]
pub struct Outbox {
    store: Store,
    start: String,
}

impl Outbox {
    /// The outbox of a tab.
    pub fn new(store: Store, device: DeviceId) -> Self {
        let start = ["outbox.", &device.to_string(), "."].concat();
        Self { store, start }
    }

    /// False when what is kept here is gone with the page.
    pub fn is_kept(&self) -> bool {
        self.store.is_kept()
    }

    /// Everything kept for a conversation; what has none yet belongs to every conversation.
    pub fn load(&self, conversation: Option<ConversationId>) -> Vec<Pending> {
        let names = self.store.names(&self.start);
        let rows = names.iter().filter_map(|name| {
            let id = name.strip_prefix(&self.start)?.parse().ok()?;
            read(&self.store.get(name)?, conversation).map(|pending| Pending { id, ..pending })
        });
        rows.collect()
    }

    /// Stores an item.
    pub fn keep(&self, conversation: Option<ConversationId>, pending: &Pending) {
        let name = [&self.start, pending.id.to_string().as_str()].concat();
        self.store.set(&name, &write(conversation, pending));
    }

    /// Forgets an item.
    pub fn drop(&self, id: shared::id::CommandId) {
        self.store
            .remove(&[&self.start, id.to_string().as_str()].concat());
    }

    /// Takes over what dead tabs left behind.
    pub async fn adopt(&self) {
        for name in self.store.names("outbox.") {
            let mut parts = name.splitn(3, '.').skip(1);
            let (Some(device), Some(id)) = (parts.next(), parts.next()) else {
                continue;
            };
            if name.starts_with(&self.start) {
                continue;
            }
            // Held while its item moves, so that two tabs do not both take it.
            let Some(_guard) = lock::try_hold(&device::lock_name(device)).await else {
                continue;
            };
            if let Some(value) = self.store.get(&name) {
                self.store.set(&[&self.start, id].concat(), &value);
            }
            self.store.remove(&name);
        }
    }
}

/// Conversation, moment, state, kind and text, with a blank between: only the text may hold one.
fn write(conversation: Option<ConversationId>, pending: &Pending) -> String {
    let conversation = conversation.map_or_else(|| "-".to_owned(), |id| id.to_string());
    let state = match &pending.state {
        PendingState::Queued => "queued",
        PendingState::Sent => "sent",
        PendingState::Dropping => "dropping",
        // A refusal is final: the item is asked for again and refused again.
        PendingState::Failed(Failure::Refused(_)) => "sent",
        PendingState::Failed(Failure::TooLarge) => "too_large",
        PendingState::Failed(Failure::Stale) => "stale",
    };
    let joined;
    let (kind, text) = match &pending.command {
        Command::Post {
            text,
            reply_to: None,
        } => ("post", text.as_str()),
        Command::Post {
            text,
            reply_to: Some(message),
        } => {
            joined = about(message, text.as_str());
            ("reply", joined.as_str())
        }
        Command::Change { message, change } => {
            let (kind, rest) = match change {
                Change::Text(text) => ("edit", text.as_str()),
                Change::Deletion => ("delete", ""),
                Change::Reaction { emoji, on: true } => ("react", emoji.as_str()),
                Change::Reaction { emoji, on: false } => ("unreact", emoji.as_str()),
            };
            joined = about(message, rest);
            (kind, joined.as_str())
        }
        // Nobody sends one from here (FI1).
        Command::End | Command::SendFile(_) => ("end", ""),
        Command::MailTranscript { language } => {
            ("mail", language.as_ref().map_or("", Label::as_str))
        }
        Command::Rate(Rating { stars, comment }) => {
            let comment = comment.as_ref().map_or("", MessageText::as_str);
            joined = [&stars.number().to_string(), comment].join(" ");
            ("rate", joined.as_str())
        }
        #[cfg(any(feature = "console", test))]
        Command::Note { text } => ("note", text.as_str()),
        #[cfg(any(feature = "console", test))]
        Command::Resolve { resolution, reason } => {
            joined = [resolution.as_str(), word(reason)].join(" ");
            ("resolve", joined.as_str())
        }
        #[cfg(any(feature = "console", test))]
        Command::Abandon { reason, note } => {
            let note = note.as_ref().map_or("", MessageText::as_str);
            joined = [word(reason), note].join(" ");
            ("abandon", joined.as_str())
        }
        #[cfg(any(feature = "console", test))]
        Command::CreateTicket { kind, title } => (
            match kind {
                TicketKind::Incident => "incident",
                TicketKind::WorkOrder => "work_order",
            },
            title.as_str(),
        ),
        // Agents alone ask for these, and the customer's app carries no code for them.
        #[cfg(not(any(feature = "console", test)))]
        Command::Note { .. }
        | Command::Resolve { .. }
        | Command::Abandon { .. }
        | Command::CreateTicket { .. } => ("end", ""),
    };
    let at = pending.written_at.millis().to_string();
    [&conversation, at.as_str(), state, kind, text].join(" ")
}

fn about(message: &CommandId, rest: &str) -> String {
    [&message.to_string(), rest].join(" ")
}

#[cfg(any(feature = "console", test))]
fn word(label: &Option<Label>) -> &str {
    label.as_ref().map_or("", Label::as_str)
}

fn read(row: &str, conversation: Option<ConversationId>) -> Option<Pending> {
    let mut parts = row.splitn(5, ' ');
    let owner = parts.next()?;
    if owner != "-" && owner.parse().ok() != conversation {
        return None;
    }
    let written_at = Timestamp::from_millis(parts.next()?.parse().ok()?);
    let state = match parts.next()? {
        "queued" => PendingState::Queued,
        "sent" => PendingState::Sent,
        "dropping" => PendingState::Dropping,
        "too_large" => PendingState::Failed(Failure::TooLarge),
        _ => PendingState::Failed(Failure::Stale),
    };
    let (kind, text) = (parts.next()?, parts.next()?);
    let command = match kind {
        "post" => Command::Post {
            text: MessageText::parse(text).ok()?,
            reply_to: None,
        },
        "end" => Command::End,
        "mail" => Command::MailTranscript {
            language: Label::parse(text).ok(),
        },
        "rate" => {
            let (stars, comment) = text.split_once(' ')?;
            Command::Rate(Rating {
                stars: Stars::try_from(stars.parse::<u8>().ok()?).ok()?,
                comment: MessageText::parse(comment).ok(),
            })
        }
        #[cfg(any(feature = "console", test))]
        "note" | "resolve" | "abandon" | "incident" | "work_order" => of_agent(kind, text)?,
        _ => about_message(kind, text)?,
    };
    Some(Pending {
        id: shared::id::CommandId::from_bytes([0; 16]),
        command,
        written_at,
        state,
    })
}

/// An answer to a message, or what it becomes.
fn about_message(kind: &str, text: &str) -> Option<Command> {
    let (message, rest) = text.split_once(' ')?;
    let message = message.parse().ok()?;
    let reaction = |on| {
        let emoji = Emoji::parse(rest).ok()?;
        Some(Change::Reaction { emoji, on })
    };
    let change = match kind {
        "reply" => {
            return Some(Command::Post {
                text: MessageText::parse(rest).ok()?,
                reply_to: Some(message),
            });
        }
        "edit" => Change::Text(MessageText::parse(rest).ok()?),
        "delete" => Change::Deletion,
        "react" => reaction(true)?,
        "unreact" => reaction(false)?,
        _ => return None,
    };
    Some(Command::Change { message, change })
}

/// What agents alone ask for.
#[cfg(any(feature = "console", test))]
fn of_agent(kind: &str, text: &str) -> Option<Command> {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    Some(match kind {
        "note" => Command::Note {
            text: MessageText::parse(text).ok()?,
        },
        "resolve" => Command::Resolve {
            resolution: Label::parse(first).ok()?,
            reason: Label::parse(rest).ok(),
        },
        "abandon" => Command::Abandon {
            reason: Label::parse(first).ok(),
            note: MessageText::parse(rest).ok(),
        },
        _ => Command::CreateTicket {
            kind: if kind == "incident" {
                TicketKind::Incident
            } else {
                TicketKind::WorkOrder
            },
            title: Title::parse(text).ok()?,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: ConversationId = ConversationId::from_bytes([1; 16]);
    const ELSEWHERE: ConversationId = ConversationId::from_bytes([2; 16]);

    fn id(number: u8) -> CommandId {
        CommandId::from_bytes([number; 16])
    }

    fn changed(change: Change) -> Command {
        let message = id(7);
        Command::Change { message, change }
    }

    fn reaction(on: bool) -> Change {
        let emoji = Emoji::parse("❤️").unwrap();
        Change::Reaction { emoji, on }
    }

    #[test]
    fn an_item_outlives_the_page() {
        let text = || MessageText::parse("two words\nand a line  end").unwrap();
        let commands = [
            Command::Post {
                text: text(),
                reply_to: None,
            },
            Command::Post {
                text: text(),
                reply_to: Some(id(7)),
            },
            changed(Change::Text(text())),
            changed(Change::Deletion),
            changed(reaction(true)),
            changed(reaction(false)),
            Command::Rate(Rating {
                stars: Stars::try_from(4).unwrap(),
                comment: Some(text()),
            }),
            Command::MailTranscript {
                language: Label::parse("pt-BR").ok(),
            },
            Command::MailTranscript { language: None },
            Command::Rate(Rating {
                stars: Stars::try_from(1).unwrap(),
                comment: None,
            }),
            Command::Note { text: text() },
            Command::Resolve {
                resolution: Label::parse("not_resolved").unwrap(),
                reason: None,
            },
            Command::Resolve {
                resolution: Label::parse("resolved").unwrap(),
                reason: Label::parse("luck").ok(),
            },
            Command::Abandon {
                reason: Label::parse("left").ok(),
                note: Some(text()),
            },
            Command::Abandon {
                reason: None,
                note: Some(text()),
            },
            Command::Abandon {
                reason: None,
                note: None,
            },
            Command::CreateTicket {
                kind: TicketKind::WorkOrder,
                title: Title::parse("A new router").unwrap(),
            },
            Command::End,
        ];
        let states = [
            PendingState::Queued,
            PendingState::Sent,
            PendingState::Dropping,
            PendingState::Failed(Failure::TooLarge),
            PendingState::Failed(Failure::Stale),
        ];
        for (command, state) in commands.into_iter().zip(states.iter().cycle()) {
            let pending = Pending {
                id: CommandId::from_bytes([0; 16]),
                command,
                written_at: Timestamp::from_millis(1_763_800_000_000),
                state: state.clone(),
            };
            let row = write(Some(HERE), &pending);
            assert_eq!(read(&row, Some(HERE)), Some(pending.clone()), "{row}");
            assert_eq!(read(&row, Some(ELSEWHERE)), None, "{row}");
            assert_eq!(read(&row, None), None, "{row}");
            let first = write(None, &pending);
            assert_eq!(read(&first, None), Some(pending.clone()), "{first}");
            assert_eq!(read(&first, Some(HERE)), Some(pending), "{first}");
        }
    }

    #[test]
    fn what_is_not_a_row_is_left_alone() {
        for row in [
            "",
            "-",
            "- 1 queued",
            "- x queued post Hello",
            "- 1 queued post ",
        ] {
            assert_eq!(read(row, None), None, "{row}");
        }
    }
}
