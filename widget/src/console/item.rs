//! A held conversation in the lists.

use shared::conversation::{Author, EndCause, Entry, Event};
use shared::id::ConversationId;
use shared::link::Words;
use shared::markup::bare;
use shared::space::{Transfer, WorkItem};
use shared::text::{Label, PersonName, first_words};
use shared::time::Timestamp;

use super::Console;
use super::people::called;
use super::strip::left;
use crate::dom::{El, button, decor, el};
use crate::text::console::words;
use crate::text::work::work;
use crate::text::{fill, text};
use crate::time::{self, Form};
use crate::ui::initial;

/// As many characters of a message as a row may show.
const WORDS_MAX: usize = 80;

/// One row of My chats or Wrapping up.
pub fn item(console: Console, conversation: ConversationId) -> El {
    let of = move |part: fn(&WorkItem) -> String| {
        console
            .desk
            .item(conversation)
            .map(|item| part(&item))
            .unwrap_or_default()
    };
    let name = move || of(|item| item.customer.to_string());
    let unread = move || {
        console
            .talk_of(conversation)
            .map_or(0, |talk| talk.thread.unread())
    };
    let is_open = move || console.selected.get() == Some(conversation);
    let class = move || {
        let left = console.desk.item(conversation).and_then(|item| item.ended);
        let unread = if unread() > 0 { " item--unread" } else { "" };
        let left = if left == Some(EndCause::Customer) {
            " item--cancelled"
        } else {
            ""
        };
        ["item", unread, left].concat()
    };
    let meta = move || {
        of(|item| {
            let company = item.company.as_ref().map(PersonName::as_str);
            meta(company, &item.queue, &item.skills)
        })
    };
    let transfer = move || {
        let item = console.desk.item(conversation)?;
        match item.transfer? {
            Transfer::Asked { to, expires_at } => Some((to.to_string(), Some(expires_at))),
            Transfer::Returned { to, .. } => Some((to.to_string(), None)),
        }
    };
    let passed = move || match transfer() {
        None => vec![],
        Some((to, Some(expires_at))) => vec![
            el("span", "").text(&fill(work().transfer_waits, &to)),
            left(console, expires_at),
        ],
        Some((_, None)) => vec![el("span", "").text(work().came_back)],
    };
    let last = move || last(console, conversation);
    let message = move || {
        last()
            .map(|(text, _)| text)
            .unwrap_or_else(|| of(|item| item.first_words.clone()))
    };
    let at = move || last().map(|(_, at)| at);
    let count = move || match unread() {
        0 => vec![],
        unread => vec![
            el("span", "").text(&unread.to_string()),
            el("span", "visually-hidden").text(words().unread),
        ],
    };
    let open = button("item__open", move || console.select(conversation))
        .bind_attr("aria-current", move || is_open().to_string())
        .child(decor("avatar avatar--customer avatar--small").bind_text(move || initial(&name())))
        .child(el("span", "item__name").attr("dir", "auto").bind_text(name))
        .child(
            el("time", "item__time")
                .bind_attr("datetime", move || at().map(time::iso).unwrap_or_default())
                .bind_text(move || {
                    at().map(|at| time::write(at, Form::Time))
                        .unwrap_or_default()
                }),
        )
        .child(
            el("span", "item__words")
                .attr("dir", "auto")
                .bind_text(message),
        )
        .when(
            move || unread() > 0,
            move || el("span", "item__unread").bind_children(count),
        )
        .child(el("span", "item__meta").attr("dir", "auto").bind_text(meta))
        .when(
            move || transfer().is_some(),
            move || {
                el("span", "item__passed icon icon--transfer")
                    .child(el("span", "").bind_children(passed))
            },
        );
    el("li", "item").bind_attr("class", class).child(open)
}

/// Company, queue (F63), and what an agent needs for it (P35).
pub fn meta(company: Option<&str>, queue: &Label, skills: &[Label]) -> String {
    let needs = fill(work().needs, &joined(skills));
    let queue = called(queue);
    let parts = [company, Some(queue.as_str()), Some(needs.as_str())];
    let count = if skills.is_empty() { 2 } else { 3 };
    let parts: Vec<_> = parts.into_iter().take(count).flatten().collect();
    parts.join(" · ")
}

/// Skills or queues in a row.
pub fn joined(labels: &[Label]) -> String {
    let names: Vec<_> = labels.iter().map(Label::as_str).collect();
    names.join(", ")
}

/// First words and moment of the newest message.
fn last(console: Console, conversation: ConversationId) -> Option<(String, Timestamp)> {
    let talk = console.talk_of(conversation)?;
    let thread = talk.thread;
    thread.entries(|entries| {
        let is_message = |entry: &&Entry| {
            matches!(entry.event, Event::MessagePosted { .. }) && entry.author != Author::System
        };
        let entry = entries.iter().rev().find(is_message)?;
        let first = entry.event.text()?;
        // What it says by now.
        let words = entry.id.map_or(Words::First, |id| thread.words(id));
        let line = match words.of(first.as_str()) {
            Some(words) => first_words(&bare(words), WORDS_MAX),
            None => text().deleted().to_owned(),
        };
        Some((line, entry.at))
    })
}
