//! The composer: a text on its way to the other side.

use shared::conversation::Lifecycle;
use shared::text::{MESSAGE_MAX, MessageText};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, HtmlTextAreaElement, KeyboardEvent};

use super::aim::Aim;
use crate::dom::{El, around, effect, el};
use crate::js::document;
use crate::later::{Part, later, later_in};
use crate::text::{fill, text};
use crate::time;
use crate::var::Var;

/// From here on the count is shown, so that the limit surprises nobody.
const COUNT_FROM: usize = MESSAGE_MAX - 1_000;

/// Words and look of the field.
pub struct Words {
    /// Classes of the form.
    pub class: &'static str,
    /// Name of the field for screen readers.
    pub field: &'static str,
    /// What stands in the empty field.
    pub placeholder: &'static str,
    /// Name of the button.
    pub send: &'static str,
}

impl Words {
    /// Of a message to the other side. While the line is down it waits in the outbox.
    pub fn message(is_waiting: bool) -> Self {
        let text = text();
        let class = if is_waiting {
            "composer composer--waiting"
        } else {
            "composer"
        };
        Self {
            class,
            field: text.message(),
            placeholder: text.write(),
            send: text.send(),
        }
    }
}

/// Text field and send button. Enter sends, Shift and Enter breaks the line; whoever wishes so breaks it by Enter
/// alone. Control and Enter sends in any case.
#[derive(Clone, Copy)]
pub struct Composer<W, S, T> {
    /// Whether files may be chosen, pasted or dropped; a note takes none.
    pub takes_files: bool,
    /// What is written so far; emptied when it is sent.
    pub draft: Var<String>,
    /// Words and look of the field.
    pub words: W,
    /// Gets the text.
    pub on_send: S,
    /// A key was pressed.
    pub on_typing: T,
    /// What it is about.
    pub aim: Aim,
}

