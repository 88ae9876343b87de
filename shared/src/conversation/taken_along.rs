//! What a customer takes along of a conversation: its words as a plain text (P7).
//!
//! - **AF5** The text is what the customer reads, never a note and never what a message said before: the
//!   messages and the names of the files in order, each with its moment in UTC and who wrote it. Past [`TEXT_MAX`] it ends, and says
//!   so. Whoever may read the conversation may read it; the customer, unless the space has switched
//!   that off.
//! - **AF6** By e-mail it goes to the address that the site has signed, and to no other (SECURITY.md,
//!   "Privacy"): so nobody is sent mail by typing an address. The address is nowhere in the log.
//! - **AF7** It is mailed at most [`MAILED_MAX`] times, and not again within [`MAILED_PAUSE`]; the log
//!   counts, so that a wake forgives nothing.

use alloc::format;
use alloc::string::String;
use core::time::Duration;

use super::born::Born;
use super::{Author, Entry, Event, Transcript, called};
use crate::refusal::Refusal;
use crate::rights::{Person, Side};
use crate::text::{EmailAddress, Label, MessageText, PersonName};
use crate::time::Timestamp;

/// Longest text, in bytes: 1 MiB, a fifth of what a mail may have. Source: CONTRACTS.md §f.
pub const TEXT_MAX: usize = 1 << 20;
/// How often a conversation is mailed at most. Our choice.
pub const MAILED_MAX: u8 = 3;
/// How long it is not mailed again. Our choice.
pub const MAILED_PAUSE: Duration = Duration::from_secs(60);

/// How often it was mailed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Mailed {
    times: u8,
    last: Timestamp,
}

impl Mailed {
    /// Folds what happened.
    pub(super) fn take(&mut self, entry: &Entry) {
        if let Event::TranscriptMailed { .. } = entry.event {
            self.times = self.times.saturating_add(1);
            self.last = entry.at;
        }
    }
}

impl Born {
    /// Whether a person may take it along (AF5).
    pub(super) fn may_take_along(&self, person: &Person) -> Result<(), Refusal> {
        match (self.side(person), self.birth.settings.transcripts) {
            (None, _) => Err(Refusal::ConversationUnknown),
            (Some(Side::Customer), false) => Err(Refusal::TranscriptOff),
            (Some(Side::Customer | Side::Agent), _) => Ok(()),
        }
    }

    /// What has it mailed (AF6, AF7).
    pub(super) fn mailed(
        &self,
        person: &Person,
        language: Option<Label>,
        now: Timestamp,
    ) -> Result<Event, Refusal> {
        self.may_take_along(person)?;
        if self.signed_address().is_none() {
            return Err(Refusal::AddressUnknown);
        }
        let Mailed { times, last } = self.mailed;
        if times >= MAILED_MAX {
            let limit = u32::from(MAILED_MAX);
            return Err(Refusal::TooMany { limit });
        }
        let again = last + MAILED_PAUSE;
        if times > 0 && now < again {
            let left = again.since(now).as_secs() + 1;
            let retry_after = u32::try_from(left).unwrap_or(u32::MAX);
            return Err(Refusal::RateLimited { retry_after });
        }
        Ok(Event::TranscriptMailed { language })
    }

    /// The address that the site has signed.
    pub(super) fn signed_address(&self) -> Option<&EmailAddress> {
        self.customer.identity.as_ref()?.email.as_ref()
    }
}

