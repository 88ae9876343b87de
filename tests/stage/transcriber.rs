//! A transcriber of our own: OpenAI's call, whose form it takes apart, and Workers AI as `xtask/src/workerd/ai.js`
//! asks it. It keeps what it was asked, and answers what it is told to.

use std::collections::VecDeque;
use std::future::pending;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A canary: it must never be seen anywhere.
pub const KEY: &str = "sk-canary-of-the-transcriber-key";
/// What it hears, whatever is said.
pub const WORDS: &str = "My lamp does not work.";

/// The service.
pub struct Transcriber {
    port: u16,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    calls: Vec<Asked>,
    next: VecDeque<Reply>,
}

/// What it was asked.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The method and the path.
    pub line: String,
    /// What stands after `Authorization`.
    pub authorization: String,
    /// The model.
    pub model: String,
    /// The language, if one was told.
    pub language: Option<String>,
    /// What the file was called; empty for Workers AI, which knows no names.
    pub name: String,
    /// What it was said to be.
    pub kind: String,
    /// The recording.
    pub sound: Vec<u8>,
}

/// What it answers.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A status, a `Retry-After`, and a body.
    Says(u16, Option<&'static str>, String),
    /// Nothing, and hangs up.
    Drops,
    /// Nothing, and does not.
    Hangs,
}

impl Transcriber {
    /// Listens on a free port.
    ///
    /// # Errors
    /// When there is none.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&shared)));
            }
        });
        Ok(Self { port, state })
    }

    /// The address of its call, as a space sets it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/v1/audio/transcriptions", self.port)
    }

    /// What a space sets.
    #[must_use]
    pub fn settings(&self) -> Value {
        json!({ "url": self.url(), "model": "whisper-1", "key": KEY })
    }

    /// The variables of a Bellhop that has it for Workers AI.
    #[must_use]
    pub fn vars(&self) -> Vec<(&'static str, String)> {
        vec![("AI_URL", format!("http://127.0.0.1:{}", self.port))]
    }

    /// Answers that next, and what it always does after that.
    pub fn answers(&self, replies: impl IntoIterator<Item = Reply>) {
        lock(&self.state).next = replies.into_iter().collect();
    }

    /// What it was asked.
    #[must_use]
    pub fn calls(&self) -> Vec<Asked> {
        lock(&self.state).calls.clone()
    }

    /// What it was asked last.
    ///
    /// # Errors
    /// When it was asked nothing.
    pub fn newest(&self) -> Result<Asked> {
        self.calls()
            .pop()
            .context("the transcriber was asked nothing")
    }
}

fn lock(state: &Mutex<State>) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(mut stream: TcpStream, state: Arc<Mutex<State>>) -> Option<()> {
    let (head, body) = request(&mut stream).await?;
    let asked = if head.starts_with("POST /run/") {
        of_binding(&head, &body)
    } else {
        of_form(&head, &body)
    };
    let (reply, asked) = match asked {
        Ok(asked) => (None, asked),
        // What is no call of that kind is a fault of ours: it says so, as the real one would.
        Err(error) => (
            Some(Reply::Says(400, None, format!("{error:#}"))),
            Asked::default(),
        ),
    };
    let reply = {
        let mut state = lock(&state);
        state.calls.push(asked);
        reply.or_else(|| state.next.pop_front())
    };
    let words = || json!({ "text": WORDS, "segments": [{ "start": 0, "end": 1.5 }] }).to_string();
    let (status, retry_after, body) = match reply {
        None => (200, None, words()),
        Some(Reply::Says(status, retry_after, body)) => (status, retry_after, body),
        Some(Reply::Drops) => return None,
        Some(Reply::Hangs) => pending().await,
    };
    let retry_after =
        retry_after.map_or_else(String::new, |after| format!("Retry-After: {after}\r\n"));
    let head = format!(
        "HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\n{retry_after}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(body.as_bytes()).await.ok()?;
    stream.shutdown().await.ok()
}

/// Reads one request: its head, and the bytes of its body.
async fn request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut request = Vec::new();
    let mut buffer = vec![0; 65_536];
    let at = loop {
        let length = stream
            .read(&mut buffer)
            .await
            .ok()
            .filter(|length| *length > 0)?;
        request.extend_from_slice(buffer.get(..length)?);
        if let Some(at) = find(&request, b"\r\n\r\n") {
            break at;
        }
    };
    let head = String::from_utf8(request.get(..at)?.to_vec()).ok()?;
    let mut body = request.get(at + 4..)?.to_vec();
    let is_chunked = header(&head, "transfer-encoding").is_some();
    let length = header(&head, "content-length").and_then(|length| length.parse().ok());
    loop {
        if is_chunked && let Some(whole) = unchunked(&body) {
            return Some((head, whole));
        }
        if !is_chunked && body.len() >= length.unwrap_or(0) {
            return Some((head, body));
        }
        let length = stream
            .read(&mut buffer)
            .await
            .ok()
            .filter(|length| *length > 0)?;
        body.extend_from_slice(buffer.get(..length)?);
    }
}

