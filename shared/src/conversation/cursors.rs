//! How far each side has received and read: the ticks beside messages.
//!
//! - **M9** A cursor never decreases and never exceeds the head of its side's log.
//! - **D15** Only the assignee's cursor counts for the agents: a silent preview moves nothing.
//! - Each side counts its own log, so a cursor is translated for the other side; two translations
//!   give back what went in.
//! - A cursor lives in the seat of its socket, and goes to disk in the row of the next entry: no
//!   row for a tick. Of who leaves before that, another seat keeps it; only who leaves last costs
//!   a row.

use alloc::vec::Vec;

use super::born::Born;
use super::log::Log;
use super::turn::Turn;
use super::{Cursor, Cursors, Effect, Row, Seq};
use crate::frame::{FromServer, SocketId};
use crate::rights::{Person, Side};

/// The cursors of both sides, each counted by its own side.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Progress {
    pub(super) customer: Cursor,
    pub(super) agent: Cursor,
}

impl Progress {
    /// Both cursors as one side counts.
    pub(super) fn seen_from(self, side: Side, log: &Log) -> Cursors {
        match side {
            Side::Customer => Cursors {
                customer: self.customer,
                agent: translated(self.agent, |seq| log.to_public(seq)),
            },
            Side::Agent => Cursors {
                customer: translated(self.customer, |seq| log.to_agents(seq)),
                agent: self.agent,
            },
        }
    }

    /// Takes in what a row or a seat holds, which counts as agents do.
    pub(super) fn raise(&mut self, kept: Cursors, log: &Log) {
        let customer = translated(kept.customer, |seq| log.to_public(seq));
        self.customer = merged(self.customer, customer, log.public);
        self.agent = merged(self.agent, kept.agent, log.head);
    }
}

fn translated(cursor: Cursor, translate: impl Fn(Seq) -> Seq) -> Cursor {
    Cursor {
        delivered: translate(cursor.delivered),
        read: translate(cursor.read),
    }
}

/// The greater of two cursors, within the log; what is read has arrived (M9).
pub(super) fn merged(mine: Cursor, claimed: Cursor, head: Seq) -> Cursor {
    let read = mine.read.max(claimed.read.min(head));
    let delivered = mine.delivered.max(claimed.delivered.min(head));
    Cursor {
        delivered: delivered.max(read),
        read,
    }
}

impl Born {
    /// A person says how far they have come.
    pub(super) fn seen(&mut self, turn: &mut Turn, from: SocketId, cursor: Cursor) {
        let Some(socket) = self.sockets.get_mut(&from) else {
            return;
        };
        let head = self.log.head_for(socket.side());
        let cursor = merged(socket.seat.cursor, cursor, head);
        if cursor == socket.seat.cursor {
            return;
        }
        socket.seat.cursor = cursor;
        turn.keep(from, socket);
        self.advance(turn, from);
    }

    /// Moves the cursor of a side to that of a socket, if it counts, and tells both sides.
    /// True when it moved.
    pub(super) fn advance(&mut self, turn: &mut Turn, from: SocketId) -> bool {
        let before = self.progress;
        self.count_in(from);
        self.tell_progress(turn, before);
        self.progress != before
    }

    /// A new assignee's cursor counts from the start: the preview before was theirs. How far the
    /// one before came is in the row of the assignment, since that seat counts no more.
    pub(super) fn adopt_cursors(&mut self, turn: &mut Turn) {
        let before = self.progress;
        let sockets: Vec<SocketId> = self.sockets.keys().copied().collect();
        for id in sockets {
            self.count_in(id);
        }
        self.tell_progress(turn, before);
    }

    pub(super) fn count_in(&mut self, from: SocketId) {
        let Some(socket) = self.sockets.get(&from) else {
            return;
        };
        let cursor = socket.seat.cursor;
        match &socket.seat.person {
            Person::Visitor { .. } => {
                self.progress.customer = merged(self.progress.customer, cursor, self.log.public);
            }
            Person::Agent { agent, .. } => {
                let assignee = self.lifecycle.assignee();
                if assignee.is_some_and(|assignee| assignee.agent == *agent) {
                    self.progress.agent = merged(self.progress.agent, cursor, self.log.head);
                }
            }
        }
    }

