//! What goes out to whom, and no faster than it is taken in (PROTOCOL.md §6).
//!
//! - **M4** A socket is sent the entries of its side in order and without a gap: one that missed
//!   something gets the backlog, never the entry after the gap.
//! - **M8** A customer's socket is never sent an internal entry: what goes to customers is made
//!   of the entries with a public count, and of nothing else.
//! - **FL1** At most 256 entries and 256 KiB are on their way to a socket; what is on its way
//!   when the window fills has 15 s to be acknowledged, or the socket is closed (4408). Once there
//!   is room again, the rest follows as a backlog; clients confirm at half of it (K14 of `link`). What a backlog carries does not count: the client
//!   asked for it, and it is bounded by itself. A full window is remembered in the seat: silence
//!   outlives the memory of the object.

use alloc::vec::Vec;
use core::time::Duration;

use super::born::Born;
use super::turn::Turn;
use super::{Effect, Entry, Lag, Seq};
use crate::frame::{BACKLOG_MAX, FromServer, SocketId};
use crate::rights::Side;

/// How long a window may stay full. Source: PROTOCOL.md §6.
pub(super) const LAG_MAX: Duration = Duration::from_secs(15);

impl Born {
    /// Sends what this turn appended: one frame for each side, or one for both while no internal
    /// entry makes their counts differ.
    pub(super) fn push(&mut self, turn: &mut Turn) {
        if turn.fresh.is_empty() {
            return;
        }
        let fresh = core::mem::take(&mut turn.fresh);
        let customers = self.receivers(turn, Side::Customer, fresh.iter().filter_map(|(_, p)| *p));
        let agents = self.receivers(turn, Side::Agent, fresh.iter().map(|(entry, _)| entry.seq));
        if fresh
            .iter()
            .all(|(entry, public)| *public == Some(entry.seq))
        {
            let entries = fresh.into_iter().map(|(entry, _)| entry).collect();
            turn.send([customers, agents].concat(), FromServer::Entries(entries));
            return;
        }
        if !customers.is_empty() {
            let public = fresh.iter().filter_map(|(entry, public)| {
                let entry = entry.clone();
                public.map(|seq| Entry { seq, ..entry })
            });
            turn.send(customers, FromServer::Entries(public.collect()));
        }
        if !agents.is_empty() {
            let all = fresh.into_iter().map(|(entry, _)| entry);
            turn.send(agents, FromServer::Entries(all.collect()));
        }
    }

    /// The sockets of a side that have everything before `places` and room for more.
    fn receivers(
        &mut self,
        turn: &mut Turn,
        side: Side,
        mut places: impl Iterator<Item = Seq>,
    ) -> Vec<SocketId> {
        let Some(first) = places.next() else {
            return Vec::new();
        };
        let last = places.last().unwrap_or(first);
        let mut to = Vec::new();
        for (id, socket) in self.sockets.iter_mut() {
            // A gap before `first` means a backlog on its way, or a window that is full.
            if !socket.is_welcome() || socket.side() != side || socket.sent.next() != first {
                continue;
            }
            if self.log.has_room(side, socket.acked, socket.sent) {
                socket.sent = last;
                to.push(*id);
            } else if socket.seat.lag.is_none() {
                let (sent, since) = (socket.sent, turn.now);
                socket.seat.lag = Some(Lag { sent, since });
                turn.keep(*id, socket);
            }
        }
        to
    }

    /// Sends the log after a place; the socket goes on from there.
    pub(super) fn backlog(&mut self, turn: &mut Turn, to: SocketId, after: Seq) {
        let Some(socket) = self.sockets.get_mut(&to) else {
            return;
        };
        let side = socket.side();
        let head = self.log.head_for(side);
        let after = after.min(head);
        socket.sent = head.min(Seq(after.0.saturating_add(BACKLOG_MAX)));
        socket.acked = socket.sent;
        if socket.seat.lag.take().is_some() {
            turn.keep(to, socket);
        }
        turn.effects.push(Effect::Backlog {
            to,
            side,
            after,
            head,
        });
    }

