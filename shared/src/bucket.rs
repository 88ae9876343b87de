//! A token bucket: how often something may happen (SECURITY.md L2).
//!
//! - **BU1** In any span of time a bucket gives at most its burst, and what fell in meanwhile.
//! - **BU2** It fills to the millisecond: asked again after the wait that it named, it gives.
//! - **BU3** A clock that goes back takes nothing out of it and brings nothing in.

use core::time::Duration;

use crate::time::{Timestamp, millis};

/// How much a bucket holds, and how fast it fills.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rate {
    /// What may happen at once.
    pub burst: u32,
    /// What may happen in [`Rate::per_s`] in the long run.
    pub count: u32,
    /// The period, in seconds.
    pub per_s: u32,
}

impl Rate {
    /// That many at once, and in each period.
    #[must_use]
    pub const fn new(count: u32, per_s: u32) -> Self {
        let burst = count;
        Self {
            burst,
            count,
            per_s,
        }
    }

    /// The same for somebody who may do `factor` times as much.
    #[must_use]
    pub const fn times(self, factor: u32) -> Self {
        Self {
            burst: self.burst.saturating_mul(factor),
            count: self.count.saturating_mul(factor),
            ..self
        }
    }

    /// One token, in the unit of [`Bucket::level`].
    fn token(self) -> u64 {
        millis(Duration::from_secs(self.per_s.max(1).into()))
    }

    fn most(self) -> u64 {
        u64::from(self.burst).saturating_mul(self.token())
    }
}

/// What is left of a rate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Bucket {
    /// In parts of a token, as many as its period has milliseconds: each millisecond brings
    /// [`Rate::count`] of them, and nothing is ever rounded.
    level: u64,
    at: Timestamp,
}

impl Bucket {
    /// A full one.
    #[must_use]
    pub fn full(rate: Rate, now: Timestamp) -> Self {
        Self {
            level: rate.most(),
            at: now,
        }
    }

    /// How long until it gives, in milliseconds; 0 when it does.
    #[must_use]
    pub fn wait(&mut self, rate: Rate, now: Timestamp) -> u32 {
        let count = u64::from(rate.count.max(1));
        let gain = millis(now.since(self.at)).saturating_mul(count);
        self.level = self.level.saturating_add(gain).min(rate.most());
        self.at = self.at.max(now);
        let wait = rate.token().saturating_sub(self.level).div_ceil(count);
        u32::try_from(wait).unwrap_or(u32::MAX)
    }

    /// Takes one out, or what is left.
    pub fn spend(&mut self, rate: Rate, now: Timestamp) {
        let _ = self.wait(rate, now);
        self.level = self.level.saturating_sub(rate.token());
    }

    /// Takes one out.
    ///
    /// # Errors
    /// How long until it gives, in milliseconds; nothing was taken.
    pub fn take(&mut self, rate: Rate, now: Timestamp) -> Result<(), u32> {
        match self.wait(rate, now) {
            0 => {
                self.spend(rate, now);
                Ok(())
            }
            wait => Err(wait),
        }
    }

    /// True when less than half of its burst is left.
    #[must_use]
    pub fn is_low(&mut self, rate: Rate, now: Timestamp) -> bool {
        let _ = self.wait(rate, now);
        self.level < rate.most().div_ceil(2)
    }

    /// True when it knows nothing any more that a new one would not.
    #[must_use]
    pub fn is_full(&mut self, rate: Rate, now: Timestamp) -> bool {
        let _ = self.wait(rate, now);
        self.level >= rate.most()
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    fn ms(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn any_rate() -> impl Strategy<Value = Rate> {
        let numbers = (1..50_u32, 1..400_u32, prop_oneof![1..20_u32, Just(3_600)]);
        numbers.prop_map(|(burst, count, per_s)| Rate {
            burst,
            count,
            per_s,
        })
    }

    /// Steps of a clock that also goes back.
    fn any_moments() -> impl Strategy<Value = Vec<Timestamp>> {
        let step = prop_oneof![Just(0), 0..50_i64, 0..5_000_i64, -2_000..0_i64];
        prop::collection::vec(step, 1..200).prop_map(|steps| {
            let mut now = 1_000_000_i64;
            let steps = steps.into_iter().map(|step| {
                now += step;
                ms(u64::try_from(now).unwrap())
            });
            steps.collect()
        })
    }

    proptest! {
        #[test]
        fn sec_l2_bu1_never_more_than_the_burst_and_what_fell_in(rate in any_rate(), moments in any_moments()) {
            let mut bucket = Bucket::full(rate, moments[0]);
            let mut latest = moments[0];
            let mut given: Vec<Timestamp> = Vec::new();
            for now in moments {
                latest = latest.max(now);
                if bucket.take(rate, now).is_ok() {
                    given.push(latest);
                }
            }
            for (from, start) in given.iter().enumerate() {
                for (to, end) in given.iter().enumerate().skip(from) {
                    let count = (to - from + 1) as u128;
                    let span = u128::from(millis(end.since(*start)));
                    let period = u128::from(rate.per_s) * 1_000;
                    // count <= burst + rate * span, without a division.
                    prop_assert!(count * period <= u128::from(rate.burst) * period + u128::from(rate.count) * span);
                }
            }
        }

        #[test]
        fn sec_l2_bu2_the_wait_is_exact(rate in any_rate(), moments in any_moments()) {
            let mut bucket = Bucket::full(rate, moments[0]);
            let mut latest = moments[0];
            for now in moments {
                latest = latest.max(now);
                let before = bucket;
                let Err(wait) = bucket.take(rate, latest) else { continue };
                prop_assert!(wait > 0);
                prop_assert_eq!(bucket.level, { let mut filled = before; let _ = filled.wait(rate, latest); filled.level });
                let later = |wait: u32| latest + Duration::from_millis(wait.into());
                prop_assert!(bucket.clone().take(rate, later(wait - 1)).is_err());
                prop_assert!(bucket.clone().take(rate, later(wait)).is_ok());
            }
        }

        #[test]
        fn sec_l2_bu3_a_clock_that_goes_back_changes_nothing(rate in any_rate(), moments in any_moments()) {
            let mut bucket = Bucket::full(rate, moments[0]);
            let mut steady = bucket;
            let mut latest = moments[0];
            for now in moments {
                latest = latest.max(now);
                prop_assert_eq!(bucket.take(rate, now), steady.take(rate, latest));
            }
            prop_assert_eq!(bucket, steady);
        }
    }

    #[test]
    fn sec_l2_a_bucket_gives_its_burst_and_then_as_it_fills() {
        let rate = Rate {
            burst: 2,
            count: 5,
            per_s: 10,
        };
        let mut bucket = Bucket::full(rate, ms(0));
        assert!(bucket.is_full(rate, ms(0)) && !bucket.is_low(rate, ms(0)));
        let taken =
            [0, 0, 0, 1_999, 2_000, 2_000, 4_000, 60_000].map(|at| bucket.take(rate, ms(at)));
        let expected = [
            Ok(()),
            Ok(()),
            Err(2_000),
            Err(1),
            Ok(()),
            Err(2_000),
            Ok(()),
            Ok(()),
        ];
        assert_eq!(taken, expected);
        assert!(!bucket.is_full(rate, ms(60_000)));
        assert!(bucket.is_full(rate, ms(62_000)));
        // The top of what a space may set does not overflow.
        let top = Rate::new(1_000_000, 3_600).times(10);
        let mut bucket = Bucket::full(top, ms(u64::MAX));
        assert_eq!(bucket.take(top, ms(u64::MAX)), Ok(()));
    }
}
