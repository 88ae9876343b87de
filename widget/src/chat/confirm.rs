//! The question before the customer ends the chat.

use crate::dom::{El, button, effect, el};
use crate::text::text;
use crate::var::Var;

/// A strip above the composer, with the cursor on the way back.
pub fn confirm(is_asking: Var<bool>, yes: impl Fn() + 'static, no: impl Fn() + 'static) -> El {
    let text = text();
    let keep = button("button button--quiet button--small confirm__no", no).text(text.end_no);
    let html = keep.html().clone();
    effect(move || {
        if is_asking.get() {
            let html = html.clone();
            crate::js::next_frame(move || drop(html.focus()));
        }
    });
    el("div", "confirm")
        .attr("role", "alertdialog")
        .attr("aria-label", text.end_question)
        .bind_flag("hidden", move || !is_asking.get())
        .child(el("span", "confirm__text").text(text.end_question))
        .child(button("button button--danger button--small confirm__yes", yes).text(text.end))
        .child(keep)
}
