//! Web Locks: one page of many does a thing, or holds a name.

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::js;

/// A lock that is held until this is dropped or the page is gone.
pub struct Guard(Option<Function>);

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(release) = &self.0 {
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}

/// Takes a lock, once it is free.
pub async fn hold(name: &str) -> Option<Guard> {
    take(name, true).await
}

/// Takes a lock if it is free at this moment.
pub async fn try_hold(name: &str) -> Option<Guard> {
    take(name, false).await
}

/// Where the browser has no locks, everybody gets one.
async fn take(name: &str, waits: bool) -> Option<Guard> {
    let Some(locks) = js::locks() else {
        return Some(Guard(None));
    };
    let (until, release) = deferred();
    let (granted, answer) = deferred();
    let refused = answer.clone();
    let on_answer = Closure::once_into_js(move |lock: JsValue| -> JsValue {
        let has = !lock.is_null();
        let _ = answer.call1(&JsValue::UNDEFINED, &has.into());
        if has {
            until.into()
        } else {
            JsValue::UNDEFINED
        }
    });
    let options = js::object(&[("ifAvailable", (!waits).into())]);
    let request = locks.request(name, &options, on_answer.unchecked_ref());
    // A sandboxed frame may not lock at all: as if there were no locks.
    crate::task::spawn(async move {
        if JsFuture::from(request).await.is_err() {
            let _ = refused.call1(&JsValue::UNDEFINED, &true.into());
        }
    });
    let has = JsFuture::from(granted).await.ok()?.is_truthy();
    has.then_some(Guard(Some(release)))
}

fn deferred() -> (Promise, Function) {
    // `Function::default()` would evaluate a string, which our policy forbids.
    let mut settle = JsValue::UNDEFINED;
    let promise = Promise::new(&mut |resolve, _| settle = resolve.into());
    (promise, settle.unchecked_into())
}
