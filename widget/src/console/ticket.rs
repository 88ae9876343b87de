//! Create ticket: an incident or a work order made from a conversation (F91).

use shared::conversation::{Command, TicketKind};
use shared::id::ConversationId;
use shared::text::Title;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::Console;
use super::ask::{Ask, chips};
use super::menu::focus;
use crate::dom::{El, el};
use crate::text::work::{Work, work};
use crate::var::Var;

const KINDS: [TicketKind; 2] = [TicketKind::Incident, TicketKind::WorkOrder];

/// The dialog.
pub fn dialog(console: Console, conversation: ConversationId) -> El {
    let work = work();
    let ask = Ask::new(console, conversation);
    let kind = Var::new(0);
    let title = Var::new(String::new());
    let send = move || {
        let Ok(title) = title.peek(|title| Title::parse(title)) else {
            ask.say(work.title_missing);
            return focus("#ticket-title");
        };
        let kind = KINDS.get(kind.now()).copied();
        ask.send(Command::CreateTicket {
            kind: kind.unwrap_or(TicketKind::Incident),
            title,
        });
    };
    let act = ("primary", work.create);
    ask.dialog("ticket", work.create_ticket, act, send, |form| {
        let names = KINDS.map(|kind| (word(kind).to_owned(), name(work, kind).to_owned()));
        let field = el("input", "field__input")
            .attr("id", "ticket-title")
            .attr("type", "text")
            .attr("autofocus", "")
            .attr("autocomplete", "off")
            .attr("dir", "auto")
            .attr("aria-required", "true")
            .attr("aria-describedby", "ask-error");
        let html: HtmlInputElement = field.html().clone().unchecked_into();
        let field = field.on("input", move |_| {
            ask.clear();
            title.set(html.value());
        });
        form.child(chips(
            work.ticket_kind,
            &names,
            move || Some(kind.get()),
            move |place| kind.set(place),
        ))
        .child(
            el("div", "field")
                .child(
                    el("label", "field__label")
                        .attr("for", "ticket-title")
                        .text(work.ticket_title),
                )
                .child(field),
        )
    })
}

/// What a ticket is called.
pub const fn name(work: &Work, kind: TicketKind) -> &'static str {
    match kind {
        TicketKind::Incident => work.incident,
        TicketKind::WorkOrder => work.work_order,
    }
}

const fn word(kind: TicketKind) -> &'static str {
    match kind {
        TicketKind::Incident => "incident",
        TicketKind::WorkOrder => "work_order",
    }
}
