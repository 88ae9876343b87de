//! What clients send, are sent and show: M1, M4, M6 to M9.

use shared::conversation::{Command, Cursors, Seq};
use shared::frame::{FromServer, ToServer};
use shared::id::CommandId;
use shared::link::{Pending, PendingState};
use shared::rights::{Side, audience};

use super::erasure::blanked;
use crate::sockets::Socket;
use crate::world::World;

/// How often one socket may be told to wait within a second: the window of 16 (K4) at most four times
/// (AL5), and as many of an older round that come late.
const HOLDS_A_SECOND: u32 = 128;
/// How often the socket of whoever does not wait may be told to wait at one moment (AL6).
const HOLDS_AT_ONCE: u32 = 1_000;

impl World {
    /// A link was built with a stored outbox.
    pub fn take_over_outbox(&mut self, number: usize) {
        let client = &mut self.clients[number];
        for item in client.link.pending() {
            let Some(attempt) = self.checks.attempts.get_mut(&item.id) else {
                continue;
            };
            if attempt.client != number {
                client.written += 1;
                attempt.client = number;
                attempt.order = client.written;
                attempt.has_other_copies = true;
            }
        }
    }

    pub fn item_kept(&mut self, number: usize, item: &Pending) {
        let Some(attempt) = self.checks.attempts.get_mut(&item.id) else {
            return;
        };
        match &item.state {
            // An item that is kept once more as it was stays in its place.
            PendingState::Queued if attempt.order > 0 && !attempt.is_dead => (),
            PendingState::Queued => {
                self.clients[number].written += 1;
                attempt.order = self.clients[number].written;
                attempt.is_dead = false;
            }
            PendingState::Sent | PendingState::Dropping => (),
            PendingState::Failed(_) => self.item_dies(item.id),
        }
    }

    pub fn item_dropped(&mut self, number: usize, id: CommandId, shows_the_log: bool) {
        if !shows_the_log {
            return self.item_dies(id);
        }
        if !self.checks.is_logged(id) {
            self.violate("M1", || {
                format!("client {number} takes {id} as acknowledged, and no disk has it")
            });
        }
    }

    pub(super) fn item_dies(&mut self, id: CommandId) {
        let Some(attempt) = self.checks.attempts.get_mut(&id) else {
            return;
        };
        attempt.is_dead = true;
        if !attempt.has_other_copies && self.checks.logged.contains_key(&id) {
            self.violate("M7", || format!("{id} was given up and is in the log"));
        }
    }

    /// A frame is about to reach a conversation.
    pub fn frame_arrives(&mut self, socket: usize, number: usize, frame: &ToServer<Command>) {
        if let ToServer::Seen { cursor } = frame {
            let head = self.conversations[number]
                .disk
                .head(self.sockets[socket].person.side());
            let is_there = self.conversations[number].disk.is_born();
            if is_there && cursor.delivered > head || cursor.read > cursor.delivered {
                self.violate("M9", || {
                    format!("socket {socket} has seen {cursor:?} of {head}")
                });
            }
        }
    }

    /// A conversation loses its memory: of connections it knows what the seats say (C3).
    pub fn forget_connections(&mut self, number: usize) {
        self.checks.newest.retain(|(other, _), _| *other != number);
        let seats = self.conversations[number].seats.values();
        for (device, connection) in seats.filter_map(|seat| seat.device) {
            let newest = self.checks.newest.entry((number, device)).or_default();
            *newest = connection.max(*newest);
        }
    }

