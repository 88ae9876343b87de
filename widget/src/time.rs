//! Clock and calendar of the browser: now, and moments in the reader's words.

use std::cell::RefCell;

use js_sys::{Array, Date, Function, Intl};
use shared::time::Timestamp;
use wasm_bindgen::{JsCast, JsValue};

use crate::{js, text};

/// This browser's clock.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "milliseconds since 1970 are far below 2^53"
)]
pub fn now() -> Timestamp {
    Timestamp::from_millis(Date::now() as u64)
}

/// How a moment is written.
#[derive(Clone, Copy)]
pub enum Form {
    /// Hours and minutes.
    Time,
    /// Day of the week and date.
    Day,
    /// Day of the week, date, hours and minutes.
    #[cfg(feature = "chat")]
    Opening,
    /// Date, hours and minutes.
    #[cfg(any(feature = "console", feature = "home"))]
    Full,
}

thread_local! {
    /// Making a format is slow: they are made once for each locale.
    static FORMATS: RefCell<(String, Vec<Function>)> = const { RefCell::new((String::new(), Vec::new())) };
}

/// A moment in the reader's language and time zone.
pub fn write(at: Timestamp, form: Form) -> String {
    FORMATS.with_borrow_mut(|(locale, formats)| {
        let wanted = text::locale();
        if *locale != wanted {
            *formats = formats_of(&wanted);
            *locale = wanted;
        }
        let text = formats
            .get(form as usize)
            .and_then(|format| format.call1(&JsValue::UNDEFINED, &date(at)).ok());
        text.and_then(|text| text.as_string()).unwrap_or_default()
    })
}

/// A moment for `datetime`.
pub fn iso(at: Timestamp) -> String {
    date(at).to_iso_string().into()
}

/// Number of the local day of a moment: equal exactly for moments of one day.
#[expect(clippy::cast_possible_truncation, reason = "days since 1970 are small")]
pub fn day(at: Timestamp) -> i32 {
    let offset_ms = date(at).get_timezone_offset() * 60_000.0;
    ((millis(at) - offset_ms) / 86_400_000.0).floor() as i32
}

/// Minutes and seconds, as a stopwatch shows them.
#[cfg(feature = "console")]
pub fn stopwatch(time: core::time::Duration) -> String {
    let seconds = time.as_secs();
    let two = |part: u64| {
        let digits = part.to_string();
        if digits.len() < 2 {
            ["0", &digits].concat()
        } else {
            digits
        }
    };
    [(seconds / 60).to_string(), two(seconds % 60)].join(":")
}

/// A whole number as the reader writes it.
pub fn number(value: usize) -> String {
    let value = js_sys::Number::from(u32::try_from(value).unwrap_or(u32::MAX));
    value.to_locale_string(&text::locale()).into()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds since 1970 are far below 2^53"
)]
fn millis(at: Timestamp) -> f64 {
    at.millis() as f64
}

fn date(at: Timestamp) -> Date {
    Date::new(&JsValue::from_f64(millis(at)))
}

/// The formats in the order of [`Form`].
fn formats_of(locale: &str) -> Vec<Function> {
    let locales = Array::of1(&JsValue::from_str(locale));
    let format = |parts: &[(&str, &str)]| -> Function {
        let options: Vec<_> = parts
            .iter()
            .map(|(name, value)| (*name, JsValue::from_str(value)))
            .collect();
        Intl::DateTimeFormat::new(&locales, &js::object(&options))
            .format()
            .unchecked_into()
    };
    let mut formats = vec![
        format(&[("timeStyle", "short")]),
        format(&[("weekday", "long"), ("day", "numeric"), ("month", "long")]),
    ];
    if cfg!(feature = "chat") {
        let opening = [
            ("weekday", "long"),
            ("day", "numeric"),
            ("month", "long"),
            ("hour", "numeric"),
            ("minute", "2-digit"),
        ];
        formats.push(format(&opening));
    }
    if cfg!(any(feature = "console", feature = "home")) {
        let full = [
            ("day", "numeric"),
            ("month", "short"),
            ("hour", "2-digit"),
            ("minute", "2-digit"),
        ];
        formats.push(format(&full));
    }
    formats
}
