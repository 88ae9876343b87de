//! The few calls of the browser that web-sys marks as unstable or that would only be pulled in
//! for one method: locks, storage, random bytes, fetch.

use js_sys::{Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
#[cfg(any(feature = "chat", feature = "console"))]
use web_sys::HtmlElement;
use web_sys::{Document, Event, Window};

#[wasm_bindgen]
extern "C" {
    /// `window.fetch`.
    #[wasm_bindgen(js_name = fetch)]
    pub fn fetch(url: &str, init: &Object) -> Promise;

    /// `navigator.clipboard`, where the page may write to it.
    #[cfg(feature = "home")]
    #[wasm_bindgen(catch, js_namespace = ["navigator", "clipboard"], js_name = writeText)]
    fn write_text(text: &str) -> Result<Promise, JsValue>;

    /// Says in the console of the browser what whoever made the page should know.
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    pub fn complain(what: &JsValue);

    /// `window.crypto`.
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn random_values(array: &Uint8Array) -> Uint8Array;

    /// `window.navigator`.
    pub type Navigator;
    #[wasm_bindgen(thread_local_v2, js_name = navigator)]
    static NAVIGATOR: Navigator;
    #[wasm_bindgen(method, getter)]
    fn language(this: &Navigator) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = onLine)]
    fn on_line(this: &Navigator) -> bool;
    #[wasm_bindgen(method, getter)]
    fn locks(this: &Navigator) -> Option<LockManager>;

    /// `navigator.locks`.
    pub type LockManager;
    #[wasm_bindgen(method)]
    pub fn request(this: &LockManager, name: &str, options: &Object, granted: &Function)
    -> Promise;

    /// `localStorage` or `sessionStorage`.
    #[derive(Clone)]
    pub type Storage;
    #[wasm_bindgen(method, catch, js_name = getItem)]
    pub fn get_item(this: &Storage, key: &str) -> Result<Option<String>, JsValue>;
    #[wasm_bindgen(method, catch, js_name = setItem)]
    pub fn set_item(this: &Storage, key: &str, value: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = removeItem)]
    pub fn remove_item(this: &Storage, key: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    pub fn key(this: &Storage, index: u32) -> Result<Option<String>, JsValue>;

    /// `Response`, as far as it is read here.
    pub type Answer;
    #[wasm_bindgen(method, getter)]
    pub fn status(this: &Answer) -> u16;
    #[wasm_bindgen(method)]
    pub fn json(this: &Answer) -> Promise;
    #[cfg(feature = "chat")]
    #[wasm_bindgen(method)]
    pub fn blob(this: &Answer) -> Promise;

    /// An address of a file in the memory of the page.
    #[cfg(feature = "chat")]
    #[wasm_bindgen(js_namespace = URL, js_name = createObjectURL)]
    pub fn object_url(file: &JsValue) -> String;
}

#[cfg(any(feature = "chat", feature = "console"))]
#[wasm_bindgen(inline_js = r#"
export const file = (url, millis) =>
  fetch(url, { signal: AbortSignal.timeout(millis) }).then((answer) => answer.text());

export const regions = (lang) => {
  const names = new Intl.DisplayNames([lang], { type: "region" });
  return (code) => names.of(code);
};

// A browser may remember for ever that a module did not come: whoever tries again asks for another address.
const module = (url) => import(url).catch(() => import(`${url}?${Date.now()}`));
export const send = (url, ...all) => module(url).then((it) => it.send(...all));

let wanted;
export const sheet = (href) =>
  (wanted ??= new Promise((onload, fail) => {
    const onerror = () => {
      wanted = link.remove();
      fail();
    };
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload, onerror });
    document.head.append(link);
  }));
