//! What went wrong or well lately, in plain words, for a while.

use std::time::Duration;

use crate::dom::{El, button, el};
use crate::text::console::words;
use crate::timer::Timer;
use crate::var::Var;
use crate::{js, time};

/// How long a toast stays, unless somebody looks at it.
const STAYS: Duration = Duration::from_secs(8);

/// The toasts on the screen, each under a number: `refusal` or `told`, and the words.
pub type Toasts = Var<Vec<(u32, &'static str, String)>>;

/// Shows a toast, and takes it away after a while.
pub fn add(toasts: Toasts, kind: &'static str, words: String) {
    let id = u32::from_le_bytes(js::random());
    toasts.update(|toasts| toasts.push((id, kind, words)));
    let timer = Var::new(None::<Timer>);
    let ring = move || {
        let selector = [
            ".toast[data-toast='",
            &id.to_string(),
            "']:is(:hover, :focus-within)",
        ]
        .concat();
        let is_looked_at = js::document()
            .query_selector(&selector)
            .ok()
            .flatten()
            .is_some();
        if is_looked_at {
            timer.peek_mut(|timer| {
                timer
                    .iter_mut()
                    .for_each(|timer| timer.set(Some(time::now() + STAYS)))
            });
        } else {
            dismiss(toasts, id);
        }
    };
    timer.peek_mut(|slot| slot.insert(Timer::new(ring)).set(Some(time::now() + STAYS)));
}

/// The region of the toasts, always in the tree.
pub fn toasts(toasts: Toasts) -> El {
    let ids = move || toasts.with(|toasts| toasts.iter().map(|(id, ..)| *id).collect());
    let make = move |id: u32| {
        let (kind, text) = toasts.peek(|toasts| {
            let toast = toasts.iter().find(|(other, ..)| *other == id);
            toast
                .map(|(_, kind, text)| (*kind, text.clone()))
                .unwrap_or_default()
        });
        el("div", &["toast toast--", kind].concat())
            .attr("data-toast", &id.to_string())
            .child(el("p", "toast__text").text(&text))
            .child(
                button("toast__close icon icon--close", move || dismiss(toasts, id))
                    .attr("aria-label", words().dismiss),
            )
    };
    el("div", "toasts")
        .attr("role", "status")
        .attr("aria-live", "polite")
        .each(ids, |id| u128::from(*id), make)
}

fn dismiss(toasts: Toasts, id: u32) {
    toasts.update(|toasts| toasts.retain(|(other, ..)| *other != id));
}
