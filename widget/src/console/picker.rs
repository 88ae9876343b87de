//! How a conversation ended: the choice of a resolution, and then of a reason where the space has
//! any (D12).

use shared::settings::{Reason, Resolution};
use shared::text::Label;

use super::Console;
use super::menu::{focus_first, menu};
use crate::dom::{El, button, el};
use crate::text::console::words;
use crate::text::work::work;
use crate::var::Var;

/// The picker; `pick` gets the resolution and the reason.
pub fn picker(
    console: Console,
    is_open: Var<bool>,
    pick: impl Fn(Label, Option<Label>) + Copy + 'static,
) -> El {
    let chosen = Var::new(None::<Label>);
    let reasons = move || {
        let reasons = console.desk.see(|desk| desk.reasons.clone());
        reasons.unwrap_or_default()
    };
    let decide = move |resolution: Label, reason: Option<Label>| {
        is_open.set(false);
        pick(resolution, reason);
    };
    let choices = move || {
        if let Some(resolution) = chosen.get() {
            return why(resolution, reasons(), decide);
        }
        let labels = console.desk.see(|desk| desk.resolutions.clone());
        let choice = |known: Resolution| {
            let name = words().name_of(&known);
            let label = known.id;
            let data = label.to_string();
            let choose = move || {
                if reasons().is_empty() {
                    decide(label.clone(), None);
                } else {
                    chosen.set(Some(label.clone()));
                    focus_first();
                }
            };
            button("picker__choice", choose)
                .attr("data-resolution", &data)
                .attr("dir", "auto")
                .text(&name)
        };
        // Nobody's to choose: the space itself writes it when nobody came.
        let offered = labels
            .unwrap_or_default()
            .into_iter()
            .filter(Resolution::is_chosen);
        let mut all = vec![el("p", "picker__title").text(words().how)];
        all.extend(offered.map(choice));
        all
    };
    menu(
        "picker",
        words().resolution,
        ".conversation__resolve",
        is_open,
    )
    .bind_children(choices)
}

/// The second question.
fn why(
    resolution: Label,
    reasons: Vec<Reason>,
    decide: impl Fn(Label, Option<Label>) + Copy + 'static,
) -> Vec<El> {
    let choice = |data: &str, name: &str, reason: Option<Label>| {
        let resolution = resolution.clone();
        button("picker__choice", move || {
            decide(resolution.clone(), reason.clone())
        })
        .attr("data-reason", data)
        .attr("dir", "auto")
        .text(name)
    };
    let mut all = vec![el("p", "picker__title").text(work().why)];
    let named = reasons.iter().map(|reason| {
        choice(
            reason.id.as_str(),
            reason.name.as_str(),
            Some(reason.id.clone()),
        )
    });
    all.extend(named);
    all.push(choice("", work().without_reason, None));
    all
}

/// What a resolution is called in this space.
pub fn name_of(console: Console, label: &Label) -> String {
    let known = console.desk.see(|desk| {
        let known = desk.resolutions.iter().find(|known| known.id == *label);
        known.map(|known| words().name_of(known))
    });
    known
        .flatten()
        .unwrap_or_else(|| words().resolution(label.as_str()))
}
