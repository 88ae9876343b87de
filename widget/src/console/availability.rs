//! Available or not: the switch, and the menu beside it for how many chats at a time (F44) and for
//! all spaces of the agent (F41).

use js_sys::Array;
use shared::settings::OfferMode;
use shared::space::Command;
use wasm_bindgen::{JsCast, JsValue};

use super::menu::{focus, menu};
use super::{Console, toasts};
use crate::dom::{El, button, decor, el};
use crate::task::spawn;
use crate::text::console::words;
use crate::text::fill;
use crate::text::work::work;
use crate::var::Var;
use crate::{http, js};

const OPENER: &str = ".availability__open";

/// As many numbers as are offered one by one; the limit itself comes after them.
const NUMBERS_MAX: u8 = 9;

/// The other spaces that the agent works in count, too: what they are called. `None` until known.
type Spaces = Var<Option<Vec<String>>>;

/// Switch and menu.
pub fn availability(console: Console) -> El {
    let spaces: Spaces = Var::new(None);
    let is_open = Var::new(false);
    let toggle = move || {
        is_open.update(|is_open| *is_open = !*is_open);
        if is_open.now() {
            read_spaces(console, spaces);
        }
    };
    el("div", "availability")
        .child(switch(console))
        .child(
            button(
                "button button--icon button--quiet availability__open icon icon--chevron",
                toggle,
            )
            .attr("aria-label", work().availability)
            .attr("aria-controls", "availability")
            .bind_attr("aria-expanded", move || is_open.get().to_string())
            .bind_flag("disabled", move || console.desk.see(|_: &_| ()).is_none()),
        )
        .when(
            move || is_open.get(),
            move || {
                menu("availability", work().availability, OPENER, is_open)
                    .when(
                        move || assigned(console).is_some(),
                        move || numbers(console, is_open),
                    )
                    .child(choices(console, is_open))
                    .when(
                        move || {
                            spaces.with(|spaces| spaces.as_ref().is_some_and(|all| all.len() > 1))
                        },
                        move || everywhere(console, spaces, is_open),
                    )
            },
        )
}

/// Where chats are assigned at once: for how many the agent is there, the limit, and how many more
/// can come.
fn assigned(console: Console) -> Option<(u8, u8, u8)> {
    let seen = console.desk.see(|desk| {
        let me = &desk.me;
        let chosen = me.available_for.unwrap_or(me.limit).min(me.limit);
        let more = chosen.saturating_sub(me.used);
        (desk.offer_mode == OfferMode::AutoAccept).then_some((chosen, me.limit, more))
    });
    seen.flatten()
}

fn switch(console: Console) -> El {
    let desk = console.desk;
    let is_on = move || desk.is_available();
    let toggle = move || {
        desk.submit(Command::SetAvailable {
            available: !desk.is_available(),
            for_chats: None,
        });
    };
    let state = move || match (is_on(), assigned(console)) {
        (false, _) => words().unavailable.to_owned(),
        (true, None) => words().available.to_owned(),
        (true, Some((chosen, ..))) => fill(work().available_for, &chosen.to_string()),
    };
    let more = move || match (is_on(), assigned(console)) {
        (true, Some((_, _, 0))) => work().full.to_owned(),
        (true, Some((_, _, more))) => fill(work().more_to_come, &more.to_string()),
        (false, _) | (true, None) => String::new(),
    };
    button("switch", toggle)
        .attr("role", "switch")
        .attr("aria-label", words().available)
        .bind_attr("aria-checked", move || is_on().to_string())
        .bind_flag("disabled", move || desk.see(|_: &_| ()).is_none())
        .child(decor("switch__track"))
        .child(
            decor("switch__words")
                .child(el("span", "switch__text").bind_text(state))
                .child(el("span", "switch__more").bind_text(more)),
        )
}

