//! One frame on its way to several sockets: encoded once per encoding, and handed to JavaScript
//! once.

use shared::frame::{Encoding, FromServer, Raw};
use worker::js_sys::Uint8Array;
use worker::wasm_bindgen::prelude::*;
use worker::{WebSocket, console_error, web_sys};

#[wasm_bindgen(wasm_bindgen = worker::wasm_bindgen)]
extern "C" {
    type RawSocket;

    #[wasm_bindgen(method, catch)]
    fn send(this: &RawSocket, message: &JsValue) -> Result<(), JsValue>;
}

/// A frame and its encoded forms, as far as they were asked for.
pub struct Outgoing<'a> {
    frame: &'a FromServer,
    json: Option<JsValue>,
    binary: Option<JsValue>,
}

impl<'a> Outgoing<'a> {
    /// A frame that nobody has asked for yet.
    pub fn new(frame: &'a FromServer) -> Self {
        Self {
            frame,
            json: None,
            binary: None,
        }
    }

    /// Sends it to one socket. A socket that is closed already will say so by its own event.
    pub fn send(&mut self, socket: &WebSocket, encoding: Encoding) {
        let form = match encoding {
            Encoding::Json => &mut self.json,
            Encoding::Binary => &mut self.binary,
        };
        if form.is_none() {
            *form = encode(self.frame, encoding);
        }
        if let Some(message) = form {
            let socket: &web_sys::WebSocket = socket.as_ref();
            let socket: &JsValue = socket.as_ref();
            let _ = socket.unchecked_ref::<RawSocket>().send(message);
        }
    }
}

fn encode(frame: &FromServer, encoding: Encoding) -> Option<JsValue> {
    match encoding.encode(frame) {
        Ok(Raw::Text(text)) => Some(text.into()),
        // A copy of its own: the platform reads it after this turn.
        Ok(Raw::Binary(bytes)) => Some(Uint8Array::from(bytes.as_slice()).into()),
        Err(error) => {
            console_error!("edge: a frame has no form: {error}");
            None
        }
    }
}
