//! Parts of forms: fields, choices, and a text to copy.

use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};

use super::Home;
use super::sheet::Sheet;
use crate::dom::{El, button, el};
use crate::text::home::words;
use crate::var::Var;

/// A form that does something, with the button that does it.
pub fn form(
    home: Home,
    class: &'static str,
    fields: Vec<El>,
    go: &str,
    act: impl Fn() + 'static,
) -> El {
    let form = el("form", &["form ", class].concat()).attr("novalidate", "");
    let form = form.on("submit", move |event: Event| {
        event.prevent_default();
        if !home.busy.now() {
            home.form.peek_mut(|form| *form = class);
            act();
        }
    });
    let go = el("button", "button button--primary form__go")
        .attr("type", "submit")
        .bind_flag("disabled", move || home.busy.get())
        .text(go);
    fields.into_iter().fold(form, El::child).child(go)
}

/// A line of text; `path` is the class of its form, and what the server calls it.
pub fn field(home: Home, path: &str, label: &str, kind: &str, value: Var<String>) -> El {
    let input = el("input", "field__input")
        .attr("type", kind)
        .attr("value", &value.now())
        .attr("dir", if kind == "text" { "auto" } else { "ltr" })
        .on("input", move |event| {
            value.peek_mut(|text| *text = written(&event))
        });
    Sheet::new(home).field(label, "", input, path)
}

/// Several lines of text.
pub fn lines(home: Home, path: &str, label: &str, hint: &str, value: Var<String>) -> El {
    let input = el("textarea", "field__input")
        .attr("rows", "3")
        .text(&value.now())
        .on("input", move |event| {
            let input = event
                .target()
                .map(|target| target.unchecked_into::<HtmlTextAreaElement>());
            let text = input.map(|input| input.value()).unwrap_or_default();
            value.peek_mut(|old| *old = text);
        });
    Sheet::new(home).field(label, hint, input, path)
}

/// One of a few.
pub fn choice(
    label: &str,
    choices: &[(&str, &str)],
    chosen: &str,
    act: impl Fn(String) + 'static,
) -> El {
    let select = el("select", "field__input").on("change", move |event| {
        let select = event
            .target()
            .map(|target| target.unchecked_into::<HtmlSelectElement>());
        act(select.map(|select| select.value()).unwrap_or_default());
    });
    let select = choices.iter().fold(select, |select, (value, word)| {
        let option = el("option", "").attr("value", value).text(word);
        select.child(if *value == chosen {
            option.attr("selected", "")
        } else {
            option
        })
    });
    labelled(label, select)
}

/// Yes or no.
pub fn tick(label: &str, value: Var<bool>) -> El {
    let input = el("input", "tick__input").attr("type", "checkbox");
    let input = if value.now() {
        input.attr("checked", "")
    } else {
        input
    };
    let input = input.on("change", move |event| {
        let input = event
            .target()
            .map(|target| target.unchecked_into::<HtmlInputElement>());
        value.set(input.is_some_and(|input| input.checked()));
    });
    el("label", "tick")
        .child(input)
        .child(el("span", "").text(label))
}

/// A text to copy, chosen as a whole by a click.
pub fn to_copy(label: &str, text: &str) -> El {
    let input = el("input", "field__input to-copy")
        .attr("readonly", "")
        .attr("dir", "ltr")
        .attr("value", text)
        .on("focus", |event| {
            if let Some(target) = event.target() {
                target.unchecked_into::<HtmlInputElement>().select();
            }
        });
    labelled(label, input).child(el("span", "field__hint").text(words().shown_once))
}

/// A link to a page.
pub fn link(address: &str, text: &str) -> El {
    el("a", "button button--quiet button--small")
        .attr("href", address)
        .text(text)
}

/// A small button.
pub fn act(home: Home, text: &str, act: impl FnMut() + 'static) -> El {
    button("button button--quiet button--small", act)
        .bind_flag("disabled", move || home.busy.get())
        .text(text)
}

fn labelled(label: &str, input: El) -> El {
    el("label", "field")
        .child(el("span", "field__label").text(label))
        .child(input)
}

fn written(event: &Event) -> String {
    let input = event
        .target()
        .map(|target| target.unchecked_into::<HtmlInputElement>());
    input.map(|input| input.value()).unwrap_or_default()
}
