//! Files: those that somebody chose and that are on their way, and those that stand in a log.
//!
//! What the composer needs is here; what draws a file comes with the second wasm file of the chat.

mod show;
mod tray;

pub use show::show;
pub use tray::tray;

use js_sys::Array;
use reactive_graph::graph::untrack;
use shared::conversation::Event as Entry;
use shared::file::{FileError, check_size};
use shared::id::CommandId;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Event;

use crate::dom::{El, el};
use crate::text::text;
use crate::thread::Thread;
use crate::var::Var;
use crate::{config, js, time};

/// A file that somebody chose. It stays until it is sent or thrown away.
#[derive(Clone)]
pub struct Chosen {
    /// The command that sends it.
    id: CommandId,
    file: JsValue,
    state: Var<State>,
}

/// How far it is.
#[derive(Clone)]
enum State {
    /// On its way.
    Going,
    /// The word of what went wrong.
    Failed(String),
}

/// Where nobody sends a file, the word of why (FI5).
fn off(thread: Thread) -> Option<&'static str> {
    let document = config::data("files");
    let opened = thread.entries(|entries| match entries.first().map(|entry| &entry.event) {
        Some(Entry::Opened { files_off, .. }) => Some(*files_off),
        _ => None,
    });
    if document == "none" {
        Some("files_not_configured")
    } else {
        let is_off = opened.unwrap_or(document == "off");
        is_off.then_some("files_off")
    }
}

/// The button that chooses files; the composer around it takes what is pasted and dropped.
pub fn attach(thread: Thread) -> El {
    let input = el("input", "composer__files")
        .attr("type", "file")
        .attr("multiple", "")
        .attr("aria-label", text().attach());
    let html = input.html().clone();
    let input = input.on("change", move |event| {
        take(thread, &event, "target");
        // The same file may be chosen again.
        let _ = js_sys::Reflect::set(&html, &"value".into(), &"".into());
    });
    let label = el("label", "composer__attach icon icon--clip")
        .bind_flag("hidden", move || off(thread).is_some())
        .child(input);
    let html = label.html().clone();
    // It is in its place by then. A composer that has lost the button and got it again takes in once.
    js::next_frame(move || {
        let form = html.closest("form:not([data-takes])").ok().flatten();
        if let Some(form) = form {
            take_in(El::from(form).attr("data-takes", ""), thread);
        }
    });
    label
}

/// Takes in what is pasted into the composer, or dropped on it.
fn take_in(composer: El, thread: Thread) {
    let take = move |from| {
        move |event: Event| {
            if take(thread, &event, from) {
                event.prevent_default();
            }
        }
    };
    composer
        .on("paste", take("clipboardData"))
        .on("drop", take("dataTransfer"))
        .on("dragover", |event| {
            let data = js::get(&event, "dataTransfer");
            let kinds = data.and_then(|data| js::get(&data, "types"));
            let kinds = kinds.map(|kinds| Array::from(&kinds));
            if kinds.is_some_and(|kinds| kinds.includes(&"Files".into(), 0)) {
                event.prevent_default();
            }
        });
}

/// Whether an event brings files; then they are chosen.
fn take(thread: Thread, event: &Event, from: &str) -> bool {
    let from = js::get(event.unchecked_ref(), from);
    let files = from.and_then(|from| js::get(&from, "files"));
    let files = files.map(|files| Array::from(&files)).unwrap_or_default();
    let off = untrack(|| off(thread));
    let chosen = |file| Chosen::new(file, off);
    let chosen: Vec<_> = files.iter().map(chosen).collect();
    let has_any = !chosen.is_empty();
    if has_any {
        thread.files.update(|files| files.extend(chosen));
    }
    has_any
}

impl Chosen {
    fn new(file: JsValue, off: Option<&str>) -> Self {
        let size = js::get(&file, "size").and_then(|size| size.as_f64());
        // What is too large is not read at all.
        let state = match check_size(size.unwrap_or_default() as u64) {
            _ if off.is_some() => State::Failed(off.unwrap_or_default().to_owned()),
            Ok(()) => State::Going,
            Err(FileError::Empty) => State::Failed("file_empty".to_owned()),
            Err(_) => State::Failed("file_too_large".to_owned()),
        };
        Self {
            id: CommandId::fresh(time::now(), js::random()),
            file,
            state: Var::new(state),
        }
    }
}
