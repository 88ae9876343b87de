//! What a customer takes along: what was written as a file, and by e-mail (P7).

use shared::conversation::{Command, Event};
use shared::link::{Failure, Input, PendingState};
use shared::text::Label;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::Chat;
use crate::dom::{El, button, el};
use crate::http::HttpError;
use crate::js;
use crate::task::spawn;
use crate::text::{fill, text};
use crate::var::Var;

/// The buttons, and what became of it.
pub fn take(chat: Chat) -> El {
    let config = &chat.tab().config;
    let failed = Var::new(false);
    let save = move || {
        failed.set(false);
        spawn(async move { failed.set(save(chat).await.is_err()) });
    };
    let has_words = move || chat.thread.get().conversation().is_some();
    let ways = config.takes.clone();
    let (saves, mails) = (ways.contains("text"), ways.contains("mail"));
    let said = move || {
        if failed.get() {
            text().unreachable().to_owned()
        } else {
            mailed(chat)
        }
    };
    el("div", "take")
        .when(
            move || saves && has_words(),
            move || {
                button("button button--quiet button--small take__save", save)
                    .text(text().take_along())
            },
        )
        .when(
            move || mails && has_words() && chat.is_known.get(),
            move || {
                let mail = move || mail(chat);
                button("button button--quiet button--small take__mail", mail).text(text().mail_it())
            },
        )
        .child(el("p", "take__said").attr("role", "status").bind_text(said))
}

fn mail(chat: Chat) {
    let thread = chat.thread.now();
    let failed = thread.pending(|pending| {
        let is_mail = |command: &Command| matches!(command, Command::MailTranscript { .. });
        let mut mails = pending.iter().filter(|item| is_mail(&item.command));
        mails.next().map(|item| item.id)
    });
    if let Some(id) = failed {
        thread.input(Input::Discard { id });
    }
    let language = Label::parse(text().lang).ok();
    thread.submit(Command::MailTranscript { language });
}

/// What became of the newest mail.
fn mailed(chat: Chat) -> String {
    chat.thread.get().all(|entries, pending| {
        let mut asked = pending.iter().rev();
        let is_asked = |command: &Command| matches!(command, Command::MailTranscript { .. });
        let asked = asked.find(|item| is_asked(&item.command));
        let asked = asked.map(|item| &item.state);
        let is_mail = |event: &Event| matches!(event, Event::TranscriptMailed { .. });
        match asked {
            Some(PendingState::Failed(Failure::Refused(refusal))) => {
                fill(text().not_sent(), text().refusal(refusal))
            }
            Some(_) => text().sending().to_owned(),
            None if entries.iter().any(|entry| is_mail(&entry.event)) => text().mailed().to_owned(),
            None => String::new(),
        }
    })
}

/// Reads the text and hands it to the browser as a file.
async fn save(chat: Chat) -> Result<(), HttpError> {
    let tab = chat.tab();
    let Some(conversation) = chat.thread.now().conversation() else {
        return Ok(());
    };
    let token = tab.session.ensure().await?;
    let conversation = conversation.to_string();
    let path = ["/api/v1/conversations/", &conversation, "/transcript"].concat();
    let bearer = JsValue::from_str(&["Bearer ", &token].concat());
    let headers = js::object(&[("Authorization", bearer)]);
    let init = js::object(&[("headers", headers.into())]);
    let lost = |_| HttpError::Unreachable;
    let answer = JsFuture::from(js::fetch(&path, &init))
        .await
        .map_err(lost)?;
    let answer: js::Answer = answer.unchecked_into();
    if answer.status() != 200 {
        return Err(HttpError::Unreachable);
    }
    let file = JsFuture::from(answer.blob()).await.map_err(lost)?;
    let address = js::object_url(&file);
    let link = el("a", "").attr("href", &address);
    let link = link.attr("download", &[&tab.config.name, ".txt"].concat());
    link.html().click();
    Ok(())
}
