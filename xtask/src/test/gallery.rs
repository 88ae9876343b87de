//! The gallery: every picture that the journeys have taken, side by side on one page, for people to look at.

use crate::paths;
use anyhow::{Result, ensure};
use std::{collections::BTreeMap, fmt::Write, fs, path::Path};

/// How a state is shown, as the name of a picture ends: longer ones first, and what the page calls them.
const VIEWS: [(&str, &str); 8] = [
    ("-narrow-dark-rtl", "320 px, dark, right to left"),
    ("-narrow-dark", "320 px, dark"),
    ("-phone-dark", "phone, dark"),
    ("-narrow", "320 px"),
    ("-phone", "phone"),
    ("-light", "light"),
    ("-dark", "dark"),
    ("-rtl", "right to left"),
];

/// States of the customer's chat that have a picture of every kind.
const STATES: [&str; 10] = [
    "chat-welcome",
    "chat-waiting",
    "chat-waiting-nobody",
    "chat-active",
    "chat-reconnecting",
    "chat-challenge-failed",
    "chat-ended",
    "chat-rating",
    "chat-sign-in",
    "chat-menu",
];

/// What each of them has a picture in.
const OF_EACH: [&str; 5] = ["-light", "-dark", "-rtl", "-narrow", "-narrow-dark-rtl"];

/// Pictures by state, and there by view.
type States = BTreeMap<String, BTreeMap<&'static str, String>>;

/// Throws away the pictures of the run before.
pub fn clear() -> Result<()> {
    let folder = paths::target().join("gallery");
    if folder.is_dir() {
        fs::remove_dir_all(folder)?;
    }
    Ok(())
}

/// Writes `target/gallery/index.html`.
///
/// # Errors
/// When a state of the chat has no picture.
pub fn hang() -> Result<()> {
    let folder = paths::target().join("gallery");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        let is_picture = path.extension() == Some("png".as_ref());
        let name = path.file_stem().and_then(|name| name.to_str());
        names.extend(name.filter(|_| is_picture).map(str::to_owned));
    }
    let missing = missing(&names);
    ensure!(
        missing.is_empty(),
        "no journey has taken: {}",
        missing.join(", ")
    );
    Ok(write(&folder, &names)?)
}

fn write(folder: &Path, names: &[String]) -> std::io::Result<()> {
    fs::write(folder.join("index.html"), page(&states(names)))
}

fn missing(names: &[String]) -> Vec<String> {
    let wanted = STATES
        .iter()
        .flat_map(|state| OF_EACH.map(|view| [*state, view].concat()));
    wanted.filter(|name| !names.contains(name)).collect()
}

fn states(names: &[String]) -> States {
    let mut states = States::new();
    for name in names {
        let view = VIEWS
            .iter()
            .find_map(|(end, view)| Some((name.strip_suffix(end)?, *view)));
        let (state, view) = view.unwrap_or((name, ""));
        let views = states.entry(state.to_owned()).or_default();
        views.insert(view, format!("{name}.png"));
    }
    states
}

fn page(states: &States) -> String {
    let mut html = HEAD.to_owned();
    let mut of = "";
    for (state, views) in states {
        let area = state.split('-').next().unwrap_or_default();
        if area != of {
            of = area;
            writeln!(html, "<h1>{}</h1>", escaped(area)).expect("a text takes all");
        }
        write!(html, "<h2>{}</h2>\n<p>", escaped(state)).expect("a text takes all");
        for (view, file) in views {
            let (view, file) = (escaped(view), escaped(&file.replace(' ', "%20")));
            writeln!(
                html,
                "<a href=\"{file}\"><img loading=\"lazy\" src=\"{file}\" alt=\"{state} {view}\">{view}</a>",
                state = escaped(state)
            )
            .expect("a text takes all");
        }
        html += "</p>\n";
    }
    html
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

const HEAD: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>Bellhop: every state, as the journeys saw it</title>
<style>
:root { color-scheme: light dark; font: 15px/1.4 system-ui; }
body { margin: 2rem; }
h1 { position: sticky; top: 0; background: Canvas; padding-block: .5rem; text-transform: capitalize; }
h2 { margin-bottom: .5rem; font-size: 1rem; }
p { display: flex; align-items: start; gap: 1rem; overflow-x: auto; margin: 0 0 2rem; padding-bottom: .5rem; }
a { display: grid; flex: none; gap: .25rem; color: GrayText; text-decoration: none; }
img { max-width: 30rem; max-height: 30rem; border: 1px solid GrayText; border-radius: .375rem; }
</style>
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_of_a_state_hang_side_by_side() {
        let names = [
            "chat-welcome-narrow-dark-rtl",
            "chat-welcome-dark",
            "chat-logo",
            "markdown-the <b>",
        ];
        let states = states(&names.map(str::to_owned));
        let views: Vec<_> = states["chat-welcome"].keys().copied().collect();
        assert_eq!(views, ["320 px, dark, right to left", "dark"]);
        let page = page(&states);
        assert!(page.contains("src=\"chat-logo.png\""));
        assert!(page.contains("markdown-the%20&lt;b>.png"));
        assert_eq!(page.matches("<img").count(), names.len());
        assert_eq!(page.matches("<h1>").count(), 2, "chat and markdown");
    }

    #[test]
    fn a_state_without_a_picture_is_named() {
        let names: Vec<String> = STATES
            .iter()
            .flat_map(|state| OF_EACH.map(|view| [*state, view].concat()))
            .collect();
        assert_eq!(missing(&names), [""; 0]);
        assert_eq!(missing(&names[1..]), ["chat-welcome-light"]);
    }
}
