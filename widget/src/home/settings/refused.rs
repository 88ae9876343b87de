//! What the server does not take, in the words of a person, and at which field.

use wasm_bindgen::JsValue;

use crate::home;
use crate::http::HttpError;
use crate::js;
use crate::text::fill;
use crate::text::settings::words;
use crate::time;

/// The word of a refusal.
pub fn code(body: &JsValue) -> String {
    let error = js::get(body, "error").unwrap_or_default();
    js::get_text(&error, "code").unwrap_or_default()
}

/// The path of the field, empty for none, and what is wrong with it.
pub fn say(error: &HttpError) -> (String, String) {
    let HttpError::Refused(_, body) = error else {
        return (String::new(), home::say(error));
    };
    let error_in = js::get(body, "error").unwrap_or_default();
    let path = js::get_text(&error_in, "field").unwrap_or_default();
    let number = |name| {
        let number = js::get(&error_in, name).and_then(|number| number.as_f64());
        number.map(write).unwrap_or_default()
    };
    let words = words();
    let why = match code(body).as_str() {
        "setting_out_of_range" if path.ends_with("_s") && !path.starts_with("proactive") => {
            words.duration_range.to_owned()
        }
        "setting_out_of_range" => fill(&fill(words.range, &number("min")), &number("max")),
        "too_many" if path.ends_with("text") || path.ends_with("logo") => {
            fill(words.at_most_letters, &number("max"))
        }
        "too_many" => fill(words.at_most, &number("max")),
        "setting_malformed" | "value_malformed" => malformed(&path).to_owned(),
        "text_forbidden" if path.ends_with("email") => words.email_rule.to_owned(),
        "text_empty" => words.text_empty.to_owned(),
        "text_too_long" => words.text_too_long.to_owned(),
        "text_forbidden" => words.text_forbidden.to_owned(),
        "twice" => words.twice.to_owned(),
        "end_before_start" => words.end_before_start.to_owned(),
        "ranges_overlap" => words.overlap.to_owned(),
        "date_impossible" => words.date_impossible.to_owned(),
        "time_zone_unknown" => words.zone_unknown.to_owned(),
        "queue_unknown" => words.queue_unknown.to_owned(),
        "overflow_cycle" => words.cycle.to_owned(),
        "built_in" => words.built_in.to_owned(),
        "turnstile_missing" => words.challenge_missing.to_owned(),
        "queue_in_use" => {
            let queue = js::get_text(&error_in, "queue").unwrap_or_default();
            return ("queues".to_owned(), fill(words.queue_in_use, &queue));
        }
        "resolution_built_in" => return ("resolutions".to_owned(), words.built_in.to_owned()),
        _ => home::say(error),
    };
    (path, why)
}

/// What may stand in a field.
fn malformed(path: &str) -> &'static str {
    let words = words();
    let name = path.rsplit('.').next().unwrap_or_default();
    match name {
        "name" if path.starts_with("queues") && !path.contains(".hours.") => words.label_rule,
        "id" | "to" => words.label_rule,
        _ if name.starts_with("skills") => words.label_rule,
        "name" | "title" => words.name_rule,
        "text" if path.starts_with("proactive") => words.message_rule,
        "pages" => words.pages_hint,
        "text" => words.launcher_rule,
        "fallback_text" | "full_text" => words.message_rule,
        "color" => words.color_rule,
        "sign_in_url" => words.url_rule,
        "logo" => words.logo_rule,
        "public_key" => words.key_rule,
        "zone" => words.zone_unknown,
        "date" => words.date_impossible,
        _ if path.starts_with("origins") => words.origin_rule,
        _ if path.ends_with("_s") => words.duration_range,
        "conversation_limit" | "max_waiting" => words.number_rule,
        _ if name.starts_with("messages_") || name.starts_with("conversations_") => {
            words.number_rule
        }
        _ => words.malformed,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "limits are numbers of 32 bits"
)]
fn write(number: f64) -> String {
    time::number(number as usize)
}
