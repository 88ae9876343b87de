//! What becomes of messages after they were written: other words, none at all, reactions (P29).
//!
//! - **CG1** Its author alone gives a message or a note other words, or deletes it; a supervisor or
//!   an admin does neither to what somebody else wrote. What has to go altogether is erased (ER1).
//! - **CG2** Who changes what the other side reads, or reacts to it, may write there at that moment:
//!   the customer until the end, agents as in A2 and ID4. A note and what belongs to it may be
//!   changed by whoever may write notes. No other time limits it.
//! - **CG3** What is deleted stays so: nobody changes it or reacts to it.
//! - **CG4** What a message said before is blank from then on, for both sides and wherever it is read,
//!   as it would be had it been read only then ([`super::Conversation::show`]). On the disk its row stays
//!   as it was until it is erased (PROTOCOL.md §4).
//! - **CG5** A person puts each emoji at a message once, and takes back only one's own. At most
//!   [`REACTIONS_MAX`] stand at a message, and at most [`REACTED_MAX`] times somebody changes them.
//!   What stands already, or is gone already, is taken in and changes nothing.
//! - **CG6** What concerns a note is for agents: to a customer there is no such message (M8).
//! - **CG7** A reply names a message that both sides see; it may be deleted by then.
//! - **CG8** A message is named by the id of the command that wrote it. Of two under one id, which two
//!   people would have to make on purpose, the first in the log is meant.
//! - **CG9** Other words count as writing (F97); deleting and reacting do not. Nothing of it is
//!   unread, or moves a tick.
//! - **CG10** What the space shows of the first message follows it.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::born::Born;
use super::check::Broken;
use super::commands::sender;
use super::erase::BLANK;
use super::log::Known;
use super::{Command, Entry, Event, Sender, Seq};
use crate::id::CommandId;
use crate::mutant::{self, Mutant};
use crate::refusal::Refusal;
use crate::rights::{Person, Side};
use crate::text::{Emoji, MessageText, first_words};

/// Most reactions at a message. Source: SECURITY.md C6.
pub const REACTIONS_MAX: usize = 50;
/// How often the reactions at a message are changed at most: as many may come and go four times.
/// Our choice: without it, two fingers make a log of any length (SECURITY.md C6-01).
pub const REACTED_MAX: u16 = 200;

/// What a message becomes.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It says this.
    Text(MessageText),
    /// It is deleted.
    Deletion,
    /// Somebody reacts to it, or does not any more.
    Reaction {
        /// With what.
        emoji: Emoji,
        /// False to take it back.
        on: bool,
    },
}

/// What has become of one message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Changed {
    /// Which one.
    pub message: CommandId,
    /// Where its words stand: its own entry, or that of the newest change; nowhere once it is deleted.
    pub words: Option<Seq>,
    /// Whether its words are not the first ones.
    pub is_edited: bool,
    /// Who reacts with what, in the order in which they came.
    pub reactions: Vec<(Sender, Emoji)>,
    /// How often they were changed.
    reacted: u16,
    /// How often anything of it was changed.
    pub times: u16,
}

/// What has become of the messages of a log: the fold that server and browsers share.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Changes(Vec<Changed>);

impl Changes {
    /// What has become of a message, if anything has.
    #[must_use]
    pub fn of(&self, message: CommandId) -> Option<&Changed> {
        let at = self.0.partition_point(|changed| changed.message < message);
        self.0.get(at).filter(|changed| changed.message == message)
    }

    /// Every message that was changed.
    #[must_use]
    pub fn all(&self) -> &[Changed] {
        &self.0
    }

    /// Takes in a change of the message that stands at `place`; where the words stand that it
    /// makes blank (CG4).
    pub(super) fn take(
        &mut self,
        entry: &Entry,
        (message, place): (CommandId, Seq),
        change: &Change,
    ) -> Option<Seq> {
        let at = self.0.partition_point(|changed| changed.message < message);
        let is_known = self.0.get(at).is_some_and(|it| it.message == message);
        if !is_known {
            let changed = Changed {
                message,
                words: Some(place),
                is_edited: false,
                reactions: Vec::new(),
                reacted: 0,
                times: 0,
            };
            self.0.insert(at, changed);
        }
        let changed = self.0.get_mut(at)?;
        changed.times = changed.times.wrapping_add(1);
        match change {
            Change::Text(_) => {
                changed.is_edited = true;
                changed.words.replace(entry.seq)
            }
            Change::Deletion => {
                changed.reactions.clear();
                changed.words.take()
            }
            Change::Reaction { emoji, on } => {
                let reaction = (entry.author.sender()?, emoji.clone());
                changed.reacted = changed.reacted.saturating_add(1);
                let known = changed.reactions.iter().position(|it| *it == reaction);
                match (known, on) {
                    (None, true) => changed.reactions.push(reaction),
                    (Some(at), false) => drop(changed.reactions.remove(at)),
                    (Some(_), true) | (None, false) => (),
                }
                None
            }
        }
    }

    /// Nobody's reactions are left (ER2).
    pub(super) fn forget_reactions(&mut self) {
        for changed in &mut self.0 {
            changed.reactions.clear();
        }
    }
}

