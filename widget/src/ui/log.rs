//! The log: rows in order, kept at the newest while the reader is there.

use leptos::{html::Div, prelude::*};

use super::message::row_view;
use crate::rows::{Reader, rows};
use crate::text::text;
use crate::thread::Thread;
use crate::time;

/// Nearer to the end than this, the reader is at the end. In CSS pixels.
const NEAR_END_PX: i32 = 80;

/// The messages and events of a thread.
#[component]
pub fn Log(
    /// Whose.
    thread: Thread,
    /// For whom.
    reader: Reader,
    /// Puts a failed text back into the composer.
    on_edit: impl Fn(String) + Copy + Send + Sync + 'static,
    /// What stands before the first row.
    before: impl IntoView + 'static,
    /// What stands after the last row.
    after: impl IntoView + 'static,
) -> impl IntoView {
    let log = NodeRef::<Div>::new();
    let is_at_end = RwSignal::new(true);
    let has_new = RwSignal::new(false);
    let all = Memo::new(move |_| thread.all(|entries, pending| rows(entries, pending, reader, time::day)));
    let to_end = move || {
        if let Some(log) = log.get_untracked() {
            log.set_scroll_top(log.scroll_height());
        }
    };
    let on_scroll = move |_| {
        if let Some(log) = log.get_untracked() {
            let below = log.scroll_height() - log.client_height() - log.scroll_top();
            is_at_end.set(below < NEAR_END_PX);
        }
    };
    // The browser lays out what was just added before the next frame.
    Effect::new(move |before: Option<usize>| {
        let count = all.with(Vec::len);
        thread.other_is_typing();
        if is_at_end.get_untracked() {
            request_animation_frame(to_end);
        } else if before.is_some_and(|before| count > before) {
            has_new.set(true);
        }
        count
    });
    let resized = window_event_listener_untyped("resize", move |_| {
        if is_at_end.get_untracked() {
            to_end();
        }
    });
    on_cleanup(move || resized.remove());
    let is_new_shown = move || has_new.get() && !is_at_end.get();
    let on_new = move |_| {
        has_new.set(false);
        to_end();
    };
    view! {
        <div
            class="log"
            role="log"
            aria-label=text().messages
            aria-live="polite"
            aria-relevant="additions"
            tabindex="0"
            node_ref=log
            on:scroll=on_scroll
        >
            {before}
            <For
                each=move || all.get()
                key=|row| (row.key, row.is_joined)
                children=move |row| row_view(thread, reader, row, on_edit)
            />
            {after}
        </div>
        <button type="button" class="log__new icon icon--down" hidden=move || !is_new_shown() on:click=on_new>
            {text().new_messages}
        </button>
    }
}
