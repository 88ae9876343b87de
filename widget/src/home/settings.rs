//! The settings of a space: every duration, limit and text, where its chat may be shown, and the
//! snippet (F26, F32).

use js_sys::Array;
use wasm_bindgen::JsValue;

use super::{Home, form, identity, rows, tokens};
use crate::dom::{El, el};
use crate::js;
use crate::task::spawn;
use crate::text::home::words;
use crate::text::privacy;
use crate::var::Var;

/// What a setting is on the screen.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Lines,
    Number,
    Tick,
    Mode,
    Routing,
}

/// The settings in their order, with the name of each in the API.
fn fields() -> [(&'static str, Kind, &'static str); 21] {
    let words = words();
    [
        ("name", Kind::Text, words.space_name),
        ("live_chat", Kind::Tick, words.live_chat),
        ("origins", Kind::Lines, words.origins),
        ("offer_mode", Kind::Mode, words.offer_mode),
        ("routing", Kind::Routing, words.routing),
        ("conversation_limit", Kind::Number, words.conversation_limit),
        ("offer_s", Kind::Number, words.offer_s),
        ("wait_s", Kind::Number, words.wait_s),
        ("fallback_text", Kind::Lines, words.fallback_text),
        ("idle_s", Kind::Number, words.idle_s),
        ("idle_end_s", Kind::Number, words.idle_end_s),
        ("max_s", Kind::Number, words.max_s),
        ("wrap_up_s", Kind::Number, words.wrap_up_s),
        ("messages_burst", Kind::Number, words.messages_burst),
        ("messages_per_10s", Kind::Number, words.messages_per_10s),
        ("messages_per_hour", Kind::Number, words.messages_per_hour),
        (
            "conversations_per_10min",
            Kind::Number,
            words.conversations_per_10min,
        ),
        (
            "conversations_per_hour",
            Kind::Number,
            words.conversations_per_hour,
        ),
        (
            "require_verification",
            Kind::Tick,
            words.require_verification,
        ),
        ("sign_in_url", Kind::Text, words.sign_in_url),
        ("version", Kind::Number, ""),
    ]
}

/// The page.
pub fn page(home: Home, space: String) -> El {
    let words = words();
    let settings: Var<Option<JsValue>> = Var::new(None);
    let is_saved = Var::new(false);
    let head = home.head(words.settings, &space, ("people", words.people));
    let asked = space.clone();
    spawn(async move {
        if let Some(answer) = home.asks_in(&asked, "GET", "/settings", None).await {
            settings.set(js::get(&answer, "settings"));
        }
    });
    let origin = js::window().location().origin().unwrap_or_default();
    let snippet = [
        "<script async src=\"",
        &origin,
        "/bellhop.js\" data-space=\"",
        &space,
        "\"></script>",
    ];
    let snippet = el("section", "home__part")
        .child(el("h2", "home__subtitle").text(words.snippet))
        .child(
            el("pre", "snippet")
                .attr("tabindex", "0")
                .attr("dir", "ltr")
                .text(&snippet.concat()),
        );
    let programs = tokens::part(home, &space);
    let audit = ["#audit=", &space].concat();
    let customers = identity::part(home, &space);
    let inside = move || match settings.get() {
        Some(settings_now) => vec![edit(home, space.clone(), &settings_now, settings, is_saved)],
        None => vec![],
    };
    let saved = move || if is_saved.get() { words.saved } else { "" }.to_owned();
    el("main", "home home--wide")
        .child(head)
        .child(snippet)
        .child(el("div", "home__part").bind_children(inside))
        .child(
            el("p", "home__saved")
                .attr("role", "status")
                .bind_text(saved),
        )
        .child(home.alert())
        .child(programs)
        .child(form::link(&audit, privacy::words().audit))
        .child(customers)
}

fn edit(
    home: Home,
    space: String,
    now: &JsValue,
    settings: Var<Option<JsValue>>,
    is_saved: Var<bool>,
) -> El {
    let words = words();
    let mut parts = Vec::new();
    let mut values = Vec::new();
    for (name, kind, label) in fields() {
        let text = Var::new(read(now, name));
        let tick = Var::new(text.now() == "true");
        values.push((name, kind, text, tick, text.now()));
        if label.is_empty() {
            continue;
        }
        parts.push(match kind {
            Kind::Text => form::field(label, "text", text),
            Kind::Number => form::field(label, "number", text),
            Kind::Lines if name == "origins" => form::lines(label, words.origins_hint, text),
            Kind::Lines => form::lines(label, "", text),
            Kind::Tick => form::tick(label, tick),
            Kind::Mode => {
                let choices = [
                    ("offer", words.mode_offer),
                    ("auto_accept", words.mode_auto),
                    ("manual", words.mode_manual),
                ];
                form::choice(label, &choices, &text.now(), move |chosen| text.set(chosen))
            }
            Kind::Routing => {
                let choices = [
                    ("round_robin", words.round_robin),
                    ("least_busy", words.least_busy),
                ];
                form::choice(label, &choices, &text.now(), move |chosen| text.set(chosen))
            }
        });
    }
    let save = move || {
        is_saved.set(false);
        let (space, values) = (space.clone(), values.clone());
        spawn(async move {
            let mut body = Vec::new();
            for (name, kind, text, tick, before) in values {
                let text = if matches!(kind, Kind::Tick) {
                    tick.now().to_string()
                } else {
                    text.now()
                };
                // Whoever saves says which version that was made for: nobody's change is undone.
                if text != before || name == "version" {
                    body.push((name, written(name, kind, &text)));
                }
            }
            let answer = home
                .asks_in(&space, "PATCH", "/settings", Some(&body))
                .await;
            if let Some(answer) = answer {
                settings.set(js::get(&answer, "settings"));
                is_saved.set(true);
            }
        });
    };
    form::form(home, "settings", parts, words.save, save)
}

fn read(settings: &JsValue, name: &str) -> String {
    if name == "origins" {
        let origins = rows(settings, name);
        let origins = origins.iter().filter_map(JsValue::as_string);
        return origins.collect::<Vec<_>>().join("\n");
    }
    let Some(value) = js::get(settings, name) else {
        return String::new();
    };
    if let Some(text) = value.as_string() {
        text
    } else if let Some(is_on) = value.as_bool() {
        is_on.to_string()
    } else {
        value
            .as_f64()
            .map(|number| number.to_string())
            .unwrap_or_default()
    }
}

fn written(name: &str, kind: Kind, text: &str) -> JsValue {
    match kind {
        Kind::Tick => (text == "true").into(),
        Kind::Number => match text.parse::<f64>() {
            Ok(number) => number.into(),
            // The server says what is wrong with it.
            Err(_) => text.into(),
        },
        Kind::Lines if name == "origins" => {
            let list = Array::new();
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            for line in lines {
                list.push(&line.into());
            }
            list.into()
        }
        Kind::Text | Kind::Lines | Kind::Mode | Kind::Routing => text.into(),
    }
}
