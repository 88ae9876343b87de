//! How far both sides have come, and what the object is told of it (K13, K14).

use core::time::Duration;

use crate::conversation::{Cursor, Cursors, Seq, WINDOW_BYTES, WINDOW_EVENTS};
use crate::rights::Side;
use crate::time::Timestamp;

/// Least time between two cursors sent.
const SEEN: Duration = Duration::from_secs(1);
/// How long a cursor waits for the next step of it: what arrives on a visible screen is read the
/// next moment, and one frame tells both.
const TOGETHER: Duration = Duration::from_millis(300);

#[derive(Clone, Debug, Default)]
pub(super) struct Progress {
    cursors: Cursors,
    /// The last entry that the other side wants to see ticks at.
    ticked: Seq,
    /// What the object knows of our own cursor.
    told: Cursor,
    /// When the object is told our own cursor, while it does not know it.
    seen_due: Option<Timestamp>,
    seen_at: Option<Timestamp>,
    arrived: Seq,
    /// Entries and bytes that arrived and are not confirmed.
    unconfirmed: (u64, u64),
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

    /// Our own cursor, for a hello.
    pub(super) const fn introduced(&mut self, side: Side) -> Cursor {
        self.told = self.own(side);
        self.told
    }

    /// A connection stands whose hello carried our cursor and our head.
    pub(super) fn welcomed(&mut self, now: Timestamp, side: Side, head: Seq) {
        self.seen_due = None;
        self.arrived = head;
        self.tell(now, side);
    }

    /// A backlog is through, which the object has counted as confirmed.
    pub(super) const fn caught_up(&mut self) {
        self.unconfirmed = (0, 0);
    }

    /// An entry of that many bytes was taken in.
    pub(super) fn arrived(
        &mut self,
        now: Timestamp,
        side: Side,
        seq: Seq,
        bytes: u64,
        is_for_us: bool,
    ) {
        self.arrived = seq;
        let (entries, sum) = self.unconfirmed;
        self.unconfirmed = (entries + 1, sum.saturating_add(bytes));
        let own = self.own_mut(side);
        own.delivered = own.delivered.max(seq);
        if is_for_us {
            self.ticked = seq;
            self.tell(now, side);
        }
    }

    /// Everything up to the head is on a visible screen: true when that is news.
    pub(super) fn see(&mut self, now: Timestamp, side: Side, head: Seq) -> bool {
        let own = self.own_mut(side);
        let is_news = own.read < head;
        if is_news {
            own.read = head;
            self.tell(now, side);
        }
        is_news
    }

    /// What the object says about both sides: true when that is news.
    pub(super) fn merge(&mut self, side: Side, told: Cursors) -> bool {
        let before = self.cursors;
        let own = match side {
            Side::Customer => told.customer,
            Side::Agent => told.agent,
        };
        for (mine, told) in [
            (&mut self.cursors.customer, told.customer),
            (&mut self.cursors.agent, told.agent),
            (&mut self.told, own),
        ] {
            mine.delivered = mine.delivered.max(told.delivered);
            mine.read = mine.read.max(told.read);
        }
        self.cursors != before
    }

    /// Our own cursor, when the object is to be told.
    pub(super) fn take_seen(&mut self, now: Timestamp, side: Side) -> Option<Cursor> {
        if self.seen_due.is_none_or(|due| now < due) {
            return None;
        }
        self.seen_due = None;
        // Another tab of ours may have told it meanwhile.
        self.has_news(side).then(|| {
            self.seen_at = Some(now);
            self.introduced(side)
        })
    }

    /// The last place that arrived, when half of what may be on its way is not confirmed.
    pub(super) fn take_received(&mut self) -> Option<Seq> {
        let (entries, bytes) = self.unconfirmed;
        let is_due = entries >= WINDOW_EVENTS / 2 || bytes >= WINDOW_BYTES / 2;
        is_due.then(|| {
            self.unconfirmed = (0, 0);
            self.arrived
        })
    }

    pub(super) const fn seen_due(&self) -> Option<Timestamp> {
        self.seen_due
    }

    /// True when a tick of the other side depends on what the object does not know.
    fn has_news(&self, side: Side) -> bool {
        let own = self.own(side);
        self.told.delivered < self.ticked.min(own.delivered)
            || self.told.read < self.ticked.min(own.read)
    }

    fn tell(&mut self, now: Timestamp, side: Side) {
        if self.has_news(side) {
            let next = self.seen_at.map_or(now, |at| at + SEEN);
            self.seen_due = self.seen_due.or(Some(next.max(now + TOGETHER)));
        }
    }

    const fn own_mut(&mut self, side: Side) -> &mut Cursor {
        match side {
            Side::Customer => &mut self.cursors.customer,
            Side::Agent => &mut self.cursors.agent,
        }
    }
}
