//! The files on their way, above the composer.

use std::cell::Cell;

use shared::conversation::Lifecycle;
use shared::id::CommandId;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlElement;

use super::{Chosen, State};
use crate::config;
use crate::dom::{El, button, effect, el};
use crate::js;
use crate::task::spawn;
use crate::text::text;
use crate::thread::Thread;

/// How often a file goes on by itself with another token or ticket: those of a file that takes an hour.
const TIMES: u8 = 20;

/// Draws them, and sends what is not there yet.
pub fn tray(thread: Thread) -> El {
    el("ul", "files").attr("aria-label", text().attach()).each(
        move || thread.files.get(),
        |chosen| u128::from_be_bytes(chosen.id.bytes()),
        move |chosen| item(thread, chosen),
    )
}

fn item(thread: Thread, chosen: Chosen) -> El {
    let Chosen { id, state, .. } = chosen;
    let is_open = move || thread.lifecycle(Lifecycle::is_open);
    let name = js::get_text(&chosen.file, "name").unwrap_or_default();
    let bar = el("progress", "files__share")
        .attr("aria-label", &name)
        .bind_flag("hidden", move || {
            is_open().is_none() || state.with(|state| matches!(state, State::Failed(_)))
        });
    let may_pass = move || {
        state.with(|state| match state {
            State::Failed(word) => !is_final(word),
            State::Going => false,
        })
    };
    let said = move || {
        state.with(|state| match state {
            State::Going if is_open().is_none() => text().file_waits(),
            State::Going => text().sending(),
            State::Failed(word) => why(word),
        })
    };
    let html = bar.html().clone();
    let send = move || send(thread, chosen.clone(), html.clone());
    // A tray that is drawn anew goes on with what was on its way; what was chosen before there is a conversation
    // goes into it, and what came too late for one into the next.
    let (has_gone, first) = (Cell::new(false), send.clone());
    effect(move || {
        if is_open() == Some(true) && !has_gone.replace(true) {
            let goes = state.peek(|state| match state {
                State::Going => true,
                State::Failed(word) => is_over(word),
            });
            if goes {
                first();
            }
        }
    });
    el("li", "files__item")
        .child(el("span", "files__name").attr("dir", "auto").text(&name))
        .child(bar)
        .child(
            el("span", "files__state")
                .attr("role", "status")
                .bind_text(move || said().to_owned()),
        )
        .when(may_pass, move || {
            button(
                "button button--quiet button--small files__retry",
                send.clone(),
            )
            .text(text().retry())
        })
        .child(
            button(
                "button button--icon button--quiet files__discard icon icon--close",
                move || forget(thread, id),
            )
            .attr("aria-label", &[text().discard(), " ", &name].concat()),
        )
}

/// Sends it; it goes from the list once it is in the log.
fn send(thread: Thread, chosen: Chosen, bar: HtmlElement) {
    let Some(path) = thread.path_of_files() else {
        return;
    };
    let Chosen { id, file, state } = chosen;
    state.set(State::Going);
    spawn(async move {
        let script = config::data("send");
        let mut word = String::new();
        for _ in 0..TIMES {
            let Some(token) = thread.token().await else {
                break;
            };
            let sent = js::send_file(&script, &path, &id.to_string(), &file, &token, &bar);
            match JsFuture::from(sent).await {
                Ok(_) => return forget(thread, id),
                Err(told) => word = told.as_string().unwrap_or_default(),
            }
            // Another tray has drawn it, and goes on with it.
            if word == "gone" {
                return;
            }
            // It goes on where it was.
            let may_go_on = ["token_expired", "ticket_unknown", "file_incomplete"];
            if !may_go_on.contains(&&*word) {
                break;
            }
        }
        state.set(State::Failed(word));
    });
}

fn forget(thread: Thread, id: CommandId) {
    thread
        .files
        .update(|files| files.retain(|file| file.id != id));
}

/// Whether the conversation was over.
fn is_over(word: &str) -> bool {
    ["ended", "closed", "conversation_unknown"].contains(&word)
}

/// What is no file that is taken becomes none by trying again.
fn is_final(word: &str) -> bool {
    let here = ["file_", "picture_", "files_off", "files_not"];
    here.iter().any(|part| word.starts_with(part))
}

/// What went wrong, in a sentence.
fn why(word: &str) -> &'static str {
    let text = text();
    match word {
        "file_empty" => text.file_empty(),
        "file_too_large" => text.file_too_large(),
        "file_not_taken" => text.file_refused(),
        "file_not_its_name" => text.file_false(),
        "picture_damaged" | "picture_too_large" => text.file_damaged(),
        "rate_limited" => text.file_many(),
        "files_off" | "files_not_configured" => text.file_off(),
        word if is_over(word) => text.ended_title(),
        _ => text.file_failed(),
    }
}
