//! S4 and S5: business hours, held against crate `jiff` and its time zone database.

use alloc::string::ToString;
use alloc::vec;

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::settings::{Change, GENERAL, Overflow, Queue, Settings};
use crate::text::Label;

const ZONES: [&str; 5] = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "UTC",
];
const DAYS: [Day; 7] = [
    Day::Monday,
    Day::Tuesday,
    Day::Wednesday,
    Day::Thursday,
    Day::Friday,
    Day::Saturday,
    Day::Sunday,
];

/// What the clocks of a zone do in the years of these tests.
fn zone(name: &str) -> Zone {
    let zone = TimeZone::get(name).unwrap();
    let start = at("2025-12-01T00:00Z");
    let known_until = at("2030-01-01T00:00Z");
    let from = jiff::Timestamp::from_millisecond(start.millis() as i64).unwrap();
    let offset = |from: Timestamp, seconds: i32| Offset {
        from,
        minutes: (seconds / 60) as i16,
    };
    let mut offsets = vec![offset(start, zone.to_offset(from).seconds())];
    for change in zone.following(from) {
        let at = Timestamp::from_millis(change.timestamp().as_millisecond() as u64);
        if at >= known_until {
            break;
        }
        offsets.push(offset(at, change.offset().seconds()));
    }
    Zone {
        offsets,
        known_until,
    }
}

fn at(text: &str) -> Timestamp {
    let text = text.replace("Z", ":00Z");
    let at: jiff::Timestamp = text.parse().unwrap();
    Timestamp::from_millis(at.as_millisecond() as u64)
}

fn text(at: Option<Timestamp>) -> String {
    let Some(at) = at else { return "never".into() };
    let at = jiff::Timestamp::from_millisecond(at.millis() as i64).unwrap();
    at.strftime("%Y-%m-%dT%H:%MZ").to_string()
}

fn every_day(zone: &str, from: u16, to: u16) -> Hours {
    let opening = |day: &Day| Opening {
        day: *day,
        from,
        to,
    };
    Hours {
        zone: ZoneName::parse(zone).unwrap(),
        week: DAYS.iter().map(opening).collect(),
        holidays: vec![],
    }
}

fn date(text: &str) -> Date {
    text.to_string().try_into().unwrap()
}

fn holiday(text: &str, open: &[(u16, u16)]) -> Holiday {
    let open = open.iter().map(|&(from, to)| Span { from, to });
    Holiday {
        date: date(text),
        name: None,
        open: open.collect(),
    }
}

