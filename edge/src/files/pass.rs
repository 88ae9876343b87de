//! What lets somebody send a file, or read one: texts that this installation has signed. Nothing is kept of
//! them; each says what it is good for and until when.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use shared::file::{FileName, way};
use shared::id::{CommandId, ConversationId, FileId, SpaceId};
use shared::rights::Person;
use shared::time::Timestamp;

use crate::auth::key::Key;

/// Longest ticket: the longest name in base64, and 200 characters.
const TICKET_MAX: usize = 1_024;

/// Whose: an id and a letter for the side, so that no two people are one.
pub fn holder(person: &Person) -> String {
    match person {
        Person::Visitor { visitor, .. } => format!("v{visitor}"),
        Person::Agent { agent, .. } => format!("a{agent}"),
    }
}

/// Where something is.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The space.
    pub space: &'a SpaceId,
    /// The conversation in it.
    pub conversation: ConversationId,
    /// Who asks.
    pub person: &'a Person,
}

/// A file on its way (FW1).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Ticket {
    /// The file.
    pub file: FileId,
    /// The command that sends it.
    pub id: CommandId,
    /// What it is called.
    pub name: FileName,
    /// Its bytes.
    pub size: u64,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: String,
}

impl Ticket {
    /// The file that a command sends: the same for every repeat with the same bytes, and not to be guessed. Other
    /// bytes are another file, so that nobody puts them in the place of those that were sent.
    pub fn file(key: &Key, place: Place<'_>, id: CommandId, (size, sha256): (u64, &str)) -> FileId {
        let Place {
            space,
            conversation,
            person,
        } = place;
        let text = format!(
            "file|{space}|{conversation}|{}|{id}|{size}|{sha256}",
            holder(person)
        );
        let mut bytes = [0; 16];
        for (byte, signed) in bytes.iter_mut().zip(key.sign(&text)) {
            *byte = signed;
        }
        FileId::from_bytes(bytes)
    }

    /// The ticket as a text, for the one who has announced the file.
    pub fn sign(&self, key: &Key, place: Place<'_>, now: Timestamp) -> String {
        let until = now + way::TICKET_LIFE;
        let Self {
            id,
            name,
            size,
            sha256,
            ..
        } = self;
        let words = format!("{id}|{size}|{sha256}|{}|{name}", until.millis());
        let signature = key.sign(&signed(place, &words));
        [words.as_bytes(), &signature]
            .map(|part| URL_SAFE_NO_PAD.encode(part))
            .join(".")
    }

    /// Reads a ticket; `None` for what is none, or not for that person there, or over.
    pub fn read(key: &Key, place: Place<'_>, now: Timestamp, text: &str) -> Option<Self> {
        let (words, signature) = text.split_once('.').filter(|_| text.len() <= TICKET_MAX)?;
        let [words, signature] =
            [words, signature].map(|part| URL_SAFE_NO_PAD.decode(part).unwrap_or_default());
        let words = String::from_utf8(words).ok()?;
        if !key.verify(&signed(place, &words), &signature) {
            return None;
        }
        let mut words = words.splitn(5, '|');
        let id = words.next()?.parse().ok()?;
        let size = words.next()?.parse().ok()?;
        let sha256 = words.next()?.to_owned();
        let until: u64 = words.next()?.parse().ok()?;
        let name = FileName::clean(words.next()?);
        let file = Self::file(key, place, id, (size, &sha256));
        (now.millis() < until).then_some(Self {
            file,
            id,
            name,
            size,
            sha256,
        })
    }
}

/// An address under which one file is read (FW4).
pub struct Link;

impl Link {
    /// The path and query of a file, for that person, or for the space's own server.
    pub fn sign(
        key: &Key,
        (space, conversation): (&SpaceId, ConversationId),
        file: FileId,
        whose: &str,
        now: Timestamp,
    ) -> String {
        let until = (now + way::LINK_LIFE).millis();
        let words = Self::words(space, conversation, file, whose, until);
        let signature = URL_SAFE_NO_PAD.encode(key.sign(&words));
        format!("/f/{conversation}/{file}?in={space}&of={whose}&until={until}&by={signature}")
    }

    /// Whether those words of an address were signed and are not over.
    pub fn is_good(
        key: &Key,
        (space, conversation, file): (&SpaceId, ConversationId, FileId),
        (whose, until, signature): (&str, u64, &str),
        now: Timestamp,
    ) -> bool {
        let words = Self::words(space, conversation, file, whose, until);
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
        key.verify(&words, &signature) && now.millis() < until
    }

    fn words(
        space: &SpaceId,
        conversation: ConversationId,
        file: FileId,
        whose: &str,
        until: u64,
    ) -> String {
        format!("file link|{space}|{conversation}|{file}|{whose}|{until}")
    }
}

fn signed(place: Place<'_>, words: &str) -> String {
    let Place {
        space,
        conversation,
        person,
    } = place;
    format!(
        "file ticket|{space}|{conversation}|{}|{words}",
        holder(person)
    )
}

