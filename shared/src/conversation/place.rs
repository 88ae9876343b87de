//! The customer's place in line, as the space tells it (R95 to R98 of the space).
//!
//! - **PL1** While the conversation waits, the customer's sockets get the place when the space
//!   tells it and at hello; nobody else gets it. The newest counts. It is kept in memory alone.
//! - **PL2** A customer who says hello to a waiting conversation that has lost its memory makes it
//!   ask, once: with its report as it stands, which the space confirms with the place.

use super::born::Born;
use super::turn::Turn;
use super::{Effect, Stage};
use crate::frame::{FromServer, SocketId};
use crate::rights::Side;
use crate::space::Place;

impl Born {
    /// The space tells the place.
    pub(super) fn placed(&mut self, turn: &mut Turn, place: Place) {
        let is_newest = self
            .place
            .as_ref()
            .is_none_or(|known| known.as_of <= place.as_of && *known != place);
        if is_newest && self.is_waiting() {
            turn.send(
                self.attentive(Side::Customer),
                FromServer::Place(place.clone()),
            );
            self.place = Some(place);
        }
    }

    /// A socket has said hello.
    pub(super) fn show_place(&mut self, turn: &mut Turn, to: SocketId) {
        let socket = self.sockets.get(&to);
        let is_customer = socket.is_some_and(|socket| socket.side() == Side::Customer);
        if !is_customer || !self.is_waiting() {
            return;
        }
        if let Some(place) = self.place.clone() {
            turn.send([to].into(), FromServer::Place(place));
        } else if !self.has_asked_place && self.report_deadline().is_none() {
            self.has_asked_place = true;
            let report = self.describe(turn.now);
            turn.effects.push(Effect::Report(report));
        }
    }

    const fn is_waiting(&self) -> bool {
        matches!(self.lifecycle.stage, Stage::Waiting { .. })
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::super::testing::*;
    use super::super::{Input, Instruction};
    use super::*;

    fn tell(number: u32, as_of: u64) -> Input {
        Input::Instructed(Instruction::Place(place(number, ms(as_of))))
    }

    /// Who was sent which number.
    fn told(effects: &[Effect]) -> Vec<(SocketId, u32)> {
        let mut told = Vec::new();
        for socket in [CUSTOMER, JACK, MIA, ADA, SECOND_TAB] {
            for frame in frames_to(socket, effects) {
                if let FromServer::Place(place) = frame {
                    told.push((socket, place.number));
                }
            }
        }
        told
    }

    #[test]
    fn pl1_the_place_goes_to_the_customer_alone_and_the_newest_counts() {
        let mut desk = Desk::open();
        desk.at(s(1), connected(SECOND_TAB));
        desk.at(s(1), hello(SECOND_TAB));
        let both = |number| Vec::from([(CUSTOMER, number), (SECOND_TAB, number)]);
        assert_eq!(told(&desk.at(s(2), tell(4, 20))), both(4));
        assert_eq!(told(&desk.at(s(3), tell(5, 10))), [], "late");
        assert_eq!(told(&desk.at(s(3), tell(4, 20))), [], "doubled");
        let rows = desk.rows.len();
        let effects = desk.at(s(4), tell(3, 30));
        assert_eq!(told(&effects), both(3));
        assert_eq!(desk.rows.len(), rows, "nothing is stored");
        desk.at(s(5), Input::Disconnected { socket: SECOND_TAB });
        desk.at(s(5), connected(SECOND_TAB));
        let again = desk.at(s(5), hello_as(SECOND_TAB, 5, 2, 0));
        assert_eq!(told(&again), [(SECOND_TAB, 3)]);
        assert!(!words(&again).iter().any(|word| word.starts_with("report")));
    }

    #[test]
    fn pl1_who_does_not_wait_has_no_place() {
        for mut desk in [Desk::active(), Desk::wrapping_up(), Desk::closed()] {
            assert_eq!(told(&desk.at(s(2), tell(1, 20))), [], "{}", desk.stage());
        }
        // Back in the queue the old place counts for nothing.
        let mut desk = Desk::open();
        desk.at(s(1), tell(7, 20));
        desk.at(s(2), assign(1, Some(JACK)));
        desk.at(s(3), assign(2, None));
        desk.confirm(s(3));
        desk.at(s(4), connected(SECOND_TAB));
        assert_eq!(told(&desk.at(s(4), hello(SECOND_TAB))), [(SECOND_TAB, 1)]);
    }

    #[test]
    fn pl2_the_place_is_asked_for_once_after_a_wake() {
        let mut desk = Desk::open();
        desk.at(s(1), tell(4, 20));
        desk.wake(s(2));
        let is_report = |effects: &[Effect]| words(effects).iter().any(|w| w == "report 3");
        desk.at(s(3), connected(SECOND_TAB));
        assert!(is_report(&desk.at(s(3), hello(SECOND_TAB))));
        desk.at(s(4), connected(SocketId(6)));
        assert!(!is_report(&desk.at(s(4), hello(SocketId(6)))), "once");
        let revision = super::super::Seq(3);
        let confirmed = Input::Reported {
            revision,
            place: Some(place(2, ms(50))),
            lists: None,
            open: None,
        };
        let effects = desk.at(s(5), confirmed);
        assert_eq!(told(&effects), [(CUSTOMER, 2), (SECOND_TAB, 2)]);
        assert_eq!(words(&effects).len(), 1, "nothing is saved");
        // An agent's hello asks nothing.
        desk.wake(s(6));
        desk.at(s(6), Input::Disconnected { socket: JACK });
        desk.at(s(6), connected(JACK));
        assert!(!is_report(&desk.at(s(6), hello_as(JACK, 2, 2, 0))));
    }
}
