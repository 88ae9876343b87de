//! How far both sides have come, and what the object is told of it (K13, K14).

use core::time::Duration;

use crate::conversation::{Cursor, Cursors, Seq};
use crate::rights::Side;
use crate::time::Timestamp;

/// Least time between two cursors sent.
const SEEN: Duration = Duration::from_secs(1);
/// Most entries that stay unconfirmed.
const RECEIVED_MAX: u64 = 50;
/// Longest time that an entry stays unconfirmed.
const RECEIVED: Duration = Duration::from_secs(5);

#[derive(Clone, Debug, Default)]
pub(super) struct Progress {
    cursors: Cursors,
    /// When the object is told our own cursor, while it does not know it.
    seen_due: Option<Timestamp>,
    seen_at: Option<Timestamp>,
    arrived: Seq,
    confirmed: Seq,
    received_due: Option<Timestamp>,
}

impl Progress {
    pub(super) const fn cursors(&self) -> Cursors {
        self.cursors
    }

    pub(super) const fn own(&self, side: Side) -> Cursor {
        match side {
            Side::Customer => self.cursors.customer,
            Side::Agent => self.cursors.agent,
        }
    }

    /// A connection stands whose hello carried our cursor and our head.
    pub(super) const fn welcomed(&mut self, head: Seq) {
        self.seen_due = None;
        self.arrived = head;
        self.confirmed = head;
        self.received_due = None;
    }

    /// An entry was taken in.
    pub(super) fn arrived(&mut self, now: Timestamp, side: Side, seq: Seq, is_for_us: bool) {
        self.arrived = seq;
        self.received_due = self.received_due.or(Some(now + RECEIVED));
        let own = self.own_mut(side);
        own.delivered = own.delivered.max(seq);
        if is_for_us {
            self.tell(now);
        }
    }

    /// Everything up to the head is on a visible screen: true when that is news.
    pub(super) fn see(&mut self, now: Timestamp, side: Side, head: Seq) -> bool {
        let own = self.own_mut(side);
        let is_news = own.read < head;
        if is_news {
            own.read = head;
            self.tell(now);
        }
        is_news
    }

    /// What the object says about both sides: true when that is news.
    pub(super) fn merge(&mut self, told: Cursors) -> bool {
        let before = self.cursors;
        for (mine, told) in [
            (&mut self.cursors.customer, told.customer),
            (&mut self.cursors.agent, told.agent),
        ] {
            mine.delivered = mine.delivered.max(told.delivered);
            mine.read = mine.read.max(told.read);
        }
        self.cursors != before
    }

    /// Our own cursor, when the object is to be told.
    pub(super) fn take_seen(&mut self, now: Timestamp, side: Side) -> Option<Cursor> {
        let is_due = self.seen_due.is_some_and(|due| now >= due);
        is_due.then(|| {
            self.seen_due = None;
            self.seen_at = Some(now);
            self.own(side)
        })
    }

    /// The last place that arrived, when the object is to be told.
    pub(super) fn take_received(&mut self, now: Timestamp) -> Option<Seq> {
        let count = self.arrived.0.saturating_sub(self.confirmed.0);
        let is_due = count >= RECEIVED_MAX || self.received_due.is_some_and(|due| now >= due);
        is_due.then(|| {
            self.received_due = None;
            self.confirmed = self.arrived;
            self.arrived
        })
    }

    pub(super) const fn seen_due(&self) -> Option<Timestamp> {
        self.seen_due
    }

    pub(super) const fn received_due(&self) -> Option<Timestamp> {
        self.received_due
    }

    fn tell(&mut self, now: Timestamp) {
        let earliest = self.seen_at.map_or(now, |at| now.max(at + SEEN));
        self.seen_due = self.seen_due.or(Some(earliest));
    }

    const fn own_mut(&mut self, side: Side) -> &mut Cursor {
        match side {
            Side::Customer => &mut self.cursors.customer,
            Side::Agent => &mut self.cursors.agent,
        }
    }
}
