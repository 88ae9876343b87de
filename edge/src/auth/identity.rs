//! What sites sign about their customers (SECURITY.md I1): tokens, and the HMAC of an id.
//!
//! - **IT1** A key has one algorithm, and a token that names another one is not of that key (ID1 of
//!   `shared::identity`). No name, address or key in a header is ever read.
//! - **IT2** A token says whom it is about (`sub`), has a name of its own (`jti`) and ends within
//!   [`LIFE_MAX`]. Where it says for whom it is (`aud`), it is for this space.
//! - **IT3** Whatever is wrong with it, the answer is one. What a token that is signed calls the customer
//!   is judged after that, and its fault is named: nobody but the site can have made it.
//! - **IT4** The HMAC of an id says nothing but the id, and never ends: a token is better.
//! - **IT5** What is shown costs one check under each key of the space, whatever it says, and one where the
//!   space has no key: how long an answer takes says nothing.

use core::time::Duration;

use serde_json::Value;
use shared::id::{SpaceId, WayId};
use shared::identity::{Algorithm, Identity, IdentityKey};
use shared::session::CLOCK_LEEWAY;
use shared::text::{CustomerId, EmailAddress, PersonName, TextError};
use shared::time::Timestamp;
use worker::js_sys::Promise;
use worker::wasm_bindgen::prelude::*;
use worker::wasm_bindgen_futures::JsFuture;
use worker::{Env, wasm_bindgen};

use super::foreign::{self, Parts};
use super::key::is_hmac;
use super::seal;
use crate::api::conversations::text_problem;
use crate::clock;
use crate::errors::Problem;

/// Longest time from the making of a token to its end: 10 min. Source: SECURITY.md I1.
const LIFE_MAX: Duration = Duration::from_secs(600);

#[wasm_bindgen(inline_js = r#"
export async function read_public_key(kind, text) {
  const algorithm = kind === "ES256"
    ? { name: "ECDSA", namedCurve: "P-256" }
    : { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  try {
    const pem = /^\s*-----BEGIN PUBLIC KEY-----([A-Za-z0-9+\/=\s]+)-----END PUBLIC KEY-----\s*$/.exec(text);
    const [format, key] = pem
      ? ["spki", Uint8Array.from(atob(pem[1].replace(/\s/g, "")), (c) => c.charCodeAt(0))]
      : ["jwk", JSON.parse(text)];
    const known = await crypto.subtle.importKey(format, key, algorithm, true, ["verify"]);
    return JSON.stringify(await crypto.subtle.exportKey("jwk", known));
  } catch {
    return "";
  }
}
"#)]
extern "C" {
    fn read_public_key(kind: &str, text: &str) -> Promise;
}

/// What a site has shown.
pub struct Shown {
    /// By which of its keys.
    pub key: WayId,
    /// About whom.
    pub identity: Identity,
    /// The name of the token; `None` for an HMAC.
    pub token: Option<String>,
}

/// Reads a public key, as PEM or JWK; `None` when it is none of that kind, or a weak one.
pub async fn public_key(kind: Algorithm, text: &str) -> Option<String> {
    let read = JsFuture::from(read_public_key(kind.name(), text)).await;
    let key: Value = shared::json::read(&read.ok()?.as_string()?).ok()?;
    // The platform names the algorithm in its own words.
    foreign::public_key(&key, kind)
}

/// Under which name the secret of a key is sealed.
pub fn sealed_as(key: WayId) -> String {
    format!("identity-key|{key}")
}

/// Reads a token (IT1 to IT3).
///
/// # Errors
/// 401 for whatever is wrong with it; 422 for what it calls the customer; 503 where the secret cannot be
/// opened.
pub async fn token(
    env: &Env,
    space: &SpaceId,
    keys: &[IdentityKey],
    token: &str,
) -> Result<Shown, Problem> {
    let parts = Parts::read(token);
    let (kind, signed, signature) = match &parts {
        Some(parts) => (Some(parts.algorithm), parts.signed, &parts.signature[..]),
        None => (None, token, &[][..]),
    };
    let key = signed_by(env, space, keys, kind, (signed, signature)).await?;
    let (Some(parts), Some(key)) = (parts, key) else {
        return Err(foreign::invalid());
    };
    let token = judge(clock::now(), space, &parts.claims).ok_or_else(foreign::invalid)?;
    Ok(Shown {
        key: key.id,
        identity: identity(token.1, &parts.claims)?,
        token: Some(token.0),
    })
}

/// The key of that kind by which a text is signed (IT5).
async fn signed_by<'a>(
    env: &Env,
    space: &SpaceId,
    keys: &'a [IdentityKey],
    kind: Option<Algorithm>,
    (signed, signature): (&str, &[u8]),
) -> Result<Option<&'a IdentityKey>, Problem> {
    let check = async |key: Option<&IdentityKey>| {
        let Some(key) = key else {
            return Ok(is_hmac("", signed, signature));
        };
        Ok(match key.algorithm {
            Algorithm::Hs256 => is_hmac(&secret(env, space, key).await?, signed, signature),
            // It signs what we ask, and vouches for nobody.
            Algorithm::FileCheck => false,
            Algorithm::Rs256 | Algorithm::Es256 => {
                let known = (key.algorithm, key.key.clone());
                foreign::is_signed(&known, signed, signature).await
            }
        })
    };
    signer(keys, kind, check).await
}

