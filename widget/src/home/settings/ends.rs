//! How conversations end: resolutions and reasons; and how entries of a list are added.

use js_sys::Array;
use shared::settings::BUILT_IN;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlInputElement, KeyboardEvent};

use super::{Page, cross, small};
use crate::dom::{El, el};
use crate::home::sheet::{self, At};
use crate::js;
use crate::text::fill;
use crate::text::settings::words;

/// The part.
pub fn part(page: Page, at: &At) -> El {
    let words = words();
    super::part("ends", words.ends, words.ends_text)
        .child(list(
            page,
            at,
            "resolutions",
            words.resolutions,
            words.new_resolution,
        ))
        .child(list(page, at, "reasons", words.reasons, words.new_reason))
}

fn list(page: Page, at: &At, name: &'static str, title: &str, new: &'static str) -> El {
    let (shown, added) = (at.clone(), at.clone());
    let rows = move || {
        page.shape.hear();
        let entries = shown.items(name).into_iter().enumerate();
        let row = |(place, entry): (usize, At)| self::row(page, &shown.list(name), place, &entry);
        entries.map(row).collect()
    };
    let add = move |text: String| {
        let known = added.items(name);
        let known: Vec<_> = known.iter().map(|entry| entry.text("id")).collect();
        let place = known.len().to_string();
        let entry = [("id", word(&text, &known).into()), ("name", text.into())];
        added.list(name).push(&js::object(&entry));
        page.shape.ring();
        sheet::focus([name, "[", &place, "].name"].concat());
    };
    el("div", "ends")
        .attr("role", "group")
        .attr("aria-label", title)
        .attr("data-path", name)
        .child(el("h3", "panel__subtitle").text(title))
        .child(page.sheet.why(name))
        .child(el("div", "entries").bind_children(rows))
        .child(adder(page, new, add))
}

fn row(page: Page, list: &Array, place: usize, entry: &At) -> El {
    let words = words();
    let path = entry.path("name");
    let label = fill(words.entry, &entry.text("id"));
    let (typed, list) = (entry.clone(), list.clone());
    let ours = ours(entry);
    let shown = match ours {
        Some((stored, name)) if stored == entry.text("name") => name.to_owned(),
        Some(_) | None => entry.text("name"),
    };
    let input = el("input", "field__input")
        .attr("dir", "auto")
        .attr("aria-label", &label)
        .attr("value", &shown)
        .on("input", move |event| {
            let text = sheet::value(&event);
            let stored = ours.filter(|(_, name)| *name == text);
            let text = stored.map_or(text, |(stored, _)| stored.to_owned());
            typed.write("name", &text.into())
        });
    let row = el("div", "entry")
        .attr("data-path", entry.path("").trim_end_matches('.'))
        .child(page.sheet.marked(input, &path));
    let row = if entry.read("built_in").is_truthy() {
        row.child(el("span", "entry__note").text(words.always))
    } else {
        let label = fill(words.remove, &entry.text("name"));
        row.child(cross(&label, move || {
            take_away(&list, place);
            page.shape.ring();
            page.touched();
        }))
    };
    row.child(page.sheet.why(&path))
}

/// The name under which the server keeps a built-in resolution that was not renamed (S8), and how it reads
/// in the language of the page.
fn ours(entry: &At) -> Option<(&'static str, &'static str)> {
    if !entry.read("built_in").is_truthy() {
        return None;
    }
    let id = entry.text("id");
    let mut built_in = BUILT_IN.iter().zip(words().built_ins);
    let found = built_in.find(|((known, _), _)| *known == id);
    found.map(|((_, stored), name)| (*stored, name))
}

/// Takes an entry out of a list.
pub fn take_away(list: &Array, place: usize) {
    let place = u32::try_from(place).unwrap_or(u32::MAX);
    list.splice_many(place, 1, &[]);
}

/// A line to write what is new, and the button that adds it.
pub fn adder(page: Page, label: &'static str, add: impl Fn(String) + 'static) -> El {
    let input = el("input", "field__input")
        .attr("dir", "auto")
        .attr("aria-label", label)
        .attr("placeholder", label);
    let html: HtmlInputElement = input.html().clone().unchecked_into();
    let add = std::rc::Rc::new(move || {
        let text = html.value().trim().to_owned();
        if text.is_empty() {
            let _ = html.focus();
        } else {
            html.set_value("");
            add(text);
            page.touched();
        }
    });
    let again = std::rc::Rc::clone(&add);
    let input = input.on("keydown", move |event| {
        let is_enter = event
            .dyn_ref::<KeyboardEvent>()
            .is_some_and(|key| key.key() == "Enter");
        if is_enter {
            event.prevent_default();
            again();
        }
    });
    let add = small(words().add, move || add());
    el("div", "adder").child(input).child(add)
}

/// A word that stays, made of a name: letters and digits with `-` between, and like no other.
pub fn word(name: &str, known: &[String]) -> String {
    let mut word = String::new();
    for character in name.chars() {
        if character.is_ascii_alphanumeric() {
            word.push(character.to_ascii_lowercase());
        } else if !word.is_empty() && !word.ends_with('-') {
            word.push('-');
        }
    }
    word.truncate(28);
    let word = word.trim_end_matches('-');
    let word = if word.is_empty() { "entry" } else { word };
    let is_new = |word: &str| !known.iter().any(|known| known.eq_ignore_ascii_case(word));
    if is_new(word) {
        return word.to_owned();
    }
    let numbered = (2..).map(|number: u32| [word, "-", &number.to_string()].concat());
    let mut fresh = numbered.into_iter().filter(|word| is_new(word));
    fresh.next().unwrap_or_default()
}

/// How many conversations use what was changed (D12).
pub fn in_use(answer: &JsValue) -> usize {
    let in_use = At::root(&js::get(answer, "in_use").unwrap_or_default());
    let lists = ["resolutions", "reasons"]
        .into_iter()
        .map(|list| in_use.read(list));
    let counts = lists.filter_map(|list| list.dyn_into::<js_sys::Object>().ok());
    let counts = counts.flat_map(|counts| js_sys::Object::values(&counts).to_vec());
    counts
        .filter(|count| count.as_f64().is_some_and(|count| count > 0.0))
        .count()
}
