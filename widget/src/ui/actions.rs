//! What can be done with a message: a small menu at it, one at a time; its reactions; the way to what it answers.
//!
//! The button of a menu is no stop of the Tab key: in the log, the arrow keys go from one message to the next. In the menu
//! they go from item to item, and Escape leads back.

use std::rc::Rc;

use reactive_graph::graph::untrack;
use shared::conversation::{Change, Command, Entry, Event};
use shared::id::CommandId;
use shared::link::{Failure, Input, PendingState, Words};
use shared::markup::bare;
use shared::refusal::Refusal;
use shared::text::{Emoji, first_words};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlTextAreaElement, KeyboardEvent};

use super::aim::Aim;
use super::composer::focus_composer;
use super::emoji;
use super::log::Drawn;
use super::message::{does as does_button, element_id, first, name_of};
use super::past;
use crate::dom::{El, button, el};
use crate::js::{self, document};
use crate::rows::is_own;
use crate::text::{fill, text};
use crate::thread::find;

/// Longest piece of a message that stands for it, in scalar values: one line.
const QUOTE_MAX: usize = 80;

/// What stands ready to react with.
const QUICK: [&str; 6] = ["👍", "❤️", "😂", "🎉", "😮", "😢"];

/// The log of a conversation, with what is written below it: messages, and notes where there are any.
#[derive(Clone, Copy)]
pub struct Talk {
    /// Of messages.
    pub replies: Aim,
    /// Of notes.
    pub notes: Aim,
}

/// A message that something is done with.
#[derive(Clone, Copy)]
struct Target {
    aim: Aim,
    message: CommandId,
    is_own: bool,
    is_note: bool,
    /// Files have no words to change.
    is_file: bool,
}

/// Does what a button of a message in that log is for. A menu goes beside the button.
pub fn does(talk: Talk, button: &HtmlElement, log: &Rc<Drawn>) -> Option<El> {
    let row = button.closest(".message").ok().flatten()?;
    let target = target(talk, row.id().strip_prefix('m')?.parse().ok()?)?;
    if let Some(emoji) = button.get_attribute("data-emoji") {
        let emoji = Emoji::parse(&emoji).ok()?;
        let is_on = button.get_attribute("aria-pressed").as_deref() == Some("true");
        target.react(emoji, !is_on);
        return None;
    }
    if let Some(to) = button.get_attribute("data-to") {
        let id = to.clone();
        let lead = move || {
            let row: HtmlElement = document().get_element_by_id(&id)?.unchecked_into();
            row.scroll_into_view();
            focus(within(&row, ".message__more"));
            Some(())
        };
        if lead().is_none() {
            let message = to.strip_prefix('m')?.parse().ok()?;
            past::show(log, message, move || {
                let _ = lead();
            });
        }
        return None;
    }
    let was_open = button.get_attribute("aria-expanded").as_deref() == Some("true");
    close();
    (!was_open && target.aim.may(target.is_note)).then(|| target.menu(button))
}

/// Goes to the message before or after the one with the focus.
pub fn step(is_up: bool) {
    rove(".log .message__more", is_up);
}

/// Edits the reader's last message.
pub fn edit_last(aim: Aim) {
    let me = aim.reader.sender();
    let newest = |entries: &[Entry]| {
        let mut own = entries.iter().rev().filter_map(|entry| {
            let is_note = matches!(entry.event, Event::NotePosted { .. });
            let is_own = entry.event.text().is_some() && entry.author.sender() == Some(me);
            entry
                .id
                .filter(|_| is_own && is_note == aim.notes.is_some())
        });
        own.find(|id| aim.thread.words(*id) != Words::Gone)
    };
    if let Some(message) = untrack(|| aim.thread.entries(newest)) {
        aim.take(true, message);
    }
}

