//! Business hours in the world: which there are, what clocks do, and an own arithmetic over both.

use shared::settings::{Day, Hours, Offset, Opening, Zone};
use shared::sorted::SortedMap;
use shared::space::Row;
use shared::text::{Label, ZoneName};
use shared::time::Timestamp;

use crate::random::Random;
use crate::world::{BEGINNING, Ms, World};

const MINUTE: Ms = 60_000;
/// Minutes of a day.
const DAY: u16 = 1_440;
/// The minute of the day in which the world begins: 8:00 UTC on a Friday.
const DAWN: u16 = 480;
const DAYS: [Day; 7] = [
    Day::Monday,
    Day::Tuesday,
    Day::Wednesday,
    Day::Thursday,
    Day::Friday,
    Day::Saturday,
    Day::Sunday,
];
/// A zone whose clocks are put forward by an hour 5 min after the beginning, and UTC.
const ZONES: [&str; 2] = ["UTC", "Europe/Berlin"];
const SHIFT: Ms = BEGINNING + 5 * MINUTE;

/// Hours that open and close while the world lasts; on other days the queue is open or not.
pub fn hours(random: &mut Random) -> Hours {
    let zone = random.pick(&ZONES);
    let mut week = Vec::new();
    for day in DAYS {
        if day != Day::Friday && random.chance(0.5) {
            let (from, to) = (0, DAY);
            week.push(Opening { day, from, to });
        }
    }
    let mut from = DAWN;
    while from < DAWN + 30 {
        from += random.range(0, 8) as u16;
        let to = from + random.range(1, 8) as u16;
        let day = Day::Friday;
        // The same by clocks that are put forward by an hour.
        for hour in [0, 60] {
            let (from, to) = (from + hour, to + hour);
            if to <= DAWN + 60 || hour > 0 {
                week.push(Opening { day, from, to });
            }
        }
        from = to + 1;
    }
    Hours {
        zone: ZoneName::parse(zone).unwrap(),
        week,
        holidays: Vec::new(),
    }
}

/// What the clocks of a zone do.
pub fn zone(name: &ZoneName) -> Zone {
    let offset = |from, minutes| Offset {
        from: Timestamp::from_millis(from),
        minutes,
    };
    let offsets = if name.as_str() == ZONES[0] {
        vec![]
    } else {
        vec![offset(0, 0), offset(SHIFT, 60)]
    };
    Zone {
        offsets,
        known_until: Timestamp::from_millis(u64::MAX),
    }
}

/// Whether hours run at a moment of the space's clock, counted by hand.
fn is_within(hours: &Hours, at: Ms) -> bool {
    let is_shifted = hours.zone.as_str() != ZONES[0] && at >= SHIFT;
    let local = at / MINUTE + if is_shifted { 60 } else { 0 };
    let minute = (local % u64::from(DAY)) as u16;
    // The first day of 1970 was a Thursday.
    let day = DAYS[((local / u64::from(DAY) + 3) % 7) as usize];
    let mut week = hours.week.iter();
    week.any(|open| open.day == day && (open.from..open.to).contains(&minute))
}

impl World {
    /// Whether a queue is open at a moment of the space's clock (R50 to R52).
    pub fn is_queue_open(&self, queue: &Label, at: Timestamp) -> bool {
        let queues = &self.settings_now().queues;
        let known = queues.iter().find(|known| known.name == *queue);
        let Some(hours) = known.and_then(|known| known.hours.as_ref()) else {
            return true;
        };
        let is_known = self
            .zones()
            .is_some_and(|zones| zones.contains_key(&hours.zone));
        !is_known || is_within(hours, at.millis())
    }

    fn zones(&self) -> Option<&SortedMap<ZoneName, Zone>> {
        match self.space.disk.row() {
            Some(Row::Space { zones, .. }) => Some(zones),
            Some(
                Row::Agent(_)
                | Row::Item(_)
                | Row::Doors(_)
                | Row::Audit(_)
                | Row::Past(_)
                | Row::Erasing(_),
            )
            | None => None,
        }
    }

    /// How long a queue was open in that time up to now, in milliseconds (R102).
    pub fn open_time(&self, queue: &Label, waits: Ms) -> Ms {
        let now = self.clock(self.space.shell.skew).millis();
        let mut at = now - waits;
        let mut open = 0;
        while at < now {
            let next = ((at / MINUTE + 1) * MINUTE).min(now);
            if self.is_queue_open(queue, Timestamp::from_millis(at)) {
                open += next - at;
            }
            at = next;
        }
        open
    }

    /// True while nothing but time has moved what the hours say: neither a change of settings nor
    /// a clock that jumps.
    pub fn has_steady_hours(&self) -> bool {
        self.swarm.clock_jump == 0.0 && !self.checks.has_other_queues
    }
}
