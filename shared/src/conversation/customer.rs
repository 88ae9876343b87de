//! Whose conversation it is, and what the site says of the customer (ID1 to ID3 of `identity`).
//!
//! - **ID4** Where only verified customers may write, a message of a session for which no site vouches
//!   is refused, over the socket and without one (I3). The customer may read and cancel all the same.
//! - **ID5** When the site vouches for the person of a session, what that very session has begun becomes
//!   the customer's, and nothing else does (I4): who comes names the visitor that the session was
//!   before. What is closed stays as it is, and is read by that session.
//! - **ID6** From then on it is the customer's alone: sockets of the session as it was before are
//!   closed (4401), and its tokens find no such conversation.
//! - **ID7** What the site has signed last goes before what was claimed: name, company and address of the
//!   reports, and the name over every message of the log, those of before included ([`called`]).

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::born::Born;
use super::turn::Turn;
use super::{Author, Birth, Effect, Entry, Event, Stage};
use crate::frame::{CloseCode, SocketId};
use crate::id::VisitorId;
use crate::identity::Identity;
use crate::rights::{Person, Side};
use crate::text::{EmailAddress, PersonName};

/// The customer of a conversation, folded from its log.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Customer {
    /// Who may read and write it.
    pub(super) visitor: VisitorId,
    /// What the site has signed; `None` while nobody vouches.
    pub(super) identity: Option<Box<Identity>>,
}

impl Customer {
    pub(super) fn of(birth: &Birth) -> Self {
        Self {
            visitor: birth.visitor,
            identity: birth.identity.clone(),
        }
    }

    pub(super) fn take(&mut self, event: &Event) {
        if let Event::CustomerIdentified { visitor, identity } = event {
            self.visitor = *visitor;
            self.identity = Some(identity.clone());
        }
    }

    /// What the customer is called.
    pub(super) fn name(&self, birth: &Birth) -> PersonName {
        let signed = self.identity.as_ref();
        let signed = signed.and_then(|identity| identity.name.as_ref());
        signed.unwrap_or(&birth.name).clone()
    }

    /// The customer's address.
    pub(super) fn email(&self, birth: &Birth) -> Option<EmailAddress> {
        let signed = self.identity.as_ref();
        let signed = signed.and_then(|identity| identity.email.as_ref());
        signed.or(birth.email.as_ref()).cloned()
    }

    /// The customer's company.
    pub(super) fn company(&self, birth: &Birth) -> Option<PersonName> {
        let signed = self.identity.as_ref();
        let signed = signed.and_then(|identity| identity.company.as_ref());
        signed.or(birth.company.as_ref()).cloned()
    }
}

impl Born {
    /// The side on which a person of the conversation's space reads it; `None` for everybody else,
    /// who learn nothing but that there is no such conversation (C1).
    pub(super) fn side(&self, person: &Person) -> Option<Side> {
        match person {
            Person::Visitor { visitor, verified } => {
                let owner = self.customer.visitor;
                let before = verified.as_ref().and_then(|verified| verified.before);
                (*visitor == owner || before == Some(owner)).then_some(Side::Customer)
            }
            Person::Agent { .. } => Some(Side::Agent),
        }
    }

    /// Whether that person may not write here (ID4).
    pub(super) fn bars(&self, person: &Person) -> bool {
        match person {
            Person::Visitor { verified, .. } => self.lifecycle.needs_verified && verified.is_none(),
            Person::Agent { .. } => false,
        }
    }

    /// The site vouches for the person of a session.
    pub(super) fn identified(&mut self, turn: &mut Turn, person: &Person) {
        if self.side(person) == Some(Side::Customer) {
            self.hand_over(turn, person);
            turn.effects.push(Effect::Begun);
        }
    }

