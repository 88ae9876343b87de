//! The body of a request: JSON of a known shape, at most 64 KiB.

use futures_util::StreamExt;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use shared::json::Unfit;
use worker::Request;

use crate::errors::Problem;

/// Largest body: that of a frame. Source: SECURITY.md C6.
const BODY_MAX: usize = shared::frame::FRAME_MAX;

/// Reads a body as bytes.
///
/// # Errors
/// 413 as soon as it is known to be too large.
pub async fn bytes(request: &mut Request) -> Result<Vec<u8>, Problem> {
    up_to(request, BODY_MAX).await
}

/// The same with another limit.
///
/// # Errors
/// 413 as soon as it is known to be too large.
pub async fn up_to(request: &mut Request, limit: usize) -> Result<Vec<u8>, Problem> {
    check_length(request, limit as u64)?;
    let Ok(mut stream) = request.stream() else {
        return Ok(Vec::new());
    };
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        bytes.extend(chunk?);
        if bytes.len() > limit {
            return Err(too_large(limit as u64));
        }
    }
    Ok(bytes)
}

/// Looks at the length that a request announces.
///
/// # Errors
/// 413 when it is more than that.
pub fn check_length(request: &Request, limit: u64) -> Result<(), Problem> {
    let announced = request.headers().get("content-length")?;
    let announced = announced.and_then(|length| length.parse::<u64>().ok());
    match announced {
        Some(length) if length > limit => Err(too_large(limit)),
        Some(_) | None => Ok(()),
    }
}

/// Reads a body as JSON, strictly; an empty one is `{}`.
///
/// # Errors
/// 413 when it is too large, 400 when it is not JSON or no object; 422 with the path of the first
/// field that is unknown or does not hold what it should.
pub async fn json<T: DeserializeOwned>(request: &mut Request) -> Result<T, Problem> {
    parse(&bytes(request).await?)
}

/// Reads a body that has to be empty, or `{}`.
///
/// # Errors
/// Those of [`json`].
pub async fn nothing(request: &mut Request) -> Result<(), Problem> {
    #[derive(Deserialize)]
    struct Nothing {}
    let Nothing {} = json(request).await?;
    Ok(())
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let text = core::str::from_utf8(bytes).map_err(malformed)?;
    let text = if text.is_empty() { "{}" } else { text };
    shared::json::read_strictly(text).map_err(problem)
}

#[cold]
#[inline(never)]
fn problem(unfit: Unfit) -> Problem {
    match unfit {
        Unfit::Whole(misfit) => malformed(misfit),
        Unfit::Part { path, why } => {
            let message = format!("{path}: {why}");
            Problem::field("value_malformed", path, message)
        }
        Unfit::Unknown { path } => Problem::unknown(path),
    }
}

fn malformed(why: impl core::fmt::Display) -> Problem {
    Problem::new(400, "body_malformed", format!("the body: {why}"))
}

fn too_large(limit: u64) -> Problem {
    let message = format!("a body has at most {limit} bytes");
    Problem::new(413, "body_too_large", message)
}
