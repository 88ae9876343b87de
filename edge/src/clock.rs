//! The clock of the platform. It stands still within one event, so one turn has one time.

use shared::time::Timestamp;
use worker::js_sys::Date;

/// The moment of this event.
pub fn now() -> Timestamp {
    // A number: an object for each look at the clock would cost as much as a small frame.
    Timestamp::from_millis(Date::now() as u64)
}
