//! The question before the customer ends the chat.

use leptos::prelude::*;
use leptos::{ev, html::Button};

use crate::text::text;
use crate::ui::live;

/// A strip above the composer, with the cursor on the way back.
#[component]
pub fn Confirm(
    /// Whether the question is asked.
    is_asking: RwSignal<bool>,
    /// End it.
    on_yes: impl Fn() + Copy + Send + Sync + 'static,
    /// Go on.
    on_no: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let no = NodeRef::<Button>::new();
    Effect::new(move |_| {
        if let Some(no) = no.get() {
            let _ = no.focus();
        }
    });
    live(move || {
        is_asking.get().then(|| {
            view! {
                <div class="confirm" role="alertdialog" aria-label=text().end_question>
                    <span class="confirm__text">{text().end_question}</span>
                    <button
                        type="button"
                        class="button button--danger button--small confirm__yes"
                        on:click=move |_: ev::MouseEvent| on_yes()
                    >
                        {text().end}
                    </button>
                    <button
                        type="button"
                        class="button button--quiet button--small confirm__no"
                        node_ref=no
                        on:click=move |_: ev::MouseEvent| on_no()
                    >
                        {text().end_no}
                    </button>
                </div>
            }
        })
    })
}
