//! What stands with a socket while its object sleeps: at most 16,384 bytes, ours about 400.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use shared::frame::{Encoding, SocketId};
use shared::time::Timestamp;
use worker::{WebSocket, console_error};

use crate::auth::jwt::Pass;

/// The attachment, kept as JSON text: JavaScript has no 64-bit numbers.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Attachment<Seat> {
    /// The socket's number in its object.
    pub id: SocketId,
    /// How it speaks.
    pub encoding: Encoding,
    /// What its token says.
    pub pass: Pass,
    /// When it was asked for a fresh token, if it was and has sent none.
    pub asked_at: Option<Timestamp>,
    /// What the machine keeps.
    pub seat: Option<Seat>,
}

impl<Seat> Attachment<Seat> {
    /// Of a socket that has said nothing yet.
    pub fn new(id: SocketId, encoding: Encoding, pass: Pass) -> Self {
        Self {
            id,
            encoding,
            pass,
            asked_at: None,
            seat: None,
        }
    }
}

/// Reads the attachment; `None` when there is none that this release reads.
pub fn read<Seat: DeserializeOwned>(socket: &WebSocket) -> Option<Attachment<Seat>> {
    let text: String = socket.deserialize_attachment().ok().flatten()?;
    shared::json::read(&text).ok()
}

/// Writes the attachment.
pub fn write<Seat: Serialize>(socket: &WebSocket, attachment: &Attachment<Seat>) {
    let text = serde_json::to_string(attachment).unwrap_or_default();
    if let Err(error) = socket.serialize_attachment(text) {
        console_error!("edge: attachment not kept: {error}");
    }
}

/// Takes the attachment away: a socket that is closed and still listed is nobody after a wake.
pub fn clear(socket: &WebSocket) {
    // Without it the socket is only recognised a little later.
    let _ = socket.serialize_attachment(());
}
