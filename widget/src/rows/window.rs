//! Which entries of a log are drawn: a long one has as many elements as a short one.

use std::ops::Range;

use shared::conversation::Entry;

use super::{Reader, is_shown};

/// Lines that are drawn of the newest.
const FEW: usize = 50;
/// Lines more, at a time, for a reader who scrolls.
const STEP: usize = 50;
/// Lines that are drawn at most.
const MANY: usize = 3 * STEP;

/// The entries that are drawn.
#[derive(Clone, Copy, Default, Eq, PartialEq, Debug)]
pub struct Window {
    /// The first one, by its index in the log.
    pub first: usize,
    /// The one after the last; `None` while the newest is the last.
    end: Option<usize>,
    /// What an entry that is not drawn is taken to be high, in CSS pixels. Nothing until somebody has scrolled up.
    pub height: i32,
}

impl Window {
    /// The part of a log of so many entries.
    pub fn range(self, len: usize) -> Range<usize> {
        let end = self.end.unwrap_or(len).min(len);
        self.first.min(end)..end
    }

    /// How high what is not drawn is, above and below, in CSS pixels.
    pub fn gaps(self, len: usize) -> [i32; 2] {
        let Range { start, end } = self.range(len);
        [start, len - end].map(|count| i32::try_from(count).unwrap_or(0) * self.height)
    }

    /// Lets the oldest go when the newest have become many; true when it did.
    pub fn follow(&mut self, entries: &[Entry], reader: Reader) -> bool {
        // A log that was sent anew may be a shorter one.
        let is_gone = self.first > entries.len();
        let is_many = is_gone || self.first < before(entries, reader, entries.len(), 2 * FEW);
        let is_many = is_many && self.end.is_none();
        if is_many {
            self.first = before(entries, reader, entries.len(), FEW);
        }
        is_many
    }

    /// Draws older ones.
    pub fn up(&mut self, entries: &[Entry], reader: Reader) {
        self.first = before(entries, reader, self.first, STEP);
        let end = after(entries, reader, self.first, MANY);
        let drawn = self.range(entries.len()).end;
        self.end_at(end.min(drawn), entries.len());
    }

    /// Draws newer ones.
    pub fn down(&mut self, entries: &[Entry], reader: Reader) {
        let drawn = self.range(entries.len()).end;
        let end = after(entries, reader, drawn, STEP);
        self.end_at(end, entries.len());
        self.first = self.first.max(before(entries, reader, end, MANY));
    }

    /// Draws those around an entry.
    pub fn jump(&mut self, index: usize, entries: &[Entry], reader: Reader) {
        let index = index.min(entries.len());
        let end = after(entries, reader, index, STEP);
        self.first = before(entries, reader, index, STEP);
        self.end_at(end, entries.len());
    }

    fn end_at(&mut self, end: usize, len: usize) {
        self.end = (end < len).then_some(end);
    }
}

/// Where that many lines before an entry begin.
fn before(entries: &[Entry], reader: Reader, end: usize, lines: usize) -> usize {
    let older = entries.get(..end).unwrap_or(entries).iter().enumerate();
    let mut shown = older.rev().filter(|(_, entry)| is_shown(entry, reader));
    shown.nth(lines - 1).map_or(0, |(index, _)| index)
}

/// Where that many lines from an entry on end.
fn after(entries: &[Entry], reader: Reader, first: usize, lines: usize) -> usize {
    let newer = entries.iter().enumerate().skip(first);
    let mut shown = newer.filter(|(_, entry)| is_shown(entry, reader));
    shown.nth(lines).map_or(entries.len(), |(index, _)| index)
}

#[cfg(test)]
mod tests {
    use shared::conversation::{Author, Event, Seq};
    use shared::id::AgentId;
    use shared::text::MessageText;
    use shared::time::Timestamp;

    use super::*;

    const READER: Reader = Reader::Agent(AgentId::from_bytes([1; 16]));

    #[test]
    fn a_log_of_few_lines_is_drawn_whole() {
        let log = log(2 * FEW);
        let mut window = Window::default();
        assert!(!window.follow(&log, READER));
        assert_eq!(window.range(log.len()), 0..log.len());
        assert_eq!(window.gaps(log.len()), [0, 0]);
    }

    #[test]
    fn of_many_lines_the_newest_are_drawn() {
        let log = log(2 * FEW + 1);
        let mut window = Window::default();
        assert!(window.follow(&log, READER));
        assert_eq!(lines(window, &log), FEW);
        assert!(!window.follow(&log, READER), "nothing more to let go");
    }

    #[test]
    fn whoever_scrolls_to_the_first_line_and_back_has_seen_all_with_few_of_them_drawn() {
        let log = log(1_000);
        let mut window = Window::default();
        window.follow(&log, READER);
        window.height = 10;
        let mut seen = Vec::new();
        let mut look = |window: Window| {
            let drawn = window.range(log.len());
            assert!(lines(window, &log) <= MANY, "{drawn:?}");
            let [above, below] = window.gaps(log.len());
            assert_eq!(
                [above, below],
                [drawn.start, log.len() - drawn.end].map(|count| count as i32 * 10)
            );
            seen.extend(drawn);
        };
        while window.first > 0 {
            look(window);
            window.up(&log, READER);
        }
        look(window);
        while window.range(log.len()).end < log.len() {
            window.down(&log, READER);
            look(window);
        }
        assert_eq!(window.end, None, "the newest come by themselves again");
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen, Vec::from_iter(0..log.len()));
    }

    #[test]
    fn whoever_jumps_sees_the_lines_around() {
        let log = log(1_000);
        for index in [0, 1, 500, log.len() - 1, log.len(), log.len() + 7] {
            let mut window = Window::default();
            window.jump(index, &log, READER);
            let drawn = window.range(log.len());
            let last = log.len() - 1;
            assert!(drawn.contains(&index.min(last)), "{index}: {drawn:?}");
            assert!((STEP..=MANY).contains(&lines(window, &log)), "{index}");
        }
    }

    #[test]
    fn a_log_that_comes_anew_and_is_shorter_is_drawn() {
        let mut window = Window::default();
        window.follow(&log(1_000), READER);
        let log = log(3);
        assert!(window.follow(&log, READER));
        assert_eq!(window.range(log.len()), 0..log.len());
    }

    fn lines(window: Window, log: &[Entry]) -> usize {
        let drawn = log.get(window.range(log.len())).unwrap_or_default();
        drawn.iter().filter(|entry| is_shown(entry, READER)).count()
    }

    /// That many lines, and after every third an entry that is none.
    fn log(lines: usize) -> Vec<Entry> {
        let text = MessageText::parse("Hello").unwrap();
        let posted = Event::MessagePosted {
            text,
            reply_to: None,
        };
        let events = (0..lines).flat_map(|line| {
            let quiet = (line % 3 == 0).then_some(Event::AgentRequested);
            [Some(posted.clone()), quiet].into_iter().flatten()
        });
        let entry = |(seq, event)| Entry {
            seq: Seq(seq),
            at: Timestamp::from_millis(seq),
            author: Author::Customer,
            id: None,
            event,
        };
        (1..).zip(events).map(entry).collect()
    }
}
