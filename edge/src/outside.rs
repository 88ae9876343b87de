//! Calls to other people's servers. Each address passes one check, each answer has an end.

use core::pin::pin;
use core::time::Duration;

use futures_util::StreamExt;
use futures_util::future::{Either, select};
use worker::{Delay, Env, Fetch, Headers};

use crate::address::Address;
use crate::auth;
use crate::errors::Problem;
use crate::ours;

/// Largest answer: 1 MiB. Source: SECURITY.md S3.
const ANSWER_MAX: usize = 1 << 20;
/// Longest wait for an answer. Source: SECURITY.md S3.
const PATIENCE: Duration = Duration::from_secs(10);

/// What came back: the status and the body.
pub type Answer = (u16, String);

/// Reads something.
///
/// # Errors
/// When the address is not one that is called, or nothing whole came back in time.
pub async fn get(env: &Env, address: &str) -> Result<Answer, Problem> {
    send(env, address, &[], None).await
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
    send(env, address, headers, Some(body)).await
}

async fn send(
    env: &Env,
    address: &str,
    headers: &[(&str, &str)],
    body: Option<&str>,
) -> Result<Answer, Problem> {
    check(address, auth::is_flagged(env))?;
    let all = Headers::new();
    all.set("accept", "application/json")?;
    for (name, value) in headers {
        all.set(name, value)?;
    }
    let request = ours::request(address, Some(all), body)?;
    let answer = pin!(async {
        let mut response = Fetch::Request(request).send().await?;
        let mut stream = response.stream()?;
        let mut bytes = Vec::new();
        while let Some(chunk) = stream.next().await {
            bytes.extend(chunk?);
            if bytes.len() > ANSWER_MAX {
                return Err(Problem::internal("an answer from outside is too large"));
            }
        }
        let text = String::from_utf8(bytes).map_err(Problem::internal)?;
        Ok((response.status_code(), text))
    });
    match select(answer, pin!(Delay::from(PATIENCE))).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(Problem::internal("no answer from outside in time")),
    }
}

/// Whether an address may be called (SECURITY.md S1): `https`, its usual port, a name that is
/// not of some inner network, and nobody's password. On one's own machine also that machine.
///
/// # Errors
/// When it may not.
pub fn check(address: &str, is_dev: bool) -> Result<Address, Problem> {
    let url = Address::parse(address).ok_or_else(|| refused(address))?;
    let is_plain = url.user.is_empty();
    let is_local = matches!(url.host.as_str(), "127.0.0.1" | "localhost");
    if is_dev && is_local && is_plain && url.scheme == "http:" {
        return Ok(url);
    }
    let name = url.host.trim_end_matches('.');
    let end = name.rsplit('.').next().unwrap_or_default();
    let is_number = end.bytes().all(|byte| byte.is_ascii_digit());
    let is_inner = !name.contains('.')
        || ["local", "internal", "arpa", "localhost", "home", "lan"].contains(&end);
    if url.scheme == "https:" && is_plain && url.port.is_empty() && !is_inner && !is_number {
        Ok(url)
    } else {
        Err(refused(address))
    }
}

fn refused(address: &str) -> Problem {
    // Only its beginning: what follows may be a secret.
    let start: String = address.chars().take(60).collect();
    Problem::internal(format_args!("this address is not called: {start}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_s1_01_sec_s1_02_only_public_https_addresses_are_called() {
        let cases = [
            ("https://id.example/token", true),
            ("https://id.example:443/token", true),
            ("https://id.example:8443/token", false),
            ("http://id.example/token", false),
            ("https://user@id.example/", false),
            ("https://allowed.example@evil.example/", false),
            ("https://127.0.0.1/", false),
            ("https://2130706433/", false),
            ("https://0x7f000001/", false),
            ("https://0177.0.0.1/", false),
            ("https://[::1]/", false),
            ("https://[::ffff:127.0.0.1]/", false),
            ("https://localhost/", false),
            ("https://metadata.google.internal/", false),
            ("https://printer.local./", false),
            ("https://metadata/", false),
            ("file:///etc/passwd", false),
            ("ftp://id.example/", false),
            ("", false),
        ];
        for (address, is_called) in cases {
            assert_eq!(check(address, false).is_ok(), is_called, "{address}");
        }
        assert!(check("http://127.0.0.1:9/", true).is_ok());
        assert!(check("http://127.0.0.1:9/", false).is_err());
        assert!(check("http://169.254.169.254/", true).is_err());
    }
}
