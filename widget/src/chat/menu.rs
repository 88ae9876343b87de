//! The menu below the head: the language of the chat, what a customer takes along, and earlier conversations.

use shared::language::LANGUAGES;
use wasm_bindgen::JsValue;

use super::earlier::earlier;
use super::take::take;
use super::{Chat, language};
use crate::dom::{El, el};
use crate::js::{self, document};
use crate::text::text;

/// A field with the languages that the chat speaks, each as its own people call it. Drawn anew in the one
/// that was chosen, it has the focus again.
pub fn menu(chat: Chat) -> El {
    let mut select = el("select", "menu__language").attr("aria-label", text().language());
    for language in &LANGUAGES {
        let option = el("option", "")
            .attr("value", language.tag)
            .attr("lang", language.tag)
            .text(language.name);
        select = select.child(option);
    }
    let html: JsValue = select.html().clone().into();
    let _ = js_sys::Reflect::set(&html, &"value".into(), &text().lang.into());
    let field = select.html().clone();
    if document().has_focus().unwrap_or(false) {
        js::next_frame(move || drop(field.focus()));
    }
    let select = select.on("change", move |_| {
        let tag = js::get_text(&html, "value").unwrap_or_default();
        chat.tab().local.set(language::CHOICE, &tag);
        language::again(chat);
    });
    el("div", "confirm menu")
        .child(select)
        .child(take(chat))
        .child(earlier(chat))
}
