//! What an entry of the audit log says has changed, in words: fields under their labels, lengths of time,
//! roles and choices as people read them. The file to download has every entry as it is.

use js_sys::{Array, Intl, JSON, Object, Reflect};
use shared::time::Timestamp;
use wasm_bindgen::{JsCast, JsValue};

use super::settings;
use crate::js;
use crate::text::home;
use crate::text::privacy::words;
use crate::text::settings as form;
use crate::text::{fill, text};
use crate::time::{self, Form};

/// What stands between what something was and what it became.
const TO: &str = " \u{2192} ";
/// Fields whose values are lists of their own: that they changed is enough.
const TABLES: [&str; 2] = ["week", "holidays"];
/// What names an entry of a list, and what it is called.
const NAMES: [&str; 3] = ["title", "name", "id"];
/// Units of time, the longest first, in seconds and as `Intl` names them.
const UNITS: [(u32, &str); 4] = [
    (86_400, "day"),
    (3_600, "hour"),
    (60, "minute"),
    (1, "second"),
];

/// What has changed, line by line; nothing for an entry that says nothing of it.
pub fn lines(before: &str, after: &str) -> Vec<String> {
    let mut lines = Vec::new();
    if !before.is_empty() || !after.is_empty() {
        tell(&mut lines, "", &parsed(before), &parsed(after));
    }
    lines
}

/// The name that an entry gives to what it is about.
pub fn name(after: &str) -> Option<String> {
    js::get_text(&parsed(after), "name")
}

/// A text that was cut off stays a text.
fn parsed(text: &str) -> JsValue {
    if text.is_empty() {
        return JsValue::UNDEFINED;
    }
    JSON::parse(text).unwrap_or_else(|_| text.into())
}

/// Tells how a value has changed; `path` are the labels on the way to it, with what parts them.
fn tell(lines: &mut Vec<String>, path: &str, was: &JsValue, is: &JsValue) {
    let fields = if is_record(is) { is } else { was };
    if !is_record(fields) {
        lines.push(changed("", path, was, is));
        return;
    }
    for field in Object::keys(fields.unchecked_ref::<Object>()).iter() {
        let field = field.as_string().unwrap_or_default();
        let (was, is) = (inner(was, &field), inner(is, &field));
        let path = [path, &label(&field)].concat();
        // What is new says what it is, not what it is not.
        let is_nothing = was.is_undefined() && (is.is_falsy() || is_empty(&is));
        if field == "agent" || is_nothing || same(&was, &is) {
            continue;
        }
        if TABLES.contains(&field.as_str()) {
            lines.push([&path, ": ", words().changed].concat());
        } else if is_record(&was) || is_record(&is) {
            tell(lines, &[&path, " \u{b7} "].concat(), &was, &is);
        } else if has_records(&was) || has_records(&is) {
            tell_list(lines, &path, &was, &is);
        } else {
            lines.push(changed(&field, &path, &was, &is));
        }
    }
}

/// Tells what came into a list, what left it, and what became another in it.
fn tell_list(lines: &mut Vec<String>, path: &str, was: &JsValue, is: &JsValue) {
    let (was, is) = (entries(was), entries(is));
    let of = |list: &[JsValue], id: &str| {
        list.iter()
            .find(|entry| named(entry, &["id", "name"]) == id)
            .cloned()
    };
    for entry in &is {
        let path = [path, " \u{b7} ", &named(entry, &NAMES)].concat();
        match of(&was, &named(entry, &["id", "name"])) {
            None => lines.push([&path, ": ", words().added].concat()),
            Some(before) if !same(&before, entry) => {
                tell(lines, &[&path, " \u{b7} "].concat(), &before, entry);
            }
            Some(_) => (),
        }
    }
    for entry in &was {
        if of(&is, &named(entry, &["id", "name"])).is_none() {
            let name = named(entry, &NAMES);
            lines.push([path, " \u{b7} ", &name, ": ", words().removed].concat());
        }
    }
}

fn changed(field: &str, path: &str, was: &JsValue, is: &JsValue) -> String {
    let is = value(field, is);
    let is = if was.is_undefined() {
        is
    } else {
        [&value(field, was), TO, &is].concat()
    };
    if path.is_empty() {
        is
    } else {
        [path, ": ", &is].concat()
    }
}

