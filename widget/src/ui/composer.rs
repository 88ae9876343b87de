//! The composer: a text on its way to the other side.

use leptos::{ev, html::Textarea, prelude::*};
use shared::text::{MESSAGE_MAX, MessageText};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::text::{fill, text};
use crate::time;

/// From here on the count is shown, so that the limit surprises nobody.
const COUNT_FROM: usize = MESSAGE_MAX - 1_000;

/// Words on and around the field.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Labels {
    /// Extra class of the form.
    pub class: &'static str,
    /// Name of the field for screen readers.
    pub field: &'static str,
    /// What stands in the empty field.
    pub placeholder: &'static str,
    /// Name of the button.
    pub send: &'static str,
}

impl Labels {
    /// While the line is down: what is sent waits in the outbox.
    pub fn waiting() -> Self {
        Self { class: "composer composer--waiting", ..Self::message() }
    }

    /// Of a message to the other side.
    pub fn message() -> Self {
        let text = text();
        Self { class: "composer", field: text.message, placeholder: text.write, send: text.send }
    }
}

/// Text field and send button. Enter sends, Shift and Enter breaks the line.
#[component]
pub fn Composer(
    /// What is written so far.
    draft: RwSignal<String>,
    /// Words on and around the field.
    #[prop(into)]
    labels: Signal<Labels>,
    /// Gets the text; the draft is emptied after that.
    on_send: impl Fn(MessageText) + Copy + Send + Sync + 'static,
    /// A key was pressed.
    on_typing: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let field = NodeRef::<Textarea>::new();
    let length = Memo::new(move |_| draft.with(|draft| draft.trim().chars().count()));
    let is_over = move || length.get() > MESSAGE_MAX;
    let count = move || {
        let length = length.get();
        let is_near = length >= COUNT_FROM;
        is_near.then(|| fill(text().count, &time::number(length))).unwrap_or_default()
    };
    let send = move || {
        if let Ok(message) = MessageText::parse(&draft.get_untracked()) {
            on_send(message);
            draft.set(String::new());
            if let Some(field) = field.get_untracked() {
                let _ = field.focus();
            }
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        // 229 is what a key of an input method says where `isComposing` is not known.
        let is_composing = event.is_composing() || event.key_code() == 229;
        if event.key() == "Enter" && !event.shift_key() && !is_composing {
            event.prevent_default();
            send();
        }
    };
    let on_input = move |event| {
        draft.set(event_target_value(&event));
        on_typing();
    };
    view! {
        <form
            class=move || labels.get().class
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
        >
            <div class="composer__grow" data-text=move || draft.get()>
                <textarea
                    class="composer__text"
                    rows="1"
                    dir="auto"
                    enterkeyhint="send"
                    aria-label=move || labels.get().field
                    aria-invalid=move || is_over().then_some("true")
                    placeholder=move || labels.get().placeholder
                    prop:value=move || draft.get()
                    node_ref=field
                    on:input=on_input
                    on:keydown=on_key
                ></textarea>
            </div>
            <span class="composer__count" class:composer__count--over=is_over role="status">
                {count}
            </span>
            <button
                type="submit"
                class="composer__send icon icon--send"
                aria-label=move || labels.get().send
                disabled=move || length.get() == 0 || is_over()
            ></button>
        </form>
    }
}

/// Puts the cursor into the composer, where there is one.
pub fn focus_composer() {
    let field = document().query_selector(".composer__text").ok().flatten();
    if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlElement>().ok()) {
        let _ = field.focus();
    }
}
