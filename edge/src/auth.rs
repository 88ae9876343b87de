//! Who asks, and from where: bearer tokens, tokens of sockets, `Origin` and `Host`.

pub mod address;
pub mod cookie;
pub mod foreign;
pub mod identity;
pub mod jwt;
pub mod key;
pub mod refresh;
pub mod seal;
pub mod secret;

use shared::features::Feature;
use shared::frame::{Encoding, PROTOCOL_TOKEN};
use shared::time::Timestamp;
use worker::{Env, Request};

use crate::address::Address;
use crate::errors::Problem;
use crate::{clock, features};
use jwt::{Pass, TokenError};
use key::Key;

/// The key of this installation.
///
/// # Errors
/// 503 without one: nothing is signed or believed.
pub fn key(env: &Env) -> Result<Key, Problem> {
    let secret = features::secret(env, "TOKEN_KEY");
    let key = secret.and_then(|secret| Key::new(secret.expose()));
    key.ok_or_else(|| features::missing(Feature::Tokens))
}

/// Whether the Worker runs on somebody's own machine: the flag is set *and* the request came to a
/// loopback host, so that a name that leads here (DNS rebinding) opens nothing (G5).
pub fn is_dev(env: &Env, url: &Address) -> bool {
    is_flagged(env) && matches!(url.host.as_str(), "127.0.0.1" | "localhost" | "[::1]")
}

/// Lets a call for one's own machine through.
///
/// # Errors
/// 404 where there is no such call, 403 when it came under a foreign name.
pub fn check_dev(env: &Env, is_dev: bool) -> Result<(), Problem> {
    if is_dev {
        Ok(())
    } else if is_flagged(env) {
        let message = "this address answers only at localhost";
        Err(Problem::forbidden("host_refused", message))
    } else {
        Err(Problem::not_found())
    }
}

/// Refuses a change that a page of another origin asks for. Clients that are no browsers name no
/// origin.
///
/// # Errors
/// 403 for a foreign origin.
pub fn check_origin(request: &Request, url: &Address) -> Result<(), Problem> {
    match request.headers().get("origin")? {
        Some(origin) if origin != url.origin => Err(origin_refused()),
        Some(_) | None => Ok(()),
    }
}

/// Refuses a socket that does not come from our own frame or console (W1).
///
/// # Errors
/// 403 for a foreign origin, and for none.
pub fn require_origin(request: &Request, url: &Address) -> Result<(), Problem> {
    match request.headers().get("origin")? {
        Some(origin) if origin == url.origin => Ok(()),
        Some(_) | None => Err(origin_refused()),
    }
}

/// The bearer of a request.
///
/// # Errors
/// 401 with the reason.
pub fn bearer(key: &Key, request: &Request) -> Result<Pass, Problem> {
    let header = request.headers().get("authorization")?;
    let token = header
        .as_deref()
        .and_then(|value| value.strip_prefix("Bearer "));
    let Some(token) = token else {
        let message = "send the token as `Authorization: Bearer …`";
        return Err(Problem::unauthorized("token_missing", message));
    };
    jwt::verify(key, clock::now(), token)
        .map_err(|error| Problem::unauthorized(error.code(), error))
}

/// What a socket asks for in `Sec-WebSocket-Protocol`.
#[derive(Debug, PartialEq)]
pub struct Offer<'a> {
    /// The protocol to answer: a browser drops a socket that answers none of its own.
    pub protocol: Option<&'a str>,
    /// The encoding, if it is one that we speak.
    pub encoding: Option<Encoding>,
    /// The token.
    pub token: Option<&'a str>,
}

/// Reads the list of subprotocols.
pub fn offer(header: &str) -> Offer<'_> {
    let protocols = header.split(',').map(str::trim);
    let (tokens, others): (Vec<_>, Vec<_>) = protocols
        .filter(|protocol| !protocol.is_empty())
        .partition(|protocol| protocol.starts_with(PROTOCOL_TOKEN));
    let spoken = others.iter().find_map(|protocol| {
        Encoding::from_protocol(protocol).map(|encoding| (*protocol, encoding))
    });
    Offer {
        protocol: spoken
            .map(|(protocol, _)| protocol)
            .or(others.first().copied()),
        encoding: spoken.map(|(_, encoding)| encoding),
        token: tokens
            .first()
            .and_then(|token| token.strip_prefix(PROTOCOL_TOKEN)),
    }
}

/// Reads the token of a socket.
///
/// # Errors
/// The word that says why it is not taken, as [`bearer`] says it.
pub fn pass(key: &Key, offer: &Offer<'_>) -> Result<Pass, &'static str> {
    let token = offer.token.ok_or("token_missing")?;
    jwt::verify(key, clock::now(), token).map_err(TokenError::code)
}

/// Reads the fresh token of an open socket; `None` when it is not taken.
pub fn renewal(env: &Env, now: Timestamp, token: &str) -> Option<Pass> {
    let key = key(env).ok()?;
    jwt::verify(&key, now, token).ok()
}

/// Whether `dev` or `serve` started this Worker.
pub fn is_flagged(env: &Env) -> bool {
    env.var("BELLHOP_DEV")
        .is_ok_and(|flag| flag.to_string() == "1")
}

fn origin_refused() -> Problem {
    Problem::forbidden("origin_refused", "this origin may not ask for that")
}

/// What a future says that waits for nothing.
#[cfg(test)]
fn now_or_never<T>(future: impl Future<Output = T>) -> T {
    use futures_util::FutureExt;
    future.now_or_never().unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::frame::SCHEMA;

    #[test]
    fn a_socket_offers_an_encoding_and_a_token() {
        let binary = format!("bellhop.v1.bin.{SCHEMA}");
        let both = format!("{binary}, bellhop.token.a.b.c");
        let (json, old) = ("bellhop.v1.json", "bellhop.v1.bin.0000");
        let cases = [
            (
                "bellhop.v1.json,bellhop.token.a.b.c",
                (Some(json), Some(Encoding::Json), Some("a.b.c")),
            ),
            (
                "bellhop.token.a.b.c , bellhop.v1.json",
                (Some(json), Some(Encoding::Json), Some("a.b.c")),
            ),
            (
                &both,
                (Some(binary.as_str()), Some(Encoding::Binary), Some("a.b.c")),
            ),
            (old, (Some(old), None, None)),
            (
                "bellhop.v0.json, bellhop.v1.json",
                (Some(json), Some(Encoding::Json), None),
            ),
            ("bellhop.token.x", (None, None, Some("x"))),
            ("", (None, None, None)),
        ];
        for (header, (protocol, encoding, token)) in cases {
            let expected = Offer {
                protocol,
                encoding,
                token,
            };
            assert_eq!(offer(header), expected, "{header}");
        }
    }
}
