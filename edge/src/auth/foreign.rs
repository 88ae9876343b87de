//! Tokens that others made: those of an identity provider and of Cloudflare Access.
//!
//! - **X1** The algorithms are RS256 and ES256, fixed here: the header says which of the two, and the
//!   key must be of that kind. No address and no key in a header is ever read (G2).
//! - **X2** The key is one of the issuer's, named by `kid`. A name that is unknown has the list read
//!   again, at most once a minute.
//! - **X3** Issuer, audience, both ends of the time and, where one was sent, the nonce are as expected.
//! - **X4** Every token costs one check of a signature: where no key fits, another of the issuer's is used,
//!   and what comes of it does not count. How long an answer takes says nothing.

use core::cell::RefCell;
use core::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use shared::identity::Algorithm;
use shared::session::CLOCK_LEEWAY;
use shared::sorted::SortedMap;
use shared::text::{EmailAddress, PersonName};
use shared::time::Timestamp;
use worker::js_sys::{Promise, Uint8Array};
use worker::wasm_bindgen::prelude::*;
use worker::wasm_bindgen_futures::JsFuture;
use worker::{Env, wasm_bindgen};

use crate::errors::Problem;
use crate::{clock, outside};

/// How long what an issuer publishes is kept: an hour; keys stay good for days after a change.
const KEPT: Duration = Duration::from_secs(3_600);
/// How soon a list may be read again for a key that is not in it. Source: SECURITY.md G2.
const AGAIN: Duration = Duration::from_secs(60);
/// Longest token that is looked at: some providers put groups in.
const TOKEN_MAX: usize = 8_192;
/// The shortest RSA key: 2,048 bits are 342 characters.
const MODULUS_MIN: usize = 342;

#[wasm_bindgen(inline_js = r#"
export async function verify_signature(kind, key, signed, signature) {
  const algorithm = kind === "ES256"
    ? { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }
    : { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  try {
    const known = await crypto.subtle.importKey("jwk", JSON.parse(key), algorithm, false, ["verify"]);
    // The platform calculates nothing for a signature of another length.
    const size = known.algorithm.modulusLength / 8 || 64;
    const fits = signature.length === size;
    if (!fits) signature = new Uint8Array(size).fill(1);
    return await crypto.subtle.verify(algorithm, known, signature, new TextEncoder().encode(signed)) && fits;
  } catch {
    return false;
  }
}
"#)]
extern "C" {
    fn verify_signature(kind: &str, key: &str, signed: &str, signature: Uint8Array) -> Promise;
}

/// What a token has to say.
pub struct Expected<'a> {
    /// Who made it.
    pub issuer: &'a str,
    /// For whom.
    pub audience: &'a str,
    /// What was sent along; `None` where nothing is.
    pub nonce: Option<&'a str>,
}

/// Who somebody is, as an issuer says.
#[derive(Clone, Debug, PartialEq)]
pub struct Claims {
    /// The person there.
    pub subject: String,
    /// The address, whether it was verified, and what the person is called.
    pub email: Option<EmailAddress>,
    /// Whether the issuer has verified the address.
    pub is_verified: bool,
    /// What the person is called.
    pub name: Option<PersonName>,
}

/// Reads a token (X1 to X4).
///
/// # Errors
/// One answer for whatever is wrong with it.
pub async fn verify(
    env: &Env,
    keys: &str,
    expected: &Expected<'_>,
    token: &str,
) -> Result<Claims, Problem> {
    let parts = Parts::of_issuer(token);
    let list = list(env, keys, parts.as_ref()).await?;
    let claims = signed(&list, parts, async |key: &Key, signed, signature| {
        is_signed(key, signed, signature).await
    });
    let claims = claims.await;
    let claims = claims.and_then(|claims| judge(clock::now(), expected, &claims));
    claims.ok_or_else(invalid)
}

