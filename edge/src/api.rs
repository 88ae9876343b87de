//! The HTTP API, one file per subject. Each call parses, asks an object and answers; the rules
//! are in `shared`.

pub mod conversations;
pub mod dev;
pub mod reports;
pub mod tokens;
pub mod upgrades;
pub mod visitors;

use core::str::FromStr;

use serde::Serialize;
use worker::Response;

use crate::errors::Problem;

/// An answer of the API: JSON that nobody keeps.
fn json(status: u16, value: &impl Serialize) -> Result<Response, Problem> {
    let response = Response::from_json(value)?.with_status(status);
    let headers = response.headers();
    headers.set("cache-control", "no-store")?;
    headers.set("x-content-type-options", "nosniff")?;
    Ok(response)
}

/// A part of the path that names something: what is no name, names nothing.
fn named<T: FromStr>(place: &str, refusal: shared::refusal::Refusal) -> Result<T, Problem> {
    place.parse().map_err(|_| refusal.into())
}

/// An answer that the question does not have: our own fault.
fn unexpected(told: impl core::fmt::Debug) -> Problem {
    Problem::internal(format!("unexpected answer of an object: {told:?}"))
}
