//! An app that has everything in one file.

use web_sys::HtmlElement;

use super::{Part, make};
use crate::dom::{El, el};

/// The part.
pub fn later(part: Part) -> El {
    make(part).unwrap_or_else(|| el("span", ""))
}

/// Adds what there is of the part to an element.
pub fn later_in(place: &HtmlElement, part: Part) {
    if let Some(el) = make(part) {
        let _ = place.append_child(el.html());
    }
}
