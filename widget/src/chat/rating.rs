//! What the customer thinks of it: five stars and a comment (P2).

use shared::conversation::{Command, Event, Rating, Stars};
use shared::id::CommandId;
use shared::link::{Failure, Input, PendingState};
use shared::text::{MESSAGE_MAX, MessageText};
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;

use super::Chat;
use crate::dom::{El, button, el};
use crate::text::{fill, text};
use crate::var::Var;

/// Where the comment is kept until it is sent.
const COMMENT: &str = "comment";

/// How it stands.
#[derive(Clone, Copy, Eq, PartialEq)]
enum State {
    /// Nothing was said, or it is said anew.
    Asking,
    /// It is on its way, or there.
    Rated(u8),
}

/// The question, or the thanks.
pub fn rating(chat: Chat) -> El {
    let again = Var::new(false);
    let state = move || match given(chat) {
        Some(stars) if !again.get() => State::Rated(stars),
        Some(_) | None => State::Asking,
    };
    let asks = move || state() == State::Asking;
    let thanks = move || match state() {
        State::Rated(stars) => fill(text().rated(), &stars.to_string()),
        State::Asking => refused(chat).map_or_else(String::new, |(_, why)| why),
    };
    el("div", "rating")
        .child(
            el("p", "rating__thanks")
                .attr("role", "status")
                .bind_text(thanks),
        )
        .when(
            move || !asks(),
            move || {
                let change = button("button button--quiet button--small", move || {
                    again.set(true)
                });
                change.text(text().rate_again())
            },
        )
        .when(asks, move || form(chat, again))
}

/// The newest rating, on its way or there.
fn given(chat: Chat) -> Option<u8> {
    chat.thread.get().all(|entries, pending| {
        let is_open = |state: &PendingState| !matches!(state, PendingState::Failed(_));
        let sent = pending.iter().rev().find_map(|item| {
            let Command::Rate(rating) = &item.command else {
                return None;
            };
            is_open(&item.state).then_some(rating.stars)
        });
        let there = || {
            entries.iter().rev().find_map(|entry| {
                let Event::Rated(rating) = &entry.event else {
                    return None;
                };
                Some(rating.stars)
            })
        };
        sent.or_else(there).map(Stars::number)
    })
}

/// A rating that was refused, and why.
fn refused(chat: Chat) -> Option<(CommandId, String)> {
    chat.thread.get().pending(|pending| {
        pending
            .iter()
            .find_map(|item| match (&item.command, &item.state) {
                (Command::Rate(_), PendingState::Failed(Failure::Refused(refusal))) => {
                    Some((item.id, fill(text().not_sent(), text().refusal(refusal))))
                }
                _ => None,
            })
    })
}

fn form(chat: Chat, again: Var<bool>) -> El {
    let text = text();
    let chosen = Var::new(None::<Stars>);
    let stars = (1..=5_u8).filter_map(|number| Stars::try_from(number).ok());
    let legend = el("legend", "rating__title").text(text.rate());
    let stars = stars.fold(
        el("fieldset", "rating__stars").child(legend),
        |all, stars| {
            let name = fill(text.stars(), &stars.number().to_string());
            let field = el("input", "rating__radio")
                .attr("type", "radio")
                .attr("name", "stars")
                .attr("aria-label", &name)
                .on("change", move |_| chosen.set(Some(stars)));
            let star = el("label", "rating__star").attr("title", &name);
            all.child(star.child(field))
        },
    );
    let comment = el("textarea", "rating__comment")
        .attr("rows", "2")
        .attr("dir", "auto")
        .attr("maxlength", &MESSAGE_MAX.to_string())
        .attr("aria-label", text.comment())
        .attr("placeholder", text.comment());
    let area: HtmlTextAreaElement = comment.html().clone().unchecked_into();
    area.set_value(&chat.tab().own.get(COMMENT).unwrap_or_default());
    let typed = area.clone();
    let comment = comment.on("input", move |_| {
        chat.tab().own.set(COMMENT, &typed.value());
    });
    let send = move |event: web_sys::Event| {
        event.prevent_default();
        let Some(stars) = chosen.now() else { return };
        let comment = MessageText::parse(&area.value()).ok();
        chat.tab().own.remove(COMMENT);
        again.set(false);
        let thread = chat.thread.now();
        if let Some((id, _)) = refused(chat) {
            thread.input(Input::Discard { id });
        }
        thread.submit(Command::Rate(Rating { stars, comment }));
    };
    el("form", "rating__form")
        .on("submit", send)
        .child(stars)
        .child(comment)
        .child(
            el("button", "button button--quiet button--small")
                .attr("type", "submit")
                .bind_flag("disabled", move || chosen.with(Option::is_none))
                .text(text.rate_send()),
        )
}
