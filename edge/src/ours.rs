//! Requests of our own, made by the platform's own constructor: the options of crate `worker` bring
//! all that a request to Cloudflare may say along, 6 KB of it.

use worker::wasm_bindgen::JsValue;
use worker::web_sys::{self, RequestInit, RequestRedirect};
use worker::{Headers, Request, Result};

/// A request that posts a body, or gets what is there. Where its answer points to is not followed.
///
/// # Errors
/// When the address is none.
pub fn request(address: &str, headers: Option<Headers>, body: Option<&JsValue>) -> Result<Request> {
    let init = RequestInit::new();
    init.set_redirect(RequestRedirect::Manual);
    if let Some(body) = body {
        init.set_method("POST");
        init.set_body(body);
    }
    if let Some(headers) = headers {
        init.set_headers(&headers.0);
    }
    let request = web_sys::Request::new_with_str_and_init(address, &init)?;
    Ok(request.into())
}
