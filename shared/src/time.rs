//! Moments and spans. The shells read clocks; the machines only compare.

use alloc::format;
use alloc::string::String;
use core::fmt;
use core::ops::{Add, Sub};
use core::time::Duration;

use serde::{Deserialize, Serialize};

/// A moment by the clock of the object that judges it: milliseconds since 1970-01-01 UTC.
///
/// Arithmetic saturates: a moment never wraps.
#[derive(
    Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize,
)]
pub struct Timestamp(u64);

impl Timestamp {
    /// 1970-01-01 UTC: before everything.
    pub const ZERO: Self = Self(0);

    /// The moment that many milliseconds after 1970-01-01 UTC.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub const fn millis(self) -> u64 {
        self.0
    }

    /// The minute, by the clocks of UTC, as people read it everywhere: `2026-12-25 18:05 UTC`.
    ///
    /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
    #[must_use]
    pub fn utc(self) -> String {
        let minutes = self.0 / 60_000;
        let days = minutes / 1_440 + 719_468;
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year_of_era + era * 400 + u64::from(month <= 2);
        let (hour, minute) = (minutes % 1_440 / 60, minutes % 60);
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02} UTC")
    }

    /// How long ago `earlier` was; zero when it lies ahead.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(millis(span)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(millis(span)))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ms", self.0)
    }
}

/// Whole milliseconds of a span; the largest number when it does not fit.
#[must_use]
pub fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn a_moment_is_told_as_jiff_tells_it() {
        let days = (0..60_000)
            .step_by(7)
            .map(|day| day * 86_400_000 + day * 7_777);
        for millis in days.chain([951_782_400_000, 4_107_542_399_999]) {
            let told = jiff::Timestamp::from_millisecond(millis).unwrap();
            let told = told.strftime("%Y-%m-%d %H:%M UTC").to_string();
            let moment = Timestamp::from_millis(u64::try_from(millis).unwrap());
            assert_eq!(moment.utc(), told);
        }
    }
}
