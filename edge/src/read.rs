//! JSON of our own, from the disk, from sockets and from the other objects.

use serde::de::DeserializeOwned;
use worker::{Error, Result};

/// Reads a value that we wrote.
///
/// # Errors
/// When it is not one.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    shared::json::read(text).map_err(unreadable)
}

/// What cannot be read is an error of the turn that needs it.
#[cold]
pub fn unreadable(error: shared::json::Misfit) -> Error {
    Error::RustError(error.to_string())
}