/// The key of that kind to which a check says yes.
async fn signer<'a>(
    keys: &'a [IdentityKey],
    kind: Option<Algorithm>,
    check: impl AsyncFn(Option<&'a IdentityKey>) -> Result<bool, Problem>,
) -> Result<Option<&'a IdentityKey>, Problem> {
    let mut signer = None;
    for key in keys {
        let is_signed = check(Some(key)).await?;
        if is_signed & (kind == Some(key.algorithm)) {
            signer = Some(key);
        }
    }
    if keys.is_empty() {
        check(None).await?;
    }
    Ok(signer)
}

/// Reads an id and its HMAC in hexadecimal digits (IT4).
///
/// # Errors
/// Those of [`token`].
pub async fn hash(
    env: &Env,
    space: &SpaceId,
    keys: &[IdentityKey],
    (id, hash): (CustomerId, &str),
) -> Result<Shown, Problem> {
    let hash = bytes(hash).unwrap_or_default();
    let (kind, signed) = (Some(Algorithm::Hs256), (id.as_str(), &hash[..]));
    let key = signed_by(env, space, keys, kind, signed).await?;
    Ok(Shown {
        key: key.ok_or_else(foreign::invalid)?.id,
        identity: identity(id, &Value::Null)?,
        token: None,
    })
}

/// The secret of a key that we made.
///
/// # Errors
/// 503 without a key that opens it.
pub async fn secret(env: &Env, space: &SpaceId, key: &IdentityKey) -> Result<String, Problem> {
    let name = &sealed_as(key.id);
    seal::open(env, seal::Place { space, name }, &key.key).await
}

/// The name of a token and whom it is about, if it is good (IT2).
fn judge(now: Timestamp, space: &SpaceId, claims: &Value) -> Option<(String, CustomerId)> {
    let ends_at = foreign::in_time(now, claims)?;
    let begun_at = claims.get("iat").and_then(Value::as_f64);
    let begun_at = begun_at.map(|seconds| Timestamp::from_millis((seconds * 1_000.0) as u64));
    let is_short = ends_at <= now + LIFE_MAX + CLOCK_LEEWAY
        && begun_at.is_none_or(|begun_at| ends_at <= begun_at + LIFE_MAX);
    let is_space = |value: &Value| value.as_str() == Some(space.as_str());
    let is_for_us = match claims.get("aud") {
        None => true,
        Some(Value::Array(audiences)) => audiences.iter().any(is_space),
        Some(audience) => is_space(audience),
    };
    let text = |name: &str| claims.get(name)?.as_str();
    let id = CustomerId::parse(text("sub")?).ok()?;
    let token = text("jti").filter(|token| (1..=255).contains(&token.len()))?;
    (is_short && is_for_us).then(|| (token.to_owned(), id))
}

/// What the site calls its customer.
fn identity(id: CustomerId, claims: &Value) -> Result<Identity, Problem> {
    Ok(Identity {
        id,
        name: claim(claims, "name", PersonName::parse)?,
        email: claim(claims, "email", EmailAddress::parse)?,
        company: claim(claims, "company", PersonName::parse)?,
    })
}

fn claim<T>(
    claims: &Value,
    name: &'static str,
    parse: fn(&str) -> Result<T, TextError>,
) -> Result<Option<T>, Problem> {
    match claims.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => parse(text)
            .map(Some)
            .map_err(|error| text_problem(name, error)),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => Err(
            Problem::field("value_malformed", name, format!("{name} is a text")),
        ),
    }
}

/// The bytes of 64 hexadecimal digits.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.bytes().map(|digit| (digit as char).to_digit(16));
    let digits: Vec<u32> = digits.collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2);
    let bytes = pairs.map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | *digit as u8));
    (digits.len() == 64).then(|| bytes.collect())
}

#[cfg(test)]
mod tests;
