//! One timer of the browser that is set, moved and cleared.

use shared::time::Timestamp;
use wasm_bindgen::prelude::*;

use crate::{js, time};

/// Longest wait in one go: browsers count timers in 31 bits of milliseconds.
const WAIT_MAX_MS: u128 = 3_600_000;

/// A timer that rings at a moment.
pub struct Timer {
    ring: Closure<dyn FnMut()>,
    set: Option<(Timestamp, i32)>,
}

impl Timer {
    /// A timer that calls `ring`; it is not set yet. It may ring early: ask what is due.
    pub fn new(ring: impl FnMut() + 'static) -> Self {
        Self {
            ring: Closure::new(ring),
            set: None,
        }
    }

    /// Moves the timer, or clears it. After each ring it has to be set again.
    pub fn set(&mut self, at: Option<Timestamp>) {
        let window = js::window();
        if let Some((_, id)) = self.set.take() {
            window.clear_timeout_with_handle(id);
        }
        let Some(at) = at else { return };
        let wait = at.since(time::now()).as_millis().min(WAIT_MAX_MS);
        let function = self.ring.as_ref().unchecked_ref();
        let id = window.set_timeout_with_callback_and_timeout_and_arguments_0(
            function,
            i32::try_from(wait).unwrap_or(i32::MAX),
        );
        self.set = id.ok().map(|id| (at, id));
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.set(None);
    }
}
