//! The keys by which the site vouches for its customers: made, shown once, retired.

use wasm_bindgen::JsValue;

use super::{Home, form, rows};
use crate::dom::{El, el};
use crate::js;
use crate::task::spawn;
use crate::text::fill;
use crate::text::home::words;
use crate::time::{self, Form};
use crate::var::Var;
use shared::time::Timestamp;

/// An identity key, as this page shows one.
#[derive(Clone)]
struct Key {
    id: String,
    algorithm: String,
    last4: String,
    made_at: f64,
}

/// What the part shows. A handle.
#[derive(Clone, Copy)]
struct Keys {
    home: Home,
    space: Var<String>,
    list: Var<Vec<Key>>,
    /// The secret that was made a moment ago.
    made: Var<Option<String>>,
}

/// The part.
pub fn part(home: Home, space: &str) -> El {
    let words = words();
    let keys = Keys {
        home,
        space: Var::new(space.to_owned()),
        list: Var::new(vec![]),
        made: Var::new(None),
    };
    spawn(keys.read());
    let made = el("div", "home__link")
        .attr("aria-live", "polite")
        .bind_children(move || {
            let made = keys.made.get();
            made.map(|secret| form::to_copy(words.identity_made, &secret))
                .into_iter()
                .collect()
        });
    let list = el("ul", "rows").bind_children(move || {
        let list = keys.list.get();
        list.iter().map(|key| keys.row(key)).collect()
    });
    el("section", "panel")
        .attr("data-part", "identity")
        .child(el("h2", "panel__title").text(words.identity))
        .child(el("p", "panel__text").text(words.identity_text))
        .child(made)
        .child(keys.make())
        .child(list)
}

impl Keys {
    async fn read(self) {
        let space = self.space.now();
        let answer = self
            .home
            .asks_in(&space, "GET", "/identity-keys", None)
            .await;
        let Some(answer) = answer else { return };
        let text = |row: &JsValue, name| js::get_text(row, name).unwrap_or_default();
        let list = rows(&answer, "identity_keys").into_iter().map(|row| Key {
            id: text(&row, "id"),
            algorithm: text(&row, "algorithm"),
            last4: text(&row, "last4"),
            made_at: js::get(&row, "made_at")
                .and_then(|at| at.as_f64())
                .unwrap_or_default(),
        });
        self.list.set(list.collect());
    }

    fn make(self) -> El {
        let words = words();
        let algorithm = Var::new("HS256".to_owned());
        let public = Var::new(String::new());
        let choices = [
            ("HS256", words.identity_secret),
            ("RS256", "RS256"),
            ("ES256", "ES256"),
            ("file-check", words.file_check),
        ];
        let choice = form::choice(words.identity_kind, &choices, "HS256", move |chosen| {
            algorithm.set(chosen);
        });
        let pasted = move || {
            if algorithm.with(|algorithm| is_ours(algorithm)) {
                return vec![];
            }
            vec![form::lines(
                self.home,
                "new-identity.public_key",
                words.identity_public,
                "PEM, JWK",
                public,
            )]
        };
        let fields = vec![choice, el("div", "").bind_children(pasted)];
        form::form(self.home, "new-identity", fields, words.create, move || {
            spawn(async move {
                let algorithm = algorithm.now();
                let public = if is_ours(&algorithm) {
                    JsValue::UNDEFINED
                } else {
                    public.now().as_str().into()
                };
                let body = [
                    ("algorithm", algorithm.as_str().into()),
                    ("public_key", public),
                ];
                let space = self.space.now();
                let answer = self
                    .home
                    .asks_in(&space, "POST", "/identity-keys", Some(&body))
                    .await;
                if let Some(answer) = answer {
                    self.made.set(js::get_text(&answer, "secret"));
                    self.read().await;
                }
            });
        })
    }

    fn row(self, key: &Key) -> El {
        let words = words();
        let made = time::write(Timestamp::from_millis(key.made_at as u64), Form::Full);
        let name = match key.last4.as_str() {
            "" => key.algorithm.clone(),
            last4 => [&key.algorithm, " … ", last4].concat(),
        };
        let path = ["/identity-keys/", &key.id].concat();
        let retire = move || {
            let path = path.clone();
            spawn(async move {
                let space = self.space.now();
                let answer = self.home.asks_in(&space, "DELETE", &path, None).await;
                if answer.is_some() {
                    self.made.set(None);
                    self.read().await;
                }
            });
        };
        el("li", "rows__row")
            .child(el("span", "rows__text").attr("dir", "ltr").text(&name))
            .child(el("span", "rows__note").text(&fill(words.made, &made)))
            .child(form::act(self.home, words.retire, retire))
    }
}

/// Whether the key is a secret that we make.
fn is_ours(algorithm: &str) -> bool {
    ["HS256", "file-check"].contains(&algorithm)
}
