//! Accounts: the shell around each person's machine, and a second space that only listens.

use std::collections::BTreeMap;

use shared::account::{Account, Effect, Input, Row, Wish};
use shared::id::{AgentId, SpaceId};
use shared::rights::Role;
use shared::space;
use shared::text::EmailAddress;

use crate::world::{Event, Ms, World};

/// A person's account.
#[derive(Debug, Default)]
pub struct AccountObject {
    machine: Option<Account>,
    wish: Option<Row>,
    memberships: BTreeMap<SpaceId, Row>,
    /// The newest wish that the other space has heard of.
    heard: u64,
    /// The newest wish of a time when the account knew that its person is a member of the world,
    /// and elsewhere.
    due: [u64; 2],
    planned: Option<Ms>,
}

impl AccountObject {
    const fn wish(&self) -> Option<&Wish> {
        match &self.wish {
            Some(Row::Wish(wish)) => Some(wish),
            Some(Row::Membership(_) | Row::Person(_) | Row::Sign(_)) | None => None,
        }
    }
}

/// The name of the space that only listens.
fn other_space() -> SpaceId {
    "elsewhere".parse().unwrap()
}

impl World {
    /// Everybody works in another space, too.
    pub fn accounts_begin(&mut self) {
        let agents: Vec<AgentId> = self.space.disk.agents.keys().copied().collect();
        for agent in agents {
            self.accounts.insert(agent, AccountObject::default());
            let space = other_space();
            self.call(&Event::ToAccount(agent, space, 1, true, Role::Agent));
        }
    }

    /// A person shows to have an address: a link that was mailed there, or an identity provider.
    pub fn shows(&mut self, agent: AgentId) {
        let number = self.random.range(0, 3);
        self.note("show", [number, 0], |_| agent.to_string());
        let email = EmailAddress::parse(&format!("agent-{number}@shop.example")).unwrap();
        self.account_turn(agent, Input::Show { agent, email });
    }

    /// A person wishes something for all spaces.
    pub fn wishes(&mut self, agent: AgentId, available: bool) {
        self.note("wish", [available.into(), 0], |_| agent.to_string());
        self.account_turn(agent, Input::SetAvailable { agent, available });
    }

    /// A space tells an account who is a member.
    pub fn account_hears(
        &mut self,
        agent: AgentId,
        space: SpaceId,
        number: u64,
        (member, role): (bool, Role),
    ) {
        let input = Input::Member {
            space: space.clone(),
            number,
            member,
            role,
        };
        if self.account_turn(agent, input) && space == self.space_id() {
            let wish = self.accounts[&agent].wish();
            let shown = wish.map(|wish| wish.shown.clone()).unwrap_or_default();
            self.call(&Event::Registered(agent, number, shown));
        }
    }

    /// A wish reaches a space, which confirms it.
    pub fn wish_arrives(&mut self, space: SpaceId, wish: Wish) {
        let is_taken = if space == self.space_id() {
            self.space_turn(space::Input::Wish(wish.clone())).is_some()
        } else {
            let account = self.accounts.entry(wish.agent).or_default();
            account.heard = account.heard.max(wish.number);
            true
        };
        if is_taken {
            self.call(&Event::Told(space, Box::new(wish)));
        }
    }

    pub fn wish_is_told(&mut self, space: SpaceId, wish: Wish) {
        self.account_turn(wish.agent, Input::Told { space, wish });
    }

    pub fn account_ticks(&mut self, agent: AgentId, at: Ms) {
        let account = self.accounts.entry(agent).or_default();
        if account.planned == Some(at) {
            account.planned = None;
            self.account_turn(agent, Input::Tick);
        }
    }

