//! The end of a conversation, in the composer's place.

use shared::conversation::{Entry, Event, Stage};

use super::Chat;
use super::earlier::{self, back};
use super::rating::rating;
use super::take::take;
use crate::dom::{El, button, el};
use crate::js::{self, document};
use crate::text::text;
use crate::ui::ending;

/// Whether anybody came, whom one could thank.
fn was_answered(chat: Chat) -> bool {
    let is_answer = |entry: &Entry| matches!(entry.event, Event::AgentAssigned { .. });
    let thread = chat.thread.get();
    thread.entries(|entries| entries.iter().any(is_answer))
}

/// Who ended it, what the customer thinks of it, what they take along, and the way to a new one.
pub fn ended(chat: Chat) -> El {
    if !chat.is_own(chat.shown.now()) {
        return back(chat);
    }
    let words = move || {
        let thread = chat.thread.get();
        let cause = thread.lifecycle(|lifecycle| match lifecycle.stage {
            Stage::WrappingUp { cause, .. } | Stage::Closed { cause, .. } => Some(cause),
            Stage::Waiting { .. } | Stage::Active { .. } => None,
        });
        let end = cause
            .flatten()
            .map(|cause| thread.entries(|entries| ending(cause, entries)));
        end.unwrap_or_default()
    };
    let new = button("button button--primary ended__new", move || {
        chat.start_new()
    });
    let html = new.html().clone();
    // The composer that had the focus is gone. What has no focus must not take it from the page.
    if chat.draft.peek(String::is_empty) && document().has_focus().unwrap_or(false) {
        js::next_frame(move || drop(html.focus()));
    }
    el("section", "ended")
        .attr("aria-labelledby", "ended-title")
        .child(
            el("h2", "ended__title")
                .attr("id", "ended-title")
                .text(text().ended_title()),
        )
        .child(el("p", "ended__text").bind_text(words))
        .when(move || was_answered(chat), move || rating(chat))
        .child(new.text(text().start_new()))
        .child(take(chat).child(earlier::open(chat)))
}