#[test]
fn s5_known_instants() {
    const NINE: u16 = 9 * 60;
    // (what, zone, opens, closes, looked at, open then?, changes at)
    let cases = [
        (
            "winter",
            "Europe/Berlin",
            NINE,
            1_020,
            "2026-01-15T08:00Z",
            true,
            "2026-01-15T16:00Z",
        ),
        (
            "summer",
            "Europe/Berlin",
            NINE,
            1_020,
            "2026-07-15T06:59Z",
            false,
            "2026-07-15T07:00Z",
        ),
        (
            "02:30 is skipped on 29 March",
            "Europe/Berlin",
            150,
            170,
            "2026-03-29T00:00Z",
            false,
            "2026-03-30T00:30Z",
        ),
        (
            "a range over the gap is an hour shorter",
            "Europe/Berlin",
            60,
            240,
            "2026-03-29T00:00Z",
            true,
            "2026-03-29T02:00Z",
        ),
        (
            "02:30 comes twice on 25 October",
            "Europe/Berlin",
            150,
            170,
            "2026-10-25T00:30Z",
            true,
            "2026-10-25T00:50Z",
        ),
        (
            "and for the second time",
            "Europe/Berlin",
            150,
            170,
            "2026-10-25T00:50Z",
            false,
            "2026-10-25T01:30Z",
        ),
        (
            "New York goes back on 1 November",
            "America/New_York",
            NINE,
            1_020,
            "2026-11-01T13:59Z",
            false,
            "2026-11-01T14:00Z",
        ),
        (
            "half past the hour",
            "Asia/Kolkata",
            NINE,
            1_020,
            "2026-05-05T03:29Z",
            false,
            "2026-05-05T03:30Z",
        ),
        (
            "half an hour of daylight saving, off",
            "Australia/Lord_Howe",
            NINE,
            1_020,
            "2026-06-15T22:29Z",
            false,
            "2026-06-15T22:30Z",
        ),
        (
            "half an hour of daylight saving, on",
            "Australia/Lord_Howe",
            NINE,
            1_020,
            "2026-12-14T21:59Z",
            false,
            "2026-12-14T22:00Z",
        ),
        (
            "midnight to midnight never closes",
            "Europe/Berlin",
            0,
            1_440,
            "2026-01-15T08:00Z",
            true,
            "never",
        ),
        (
            "up to midnight",
            "UTC",
            1_380,
            1_440,
            "2026-12-31T23:59Z",
            true,
            "2027-01-01T00:00Z",
        ),
        (
            "over the leap day",
            "UTC",
            0,
            60,
            "2028-02-28T12:00Z",
            false,
            "2028-02-29T00:00Z",
        ),
    ];
    for (case, name, from, to, now, is_open, changes) in cases {
        let (hours, zone) = (every_day(name, from, to), zone(name));
        assert_eq!(hours.is_open(at(now), &zone), is_open, "{case}");
        assert_eq!(text(hours.changes_at(at(now), &zone)), changes, "{case}");
    }
}

#[test]
fn p5_a_holiday_has_hours_of_its_own() {
    let zone = zone("Europe/Berlin");
    let mut hours = every_day("Europe/Berlin", 540, 1_020);
    hours.holidays = vec![
        holiday("2026-12-24", &[(540, 720)]),
        holiday("2026-12-25", &[]),
        holiday("2026-12-26", &[]),
    ];
    let changes = |now| text(hours.changes_at(at(now), &zone));
    assert_eq!(changes("2026-12-24T09:00Z"), "2026-12-24T11:00Z");
    assert_eq!(changes("2026-12-24T11:00Z"), "2026-12-27T08:00Z");
    assert!(!hours.is_open(at("2026-12-25T10:00Z"), &zone));
    let closed = Hours {
        week: vec![],
        ..hours
    };
    assert_eq!(
        text(closed.changes_at(at("2026-12-24T11:00Z"), &zone)),
        "never"
    );
}

