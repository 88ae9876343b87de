//! How a socket comes in, and how it is sent away.

use serde::{Deserialize, Serialize};
use shared::frame::{CloseCode, Encoding, SocketId};
use worker::{Response, Result, WebSocket, WebSocketPair};

use crate::auth::jwt::Pass;

/// A socket as the Worker announces it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Entrance {
    /// What its token says.
    pub pass: Pass,
    /// How it speaks.
    pub encoding: Encoding,
    /// The subprotocol to answer.
    pub protocol: String,
}

/// A socket between its announcement and its acceptance.
pub struct Announced {
    /// Its number.
    pub id: SocketId,
    /// The subprotocol to answer.
    pub protocol: String,
    /// The client's end.
    pub client: WebSocket,
}

/// Closes a socket with a code and a word, the same that HTTP has for it.
pub fn end(socket: &WebSocket, code: CloseCode, word: &str) {
    // A socket that is closed already is not worth a word.
    let _ = socket.close(Some(code.number()), Some(word));
}

/// Accepts a socket only to close it: a browser cannot see why an upgrade was refused.
///
/// # Errors
/// When the platform gives no socket.
pub fn turn_away(protocol: Option<&str>, code: CloseCode, word: &str) -> Result<Response> {
    let pair = WebSocketPair::new()?;
    pair.server.accept()?;
    end(&pair.server, code, word);
    let response = Response::from_websocket(pair.client)?;
    if let Some(protocol) = protocol {
        response.headers().set("sec-websocket-protocol", protocol)?;
    }
    Ok(response)
}
