//! How often somebody without a session tries to come in, from one address (SECURITY.md L1; U15).
//!
//! - **GA1** From one address [`RATE`] calls are let through: enough for an office that comes to work, too few to
//!   guess. What is too fast is refused with the time to wait.
//! - **GA2** A gate lives in the memory of one Worker. It is the first filter, as permissive as the platform's
//!   own would be, and works away from it, too; what must be exact is counted where it is kept (R120 and R128 of
//!   `space`, AC7 of `account`).
//! - **GA3** It remembers at most [`REMEMBERED`] addresses, and forgets those first that have nothing to hide.
//! - **GA4** Customers come back without being asked, many of them from one office: the calls by which they do,
//!   with a refresh token or by the word of their site, have a gate of their own, of [`CUSTOMERS`].

use crate::bucket::{Bucket, Rate};
use crate::refusal::Refusal;
use crate::sorted::SortedMap;
use crate::time::Timestamp;

/// 30 calls at once, and 30 in 10 minutes. Our choice.
pub const RATE: Rate = Rate::new(30, 600);
/// 300 at once, and 300 in 10 minutes: a token lives for 15, so that 450 browsers behind one address stay
/// in, and who guesses waits. Our choice.
pub const CUSTOMERS: Rate = Rate::new(300, 600);
/// Most addresses that are remembered: 10,000, less than a megabyte.
pub const REMEMBERED: usize = 10_000;

/// The calls of late, by the number of an address.
#[derive(Clone, Debug)]
pub struct Gate {
    rate: Rate,
    known: SortedMap<u64, Bucket>,
}

impl Gate {
    /// One through which nobody came yet.
    #[must_use]
    pub const fn new(rate: Rate) -> Self {
        let known = SortedMap::new();
        Self { rate, known }
    }

    /// Lets one call through.
    ///
    /// # Errors
    /// When it comes too fast (GA1).
    pub fn pass(&mut self, now: Timestamp, address: u64) -> Result<(), Refusal> {
        let rate = self.rate;
        if self.known.len() >= REMEMBERED {
            self.known.retain(|_, bucket| bucket.is_low(rate, now));
            if self.known.len() >= REMEMBERED {
                self.known = SortedMap::new();
            }
        }
        let bucket = self.known.entry(address);
        let bucket = bucket.or_insert_with(|| Bucket::full(rate, now));
        bucket.take(rate, now).map_err(|wait| {
            let retry_after = wait.div_ceil(1_000);
            Refusal::RateLimited { retry_after }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(seconds: u64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    #[test]
    fn sec_l1_ga1_pain_u15_an_address_comes_in_so_often_and_shares_that_with_nobody() {
        let mut gate = Gate::new(RATE);
        for n in 0..30 {
            assert_eq!(gate.pass(s(0), 7), Ok(()), "{n}");
        }
        let wait = |retry_after| Err(Refusal::RateLimited { retry_after });
        assert_eq!(gate.pass(s(0), 7), wait(20));
        assert_eq!(gate.pass(s(0), 8), Ok(()));
        assert_eq!(gate.pass(s(19), 7), wait(1));
        assert_eq!(gate.pass(s(20), 7), Ok(()));
    }

    #[test]
    fn ga4_an_office_of_customers_stays_in_and_who_guesses_waits() {
        let mut gate = Gate::new(CUSTOMERS);
        for n in 0..300 {
            assert_eq!(gate.pass(s(0), 7), Ok(()), "{n}");
        }
        let retry_after = 2;
        assert_eq!(
            gate.pass(s(0), 7),
            Err(Refusal::RateLimited { retry_after })
        );
        // 450 browsers, each every 15 minutes.
        let mut gate = Gate::new(CUSTOMERS);
        for n in 0..4_500 {
            assert_eq!(gate.pass(s(n * 2), 7), Ok(()), "{n}");
        }
    }

    #[test]
    fn ga3_it_forgets_whoever_came_seldom_first() {
        let mut gate = Gate::new(RATE);
        for _ in 0..30 {
            gate.pass(s(0), 1).unwrap();
        }
        for address in 2..=REMEMBERED as u64 + 5 {
            gate.pass(s(1), address).unwrap();
        }
        assert!(gate.known.len() < REMEMBERED);
        assert!(gate.pass(s(1), 1).is_err(), "who is fast is still known");
    }
}