#[cfg(test)]
mod tests {
    use shared::id::VisitorId;

    use super::*;

    fn visitor(n: u8) -> Person {
        Person::Visitor {
            visitor: VisitorId::from_bytes([n; 16]),
            verified: None,
        }
    }

    fn ticket(key: &Key, place: Place<'_>) -> Ticket {
        let id = CommandId::from_bytes([7; 16]);
        Ticket {
            file: Ticket::file(key, place, id, (25_000_000, &"0f".repeat(32))),
            id,
            name: FileName::clean("Größe | 3.pdf"),
            size: 25_000_000,
            sha256: "0f".repeat(32),
        }
    }

    #[test]
    fn sec_u1_01_a_ticket_is_good_for_one_person_in_one_conversation_and_five_minutes() {
        let (key, other) = (
            Key::new(&"k".repeat(32)).unwrap(),
            Key::new(&"l".repeat(32)).unwrap(),
        );
        let spaces: [SpaceId; 2] = ["demo", "other"].map(|space| space.parse().unwrap());
        let [demo, elsewhere] = &spaces;
        let conversations = [1, 2].map(|n| ConversationId::from_bytes([n; 16]));
        let (zoe, tom) = (visitor(1), visitor(2));
        let place = |space, at: usize, person| Place {
            space,
            conversation: conversations[at],
            person,
        };
        let own = place(demo, 0, &zoe);
        let now = Timestamp::from_millis(1_000_000);
        let given = ticket(&key, own);
        let text = given.sign(&key, own, now);
        let after = |ms: u64| Timestamp::from_millis(1_000_000 + ms);
        assert_eq!(
            Ticket::read(&key, own, after(299_999), &text),
            Some(given.clone())
        );
        assert_eq!(Ticket::read(&key, own, after(300_000), &text), None, "over");
        assert_eq!(Ticket::read(&other, own, now, &text), None);
        for theirs in [
            place(elsewhere, 0, &zoe),
            place(demo, 1, &zoe),
            place(demo, 0, &tom),
        ] {
            assert_eq!(Ticket::read(&key, theirs, now, &text), None);
            let of = (given.size, &*given.sha256);
            assert_ne!(Ticket::file(&key, theirs, given.id, of), given.file);
        }
        for at in 0..text.len() {
            let mut spoilt = text.clone().into_bytes();
            spoilt[at] = if spoilt[at] == b'A' { b'Q' } else { b'A' };
            let spoilt = String::from_utf8(spoilt).unwrap();
            // The last character of each part has bits that mean nothing.
            if let Some(read) = Ticket::read(&key, own, now, &spoilt) {
                assert_eq!(read, given, "{at}");
            }
        }
        for text in ["", ".", "a.b", &"a".repeat(5_000)] {
            assert_eq!(Ticket::read(&key, own, now, text), None, "{text}");
        }
        for of in [(25_000_000, &*"0e".repeat(32)), (1, &*given.sha256)] {
            let other = Ticket::file(&key, own, given.id, of);
            assert_ne!(other, given.file, "other bytes");
        }
        let longest = Ticket {
            name: FileName::clean(&"\u{1f514}".repeat(100)),
            ..given
        };
        let text = longest.sign(&key, own, now);
        assert_eq!(Ticket::read(&key, own, now, &text), Some(longest));
    }

    #[test]
    fn sec_u4_01_an_address_opens_one_file_for_one_person() {
        let key = Key::new(&"k".repeat(32)).unwrap();
        let space: SpaceId = "demo".parse().unwrap();
        let conversation = ConversationId::from_bytes([1; 16]);
        let person = visitor(1);
        let now = Timestamp::from_millis(1_000_000);
        let file = FileId::from_bytes([9; 16]);
        let place = (&space, conversation);
        let address = Link::sign(&key, place, file, &holder(&person), now);
        let (_, query) = address.split_once('?').unwrap();
        let values: Vec<&str> = query
            .split('&')
            .map(|pair| pair.split_once('=').unwrap().1)
            .collect();
        let [_, whose, until, signature] = values[..] else {
            panic!("{address}")
        };
        let until: u64 = until.parse().unwrap();
        let is_good = |space: &SpaceId, conversation, file, whose: &str, until, at| {
            let words = (whose, until, signature);
            Link::is_good(&key, (space, conversation, file), words, at)
        };
        assert!(is_good(&space, conversation, file, whose, until, now));
        let over = Timestamp::from_millis(1_300_000);
        assert!(!is_good(&space, conversation, file, whose, until, over));
        let other: SpaceId = "other".parse().unwrap();
        assert!(!is_good(&other, conversation, file, whose, until, now));
        let another = ConversationId::from_bytes([2; 16]);
        assert!(!is_good(&space, another, file, whose, until, now));
        let another = FileId::from_bytes([8; 16]);
        assert!(!is_good(&space, conversation, another, whose, until, now));
        let agents = whose.replacen('v', "a", 1);
        assert!(!is_good(&space, conversation, file, &agents, until, now));
        assert!(!is_good(&space, conversation, file, whose, until + 1, now));
    }
}
