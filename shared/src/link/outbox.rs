//! The outbox of a conversation: what the person asked for and the log has not shown yet (K4, K6, K7).

use alloc::vec::Vec;
use core::time::Duration;

use super::flight::Flight;
use super::{Effect, Failure, Pending, PendingState, STALE_MS};
use crate::conversation::{Change, Command};
use crate::id::CommandId;
use crate::refusal::Refusal;
use crate::rights::Side;
use crate::text::MessageText;
use crate::time::{Timestamp, millis};

#[derive(Clone, Debug)]
pub(super) struct Outbox {
    items: Vec<Pending>,
    /// The last item that the log has shown in this resume.
    shown: Option<Timestamp>,
    has_changed: bool,
}

impl Outbox {
    /// The stored items in the order in which they were written.
    pub(super) fn new(stored: Vec<Pending>) -> Self {
        // Few items: a library sort would cost every customer a kilobyte.
        let mut items = Vec::<Pending>::with_capacity(stored.len());
        for item in stored {
            let at = items.partition_point(|other| other.written_at <= item.written_at);
            items.insert(at, item);
        }
        Self {
            items,
            shown: None,
            has_changed: false,
        }
    }

    pub(super) fn items(&self) -> &[Pending] {
        &self.items
    }

    /// True once after a change.
    pub(super) fn take_changed(&mut self) -> bool {
        core::mem::take(&mut self.has_changed)
    }

    pub(super) fn push(
        &mut self,
        now: Timestamp,
        id: CommandId,
        command: Command,
        effects: &mut Vec<Effect>,
    ) {
        if self.items.iter().any(|item| item.id == id) {
            return;
        }
        let item = Pending {
            id,
            command,
            written_at: self.after_the_last(now),
            state: PendingState::Queued,
        };
        self.add(item, effects);
    }

    /// Puts a failed item at the end; one that was only marked is unmarked.
    pub(super) fn retry(&mut self, now: Timestamp, id: CommandId, effects: &mut Vec<Effect>) {
        let Some(place) = self.items.iter().position(|item| item.id == id) else {
            return;
        };
        match self.items.get(place).map(|item| &item.state) {
            Some(PendingState::Failed(_)) => {
                let item = Pending {
                    state: PendingState::Queued,
                    written_at: self.after_the_last(now),
                    ..self.items.remove(place)
                };
                self.add(item, effects);
            }
            Some(PendingState::Dropping) => self.set(id, PendingState::Sent, effects),
            Some(PendingState::Queued | PendingState::Sent) | None => (),
        }
    }

    /// Throws an item away, or marks it while its fate is unknown (K7): then true.
    pub(super) fn discard(&mut self, id: CommandId, effects: &mut Vec<Effect>) -> bool {
        match self.state(id) {
            Some(PendingState::Queued | PendingState::Failed(_)) => {
                self.remove(id, effects);
                false
            }
            Some(PendingState::Sent) => {
                self.set(id, PendingState::Dropping, effects);
                true
            }
            Some(PendingState::Dropping) | None => false,
        }
    }

    pub(super) fn is_marked(&self, id: CommandId) -> bool {
        matches!(self.state(id), Some(PendingState::Dropping))
    }

    /// A connection stands, and the backlog is to come.
    pub(super) const fn resume(&mut self) {
        self.shown = None;
    }

    /// The log shows the item.
    pub(super) fn acknowledge(&mut self, id: CommandId, effects: &mut Vec<Effect>) {
        let item = self.items.iter().find(|item| item.id == id);
        self.shown = self.shown.max(item.map(|item| item.written_at));
        self.remove(id, effects);
    }

