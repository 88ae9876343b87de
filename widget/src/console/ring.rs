//! The clock of an offer: a ring that runs empty, and the seconds left.

use shared::id::ConversationId;

use super::Console;
use crate::dom::{El, effect, el};
use crate::text::console::words;
use crate::text::fill;

/// From here on the ring warns. In seconds.
const LAST_S: u64 = 15;

/// The ring of an offer.
pub fn ring(console: Console, conversation: ConversationId) -> El {
    let left_ms = move || {
        console.clock.hear();
        let now = console.desk.space_time();
        let left = console.desk.offer(conversation).map(|offer| {
            let left = u64::try_from(offer.expires_at.since(now).as_millis()).unwrap_or(0);
            (left, offer.lasts_ms.max(1))
        });
        left.unwrap_or((0, 1))
    };
    let seconds = move || left_ms().0.div_ceil(1_000);
    let ring = el("span", "ring")
        .attr("role", "timer")
        .bind_attr("class", move || {
            if seconds() <= LAST_S {
                "ring ring--last"
            } else {
                "ring"
            }
            .to_owned()
        })
        .bind_attr("aria-label", move || {
            fill(words().seconds_left, &seconds().to_string())
        });
    let style = ring.html().style();
    effect(move || {
        let (left, lasts) = left_ms();
        // Three digits are finer than the ring is drawn.
        let share = (left.min(lasts) * 1_000 / lasts).to_string();
        let _ = style.set_property("--left", &["calc(", &share, " / 1000)"].concat());
    });
    ring.child(
        el("span", "ring__text")
            .attr("aria-hidden", "true")
            .bind_text(move || seconds().to_string()),
    )
}