impl Entry {
    /// The entry without its words, which are not true any more (CG4).
    pub(super) fn blank_words(&mut self) {
        match &mut self.event {
            Event::MessagePosted { text, .. }
            | Event::NotePosted { text }
            | Event::MessageChanged {
                change: Change::Text(text),
                ..
            } => *text = MessageText::built_in(BLANK),
            Event::MessageChanged {
                change: Change::Deletion | Change::Reaction { .. },
                ..
            }
            | Event::Opened { .. }
            | Event::AgentRequested
            | Event::AgentAssigned { .. }
            | Event::AgentUnassigned { .. }
            | Event::IdleWarned
            | Event::Ended { .. }
            | Event::WrapUpReminded
            | Event::Closed { .. }
            | Event::ReasonGiven { .. }
            | Event::TicketCreated { .. }
            | Event::TicketChanged { .. }
            | Event::CustomerIdentified { .. }
            | Event::VerificationSet { .. }
            | Event::Rated(_)
            | Event::TranscriptMailed { .. }
            | Event::FileChecked { .. }
            | Event::Erased
            | Event::Unknown => (),
            Event::FileSent(sent) => sent.blank(),
        }
    }
}

impl Command {
    /// The message that it is about.
    pub(super) const fn message(&self) -> Option<CommandId> {
        match self {
            Self::Post { reply_to, .. } => *reply_to,
            Self::Change { message, .. } => Some(*message),
            Self::Note { .. }
            | Self::End
            | Self::Resolve { .. }
            | Self::Abandon { .. }
            | Self::Rate(_)
            | Self::MailTranscript { .. }
            | Self::CreateTicket { .. }
            | Self::SendFile(_) => None,
        }
    }
}

impl Born {
    /// The message that a command of that person is about, if that person sees it (CG6, CG8).
    pub(super) fn meant(&self, person: &Person, command: &Command) -> Option<(Sender, Known)> {
        let found = self.log.message(command.message()?)?;
        let is_seen = person.side() == Side::Agent || found.1.public.is_some();
        is_seen.then_some(found)
    }

    /// The message to the other side, if it answers one that may be answered (CG7).
    pub(super) fn posted(
        text: MessageText,
        reply_to: Option<CommandId>,
        meant: Option<(Sender, Known)>,
    ) -> Result<Event, Refusal> {
        let is_there = meant.is_some_and(|(_, known)| known.public.is_some());
        if reply_to.is_some() && !is_there {
            return Err(Refusal::MessageUnknown);
        }
        Ok(Event::MessagePosted { text, reply_to })
    }

    /// What a change makes happen, or why it may not (CG1, CG3, CG5).
    pub(super) fn change(
        &self,
        person: &Person,
        message: CommandId,
        change: Change,
        meant: Option<(Sender, Known)>,
    ) -> Result<Event, Refusal> {
        let (author, known) = meant.ok_or(Refusal::MessageUnknown)?;
        let changed = self.changes.of(message);
        if changed.is_some_and(|changed| changed.words.is_none()) {
            return Err(Refusal::MessageDeleted);
        }
        let me = sender(person);
        match &change {
            Change::Text(_) | Change::Deletion => {
                if author != me && !mutant::is(Mutant::AnybodyEdits) {
                    return Err(Refusal::NotAuthor);
                }
                // FI3.
                if matches!(change, Change::Text(_)) && self.is_file(message) {
                    return Err(Refusal::Forbidden);
                }
            }
            Change::Reaction { emoji, on } => {
                let (reactions, reacted) = changed.map_or((&[][..], 0), |changed| {
                    (&changed.reactions[..], changed.reacted)
                });
                let stands = |it: &(Sender, Emoji)| it.0 == me && it.1 == *emoji;
                let is_more = *on && !reactions.iter().any(stands);
                if is_more && reactions.len() >= REACTIONS_MAX || reacted >= REACTED_MAX {
                    let limit = 50;
                    return Err(Refusal::TooMany { limit });
                }
            }
        }
        let note = known.public.is_none() && !mutant::is(Mutant::NoteEditLeaks);
        Ok(Event::MessageChanged {
            message,
            change,
            note,
        })
    }

    /// Takes a change into the state, new or read back.
    pub(super) fn take_change(&mut self, entry: &Entry) {
        let Event::MessageChanged {
            message, change, ..
        } = &entry.event
        else {
            return;
        };
        let Some((_, known)) = self.log.message(*message) else {
            return;
        };
        if let Some(stale) = self.changes.take(entry, (*message, known.seq), change) {
            let at = self.stale.partition_point(|place| *place < stale);
            self.stale.insert(at, stale);
        }
        if self.first_message == Some(*message) {
            self.first_words = match change {
                Change::Text(text) => first_words(text.as_str(), super::born::FIRST_WORDS),
                Change::Deletion => BLANK.into(),
                Change::Reaction { .. } => return,
            };
            self.reporting.revise(entry.seq, entry.at);
        }
    }

    /// The entry at that place of the agents' count, as it is read from here on (CG4).
    pub(super) fn show(&self, seq: Seq, entry: &mut Entry) {
        if !mutant::is(Mutant::StaleWordsRead) && self.stale.binary_search(&seq).is_ok() {
            entry.blank_words();
        }
    }

    /// M8: what is about a note stays among agents, and what is about a message does not.
    pub(super) fn judge_change(&self, entry: &Entry) -> Option<Broken> {
        let (message, note) = entry.event.about()?;
        let found = self.log.message(message);
        let is_right = found.is_some_and(|(_, known)| known.public.is_none() == note);
        (!is_right).then(|| Broken {
            rule: "M8",
            what: alloc::format!("{} of {message} says that it is a note: {note}", entry.seq),
        })
    }
}

#[cfg(test)]
mod tests;
