//! Facts about the open conversation.

use shared::conversation::{Entry, Event, Source, Stage, TicketStatus};
use shared::id::ConversationId;
use shared::text::Label;
use shared::time::Timestamp;

use super::conversation::name;
use super::item::joined;
use super::people::called;
use super::picker::name_of;
use super::{Console, Talk};
use crate::dom::{El, button, decor, el};
use crate::text::console::words;
use crate::text::work::work;
use crate::time::{self, Form};
use crate::ui::initial;

/// The pane on the right.
pub fn details(console: Console, talk: Talk) -> El {
    let name = move || name(console, talk.conversation);
    let head = el("div", "details__head")
        .child(decor("avatar avatar--customer").bind_text(move || initial(&name())))
        .child(
            el("h2", "details__name")
                .attr("dir", "auto")
                .bind_text(name),
        )
        .child(
            button(
                "button button--icon button--quiet details__close icon icon--close",
                move || {
                    console.pane.set("conversation");
                },
            )
            .attr("aria-label", words().close_details),
        );
    el("section", "details")
        .attr("aria-label", words().details)
        .child(head)
        .child(el("dl", "details__list").bind_children(move || rows(console, talk)))
}

fn rows(console: Console, talk: Talk) -> Vec<El> {
    let words = words();
    let opened = talk.thread.entries(|entries| entries.first().cloned());
    let Some(Entry {
        at,
        event:
            Event::Opened {
                name,
                queue,
                source,
                company,
                follows,
                email: claims_email,
                ..
            },
        ..
    }) = opened
    else {
        return vec![];
    };
    let signed = talk.thread.entries(|entries| {
        let mut told = entries.iter().rev();
        told.find_map(|entry| entry.event.identity().cloned())
    });
    let mut all = Vec::new();
    let (mut signed_name, mut signed_email, mut signed_company) = (None, None, None);
    if let Some(signed) = signed {
        all.push(row(words.customer_id, verified(signed.id.as_str())));
        signed_name = signed.name;
        signed_email = signed.email;
        signed_company = signed.company;
    }
    all.insert(
        0,
        match signed_name {
            Some(name) => row(words.name, verified(name.as_str())),
            None => name_row(name.as_str()),
        },
    );
    let email = signed_email.map(|email| verified(email.as_str()));
    let email = email.or_else(|| claims_email.map(|email| claimed(email.as_str())));
    all.extend(email.map(|email| row(words.email, email)));
    let company_now = signed_company.map(|company| verified(company.as_str()));
    let company = company_now.or_else(|| company.map(|company| claimed(company.as_str())));
    all.extend(company.map(|company| row(work().company, company)));
    all.push(row(words.started, moment(at)));
    let (accepted, ended) = talk.thread.entries(|entries| {
        let last = |is_it: fn(&Event) -> bool| {
            entries
                .iter()
                .rev()
                .find(|entry| is_it(&entry.event))
                .map(|entry| entry.at)
        };
        let ended = last(|event| matches!(event, Event::Ended { .. }));
        (
            last(|event| matches!(event, Event::AgentAssigned { .. })),
            ended.or_else(|| last(|event| matches!(event, Event::Closed { .. }))),
        )
    });
    all.extend(accepted.map(|at| row(words.accepted, moment(at))));
    all.extend(ended.map(|at| row(words.ended, moment(at))));
    let source = match source {
        Source::Widget => words.widget,
        Source::Api => "API",
        Source::Console => words.console,
        Source::Whatsapp => "WhatsApp",
        Source::Slack => "Slack",
        Source::Teams => "Teams",
        Source::VirtualAgent => words.virtual_agent,
    };
    all.push(row(
        words.queue,
        el("dd", "").attr("dir", "auto").text(&called(&queue)),
    ));
    let skills = console.skills_for(talk.conversation);
    if !skills.is_empty() {
        all.push(row(
            work().skills,
            el("dd", "").attr("dir", "auto").text(&joined(&skills)),
        ));
    }
    all.push(row(words.source, el("dd", "").text(source)));
    let ticket = talk.thread.entries(ticket);
    all.extend(ticket.map(|value| row(work().ticket, value)));
    let (assignee, resolution) = talk
        .thread
        .lifecycle(|lifecycle| {
            let resolution = match &lifecycle.stage {
                Stage::Closed { resolution, .. } => Some(name_of(console, resolution)),
                Stage::Waiting { .. } | Stage::Active { .. } | Stage::WrappingUp { .. } => None,
            };
            (
                lifecycle
                    .assignee()
                    .map(|assignee| assignee.name.to_string()),
                resolution,
            )
        })
        .unwrap_or_default();
    all.extend(follows.map(|earlier| {
        let visit = button("details__earlier", move || console.visit(earlier));
        let visit = visit.text(words.read_transcript);
        row(words.earlier, el("dd", "").child(visit))
    }));
    let person = |name: String| el("dd", "").attr("dir", "auto").text(&name);
    all.extend(assignee.map(|name| row(words.assigned_to, person(name))));
    all.extend(resolution.map(|name| row(words.resolution, el("dd", "").text(&name))));
    all
}

/// A name that the page claims; one of ours is told by its form.
fn name_row(name: &str) -> El {
    let is_ours = name
        .strip_prefix("Guest ")
        .is_some_and(|rest| rest.len() == 4 && rest.bytes().all(|byte| byte.is_ascii_digit()));
    let value = if is_ours {
        el("dd", "").text(name)
    } else {
        claimed(name)
    };
    row(words().name, value)
}

/// The ticket as the log tells it: what it is, what it is about, where it stands.
fn ticket(entries: &[Entry]) -> Option<El> {
    let mut status = TicketStatus::New;
    let mut entries = entries.iter().rev();
    let (kind, title) = entries.find_map(|entry| {
        if let (Event::TicketChanged { status: now }, TicketStatus::New) = (&entry.event, status) {
            status = *now;
        }
        if let Event::TicketCreated { kind, title, .. } = &entry.event {
            return Some((*kind, title));
        }
        None
    })?;
    let value = el("dd", "details__ticket")
        .child(el("strong", "").text(super::ticket::name(work(), kind)))
        .text(" ")
        .child(el("span", "details__claim").text(words().ticket_status(status)))
        .child(el("p", "").attr("dir", "auto").text(title.as_str()));
    Some(value)
}

/// What the site has signed.
fn verified(value: &str) -> El {
    el("dd", "")
        .attr("dir", "auto")
        .text(value)
        .text(" ")
        .child(el("span", "details__claim details__claim--verified").text(words().verified))
}

/// What the page or the customer says, and nobody has checked.
fn claimed(value: &str) -> El {
    el("dd", "")
        .attr("dir", "auto")
        .text(value)
        .text(" ")
        .child(el("span", "details__claim").text(words().claimed))
}

fn row(name: &str, value: El) -> El {
    el("div", "details__row")
        .child(el("dt", "").text(name))
        .child(value)
}

fn moment(at: Timestamp) -> El {
    let time = el("time", "")
        .attr("datetime", &time::iso(at))
        .text(&time::write(at, Form::Full));
    el("dd", "").child(time)
}

impl Console {
    /// What an agent needs for a conversation, as the desk tells it (P35).
    fn skills_for(self, conversation: ConversationId) -> Vec<Label> {
        let held = self.desk.item(conversation).map(|item| item.skills);
        let offered = || self.desk.offer(conversation).map(|offer| offer.skills);
        held.or_else(offered).unwrap_or_default()
    }
}
