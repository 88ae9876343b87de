//! Random bytes of the platform, for ids.

use shared::time::Timestamp;

use crate::errors::Problem;

/// Sixteen random bytes.
///
/// # Errors
/// When the platform gives none; nothing weaker takes their place.
pub fn bytes() -> Result<[u8; 16], Problem> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(Problem::internal)?;
    Ok(bytes)
}

/// A fresh id that sorts by time.
///
/// # Errors
/// See [`bytes`].
pub fn fresh<Id>(make: fn(Timestamp, [u8; 16]) -> Id) -> Result<Id, Problem> {
    Ok(make(crate::clock::now(), bytes()?))
}
