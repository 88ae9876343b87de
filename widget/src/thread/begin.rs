//! The first message, which makes the conversation.

use shared::id::{CommandId, ConversationId};
use shared::link::{BeginFailure, Input};
use shared::refusal::Refusal;
use shared::text::MessageText;
use wasm_bindgen::JsValue;

use crate::http::{self, HttpError};
use crate::tab::Tab;
use crate::thread::{CLAIMS, Claim};
use crate::{js, lock};

/// Posts the first message; tabs take turns, so that two do not make two conversations.
pub async fn begin(
    tab: &Tab,
    id: CommandId,
    text: MessageText,
    (claim, proof): (Claim, JsValue),
) -> Input {
    let [greeting, name, company, email, queue, skills] = claim.0;
    let mut claims = [greeting, name, company, email, queue, words(&skills)];
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
        Err(HttpError::Refused(_, body)) => {
            let error = js::get(&body, "error").unwrap_or_default();
            let off = BeginFailure::Refused(Refusal::SpaceOff);
            return failed(later(&error).unwrap_or(off));
        }
    };
    let headers = [
        ("Authorization", ["Bearer ", &token].concat()),
        ("Idempotency-Key", id.to_string()),
    ];
    let headers = headers
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let conversation = |body: &JsValue| {
        js::get_text(body, "conversation")?
            .parse::<ConversationId>()
            .ok()
    };
    loop {
        let follows = tab.own.get("follows");
        let [greeting, name, company, email, queue, skills] = claims.clone();
        let body = [
            ("text", JsValue::from_str(text.as_str())),
            ("greeting", greeting),
            ("name", name),
            ("company", company),
            ("email", email),
            ("queue", queue),
            ("skills", skills),
            ("follows", follows.map_or(JsValue::UNDEFINED, JsValue::from)),
            ("challenge", proof.clone()),
        ];
        let error = match http::post("/api/v1/conversations", &headers, &body).await {
            Ok(answer) => {
                return match conversation(&answer) {
                    Some(conversation) => {
                        tab.local.set("conversation", &conversation.to_string());
                        tab.own.remove("follows");
                        Input::Begun { conversation }
                    }
                    None => failed(BeginFailure::Unreachable),
                };
            }
            Err(HttpError::Unreachable) => return failed(BeginFailure::Unreachable),
            Err(HttpError::Refused(401, _)) => return failed(BeginFailure::Unauthorized),
            Err(HttpError::Refused(_, body)) => js::get(&body, "error").unwrap_or_default(),
        };
        if let Some(later) = later(&error) {
            return failed(later);
        }
        let code = js::get_text(&error, "code").unwrap_or_default();
        if code == "verification_required" {
            return failed(BeginFailure::Refused(Refusal::VerificationRequired));
        }
        if code == "blocked" {
            return failed(BeginFailure::Refused(Refusal::Blocked));
        }
        // An earlier conversation that cannot be read any more is nothing to go on from.
        if code == "conversation_unknown" && tab.own.get("follows").is_some() {
            tab.own.remove("follows");
            continue;
        }
        if code == "challenge_required" {
            return failed(BeginFailure::Refused(Refusal::ChallengeRequired));
        }
        if code == "queue_full" {
            let text = js::get_text(&error, "text");
            let text = text.and_then(|text| MessageText::parse(&text).ok());
            return failed(BeginFailure::Refused(Refusal::QueueFull { text }));
        }
        if let Some(conversation) = conversation(&error) {
            tab.local.set("conversation", &conversation.to_string());
            return failed(BeginFailure::Refused(Refusal::ConversationOpen {
                conversation,
            }));
        }
        if !corrects(&mut claims, code, &error) {
            return failed(BeginFailure::Refused(Refusal::SpaceOff));
        }
    }
}

/// What came too fast, and when it may come again.
fn later(error: &JsValue) -> Option<BeginFailure> {
    let retry_after = js::get(error, "retry_after")?.as_f64()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole seconds, and whatever else it is, is cut to a number of them"
    )]
    let retry_after = retry_after as u32;
    Some(BeginFailure::Refused(Refusal::RateLimited { retry_after }))
}

/// What the page has got wrong about the customer must not cost the customer the answer: it is left
/// out, and whoever made the page reads why. False when it is not that.
fn corrects(claims: &mut [JsValue; 6], code: String, error: &JsValue) -> bool {
    // What is wrong with a queue is named by the word alone.
    let field = js::get_text(error, "field").unwrap_or(code);
    let is_wrong =
        |(name, claim): (&&str, &JsValue)| field.starts_with(*name) && !claim.is_undefined();
    let Some(wrong) = CLAIMS.iter().zip(&*claims).position(is_wrong) else {
        return false;
    };
    js::complain(error);
    for (at, claim) in claims.iter_mut().enumerate() {
        // Queue and skills go together: one without the other may be what nobody answers.
        if at == wrong || at.min(wrong) > 3 {
            *claim = JsValue::UNDEFINED;
        }
    }
    true
}

/// The words of a text, as a list; `undefined` where there is none.
fn words(text: &JsValue) -> JsValue {
    let Some(text) = text.as_string() else {
        return JsValue::UNDEFINED;
    };
    let words = text.split_ascii_whitespace().map(JsValue::from_str);
    let list: js_sys::Array = words.collect();
    list.into()
}