    /// The log is known up to its head: marked items are not in it.
    ///
    /// What was sent before an item that the log shows, and is not in it, was refused, and the
    /// answer was lost. Sent again it could be taken after all, out of its order (M6). Of all
    /// refusals two can turn into a yes: that of an agent who has the conversation again, and that of
    /// what is about a message which has come since.
    pub(super) fn caught_up(&mut self, side: Side, effects: &mut Vec<Effect>) {
        let shown = self.shown;
        let was_refused = |item: &Pending| {
            (side == Side::Agent || is_about_a_message(&item.command))
                && item.state == PendingState::Sent
                && Some(item.written_at) < shown
        };
        let is_over = |item: &&Pending| item.state == PendingState::Dropping || was_refused(item);
        let items = self.items.iter().filter(is_over);
        let ids: Vec<_> = items.map(|item| item.id).collect();
        let why = match side {
            Side::Agent => Refusal::NotAssignee,
            Side::Customer => Refusal::MessageUnknown,
        };
        for id in ids {
            self.fail(id, Failure::Refused(why.clone()), effects);
        }
    }

    /// A final answer: not in the log (K6).
    pub(super) fn fail(&mut self, id: CommandId, failure: Failure, effects: &mut Vec<Effect>) {
        let item = self.items.iter().find(|item| item.id == id);
        match item.map(|item| (&item.state, &item.command)) {
            Some((PendingState::Queued | PendingState::Sent, command))
                if !is_worth_keeping(command, &failure) =>
            {
                self.remove(id, effects);
            }
            Some((PendingState::Queued | PendingState::Sent, _)) => {
                self.set(id, PendingState::Failed(failure), effects);
            }
            Some((PendingState::Dropping, _)) => self.remove(id, effects),
            Some((PendingState::Failed(_), _)) | None => (),
        }
    }

    /// One frame of those was too large: the one with the longest text, since the others are shorter.
    pub(super) fn fail_largest(&mut self, ids: &[CommandId], effects: &mut Vec<Effect>) {
        let suspects = self.items.iter().filter(|item| ids.contains(&item.id));
        if let Some(id) = suspects
            .max_by_key(|item| length(&item.command))
            .map(|item| item.id)
        {
            self.fail(id, Failure::TooLarge, effects);
        }
    }

    /// Parks what is too old to be sent without a question (K6).
    pub(super) fn park_stale(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let stale = |item: &&Pending| is_open(item) && is_stale(now, item);
        let ids: Vec<_> = self
            .items
            .iter()
            .filter(stale)
            .map(|item| item.id)
            .collect();
        for id in ids {
            self.fail(id, Failure::Stale, effects);
        }
    }

    /// The first message that could make a conversation (K8).
    pub(super) fn first_post(&self) -> Option<(CommandId, &MessageText)> {
        let mut open = self.items.iter().filter(|item| is_open(item));
        open.find_map(|item| match &item.command {
            Command::Post { text, .. } => Some((item.id, text)),
            Command::Note { .. }
            | Command::Change { .. }
            | Command::End
            | Command::Resolve { .. }
            | Command::Abandon { .. }
            | Command::Rate(_)
            | Command::MailTranscript { .. }
            | Command::CreateTicket { .. }
            | Command::SendFile(_) => None,
        })
    }

    pub(super) fn mark_sent(&mut self, id: CommandId, effects: &mut Vec<Effect>) {
        if matches!(self.state(id), Some(PendingState::Queued)) {
            self.set(id, PendingState::Sent, effects);
        }
    }

    /// The first item that is not on its way, marked as sent before it leaves.
    pub(super) fn next_to_send(
        &mut self,
        now: Timestamp,
        flight: &Flight,
        effects: &mut Vec<Effect>,
    ) -> Option<(CommandId, Command)> {
        loop {
            let mut waiting = self.items.iter().filter(|item| is_open(item));
            let item = waiting.find(|item| !flight.contains(item.id))?;
            let id = item.id;
            if is_stale(now, item) {
                self.fail(id, Failure::Stale, effects);
                continue;
            }
            let command = item.command.clone();
            self.mark_sent(id, effects);
            return Some((id, command));
        }
    }

    /// The order of the outbox is that of `written_at`, whatever the clock does: no two are equal.
    fn after_the_last(&self, now: Timestamp) -> Timestamp {
        let last = self.items.last().map(|item| item.written_at);
        last.map_or(now, |last| now.max(last + Duration::from_millis(1)))
    }

    fn state(&self, id: CommandId) -> Option<&PendingState> {
        let item = self.items.iter().find(|item| item.id == id)?;
        Some(&item.state)
    }

