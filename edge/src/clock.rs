//! The clock of the platform. It stands still within one event, so one turn has one time.

use shared::time::Timestamp;
use worker::Date;

/// The moment of this event.
pub fn now() -> Timestamp {
    Timestamp::from_millis(Date::now().as_millis())
}
