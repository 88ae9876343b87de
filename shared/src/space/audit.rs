//! The invariants of the space, asserted (PROTOCOL.md §11).
//!
//! After every turn what the turn touched is checked; tests and the simulation also audit the
//! whole against a naive recomputation.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::audit_log::AuditEntry;
use super::configure::InUse;
use super::desk::Counts;
use super::ledger::Ledger;
use super::lists::Lists;
use super::row::{Item, ItemState};
use super::turn::Turn;
use crate::conversation::Fence;
use crate::frame::SocketId;
use crate::id::{AgentId, ConversationId};
use crate::settings::Hours;
use crate::sorted::{SortedMap, SortedSet};
use crate::text::Label;
use crate::time::Timestamp;

/// A promise that the machine finds broken in itself: the caller throws it away, reads the disk
/// again and closes the sockets with [`crate::frame::CloseCode::Broken`].
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{rule} is broken: {what}")]
pub struct Broken {
    /// Id of the invariant (PROTOCOL.md §11).
    pub rule: &'static str,
    /// The values at hand.
    pub what: String,
}

/// What the last turn touched.
#[derive(Clone, Debug, Default)]
pub(super) struct Touched {
    items: SortedSet<ConversationId>,
    offered: SortedSet<AgentId>,
    doors: bool,
    acts: Vec<AuditEntry>,
    is_act: bool,
}

/// What items and sockets say of an agent.
#[derive(Debug, Default)]
struct Said {
    slots: SortedSet<(ConversationId, Fence)>,
    offers: SortedSet<ConversationId>,
    sockets: SortedSet<SocketId>,
}

impl Touched {
    pub fn by(turn: &Turn) -> Self {
        Self {
            items: turn.items.clone(),
            offered: turn.offered.clone(),
            doors: turn.saves_doors,
            acts: turn.acts.clone(),
            is_act: turn.is_act,
        }
    }
}

impl Ledger {
    /// Checks what a turn touched.
    pub fn check(&self, settled_at: Option<Timestamp>, touched: &Touched) -> Result<(), Broken> {
        let items = touched.items.iter().filter_map(|id| self.items.get(id));
        for item in items {
            self.check_item(settled_at, item)?;
        }
        for agent in &touched.offered {
            self.check_room(*agent, 0)?;
        }
        if touched.doors {
            self.check_doors()?;
        }
        let is_told = !touched.is_act || !touched.acts.is_empty();
        ensure(is_told, "R182", || "an act is not in the audit log".into())?;
        let chain = self.check_acts(&touched.acts);
        chain.map_err(|what| Broken {
            rule: "R181",
            what: what.into(),
        })
    }

    /// Checks everything, and every index against what rows and seats say.
    pub fn audit(&self, settled_at: Option<Timestamp>) -> Result<(), Broken> {
        for item in self.items.values() {
            self.check_item(settled_at, item)?;
        }
        for (agent, duty) in &self.roster {
            self.check_room(*agent, duty.left)?;
        }
        self.check_duties()?;
        self.check_order(settled_at)?;
        self.check_lists()?;
        self.check_insiders()?;
        self.check_hours(settled_at)?;
        self.check_doors()?;
        self.check_counts()
    }

    fn check_doors(&self) -> Result<(), Broken> {
        let broken = |what: &str| Broken {
            rule: "R140",
            what: what.into(),
        };
        self.doors.check().map_err(broken)
    }

    fn check_item(&self, settled_at: Option<Timestamp>, item: &Item) -> Result<(), Broken> {
        let fences: Vec<_> = item.slots.iter().map(|slot| slot.fence).collect();
        let is_newest = |agent: AgentId| {
            let mut slots = item.slots.iter();
            slots.any(|slot| slot.fence == item.fence && slot.agent == agent)
        };
        let older = fences.iter().filter(|fence| **fence < item.fence).count();
        let (has_its_slots, rule) = match &item.state {
            ItemState::Waiting { .. } => (fences.is_empty(), "A3"),
            ItemState::Offered { agent, .. } => (fences.len() == 1 && is_newest(*agent), "A3"),
            ItemState::Assigning { to: Some(to), .. } => {
                let is_pending = is_newest(to.agent);
                (is_pending && older <= 1 && fences.len() == older + 1, "A6")
            }
            // What overflows into another queue is nobody's (R56).
            ItemState::Assigning {
                to: None,
                queue: Some(_),
                ..
            } if fences.is_empty() => (true, "A6"),
            ItemState::Assigning { to: None, .. } => (older == 1 && fences.len() == 1, "A6"),
            ItemState::Held => (fences.len() == 1, "A3"),
            ItemState::Transferring { to, .. } => {
                let is_offered = older == 1 && is_newest(*to);
                (is_offered && fences.len() == 2, "A3")
            }
            ItemState::Gone { .. } => (fences.is_empty(), "A8"),
        };
        ensure(has_its_slots, rule, || format!("{item:?}"))?;
        let is_told = self.ends.owed().contains(&item.report.conversation);
        ensure(is_told == self.is_owed_end(item), "R200", || {
            format!("{item:?} is owed its end: {is_told}")
        })?;
        let has_seen = item.report.fence <= item.fence;
        ensure(has_seen, "A1", || format!("{item:?} was minted too low"))?;
        if let (
            ItemState::Offered { expires_at, .. } | ItemState::Transferring { expires_at, .. },
            Some(now),
        ) = (&item.state, settled_at)
        {
            let is_open =
                now < *expires_at && *expires_at <= now + item.offer_lasts(&self.settings);
            ensure(is_open, "A7", || format!("{item:?} is offered at {now}"))?;
        }
        Ok(())
    }