/// Says what a composer is about, and lets go of it.
pub fn bar(aim: Aim) -> El {
    let line = move || {
        let (edits, message) = aim.at.get()?;
        if edits {
            return Some(text().editing().to_owned());
        }
        let line = |entries: &[Entry]| {
            let author = &find(entries, message)?.author;
            let to = fill(text().replying(), &name_of(author, entries, aim.reader));
            let words = quoted(aim, entries, message);
            Some([&to, ": ", &words].concat())
        };
        aim.thread.entries(line)
    };
    let cancel = move || {
        aim.let_go();
        focus_composer();
    };
    el("div", "composer__aim")
        .child(
            el("span", "")
                .attr("role", "status")
                .attr("dir", "auto")
                .bind_text(move || line().unwrap_or_default()),
        )
        .child(button("composer__cancel", cancel).text(text().cancel()))
}

/// What became of a message: that it was edited, how people react to it, and what did not come through.
pub fn fate(talk: Talk, message: CommandId) -> El {
    let Aim { thread, reader, .. } = talk.replies;
    let mut fate = el("div", "message__fate");
    if matches!(thread.words(message), Words::Other(_)) {
        fate = fate.child(el("span", "").text(text().edited()));
    }
    let me = reader.sender();
    for (emoji, by) in thread.reactions(message, me) {
        let count = by.len().to_string();
        let is_own = by.contains(&me);
        fate = fate.child(
            does_button("message__chip")
                .attr("aria-label", &[emoji.as_str(), " ", &count].concat())
                .attr("data-emoji", emoji.as_str())
                .attr("aria-pressed", if is_own { "true" } else { "false" })
                .text(emoji.as_str())
                .child(el("span", "").text(&count)),
        );
    }
    match thread.failed_change(message) {
        Some(change) => fate.child(failure(talk, change)),
        None => fate,
    }
}

/// The message that is answered, above the answer: pressed, it leads there.
pub fn quote(talk: Talk, message: CommandId) -> El {
    let aim = talk.replies;
    let words = untrack(|| aim.thread.entries(|entries| quoted(aim, entries, message)));
    let lead = does_button("message__quote").attr("data-to", &element_id(message));
    el("blockquote", "").child(lead.text(&words))
}

/// Why something is not sent, and what can be done about it.
pub fn failure(talk: Talk, id: CommandId) -> El {
    let thread = talk.replies.thread;
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
    let mut failure = el("div", "message__failure")
        .attr("role", "alert")
        .child(el("span", "message__reason icon icon--alert").text(&line))
        .child(
            button("message__retry", move || thread.input(Input::Retry { id })).text(text.retry()),
        );
    if let Some(take_back) = item.and_then(|item| take_back(talk, item.command)) {
        let take_back = move || {
            discard();
            take_back();
        };
        failure = failure.child(button("message__edit", take_back).text(text.edit()));
    }
    failure.child(button("message__discard", discard).text(text.discard()))
}

/// Puts what a command writes back into its composer. A note goes back among the notes: it must never reach the
/// customer by mistake.
fn take_back(talk: Talk, command: Command) -> Option<Box<dyn Fn()>> {
    Some(match command {
        Command::Post { text, .. } => Box::new(move || talk.replies.write_again(text.as_str())),
        Command::Note { text } => Box::new(move || talk.notes.write_again(text.as_str())),
        Command::Change {
            message,
            change: Change::Text(text),
        } => {
            let aim = target(talk, message)?.aim;
            Box::new(move || {
                aim.take(true, message);
                aim.draft.set(text.to_string());
            })
        }
        Command::End
        | Command::Change { .. }
        | Command::Rate(_)
        | Command::MailTranscript { .. }
        | Command::Resolve { .. }
        | Command::Abandon { .. }
        | Command::CreateTicket { .. }
        | Command::SendFile(_) => return None,
    })
}

/// The first words of a message, as they are by now.
fn quoted(aim: Aim, entries: &[Entry], message: CommandId) -> String {
    let said = find(entries, message).and_then(|entry| first(&entry.event));
    let words = aim.thread.words(message);
    let said = words.of(said.unwrap_or_default());
    first_words(&bare(said.unwrap_or_else(|| text().deleted())), QUOTE_MAX)
}

