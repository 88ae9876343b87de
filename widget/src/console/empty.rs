//! The centre while no conversation is open.

use super::Console;
use crate::dom::{El, decor, el};
use crate::text::console::words;

/// All quiet, or a word about being unavailable.
pub fn empty(console: Console) -> El {
    let words = words();
    let is_on = move || console.desk.is_available();
    let title = move || {
        if is_on() {
            words.quiet
        } else {
            words.unavailable_title
        }
        .to_owned()
    };
    let text = move || {
        if is_on() {
            words.quiet_text
        } else {
            words.unavailable_text
        }
        .to_owned()
    };
    let inside = el("div", "empty")
        .child(decor("empty__bell icon icon--bell"))
        .child(el("h2", "empty__title").bind_text(title))
        .child(el("p", "empty__text").bind_text(text));
    el("section", "conversation conversation--empty").child(inside)
}
