//! One row of a log: a day, an event of the conversation, or a message.

use reactive_graph::graph::untrack;
use shared::conversation::{Author, Command, Entry, Event, Sender, Seq, called};
use shared::id::CommandId;
use shared::link::{Failure, Input, Pending, PendingState};
use shared::refusal::Refusal;
use shared::text::{Emoji, MessageText, PersonName, first_words};
use shared::time::Timestamp;

use super::event::line;
use super::words::words;
use crate::dom::{El, button, effect, el};
use crate::rows::{Key, Reader, Row, is_own};
use crate::text::{fill, text};
use crate::thread::{Mark, Thread, find};
use crate::time::{self, Form};

/// Longest piece of a message that stands for it, in scalar values: one line.
const QUOTE_MAX: usize = 80;

/// What a message says, of the log or of the outbox.
struct Spoken {
    class: &'static str,
    author: String,
    text: String,
    at: Timestamp,
    /// First words of what it answers.
    quote: Option<String>,
    /// True once it is deleted.
    is_gone: bool,
    /// What became of it, in a line: that it was edited, and how it was reacted to.
    fate: String,
}

/// Draws a row.
pub fn row_view(
    thread: Thread,
    reader: Reader,
    row: Row,
    edit: impl Fn(&Command) + Copy + 'static,
) -> El {
    let spoken = untrack(|| match (row.key, row.seq) {
        (Key::Day(_), _) | (Key::Entry(_), None) => None,
        (Key::Own(id), None) => {
            thread.pending(|pending| pending.iter().find(|item| item.id == id).and_then(written))
        }
        (_, Some(seq)) => {
            thread.entries(|entries| said(thread, entry(entries, seq)?, entries, reader))
        }
    });
    match (row.key, spoken) {
        (Key::Day(day), _) => day_view(day),
        (Key::Own(id), Some(spoken)) => own_bubble(thread, id, row, spoken, edit),
        (Key::Entry(_), Some(spoken)) => {
            let class = [spoken.class, joined(row)].concat();
            bubble(&spoken)
                .attr("class", &class)
                .child(el("div", "message__meta").child(time_view(spoken.at)))
        }
        (_, None) => event_view(thread, reader, row.seq),
    }
}

fn day_view(day: i32) -> El {
    let today = time::day(time::now());
    // Noon by UTC lies on that day nearly everywhere.
    let noon = u64::try_from(i64::from(day) * 86_400_000 + 43_200_000).unwrap_or(0);
    let at = Timestamp::from_millis(noon);
    let words = match today - day {
        0 => text().today().to_owned(),
        1 => text().yesterday().to_owned(),
        _ => time::write(at, Form::Day),
    };
    let mut date = time::iso(at);
    date.truncate(10);
    el("div", "log__day").child(el("time", "").attr("datetime", &date).text(&words))
}

fn event_view(thread: Thread, reader: Reader, seq: Option<Seq>) -> El {
    let line = untrack(|| {
        thread.entries(|entries| {
            let entry = entry(entries, seq?)?;
            Some((line(entry, entries, reader), entry.at))
        })
    });
    let (line, at) = line.unwrap_or_default();
    el("div", "message message--system")
        .child(el("span", "message__line").attr("dir", "auto").text(&line))
        .text(" ")
        .child(time_view(at))
}

fn time_view(at: Timestamp) -> El {
    let short = time::write(at, Form::Time);
    el("time", "message__time")
        .attr("datetime", &time::iso(at))
        .text(&short)
}

/// Author and text.
fn bubble(spoken: &Spoken) -> El {
    let is_note = is_note(spoken.class);
    let author = if is_note {
        "message__author icon icon--lock"
    } else {
        "message__author"
    };
    let class = if spoken.is_gone {
        "message__bubble message__bubble--gone"
    } else {
        "message__bubble"
    };
    let mut bubble = el("div", class).attr("dir", "auto");
    if let Some(quote) = &spoken.quote {
        bubble = bubble.child(el("blockquote", "").text(quote));
    }
    let said = if spoken.is_gone {
        text().deleted()
    } else {
        &spoken.text
    };
    let row = el("div", "")
        .child(el("span", author).text(&spoken.author))
        .child(words(bubble, said));
    if spoken.fate.is_empty() {
        return row;
    }
    row.child(el("span", "message__fate").text(&spoken.fate))
}

