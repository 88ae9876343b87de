//! The chat in its frame: what the loader says, and what it is told; the browser and other tabs.

use shared::conversation::{Author, Entry, Seq};
use shared::link::{Input, State};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, StorageEvent};

use super::{Chat, Screen, identity, language};
use crate::dom::effect;
use crate::js::document;
use crate::text::text;
use crate::var::Var;
use crate::{host, js, ui};

/// Connects the app with the page around it and with the browser.
pub fn attach(chat: Chat) {
    js::on_window(&["online", "offline", "visibilitychange"], move |_| {
        let is_online = js::is_online();
        chat.is_online.set(is_online);
        chat.thread.now().input(if is_online {
            Input::Online
        } else {
            Input::Offline
        });
        see(chat);
    });
    js::on_window(&["storage"], move |event| {
        let event: &StorageEvent = event.unchecked_ref();
        if event.key() == Some(chat.tab().local.key("conversation"))
            && let Some(conversation) = event.new_value().and_then(|id| id.parse().ok())
        {
            chat.open(conversation);
        }
        if event.key() == Some(chat.tab().local.key("known")) {
            identity::heard(chat);
        }
        if event.key() == Some(chat.tab().local.key(language::CHOICE)) {
            language::again(chat);
        }
    });
    chat.is_shown.set(!host::is_framed());
    let mark = Var::new(0);
    host::listen(move |kind, message| {
        take_keys(chat, mark, message);
        hear(chat, kind, message);
    });
    effect(move || {
        chat.thread.get().entries(|_| ());
        chat.is_shown.get();
        see(chat);
    });
    effect(move || {
        let count = chat.thread.get().unread();
        // Nothing reaches the page before its first word: say it again after that. And the launcher
        // keeps the keys until it hears from a chat that is shown.
        chat.is_shown.get();
        chat.language.hear();
        let name = chat.launcher.with(|own| name(own, count));
        host::tell("unread", &[("count", count.into()), ("name", name.into())]);
    });
    effect(move || {
        let screen = chat.screen_of(chat.thread.get());
        chat.is_shown.get();
        if screen != Screen::Loading {
            let is_open = matches!(screen, Screen::Waiting | Screen::Active);
            host::tell("talk", &[("open", is_open.into())]);
        }
    });
    // What was there before the chat was is no news.
    let heard = Var::new(None);
    effect(move || {
        let thread = chat.thread.get();
        let last = thread.entries(last_message);
        if thread.state() == State::Live {
            if last.is_some() && heard.now().is_some_and(|heard| heard != last) {
                host::tell("message", &[]);
            }
            heard.set(Some(last));
        }
    });
    host::tell("ready", &[]);
    if !host::is_framed() {
        ui::focus_composer();
    }
}

/// The place of the last message of the other side.
fn last_message(entries: &[Entry]) -> Option<Seq> {
    let is_theirs = |entry: &&Entry| entry.event.is_message() && entry.author != Author::Customer;
    entries.iter().rev().find(is_theirs).map(|entry| entry.seq)
}

/// What the launcher is called: as the page has named it, or in the language of the chat.
fn name(own: &str, unread: u32) -> String {
    let own = if own.is_empty() {
        text().launcher()
    } else {
        own
    };
    match unread {
        0 => own.to_owned(),
        _ => [own, ", ", &text().unread(unread as usize)].concat(),
    }
}

/// Tells the other side that everything is read, when the person can see it.
fn see(chat: Chat) {
    if chat.is_shown.now() && !document().hidden() && chat.is_own(chat.shown.now()) {
        chat.thread.now().input(Input::Seen);
    }
}

/// Takes in what was typed on the launcher before the frame had the focus. It may come late: it
/// goes before everything that was typed here since the chat is shown, which is from `mark` on.
fn take_keys(chat: Chat, mark: Var<usize>, message: &JsValue) {
    if !chat.is_shown.now() {
        mark.set(chat.draft.peek(String::len));
    }
    let typed = js::get_text(message, "typed").unwrap_or_default();
    if !typed.is_empty() {
        let at = mark.now();
        chat.draft.update(|draft| {
            let end = draft.len();
            draft.insert_str(if draft.is_char_boundary(at) { at } else { end }, &typed);
        });
        mark.set(at + typed.len());
    }
}

fn hear(chat: Chat, kind: &str, message: &JsValue) {
    match kind {
        "init" | "set" => {
            dress(message);
            if let Some(text) = js::get_text(message, "text") {
                chat.launcher.set(text);
            }
            chat.claim(message);
            let shown = js_sys::Reflect::get(message, &"identify".into());
            if let Some(shown) = shown.ok().filter(|shown| !shown.is_undefined()) {
                identity::identify(chat, shown);
            }
            // Who says something about the page does not mean to write.
            if kind == "init" {
                show(chat, message);
            }
        }
        "shown" => show(chat, message),
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

/// The page's colours, and its theme when it forces one. The colour of the space is there already,
/// in the shades that it has on light and on dark paper.
fn dress(message: &JsValue) {
    let Some(html) = document().document_element() else {
        return;
    };
    let html: HtmlElement = html.unchecked_into();
    let own = document()
        .body()
        .and_then(|body| body.dataset().get("color"));
    let is_own = own == js::get_text(message, "color");
    for (name, property) in [("color", "--brand"), ("on", "--on-brand")] {
        if let Some(color) = js::get_text(message, name) {
            let color = if is_own { "" } else { &color };
            let _ = html.style().set_property(property, color);
        }
    }
    if let Some(theme) = js::get_text(message, "theme") {
        let _ = html.set_attribute("data-theme", &theme);
    }
}
