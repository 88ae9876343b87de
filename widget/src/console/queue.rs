//! Queue: what waits for an agent, with Assign to me (F54, F55).
//!
//! The list is a page over HTTP. It is read again when the counts say that something moved, and
//! every few seconds while something waits: one may have left as another came.

use std::time::Duration;

use js_sys::Array;
use shared::id::ConversationId;
use shared::space::Command;
use shared::time::Timestamp;
use wasm_bindgen::{JsCast, JsValue};

use super::Console;
use super::lists::{number, section};
use crate::dom::{El, button, effect, el};
use crate::task::spawn;
use crate::text::console::words;
use crate::text::fill;
use crate::timer::Timer;
use crate::var::Var;
use crate::{http, js, time};

/// Least time between two readings: an object answers all agents of a space.
const PAUSE: Duration = Duration::from_secs(1);
/// How long a list is believed while the counts stand still.
const BELIEVED: Duration = Duration::from_secs(10);

/// One row.
#[derive(Clone, Eq, PartialEq)]
struct Waiting {
    conversation: ConversationId,
    customer: String,
    words: String,
    queue: String,
    since: Timestamp,
    offered_to: Option<String>,
}

/// The section.
pub fn queue(console: Console) -> El {
    let waiting = move || console.desk.counts().waiting;
    let rows = follow(console);
    let count = el("span", "list__count").bind_text(move || waiting().to_string());
    let keys = move || {
        let ids = |rows: &Vec<Waiting>| rows.iter().map(|row| row.conversation).collect();
        rows.with(ids)
    };
    section("queue", words().queue, count)
        .when(
            move || waiting() > 0,
            move || el("ul", "list__rows").each(keys, number, move |id| row(console, rows, id)),
        )
        .when(
            move || waiting() == 0,
            || el("p", "list__empty").text(words().nobody_waits),
        )
}

fn row(console: Console, rows: Var<Vec<Waiting>>, conversation: ConversationId) -> El {
    let of = move |part: fn(&Waiting) -> String| {
        rows.with(|rows| {
            let mut rows = rows.iter();
            let found = rows.find(|row| row.conversation == conversation);
            found.map(part).unwrap_or_default()
        })
    };
    let since = move || {
        rows.with(|rows| {
            let mut rows = rows.iter();
            let found = rows.find(|row| row.conversation == conversation);
            found.map(|row| row.since)
        })
    };
    let waited = move || {
        console.clock.hear();
        let waited = since().map(|since| console.desk.space_time().since(since));
        waited.map(time::stopwatch).unwrap_or_default()
    };
    let asked = move || match of(|row| row.offered_to.clone().unwrap_or_default()) {
        name if name.is_empty() => of(|row| row.queue.clone()),
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
                .attr("dir", "auto")
                .bind_text(asked),
        )
        .child(
            button(
                "button button--quiet button--small waiting__take",
                move || console.take(conversation),
            )
            .text(words().assign_to_me),
        )
}

impl Console {
    /// Takes a waiting conversation, and shows it.
    pub fn take(self, conversation: ConversationId) {
        self.accepting.set(Some(conversation));
        self.select(conversation);
        self.desk.submit(Command::Take { conversation });
    }
}

/// The rows, as they were read last.
fn follow(console: Console) -> Var<Vec<Waiting>> {
    let rows = Var::new(Vec::new());
    let timer = Var::new(None::<Timer>);
    let read_at = Var::new(Timestamp::from_millis(0));
    let again = move |after: Duration| {
        timer.peek_mut(|timer| {
            if let Some(timer) = timer {
                timer.set(Some(time::now() + after));
            }
        });
    };
    let ring = move || {
        if console.left.now() || console.desk.counts().waiting == 0 {
            return;
        }
        read_at.set(time::now());
        again(BELIEVED);
        spawn(async move {
            if let Some(next) = read(console).await
                && rows.peek(|rows| *rows != next)
            {
                rows.set(next);
            }
        });
    };
    timer.peek_mut(|slot| *slot = Some(Timer::new(ring)));
    effect(move || {
        let counts = console.desk.counts();
        if counts.waiting == 0 {
            if rows.peek(|rows| !rows.is_empty()) {
                rows.set(Vec::new());
            }
            return;
        }
        console.desk.see(|_| ());
        let rested = time::now().since(read_at.now());
        again(PAUSE.saturating_sub(rested));
    });
    rows
}

async fn read(console: Console) -> Option<Vec<Waiting>> {
    let tab = console.tab.now();
    let token = tab.session.ensure().await.ok()?;
    let path = ["/api/v1/spaces/", &tab.config.space, "/items?list=waiting"].concat();
    let answer = http::get(&path, &token).await.ok()?;
    let items: Array = js::get(&answer, "items")?.dyn_into().ok()?;
    Some(items.iter().filter_map(|item| waiting(&item)).collect())
}

fn waiting(item: &JsValue) -> Option<Waiting> {
    Some(Waiting {
        conversation: js::get_text(item, "conversation")?.parse().ok()?,
        customer: js::get_text(item, "customer")?,
        words: js::get_text(item, "first_words")?,
        queue: js::get_text(item, "queue")?,
        since: Timestamp::from_millis(js::get(item, "waiting_since")?.as_f64()? as u64),
        offered_to: js::get_text(item, "offered_to"),
    })
}
