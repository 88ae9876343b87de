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
    log.when(is_new, move || welcome(chat))
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

fn welcome(chat: Chat) -> El {
    // What the customer answers is the first of what the page says.
    let greeting = move || chat.claim.get().0.into_iter().next()?.as_string();
    let said = move || {
        let greeting = greeting().filter(|said| !said.is_empty());
        greeting.unwrap_or_else(|| text().welcome_text().to_owned())
    };
    el("section", "welcome")
        .child(decor("welcome__bell icon icon--bell"))
        .child(el("h2", "welcome__title").text(text().welcome_title()))
        .child(el("p", "welcome__text").bind_text(said))
}
