//! A menu under its button: what is done rarely.

use wasm_bindgen::JsCast;
use web_sys::{FocusEvent, HtmlElement, KeyboardEvent, Node};

use crate::dom::{El, el};
use crate::js;
use crate::var::Var;

/// The menu. Escape closes it and gives the focus back to `opener`; so does leaving it, without.
pub fn menu(id: &str, label: &str, opener: &'static str, is_open: Var<bool>) -> El {
    let menu = el("div", "picker")
        .attr("id", id)
        .attr("role", "group")
        .attr("aria-label", label);
    let html = menu.html().clone();
    focus_first();
    menu.on("keydown", move |event| {
        let by = match event.unchecked_ref::<KeyboardEvent>().key().as_str() {
            "Escape" => {
                event.stop_propagation();
                is_open.set(false);
                return focus(opener);
            }
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            _ => return,
        };
        event.prevent_default();
        step(&html, by);
    })
    .on("focusout", move |event| {
        let to = event.unchecked_ref::<FocusEvent>().related_target();
        let Some(to) = to else { return };
        let to: &Node = to.unchecked_ref();
        let is_in = |selector: &str| {
            let found = js::document().query_selector(selector).ok().flatten();
            found.is_some_and(|found| found.contains(Some(to)))
        };
        if !is_in(".picker") && !is_in(opener) {
            is_open.set(false);
        }
    })
}

/// Puts the focus on the first choice, once it is drawn.
pub fn focus_first() {
    js::next_frame(|| focus(".picker button"));
}

/// Puts the focus there.
pub fn focus(selector: &str) {
    if let Ok(Some(found)) = js::document().query_selector(selector) {
        let _ = found.unchecked_ref::<HtmlElement>().focus();
    }
}

fn step(menu: &HtmlElement, by: i32) {
    let Ok(buttons) = menu.query_selector_all("button") else {
        return;
    };
    let active = js::document().active_element();
    let here =
        (0..buttons.length()).find(|index| buttons.get(*index).as_ref() == active.as_deref());
    let next = here.and_then(|here| here.checked_add_signed(by));
    if let Some(button) = next.and_then(|next| buttons.get(next)) {
        let _ = button.unchecked_ref::<HtmlElement>().focus();
    }
}
