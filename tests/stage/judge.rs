//! The server of a space that checks files. What it says of one stands in the file's name, so every journey tells it what to do
//! without a word to it.
//!
//! | word | what it answers |
//! |---|---|
//! | `accept`, `refuse` | that; `refuse` with a reason |
//! | `here`, `there` | other bytes, in the answer or at an address |
//! | `virus` | other bytes that are no file of that name |
//! | `wrong`, `huge`, `five`, `moved` | no JSON, more than is read, 500, an address elsewhere |
//! | `drop`, `hang` | nothing, and hangs up, or does not |
//! | `later` | nothing the first time, `accept` the next |
//! | `slow` | `accept`, once it is let go |

use std::future::pending;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::mail::{request, respond};

/// The server.
pub struct Judge {
    port: u16,
    state: Arc<Mutex<State>>,
    goes: Arc<Notify>,
}

#[derive(Default)]
struct State {
    secret: String,
    asked: Vec<Value>,
    wrong: Vec<String>,
}

impl Judge {
    /// Listens on a free port.
    ///
    /// # Errors
    /// When there is none.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let state = Arc::new(Mutex::new(State::default()));
        let goes = Arc::new(Notify::new());
        let (shared, waits) = (Arc::clone(&state), Arc::clone(&goes));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(
                    stream,
                    port,
                    Arc::clone(&shared),
                    Arc::clone(&waits),
                ));
            }
        });
        Ok(Self { port, state, goes })
    }

    /// Where it is asked.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/check", self.port)
    }

    /// The secret by which it knows who asks.
    pub fn knows(&self, secret: &str) {
        secret.clone_into(&mut lock(&self.state).secret);
    }

    /// Lets what is slow go.
    pub fn lets_go(&self) {
        self.goes.notify_one();
    }

    /// What it was asked.
    #[must_use]
    pub fn asked(&self) -> Vec<Value> {
        lock(&self.state).asked.clone()
    }

    /// What was wrong with that.
    #[must_use]
    pub fn wrong(&self) -> Vec<String> {
        lock(&self.state).wrong.clone()
    }
}

fn lock(state: &Mutex<State>) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a question is signed, as a server that is asked tells it.
fn is_signed(secret: &str, header: &str, body: &str) -> bool {
    let value = |name: &str| {
        header
            .split(',')
            .find_map(|part| part.trim().strip_prefix(name))
    };
    let (Some(seconds), Some(given)) = (value("t="), value("v1=")) else {
        return false;
    };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return false;
    };
    mac.update(format!("{seconds}.{body}").as_bytes());
    let own: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let age = now.map_or(u64::MAX, |now| {
        now.as_secs().abs_diff(seconds.parse().unwrap_or_default())
    });
    own == given && age <= 300
}

async fn answer(
    mut stream: TcpStream,
    port: u16,
    state: Arc<Mutex<State>>,
    goes: Arc<Notify>,
) -> Option<()> {
    let (head, body) = request(&mut stream).await?;
    if !head.starts_with("POST ") {
        return respond(&mut stream, 200, "text/plain", "cleaned, there").await;
    }
    let signature = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("x-bellhop-signature")
            .then(|| value.trim().to_owned())
    });
    let asked: Value = serde_json::from_str(&body).unwrap_or_default();
    let name = asked["file"]["name"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let times = {
        let mut state = lock(&state);
        if !is_signed(&state.secret, &signature.unwrap_or_default(), &body) {
            state.wrong.push(format!("{name} is not signed"));
        }
        let before = state
            .asked
            .iter()
            .filter(|known| known["id"] == asked["id"])
            .count();
        state.asked.push(asked.clone());
        before
    };
    let replace = |bytes: &str| json!({ "verdict": "replace", "bytes": STANDARD.encode(bytes) });
    let accept = json!({ "verdict": "accept" });
    let word = name.split('.').next().unwrap_or_default();
    let told = match word {
        "accept" => accept,
        "refuse" => json!({ "verdict": "refuse", "reason": "It holds a virus" }),
        "here" => replace("cleaned, here"),
        "there" => json!({ "verdict": "replace", "url": format!("http://127.0.0.1:{port}/there") }),
        "virus" => replace("MZ\u{90}\0"),
        "later" if times > 0 => accept,
        "slow" => {
            goes.notified().await;
            accept
        }
        "huge" => json!({ "verdict": "accept", "why": "x".repeat(1 << 20) }),
        "five" => return respond(&mut stream, 500, "application/json", &accept.to_string()).await,
        "moved" => return respond(&mut stream, 302, "application/json", &accept.to_string()).await,
        "wrong" => return respond(&mut stream, 200, "text/html", "<p>fine").await,
        "hang" => pending().await,
        _ => return None,
    };
    respond(&mut stream, 200, "application/json", &told.to_string()).await
}
