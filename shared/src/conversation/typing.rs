//! Who types: shown to the other side, never stored, dropped first under load (F69).
//!
//! - **TY1** The customer's typing goes to every agent who looks; of the agents only the
//!   assignee's goes to the customer, and only while the talk is open.
//! - **TY2** Start and stop are forwarded once; a repeated start at most every 2 s, to keep it
//!   shown. A message, a stop and a lost socket end it. Who connects meanwhile is told.
//! - **TY3** Of one socket at most [`STARTS`] are forwarded (SECURITY.md L2); a start beyond that is
//!   dropped, and its stop with it. Clients send one in 3 s (K12 of `link`), so that none of theirs is.

use core::time::Duration;

use super::Stage;
use super::born::Born;
use super::sockets::Socket;
use super::turn::Turn;
use crate::bucket::{Bucket, Rate};
use crate::frame::{FromServer, SocketId};
use crate::rights::{Person, Side};
use crate::time::Timestamp;

/// Least pause between two forwarded starts of one socket. Chosen: clients let "is typing" lapse
/// after several seconds, so one lost repeat does not make it flicker.
const REPEAT: Duration = Duration::from_secs(2);

/// Starts of one socket: one in 3 s, and two at once, for what the network has pushed together.
/// Source: SECURITY.md L2.
const STARTS: Rate = Rate {
    burst: 2,
    count: 1,
    per_s: 3,
};

/// What the other side was told about a socket.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Typing {
    /// When the last start was forwarded; `None` while nobody types there.
    told_at: Option<Timestamp>,
    /// What is left of [`STARTS`]; `None` before the first.
    starts: Option<Bucket>,
}

impl Born {
    /// A person started or stopped typing.
    pub(super) fn typing(&mut self, turn: &mut Turn, from: SocketId, typing: bool) {
        let Some(socket) = self.sockets.get_mut(&from) else {
            return;
        };
        let is_news = match (typing, socket.typing.told_at) {
            (true, Some(told_at)) => turn.now.since(told_at) >= REPEAT,
            (true, None) => true,
            (false, told_at) => told_at.is_some(),
        };
        if !is_news || !is_shown(&self.lifecycle.stage, &socket.seat.person) {
            return;
        }
        if typing {
            let full = || Bucket::full(STARTS, turn.now);
            let starts = socket.typing.starts.get_or_insert_with(full);
            if starts.take(STARTS, turn.now).is_err() {
                return;
            }
        }
        socket.typing.told_at = typing.then_some(turn.now);
        let side = socket.side();
        let others = match side {
            Side::Customer => Side::Agent,
            Side::Agent => Side::Customer,
        };
        turn.send(self.attentive(others), FromServer::Typing { side, typing });
    }

    /// Tells who has just connected that somebody on the other side types.
    pub(super) fn show_typing(&self, turn: &mut Turn, to: SocketId) {
        let Some(side) = self.sockets.get(&to).map(Socket::side) else {
            return;
        };
        let typist = self.sockets.values().find(|socket| {
            socket.side() != side
                && socket.typing.told_at.is_some()
                && is_shown(&self.lifecycle.stage, &socket.seat.person)
        });
        if let Some(side) = typist.map(Socket::side) {
            let typing = true;
            turn.send([to].into(), FromServer::Typing { side, typing });
        }
    }

    /// A message says that typing is over: receivers need no frame for it.
    pub(super) fn stops_typing(&mut self, from: SocketId) {
        if let Some(socket) = self.sockets.get_mut(&from) {
            socket.typing.told_at = None;
        }
    }
}

/// Whose typing the other side sees (TY1).
fn is_shown(stage: &Stage, person: &Person) -> bool {
    match (person, stage) {
        (Person::Visitor { .. }, Stage::Waiting { .. } | Stage::Active { .. }) => true,
        (Person::Agent { agent, .. }, Stage::Active { assignee, .. }) => *agent == assignee.agent,
        (Person::Agent { .. }, Stage::Waiting { .. })
        | (_, Stage::WrappingUp { .. } | Stage::Closed { .. }) => false,
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec::Vec;

    use super::super::Input;
    use super::super::testing::*;
    use crate::frame::SocketId;

    #[test]
    fn ty1_who_learns_that_somebody_types() {
        type Case = (
            &'static str,
            fn() -> Desk,
            SocketId,
            &'static [&'static str],
        );
        let cases: [Case; 8] = [
            (
                "waiting",
                Desk::open,
                CUSTOMER,
                &["typing true to [2, 3, 4]"],
            ),
            (
                "active",
                Desk::active,
                CUSTOMER,
                &["typing true to [2, 3, 4]"],
            ),
            ("the assignee", Desk::active, JACK, &["typing true to [1]"]),
            ("a colleague", Desk::active, MIA, &[]),
            ("a supervisor", Desk::active, ADA, &[]),
            ("nobody holds it", Desk::open, JACK, &[]),
            ("after the end", Desk::wrapping_up, CUSTOMER, &[]),
            ("wrapping up", Desk::wrapping_up, JACK, &[]),
        ];
        for (case, desk, who, expected) in cases {
            let effects = desk().at(ms(1), typing(who, true));
            assert_eq!(words(&effects), expected, "{case}");
        }
    }

    #[test]
    fn ty2_typing_is_coalesced() {
        let mut desk = Desk::active();
        let mut at = |millis, typing_now| words(&desk.at(ms(millis), typing(CUSTOMER, typing_now)));
        let none = Vec::<String>::new();
        assert_eq!(at(0, false), none);
        assert_eq!(at(1, true).len(), 1);
        assert_eq!(at(2, true), none);
        assert_eq!(at(2_000, true), none);
        assert_eq!(at(2_001, true).len(), 1);
        assert_eq!(at(2_002, false), ["typing false to [2, 3, 4]"]);
        assert_eq!(at(2_003, false), none);
    }

    #[test]
    fn ty2_a_message_and_a_lost_socket_end_it() {
        let mut desk = Desk::active();
        desk.at(ms(1), typing(CUSTOMER, true));
        desk.at(ms(2), send(CUSTOMER, 1, 1, post("done")));
        assert!(desk.at(ms(3), typing(CUSTOMER, false)).is_empty());
        desk.at(ms(4), typing(CUSTOMER, true));
        let lost = desk.at(ms(5), Input::Disconnected { socket: CUSTOMER });
        assert_eq!(words(&lost), ["typing false to [2, 3, 4]"]);
    }

    #[test]
    fn ty3_sec_l2_a_flood_of_starts_and_stops_is_not_passed_on() {
        let mut desk = Desk::active();
        let mut frames = 0;
        for at in 0..600_u64 {
            let forwarded = desk.at(ms(at * 100), typing(CUSTOMER, at % 2 == 0));
            frames += words(&forwarded).len();
        }
        // 60 s: two at once and one in 3 s, each with its stop.
        assert_eq!(frames, 2 * 21);
    }

    #[test]
    fn ty2_who_connects_meanwhile_is_told() {
        let mut desk = Desk::active();
        desk.at(ms(1), typing(JACK, true));
        desk.at(ms(2), connected(SECOND_TAB));
        let hello_words = words(&desk.at(ms(2), hello(SECOND_TAB)));
        assert!(hello_words.contains(&"typing true to [5]".into()));
        desk.at(ms(3), typing(JACK, false));
        desk.at(ms(4), typing(CUSTOMER, true));
        desk.at(ms(4), connected(SocketId(6)));
        let other = words(&desk.at(ms(4), hello_as(SocketId(6), 6, 1, 0)));
        assert!(
            !other.iter().any(|word| word.starts_with("typing")),
            "{other:?}"
        );
    }
}
