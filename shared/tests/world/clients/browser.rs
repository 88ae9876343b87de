//! What a browser gives both kinds of link: events of the socket, tokens, timers.

use shared::link::{Input, SpaceInput};
use shared::time::Timestamp;

use crate::world::{End, Event, Ms, World};

/// How long a fresh token is good, in milliseconds.
const TOKEN: Ms = 15 * 60_000;

impl World {
    pub fn link_opened(&mut self, end: End) {
        match end {
            End::Client(client) => self.tell(client, Input::Opened),
            End::Console(console) => self.tell_space(console, SpaceInput::Opened),
        }
    }

    pub fn link_heard(&mut self, end: End) {
        match end {
            End::Client(client) => self.tell(client, Input::Pong),
            End::Console(console) => self.tell_space(console, SpaceInput::Pong),
        }
    }

    pub fn link_lost(&mut self, end: End, code: u16) {
        match end {
            End::Client(client) => {
                self.clients[client].socket = None;
                self.tell(client, Input::Lost { code });
            }
            End::Console(console) => {
                self.consoles[console].socket = None;
                self.tell_space(console, SpaceInput::Lost { code });
            }
        }
    }

    pub(super) fn renew(&mut self, end: End) {
        self.note("renew", [0, 0], |_| format!("{end:?}"));
        let is_answered = !self.fault(self.swarm.dial_lost);
        let span = self.random.range(10, 2_000);
        self.after(span, Event::Renewed(end, is_answered));
    }

    /// Whether the Worker refuses the token that this end shows.
    pub fn is_token_stale(&mut self, end: End) -> bool {
        let until = match end {
            End::Client(client) => self.clients[client].token_until,
            End::Console(console) => self.consoles[console].token_until,
        };
        self.now >= until && self.fault(self.swarm.stale_token)
    }

    pub fn renewed(&mut self, end: End, is_answered: bool) {
        self.note("renewed", [is_answered.into(), 0], |_| format!("{end:?}"));
        let until = self.now + TOKEN;
        match end {
            _ if !is_answered => (),
            End::Client(client) => {
                let person = self.clients[client].person.clone();
                self.clients[client].person = self.as_of_now(person);
                self.clients[client].token_until = until;
            }
            End::Console(console) => self.consoles[console].token_until = until,
        }
        match (end, is_answered) {
            (End::Client(client), true) => {
                let token_for_frame = None;
                self.tell(client, Input::Renewed { token_for_frame });
            }
            (End::Client(client), false) => self.tell(client, Input::RenewUnreachable),
            (End::Console(console), true) => {
                let token_for_frame = None;
                self.tell_space(console, SpaceInput::Renewed { token_for_frame });
            }
            (End::Console(console), false) => {
                self.tell_space(console, SpaceInput::RenewUnreachable);
            }
        }
    }

    pub(super) fn timer(&mut self, end: End) -> (&mut Option<Ms>, Option<Timestamp>, Ms) {
        match end {
            End::Client(number) => {
                let client = &mut self.clients[number];
                (&mut client.wake, client.link.next_deadline(), client.skew)
            }
            End::Console(number) => {
                let console = &mut self.consoles[number];
                let deadline = console.link.next_deadline();
                (&mut console.wake, deadline, console.skew)
            }
        }
    }

    pub(super) fn plan_wake(&mut self, end: End) {
        let (wake, deadline, skew) = self.timer(end);
        let planned = *wake;
        let Some(deadline) = deadline else { return };
        let mut at = self.moment(deadline, skew);
        if planned.is_some_and(|planned| planned <= at) {
            return;
        }
        if self.fault(self.swarm.lazy_timer) {
            at += self.random.range(0, 60_000);
        }
        *self.timer(end).0 = Some(at);
        self.at(at, Event::Wake(end));
    }

    pub fn wake(&mut self, end: End) {
        let now = self.now;
        let (wake, deadline, skew) = self.timer(end);
        if *wake != Some(now) {
            return;
        }
        *wake = None;
        match deadline {
            None => return,
            Some(deadline) if self.moment(deadline, skew) > now => return self.plan_wake(end),
            Some(_) => (),
        }
        match end {
            End::Client(client) => self.tell(client, Input::Tick),
            End::Console(console) => self.tell_space(console, SpaceInput::Tick),
        }
    }
}
