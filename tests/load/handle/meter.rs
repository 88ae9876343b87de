//! What one input of each kind costs: the median of many, because others use this machine, too.

use std::collections::BTreeMap;
use std::time::Instant;

use crate::heap;
use crate::report::{Report, Table, median};

/// Costs by kind of input.
#[derive(Default)]
pub struct Meter {
    kinds: BTreeMap<&'static str, Kind>,
}

#[derive(Default)]
struct Kind {
    micros: Vec<f64>,
    bytes: u64,
    /// Grows with what it is asked for, so it is shown and not judged.
    is_linear: bool,
}

impl Meter {
    /// Measures one piece of work.
    pub fn time<T>(&mut self, kind: &'static str, work: impl FnOnce() -> T) -> T {
        self.judge(kind, false, work)
    }

    /// Measures work whose result grows with the size of what there is.
    pub fn time_linear<T>(&mut self, kind: &'static str, work: impl FnOnce() -> T) -> T {
        self.judge(kind, true, work)
    }

    fn judge<T>(&mut self, kind: &'static str, is_linear: bool, work: impl FnOnce() -> T) -> T {
        let (done, sample) = probe(work);
        self.record(kind, is_linear, sample);
        done
    }

    /// Counts a sample in.
    pub fn record(&mut self, kind: &'static str, is_linear: bool, (micros, bytes): Sample) {
        let kind = self.kinds.entry(kind).or_default();
        kind.micros.push(micros);
        kind.bytes += bytes;
        kind.is_linear = is_linear;
    }
}

/// Microseconds and bytes.
pub type Sample = (f64, u64);

/// Does a piece of work, and says what it cost.
pub fn probe<T>(work: impl FnOnce() -> T) -> (T, Sample) {
    let (before, start) = (heap::allocated(), Instant::now());
    let done = work();
    let (micros, after) = (start.elapsed().as_secs_f64() * 1e6, heap::allocated());
    (done, (micros, after - before))
}

/// The costs of each kind beside those of the same inputs with ten times less of everything.
pub fn compare(report: &mut Report, title: &str, less: Meter, mut more: Meter) {
    let columns = ["inputs", "µs", "bytes", "µs at 1/10", "ratio"];
    let mut table = Table::new(title, &columns);
    let mut worst = (0.0, "");
    for (name, less) in less.kinds {
        let Some(more) = more.kinds.remove(name) else {
            continue;
        };
        let count = more.micros.len() as f64;
        let bytes = more.bytes as f64 / count;
        let (Some(before), Some(now)) = (median(less.micros), median(more.micros)) else {
            continue;
        };
        // Below a microsecond the clock itself is most of the figure.
        let ratio = now.max(1.0) / before.max(1.0);
        if !more.is_linear && ratio > worst.0 {
            worst = (ratio, name);
        }
        let name = if more.is_linear {
            format!("{name} (grows with its result)")
        } else {
            name.to_owned()
        };
        table.row(
            name,
            [count, now, bytes, before, now / before.max(0.01)].map(Some),
        );
    }
    report.add(table);
    let what = format!(
        "{title}: growth for ten times more, worst at \"{}\"",
        worst.1
    );
    report.check(what, worst.0, GROWTH_MAX);
}

/// Most growth of a single input for ten times the items: log n and colder caches; a walk over
/// all of them would be ten.
const GROWTH_MAX: f64 = 4.0;
