//! Secrets that we give out: 256 bits of the platform's randomness, in a text that says where the
//! hash is kept. No two kinds look alike, and none holds anything to guess (G6-01).

use core::fmt::Display;
use core::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use shared::account::Way;
use shared::id::{AgentId, SpaceId, VisitorId};

use shared::text::CustomerId;

use crate::errors::Problem;
use crate::random;

/// Longest secret that is looked at: a prefix, a space's name and 43 characters are 120.
const TEXT_MAX: usize = 160;

/// A kind of secret.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// A session, in a cookie: names an account.
    Session,
    /// A one-time link: names an account.
    Link,
    /// An invitation: names a space.
    Invitation,
    /// An API token: names a space.
    Token,
}

impl Kind {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Session => "bhs_",
            Self::Link => "bhl_",
            Self::Invitation => "bhi_",
            Self::Token => "bh_",
        }
    }
}

/// A fresh secret and what is kept of it.
///
/// # Errors
/// When the platform gives no random bytes.
pub fn fresh(kind: Kind, place: &impl Display) -> Result<(String, Way), Problem> {
    let (head, tail) = (random::bytes()?, random::bytes()?);
    let secret = URL_SAFE_NO_PAD.encode([head, tail].concat());
    let text = format!("{}{place}_{secret}", kind.prefix());
    let way = way(&text);
    Ok((text, way))
}

/// Where the hash of a secret is kept, and the hash; `None` for what we never gave out. Each costs one
/// hash; who kept it compares it in constant time ([`Way::is`]).
pub fn read<Place: FromStr>(kind: Kind, text: &str) -> Option<(Place, Way)> {
    take(kind, text, way)
}

fn take<Place: FromStr>(
    kind: Kind,
    text: &str,
    hash: impl FnOnce(&str) -> Way,
) -> Option<(Place, Way)> {
    let short = text.get(..TEXT_MAX).unwrap_or(text);
    let way = hash(short);
    if short.len() < text.len() {
        return None;
    }
    let rest = text.strip_prefix(kind.prefix())?;
    let (place, secret) = rest.split_once('_')?;
    let bytes = URL_SAFE_NO_PAD.decode(secret).ok()?;
    let place = place.parse().ok()?;
    (bytes.len() == 32).then_some((place, way))
}

/// The hash of a secret.
pub fn way(text: &str) -> Way {
    Way::of(Sha256::digest(text).into())
}

/// The SHA-256 of a secret in hexadecimal digits.
pub fn hex_hash(text: &str) -> String {
    let hash = Sha256::digest(text);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The account that says whose an address is.
pub fn of_address(email: &str) -> AgentId {
    sign(&["address", email])
}

/// The account that says whose an identity is.
pub fn of_identity(issuer: &str, subject: &str) -> AgentId {
    sign(&["identity", issuer, subject])
}

/// The visitor whom a site calls so (ID2 of `shared::identity`).
pub fn of_customer(space: &SpaceId, id: &CustomerId) -> VisitorId {
    VisitorId::from_bytes(sign(&["customer", space.as_str(), id.as_str()]).bytes())
}

/// The session that a token of a site begins (F7 of `shared::session`).
pub fn of_token(id: &str) -> String {
    sign(&["token", id]).to_string()
}

/// A fresh secret that a site signs with.
///
/// # Errors
/// When the platform gives no random bytes.
pub fn for_site() -> Result<String, Problem> {
    let (head, tail) = (random::bytes()?, random::bytes()?);
    Ok(["bhk_", &URL_SAFE_NO_PAD.encode([head, tail].concat())].concat())
}

/// The account that the deployment's secret founds.
pub fn of_founder(hash: &str) -> AgentId {
    sign(&["founder", hash])
}

/// The space of an API token.
pub fn token(text: &str) -> Option<(SpaceId, Way)> {
    read(Kind::Token, text)
}

/// Each part with its length, so that no two lists of parts are one.
fn sign(parts: &[&str]) -> AgentId {
    let mut text = String::from("bellhop sign");
    for part in parts {
        text.push_str(&format!("|{}|{part}", part.len()));
    }
    AgentId::from_bytes(way(&text).id.bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(kind: Kind, place: &str) -> String {
        format!(
            "{}{place}_{}",
            kind.prefix(),
            URL_SAFE_NO_PAD.encode([7; 32])
        )
    }

    #[test]
    fn sec_g6_a_secret_is_of_one_kind_and_one_place() {
        let agent = "07070707-0707-0707-0707-070707070707";
        let session = text(Kind::Session, agent);
        let (place, way) = read::<AgentId>(Kind::Session, &session).unwrap();
        assert_eq!(place.to_string(), agent);
        assert!(way.is(&super::way(&session)));
        assert_eq!(read::<AgentId>(Kind::Link, &session), None);
        let token = text(Kind::Token, "demo");
        assert_eq!(super::token(&token).unwrap().0.as_str(), "demo");
        assert_eq!(read::<SpaceId>(Kind::Invitation, &token), None);
        assert_eq!(super::token(&text(Kind::Invitation, "demo")), None);
    }

    #[test]
    fn sec_g7_01_nothing_that_is_empty_short_or_long_is_a_secret() {
        let good = text(Kind::Token, "demo");
        let cases = [
            ("", "empty"),
            ("bh_", "a prefix"),
            ("bh_demo_", "no secret"),
            ("bh__AAAA", "no place"),
            (" ", "a blank"),
            ("null", "null"),
            (&good[..good.len() - 1], "one character less"),
            (&format!("{good}A"), "one more"),
            (&format!("{good}="), "padded"),
            (&good.replace("demo", "Demo"), "no name of a space"),
            (&good.repeat(9), "very long"),
        ];
        for (text, case) in cases {
            assert_eq!(token(text), None, "{case}");
            for kind in [Kind::Session, Kind::Link, Kind::Invitation, Kind::Token] {
                let mut hashes = 0;
                let taken = take::<SpaceId>(kind, text, |text| {
                    hashes += 1;
                    way(text)
                });
                assert_eq!((taken, hashes), (None, 1), "sec_g2_01: {case}");
            }
        }
        assert!(token(&good).is_some());
    }

    #[test]
    fn id2_a_customer_is_one_visitor_in_each_space() {
        let (demo, other): (SpaceId, SpaceId) = ("demo".parse().unwrap(), "other".parse().unwrap());
        let id = |text| CustomerId::parse(text).unwrap();
        assert_eq!(of_customer(&demo, &id("42")), of_customer(&demo, &id("42")));
        assert_ne!(
            of_customer(&demo, &id("42")),
            of_customer(&other, &id("42"))
        );
        assert_ne!(of_customer(&demo, &id("42")), of_customer(&demo, &id("4")));
    }

    #[test]
    fn f7_a_token_of_a_site_names_one_session() {
        assert_eq!(of_token("a"), of_token("a"));
        assert_ne!(of_token("a"), of_token("b"));
        assert_eq!(of_token("a").len(), 36);
    }

    #[test]
    fn sec_g3_signs_of_different_things_are_different() {
        let signs = [
            of_address("a@b.c"),
            of_address("a@b.d"),
            of_identity("https://id.example", "1"),
            of_identity("https://id.example|1", ""),
            of_identity("https://id.example", "1|"),
            of_founder("a@b.c"),
        ];
        for (at, sign) in signs.iter().enumerate() {
            assert!(!signs[..at].contains(sign), "{at}");
        }
    }
}
