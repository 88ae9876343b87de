//! A mail API of our own, in the form of Resend: keeps what it is sent, and fails when told to.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// The mail API.
pub struct Mail {
    port: u16,
    state: Arc<Mutex<State>>,
    /// Rings when a call came, or calls are let go.
    news: Arc<Notify>,
}

#[derive(Default)]
struct State {
    calls: Vec<Call>,
    status: Option<u16>,
    holds: bool,
}

/// A call that it got.
#[derive(Clone, Debug)]
pub struct Call {
    /// Everything in front of the body.
    pub head: String,
    /// The mail.
    pub body: Value,
}

impl Mail {
    /// Listens on a free port.
    ///
    /// # Errors
    /// When there is none.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let news = Arc::new(Notify::new());
        let rings = Arc::clone(&news);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&shared), Arc::clone(&rings)));
            }
        });
        Ok(Self { port, state, news })
    }

    /// The variables of a Bellhop that sends its mail here.
    #[must_use]
    pub fn vars(&self) -> Vec<(&'static str, String)> {
        vec![
            ("MAIL_KEY", "re_canary_of_the_mail_key".into()),
            ("MAIL_FROM", "Bellhop <bellhop@shop.example>".into()),
            ("MAIL_URL", format!("http://127.0.0.1:{}", self.port)),
        ]
    }

    /// From now on every call gets that status.
    pub fn answers(&self, status: u16) {
        self.lock().status = Some(status);
    }

    /// From now on no call is answered, until that is over.
    pub fn holds(&self, holds: bool) {
        self.lock().holds = holds;
        self.news.notify_waiters();
    }

    /// Waits until so many calls came.
    ///
    /// # Errors
    /// When they do not in time.
    pub async fn has(&self, count: usize) -> Result<()> {
        loop {
            let news = self.news.notified();
            if self.calls().len() >= count {
                return Ok(());
            }
            let waited = tokio::time::timeout(crate::PATIENCE, news).await;
            waited.context("no mail came")?;
        }
    }

    /// What was sent so far.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.lock().calls.clone()
    }

    /// The secret in the newest mail.
    ///
    /// # Errors
    /// When there is none.
    pub fn newest_secret(&self) -> Result<String> {
        let call = self.calls().pop().context("no mail")?;
        let text = call.body["text"].as_str().unwrap_or_default().to_owned();
        let link = text.split_whitespace().find(|word| word.contains('#'));
        super::visit::secret(&link.context("no link in the mail")?.into())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads one request: everything in front of the body, and the body.
pub(crate) async fn request(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let length = stream.read(&mut buffer).await.ok()?;
        request.extend_from_slice(buffer.get(..length)?);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            if length == 0 {
                return None;
            }
            continue;
        };
        let announced = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            let is_length = name.eq_ignore_ascii_case("content-length");
            is_length.then(|| value.parse::<usize>().ok()).flatten()
        });
        let is_whole = announced.is_none_or(|announced| body.len() >= announced);
        if length == 0 || is_whole {
            return Some((head.to_owned(), body.to_owned()));
        }
    }
}

/// Writes one answer, and hangs up.
pub(crate) async fn respond(
    stream: &mut TcpStream,
    status: u16,
    kind: &str,
    body: &str,
) -> Option<()> {
    let head = format!(
        "HTTP/1.1 {status} Said\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(body.as_bytes()).await.ok()?;
    stream.shutdown().await.ok()
}

async fn answer(mut stream: TcpStream, state: Arc<Mutex<State>>, news: Arc<Notify>) -> Option<()> {
    let (head, body) = request(&mut stream).await?;
    let status = {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let body = serde_json::from_str(&body).unwrap_or_default();
        state.calls.push(Call { head, body });
        state.status.unwrap_or(200)
    };
    news.notify_waiters();
    loop {
        let more = news.notified();
        if !state.lock().unwrap_or_else(PoisonError::into_inner).holds {
            break;
        }
        more.await;
    }
    let body = r#"{"id":"49a3999c-0ce1-4ea6-ab68-afcd6dc2e794"}"#;
    respond(&mut stream, status, "application/json", body).await
}