/// For how many chats at a time.
fn numbers(console: Console, is_open: Var<bool>) -> El {
    let desk = console.desk;
    let choice = move |number: u8| {
        let choose = move || {
            desk.submit(Command::SetAvailable {
                available: true,
                for_chats: Some(number),
            });
            is_open.set(false);
            focus(OPENER);
        };
        let name = match number {
            1 => work().for_one.to_owned(),
            _ => fill(work().for_chats, &number.to_string()),
        };
        let is_chosen = move || {
            let chosen = assigned(console).map(|(chosen, ..)| chosen);
            desk.is_available() && chosen == Some(number)
        };
        button("availability__number", choose)
            .attr("data-chats", &number.to_string())
            .attr("aria-label", &name)
            .bind_attr("aria-pressed", move || is_chosen().to_string())
            .text(&number.to_string())
    };
    let all = move || {
        let limit = assigned(console).map_or(0, |(_, limit, _)| limit);
        let mut numbers: Vec<u8> = (1..=limit.min(NUMBERS_MAX)).collect();
        if limit > NUMBERS_MAX {
            numbers.push(limit);
        }
        numbers
    };
    el("div", "availability__for")
        .child(el("p", "picker__title").text(work().at_a_time))
        .child(el("div", "availability__numbers").each(all, |number| u128::from(*number), choice))
}

/// Available, where nobody counts, and Unavailable.
fn choices(console: Console, is_open: Var<bool>) -> El {
    let desk = console.desk;
    let choice = move |available: bool, name: &str| {
        let choose = move || {
            if desk.is_available() != available {
                desk.submit(Command::SetAvailable {
                    available,
                    for_chats: None,
                });
            }
            is_open.set(false);
            focus(OPENER);
        };
        button("picker__choice availability__choice", choose)
            .attr("data-available", &available.to_string())
            .bind_attr("aria-pressed", move || {
                (desk.is_available() == available).to_string()
            })
            .text(name)
    };
    el("div", "availability__choices")
        .when(
            move || assigned(console).is_none(),
            move || choice(true, words().available),
        )
        .child(choice(false, words().unavailable))
}

/// The same in all spaces.
fn everywhere(console: Console, spaces: Spaces, is_open: Var<bool>) -> El {
    let names = spaces.now().unwrap_or_default();
    let count = names.len().to_string();
    let choice = |available: bool, name: &str| {
        let choose = move || {
            tell_spaces(console, available, spaces);
            is_open.set(false);
            focus(OPENER);
        };
        button("picker__choice", choose)
            .attr("data-everywhere", &available.to_string())
            .text(&fill(name, &count))
    };
    el("div", "availability__everywhere")
        .attr("role", "group")
        .attr("aria-label", work().everywhere)
        .child(el("p", "picker__title").text(work().everywhere))
        .child(
            el("p", "availability__spaces")
                .attr("dir", "auto")
                .text(&names.join(" · ")),
        )
        .child(choice(true, work().all_available))
        .child(choice(false, work().all_unavailable))
}

/// Asks which spaces the agent works in.
fn read_spaces(console: Console, spaces: Spaces) {
    spawn(async move {
        let tab = console.tab.now();
        let Ok(token) = tab.session.ensure().await else {
            return;
        };
        let Ok(answer) = http::get("/api/v1/me", &token).await else {
            return;
        };
        let rows: Option<Array> = js::get(&answer, "spaces").and_then(|rows| rows.dyn_into().ok());
        let name = |row: JsValue| js::get_text(&row, "name");
        let names = rows.map(|rows| rows.iter().filter_map(name).collect::<Vec<_>>());
        if spaces.peek(|known| *known != names) {
            spaces.set(names);
        }
    });
}

/// Tells them all; each shows it by itself.
fn tell_spaces(console: Console, available: bool, spaces: Spaces) {
    spawn(async move {
        let tab = console.tab.now();
        let body = [("available", available.into())];
        let told = match tab.session.ensure().await {
            Ok(token) => http::put("/api/v1/me/availability", &token, &body)
                .await
                .is_ok(),
            Err(_) => false,
        };
        let count = spaces.peek(|spaces| spaces.as_ref().map_or(0, Vec::len));
        match told {
            true => toasts::add(
                console.toasts,
                "told",
                fill(work().all_told, &count.to_string()),
            ),
            false => toasts::add(console.toasts, "refusal", work().not_told.to_owned()),
        }
    });
}
