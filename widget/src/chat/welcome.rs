//! What the log shows around its rows: welcome, and ghosts of what is on its way.

use super::{Chat, Screen};
use crate::dom::{El, decor, el};
use crate::later::{Part, later};
use crate::text::text;

/// Welcome or ghosts, before the first message.
pub fn before(chat: Chat, log: El) -> El {
    let is_new =
        move || chat.screen() == Screen::Welcome && chat.thread.get().pending(<[_]>::is_empty);
    let is_loading = move || chat.screen() == Screen::Loading;
    log.when(is_new, welcome)
        .when(is_loading, || decor("ghost"))
        .when(is_loading, || decor("ghost ghost--out"))
        .when(is_loading, || decor("ghost"))
}

/// While nobody has come yet.
pub fn after(chat: Chat, log: El) -> El {
    log.when(
        move || chat.screen() == Screen::Waiting,
        move || later(Part::Waiting(chat)),
    )
}

fn welcome() -> El {
    el("section", "welcome")
        .child(decor("welcome__bell icon icon--bell"))
        .child(el("h2", "welcome__title").text(text().welcome_title()))
        .child(el("p", "welcome__text").text(text().welcome_text()))
}
