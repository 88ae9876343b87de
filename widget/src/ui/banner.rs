//! The strip that says why nothing moves.

use shared::link::{State, StopReason};

use crate::dom::{El, button, el};
use crate::text::text;

/// What a banner is about.
#[derive(Clone, Copy)]
pub struct Line {
    /// How the link stands.
    pub state: State,
    /// What the browser says about the network.
    pub is_online: bool,
    /// What is on its way waits, because it came too fast.
    pub is_slowed: bool,
    /// What is on its way would not outlive the page.
    pub is_at_risk: bool,
}

/// Shows the trouble of a line, or nothing, in `parent`. `retry` tries again.
pub fn banner(
    parent: El,
    line: impl Fn() -> Line + Copy + 'static,
    retry: impl Fn() + Copy + 'static,
) -> El {
    let read = move || trouble(line()).into_iter().collect();
    parent.each(
        read,
        |trouble| trouble.number,
        move |trouble| {
            let role = if trouble.is_final { "alert" } else { "status" };
            let strip = el("div", trouble.class)
                .attr("role", role)
                .child(el("span", "banner__text").text(trouble.words));
            if trouble.is_final {
                strip.child(button("banner__action", retry).text(text().retry()))
            } else {
                strip
            }
        },
    )
}

#[derive(Clone, Copy)]
struct Trouble {
    number: u128,
    class: &'static str,
    words: &'static str,
    /// Only the person can mend it.
    is_final: bool,
}

/// The first trouble that applies.
fn trouble(line: Line) -> Option<Trouble> {
    let text = text();
    let (number, class, words, is_final) = match line.state {
        State::Updating { .. } => (
            1,
            "banner banner--updating icon icon--refresh",
            text.updating(),
            false,
        ),
        _ if !line.is_online => (
            2,
            "banner banner--offline icon icon--wifi",
            text.offline(),
            false,
        ),
        _ if line.is_slowed => (
            7,
            "banner banner--connecting icon icon--clock",
            text.slowed(),
            false,
        ),
        State::Connecting { attempt: 1.. } | State::Waiting { .. } => (
            3,
            "banner banner--connecting icon icon--refresh",
            text.reconnecting(),
            false,
        ),
        State::Stopped(StopReason::Replaced) => (
            4,
            "banner banner--error icon icon--alert",
            text.replaced(),
            true,
        ),
        State::Stopped(
            StopReason::BadFrames
            | StopReason::Unauthorized
            | StopReason::Forbidden
            | StopReason::Unknown,
        ) => (
            5,
            "banner banner--error icon icon--alert",
            text.unreachable(),
            true,
        ),
        State::Idle | State::Connecting { .. } | State::CatchingUp | State::Live => {
            if !line.is_at_risk {
                return None;
            }
            (
                6,
                "banner banner--offline icon icon--alert",
                text.not_kept(),
                false,
            )
        }
    };
    Some(Trouble {
        number,
        class,
        words,
        is_final,
    })
}
