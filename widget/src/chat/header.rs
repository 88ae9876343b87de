//! The head: who is there, end, close.

use leptos::either::Either;
use leptos::prelude::*;

use super::{Chat, Screen};
use crate::host;
use crate::text::{fill, text};
use crate::ui::{decor, initial, live};

/// Avatar, name of the space, who is online, and the buttons to end and to close.
#[component]
pub fn Header(
    /// The app.
    chat: Chat,
    /// What the screen is about.
    screen: Memo<Screen>,
    /// The person wants to end the chat.
    on_end: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let agent = Memo::new(move |_| {
        let thread = chat.thread.get();
        let name = thread.lifecycle(|lifecycle| {
            lifecycle.assignee().map(|assignee| assignee.name.to_string())
        });
        name.flatten()
    });
    let is_online = move || screen.get() == Screen::Active;
    let avatar = live(move || match agent.get() {
        None => Either::Left(decor("avatar avatar--house icon icon--bell")),
        Some(name) => Either::Right(view! {
            <span class="avatar avatar--agent" class:avatar--online=is_online aria-hidden="true">
                {initial(&name)}
            </span>
        }),
    });
    let state = move || match screen.get() {
        Screen::Welcome | Screen::Loading => text().here_to_help.to_owned(),
        Screen::Waiting => text().waiting.to_owned(),
        Screen::Active => fill(text().is_online, &agent.get().unwrap_or_default()),
        Screen::Ended => text().ended_title.to_owned(),
    };
    let is_open = move || matches!(screen.get(), Screen::Waiting | Screen::Active);
    view! {
        <header class="header">
            {avatar}
            <div class="header__who">
                <h1 class="header__name" dir="auto">{chat.tab().config.name.clone()}</h1>
                <p class="header__state" class:header__state--online=is_online role="status">{state}</p>
            </div>
            <button
                type="button"
                class="header__end icon icon--leave"
                aria-label=text().end
                hidden=move || !is_open()
                on:click=move |_| on_end()
            ></button>
            <button
                type="button"
                class="header__close icon icon--close"
                aria-label=text().close
                hidden=!host::is_framed()
                on:click=move |_| host::tell("close", &[])
            ></button>
        </header>
    }
}
