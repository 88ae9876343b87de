//! The queues as agents read them.
//!
//! - **R60** Every agent who has not left reads every queue, `GENERAL` first: whom one may transfer
//!   to is no secret among colleagues.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::hours::Openness;
use super::ledger::Ledger;
use crate::id::AgentId;
use crate::refusal::Refusal;
use crate::settings::GENERAL;
use crate::text::{Label, Title};
use crate::time::Timestamp;

/// A queue, and how it stands.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct QueueView {
    /// The word for it.
    pub name: Label,
    /// What agents read in its place.
    #[serde(default)]
    pub title: Option<Title>,
    /// Closed to new work; what waits in it drains.
    pub closed: bool,
    /// True within its hours, and for a queue without any.
    pub open_now: bool,
    /// When it opens, while it is not open and will be within a year.
    pub opens_at: Option<Timestamp>,
    /// Conversations that wait in it, offered ones included.
    pub waiting: u32,
    /// Most conversations that wait in it; `None` for any number.
    pub max_waiting: Option<u32>,
    /// Skills that an agent needs for whatever waits in it.
    pub skills: Vec<Label>,
}

impl Ledger {
    /// Every queue (R60).
    pub fn queues(&self, now: Timestamp, agent: AgentId) -> Result<Vec<QueueView>, Refusal> {
        if !self.is_active(agent) {
            return Err(Refusal::Forbidden);
        }
        let general = Label::built_in(GENERAL);
        let queues = self.settings.queues.iter().map(|queue| &queue.name);
        let others = queues.filter(|name| **name != general);
        let names = core::iter::once(&general).chain(others);
        Ok(names.map(|name| self.view(now, name)).collect())
    }

    fn view(&self, now: Timestamp, name: &Label) -> QueueView {
        let queue = self.settings.queue(name);
        let Openness { open_now, opens_at } = self.openness(now, name);
        QueueView {
            name: name.clone(),
            title: queue.and_then(|queue| queue.title.clone()),
            closed: queue.is_some_and(|queue| queue.closed),
            open_now,
            opens_at,
            waiting: self.backlogs.length(name),
            max_waiting: queue.and_then(|queue| queue.max_waiting),
            skills: queue.map_or_else(Vec::new, |queue| queue.skills.clone()),
        }
    }
}
