//! A server of somebody else's that does not behave: it never ends, says nothing, sends a gzip bomb, or
//! points elsewhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Most that it sends: 1 GB, if it is let.
const MOST: usize = 1 << 30;

/// How it answers.
#[derive(Clone, Debug)]
pub enum Manner {
    /// With a body that does not end.
    Endless,
    /// With the beginning of a body, and then nothing.
    Silent,
    /// With little that unpacks to much: 159 times as much.
    Bomb,
    /// By leading to another address.
    Elsewhere(String),
    /// As an identity provider that publishes what it should, and fails at everything else.
    Provider,
}

/// The server.
pub struct Rogue {
    port: u16,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    calls: AtomicUsize,
    sent: AtomicUsize,
    left: AtomicUsize,
}

impl Rogue {
    /// Listens on a free port.
    ///
    /// # Errors
    /// When there is none.
    pub async fn start(manner: Manner) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let base = format!("http://127.0.0.1:{port}");
                tokio::spawn(answer(stream, manner.clone(), base, Arc::clone(&shared)));
            }
        });
        Ok(Self { port, state })
    }

    /// Its address.
    #[must_use]
    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// How often it was called.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.state.calls.load(Ordering::SeqCst)
    }

    /// How many bytes of bodies it has got rid of.
    #[must_use]
    pub fn sent(&self) -> usize {
        self.state.sent.load(Ordering::SeqCst)
    }

    /// How many callers have hung up.
    #[must_use]
    pub fn left(&self) -> usize {
        self.state.left.load(Ordering::SeqCst)
    }
}

async fn answer(
    mut stream: TcpStream,
    manner: Manner,
    base: String,
    state: Arc<State>,
) -> Option<()> {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        let length = stream
            .read(&mut buffer)
            .await
            .ok()
            .filter(|length| *length > 0)?;
        request.extend_from_slice(buffer.get(..length)?);
    }
    state.calls.fetch_add(1, Ordering::SeqCst);
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
    match manner {
        Manner::Endless => {
            stream
                .write_all(format!("{head}\r\n").as_bytes())
                .await
                .ok()?;
            pours(&mut stream, &state, &[b' '; 65_536]).await;
        }
        Manner::Silent => {
            let begun = format!("{head}Content-Length: 100\r\n\r\n{{");
            stream.write_all(begun.as_bytes()).await.ok()?;
            while stream
                .read(&mut buffer)
                .await
                .is_ok_and(|length| length > 0)
            {}
        }
        Manner::Bomb => {
            let packed = format!("{head}Content-Encoding: gzip\r\n\r\n");
            stream.write_all(packed.as_bytes()).await.ok()?;
            let (start, period) = bomb();
            stream.write_all(&start).await.ok()?;
            pours(&mut stream, &state, &period.repeat(5_000)).await;
        }
        Manner::Provider => {
            let is_published = String::from_utf8_lossy(&request).contains("/.well-known/");
            let published = serde_json::json!({
                "issuer": base,
                "authorization_endpoint": format!("{base}/auth"),
                "token_endpoint": format!("{base}/token"),
                "jwks_uri": format!("{base}/keys"),
            });
            let (status, body) = if is_published {
                (200, published.to_string())
            } else {
                (500, String::from_utf8_lossy(&request).into_owned())
            };
            let head = format!(
                "HTTP/1.1 {status} Said\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(head.as_bytes()).await.ok()?;
        }
        Manner::Elsewhere(to) => {
            let head = format!(
                "HTTP/1.1 307 Elsewhere\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).await.ok()?;
        }
    }
    state.left.fetch_add(1, Ordering::SeqCst);
    Some(())
}

/// Writes the same again and again, until nobody takes it.
async fn pours(stream: &mut TcpStream, state: &State, bytes: &[u8]) {
    let mut sent = 0;
    while sent < MOST && stream.write_all(bytes).await.is_ok() {
        sent += bytes.len();
        state.sent.fetch_add(bytes.len(), Ordering::SeqCst);
    }
}

/// Gzip of one letter again and again: its beginning, and 13 bytes that stand for 2,064 letters each
/// time. A block with fixed codes (RFC 1951): one literal, then "258 letters, one back", 13 bits long.
fn bomb() -> (Vec<u8>, Vec<u8>) {
    let mut bits = vec![false, true, false];
    let mut code = |value: u32, length: u32| {
        bits.extend((0..length).rev().map(|bit| value >> bit & 1 == 1));
    };
    code(0x30 + u32::from(b' '), 8);
    for _ in 0..16 {
        code(0b1100_0101, 8);
        code(0, 5);
    }
    let bytes = bits.chunks(8).map(|bits| {
        let set = bits.iter().enumerate().filter(|(_, bit)| **bit);
        set.fold(0_u8, |byte, (at, _)| byte | 1 << at)
    });
    let bytes: Vec<u8> = bytes.collect();
    let head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    let (start, period) = bytes.split_at(2);
    (
        [&head, start].concat(),
        period.iter().take(13).copied().collect(),
    )
}
