//! The log: rows in order, kept at the newest while the reader is there.

use std::cell::RefCell;

use shared::conversation::Command;
use web_sys::HtmlElement;

use super::message::row_view;
use crate::dom::{El, button, effect, el};
use crate::js;
use crate::rows::{Reader, Row, rows};
use crate::text::text;
use crate::thread::Thread;
use crate::time;
use crate::var::Var;

/// Nearer to the end than this, the reader is at the end. In CSS pixels.
const NEAR_END_PX: i32 = 80;

thread_local! {
    /// The log on the screen, and whether its reader is at the end.
    static SHOWN: RefCell<Option<(HtmlElement, Var<bool>)>> = const { RefCell::new(None) };
}

/// Draws messages and events of a thread, and the button to what is new, into `parent`.
///
/// `before` and `after` add what stands around the rows; `edit` gets a failed message back.
pub fn log(
    parent: El,
    thread: Thread,
    reader: Reader,
    before: impl FnOnce(El) -> El,
    after: impl FnOnce(El) -> El,
    edit: impl Fn(&Command) + Copy + 'static,
) -> El {
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
    SHOWN.set(Some((html.clone(), is_at_end)));
    let to_end = {
        let html = html.clone();
        move || scroll_to_end(&html)
    };
    let scrolled = move |_| {
        let below = html.scroll_height() - html.client_height() - html.scroll_top();
        is_at_end.set(below < NEAR_END_PX);
        if is_at_end.now() {
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
    let log = before(log.on("scroll", scrolled)).each(read, Row::number, move |row| {
        row_view(thread, reader, row, edit)
    });
    parent.child(after(log)).when(
        move || has_new.get(),
        move || button("log__new icon icon--down", to_end.clone()).text(text().new_messages),
    )
}

/// Keeps the reader at the end when the window changes: a phone's keyboard opens.
pub fn watch_window() {
    js::on_window(&["resize"], |_| {
        SHOWN.with_borrow(|shown| {
            if let Some((html, is_at_end)) = shown
                && is_at_end.now()
            {
                scroll_to_end(html);
            }
        });
    });
}

fn scroll_to_end(html: &HtmlElement) {
    html.set_scroll_top(html.scroll_height());
}
