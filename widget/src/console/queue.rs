//! Queue: what waits for an agent, with Assign to me (F54, F55).
//!
//! The list is a page over HTTP. It is read again when the counts say that something moved, and
//! every few seconds while something waits: one may have left as another came. What is offered to
//! oneself stands in Offers alone.

use std::time::Duration;

use shared::id::ConversationId;
use shared::space::Command;
use shared::text::Label;
use shared::time::Timestamp;
use wasm_bindgen::JsCast;

use super::Console;
use super::item::meta;
use super::lists::{number, section};
use super::page::{Listed, Page};
use super::people::called;
use crate::dom::{El, button, effect, el};
use crate::task::spawn;
use crate::text::console::words;
use crate::text::fill;
use crate::text::work::work;
use crate::time;
use crate::timer::Timer;
use crate::var::Var;

/// Least time between two readings: an object answers all agents of a space.
const PAUSE: Duration = Duration::from_secs(1);
/// How long a list is believed while the counts stand still.
const BELIEVED: Duration = Duration::from_secs(10);
/// How long it is believed which queues are open: hours and closing move rarely.
const QUEUES_BELIEVED: Duration = Duration::from_secs(30);

/// The section.
pub fn queue(console: Console) -> El {
    let page = follow(console);
    let chosen = Var::new(None::<Label>);
    let shown = move || -> Vec<ConversationId> {
        let chosen = chosen.get();
        let is_mine = |row: &&Listed| console.desk.offer(row.conversation).is_some();
        let is_chosen = |row: &&Listed| chosen.as_ref().is_none_or(|queue| row.queue == *queue);
        page.with(|page| {
            let rows = page.rows.iter().filter(|row| !is_mine(row));
            rows.filter(is_chosen).map(|row| row.conversation).collect()
        })
    };
    let count = move || {
        let is_part = page.with(|page| page.next.is_some()) && chosen.with(Option::is_none);
        match is_part {
            true => console.desk.counts().waiting.to_string(),
            false => shown().len().to_string(),
        }
    };
    let names = move || {
        let mut names = Vec::new();
        page.with(|page| {
            for row in &page.rows {
                if !names.contains(&row.queue) {
                    names.push(row.queue.clone());
                }
            }
        });
        let chosen = chosen.get();
        names.extend(chosen.filter(|chosen| !names.contains(chosen)));
        names
    };
    let count = el("span", "list__count").bind_text(count);
    section("queue", words().queue, count)
        .when(move || names().len() > 1, move || filter(names, chosen))
        .when(
            move || !shown().is_empty(),
            move || el("ul", "list__rows").each(shown, number, move |id| row(console, page, id)),
        )
        .when(
            move || shown().is_empty(),
            || el("p", "list__empty").text(words().nobody_waits),
        )
}

/// The choice of one queue, or all.
fn filter(names: impl Fn() -> Vec<Label> + 'static, chosen: Var<Option<Label>>) -> El {
    let field = el("select", "list__filter").attr("aria-label", work().show_queue);
    let html: web_sys::HtmlSelectElement = field.html().clone().unchecked_into();
    let options = move || {
        let now = chosen.now();
        let option = |value: &str, words: &str, is_chosen: bool| {
            let option = el("option", "").attr("value", value).text(words);
            match is_chosen {
                true => option.attr("selected", ""),
                false => option,
            }
        };
        let mut all = vec![option("", work().every_queue, now.is_none())];
        let names = names();
        all.extend(
            names
                .iter()
                .map(|name| option(name.as_str(), &called(name), now.as_ref() == Some(name))),
        );
        all
    };
    field
        .on("change", move |_| {
            chosen.set(Label::parse(&html.value()).ok())
        })
        .bind_children(options)
}

