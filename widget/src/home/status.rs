//! How the installation stands: one line for each feature, with what is missing, and one for the admins of
//! the space who cannot be mailed.

use wasm_bindgen::JsValue;

use super::{Home, rows};
use crate::dom::{El, decor, el};
use crate::js;
use crate::task::spawn;
use crate::text::status::words;
use crate::text::{fill, home};
use crate::var::Var;

/// The page.
pub fn page(home: Home, space: String) -> El {
    let words = words();
    let people = home::words();
    let head = home.head(words.status, &space, ("settings", people.settings));
    let (features, unmailed) = (Var::new(vec![]), Var::new(vec![]));
    spawn(async move {
        let answer = home.asks_in(&space, "GET", "/status", None).await;
        if let Some(answer) = answer {
            features.set(rows(&answer, "features"));
            unmailed.set(rows(&answer, "unmailed"));
        }
    });
    let list = el("ul", "rows").bind_children(move || {
        let rows = features.with(|features| features.iter().map(row).collect::<Vec<_>>());
        rows.into_iter().chain(silent(unmailed.get())).collect()
    });
    el("main", "home home--wide")
        .child(head)
        .child(home.alert())
        .child(el("p", "home__none").text(words.status_text))
        .child(list)
}

/// The admins who cannot be mailed, if there are any.
fn silent(unmailed: Vec<JsValue>) -> Option<El> {
    let words = words();
    let names: Vec<String> = unmailed.iter().filter_map(JsValue::as_string).collect();
    (!names.is_empty()).then(|| {
        el("li", "rows__row")
            .attr("data-feature", "unmailed")
            .child(decor("state state--incomplete"))
            .child(el("span", "rows__text").text(words.unmailed))
            .child(
                el("span", "rows__change")
                    .attr("dir", "auto")
                    .text(&fill(words.unmailed_text, &names.join(", "))),
            )
    })
}

fn row(feature: &JsValue) -> El {
    let words = words();
    let text = |name| js::get_text(feature, name).unwrap_or_default();
    let (name, state) = (text("feature"), text("state"));
    let known = words.features.iter().find(|(known, _)| *known == name);
    let title = known.map_or(&*name, |(_, title)| title);
    let (said, to_do) = match state.as_str() {
        "on" => (words.on, ""),
        "off" => (words.off, words.to_turn_on),
        _ => (words.incomplete, words.to_mend),
    };
    let missing = rows(feature, "missing").into_iter();
    let missing: Vec<String> = missing.filter_map(|name| name.as_string()).collect();
    let row = el("li", "rows__row")
        .attr("data-feature", &name)
        .child(decor(&["state state--", &state].concat()))
        .child(el("span", "rows__text").text(title))
        .child(el("span", "rows__note").text(said));
    if to_do.is_empty() {
        return row;
    }
    row.child(el("span", "rows__change").text(&fill(to_do, &missing.join(", "))))
}
