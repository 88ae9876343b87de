//! The body of a request: JSON of a known shape, at most 64 KiB.

mod blame;

use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::Value;
use worker::Request;

use crate::errors::Problem;

/// Largest body: that of a frame. Source: SECURITY.md C6.
const BODY_MAX: usize = shared::frame::FRAME_MAX;

/// Reads a body as bytes.
///
/// # Errors
/// 413 as soon as it is known to be too large.
pub async fn bytes(request: &mut Request) -> Result<Vec<u8>, Problem> {
    let announced = request.headers().get("content-length")?;
    let announced = announced.and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > BODY_MAX) {
        return Err(too_large());
    }
    let Ok(mut stream) = request.stream() else {
        return Ok(Vec::new());
    };
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        bytes.extend(chunk?);
        if bytes.len() > BODY_MAX {
            return Err(too_large());
        }
    }
    Ok(bytes)
}

/// Reads a body as JSON; an empty one is `{}`.
///
/// # Errors
/// 413 when it is too large, 400 when it is not JSON of that shape.
pub async fn json<T: DeserializeOwned>(request: &mut Request) -> Result<T, Problem> {
    parse(&bytes(request).await?)
}

/// Reads a change as JSON: an object whose fields may each be left out.
///
/// # Errors
/// Those of [`json`] when it is no JSON at all; 422 with the path of the first field that is
/// unknown or does not hold what it should.
pub async fn patch<T: DeserializeOwned>(request: &mut Request) -> Result<T, Problem> {
    fitting(parse(&bytes(request).await?)?)
}

fn fitting<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    if !value.is_object() {
        return Err(Problem::new(400, "body_malformed", "the body is an object"));
    }
    let fits = |value: &Value| match shared::json::read::<T>(&value.to_string()) {
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string()),
    };
    match shared::json::read(&value.to_string()) {
        Ok(change) => Ok(change),
        Err(error) => {
            let (path, message) = blame::part(&value, &fits).unwrap_or_default();
            let message = if path.is_empty() {
                error.to_string()
            } else {
                format!("{path}: {message}")
            };
            let code = if message.contains("unknown field") {
                "field_unknown"
            } else {
                "value_malformed"
            };
            Err(Problem::field(code, path, message))
        }
    }
}

/// From text, as everything is read in this crate: each other source would bring every type's
/// reader into the Worker once more.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let malformed = |why: String| Problem::new(400, "body_malformed", format!("the body: {why}"));
    let text = core::str::from_utf8(bytes).map_err(|error| malformed(error.to_string()))?;
    let text = if text.is_empty() { "{}" } else { text };
    shared::json::read(text).map_err(|error| malformed(error.to_string()))
}

fn too_large() -> Problem {
    let message = format!("a body has at most {BODY_MAX} bytes");
    Problem::new(413, "body_too_large", message)
}
