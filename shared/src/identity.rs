//! Who the site says its customer is, and by what it says so (SECURITY.md I1, I2).
//!
//! - **ID1** A site vouches for a customer with an identity key of the space: an HMAC of the customer's
//!   id, or a token that it has signed. The algorithm is that of the key, never what a token says.
//! - **ID2** Whoever is vouched for is the same visitor wherever that is: the visitor's id is made of the
//!   space and the customer's id alone. So the customer finds what is open from any device, and
//!   nobody else does.
//! - **ID3** What the page says without the site's signature is a claim, however long the session is.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::id::{AgentId, VisitorId, WayId};
use crate::rights::Person;
use crate::text::{CustomerId, EmailAddress, PersonName};
use crate::time::Timestamp;

/// What a site has signed about its customer.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Identity {
    /// The site's own id of the customer.
    pub id: CustomerId,
    /// What the customer is called.
    #[serde(default)]
    pub name: Option<PersonName>,
    /// The customer's address.
    #[serde(default)]
    pub email: Option<EmailAddress>,
    /// The customer's company.
    #[serde(default)]
    pub company: Option<PersonName>,
}

/// What a session is worth whose customer the site has vouched for.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Verified {
    /// What the site has signed.
    pub identity: Identity,
    /// The visitor that the same session was before (ID5 of `conversation::customer`).
    #[serde(default)]
    pub before: Option<VisitorId>,
}

impl Verified {
    /// What a session is worth that goes on from another one of the same browser, and whether that
    /// browser keeps what it shows: a session without a name becomes the customer's, one of the same customer stays so, and
    /// what was another customer's is left behind.
    #[must_use]
    pub fn after(identity: Identity, visitor: VisitorId, earlier: Option<&Person>) -> (Self, bool) {
        let (before, is_kept) = match earlier {
            Some(Person::Visitor {
                visitor: nobody,
                verified: None,
            }) => (Some(*nobody), true),
            Some(Person::Visitor {
                visitor: same,
                verified: Some(verified),
            }) if *same == visitor => (verified.before, true),
            Some(Person::Visitor { .. } | Person::Agent { .. }) | None => (None, false),
        };
        (Self { identity, before }, is_kept)
    }
}

/// How a site signs. Fixed with the key (ID1).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Algorithm {
    /// HMAC with SHA-256, of a token or of the customer's id: a secret that we made.
    Hs256,
    /// RSA with SHA-256: a public key of the site.
    Rs256,
    /// ECDSA over P-256 with SHA-256: a public key of the site.
    Es256,
    /// A secret that we made, by which we sign what the space's own server is asked about files
    /// ([`crate::file::hook`]). It vouches for nobody.
    #[serde(rename = "file-check")]
    FileCheck,
}

impl Algorithm {
    /// The name as it stands in tokens.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::FileCheck => "file-check",
        }
    }

    /// The algorithm of that name, as tokens name it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let all = [Self::Hs256, Self::Rs256, Self::Es256];
        all.into_iter().find(|algorithm| algorithm.name() == name)
    }
}

/// A key by which a site vouches for its customers.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct IdentityKey {
    /// Names the key.
    pub id: WayId,
    /// How it signs.
    pub algorithm: Algorithm,
    /// The secret, sealed by the shell, or the public key as a JWK.
    pub key: String,
    /// The end of the secret, to tell one from the other; empty for a public key.
    pub last4: String,
    /// Who made it.
    pub by: AgentId,
    /// When.
    pub made_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::boxed::Box;

    #[test]
    fn id5_i4_a_session_hands_on_what_was_nobodys_or_the_same_customers() {
        let visitor = |byte| VisitorId::from_bytes([byte; 16]);
        let identity = || Identity {
            id: CustomerId::parse("user-42").unwrap(),
            name: None,
            email: None,
            company: None,
        };
        let known = |byte, before| Person::Visitor {
            visitor: visitor(byte),
            verified: Some(Box::new(Verified {
                identity: identity(),
                before,
            })),
        };
        let cases = [
            ("no session", None, (None, false)),
            (
                "nobody's",
                Some(Person::visitor(visitor(1))),
                (Some(visitor(1)), true),
            ),
            (
                "the same",
                Some(known(9, Some(visitor(1)))),
                (Some(visitor(1)), true),
            ),
            ("the same, from nowhere", Some(known(9, None)), (None, true)),
            ("another's", Some(known(8, Some(visitor(1)))), (None, false)),
        ];
        for (case, earlier, (before, kept)) in cases {
            let (verified, is_kept) = Verified::after(identity(), visitor(9), earlier.as_ref());
            assert_eq!((verified.before, is_kept), (before, kept), "{case}");
        }
    }

    #[test]
    fn id1_an_algorithm_is_one_of_three() {
        for name in ["HS256", "RS256", "ES256"] {
            assert_eq!(Algorithm::named(name).unwrap().name(), name);
        }
        for name in ["none", "hs256", "HS512", "", "PS256"] {
            assert_eq!(Algorithm::named(name), None, "{name}");
        }
    }
}
