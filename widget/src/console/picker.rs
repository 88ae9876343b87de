//! How a conversation ended: the choice of a resolution.

use shared::settings::resolution;
use shared::text::Label;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use super::Console;
use crate::dom::{El, button, el};
use crate::js;
use crate::text::console::words;
use crate::var::Var;

/// The picker. Escape closes it and gives the focus back to Resolve.
pub fn picker(console: Console, is_open: Var<bool>, pick: impl Fn(Label) + Copy + 'static) -> El {
    let words = words();
    let choices = move || {
        let labels = console
            .desk
            .see(|desk| desk.resolutions.clone())
            .unwrap_or_default();
        let choice = |label: Label| {
            let name = words.resolution(label.as_str());
            let data = label.to_string();
            let choose = move || {
                is_open.set(false);
                pick(label.clone());
            };
            button("picker__choice", choose)
                .attr("data-resolution", &data)
                .text(&name)
        };
        // Nobody's to choose: the space itself writes it when nobody came.
        let offered = labels
            .into_iter()
            .filter(|label| label.as_str() != resolution::NOT_ANSWERED);
        let mut all = vec![el("p", "picker__title").text(words.how)];
        all.extend(offered.map(choice));
        all
    };
    let on_key = move |event: web_sys::Event| {
        if event.unchecked_ref::<KeyboardEvent>().key() == "Escape" {
            event.stop_propagation();
            is_open.set(false);
            let opener = js::document().query_selector(".conversation__resolve");
            if let Ok(Some(opener)) = opener {
                let _ = opener.unchecked_ref::<HtmlElement>().focus();
            }
        }
    };
    let picker = el("div", "picker")
        .attr("id", "picker")
        .attr("role", "group")
        .attr("aria-label", words.resolution)
        .on("keydown", on_key)
        .bind_children(choices);
    let html = picker.html().clone();
    js::next_frame(move || {
        if let Ok(Some(first)) = html.query_selector("button") {
            let _ = first.unchecked_ref::<HtmlElement>().focus();
        }
    });
    picker
}
