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

    /// Compares a signature in constant time.
    pub fn verify(&self, text: &str, signature: &[u8]) -> bool {
        self.mac(text).verify_slice(signature).is_ok()
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

/// Whether that is the HMAC of a text under a secret of a site's; compared in constant time.
pub fn is_hmac(secret: &str, text: &str, signature: &[u8]) -> bool {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok();
    let mac = mac.filter(|_| !secret.is_empty()).map(|mut mac| {
        mac.update(text.as_bytes());
        mac
    });
    mac.is_some_and(|mac| mac.verify_slice(signature).is_ok())
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
