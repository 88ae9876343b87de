//! How a conversation ended: the choice of a resolution.

use shared::settings::{Resolution, resolution};
use shared::text::Label;

use super::Console;
use super::menu::menu;
use crate::dom::{El, button, el};
use crate::text::console::words;
use crate::var::Var;

/// The picker.
pub fn picker(console: Console, is_open: Var<bool>, pick: impl Fn(Label) + Copy + 'static) -> El {
    let words = words();
    let choices = move || {
        let labels = console
            .desk
            .see(|desk| desk.resolutions.clone())
            .unwrap_or_default();
        let choice = |resolution: Resolution| {
            let name = words.name_of(&resolution);
            let label = resolution.id;
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
            .filter(|known| known.id.as_str() != resolution::NOT_ANSWERED);
        let mut all = vec![el("p", "picker__title").text(words.how)];
        all.extend(offered.map(choice));
        all
    };
    menu(
        "picker",
        words.resolution,
        ".conversation__resolve",
        is_open,
    )
    .bind_children(choices)
}
