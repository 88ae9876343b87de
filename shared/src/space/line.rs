//! Lines: who waits in a queue, in order, and the number of each (R95, R96).

use alloc::vec::Vec;
use core::ops::Bound::{Excluded, Included, Unbounded};

use crate::id::ConversationId;
use crate::sorted::SortedSet;
use crate::time::Timestamp;

/// A spot in a line: when it began to wait, and which.
pub(super) type Spot = (Timestamp, ConversationId);

/// The numbers at which a customer is told: each of the first 20, then every quarter or so.
///
/// Preferred numbers of ISO 3 (R10), rounded, and half as many behind 1,000.
const STEPS: [u32; 53] = [
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    12,
    13,
    14,
    15,
    16,
    17,
    18,
    19,
    20,
    25,
    30,
    40,
    50,
    60,
    80,
    100,
    125,
    160,
    200,
    250,
    300,
    400,
    500,
    600,
    800,
    1_000,
    1_500,
    2_500,
    4_000,
    6_000,
    10_000,
    15_000,
    25_000,
    40_000,
    60_000,
    100_000,
    150_000,
    250_000,
    400_000,
    600_000,
    1_000_000,
    u32::MAX,
];

/// How many spots are counted one by one between two steps: beyond, a number is rounded up.
const WALK: usize = 64;

/// One queue's line. A set knows no ranks, so the spots at [`STEPS`] are remembered and move with
/// what comes and goes: a change costs a step to a neighbour for each of a few dozen marks.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Line {
    spots: SortedSet<Spot>,
    /// The spots at [`STEPS`], as far as the line reaches.
    marks: Vec<Spot>,
    /// Everybody from here on is still to be told whether somebody is on duty.
    pub untold: Option<Spot>,
}

impl Line {
    /// Puts a spot in; those who were told a number that is too low come into `moved`.
    pub fn put(&mut self, spot: Spot, moved: &mut SortedSet<Spot>) {
        if !self.spots.insert(spot) {
            return;
        }
        for mark in self.marks.iter_mut().filter(|mark| spot < **mark) {
            moved.insert(*mark);
            if let Some(before) = self.spots.range(..*mark).next_back() {
                *mark = *before;
            }
        }
        let next = STEPS.get(self.marks.len());
        if next.is_some_and(|step| *step as usize == self.spots.len()) {
            self.marks.extend(self.spots.last());
        }
    }

    /// Takes a spot out; those who have come to a step come into `moved`.
    pub fn take(&mut self, spot: Spot, moved: &mut SortedSet<Spot>) {
        if !self.spots.remove(&spot) {
            return;
        }
        let spots = &self.spots;
        // Only the last mark can have nobody behind it.
        self.marks.retain_mut(|mark| {
            if *mark < spot {
                return true;
            }
            let next = spots.range((Excluded(*mark), Unbounded)).next();
            if let Some(next) = next {
                *mark = *next;
                moved.insert(*next);
            }
            next.is_some()
        });
    }

    /// The number of a spot that is in, from 1: exact at the steps, near them, and at the end.
    pub fn number(&self, spot: Spot) -> u32 {
        let all = u32::try_from(self.spots.len()).unwrap_or(u32::MAX);
        let at = self.marks.partition_point(|mark| *mark < spot);
        let step = STEPS.get(at).copied().unwrap_or(all).min(all);
        if self.marks.get(at) == Some(&spot) || self.spots.last() == Some(&spot) {
            return step;
        }
        let Some(before) = at.checked_sub(1) else {
            return step;
        };
        let (Some(mark), Some(passed)) = (self.marks.get(before), STEPS.get(before)) else {
            return step;
        };
        let between = self.spots.range((Excluded(*mark), Included(spot)));
        match u32::try_from(between.take(WALK + 1).count()) {
            Ok(walked) if walked as usize <= WALK => passed.saturating_add(walked),
            Ok(_) | Err(_) => step,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.spots.is_empty()
    }

    /// The next one who is still to be told.
    pub fn next_untold(&mut self) -> Option<Spot> {
        let mut rest = self.spots.range(self.untold?..).copied();
        let next = rest.next();
        self.untold = rest.next();
        next
    }

    pub fn first(&self) -> Option<Spot> {
        self.spots.first().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(n: u64) -> Spot {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&n.to_be_bytes());
        (Timestamp::from_millis(n), ConversationId::from_bytes(bytes))
    }

    /// A line of spots 10, 20, 30 … of that length.
    fn line(length: u64) -> Line {
        let mut line = Line::default();
        for n in 1..=length {
            line.put(spot(10 * n), &mut SortedSet::new());
        }
        line
    }

    fn rank(line: &Line, spot: Spot) -> u32 {
        u32::try_from(line.spots.range(..=spot).count()).unwrap()
    }

    #[test]
    fn r95_the_number_is_the_rank_or_less_than_a_step_above() {
        let mut line = line(700);
        let mut moved = SortedSet::new();
        // Some come in between, some leave anywhere.
        for n in 0..400 {
            line.put(spot(n * 7 + 3), &mut moved);
            line.take(spot(n * 30), &mut moved);
            line.take(spot(10 * (1 + n * n % 700)), &mut moved);
        }
        assert!(line.spots.len() > 300);
        for (at, mark) in line.marks.iter().enumerate() {
            assert_eq!(rank(&line, *mark), STEPS[at]);
        }
        let next = STEPS[line.marks.len()] as usize;
        assert!(line.spots.len() < next);
        for spot in line.spots.clone() {
            let (number, rank) = (line.number(spot), rank(&line, spot));
            let is_near = number >= rank && number <= rank + rank / 3;
            assert!(is_near, "{number} of {rank}");
            assert!(number == rank || rank > 300, "{number} of {rank}");
        }
    }

    #[test]
    fn r96_who_moves_is_told_at_each_step_and_not_between() {
        let mut line = line(150);
        let last = spot(1_500);
        let mut told = Vec::new();
        for n in 1..150 {
            let mut moved = SortedSet::new();
            line.take(spot(10 * n), &mut moved);
            if moved.contains(&last) {
                told.push(line.number(last));
            }
        }
        let behind = [125, 100, 80, 60, 50, 40, 30, 25];
        let steps: Vec<u32> = behind.into_iter().chain((1..=20).rev()).collect();
        assert_eq!(told, steps);
    }

    #[test]
    fn r96_a_change_moves_as_many_as_there_are_steps_however_long_the_line() {
        let mut line = line(100_000);
        let mut moved = SortedSet::new();
        line.take(spot(10), &mut moved);
        assert_eq!(moved.len(), line.marks.len());
        assert_eq!(moved.len(), 46);
        let first = moved.first().copied().unwrap();
        assert_eq!((first, line.number(first)), (spot(20), 1));
        // Whoever joins at the end moves nobody.
        moved.clear();
        line.put(spot(2_000_000), &mut moved);
        assert!(moved.is_empty());
        assert_eq!(line.number(spot(2_000_000)), 100_000);
    }

    #[test]
    fn r96_who_comes_between_moves_those_behind_back() {
        let mut line = line(5);
        let mut moved = SortedSet::new();
        line.put(spot(25), &mut moved);
        let told: Vec<_> = moved.iter().map(|spot| line.number(*spot)).collect();
        assert_eq!(told, [4, 5, 6]);
        assert_eq!(line.number(spot(25)), 3);
    }
}
