//! One's own earlier conversations (D4): a list in the menu, and one of them to read.

use js_sys::Array;
use shared::id::ConversationId;
use shared::link::Input;
use shared::rights::Side;
use shared::time::Timestamp;
use wasm_bindgen::JsValue;

use super::{Chat, Screen};
use crate::dom::{El, button, el};
use crate::http::{self, HttpError};
use crate::js::{self, document};
use crate::task::spawn;
use crate::text::text;
use crate::thread::Thread;
use crate::time::{self, Form};
use crate::var::Var;

/// The button that opens the list, and the list. Where nothing is going on, the list is what one looks for.
pub fn earlier(chat: Chat) -> El {
    let (is_open, said) = (Var::new(false), Var::new(String::new()));
    let (has_failed, next) = (Var::new(false), Var::new(String::new()));
    let count = Var::new(0_usize);
    let list = el("ul", "earlier__rows").attr("role", "list");
    let rows = list.clone();
    let load = move || {
        let rows = rows.clone();
        has_failed.set(false);
        spawn(async move {
            let old = count.now();
            let mut first = None;
            match read(chat, next.now()).await {
                Ok((more, mark)) if is_open.now() => {
                    count.set(old + more.len());
                    first = more.first().cloned();
                    for row in more {
                        let _ = rows.clone().child(el("li", "").child(row));
                    }
                    next.set(mark.unwrap_or_default());
                }
                Ok(_) => return,
                Err(_) => has_failed.set(true),
            }
            said.set(match count.now() {
                _ if has_failed.now() => text().unreachable().to_owned(),
                0 => text().earlier_none().to_owned(),
                _ => String::new(),
            });
            // The button that had the focus is gone, or stands further down.
            if let (Some(row), true) = (first, old > 0) {
                let _ = row.html().focus();
            }
        });
    };
    let rows = list.clone();
    let (again, further) = (load.clone(), load.clone());
    let toggle = move || {
        is_open.update(|is_open| *is_open = !*is_open);
        for text in [said, next] {
            text.set(String::new());
        }
        rows.fill(&[]);
        count.set(0);
        if is_open.now() {
            load();
        }
    };
    if matches!(chat.screen(), Screen::Welcome | Screen::Ended) && has_been_here(chat) {
        toggle();
    }
    let small = |class: &str, act: Box<dyn Fn()>| {
        button(
            &["button button--quiet button--small ", class].concat(),
            act,
        )
    };
    let again = move || {
        let again = again.clone();
        small("", Box::new(again)).text(text().retry())
    };
    let more = move || {
        let further = further.clone();
        small("earlier__more", Box::new(further)).text(text().earlier_more())
    };
    let toggle = small("earlier__toggle", Box::new(toggle));
    el("section", "earlier")
        .child(
            toggle
                .bind_attr("aria-expanded", move || is_open.get().to_string())
                .text(text().earlier()),
        )
        .child(list)
        .child(
            el("p", "earlier__said")
                .attr("role", "status")
                .bind_text(move || said.get()),
        )
        .when(move || has_failed.get() && is_open.get(), again)
        .when(
            move || !has_failed.get() && !next.with(String::is_empty),
            more,
        )
}

/// The way there, from where a conversation is over.
pub fn open(chat: Chat) -> El {
    let open = move || chat.is_choosing.set(true);
    button("button button--quiet button--small earlier__open", open).text(text().earlier())
}

/// Whether this browser may have had a conversation.
fn has_been_here(chat: Chat) -> bool {
    chat.is_known.get() || chat.tab().session.exists()
}

/// What stands below a conversation that is read.
pub fn back(chat: Chat) -> El {
    let back = button("button button--primary earlier__back", move || {
        chat.shown.now().close();
        chat.shown.set(chat.thread.now());
    });
    let html = back.html().clone();
    if document().has_focus().unwrap_or(false) {
        js::next_frame(move || drop(html.focus()));
    }
    // Whoever reads does not see what comes in.
    let unread = move || match chat.thread.get().unread() {
        0 => String::new(),
        count => text().unread(count as usize),
    };
    el("section", "ended")
        .attr("aria-label", text().earlier())
        .child(
            el("p", "ended__text")
                .attr("role", "status")
                .bind_text(unread),
        )
        .child(back.text(text().earlier_back()))
}

/// Shows a conversation to read it, or to go on in it where it is open and nothing else is.
fn show(chat: Chat, id: ConversationId, is_open: bool) {
    let (own, shown) = (chat.thread.now(), chat.shown.now());
    chat.is_choosing.set(false);
    if !chat.is_own(shown) {
        shown.close();
    }
    if own.conversation() == Some(id) {
        chat.shown.set(own);
    } else if is_open && !chat.is_busy() && own.pending(<[_]>::is_empty) {
        chat.tab().local.set("conversation", &id.to_string());
        chat.open(id);
    } else {
        let thread = Thread::new(&chat.tab(), Side::Customer, Some(id));
        thread.input(Input::Start);
        chat.shown.set(thread);
    }
}

/// A page of the list, and where the next one begins.
async fn read(chat: Chat, after: String) -> Result<(Vec<El>, Option<String>), HttpError> {
    if !has_been_here(chat) {
        return Ok((Vec::new(), None));
    }
    let token = chat.tab().session.ensure().await?;
    let ask = if after.is_empty() { "" } else { "?after=" };
    let body = http::get(&["/api/v1/conversations", ask, &after].concat(), &token).await?;
    let rows = js::get(&body, "conversations").ok_or(HttpError::Unreachable)?;
    let rows = Array::from(&rows);
    let rows = rows.iter().filter_map(|row| draw(chat, &row)).collect();
    Ok((rows, js::get_text(&body, "next")))
}

fn draw(chat: Chat, row: &JsValue) -> Option<El> {
    let id = js::get_text(row, "conversation")?.parse().ok()?;
    let is_open = js::get(row, "open").is_some_and(|open| open.is_truthy());
    let mut about = moment(js::get(row, "began_at")?.as_f64()?);
    let open = is_open.then(|| text().earlier_open().to_owned());
    for part in [js::get_text(row, "agent"), open].into_iter().flatten() {
        about = [&about, " \u{b7} ", &part].concat();
    }
    let words = el("span", "earlier__words")
        .attr("dir", "auto")
        .text(&js::get_text(row, "first_words")?);
    let row = button("earlier__row", move || show(chat, id, is_open));
    let row = row.child(words);
    Some(row.child(el("span", "earlier__about").text(&about)))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "milliseconds since 1970 are far below 2^53"
)]
fn moment(at: f64) -> String {
    time::write(Timestamp::from_millis(at as u64), Form::Opening)
}
