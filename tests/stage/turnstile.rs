//! A Turnstile of our own: its script, which draws a button, and its `siteverify`. What it says of a token stands
//! in the first word of the token, so every journey tells it what to do without a word to it.
//!
//! | word | what `siteverify` says |
//! |---|---|
//! | `pass` | success, once; again under the same `idempotency_key` |
//! | `fail`, `late` | `invalid-input-response`, `timeout-or-duplicate` |
//! | `host`, `action` | success for another host, or another action |
//! | `down` | `internal-error` |
//! | `drop`, `hang` | nothing, and hangs up, or does not |

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};

use crate::mail::{request, respond};

const SITE_KEY: &str = "0x4AAAAAAAjourneys";
/// A canary: it must never be seen anywhere.
const SECRET: &str = "0x4AAAAAAAcanary_of_the_turnstile_secret";

/// The script. Its button hands out tokens that begin with that word; without one it fails, as where the
/// widget cannot run.
const SCRIPT: &str = r##"window.turnstile = { render(place, { sitekey, action, callback, ...more }) {
    const word = "WORD";
    if (!word || sitekey != "SITE_KEY") return more["error-callback"]();
    const button = document.createElement("button");
    button.textContent = "I am a person";
    Object.assign(button.style, { width: "100%", height: "65px", font: "1rem system-ui", border: "1px solid #8888" });
    button.onclick = () => callback([word, action, crypto.randomUUID()].join("-"));
    document.querySelector(place).append(button);
} };"##;

/// The service.
pub struct Turnstile {
    port: u16,
    state: Arc<Mutex<State>>,
}

struct State {
    word: &'static str,
    spent: BTreeMap<String, Value>,
    calls: Vec<Value>,
}

impl Turnstile {
    /// Listens on a free port.
    ///
    /// # Errors
    /// When there is none.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let state = Arc::new(Mutex::new(State {
            word: "pass",
            spent: BTreeMap::new(),
            calls: Vec::new(),
        }));
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&shared)));
            }
        });
        Ok(Self { port, state })
    }

    /// The variables of a Bellhop that asks it.
    #[must_use]
    pub fn vars(&self) -> Vec<(&'static str, String)> {
        vec![
            ("TURNSTILE_SITE_KEY", SITE_KEY.into()),
            ("TURNSTILE_SECRET", SECRET.into()),
            ("TURNSTILE_URL", self.base()),
        ]
    }

    /// Its address.
    #[must_use]
    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The word of the tokens that browsers get from now on; none: its script fails.
    pub fn hands_out(&self, word: &'static str) {
        lock(&self.state).word = word;
    }

    /// What `siteverify` was asked.
    #[must_use]
    pub fn calls(&self) -> Vec<Value> {
        lock(&self.state).calls.clone()
    }
}

fn lock(state: &Mutex<State>) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(mut stream: TcpStream, state: Arc<Mutex<State>>) -> Option<()> {
    let (head, body) = request(&mut stream).await?;
    if !head.starts_with("POST ") {
        let script = SCRIPT.replace("SITE_KEY", SITE_KEY);
        let script = script.replace("WORD", lock(&state).word);
        return respond(&mut stream, 200, "text/javascript", &script).await;
    }
    let asked: Value = serde_json::from_str(&body).unwrap_or_default();
    lock(&state).calls.push(asked.clone());
    let token = asked["response"].as_str().unwrap_or_default();
    let word = token.split('-').next().unwrap_or_default();
    let refused = |code: &str| json!({ "success": false, "error-codes": [code] });
    let passed = |host: &str, action: &str| {
        json!({
            "success": true, "error-codes": [], "challenge_ts": "2026-11-23T00:00:00Z",
            "hostname": host, "action": action, "cdata": "",
        })
    };
    let said = match word {
        _ if asked["secret"] != SECRET => refused("invalid-input-secret"),
        "pass" => {
            let key = asked["idempotency_key"].clone();
            let mut state = lock(&state);
            let first = state.spent.entry(token.to_owned()).or_insert(key.clone());
            if *first == key {
                passed("127.0.0.1", "begin")
            } else {
                refused("timeout-or-duplicate")
            }
        }
        "late" => refused("timeout-or-duplicate"),
        "host" => passed("evil.example", "begin"),
        "action" => passed("127.0.0.1", "sign-in"),
        "down" => refused("internal-error"),
        "drop" => return None,
        "hang" => pending().await,
        _ => refused("invalid-input-response"),
    };
    respond(&mut stream, 200, "application/json", &said.to_string()).await
}