impl Aim {
    /// Edits a message, or answers it.
    fn take(self, edits: bool, message: CommandId) {
        self.let_go();
        if edits {
            self.kept.set(self.draft.now());
            self.draft.set(self.said(message).unwrap_or_default());
        }
        self.at.set(Some((edits, message)));
        self.goes_on();
    }

    /// Adds a text to what is written.
    fn write_again(self, text: &str) {
        self.draft.update(|draft| {
            if !draft.is_empty() {
                draft.push('\n');
            }
            draft.push_str(text);
        });
        self.goes_on();
    }

    /// Shows the composer, with the cursor behind what is written.
    fn goes_on(self) {
        if let Some(shows) = self.notes {
            shows.set(true);
        }
        js::next_frame(|| {
            focus_composer();
            let field = document().active_element();
            if let Some(field) = field.and_then(|it| it.dyn_into::<HtmlTextAreaElement>().ok()) {
                let end = field.text_length();
                let _ = field.set_selection_range(end, end);
            }
        });
    }

    /// What a message says by now; nothing once it is deleted.
    fn said(self, message: CommandId) -> Option<String> {
        let first = |entries: &[Entry]| Some(find(entries, message)?.event.text()?.to_string());
        let first = untrack(|| self.thread.entries(first))?;
        self.thread.words(message).of(&first).map(str::to_owned)
    }
}

fn target(talk: Talk, message: CommandId) -> Option<Target> {
    let found = |entries: &[Entry]| {
        let entry = find(entries, message)?;
        let is_note = matches!(entry.event, Event::NotePosted { .. });
        let is_file = matches!(entry.event, Event::FileSent(_));
        let is_own = is_own(&entry.author, talk.replies.reader);
        Some((is_own, is_note, is_file))
    };
    let (is_own, is_note, is_file) = untrack(|| talk.replies.thread.entries(found))?;
    let aim = if is_note { talk.notes } else { talk.replies };
    Some(Target {
        aim,
        message,
        is_own,
        is_note,
        is_file,
    })
}

impl Target {
    fn change(self, change: Change) {
        let Aim { thread, .. } = self.aim;
        let message = self.message;
        // What failed before is not wanted any more.
        if let Some(id) = thread.failed_change(message) {
            thread.input(Input::Discard { id });
        }
        thread.submit(Command::Change { message, change });
    }

    /// The row is drawn anew: the focus stays with its reaction.
    fn react(self, emoji: Emoji, on: bool) {
        let chip = [
            "#",
            &element_id(self.message),
            " [data-emoji='",
            emoji.as_str(),
            "']",
        ]
        .concat();
        let more = ["#", &element_id(self.message), " .message__more"].concat();
        self.change(Change::Reaction { emoji, on });
        js::next_frame(move || {
            let log = document().query_selector(&chip).ok().flatten();
            let found = log.or_else(|| document().query_selector(&more).ok().flatten());
            focus(found.map(JsCast::unchecked_into));
        });
    }