/// A body that came in chunks; `None` while it has not come whole.
fn unchunked(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let at = find(body, b"\r\n")?;
        let size = std::str::from_utf8(body.get(..at)?).ok()?;
        let size = usize::from_str_radix(size.trim(), 16).ok()?;
        if size == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(body.get(at + 2..at + 2 + size)?);
        body = body.get(at + 4 + size..)?;
    }
}

fn find(all: &[u8], part: &[u8]) -> Option<usize> {
    all.windows(part.len()).position(|window| window == part)
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (known, value) = line.split_once(':')?;
        known.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

fn asked(head: &str) -> Asked {
    let line = head.lines().next().unwrap_or_default();
    let authorization = header(head, "authorization").unwrap_or_default();
    Asked {
        line: line.trim_end_matches(" HTTP/1.1").to_owned(),
        authorization: authorization.to_owned(),
        ..Asked::default()
    }
}

/// `multipart/form-data` (RFC 7578), part by part.
fn of_form(head: &str, body: &[u8]) -> Result<Asked> {
    let mut asked = asked(head);
    let kind = header(head, "content-type").context("no type")?;
    let boundary = kind
        .strip_prefix("multipart/form-data; boundary=")
        .context("no form")?;
    let edge = format!("--{boundary}");
    let mut rest = body
        .strip_prefix(edge.as_bytes())
        .context("no first boundary")?;
    let mut format = String::new();
    loop {
        if rest.starts_with(b"--") {
            ensure!(rest.trim_ascii_end() == b"--", "something follows the end");
            ensure!(format == "json", "another format: {format}");
            ensure!(
                !asked.model.is_empty() && !asked.name.is_empty(),
                "something is missing: {asked:?}"
            );
            return Ok(asked);
        }
        let part = rest
            .strip_prefix(b"\r\n")
            .context("no line before a part")?;
        let at = find(part, b"\r\n\r\n").context("a part without an end of its head")?;
        let (head, content) = part.split_at(at);
        let head = std::str::from_utf8(head)?;
        let content = content.get(4..).context("no content")?;
        let end =
            find(content, format!("\r\n{edge}").as_bytes()).context("a part without an end")?;
        let (content, after) = content.split_at(end);
        rest = after.get(2 + edge.len()..).context("cut off")?;
        let place = header(head, "content-disposition").context("a part without a name")?;
        let value = |name: &str| {
            let (_, rest) = place.split_once(&format!("; {name}=\""))?;
            Some(rest.split_once('"')?.0.to_owned())
        };
        let text = || String::from_utf8(content.to_vec());
        match value("name").context("a part without a name")?.as_str() {
            "model" => asked.model = text()?,
            "language" => asked.language = Some(text()?),
            "response_format" => format = text()?,
            "file" => {
                asked.name = value("filename").context("a file without a name")?;
                asked.kind = header(head, "content-type").unwrap_or_default().to_owned();
                asked.sound = content.to_vec();
            }
            other => anyhow::bail!("nobody knows a field {other}"),
        }
    }
}

/// What Workers AI takes: JSON with the recording in base64.
fn of_binding(head: &str, body: &[u8]) -> Result<Asked> {
    let mut asked = asked(head);
    let input: Value = serde_json::from_slice(body)?;
    asked.model = asked.line.trim_start_matches("POST /run/").to_owned();
    asked.language = input["language"].as_str().map(str::to_owned);
    let audio = input["audio"].as_str().context("no audio")?;
    asked.sound = STANDARD.decode(audio).ok().context("no base64")?;
    Ok(asked)
}
