//! Clock and calendar of the browser: now, and moments in the reader's words.

use std::cell::OnceCell;

use js_sys::{Array, Date, Function, Intl, Object};
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
    /// Date, hours and minutes.
    #[cfg(feature = "console")]
    Full,
}

thread_local! {
    static FORMATS: OnceCell<[Function; 3]> = const { OnceCell::new() };
}

/// A moment in the reader's language and time zone.
pub fn write(at: Timestamp, form: Form) -> String {
    FORMATS.with(|formats| {
        let [time, day, full] = formats.get_or_init(formats_of_locale);
        let format = match form {
            Form::Time => time,
            Form::Day => day,
            #[cfg(feature = "console")]
            Form::Full => full,
        };
        let text = format.call1(&JsValue::UNDEFINED, &date(at));
        text.ok()
            .and_then(|text| text.as_string())
            .unwrap_or_default()
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

fn formats_of_locale() -> [Function; 3] {
    let locales = Array::of1(&JsValue::from_str(&text::locale()));
    let format = |options: Object| -> Function {
        Intl::DateTimeFormat::new(&locales, &options)
            .format()
            .unchecked_into()
    };
    let digits = || JsValue::from_str("2-digit");
    let (numeric, short, long) = ("numeric".into(), "short".into(), "long".into());
    [
        format(js::object(&[("hour", digits()), ("minute", digits())])),
        format(js::object(&[
            ("weekday", long),
            ("day", JsValue::clone(&numeric)),
            ("month", "long".into()),
        ])),
        format(js::object(&[
            ("day", numeric),
            ("month", short),
            ("hour", digits()),
            ("minute", digits()),
        ])),
    ]
}
