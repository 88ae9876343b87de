//! The head: who is there, end, close.

use super::waiting::title;
use super::{Chat, Screen};
use crate::dom::{El, button, decor, el};
use crate::host;
use crate::text::{fill, text};
use crate::ui::initial;

/// The space's logo, shown over the bell as soon as it is there.
fn logo(address: &str) -> Option<El> {
    if address.is_empty() {
        return None;
    }
    let image = el("img", "avatar__logo").attr("alt", "").attr("hidden", "");
    let html = image.html().clone();
    let image = image.on("load", move |_| html.set_hidden(false));
    Some(image.attr("src", address))
}

/// Avatar, name of the space, who is online, and the buttons to end and to close.
pub fn header(chat: Chat, end: impl Fn() + Copy + 'static) -> El {
    let is_online = move || chat.screen() == Screen::Active;
    let avatar = move || {
        match (chat.agent(), is_online()) {
            (None, _) => "avatar avatar--house icon icon--bell",
            (Some(_), true) => "avatar avatar--agent avatar--online",
            (Some(_), false) => "avatar avatar--agent",
        }
        .to_owned()
    };
    let state = move || match chat.screen() {
        Screen::Welcome | Screen::Loading => text().here_to_help().to_owned(),
        Screen::Waiting => title(chat).to_owned(),
        Screen::Active => fill(text().is_online(), &chat.agent().unwrap_or_default()),
        Screen::Ended => text().ended_title().to_owned(),
    };
    let state_class = move || {
        let online = if is_online() {
            " header__state--online"
        } else {
            ""
        };
        ["header__state", online].concat()
    };
    let is_open = move || matches!(chat.screen(), Screen::Waiting | Screen::Active);
    el("header", "header")
        .child(decor("avatar").bind_attr("class", avatar).bind_children(
            move || match chat.agent() {
                Some(name) => vec![el("span", "").text(&initial(&name))],
                None => logo(&chat.tab().config.logo).into_iter().collect(),
            },
        ))
        .child(
            el("div", "header__who")
                .child(
                    el("h1", "header__name")
                        .attr("dir", "auto")
                        .text(&chat.tab().config.name),
                )
                .child(
                    el("p", "header__state")
                        .attr("role", "status")
                        .bind_attr("class", state_class)
                        .bind_text(state),
                ),
        )
        .child(
            button("header__menu icon icon--more", move || {
                chat.is_choosing.update(|is_open| *is_open = !*is_open)
            })
            .attr("aria-label", text().menu())
            .bind_attr("aria-expanded", move || chat.is_choosing.get().to_string()),
        )
        .when(is_open, move || {
            button("header__end icon icon--leave", end).attr("aria-label", text().end())
        })
        .when(host::is_framed, || {
            let close = || host::tell("close", &[]);
            button("header__close icon icon--close", close).attr("aria-label", text().close())
        })
}