/// What a token says, if one of the issuer's keys has signed it, at the price of one check (X4).
async fn signed(
    list: &Value,
    parts: Option<Parts<'_>>,
    check: impl AsyncFnOnce(&Key, &str, &[u8]) -> bool,
) -> Option<Value> {
    let own = parts.as_ref().and_then(|parts| find(list, Some(parts)));
    let fits = own.is_some();
    let key = own.or_else(|| find(list, None)).unwrap_or_else(stand_in);
    let is_signed = match &parts {
        Some(parts) => check(&key, parts.signed, &parts.signature).await,
        None => check(&key, "", &[]).await,
    };
    parts.filter(|_| is_signed & fits).map(|parts| parts.claims)
}

/// A public key: its kind, and how WebCrypto takes it.
type Key = (Algorithm, String);

/// Whether the owner of a public key has signed a text.
pub async fn is_signed((kind, key): &Key, signed: &str, signature: &[u8]) -> bool {
    let signature = Uint8Array::from(signature);
    let promise = verify_signature(kind.name(), key, signed, signature);
    let is_signed = JsFuture::from(promise).await;
    is_signed.ok().and_then(|is| is.as_bool()) == Some(true)
}

/// The one answer to every wrong token.
pub fn invalid() -> Problem {
    Problem::unauthorized("token_invalid", "the token is not valid")
}

/// A document that an issuer publishes, as it was not longer than an hour ago.
///
/// # Errors
/// When it cannot be read.
pub async fn document(env: &Env, address: &str) -> Result<Value, Problem> {
    read(env, address, KEPT).await
}

/// A token, taken apart.
#[derive(Debug)]
pub struct Parts<'a> {
    /// The algorithm that it names.
    pub algorithm: Algorithm,
    /// The name of its key; empty for none.
    name: String,
    /// What is signed.
    pub signed: &'a str,
    /// What it says.
    pub claims: Value,
    /// The signature.
    pub signature: Vec<u8>,
}

impl<'a> Parts<'a> {
    /// A token of an issuer: its key is a public one, and has a name (X1, X2).
    fn of_issuer(token: &'a str) -> Option<Self> {
        let parts = Self::read(token)?;
        (parts.algorithm != Algorithm::Hs256 && !parts.name.is_empty()).then_some(parts)
    }

    /// Takes a token apart; `None` for what is none, or names no algorithm that we know.
    pub fn read(token: &'a str) -> Option<Self> {
        if token.len() > TOKEN_MAX {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let object = |part: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
            let value: Value = shared::json::read(core::str::from_utf8(&bytes).ok()?).ok()?;
            value.is_object().then_some(value)
        };
        let header = object(header)?;
        let algorithm = Algorithm::named(text(&header, "alg")?)?;
        // What a header calls critical we do not know.
        if header.get("crit").is_some() {
            return None;
        }
        Some(Self {
            algorithm,
            name: match header.get("kid") {
                None => String::new(),
                Some(name) => name.as_str()?.to_owned(),
            },
            signed,
            claims: object(claims)?,
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
        })
    }
}

thread_local! {
    /// What issuers publish, and when it was read.
    static READ: RefCell<SortedMap<String, (Timestamp, Value)>> = const { RefCell::new(SortedMap::new()) };
}

async fn read(env: &Env, address: &str, age: Duration) -> Result<Value, Problem> {
    let now = clock::now();
    let known = READ.with_borrow(|read| read.get(address).cloned());
    if let Some((at, value)) = known
        && now < at + age
    {
        return Ok(value);
    }
    let (status, body) = outside::get(env, address).await?;
    if status != 200 {
        return Err(Problem::internal(format_args!(
            "{address} answered {status}"
        )));
    }
    let value: Value = shared::json::read(&body).map_err(Problem::internal)?;
    READ.with_borrow_mut(|read| read.insert(address.to_owned(), (now, value.clone())));
    Ok(value)
}

/// The issuer's keys, read again for a token that none of them fits (X2).
async fn list(env: &Env, keys: &str, parts: Option<&Parts<'_>>) -> Result<Value, Problem> {
    let known = read(env, keys, KEPT).await?;
    if parts.is_some_and(|parts| find(&known, Some(parts)).is_some()) {
        return Ok(known);
    }
    read(env, keys, AGAIN).await
}

