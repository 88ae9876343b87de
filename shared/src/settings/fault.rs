//! What is wrong with a setting: which field, and why.

use alloc::string::{String, ToString};

use serde::{Deserialize, Serialize};

/// A setting that cannot be. Nothing changes.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
#[error("{field} {fault}")]
pub struct SettingError {
    /// The field, from the outside in: `queues[0].hours.week[2]`.
    pub field: String,
    /// What is wrong with it.
    pub fault: SettingFault,
}

/// Why a setting cannot be, told after the name of its field.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum SettingFault {
    /// A number that is too small or too large (S1).
    #[error("is {min} to {max}")]
    OutOfRange {
        /// Least value allowed.
        min: u32,
        /// Greatest value allowed.
        max: u32,
    },
    /// More of it than may be.
    #[error("has at most {max}")]
    TooMany {
        /// Most allowed.
        max: u32,
    },
    /// A text that cannot be one.
    #[error("holds what it cannot hold")]
    Malformed,
    /// Stands there a second time.
    #[error("is there already")]
    Twice,
    /// Hours that end before they start.
    #[error("ends before it starts")]
    EndBeforeStart,
    /// Hours that overlap others of the same day.
    #[error("overlaps another range of that day")]
    Overlap,
    /// A day that the calendar does not have.
    #[error("is not a day of the calendar")]
    DateImpossible,
    /// No such time zone.
    #[error("is not a time zone")]
    ZoneUnknown,
    /// No such queue.
    #[error("is not a queue of the space")]
    QueueUnknown,
    /// A queue whose overflow leads back to it.
    #[error("leads back to the queue")]
    Cycle,
    /// An address that is not of a page that may show the chat.
    #[error("is not an address of an allowed origin")]
    NotOfSite,
    /// What every space has cannot be closed.
    #[error("cannot be closed")]
    BuiltIn,
}

impl SettingFault {
    /// The word of the fault over HTTP.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OutOfRange { .. } => "setting_out_of_range",
            Self::TooMany { .. } => "too_many",
            Self::Malformed => "setting_malformed",
            Self::Twice => "twice",
            Self::EndBeforeStart => "end_before_start",
            Self::Overlap => "ranges_overlap",
            Self::DateImpossible => "date_impossible",
            Self::ZoneUnknown => "time_zone_unknown",
            Self::QueueUnknown => "queue_unknown",
            Self::Cycle => "overflow_cycle",
            Self::NotOfSite => "not_of_site",
            Self::BuiltIn => "built_in",
        }
    }

    /// This fault of that field.
    #[must_use]
    pub fn of(self, field: &(impl ToString + ?Sized)) -> SettingError {
        SettingError {
            field: field.to_string(),
            fault: self,
        }
    }
}