impl Transcript {
    /// The words of a conversation, as a text (AF5); `house` is what the space is called.
    #[must_use]
    pub fn text(&self, house: &PersonName) -> String {
        let mut text = format!("{house}\n\n");
        let customer = called(self.entries());
        for entry in self.entries() {
            let changed = entry.id.and_then(|id| self.changes().of(id));
            let words = if let Event::FileSent(sent) = &entry.event {
                Some(sent.name.as_str())
            } else if let Event::MessagePosted { .. } = entry.event {
                let words = match entry.id {
                    Some(id) => self.words(id),
                    None => entry.event.text(),
                };
                words.map(MessageText::as_str)
            } else {
                continue;
            };
            let is_gone = changed.is_some_and(|changed| changed.words.is_none());
            let words = words.filter(|_| !is_gone).unwrap_or(super::BLANK);
            let who = match &entry.author {
                Author::Customer => customer.unwrap_or(house),
                Author::Agent { name, .. } => name,
                Author::System => house,
            };
            let line = format!("[{}] {who}: {words}\n", entry.at.utc());
            if text.len() + line.len() > TEXT_MAX {
                text.push('…');
                break;
            }
            text.push_str(&line);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use alloc::boxed::Box;

    use super::super::testing::*;
    use super::super::{Command, Effect, Input, Instruction};
    use super::*;
    use crate::id::VisitorId;
    use crate::identity::{Identity, Verified};
    use crate::text::CustomerId;

    const HOME: &str = "zoe@home.example";

    fn mail() -> Command {
        Command::MailTranscript { language: None }
    }

    fn mails(effects: &[Effect]) -> usize {
        let is_mail =
            |effect: &&Effect| matches!(effect, Effect::Mail { to, .. } if to.as_str() == HOME);
        effects.iter().filter(is_mail).count()
    }

    /// The site vouches for the customer of the desk.
    fn vouched(desk: &mut Desk, email: Option<&str>) -> Person {
        let Person::Visitor { visitor, .. } = person(CUSTOMER) else {
            panic!("a customer")
        };
        let identity = Identity {
            id: CustomerId::parse("user-42").unwrap(),
            name: None,
            email: email.map(|email| EmailAddress::parse(email).unwrap()),
            company: None,
        };
        let before = Some(visitor);
        let person = Person::Visitor {
            visitor: VisitorId::from_bytes([88; 16]),
            verified: Some(Box::new(Verified { identity, before })),
        };
        desk.at(
            s(1),
            Input::Identified {
                person: person.clone(),
            },
        );
        person
    }

    fn asks(desk: &mut Desk, at: u64, person: &Person, id: u8) -> alloc::vec::Vec<Effect> {
        let asked = Input::Asked {
            person: person.clone(),
            id: command_id(id),
            command: mail(),
        };
        desk.at(s(at), asked)
    }

    fn refusal(effects: &[Effect]) -> Option<&Refusal> {
        effects.iter().find_map(|effect| {
            let Effect::Replied { reply, .. } = effect else {
                return None;
            };
            reply.as_ref().err()
        })
    }

    #[test]
    fn af5_the_text_is_what_the_customer_reads() {
        let mut desk = Desk::active();
        desk.at(s(1), send(CUSTOMER, 1, 60, post("My pin is 6611")));
        desk.at(s(2), send(JACK, 1, 61, note("Careful with this one")));
        desk.at(
            s(3),
            send(JACK, 2, 62, post("Which <lamp>?\nThe *blue* one?")),
        );
        desk.at(s(4), send(CUSTOMER, 2, 63, edit(60, "My pin is a secret")));
        desk.at(s(5), send(CUSTOMER, 3, 64, post("Never mind")));
        desk.at(s(6), send(CUSTOMER, 4, 65, delete(64)));
        let mut transcript = Transcript::default();
        for entry in desk.log(Side::Customer) {
            transcript.apply(entry);
        }
        let text = transcript.text(&name("Larch"));
        let expected = "Larch\n\n\
            [1970-01-01 00:16 UTC] Guest 4711: My order has not arrived\n\
            [1970-01-01 00:16 UTC] Guest 4711: My pin is a secret\n\
            [1970-01-01 00:16 UTC] Jack: Which <lamp>?\nThe *blue* one?\n\
            [1970-01-01 00:16 UTC] Guest 4711: —\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn af5_the_customer_takes_nothing_along_where_that_is_off() {
        let mut desk = Desk::active();
        let born = desk.machine.born();
        assert_eq!(born.may_take_along(&person(CUSTOMER)), Ok(()));
        assert_eq!(
            born.may_take_along(&person(STRANGER)),
            Err(Refusal::ConversationUnknown)
        );
        let mut off = born.clone();
        off.birth.settings.transcripts = false;
        assert_eq!(
            off.may_take_along(&person(CUSTOMER)),
            Err(Refusal::TranscriptOff)
        );
        assert_eq!(off.may_take_along(&person(JACK)), Ok(()));
        let effects = desk.at(s(1), send(JACK, 1, 70, mail()));
        assert!(words(&effects).contains(&"refused forbidden to [2]".into()));
    }

    #[test]
    fn af6_it_is_mailed_to_the_signed_address_alone() {
        // The address of the birth is claimed: nobody has signed it.
        let mut desk = Desk::active();
        let effects = desk.at(s(1), send(CUSTOMER, 1, 70, mail()));
        assert_eq!(words(&effects), ["refused address_unknown to [1]"]);
        let nameless = vouched(&mut desk.clone(), None);
        assert_eq!(
            refusal(&asks(&mut desk.clone(), 2, &nameless, 71)),
            Some(&Refusal::AddressUnknown)
        );
        let person = vouched(&mut desk, Some(HOME));
        let effects = asks(&mut desk, 2, &person, 71);
        assert_eq!(mails(&effects), 1);
        assert!(!alloc::format!("{:?}", desk.rows.last()).contains(HOME));
        assert_eq!(mails(&asks(&mut desk, 3, &person, 71)), 0, "a repeat");
        desk.at(s(4), Input::Instructed(Instruction::Erase));
        assert_eq!(
            refusal(&asks(&mut desk, 99, &person, 72)),
            Some(&Refusal::AddressUnknown)
        );
    }

    #[test]
    fn af7_it_is_mailed_three_times_a_minute_apart() {
        let mut desk = Desk::active();
        let person = vouched(&mut desk, Some(HOME));
        assert_eq!(mails(&asks(&mut desk, 2, &person, 70)), 1);
        let soon = Refusal::RateLimited { retry_after: 2 };
        desk.wake(s(60));
        assert_eq!(refusal(&asks(&mut desk, 61, &person, 71)), Some(&soon));
        assert_eq!(mails(&asks(&mut desk, 62, &person, 72)), 1);
        assert_eq!(mails(&asks(&mut desk, 122, &person, 73)), 1);
        let often = Refusal::TooMany { limit: 3 };
        assert_eq!(refusal(&asks(&mut desk, 200, &person, 74)), Some(&often));
    }
}
