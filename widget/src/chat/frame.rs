//! The chat in its frame: what the loader says, and what it is told.

use leptos::prelude::*;
use shared::link::Input;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

use super::{Chat, Screen, watch_browser};
use crate::{host, js, text, ui};

/// Connects the app with the page around it and with the browser.
pub fn attach(chat: Chat) {
    watch_browser(chat);
    chat.is_shown.set(!host::is_framed());
    host::listen(move |kind, message| hear(chat, kind, message));
    chat.tab().owner.with(|| {
        Effect::new(move |_| {
            let thread = chat.thread.get();
            thread.entries(|_| ());
            chat.is_shown.track();
            see(chat);
        });
        Effect::new(move |_| {
            let count = chat.thread.get().unread();
            host::tell("unread", &[("count", count.into())]);
        });
        Effect::new(move |_| {
            let is_open = matches!(chat.screen(), Screen::Waiting | Screen::Active);
            host::tell("open_conversation", &[("open", is_open.into())]);
        });
    });
    host::tell("ready", &[]);
    if !host::is_framed() {
        ui::focus_composer();
    }
}

/// Tells the other side that everything is read, when the person can see it.
pub fn see(chat: Chat) {
    if chat.is_shown.get_untracked() && !document().hidden() {
        chat.thread.get_untracked().input(Input::Seen);
    }
}

fn hear(chat: Chat, kind: &str, message: &JsValue) {
    match kind {
        "init" => {
            dress(message);
            if text::choose(&js::get_text(message, "locale").unwrap_or_default()) {
                chat.language.notify();
            }
            name(chat, message);
            show(chat, message);
        }
        "shown" => show(chat, message),
        "set" => name(chat, message),
        _ => (),
    }
}

fn show(chat: Chat, message: &JsValue) {
    let is_shown = js::get(message, "shown").is_some_and(|shown| shown.is_truthy());
    chat.is_shown.set(is_shown);
    if is_shown {
        ui::focus_composer();
    }
}

fn name(chat: Chat, message: &JsValue) {
    if let Some(name) = js::get_text(message, "name") {
        chat.claim_name(name);
    }
}

/// The page's colours, and its theme when it forces one.
fn dress(message: &JsValue) {
    let Some(html) = document().document_element() else { return };
    let html: HtmlElement = html.unchecked_into();
    for (name, property) in [("color", "--brand"), ("on", "--on-brand")] {
        if let Some(color) = js::get_text(message, name) {
            let _ = html.style().set_property(property, &color);
        }
    }
    if let Some(theme) = js::get_text(message, "theme") {
        if matches!(theme.as_str(), "light" | "dark") {
            let _ = html.set_attribute("data-theme", &theme);
        }
    }
}
