//! Secrets of others, as they are stored: sealed with AES-256-GCM under a key of this installation.
//!
//! - **SE1** What is stored is `v1.<key>.<nonce and ciphertext>`: the key's name, and 96 bits of the
//!   platform's randomness before what was sealed with it.
//! - **SE2** Space and name of a secret are sealed along: moved to another place, it does not open.
//! - **SE3** Without `SEAL_KEY` nothing is sealed or opened: 503 `seal_key_missing`, and whatever needs no
//!   secret goes on.
//! - **SE4** After a change of the key, `SEAL_KEY_BEFORE` opens what was sealed with the old one.
//! - **SE5** No secret, and nothing that it is opened from, stands in an error or a log.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use shared::features::Feature;
use shared::id::SpaceId;
use worker::js_sys::{Promise, Uint8Array};
use worker::wasm_bindgen::prelude::*;
use worker::wasm_bindgen_futures::JsFuture;
use worker::{Env, wasm_bindgen};

use crate::errors::Problem;
use crate::{features, random};

/// Shortest key: 32 bytes.
const KEY_MIN: usize = 32;

#[wasm_bindgen(inline_js = r#"
export async function aes_gcm(seals, key, iv, additionalData, data) {
  const known = await crypto.subtle.importKey("raw", key, "AES-GCM", false, [seals ? "encrypt" : "decrypt"]);
  const algorithm = { name: "AES-GCM", iv, additionalData };
  return new Uint8Array(await crypto.subtle[seals ? "encrypt" : "decrypt"](algorithm, known, data));
}
"#)]
extern "C" {
    fn aes_gcm(
        seals: bool,
        key: Uint8Array,
        iv: Uint8Array,
        additional: Uint8Array,
        data: Uint8Array,
    ) -> Promise;
}

/// Where a secret belongs.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The space.
    pub space: &'a SpaceId,
    /// Its name there, unlike that of every other secret of the space.
    pub name: &'a str,
}

/// Seals a secret.
///
/// # Errors
/// 503 without a key (SE3).
pub async fn seal(env: &Env, place: Place<'_>, secret: &str) -> Result<String, Problem> {
    let key = SealKey::of(env, "SEAL_KEY").ok_or_else(missing)?;
    let nonce: [u8; 16] = random::bytes()?;
    let nonce = nonce.get(..12).unwrap_or_default();
    let sealed = key.run(true, nonce, place, secret.as_bytes()).await;
    let sealed = sealed.ok_or_else(|| Problem::internal("a secret cannot be sealed"))?;
    let sealed = URL_SAFE_NO_PAD.encode([nonce, &sealed].concat());
    Ok(["v1", &key.name, &sealed].join("."))
}

/// Opens a sealed secret.
///
/// # Errors
/// 503 without a key (SE3, SE4), 500 when it is not what was sealed for that place.
pub async fn open(env: &Env, place: Place<'_>, sealed: &str) -> Result<String, Problem> {
    let unfit = || Problem::internal("a sealed secret does not open");
    let (name, bytes) = parts(sealed).ok_or_else(unfit)?;
    let keys = ["SEAL_KEY", "SEAL_KEY_BEFORE"];
    let mut keys = keys.iter().filter_map(|of| SealKey::of(env, of));
    let key = keys.find(|key| key.name == name).ok_or_else(missing)?;
    let (nonce, sealed) = bytes.split_at_checked(12).ok_or_else(unfit)?;
    let secret = key.run(false, nonce, place, sealed).await;
    secret
        .and_then(|secret| String::from_utf8(secret).ok())
        .ok_or_else(unfit)
}

/// The name of the key, and the bytes after it.
fn parts(sealed: &str) -> Option<(&str, Vec<u8>)> {
    let (name, bytes) = sealed.strip_prefix("v1.")?.split_once('.')?;
    Some((name, URL_SAFE_NO_PAD.decode(bytes).ok()?))
}

struct SealKey {
    name: String,
    bytes: [u8; 32],
}

impl SealKey {
    fn of(env: &Env, binding: &str) -> Option<Self> {
        Self::new(features::secret(env, binding)?.expose())
    }

    fn new(secret: &str) -> Option<Self> {
        let hash = |what: &str| -> [u8; 32] { Sha256::digest([what, secret].concat()).into() };
        let name = hash("bellhop seal id|");
        let name = name.iter().take(4).map(|byte| format!("{byte:02x}"));
        (secret.len() >= KEY_MIN).then(|| Self {
            name: name.collect(),
            bytes: hash("bellhop seal|"),
        })
    }

    async fn run(
        &self,
        seals: bool,
        nonce: &[u8],
        place: Place<'_>,
        data: &[u8],
    ) -> Option<Vec<u8>> {
        let bytes = |bytes: &[u8]| Uint8Array::from(bytes);
        let additional = additional(place);
        let promise = aes_gcm(
            seals,
            bytes(&self.bytes),
            bytes(nonce),
            bytes(additional.as_bytes()),
            bytes(data),
        );
        let done = JsFuture::from(promise).await.ok()?;
        Some(Uint8Array::new(&done).to_vec())
    }
}

/// The place as it is sealed along (SE2): a space's name holds no `|`.
fn additional(Place { space, name }: Place<'_>) -> String {
    format!("bellhop secret|{space}|{name}")
}

fn missing() -> Problem {
    features::missing(Feature::Sealing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn se1_se4_a_key_has_a_name_of_its_own_and_a_short_one_is_none() {
        let one = SealKey::new(&"k".repeat(32)).unwrap();
        let other = SealKey::new(&"l".repeat(32)).unwrap();
        assert_ne!(one.name, other.name);
        assert_ne!(one.bytes, other.bytes);
        assert!(SealKey::new(&"k".repeat(31)).is_none());
        assert_eq!(parts("v1.0a1b2c3d.AAAA").unwrap().0, "0a1b2c3d");
        for wrong in ["", "v1", "v1.a", "v2.a.AAAA", "v1.a.A", "v1.a.AAA="] {
            assert!(parts(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn se2_no_two_places_are_sealed_alike() {
        let (demo, other): (SpaceId, SpaceId) = ("demo".parse().unwrap(), "dem".parse().unwrap());
        let place = |space, name| additional(Place { space, name });
        assert_ne!(place(&demo, "a"), place(&other, "a"));
        assert_ne!(place(&demo, "a"), place(&demo, "b"));
        assert_ne!(place(&other, "o|a"), place(&demo, "a"));
    }
}