    /// A4, or what a lowered limit left to the agent (R72); and no more than one open offer (A3).
    fn check_room(&self, agent: AgentId, left: usize) -> Result<(), Broken> {
        let Some(duty) = self.roster.get(&agent) else {
            return Ok(());
        };
        let (used, limit) = (duty.slots.len(), duty.limit(&self.settings));
        ensure(used <= usize::from(limit).max(left), "A4", || {
            format!("agent {agent} has {used} of {limit} slots filled")
        })?;
        ensure(duty.offers.len() <= 1, "A3", || {
            format!("agent {agent} has {} offers", duty.offers.len())
        })
    }

    /// A10: the slots of an agent are those that the items say, and no others.
    fn check_duties(&self) -> Result<(), Broken> {
        let mut said: SortedMap<AgentId, Said> = SortedMap::new();
        for item in self.items.values() {
            let conversation = item.report.conversation;
            for slot in &item.slots {
                let said = said.entry(slot.agent).or_default();
                said.slots.insert((conversation, slot.fence));
            }
            if let ItemState::Offered { agent, .. } = item.state {
                let said = said.entry(agent).or_default();
                said.offers.insert(conversation);
            }
        }
        for (socket, seat) in &self.sockets {
            if seat.device.is_some() {
                said.entry(seat.agent).or_default().sockets.insert(*socket);
            }
        }
        let seated = said.values().flat_map(|said| said.sockets.iter().copied());
        let is_right = self.audience == seated.collect();
        ensure(is_right, "A10", || format!("{:?}", self.audience))?;
        let nothing = Said::default();
        for duty in self.roster.values() {
            let said = said.get(&duty.agent.agent).unwrap_or(&nothing);
            let is_right = duty.slots == said.slots
                && duty.offers == said.offers
                && duty.sockets == said.sockets;
            ensure(is_right, "A10", || format!("{duty:?} has {said:?}"))?;
        }
        Ok(())
    }

    /// FAIR1, FAIR2 and L1: the indexes that choose, and that nothing is left to choose.
    fn check_order(&self, settled_at: Option<Timestamp>) -> Result<(), Broken> {
        let lanes = self.fresh_lanes();
        let is_right = self.lanes == lanes;
        ensure(is_right, "FAIR1", || {
            format!("{:?} is not {lanes:?}", self.lanes)
        })?;
        let places: SortedSet<_> = self
            .roster
            .values()
            .map(|duty| duty.agent.last_offer)
            .collect();
        let is_right = self.lines.clone().settled() == self.lines_anew();
        ensure(is_right, "R95", || format!("{:?}", self.lines))?;
        let newest = places.last().copied().unwrap_or(0);
        ensure(newest <= self.offers_made, "FAIR1", || {
            format!("offer {newest} of {}", self.offers_made)
        })?;
        // A wake sees the hour, and what it brings is settled by the next input.
        let is_unsettled = settled_at.is_none() && !self.gates.is_empty();
        let is_settled = is_unsettled || lanes.oldest(&self.gates).is_none();
        ensure(is_settled, "L1", || format!("{lanes:?}"))?;
        let due = self.items.values();
        let due = due.filter_map(|item| Some((item.deadline()?, item.report.conversation)));
        let due: SortedSet<_> = due.collect();
        ensure(self.deadlines == due, "R3", || {
            format!("{:?} is not {due:?}", self.deadlines)
        })
    }

    /// R94, R271: every item stands in its list and no other, and under its visitor.
    fn check_lists(&self) -> Result<(), Broken> {
        let mut lists = Lists::new();
        let mut own: SortedMap<_, SortedSet<_>> = SortedMap::new();
        for item in self.items.values() {
            lists.put(item);
            let of_visitor = own.entry(item.report.visitor).or_default();
            of_visitor.insert(item.mark_of_visitor());
        }
        ensure(self.own == own, "R271", || {
            format!("{:?} is not {own:?}", self.own)
        })?;
        ensure(self.lists == lists, "R94", || {
            format!("{:?} is not {lists:?}", self.lists)
        })
    }