/// A message of the reader, with how far it has come.
fn own_bubble(
    thread: Thread,
    id: CommandId,
    row: Row,
    spoken: Spoken,
    edit: impl Fn(&Command) + Copy + 'static,
) -> El {
    let Spoken { class, at, .. } = spoken;
    let bubble = bubble(&spoken);
    let html = bubble.html().clone();
    let mut place = row.seq;
    let mut last: Option<(Mark, El)> = None;
    effect(move || {
        let (mark, seq) = thread.mark(id, place);
        place = seq;
        if last.as_ref().is_some_and(|(last, _)| *last == mark) {
            return;
        }
        let state = match mark {
            Mark::Failed => " message--failed",
            Mark::Sending => " message--sending",
            Mark::Sent | Mark::Delivered | Mark::Read if is_note(class) => "",
            Mark::Sent => " message--sent",
            Mark::Delivered => " message--delivered",
            Mark::Read => " message--read",
        };
        html.set_class_name(&[class, joined(row), state].concat());
        let tail = if mark == Mark::Failed {
            failure(thread, id, edit)
        } else {
            let taken_in = |entries: &[Entry]| find(entries, id).map(|entry| entry.at);
            let at = untrack(|| thread.entries(taken_in)).unwrap_or(at);
            let meta = el("div", "message__meta").child(time_view(at));
            if is_note(class) {
                meta
            } else {
                meta.child(mark_view(mark))
            }
        };
        let _ = html.append_child(tail.html());
        if let Some((_, old)) = last.replace((mark, tail)) {
            old.html().remove();
        }
    });
    bubble
}

fn joined(row: Row) -> &'static str {
    if row.is_joined {
        " message--joined"
    } else {
        ""
    }
}

fn mark_view(mark: Mark) -> El {
    let text = text();
    let (class, label) = match mark {
        Mark::Sending | Mark::Failed => ("message__state icon icon--clock", text.sending()),
        Mark::Sent => ("message__state icon icon--check", text.sent()),
        Mark::Delivered => ("message__state icon icon--checks", text.delivered()),
        Mark::Read => ("message__state icon icon--checks", text.read()),
    };
    el("span", class)
        .attr("role", "img")
        .attr("aria-label", label)
}

fn failure(thread: Thread, id: CommandId, edit: impl Fn(&Command) + Copy + 'static) -> El {
    let text = text();
    let item =
        untrack(|| thread.pending(|pending| pending.iter().find(|item| item.id == id).cloned()));
    let reason = match item.as_ref().map(|item| &item.state) {
        Some(PendingState::Failed(Failure::TooLarge)) => text.too_large(),
        Some(PendingState::Failed(Failure::Stale)) => text.stale(),
        Some(PendingState::Failed(Failure::Refused(refusal))) => text.refusal(refusal),
        Some(PendingState::Queued | PendingState::Sent | PendingState::Dropping) | None => {
            text.sending()
        }
    };
    let mut line = fill(text.not_sent(), reason);
    if let Some(PendingState::Failed(Failure::Refused(Refusal::QueueFull { text: Some(own) }))) =
        item.as_ref().map(|item| &item.state)
    {
        own.as_str().clone_into(&mut line);
    }
    let discard = move || thread.input(Input::Discard { id });
    let take_back = move || {
        discard();
        if let Some(item) = &item {
            edit(&item.command);
        }
    };
    el("div", "message__failure")
        .attr("role", "alert")
        .child(el("span", "message__reason icon icon--alert").text(&line))
        .child(
            button("message__retry", move || thread.input(Input::Retry { id })).text(text.retry()),
        )
        .child(button("message__edit", take_back).text(text.edit()))
        .child(button("message__discard", discard).text(text.discard()))
}

const IN: &str = "message message--in";
const OUT: &str = "message message--out";
const NOTE: &str = "message message--note";

/// Customers get no notes, and the chat carries no code for them.
fn is_note(class: &str) -> bool {
    cfg!(feature = "console") && class == NOTE
}