    fn add(&mut self, item: Pending, effects: &mut Vec<Effect>) {
        self.has_changed = true;
        effects.push(Effect::Keep(item.clone()));
        self.items.push(item);
    }

    fn set(&mut self, id: CommandId, state: PendingState, effects: &mut Vec<Effect>) {
        if let Some(item) = self.items.iter_mut().find(|item| item.id == id) {
            self.has_changed = true;
            item.state = state;
            effects.push(Effect::Keep(item.clone()));
        }
    }

    /// What is about a conversation that is gone: ending and rating it, and messages of its log (K18).
    pub(super) fn leave_behind(&mut self, effects: &mut Vec<Effect>) {
        let is_about = |item: &Pending| {
            matches!(
                item.command,
                Command::End | Command::Rate(_) | Command::MailTranscript { .. }
            )
        };
        self.drop_all(is_about, effects);
        self.drop_orphans(effects);
        let posts = self.open_posts();
        for item in &mut self.items {
            if let Command::Post { reply_to, .. } = &mut item.command
                && reply_to.is_some_and(|message| !posts.contains(&message))
            {
                *reply_to = None;
                effects.push(Effect::Keep(item.clone()));
            }
        }
    }

    /// Changes of messages that nobody is going to write (K19).
    pub(super) fn drop_orphans(&mut self, effects: &mut Vec<Effect>) {
        let posts = self.open_posts();
        let is_orphan = |item: &Pending| matches!(&item.command, Command::Change { message, .. } if !posts.contains(message));
        self.drop_all(is_orphan, effects);
    }

    fn open_posts(&self) -> Vec<CommandId> {
        let is_post = |item: &&Pending| matches!(item.command, Command::Post { .. });
        let posts = self.items.iter().filter(|item| is_open(item));
        posts.filter(is_post).map(|item| item.id).collect()
    }

    fn drop_all(&mut self, is_over: impl Fn(&Pending) -> bool, effects: &mut Vec<Effect>) {
        let over = self.items.iter().filter(|item| is_over(item));
        let over: Vec<_> = over.map(|item| item.id).collect();
        for id in over {
            self.remove(id, effects);
        }
    }

    fn remove(&mut self, id: CommandId, effects: &mut Vec<Effect>) {
        let count = self.items.len();
        self.items.retain(|item| item.id != id);
        if self.items.len() < count {
            self.has_changed = true;
            effects.push(Effect::Drop(id));
        }
    }
}

/// Whether the person can do something about what failed (K19).
fn is_worth_keeping(command: &Command, failure: &Failure) -> bool {
    let Command::Change { change, .. } = command else {
        return true;
    };
    let why = match failure {
        Failure::Refused(refusal) => Some(refusal),
        Failure::TooLarge | Failure::Stale => None,
    };
    match change {
        Change::Text(_) => why != Some(&Refusal::MessageUnknown),
        Change::Deletion => !matches!(why, Some(Refusal::MessageUnknown | Refusal::MessageDeleted)),
        Change::Reaction { .. } => false,
    }
}

const fn is_about_a_message(command: &Command) -> bool {
    matches!(
        command,
        Command::Change { .. }
            | Command::Post {
                reply_to: Some(_),
                ..
            }
    )
}

const fn is_open(item: &Pending) -> bool {
    matches!(item.state, PendingState::Queued | PendingState::Sent)
}

fn is_stale(now: Timestamp, item: &Pending) -> bool {
    millis(now.since(item.written_at)) > STALE_MS
}

fn length(command: &Command) -> usize {
    match command {
        Command::Post { text, .. }
        | Command::Note { text }
        | Command::Change {
            change: Change::Text(text),
            ..
        } => text.as_str().len(),
        Command::Abandon { note, .. } => note.as_ref().map_or(0, |text| text.as_str().len()),
        Command::MailTranscript { .. } => 0,
        Command::CreateTicket { title, .. } => title.as_str().len(),
        Command::Rate(rating) => {
            let comment = rating.comment.as_ref();
            comment.map_or(0, |text| text.as_str().len())
        }
        Command::SendFile(sent) => sent.name.as_str().len(),
        Command::End | Command::Resolve { .. } | Command::Change { .. } => 0,
    }
}
