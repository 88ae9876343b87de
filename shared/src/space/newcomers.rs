//! How often conversations begin: of one visitor, and from one address (SECURITY.md L2).
//!
//! - **R120** A visitor begins at most `conversations_per_10min` conversations in 10 minutes, and from
//!   one address begin at most `conversations_per_hour` in an hour. What is too fast is refused with
//!   the time to wait ([`Refusal::RateLimited`]). An address is a whole one of IPv4, behind which an
//!   office shares its limit and nobody else's, and a /64 of IPv6, which is what one connection has
//!   (U15); the shell names it by a number of which nobody can read it. Without an address, as on
//!   one's own machine, there is nothing to count.
//! - **R121** What has begun stands in the work items, each with the number of its address, and the
//!   buckets are a fold of them: they cost no row, and a wake forgives only what was let in and has
//!   not reported. Full buckets are forgotten.
//! - **R122** What is known already is let in again for nothing: a repeat, and a conversation that
//!   stands.
//! - **R126** Where the space wants it ([`Challenge`]), whoever begins a conversation shows first that a
//!   person writes ([`Refusal::ChallengeRequired`]): always, or while less than half is left of what R120
//!   lets the visitor or the address do. Not asked are customers for whom the site vouches, whoever is let in
//!   for nothing (R122), and whoever would be refused all the same.
//! - **R128** From one address begin at most [`SESSIONS`] times as many sessions of visitors in an hour as
//!   conversations: each is a row, and nobody has to show anything for it. The shell says which began (F9 of
//!   `session`), so nothing is forgotten when the space sleeps.
//! - **R127** A challenge that was passed lifts no limit, and counts for the one call that brings it.

use alloc::vec::Vec;
use core::time::Duration;

use super::ledger::Ledger;
use super::row::Item;
use crate::bucket::{Bucket, Rate};
use crate::id::VisitorId;
use crate::mutant::{self, Mutant};
use crate::refusal::Refusal;
use crate::settings::{Challenge, Settings};
use crate::sorted::SortedMap;
use crate::time::Timestamp;

/// The longest period of the rates: what began before it counts no more.
const HOUR: Duration = Duration::from_secs(3_600);
/// How often full buckets are looked for.
const SWEEP: Duration = Duration::from_secs(600);

/// How many sessions of visitors may begin for each conversation that may (R128): 3. Our choice; most who get
/// one write.
const SESSIONS: u32 = 3;

/// What visitors and addresses have begun of late.
#[derive(Clone, Debug, Default)]
#[cfg_attr(test, derive(Eq, PartialEq))]
pub(super) struct Newcomers {
    /// By the first half of the visitor's id, which is random.
    visitors: SortedMap<u64, Bucket>,
    addresses: SortedMap<u64, Bucket>,
    swept_at: Timestamp,
}

const fn of_visitor(settings: &Settings) -> Rate {
    Rate::new(settings.conversations_per_10min, 600)
}

const fn of_address(settings: &Settings) -> Rate {
    Rate::new(settings.conversations_per_hour, 3_600)
}

fn half(visitor: VisitorId) -> u64 {
    let bytes = visitor.bytes();
    let half = bytes.iter().take(8);
    half.fold(0, |number, byte| number << 8 | u64::from(*byte))
}

impl Newcomers {
    pub const fn new() -> Self {
        Self {
            visitors: SortedMap::new(),
            addresses: SortedMap::new(),
            swept_at: Timestamp::ZERO,
        }
    }

    /// How many visitors and addresses are remembered.
    #[cfg(test)]
    pub fn known(&self) -> usize {
        self.visitors.len() + self.addresses.len()
    }

    /// Says how long a visitor has to wait, in milliseconds.
    fn wait(
        &mut self,
        settings: &Settings,
        now: Timestamp,
        visitor: VisitorId,
        address: Option<u64>,
    ) -> u32 {
        let of = |buckets: &mut SortedMap<u64, Bucket>, key, rate| {
            let bucket = buckets.get_mut(&key);
            bucket.map_or(0, |bucket: &mut Bucket| bucket.wait(rate, now))
        };
        let own = of(&mut self.visitors, half(visitor), of_visitor(settings));
        let shared = address.map(|key| of(&mut self.addresses, key, of_address(settings)));
        own.max(shared.unwrap_or(0))
    }

