//! The strip that says why nothing moves.

use leptos::prelude::*;
use shared::link::{State, StopReason};

use super::live;
use crate::text::text;

/// What is wrong with the line, the first that applies.
struct Trouble {
    class: &'static str,
    text: &'static str,
    /// Only the person can mend it.
    is_final: bool,
}

/// Shows the trouble of a link, or nothing.
#[component]
pub fn Banner(
    /// How the link stands.
    #[prop(into)]
    state: Signal<State>,
    /// What the browser says about the network.
    online: RwSignal<bool>,
    /// What is written cannot be kept over a reload, and something is on its way.
    #[prop(into)]
    is_at_risk: Signal<bool>,
    /// Tries again.
    on_retry: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let strip = live(move || {
        let trouble = trouble(state.get(), online.get(), is_at_risk.get())?;
        let role = if trouble.is_final { "alert" } else { "status" };
        let action = trouble.is_final.then(|| {
            view! {
                <button type="button" class="banner__action" on:click=move |_| on_retry()>
                    {text().retry}
                </button>
            }
        });
        Some(view! {
            <div class=trouble.class role=role>
                <span class="banner__text">{trouble.text}</span>
                {action}
            </div>
        })
    });
    strip
}

fn trouble(state: State, is_online: bool, is_at_risk: bool) -> Option<Trouble> {
    let text = text();
    let trouble = |class, text, is_final| Some(Trouble { class, text, is_final });
    match state {
        State::Updating { .. } => {
            trouble("banner banner--updating icon icon--refresh", text.updating, false)
        }
        _ if !is_online => trouble("banner banner--offline icon icon--wifi", text.offline, false),
        State::Waiting { .. } => {
            trouble("banner banner--connecting icon icon--refresh", text.reconnecting, false)
        }
        State::Connecting { attempt } if attempt > 0 => {
            trouble("banner banner--connecting icon icon--refresh", text.reconnecting, false)
        }
        State::Stopped(StopReason::Replaced) => {
            trouble("banner banner--error icon icon--alert", text.replaced, true)
        }
        State::Stopped(_) => trouble("banner banner--error icon icon--alert", text.unreachable, true),
        _ if is_at_risk => trouble("banner banner--offline icon icon--alert", text.not_kept, false),
        State::Idle | State::Connecting { .. } | State::CatchingUp | State::Live => None,
    }
}
