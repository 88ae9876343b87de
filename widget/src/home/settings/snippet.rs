//! The line that a site pastes, with what the launcher needs to know, and the chat to try.

use shared::settings::Color;
use wasm_bindgen::JsValue;

use super::Page;
use crate::dom::{El, button, el};
use crate::home::form;
use crate::home::sheet::At;
use crate::js;
use crate::task::spawn;
use crate::text::settings::words;
use crate::var::Var;

/// The part.
pub fn part(page: Page) -> El {
    let words = words();
    let is_copied = Var::new(false);
    let line = move || {
        is_copied.set(false);
        line(&page.space.now(), &page.base.get())
    };
    let copy = button("button button--primary button--small", move || {
        let text = self::line(&page.space.now(), &page.base.now());
        spawn(async move { is_copied.set(js::copy(&text).await) });
    });
    let copied = move || if is_copied.get() { words.copied } else { "" }.to_owned();
    let chat = ["/chat?space=", &page.space.now()].concat();
    let acts = el("div", "panel__acts")
        .child(copy.text(words.copy))
        .child(form::link(&chat, words.try_it).attr("target", "_blank"))
        .child(
            el("span", "panel__done")
                .attr("role", "status")
                .bind_text(copied),
        );
    super::part("snippet", words.snippet, words.snippet_text)
        .child(
            el("pre", "snippet")
                .attr("tabindex", "0")
                .attr("dir", "ltr")
                .attr("aria-label", words.snippet)
                .bind_text(line),
        )
        .child(acts)
}

/// The line for these settings: what the launcher shows stands in it, so that it asks for nothing
/// before somebody wants to chat.
fn line(space: &str, settings: &JsValue) -> String {
    let origin = js::window().location().origin().unwrap_or_default();
    let mut line = [
        "<script async src=\"",
        &origin,
        "/bellhop.js\" data-space=\"",
        space,
        "\"",
    ]
    .concat();
    if !settings.is_undefined() {
        let theme = At::root(settings).inner("theme");
        let color = theme.text("color").parse::<Color>().ok();
        let color = color.map(|color| color.shades().0.color.to_string());
        let usual = |name: &str, usual: &str| Some(theme.text(name)).filter(|text| text != usual);
        let all = [
            (" data-color=\"", color),
            (" data-side=\"", usual("side", "end")),
            (" data-text=\"", usual("text", "")),
            (" data-theme=\"", usual("scheme", "auto")),
        ];
        for (name, value) in all {
            if let Some(value) = value {
                let value = value
                    .replace('&', "&amp;")
                    .replace('"', "&quot;")
                    .replace('<', "&lt;");
                line += &[name, &value, "\""].concat();
            }
        }
    }
    line + "></script>"
}
