//! The line that says who is typing.

use leptos::prelude::*;

use super::decor;
use crate::text::{fill, text};

/// Stays in the tree, empty while nobody types, so that nothing jumps and readers hear it.
#[component]
pub fn Typing(
    /// Who types, if anybody does.
    #[prop(into)]
    who: Signal<Option<String>>,
) -> impl IntoView {
    let line = move || {
        who.get().map(|name| {
            view! {
                {decor("typing__dots")}
                <span class="typing__who">{fill(text().is_typing, &name)}</span>
            }
        })
    };
    view! { <div class="typing" role="status">{line}</div> }
}
