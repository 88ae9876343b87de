//! The shell around the space: turn, rows, sends.

use shared::frame::ToServer;
use shared::space::{self, ItemState, Space};
use shared::time::Timestamp;

use super::Fate;
use crate::world::{Event, Host, World};

impl World {
    /// One turn of the space: the effects that answer a call, or `None` when it was lost.
    pub fn space_turn(&mut self, input: space::Input) -> Option<Vec<space::Effect>> {
        let has_slept = self.has_slept(Host::Space);
        let fate = self.fate();
        let now = self.clock(self.space.shell.skew);
        let sets_availability = is_set_available(&input);
        let is_alarm = matches!(input, space::Input::Tick);
        let wish = self.wish_before(&input);
        if has_slept {
            self.space.machine = None;
            self.space.forgot_at = self.now;
        }
        let (disk, seats) = (&self.space.disk, &self.space.seats);
        let is_fresh = self.space.machine.is_none();
        let seen = self.space.shell.see(now, is_fresh);
        let machine = self
            .space
            .machine
            .get_or_insert_with(|| Space::restore(disk.rows(), seats.clone(), now));
        if is_alarm {
            // Heartbeats are answered without the space: it is told before it judges.
            for (socket, _) in seats.clone() {
                if let Some(at) = self.sockets[socket.0 as usize].answered_at.take() {
                    let ago = core::time::Duration::from_millis(self.now - at);
                    let at = now - ago;
                    for effect in machine.handle(now, space::Input::Heard { socket, at }) {
                        if let space::Effect::Keep { socket, seat } = effect {
                            self.space.seats.insert(socket, seat);
                        }
                    }
                }
            }
        }
        let effects = machine.handle(now, input);
        self.space.turns += 1;
        let verdict = if self.space.turns.is_multiple_of(32) {
            machine.check().and_then(|()| machine.audit())
        } else {
            machine.check()
        };
        let deadline = machine.next_deadline();
        if let Err(broken) = verdict {
            self.violate(broken.rule, || broken.to_string());
            return None;
        }
        if fate == Fate::CrashBefore {
            self.note("space crash before commit", [0, 0], |_| String::new());
            self.crash(Host::Space, 1006);
            return None;
        }
        let before = self.space_before(&effects);
        for effect in &effects {
            self.commit_of_space(effect, seen);
        }
        self.check_space(before, seen, sets_availability);
        self.check_wish(wish);
        self.set_alarm(Host::Space, deadline);
        if fate == Fate::CrashAfter {
            self.note("space crash after commit", [0, 0], |_| String::new());
            self.crash(Host::Space, 1006);
            return None;
        }
        self.send_of_space(&effects);
        self.learn_zones();
        Some(effects)
    }

    /// The shell tells what clocks do, whenever the machine wants to know (R50).
    fn learn_zones(&mut self) {
        let machine = self.space.machine.as_ref();
        let wanted = machine.map(Space::zones_wanted).unwrap_or_default();
        if !wanted.is_empty() {
            let zones = wanted.into_iter().map(|name| {
                let zone = crate::hours::zone(&name);
                (name, zone)
            });
            self.space_turn(space::Input::Zones(zones.collect()));
        }
    }

    /// The machine, as long as it is awake.
    pub fn space_in_memory(&self) -> Option<&Space> {
        self.space.machine.as_ref()
    }

    pub(super) fn commit_of_space(&mut self, effect: &space::Effect, now: Timestamp) {
        match effect {
            space::Effect::Save(row) => match row {
                space::Row::Space { .. } => self.space.disk.row = Some(row.clone()),
                // Nobody invites in this world.
                space::Row::Doors(doors) => self.space.disk.doors = Some(doors.clone()),
                space::Row::Agent(agent) => {
                    self.space.disk.agents.insert(agent.agent, agent.clone());
                }
                space::Row::Audit(act) => self.keep_act(act),
                space::Row::Past(past) => {
                    let key = (past.visitor, past.conversation);
                    self.space.disk.past.insert(key, past.clone());
                }
                space::Row::Erasing(_) => self.space.disk.erasing = Some(row.clone()),
                space::Row::Item(item) => {
                    self.check_item(item, now);
                    self.check_kept(item);
                    let conversation = item.report.conversation;
                    if self.swarm.row_restored > 0.0 && matches!(item.state, ItemState::Held) {
                        self.checks.held_rows.insert(conversation, item.clone());
                    }
                    self.space.disk.items.insert(conversation, item.clone());
                }
            },
            space::Effect::Remove(conversation) => {
                self.space.disk.items.remove(conversation);
                self.checks.gone.insert(*conversation);
            }
            space::Effect::ForgetPast(past) => {
                let key = (past.visitor, past.conversation);
                self.space.disk.past.remove(&key);
            }
            space::Effect::Found(conversations) => self.erasure_is_asked(conversations),
            space::Effect::Keep { socket, seat } => {
                self.space.seats.insert(*socket, seat.clone());
            }
            space::Effect::Close { socket, .. } => {
                self.space.seats.remove(socket);
            }
            space::Effect::Send { .. }
            | space::Effect::Instruct { .. }
            | space::Effect::Admitted { .. }
            | space::Effect::Confirmed { .. }
            | space::Effect::Replied { .. }
            | space::Effect::Created
            | space::Effect::Configured { .. }
            | space::Effect::AgentSet(_)
            | space::Effect::Register { .. }
            | space::Effect::Opened(_)
            | space::Effect::Vouched
            | space::Effect::Denied(_) => (),
        }
    }

