//! What each frame of the server does to the link (K2 to K7).

use alloc::vec::Vec;

use super::super::Failure;
use super::super::cursor::Progress;
use super::super::flight::Flight;
use super::{ConversationLink, Turn};
use crate::conversation::{Entry, Stage, Taken, Transcript};
use crate::frame::{FromServer, Hello, ToServer, Welcome};
use crate::time::Timestamp;

impl ConversationLink {
    pub(super) fn receive(
        &mut self,
        now: Timestamp,
        dice: u64,
        frame: FromServer,
        turn: &mut Turn,
    ) {
        match frame {
            FromServer::Welcome(welcome) => self.welcome(now, dice, &welcome, turn),
            FromServer::Entries(entries) => self.apply(now, entries, turn),
            FromServer::Limited { .. } => {
                self.progress.caught_up();
                self.sync(turn);
            }
            FromServer::Live { head } => {
                self.progress.caught_up();
                self.is_syncing = false;
                if self.transcript.head() < head {
                    self.sync(turn);
                } else if self.line.is_up() && !self.is_caught_up {
                    self.is_caught_up = true;
                    self.outbox.caught_up(self.side, &mut turn.effects);
                }
            }
            FromServer::Repeated { id, .. } => {
                self.flight.settle(id);
                self.outbox.acknowledge(id, &mut turn.effects);
            }
            FromServer::Refused { id, refusal } => {
                self.flight.settle(id);
                self.outbox
                    .fail(id, Failure::Refused(refusal), &mut turn.effects);
            }
            FromServer::Hold { n, retry_ms } => {
                // A marked item has to be shown by a resume, and so has an order that is lost.
                let back = self.flight.hold(now, n, retry_ms);
                if back.is_none_or(|back| back.iter().any(|id| self.outbox.is_marked(*id))) {
                    let next = self.line.resume(now, dice);
                    self.follow(now, Some(next), turn);
                }
            }
            FromServer::Cursors(cursors) => {
                turn.has_cursors |= self.progress.merge(self.side, cursors);
            }
            FromServer::Typing { side, typing } => {
                turn.has_typing |= side != self.side && self.typing.other(now, typing);
            }
            FromServer::Place(place) => {
                self.place = Some(place);
                turn.has_place = true;
            }
            FromServer::Renew => {
                let next = self.line.renewal_wanted();
                self.follow(now, next, turn);
            }
            FromServer::Done { .. }
            | FromServer::Desk(_)
            | FromServer::Counts(_)
            | FromServer::Bad { .. } => (),
        }
    }

    pub(super) fn hello(&mut self) -> Hello {
        Hello {
            device: self.device,
            connection: self.line.connection(),
            epoch: self.epoch,
            after: self.transcript.head(),
            cursor: self.progress.introduced(self.side),
        }
    }

    pub(super) fn welcome(
        &mut self,
        now: Timestamp,
        dice: u64,
        welcome: &Welcome,
        turn: &mut Turn,
    ) {
        if !self.line.welcomed(now, dice, welcome.connection) {
            return;
        }
        self.is_caught_up = false;
        self.is_syncing = false;
        self.flight = Flight::default();
        turn.has_place |= self.place.take().is_some();
        if self.epoch.is_some_and(|epoch| epoch != welcome.epoch) {
            self.forget(turn);
        }
        self.epoch = Some(welcome.epoch);
        self.outbox.resume();
        let head = self.transcript.head();
        self.progress.welcomed(now, self.side, head);
    }

    /// Forgets the log and keeps the outbox (K3).
    pub(super) fn forget(&mut self, turn: &mut Turn) {
        self.epoch = None;
        self.transcript = Transcript::default();
        self.progress = Progress::default();
        turn.has_reset = true;
        turn.has_cursors = true;
    }

    pub(super) fn apply(&mut self, now: Timestamp, entries: Vec<Entry>, turn: &mut Turn) {
        for entry in entries {
            let seq = entry.seq;
            let id = entry.id.filter(|_| self.is_ours(&entry));
            let is_for_us = self.is_for_us(&entry);
            let bytes = entry.bytes();
            match self.transcript.apply(entry) {
                Taken::Applied => {
                    self.is_syncing = false;
                    turn.entries_from.get_or_insert(seq);
                    if !self.is_waiting() {
                        turn.has_place |= self.place.take().is_some();
                    }
                    if let Some(id) = id {
                        self.flight.settle(id);
                        self.outbox.acknowledge(id, &mut turn.effects);
                    }
                    turn.has_typing |= is_for_us && self.typing.other(now, false);
                    self.progress.arrived(now, self.side, seq, bytes, is_for_us);
                }
                Taken::Known => (),
                Taken::Gap => return self.sync(turn),
            }
        }
    }

    fn is_waiting(&self) -> bool {
        let lifecycle = self.transcript.lifecycle();
        lifecycle.is_some_and(|lifecycle| matches!(lifecycle.stage, Stage::Waiting { .. }))
    }

    /// Asks for what is missing, once until something comes.
    pub(super) fn sync(&mut self, turn: &mut Turn) {
        if !self.is_syncing {
            self.is_syncing = true;
            let after = self.transcript.head();
            turn.transmit(ToServer::Sync { after });
        }
    }
}
