//! What a site's server tells Bellhop about its customer. With the crates `base64`, `hmac`, `serde_json` and `sha2`.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;

fn sign(secret: &str, text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes any key");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// The better way: a token, good once, for ten minutes. Send it to the page: `Bellhop('identify', token)`.
/// `jti` is 128 random bits, `now` seconds since 1970.
pub fn identity_token(secret: &str, id: &str, name: &str, jti: &str, now: u64) -> String {
    let claims = json!({ "sub": id, "name": name, "jti": jti, "iat": now, "exp": now + 600 });
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let signed = [
        part(r#"{"alg":"HS256","typ":"JWT"}"#),
        part(&claims.to_string()),
    ]
    .join(".");
    let signature = URL_SAFE_NO_PAD.encode(sign(secret, &signed));
    [signed, signature].join(".")
}

/// The short way: it never ends. `Bellhop('identify', { id, hash })`.
pub fn identity_hash(secret: &str, id: &str) -> String {
    sign(secret, id)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
