//! How fast one person may ask: buckets that fill with time (SECURITY.md L2).
//!
//! - **AL1** The customer gives at most `messages_burst` commands at once, `messages_per_10s` in the
//!   long run and `messages_per_hour` in an hour; an agent [`AGENT`] times as many. What is too fast
//!   is held and not refused; a repeat of what was taken costs nothing here, and neither does a
//!   refusal.
//! - **AL2** What was taken stands in the log, each command once, and the buckets are a fold of it:
//!   no row is written for them, and a wake forgives nothing.
//! - **AL3** What changes nothing, refusals and repeats, is told at once up to [`FUTILE`], so that a
//!   thousand messages that come after the end are answered within seconds (L5); what floods beyond
//!   that is held. Known only while the object is awake, which a flood keeps it.
//! - **AL4** A person connects at most [`HELLO`] times; one that comes too fast is closed with 4429,
//!   whose client comes back after a pause. It is judged at the hello, the first frame that costs
//!   anything, and known only while the object is awake: a wake forgives 10 of them.
//! - **AL5** A hold lasts at least 300 ms, and whatever comes behind the held command is
//!   told what is left of it. Of holds shorter than the way there and back, each brings the whole
//!   window again before its answers are in: a storm that feeds itself.
//! - **AL6** A socket is held at most [`HOLDS`] times, and then closed with 4429: whoever does not wait costs
//!   an answer for each frame, for ever. Whoever waits sends 16 frames at a time (K4 of `link`) and
//!   comes again after 300 ms at the earliest (AL5), which is 54 holds a second at most, and is never
//!   closed by this. Known only while the object is awake, which a flood keeps it.

use super::born::Born;
use super::{Entry, Sender};
use crate::bucket::{Bucket, Rate};
use crate::settings::Terms;
use crate::time::Timestamp;

/// How many times as much an agent may ask as a customer: one agent answers several at once,
/// and shares an object with none of them.
const AGENT: u32 = 10;
/// Refusals and repeats: 100 at once, and 50 a second, so that an outbox of 1,000 is through in 18 s.
/// Our choice.
const FUTILE: Rate = Rate {
    burst: 100,
    count: 50,
    per_s: 1,
};
/// Holds of one socket: 64 a second, the 16 frames of a link four times, as often as 300 ms begin in a
/// second; and 1,000 at once, so that a program of somebody else's may send a whole outbox before it reads.
/// Our choice.
pub(super) const HOLDS: Rate = Rate {
    burst: 1_000,
    count: 64,
    per_s: 1,
};
/// Connections of one customer: 10 in a minute. Source: SECURITY.md L2.
const HELLO: Rate = Rate::new(10, 60);

/// What one person may still ask.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Allowance {
    short: Bucket,
    long: Bucket,
    futile: Bucket,
    hello: Bucket,
}

/// The rates of a sender.
struct Rates {
    short: Rate,
    long: Rate,
    hello: Rate,
}

impl Rates {
    fn of(sender: Sender, settings: &Terms) -> Self {
        let factor = match sender {
            Sender::Customer => 1,
            Sender::Agent(_) => AGENT,
        };
        let short = Rate {
            burst: settings.messages_burst,
            count: settings.messages_per_10s,
            per_s: 10,
        };
        Self {
            short: short.times(factor),
            long: Rate::new(settings.messages_per_hour, 3_600).times(factor),
            hello: HELLO.times(factor),
        }
    }
}

impl Born {
    fn allowance(&mut self, sender: Sender, now: Timestamp) -> (&mut Allowance, Rates) {
        let rates = Rates::of(sender, &self.birth.settings);
        let full = || Allowance {
            short: Bucket::full(rates.short, now),
            long: Bucket::full(rates.long, now),
            futile: Bucket::full(FUTILE, now),
            hello: Bucket::full(rates.hello, now),
        };
        let allowance = self.allowances.entry(sender).or_insert_with(full);
        (allowance, rates)
    }

    /// How long a sender has to wait before the next command, in milliseconds (AL1).
    pub(super) fn pause(&mut self, sender: Sender, now: Timestamp) -> u32 {
        let (allowance, rates) = self.allowance(sender, now);
        let short = allowance.short.wait(rates.short, now);
        short.max(allowance.long.wait(rates.long, now))
    }

