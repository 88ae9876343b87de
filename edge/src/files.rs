//! Files that people send: the bucket `FILES` in which they lie, the tickets by which they come (FW1), and the
//! addresses by which they are read (FW4). What is taken, and how, says [`shared::file`].
//!
//! Two kinds of keys: `parts/CONVERSATION/FILE/N` while a file comes, `files/CONVERSATION/FILE` from then on.
//! Whoever forgets a conversation forgets both, what was never completed included.

pub mod check;
mod pass;
mod store;

pub use pass::{Link, Place, Ticket, holder};
pub use store::Store;

use shared::features::Feature;
use worker::Env;

use crate::address::Address;
use crate::features;

/// The variable that names the origin of files: one of their own, without cookies (SECURITY.md U3). One on
/// somebody's own machine has the port of the call.
const ORIGIN: &str = "FILES_ORIGIN";

/// The origin of files; empty where this installation has none.
pub fn origin(env: &Env, call: &Address) -> String {
    let origin = env
        .var(ORIGIN)
        .map_or_else(|_| String::new(), |origin| origin.to_string());
    if origin.ends_with(".localhost") && !call.port.is_empty() {
        return format!("{origin}:{}", call.port);
    }
    origin
}

/// Whether files are sent here at all: there is a bucket, and an origin to read them from.
pub fn is_on(env: &Env) -> bool {
    features::is_on(env, Feature::Files) && store::bucket(env).is_some()
}

/// Whether a request comes to the origin of files: nothing else is there, and they are nowhere else.
pub fn is_theirs(env: &Env, call: &Address) -> bool {
    origin(env, call) == call.origin
}
