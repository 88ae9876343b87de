//! What pages show by themselves, and when (P8).

use js_sys::Array;
use wasm_bindgen::JsValue;

use super::{Page, cross, ends, fields};
use crate::dom::{El, el};
use crate::home::sheet::{self, At};
use crate::js;
use crate::text::fill;
use crate::text::settings::words;

/// What stands for all greetings in the settings.
const LIST: &str = "proactive";

/// The part.
pub fn part(page: Page, at: &At) -> El {
    let words = words();
    let (shown, added) = (at.clone(), at.clone());
    let rows = move || {
        page.shape.hear();
        let entries = shown.items(LIST).into_iter().enumerate();
        let row = |(place, entry): (usize, At)| self::row(page, &shown.list(LIST), place, &entry);
        entries.map(row).collect()
    };
    let add = move |text: String| {
        let known = added.items(LIST);
        let known: Vec<_> = known.iter().map(|entry| entry.text("id")).collect();
        let place = known.len().to_string();
        let entry: [(&str, JsValue); 6] = [
            ("id", ends::word(&text, &known).into()),
            ("text", text.into()),
            ("after_s", 10.into()),
            ("on_exit", false.into()),
            ("daily", false.into()),
            ("pages", Array::new().into()),
        ];
        added.list(LIST).push(&js::object(&entry));
        page.shape.ring();
        sheet::focus([LIST, "[", &place, "].text"].concat());
    };
    super::part("greetings", words.greetings, words.greetings_text)
        .attr("data-path", LIST)
        .child(page.sheet.why(LIST))
        .child(el("div", "entries").bind_children(rows))
        .child(ends::adder(page, words.new_greeting, add))
}

fn row(page: Page, list: &Array, place: usize, entry: &At) -> El {
    let (words, sheet, list) = (words(), page.sheet, list.clone());
    let title = fill(words.entry, &entry.text("id"));
    let remove = cross(&fill(words.remove, &entry.text("id")), move || {
        ends::take_away(&list, place);
        page.shape.ring();
        page.touched();
    });
    let pages = sheet.list(
        entry,
        "pages",
        words.greeting_pages,
        words.pages_hint,
        "textarea",
    );
    el("div", "greeting")
        .attr("role", "group")
        .attr("aria-label", &title)
        .child(fields(vec![
            sheet.lines(entry, "text", words.greeting_says, "", "".into()),
            sheet.number(entry, "after_s", words.greeting_after, words.after_hint),
            pages,
            sheet.tick(entry, "on_exit", words.greeting_exit),
            sheet.tick(entry, "daily", words.greeting_daily),
        ]))
        .child(remove)
}
