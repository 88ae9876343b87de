//! One turn: what it changed, and the effects in their order.

use alloc::vec::Vec;

use super::Effect;
use super::audit_log::{self, AuditEntry};
use super::erasure::Past;
use super::ledger::Ledger;
use super::place::Stand;
use super::row::Row;
use crate::conversation::Seq;
use crate::frame::{FromServer, SocketId};
use crate::id::{AgentId, ConversationId};
use crate::sorted::{SortedMap, SortedSet};
use crate::text::Label;
use crate::time::Timestamp;

/// What one turn did so far.
#[derive(Debug)]
pub(super) struct Turn {
    pub now: Timestamp,
    pub effects: Vec<Effect>,
    /// Whose row is saved, or removed when it is not there any more.
    pub items: SortedSet<ConversationId>,
    pub agents: SortedSet<AgentId>,
    /// True when the row of the space itself is saved.
    pub saves_space: bool,
    /// True when the row of the doors is saved.
    pub saves_doors: bool,
    /// Work items that were closed and leave the books (R185).
    pub past: Vec<Past>,
    /// True when the row of what is yet to be erased is saved.
    pub saves_erasures: bool,
    /// Administrative acts, in their order.
    pub acts: Vec<AuditEntry>,
    /// True when something changed that only an administrative act changes (R182).
    pub is_act: bool,
    /// Whose desk may have changed.
    pub desks: SortedSet<AgentId>,
    /// Sockets that said hello in this turn.
    pub fresh: SortedSet<SocketId>,
    /// Who got an offer in this turn.
    pub offered: SortedSet<AgentId>,
    /// What the items that changed were in the lines before.
    pub stands: SortedMap<ConversationId, Option<Stand>>,
    /// The report that is confirmed with the place at the end.
    pub confirmed: Option<Confirmed>,
}

/// A report that is confirmed.
#[derive(Debug)]
pub(super) struct Confirmed {
    pub conversation: ConversationId,
    pub revision: Seq,
    /// Number of the lists that the conversation knows.
    pub lists: u32,
    /// Its queue, and how long it waits, while it does.
    pub waits: Option<(Label, u64)>,
}

impl Turn {
    pub const fn new(now: Timestamp) -> Self {
        Self {
            now,
            effects: Vec::new(),
            items: SortedSet::new(),
            agents: SortedSet::new(),
            saves_space: false,
            saves_doors: false,
            past: Vec::new(),
            saves_erasures: false,
            acts: Vec::new(),
            is_act: false,
            desks: SortedSet::new(),
            fresh: SortedSet::new(),
            offered: SortedSet::new(),
            stands: SortedMap::new(),
            confirmed: None,
        }
    }

    /// Sends a frame, unless nobody would get it.
    pub fn send(&mut self, to: Vec<SocketId>, frame: FromServer) {
        if !to.is_empty() {
            self.effects.push(Effect::Send { to, frame });
        }
    }

    /// The effects in their order: rows first.
    pub fn finish(&mut self, ledger: &Ledger) -> Vec<Effect> {
        let space = self.saves_space.then(|| Row::Space {
            space: ledger.space.clone(),
            settings: ledger.settings.clone(),
            offers_made: ledger.offers_made,
            zones: ledger.zones.clone(),
            rounds_at: ledger.rounds.last,
        });
        let doors = self.saves_doors.then(|| Row::Doors(ledger.doors.clone()));
        let erasures = self.saves_erasures.then(|| ledger.erasures.owed().clone());
        let erasures = erasures.map(Row::Erasing);
        let duties = self.agents.iter().filter_map(|id| ledger.roster.get(id));
        let agents = duties.map(|duty| Row::Agent(duty.agent.clone()));
        let items = self.items.iter().map(|id| match ledger.items.get(id) {
            Some(item) => Effect::Save(Row::Item(item.clone())),
            None => Effect::Remove(*id),
        });
        let rows = space
            .into_iter()
            .chain(doors)
            .chain(agents)
            .chain(audit_log::rows(&self.acts))
            .chain(self.past.drain(..).map(Row::Past))
            .chain(erasures)
            .map(Effect::Save);
        let effects = core::mem::take(&mut self.effects);
        rows.chain(items).chain(effects).collect()
    }
}
