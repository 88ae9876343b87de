//! One row of a log: a day, an event of the conversation, or a message.

use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;
use shared::conversation::{Author, Command, EndCause, Entry, Event, Seq};
use shared::id::CommandId;
use shared::link::{Failure, Input, Pending, PendingState};
use shared::settings::resolution;
use shared::time::Timestamp;

use super::live;
use crate::rows::{Key, Reader, Row, is_own};
use crate::text::{fill, text};
use crate::thread::{Mark, Thread, find};
use crate::time::{self, Form};

/// What a message says, of the log or of the outbox.
struct Spoken {
    class: &'static str,
    author: String,
    text: String,
    at: Timestamp,
}

/// Draws a row.
pub fn row_view(
    thread: Thread,
    reader: Reader,
    row: Row,
    on_edit: impl Fn(String) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let spoken = untrack(|| match (row.key, row.seq) {
        (Key::Day(_), _) => None,
        (Key::Own(id), None) => thread.pending(|pending| {
            pending.iter().find(|item| item.id == id).and_then(written)
        }),
        (_, Some(seq)) => thread.entries(|entries| said(entry(entries, seq)?, entries, reader)),
        (Key::Entry(_), None) => None,
    });
    match (row.key, spoken) {
        (Key::Day(day), _) => EitherOf3::A(day_view(day)),
        (Key::Own(id), Some(spoken)) => {
            EitherOf3::B(bubble(thread, Some((id, row.seq)), row.is_joined, spoken, on_edit))
        }
        (Key::Entry(_), Some(spoken)) => {
            EitherOf3::B(bubble(thread, None, row.is_joined, spoken, on_edit))
        }
        (_, None) => EitherOf3::C(event_view(thread, reader, row.seq)),
    }
}

fn day_view(day: i32) -> impl IntoView {
    let today = time::day(time::now());
    // Noon by UTC lies on that day nearly everywhere.
    let noon = u64::try_from(i64::from(day) * 86_400_000 + 43_200_000).unwrap_or(0);
    let at = Timestamp::from_millis(noon);
    let words = match today - day {
        0 => text().today.to_owned(),
        1 => text().yesterday.to_owned(),
        _ => time::write(at, Form::Day),
    };
    let mut date = time::iso(at);
    date.truncate(10);
    view! { <div class="log__day"><time datetime=date>{words}</time></div> }
}

fn event_view(thread: Thread, reader: Reader, seq: Option<Seq>) -> impl IntoView {
    let (line, at) = untrack(|| {
        thread.entries(|entries| {
            let entry = entry(entries, seq?)?;
            Some((line(entry, entries, reader), entry.at))
        })
    })
    .unwrap_or_default();
    view! {
        <div class="message message--system">
            <span class="message__line" dir="auto">{line}</span>
            " "
            <time class="message__time" datetime=time::iso(at)>{time::write(at, Form::Time)}</time>
        </div>
    }
}

fn bubble(
    thread: Thread,
    own: Option<(CommandId, Option<Seq>)>,
    is_joined: bool,
    spoken: Spoken,
    on_edit: impl Fn(String) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let Spoken { class, author, text: words, at } = spoken;
    let is_note = class == NOTE;
    let marked = Memo::new(move |before: Option<&Option<(Mark, Option<Seq>)>>| {
        let (id, seq) = own?;
        let place = before.copied().flatten().and_then(|(_, place)| place);
        Some(thread.mark(id, place.or(seq)))
    });
    let mark = move || marked.get().map(|(mark, _)| mark);
    let class = live(move || {
        let state = match mark() {
            None => "",
            Some(Mark::Sending) => " message--sending",
            Some(Mark::Failed) => " message--failed",
            Some(Mark::Sent | Mark::Delivered | Mark::Read) if is_note => "",
            Some(Mark::Sent) => " message--sent",
            Some(Mark::Delivered) => " message--delivered",
            Some(Mark::Read) => " message--read",
        };
        [class, if is_joined { " message--joined" } else { "" }, state].concat()
    });
    let tail = live(move || match (mark(), own) {
        (Some(Mark::Failed), Some((id, _))) => Either::Left(failure(thread, id, on_edit)),
        (mark, own) => {
            let taken_in = own.and_then(|(id, _)| {
                untrack(|| thread.entries(|entries| find(entries, id).map(|entry| entry.at)))
            });
            Either::Right(meta(taken_in.unwrap_or(at), mark.filter(|_| !is_note)))
        }
    });
    let author_class = if is_note { "message__author icon icon--lock" } else { "message__author" };
    view! {
        <div class=class>
            <span class=author_class>{author}</span>
            <div class="message__bubble" dir="auto">{words}</div>
            {tail}
        </div>
    }
}

fn meta(at: Timestamp, mark: Option<Mark>) -> impl IntoView {
    let text = text();
    let state = mark.map(|mark| {
        let (class, label) = match mark {
            Mark::Sending | Mark::Failed => ("message__state icon icon--clock", text.sending),
            Mark::Sent => ("message__state icon icon--check", text.sent),
            Mark::Delivered => ("message__state icon icon--checks", text.delivered),
            Mark::Read => ("message__state icon icon--checks", text.read),
        };
        view! { <span class=class role="img" aria-label=label></span> }
    });
    view! {
        <div class="message__meta">
            <time class="message__time" datetime=time::iso(at)>{time::write(at, Form::Time)}</time>
            {state}
        </div>
    }
}

