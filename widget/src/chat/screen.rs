//! The customer's screen: head, log, composer or end.

use shared::conversation::Command;
use shared::link::{Input, State};
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use super::header::header;
use super::welcome::{after, before};
use super::{Chat, Screen};
use crate::dom::{El, effect, el};
use crate::host;
use crate::later::{Part, later};
use crate::rows::Reader;
use crate::ui::actions::Talk;
use crate::ui::{Aim, Composer, Line, Words, banner, focus_composer, log, typing};
use crate::var::Var;

/// Everything inside `#app`, for the conversation that is open.
pub fn screen(chat: Chat) -> El {
    let is_asking = Var::new(false);
    let thread = chat.shown.get();
    let is_past = !chat.is_own(thread);
    let stop_asking = move || {
        is_asking.set(false);
        focus_composer();
    };
    let aim = Aim::new(thread, Reader::Customer, chat.draft);
    let line = move || Line {
        state: thread.state(),
        is_online: chat.is_online.get(),
        is_slowed: thread.is_slowed(),
        is_at_risk: !chat.tab().outbox.is_kept() && thread.pending(|pending| !pending.is_empty()),
    };
    let state = move || {
        match chat.screen() {
            Screen::Welcome => "welcome",
            Screen::Loading => "loading",
            Screen::Waiting => "waiting",
            Screen::Active => "active",
            Screen::Ended => "ended",
        }
        .to_owned()
    };
    let composer = Composer {
        takes_files: true,
        draft: chat.draft,
        words: move || Words::message(!matches!(thread.state(), State::Live | State::Idle)),
        on_send: move |text| {
            if chat.screen() == Screen::Ended {
                chat.start_new();
            }
            let post = |text, reply_to| Command::Post { text, reply_to };
            chat.thread.now().submit(aim.send(text, post));
        },
        aim,
        on_typing: move || thread.input(Input::Typing { typing: true }),
    };
    let is_over = move || is_past || chat.screen() == Screen::Ended;
    // Nothing is changed or answered after the end.
    effect(move || {
        if is_over() {
            aim.let_go();
        }
    });
    // Who was writing when it ended finishes the sentence: it begins the next conversation.
    let must_sign_in = move || !is_over() && chat.must_sign_in();
    let is_writing =
        move || !is_past && (!(is_over() || must_sign_in()) || !chat.draft.peek(String::is_empty));
    let main = el("main", "chat")
        .bind_attr("data-state", state)
        .on("keydown", move |event| {
            let event: &KeyboardEvent = event.unchecked_ref();
            if event.key() == "Escape" && !event.is_composing() {
                if is_asking.now() {
                    stop_asking()
                } else if chat.is_choosing.now() {
                    chat.is_choosing.set(false);
                    focus_composer()
                } else {
                    host::tell("close", &[])
                }
            }
        })
        .child(header(chat, move || is_asking.set(true)));
    let main = main.when(
        move || chat.is_choosing.get(),
        move || later(Part::Menu(chat)),
    );
    let main = banner(main, line, move || thread.input(Input::Start));
    let main = log(
        main,
        Talk {
            replies: aim,
            notes: aim,
        },
        |log| before(chat, log),
        |log| after(chat, log),
    );
    let who_types = move || chat.agent().filter(|_| thread.other_is_typing());
    main.when(move || !is_over(), move || typing(who_types))
        .when(
            move || is_asking.get(),
            move || later(Part::Confirm(chat, is_asking)),
        )
        .when(
            move || thread.needs_challenge(),
            move || later(Part::Challenge(chat)),
        )
        .when(is_over, move || later(Part::Ended(chat)))
        .when(must_sign_in, move || later(Part::SignIn(chat)))
        .when(
            move || !thread.files.with(Vec::is_empty),
            move || later(Part::Files(thread)),
        )
        .when(is_writing, move || composer.draw())
}
