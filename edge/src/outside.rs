//! Calls to other people's servers: the one door by which anything leaves the Worker. Which addresses
//! are called, and how much of an answer is read, says [`shared::outgoing`].

use core::pin::pin;
use core::time::Duration;

use futures_util::StreamExt;
use futures_util::future::{Either, select};
use shared::outgoing::{self, ANSWER_MAX, PATIENCE, Reach, Target, Unreachable};
use worker::wasm_bindgen::JsValue;
use worker::{AbortController, Delay, Env, Fetch, Headers, Response};

use crate::address::Address;
use crate::auth;
use crate::errors::Problem;
use crate::ours;

/// What came back: the status and the body.
pub type Answer = (u16, String);

/// What came back, whole.
pub struct Said {
    /// The status.
    pub status: u16,
    /// When to come again.
    pub retry_after: Option<String>,
    /// The body.
    pub text: String,
}

/// Reads something.
///
/// # Errors
/// When the address is not one that is called, or nothing whole came back in time.
pub async fn get(env: &Env, address: &str) -> Result<Answer, Problem> {
    let said = send(env, address, &[], None, PATIENCE).await?;
    Ok((said.status, said.text))
}

/// Posts something.
///
/// # Errors
/// When the address is not one that is called, or nothing whole came back in time.
pub async fn post(
    env: &Env,
    address: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Result<Answer, Problem> {
    let said = send(env, address, headers, Some(&body.into()), PATIENCE).await?;
    Ok((said.status, said.text))
}

/// Posts a body of any kind, or reads something.
///
/// # Errors
/// When the address is not one that is called, or nothing whole came back in time.
pub async fn send(
    env: &Env,
    address: &str,
    headers: &[(&str, &str)],
    body: Option<&JsValue>,
    patience: Duration,
) -> Result<Said, Problem> {
    let (response, bytes) = call(env, address, headers, body, (patience, ANSWER_MAX)).await?;
    Ok(Said {
        status: response.status_code(),
        retry_after: response.headers().get("retry-after")?,
        text: String::from_utf8(bytes).map_err(Problem::internal)?,
    })
}

/// Reads something of any kind, of that many bytes at most.
///
/// # Errors
/// When the address is not one that is called, or nothing whole came back in time.
pub async fn bytes(env: &Env, address: &str, max: usize) -> Result<(u16, Vec<u8>), Problem> {
    let (response, bytes) = call(env, address, &[], None, (PATIENCE, max)).await?;
    Ok((response.status_code(), bytes))
}

async fn call(
    env: &Env,
    address: &str,
    headers: &[(&str, &str)],
    body: Option<&JsValue>,
    (patience, max): (Duration, usize),
) -> Result<(Response, Vec<u8>), Problem> {
    // What was judged is called, not the text that it was read from (OUT5).
    let address = check(env, address)?.to_string();
    let all = Headers::new();
    all.set("accept", "application/json")?;
    for (name, value) in headers {
        all.set(name, value)?;
    }
    let request = ours::request(&address, Some(all), body)?;
    let controller = AbortController::default();
    let signal = controller.signal();
    let answer = pin!(async {
        let mut response = Fetch::Request(request).send_with_signal(&signal).await?;
        let mut stream = response.stream()?;
        let mut bytes = Vec::new();
        while let Some(chunk) = stream.next().await {
            bytes.extend(chunk?);
            if bytes.len() > max {
                return Err(Problem::internal("an answer from outside is too large"));
            }
        }
        Ok((response, bytes))
    });
    let answer = match select(answer, pin!(Delay::from(patience))).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(Problem::internal("no answer from outside in time")),
    };
    if answer.is_err() {
        // Whatever still comes is for nobody (OUT7).
        controller.abort();
    }
    answer
}

/// How far this installation calls.
pub fn reach(env: &Env) -> Reach {
    if auth::is_flagged(env) {
        Reach::Desk
    } else {
        Reach::Public
    }
}

/// Takes an address apart that may be called.
///
/// # Errors
/// When it may not.
pub fn check(env: &Env, address: &str) -> Result<Address, Problem> {
    may(env, address).map_err(|why| {
        // Nothing of the address: it may hold a secret.
        Problem::internal(format_args!("an address is not called: {why}"))
    })
}

/// Whether an address may be called; the address as it would be.
///
/// # Errors
/// Says why not.
pub fn may(env: &Env, address: &str) -> Result<Address, Unreachable> {
    judge(address, reach(env))
}

fn judge(address: &str, reach: Reach) -> Result<Address, Unreachable> {
    outgoing::check_text(address)?;
    let url = Address::parse(address).ok_or(Unreachable::Malformed)?;
    let target = Target {
        scheme: &url.scheme,
        host: &url.host,
        port: &url.port,
        user: &url.user,
    };
    outgoing::check(target, reach)?;
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same corpus as in `shared`, read by the Worker's own type of addresses.
    #[test]
    fn sec_s1_01_sec_s1_02_only_public_https_addresses_are_called() {
        let corpus = include_str!("../../shared/src/outgoing/corpus.txt");
        let mut told = 0;
        for line in corpus.lines().filter(|line| !line.starts_with('#')) {
            let Some((rule, address)) = line.split_once(' ') else {
                continue;
            };
            let is_called = judge(address, Reach::Public).is_ok();
            assert_eq!(is_called, rule == "ok", "{address}");
            told += 1;
        }
        assert!(told >= 150, "{told} addresses");
    }

    #[test]
    fn sec_s1_02_out5_what_is_called_is_what_was_judged() {
        let address = judge("https:id.example/a#secret", Reach::Public).unwrap();
        assert_eq!(address.to_string(), "https://id.example/a");
    }
}