    /// Whether less than half is left of what a visitor or an address may do (R126).
    fn are_fast(
        &mut self,
        settings: &Settings,
        now: Timestamp,
        visitor: VisitorId,
        address: Option<u64>,
    ) -> bool {
        let of = |buckets: &mut SortedMap<u64, Bucket>, key, rate| {
            let bucket = buckets.get_mut(&key);
            bucket.is_some_and(|bucket: &mut Bucket| bucket.is_low(rate, now))
        };
        let own = of(&mut self.visitors, half(visitor), of_visitor(settings));
        let shared = address.map(|key| of(&mut self.addresses, key, of_address(settings)));
        own || shared.unwrap_or(false)
    }

    /// Counts a conversation that begins.
    fn spend(
        &mut self,
        settings: &Settings,
        now: Timestamp,
        visitor: VisitorId,
        address: Option<u64>,
    ) {
        let of = |buckets: &mut SortedMap<u64, Bucket>, key, rate| {
            let bucket = buckets.entry(key);
            let full = || Bucket::full(rate, now);
            bucket.or_insert_with(full).spend(rate, now);
        };
        of(&mut self.visitors, half(visitor), of_visitor(settings));
        if let Some(key) = address {
            of(&mut self.addresses, key, of_address(settings));
        }
        if now.since(self.swept_at) >= SWEEP {
            self.swept_at = now;
            let sweep = |buckets: &mut SortedMap<u64, Bucket>, rate| {
                buckets.retain(|_, bucket| !bucket.is_full(rate, now));
            };
            sweep(&mut self.visitors, of_visitor(settings));
            sweep(&mut self.addresses, of_address(settings));
        }
    }
}

impl Ledger {
    /// How many sessions of visitors may begin from one address in an hour (R128).
    pub const fn sessions_max(&self) -> u32 {
        self.settings
            .conversations_per_hour
            .saturating_mul(SESSIONS)
    }

    /// Whether one more may begin after those that began there within the hour, the newest first (R128).
    pub fn check_sessions(&self, now: Timestamp, begun: &[Timestamp]) -> Result<(), Refusal> {
        let most = usize::try_from(self.sessions_max()).unwrap_or(usize::MAX);
        let Some(oldest) = begun.get(most.saturating_sub(1)) else {
            return Ok(());
        };
        let wait = (*oldest + HOUR).since(now).as_secs();
        let retry_after = u32::try_from(wait).unwrap_or(u32::MAX).max(1);
        Err(Refusal::RateLimited { retry_after })
    }

    /// Whether a visitor may begin one more (R120).
    pub fn check_pace(
        &mut self,
        now: Timestamp,
        visitor: VisitorId,
        address: Option<u64>,
    ) -> Result<(), Refusal> {
        let wait = self.newcomers.wait(&self.settings, now, visitor, address);
        match wait.div_ceil(1_000) {
            0 => Ok(()),
            retry_after => Err(Refusal::RateLimited { retry_after }),
        }
    }

    /// Whether a visitor has to show first that a person writes (R126).
    pub fn check_person(
        &mut self,
        now: Timestamp,
        visitor: VisitorId,
        address: Option<u64>,
    ) -> Result<(), Refusal> {
        let is_asked = match self.settings.challenge {
            Challenge::Never => false,
            Challenge::WhenFast => self
                .newcomers
                .are_fast(&self.settings, now, visitor, address),
            Challenge::Always => true,
        };
        let is_asked = is_asked && !mutant::is(Mutant::NobodyChallenged);
        (!is_asked).then_some(()).ok_or(Refusal::ChallengeRequired)
    }

    /// Counts a conversation that begins (R120).
    pub fn count_newcomer(&mut self, now: Timestamp, visitor: VisitorId, address: Option<u64>) {
        let Self {
            newcomers,
            settings,
            ..
        } = self;
        newcomers.spend(settings, now, visitor, address);
    }

    /// Counts what the work items say (R121).
    pub fn recount_newcomers(&mut self, now: Timestamp) {
        let items = self.items.values();
        let mut recent: Vec<&Item> = items
            .filter(|item| now.since(item.waiting_since) < HOUR)
            .collect();
        recent.sort_by_key(|item| item.waiting_since);
        let mut newcomers = Newcomers::new();
        for item in recent {
            let visitor = item.report.visitor;
            newcomers.spend(&self.settings, item.waiting_since, visitor, item.address);
        }
        self.newcomers = newcomers;
    }
}
