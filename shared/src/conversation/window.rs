//! What goes out to whom, and no faster than it is taken in (PROTOCOL.md §6).
//!
//! - **M4** A socket is sent the entries of its side in order and without a gap: one that missed
//!   something gets the backlog, never the entry after the gap.
//! - **M8** A customer's socket is never sent an internal entry: what goes to customers is made
//!   of the entries with a public count, and of nothing else.
//! - **FL1** At most 256 entries and 256 KiB are on their way to a socket; what is on its way
//!   when the window fills has 15 s to be acknowledged, or the socket is closed (4408). Once all
//!   of it is, the rest follows as a backlog. What a backlog carries does not count: the client
//!   asked for it, and it is bounded by itself.

use alloc::vec::Vec;
use core::time::Duration;

use super::born::Born;
use super::turn::Turn;
use super::{Effect, Entry, Seq};
use crate::frame::{BACKLOG_MAX, FromServer, SocketId};
use crate::rights::Side;

/// How long a window may stay full. Source: PROTOCOL.md §6.
pub(super) const LAG_MAX: Duration = Duration::from_secs(15);

impl Born {
    /// Sends what this turn appended: one frame for each side.
    pub(super) fn push(&mut self, turn: &mut Turn) {
        if turn.fresh.is_empty() {
            return;
        }
        let fresh = core::mem::take(&mut turn.fresh);
        let customers = self.receivers(turn, Side::Customer, fresh.iter().filter_map(|(_, p)| *p));
        let agents = self.receivers(turn, Side::Agent, fresh.iter().map(|(entry, _)| entry.seq));
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
        turn: &Turn,
        side: Side,
        mut places: impl Iterator<Item = Seq>,
    ) -> Vec<SocketId> {
        let Some(first) = places.next() else {
            return Vec::new();
        };
        let last = places.last().unwrap_or(first);
        let mut to = Vec::new();
        for (id, socket) in &mut self.sockets {
            // A gap before `first` means a backlog on its way, or a window that is full.
            if !socket.is_welcome() || socket.side() != side || socket.sent.next() != first {
                continue;
            }
            if self.log.has_room(side, socket.acked, socket.sent) {
                socket.sent = last;
                to.push(*id);
            } else {
                socket.lagging_since = Some(turn.now);
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
        socket.lagging_since = None;
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
        if socket.lagging_since.is_some() && socket.acked == socket.sent {
            let (sent, side) = (socket.sent, socket.side());
            let cursors = self.progress.seen_from(side, &self.log);
            self.backlog(turn, from, sent);
            turn.send([from].into(), FromServer::Cursors(cursors));
        }
    }
}
