//! The log: rows in order, kept at the newest while the reader is there. Of a long one a [`Window`] is drawn; what
//! moves it comes later (`ui/past.rs`).

use std::cell::Cell;
use std::rc::Rc;

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
use crate::rows::{Reader, Row, Window, rows};
use crate::text::text;
use crate::thread::Thread;
use crate::time;
use crate::var::Var;

/// Nearer to the end than this, the reader is at the end. In CSS pixels.
const NEAR_END_PX: i32 = 80;

/// The part of a log that is drawn.
pub struct Drawn {
    /// Whose log.
    pub thread: Thread,
    /// Who reads it.
    pub reader: Reader,
    /// Which part.
    pub window: Var<Window>,
    /// What scrolls.
    pub html: HtmlElement,
    /// What stands for what is not drawn, above and below.
    pub gaps: [El; 2],
    /// Whether the reader is at its end, and stays there.
    pub is_at_end: Var<bool>,
    /// Whether rows come before the reader comes to them.
    pub is_followed: Cell<bool>,
}

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
    let window = Var::new(Window::default());
    let read = move || {
        let mut part = window.get();
        thread.all(|entries, pending| {
            if is_at_end.now() && part.follow(entries, reader) {
                window.set(part);
            }
            let changed = |message| thread.changes(message);
            rows(entries, pending, part, reader, changed, time::day)
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
    let gaps = [(); 2].map(|()| el("div", "log__gap"));
    let drawn = Rc::new(Drawn {
        thread,
        reader,
        window,
        html: html.clone(),
        gaps: gaps.clone(),
        is_at_end,
        is_followed: Cell::new(false),
    });
    let shown = Rc::clone(&drawn);
    let scrolled = move |_| {
        let below = html.scroll_height() - html.client_height() - html.scroll_top();
        is_at_end.set(below < NEAR_END_PX);
        if is_at_end.now() {
            has_new.set(false);
        } else if window.now().first > 0 && !drawn.is_followed.replace(true) {
            later_in(&html, Part::Past(Rc::clone(&drawn)));
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
                later_in(&row, Part::Does(talk, button, Rc::clone(&shown)));
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
    let [above, below] = gaps;
    let log = before(log)
        .child(above)
        .each(read, Row::number, move |row| row_view(talk, row))
        .child(below);
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
