//! The page around the frame: what the loader says, and what it is told.
//!
//! A message counts only when it comes from the parent window; answers go to the origin of the
//! first one that was accepted, and before that nothing is said but `ready`.

use std::cell::RefCell;

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Window};

use crate::js::{self, window};

thread_local! {
    static ORIGIN: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// The page around us; `None` when the chat is a page of its own.
fn parent() -> Option<Window> {
    let window = window();
    let parent = window.parent().ok().flatten()?;
    (parent != window).then_some(parent)
}

/// True inside a frame.
pub fn is_framed() -> bool {
    parent().is_some()
}

/// Hands what the loader says to `hear`: its kind and the whole message.
pub fn listen(hear: impl Fn(&str, &JsValue) + 'static) {
    js::on_window(&["message"], move |event| {
        let Some(event) = event.dyn_ref::<MessageEvent>() else {
            return;
        };
        let data = event.data();
        let (Some(parent), Some(kind)) = (parent(), js::get_text(&data, "bellhop")) else {
            return;
        };
        if event.source().is_none_or(|source| *source != ***parent) {
            return;
        }
        let is_host = ORIGIN.with_borrow_mut(|origin| {
            if kind == "init" && origin.is_none() {
                *origin = Some(event.origin());
            }
            origin
                .as_ref()
                .is_some_and(|origin| *origin == event.origin())
        });
        if is_host {
            hear(&kind, &data);
        }
    });
}

/// Tells the loader something.
pub fn tell(kind: &str, more: &[(&str, JsValue)]) {
    let Some(parent) = parent() else { return };
    let message = js::object(more);
    let _ = js_sys::Reflect::set(&message, &"bellhop".into(), &kind.into());
    let origin = ORIGIN.with_borrow(Clone::clone);
    match origin {
        Some(origin) => drop(parent.post_message(&message, &origin)),
        None if kind == "ready" => drop(parent.post_message(&message, "*")),
        None => (),
    }
}
