//! The customer's screen: head, log, composer or end.

use leptos::either::Either;
use leptos::prelude::*;
use shared::conversation::Command;
use shared::link::Input;

use super::confirm::Confirm;
use super::ended::Ended;
use super::header::Header;
use super::welcome::{ghosts, waiting, welcome};
use super::{Chat, Screen};
use crate::host;
use crate::rows::Reader;
use crate::ui::composer::Labels;
use crate::ui::{Banner, Composer, Log, Typing, focus_composer, live};

/// Everything inside `#app`.
pub fn screen(chat: Chat) -> impl IntoView {
    let screen = Memo::new(move |_| chat.screen());
    let is_asking = RwSignal::new(false);
    let state = move || match screen.get() {
        Screen::Welcome => "welcome",
        Screen::Loading => "loading",
        Screen::Waiting => "waiting",
        Screen::Active => "active",
        Screen::Ended => "ended",
    };
    let stop_asking = move || {
        is_asking.set(false);
        focus_composer();
    };
    let end = move || {
        is_asking.set(false);
        chat.thread.get_untracked().submit(Command::End);
    };
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" && !event.is_composing() {
            if is_asking.get_untracked() { stop_asking() } else { host::tell("close", &[]) }
        }
    };
    let who_types = move || {
        let thread = chat.thread.get();
        let name = thread.lifecycle(|lifecycle| {
            lifecycle.assignee().map(|assignee| assignee.name.to_string())
        });
        name.flatten().filter(|_| thread.other_is_typing())
    };
    let is_at_risk = move || {
        !chat.tab().outbox.is_kept() && chat.thread.get().pending(|pending| !pending.is_empty())
    };
    let is_waiting = move || {
        let has_live_line = matches!(
            chat.thread.get().state(),
            shared::link::State::Live | shared::link::State::Idle
        );
        if has_live_line { Labels::message() } else { Labels::waiting() }
    };
    let foot = live(move || match screen.get() {
        Screen::Ended => Either::Left(view! { <Ended chat /> }),
        Screen::Welcome | Screen::Loading | Screen::Waiting | Screen::Active => {
            Either::Right(view! {
                <Typing who=who_types />
                <Confirm is_asking on_yes=end on_no=stop_asking />
                <Composer
                    draft=chat.draft
                    labels=is_waiting
                    on_send=move |text| chat.thread.get_untracked().submit(Command::Post { text })
                    on_typing=move || chat.thread.get_untracked().input(Input::Typing { typing: true })
                />
            })
        }
    });
    let log = live(move || {
        let thread = chat.thread.get();
        view! {
            <Log
                thread
                reader=Reader::Customer
                on_edit=move |text: String| {
                    chat.write_again(&text);
                    focus_composer();
                }
                before=live(move || match screen.get() {
                    Screen::Welcome if thread.pending(<[_]>::is_empty) => Some(Either::Left(welcome())),
                    Screen::Loading => Some(Either::Right(ghosts())),
                    Screen::Welcome | Screen::Waiting | Screen::Active | Screen::Ended => None,
                })
                after=live(move || (screen.get() == Screen::Waiting).then(waiting))
            />
        }
    });
    view! {
        <main class="chat" data-state=state on:keydown=on_key>
            <Header chat screen on_end=move || is_asking.set(true) />
            <Banner
                state=move || chat.thread.get().state()
                online=chat.is_online
                is_at_risk
                on_retry=move || chat.thread.get_untracked().input(Input::Start)
            />
            {log}
            {foot}
        </main>
    }
}