    /// Counts what was taken in, new or read back (AL2).
    pub(super) fn spend(&mut self, entry: &Entry) {
        if let (Some(sender), Some(_)) = (entry.author.sender(), entry.id) {
            let (allowance, rates) = self.allowance(sender, entry.at);
            allowance.short.spend(rates.short, entry.at);
            allowance.long.spend(rates.long, entry.at);
        }
    }

    /// Counts an answer to what changes nothing; how long to wait for it, in milliseconds (AL3).
    pub(super) fn pause_futile(&mut self, sender: Sender, now: Timestamp) -> u32 {
        let (allowance, _) = self.allowance(sender, now);
        allowance.futile.take(FUTILE, now).err().unwrap_or(0)
    }

    /// Whether somebody may connect once more (AL4).
    pub(super) fn may_greet(&mut self, sender: Sender, now: Timestamp) -> bool {
        let (allowance, rates) = self.allowance(sender, now);
        allowance.hello.take(rates.hello, now).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::super::testing::*;
    use super::super::{Command, Input};
    use crate::frame::SocketId;

    /// A conversation of those rates, whose first message is the first one that counts.
    fn desk(burst: u32, per_10s: u32, per_hour: u32) -> Desk {
        let mut birth = birth();
        birth.settings.messages_burst = burst;
        birth.settings.messages_per_10s = per_10s;
        birth.settings.messages_per_hour = per_hour;
        let (id, text) = (command_id(0), text("Hi"));
        Desk::with(Input::Begin { birth, id, text })
    }

    #[test]
    fn al1_sec_l2_too_fast_is_a_hold_that_time_heals() {
        // Ten in 10 s: one each second.
        let mut desk = desk(3, 10, 300);
        desk.at(ms(0), send(CUSTOMER, 1, 1, post("1")));
        desk.at(ms(0), send(CUSTOMER, 2, 2, post("2")));
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
        // Another sender has an allowance of its own, and agents have more.
        for n in 1..=30_u8 {
            let note = desk.at(ms(1_000), send(JACK, n.into(), n, note("fast")));
            assert_eq!(words(&note)[0], "save note_posted (internal)", "{n}");
        }
        let held = desk.at(ms(1_000), send(JACK, 31, 31, note("too fast")));
        assert_eq!(words(&held), ["keep 2", "hold 31 for 300 to [2]"]);
    }

    #[test]
    fn al1_sec_l2_an_hour_has_a_limit_of_its_own() {
        let mut desk = desk(20, 50, 4);
        for n in 1..=3_u8 {
            let taken = desk.at(s(n.into()), send(CUSTOMER, n.into(), n, post("Hi")));
            assert_eq!(words(&taken)[0], "save message_posted", "{n}");
        }
        // One in 15 minutes.
        let held = desk.at(s(60), send(CUSTOMER, 4, 4, post("Hi")));
        assert_eq!(words(&held), ["keep 1", "hold 4 for 840000 to [1]"]);
        let taken = desk.at(s(900), send(CUSTOMER, 4, 4, post("Hi")));
        assert!(words(&taken).contains(&"save message_posted".into()));
    }

    #[test]
    fn al2_sec_l2_a_wake_forgives_nothing_and_costs_no_row() {
        let mut awake = desk(5, 1, 8);
        let mut sleepy = awake.clone();
        for n in 1..=40_u8 {
            let at = s(u64::from(n) * 3);
            let sent =
                |desk: &mut Desk| words(&desk.at(at, send(CUSTOMER, n.into(), n, post("Hi"))));
            let expected = sent(&mut awake);
            let rows = expected.iter().filter(|word| word.starts_with("save"));
            assert!(rows.count() <= 1, "{expected:?}");
            sleepy.wake(at);
            let seen: Vec<_> = sent(&mut sleepy);
            let kind = |words: &[alloc::string::String]| {
                let word = words
                    .iter()
                    .find(|word| !word.starts_with("report") && !word.starts_with("keep"));
                word.cloned().unwrap_or_default()
            };
            assert_eq!(kind(&seen), kind(&expected), "{n}");
        }
    }

    #[test]
    fn al3_l5_a_refusal_does_not_wait_and_a_flood_of_them_does() {
        let mut desk = desk(2, 1, 300);
        desk.at(ms(0), send(CUSTOMER, 1, 1, Command::End));
        let mut at = |millis, n: u8| {
            let sent = send(CUSTOMER, n.into(), n, post("too late"));
            words(&desk.at(ms(millis), sent))
        };
        for n in 2..=101_u8 {
            assert_eq!(at(1, n), ["refused closed to [1]"], "{n}");
        }
        assert_eq!(at(1, 102), ["keep 1", "hold 102 for 300 to [1]"]);
        for n in 102..=116_u8 {
            let refused = at(301, n);
            assert_eq!(refused.last().unwrap(), "refused closed to [1]", "{n}");
        }
        // A repeat of what was taken is no way around it.
        let repeat = desk.at(ms(301), send(CUSTOMER, 117, 1, Command::End));
        assert_eq!(words(&repeat), ["keep 1", "hold 117 for 300 to [1]"]);
        let asked = Input::Asked {
            person: person(CUSTOMER),
            id: command_id(250),
            command: post("too late"),
        };
        assert_eq!(words(&desk.at(ms(302), asked.clone())), ["slowed for 19"]);
        assert_eq!(words(&desk.at(ms(321), asked)), ["replied closed"]);
    }

    /// 9 of 20,000 worlds: what came behind was told to come at once, did, and was told so again.
    #[test]
    fn al5_what_comes_behind_is_held_as_long() {
        let mut desk = desk(2, 1, 300);
        desk.at(ms(0), send(CUSTOMER, 1, 1, Command::End));
        let mut at = |millis, n: u8| {
            let sent = send(CUSTOMER, n.into(), n, post("too late"));
            words(&desk.at(ms(millis), sent)).pop().unwrap()
        };
        for n in 2..=101_u8 {
            at(1, n);
        }
        for (millis, n, expected) in [
            (1, 102, "hold 102 for 300 to [1]"),
            (1, 103, "hold 102 for 300 to [1]"),
            (101, 104, "hold 102 for 200 to [1]"),
            // Late, of the first round.
            (301, 105, "hold 102 for 300 to [1]"),
            (301, 102, "refused closed to [1]"),
            (301, 103, "refused closed to [1]"),
        ] {
            assert_eq!(at(millis, n), expected, "{n} at {millis}");
        }
    }

    #[test]
    fn al6_sec_l2_who_does_not_wait_is_closed_and_who_waits_never() {
        // Does not wait: behind what is missing, 1,000 frames at once and 64 a second.
        let mut desk = desk(2, 1, 300);
        let mut at = |millis, n| {
            let sent = send(CUSTOMER, n, 9, post("never in turn"));
            words(&desk.at(ms(millis), sent)).pop()
        };
        for n in 2..=1_001 {
            assert!(at(0, n).unwrap().starts_with("hold 1 for"), "{n}");
        }
        for n in 2..=65 {
            assert!(at(1_000, n).unwrap().starts_with("hold 1 for"), "{n}");
        }
        assert_eq!(at(1_000, 2).unwrap(), "close 1 4429");
        assert_eq!(at(9_000, 1), None, "closed is closed");
        // Waits: the whole window, as soon as it may, for an hour in which nothing gives.
        let mut desk = super::tests::desk(1, 1, 1);
        for round in 0..12_000_u64 {
            for n in 1..=16 {
                let sent = send(CUSTOMER, n + u32::from(n > 1), 9, post("too fast"));
                let told = words(&desk.at(ms(300 * round), sent));
                let told = told.last().unwrap();
                assert!(!told.starts_with("close"), "{round}: {told}");
            }
        }
    }

    #[test]
    fn al4_sec_l2_who_connects_too_often_is_sent_away_for_a_while() {
        let mut desk = Desk::active();
        let mut greet = |at, number: u64| {
            let socket = SocketId(100 + number);
            desk.at(s(at), connected_as(socket, CUSTOMER));
            words(&desk.at(
                s(at),
                hello_as(socket, 9, u32::try_from(number).unwrap(), 0),
            ))
        };
        // One tab of the customer is there already.
        for number in 1..=9 {
            assert!(greet(1, number).contains(&alloc::format!("welcome to [{}]", 100 + number)));
        }
        assert_eq!(greet(1, 10), ["close 110 4429"]);
        assert!(greet(7, 11).contains(&"welcome to [111]".into()));
        assert_eq!(greet(7, 12), ["close 112 4429"]);
    }
}
