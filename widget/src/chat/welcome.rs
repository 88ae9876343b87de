//! What the log shows around its rows: welcome, waiting, and ghosts of what is on its way.

use super::{Chat, Screen};
use crate::dom::{El, decor, el};
use crate::text::text;

/// Before the first message.
pub fn welcome(chat: Chat) -> El {
    let is_hidden = move || {
        chat.screen() != Screen::Welcome || chat.thread.get().pending(|pending| !pending.is_empty())
    };
    el("section", "welcome")
        .bind_flag("hidden", is_hidden)
        .child(decor("welcome__bell icon icon--bell"))
        .child(el("h2", "welcome__title").text(text().welcome_title))
        .child(el("p", "welcome__text").text(text().welcome_text))
}

/// While nobody has come yet.
pub fn waiting(chat: Chat) -> El {
    el("div", "waiting")
        .bind_flag("hidden", move || chat.screen() != Screen::Waiting)
        .child(decor("waiting__bell icon icon--bell"))
        .child(el("p", "waiting__title").text(text().waiting))
        .child(el("p", "waiting__text").text(text().waiting_text))
}

/// Before the log has arrived.
pub fn ghosts(chat: Chat) -> Vec<El> {
    let ghost = |class| decor(class).bind_flag("hidden", move || chat.screen() != Screen::Loading);
    vec![ghost("ghost"), ghost("ghost ghost--out"), ghost("ghost")]
}
