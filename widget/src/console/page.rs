//! Lists that are pages over HTTP: what waits, what colleagues have, what is closed.

use js_sys::Array;
use shared::id::ConversationId;
use shared::text::Label;
use shared::time::Timestamp;
use wasm_bindgen::{JsCast, JsValue};

use super::Console;
use super::people::labels;
use crate::{http, js};

/// One row.
#[derive(Clone, Eq, PartialEq)]
pub struct Listed {
    /// Which conversation.
    pub conversation: ConversationId,
    /// What the customer claims to be called.
    pub customer: String,
    /// First words of the first message.
    pub words: String,
    /// The company that the customer claims to be of.
    pub company: Option<String>,
    /// What an agent needs to be given it.
    pub skills: Vec<Label>,
    /// The queue that it is in.
    pub queue: Label,
    /// When it began to wait.
    pub since: Timestamp,
    /// Who has it.
    pub agent: Option<String>,
    /// Who is looking at an offer of it.
    pub offered_to: Option<String>,
    /// True while it is wrapping up.
    pub is_over: bool,
    /// How it was resolved.
    pub resolution: Option<Label>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// How many stars the customer gives.
    pub stars: Option<u8>,
}

/// A part of a list.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Page {
    /// The rows.
    pub rows: Vec<Listed>,
    /// What to read after, when there is more.
    pub next: Option<String>,
}

impl Console {
    /// Reads a part of a list: `waiting`, `active`, `wrapping_up` or `closed`.
    pub async fn read_list(self, list: &str, after: Option<String>) -> Option<Page> {
        let tab = self.tab.now();
        let token = tab.session.ensure().await.ok()?;
        let after = after.map_or_else(String::new, |mark| ["&after=", &mark].concat());
        let path = ["/api/v1/spaces/", &tab.config.space, "/items?list=", list];
        let answer = http::get(&[&path.concat(), after.as_str()].concat(), &token)
            .await
            .ok()?;
        let items: Array = js::get(&answer, "items")?.dyn_into().ok()?;
        Some(Page {
            rows: items.iter().filter_map(|item| listed(&item)).collect(),
            next: js::get_text(&answer, "next"),
        })
    }
}

fn listed(item: &JsValue) -> Option<Listed> {
    let text = |name| js::get_text(item, name);
    let moment = |name| {
        let millis = js::get(item, name)?.as_f64()?;
        Some(Timestamp::from_millis(millis as u64))
    };
    Some(Listed {
        conversation: text("conversation")?.parse().ok()?,
        customer: text("customer")?,
        words: text("first_words")?,
        company: text("company"),
        skills: labels(item, "skills").unwrap_or_default(),
        queue: Label::parse(&text("queue")?).ok()?,
        since: moment("waiting_since")?,
        agent: text("agent_name"),
        offered_to: text("offered_to"),
        is_over: text("state").is_some_and(|state| state == "wrapping_up"),
        resolution: text("resolution").and_then(|word| Label::parse(&word).ok()),
        closed_at: moment("closed_at"),
        stars: js::get(item, "stars")
            .and_then(|stars| stars.as_f64())
            .map(|stars| stars as u8),
    })
}