    fn menu(self, button: &HtmlElement) -> El {
        let Self { aim, message, .. } = self;
        let me = aim.reader.sender();
        let reactions = aim.thread.reactions(message, me);
        let mut quick = el("div", "message__quick").attr("role", "group");
        for emoji in QUICK.iter().filter_map(|emoji| Emoji::parse(emoji).ok()) {
            let is_on = reactions
                .iter()
                .any(|(it, by)| *it == emoji && by.contains(&me));
            let press = {
                let emoji = emoji.clone();
                move || {
                    close();
                    self.react(emoji.clone(), !is_on);
                }
            };
            quick = quick.child(
                item("menuitemcheckbox", press)
                    .attr("aria-checked", if is_on { "true" } else { "false" })
                    .text(emoji.as_str()),
            );
        }
        let others = move || {
            close();
            emoji::react(move |emoji| {
                if let Ok(emoji) = Emoji::parse(emoji) {
                    self.react(emoji, true);
                }
            });
        };
        quick = quick.child(
            item("menuitem", others)
                .attr("aria-label", text().emoji())
                .text("＋"),
        );
        let take = move |edits| {
            move || {
                close();
                aim.take(edits, message);
            }
        };
        let mut menu = el("div", "message__menu")
            .attr("role", "menu")
            .attr("aria-label", text().options())
            .child(quick);
        if !self.is_note {
            menu = menu.child(item("menuitem", take(false)).text(text().reply()));
        }
        if self.is_own && !self.is_file {
            menu = menu.child(item("menuitem", take(true)).text(text().edit()));
        }
        if self.is_own {
            menu = menu.child(self.deletion());
        }
        let _ = button.set_attribute("aria-expanded", "true");
        let html = menu.html().clone();
        let inside = html.clone();
        js::next_frame(move || {
            html.scroll_into_view_with_bool(false);
            focus(within(&html, "button"));
        });
        menu.on("keydown", |event| in_menu(event.unchecked_ref()))
            .on("focusout", move |event| {
                // Whoever goes elsewhere leaves it; a press on nothing in it does not.
                let to = js::get(&event, "relatedTarget");
                let to: Option<Element> = to.and_then(|to| to.dyn_into().ok());
                if to.is_some_and(|to| !inside.contains(Some(&to))) {
                    leave();
                }
            })
    }

    /// Deleting takes two presses.
    fn deletion(self) -> El {
        let mut is_sure = false;
        let label = el("span", "").text(text().delete());
        let html = label.html().clone();
        let press = move || {
            if is_sure {
                close();
                return self.change(Change::Deletion);
            }
            is_sure = true;
            html.set_text_content(Some(text().delete_sure()));
        };
        item("menuitem", press).child(label)
    }
}

fn item(role: &str, act: impl FnMut() + 'static) -> El {
    button("message__item", act)
        .attr("role", role)
        .attr("tabindex", "-1")
}

fn in_menu(event: &KeyboardEvent) {
    let is_up = match event.key().as_str() {
        "Escape" | "Tab" => {
            // Escape closes the menu alone, and not what it stands in.
            event.stop_propagation();
            event.prevent_default();
            return close();
        }
        "ArrowUp" | "ArrowLeft" => true,
        "ArrowDown" | "ArrowRight" => false,
        _ => return,
    };
    event.stop_propagation();
    event.prevent_default();
    rove(".message__menu button", is_up);
}

/// Closes the menu that is open; the focus goes back where it came from.
fn close() {
    if let Some(more) = leave() {
        focus(Some(more));
    }
}

fn leave() -> Option<HtmlElement> {
    for menu in all(".message__menu") {
        menu.remove();
    }
    let open = all(r#".message__more[aria-expanded="true"]"#).pop()?;
    let _ = open.set_attribute("aria-expanded", "false");
    Some(open)
}

/// Moves the focus along; from none of them to the last.
fn rove(selector: &str, is_up: bool) {
    let all = all(selector);
    let active = document().active_element();
    let at = all.iter().position(|it| active.as_ref() == Some(it));
    let next = match at {
        Some(at) if is_up => at.checked_sub(1),
        Some(at) => at.checked_add(1),
        None => all.len().checked_sub(1),
    };
    focus(next.and_then(|at| all.get(at)).cloned());
}

fn focus(element: Option<HtmlElement>) {
    if let Some(element) = element {
        let _ = element.focus();
    }
}

fn within(root: &HtmlElement, selector: &str) -> Option<HtmlElement> {
    let found = root.query_selector(selector).ok().flatten()?;
    Some(found.unchecked_into())
}

/// All elements of the page that the selector names, and that can have the focus.
fn all(selector: &str) -> Vec<HtmlElement> {
    let found = document().query_selector_all(selector).ok();
    let nodes = found
        .iter()
        .flat_map(|list| (0..list.length()).filter_map(|at| list.item(at)));
    let all = nodes.map(JsCast::unchecked_into::<HtmlElement>);
    all.filter(|it| it.offset_parent().is_some()).collect()
}
