//! Files in a conversation.
//!
//! - **FI1** A file is sent by whoever has seen it come ([`crate::file::way`]), in the name of its sender: no
//!   socket may. It is judged like a message.
//! - **FI2** One person sends at most [`COUNT`] files in an hour and [`BYTES`] bytes in a day, an agent
//!   [`AGENT`] times as many. They stand in the log, so nothing else is counted. Asked when a file is announced,
//!   so that nobody loads up what will not be taken, and when it is sent.
//! - **FI3** A file is a message: it is unread, answered, reacted to, deleted and erased like one; other words
//!   it cannot have.
//! - **FI4** Whoever sees its entry may read it, until it is deleted or erased. Then it is taken out of the store,
//!   as everything is when the conversation is forgotten (U10 of SECURITY.md).
//! - **FI5** Nobody sends one in a conversation of a source that the space has files switched off for (F64, D10): from
//!   [`crate::settings::Settings::files_off`], which it keeps as it was when it was born (S2) and its first entry tells.

use alloc::vec::Vec;
use core::time::Duration;

use super::born::Born;
use super::commands::sender;
use super::{Birth, Command, Effect, Entry, Event, Sender};
use crate::file::{FileName, Sent};
use crate::id::{CommandId, FileId};
use crate::mutant::{self, Mutant};
use crate::refusal::Refusal;
use crate::rights::Person;
use crate::time::Timestamp;

use super::turn::Turn;

/// Files of one customer in an hour: 20. Source: SECURITY.md L2.
pub const COUNT: u64 = 20;
/// Bytes of one customer in a day: 200 MB. Source: SECURITY.md L2.
pub const BYTES: u64 = 200_000_000;
/// How many times as much an agent may send, as of messages (AL1).
const AGENT: u64 = 10;

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// A file that stands, and the message that it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Standing {
    pub(super) message: CommandId,
    pub(super) sender: Sender,
    at: Timestamp,
    /// As it stands by now.
    pub(super) sent: Sent,
    /// Since when it is checked (FI7).
    pub(super) since: Timestamp,
}

impl Sent {
    /// Takes out what somebody has called it (ER2).
    pub(super) fn blank(&mut self) {
        self.name = FileName::none();
    }
}

impl Birth {
    /// Whether nobody sends a file here (FI5).
    pub(super) fn files_off(&self) -> bool {
        self.settings.files_off.contains(&self.source) && !mutant::is(Mutant::FilesFromAnywhere)
    }
}

impl Born {
    /// Takes a file into the state, new or read back.
    pub(super) fn take_file(&mut self, entry: &Entry) {
        if let (Event::FileSent(sent), Some(message), Some(sender)) =
            (&entry.event, entry.id, entry.author.sender())
        {
            self.files.push(Standing {
                message,
                sender,
                at: entry.at,
                sent: (**sent).clone(),
                since: entry.at,
            });
        }
        if let Event::FileChecked { message, sent, .. } = &entry.event {
            let mut files = self.files.iter_mut();
            if let Some(file) = files.find(|file| file.message == *message) {
                let name = file.sent.name.clone();
                file.sent = Sent {
                    name,
                    ..(**sent).clone()
                };
                file.since = entry.at;
            }
        }
    }

    /// Whether a message is a file (FI3).
    pub(super) fn is_file(&self, message: CommandId) -> bool {
        self.files.iter().any(|file| file.message == message)
    }

    /// A file that stands where a person reads, if there is one (FI4); whether it may be read by now, its check says (FI6).
    pub(super) fn file(&self, person: &Person, file: FileId) -> Result<Option<&Sent>, Refusal> {
        if !self.is_open_to(person) {
            return Err(Refusal::ConversationUnknown);
        }
        let found = self.files.iter().find(|known| known.sent.file == file);
        Ok(found
            .filter(|found| self.stands(found))
            .map(|found| &found.sent))
    }

    /// Whether its message is neither deleted nor erased.
    pub(super) fn stands(&self, file: &Standing) -> bool {
        let changed = self.changes.of(file.message);
        changed.is_none_or(|changed| changed.words.is_some()) && !self.is_erased
    }

    /// Whether a person may send a file of that size (FI1, FI2).
    pub(super) fn may_send(
        &self,
        now: Timestamp,
        person: &Person,
        (id, sent): (CommandId, Sent),
    ) -> Result<(), Refusal> {
        if !self.is_open_to(person) {
            return Err(Refusal::ConversationUnknown);
        }
        let command = Command::SendFile(sent.into());
        self.decide(person, id, command, now).map(|_| ())
    }

    /// Whether it is one file too many (FI2).
    pub(super) fn check_pace_of_files(
        &self,
        now: Timestamp,
        person: &Person,
        size: u64,
    ) -> Result<(), Refusal> {
        let me = sender(person);
        let factor = match me {
            Sender::Customer => 1,
            Sender::Agent(_) => AGENT,
        };
        let own = self.files.iter().filter(|file| file.sender == me);
        let own: Vec<&Standing> = own.filter(|file| now.since(file.at) < DAY).collect();
        let late = own.iter().filter(|file| now.since(file.at) < HOUR);
        let bytes = own.iter().map(|file| file.sent.size).sum::<u64>();
        let (oldest, span) = if late.clone().count() as u64 >= COUNT * factor {
            (late.map(|file| file.at).min(), HOUR)
        } else if bytes.saturating_add(size) > BYTES * factor {
            (own.iter().map(|file| file.at).min(), DAY)
        } else {
            return Ok(());
        };
        let wait = span.saturating_sub(now.since(oldest.unwrap_or(now)));
        let retry_after = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).max(1);
        Err(Refusal::RateLimited { retry_after })
    }

    /// The file of a message that was deleted goes out of the store (FI4).
    pub(super) fn drop_file(&self, turn: &mut Turn, message: CommandId) {
        let found = self.files.iter().find(|file| file.message == message);
        let found = found.filter(|_| !mutant::is(Mutant::DeletedFileStays));
        turn.effects
            .extend(found.map(|file| Effect::RemoveFile(file.sent.file)));
    }
}

#[cfg(test)]
mod tests;
