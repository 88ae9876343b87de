//! Ways in: what a secret that we gave out is known by.

use serde::{Deserialize, Serialize};

use crate::id::WayId;

/// A secret, as it is stored: its SHA-256 in two halves (AC3).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Way {
    /// The half by which it is found, and named to people.
    pub id: WayId,
    /// The half that nobody is told.
    pub check: WayId,
}

impl Way {
    /// Of the SHA-256 of a secret.
    #[must_use]
    pub fn of(hash: [u8; 32]) -> Self {
        let half = |from: usize| {
            let mut bytes = [0; 16];
            let hash = hash.iter().skip(from);
            for (byte, hashed) in bytes.iter_mut().zip(hash) {
                *byte = *hashed;
            }
            WayId::from_bytes(bytes)
        };
        Self {
            id: half(0),
            check: half(16),
        }
    }

    /// Whether it is the same secret, in the same time for every other one.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        let number = |id: &WayId| u128::from_be_bytes(id.bytes());
        let id = number(&self.id) ^ number(&other.id);
        let check = number(&self.check) ^ number(&other.check);
        id | check == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ac3_each_bit_of_the_hash_counts() {
        let hash: [u8; 32] = core::array::from_fn(|at| at as u8);
        let way = Way::of(hash);
        assert!(way.is(&Way::of(hash)));
        for at in 0..256 {
            let mut other = hash;
            other[at / 8] ^= 1 << (at % 8);
            assert!(!way.is(&Way::of(other)), "bit {at}");
        }
    }
}
