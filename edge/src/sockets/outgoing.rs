//! One frame on its way to several sockets: encoded once per encoding.

use shared::frame::{Encoding, FromServer, Raw};
use worker::{WebSocket, console_error};

/// A frame and its encoded forms, as far as they were asked for.
pub struct Outgoing<'a> {
    frame: &'a FromServer,
    json: Option<Raw>,
    binary: Option<Raw>,
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
            match encoding.encode(self.frame) {
                Ok(raw) => *form = Some(raw),
                Err(error) => console_error!("edge: a frame has no form: {error}"),
            }
        }
        let _ = match form {
            Some(Raw::Text(text)) => socket.send_with_str(text),
            Some(Raw::Binary(bytes)) => socket.send_with_bytes(bytes),
            None => Ok(()),
        };
    }
}
