//! This tab: its id, and how many connections it has made.
//!
//! Both lie in `sessionStorage` and so outlive a reload. A duplicated tab starts with a copy of
//! that storage: whoever cannot take the Web Lock of the id makes a new one.

use shared::id::DeviceId;
use wasm_bindgen_futures::JsFuture;

use crate::store::Store;
use crate::{js, lock, time};

/// A reload may overlap with the page before it, which still holds the lock.
const OVERLAP_MS: i32 = 250;

/// The tab's id; this page holds its lock until it is gone.
pub async fn id(store: &Store) -> DeviceId {
    if let Some(device) = store.get("device").and_then(|id| id.parse().ok()) {
        if claim(device).await {
            return device;
        }
        pause(OVERLAP_MS).await;
        if claim(device).await {
            return device;
        }
        store
            .names("connection")
            .iter()
            .for_each(|name| store.remove(name));
    }
    let device = DeviceId::fresh(time::now(), js::random());
    store.set("device", &device.to_string());
    claim(device).await;
    device
}

/// Name of the lock that a living tab holds.
pub fn lock_name(device: &str) -> String {
    ["bellhop.device.", device].concat()
}

async fn claim(device: DeviceId) -> bool {
    let guard = lock::try_hold(&lock_name(&device.to_string())).await;
    let has = guard.is_some();
    // Held for the life of the page.
    std::mem::forget(guard);
    has
}

async fn pause(millis: i32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let window = js::window();
        let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
    });
    let _ = JsFuture::from(promise).await;
}