    /// One turn of an account; false when it was lost.
    fn account_turn(&mut self, agent: AgentId, input: Input) -> bool {
        let forgets = self.fault(self.swarm.hibernate);
        let dies = self.fault(self.swarm.crash_before);
        let now = self.clock(0);
        let here = self.space_id();
        let account = self.accounts.entry(agent).or_default();
        if forgets {
            account.machine = None;
        }
        let rows = account.wish.iter().chain(account.memberships.values());
        let rows: Vec<Row> = rows.cloned().collect();
        let machine = account
            .machine
            .get_or_insert_with(|| Account::restore(rows));
        let effects = machine.handle(now, input);
        let broken = machine.check();
        let deadline = machine.next_deadline();
        if let Err(broken) = broken {
            self.violate("AC2", || broken.to_owned());
            return false;
        }
        if dies {
            account.machine = None;
            return false;
        }
        let mut told = Vec::new();
        for effect in effects {
            match effect {
                Effect::Save(row) => match &row {
                    Row::Wish(wish) => {
                        let spaces = [here.clone(), other_space()];
                        for (due, space) in account.due.iter_mut().zip(spaces) {
                            let membership = account.memberships.get(&space);
                            if membership.is_some_and(is_member) {
                                *due = wish.number;
                            }
                        }
                        account.wish = Some(row);
                    }
                    Row::Membership(membership) => {
                        account.memberships.insert(membership.space.clone(), row);
                    }
                    // Nobody signs in or is invited in this world.
                    Row::Person(_) | Row::Sign(_) => (),
                },
                Effect::Tell { space, wish } => told.push(Event::ToldBy(space, Box::new(wish))),
                Effect::Answer(_) => (),
            }
        }
        let due = deadline.map(|deadline| self.moment(deadline, 0));
        if let Some(at) = due {
            self.accounts.entry(agent).or_default().planned = Some(at);
            self.at(at, Event::AccountTick(agent, at));
        }
        for event in told {
            self.call(&event);
        }
        true
    }

    /// The faults are over: whoever has lost a timer looks again.
    pub fn ring_every_account(&mut self) {
        for agent in self.accounts.keys().copied().collect::<Vec<_>>() {
            self.account_turn(agent, Input::Tick);
        }
    }

    /// AC1, AC2, AC21, R88, R89, R230 at rest: each knows the other, and the newest wish and address are
    /// everywhere.
    pub fn check_accounts(&mut self) {
        let space = self.space_id();
        for agent in self.accounts.keys().copied().collect::<Vec<_>>() {
            let account = &self.accounts[&agent];
            let row = &self.space.disk.agents[&agent];
            let knows = account.memberships.get(&space).is_some_and(is_member);
            let ([wish, elsewhere], heard) = (account.due, account.heard);
            let (tenure, is_out) = (row.tenure, row.deactivated);
            if knows == is_out || tenure.is_owed() {
                return self.violate("R88", || {
                    format!("{agent} is a member: {knows}, {tenure:?}")
                });
            }
            let told = account.wish();
            let shown = told.map(|wish| wish.shown.clone()).unwrap_or_default();
            let doors = self.space.disk.doors.iter();
            let mut addresses = doors.flat_map(|doors| &doors.addresses);
            let mailed = addresses.find(|(known, _)| *known == agent);
            let mailed = mailed.map(|(_, email)| email.clone());
            if !is_out && (tenure.shown, &mailed) != (shown.number, &shown.email) {
                return self.violate("R230", || {
                    format!(
                        "{agent} is mailed at {mailed:?} by {tenure:?}, and has shown {shown:?}"
                    )
                });
            }
            // A wish of the time before somebody came back is not owed any more (AC2).
            let is_behind = tenure.departures == 0 && tenure.wish < wish;
            if is_behind || heard < elsewhere {
                return self.violate("R89", || {
                    format!(
                        "{agent}: {tenure:?} after wish {wish}, elsewhere {heard} of {elsewhere}"
                    )
                });
            }
        }
    }
}

const fn is_member(row: &Row) -> bool {
    match row {
        Row::Membership(membership) => membership.member,
        Row::Wish(_) | Row::Person(_) | Row::Sign(_) => false,
    }
}
