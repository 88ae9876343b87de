//! Business hours of a queue (P5): a week in the queue's own time zone, and days off it.
//!
//! What a time zone's clocks do comes in as data ([`Zone`]): the shell looks it up where the
//! platform knows it. Here is only the arithmetic of days and minutes.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::text::{PersonName, ZoneName};
use crate::time::Timestamp;

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
