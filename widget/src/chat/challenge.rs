//! Asks whether a person writes (R126 of `shared::space`), above the composer: a page of ours in a frame, which
//! alone runs somebody else's script. What was written waits meanwhile, and goes by itself (K17).

use wasm_bindgen::JsValue;

use super::Chat;
use crate::dom::{El, button, el};
use crate::js;
use crate::text::text;
use crate::ui::focus_composer;
use crate::var::Var;

/// A sentence and the challenge; where that cannot be loaded, the way to try again.
pub fn challenge(chat: Chat) -> El {
    let has_failed = Var::new(false);
    let words = move || {
        let text = text();
        if has_failed.get() {
            text.challenge_failed()
        } else {
            text.challenge()
        }
        .to_owned()
    };
    let again = move || {
        has_failed.set(false);
        focus_composer();
    };
    el("section", "confirm challenge")
        .child(
            el("p", "confirm__text")
                .attr("role", "alert")
                .bind_text(words),
        )
        .when(move || !has_failed.get(), move || frame(chat, has_failed))
        .when(
            move || has_failed.get(),
            move || button("button button--quiet button--small", again).text(text().retry()),
        )
}

fn frame(chat: Chat, has_failed: Var<bool>) -> El {
    let theme = js::document()
        .document_element()
        .and_then(|html| html.get_attribute("data-theme"));
    let address = [
        "/challenge?space=",
        &chat.tab().config.space,
        "&lang=",
        text().lang,
        "&theme=",
        &theme.unwrap_or_default(),
    ];
    let frame = el("iframe", "challenge__frame")
        .attr("title", text().challenge())
        .attr("src", &address.concat());
    let html: JsValue = frame.html().clone().into();
    frame
        .on("challenge", move |event| {
            match js::get_text(&event, "detail").filter(|proof| !proof.is_empty()) {
                Some(proof) => chat.thread.now().pass(proof),
                None => has_failed.set(true),
            }
        })
        .on("load", move |_| {
            // A page that says that something went wrong is not ours.
            let inside = js::get(&html, "contentWindow").unwrap_or_default();
            if js::get(&inside, "bellhop").is_none() {
                has_failed.set(true);
            }
        })
}
