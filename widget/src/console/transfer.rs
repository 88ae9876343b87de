//! The dialog that passes a conversation on: to whom or where, and why (D7, F65).

mod targets;

use shared::id::ConversationId;
use shared::link::State;
use shared::refusal::Refusal;
use shared::space::Target;
use shared::text::{Label, MessageText, TextError};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlTextAreaElement};

use super::dialog::{self, close};
use super::passing::Step;
use super::people::Colleague;
use super::{Console, Talk};
use crate::dom::{El, button, decor, effect, el};
use crate::js;
use crate::text::work::work;
use crate::text::{fill, text};
use crate::var::Var;

/// What the agent has chosen so far.
#[derive(Clone, Copy)]
pub struct Form {
    console: Console,
    conversation: ConversationId,
    /// To whom or where, without the queue that goes with an agent.
    to: Var<Option<Target>>,
    /// The queue that it goes to with the agent.
    with_queue: Var<Option<Label>>,
    search: Var<String>,
    /// What is missing or was refused, and where: `targets`, `queue`, `note`, or nowhere.
    error: Var<(&'static str, String)>,
    /// Sent, and not answered yet.
    is_sent: Var<bool>,
}

/// The dialog.
pub fn dialog(console: Console, conversation: ConversationId) -> El {
    let form = Form {
        console,
        conversation,
        to: Var::new(None),
        with_queue: Var::new(None),
        search: Var::new(String::new()),
        error: Var::new(("", String::new())),
        is_sent: Var::new(false),
    };
    form.begin();
    let title = move || {
        let name = super::conversation::name(console, conversation);
        fill(work().transfer_of, &name)
    };
    let inside = el("form", "dialog__form")
        .attr("novalidate", "")
        .on("submit", move |event| {
            event.prevent_default();
            form.send();
        })
        .child(targets::targets(form))
        .when(
            move || form.needs_queue().is_some(),
            move || targets::queue_choice(form),
        );
    let inside = note(inside, form)
        .child(
            el("p", "dialog__state")
                .attr("role", "status")
                .bind_text(move || form.state()),
        )
        .child(
            el("footer", "dialog__foot")
                .child(button("button button--quiet", close).text(work().cancel))
                .child(
                    el("button", "button button--primary transfer__send")
                        .attr("type", "submit")
                        .bind_flag("disabled", move || form.is_sent.get())
                        .text(work().transfer),
                ),
        );
    dialog::dialog(console, "transfer", title).child(inside)
}

/// The note, and what is wrong with it or with everything.
fn note(parent: El, form: Form) -> El {
    let field = el("textarea", "field__input")
        .attr("id", "transfer-note")
        .attr("rows", "3")
        .attr("dir", "auto")
        .attr("aria-required", "true")
        .attr("aria-describedby", "transfer-note-hint transfer-error")
        .bind_attr("aria-invalid", move || {
            (form.error.with(|error| error.0 == "note")).to_string()
        });
    let area: HtmlTextAreaElement = field.html().clone().unchecked_into();
    let typed = area.clone();
    let field = field.on("input", move |_| {
        form.clear("note");
        if let Some(talk) = form.talk() {
            talk.pass_note.set(typed.value());
        }
    });
    effect(move || {
        let Some(talk) = form.talk() else { return };
        talk.pass_note.with(|note| {
            // Emptied when it is taken: the dialog closes with the words in sight.
            if !note.is_empty() && area.value() != *note {
                area.set_value(note);
            }
        });
    });
    parent
        .child(
            el("div", "field")
                .child(
                    el("label", "field__label")
                        .attr("for", "transfer-note")
                        .text(work().note),
                )
                .child(field)
                .child(
                    el("p", "field__hint icon icon--lock")
                        .attr("id", "transfer-note-hint")
                        .text(work().note_hint),
                ),
        )
        .child(
            el("p", "field__error")
                .attr("id", "transfer-error")
                .attr("role", "alert")
                .bind_children(move || {
                    let error = form.error.with(|error| error.1.clone());
                    match error.is_empty() {
                        true => vec![],
                        false => vec![decor("icon icon--alert"), el("span", "").text(&error)],
                    }
                }),
        )
}

impl Form {
    fn talk(self) -> Option<Talk> {
        self.console.talk_of(self.conversation)
    }

    /// Reads the lists, and takes up what came back or was refused.
    fn begin(self) {
        let console = self.console;
        console.colleagues.peek_mut(|colleagues| *colleagues = None);
        console.read_queues();
        effect(move || {
            // Rings when one of them comes, goes or is full.
            console.desk.counts();
            console.read_colleagues();
        });
        let before = self
            .talk()
            .and_then(|talk| Some((talk, talk.passing.now()?)));
        if let Some((talk, before)) = before.filter(|(_, before)| !before.is_under_way()) {
            if talk.pass_note.peek(String::is_empty) && before.step == Step::Asked {
                talk.pass_note.set(before.note.to_string());
            }
            self.choose(before.to);
        }
        effect(move || self.follow());
    }