    /// Gives the customer what the same session has begun (ID5).
    pub(super) fn hand_over(&mut self, turn: &mut Turn, person: &Person) {
        let Person::Visitor {
            visitor,
            verified: Some(verified),
        } = person
        else {
            return;
        };
        let is_theirs = verified.before == Some(self.customer.visitor);
        if !is_theirs || matches!(self.lifecycle.stage, Stage::Closed { .. }) {
            return;
        }
        let identified = Event::CustomerIdentified {
            visitor: *visitor,
            identity: Box::new(verified.identity.clone()),
        };
        self.append(turn, Author::Customer, None, identified);
        let sockets = self.sockets.iter();
        let others = sockets.filter(|(_, socket)| match &socket.seat.person {
            Person::Visitor { visitor: other, .. } => other != visitor,
            Person::Agent { .. } => false,
        });
        let others: Vec<SocketId> = others.map(|(id, _)| *id).collect();
        for id in others {
            self.drop_socket(turn, id, CloseCode::Unauthorized);
        }
    }

    /// The space says who may write (R164 of `space`).
    pub(super) fn need_verified(&mut self, turn: &mut Turn, required: bool) {
        let is_over = matches!(self.lifecycle.stage, Stage::Closed { .. });
        if !is_over && self.lifecycle.needs_verified != required {
            let set = Event::VerificationSet { required };
            self.append(turn, Author::System, None, set);
        }
    }
}