    /// A conversation sends a frame.
    pub fn check_send(&mut self, socket: usize, number: usize, frame: &FromServer) {
        self.check_frame(number, frame);
        let side = self.sockets[socket].person.side();
        match frame {
            FromServer::Entries(entries) => {
                let secret = entries
                    .iter()
                    .find(|entry| !audience(&entry.event).includes(side));
                if let Some(secret) = secret {
                    let kind = secret.event.kind();
                    self.violate("M8", || format!("{kind} goes to socket {socket}"));
                }
                self.check_words(number, side, entries);
            }
            FromServer::Cursors(cursors) => {
                let head = self.conversations[number].disk.head(side);
                let last = core::mem::replace(&mut self.sockets[socket].cursors, *cursors);
                if !is_risen(last, *cursors) || highest(*cursors) > head {
                    self.violate("M9", || format!("{cursors:?} after {last:?}, head {head}"));
                }
            }
            FromServer::Welcome(welcome) => {
                let seats = &self.conversations[number].seats;
                let seat = seats.get(&Socket::id(socket));
                if let Some((device, _)) = seat.and_then(|seat| seat.device) {
                    let newest = self.checks.newest.entry((number, device)).or_default();
                    let was = *newest;
                    *newest = was.max(welcome.connection);
                    if welcome.connection < was {
                        let late = welcome.connection;
                        self.violate("M7", || {
                            format!("connection {late} is welcome after {was} of the same tab")
                        });
                    }
                }
            }
            FromServer::Repeated { id, seq, .. } => {
                let logged = self.checks.logged.get(id);
                let place = logged.map(|(_, agents, public)| match side {
                    Side::Agent => *agents,
                    Side::Customer => public.unwrap_or_default(),
                });
                let is_here = logged.is_none_or(|(other, _, _)| *other == number);
                if is_here && place != Some(*seq) {
                    self.violate("M1", || {
                        format!("{id} is said to be at {seq}, not {place:?}")
                    });
                }
            }
            FromServer::Hold { .. } => self.check_hold(socket),
            FromServer::Limited { .. }
            | FromServer::Live { .. }
            | FromServer::Done { .. }
            | FromServer::Refused { .. }
            | FromServer::Typing { .. }
            | FromServer::Desk(_)
            | FromServer::Counts(_)
            | FromServer::Place(_)
            | FromServer::Renew
            | FromServer::Bad { .. } => (),
        }
    }

    /// AL5: holds do not bring more holds. AL6: and of whoever does not wait no more than so many come.
    fn check_hold(&mut self, socket: usize) {
        let second = self.now / 1_000;
        let (last, count) = self.checks.holds.entry(socket).or_default();
        if *last != second {
            (*last, *count) = (second, 0);
        }
        *count += 1;
        if self.checks.floods.contains(&socket) {
            if *count > HOLDS_AT_ONCE {
                self.violate("AL6", || {
                    format!("socket {socket} floods and is not closed")
                });
            }
        } else if *count > HOLDS_A_SECOND {
            self.violate("AL5", || format!("socket {socket} is held over and over"));
        }
    }

    /// M4: what a client took in is what the disk has for its side.
    pub fn check_entries(&mut self, number: usize, from: Seq) {
        let client = &self.clients[number];
        let side = client.side();
        let Some(object) = client
            .link
            .conversation()
            .and_then(|id| self.by_id.get(&id))
        else {
            return;
        };
        let disk = &self.conversations[*object].disk;
        let entries = client.link.transcript().entries();
        let first = usize::try_from(from.0).unwrap().saturating_sub(1);
        let wrong = entries[first..].iter().find(|entry| {
            disk.entry(side, entry.seq).is_none_or(|stored| {
                // What was on its way when it was erased is blanked by what follows it.
                // So are words that were changed meanwhile.
                let mut is_same = stored.event == entry.event
                    || disk.is_erased() && stored.event == blanked(entry);
                if disk.talk.is_stale(stored.seq) {
                    is_same |= blanked(stored) == entry.event;
                }
                (stored.at, &stored.author, stored.id) != (entry.at, &entry.author, entry.id)
                    || !is_same
            })
        });
        // What is forgotten is on no disk (ER4).
        let wrong = wrong.filter(|_| disk.is_born());
        if let Some(wrong) = wrong {
            let what = format!("client {number} shows {wrong:?}, which is not on the disk");
            self.violate("M4", || what);
        }
        self.check_shown(number);
    }
}

fn is_risen(before: Cursors, after: Cursors) -> bool {
    [
        (before.customer, after.customer),
        (before.agent, after.agent),
    ]
    .iter()
    .all(|(before, after)| after.delivered >= before.delivered && after.read >= before.read)
}

fn highest(cursors: Cursors) -> Seq {
    let Cursors { customer, agent } = cursors;
    customer
        .delivered
        .max(customer.read)
        .max(agent.delivered)
        .max(agent.read)
}
