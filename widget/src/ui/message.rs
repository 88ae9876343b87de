//! One row of a log: a day, an event of the conversation, or a message.

use reactive_graph::graph::untrack;
use shared::conversation::{Author, Command, Entry, Event, Seq, called};
use shared::id::CommandId;
use shared::link::{Pending, Words};
use shared::text::{MessageText, PersonName};
use shared::time::Timestamp;

use super::actions::Talk;
use super::aim::Aim;
use super::event::line;
use super::words::words;
use crate::dom::{El, effect, el};
use crate::later::{Part, later};
use crate::rows::{Key, Reader, Row, is_own};
#[cfg(feature = "console")]
use crate::text::fill;
use crate::text::text;
use crate::thread::{Mark, Thread, find};
use crate::time::{self, Form};

/// What a message says, of the log or of the outbox.
struct Spoken {
    id: Option<CommandId>,
    class: &'static str,
    author: String,
    /// What it says by now; nothing once it is deleted.
    text: Option<String>,
    at: Timestamp,
    /// Where the file stands that it is.
    file: Option<Seq>,
    /// What it answers.
    quotes: Option<CommandId>,
}

/// Draws a row.
pub fn row_view(talk: Talk, row: Row) -> El {
    let Aim { thread, reader, .. } = talk.replies;
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
        (Key::Own(id), Some(spoken)) => own_bubble(talk, id, row, spoken),
        (Key::Entry(_), Some(spoken)) => {
            let class = [spoken.class, joined(row)].concat();
            bubble(talk, &spoken)
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

/// Author and text, and what became of it.
fn bubble(talk: Talk, spoken: &Spoken) -> El {
    let is_note = is_note(spoken.class);
    let author = if is_note {
        "message__author icon icon--lock"
    } else {
        "message__author"
    };
    let row = el("div", "").child(el("span", author).text(&spoken.author));
    let Some(said) = &spoken.text else {
        let bubble = el("div", "message__bubble message__bubble--gone");
        return row.child(bubble.text(text().deleted()));
    };
    let mut bubble = el("div", "message__bubble").attr("dir", "auto");
    if let Some(message) = spoken.quotes {
        bubble = bubble.child(later(Part::Quote(talk, message)));
    }
    let body = el("div", "message__body").child(match spoken.file {
        Some(seq) => later(Part::File(talk.replies.thread, seq)),
        None => words(bubble, said),
    });
    let Some(id) = spoken.id else {
        return row.child(body);
    };
    let more = does("message__more")
        .attr("tabindex", "-1")
        .attr("aria-haspopup", "menu")
        .attr("aria-expanded", "false")
        .attr("aria-label", text().options())
        .text("⋯");
    let row = row.attr("id", &element_id(id)).child(body.child(more));
    match talk.replies.thread.changes(id) {
        Some(_) => row.child(later(Part::Fate(talk, id))),
        None => row,
    }
}

/// A button of a message: the log hears it, and what it does comes later (`actions.rs`).
pub fn does(class: &str) -> El {
    el("button", class)
        .attr("type", "button")
        .attr("data-does", "")
}

/// The id of a message's element.
pub fn element_id(message: CommandId) -> String {
    ["m", &message.to_string()].concat()
}

/// A message of the reader, with how far it has come.
fn own_bubble(talk: Talk, id: CommandId, row: Row, spoken: Spoken) -> El {
    let thread = talk.replies.thread;
    let Spoken { class, at, .. } = spoken;
    let bubble = bubble(talk, &spoken);
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
            later(Part::Failure(talk, id))
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
    let words = entry.id.map_or(Words::First, |id| thread.words(id));
    Some(Spoken {
        id: entry.id,
        class,
        author: signed(class, name_of(&entry.author, entries, reader)),
        text: words.of(first(&entry.event)?).map(str::to_owned),
        at: entry.at,
        file: matches!(entry.event, Event::FileSent(_)).then_some(entry.seq),
        quotes: entry.event.about().map(|(message, _)| message),
    })
}

/// Who that is, as the reader calls that person.
pub fn name_of(author: &Author, entries: &[Entry], reader: Reader) -> String {
    match author {
        author if is_own(author, reader) => text().you().to_owned(),
        Author::Agent { name, .. } => name.to_string(),
        Author::Customer => called(entries)
            .map(PersonName::to_string)
            .unwrap_or_default(),
        Author::System => String::new(),
    }
}

/// What a message said first; a file its name.
pub fn first(event: &Event) -> Option<&str> {
    let Event::FileSent(sent) = event else {
        return event.text().map(MessageText::as_str);
    };
    Some(sent.name.as_str())
}

fn written(item: &Pending) -> Option<Spoken> {
    let class = if matches!(item.command, Command::Note { .. }) {
        NOTE
    } else {
        OUT
    };
    let you = text().you();
    let (said, quotes) = match &item.command {
        Command::Post { text, reply_to } => (text, *reply_to),
        Command::Note { text } => (text, None),
        Command::End
        | Command::Change { .. }
        | Command::Rate(_)
        | Command::MailTranscript { .. }
        | Command::Resolve { .. }
        | Command::Abandon { .. }
        | Command::CreateTicket { .. }
        | Command::SendFile(_) => return None,
    };
    Some(Spoken {
        id: Some(item.id),
        class,
        author: signed(class, you.to_owned()),
        text: Some(said.to_string()),
        at: item.written_at,
        file: None,
        quotes,
    })
}
