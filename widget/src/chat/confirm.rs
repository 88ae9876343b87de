//! The question before the customer ends the chat.

use shared::conversation::Command;

use super::Chat;
use crate::dom::{El, button, el};
use crate::js;
use crate::text::text;
use crate::ui::focus_composer;
use crate::var::Var;

/// A strip above the composer, with the focus on the way back.
pub fn confirm(chat: Chat, is_asking: Var<bool>) -> El {
    let text = text();
    let no = move || {
        is_asking.set(false);
        focus_composer();
    };
    let yes = move || {
        is_asking.set(false);
        chat.thread.now().submit(Command::End);
    };
    let keep = button("button button--quiet button--small confirm__no", no).text(text.end_no());
    let html = keep.html().clone();
    js::next_frame(move || drop(html.focus()));
    el("div", "confirm")
        .attr("role", "alertdialog")
        .attr("aria-label", text.end_question())
        .child(el("span", "confirm__text").text(text.end_question()))
        .child(button("button button--danger button--small confirm__yes", yes).text(text.end()))
        .child(keep)
}
