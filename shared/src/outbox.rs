//! What a machine owes others until they confirm it: sent at once, repeated until it is settled.
//!
//! - **OB1** What is owed stands in rows. Since when it was last sent does not: after a restore
//!   everything is sent again, and whoever gets it twice ignores it.
//! - **OB2** It is repeated after 2 s, so that what gets lost once still arrives within 5 s
//!   (SECURITY.md G4), then after 4, 6 … at most 15 s.

use alloc::vec::Vec;
use core::time::Duration;

use crate::sorted::SortedSet;
use crate::time::Timestamp;

/// First pause before what was not confirmed is sent again (OB2); it grows by as much.
pub const AGAIN: Duration = Duration::from_secs(2);
/// Longest pause (OB2). Source: PROTOCOL.md §7.
pub const AGAIN_MAX: Duration = Duration::from_secs(15);

/// Things owed, by key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Outbox<K> {
    owed: SortedSet<K>,
    /// Of these, what was sent and may be confirmed any moment.
    sent: SortedSet<K>,
    /// When what was sent is sent again; `None` while nothing is under way.
    again_at: Option<Timestamp>,
    repeats: u32,
}

impl<K> Outbox<K> {
    /// With nothing in it.
    pub const fn new() -> Self {
        Self {
            owed: SortedSet::new(),
            sent: SortedSet::new(),
            again_at: None,
            repeats: 0,
        }
    }
}

impl<K: Clone + Ord> Outbox<K> {
    /// Puts in what a row says is owed.
    pub fn put(&mut self, key: K) {
        self.owed.insert(key);
    }

    /// Owes something for a new reason: what is under way is out of date.
    pub fn owe(&mut self, key: K) {
        self.sent.remove(&key);
        self.owed.insert(key);
    }

    /// It is confirmed, or not wanted any more.
    pub fn settle(&mut self, key: &K) {
        self.owed.remove(key);
        self.sent.remove(key);
        if self.owed.is_empty() {
            *self = Self::new();
        }
    }

    /// What is to be sent now, with at most `window` under way.
    pub fn take(&mut self, now: Timestamp, window: usize) -> Vec<K> {
        if self.again_at.is_some_and(|at| at <= now) {
            self.sent.clear();
            self.again_at = None;
            self.repeats = self.repeats.saturating_add(1);
        }
        let room = window.saturating_sub(self.sent.len());
        let fresh: Vec<K> = self.unsent().take(room).cloned().collect();
        self.sent.extend(fresh.iter().cloned());
        if !fresh.is_empty() && self.again_at.is_none() {
            let pause = AGAIN.saturating_mul(self.repeats.saturating_add(1));
            self.again_at = Some(now + pause.min(AGAIN_MAX));
        }
        fresh
    }

    /// When to ask again; the past while something was never sent.
    pub fn due_at(&self) -> Option<Timestamp> {
        let is_new = self.sent.is_empty() && !self.owed.is_empty();
        is_new.then(Timestamp::default).or(self.again_at)
    }

    /// Everything owed.
    pub fn owed(&self) -> &SortedSet<K> {
        &self.owed
    }

    fn unsent(&self) -> impl Iterator<Item = &K> {
        self.owed.difference(&self.sent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn s(seconds: u64) -> Timestamp {
        Timestamp::from_millis(1_000_000 + seconds * 1_000)
    }

    #[test]
    fn ob2_what_is_not_confirmed_is_sent_again_and_what_is_owed_anew_at_once() {
        let mut outbox = Outbox::new();
        outbox.owe('a');
        assert_eq!(outbox.due_at(), Some(Timestamp::default()));
        assert_eq!(outbox.take(s(0), 9), vec!['a']);
        assert_eq!(outbox.take(s(1), 9), vec![]);
        outbox.put('a');
        assert_eq!(outbox.take(s(1), 9), vec![], "as before");
        outbox.owe('a');
        assert_eq!(outbox.take(s(1), 9), vec!['a'], "for a new reason");
        assert_eq!(outbox.due_at(), Some(s(2)));
        let mut times = vec![];
        for second in 2..60 {
            if !outbox.take(s(second), 9).is_empty() {
                times.push(second);
            }
        }
        assert_eq!(times, [2, 6, 12, 20, 30, 42, 56]);
        outbox.settle(&'a');
        assert_eq!((outbox.due_at(), outbox.take(s(99), 9)), (None, vec![]));
    }

    #[test]
    fn ob1_no_more_than_the_window_is_under_way() {
        let mut outbox = Outbox::new();
        for key in 0..5 {
            outbox.put(key);
        }
        assert_eq!(outbox.take(s(0), 2), vec![0, 1]);
        assert!(outbox.take(s(0), 2).is_empty());
        outbox.settle(&0);
        assert_eq!(outbox.take(s(0), 2), vec![2]);
        assert_eq!(outbox.take(s(2), 2), vec![1, 2], "repeated first");
        for key in 1..5 {
            outbox.settle(&key);
        }
        assert_eq!(outbox.due_at(), None);
    }
}
