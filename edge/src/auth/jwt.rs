//! Access tokens: JSON Web Tokens that we make and that only we read.
//!
//! - **J1** The algorithm is HS256, fixed here: a token is read only when its header is, byte for
//!   byte, the one that we write (SECURITY.md G2).
//! - **J2** A token is good for one space (`aud`), one person (`sub`, `role`, `name`, `era`, `customer`) and until
//!   `exp`, give or take [`CLOCK_LEEWAY`].
//! - **J3** A claim that is missing, doubled, unknown or of another type makes the token invalid.
//! - **J4** Every token costs one check of a signature, whatever it looks like, and nothing of it is judged
//!   before: how long an answer takes says nothing.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use shared::id::SpaceId;
use shared::identity::Verified;
use shared::rights::{Person, Role};
use shared::session::{CLOCK_LEEWAY, TOKEN_LIFE};
use shared::text::PersonName;
use shared::time::Timestamp;

use super::key::Key;

/// Longest token that is looked at: ours have about 400 bytes, with the longest name about 1,000,
/// with the longest texts of a site about its customer about 2,800.
const TOKEN_MAX: usize = 4_096;

/// What a valid token says.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Pass {
    /// The space that it is good for.
    pub space: SpaceId,
    /// Who holds it.
    pub person: Person,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Why a token is not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TokenError {
    /// It was good once: refresh it.
    #[error("the token has expired")]
    Expired,
    /// It never was.
    #[error("the token is not valid")]
    Invalid,
}

impl TokenError {
    /// The word of the error over HTTP.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Expired => "token_expired",
            Self::Invalid => "token_invalid",
        }
    }
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    aud: SpaceId,
    sub: String,
    role: ClaimedRole,
    name: Option<PersonName>,
    era: Option<u32>,
    customer: Option<Box<Verified>>,
    iat: u64,
    exp: u64,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum ClaimedRole {
    Customer,
    Agent,
    Supervisor,
    Admin,
}

/// Makes a token for [`TOKEN_LIFE`].
pub fn mint(key: &Key, now: Timestamp, space: &SpaceId, person: &Person) -> String {
    let iat = now.millis() / 1_000;
    let (sub, role, name, era) = match person {
        Person::Visitor { visitor, .. } => (visitor.to_string(), ClaimedRole::Customer, None, None),
        Person::Agent {
            agent,
            name,
            role,
            era,
        } => {
            let role = match role {
                Role::Agent => ClaimedRole::Agent,
                Role::Supervisor => ClaimedRole::Supervisor,
                Role::Admin => ClaimedRole::Admin,
            };
            (agent.to_string(), role, Some(name.clone()), Some(*era))
        }
    };
    let claims = Claims {
        aud: space.clone(),
        sub,
        role,
        name,
        era,
        customer: person.verified().cloned().map(Box::new),
        iat,
        exp: iat.saturating_add(TOKEN_LIFE.as_secs()),
    };
    // A struct of texts and numbers always has a JSON form; an empty one would not verify.
    let claims = serde_json::to_string(&claims).unwrap_or_default();
    let signed = [header(key), encode(&claims)].join(".");
    let signature = URL_SAFE_NO_PAD.encode(key.sign(&signed));
    [signed, signature].join(".")
}

/// Reads a token (J1 to J4).
pub fn verify(key: &Key, now: Timestamp, token: &str) -> Result<Pass, TokenError> {
    read(key, now, token, |signed, signature| {
        key.verify(signed, signature)
    })
}

/// Reads a token with the one check that it costs (J4).
fn read(
    key: &Key,
    now: Timestamp,
    token: &str,
    check: impl FnOnce(&str, &[u8]) -> bool,
) -> Result<Pass, TokenError> {
    let parts = parts(token);
    let is_signed = match &parts {
        Some((signed, signature)) => check(signed, signature),
        None => check(token.get(..TOKEN_MAX).unwrap_or(token), &[]),
    };
    let invalid = || TokenError::Invalid;
    let (signed, _) = parts.filter(|_| is_signed).ok_or_else(invalid)?;
    let (head, claims) = signed.split_once('.').ok_or_else(invalid)?;
    if head != header(key) {
        return Err(TokenError::Invalid);
    }
    let claims = String::from_utf8(decode(claims)?).map_err(|_| TokenError::Invalid)?;
    let claims: Claims = shared::json::read(&claims).map_err(|_| TokenError::Invalid)?;
    judge(now, claims)
}

/// What is signed, and the signature.
fn parts(token: &str) -> Option<(&str, Vec<u8>)> {
    let (signed, signature) = token.rsplit_once('.')?;
    let signature = decode(signature).ok()?;
    (token.len() <= TOKEN_MAX).then_some((signed, signature))
}

fn judge(now: Timestamp, claims: Claims) -> Result<Pass, TokenError> {
    let expires_at = Timestamp::from_millis(claims.exp.saturating_mul(1_000));
    let issued_at = Timestamp::from_millis(claims.iat.saturating_mul(1_000));
    if issued_at > now + CLOCK_LEEWAY || expires_at > issued_at + TOKEN_LIFE {
        return Err(TokenError::Invalid);
    }
    if now >= expires_at + CLOCK_LEEWAY {
        return Err(TokenError::Expired);
    }
    let invalid = |_| TokenError::Invalid;
    let role = match claims.role {
        ClaimedRole::Customer => None,
        ClaimedRole::Agent => Some(Role::Agent),
        ClaimedRole::Supervisor => Some(Role::Supervisor),
        ClaimedRole::Admin => Some(Role::Admin),
    };
    let person = match (role, claims.name, claims.era) {
        (None, None, None) => Person::Visitor {
            visitor: claims.sub.parse().map_err(invalid)?,
            verified: claims.customer,
        },
        (Some(_), ..) if claims.customer.is_some() => return Err(TokenError::Invalid),
        (Some(role), Some(name), era) => Person::Agent {
            agent: claims.sub.parse().map_err(invalid)?,
            name,
            role,
            // Tokens of the release before had none, and nobody had left.
            era: era.unwrap_or(0),
        },
        (None, _, _) | (Some(_), None, _) => return Err(TokenError::Invalid),
    };
    Ok(Pass {
        space: claims.aud,
        person,
        expires_at,
    })
}

fn header(key: &Key) -> String {
    encode(&format!(
        r#"{{"alg":"HS256","kid":"{}","typ":"JWT"}}"#,
        key.id()
    ))
}

fn encode(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

fn decode(text: &str) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| TokenError::Invalid)
}

#[cfg(test)]
mod tests;
