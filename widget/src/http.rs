//! Calls of the API: small JSON both ways.

use js_sys::{JSON, Object};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::js;

/// Why a call brought nothing.
#[derive(Clone, Debug)]
pub enum HttpError {
    /// No answer, or one that says that it is not our fault.
    Unreachable,
    /// An answer that will not change, or not before a while (429): its status and body.
    Refused(u16, JsValue),
}

/// Posts a JSON object and returns the JSON that comes back.
///
/// `headers` are added to those of the content.
pub async fn post(
    path: &str,
    headers: &[(&str, &str)],
    body: &[(&str, JsValue)],
) -> Result<JsValue, HttpError> {
    let mut all = vec![("Content-Type", JsValue::from_str("application/json"))];
    all.extend(
        headers
            .iter()
            .map(|(name, value)| (*name, JsValue::from_str(value))),
    );
    let body = JSON::stringify(&js::object(body)).map_err(|_| HttpError::Unreachable)?;
    let init = js::object(&[
        ("method", "POST".into()),
        ("headers", js::object(&all).into()),
        ("body", body.into()),
    ]);
    call(path, &init).await
}

/// Asks in any way: for what has no other form.
#[cfg(any(feature = "console", feature = "home"))]
pub async fn send(
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&[(&str, JsValue)]>,
) -> Result<JsValue, HttpError> {
    let mut all: Vec<_> = headers
        .iter()
        .map(|(name, value)| (*name, JsValue::from_str(value)))
        .collect();
    let mut written = JsValue::UNDEFINED;
    if let Some(body) = body {
        all.push(("Content-Type", "application/json".into()));
        let body = JSON::stringify(&js::object(body));
        written = body.map_err(|_| HttpError::Unreachable)?.into();
    }
    let init = js::object(&[
        ("method", method.into()),
        ("headers", js::object(&all).into()),
        ("body", written),
    ]);
    call(path, &init).await
}

/// Reads JSON as whoever has the token.
#[cfg(any(feature = "chat", feature = "console"))]
pub async fn get(path: &str, token: &str) -> Result<JsValue, HttpError> {
    let bearer = JsValue::from_str(&["Bearer ", token].concat());
    let headers = js::object(&[("Authorization", bearer)]);
    call(path, &js::object(&[("headers", headers.into())])).await
}

/// Puts a JSON object as whoever has the token.
#[cfg(feature = "console")]
pub async fn put(path: &str, token: &str, body: &[(&str, JsValue)]) -> Result<JsValue, HttpError> {
    let headers = js::object(&[
        ("Content-Type", "application/json".into()),
        ("Authorization", ["Bearer ", token].concat().into()),
    ]);
    let body = JSON::stringify(&js::object(body)).map_err(|_| HttpError::Unreachable)?;
    let init = js::object(&[
        ("method", "PUT".into()),
        ("headers", headers.into()),
        ("body", body.into()),
    ]);
    call(path, &init).await
}

async fn call(path: &str, init: &Object) -> Result<JsValue, HttpError> {
    let answer = JsFuture::from(js::fetch(path, init)).await;
    let answer: js::Answer = answer.map_err(|_| HttpError::Unreachable)?.unchecked_into();
    let status = answer.status();
    let body = JsFuture::from(answer.json()).await.unwrap_or_default();
    match status {
        200..300 => Ok(body),
        // What an installation has not set up is not there a moment later either.
        503 if cfg!(feature = "home") && !is_busy(&body) => Err(HttpError::Refused(status, body)),
        500.. => Err(HttpError::Unreachable),
        _ => Err(HttpError::Refused(status, body)),
    }
}

/// Whether a 503 says nothing but "later".
fn is_busy(body: &JsValue) -> bool {
    let error = js::get(body, "error").unwrap_or_default();
    js::get_text(&error, "code").is_none()
}
