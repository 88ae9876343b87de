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
    /// What is on its way would not outlive the page.
    pub is_at_risk: bool,
}

/// Shows the trouble of a line, or nothing. `retry` tries again.
pub fn banner(line: impl Fn() -> Line + Copy + 'static, retry: impl Fn() + Copy + 'static) -> El {
    let part = move || trouble(line());
    el("div", "banner")
        .bind_attr("class", move || {
            ["banner ", part().map_or("", |part| part.class)].concat()
        })
        .bind_attr("role", move || {
            let is_final = part().is_some_and(|part| part.is_final);
            if is_final { "alert" } else { "status" }.to_owned()
        })
        .bind_flag("hidden", move || part().is_none())
        .child(
            el("span", "banner__text")
                .bind_text(move || part().map_or("", |part| part.words).to_owned()),
        )
        .child(
            button("banner__action", retry)
                .text(text().retry)
                .bind_flag("hidden", move || !part().is_some_and(|part| part.is_final)),
        )
}

struct Trouble {
    class: &'static str,
    words: &'static str,
    /// Only the person can mend it.
    is_final: bool,
}

/// The first trouble that applies.
fn trouble(line: Line) -> Option<Trouble> {
    let text = text();
    let (class, words, is_final) = match line.state {
        State::Updating { .. } => ("banner--updating icon icon--refresh", text.updating, false),
        _ if !line.is_online => ("banner--offline icon icon--wifi", text.offline, false),
        State::Connecting { attempt: 1.. } | State::Waiting { .. } => (
            "banner--connecting icon icon--refresh",
            text.reconnecting,
            false,
        ),
        State::Stopped(StopReason::Replaced) => {
            ("banner--error icon icon--alert", text.replaced, true)
        }
        State::Stopped(
            StopReason::BadFrames
            | StopReason::Unauthorized
            | StopReason::Forbidden
            | StopReason::Unknown,
        ) => ("banner--error icon icon--alert", text.unreachable, true),
        State::Idle | State::Connecting { .. } | State::CatchingUp | State::Live => {
            if !line.is_at_risk {
                return None;
            }
            ("banner--offline icon icon--alert", text.not_kept, false)
        }
    };
    Some(Trouble {
        class,
        words,
        is_final,
    })
}
