//! A transfer on its way: first the note into the conversation's log, then the question to the
//! space, under one id (R35 of the space).
//!
//! A lost connection delays either step and loses neither. The note waits in the outbox; which
//! transfer it belongs to outlives a reload in the storage of the tab.

use shared::conversation::{Command as Say, Lifecycle};
use shared::id::{CommandId, ConversationId};
use shared::link::{Failure, Input, PendingState, SpaceInput, State};
use shared::refusal::Refusal;
use shared::space::{Command, Target};
use shared::text::{Label, MessageText};

use super::{Console, Talk, toasts};
use crate::text::console::words;
use crate::text::fill;
use crate::text::work::work;
use crate::thread::find;
use crate::{js, time};

/// A transfer that this tab has asked for.
#[derive(Clone, Eq, PartialEq)]
pub struct Passing {
    /// Of the note and of the transfer.
    pub id: CommandId,
    /// Where to.
    pub to: Target,
    /// What that is called.
    pub name: String,
    /// The words.
    pub note: MessageText,
    /// How far it has come.
    pub step: Step,
}

/// How far a transfer has come.
#[derive(Clone, Eq, PartialEq)]
pub enum Step {
    /// The note is on its way into the log.
    Noting,
    /// The space is asked.
    Asking,
    /// The space has taken it.
    Asked,
    /// The conversation refused the note, or the space the transfer.
    Refused(Refusal),
}

impl Passing {
    /// True while the answer is still to come.
    pub fn is_under_way(&self) -> bool {
        matches!(self.step, Step::Noting | Step::Asking)
    }

    /// Why it was refused, in the words of whoever passes on.
    pub fn why(&self) -> Option<String> {
        let Step::Refused(refusal) = &self.step else {
            return None;
        };
        let work = work();
        let of = |words: &str| fill(words, &self.name);
        if let Refusal::NoFreeSlot { limit } = refusal {
            return Some(of(&fill(work.target_full, &limit.to_string())));
        }
        Some(if *refusal == Refusal::AgentUnavailable {
            of(work.target_unavailable)
        } else if *refusal == Refusal::AgentUnknown {
            of(work.target_unknown)
        } else {
            words().refusal(refusal)
        })
    }
}

impl Console {
    /// Passes a conversation on. What was refused before keeps its note in the log: with the same
    /// words it is asked again, and not noted twice.
    pub fn pass_on(self, talk: Talk, to: Target, name: String, note: MessageText) {
        let last = talk.passing.now().filter(|last| last.note == note);
        let noted = last.filter(|last| {
            talk.thread
                .entries(|entries| find(entries, last.id).is_some())
        });
        let id = match &noted {
            Some(noted) => noted.id,
            None => CommandId::fresh(time::now(), js::random()),
        };
        talk.passing.set(Some(Passing {
            id,
            to,
            name,
            note: note.clone(),
            step: Step::Noting,
        }));
        if noted.is_none() {
            let command = Say::Note { text: note };
            talk.thread.input(Input::Submit { id, command });
        }
        self.keep_drafts();
    }

    /// Goes on with what a step has brought.
    pub(super) fn follow_passing(self) {
        for talk in self.threads.get() {
            let Some(passing) = talk.passing.get() else {
                continue;
            };
            if passing.step != Step::Noting {
                continue;
            }
            let id = passing.id;
            let failure = talk.thread.pending(|pending| {
                let item = pending.iter().find(|item| item.id == id)?;
                match &item.state {
                    PendingState::Failed(failure) => Some(failure.clone()),
                    PendingState::Queued | PendingState::Sent | PendingState::Dropping => None,
                }
            });
            let is_lost = failure.is_none()
                && talk.thread.state() == State::Live
                && !talk.thread.all(|entries, pending| {
                    find(entries, id).is_some() || pending.iter().any(|item| item.id == id)
                });
            if is_lost {
                self.step(talk, Step::Refused(Refusal::CommandConflict));
            } else if let Some(failure) = failure {
                // The words are still in the dialog.
                talk.thread.input(Input::Discard { id });
                let refusal = match failure {
                    Failure::Refused(refusal) => refusal,
                    Failure::TooLarge | Failure::Stale => Refusal::CommandConflict,
                };
                self.step(talk, Step::Refused(refusal));
            } else if talk.thread.entries(|entries| find(entries, id).is_some()) {
                self.step(talk, Step::Asking);
                let command = Command::Transfer {
                    conversation: talk.conversation,
                    to: passing.to,
                    note: Some(passing.note),
                };
                self.desk.input(SpaceInput::Submit { id, command });
            }
        }
    }

