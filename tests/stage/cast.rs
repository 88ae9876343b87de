//! The people, with the words of the product.

mod agent;
mod customer;

pub use agent::Agent;
pub use customer::{Customer, page};

use anyhow::Result;
use serde::Deserialize;
use serde_json::json;

use crate::browser::Browser;

/// One line of a log on the screen.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub struct Line {
    /// `in`, `out`, `system` or `note`.
    pub kind: String,
    /// Who wrote it; empty for the system.
    pub author: String,
    /// What it says.
    pub text: String,
    /// `sending`, `sent`, `delivered`, `read`, `failed`, or nothing.
    pub state: String,
}

/// The log that the person looks at.
///
/// # Errors
/// When there is none.
pub async fn log(browser: &Browser) -> Result<Vec<Line>> {
    let script = r#"
        const of = (element, words) => words.find((word) => element.classList.contains("message--" + word)) ?? "";
        const text = (element, selector) => element.querySelector(selector)?.textContent.trim() ?? "";
        return [...document.querySelectorAll(".log .message")].map((element) => ({
            kind: of(element, ["in", "out", "system", "note"]),
            author: text(element, ".message__author"),
            text: text(element, ".message__bubble") || text(element, ".message__line"),
            state: of(element, ["sending", "sent", "delivered", "read", "failed"]),
        }));"#;
    browser.runs(script, &[]).await
}

/// Waits until the log holds a message of that text in that state.
pub(crate) async fn message_is(browser: &Browser, text: &str, state: &str) -> Result<()> {
    let script = r#"
        return [...document.querySelectorAll(".message--" + arguments[1] + " .message__bubble")]
            .some((bubble) => bubble.textContent.trim() === arguments[0])"#;
    let what = format!("the message {text:?} {state}");
    browser
        .until(&what, script, &[json!(text), json!(state)])
        .await
        .map(|_: bool| ())
}
