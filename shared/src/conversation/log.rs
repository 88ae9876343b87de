//! What the machine remembers of its log: counters and digests, never a text.
//!
//! - **M1** A command is taken in once: every (sender, id) is known for the life of the
//!   conversation, with a digest of what was asked and the place of its entry.
//! - **M2** Both counts are dense: agents count every entry, the customer the public ones.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};
use std::hash::DefaultHasher;

use super::{Change, Command, Entry, Event, Rating, Sender, Seq, TicketKind};
use crate::file::Sent;
use crate::id::CommandId;
use crate::mutant::{self, Mutant};
use crate::rights::Side;
use crate::settings::resolution;
use crate::sorted::SortedMap;
use crate::text::{Label, MessageText};
use crate::time::Timestamp;

/// Most entries that a socket may have been sent and not acknowledged (PROTOCOL.md §6).
pub(crate) const WINDOW_EVENTS: u64 = 256;
/// Most bytes that a socket may have been sent and not acknowledged (PROTOCOL.md §6).
pub(crate) const WINDOW_BYTES: u64 = 256 * 1024;
/// What an entry takes on the wire besides its text: ids, names, punctuation. Chosen on the safe
/// side of the JSON form, so that no entry is encoded only to be measured.
const ENTRY_BYTES: u64 = 256;

impl Entry {
    /// What it counts in a window (FL1 of `window`), the same at both ends.
    pub(crate) fn bytes(&self) -> u64 {
        let text = self.event.text().map_or(0, |text| text.as_str().len());
        ENTRY_BYTES + text as u64
    }
}

/// The memory of a log.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Log {
    /// The last place, counted by agents.
    pub(super) head: Seq,
    /// The last place, counted by the customer.
    pub(super) public: Seq,
    /// When the last entry was taken in.
    pub(super) last_at: Timestamp,
    /// Places that the customer does not see, rising.
    pub(super) internal: Vec<Seq>,
    /// By id first: a message is named by its id alone (CG8).
    known: SortedMap<(CommandId, Sender), Known>,
    agents_gauge: Gauge,
    customers_gauge: Gauge,
}

/// The digest of what was erased.
const ERASED: u64 = 0;

/// What became of a command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Known {
    pub(super) digest: u64,
    pub(super) seq: Seq,
    pub(super) public: Option<Seq>,
    pub(super) at: Timestamp,
    /// Whether it wrote a message or a note.
    is_message: bool,
}

impl Known {
    /// Whether it was that command, as far as is known (ER3).
    pub(super) const fn is(&self, digest: u64) -> bool {
        self.digest == digest || self.digest == ERASED
    }

    /// The place of the entry as that side counts it; 0 for what the side does not see.
    pub(super) fn seq_for(&self, side: Side) -> Seq {
        match side {
            Side::Agent => self.seq,
            Side::Customer => self.public.unwrap_or_default(),
        }
    }
}

impl Log {
    /// The customer's count of the next entry.
    pub(super) fn next_public(&self, is_public: bool) -> Option<Seq> {
        is_public.then(|| self.public.next())
    }

    /// Counts an entry in. `public` is its place for the customer.
    pub(super) fn count(&mut self, entry: &Entry, public: Option<Seq>) {
        self.head = entry.seq;
        self.last_at = entry.at;
        let bytes = entry.bytes();
        self.agents_gauge.push(bytes);
        match public {
            Some(public) => {
                self.public = public;
                self.customers_gauge.push(bytes);
            }
            None => self.internal.push(entry.seq),
        }
    }

    /// Remembers the command that caused an entry (M1).
    pub(super) fn remember(&mut self, entry: &Entry, public: Option<Seq>) {
        let (Some(sender), Some(id), Some(digest)) =
            (entry.author.sender(), entry.id, digest_of(&entry.event))
        else {
            return;
        };
        let known = Known {
            digest,
            seq: entry.seq,
            public,
            at: entry.at,
            is_message: entry.event.is_message(),
        };
        self.known.insert((id, sender), known);
    }

    /// What became of a command, if it was taken in before (M1).
    pub(super) fn known(&self, sender: Sender, id: CommandId) -> Option<Known> {
        if mutant::is(Mutant::DedupeMissing) {
            return None;
        }
        self.known.get(&(id, sender)).copied()
    }

