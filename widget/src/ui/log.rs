//! The log: rows in order, kept at the newest while the reader is there.

use super::message::row_view;
use crate::dom::{El, button, effect, el};
use crate::js;
use crate::rows::{Reader, rows};
use crate::text::text;
use crate::thread::Thread;
use crate::time;
use crate::var::Var;

/// Nearer to the end than this, the reader is at the end. In CSS pixels.
const NEAR_END_PX: i32 = 80;

/// Draws messages and events of a thread, and the button to what is new.
///
/// `before` and `after` stand around the rows; `edit` gets the text of a failed message.
pub fn log(
    thread: Thread,
    reader: Reader,
    before: Vec<El>,
    after: Vec<El>,
    edit: impl Fn(&str) + Copy + 'static,
) -> [El; 2] {
    let is_at_end = Var::new(true);
    let has_new = Var::new(false);
    let read = move || thread.all(|entries, pending| rows(entries, pending, reader, time::day));
    let log = el("div", "log")
        .attr("role", "log")
        .attr("aria-label", text().messages)
        .attr("aria-live", "polite")
        .attr("aria-relevant", "additions")
        .attr("tabindex", "0");
    let html = log.html().clone();
    let to_end = {
        let html = html.clone();
        move || html.set_scroll_top(html.scroll_height())
    };
    let scrolled = move |_| {
        let below = html.scroll_height() - html.client_height() - html.scroll_top();
        let is_near = below < NEAR_END_PX;
        is_at_end.set(is_near);
        if is_near {
            has_new.set(false);
        }
    };
    let follow = to_end.clone();
    let mut known = None;
    effect(move || {
        let count = thread.entries(<[_]>::len);
        thread.pending(|_| ());
        thread.other_is_typing();
        if is_at_end.now() {
            // The browser lays out what was just added before the next frame.
            js::next_frame(follow.clone());
        } else if known.is_some_and(|known| known < count) {
            has_new.set(true);
        }
        known = Some(count);
    });
    let add = |log: El, parts: Vec<El>| parts.into_iter().fold(log, El::child);
    let log = add(log.on("scroll", scrolled), before)
        .keyed(read, move |row| row_view(thread, reader, row, edit));
    let new = button("log__new icon icon--down", to_end)
        .text(text().new_messages)
        .bind_flag("hidden", move || !has_new.get());
    [add(log, after), new]
}
