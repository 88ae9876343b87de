//! The line that says who is typing.

use crate::dom::{El, decor, el};
use crate::text::{fill, text};

/// Stays in the tree, empty while nobody types, so that nothing jumps and readers hear it.
pub fn typing(who: impl Fn() -> Option<String> + 'static) -> El {
    el("div", "typing")
        .attr("role", "status")
        .bind_children(move || match who() {
            None => vec![],
            Some(name) => vec![
                decor("typing__dots"),
                el("span", "typing__who").text(&fill(text().is_typing(), &name)),
            ],
        })
}