    /// Everything up to `seq` has arrived in that client.
    pub(super) fn received(&mut self, turn: &mut Turn, from: SocketId, seq: Seq) {
        let Some(socket) = self.sockets.get_mut(&from) else {
            return;
        };
        socket.acked = socket.acked.max(seq.min(socket.sent));
        let (sent, side) = (socket.sent, socket.side());
        if socket.seat.lag.is_some() && self.log.has_room(side, socket.acked, sent) {
            let cursors = self.progress.seen_from(side, &self.log);
            self.backlog(turn, from, sent);
            turn.send([from].into(), FromServer::Cursors(cursors));
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::super::testing::*;
    use super::super::{Birth, Input};
    use super::*;
    use crate::frame::ToServer;

    /// A conversation held by Jack whose space allows any number of messages at once.
    fn lively() -> Desk {
        let Birth { mut settings, .. } = birth();
        settings.messages_burst = 1_000_000;
        let birth = Birth {
            settings,
            ..birth()
        };
        let id = command_id(0);
        let text = text("Hi");
        let mut desk = Desk::with(Input::Begin { birth, id, text });
        desk.at(ms(0), assign(1, Some(JACK)));
        desk.confirm(ms(0));
        for socket in [CUSTOMER, JACK, MIA, ADA] {
            acknowledge(&mut desk, socket, 0);
        }
        desk
    }

    fn say(desk: &mut Desk, n: u32, words: &str) -> Vec<super::super::Effect> {
        let mut id = [0; 16];
        id[..4].copy_from_slice(&n.to_be_bytes());
        id[15] = 1;
        let id = crate::id::CommandId::from_bytes(id);
        let command = post(words);
        desk.at(s(1), frame(JACK, ToServer::Send { n, id, command }))
    }

    fn acknowledge(desk: &mut Desk, socket: SocketId, at: u64) -> Vec<String> {
        let seq = desk.machine.head(person(socket).side());
        let effects = desk.at(s(at), frame(socket, ToServer::Received { seq }));
        words(&effects)
    }

    #[test]
    fn rt2_m8_a_customer_is_never_sent_a_note() {
        let mut desk = Desk::active();
        let effects = desk.at(ms(1), send(MIA, 1, 1, note("a difficult one")));
        assert!(pushed(CUSTOMER, &effects).is_empty());
        assert_eq!(pushed(JACK, &effects).len(), 1);
        let effects = desk.at(ms(2), send(JACK, 1, 2, post("Hello")));
        // Each side counts without a gap.
        assert_eq!(pushed(CUSTOMER, &effects)[0].seq, Seq(5));
        assert_eq!(pushed(MIA, &effects)[0].seq, Seq(6));
    }

    #[test]
    fn fl1_a_full_window_stops_and_an_acknowledgement_brings_the_rest() {
        for (case, words_of_message, most) in
            [("entries", "x", 256), ("bytes", &*"é".repeat(9_000), 15)]
        {
            let mut desk = lively();
            let mut n = 0;
            while desk.machine.born().sockets[&CUSTOMER].seat.lag.is_none() {
                n += 1;
                say(&mut desk, n, words_of_message);
                // The agents keep up.
                for agent in [JACK, MIA, ADA] {
                    acknowledge(&mut desk, agent, 1);
                }
            }
            assert_eq!(n, most + 1, "{case}");
            let behind = say(&mut desk, n + 1, words_of_message);
            assert!(pushed(CUSTOMER, &behind).is_empty(), "{case}");
            assert_eq!(pushed(MIA, &behind).len(), 1, "{case}: others go on");
            assert!(desk.at(s(1), typing(JACK, true)).is_empty(), "{case}");
            let first = 4 + u64::from(most);
            let head = first + 2;
            let caught_up = acknowledge(&mut desk, CUSTOMER, 2);
            let expected = [
                "keep 1".into(),
                alloc::format!("backlog {first}..{head} to 1"),
                "cursors to [1]".into(),
            ];
            assert_eq!(caught_up, expected, "{case}");
            let live = say(&mut desk, n + 2, words_of_message);
            assert_eq!(pushed(CUSTOMER, &live).len(), 1, "{case}");
        }
    }

    #[test]
    fn fl1_who_stays_behind_for_15_seconds_is_closed() {
        let mut desk = lively();
        for n in 1..=257 {
            say(&mut desk, n, "x");
        }
        assert_eq!(desk.machine.next_deadline(), Some(s(16)));
        assert!(desk.at(ms(15_999), Input::Tick).is_empty());
        let closed = desk.at(s(16), Input::Tick);
        let expected = [
            "close 1 4408",
            "close 2 4408",
            "close 3 4408",
            "close 4 4408",
        ];
        assert_eq!(words(&closed), expected);
    }

    #[test]
    fn fl1_a_full_window_outlives_the_memory_of_the_object() {
        let mut behind = lively();
        for n in 1..=300 {
            say(&mut behind, n, "x");
        }
        let mut late = behind.clone();
        behind.wake(s(11));
        assert_eq!(behind.machine.next_deadline(), Some(s(16)));
        assert!(words(&behind.at(s(16), Input::Tick)).contains(&"close 1 4408".into()));
        // Who confirms after all gets the rest.
        late.wake(s(11));
        let seq = Seq(4 + 256);
        let effects = late.at(s(12), frame(CUSTOMER, ToServer::Received { seq }));
        assert_eq!(words(&effects)[1], "backlog 260..304 to 1");
    }

    #[test]
    fn m4_who_has_a_gap_gets_the_backlog_first() {
        let mut desk = lively();
        for n in 1..=1_500 {
            say(&mut desk, n, "x");
        }
        desk.at(s(2), connected(SECOND_TAB));
        let effects = desk.at(s(2), hello(SECOND_TAB));
        assert_eq!(words(&effects).last().unwrap(), "backlog 0..1504 to 5");
        // It has 1,000 of them: what happens meanwhile comes with the next backlog.
        assert!(pushed(SECOND_TAB, &say(&mut desk, 1_501, "x")).is_empty());
        let after = Seq(1_000);
        let next = desk.at(s(3), frame(SECOND_TAB, ToServer::Sync { after }));
        assert_eq!(words(&next), ["backlog 1000..1505 to 5"]);
        assert_eq!(pushed(SECOND_TAB, &say(&mut desk, 1_502, "x")).len(), 1);
    }

    #[test]
    fn a_place_beyond_the_log_is_its_head() {
        let mut desk = Desk::open();
        let after = Seq(u64::MAX);
        let effects = desk.at(s(1), frame(CUSTOMER, ToServer::Sync { after }));
        assert_eq!(words(&effects), ["backlog 3..3 to 1"]);
        let effects = desk.at(s(1), frame(CUSTOMER, ToServer::Received { seq: after }));
        assert!(effects.is_empty());
    }
}
