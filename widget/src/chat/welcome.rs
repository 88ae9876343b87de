//! What the log shows around its rows: welcome, waiting, and ghosts of what is on its way.

use leptos::prelude::*;

use crate::text::text;
use crate::ui::decor;

/// Before the first message.
pub fn welcome() -> impl IntoView {
    view! {
        <section class="welcome">
            {decor("welcome__bell icon icon--bell")}
            <h2 class="welcome__title">{text().welcome_title}</h2>
            <p class="welcome__text">{text().welcome_text}</p>
        </section>
    }
}

/// While nobody has come yet.
pub fn waiting() -> impl IntoView {
    view! {
        <div class="waiting">
            {decor("waiting__bell icon icon--bell")}
            <p class="waiting__title">{text().waiting}</p>
            <p class="waiting__text">{text().waiting_text}</p>
        </div>
    }
}

/// Before the log has arrived.
pub fn ghosts() -> impl IntoView {
    ["ghost", "ghost ghost--out", "ghost"].map(decor)
}
