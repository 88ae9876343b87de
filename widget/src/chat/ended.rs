//! The end of a conversation, in the composer's place.

use shared::conversation::Stage;

use super::{Chat, Screen};
use crate::dom::{El, button, el};
use crate::rows::Reader;
use crate::text::text;
use crate::ui::ending;

/// Who ended it, and the way to a new one.
pub fn ended(chat: Chat) -> El {
    let words = move || {
        let thread = chat.thread.get();
        let cause = thread.lifecycle(|lifecycle| match lifecycle.stage {
            Stage::WrappingUp { cause, .. } | Stage::Closed { cause, .. } => Some(cause),
            Stage::Waiting { .. } | Stage::Active { .. } => None,
        });
        let end = cause
            .flatten()
            .map(|cause| thread.entries(|entries| ending(cause, entries, Reader::Customer)));
        end.unwrap_or_default()
    };
    el("section", "ended")
        .attr("aria-labelledby", "ended-title")
        .bind_flag("hidden", move || chat.screen() != Screen::Ended)
        .child(
            el("h2", "ended__title")
                .attr("id", "ended-title")
                .text(text().ended_title),
        )
        .child(el("p", "ended__text").bind_text(words))
        .child(
            button("button button--primary ended__new", move || {
                chat.start_new()
            })
            .text(text().start_new),
        )
}
