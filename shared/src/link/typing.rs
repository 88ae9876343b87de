//! Typing, both ways (K12).

use core::time::Duration;

use crate::time::Timestamp;

/// Least time between two starts.
const START: Duration = Duration::from_secs(3);
/// Silence of the keys after which typing has stopped.
const STOP: Duration = Duration::from_secs(5);
/// How long the other side's typing is believed.
const FORGET: Duration = Duration::from_secs(6);

#[derive(Clone, Debug, Default)]
pub(super) struct Typing {
    started_at: Option<Timestamp>,
    /// While the other side believes that we type: when it is told that we stopped.
    stop_at: Option<Timestamp>,
    other_until: Option<Timestamp>,
}

impl Typing {
    /// A key was pressed: true when a start is to be sent.
    pub(super) fn key(&mut self, now: Timestamp) -> bool {
        let is_start = self.started_at.is_none_or(|at| now.since(at) >= START);
        if is_start {
            self.started_at = Some(now);
        }
        if is_start || self.stop_at.is_some() {
            self.stop_at = Some(now + STOP);
        }
        is_start
    }

    /// The composer is empty: true when a stop is to be sent.
    pub(super) const fn stop(&mut self) -> bool {
        self.stop_at.take().is_some()
    }

    /// True when a stop is to be sent.
    pub(super) fn stop_due(&mut self, now: Timestamp) -> bool {
        self.stop_at.is_some_and(|at| now >= at) && self.stop()
    }

    /// The other side said that it types, or that it stopped, or it wrote: true when that is news.
    pub(super) fn other(&mut self, now: Timestamp, typing: bool) -> bool {
        let was_typing = self.other_until.is_some();
        self.other_until = typing.then(|| now + FORGET);
        was_typing != typing
    }

    /// True when the other side's typing is forgotten at this moment.
    pub(super) fn other_due(&mut self, now: Timestamp) -> bool {
        self.other_until.is_some_and(|until| now >= until) && self.other_until.take().is_some()
    }

    pub(super) fn other_is_typing(&self, now: Timestamp) -> bool {
        self.other_until.is_some_and(|until| now < until)
    }

    pub(super) fn next_deadline(&self) -> Option<Timestamp> {
        self.stop_at.into_iter().chain(self.other_until).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn k12_a_start_every_3_s_and_a_stop_after_5_s() {
        let mut typing = Typing::default();
        let keys = [(0, true), (1_000, false), (2_999, false), (3_000, true)];
        for (at, is_start) in keys {
            assert_eq!(typing.key(ms(at)), is_start, "{at}");
        }
        assert!(!typing.stop_due(ms(7_999)));
        assert!(typing.stop_due(ms(8_000)));
        assert!(!typing.stop_due(ms(8_000)), "once");
        assert!(!typing.stop(), "told already");
    }

    #[test]
    fn k12_a_start_stays_coalesced_after_a_stop() {
        let mut typing = Typing::default();
        assert!(typing.key(ms(0)));
        assert!(typing.stop());
        assert!(!typing.key(ms(1_000)));
        assert_eq!(typing.next_deadline(), None, "nobody believes it");
        assert!(typing.key(ms(3_000)));
    }

    #[test]
    fn k12_the_other_sides_typing_is_forgotten_after_6_s() {
        let mut typing = Typing::default();
        assert!(typing.other(ms(0), true));
        assert!(!typing.other(ms(1_000), true), "no news");
        assert!(typing.other_is_typing(ms(6_999)));
        assert!(!typing.other_is_typing(ms(7_000)));
        assert!(typing.other_due(ms(7_000)));
        assert!(!typing.other(ms(7_001), false), "no news");
    }
}
