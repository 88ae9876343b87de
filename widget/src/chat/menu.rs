//! The menu below the head: the language of the chat, what Enter does, what a customer takes along, and earlier conversations.

use shared::language::LANGUAGES;
use wasm_bindgen::JsValue;

use super::earlier::earlier;
use super::take::take;
use super::{Chat, language};
use crate::dom::{El, el};
use crate::js::{self, document};
use crate::tab::ENTER;
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
        .child(enter(chat))
        .child(take(chat))
        .child(earlier(chat))
}

/// Whether Enter sends, or breaks the line.
fn enter(chat: Chat) -> El {
    let field = el("input", "")
        .attr("type", "checkbox")
        .bind_flag("checked", move || chat.tab().enter_key() == "send");
    let html: JsValue = field.html().clone().into();
    let field = field.on("change", move |_| {
        let tab = chat.tab();
        if js::get(&html, "checked") == Some(JsValue::TRUE) {
            tab.local.remove(ENTER);
        } else {
            tab.local.set(ENTER, "1");
        }
        let composer = document().query_selector(".composer__text").ok().flatten();
        if let Some(composer) = composer {
            let _ = composer.set_attribute("enterkeyhint", tab.enter_key());
        }
    });
    el("label", "menu__enter")
        .child(field)
        .text(text().enter_sends())
}
