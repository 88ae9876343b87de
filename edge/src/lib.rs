//! The shell on Cloudflare: bytes, disk, alarms, headers. No rule of the product lives here.
//!
//! A request comes in at [`fetch`], is looked up in [`routes`], and goes to `api`, to `pages`, or
//! through `ask` to one of the three kinds of objects.

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic
    )
)]
// Natively this crate is built for its tests alone, and those do not call the platform.
#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]

mod account;
mod address;
mod alarm;
mod api;
mod ask;
mod auth;
mod body;
mod calls;
mod challenge;
mod clock;
mod conversation;
mod demo;
mod dictation;
mod errors;
mod features;
mod files;
mod heartbeat;
mod mail;
mod object;
mod ours;
mod outbox;
mod outside;
mod pages;
mod random;
mod read;
mod router;
mod routes;
mod sockets;
mod space;
mod storage;
mod zones;

use worker::{Context, Env, Request, Response, event};

/// Every request of the outside world.
#[event(fetch)]
async fn fetch(request: Request, env: Env, context: Context) -> worker::Result<Response> {
    router::answer(request, env, context).await
}

/// Dies as a panic does: the whole wasm instance, at once.
fn die() -> ! {
    #[cfg(target_arch = "wasm32")]
    core::arch::wasm32::unreachable();
    #[cfg(not(target_arch = "wasm32"))]
    std::process::abort()
}
