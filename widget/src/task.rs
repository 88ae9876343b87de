//! Work that waits for the browser.

use std::pin::Pin;

/// Runs a future on this page. Boxed, so that what drives futures is linked once.
pub fn spawn(work: impl Future<Output = ()> + 'static) {
    let work: Pin<Box<dyn Future<Output = ()>>> = Box::pin(work);
    wasm_bindgen_futures::spawn_local(work);
}
