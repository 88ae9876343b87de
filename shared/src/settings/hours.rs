//! Business hours of a queue (P5): a week in the queue's own time zone, and days off it.
//!
//! - **S4** Hours end after they start, on a day that the calendar has, and no two of a day
//!   overlap; anything else is refused with the field.
//! - **S5** A queue is open at a moment when the clocks of its zone then show a time of its hours.
//!   So what is set for an hour that clocks skip does not happen that day, and what is set for an
//!   hour that they show twice happens twice.
//!
//! What a time zone's clocks do comes in as data ([`Zone`]): the shell looks it up where the
//! platform knows it. Here is only the arithmetic of days and minutes.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use super::check_length;
use super::fault::{SettingError, SettingFault};
use crate::text::{PersonName, ZoneName};
use crate::time::Timestamp;

/// How far ahead a change of hours is looked for: a year and a few days.
pub const HORIZON: Duration = Duration::from_secs(370 * 86_400);
/// Most openings of a week, and of a holiday.
const OPENINGS_MAX: u32 = 100;
/// Most holidays.
const HOLIDAYS_MAX: u32 = 400;
const MINUTE_MS: u64 = 60_000;
/// Minutes of a day.
const DAY: u16 = 1_440;

/// When a queue is open.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Hours {
    /// The time zone that the hours are told in.
    pub zone: ZoneName,
    /// Openings of the week: any number a day, none for a day off.
    #[serde(default)]
    pub week: Vec<Opening>,
    /// Days on which the week does not count.
    #[serde(default)]
    pub holidays: Vec<Holiday>,
}

/// A time of a weekday at which a queue is open.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Opening {
    /// The day.
    pub day: Day,
    /// First minute of the day, 0 to 1,439.
    pub from: u16,
    /// The minute at which it ends, up to 1,440 for midnight.
    pub to: u16,
}

/// A day with hours of its own.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Holiday {
    /// Which day.
    pub date: Date,
    /// What it is called.
    #[serde(default)]
    pub name: Option<PersonName>,
    /// When the queue is open all the same; mostly never.
    #[serde(default)]
    pub open: Vec<Span>,
}

/// A time of a day.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Span {
    /// First minute of the day, 0 to 1,439.
    pub from: u16,
    /// The minute at which it ends, up to 1,440 for midnight.
    pub to: u16,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the days of the week")]
pub enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// A day of the calendar, written 2026-12-25. Whether there is such a day, [`Hours::check`] says.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date {
    /// Year.
    pub year: u16,
    /// Month, from 1.
    pub month: u8,
    /// Day of the month, from 1.
    pub day: u8,
}

/// Why a text is not a date.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a date is written like 2026-12-25")]
pub struct DateError;

/// What the clocks of a time zone do.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Zone {
    /// How far they are ahead of UTC, each from a moment on; the first holds before it, too.
    pub offsets: Vec<Offset>,
    /// Up to when this is known.
    pub known_until: Timestamp,
}

/// How far clocks are ahead of UTC from a moment on.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Offset {
    /// The moment.
    pub from: Timestamp,
    /// Minutes ahead of UTC.
    pub minutes: i16,
}

impl Hours {
    /// Whether these hours can be (S4); `field` is where they stand in the settings.
    ///
    /// # Errors
    /// Names the first field that cannot be.
    pub fn check(&self, field: &str) -> Result<(), SettingError> {
        let week = format!("{field}.week");
        check_length(&week, self.week.len(), OPENINGS_MAX)?;
        check_spans(&week, self.week.iter().map(|o| (o.day as u8, o.span())))?;
        let holidays = format!("{field}.holidays");
        check_length(&holidays, self.holidays.len(), HOLIDAYS_MAX)?;
        for (at, holiday) in self.holidays.iter().enumerate() {
            let field = format!("{holidays}[{at}]");
            if !holiday.date.exists() {
                return Err(SettingFault::DateImpossible.of(&format!("{field}.date")));
            }
            let mut before = self.holidays.iter().take(at);
            if before.any(|other| other.date == holiday.date) {
                return Err(SettingFault::Twice.of(&format!("{field}.date")));
            }
            let open = format!("{field}.open");
            check_length(&open, holiday.open.len(), OPENINGS_MAX)?;
            check_spans(&open, holiday.open.iter().map(|span| (0, *span)))?;
        }
        Ok(())
    }

    /// Whether the queue is open (S5).
    #[must_use]
    pub fn is_open(&self, now: Timestamp, zone: &Zone) -> bool {
        self.is_open_at(local(now, zone.at(now).0))
    }

    /// When that changes next, looked for up to [`HORIZON`].
    #[must_use]
    pub fn changes_at(&self, now: Timestamp, zone: &Zone) -> Option<Timestamp> {
        let is_open = self.is_open(now, zone);
        let end = now + HORIZON;
        // The same for the whole of a minute.
        let mut at = Timestamp::from_millis(now.millis() / MINUTE_MS * MINUTE_MS);
        while at < end {
            let (offset, until) = zone.at(at);
            let (day, minute) = local(at, offset);
            let spans = self.spans(day);
            let edges = spans.flat_map(|span| [span.from, span.to]);
            let edge = edges.filter(|edge| *edge > minute).min();
            let minutes = edge.unwrap_or(DAY).min(DAY).saturating_sub(minute);
            let next = at + Duration::from_secs(u64::from(minutes) * 60);
            at = until.map_or(next, |until| until.min(next));
            if self.is_open(at, zone) != is_open {
                return Some(at);
            }
        }
        None
    }

