//! Business hours: when the work of a queue is offered (P5).
//!
//! - **R50** What the clocks of a time zone do is data: the shell looks it up for two years ahead
//!   whenever [`super::Space::zones_wanted`] names a zone, which it does until the table reaches
//!   further than [`HORIZON`], and the space stores it. A queue whose zone is not known yet
//!   counts as open, so the shell tells the zones of a change of settings before the change.
//! - **R51** A queue without hours is always open.
//! - **R52** Outside its hours nothing of a queue is offered or assigned unasked. Agents may take
//!   it, accept what was offered before, and pass it on. Within them it goes round like
//!   anything else, and what has gathered goes out oldest first in the turn in which they begin:
//!   that moment is a deadline while something waits (U3).
//! - **R102** The wait after which nobody has accepted (F51) counts only while the queue is open: who
//!   comes outside the hours goes on waiting until they begin. The confirmation of a report tells
//!   how long the queue was open while its conversation waited, and when it opens.

use alloc::vec::Vec;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use super::ledger::Ledger;
use super::turn::Turn;
use crate::mutant::{self, Mutant};
use crate::settings::{HORIZON, Hours, Zone};
use crate::sorted::SortedMap;
use crate::text::{Label, ZoneName};
use crate::time::{self, Timestamp};

/// How late an alarm may ring for the hours that it announces to be told: 5 min. Our choice.
const NEWS: Duration = Duration::from_secs(300);

/// Whether a queue is open.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Openness {
    /// True within its hours, and for a queue without any.
    pub open_now: bool,
    /// When it opens, while it is not open and will be within a year.
    pub opens_at: Option<Timestamp>,
}

impl Openness {
    /// That of a queue without hours.
    pub const ALWAYS: Self = Self {
        open_now: true,
        opens_at: None,
    };
}

/// How long a queue was open while a conversation waited: durations, because the clocks of two
/// objects differ (K2).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct OpenTime {
    /// [`crate::conversation::Report::waits_ms`] of the report.
    pub waits_ms: u64,
    /// How much of that the queue was open.
    pub open_ms: u64,
    /// When it opens, from now: 0 while it is open, `None` while nobody can tell.
    pub opens_in_ms: Option<u64>,
}

/// The queues with hours, and how they stand.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Gates(SortedMap<Label, Gate>);

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Gate {
    is_open: bool,
    changes_at: Option<Timestamp>,
    /// When it is looked at again.
    due: Timestamp,
}

impl Gate {
    fn at(now: Timestamp, hours: &Hours, zone: &Zone) -> Self {
        let changes_at = hours.changes_at(now, zone);
        Self {
            is_open: hours.is_open(now, zone),
            changes_at,
            due: changes_at.unwrap_or(now + HORIZON),
        }
    }
}

impl Gates {
    pub const fn new() -> Self {
        Self(SortedMap::new())
    }

    /// The same to be looked at at once: what the hours brought during a sleep is not settled.
    pub fn unsettled(mut self) -> Self {
        for gate in self.0.values_mut() {
            gate.due = Timestamp::ZERO;
        }
        self
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn is_open(&self, queue: &Label) -> bool {
        self.0.get(queue).is_none_or(|gate| gate.is_open)
    }

    /// When a queue opens or closes next, as far as is known.
    pub fn changes_at(&self, queue: &Label) -> Option<Timestamp> {
        self.0.get(queue).map(|gate| gate.due)
    }

    /// When any of the queues for which it matters opens or closes.
    pub fn next_due(&self, matters: impl Fn(&Label) -> bool) -> Option<Timestamp> {
        let gates = self.0.iter().filter(|(queue, _)| matters(queue));
        gates.map(|(_, gate)| gate.due).min()
    }
}

impl Ledger {
    /// Whether a queue is open, and when it opens (R51).
    pub fn openness(&self, now: Timestamp, queue: &Label) -> Openness {
        let stood = self.gates.0.get(queue);
        let gate = match stood {
            Some(gate) if gate.due <= now => self.gate_at(now, queue),
            Some(gate) => Some(*gate),
            None => None,
        };
        gate.map_or(Openness::ALWAYS, |gate| Openness {
            open_now: gate.is_open,
            opens_at: gate.changes_at.filter(|_| !gate.is_open),
        })
    }

