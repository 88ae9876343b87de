//! Asking for a socket: well-behaved by default, with every part open to misuse.

use anyhow::{Context, Result};
use shared::frame::{Encoding, PROTOCOL_TOKEN};
use shared::id::ConversationId;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::{self, client::IntoClientRequest, http::HeaderValue};

use crate::PATIENCE;
use crate::wire::Wire;

/// How a socket is asked for. The defaults are those of a well-behaved client.
pub struct Dial<'a> {
    /// The address of the Bellhop.
    pub base: &'a str,
    /// The path of the socket.
    pub path: String,
    /// The page that asks; `None` leaves the header out.
    pub origin: Option<String>,
    /// The subprotocols.
    pub protocols: Vec<String>,
}

impl<'a> Dial<'a> {
    /// To a conversation.
    #[must_use]
    pub fn conversation(base: &'a str, conversation: ConversationId, token: &str) -> Self {
        Self::at(
            base,
            format!("/api/v1/conversations/{conversation}/socket"),
            token,
        )
    }

    /// To a space.
    #[must_use]
    pub fn space(base: &'a str, space: &str, token: &str) -> Self {
        Self::at(base, format!("/api/v1/spaces/{space}/socket"), token)
    }

    /// To any path.
    #[must_use]
    pub fn at(base: &'a str, path: String, token: &str) -> Self {
        let token = [PROTOCOL_TOKEN, token].concat();
        Self {
            base,
            path,
            origin: Some(base.to_owned()),
            protocols: vec![Encoding::Json.protocol(), token],
        }
    }

    /// Opens the socket.
    ///
    /// # Errors
    /// When the upgrade is refused; [`refused_with`] reads the status out of the error.
    pub async fn open(self) -> Result<Wire> {
        let address = self
            .base
            .strip_prefix("http://")
            .context("not an http address")?;
        let mut request = format!("ws://{address}{}", self.path).into_client_request()?;
        let headers = request.headers_mut();
        if let Some(origin) = &self.origin {
            headers.insert("Origin", HeaderValue::from_str(origin)?);
        }
        if !self.protocols.is_empty() {
            let protocols = HeaderValue::from_str(&self.protocols.join(", "))?;
            headers.insert("Sec-WebSocket-Protocol", protocols);
        }
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (socket, _) = timeout(PATIENCE, client_async(request, stream)).await??;
        Wire::new(socket)
    }
}

/// The status of a refused upgrade.
#[must_use]
pub fn refused_with(error: &anyhow::Error) -> Option<u16> {
    match error.downcast_ref() {
        Some(tungstenite::Error::Http(response)) => Some(response.status().as_u16()),
        _ => None,
    }
}