/// What a field is called on the pages where it is changed.
fn label(field: &str) -> String {
    let all = settings::names(form::words());
    let of_form = all
        .iter()
        .find(|(name, _)| *name == field && *name != "name");
    let own = words().fields.iter().find(|(name, _)| *name == field);
    let label = own.or(of_form).map_or(field, |(_, label)| label);
    label.to_owned()
}

/// A value as people read it.
fn value(field: &str, value: &JsValue) -> String {
    if let Some(number) = value.as_f64() {
        return match field {
            "" => {
                let at = Timestamp::from_millis(number as u64);
                fill(home::words().until, &time::write(at, Form::Full))
            }
            field if field.ends_with("_s") => span(number),
            _ => js::written(number),
        };
    }
    if let Some(is) = value.as_bool() {
        return if is { words().yes } else { words().no }.to_owned();
    }
    if let Some(text) = value.as_string() {
        return chosen(field, &text).map_or(text, str::to_owned);
    }
    if Array::is_array(value) {
        let values: Vec<_> = entries(value)
            .iter()
            .map(|it| self::value(field, it))
            .collect();
        if !values.is_empty() {
            return values.join(", ");
        }
    }
    match field {
        "" => home::words().for_ever,
        "limit" => words().as_space,
        "queues" if !Array::is_array(value) => words().all,
        _ => "\u{2013}",
    }
    .to_owned()
}

/// One of a few, by the words of the page where it is chosen.
fn chosen(field: &str, word: &str) -> Option<&'static str> {
    let (form, home) = (form::words(), home::words());
    Some(match (field, word) {
        ("role", "agent") => home.agent,
        ("role", "supervisor") => home.supervisor,
        ("role", "admin") => home.admin,
        ("scope", "read") => home.scope_read,
        ("scope", "write") => home.scope_write,
        ("offer_mode", "offer") => form.mode_offer,
        ("offer_mode", "auto_accept") => form.mode_auto,
        ("offer_mode", "manual") => form.mode_manual,
        ("routing", "round_robin") => form.round_robin,
        ("routing", "least_busy") => form.least_busy,
        ("challenge", "never") => form.challenge_never,
        ("challenge", "when_fast") => form.challenge_when_fast,
        ("challenge", "always") => form.challenge_always,
        ("side", "end") => form.side_end,
        ("side", "start") => form.side_start,
        ("scheme", "auto") => form.scheme_auto,
        ("scheme", "light") => form.scheme_light,
        ("scheme", "dark") => form.scheme_dark,
        _ => return None,
    })
}

/// A length of time in the longest unit that tells it whole; 0 is for ever.
fn span(seconds: f64) -> String {
    let is_whole = |(unit, _): &&(u32, &str)| seconds % f64::from(*unit) == 0.0;
    let Some((unit, name)) = UNITS.iter().find(is_whole).filter(|_| seconds > 0.0) else {
        return home::words().for_ever.to_owned();
    };
    let options = js::object(&[
        ("style", "unit".into()),
        ("unit", (*name).into()),
        ("unitDisplay", "long".into()),
    ]);
    let format = Intl::NumberFormat::new(&Array::of1(&text().lang.into()), &options).format();
    let count = seconds / f64::from(*unit);
    let told = format.call1(&JsValue::NULL, &count.into());
    let told = told.ok().and_then(|told| told.as_string());
    told.unwrap_or_else(|| js::written(count))
}

fn is_record(value: &JsValue) -> bool {
    value.is_object() && !Array::is_array(value)
}

fn is_empty(value: &JsValue) -> bool {
    Array::is_array(value) && entries(value).is_empty()
}

fn has_records(value: &JsValue) -> bool {
    entries(value).iter().any(is_record)
}

fn entries(value: &JsValue) -> Vec<JsValue> {
    let array: Option<&Array> = value.dyn_ref();
    array.map(Array::to_vec).unwrap_or_default()
}

/// A field; null is a value, too.
fn inner(value: &JsValue, field: &str) -> JsValue {
    Reflect::get(value, &field.into()).unwrap_or_default()
}

fn named(entry: &JsValue, fields: &[&str]) -> String {
    let mut names = fields.iter().filter_map(|field| js::get_text(entry, field));
    names.next().unwrap_or_default()
}

fn same(one: &JsValue, other: &JsValue) -> bool {
    JSON::stringify(one).ok() == JSON::stringify(other).ok()
}