#[test]
fn s4_s6_what_cannot_be_names_its_field() {
    let settings = Settings::new(PersonName::parse("Demo").unwrap());
    let label = |text: &str| Label::parse(text).unwrap();
    let change = |set: &dyn Fn(&mut Queue)| {
        let mut queue = Queue {
            hours: Some(every_day("UTC", 540, 720)),
            ..Queue::new(label("sales"))
        };
        set(&mut queue);
        let queues = vec![Queue::new(label(GENERAL)), queue];
        let queues = Some(queues);
        let change = Change {
            queues,
            ..Change::default()
        };
        match settings.changed(change) {
            Ok(_) => "fine".into(),
            Err(error) => error.to_string(),
        }
    };
    let week = |from, to| {
        move |queue: &mut Queue| {
            let opening = Opening {
                day: Day::Sunday,
                from,
                to,
            };
            queue.hours.as_mut().unwrap().week.push(opening);
        }
    };
    let days = |days: &'static [&'static str]| {
        move |queue: &mut Queue| {
            let days = days.iter().map(|day| holiday(day, &[(60, 30)]));
            let days = days.map(|day| Holiday {
                open: vec![],
                ..day
            });
            queue.hours.as_mut().unwrap().holidays = days.collect();
        }
    };
    let overflow = |to: &'static str, after_s| {
        move |queue: &mut Queue| {
            queue.overflow = Some(Overflow {
                to: Label::parse(to).unwrap(),
                after_s,
                when_full: true,
                when_closed: false,
            });
        }
    };
    type Set<'a> = &'a dyn Fn(&mut Queue);
    let cases: [(Set<'_>, &str); 18] = [
        (&|_| (), "fine"),
        (&week(720, 780), "fine"),
        (&week(1_320, 1_440), "fine"),
        (
            &week(719, 780),
            "queues[1].hours.week[7] overlaps another range of that day",
        ),
        (
            &week(0, 1_440),
            "queues[1].hours.week[7] overlaps another range of that day",
        ),
        (
            &week(800, 780),
            "queues[1].hours.week[7] ends before it starts",
        ),
        (
            &week(800, 800),
            "queues[1].hours.week[7] ends before it starts",
        ),
        (&week(800, 1_441), "queues[1].hours.week[7].to is 0 to 1440"),
        (
            &week(1_440, 1_440),
            "queues[1].hours.week[7].from is 0 to 1439",
        ),
        (&days(&["2026-12-25", "2028-02-29"]), "fine"),
        (
            &days(&["2026-02-29"]),
            "queues[1].hours.holidays[0].date is not a day of the calendar",
        ),
        (
            &days(&["2026-12-25", "2026-12-25"]),
            "queues[1].hours.holidays[1].date is there already",
        ),
        (
            &|queue| {
                let hours = queue.hours.as_mut().unwrap();
                hours.holidays = vec![holiday("2026-12-24", &[(60, 30)])];
            },
            "queues[1].hours.holidays[0].open[0] ends before it starts",
        ),
        (&overflow(GENERAL, None), "fine"),
        (
            &overflow("nowhere", None),
            "queues[1].overflow.to is not a queue of the space",
        ),
        (
            &overflow("sales", None),
            "queues[1].overflow.to leads back to the queue",
        ),
        (
            &overflow(GENERAL, Some(0)),
            "queues[1].overflow.after_s is 1 to 2592000",
        ),
        (
            &|queue| queue.max_waiting = Some(0),
            "queues[1].max_waiting is 1 to 1000000",
        ),
    ];
    for (set, expected) in cases {
        assert_eq!(change(set), expected);
    }
}

#[test]
fn s6_general_stays_a_queue_stands_once_and_overflow_never_goes_round() {
    let settings = Settings::new(PersonName::parse("Demo").unwrap());
    let queue = |name: &str, to: Option<&str>| {
        let to = to.map(|to| Label::parse(to).unwrap());
        Queue {
            overflow: to.map(|to| Overflow {
                to,
                after_s: Some(60),
                when_full: false,
                when_closed: false,
            }),
            ..Queue::new(Label::parse(name).unwrap())
        }
    };
    let closed = Queue {
        closed: true,
        ..queue(GENERAL, None)
    };
    let cases = [
        (
            vec![
                queue(GENERAL, Some("b")),
                queue("a", Some(GENERAL)),
                queue("b", None),
            ],
            "fine",
        ),
        (vec![closed], "queues[0].closed cannot be closed"),
        (
            vec![queue("a", None), queue("a", None)],
            "queues[1].name is there already",
        ),
        (
            vec![
                queue("a", Some("b")),
                queue("b", Some("c")),
                queue("c", Some("a")),
            ],
            "queues[0].overflow.to leads back to the queue",
        ),
        (
            vec![
                queue("a", Some("b")),
                queue("b", Some("c")),
                queue("c", Some("b")),
            ],
            "queues[1].overflow.to leads back to the queue",
        ),
    ];
    for (queues, expected) in cases {
        let change = Change {
            queues: Some(queues),
            ..Change::default()
        };
        let found = match settings.changed(change) {
            Ok(_) => "fine".into(),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected);
    }
}

