//! How fast one person may send: a bucket that fills with time (SECURITY.md L2).
//!
//! - **AL1** A person sends at most `messages_burst` at once and `messages_per_10s` in the long
//!   run. What is too fast is held and not refused; a repeat of what was taken costs nothing, and
//!   neither does a refusal, which is told at once: it writes nothing, and a frame that floods
//!   costs the same whatever it asks. So a thousand messages that come after the end are answered
//!   as fast as they arrive (L5), and not one every few seconds.
//! - The bucket is not stored: after a wake it is full.

use super::Sender;
use super::born::Born;
use crate::settings::Terms;
use crate::time::Timestamp;

/// What one person may still send: a bucket that fills with time (SECURITY.md L2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Allowance {
    /// In 1/10,000 of a message, so that `messages_per_10s` is what one millisecond adds.
    level: u64,
    at: Timestamp,
}

/// One message in the unit of [`Allowance::level`].
const MESSAGE: u64 = 10_000;

impl Allowance {
    fn full(settings: &Terms, now: Timestamp) -> Self {
        Self {
            level: u64::from(settings.messages_burst) * MESSAGE,
            at: now,
        }
    }

    /// Fills up to `now` and says how long to wait for the next message, in milliseconds.
    fn fill(&mut self, settings: &Terms, now: Timestamp) -> u32 {
        let rate = u64::from(settings.messages_per_10s).max(1);
        let gain = crate::time::millis(now.since(self.at)).saturating_mul(rate);
        let most = u64::from(settings.messages_burst) * MESSAGE;
        self.level = self.level.saturating_add(gain).min(most);
        self.at = now;
        let wait = MESSAGE.saturating_sub(self.level).div_ceil(rate);
        u32::try_from(wait).unwrap_or(u32::MAX)
    }

    /// Takes one message out.
    pub(super) const fn spend(&mut self) {
        self.level = self.level.saturating_sub(MESSAGE);
    }
}

impl Born {
    /// What a sender may still send, and how long to wait for it, in milliseconds.
    pub(super) fn allowance(&mut self, sender: Sender, now: Timestamp) -> (&mut Allowance, u32) {
        let settings = &self.birth.settings;
        let full = || Allowance::full(settings, now);
        let allowance = self.allowances.entry(sender).or_insert_with(full);
        let retry_ms = allowance.fill(settings, now);
        (allowance, retry_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::super::{Command, Input};

    #[test]
    fn al1_too_fast_is_a_hold_that_time_heals() {
        let mut birth = birth();
        birth.settings.messages_burst = 2;
        birth.settings.messages_per_10s = 10;
        let id = command_id(0);
        let text = text("Hi");
        let mut desk = Desk::with(Input::Begin { birth, id, text });
        desk.at(ms(0), send(CUSTOMER, 1, 1, post("1")));
        desk.at(ms(0), send(CUSTOMER, 2, 2, post("2")));
        // Ten in 10 s: one each second.
        let held = desk.at(ms(400), send(CUSTOMER, 3, 3, post("3")));
        assert_eq!(words(&held), ["keep 1", "hold 3 for 600 to [1]"]);
        let behind = desk.at(ms(400), send(CUSTOMER, 4, 4, post("4")));
        assert_eq!(words(&behind), ["hold 3 for 600 to [1]"]);
        let repeat = desk.at(ms(400), send(CUSTOMER, 2, 2, post("2")));
        assert_eq!(words(&repeat), ["repeated 5 to [1]"]);
        let early = desk.at(ms(999), send(CUSTOMER, 3, 3, post("3")));
        assert_eq!(words(&early), ["hold 3 for 1 to [1]"]);
        let taken = desk.at(ms(1_000), send(CUSTOMER, 3, 3, post("3")));
        assert_eq!(words(&taken)[..2], ["keep 1", "save message_posted"]);
        // Another sender has an allowance of its own.
        let note = desk.at(ms(1_000), send(JACK, 1, 1, note("fast")));
        assert_eq!(words(&note)[0], "save note_posted (internal)");
    }

    #[test]
    fn al1_l5_a_refusal_costs_nothing_and_does_not_wait() {
        let mut birth = birth();
        birth.settings.messages_burst = 1;
        birth.settings.messages_per_10s = 1;
        let id = command_id(0);
        let text = text("Hi");
        let mut desk = Desk::with(Input::Begin { birth, id, text });
        desk.at(ms(0), send(CUSTOMER, 1, 1, Command::End));
        for n in 2..=200_u8 {
            let refused = desk.at(ms(1), send(CUSTOMER, n.into(), n, post("too late")));
            assert_eq!(words(&refused), ["refused closed to [1]"], "{n}");
        }
        let asked = Input::Asked {
            person: person(CUSTOMER),
            id: command_id(250),
            command: post("too late"),
        };
        assert_eq!(words(&desk.at(ms(1), asked)), ["replied closed"]);
    }
}
