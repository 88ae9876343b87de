//! Where a conversation stands: the fold of its log that server and browsers share.

use serde::{Deserialize, Serialize};

use super::event::{Author, EndCause, Entry, Event, Fence};
use super::{Birth, Change};
use crate::id::AgentId;
use crate::text::{Label, PersonName};
use crate::time::Timestamp;

/// The agent who holds a conversation.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Assignee {
    /// Who.
    pub agent: AgentId,
    /// The screen name.
    pub name: PersonName,
}

/// Where a conversation stands.
///
/// Moves only as A9 says: Waiting → Active or Closed; Active → Waiting or Wrapping up;
/// Wrapping up → Closed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// "Waiting for agent" (F84).
    Waiting {
        /// Since when, this time.
        since: Timestamp,
    },
    /// An agent has it (F85).
    Active {
        /// Who.
        assignee: Assignee,
        /// When the agent got it.
        since: Timestamp,
        /// When both were warned that it ends soon, if they were and nobody has written since.
        warned_at: Option<Timestamp>,
    },
    /// The customer's side is over (F86).
    WrappingUp {
        /// Who still has it on the desk.
        assignee: Assignee,
        /// Since when.
        since: Timestamp,
        /// What ended it.
        cause: EndCause,
    },
    /// Final (F87).
    Closed {
        /// When.
        at: Timestamp,
        /// What ended it.
        cause: EndCause,
        /// How it was resolved.
        resolution: Label,
    },
}

impl Stage {
    /// The word of the stage, as in JSON.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Waiting { .. } => "waiting",
            Self::Active { .. } => "active",
            Self::WrappingUp { .. } => "wrapping_up",
            Self::Closed { .. } => "closed",
        }
    }
}

/// The fold of a conversation's log, without the texts.
///
/// Folding the log as the customer sees it gives the same value: no internal event changes it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Lifecycle {
    /// When it was born.
    pub opened_at: Timestamp,
    /// What the customer claims to be called.
    pub name: PersonName,
    /// The queue that it waits in.
    pub queue: Label,
    /// Where it stands.
    pub stage: Stage,
    /// The highest fence accepted (A1).
    pub fence: Fence,
    /// When a person last wrote to the other side.
    pub last_message_at: Timestamp,
    /// True while only a customer for whom the site vouches may write (ID4).
    pub needs_verified: bool,
}

impl Lifecycle {
    /// Stands before the first entry of a log, as the birth says.
    #[must_use]
    pub fn born(birth: &Birth) -> Self {
        Self {
            opened_at: birth.at,
            name: birth.name.clone(),
            queue: birth.queue.clone(),
            stage: Stage::Waiting { since: birth.at },
            fence: Fence(0),
            last_message_at: birth.at,
            needs_verified: false,
        }
    }

    /// Starts from the first entry of a log; `None` when that is not [`Event::Opened`].
    #[must_use]
    pub fn begin(entry: &Entry) -> Option<Self> {
        let Event::Opened { name, queue, .. } = &entry.event else {
            return None;
        };
        Some(Self {
            opened_at: entry.at,
            name: name.clone(),
            queue: queue.clone(),
            stage: Stage::Waiting { since: entry.at },
            fence: Fence(0),
            last_message_at: entry.at,
            needs_verified: false,
        })
    }

    /// Takes the customer's name from the first entry again, which was blanked (ER2).
    pub(super) fn rename(&mut self, first: &Entry) {
        if let Event::Opened { name, .. } = &first.event {
            self.name = name.clone();
        }
    }

    /// Takes in the next entry.
    ///
    /// The machine appends only what the stage allows. A fold does not judge: an entry that does
    /// not fit leaves the stage as it is.
    pub fn apply(&mut self, entry: &Entry) {
        match &entry.event {
            // Other words count as writing (CG9).
            Event::MessagePosted { .. }
            | Event::FileSent(_)
            | Event::FileChecked { .. }
            | Event::MessageChanged {
                change: Change::Text(_),
                note: false,
                ..
            } => {
                if entry.author != Author::System {
                    self.last_message_at = entry.at;
                    if let Stage::Active { warned_at, .. } = &mut self.stage {
                        *warned_at = None;
                    }
                }
            }
            Event::Opened { .. }
            | Event::NotePosted { .. }
            | Event::WrapUpReminded
            | Event::ReasonGiven { .. }
            | Event::TicketCreated { .. }
            | Event::TicketChanged { .. }
            | Event::CustomerIdentified { .. }
            | Event::MessageChanged { .. }
            | Event::Rated(_)
            | Event::TranscriptMailed { .. }
            | Event::Erased
            | Event::Unknown => (),
            Event::VerificationSet { required } => self.needs_verified = *required,
            Event::AgentRequested => self.stage = Stage::Waiting { since: entry.at },
            Event::AgentAssigned {
                agent,
                name,
                fence,
                queue,
                taken: _,
            } => {
                self.fence = *fence;
                self.go_to(queue.as_ref());
                let assignee = Assignee {
                    agent: *agent,
                    name: name.clone(),
                };
                self.stage = Stage::Active {
                    assignee,
                    since: entry.at,
                    warned_at: None,
                };
            }
            Event::AgentUnassigned { fence, queue } => {
                self.fence = *fence;
                self.go_to(queue.as_ref());
                // Who only changes the queue goes on waiting (R56 of the space).
                if !matches!(self.stage, Stage::Waiting { .. }) {
                    self.stage = Stage::Waiting { since: entry.at };
                }
            }
            Event::IdleWarned => {
                if let Stage::Active { warned_at, .. } = &mut self.stage {
                    *warned_at = Some(entry.at);
                }
            }
            Event::Ended { cause } => {
                if let Some(assignee) = self.assignee().cloned() {
                    self.stage = Stage::WrappingUp {
                        assignee,
                        since: entry.at,
                        cause: *cause,
                    };
                }
            }
            Event::Closed {
                resolution, cause, ..
            } => {
                let cause = match (&self.stage, cause) {
                    (_, Some(cause)) | (Stage::WrappingUp { cause, .. }, None) => *cause,
                    (Stage::Waiting { .. } | Stage::Active { .. } | Stage::Closed { .. }, None) => {
                        EndCause::Agent
                    }
                };
                let resolution = resolution.clone();
                self.stage = Stage::Closed {
                    at: entry.at,
                    cause,
                    resolution,
                };
            }
        }
    }

    fn go_to(&mut self, queue: Option<&Label>) {
        if let Some(queue) = queue {
            self.queue = queue.clone();
        }
    }

    /// Who holds it, while somebody does.
    #[must_use]
    pub const fn assignee(&self) -> Option<&Assignee> {
        match &self.stage {
            Stage::Active { assignee, .. } | Stage::WrappingUp { assignee, .. } => Some(assignee),
            Stage::Waiting { .. } | Stage::Closed { .. } => None,
        }
    }

    /// True while the customer can write.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        match self.stage {
            Stage::Waiting { .. } | Stage::Active { .. } => true,
            Stage::WrappingUp { .. } | Stage::Closed { .. } => false,
        }
    }
}