#[test]
fn a_date_has_one_form() {
    for text in [
        "",
        "2026-1-05",
        "2026-01-5",
        "26-01-05",
        "2026-01-05-",
        "2026-+1-05",
        "tomorrow",
    ] {
        assert_eq!(Date::try_from(text.to_string()), Err(DateError), "{text}");
    }
    assert_eq!(date("2026-01-05").to_string(), "2026-01-05");
}

fn any_hours() -> impl Strategy<Value = Hours> {
    let span = (0..DAY).prop_flat_map(|from| (Just(from), from + 1..=DAY));
    let openings = prop::collection::vec((0..7usize, span.clone()), 0..8);
    let holidays = prop::collection::vec((0..1_200i64, prop::option::of(span)), 0..4);
    let zone = prop::sample::select(ZONES.to_vec());
    (zone, openings, holidays).prop_map(|(zone, openings, holidays)| {
        let week = openings.into_iter().map(|(day, (from, to))| Opening {
            day: DAYS[day],
            from,
            to,
        });
        let holidays = holidays.into_iter().map(|(day, open)| {
            let first = jiff::civil::date(2026, 1, 1);
            let date = first + jiff::Span::new().days(day);
            Holiday {
                date: date.to_string().try_into().unwrap(),
                name: None,
                open: open
                    .map(|(from, to)| Span { from, to })
                    .into_iter()
                    .collect(),
            }
        });
        Hours {
            zone: ZoneName::parse(zone).unwrap(),
            week: week.collect(),
            holidays: holidays.collect(),
        }
    })
}

/// Whether the queue is open, as `jiff` reads the clocks.
fn oracle(hours: &Hours, now: Timestamp) -> bool {
    let zone = TimeZone::get(hours.zone.as_str()).unwrap();
    let now = jiff::Timestamp::from_millisecond(now.millis() as i64).unwrap();
    let local = zone.to_datetime(now);
    let minute = local.hour() as u16 * 60 + local.minute() as u16;
    let is_in = |from: u16, to: u16| from <= minute && minute < to;
    let date = local.date().to_string();
    let mut holidays = hours.holidays.iter();
    if let Some(holiday) = holidays.find(|holiday| holiday.date.to_string() == date) {
        return holiday.open.iter().any(|span| is_in(span.from, span.to));
    }
    let day = match local.weekday() {
        Weekday::Monday => Day::Monday,
        Weekday::Tuesday => Day::Tuesday,
        Weekday::Wednesday => Day::Wednesday,
        Weekday::Thursday => Day::Thursday,
        Weekday::Friday => Day::Friday,
        Weekday::Saturday => Day::Saturday,
        Weekday::Sunday => Day::Sunday,
    };
    let mut week = hours.week.iter();
    week.any(|opening| opening.day == day && is_in(opening.from, opening.to))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Open and closed are what the clocks of the zone say, and nothing changes before the moment
    /// that is told.
    #[test]
    fn s5_hours_are_those_of_the_clocks(hours in any_hours(), seconds in 0..3 * 365 * 86_400u64, probes in prop::collection::vec(0.0..1.0f64, 40)) {
        let zone = zone(hours.zone.as_str());
        let now = at("2026-01-01T00:00Z") + Duration::from_secs(seconds);
        let is_open = oracle(&hours, now);
        prop_assert_eq!(hours.is_open(now, &zone), is_open);
        let changes_at = hours.changes_at(now, &zone);
        let until = changes_at.unwrap_or(now + HORIZON);
        prop_assert!(until > now);
        let span = (until.millis() - now.millis() - 1) as f64;
        for probe in probes {
            let probe = Timestamp::from_millis(now.millis() + (span * probe) as u64);
            prop_assert_eq!(oracle(&hours, probe), is_open, "{}", text(Some(probe)));
            prop_assert_eq!(hours.is_open(probe, &zone), is_open);
        }
        if changes_at.is_some() {
            prop_assert_eq!(oracle(&hours, until), !is_open, "{}", text(changes_at));
            prop_assert_eq!(oracle(&hours, Timestamp::from_millis(until.millis() - 1)), is_open);
        }
    }
}
