//! When a queue is open: its time zone, the week, and days off it.

use js_sys::{Array, Intl, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::{Page, cross, ends, small};
use crate::dom::{El, el};
use crate::home::sheet::{self, At};
use crate::js;
use crate::text::settings::words;
use crate::var::Bell;

const DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];
/// Nine to five, where nothing is set yet.
const USUAL: (u32, u32) = (540, 1_020);
/// Minutes of a day.
const DAY: u32 = 1_440;

/// The part of a queue.
pub fn part(page: Page, queue: &At) -> El {
    let words = words();
    let (switch, shown) = (queue.clone(), queue.clone());
    let turned = Bell::new();
    let is_on = !queue.read("hours").is_undefined();
    let tick = sheet::tick(words.has_hours, is_on, move |is_on| {
        switch.write("hours", &if is_on { usual() } else { JsValue::NULL });
        turned.ring();
        page.touched();
    });
    let inside = move || {
        turned.hear();
        if shown.read("hours").is_undefined() {
            return vec![];
        }
        let hours = shown.inner("hours");
        vec![
            zone(page, &hours),
            week(page, &hours),
            holidays(page, &hours),
        ]
    };
    el("div", "queue__part")
        .child(tick)
        .child(el("div", "queue__more").bind_children(inside))
}

/// Monday to Friday in the admin's own zone.
fn usual() -> JsValue {
    let week: Array = DAYS.iter().take(5).map(|day| opening(day)).collect();
    let own = Intl::DateTimeFormat::new(&Array::new(), &Object::new());
    let zone = js::get_text(&own.resolved_options(), "timeZone").unwrap_or_default();
    js::object(&[
        ("zone", zone.into()),
        ("week", week.into()),
        ("holidays", Array::new().into()),
    ])
    .into()
}

fn opening(day: &str) -> JsValue {
    let opening = span();
    let _ = Reflect::set(&opening, &"day".into(), &day.into());
    opening
}

fn span() -> JsValue {
    js::object(&[("from", USUAL.0.into()), ("to", USUAL.1.into())]).into()
}

/// The time zone, with those that the browser knows to choose from.
fn zone(page: Page, at: &At) -> El {
    let words = words();
    let path = at.path("zone");
    let typed = at.clone();
    let list = ["zones-", &path].concat();
    let input = el("input", "field__input")
        .attr("dir", "ltr")
        .attr("list", &list)
        .attr("value", &at.text("zone"))
        .on("input", move |event| {
            typed.write("zone", &sheet::value(&event).into())
        });
    let intl = js::get(&js_sys::global(), "Intl").unwrap_or_default();
    let known = js::get(&intl, "supportedValuesOf").and_then(|known| {
        let known: js_sys::Function = known.dyn_into().ok()?;
        known.call1(&intl, &"timeZone".into()).ok()
    });
    let known: Array = known
        .unwrap_or_else(|| Array::new().into())
        .unchecked_into();
    let zones = known.iter().filter_map(|zone| zone.as_string());
    let zones = zones.fold(el("datalist", "").attr("id", &list), |list, zone| {
        list.child(el("option", "").attr("value", &zone))
    });
    page.sheet.field(words.zone, "", input, &path).child(zones)
}

/// Rows of a list, with a button that adds one.
fn many(
    page: Page,
    at: &At,
    name: &'static str,
    title: &str,
    new: &'static str,
    row: fn(Page, &At) -> El,
    fresh: fn() -> JsValue,
) -> El {
    let turned = Bell::new();
    let (shown, added, path) = (at.clone(), at.clone(), at.path(name));
    let rows = move || {
        turned.hear();
        let list = shown.list(name);
        let row = |(place, at): (usize, At)| {
            let list = list.clone();
            row(page, &at).child(cross(words().remove_row, move || {
                ends::take_away(&list, place);
                turned.ring();
                page.touched();
            }))
        };
        shown.items(name).into_iter().enumerate().map(row).collect()
    };
    let add = move || {
        let list = added.list(name);
        list.push(&fresh());
        turned.ring();
        page.touched();
        let place = list.length() - 1;
        sheet::focus([&path, "[", &place.to_string(), "]"].concat());
    };
    el("div", "openings")
        .attr("role", "group")
        .attr("aria-label", title)
        .attr("data-path", &at.path(name))
        .child(el("p", "field__label").text(title))
        .child(page.sheet.why(&at.path(name)))
        .child(el("div", "openings__rows").bind_children(rows))
        .child(small(new, add))
}

