//! An app whose second file comes when it is asked for.

use reactive_graph::owner::Owner;
use wasm_bindgen_futures::JsFuture;
use wasm_split_helpers::wasm_split;
use web_sys::HtmlElement;

use super::{Part, make};
use crate::config;
use crate::dom::{El, button, el};
use crate::js;
use crate::task::spawn;
use crate::text::text;

/// One of the files did not come.
#[derive(Clone, Copy, Debug)]
pub struct Missing;

/// Draws a part. In the second file, with all that it needs alone.
#[wasm_split(more, fallible, wasm_split_path = crate::later, preload(load))]
fn draw(part: Part, owner: Owner) -> Result<Option<El>, Missing> {
    Ok(owner.with(|| make(part)))
}

/// A place that the part fills as soon as it is there; where it does not come, the way to try again.
pub fn later(part: Part) -> El {
    let place = el("div", "later");
    fill(place.clone(), part, Owner::current().unwrap_or_default());
    place
}

/// Adds such a place to an element; it goes again when there is nothing to show.
pub fn later_in(element: &HtmlElement, part: Part) {
    let _ = element.append_child(later(part).html());
}

/// Loads what comes later, before somebody asks for it.
pub fn prepare() {
    let sheet = js::sheet(&config::data("more"));
    spawn(async move {
        // Who asks for it tries again.
        let _ = load().await;
        let _ = JsFuture::from(sheet).await;
    });
}

fn fill(place: El, part: Part, owner: Owner) {
    let sheet = js::sheet(&config::data("more"));
    spawn(async move {
        let has_sheet = JsFuture::from(sheet).await.is_ok();
        match draw(part.clone(), owner.clone()).await {
            Ok(None) => place.html().remove(),
            Ok(Some(el)) if has_sheet => place.fill(&[el]),
            Ok(Some(_)) | Err(Missing) => place.fill(&[missing(place.clone(), part, owner)]),
        }
    });
}

fn missing(place: El, part: Part, owner: Owner) -> El {
    let again = move || fill(place.clone(), part.clone(), owner.clone());
    el("p", "later__missing")
        .attr("role", "alert")
        .text(text().unreachable())
        .child(button("button button--quiet button--small", again).text(text().retry()))
}
