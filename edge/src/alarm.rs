//! The one alarm of an object: only ever moved to an earlier moment, and set again by the turn
//! that it causes. An alarm that rings early finds nothing due (PROTOCOL.md §8).

use core::cell::Cell;
use core::time::Duration;

use shared::time::Timestamp;
use std::rc::Rc;
use worker::wasm_bindgen_futures::JsFuture;
use worker::{State, console_error};

use crate::storage::Storage;

/// When a turn that failed at its alarm is tried again: a minute, so that a machine that stays
/// broken costs next to nothing.
pub const RETRY: Duration = Duration::from_secs(60);

/// When the alarm rings.
#[derive(Clone, Default)]
pub struct Alarm(Rc<Cell<Option<Timestamp>>>);

impl Alarm {
    /// Learns at the start of the object's life in memory when the alarm rings: events wait for
    /// it, which takes no trip to anywhere.
    pub fn remembered(state: &State) -> Self {
        let alarm = Self::default();
        let (armed, storage) = (alarm.0.clone(), state.storage());
        let _gate = state.block_concurrency_while(async move {
            let at = storage.get_alarm().await.ok().flatten();
            let at = at.and_then(|millis| u64::try_from(millis).ok());
            armed.set(at.map(Timestamp::from_millis));
            Ok(())
        });
        alarm
    }

    /// The alarm has rung: none is set.
    pub fn rang(&self) {
        self.0.set(None);
    }

    /// Sees to it that the alarm rings no later than `deadline`.
    pub fn arm(&self, state: &State, storage: &Storage, deadline: Option<Timestamp>) {
        let Some(deadline) = deadline else { return };
        if self.0.get().is_some_and(|armed| armed <= deadline) {
            return;
        }
        match storage.set_alarm(deadline) {
            Ok(promise) => {
                self.0.set(Some(deadline));
                let armed = self.0.clone();
                state.wait_until(async move {
                    if let Err(error) = JsFuture::from(promise).await {
                        armed.set(None);
                        console_error!("edge: alarm not set: {error:?}");
                    }
                });
            }
            Err(error) => console_error!("edge: alarm not set: {error}"),
        }
    }
}
