//! What the clocks of time zones do, looked up where the platform knows it: a database of our own
//! would cost the Worker more than all of its rules.

use core::time::Duration;

use shared::settings::{Offset, Queue, SettingError, SettingFault, Zone};
use shared::sorted::{SortedMap, SortedSet};
use shared::text::ZoneName;
use shared::time::Timestamp;
use worker::js_sys::{Object, Reflect};
use worker::wasm_bindgen::prelude::*;

#[wasm_bindgen(wasm_bindgen = worker::wasm_bindgen)]
extern "C" {
    #[wasm_bindgen(js_namespace = Intl)]
    type DateTimeFormat;

    #[wasm_bindgen(constructor, catch, js_namespace = Intl)]
    fn new(locale: &str, options: &JsValue) -> Result<DateTimeFormat, JsValue>;

    #[wasm_bindgen(method)]
    fn format(this: &DateTimeFormat, at: f64) -> String;
}

/// How far ahead the machines are told: two years.
const AHEAD: Duration = Duration::from_secs(2 * 366 * 86_400);
/// Clocks that change and change back between two looks go unseen: a week.
const STEP: Duration = Duration::from_secs(7 * 86_400);
const MINUTE: Duration = Duration::from_secs(60);

/// Whether the time zones of these queues exist.
///
/// # Errors
/// Names the first field whose zone does not.
pub fn check(queues: &[Queue]) -> Result<(), SettingError> {
    for (at, queue) in queues.iter().enumerate() {
        if let Some(hours) = &queue.hours
            && clocks(&hours.zone).is_none()
        {
            let field = format!("queues[{at}].hours.zone");
            return Err(SettingFault::ZoneUnknown.of(&field));
        }
    }
    Ok(())
}

/// The time zones that these queues name.
pub fn named(queues: &[Queue]) -> Vec<ZoneName> {
    let hours = queues.iter().filter_map(|queue| queue.hours.as_ref());
    let names: SortedSet<_> = hours.map(|hours| hours.zone.clone()).collect();
    names.into_iter().collect()
}

/// What the clocks of some zones do from now on. One that the platform does not know any more
/// counts as UTC.
pub fn look_up(now: Timestamp, names: Vec<ZoneName>) -> SortedMap<ZoneName, Zone> {
    let zones = names.into_iter().map(|name| {
        let zone = Zone {
            offsets: clocks(&name).map_or_else(Vec::new, |clocks| offsets(now, &clocks)),
            known_until: now + AHEAD,
        };
        (name, zone)
    });
    zones.collect()
}

fn offsets(now: Timestamp, clocks: &DateTimeFormat) -> Vec<Offset> {
    let mut at = Timestamp::from_millis(now.millis() / 60_000 * 60_000);
    let mut minutes = ahead(clocks, at);
    let mut offsets = vec![Offset { from: at, minutes }];
    while at < now + AHEAD {
        let (mut before, mut after) = (at, at + STEP);
        if ahead(clocks, after) != minutes {
            while before + MINUTE < after {
                let half = after.since(before).as_secs() / 120;
                let between = before + MINUTE.saturating_mul(u32::try_from(half).unwrap_or(1));
                if ahead(clocks, between) == minutes {
                    before = between;
                } else {
                    after = between;
                }
            }
            minutes = ahead(clocks, after);
            offsets.push(Offset {
                from: after,
                minutes,
            });
        }
        at = after;
    }
    offsets
}

/// The clocks of a zone; `None` when the platform knows none of that name.
fn clocks(zone: &ZoneName) -> Option<DateTimeFormat> {
    let options = Object::new();
    for (name, value) in [("timeZone", zone.as_str()), ("timeZoneName", "longOffset")] {
        Reflect::set(&options, &name.into(), &value.into()).ok()?;
    }
    DateTimeFormat::new("en-US", &options).ok()
}

/// How far they are ahead of UTC at a moment, in minutes.
fn ahead(clocks: &DateTimeFormat, at: Timestamp) -> i16 {
    parse(&clocks.format(at.millis() as f64))
}

/// Reads `11/22/2026, GMT+05:30`; nothing stands after GMT for UTC.
fn parse(text: &str) -> i16 {
    let offset = text.rsplit_once("GMT").map_or("", |(_, offset)| offset);
    let (hours, minutes) = offset.split_once(':').unwrap_or((offset, "0"));
    let sign = if hours.starts_with('-') { -1 } else { 1 };
    let hours = hours.trim_start_matches(['+', '-']).parse::<i16>();
    let minutes = minutes.get(..2).unwrap_or(minutes).parse::<i16>();
    sign * (hours.unwrap_or(0) * 60 + minutes.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p5_an_offset_is_read_as_the_platform_writes_it() {
        let cases = [
            ("11/22/2026, GMT", 0),
            ("11/22/2026, GMT+01:00", 60),
            ("11/22/2026, GMT+05:30", 330),
            ("11/22/2026, GMT-03:30", -210),
            ("11/22/2026, GMT-00:30", -30),
            ("11/22/2026, GMT+10:30", 630),
        ];
        for (text, minutes) in cases {
            assert_eq!(parse(text), minutes, "{text}");
        }
    }
}
