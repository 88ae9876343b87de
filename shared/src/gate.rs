//! How often somebody without a session tries to come in, from one address (SECURITY.md L1; U15).
//!
//! - **GA1** From one address [`RATE`] calls are let through: enough for an office that comes to work, too few to
//!   guess. What is too fast is refused with the time to wait.
//! - **GA2** A gate lives in the memory of one Worker. It is the first filter, as permissive as the platform's
//!   own would be, and works away from it, too; what must be exact is counted where it is kept (R120 and R128 of
//!   `space`, AC7 of `account`).
//! - **GA3** It remembers at most [`REMEMBERED`] addresses, and forgets those first that have nothing to hide.

use crate::bucket::{Bucket, Rate};
use crate::refusal::Refusal;
use crate::sorted::SortedMap;
use crate::time::Timestamp;

/// 30 calls at once, and 30 in 10 minutes. Our choice.
pub const RATE: Rate = Rate::new(30, 600);
/// Most addresses that are remembered: 10,000, less than a megabyte.
pub const REMEMBERED: usize = 10_000;

/// The calls of late, by the number of an address.
#[derive(Clone, Debug, Default)]
pub struct Gate(SortedMap<u64, Bucket>);

impl Gate {
    /// One through which nobody came yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(SortedMap::new())
    }

    /// Lets one call through.
    ///
    /// # Errors
    /// When it comes too fast (GA1).
    pub fn pass(&mut self, now: Timestamp, address: u64) -> Result<(), Refusal> {
        if self.0.len() >= REMEMBERED {
            self.0.retain(|_, bucket| bucket.is_low(RATE, now));
            if self.0.len() >= REMEMBERED {
                self.0 = SortedMap::new();
            }
        }
        let bucket = self.0.entry(address);
        let bucket = bucket.or_insert_with(|| Bucket::full(RATE, now));
        bucket.take(RATE, now).map_err(|wait| {
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
        let mut gate = Gate::new();
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
    fn ga3_it_forgets_whoever_came_seldom_first() {
        let mut gate = Gate::new();
        for _ in 0..30 {
            gate.pass(s(0), 1).unwrap();
        }
        for address in 2..=REMEMBERED as u64 + 5 {
            gate.pass(s(1), address).unwrap();
        }
        assert!(gate.0.len() < REMEMBERED);
        assert!(gate.pass(s(1), 1).is_err(), "who is fast is still known");
    }
}
