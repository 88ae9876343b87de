//! A dialog over the console. The browser keeps the focus inside and gives it back afterwards.

use shared::id::ConversationId;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlDialogElement, HtmlElement, KeyboardEvent};

use super::Console;
use super::lists::number;
use super::{abandon, block, ticket, transfer};
use crate::dom::{El, button, el};
use crate::js;
use crate::text::work::work;
use crate::ui::focus_composer;

/// What is asked over the console.
#[derive(Clone, Copy, Eq, PartialEq)]
pub enum Asks {
    /// Where a conversation goes.
    Transfer(ConversationId),
    /// Whether a conversation is abandoned, and why.
    Abandon(ConversationId),
    /// Which ticket is made of a conversation.
    Ticket(ConversationId),
    /// Whether a visitor is blocked, and for how long.
    Block(ConversationId),
}

/// The dialog that is open, in `parent`.
pub fn dialogs(parent: El, console: Console) -> El {
    parent.each(
        move || console.asks.get().into_iter().collect(),
        |(Asks::Transfer(conversation)
         | Asks::Abandon(conversation)
         | Asks::Ticket(conversation)
         | Asks::Block(conversation))| number(conversation),
        move |asks| match asks {
            Asks::Transfer(conversation) => transfer::dialog(console, conversation),
            Asks::Abandon(conversation) => abandon::dialog(console, conversation),
            Asks::Ticket(conversation) => ticket::dialog(console, conversation),
            Asks::Block(conversation) => block::dialog(console, conversation),
        },
    )
}

/// Closes what is open: the focus goes back, then the dialog is gone. The browser tells of it in a while;
/// until then what is opened next would be taken for what was just closed.
pub fn close() {
    let open = js::document().query_selector("dialog[open]").ok().flatten();
    if let (Some(open), Ok(closed)) = (open, Event::new("close")) {
        open.unchecked_ref::<HtmlDialogElement>().close();
        let _ = open.dispatch_event(&closed);
    }
}

/// The focus is back where it was. Chromium does not move the caret with it: a text field would
/// have the focus and take no keys.
fn focus_again() {
    let active = js::document().active_element();
    match active.map(|active| (active.tag_name(), active)) {
        Some((tag, active)) if tag == "TEXTAREA" => {
            let active: &HtmlElement = active.unchecked_ref();
            let _ = active.blur();
            let _ = active.focus();
        }
        Some((tag, _)) if tag != "BODY" => (),
        _ => focus_composer(),
    }
}

/// A dialog with its head; the caller adds the rest.
pub fn dialog(console: Console, class: &str, title: impl Fn() -> String + 'static) -> El {
    let head = el("header", "dialog__head")
        .child(
            el("h2", "dialog__title")
                .attr("id", "dialog-title")
                .attr("dir", "auto")
                .bind_text(title),
        )
        .child(
            button("button button--icon button--quiet icon icon--close", close)
                .attr("aria-label", work().close),
        );
    let dialog = el("dialog", &["dialog ", class].concat())
        .attr("aria-labelledby", "dialog-title")
        // Escape is for the dialog alone: it would also go back to the lists.
        .on("keydown", |event| {
            let key: &KeyboardEvent = event.unchecked_ref();
            if key.key() == "Escape" && !key.is_composing() {
                event.stop_propagation();
                event.prevent_default();
                close();
            }
        })
        .child(head);
    let html: HtmlDialogElement = dialog.html().clone().unchecked_into();
    let closed = html.clone();
    let dialog = dialog.on("close", move |_| {
        // Told of once more, when it is gone already.
        if closed.is_connected() {
            console.asks.set(None);
            console.asking.set(None);
            js::next_frame(focus_again);
        }
    });
    js::next_frame(move || drop(html.show_modal()));
    dialog
}