/// The author of a message or of a note.
#[cfg_attr(
    not(feature = "console"),
    expect(unused_variables, reason = "the chat has no notes")
)]
fn signed(class: &str, author: String) -> String {
    #[cfg(feature = "console")]
    if is_note(class) {
        return fill(crate::text::console::words().note_by, &author);
    }
    author
}

fn entry(entries: &[Entry], seq: Seq) -> Option<&Entry> {
    entries.get(usize::try_from(seq.0.checked_sub(1)?).ok()?)
}

fn said(thread: Thread, entry: &Entry, entries: &[Entry], reader: Reader) -> Option<Spoken> {
    let class = match (&entry.event, &entry.author, reader) {
        (Event::NotePosted { .. }, ..) => NOTE,
        (
            Event::MessagePosted { .. } | Event::FileSent(_),
            Author::Customer | Author::Agent { .. },
            _,
        ) => match (&entry.author, reader) {
            (Author::Customer, Reader::Customer) | (Author::Agent { .. }, Reader::Agent(_)) => OUT,
            _ => IN,
        },
        _ => return None,
    };
    let author = match &entry.author {
        author if is_own(author, reader) => text().you().to_owned(),
        Author::Agent { name, .. } => name.to_string(),
        Author::Customer => called(entries)
            .map(PersonName::to_string)
            .unwrap_or_default(),
        Author::System => String::new(),
    };
    let author = signed(class, author);
    let said = first(&entry.event)?;
    let (words, fate) = now(thread, entry.id, said);
    let quote = entry.event.about().and_then(|(message, _)| {
        let mut entries = entries.iter();
        let said = first(&entries.find(|it| it.id == Some(message))?.event)?;
        let (words, _) = now(thread, Some(message), said);
        let words = words.unwrap_or_else(|| crate::text::text().deleted().to_owned());
        Some(first_words(&words, QUOTE_MAX))
    });
    Some(Spoken {
        class,
        author,
        is_gone: words.is_none(),
        text: words.unwrap_or_default(),
        at: entry.at,
        quote,
        fate,
    })
}

/// What a message said first; a file its name.
fn first(event: &Event) -> Option<&str> {
    match event {
        Event::FileSent(sent) => Some(sent.name.as_str()),
        event => event.text().map(MessageText::as_str),
    }
}

/// What a message says by now, nothing once it is deleted, and what became of it.
fn now(thread: Thread, message: Option<CommandId>, first: &str) -> (Option<String>, String) {
    let changed = message.and_then(|message| {
        thread.changed(message, |changed, words| {
            let mut fate = Vec::new();
            let words = words.map(MessageText::as_str);
            let words = changed.words.map(|_| words.unwrap_or(first).to_owned());
            if changed.is_edited && words.is_some() {
                fate.push(text().edited().to_owned());
            }
            let mut reactions = changed.reactions.iter();
            while let Some((_, emoji)) = reactions.next() {
                let is_same = |it: &&(Sender, Emoji)| it.1 == *emoji;
                let start = [emoji.as_str(), " "].concat();
                let is_first = !fate.iter().any(|it| it.starts_with(&start));
                if is_first {
                    let more = reactions.clone().filter(is_same).count();
                    fate.push([&start, &*(more + 1).to_string()].concat());
                }
            }
            (words, fate.join("  "))
        })
    });
    changed.unwrap_or_else(|| (Some(first.to_owned()), String::new()))
}

fn written(item: &Pending) -> Option<Spoken> {
    let class = if matches!(item.command, Command::Note { .. }) {
        NOTE
    } else {
        OUT
    };
    let you = text().you();
    Some(Spoken {
        class,
        author: signed(class, you.to_owned()),
        text: command_text(&item.command)?.to_owned(),
        at: item.written_at,
        quote: None,
        is_gone: false,
        fate: String::new(),
    })
}

fn command_text(command: &Command) -> Option<&str> {
    match command {
        Command::Post { text, .. } | Command::Note { text } => Some(text.as_str()),
        Command::End
        | Command::Change { .. }
        | Command::Rate(_)
        | Command::Resolve { .. }
        | Command::Abandon { .. }
        | Command::CreateTicket { .. }
        | Command::SendFile(_) => None,
    }
}
