//! The log: rows in order, kept at the newest while the reader is there.

use reactive_graph::graph::untrack;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{HtmlElement, KeyboardEvent, ResizeObserver};

use super::actions::Talk;
use super::aim::Aim;
use super::message::row_view;
use crate::dom::{El, around, button, effect, el};
use crate::js;
use crate::later::{Part, later_in};
use crate::rows::{Row, rows};
use crate::text::text;
use crate::time;
use crate::var::Var;

/// Nearer to the end than this, the reader is at the end. In CSS pixels.
const NEAR_END_PX: i32 = 80;

/// Draws messages and events of a conversation, and the button to what is new, into `parent`.
///
/// `before` and `after` add what stands around the rows.
pub fn log(
    parent: El,
    talk: Talk,
    before: impl FnOnce(El) -> El,
    after: impl FnOnce(El) -> El,
) -> El {
    let Aim { thread, reader, .. } = talk.replies;
    let is_at_end = Var::new(true);
    let has_new = Var::new(false);
    let read = move || {
        thread.all(|entries, pending| {
            let changed = |message| thread.changes(message);
            rows(entries, pending, reader, changed, time::day)
        })
    };
    let log = el("div", "log")
        .attr("role", "log")
        .attr("aria-label", text().messages())
        .attr("aria-live", "polite")
        .attr("aria-relevant", "additions")
        .attr("tabindex", "0");
    let html = log.html().clone();
    let to_end = {
        let html = html.clone();
        move || html.set_scroll_top(html.scroll_height())
    };
    let stay = to_end.clone();
    on_resize(&html, move || {
        if is_at_end.now() {
            stay();
        }
    });
    let scrolled = move |_| {
        let below = html.scroll_height() - html.client_height() - html.scroll_top();
        is_at_end.set(below < NEAR_END_PX);
        if is_at_end.now() {
            has_new.set(false);
        }
    };
    let follow = to_end.clone();
    let html_of_log = log.html().clone();
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
    let may = move || talk.replies.may(false) || talk.notes.may(true);
    let log = log
        .bind_flag("data-quiet", move || !may())
        .on("scroll", scrolled)
        .on("click", move |event| {
            if let Some(button) = around(&event, "[data-does]") {
                let button: HtmlElement = button.unchecked_into();
                let row = button.parent_element().map(JsCast::unchecked_into);
                let row = row.unwrap_or_else(|| button.clone());
                later_in(&row, Part::Does(talk, button));
            }
        })
        .on("keydown", move |event| {
            let event: &KeyboardEvent = event.unchecked_ref();
            let key = event.key();
            if matches!(&*key, "ArrowUp" | "ArrowDown") && untrack(may) {
                event.prevent_default();
                later_in(&html_of_log, Part::Step(key == "ArrowUp"));
            }
        });
    let log = before(log).each(read, Row::number, move |row| row_view(talk, row));
    parent.child(after(log)).when(
        move || has_new.get(),
        move || button("log__new icon icon--down", to_end.clone()).text(text().new_messages()),
    )
}

/// Tells when the log gets another size: a banner comes, the composer grows, a phone's keyboard opens.
fn on_resize(log: &HtmlElement, act: impl FnMut() + 'static) {
    let act: Box<dyn FnMut()> = Box::new(act);
    let act = Closure::wrap(act).into_js_value();
    if let Ok(observer) = ResizeObserver::new(act.unchecked_ref()) {
        observer.observe(log);
    }
}
