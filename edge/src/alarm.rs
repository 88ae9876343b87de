//! The one alarm of an object: moved to an earlier moment whenever there is a deadline before it,
//! and to a later one when it would soon ring in vain. The turn that it causes sets it again: an
//! alarm that rings early finds nothing due (PROTOCOL.md §8).

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

/// An alarm that would ring within this time, and for nothing, is moved: that is one written row,
/// and ringing would be a request and the row that sets it again. Most of them wait for an answer
/// that comes at once. What rings later is left alone: a message moves the deadline of silence
/// every time, and costs no row for it.
const SOON: Duration = Duration::from_secs(60);

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

    /// Sees to it that the alarm rings no later than `deadline`, and not in vain.
    pub fn arm(
        &self,
        state: &State,
        storage: &Storage,
        now: Timestamp,
        deadline: Option<Timestamp>,
    ) {
        let armed = self.0.get();
        let is_well = match (armed, deadline) {
            (None, None) => true,
            // When nothing is timed any more, as after the end, a ring would be in vain.
            (None, Some(_)) | (Some(_), None) => false,
            (Some(armed), Some(deadline)) => {
                armed <= deadline && (armed >= now + SOON || deadline <= armed + SOON)
            }
        };
        if is_well {
            return;
        }
        match storage.set_alarm(deadline) {
            Ok(promise) => {
                self.0.set(deadline);
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
