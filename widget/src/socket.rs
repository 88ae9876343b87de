//! A WebSocket of ours: postcard both ways, and the texts `ping` and `pong`.

use js_sys::{Array, ArrayBuffer, Uint8Array};
use shared::frame::{Encoding, PROTOCOL_TOKEN};
use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, CloseEvent, Event, MessageEvent, WebSocket};

use crate::js;

/// What a socket tells.
pub enum Heard {
    /// It is open.
    Opened,
    /// The platform answered a heartbeat.
    Pong,
    /// A frame.
    Frame(Vec<u8>),
    /// It is gone, with that close code.
    Closed(u16),
}

/// An open or opening WebSocket; dropping it closes it without a word.
pub struct Socket {
    socket: WebSocket,
    _listener: Closure<dyn FnMut(Event)>,
}

impl Socket {
    /// Opens a socket to a path of our own origin. The token travels as a subprotocol, never in the address.
    pub fn open(path: &str, token: &str, mut hear: impl FnMut(Heard) + 'static) -> Option<Self> {
        let origin = js::window().location().origin().ok()?;
        // http → ws and https → wss.
        let url = ["ws", origin.strip_prefix("http")?, path].concat();
        let protocols = Array::of2(
            &Encoding::Binary.protocol().into(),
            &[PROTOCOL_TOKEN, token].concat().into(),
        );
        let socket = WebSocket::new_with_str_sequence(&url, &protocols).ok()?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        // One closure for every event: each closure type costs a kilobyte of glue.
        let listener = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            if let Some(heard) = read(&event) {
                hear(heard);
            }
        });
        let function = listener.as_ref().unchecked_ref();
        socket.set_onopen(Some(function));
        socket.set_onmessage(Some(function));
        socket.set_onclose(Some(function));
        Some(Self {
            socket,
            _listener: listener,
        })
    }

    /// Sends a binary frame. What a closed socket swallows, the link sends again.
    pub fn send(&self, bytes: &[u8]) {
        let _ = self.socket.send_with_u8_array(bytes);
    }

    /// Sends a heartbeat.
    pub fn ping(&self) {
        let _ = self.socket.send_with_str("ping");
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        let _ = self.socket.close();
    }
}

fn read(event: &Event) -> Option<Heard> {
    if let Some(message) = event.dyn_ref::<MessageEvent>() {
        return match message.data().dyn_into::<ArrayBuffer>() {
            Ok(bytes) => Some(Heard::Frame(Uint8Array::new(&bytes).to_vec())),
            Err(_) => Some(Heard::Pong),
        };
    }
    match event.dyn_ref::<CloseEvent>() {
        Some(close) => Some(Heard::Closed(close.code())),
        None => Some(Heard::Opened),
    }
}