/// What the customer is called, by a log as it is shown (ID7).
#[must_use]
pub fn called(log: &[Entry]) -> Option<&PersonName> {
    let Event::Opened { name: claimed, .. } = &log.first()?.event else {
        return None;
    };
    let signed = log.iter().rev().find_map(|entry| entry.event.identity());
    let signed = signed.and_then(|identity| identity.name.as_ref());
    Some(signed.unwrap_or(claimed))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::super::{Command, Input, Instruction};
    use super::*;
    use crate::identity::Verified;
    use crate::refusal::Refusal;
    use crate::text::CustomerId;

    const MIA_SCHMIDT: VisitorId = VisitorId::from_bytes([88; 16]);
    const FIFTH: SocketId = SocketId(9);

    fn identity() -> Identity {
        Identity {
            id: CustomerId::parse("user-42").unwrap(),
            name: Some(name("Mia Schmidt")),
            email: None,
            company: Some(name("Shop")),
        }
    }

    fn customer(before: Option<u8>) -> Person {
        let before = before.map(|byte| VisitorId::from_bytes([byte; 16]));
        let identity = identity();
        Person::Visitor {
            visitor: MIA_SCHMIDT,
            verified: Some(Box::new(Verified { identity, before })),
        }
    }

    fn connects(person: Person) -> Input {
        Input::Connected {
            socket: FIFTH,
            person,
            space: space(),
        }
    }

    fn need(required: bool) -> Input {
        Input::Instructed(Instruction::NeedVerified(required))
    }

    fn asks(person: Person, command: Command) -> Input {
        Input::Asked {
            person,
            id: command_id(70),
            command,
        }
    }

    #[test]
    fn id5_sec_i4_01_what_the_same_session_has_begun_is_the_customers_and_nothing_else() {
        let cases = [
            ("the same session", customer(Some(7)), true),
            ("another session", customer(Some(77)), false),
            ("no session", customer(None), false),
        ];
        for (case, who, is_theirs) in cases {
            let inputs = [
                ("connects", connects(who.clone())),
                (
                    "identified",
                    Input::Identified {
                        person: who.clone(),
                    },
                ),
                ("asks", asks(who.clone(), post("It is me"))),
            ];
            for (how, input) in inputs {
                let mut desk = Desk::active();
                let effects = desk.at(s(1), input);
                let saved = saved_kinds(&effects);
                assert_eq!(
                    saved.first() == Some(&"customer_identified"),
                    is_theirs,
                    "{case} {how}"
                );
                let expected = is_theirs.then_some(Side::Customer);
                assert_eq!(desk.machine.side(&who), expected, "{case} {how}");
                let before = person(CUSTOMER);
                let is_still_theirs = desk.machine.side(&before).is_some();
                assert_eq!(is_still_theirs, !is_theirs, "{case} {how}");
            }
        }
    }

    #[test]
    fn id6_sockets_of_the_session_as_it_was_are_closed_and_the_desk_reads_the_signed_name() {
        let mut desk = Desk::active();
        let effects = desk.at(s(1), connects(customer(Some(7))));
        assert!(words(&effects).contains(&"close 1 4401".into()));
        let report = desk.machine.born().describe(s(1));
        assert_eq!(report.name.as_str(), "Mia Schmidt");
        assert_eq!(report.company.unwrap().as_str(), "Shop");
        assert_eq!((report.visitor, report.verified), (MIA_SCHMIDT, true));
        desk.wake(s(2));
        assert_eq!(desk.machine.born().customer.visitor, MIA_SCHMIDT);
        let again = desk.at(
            s(3),
            Input::Identified {
                person: customer(Some(7)),
            },
        );
        assert!(saved_kinds(&again).is_empty(), "once");
        let late = desk.at(s(4), connected(CUSTOMER));
        assert_eq!(words(&late), ["close 1 4404"]);
    }

    #[test]
    fn id5_what_is_closed_stays_as_it_is_and_is_read_by_the_same_session() {
        let mut desk = Desk::closed();
        let kinds = desk.kinds();
        desk.at(s(9), connects(customer(Some(7))));
        assert_eq!(desk.kinds(), kinds);
        assert_eq!(desk.machine.side(&customer(Some(7))), Some(Side::Customer));
        assert_eq!(desk.machine.side(&customer(None)), None);
    }

    #[test]
    fn id4_sec_i3_01_an_unverified_session_is_refused_over_the_socket_and_without_one() {
        for mut desk in [Desk::open(), Desk::active()] {
            let told = desk.at(s(1), need(true));
            assert_eq!(saved_kinds(&told), ["verification_set"]);
            assert!(saved_kinds(&desk.at(s(1), need(true))).is_empty(), "once");
            let log = desk.kinds();
            let sent = desk.at(s(2), send(CUSTOMER, 1, 60, post("Hello?")));
            assert_eq!(
                refused(CUSTOMER, &sent),
                Some(Refusal::VerificationRequired)
            );
            let asked = desk.at(s(2), asks(person(CUSTOMER), post("Hello?")));
            assert_eq!(words(&asked), ["replied verification_required"]);
            assert_eq!(desk.kinds(), log, "nothing is written");
            desk.wake(s(3));
            let asked = desk.at(s(3), asks(person(CUSTOMER), post("Hello?")));
            assert!(words(&asked).contains(&"replied verification_required".into()));
            let verified = desk.at(s(4), asks(customer(Some(7)), post("It is me")));
            let kinds = ["customer_identified", "message_posted"];
            assert_eq!(saved_kinds(&verified), kinds);
        }
    }

    #[test]
    fn id4_who_is_not_verified_may_cancel_and_agents_write_as_ever() {
        let mut desk = Desk::active();
        desk.at(s(1), need(true));
        let sent = desk.at(s(2), send(JACK, 1, 61, post("Please sign in")));
        assert_eq!(saved_kinds(&sent), ["message_posted"]);
        let ended = desk.at(s(3), send(CUSTOMER, 1, 62, Command::End));
        assert_eq!(saved_kinds(&ended), ["ended"]);
        let mut desk = Desk::active();
        desk.at(s(1), need(true));
        desk.at(s(2), need(false));
        let sent = desk.at(s(3), send(CUSTOMER, 1, 60, post("Hello?")));
        assert_eq!(saved_kinds(&sent), ["message_posted"]);
    }

    #[test]
    fn id7_the_log_is_shown_under_the_name_that_the_site_signed_last() {
        let mut desk = Desk::active();
        let claimed = birth().name;
        assert_eq!(called(&desk.log(Side::Agent)), Some(&claimed));
        desk.at(s(1), asks(customer(Some(7)), post("It is me")));
        let signed = name("Mia Schmidt");
        assert_eq!(called(&desk.log(Side::Agent)), Some(&signed));
        // What the site has signed is for agents.
        assert_eq!(called(&desk.log(Side::Customer)), Some(&claimed));
    }
}