"#)]
extern "C" {
    /// The text of a file of ours, if it comes within that many milliseconds. Whoever reads it sees whether
    /// it is that file.
    pub fn file(url: &str, millis: u32) -> Promise;

    /// A function that names regions by their code, in that language.
    pub fn regions(lang: &str) -> Function;

    /// `public/assets/send.js`, which loads with the first file.
    #[wasm_bindgen(js_name = send)]
    pub fn send_file(
        url: &str,
        path: &str,
        id: &str,
        file: &JsValue,
        token: &str,
        bar: &HtmlElement,
    ) -> Promise;

    /// `public/assets/speak.js`, which loads when somebody speaks first: asks for something.
    #[wasm_bindgen(js_name = send)]
    pub fn speak(url: &str, form: &HtmlElement, what: &str, value: &str) -> Promise;

    /// Adds the sheet to the document, once; kept when it is there.
    #[cfg(feature = "chat")]
    pub fn sheet(url: &str) -> Promise;
}

/// Whether the reader points with something fine, and so has keys of metal or plastic.
#[cfg(any(feature = "chat", feature = "console"))]
pub fn has_mouse() -> bool {
    let query = window().match_media("(pointer: fine)");
    query.ok().flatten().is_some_and(|query| query.matches())
}

/// The window.
pub fn window() -> Window {
    web_sys::window().expect_throw("a page has a window")
}

/// The document.
pub fn document() -> Document {
    window().document().expect_throw("a window has a document")
}

/// A number in digits, by the browser: Rust's way of it weighs 10 KB.
#[cfg(feature = "home")]
pub fn written(number: f64) -> String {
    let text = js_sys::Number::from(number).to_string_with_radix(10);
    text.map(String::from).unwrap_or_default()
}

/// Puts a text where people paste from. False when the browser does not let us.
#[cfg(feature = "home")]
pub async fn copy(text: &str) -> bool {
    match write_text(text) {
        Ok(written) => wasm_bindgen_futures::JsFuture::from(written).await.is_ok(),
        Err(_) => false,
    }
}

/// Calls `act` before the next frame is painted.
pub fn next_frame(act: impl FnOnce() + 'static) {
    let act: Box<dyn FnOnce()> = Box::new(act);
    let act = Closure::once_into_js(act);
    let _ = window().request_animation_frame(act.unchecked_ref());
}

/// Random bytes from the browser's cryptographic source.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    let array = Uint8Array::new_with_length(u32::try_from(N).unwrap_or(0));
    random_values(&array).copy_to(&mut bytes);
    bytes
}

/// The language that the person reads most, as the browser says.
pub fn language() -> Option<String> {
    NAVIGATOR.with(language_of)
}

/// False when the browser knows that there is no network.
pub fn is_online() -> bool {
    NAVIGATOR.with(on_line_of)
}

/// The lock manager, where there is one.
pub fn locks() -> Option<LockManager> {
    NAVIGATOR.with(locks_of)
}

/// A storage of the window; `None` when the browser blocks it.
pub fn storage(name: &str) -> Option<Storage> {
    let storage = get(&js_sys::global(), name)?;
    Some(storage.unchecked_into())
}

/// Calls `act` at these events of the window, for the life of the page.
pub fn on_window(events: &[&str], act: impl FnMut(Event) + 'static) {
    let act: Box<dyn FnMut(Event)> = Box::new(act);
    let listener = Closure::wrap(act).into_js_value();
    for event in events {
        let window = window();
        let _ = window.add_event_listener_with_callback(event, listener.unchecked_ref());
    }
}

/// A property that is there and not `null`.
pub fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &JsValue::from_str(name))
        .ok()
        .filter(|value| !value.is_undefined() && !value.is_null())
}

/// A property that is text.
pub fn get_text(object: &JsValue, name: &str) -> Option<String> {
    get(object, name)?.as_string()
}

/// An object with these properties; `undefined` ones are left out.
pub fn object(properties: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in properties {
        if !value.is_undefined() {
            let _ = Reflect::set(&object, &JsValue::from_str(name), value);
        }
    }
    object
}

fn language_of(navigator: &Navigator) -> Option<String> {
    navigator.language()
}

fn on_line_of(navigator: &Navigator) -> bool {
    navigator.on_line()
}

fn locks_of(navigator: &Navigator) -> Option<LockManager> {
    navigator.locks()
}
