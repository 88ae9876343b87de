//! Block: a visitor writes no more, for a time or for ever (P21).

use shared::id::ConversationId;
use shared::text::Title;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::Console;
use super::ask::{Ask, chips};
use super::dialog::close;
use super::toasts;
use crate::dom::{El, el};
use crate::http::{self, HttpError};
use crate::js;
use crate::task::spawn;
use crate::text::work::work;
use crate::var::Var;

/// For how long, in seconds: an hour, a day, for ever.
const SPANS: [Option<f64>; 3] = [Some(3_600.0), Some(86_400.0), None];

/// The dialog.
pub fn dialog(console: Console, conversation: ConversationId) -> El {
    let work = work();
    let ask = Ask::new(console, conversation);
    let span = Var::new(1);
    let reason = Var::new(String::new());
    let send = move || {
        let reason = reason.peek(|reason| Title::parse(reason).ok());
        let for_s = SPANS.get(span.now()).copied().flatten();
        spawn(block(ask, reason, for_s));
    };
    let act = ("danger", work.block);
    ask.dialog("block", work.block_question, act, send, |form| {
        let names = [
            ("hour", work.block_hour),
            ("day", work.block_day),
            ("ever", work.block_ever),
        ];
        let names = names.map(|(word, name)| (word.to_owned(), name.to_owned()));
        let field = el("input", "field__input")
            .attr("id", "block-reason")
            .attr("type", "text")
            .attr("maxlength", "100")
            .attr("autocomplete", "off")
            .attr("dir", "auto");
        let html: HtmlInputElement = field.html().clone().unchecked_into();
        let field = field.on("input", move |_| reason.set(html.value()));
        form.child(el("p", "dialog__text").text(work.block_text))
            .child(chips(
                work.block_for,
                &names,
                move || Some(span.get()),
                move |place| span.set(place),
            ))
            .child(
                el("div", "field")
                    .child(
                        el("label", "field__label")
                            .attr("for", "block-reason")
                            .text(work.block_reason),
                    )
                    .child(field),
            )
    })
}

/// Asks the space, which ends what still stands.
async fn block(ask: Ask, reason: Option<Title>, for_s: Option<f64>) {
    let console = ask.console;
    let tab = console.tab.now();
    let space = &tab.config.space;
    let path = format!("/api/v1/spaces/{space}/items/{}/block", ask.conversation);
    let mut body = Vec::new();
    body.extend(reason.map(|reason| ("reason", reason.as_str().into())));
    body.extend(for_s.map(|seconds| ("for_s", seconds.into())));
    let answer = match tab.session.ensure().await {
        Ok(token) => {
            let bearer = ["Bearer ", &token].concat();
            http::post(&path, &[("Authorization", &bearer)], &body).await
        }
        Err(error) => Err(error),
    };
    match answer {
        Ok(_) => {
            close();
            toasts::add(console.toasts, "told", work().blocked.to_owned());
        }
        Err(HttpError::Refused(_, body)) => {
            let error = js::get(&body, "error").unwrap_or_default();
            ask.say(&js::get_text(&error, "message").unwrap_or_default());
        }
        Err(HttpError::Unreachable) => ask.say(work().not_told),
    }
}
