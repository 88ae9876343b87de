//! What the chat loads when it is first asked for: a second wasm file, which works on the memory and the functions of
//! the first, and a sheet.
//!
//! A part is a [`Part`] and its arm in [`draw`]. What nothing but that function reaches, the build puts into the
//! second file (`xtask/src/build/split.rs`), and sheets named `NAME.later.css` into the second sheet.
//!
//! `wasm_split_helpers` marks the place. What waits for the file is ours, because that of the crate, which
//! works with threads too, weighs 2.1 KB of brotli.

pub mod rt;

use reactive_graph::owner::Owner;
use wasm_bindgen_futures::JsFuture;
use wasm_split_helpers::wasm_split;

use self::Missing as SplitLoaderError;
use crate::chat::{Chat, challenge, ended, menu, sign_in};
use crate::config;
use crate::dom::{El, button, el};
use crate::js;
use crate::task::spawn;
use crate::text::text;

/// What may come later.
#[derive(Clone, Copy)]
pub enum Part {
    /// The check whether a person writes.
    Challenge(Chat),
    /// The end of a conversation.
    Ended(Chat),
    /// The menu below the head.
    Menu(Chat),
    /// The way to sign in.
    SignIn(Chat),
}

/// One of the files did not come.
#[derive(Clone, Copy, Debug)]
pub struct Missing;

/// Draws a part. In the second file, with all that it needs alone.
#[wasm_split(more, fallible, wasm_split_path = crate::later, preload(load))]
fn draw(part: Part, owner: Owner) -> Result<El, Missing> {
    Ok(owner.with(|| match part {
        Part::Challenge(chat) => challenge::challenge(chat),
        Part::Ended(chat) => ended::ended(chat),
        Part::Menu(chat) => menu::menu(chat),
        Part::SignIn(chat) => sign_in::sign_in(chat),
    }))
}

/// A place that the part fills as soon as it is there; where it does not come, the way to try again.
pub fn later(part: Part) -> El {
    let place = el("div", "later");
    let owner = Owner::current().unwrap_or_default();
    fill(place.clone(), part, owner);
    place
}

/// Loads what comes later, before somebody asks for it.
pub fn prepare() {
    let sheet = js::sheet(&config::later_sheet());
    spawn(async move {
        // Who asks for it tries again.
        let _ = load().await;
        let _ = JsFuture::from(sheet).await;
    });
}

fn fill(place: El, part: Part, owner: Owner) {
    let sheet = js::sheet(&config::later_sheet());
    spawn(async move {
        let has_sheet = JsFuture::from(sheet).await.is_ok();
        let drawn = match draw(part, owner.clone()).await {
            Ok(el) if has_sheet => el,
            Ok(_) | Err(Missing) => missing(place.clone(), part, owner),
        };
        place.fill(&[drawn]);
    });
}

fn missing(place: El, part: Part, owner: Owner) -> El {
    let again = move || fill(place.clone(), part, owner.clone());
    el("p", "later__missing")
        .attr("role", "alert")
        .text(text().unreachable())
        .child(button("button button--quiet button--small", again).text(text().retry()))
}