impl<W, S, T> Composer<W, S, T>
where
    W: Fn() -> Words + Copy + 'static,
    S: Fn(MessageText) + Copy + 'static,
    T: Fn() + Copy + 'static,
{
    /// Draws it.
    pub fn draw(self) -> El {
        let Self {
            takes_files,
            draft,
            words,
            on_send,
            on_typing,
            aim,
        } = self;
        // Before there is a conversation, the ways to files and to speech load when somebody comes near.
        let is_near = Var::new(false);
        let near = move |_: Event| is_near.set(true);
        let length = move || draft.with(|draft| draft.trim().chars().count());
        let is_over = move || length() > MESSAGE_MAX;
        let send = move || {
            if let Ok(message) = draft.peek(|draft| MessageText::parse(draft)) {
                draft.set(String::new());
                on_send(message);
                focus_composer();
            }
        };
        let field = el("textarea", "composer__text")
            .attr("rows", "1")
            .attr("dir", "auto")
            .attr("enterkeyhint", aim.thread.tab().enter_key())
            .bind_attr("aria-label", move || words().field.to_owned())
            .bind_attr("aria-invalid", move || is_over().to_string())
            .bind_attr("placeholder", move || words().placeholder.to_owned())
            .on("keydown", move |event| {
                let event: &KeyboardEvent = event.unchecked_ref();
                // 229 is what a key of an input method says where `isComposing` is not known.
                let is_composing = event.is_composing() || event.key_code() == 229;
                let breaks = || event.shift_key() || aim.thread.tab().enter_key() == "enter";
                let is_sent = || event.ctrl_key() || event.meta_key() || !breaks();
                if event.key() == "Enter" && !is_composing && is_sent() {
                    event.prevent_default();
                    send();
                } else if event.key() == "ArrowUp" && !is_composing && draft.peek(String::is_empty)
                {
                    if let Some(form) = around(event, ".composer") {
                        later_in(form.unchecked_ref(), Part::EditLast(aim));
                    }
                } else if event.key() == "Escape" && !is_composing && aim.is_set() {
                    event.stop_propagation();
                    aim.let_go();
                }
            });
        let area: HtmlTextAreaElement = field.html().clone().unchecked_into();
        let typed = area.clone();
        let field = field.on("input", move |_| {
            draft.set(typed.value());
            on_typing();
        });
        effect(move || {
            draft.with(|draft| {
                if area.value() != *draft {
                    area.set_value(draft);
                }
            });
        });
        let count = move || {
            let length = length();
            if length < COUNT_FROM {
                String::new()
            } else {
                let words = fill(text().count(), &time::number(length));
                fill(&words, &time::number(MESSAGE_MAX))
            }
        };
        let count_class = move || {
            let over = if is_over() {
                " composer__count--over"
            } else {
                ""
            };
            ["composer__count", over].concat()
        };
        let form = el("form", "composer");
        ["dragenter", "input", "keydown", "pointerover"]
            .into_iter()
            .fold(form, |form, comes| form.on(comes, near))
            .when(
                move || {
                    let is_open = aim.thread.lifecycle(Lifecycle::is_open);
                    is_open.unwrap_or_else(|| is_near.get()) || !takes_files
                },
                move || later(Part::Tools(aim, takes_files)),
            )
            .bind_attr("class", move || words().class.to_owned())
            .on("submit", move |event| {
                event.prevent_default();
                send();
            })
            .when(move || aim.is_set(), move || later(Part::Bar(aim)))
            .child(
                el("div", "composer__grow")
                    .bind_attr("data-text", move || draft.get())
                    .child(field),
            )
            .child(
                el("span", "")
                    .attr("role", "status")
                    .bind_attr("class", count_class)
                    .bind_text(count),
            )
            .child(
                el("button", "composer__emoji")
                    .attr("type", "button")
                    .attr("aria-haspopup", "dialog")
                    .attr("aria-expanded", "false")
                    .attr("aria-label", text().emoji())
                    .text("☺")
                    .on("click", move |event| {
                        let button: Option<HtmlElement> =
                            event.current_target().map(JsCast::unchecked_into);
                        if let Some(button) = button {
                            let form = button.parent_element().map(JsCast::unchecked_into);
                            let form = form.unwrap_or_else(|| button.clone());
                            later_in(&form, Part::Emoji(aim, button));
                        }
                    }),
            )
            .child(
                el("button", "composer__send icon icon--send")
                    .attr("type", "submit")
                    .bind_attr("aria-label", move || words().send.to_owned())
                    .bind_flag("disabled", move || length() == 0 || is_over()),
            )
    }
}

/// True when the focus is on something; not on the field that has changed the language, to which it comes back.
#[cfg(feature = "chat")]
pub fn has_focus() -> bool {
    let active = document().active_element();
    active.is_some_and(|active| !matches!(&*active.tag_name(), "BODY" | "SELECT"))
}

/// Puts the cursor into the composer as soon as it is drawn: before the next key can come, so that
/// whoever types on loses none. It is taken from elements of these tags alone; from any, if none
/// is named.
#[cfg(feature = "console")]
pub fn focus_composer_soon(from: &'static [&'static str]) {
    let may_take = || {
        let active = document().active_element();
        from.is_empty() || active.is_none_or(|active| from.contains(&&*active.tag_name()))
    };
    crate::task::spawn(async move {
        for _ in 0..TRIES {
            let nothing = js_sys::Promise::resolve(&wasm_bindgen::JsValue::UNDEFINED);
            let _ = wasm_bindgen_futures::JsFuture::from(nothing).await;
            if may_take() && put_cursor() {
                return;
            }
        }
    });
}

/// What draws a composer takes a few turns of the browser's queue: effects within effects.
#[cfg(feature = "console")]
const TRIES: u8 = 12;

/// Puts the cursor into the composer, where there is one.
pub fn focus_composer() {
    put_cursor();
}

fn put_cursor() -> bool {
    let field = document().query_selector(".composer:not([hidden]) .composer__text");
    let field = field.ok().flatten();
    field.is_some_and(|field| field.unchecked_ref::<HtmlElement>().focus().is_ok())
}
