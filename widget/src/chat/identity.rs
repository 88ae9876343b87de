//! Who the site says the customer is: the session goes on as that person, and what another person had
//! here is left behind.

use shared::conversation::Command;
use wasm_bindgen::JsValue;

use super::Chat;
use crate::http::HttpError;
use crate::js;
use crate::task::spawn;

/// Takes what the page shows: a token, an id with its hash, or null for nobody.
pub fn identify(chat: Chat, shown: JsValue) {
    let said = js_sys::JSON::stringify(&shown).map(String::from);
    let said = said.unwrap_or_default();
    // The page says all that it has said with each new word.
    if chat.said.now() == said {
        return;
    }
    chat.said.set(said);
    if shown.is_object() {
        chat.claim(&shown);
    }
    spawn(async move {
        let session = chat.tab().session.clone();
        if shown.is_null() {
            if session.is_known() {
                session.forget();
                leave(chat, None, false);
            }
            return;
        }
        // Where nobody was, there is nothing to leave behind: what is typed meanwhile stays.
        let is_first = !session.exists();
        match session.identify(&shown).await {
            Ok(answer) => known(chat, &answer, is_first),
            // The next word of the page tries again.
            Err(HttpError::Unreachable) => chat.said.set(String::new()),
            // A token that was used, or is none: whoever was known stays so.
            Err(HttpError::Refused(..)) => (),
        }
    });
}

/// Another tab has done that.
pub fn heard(chat: Chat) {
    chat.is_known.set(chat.tab().session.is_known());
    if chat.is_known.now() {
        chat.thread.now().retry_barred();
    }
}

/// The session is that of the person by now.
fn known(chat: Chat, answer: &JsValue, is_first: bool) {
    let is_kept = is_first || js::get(answer, "kept").is_some_and(|kept| kept.is_truthy());
    let open = js::get_text(answer, "conversation");
    let thread = chat.thread.now();
    if is_kept && (thread.conversation().is_some() || open.is_none()) {
        chat.is_known.set(true);
        thread.redial();
        thread.retry_barred();
    } else {
        leave(chat, open, is_kept);
    }
}

/// Leaves the conversation on the screen for another one. What was not sent stays in the composer, if it
/// is the same person's.
fn leave(chat: Chat, open: Option<String>, is_kept: bool) {
    let tab = chat.tab();
    if !is_kept {
        chat.draft.set(String::new());
        tab.own.remove("follows");
    }
    chat.thread.now().pending(|pending| {
        for item in pending {
            tab.outbox.drop(item.id);
            if let (true, Command::Post { text, .. }) = (is_kept, &item.command) {
                chat.write_again(text.as_str());
            }
        }
    });
    match &open {
        Some(open) => drop(tab.local.set("conversation", open)),
        None => tab.local.remove("conversation"),
    }
    chat.is_known.set(tab.session.is_known());
    chat.replace(open.and_then(|open| open.parse().ok()));
}
