//! The first message, which makes the conversation.

use shared::id::{CommandId, ConversationId};
use shared::link::{BeginFailure, Input};
use shared::refusal::Refusal;
use shared::text::MessageText;
use wasm_bindgen::JsValue;

use crate::http::{self, HttpError};
use crate::tab::Tab;
use crate::thread::Claim;
use crate::{js, lock};

/// Posts the first message; tabs take turns, so that two do not make two conversations.
pub async fn begin(tab: &Tab, id: CommandId, text: MessageText, claim: Claim) -> Input {
    let failed = |failure| Input::BeginFailed { failure };
    let _guard = lock::hold(&tab.local.key("begin")).await;
    if let Some(conversation) = tab.local.get("conversation").and_then(|id| id.parse().ok()) {
        return failed(BeginFailure::Refused(Refusal::ConversationOpen {
            conversation,
        }));
    }
    let token = match tab.session.ensure().await {
        Ok(token) => token,
        Err(HttpError::Unreachable) => return failed(BeginFailure::Unreachable),
        Err(HttpError::Refused(..)) => return failed(BeginFailure::Refused(Refusal::SpaceOff)),
    };
    let headers = [
        ("Authorization", ["Bearer ", &token].concat()),
        ("Idempotency-Key", id.to_string()),
    ];
    let headers = headers
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let body = [
        ("text", JsValue::from_str(text.as_str())),
        ("name", claim.name),
        ("company", claim.company),
        (
            "follows",
            tab.own
                .get("follows")
                .map_or(JsValue::UNDEFINED, JsValue::from),
        ),
    ];
    let conversation = |body: &JsValue| {
        js::get_text(body, "conversation")?
            .parse::<ConversationId>()
            .ok()
    };
    match http::post("/api/v1/conversations", &headers, &body).await {
        Ok(answer) => match conversation(&answer) {
            Some(conversation) => {
                tab.local.set("conversation", &conversation.to_string());
                tab.own.remove("follows");
                Input::Begun { conversation }
            }
            None => failed(BeginFailure::Unreachable),
        },
        Err(HttpError::Unreachable) => failed(BeginFailure::Unreachable),
        Err(HttpError::Refused(401, _)) => failed(BeginFailure::Unauthorized),
        Err(HttpError::Refused(_, body)) => {
            let error = js::get(&body, "error").unwrap_or_default();
            if js::get_text(&error, "code").is_some_and(|code| code == "queue_full") {
                let text = js::get_text(&error, "text");
                let text = text.and_then(|text| MessageText::parse(&text).ok());
                return failed(BeginFailure::Refused(Refusal::QueueFull { text }));
            }
            failed(BeginFailure::Refused(match conversation(&error) {
                Some(conversation) => {
                    tab.local.set("conversation", &conversation.to_string());
                    Refusal::ConversationOpen { conversation }
                }
                None => Refusal::SpaceOff,
            }))
        }
    }
}