    fn tell_progress(&self, turn: &mut Turn, before: Progress) {
        for side in [Side::Customer, Side::Agent] {
            let cursors = self.progress.seen_from(side, &self.log);
            if cursors != before.seen_from(side, &self.log) {
                turn.send(self.attentive(side), FromServer::Cursors(cursors));
            }
        }
    }

    /// The sockets of a side that may be sent what is not worth keeping.
    pub(super) fn attentive(&self, side: Side) -> Vec<SocketId> {
        self.sockets
            .iter()
            .filter(|(_, socket)| socket.side() == side && socket.takes_ephemerals())
            .map(|(id, _)| *id)
            .collect()
    }

    /// The cursors, if they moved since they went to disk: the caller writes them.
    pub(super) fn take_unsaved(&mut self) -> Option<Cursors> {
        (self.progress != self.stored_progress).then(|| {
            self.stored_progress = self.progress;
            self.progress.seen_from(Side::Agent, &self.log)
        })
    }

    /// Somebody is gone: a seat that stays keeps what only theirs knew; without one it is a row.
    pub(super) fn keep_progress(&mut self, turn: &mut Turn) {
        if self.progress == self.stored_progress {
            return;
        }
        let mut stay = self.sockets.iter_mut();
        if let Some((id, socket)) = stay.find(|(_, socket)| socket.is_welcome()) {
            let cursors = Some(self.progress.seen_from(Side::Agent, &self.log));
            if socket.seat.left != cursors {
                socket.seat.left = cursors;
                turn.keep(*id, socket);
            }
        } else {
            let cursors = self.take_unsaved().map(Row::Cursors);
            turn.effects.extend(cursors.map(Effect::Save));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Input;
    use super::super::testing::*;
    use super::*;

    /// A note stands at 5, so that the two sides count differently from there on.
    fn with_note() -> Desk {
        let mut desk = Desk::active();
        desk.at(ms(1), send(MIA, 1, 1, note("difficult")));
        desk.at(ms(2), send(JACK, 1, 2, post("Hello")));
        desk
    }

    fn told(desk: &mut Desk, who: SocketId, to: SocketId, read: u64) -> Option<(u64, u64)> {
        let effects = desk.at(ms(3), seen(who, read, read));
        let cursors = frames_to(to, &effects).into_iter().find_map(|frame| {
            let FromServer::Cursors(cursors) = frame else {
                return None;
            };
            Some(cursors)
        });
        cursors.map(|cursors| (cursors.customer.read.0, cursors.agent.read.0))
    }

    #[test]
    fn each_side_is_told_in_its_own_count() {
        let mut desk = with_note();
        // The customer has read 5 public entries; agents call the last of them 6.
        assert_eq!(told(&mut desk, CUSTOMER, CUSTOMER, 5), Some((5, 0)));
        let mut desk = with_note();
        assert_eq!(told(&mut desk, CUSTOMER, JACK, 5), Some((6, 0)));
        // Jack has read up to the note, which the customer does not see.
        assert_eq!(told(&mut desk, JACK, CUSTOMER, 5), Some((5, 4)));
        let again = told(&mut desk, JACK, CUSTOMER, 5);
        assert_eq!(again, None, "nothing moved");
        let log = &desk.machine.born().log;
        for public in 0..=log.public.0 {
            assert_eq!(log.to_public(log.to_agents(Seq(public))), Seq(public));
        }
    }

    #[test]
    fn m9_a_cursor_only_rises_and_stays_in_the_log() {
        let mut desk = with_note();
        desk.at(ms(3), seen(CUSTOMER, u64::MAX, 3));
        let cursor = desk.machine.born().progress.customer;
        assert_eq!((cursor.delivered, cursor.read), (Seq(5), Seq(3)));
        assert!(desk.at(ms(4), seen(CUSTOMER, 1, 1)).is_empty());
        desk.at(ms(5), seen(CUSTOMER, 0, 4));
        let cursor = desk.machine.born().progress.customer;
        assert_eq!((cursor.delivered, cursor.read), (Seq(5), Seq(4)));
    }

    #[test]
    fn d15_a_silent_preview_moves_nothing_until_it_is_held() {
        let mut desk = with_note();
        let preview = desk.at(ms(3), seen(MIA, 6, 6));
        assert_eq!(words(&preview), ["keep 3"]);
        assert_eq!(desk.machine.born().progress.agent, Cursor::default());
        let transfer = desk.at(ms(4), assign(2, Some(MIA)));
        assert_eq!(desk.machine.born().progress.agent.read, Seq(6));
        assert!(words(&transfer).contains(&"cursors to [1]".into()));
    }

    #[test]
    fn m9_cursors_outlive_the_memory_and_cost_a_row_only_when_everybody_has_left() {
        let mut desk = with_note();
        let moved = desk.at(ms(3), seen(JACK, 6, 6));
        assert_eq!(words(&moved)[0], "keep 2");
        assert_eq!(saved(&moved), [""; 0]);
        desk.wake(ms(4));
        assert_eq!(desk.machine.born().progress.agent.read, Seq(6), "his seat");
        let lost = desk.at(ms(5), Input::Disconnected { socket: JACK });
        assert_eq!(words(&lost), ["keep 1"], "another seat keeps it");
        desk.wake(ms(6));
        let read = desk.machine.born().progress.agent.read;
        assert_eq!(read, Seq(6), "that seat");
        let posted = desk.at(ms(7), send(CUSTOMER, 1, 9, post("Thanks")));
        assert_eq!(saved(&posted), ["save message_posted with cursors"]);
        desk.seats.clear();
        desk.wake(ms(8));
        let read = desk.machine.born().progress.agent.read;
        assert_eq!(read, Seq(6), "the row of the message");
    }

    #[test]
    fn m9_who_leaves_last_costs_a_row_if_there_is_news() {
        let mut desk = with_note();
        desk.at(ms(3), seen(CUSTOMER, 5, 5));
        for socket in [JACK, MIA, ADA] {
            let left = desk.at(ms(4), Input::Disconnected { socket });
            assert_eq!(saved(&left), [""; 0]);
        }
        let socket = CUSTOMER;
        let last = desk.at(ms(5), Input::Disconnected { socket });
        assert_eq!(saved(&last), ["save cursors"]);
        desk.wake(ms(6));
        assert_eq!(desk.machine.born().progress.customer.read, Seq(5));
        desk.at(ms(7), connected(CUSTOMER));
        desk.at(ms(7), hello_as(CUSTOMER, 1, 2, 0));
        let again = desk.at(ms(8), Input::Disconnected { socket });
        assert_eq!(saved(&again), [""; 0], "nothing new");
    }

    /// Seed 5405 of the world: the seat of the new connection was kept as it was before.
    #[test]
    fn m9_a_new_connection_keeps_what_the_old_one_knew() {
        let mut desk = with_note();
        desk.at(ms(3), seen(CUSTOMER, 5, 5));
        for socket in [JACK, MIA, ADA] {
            desk.at(ms(4), Input::Disconnected { socket });
        }
        desk.at(ms(5), connected(SECOND_TAB));
        let hello = desk.at(ms(5), hello_as(SECOND_TAB, 1, 2, 0));
        assert!(words(&hello).contains(&"close 1 4409".into()));
        desk.wake(ms(6));
        assert_eq!(desk.machine.born().progress.customer.read, Seq(5));
    }

    fn saved(effects: &[Effect]) -> Vec<alloc::string::String> {
        let words = words(effects).into_iter();
        words.filter(|word| word.starts_with("save")).collect()
    }
}
