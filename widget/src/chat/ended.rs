//! The end of a conversation, in the composer's place.

use leptos::prelude::*;
use shared::conversation::Stage;

use super::Chat;
use crate::rows::Reader;
use crate::text::text;
use crate::ui::{ending, live};

/// Who ended it, and the way to a new one.
#[component]
pub fn Ended(
    /// The app.
    chat: Chat,
) -> impl IntoView {
    let words = live(move || {
        let thread = chat.thread.get();
        let cause = thread.lifecycle(|lifecycle| match lifecycle.stage {
            Stage::WrappingUp { cause, .. } | Stage::Closed { cause, .. } => Some(cause),
            Stage::Waiting { .. } | Stage::Active { .. } => None,
        });
        let cause = cause.flatten()?;
        Some(thread.entries(|entries| ending(cause, entries, Reader::Customer)))
    });
    view! {
        <section class="ended" aria-labelledby="ended-title">
            <h2 class="ended__title" id="ended-title">{text().ended_title}</h2>
            <p class="ended__text">{words}</p>
            <button
                type="button"
                class="button button--primary ended__new"
                on:click=move |_| chat.start_new()
            >
                {text().start_new}
            </button>
        </section>
    }
}