/// The key of the name and kind that a token names; for what is no token, any by which one could be signed.
fn find(list: &Value, parts: Option<&Parts<'_>>) -> Option<Key> {
    let of_kind = |key, kind| Some((kind, public_key(key, kind)?));
    let mut keys = list.get("keys")?.as_array()?.iter();
    keys.find_map(|key| match parts {
        Some(parts) if text(key, "kid") != Some(&parts.name) => None,
        Some(parts) => of_kind(key, parts.algorithm),
        None => of_kind(key, Algorithm::Rs256).or_else(|| of_kind(key, Algorithm::Es256)),
    })
}

/// A key of 2,048 bits by which nobody signs, for an issuer without any.
fn stand_in() -> Key {
    let modulus = "_".repeat(MODULUS_MIN - 1);
    let key = format!(r#"{{"kty":"RSA","n":"{modulus}w","e":"AQAB"}}"#);
    (Algorithm::Rs256, key)
}

/// A public key of that kind, as WebCrypto takes it.
pub fn public_key(key: &Value, kind: Algorithm) -> Option<String> {
    let is_for_this = text(key, "alg").is_none_or(|of_key| of_key == kind.name())
        && text(key, "use").is_none_or(|of_key| of_key == "sig");
    if !is_for_this {
        return None;
    }
    let key = match (text(key, "kty")?, kind) {
        ("RSA", Algorithm::Rs256) => {
            let modulus = text(key, "n").filter(|modulus| modulus.len() >= MODULUS_MIN)?;
            json!({ "kty": "RSA", "n": modulus, "e": text(key, "e")? })
        }
        ("EC", Algorithm::Es256) if text(key, "crv") == Some("P-256") => {
            json!({ "kty": "EC", "crv": "P-256", "x": text(key, "x")?, "y": text(key, "y")? })
        }
        _ => return None,
    };
    Some(key.to_string())
}

/// What a signed token says, if it is what was expected (X3).
fn judge(now: Timestamp, expected: &Expected<'_>, claims: &Value) -> Option<Claims> {
    let is_for_us = match claims.get("aud")? {
        Value::String(audience) => audience == expected.audience,
        // For several, the one that asked is named.
        Value::Array(audiences) => {
            let is_named = audiences
                .iter()
                .any(|known| known.as_str() == Some(expected.audience));
            let party = text(claims, "azp");
            is_named && (audiences.len() == 1 || party == Some(expected.audience))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    };
    in_time(now, claims)?;
    let is_ours = text(claims, "iss") == Some(expected.issuer)
        && expected
            .nonce
            .is_none_or(|nonce| text(claims, "nonce") == Some(nonce));
    if !(is_for_us && is_ours) {
        return None;
    }
    let subject =
        text(claims, "sub").filter(|subject| !subject.is_empty() && subject.len() <= 255)?;
    Some(Claims {
        subject: subject.to_owned(),
        email: text(claims, "email").and_then(|email| EmailAddress::parse(email).ok()),
        is_verified: claims.get("email_verified") == Some(&Value::Bool(true)),
        name: text(claims, "name").and_then(|name| PersonName::parse(name).ok()),
    })
}

/// When a token that is good at that moment ends; it has an end.
pub fn in_time(now: Timestamp, claims: &Value) -> Option<Timestamp> {
    let moment = |name: &str| match claims.get(name) {
        None => Some(None),
        Some(value) => {
            let seconds = value
                .as_f64()
                .filter(|seconds| (0.0..4e9).contains(seconds))?;
            Some(Some(Timestamp::from_millis((seconds * 1_000.0) as u64)))
        }
    };
    let ends_at = moment("exp")??;
    let is_begun = |at: Option<Timestamp>| at.is_none_or(|at| at <= now + CLOCK_LEEWAY);
    let is_in_time =
        now < ends_at + CLOCK_LEEWAY && is_begun(moment("iat")?) && is_begun(moment("nbf")?);
    is_in_time.then_some(ends_at)
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str()
}

#[cfg(test)]
mod tests {
    use super::super::now_or_never;
    use super::*;

    const NOW: u64 = 1_800_000_000;

    fn judged(change: impl FnOnce(&mut Value)) -> Option<Claims> {
        let mut claims = json!({
            "iss": "https://id.example", "aud": "bellhop", "sub": "42", "nonce": "n",
            "iat": NOW, "exp": NOW + 60, "email": "Mia@Shop.example", "email_verified": true, "name": "Mia",
        });
        change(&mut claims);
        let expected = Expected {
            issuer: "https://id.example",
            audience: "bellhop",
            nonce: Some("n"),
        };
        judge(Timestamp::from_millis(NOW * 1_000), &expected, &claims)
    }

    #[test]
    fn sec_g2_01_x3_a_token_says_all_that_is_expected() {
        let cases: [(&str, &str, Value); 22] = [
            ("another issuer", "iss", json!("https://evil.example")),
            ("a longer issuer", "iss", json!("https://id.example/")),
            ("no issuer", "iss", Value::Null),
            ("another audience", "aud", json!("other")),
            ("no audience", "aud", Value::Null),
            ("an empty audience", "aud", json!([])),
            (
                "two audiences without a party",
                "aud",
                json!(["bellhop", "other"]),
            ),
            (
                "an audience that is no text",
                "aud",
                json!({ "bellhop": true }),
            ),
            ("no subject", "sub", Value::Null),
            ("an empty subject", "sub", json!("")),
            ("a subject that is a number", "sub", json!(42)),
            ("a long subject", "sub", json!("4".repeat(256))),
            ("another nonce", "nonce", json!("m")),
            ("no nonce", "nonce", Value::Null),
            ("expired", "exp", json!(NOW - 60)),
            ("no end", "exp", Value::Null),
            ("an end that is a text", "exp", json!("9999999999")),
            ("a negative end", "exp", json!(-1)),
            ("an end in the far future", "exp", json!(1e300)),
            ("made in the future", "iat", json!(NOW + 61)),
            ("not yet valid", "nbf", json!(NOW + 61)),
            ("a beginning that is a text", "nbf", json!("now")),
        ];
        assert!(judged(|_| ()).is_some());
        for (case, name, value) in cases {
            let judged = judged(|claims| claims[name] = value);
            assert_eq!(judged, None, "{case}");
        }
        assert!(judged(|claims| claims["aud"] = json!(["bellhop"])).is_some());
        assert!(
            judged(|claims| {
                claims["aud"] = json!(["other", "bellhop"]);
                claims["azp"] = json!("bellhop");
            })
            .is_some()
        );
    }

    #[test]
    fn sec_g3_01_only_true_is_verified() {
        for value in [json!(false), json!("true"), json!(1), Value::Null] {
            let claims = judged(|claims| claims["email_verified"] = value).unwrap();
            assert!(!claims.is_verified);
        }
        let claims = judged(|_| ()).unwrap();
        assert!(claims.is_verified);
        assert_eq!(claims.email.unwrap().as_str(), "mia@shop.example");
    }

    #[test]
    fn sec_g2_01_x1_the_key_is_of_the_kind_that_the_token_names() {
        let rsa = json!({ "kid": "a", "kty": "RSA", "n": "n".repeat(342), "e": "AQAB" });
        let ec = json!({ "kid": "b", "kty": "EC", "crv": "P-256", "x": "x", "y": "y" });
        let with = |key: &Value, name: &str, value: Value| {
            let mut key = key.clone();
            key[name] = value;
            key
        };
        let cases = [
            (&rsa, "a", "RS256", true),
            (&rsa, "b", "RS256", false),
            (&rsa, "a", "ES256", false),
            (&ec, "b", "ES256", true),
            (&ec, "b", "RS256", false),
            (&with(&rsa, "alg", json!("RS512")), "a", "RS256", false),
            (&with(&rsa, "alg", json!("RS256")), "a", "RS256", true),
            (&with(&rsa, "use", json!("enc")), "a", "RS256", false),
            (&with(&rsa, "n", json!("short")), "a", "RS256", false),
            (&with(&ec, "crv", json!("P-384")), "b", "ES256", false),
            (
                &json!({ "kid": "a", "kty": "oct", "k": "AAAA" }),
                "a",
                "RS256",
                false,
            ),
        ];
        for (key, name, kind, fits) in cases {
            let list = json!({ "keys": [key] });
            let token = token(&json!({ "alg": kind, "kid": name }));
            let parts = Parts::read(&token).unwrap();
            assert_eq!(
                find(&list, Some(&parts)).is_some(),
                fits,
                "{key} {name} {kind}"
            );
        }
    }

    #[test]
    fn sec_g2_01_x4_every_token_costs_one_check_with_a_key_of_the_issuer() {
        let rsa = json!({ "kid": "a", "kty": "RSA", "n": "n".repeat(342), "e": "AQAB" });
        let ec = json!({ "kid": "b", "kty": "EC", "crv": "P-256", "x": "x", "y": "y" });
        let lists = [
            (json!({ "keys": [rsa] }), Algorithm::Rs256, "a"),
            (json!({ "keys": [ec] }), Algorithm::Es256, "b"),
        ];
        for (list, kind, name) in lists {
            let read = |token: &str| {
                let mut checks = 0;
                let check = async |(of_key, _): &Key, _: &str, _: &[u8]| {
                    checks += 1;
                    assert_eq!(*of_key, kind, "{token}");
                    true // even a check that comes out well does not help what no key fits
                };
                let said = now_or_never(signed(&list, Parts::of_issuer(token), check));
                assert_eq!(checks, 1, "{token}");
                said
            };
            let good = json!({ "alg": kind.name(), "kid": name });
            assert_eq!(read(&token(&good)), Some(json!({})));
            for (header, is_read) in headers() {
                let fits = is_read && header["alg"] == kind.name() && header["kid"] == name;
                assert_eq!(read(&token(&header)).is_some(), fits, "{header}");
            }
            for token in ["", ".", "..", "a.b", "a.b.c", &"a".repeat(9_000)] {
                assert_eq!(read(token), None);
            }
        }
        // An issuer without keys.
        let mut kinds = Vec::new();
        let check = async |(kind, _): &Key, _: &str, _: &[u8]| {
            kinds.push(*kind);
            true
        };
        assert_eq!(now_or_never(signed(&json!({}), None, check)), None);
        assert_eq!(kinds, [Algorithm::Rs256]);
    }

    fn token(header: &Value) -> String {
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        format!("{header}.{}.c2ln", URL_SAFE_NO_PAD.encode("{}"))
    }

    fn headers() -> Vec<(Value, bool)> {
        vec![
            (json!({ "alg": "RS256", "kid": "a" }), true),
            (
                json!({ "alg": "ES256", "kid": "a", "jku": "https://evil.example" }),
                true,
            ),
            (json!({ "alg": "none", "kid": "a" }), false),
            (json!({ "alg": "HS256", "kid": "a" }), false),
            (json!({ "alg": "rs256", "kid": "a" }), false),
            (json!({ "alg": ["RS256"], "kid": "a" }), false),
            (json!({ "alg": "RS256" }), false),
            (json!({ "kid": "a" }), false),
            (json!({ "alg": "RS256", "kid": 1 }), false),
            (
                json!({ "alg": "RS256", "kid": "a", "crit": ["exp"] }),
                false,
            ),
            (json!([]), false),
        ]
    }

    #[test]
    fn sec_g2_01_x1_a_header_names_one_of_two_algorithms() {
        for (header, is_read) in headers() {
            assert_eq!(
                Parts::of_issuer(&token(&header)).is_some(),
                is_read,
                "{header}"
            );
        }
        for token in ["", ".", "..", "a.b", "a.b.c", &"a".repeat(9_000)] {
            assert!(Parts::read(token).is_none(), "{token}");
        }
    }
}