    /// R84, R86: who is an admin, who was let in, and what conversations are yet to be told.
    fn check_insiders(&self) -> Result<(), Broken> {
        let admins = self.roster.values().filter(|duty| duty.is_active_admin());
        let admins: SortedSet<_> = admins.map(|duty| duty.agent.agent).collect();
        ensure(self.admins == admins, "R84", || {
            format!("{:?} is not {admins:?}", self.admins)
        })?;
        let mut owed = SortedSet::new();
        for item in self.items.values() {
            let conversation = item.report.conversation;
            for insider in &item.insiders {
                let duty = self.roster.get(&insider.agent);
                let is_known = duty.is_none_or(|duty| duty.inside.contains(&conversation));
                ensure(is_known, "R86", || format!("{item:?}"))?;
                if insider.owed {
                    owed.insert((conversation, insider.agent));
                }
            }
        }
        let duties = self.roster.values();
        let unregistered = duties.filter(|duty| duty.agent.tenure.is_owed());
        let unregistered: SortedSet<_> = unregistered.map(|duty| duty.agent.agent).collect();
        let is_right = *self.registrations.owed() == unregistered;
        ensure(is_right, "R88", || {
            format!("{:?} is not {unregistered:?}", self.registrations)
        })?;
        let required = self.settings.require_verification;
        let items = self.items.values();
        let untold = items.filter(|item| item.is_untold(required));
        let untold: SortedSet<_> = untold.map(|item| item.report.conversation).collect();
        let ending = self.items.values().filter(|item| self.is_owed_end(item));
        let ending: SortedSet<_> = ending.map(|item| item.report.conversation).collect();
        ensure(*self.ends.owed() == ending, "R200", || {
            format!("{:?} is not {ending:?}", self.ends)
        })?;
        ensure(*self.verifications.owed() == untold, "R164", || {
            format!("{:?} is not {untold:?}", self.verifications)
        })?;
        ensure(*self.dismissals.owed() == owed, "R86", || {
            format!("{:?} is not {owed:?}", self.dismissals)
        })
    }

    /// R52, R53 and R56: hours, lengths, and that nothing is left to move.
    fn check_hours(&self, settled_at: Option<Timestamp>) -> Result<(), Broken> {
        let backlogs = self.fresh_backlogs();
        ensure(self.backlogs == backlogs, "R53", || {
            format!("{:?} is not {backlogs:?}", self.backlogs)
        })?;
        let Some(now) = settled_at else {
            return Ok(());
        };
        for queue in &self.settings.queues {
            let zone = |hours: &Hours| self.zones.get(&hours.zone);
            let hours = queue.hours.as_ref();
            let is_open = hours
                .and_then(|hours| Some(hours.is_open(now, zone(hours)?)))
                .unwrap_or(true);
            ensure(self.gates.is_open(&queue.name) == is_open, "R52", || {
                format!("{:?} at {now}: {:?}", queue.name, self.gates)
            })?;
        }
        ensure(!self.has_overflowing(now), "R56", || {
            format!("{:?} at {now}", self.backlogs)
        })
    }

    fn check_counts(&self) -> Result<(), Broken> {
        use crate::conversation::Standing;
        let mut counts = Counts {
            colleagues: self.counts.colleagues,
            ..Counts::default()
        };
        let mut uses = InUse::default();
        let mut work: SortedMap<Label, u32> = SortedMap::new();
        for item in self.items.values() {
            uses.count(item, true);
            for queue in item.work_of() {
                *work.entry(queue.clone()).or_default() += 1;
            }
            match (&item.state, &item.report.standing) {
                (ItemState::Gone { .. }, _) | (_, Standing::Closed { .. }) => (),
                (_, Standing::Waiting) => counts.waiting += 1,
                (_, Standing::Active { .. }) => counts.active += 1,
                (_, Standing::WrappingUp { .. }) => counts.wrapping_up += 1,
            }
        }
        let on_duty = self.roster.values().filter(|duty| duty.is_on_duty());
        counts.available = u32::try_from(on_duty.count()).unwrap_or(u32::MAX);
        ensure(self.counts == counts, "R25", || {
            format!("{:?} is not {counts:?}", self.counts)
        })?;
        ensure(self.uses == uses, "R75", || {
            format!("{:?} is not {uses:?}", self.uses)
        })?;
        ensure(self.work == work, "R73", || {
            format!("{:?} is not {work:?}", self.work)
        })
    }
}

fn ensure(holds: bool, rule: &'static str, what: impl FnOnce() -> String) -> Result<(), Broken> {
    if holds {
        Ok(())
    } else {
        Err(Broken { rule, what: what() })
    }
}
