//! The invariants of the space, asserted.

use alloc::string::String;

/// An invariant of PROTOCOL.md §11 that does not hold.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{rule} does not hold: {detail}")]
pub struct Broken {
    /// Id of the invariant.
    pub rule: &'static str,
    /// The values at hand.
    pub detail: String,
}