    /// The space has answered a transfer. False when it was none.
    pub(super) fn has_passed_on(self, id: CommandId, answer: &Result<(), Refusal>) -> bool {
        let is_it = |talk: &&Talk| {
            talk.passing
                .peek(|passing| passing.as_ref().is_some_and(|passing| passing.id == id))
        };
        let talk = self.threads.peek(|talks| talks.iter().find(is_it).copied());
        let Some(talk) = talk else { return false };
        match answer {
            Ok(()) => {
                talk.pass_note.set(String::new());
                self.step(talk, Step::Asked);
                if let Some(Passing {
                    to: Target::Queue { queue },
                    ..
                }) = talk.passing.now()
                {
                    let name = super::conversation::name(self, talk.conversation);
                    let line = fill(&fill(work().waits_in, &name), queue.as_str());
                    toasts::add(self.toasts, "told", line);
                }
            }
            Err(refusal) => self.step(talk, Step::Refused(refusal.clone())),
        }
        true
    }

    /// True while a conversation that a colleague was asked to take has left the desk, and its log
    /// has not told yet who has it. The two come over two sockets, in either order.
    pub(super) fn is_awaited(self, talk: &Talk) -> bool {
        let is_asked = talk.passing.with(|passing| {
            passing.as_ref().is_some_and(|passing| {
                passing.step == Step::Asked && matches!(passing.to, Target::Agent { .. })
            })
        });
        let is_mine =
            |lifecycle: &Lifecycle| lifecycle.assignee().is_some_and(|to| to.agent == self.me);
        is_asked
            && !matches!(talk.thread.state(), State::Stopped(_))
            && talk.thread.lifecycle(is_mine) == Some(true)
    }

    /// A conversation has left the desk: says so where it was passed on.
    pub(super) fn tell_where_it_went(self, talk: Talk) {
        let Some(passing) = talk.passing.now() else {
            return;
        };
        let name = super::conversation::name(self, talk.conversation);
        let has_it = |lifecycle: &Lifecycle| match &passing.to {
            Target::Agent { agent, .. } => {
                lifecycle.assignee().is_some_and(|to| to.agent == *agent)
            }
            Target::Queue { .. } => false,
        };
        if passing.step == Step::Asked && talk.thread.lifecycle(has_it) == Some(true) {
            let line = fill(&fill(work().has_it, &passing.name), &name);
            toasts::add(self.toasts, "told", line);
        } else if passing.step == Step::Noting {
            let why = words().refusal(&Refusal::NotAssignee);
            let line = fill(&fill(work().not_passed_on, &passing.name), &why);
            toasts::add(self.toasts, "refusal", line);
        }
    }

    /// Takes back what a colleague was asked to take; puts away what came back.
    pub fn keep(self, conversation: ConversationId) {
        self.desk.submit(Command::Take { conversation });
    }

    fn step(self, talk: Talk, step: Step) {
        talk.passing.update(|passing| {
            if let Some(passing) = passing {
                passing.step = step;
            }
        });
        self.keep_drafts();
    }
}

/// A transfer under way as one row; the words of the note stand beside it.
pub fn write(passing: &Passing) -> String {
    let (kind, to, queue) = match &passing.to {
        Target::Agent { agent, queue } => ("agent", agent.to_string(), queue.as_ref()),
        Target::Queue { queue } => ("queue", "-".to_owned(), Some(queue)),
    };
    // A dot is in no label.
    let queue = queue.map_or(".", Label::as_str);
    [&passing.id.to_string(), kind, &to, queue, &passing.name].join(" ")
}

/// Reads it back.
pub fn read(row: &str, note: &str) -> Option<Passing> {
    let mut parts = row.splitn(5, ' ');
    let id = parts.next()?.parse().ok()?;
    let (kind, agent, queue, name) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let queue = Label::parse(queue).ok();
    let to = match kind {
        "agent" => Target::Agent {
            agent: agent.parse().ok()?,
            queue,
        },
        _ => Target::Queue { queue: queue? },
    };
    Some(Passing {
        id,
        to,
        name: name.to_owned(),
        note: MessageText::parse(note).ok()?,
        step: Step::Noting,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::id::AgentId;

    #[test]
    fn r35_a_transfer_on_its_way_outlives_the_page() {
        let queue = Label::parse("returns").unwrap();
        let agent = AgentId::from_bytes([3; 16]);
        let targets = [
            Target::Agent { agent, queue: None },
            Target::Agent {
                agent,
                queue: Some(queue.clone()),
            },
            Target::Queue { queue },
        ];
        for to in targets {
            let passing = Passing {
                id: CommandId::from_bytes([1; 16]),
                to,
                name: "Mia of the front desk".to_owned(),
                note: MessageText::parse("He waits\nfor a part").unwrap(),
                step: Step::Noting,
            };
            let row = write(&passing);
            assert!(read(&row, "He waits\nfor a part") == Some(passing), "{row}");
            assert!(read(&row, " ").is_none(), "{row}: without words");
        }
        for row in ["", "x agent y - Mia", "queue"] {
            assert!(read(row, "words").is_none(), "{row}");
        }
    }
}