fn row(console: Console, page: Var<Page>, conversation: ConversationId) -> El {
    let of = move |part: fn(&Listed) -> String| {
        page.with(|page| {
            let found = page
                .rows
                .iter()
                .find(|row| row.conversation == conversation);
            found.map(part).unwrap_or_default()
        })
    };
    let since = move || {
        page.with(|page| {
            let found = page
                .rows
                .iter()
                .find(|row| row.conversation == conversation);
            found.map(|row| row.since)
        })
    };
    let waited = move || {
        console.clock.hear();
        let waited = since().map(|since| console.desk.space_time().since(since));
        waited.map(time::stopwatch).unwrap_or_default()
    };
    let place = move || of(|row| meta(row.company.as_deref(), &row.queue, &row.skills));
    let asked = move || match of(|row| row.offered_to.clone().unwrap_or_default()) {
        name if name.is_empty() => shut(console, &of(|row| row.queue.to_string())).to_owned(),
        name => fill(words().offered_to, &name),
    };
    el("li", "waiting")
        .child(
            el("span", "waiting__name")
                .attr("dir", "auto")
                .bind_text(move || of(|row| row.customer.clone())),
        )
        .child(
            el("time", "waiting__time")
                .bind_attr("datetime", move || {
                    since().map(time::iso).unwrap_or_default()
                })
                .bind_text(waited),
        )
        .child(
            el("span", "waiting__words")
                .attr("dir", "auto")
                .bind_text(move || of(|row| row.words.clone())),
        )
        .child(
            el("span", "waiting__queue")
                .child(
                    el("span", "waiting__place")
                        .attr("dir", "auto")
                        .bind_text(place),
                )
                .child(
                    el("span", "waiting__asked")
                        .attr("dir", "auto")
                        .bind_text(asked),
                ),
        )
        .child(
            button(
                "button button--quiet button--small waiting__take",
                move || console.take(conversation),
            )
            .bind_attr("aria-label", move || {
                [words().assign_to_me, ": ", &of(|row| row.customer.clone())].concat()
            })
            .text(words().assign_to_me),
        )
}

/// Why a queue takes nothing at this moment, if it does not.
fn shut(console: Console, name: &str) -> &'static str {
    console.queues.with(|queues| {
        let queues = queues.as_ref().and_then(|queues| queues.as_ref().ok());
        let found = queues.and_then(|queues| {
            let mut queues = queues.iter();
            queues.find(|queue| queue.name.as_str() == name)
        });
        match found {
            Some(queue) if queue.is_closed => work().closed,
            Some(queue) if !queue.is_open => work().not_open,
            Some(_) | None => "",
        }
    })
}

impl Console {
    /// Takes a waiting conversation, or, as a supervisor, what a colleague has, and shows it.
    pub fn take(self, conversation: ConversationId) {
        self.accepting.set(Some(conversation));
        self.select(conversation);
        self.desk.submit(Command::Take { conversation });
    }
}

/// The page, as it was read last.
fn follow(console: Console) -> Var<Page> {
    let page = Var::new(Page::default());
    let timer = Var::new(None::<Timer>);
    let read_at = Var::new(Timestamp::from_millis(0));
    let queues_at = Var::new(Timestamp::from_millis(0));
    let again = move |after: Duration| {
        timer.peek_mut(|timer| {
            if let Some(timer) = timer {
                timer.set(Some(time::now() + after));
            }
        });
    };
    let ring = move || {
        if console.left.now().is_some() || console.desk.counts().waiting == 0 {
            return;
        }
        let now = time::now();
        read_at.set(now);
        again(BELIEVED);
        if now.since(queues_at.now()) > QUEUES_BELIEVED {
            queues_at.set(now);
            console.read_queues();
        }
        spawn(async move {
            if let Some(next) = console.read_list("waiting", None).await
                && page.peek(|page| *page != next)
            {
                page.set(next);
            }
        });
    };
    timer.peek_mut(|slot| *slot = Some(Timer::new(ring)));
    effect(move || {
        let counts = console.desk.counts();
        if counts.waiting == 0 {
            if page.peek(|page| !page.rows.is_empty()) {
                page.set(Page::default());
            }
            return;
        }
        console.desk.see(|_| ());
        let rested = time::now().since(read_at.now());
        again(PAUSE.saturating_sub(rested));
    });
    page
}
