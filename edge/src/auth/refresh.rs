//! Refresh tokens: `bhr.<space>.<family>.<generation>.<signature>`.
//!
//! The signature is 256 bits and made from the key, so the space keeps no secret, not even a
//! hashed one, and a repeat gets the same token again (F3 of `shared::session`).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use shared::id::SpaceId;

use super::key::Key;

/// Longest refresh token that is looked at: the parts have at most 4, 64, 37, 11 and 43 bytes.
const TOKEN_MAX: usize = 160;

/// What a refresh token says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refresh {
    /// The space that keeps the family.
    pub space: SpaceId,
    /// The family, a UUID.
    pub family: String,
    /// The generation.
    pub generation: u32,
}

/// Makes a refresh token.
pub fn mint(key: &Key, refresh: &Refresh) -> String {
    let signed = signed(refresh);
    let signature = URL_SAFE_NO_PAD.encode(key.sign(&signed));
    [signed, signature].join(".")
}

/// Reads a refresh token; `None` when we did not make it. Each costs one check of a signature (J4 of
/// `jwt`).
pub fn verify(key: &Key, token: &str) -> Option<Refresh> {
    read(token, |signed, signature| key.verify(signed, signature))
}

fn read(token: &str, check: impl FnOnce(&str, &[u8]) -> bool) -> Option<Refresh> {
    let short = token.get(..TOKEN_MAX).unwrap_or(token);
    let (signed_part, signature) = short.rsplit_once('.').unwrap_or((short, ""));
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
    if !check(signed_part, &signature) || short.len() < token.len() {
        return None;
    }
    let mut parts = signed_part.strip_prefix("bhr.")?.split('.');
    let refresh = Refresh {
        space: parts.next()?.parse().ok()?,
        family: parts.next()?.to_owned(),
        generation: parts.next()?.parse().ok()?,
    };
    (signed(&refresh) == signed_part).then_some(refresh)
}

fn signed(refresh: &Refresh) -> String {
    let Refresh {
        space,
        family,
        generation,
    } = refresh;
    format!("bhr.{space}.{family}.{generation}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_g2_01_only_our_refresh_tokens_are_read_at_the_price_of_one_check() {
        let verify = |key: &Key, token: &str| {
            let mut checks = 0;
            let read = read(token, |signed, signature| {
                checks += 1;
                key.verify(signed, signature)
            });
            assert_eq!(checks, 1, "{token}");
            read
        };
        let key = Key::new("the key of this test, long enough for HS256").unwrap();
        let refresh = Refresh {
            space: "demo".parse().unwrap(),
            family: "07070707-0707-0707-0707-070707070707".to_owned(),
            generation: 3,
        };
        let token = mint(&key, &refresh);
        assert_eq!(verify(&key, &token), Some(refresh));
        let cases = [
            ("another generation", token.replace(".3.", ".4.")),
            ("another space", token.replace("demo", "dema")),
            ("no signature", token.rsplit_once('.').unwrap().0.to_owned()),
            (
                "an empty signature",
                token.rsplit_once('.').unwrap().0.to_owned() + ".",
            ),
            ("empty", String::new()),
            ("very long", token.repeat(1_000)),
        ];
        for (case, touched) in cases {
            assert_eq!(verify(&key, &touched), None, "{case}");
        }
        let other = Key::new("another key, long enough for HS256 as well").unwrap();
        assert_eq!(verify(&other, &token), None);
    }
}
