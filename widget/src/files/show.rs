//! A file in a log: a picture with a viewer, a player, or a card.

use reactive_graph::graph::untrack;
use shared::conversation::{Event, Seq};
use shared::file::{Sent, Shows};
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement};

use crate::dom::{El, button, el};
use crate::http;
use crate::js;
use crate::task::spawn;
use crate::text::text;
use crate::thread::Thread;
use crate::time;
use crate::var::Var;

/// Draws the file that stands at that place.
pub fn show(thread: Thread, seq: Seq) -> El {
    let sent = untrack(|| {
        thread.entries(|entries| {
            let mut entries = entries.iter();
            let entry = entries.find(|entry| entry.seq == seq)?;
            let Event::FileSent(sent) = &entry.event else {
                return None;
            };
            Some((**sent).clone())
        })
    });
    sent.map_or_else(|| el("div", "file"), |sent| draw(thread, &sent))
}

/// Draws it. Its address is asked for when it is drawn, that of a card when it is pressed.
fn draw(thread: Thread, sent: &Sent) -> El {
    let address = Var::new(None::<String>);
    let name = sent.name.as_str();
    let file = sent.file.to_string();
    let ask = move || {
        let path = thread
            .path_of_files()
            .map(|path| [&path, "/", &file].concat());
        spawn(async move {
            let url = link(thread, path).await;
            address.set(url);
        });
    };
    match sent.kind.shows() {
        Shows::Picture => {
            ask();
            picture(sent, address)
        }
        Shows::Sound => {
            ask();
            let player = el("audio", "file__player").attr("controls", "");
            el("div", "file")
                .child(source(player, name, address))
                .child(card(thread, sent))
        }
        Shows::Film => {
            ask();
            let player = el("video", "file__player")
                .attr("controls", "")
                .attr("playsinline", "");
            el("div", "file")
                .child(source(player, name, address))
                .child(card(thread, sent))
        }
        Shows::Card => card(thread, sent),
    }
}

/// An element that shows what is at the address.
fn source(shown: El, name: &str, address: Var<Option<String>>) -> El {
    shown
        .attr("aria-label", name)
        .bind_attr("src", move || address.get().unwrap_or_default())
}

/// A picture, and the whole of it in a dialog.
fn picture(sent: &Sent, address: Var<Option<String>>) -> El {
    let name = sent.name.to_string();
    let image = move |class: &str| {
        let shown = el("img", class).attr("alt", &name);
        let html = shown.html().clone();
        shown
            .on("load", move |_| drop(html.remove_attribute("height")))
            .bind_attr("src", move || address.get().unwrap_or_default())
    };
    let viewer = el("dialog", "viewer").attr("aria-label", sent.name.as_str());
    let dialog = viewer.html().clone();
    let close = {
        let dialog = dialog.clone();
        move || dialog.unchecked_ref::<HtmlDialogElement>().close()
    };
    let small = image("file__picture").attr("height", "160");
    let whole = image("viewer__picture");
    let viewer = viewer
        // Escape closes the dialog, and not the chat around it.
        .on("keydown", |event| event.stop_propagation())
        .child(
            button("button button--icon viewer__close icon icon--close", close)
                .attr("aria-label", text().close()),
        )
        .child(whole);
    let open = move || {
        let dialog: &HtmlDialogElement = dialog.unchecked_ref();
        let _ = dialog.show_modal();
    };
    el("div", "file")
        .child(
            button("file__open", open)
                .attr("aria-haspopup", "dialog")
                .child(small),
        )
        .child(viewer)
}

/// Name and size; pressed, the file is saved.
fn card(thread: Thread, sent: &Sent) -> El {
    let (file, name) = (sent.file.to_string(), sent.name.to_string());
    let save = move || {
        let path = thread
            .path_of_files()
            .map(|path| [&path, "/", &file].concat());
        spawn(async move {
            if let Some(url) = link(thread, path).await {
                let anchor = el("a", "").attr("href", &url).attr("download", "");
                let anchor: &HtmlElement = anchor.html();
                anchor.click();
            }
        });
    };
    let size = usize::try_from(sent.size.div_ceil(1_000)).unwrap_or_default();
    let size = [&time::number(size), " KB"].concat();
    button("file__card icon icon--clip", save)
        .child(el("span", "file__name").attr("dir", "auto").text(&name))
        .child(el("span", "file__size").text(&size))
}

/// The address of a file, good for five minutes.
async fn link(thread: Thread, path: Option<String>) -> Option<String> {
    let token = thread.token().await?;
    let told = http::get(&path?, &token).await.ok()?;
    js::get_text(&told, "url")
}
