//! What a composer is about, besides a new message: one that is edited, or one that is answered.

use shared::conversation::{Change, Command, Lifecycle, Stage};
use shared::id::CommandId;
use shared::text::MessageText;

use crate::rows::Reader;
use crate::thread::Thread;
use crate::var::Var;

/// What a composer is about. A handle: copies are the same.
#[derive(Clone, Copy)]
pub struct Aim {
    /// True to edit, false to answer, and which message.
    pub at: Var<Option<(bool, CommandId)>>,
    /// What was being written before.
    pub kept: Var<String>,
    /// What is written in the composer.
    pub draft: Var<String>,
    /// The conversation.
    pub thread: Thread,
    /// Who writes.
    pub reader: Reader,
    /// Whether notes are written there, and what shows that composer.
    pub notes: Option<Var<bool>>,
}

impl Aim {
    /// Of the composer with that draft: about nothing yet.
    pub fn new(thread: Thread, reader: Reader, draft: Var<String>) -> Self {
        Self {
            at: Var::new(None),
            kept: Var::new(String::new()),
            draft,
            thread,
            reader,
            notes: None,
        }
    }

    /// Whether the reader may change messages, or notes (CG2 of `shared::conversation`); asked for all the same, it
    /// is refused.
    pub fn may(self, is_note: bool) -> bool {
        let may =
            self.thread.lifecycle(
                |lifecycle: &Lifecycle| match (self.reader, &lifecycle.stage) {
                    (Reader::Customer, _) => lifecycle.is_open(),
                    (Reader::Agent(me), Stage::Active { assignee, .. }) => assignee.agent == me,
                    (Reader::Agent(me), Stage::WrappingUp { assignee, .. }) => {
                        is_note && assignee.agent == me
                    }
                    (Reader::Agent(_), Stage::Waiting { .. } | Stage::Closed { .. }) => false,
                },
            );
        may.unwrap_or(false)
    }

    /// It is about nothing any more: what was being written before comes back.
    pub fn let_go(self) {
        if let Some((true, _)) = self.at.now() {
            self.draft.set(self.kept.now());
        }
        self.at.set(None);
    }

    /// True while it is about a message.
    pub fn is_set(self) -> bool {
        self.at.with(Option::is_some)
    }

    /// What sending the text asks for; `fresh` makes a new message of it.
    pub fn send(
        self,
        text: MessageText,
        fresh: impl FnOnce(MessageText, Option<CommandId>) -> Command,
    ) -> Command {
        let at = self.at.now();
        self.let_go();
        match at {
            Some((true, message)) => Command::Change {
                message,
                change: Change::Text(text),
            },
            other => fresh(text, other.map(|(_, message)| message)),
        }
    }
}