fn failure(
    thread: Thread,
    id: CommandId,
    on_edit: impl Fn(String) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let text = text();
    let item = untrack(|| thread.pending(|pending| pending.iter().find(|item| item.id == id).cloned()));
    let reason = match item.as_ref().map(|item| &item.state) {
        Some(PendingState::Failed(Failure::TooLarge)) => text.too_large,
        Some(PendingState::Failed(Failure::Stale)) => text.stale,
        Some(PendingState::Failed(Failure::Refused(refusal))) => text.refusal(refusal),
        Some(PendingState::Queued | PendingState::Sent | PendingState::Dropping) | None => text.sending,
    };
    let edit = move |_| {
        let words = item.as_ref().and_then(|item| command_text(&item.command));
        thread.input(Input::Discard { id });
        on_edit(words.unwrap_or_default().to_owned());
    };
    view! {
        <div class="message__failure" role="alert">
            <span class="message__reason icon icon--alert">{fill(text.not_sent, reason)}</span>
            <button type="button" class="message__retry" on:click=move |_| thread.input(Input::Retry { id })>
                {text.retry}
            </button>
            <button type="button" class="message__edit" on:click=edit>{text.edit}</button>
            <button type="button" class="message__discard" on:click=move |_| thread.input(Input::Discard { id })>
                {text.discard}
            </button>
        </div>
    }
}

const IN: &str = "message message--in";
const OUT: &str = "message message--out";
const NOTE: &str = "message message--note";

fn entry(entries: &[Entry], seq: Seq) -> Option<&Entry> {
    entries.get(usize::try_from(seq.0.checked_sub(1)?).ok()?)
}

fn said(entry: &Entry, entries: &[Entry], reader: Reader) -> Option<Spoken> {
    let class = match (&entry.event, &entry.author, reader) {
        (Event::NotePosted { .. }, ..) => NOTE,
        (Event::MessagePosted { .. }, Author::Customer, Reader::Customer)
        | (Event::MessagePosted { .. }, Author::Agent { .. }, Reader::Agent(_)) => OUT,
        (Event::MessagePosted { .. }, Author::Customer | Author::Agent { .. }, _) => IN,
        _ => return None,
    };
    let author = match &entry.author {
        author if is_own(author, reader) => text().you.to_owned(),
        Author::Agent { name, .. } => name.to_string(),
        Author::Customer => customer(entries).unwrap_or_default(),
        Author::System => String::new(),
    };
    let author = if class == NOTE { fill(text().note_by, &author) } else { author };
    let text = entry.event.text()?.to_string();
    Some(Spoken { class, author, text, at: entry.at })
}

/// What the customer claims to be called.
fn customer(entries: &[Entry]) -> Option<String> {
    match &entries.first()?.event {
        Event::Opened { name, .. } => Some(name.to_string()),
        _ => None,
    }
}

fn written(item: &Pending) -> Option<Spoken> {
    let class = if matches!(item.command, Command::Note { .. }) { NOTE } else { OUT };
    let you = text().you;
    Some(Spoken {
        class,
        author: if class == NOTE { fill(text().note_by, you) } else { you.to_owned() },
        text: command_text(&item.command)?.to_owned(),
        at: item.written_at,
    })
}

fn command_text(command: &Command) -> Option<&str> {
    match command {
        Command::Post { text } | Command::Note { text } => Some(text.as_str()),
        Command::End | Command::Resolve { .. } => None,
    }
}

/// An event of the conversation in plain words.
fn line(entry: &Entry, entries: &[Entry], reader: Reader) -> String {
    let text = text();
    match &entry.event {
        Event::AgentAssigned { name, .. } => fill(text.is_online, name.as_str()),
        Event::AgentUnassigned { .. } => text.transferred.to_owned(),
        Event::IdleWarned => text.idle_warned.to_owned(),
        Event::Ended { cause } | Event::Closed { cause: Some(cause), .. } => {
            ending(*cause, entries, reader)
        }
        Event::Closed { resolution, cause: None } if resolution.as_str() == resolution::RESOLVED => {
            text.resolved.to_owned()
        }
        Event::Closed { resolution, cause: None } => resolution.to_string(),
        Event::MessagePosted { text } => text.to_string(),
        Event::NotePosted { .. } | Event::Opened { .. } | Event::AgentRequested | Event::Unknown => {
            String::new()
        }
    }
}

/// Who or what ended it, in plain words.
pub fn ending(cause: EndCause, entries: &[Entry], reader: Reader) -> String {
    let text = text();
    let words = match cause {
        EndCause::Agent => {
            let name = entries.iter().rev().find_map(|entry| match &entry.event {
                Event::AgentAssigned { name, .. } => Some(name.as_str()),
                _ => None,
            });
            return fill(text.agent_ended, name.unwrap_or_default());
        }
        EndCause::Customer => match reader {
            Reader::Customer => text.you_ended,
            Reader::Agent(_) => text.customer_cancelled,
        },
        EndCause::NotAnswered => text.not_answered,
        EndCause::Idle => text.idle,
        EndCause::Age => text.age,
    };
    words.to_owned()
}
