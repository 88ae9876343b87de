//! Typing, both ways (K12).

use core::time::Duration;

use crate::time::Timestamp;

/// Least time between two starts.
const START: Duration = Duration::from_secs(3);
/// Time after which a start is repeated while typing lasts: each is a frame that somebody pays for.
const REPEAT: Duration = Duration::from_secs(10);
/// Silence of the keys after which typing has stopped.
const STOP: Duration = Duration::from_secs(5);
/// How long the other side's typing is believed: its end is told, by the object too when a line
/// breaks, so this is for an object that lost its memory meanwhile.
const FORGET: Duration = Duration::from_secs(14);

#[derive(Clone, Debug, Default)]
pub(super) struct Typing {
    started_at: Option<Timestamp>,
    /// While a start waits until it may be told: then, and when typing has stopped by itself.
    start_at: Option<(Timestamp, Timestamp)>,
    /// While the other side believes that we type: when it is told that we stopped.
    stop_at: Option<Timestamp>,
    other_until: Option<Timestamp>,
}

impl Typing {
    /// A key was pressed: true when a start is to be sent.
    pub(super) fn key(&mut self, now: Timestamp) -> bool {
        let stop_at = now + STOP;
        let pause = if self.stop_at.is_some() {
            REPEAT
        } else {
            START
        };
        let earliest = self.started_at.map_or(now, |at| at + pause);
        if now >= earliest {
            self.start(now, stop_at);
            return true;
        }
        match &mut self.stop_at {
            Some(known) => *known = stop_at,
            None => self.start_at = Some((earliest, stop_at)),
        }
        false
    }

    /// True when a start that had to wait is to be sent.
    pub(super) fn start_due(&mut self, now: Timestamp) -> bool {
        match self.start_at {
            Some((at, stop_at)) if now >= at => {
                self.start(now, stop_at);
                now < stop_at
            }
            Some(_) | None => false,
        }
    }

    fn start(&mut self, now: Timestamp, stop_at: Timestamp) {
        self.start_at = None;
        self.started_at = Some(now);
        self.stop_at = (now < stop_at).then_some(stop_at);
    }

    /// The composer is empty: true when a stop is to be sent.
    pub(super) const fn stop(&mut self) -> bool {
        self.start_at = None;
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
        let start_at = self.start_at.map(|(at, _)| at);
        let dues = [start_at, self.stop_at, self.other_until];
        dues.into_iter().flatten().min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn k12_a_start_every_10_s_and_a_stop_after_5_s() {
        let mut typing = Typing::default();
        let keys = [(0, true), (4_000, false), (9_999, false), (10_000, true)];
        for (at, is_start) in keys {
            assert_eq!(typing.key(ms(at)), is_start, "{at}");
        }
        assert!(!typing.stop_due(ms(14_999)));
        assert!(typing.stop_due(ms(15_000)));
        assert!(!typing.stop_due(ms(15_000)), "once");
        assert!(!typing.stop(), "told already");
    }

    #[test]
    fn k12_a_start_that_comes_too_early_waits() {
        let mut typing = Typing::default();
        assert!(typing.key(ms(0)));
        assert!(typing.stop());
        assert!(!typing.key(ms(1_000)));
        assert!(!typing.start_due(ms(2_999)));
        assert!(typing.start_due(ms(3_000)));
        assert_eq!(typing.next_deadline(), Some(ms(6_000)), "5 s after the key");
        assert!(typing.stop_due(ms(6_000)));
        assert!(typing.key(ms(6_000)));
        typing.stop();
        typing.key(ms(6_500));
        typing.stop();
        assert_eq!(typing.next_deadline(), None, "sent before it was told");
    }

    #[test]
    fn k12_the_other_sides_typing_is_forgotten_after_14_s() {
        let mut typing = Typing::default();
        assert!(typing.other(ms(0), true));
        assert!(!typing.other(ms(1_000), true), "no news");
        assert!(typing.other_is_typing(ms(14_999)));
        assert!(!typing.other_is_typing(ms(15_000)));
        assert!(typing.other_due(ms(15_000)));
        assert!(!typing.other(ms(15_001), false), "no news");
    }
}