    /// The message or note of that id, and whose it is (CG8).
    pub(super) fn message(&self, id: CommandId) -> Option<(Sender, Known)> {
        let found = self.known.range((id, Sender::Customer)..);
        let found = found.take_while(|((known, _), _)| *known == id);
        let messages = found.filter(|(_, known)| known.is_message);
        let first = messages.min_by_key(|(_, known)| known.seq);
        first.map(|((_, author), known)| (*author, *known))
    }

    /// What commands said is not known any more: a known id is a repeat (ER3).
    pub(super) fn forget_words(&mut self) {
        for known in self.known.values_mut() {
            known.digest = ERASED;
        }
    }

    /// The last place, as that side counts.
    pub(super) const fn head_for(&self, side: Side) -> Seq {
        match side {
            Side::Agent => self.head,
            Side::Customer => self.public,
        }
    }

    /// The planted bug of [`Mutant::SeqInMemory`]: the counts start again from nothing.
    pub(super) fn forget_places(&mut self) {
        (self.head, self.public) = (Seq(0), Seq(0));
        self.internal.clear();
    }

    /// How many public entries stand at or before a place of the agents' count.
    pub(super) fn to_public(&self, seq: Seq) -> Seq {
        let internal = self.internal.partition_point(|place| *place <= seq);
        Seq(seq.0.saturating_sub(internal as u64))
    }

    /// The place that agents give to a place of the customer's count.
    pub(super) fn to_agents(&self, public: Seq) -> Seq {
        let mut seq = public;
        for place in &self.internal {
            if public == Seq(0) || *place > seq {
                break;
            }
            seq = seq.next();
        }
        seq
    }

    /// True when a socket of that side that acknowledged `acked` may be sent more after `sent`.
    pub(super) fn has_room(&self, side: Side, acked: Seq, sent: Seq) -> bool {
        let gauge = match side {
            Side::Agent => &self.agents_gauge,
            Side::Customer => &self.customers_gauge,
        };
        let events = sent.0.saturating_sub(acked.0);
        events < WINDOW_EVENTS
            && gauge
                .between(self.head_for(side), acked, sent)
                .is_some_and(|bytes| bytes < WINDOW_BYTES)
    }
}

/// Running sums of the sizes of the newest entries, so that a window is measured with two reads.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Gauge {
    sum: u64,
    /// The sum up to each of the newest entries; the last one belongs to the head.
    sums: VecDeque<u64>,
}

impl Gauge {
    fn push(&mut self, bytes: u64) {
        self.sum = self.sum.saturating_add(bytes);
        self.sums.push_back(self.sum);
        // Twice the window: a socket that stopped at a full window stays measurable for a while.
        while self.sums.len() as u64 > 2 * WINDOW_EVENTS {
            self.sums.pop_front();
        }
    }

    /// Bytes of the entries after `from` up to `to`; `None` when that is too long ago.
    fn between(&self, head: Seq, from: Seq, to: Seq) -> Option<u64> {
        if from >= to {
            return Some(0);
        }
        let sum_at = |seq: Seq| {
            let back = usize::try_from(head.0.checked_sub(seq.0)?).ok()?;
            let at = self.sums.len().checked_sub(back + 1);
            match at {
                Some(at) => self.sums.get(at).copied(),
                None => (seq == Seq(0)).then_some(0),
            }
        };
        Some(sum_at(to)?.saturating_sub(sum_at(from)?))
    }
}

/// Digest of a command, to tell a repeat from another command under the same id.
pub(super) fn digest(command: &Command) -> u64 {
    match command {
        Command::Post { text, reply_to } => hash_of(0, *reply_to, text.as_str()),
        Command::Note { text } => hash(1, text.as_str()),
        Command::Change { message, change } => hash_change(*message, change),
        Command::SendFile(sent) => hash_file(sent),
        Command::End => hash(2, ""),
        // Reasons have entries of their own.
        Command::Resolve { resolution, .. } => hash(3, resolution.as_str()),
        // It is a way to resolve.
        Command::Abandon { .. } => hash(3, resolution::ABANDONED),
        Command::Rate(rating) => hash_rating(rating),
        Command::MailTranscript { language } => hash_mail(language.as_ref()),
        Command::CreateTicket { kind, title } => hash(ticket_kind(*kind), title.as_str()),
    }
}

