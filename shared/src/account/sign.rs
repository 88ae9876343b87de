//! Signs: where an address or an identity leads. The account under the name that is made of an
//! address, or of an issuer and a subject, is nobody's: it only says whose that is.
//!
//! - **AC10** A sign leads to the account of whoever first showed to have that address or identity, and
//!   never elsewhere: who gets an address later does not get into somebody's account.
//! - **AC11** The sign of an address knows the invitations to it that are open, at most [`INVITED_MAX`]
//!   with the oldest going first: an identity that is new here comes in by those alone (G3).

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::id::{AgentId, SpaceId, WayId};
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// Most invitations of an address that are known: 20.
const INVITED_MAX: usize = 20;

/// An invitation to an address.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Invited {
    /// Where to.
    pub space: SpaceId,
    /// Its id there.
    pub id: WayId,
    /// When it is over.
    pub expires_at: Timestamp,
}

/// Where an address or identity leads.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Sign {
    /// Whose it is.
    pub to: Option<AgentId>,
    /// Who invites it.
    pub invited: Vec<Invited>,
}

impl Sign {
    /// Leads to that account (AC10); true when that is new.
    pub fn lead(&mut self, to: AgentId) -> Result<bool, Refusal> {
        match self.to {
            None => {
                self.to = Some(to);
                Ok(true)
            }
            Some(known) if known == to => Ok(false),
            Some(_) => Err(Refusal::Forbidden),
        }
    }

    /// Knows of an invitation (AC11).
    pub fn invite(&mut self, now: Timestamp, invited: Invited) {
        let is_other = |known: &Invited| known.id != invited.id && now < known.expires_at;
        self.invited.retain(is_other);
        if self.invited.len() >= INVITED_MAX {
            self.invited.remove(0);
        }
        self.invited.push(invited);
    }

    /// Itself, with the invitations that are not over.
    pub fn open(&self, now: Timestamp) -> Self {
        let mut sign = self.clone();
        sign.invited.retain(|invited| now < invited.expires_at);
        sign
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: AgentId = AgentId::from_bytes([1; 16]);
    const EVE: AgentId = AgentId::from_bytes([2; 16]);

    fn s(seconds: u64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    fn invited(id: u8, expires_at: u64) -> Invited {
        Invited {
            space: "demo".parse().unwrap(),
            id: WayId::from_bytes([id; 16]),
            expires_at: s(expires_at),
        }
    }

    #[test]
    fn ac10_a_sign_leads_to_the_first_for_good() {
        let mut sign = Sign::default();
        assert_eq!(sign.lead(ADA), Ok(true));
        assert_eq!(sign.lead(ADA), Ok(false));
        assert_eq!(sign.lead(EVE), Err(Refusal::Forbidden));
        assert_eq!(sign.to, Some(ADA));
    }

    #[test]
    fn ac11_invitations_are_known_until_they_are_over() {
        let mut sign = Sign::default();
        sign.invite(s(0), invited(1, 10));
        sign.invite(s(0), invited(2, 20));
        sign.invite(s(0), invited(2, 30));
        assert_eq!(sign.open(s(9)).invited, [invited(1, 10), invited(2, 30)]);
        assert_eq!(sign.open(s(10)).invited, [invited(2, 30)]);
        for id in 10..50 {
            sign.invite(s(11), invited(id, 99));
        }
        assert_eq!(sign.invited.len(), INVITED_MAX);
        assert_eq!(sign.invited.last(), Some(&invited(49, 99)));
    }
}
