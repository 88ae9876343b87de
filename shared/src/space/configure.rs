//! Settings of a live space: how they are changed, and what follows at once.
//!
//! - **R70** An admin changes the settings, whole or not at all: everything is checked first, a
//!   refusal names the field, and a change that changes nothing saves nothing.
//! - **R71** Who can be given what follows in the same turn: limits, offer mode, routing, queues. An
//!   open offer stays as it was made, with its time, until it is answered or runs out.
//! - **R72** A limit lowered below what an agent has throws nobody out: the agent gets nothing more
//!   until under it (A4).
//! - **R73** A queue with work, waiting, held or on its way to it, is not deleted: closed, it takes
//!   no new work (R39) and drains. What agents were members of goes with it; who was a member of
//!   nothing else serves nothing until the next queue is named.
//! - **R74** A conversation judges what it may be resolved as. The confirmation of its report brings
//!   it resolutions and reasons when the report says that it knows older ones (WD1, WD2).
//! - **R75** Who changes or deletes a resolution or a reason reads how many work items use it (D12).

use serde::{Deserialize, Serialize};

use super::Effect;
use super::audit_log::{About, Deed, text};
use super::ledger::Ledger;
use super::row::Item;
use super::turn::Turn;
use crate::conversation::Standing;
use crate::id::AgentId;
use crate::refusal::Refusal;
use crate::rights;
use crate::settings::{Change, Lists, Settings};
use crate::sorted::SortedMap;
use crate::text::Label;

/// How many work items use the resolutions and reasons that were changed: renamed, or deleted.
///
/// Counted over what the space remembers: its open work items and two days of closed ones.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct InUse {
    /// By resolution.
    pub resolutions: SortedMap<Label, u32>,
    /// By reason.
    pub reasons: SortedMap<Label, u32>,
}

impl InUse {
    /// Counts a work item in, or out.
    pub(super) fn count(&mut self, item: &Item, is_in: bool) {
        let Standing::Closed {
            resolution, reason, ..
        } = &item.report.standing
        else {
            return;
        };
        tally(&mut self.resolutions, resolution, is_in);
        if let Some(reason) = reason {
            tally(&mut self.reasons, reason, is_in);
        }
    }
}

fn tally(uses: &mut SortedMap<Label, u32>, id: &Label, is_in: bool) {
    let count = uses.entry(id.clone()).or_default();
    *count = if is_in {
        count.saturating_add(1)
    } else {
        count.saturating_sub(1)
    };
    if *count == 0 {
        uses.remove(id);
    }
}

impl Ledger {
    /// Changes the settings, or says why not (R70).
    pub fn configure(&mut self, turn: &mut Turn, by: AgentId, change: Change) {
        let effect = match self.reconsidered(by, change) {
            Ok(next) => {
                let in_use = self.in_use(&next);
                if next != self.settings {
                    let (before, after) = (text(&self.settings), text(&next));
                    self.adopt(turn, next);
                    let about = About::changed("settings", &before, &after);
                    self.note_act(turn, Some(by), Deed::SettingsChanged, about);
                }
                Effect::Configured { in_use }
            }
            Err(refusal) => Effect::Denied(refusal),
        };
        turn.effects.push(effect);
    }

    /// How many work items use what would be changed (R75).
    fn in_use(&self, next: &Settings) -> InUse {
        let (before, after) = (self.settings.lists(), next.lists());
        let mut in_use = InUse::default();
        for entry in &before.resolutions {
            if after.resolution(&entry.id) != Some(entry) {
                let uses = self.uses.resolutions.get(&entry.id);
                let uses = uses.copied().unwrap_or(0);
                in_use.resolutions.insert(entry.id.clone(), uses);
            }
        }
        for entry in &before.reasons {
            if after.reason(&entry.id) != Some(entry) {
                let uses = self.uses.reasons.get(&entry.id).copied().unwrap_or(0);
                in_use.reasons.insert(entry.id.clone(), uses);
            }
        }
        in_use
    }

    /// Resolutions and reasons for a conversation that knows the ones of that number (R74).
    pub fn newer_lists(&self, number: u32) -> Option<Lists> {
        (number < self.settings.lists).then(|| self.settings.lists())
    }

    /// The settings as an agent of the space reads them.
    pub fn settings_for(&self, agent: AgentId) -> Result<&Settings, Refusal> {
        if self.is_active(agent) {
            Ok(&self.settings)
        } else {
            Err(Refusal::Forbidden)
        }
    }

    /// What the settings would be.
    fn reconsidered(&self, by: AgentId, change: Change) -> Result<Settings, Refusal> {
        let duty = self.roster.get(&by).filter(|duty| !duty.agent.deactivated);
        let duty = duty.ok_or(Refusal::Forbidden)?;
        rights::may_configure(duty.agent.role)?;
        let version = self.settings.version;
        if change.version.is_some_and(|asked| asked != version) {
            return Err(Refusal::SettingsChanged { version });
        }
        let next = self.settings.changed(change)?;
        let work = self.work.iter();
        for (queue, items) in work.filter(|(queue, _)| self.settings.has_queue(queue)) {
            if !next.has_queue(queue) {
                return Err(Refusal::QueueInUse {
                    queue: queue.clone(),
                    items: *items,
                });
            }
        }
        Ok(next)
    }

    /// Puts settings in force.
    fn adopt(&mut self, turn: &mut Turn, next: Settings) {
        self.line_up(turn);
        let before = core::mem::replace(&mut self.settings, next);
        turn.saves_space = true;
        for duty in self.roster.values_mut() {
            if duty.limit(&self.settings) < duty.limit(&before) {
                duty.leave_slots();
            }
            if let Some(queues) = &mut duty.agent.queues {
                let members = queues.len();
                // Names that the space never had are none of this change's business.
                queues.retain(|queue| self.settings.has_queue(queue) || !before.has_queue(queue));
                if queues.len() < members {
                    turn.agents.insert(duty.agent.agent);
                }
            }
            turn.desks.insert(duty.agent.agent);
        }
        // What colleagues read of each other names limits and queues (R81).
        self.counts.colleagues = self.counts.colleagues.saturating_add(1);
        self.recount_verifications();
        self.hang_gates(turn.now);
        self.lanes = self.fresh_lanes();
        self.lines.recount(self.lines_anew());
    }

    /// What agents gave back since a limit was lowered is not filled again above it (R72). Asked
    /// at the end of every turn.
    pub fn settle_limits(&mut self, turn: &Turn) {
        for agent in &turn.desks {
            if let Some(duty) = self.roster.get_mut(agent) {
                duty.settle_limit(&self.settings);
            }
        }
    }
}