    /// Goes along with what becomes of it.
    fn follow(self) {
        if !self.is_sent.get() {
            return;
        }
        let Some(passing) = self.talk().map(|talk| talk.passing.get()) else {
            // The conversation went to somebody else meanwhile.
            self.is_sent.set(false);
            return close();
        };
        let Some(passing) = passing else { return };
        match &passing.step {
            Step::Noting | Step::Asking => (),
            Step::Asked => close(),
            Step::Refused(refusal) => {
                self.is_sent.set(false);
                let place = if *refusal == Refusal::NotInQueue {
                    "queue"
                } else if *refusal == Refusal::NoteRequired {
                    "note"
                } else {
                    "targets"
                };
                self.console.read_colleagues();
                self.say(place, passing.why().unwrap_or_default());
            }
        }
    }

    fn send(self) {
        if self.is_sent.now() {
            return;
        }
        let work = work();
        let Some(talk) = self.talk() else {
            return self.say("", crate::text::console::words().not_assignee.to_owned());
        };
        let Some(to) = self.to.now() else {
            return self.say("targets", work.target_missing.to_owned());
        };
        let queue = self.with_queue.now();
        if self.needs_queue().is_some() && queue.is_none() {
            return self.say("queue", work.queue_missing.to_owned());
        }
        let note = match talk.pass_note.peek(|note| MessageText::parse(note)) {
            Ok(note) => note,
            Err(TextError::TooLong { .. }) => {
                return self.say("note", work.note_too_long.to_owned());
            }
            Err(TextError::Empty | TextError::Forbidden) => {
                return self.say("note", work.note_missing.to_owned());
            }
        };
        let name = self.name_of(&to);
        let to = match to {
            Target::Agent { agent, .. } => Target::Agent { agent, queue },
            to @ Target::Queue { .. } => to,
        };
        self.error.set(("", String::new()));
        self.is_sent.set(true);
        self.console.pass_on(talk, to, name, note);
    }

    /// Says what is wrong, and goes where it can be mended.
    fn say(self, place: &'static str, words: String) {
        self.error.set((place, words));
        let field = match place {
            "note" => "#transfer-note",
            "queue" => ".transfer__queues input",
            "targets" => ".target input:checked, .transfer__search",
            _ => return,
        };
        js::next_frame(move || {
            if let Ok(Some(field)) = js::document().query_selector(field) {
                let _ = field.unchecked_ref::<HtmlElement>().focus();
            }
        });
    }

    fn clear(self, place: &str) {
        if self.error.peek(|error| error.0 == place) {
            self.error.set(("", String::new()));
        }
    }

    fn choose(self, to: Target) {
        self.clear("targets");
        self.clear("queue");
        self.with_queue.set(match &to {
            Target::Agent { queue, .. } => queue.clone(),
            Target::Queue { .. } => None,
        });
        self.to.set(Some(to));
    }

    /// The queue that the conversation is in.
    fn queue(self) -> Option<Label> {
        let item = self.console.desk.item(self.conversation);
        item.map(|item| item.queue)
    }

    /// The colleague who is chosen.
    fn colleague(self) -> Option<Colleague> {
        let Some(Target::Agent { agent, .. }) = self.to.get() else {
            return None;
        };
        targets::colleagues(self.console)
            .into_iter()
            .find(|colleague| colleague.agent == agent)
    }

    /// The colleague who does not serve the queue that the conversation is in (R40).
    fn needs_queue(self) -> Option<Colleague> {
        let queue = self.queue()?;
        self.colleague()
            .filter(|colleague| !colleague.serves(&queue))
    }

    fn name_of(self, to: &Target) -> String {
        match to {
            Target::Agent { .. } => self
                .colleague()
                .map(|colleague| colleague.name)
                .or_else(|| Some(self.talk()?.passing.now()?.name))
                .unwrap_or_default(),
            Target::Queue { queue } => queue.to_string(),
        }
    }

    /// How far it is, where that takes a moment.
    fn state(self) -> String {
        if !self.is_sent.get() {
            return String::new();
        }
        let thread = self.talk().map(|talk| talk.thread.state());
        let is_live = |state| matches!(state, State::Live | State::CatchingUp);
        match thread.is_some_and(is_live) && is_live(self.console.desk.state()) {
            true => {
                let to = self.to.get();
                let name = to.map(|to| self.name_of(&to)).unwrap_or_default();
                fill(work().passing_on, &name)
            }
            false => work().line_down.to_owned(),
        }
    }
}

/// What the field of a search looks like.
fn search(form: Form) -> El {
    let field = el("input", "field__input transfer__search")
        .attr("type", "search")
        .attr("autofocus", "")
        .attr("autocomplete", "off")
        .attr("aria-label", work().search)
        .attr("placeholder", work().search);
    let html: web_sys::HtmlInputElement = field.html().clone().unchecked_into();
    el("div", "search icon icon--search").child(field.on("input", move |_| {
        form.search.set(html.value());
    }))
}

/// What stands in the place of a list that is not there.
fn missing(words: &str, retry: Option<fn(Console)>, console: Console) -> El {
    let line = el("p", "targets__none").text(words);
    match retry {
        None => line,
        Some(retry) => line
            .text(" ")
            .child(button("targets__retry", move || retry(console)).text(text().retry())),
    }
}
