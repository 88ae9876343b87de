//! The API tokens of a space: made, shown once, listed without their secret, taken back.

use shared::time::Timestamp;
use wasm_bindgen::JsValue;

use super::{Home, form, rows};
use crate::dom::{El, el};
use crate::js;
use crate::task::spawn;
use crate::text::fill;
use crate::text::home::words;
use crate::time::{self, Form};
use crate::var::Var;

/// An API token, as this page shows one.
#[derive(Clone)]
struct Token {
    id: String,
    name: String,
    scope: String,
    expires_at: f64,
    used_at: Option<f64>,
}

/// What the part shows. A handle.
#[derive(Clone, Copy)]
struct Tokens {
    home: Home,
    space: Var<String>,
    list: Var<Vec<Token>>,
    /// The one that was made a moment ago.
    made: Var<Option<String>>,
}

/// The part.
pub fn part(home: Home, space: &str) -> El {
    let words = words();
    let tokens = Tokens {
        home,
        space: Var::new(space.to_owned()),
        list: Var::new(vec![]),
        made: Var::new(None),
    };
    spawn(tokens.read());
    let made = el("div", "home__link")
        .attr("aria-live", "polite")
        .bind_children(move || {
            let made = tokens.made.get();
            made.map(|token| form::to_copy(words.token_made, &token))
                .into_iter()
                .collect()
        });
    let list = el("ul", "rows").bind_children(move || {
        let list = tokens.list.get();
        list.iter().map(|token| tokens.row(token)).collect()
    });
    el("section", "panel")
        .child(el("h2", "panel__title").text(words.tokens))
        .child(el("p", "panel__text").text(words.tokens_text))
        .child(made)
        .child(tokens.make())
        .child(list)
}

impl Tokens {
    async fn read(self) {
        let answer = self
            .home
            .asks_in(&self.space.now(), "GET", "/tokens", None)
            .await;
        let Some(answer) = answer else { return };
        let number = |row: &JsValue, name| js::get(row, name).and_then(|at| at.as_f64());
        let text = |row: &JsValue, name| js::get_text(row, name).unwrap_or_default();
        let list = rows(&answer, "tokens").into_iter().map(|row| Token {
            id: text(&row, "id"),
            name: text(&row, "name"),
            scope: text(&row, "scope"),
            expires_at: number(&row, "expires_at").unwrap_or_default(),
            used_at: number(&row, "used_at"),
        });
        self.list.set(list.collect());
    }

    fn make(self) -> El {
        let words = words();
        let (name, scope) = (Var::new(String::new()), Var::new("read".to_owned()));
        let choices = [("read", words.scope_read), ("write", words.scope_write)];
        let fields = vec![
            form::field(self.home, "new-token.name", words.token_name, "text", name),
            form::choice(words.scope, &choices, "read", move |chosen| {
                scope.set(chosen)
            }),
        ];
        form::form(self.home, "new-token", fields, words.create, move || {
            spawn(async move {
                let body = [
                    ("name", name.now().as_str().into()),
                    ("scope", scope.now().as_str().into()),
                ];
                let space = self.space.now();
                let answer = self
                    .home
                    .asks_in(&space, "POST", "/tokens", Some(&body))
                    .await;
                if let Some(answer) = answer {
                    self.made.set(js::get_text(&answer, "token"));
                    self.read().await;
                }
            });
        })
    }

    fn row(self, token: &Token) -> El {
        let words = words();
        let write = |at: f64| time::write(Timestamp::from_millis(at as u64), Form::Full);
        let scope = if token.scope == "write" {
            words.scope_write
        } else {
            words.scope_read
        };
        let used = match token.used_at {
            Some(at) => fill(words.used, &write(at)),
            None => words.never_used.to_owned(),
        };
        let path = ["/tokens/", &token.id].concat();
        let take_back = move || {
            let path = path.clone();
            spawn(async move {
                let space = self.space.now();
                if self
                    .home
                    .asks_in(&space, "DELETE", &path, None)
                    .await
                    .is_some()
                {
                    self.read().await;
                }
            });
        };
        el("li", "rows__row")
            .child(
                el("span", "rows__text")
                    .attr("dir", "auto")
                    .text(&token.name),
            )
            .child(el("span", "rows__note").text(scope))
            .child(el("span", "rows__note").text(&used))
            .child(el("span", "rows__note").text(&fill(words.until, &write(token.expires_at))))
            .child(form::act(self.home, words.take_back, take_back))
    }
}
