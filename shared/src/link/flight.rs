//! What is on its way on one connection: numbers, go-back-N, the window (K4, K5).

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::time::Duration;

use super::IN_FLIGHT_MAX;
use crate::id::CommandId;
use crate::time::Timestamp;

#[derive(Clone, Debug)]
pub(super) struct Flight {
    next: u32,
    sent: VecDeque<(u32, CommandId)>,
    /// Sent once and to be sent again, under the same numbers.
    back: VecDeque<(u32, CommandId)>,
    hold_until: Option<Timestamp>,
}

impl Default for Flight {
    /// Nothing sent yet on a fresh connection.
    fn default() -> Self {
        Self {
            next: 1,
            sent: VecDeque::new(),
            back: VecDeque::new(),
            hold_until: None,
        }
    }
}

impl Flight {
    /// True when one more command may leave.
    pub(super) fn has_room(&self) -> bool {
        self.hold_until.is_none() && self.sent.len() < IN_FLIGHT_MAX
    }

    pub(super) fn contains(&self, id: CommandId) -> bool {
        self.sent.iter().any(|(_, sent)| *sent == id)
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = CommandId> {
        self.sent.iter().map(|(_, id)| *id)
    }

    /// Gives a command the next number.
    pub(super) fn send(&mut self, id: CommandId) -> u32 {
        let n = self.next;
        self.next = n.saturating_add(1);
        self.back.retain(|(_, back)| *back != id);
        self.sent.push_back((n, id));
        n
    }

    /// The command has its answer.
    ///
    /// One that waited to be sent again was taken after all, because the hold was a late one: the
    /// object is past its number, and so are we.
    pub(super) fn settle(&mut self, id: CommandId) {
        self.sent.retain(|(_, sent)| *sent != id);
        if let Some((n, _)) = self.back.iter().find(|(_, back)| *back == id) {
            self.next = self.next.max(n.saturating_add(1));
            self.back.retain(|(_, back)| *back != id);
        }
    }

    /// The object wants `n` next (K5): returns what is on its way no more.
    ///
    /// A hold answers a frame, and several may be on their way back when the first one arrives. A late one
    /// can name a number that we have passed or, after that, one that we have not reached: then
    /// everything unsettled is numbered again from `n`, and ids tell the object what it has already.
    pub(super) fn hold(&mut self, now: Timestamp, n: u32, retry_ms: u32) -> Vec<CommandId> {
        let is_numbered = self.sent.iter().any(|(number, _)| *number >= n);
        let (back, sent) = self
            .sent
            .drain(..)
            .partition::<VecDeque<_>, _>(|(number, _)| !is_numbered || *number >= n);
        self.sent = sent;
        if !back.is_empty() || n > self.next {
            self.next = n;
            self.hold_until =
                (retry_ms > 0).then(|| now + Duration::from_millis(u64::from(retry_ms)));
        }
        let ids = back.iter().map(|(_, id)| *id).collect();
        self.back.extend(back);
        ids
    }

    /// Ends a hold that is over.
    pub(super) fn tick(&mut self, now: Timestamp) {
        if self.hold_until.is_some_and(|until| now >= until) {
            self.hold_until = None;
        }
    }

    pub(super) const fn next_deadline(&self) -> Option<Timestamp> {
        self.hold_until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(7_000);

    fn id(number: u8) -> CommandId {
        CommandId::from_bytes([number; 16])
    }

    fn flight(count: u8) -> Flight {
        let mut flight = Flight::default();
        for number in 1..=count {
            assert_eq!(flight.send(id(number)), u32::from(number));
        }
        flight
    }

    #[test]
    fn k4_at_most_16_are_on_their_way() {
        let mut flight = flight(15);
        assert!(flight.has_room());
        flight.send(id(16));
        assert!(!flight.has_room());
        flight.settle(id(1));
        assert!(flight.has_room());
        assert_eq!(flight.send(id(17)), 17, "numbers go on");
    }

    #[test]
    fn k5_what_was_taken_after_all_keeps_its_number() {
        let mut flight = flight(3);
        assert_eq!(flight.hold(NOW, 1, 500).len(), 3);
        flight.settle(id(1));
        flight.settle(id(2));
        flight.tick(NOW + Duration::from_millis(500));
        assert_eq!(flight.send(id(3)), 3);
        assert_eq!(flight.send(id(4)), 4);
    }

    #[test]
    fn k5_after_a_hold_everything_from_n_on_goes_again() {
        let cases = [
            ("in the middle", 4, vec![], 2, vec![2, 3, 4], 2),
            ("the first", 3, vec![], 1, vec![1, 2, 3], 1),
            ("settled before", 3, vec![1], 2, vec![2, 3], 2),
            ("a late one, all settled", 2, vec![1, 2], 1, vec![], 3),
            ("beyond what was sent", 2, vec![], 5, vec![1, 2], 5),
            ("the next one, all taken", 2, vec![1, 2], 3, vec![], 3),
        ];
        for (case, count, settled, n, back, next) in cases {
            let mut flight = flight(count);
            for number in settled {
                flight.settle(id(number));
            }
            let back: Vec<_> = back.into_iter().map(id).collect();
            assert_eq!(flight.hold(NOW, n, 500), back, "{case}");
            flight.tick(NOW + Duration::from_millis(499));
            assert_eq!(flight.has_room(), back.is_empty(), "{case}");
            flight.tick(NOW + Duration::from_millis(500));
            assert!(flight.has_room(), "{case}");
            assert_eq!(flight.send(id(99)), next, "{case}");
        }
    }
}