    /// How long a queue was open in that time up to now (R102).
    pub fn open_time(&self, now: Timestamp, queue: &Label, waits_ms: u64) -> OpenTime {
        let Openness { open_now, opens_at } = self.openness(now, queue);
        let hours = self.settings.queue(queue);
        let hours = hours.and_then(|queue| queue.hours.as_ref());
        let known = hours.and_then(|hours| Some((hours, self.zones.get(&hours.zone)?)));
        let known = known.filter(|_| !mutant::is(Mutant::WaitRunsAtNight));
        let open_ms = known.map_or(waits_ms, |(hours, zone)| {
            let since = now - Duration::from_millis(waits_ms);
            time::millis(hours.open_between(since, now, zone))
        });
        let opens_in = opens_at.map(|at| time::millis(at.since(now)));
        OpenTime {
            waits_ms,
            open_ms,
            opens_in_ms: if open_now { Some(0) } else { opens_in },
        }
    }

    fn gate_at(&self, now: Timestamp, queue: &Label) -> Option<Gate> {
        let hours = self.settings.queue(queue)?.hours.as_ref()?;
        let zone = self.zones.get(&hours.zone)?;
        Some(Gate::at(now, hours, zone))
    }

    /// Whether a queue was open a while ago.
    fn was_open(&self, now: Timestamp, queue: &Label) -> bool {
        let gate = self.gate_at(now - NEWS, queue);
        gate.is_none_or(|gate| gate.is_open)
    }

    /// The gates as hours and clocks say.
    pub fn fresh_gates(&self, now: Timestamp) -> Gates {
        let queues = self.settings.queues.iter();
        let gates = queues.filter_map(|queue| {
            let gate = self.gate_at(now, &queue.name)?;
            Some((queue.name.clone(), gate))
        });
        Gates(gates.collect())
    }

    /// Opens and closes what is due (R52).
    pub fn swing_gates(&mut self, now: Timestamp) {
        let due = self.gates.0.iter().filter(|(_, gate)| gate.due <= now);
        let due: Vec<Label> = due.map(|(queue, _)| queue.clone()).collect();
        for queue in due {
            let Some(gate) = self.gate_at(now, &queue) else {
                continue;
            };
            let before = self.gates.0.insert(queue.clone(), gate);
            // What a sleep has hidden is news for a while only: places are told to many.
            let was_open = before.map(|before| match before.due {
                Timestamp::ZERO => self.was_open(now, &queue),
                _ => before.is_open,
            });
            if was_open != Some(gate.is_open) {
                self.lines.retell(now, &queue);
            }
        }
    }

    /// The time zones that are not known, or not for long any more (R50).
    pub fn zones_wanted(&self, now: Timestamp) -> Vec<ZoneName> {
        let queues = self.settings.queues.iter();
        let hours = queues.filter_map(|queue| queue.hours.as_ref());
        let wanted = hours.filter(|hours| {
            let zone = self.zones.get(&hours.zone);
            zone.is_none_or(|zone| zone.known_until < now + HORIZON)
        });
        wanted.map(|hours| hours.zone.clone()).collect()
    }

    /// Learns what clocks do (R50); zones that no queue names are forgotten with the next ones.
    pub fn take_zones(&mut self, turn: &mut Turn, zones: SortedMap<ZoneName, Zone>) {
        let queues = self.settings.queues.iter();
        let named: Vec<_> = queues.filter_map(|queue| queue.hours.as_ref()).collect();
        self.zones
            .retain(|name, _| named.iter().any(|hours| hours.zone == *name));
        self.zones.extend(zones);
        turn.saves_space = true;
        self.hang_gates(turn.now);
    }

    /// Other hours or clocks: who waits is told where a queue opens or closes by them (R98).
    pub fn hang_gates(&mut self, now: Timestamp) {
        let gates = self.fresh_gates(now);
        let before = core::mem::replace(&mut self.gates, gates);
        let names = before.0.keys().chain(self.gates.0.keys());
        let turned: Vec<Label> = names
            .filter(|queue| before.is_open(queue) != self.gates.is_open(queue))
            .cloned()
            .collect();
        for queue in turned {
            self.lines.retell(now, &queue);
        }
    }
}
