//! How the launcher and the chat look: colour, text, logo, side, light or dark, with a picture of
//! both (P31).

use shared::settings::{Color, Shade};
use wasm_bindgen::JsValue;
use web_sys::HtmlElement;

use super::{Page, fields};
use crate::dom::{El, decor, effect, el};
use crate::home::sheet::{self, At};
use crate::text::fill;
use crate::text::settings::words;

/// The part.
pub fn part(page: Page, at: &At) -> El {
    let words = words();
    let (sheet, theme) = (page.sheet, at.inner("theme"));
    let empty = || JsValue::from("");
    let sides = [("end", words.side_end), ("start", words.side_start)];
    let schemes = [
        ("auto", words.scheme_auto),
        ("light", words.scheme_light),
        ("dark", words.scheme_dark),
    ];
    super::part("look", words.look, words.look_text)
        .attr("data-path", "theme")
        .child(picture(page, &theme, at))
        .child(fields(vec![
            color(page, &theme),
            sheet.line(
                &theme,
                "text",
                words.launcher_text,
                words.launcher_hint,
                empty(),
            ),
            sheet.line(&theme, "logo", words.logo, words.logo_hint, empty()),
            sheet.choice(&theme, "side", words.side, &sides),
            sheet.choice(&theme, "scheme", words.scheme, &schemes),
        ]))
}

/// Our own colour.
const OURS: &str = "#1f5245";

/// Puts a value into a field.
fn shows(field: &HtmlElement, value: &str) {
    let _ = js_sys::Reflect::set(field, &"value".into(), &value.into());
}

/// The colour: written, or chosen; what is shown in its place is told.
fn color(page: Page, theme: &At) -> El {
    let words = words();
    let path = theme.path("color");
    let (typed, chosen, read) = (theme.clone(), theme.clone(), theme.clone());
    let now = theme.text("color");
    let input = el("input", "field__input")
        .attr("dir", "ltr")
        .attr("placeholder", OURS)
        .attr("value", &now);
    let pick = el("input", "field__pick")
        .attr("type", "color")
        .attr("aria-label", words.pick)
        .attr("value", if now.is_empty() { OURS } else { &now });
    let (written, picked) = (input.html().clone(), pick.html().clone());
    let input = input.on("input", move |event| {
        let value = sheet::value(&event);
        // While it is no colour yet, what was chosen last stays.
        let color = match value.trim() {
            "" => Some(OURS.to_owned()),
            text => text.parse::<Color>().ok().map(|color| color.to_string()),
        };
        if let Some(color) = color {
            shows(&picked, &color);
        }
        typed.write("color", &value.into());
        page.sheet.changed.ring();
    });
    let pick = pick.on("input", move |event| {
        let value = sheet::value(&event);
        shows(&written, &value);
        chosen.write("color", &value.into());
        page.sheet.changed.ring();
    });
    let told = move || {
        page.sheet.changed.hear();
        let Ok(color) = read.text("color").parse::<Color>() else {
            return String::new();
        };
        let (light, dark) = color.shades();
        let told = |text, shade: Shade| {
            (shade.color != color).then(|| fill(text, &shade.color.to_string()))
        };
        let both = [told(words.darkened, light), told(words.lightened, dark)];
        both.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    let label = el("label", "field__label")
        .attr("for", "f-theme.color")
        .text(words.color);
    el("div", "field")
        .child(label)
        .child(
            el("div", "field__row")
                .child(page.sheet.marked(input, &path))
                .child(pick),
        )
        .child(page.sheet.why(&path))
        .child(
            el("p", "field__hint")
                .attr("role", "status")
                .bind_text(told),
        )
}

/// The head of the chat and the launcher, small.
fn picture(page: Page, theme: &At, at: &At) -> El {
    let (theme, name, text) = (theme.clone(), at.clone(), theme.clone());
    let picture = el("div", "picture").attr("aria-hidden", "true");
    let html = picture.html().clone();
    effect(move || {
        page.sheet.changed.hear();
        let color = theme.text("color").parse::<Color>().ok();
        for (property, of) in [("--brand", 0), ("--on-brand", 1)] {
            let value = color.map(|color| {
                let (light, dark) = color.shades();
                let part = |shade: Shade| if of == 0 { shade.color } else { shade.on };
                [
                    "light-dark(",
                    &part(light).to_string(),
                    ",",
                    &part(dark).to_string(),
                    ")",
                ]
                .concat()
            });
            let style = html.style();
            let _ = match value {
                Some(value) => style.set_property(property, &value),
                None => style.remove_property(property).map(|_| ()),
            };
        }
        let _ = html.set_attribute("data-theme", &theme.text("scheme"));
        let _ = html.set_attribute("data-side", &theme.text("side"));
    });
    let name = move || {
        page.sheet.changed.hear();
        name.text("name")
    };
    let launcher = move || {
        page.sheet.changed.hear();
        text.text("text")
    };
    picture
        .child(
            el("div", "picture__chat")
                .child(
                    el("div", "picture__head")
                        .child(decor("avatar avatar--house avatar--small icon icon--bell"))
                        .child(el("span", "picture__name").bind_text(name)),
                )
                .child(el("span", "picture__in").text(words().picture_in))
                .child(el("span", "picture__out").text(words().picture_out)),
        )
        .child(
            el("div", "picture__launcher")
                .child(decor("icon icon--bell"))
                .child(el("span", "picture__text").bind_text(launcher)),
        )
}