    /// How long the queue is open between two moments.
    #[must_use]
    pub fn open_between(&self, from: Timestamp, to: Timestamp, zone: &Zone) -> Duration {
        let mut open = Duration::ZERO;
        let mut at = from;
        while at < to {
            let next = self.changes_at(at, zone).map_or(to, |next| next.min(to));
            if self.is_open(at, zone) {
                open += next.since(at);
            }
            if next <= at {
                break;
            }
            at = next;
        }
        open
    }

    fn is_open_at(&self, (day, minute): (i64, u16)) -> bool {
        let mut spans = self.spans(day);
        spans.any(|span| (span.from..span.to).contains(&minute))
    }

    /// The hours of a day, counted from 1970-01-01.
    fn spans(&self, day: i64) -> impl Iterator<Item = Span> {
        let mut holidays = self.holidays.iter();
        let holiday = holidays.find(|holiday| holiday.date.days() == day);
        // 1970-01-01 was a Thursday.
        let weekday = (day + 3).rem_euclid(7);
        let week = self.week.iter();
        let week = week.filter(move |o| holiday.is_none() && o.day as i64 == weekday);
        let own = holiday.into_iter().flat_map(|holiday| &holiday.open);
        own.copied().chain(week.map(Opening::span))
    }
}

impl Opening {
    const fn span(&self) -> Span {
        Span {
            from: self.from,
            to: self.to,
        }
    }
}

impl Zone {
    /// How far its clocks are ahead of UTC, in minutes, and until when.
    fn at(&self, now: Timestamp) -> (i16, Option<Timestamp>) {
        let known = self.offsets.partition_point(|offset| offset.from <= now);
        let first = self.offsets.first();
        let offset = known.checked_sub(1).and_then(|at| self.offsets.get(at));
        let minutes = offset.or(first).map_or(0, |offset| offset.minutes);
        let next = self.offsets.get(known.max(1));
        (minutes, next.map(|next| next.from))
    }
}

impl Date {
    /// Whether the calendar has it.
    fn exists(self) -> bool {
        let is_leap = self.year.is_multiple_of(4)
            && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400));
        let length = match self.month {
            2 if is_leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            _ => 0,
        };
        (1..=length).contains(&self.day)
    }

    /// Days from 1970-01-01. Source: Howard Hinnant, "chrono-Compatible Low-Level Date
    /// Algorithms", `days_from_civil`: years begin in March, so that the leap day is the last.
    fn days(self) -> i64 {
        let (month, day) = (i64::from(self.month), i64::from(self.day));
        let year = i64::from(self.year) - i64::from(month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }
}

/// The day, counted from 1970-01-01, and its minute, as clocks show them that are so far ahead.
fn local(now: Timestamp, offset: i16) -> (i64, u16) {
    let minutes = i64::try_from(now.millis() / MINUTE_MS).unwrap_or(i64::MAX / 2);
    let minutes = minutes + i64::from(offset);
    let (day, minute) = (
        minutes.div_euclid(i64::from(DAY)),
        minutes.rem_euclid(i64::from(DAY)),
    );
    (day, u16::try_from(minute).unwrap_or(0))
}

/// Spans, each of a day (S4).
fn check_spans(
    field: &str,
    spans: impl Iterator<Item = (u8, Span)> + Clone,
) -> Result<(), SettingError> {
    for (at, (day, span)) in spans.clone().enumerate() {
        let fault = if span.from >= DAY || span.to > DAY {
            let (part, max) = if span.from >= DAY {
                ("from", DAY - 1)
            } else {
                ("to", DAY)
            };
            let range = SettingFault::OutOfRange {
                min: 0,
                max: max.into(),
            };
            return Err(range.of(&format!("{field}[{at}].{part}")));
        } else if span.to <= span.from {
            SettingFault::EndBeforeStart
        } else if spans.clone().take(at).any(|(other_day, other)| {
            other_day == day && span.from < other.to && other.from < span.to
        }) {
            SettingFault::Overlap
        } else {
            continue;
        };
        return Err(fault.of(&format!("{field}[{at}]")));
    }
    Ok(())
}

impl TryFrom<String> for Date {
    type Error = DateError;

    fn try_from(text: String) -> Result<Self, DateError> {
        let mut parts = text.split('-');
        let mut part = |length: usize| {
            let digits = parts.next().filter(|part| part.len() == length)?;
            let are_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse::<u16>().ok().filter(|_| are_digits)
        };
        match (part(4), part(2), part(2), parts.next()) {
            (Some(year), Some(month), Some(day), None) => Ok(Self {
                year,
                month: u8::try_from(month).map_err(|_| DateError)?,
                day: u8::try_from(day).map_err(|_| DateError)?,
            }),
            _ => Err(DateError),
        }
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        alloc::format!("{date}")
    }
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day } = self;
        write!(formatter, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests;
