//! Abandon: closing what the customer has left, with a reason where there is no ticket (F103, D3).

use shared::conversation::{Command, Ticket, TicketStatus};
use shared::id::ConversationId;
use shared::settings::Reason;
use shared::text::MessageText;
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;

use super::Console;
use super::ask::{Ask, chips};
use crate::dom::{El, el};
use crate::text::console::words;
use crate::text::fill;
use crate::text::work::work;
use crate::var::Var;

/// The dialog.
pub fn dialog(console: Console, conversation: ConversationId) -> El {
    let work = work();
    let ask = Ask::new(console, conversation);
    let reason = Var::new(None::<usize>);
    let note = Var::new(String::new());
    let all = console.desk.see(|desk| desk.reasons.clone());
    let ticket = console.desk.item(conversation).and_then(|item| item.ticket);
    let cancels = ticket.filter(is_open);
    // A ticket says why already.
    let reasons: Vec<Reason> = match cancels {
        None => all.unwrap_or_default(),
        Some(_) => Vec::new(),
    };
    let names: Vec<_> = reasons
        .iter()
        .map(|reason| (reason.id.to_string(), reason.name.to_string()))
        .collect();
    let known = reasons.clone();
    let send = move || {
        let chosen = reason.now().and_then(|place| known.get(place).cloned());
        if !known.is_empty() && chosen.is_none() {
            return ask.say(words().reason_required);
        }
        ask.send(Command::Abandon {
            reason: chosen.map(|reason| reason.id),
            note: note.peek(|note| MessageText::parse(note).ok()),
        });
    };
    let act = ("danger", work.ok);
    ask.dialog("abandon", work.abandon_question, act, send, |form| {
        let form = form.child(el("p", "dialog__text").text(work.abandon_text));
        let form = match &cancels {
            None => form,
            Some(ticket) => form.child(
                el("p", "dialog__text abandon__ticket icon icon--alert")
                    .attr("dir", "auto")
                    .child(el("span", "").text(&fill(work.ticket_cancels, ticket.title.as_str()))),
            ),
        };
        let form = match names.is_empty() {
            true => form,
            false => form.child(chips(
                work.reason,
                &names,
                move || reason.get(),
                move |place| {
                    ask.clear();
                    reason.set(Some(place));
                },
            )),
        };
        let field = el("textarea", "field__input")
            .attr("id", "abandon-note")
            .attr("rows", "2")
            .attr("dir", "auto");
        let area: HtmlTextAreaElement = field.html().clone().unchecked_into();
        let field = field.on("input", move |_| note.set(area.value()));
        form.child(
            el("div", "field")
                .child(
                    el("label", "field__label")
                        .attr("for", "abandon-note")
                        .text(work.more_about),
                )
                .child(field),
        )
    })
}

/// True while abandoning would cancel it.
const fn is_open(ticket: &Ticket) -> bool {
    match ticket.status {
        TicketStatus::New | TicketStatus::InProgress => true,
        TicketStatus::Resolved | TicketStatus::Cancelled => false,
    }
}
