//! The address of the client (SECURITY.md L3): from what Cloudflare's edge says, which nobody else can
//! say there; elsewhere from the header that `CLIENT_ADDRESS_HEADER` names, which is the one that a
//! proxy in front of this installation sets and overwrites. Without either there is none.

use core::cell::RefCell;
use std::thread::LocalKey;

use shared::address;
use shared::gate::{self, Gate};
use shared::id::SpaceId;

use crate::errors::Problem;
use crate::router::Call;
use crate::{auth, clock};

/// A number for the address, the same for every call from there to that space, and of which nobody
/// can read the address.
pub fn number(call: &Call, space: &SpaceId) -> Option<u64> {
    number_for(call, space.as_str())
}

thread_local! {
    static GATE: RefCell<Gate> = const { RefCell::new(Gate::new(gate::RATE)) };
    static CUSTOMERS: RefCell<Gate> = const { RefCell::new(Gate::new(gate::CUSTOMERS)) };
}

/// Lets a call of somebody without a session through ([`shared::gate`]).
///
/// # Errors
/// 429 when too many come from there.
pub fn check_gate(call: &Call) -> Result<(), Problem> {
    pass(call, &GATE)
}

/// Lets a call of a customer through who comes back (GA4).
///
/// # Errors
/// 429 when too many come from there.
pub fn check_customers(call: &Call) -> Result<(), Problem> {
    pass(call, &CUSTOMERS)
}

fn pass(call: &Call, gate: &'static LocalKey<RefCell<Gate>>) -> Result<(), Problem> {
    let Some(address) = number_for(call, "") else {
        return Ok(());
    };
    let passed = gate.with_borrow_mut(|gate| gate.pass(clock::now(), address));
    passed.map_err(Problem::from)
}

fn number_for(call: &Call, whom: &str) -> Option<u64> {
    let named = call.env.var("CLIENT_ADDRESS_HEADER").ok();
    let name = match named {
        Some(name) => name.to_string(),
        // On somebody's own machine Cloudflare is far, and wrangler plays its part.
        None if auth::is_flagged(&call.env) => return None,
        None => {
            call.request.cf()?;
            "cf-connecting-ip".to_owned()
        }
    };
    let header = call.request.headers().get(&name).ok()??;
    let prefix = address::prefix(&header)?;
    let signature = auth::key(&call.env)
        .ok()?
        .sign(&format!("address|{whom}|{prefix}"));
    let bytes = signature.iter().take(8);
    Some(bytes.fold(0, |number, byte| number << 8 | u64::from(*byte)))
}
