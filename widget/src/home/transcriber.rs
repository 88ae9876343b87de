//! Who writes down what is said in the space: a server of its own, if it has one (SP7 of `shared::dictation`).

use wasm_bindgen::JsValue;

use super::{Home, form};
use crate::dom::{El, el};
use crate::js;
use crate::task::spawn;
use crate::text::home::words;
use crate::var::Var;

/// What the part shows. A handle.
#[derive(Clone, Copy)]
struct Part {
    home: Home,
    space: Var<String>,
    /// What the server says of it.
    known: Var<JsValue>,
}

/// The part.
pub fn part(home: Home, space: &str) -> El {
    let words = words();
    let part = Part {
        home,
        space: Var::new(space.to_owned()),
        known: Var::new(JsValue::UNDEFINED),
    };
    spawn(part.asks("GET", None));
    let state = el("ul", "rows").bind_children(move || part.row().into_iter().collect());
    let inside = el("div", "").bind_children(move || {
        part.known.with(|_| ());
        vec![part.form()]
    });
    el("section", "panel")
        .attr("data-part", "transcriber")
        .child(el("h2", "panel__title").text(words.transcriber))
        .child(el("p", "panel__text").text(words.transcriber_text))
        .child(state)
        .child(inside)
}

impl Part {
    async fn asks(self, method: &'static str, body: Option<Vec<(&'static str, JsValue)>>) {
        let space = self.space.now();
        let answer = self
            .home
            .asks_in(&space, method, "/transcriber", body.as_deref())
            .await;
        if let Some(answer) = answer {
            self.known.set(answer);
        }
    }

    /// The one that stands, or who stands in for it.
    fn row(self) -> Option<El> {
        let words = words();
        let known = self.known.get();
        let is_there = js::get(&known, "installation")?.is_truthy();
        let Some(own) = js::get(&known, "transcriber") else {
            let said = match is_there {
                true => words.transcriber_other,
                false => words.transcriber_none,
            };
            return Some(el("li", "rows__row").child(el("span", "rows__text").text(said)));
        };
        let text = |name| js::get_text(&own, name).unwrap_or_default();
        let last4 = text("last4");
        let key = match last4.as_str() {
            "" => String::new(),
            last4 => [" … ", last4].concat(),
        };
        let remove = move || spawn(self.asks("PUT", Some(vec![])));
        let name = el("span", "rows__text")
            .attr("dir", "ltr")
            .text(&text("url"));
        let note = [text("model"), key].concat();
        let note = el("span", "rows__note").attr("dir", "ltr").text(&note);
        let row = el("li", "rows__row").child(name).child(note);
        Some(row.child(form::act(self.home, words.take_back, remove)))
    }

    fn form(self) -> El {
        let words = words();
        let [url, model, key] = [(); 3].map(|()| Var::new(String::new()));
        let field = |path, label, kind, value| form::field(self.home, path, label, kind, value);
        let fields = vec![
            field("new-transcriber.url", words.transcriber_url, "url", url),
            field(
                "new-transcriber.model",
                words.transcriber_model,
                "text",
                model,
            ),
            field("new-transcriber.key", words.transcriber_key, "text", key),
        ];
        form::form(
            self.home,
            "new-transcriber",
            fields,
            words.create,
            move || {
                let text = |value: Var<String>| JsValue::from(value.now());
                let body = vec![
                    ("url", text(url)),
                    ("model", text(model)),
                    ("key", text(key)),
                ];
                spawn(self.asks("PUT", Some(body)));
            },
        )
    }
}