fn week(page: Page, at: &At) -> El {
    let words = words();
    many(page, at, "week", words.week, words.add_opening, day, || {
        opening(DAYS[0])
    })
}

fn day(page: Page, at: &At) -> El {
    let words = words();
    let (typed, now) = (at.clone(), at.text("day"));
    let days = el("select", "field__input")
        .attr("aria-label", words.day)
        .on("change", move |event| {
            typed.write("day", &sheet::value(&event).into())
        });
    let days = DAYS
        .iter()
        .zip(words.days_of_week)
        .fold(days, |days, (day, name)| {
            let option = el("option", "").attr("value", day).text(name);
            days.child(sheet::chosen(option, *day == now))
        });
    row(page, at).child(days).child(times(at))
}

fn row(page: Page, at: &At) -> El {
    let path = at.path("");
    let path = path.trim_end_matches('.');
    el("div", "opening")
        .attr("data-path", path)
        .child(page.sheet.why(path))
}

/// From when to when.
fn times(at: &At) -> El {
    let words = words();
    el("span", "opening__times")
        .child(time(at, "from", words.from))
        .child(el("span", "").attr("aria-hidden", "true").text("–"))
        .child(time(at, "to", words.to))
}

/// A minute of the day. Midnight at the end is written as 00:00.
fn time(at: &At, name: &'static str, label: &str) -> El {
    let at = at.clone();
    let minutes: u32 = at.text(name).parse().unwrap_or(0);
    let (hour, minute) = (minutes / 60 % 24, minutes % 60);
    let two = |number: u32| [if number < 10 { "0" } else { "" }, &number.to_string()].concat();
    el("input", "field__input")
        .attr("type", "time")
        .attr("aria-label", label)
        .attr("value", &[&two(hour), ":", &two(minute)].concat())
        .on("input", move |event| {
            let text = sheet::value(&event);
            let parts = text.split_once(':');
            let parts = parts.and_then(|(hour, minute)| {
                Some((hour.parse().ok()?, minute.get(..2)?.parse().ok()?))
            });
            let (hour, minute): (u32, u32) = parts.unwrap_or_default();
            let minutes = match hour * 60 + minute {
                0 if name == "to" => DAY,
                minutes => minutes,
            };
            at.write(name, &minutes.into());
        })
}

fn holidays(page: Page, at: &At) -> El {
    let words = words();
    let fresh = || {
        let today = js_sys::Date::new_0().to_iso_string();
        let date = today.as_string().unwrap_or_default();
        js::object(&[
            ("date", date.get(..10).unwrap_or_default().into()),
            ("name", JsValue::NULL),
            ("open", Array::new().into()),
        ])
        .into()
    };
    many(
        page,
        at,
        "holidays",
        words.holidays,
        words.add_holiday,
        holiday,
        fresh,
    )
}

fn holiday(page: Page, at: &At) -> El {
    let words = words();
    let (date, name) = (at.clone(), at.clone());
    let date = el("input", "field__input")
        .attr("type", "date")
        .attr("aria-label", words.date)
        .attr("value", &at.text("date"))
        .on("input", move |event| {
            date.write("date", &sheet::value(&event).into())
        });
    let name = el("input", "field__input")
        .attr("dir", "auto")
        .attr("aria-label", words.holiday_name)
        .attr("placeholder", words.holiday_name)
        .attr("value", &at.text("name"))
        .on("input", move |event| {
            let text = sheet::value(&event);
            let text = if text.trim().is_empty() {
                JsValue::NULL
            } else {
                text.into()
            };
            name.write("name", &text);
        });
    let span_row = |page: Page, at: &At| row(page, at).child(times(at));
    row(page, at)
        .attr("class", "opening opening--holiday")
        .child(date)
        .child(name)
        .child(many(
            page,
            at,
            "open",
            words.open_all_the_same,
            words.add_opening,
            span_row,
            span,
        ))
}
