//! The key of this installation (`TOKEN_KEY`) and everything that is made with it.
//!
//! One key, several uses, each with a text of its own in front, so that no two uses ever sign the
//! same bytes.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use shared::id::{CommandId, ConversationId, SpaceId, VisitorId};

/// Shortest key: 32 bytes, the size of the hash.
const KEY_MIN: usize = 32;

/// A signature.
pub type Signature = [u8; 32];

/// The secret key.
pub struct Key {
    mac: Hmac<Sha256>,
    id: String,
}

impl Key {
    /// Takes the secret; `None` when it is too short to be one.
    pub fn new(secret: &str) -> Option<Self> {
        if secret.len() < KEY_MIN {
            return None;
        }
        // Names the key without telling anything about it: the hash is cut to 32 bits.
        let digest = Sha256::digest(["bellhop key id|", secret].concat());
        let id = digest.iter().take(4).map(|byte| format!("{byte:02x}"));
        Some(Self {
            mac: Hmac::new_from_slice(secret.as_bytes()).ok()?,
            id: id.collect(),
        })
    }

    /// Names the key in tokens (`kid`).
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Signs a text.
    pub fn sign(&self, text: &str) -> Signature {
        self.mac(text).finalize().into_bytes().into()
    }

    /// Compares a signature in constant time, one of another length too.
    pub fn verify(&self, text: &str, signature: &[u8]) -> bool {
        is_signature(self.mac(text), signature)
    }

    /// The conversation that a visitor's first message makes: the same for every repeat, and not
    /// to be guessed by anybody else.
    pub fn conversation(
        &self,
        space: &SpaceId,
        visitor: VisitorId,
        message: CommandId,
    ) -> ConversationId {
        let signature = self.sign(&format!("conversation|{space}|{visitor}|{message}"));
        let mut bytes = [0; 16];
        for (byte, signed) in bytes.iter_mut().zip(signature) {
            *byte = signed;
        }
        ConversationId::from_bytes(bytes)
    }

    fn mac(&self, text: &str) -> Hmac<Sha256> {
        let mut mac = self.mac.clone();
        mac.update(text.as_bytes());
        mac
    }
}

/// The HMAC of a text under a secret of a site's, in hexadecimal digits.
pub fn hmac(secret: &str, text: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok();
    let bytes = mac.map(|mut mac| {
        mac.update(text.as_bytes());
        mac.finalize().into_bytes()
    });
    let digit = |n: u8| char::from_digit(n.into(), 16).unwrap_or_default();
    let bytes = bytes.iter().flatten();
    bytes
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// Whether that is the HMAC of a text under a secret of a site's; compared in constant time.
pub fn is_hmac(secret: &str, text: &str, signature: &[u8]) -> bool {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok();
    let is_signature = mac.is_some_and(|mut mac| {
        mac.update(text.as_bytes());
        is_signature(mac, signature)
    });
    is_signature & !secret.is_empty()
}

/// The crate's own comparison makes no hash for a signature of another length.
fn is_signature(mac: Hmac<Sha256>, signature: &[u8]) -> bool {
    let mut brought = Signature::default();
    for (byte, own) in brought.iter_mut().zip(signature) {
        *byte = *own;
    }
    mac.verify_slice(&brought).is_ok() & (signature.len() == brought.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_key_is_no_key() {
        assert!(Key::new(&"k".repeat(31)).is_none());
        assert!(Key::new(&"k".repeat(32)).is_some());
    }

    #[test]
    fn sec_g2_01_a_signature_of_another_length_is_none() {
        let key = Key::new(&"k".repeat(32)).unwrap();
        let good = key.sign("text").to_vec();
        assert!(key.verify("text", &good));
        assert!(!key.verify("text", &[]));
        assert!(!key.verify("text", &good[..31]));
        assert!(!key.verify("text", &[&good[..], &[0]].concat()));
    }

    #[test]
    fn a_conversation_id_depends_on_everything() {
        let key = Key::new(&"k".repeat(32)).unwrap();
        let demo: SpaceId = "demo".parse().unwrap();
        let other: SpaceId = "other".parse().unwrap();
        let (visitor, message) = (
            VisitorId::from_bytes([1; 16]),
            CommandId::from_bytes([2; 16]),
        );
        let id = key.conversation(&demo, visitor, message);
        assert_eq!(key.conversation(&demo, visitor, message), id);
        let others = [
            key.conversation(&other, visitor, message),
            key.conversation(&demo, VisitorId::from_bytes([3; 16]), message),
            key.conversation(&demo, visitor, CommandId::from_bytes([3; 16])),
            Key::new(&"l".repeat(32))
                .unwrap()
                .conversation(&demo, visitor, message),
        ];
        assert!(others.iter().all(|other| *other != id));
    }
}
