//! Asks for credentials first (F16), in the composer's place: the site's own page signs in, or the page
//! around us is told that somebody wants to.

use super::Chat;
use crate::dom::{El, button, el};
use crate::host;
use crate::text::text;

/// A sentence, and the way to sign in.
pub fn sign_in(chat: Chat) -> El {
    let text = text();
    let page = &chat.tab().config.sign_in;
    let go = if page.is_empty() {
        button("button button--primary", || host::tell("identify", &[]))
    } else {
        el("a", "button button--primary")
            .attr("href", page)
            .attr("target", "_top")
    };
    el("section", "ended")
        .attr("aria-labelledby", "sign-in-title")
        .child(
            el("h2", "ended__title")
                .attr("id", "sign-in-title")
                .text(text.sign_in_title()),
        )
        .child(el("p", "ended__text").text(text.sign_in_text()))
        .child(go.text(text.sign_in()))
}
