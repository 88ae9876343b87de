//! The shell in the browser: the customer's chat and the agent's console.
//!
//! Three builds of one crate, chosen by the features `chat`, `console` and `home`, so that customers
//! never download the console, and agents at work not what their spaces are set up with. Machines and rules live in `shared`; here are pixels, a socket, a clock.

#![cfg_attr(
    not(any(feature = "chat", feature = "console")),
    allow(
        dead_code,
        reason = "what the other two builds share is more than this one needs"
    )
)]

/// Smaller than Rust's own.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

#[cfg(feature = "chat")]
mod chat;
mod config;
#[cfg(feature = "console")]
mod console;
#[cfg(feature = "console")]
mod desk;
#[cfg(any(feature = "chat", feature = "console"))]
mod device;
mod dom;
#[cfg(any(feature = "chat", feature = "console"))]
mod files;
#[cfg(all(feature = "home", not(any(feature = "chat", feature = "console"))))]
mod home;
#[cfg(feature = "chat")]
mod host;
mod http;
mod js;
#[cfg(any(feature = "chat", feature = "console"))]
#[cfg_attr(
    feature = "chat",
    expect(unsafe_code, reason = "functions of another file are foreign ones")
)]
mod later;
mod lock;
#[cfg(any(feature = "chat", feature = "console"))]
mod outbox;
#[cfg(any(feature = "chat", feature = "console"))]
mod rows;
mod session;
#[cfg(any(feature = "chat", feature = "console"))]
mod socket;
#[cfg(any(feature = "chat", feature = "console"))]
mod speech;
mod store;
#[cfg(any(feature = "chat", feature = "console"))]
mod tab;
mod task;
mod text;
#[cfg(any(feature = "chat", feature = "console"))]
mod thread;
mod time;
#[cfg(any(feature = "chat", feature = "console"))]
mod timer;
#[cfg(any(feature = "chat", feature = "console"))]
mod ui;
mod var;
#[cfg(any(feature = "chat", feature = "console"))]
mod wire;

use wasm_bindgen::prelude::*;

/// Starts the app of this build. With both features, as in a check of the whole workspace, the
/// document says which.
#[wasm_bindgen(start)]
pub fn start() {
    // Once per page; only a second call could fail.
    let _ = any_spawner::Executor::init_wasm_bindgen();
    #[cfg(all(feature = "chat", feature = "console"))]
    match config::app().as_str() {
        "console" => console::start(),
        _ => chat::start(),
    }
    #[cfg(all(feature = "chat", not(feature = "console")))]
    chat::start();
    #[cfg(all(feature = "console", not(feature = "chat")))]
    console::start();
    #[cfg(all(feature = "home", not(any(feature = "chat", feature = "console"))))]
    home::start();
}
