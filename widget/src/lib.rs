//! The shell in the browser: the customer's chat and the agent's console.
//!
//! Two builds of one crate, chosen by the features `chat` and `console`, so that customers never
//! download the console. Machines and rules live in `shared`; here are pixels, a socket, a clock.

#[cfg(feature = "chat")]
mod chat;
mod config;
#[cfg(feature = "console")]
mod console;
#[cfg(feature = "console")]
mod desk;
mod device;
mod dom;
#[cfg(feature = "chat")]
mod host;
mod http;
mod js;
mod lock;
mod outbox;
mod rows;
mod session;
mod socket;
mod store;
mod tab;
mod task;
mod text;
mod thread;
mod time;
mod timer;
mod ui;
mod var;

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
}
