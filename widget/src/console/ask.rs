//! A dialog that asks something of a conversation, and stays until it is answered: what was typed
//! is there as long as it may be needed.

use shared::conversation::Command;
use shared::id::{CommandId, ConversationId};
use shared::link::{Failure, Input, PendingState, State};
use shared::refusal::Refusal;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::Console;
use super::dialog::{self, close};
use crate::dom::{El, button, decor, effect, el};
use crate::text::console::words;
use crate::text::work::work;
use crate::thread::find;
use crate::var::Var;
use crate::{js, time};

/// What is asked, and how far it is.
#[derive(Clone, Copy)]
pub struct Ask {
    pub console: Console,
    pub conversation: ConversationId,
    sent: Var<Option<CommandId>>,
    error: Var<String>,
}

impl Ask {
    pub fn new(console: Console, conversation: ConversationId) -> Self {
        let ask = Self {
            console,
            conversation,
            sent: Var::new(None),
            error: Var::new(String::new()),
        };
        effect(move || ask.follow());
        ask
    }

    /// The dialog around `inside`, with what it does: `act` is the name of it.
    pub fn dialog(
        self,
        class: &str,
        title: &'static str,
        act: (&str, &str),
        send: impl Fn() + 'static,
        inside: impl FnOnce(El) -> El,
    ) -> El {
        let form = el("form", "dialog__form")
            .attr("novalidate", "")
            .on("submit", move |event| {
                event.prevent_default();
                if self.sent.now().is_none() {
                    send();
                }
            });
        let (kind, name) = act;
        let form = inside(form)
            .child(
                el("p", "dialog__state")
                    .attr("role", "status")
                    .bind_text(move || self.state().to_owned()),
            )
            .child(
                el("p", "field__error")
                    .attr("id", "ask-error")
                    .attr("role", "alert")
                    .bind_children(move || match self.error.get() {
                        error if error.is_empty() => vec![],
                        error => vec![decor("icon icon--alert"), el("span", "").text(&error)],
                    }),
            )
            .child(
                el("footer", "dialog__foot")
                    .child(button("button button--quiet", close).text(work().cancel))
                    .child(
                        el("button", &["button dialog__act button--", kind].concat())
                            .attr("type", "submit")
                            .bind_flag("disabled", move || self.sent.get().is_some())
                            .text(name),
                    ),
            );
        dialog::dialog(self.console, class, move || title.to_owned()).child(form)
    }

    /// Asks it.
    pub fn send(self, command: Command) {
        let Some(talk) = self.console.talk_of(self.conversation) else {
            return self.say(words().not_assignee);
        };
        let id = CommandId::fresh(time::now(), js::random());
        self.error.set(String::new());
        self.console.asking.set(Some(id));
        self.sent.set(Some(id));
        talk.thread.input(Input::Submit { id, command });
    }

    /// Says what is wrong.
    pub fn say(self, words: &str) {
        self.error.set(words.to_owned());
    }

    /// Nothing is wrong any more.
    pub fn clear(self) {
        if self.error.peek(|error| !error.is_empty()) {
            self.error.set(String::new());
        }
    }

    fn follow(self) {
        let Some(id) = self.sent.get() else { return };
        let Some(talk) = self.console.talk_of(self.conversation) else {
            return close();
        };
        let failure = talk.thread.pending(|pending| {
            let item = pending.iter().find(|item| item.id == id)?;
            match &item.state {
                PendingState::Failed(failure) => Some(failure.clone()),
                PendingState::Queued | PendingState::Sent | PendingState::Dropping => None,
            }
        });
        if let Some(failure) = failure {
            self.sent.set(None);
            self.console.asking.set(None);
            talk.thread.input(Input::Discard { id });
            let refusal = match failure {
                Failure::Refused(refusal) => refusal,
                Failure::TooLarge | Failure::Stale => Refusal::CommandConflict,
            };
            self.say(&words().refusal(&refusal));
        } else if talk.thread.entries(|entries| find(entries, id).is_some()) {
            close();
        }
    }

    fn state(self) -> &'static str {
        let talk = self.console.talk_of(self.conversation);
        let state = talk.map(|talk| talk.thread.state());
        let is_down = !matches!(state, Some(State::Live | State::CatchingUp));
        match self.sent.get().is_some() && is_down {
            true => work().ask_kept,
            false => "",
        }
    }
}

/// A choice of one, as chips; `choose` gets its place.
pub fn chips(
    title: &str,
    names: &[(String, String)],
    chosen: impl Fn() -> Option<usize> + Copy + 'static,
    choose: impl Fn(usize) + Copy + 'static,
) -> El {
    let group = el("fieldset", "chips").child(el("legend", "field__label").text(title));
    let chip = |(place, (data, name)): (usize, &(String, String))| {
        let radio = el("input", "target__radio")
            .attr("type", "radio")
            .attr("name", title)
            .attr("value", data)
            .on("change", move |_| choose(place));
        let html: HtmlInputElement = radio.html().clone().unchecked_into();
        effect(move || html.set_checked(chosen() == Some(place)));
        el("label", "chip")
            .child(radio)
            .child(el("span", "chip__text").attr("dir", "auto").text(name))
    };
    names
        .iter()
        .enumerate()
        .map(chip)
        .fold(group, |group, chip| group.child(chip))
}
