//! The product: types and rules of Bellhop.
//!
//! Three machines carry every rule: [`conversation`] (one customer's thread), [`space`] (who is
//! offered what) and [`link`] (a client's end of the wire). Each is a plain struct with
//! `handle(now, input) -> Vec<Effect>` and `next_deadline()`. The shells `edge` and `widget`
//! carry bytes, clocks and pixels.
//!
//! What does not live here: clocks, randomness, async, storage, sockets, anything of a platform.
//! Time and fresh ids come in with the input.

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic
    )
)]

extern crate alloc;

pub mod account;
pub mod address;
pub mod bucket;
pub mod challenge;
pub mod conversation;
pub mod dictation;
pub mod features;
pub mod file;
pub mod frame;
pub mod gate;
pub mod headers;
pub mod id;
pub mod identity;
pub mod json;
pub mod language;
pub mod link;
pub mod markup;
pub mod mutant;
mod outbox;
pub mod outgoing;
pub mod refusal;
pub mod rights;
pub mod secret;
pub mod session;
pub mod settings;
pub mod sorted;
pub mod space;
pub mod text;
pub mod time;
