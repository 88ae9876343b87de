//! More of a long log, for whoever scrolls through it: rows come before they are looked at, and others go.
//!
//! What is not drawn has a height that is guessed. So the line that the reader looks at is held in its place, by
//! hand, because not every browser anchors what it scrolls.

use std::cell::Cell;
use std::rc::Rc;

use reactive_graph::graph::untrack;
use shared::conversation::Entry;
use shared::id::CommandId;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::log::Drawn;
use crate::dom::El;
use crate::js;
use crate::rows::Window;

/// Begins to follow the reader through a log.
pub fn past(log: Rc<Drawn>) {
    let drawn = log.gaps[1].html().offset_top() - bottom(log.gaps[0].html());
    let count = untrack(|| {
        log.thread
            .entries(|entries| log.window.now().range(entries.len()).len())
    });
    let count = i32::try_from(count).unwrap_or(1).max(1);
    let _ = log.html.style().set_property("overflow-anchor", "none");
    let is_moving = Rc::new(Cell::new(false));
    let moves = {
        let log = Rc::clone(&log);
        move |_| turn(&log, &is_moving)
    };
    let _ = El::from(log.html.clone().unchecked_into::<web_sys::Element>()).on("scroll", moves);
    let stays = Stays::Row(first_at(
        &log,
        log.html.scroll_top() + log.html.offset_top(),
    ));
    let mut window = log.window.now();
    window.height = (drawn / count).max(1);
    draw(log, window, stays, Rc::default());
}

/// Draws the lines around a message, and then does what needs them.
pub fn show(log: &Rc<Drawn>, message: CommandId, then: impl FnOnce() + 'static) {
    if !log.is_followed.replace(true) {
        past(Rc::clone(log));
    }
    // What else comes must not take the reader back.
    log.is_at_end.set(false);
    let is_it = |entry: &Entry| entry.id == Some(message);
    let mut window = log.window.now();
    untrack(|| {
        log.thread.entries(|entries| {
            if let Some(index) = entries.iter().position(is_it) {
                window.jump(index, entries, log.reader);
            }
        });
    });
    draw(Rc::clone(log), window, Stays::Nothing, Rc::default());
    js::next_frame(then);
}

/// What stays where it is on the screen while rows come and go.
enum Stays {
    /// A row, and where it begins.
    Row(Option<(HtmlElement, i32)>),
    /// The end of the log.
    End,
    /// Nothing: none of the rows on the screen is drawn yet.
    Nothing,
}

/// Draws what the reader comes to.
fn turn(log: &Rc<Drawn>, is_moving: &Rc<Cell<bool>>) {
    let html = &log.html;
    let (top, height) = (html.scroll_top(), html.client_height());
    // Places are told from the same element as those of the rows.
    let from = html.offset_top();
    let rows_top = bottom(log.gaps[0].html()) - from;
    let rows_bottom = log.gaps[1].html().offset_top() - from;
    let old = log.window.now();
    let len = untrack(|| log.thread.entries(<[_]>::len));
    let drawn = old.range(len);
    let is_far = rows_bottom < top || rows_top > top + height;
    let is_up = drawn.start > 0 && rows_top > top - height;
    let is_down = drawn.end < len && rows_bottom < top + 2 * height;
    if is_moving.get() || !(is_up || is_down) {
        return;
    }
    is_moving.set(true);
    let move_to = |change: &dyn Fn(&mut Window, &[Entry])| {
        let mut window = old;
        untrack(|| log.thread.entries(|entries| change(&mut window, entries)));
        window
    };
    let is_end = html.scroll_height() - height <= top;
    let (window, stays) = if is_far {
        let index = usize::try_from(top / old.height).unwrap_or(0);
        let window = move_to(&|window, entries| window.jump(index, entries, log.reader));
        (window, if is_end { Stays::End } else { Stays::Nothing })
    } else {
        let window = if is_up {
            move_to(&|window, entries| window.up(entries, log.reader))
        } else {
            move_to(&|window, entries| window.down(entries, log.reader))
        };
        (window, Stays::Row(first_at(log, top + from)))
    };
    draw(Rc::clone(log), window, stays, Rc::clone(is_moving));
}

/// Draws a part of the log, and puts things right before it is painted.
fn draw(log: Rc<Drawn>, window: Window, stays: Stays, is_moving: Rc<Cell<bool>>) {
    log.window.set(window);
    let heights = untrack(|| log.thread.entries(|entries| window.gaps(entries.len())));
    for (gap, height) in log.gaps.iter().zip(heights) {
        let height = [&height.to_string(), "px"].concat();
        let _ = gap.html().style().set_property("block-size", &height);
    }
    // Older rows are no news, to whoever has the log read out.
    let _ = log.html.set_attribute("aria-busy", "true");
    js::next_frame(move || {
        let html = &log.html;
        match stays {
            Stays::Row(Some((row, before))) if row.is_connected() => {
                let moved = row.offset_top() - before;
                if moved != 0 {
                    html.set_scroll_top(html.scroll_top() + moved);
                }
            }
            Stays::End => html.set_scroll_top(html.scroll_height()),
            Stays::Row(_) | Stays::Nothing => (),
        }
        is_moving.set(false);
        let log = Rc::clone(&log);
        js::next_frame(move || {
            let _ = log.html.remove_attribute("aria-busy");
        });
    });
}

/// The first row that ends below a place, and where it begins.
fn first_at(log: &Drawn, place: i32) -> Option<(HtmlElement, i32)> {
    let mut next = log.gaps[0].html().next_sibling();
    while let Some(node) = next {
        next = node.next_sibling();
        if let Ok(row) = node.dyn_into::<HtmlElement>()
            && bottom(&row) > place
        {
            let top = row.offset_top();
            return Some((row, top));
        }
    }
    None
}

/// Where an element ends.
fn bottom(element: &HtmlElement) -> i32 {
    element.offset_top() + element.offset_height()
}