/// Digest of the command that caused an event; `None` for what no command causes.
fn digest_of(event: &Event) -> Option<u64> {
    match event {
        Event::MessagePosted { text, reply_to } => Some(hash_of(0, *reply_to, text.as_str())),
        Event::NotePosted { text } => Some(hash(1, text.as_str())),
        Event::MessageChanged {
            message, change, ..
        } => Some(hash_change(*message, change)),
        Event::FileSent(sent) => Some(hash_file(sent)),
        // Only an end before anybody held it closes with a cause.
        Event::Ended { .. } | Event::Closed { cause: Some(_), .. } => Some(hash(2, "")),
        Event::Closed {
            resolution,
            cause: None,
            ..
        } => Some(hash(3, resolution.as_str())),
        Event::TicketCreated { kind, title, .. } => Some(hash(ticket_kind(*kind), title.as_str())),
        Event::Rated(rating) => Some(hash_rating(rating)),
        Event::TranscriptMailed { language } => Some(hash_mail(language.as_ref())),
        Event::Opened { .. }
        | Event::FileChecked { .. }
        | Event::ReasonGiven { .. }
        | Event::TicketChanged { .. }
        | Event::CustomerIdentified { .. }
        | Event::VerificationSet { .. }
        | Event::AgentRequested
        | Event::AgentAssigned { .. }
        | Event::AgentUnassigned { .. }
        | Event::IdleWarned
        | Event::WrapUpReminded
        | Event::Erased
        | Event::Unknown => None,
    }
}

const fn ticket_kind(kind: TicketKind) -> u8 {
    match kind {
        TicketKind::Incident => 4,
        TicketKind::WorkOrder => 5,
    }
}

fn hash_mail(language: Option<&Label>) -> u64 {
    hash(15, language.map_or("", Label::as_str))
}

fn hash_rating(rating: &Rating) -> u64 {
    let comment = rating.comment.as_ref().map_or("", MessageText::as_str);
    hash(9 + rating.stars.number(), comment)
}

fn hash_change(message: CommandId, change: &Change) -> u64 {
    let message = Some(message);
    match change {
        Change::Text(text) => hash_of(6, message, text.as_str()),
        Change::Deletion => hash_of(7, message, ""),
        Change::Reaction { emoji, on: true } => hash_of(8, message, emoji.as_str()),
        Change::Reaction { emoji, on: false } => hash_of(9, message, emoji.as_str()),
    }
}

/// A file that comes again under one id may have been cleaned by a newer release: it is the same one.
fn hash_file(sent: &Sent) -> u64 {
    let mut hasher = DefaultHasher::new();
    (10_u8, sent.file).hash(&mut hasher);
    hasher.finish()
}

fn hash(kind: u8, text: &str) -> u64 {
    hash_of(kind, None, text)
}

fn hash_of(kind: u8, message: Option<CommandId>, text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (kind, message, text).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn m1_the_digest_of_a_command_is_that_of_its_entry() {
        let resolution = label("resolved");
        let pairs = [
            (post("Hi"), posted("Hi")),
            (
                reply("Hi", 1),
                Event::MessagePosted {
                    text: text("Hi"),
                    reply_to: Some(command_id(1)),
                },
            ),
            (edit(1, "Hi"), changed(1, Change::Text(text("Hi")))),
            (edit(2, "Hi"), changed(2, Change::Text(text("Hi")))),
            (delete(1), changed(1, Change::Deletion)),
            (react(1, true), changed(1, reaction(true))),
            (react(1, false), changed(1, reaction(false))),
            (note("Hi"), Event::NotePosted { text: text("Hi") }),
            (
                Command::Rate(rating(3, Some("Hi"))),
                Event::Rated(rating(3, Some("Hi"))),
            ),
            (
                Command::Rate(rating(4, Some("Hi"))),
                Event::Rated(rating(4, Some("Hi"))),
            ),
            (
                Command::End,
                Event::Ended {
                    cause: super::super::EndCause::Agent,
                },
            ),
            (
                resolve(),
                Event::Closed {
                    resolution,
                    cause: None,
                    name: None,
                },
            ),
        ];
        for (at, (command, _)) in pairs.iter().enumerate() {
            for (place, (_, event)) in pairs.iter().enumerate() {
                let is_same = Some(digest(command)) == digest_of(event);
                assert_eq!(is_same, at == place, "{command:?} and {event:?}");
            }
        }
    }
}
