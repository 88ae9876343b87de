//! Whether a person writes: asked of Cloudflare Turnstile (SECURITY.md L4; R126 of `shared::space`).
//!
//! `TURNSTILE_SITE_KEY` and the secret `TURNSTILE_SECRET` turn it on; `TURNSTILE_URL` names another server
//! of that API. They are of the installation, not of a space: the page with the challenge is ours wherever
//! the chat is shown, and the widget at Cloudflare is bound to its host.
//!
//! - **TU1** Without both keys no space can ask for challenges, and one that does lets nobody begin: 503
//!   `turnstile_missing`. What stands goes on.
//! - **TU2** Cloudflare is asked under the conversation's id (`idempotency_key`): a repeat of the same call may
//!   bring the same proof again, and another conversation may not.
//! - **TU3** Where it does not answer, or not about the proof (CH3), nobody is let in: 503
//!   `challenge_unavailable`, and the same call may succeed later.

use serde_json::{Value, json};
use shared::challenge::{self, Verdict};
use shared::features::Feature;
use shared::id::ConversationId;
use shared::secret::Secret;
use shared::settings::Challenge;
use worker::Env;

use crate::errors::Problem;
use crate::features;
use crate::outside;
use crate::router::Call;

const TURNSTILE: &str = "https://challenges.cloudflare.com";
const SITE_KEY: &str = "TURNSTILE_SITE_KEY";
const SECRET: &str = "TURNSTILE_SECRET";

/// What this installation has at Turnstile.
pub struct Keys {
    /// What the page shows.
    pub site: String,
    secret: Secret,
}

impl Keys {
    /// The keys.
    ///
    /// # Errors
    /// 503 without both (TU1).
    pub fn of(env: &Env) -> Result<Self, Problem> {
        let (site, secret) = (text(env, SITE_KEY), features::secret(env, SECRET));
        let secret = secret.filter(|_| features::is_on(env, Feature::Turnstile));
        let keys = site.zip(secret).map(|(site, secret)| Self { site, secret });
        keys.ok_or_else(|| features::missing(Feature::Turnstile))
    }

    /// Whether the proof is one, for that conversation.
    ///
    /// # Errors
    /// 503 when that cannot be known (TU3).
    pub async fn verify(
        &self,
        call: &Call,
        proof: &str,
        conversation: ConversationId,
    ) -> Result<bool, Problem> {
        let address = format!("{}/turnstile/v0/siteverify", base(&call.env));
        let body = json!({
            "secret": self.secret.expose(),
            "response": proof,
            "idempotency_key": conversation,
        });
        let headers = [("content-type", "application/json")];
        let answer = outside::post(&call.env, &address, &headers, &body.to_string()).await;
        let (_, answer) = answer.map_err(|_| unavailable())?;
        let answer: Value = shared::json::read(&answer).map_err(|_| unavailable())?;
        match challenge::judge(&answer, &call.url.host) {
            Verdict::Passed => Ok(true),
            Verdict::Failed => Ok(false),
            Verdict::Unknown => {
                let errors = answer.get("error-codes");
                worker::console_error!("edge: Turnstile does not judge: {errors:?}");
                Err(unavailable())
            }
        }
    }
}

/// What a visitor shows.
///
/// # Errors
/// 422 for what cannot be a proof.
pub fn proof(text: &str) -> Result<&str, Problem> {
    let message = "challenge is what the page of the challenge has given";
    let is_one = challenge::is_proof(text);
    is_one
        .then_some(text)
        .ok_or_else(|| Problem::field("value_malformed", "challenge", message))
}

/// Where Turnstile is.
pub fn base(env: &Env) -> String {
    text(env, "TURNSTILE_URL").unwrap_or_else(|| TURNSTILE.to_owned())
}

/// What is not set and would have to be, as a space wishes.
pub fn missing(env: &Env, when: Challenge) -> Vec<&'static str> {
    let mut names = vec![SITE_KEY, SECRET];
    names.retain(|name| when != Challenge::Never && text(env, name).is_none());
    names
}

fn text(env: &Env, name: &str) -> Option<String> {
    let text = env.var(name).ok()?.to_string();
    (!text.is_empty()).then_some(text)
}

fn unavailable() -> Problem {
    let message = "the challenge cannot be checked at the moment: send it again";
    Problem::later("challenge_unavailable", message)
}