    /// R181: an act follows the one before it on the disk.
    fn keep_act(&mut self, act: &space::AuditEntry) {
        if !act.follows(self.space.disk.acts.last()) {
            self.violate("R181", || format!("{act:?} follows nothing"));
        }
        self.space.disk.acts.push(act.clone());
    }

    pub(super) fn send_of_space(&mut self, effects: &[space::Effect]) {
        for effect in effects {
            match effect {
                space::Effect::Send { to, frame } => {
                    for socket in to {
                        self.send_to_client(socket.0 as usize, frame.clone());
                    }
                }
                space::Effect::Close { socket, code } => {
                    self.close(socket.0 as usize, code.number());
                }
                space::Effect::Instruct {
                    conversation,
                    instruction,
                    is_known,
                } => self.send_instruction(*conversation, instruction, *is_known),
                space::Effect::Register {
                    agent,
                    number,
                    member,
                    role,
                } => {
                    let space = self.space_id();
                    self.call(&Event::ToAccount(*agent, space, *number, *member, *role));
                }
                space::Effect::Replied { agent, id, reply } => {
                    self.space_replies(*agent, *id, reply);
                }
                space::Effect::Save(_)
                | space::Effect::Remove(_)
                | space::Effect::ForgetPast(_)
                | space::Effect::Found(_)
                | space::Effect::Keep { .. }
                | space::Effect::Opened(_)
                | space::Effect::Admitted { .. }
                | space::Effect::Confirmed { .. }
                | space::Effect::Created
                | space::Effect::Configured { .. }
                | space::Effect::AgentSet(_)
                | space::Effect::Vouched
                | space::Effect::Denied(_) => (),
            }
        }
    }

    pub fn audit_space(&self) -> Result<(), space::Broken> {
        self.space.machine.as_ref().map_or(Ok(()), Space::audit)
    }
}

impl World {
    /// A wish that is late or repeated, and whose agent it is.
    fn wish_before(&self, input: &space::Input) -> Option<(space::Agent, bool)> {
        let space::Input::Wish(wish) = input else {
            return None;
        };
        let agent = &self.space.disk.agents[&wish.agent];
        (wish.number <= agent.tenure.wish).then(|| (agent.clone(), wish.available))
    }

    /// R89: it changes nothing.
    fn check_wish(&mut self, late: Option<(space::Agent, bool)>) {
        let Some((before, available)) = late else {
            return;
        };
        let after = &self.space.disk.agents[&before.agent];
        let is_obeyed = before.available != available && after.available == available;
        // Nothing but an offer that ran out makes anybody Unavailable in the same turn.
        let is_obeyed = is_obeyed && available;
        if is_obeyed || after.tenure.wish != before.tenure.wish {
            let (agent, tenure) = (before.agent, after.tenure);
            self.violate("R89", || {
                format!("{agent} is changed by a late wish: {tenure:?}")
            });
        }
    }
}

fn is_set_available(input: &space::Input) -> bool {
    if let space::Input::Wish { .. } = input {
        return true;
    }
    #[expect(clippy::wildcard_enum_match_arm, reason = "two inputs carry a command")]
    let command = match input {
        space::Input::Frame {
            frame: ToServer::Send { command, .. },
            ..
        }
        | space::Input::Asked { command, .. } => command,
        _ => return false,
    };
    matches!(command, space::Command::SetAvailable { .. })
}
