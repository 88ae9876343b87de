//! The lists: offers, what colleagues pass on, my chats, wrapping up, and the queue.

use shared::id::ConversationId;
use shared::settings::OfferMode;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use super::Console;
use super::item::item;
use super::offer::offer;
use super::queue::queue;
use super::shelf;
use crate::dom::{El, el};
use crate::js;
use crate::text::console::words;
use crate::text::work::work;

/// Everything on the left.
pub fn lists(console: Console) -> El {
    let words = words();
    let desk = console.desk;
    let offered = move || {
        let offers = desk.see(|desk| desk.offers.iter().map(|offer| offer.conversation).collect());
        offers.unwrap_or_default()
    };
    let transferred = move || -> Vec<ConversationId> {
        let offers = desk.see(|desk| {
            let offers = desk
                .transferred
                .iter()
                .map(|transferred| &transferred.offer);
            offers.map(|offer| offer.conversation).collect()
        });
        offers.unwrap_or_default()
    };
    let held = move |is_over: bool| {
        let items = desk.see(|desk| {
            let items = desk
                .items
                .iter()
                .filter(|item| item.ended.is_some() == is_over);
            items.map(|item| item.conversation).collect()
        });
        items.unwrap_or_default()
    };
    let no_offers = move || {
        let comes_by_itself = desk.see(|desk| desk.offer_mode == OfferMode::AutoAccept);
        match (desk.is_available(), comes_by_itself) {
            (false, _) => words.others,
            (true, Some(true)) => work().automatic,
            (true, Some(false) | None) => words.no_offers,
        }
    };
    el("nav", "lists")
        .attr("aria-label", words.conversations)
        .on("keydown", |event| step(event.unchecked_ref()))
        .child(list(
            "offers",
            words.offers,
            no_offers,
            offered,
            move |id| offer(console, id),
        ))
        .when(
            move || !transferred().is_empty(),
            move || {
                list(
                    "transferred",
                    words.transferred,
                    || "",
                    transferred,
                    move |id| offer(console, id),
                )
            },
        )
        .child(list(
            "mine",
            words.my_chats,
            move || words.no_chats,
            move || held(false),
            move |id| item(console, id),
        ))
        .child(list(
            "wrapping",
            words.wrapping_up,
            move || words.nothing_to_wrap_up,
            move || held(true),
            move |id| item(console, id),
        ))
        .child(queue(console))
        .when(
            move || shelf::is_supervisor(console),
            move || shelf::team(console),
        )
        .child(shelf::closed(console))
}

fn list(
    name: &'static str,
    title: &str,
    empty: impl Fn() -> &'static str + Copy + 'static,
    read: impl Fn() -> Vec<ConversationId> + Copy + 'static,
    make: impl Fn(ConversationId) -> El + Copy + 'static,
) -> El {
    let has_offers = move || name == "offers" && !read().is_empty();
    let class = move || {
        if has_offers() {
            "list__count list__count--hot"
        } else {
            "list__count"
        }
        .to_owned()
    };
    let count = el("span", "list__count")
        .bind_attr("class", class)
        .bind_text(move || read().len().to_string());
    section(name, title, count)
        .when(
            move || !read().is_empty(),
            move || el("ul", "list__rows").each(read, number, make),
        )
        .when(
            move || read().is_empty(),
            move || el("p", "list__empty").bind_text(move || empty().to_owned()),
        )
}

/// A section of the lists with its title and count.
pub fn section(name: &str, title: &str, count: El) -> El {
    let id = ["list-", name].concat();
    el("section", &["list list--", name].concat())
        .attr("aria-labelledby", &id)
        .child(
            el("h2", "list__title")
                .attr("id", &id)
                .text(title)
                .text(" ")
                .child(count),
        )
}

/// Keys of lists of conversations.
pub fn number(conversation: &ConversationId) -> u128 {
    u128::from_be_bytes(conversation.bytes())
}

/// Arrow keys go through the rows of all lists.
fn step(event: &KeyboardEvent) {
    let by = match event.key().as_str() {
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        _ => return,
    };
    let document = js::document();
    let Ok(rows) = document.query_selector_all(".offer__open, .item__open") else {
        return;
    };
    let active = document.active_element();
    let here = (0..rows.length()).find(|index| rows.get(*index).as_ref() == active.as_deref());
    let next = match here {
        Some(index) => index.checked_add_signed(by),
        None => Some(0),
    };
    if let Some(row) = next.and_then(|index| rows.get(index)) {
        event.prevent_default();
        let _ = row.unchecked_ref::<HtmlElement>().focus();
    }
}
