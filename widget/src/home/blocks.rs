//! The visitors of a space who are blocked, and the way back (P21).

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

/// What the part shows. A handle.
#[derive(Clone, Copy)]
struct Blocks {
    home: Home,
    space: Var<String>,
    /// As the API tells them; `None` until it has.
    list: Var<Option<Vec<JsValue>>>,
}

/// The part.
pub fn part(home: Home, space: &str) -> El {
    let words = words();
    let blocks = Blocks {
        home,
        space: Var::new(space.to_owned()),
        list: Var::new(None),
    };
    spawn(blocks.read());
    let list = el("ul", "rows").bind_children(move || {
        let list = blocks.list.get().unwrap_or_default();
        list.iter().map(|block| blocks.row(block)).collect()
    });
    let none = move || match blocks.list.get() {
        Some(list) if list.is_empty() => words.nobody_blocked.to_owned(),
        Some(_) | None => words.blocks_text.to_owned(),
    };
    el("section", "panel blocks")
        .child(el("h2", "panel__title").text(words.blocks))
        .child(el("p", "panel__text").bind_text(none))
        .child(list)
}

impl Blocks {
    async fn read(self) {
        let space = self.space.now();
        let answer = self.home.asks_in(&space, "GET", "/blocks", None).await;
        if let Some(answer) = answer {
            self.list.set(Some(rows(&answer, "blocks")));
        }
    }

    fn row(self, block: &JsValue) -> El {
        let words = words();
        let text = |name| js::get_text(block, name).unwrap_or_default();
        let until = js::get(block, "until").and_then(|at| at.as_f64());
        let until = match until {
            Some(at) => {
                let at = Timestamp::from_millis(at as u64);
                fill(words.until, &time::write(at, Form::Full))
            }
            None => words.for_ever.to_owned(),
        };
        let path = ["/blocks/", &text("visitor")].concat();
        let take_back = move || {
            let path = path.clone();
            spawn(async move {
                let space = self.space.now();
                let answer = self.home.asks_in(&space, "DELETE", &path, None).await;
                if answer.is_some() {
                    self.read().await;
                }
            });
        };
        el("li", "rows__row")
            .child(
                el("span", "rows__text")
                    .attr("dir", "auto")
                    .text(&text("name")),
            )
            .child(
                el("span", "rows__note")
                    .attr("dir", "auto")
                    .text(&text("reason")),
            )
            .child(el("span", "rows__note").text(&until))
            .child(form::act(self.home, words.unblock, take_back))
    }
}
