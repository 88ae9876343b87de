//! Durable Object of one space: sockets, disk and alarm around [`shared::space::Space`].
//! No rule of the product lives here.

mod acts;
mod customers;
mod doors;
mod mails;
mod sessions;

use std::rc::Rc;

use serde::Serialize;
use shared::account;
use shared::conversation::{Fence, Instruction};
use shared::features::Feature;
use shared::frame::SocketId;
use shared::id::{AgentId, CommandId, ConversationId, SpaceId};
use shared::refusal::Refusal;
use shared::settings::Settings;
use shared::space::{Agent, Colleague, Command, Effect, InUse, Input, QueueView, Row, Seat, Space};
use shared::time::Timestamp;
use worker::wasm_bindgen::prelude::*;
use worker::{DurableObject, Env, Error, Request, Response, Result, State, WebSocket};
// `wasm_bindgen` is named by what `durable_object` writes, too.
use worker::{WebSocketIncomingMessage, console_error, durable_object, wasm_bindgen};

use crate::ask::{self, Bearer, SpaceAsk, SpaceTold};
use crate::calls::Calls;
use crate::object::{Around, Core, Event, Shell, broken, object};
use crate::read::read;
use crate::storage::{Storage, space as rows};
use crate::{auth, challenge, clock, demo, features, heartbeat, outbox, zones};

object! {
    /// One space.
    SpaceObject, Place
}

/// The machine of a space.
struct Place {
    machine: Space,
    /// The space's name in addresses, once it was made.
    name: Option<SpaceId>,
    /// Calls that wait for their answer.
    calls: Calls<(AgentId, CommandId)>,
}

/// What a turn leaves for its caller.
#[derive(Default)]
struct Outcome {
    told: Option<SpaceTold>,
}

impl Core for Place {
    type Command = Command;
    type Input = Input;
    type Seat = Seat;
    type Outcome = Outcome;

    const KIND: &'static str = "space";
    const TABLES: &'static str = rows::TABLES;
    /// Ten for each of a thousand agents, far below the platform's 32,768.
    const SOCKETS_MAX: usize = 10_000;

    fn load(storage: &Storage, seats: Vec<(SocketId, Seat)>, now: Timestamp) -> Result<Self> {
        let stored = rows::load(storage)?;
        Ok(Self {
            name: stored.iter().find_map(named).cloned(),
            machine: Space::restore(stored, seats, now),
            calls: Calls::default(),
        })
    }

    fn input(event: Event<Command>) -> Input {
        match event {
            Event::Connected { socket, pass } => Input::Connected {
                socket,
                person: pass.person,
            },
            Event::Frame { socket, frame } => Input::Frame { socket, frame },
            Event::Disconnected { socket } => Input::Disconnected { socket },
            Event::Tick => Input::Tick,
        }
    }

    fn next_deadline(&self) -> Option<Timestamp> {
        self.machine.next_deadline()
    }

    fn turn(&mut self, mut around: Around<'_, Self>, input: Input) -> Result<Outcome> {
        self.hear(&mut around)?;
        let outcome = self.take(&mut around, input)?;
        self.learn_zones(&mut around)?;
        Ok(outcome)
    }
}

impl Place {
    /// Tells the machine which consoles were alive without it, before it judges by the time that
    /// has passed: heartbeats are answered by the platform and seen by nobody.
    fn hear(&mut self, around: &mut Around<'_, Self>) -> Result<()> {
        let deadline = self.machine.next_deadline();
        if deadline.is_none_or(|deadline| around.now < deadline) {
            return Ok(());
        }
        let sockets: Vec<_> = around.sockets.iter().collect();
        for (socket, at) in heartbeat::last_answers(&around.shell.state, &sockets) {
            self.take(around, Input::Heard { socket, at })?;
        }
        Ok(())
    }

    /// Tells the machine what clocks do, in the turn in which it needs to know.
    fn learn_zones(&mut self, around: &mut Around<'_, Self>) -> Result<()> {
        let wanted = self.machine.zones_wanted();
        if !wanted.is_empty() {
            let zones = zones::look_up(around.now, wanted);
            self.take(around, Input::Zones(zones))?;
        }
        Ok(())
    }

    fn take(&mut self, around: &mut Around<'_, Self>, input: Input) -> Result<Outcome> {
        let effects = self.machine.handle(around.now, input);
        self.machine.check().map_err(broken)?;
        rows::save(around.storage, &effects)?;
        let mut outcome = Outcome::default();
        for effect in effects {
            self.perform(around, effect, &mut outcome);
        }
        Ok(outcome)
    }

    fn perform(&mut self, around: &mut Around<'_, Self>, effect: Effect, outcome: &mut Outcome) {
        let sockets = &mut *around.sockets;
        match effect {
            Effect::Save(row) => {
                if let Some(name) = named(&row) {
                    self.name = Some(name.clone());
                }
                if let Row::Audit(act) = &row
                    && act.is_mailed()
                {
                    self.mail_admins(around.shell, act);
                }
            }
            Effect::Remove(_) | Effect::ForgetPast(_) => (),
            Effect::Send { to, frame } => sockets.send(&to, &frame),
            Effect::Keep { socket, seat } => sockets.keep(socket, seat),
            Effect::Close { socket, code } => sockets.close(socket, code),
            Effect::Instruct {
                conversation,
                instruction,
                is_known,
            } => {
                if let Some(space) = &self.name {
                    let asked = (instruction, is_known);
                    around.shell.instruct(space, conversation, asked);
                }
            }
            Effect::Admitted { settings, queue } => {
                outcome.told = Some(SpaceTold::Admitted(Box::new(settings), queue));
            }
            Effect::Confirmed {
                revision,
                place,
                lists,
                open,
            } => {
                outcome.told = Some(SpaceTold::Confirmed {
                    revision,
                    place,
                    lists: lists.map(Box::new),
                    open,
                });
            }
            Effect::Replied { agent, id, reply } => self.calls.answer((agent, id), &reply),
            Effect::Found(conversations) => {
                outcome.told = Some(SpaceTold::Conversations(conversations));
            }
            Effect::Created => outcome.told = Some(SpaceTold::Created),
            Effect::Configured { in_use } => {
                let settings = self.machine.settings();
                outcome.told = settings.and_then(|settings| {
                    let body = SettingsChanged { settings, in_use };
                    of_settings(settings, &body).ok()
                });
            }
            Effect::Register {
                agent,
                number,
                member,
                role,
            } => {
                if let Some(space) = self.name.clone() {
                    let member = account::Input::Member {
                        space,
                        number,
                        member,
                        role,
                    };
                    around.shell.register(agent, number, member);
                }
            }
            Effect::Opened(opened) => outcome.told = Some(SpaceTold::Opened(opened)),
            Effect::Vouched => outcome.told = Some(SpaceTold::Vouched),
            Effect::AgentSet(agent) => outcome.told = told(Ok(agent)).ok(),
            Effect::Denied(refusal) => outcome.told = Some(SpaceTold::Denied(refusal)),
        }
    }
}

impl Place {
    /// What an agent reads of what a command was about.
    fn now(&self, agent: AgentId, conversation: Option<ConversationId>) -> Result<SpaceTold> {
        if let Some(conversation) = conversation {
            return told(self.machine.listed(agent, conversation));
        }
        let agent = self.machine.agent(agent).ok_or(Refusal::Forbidden);
        told(agent.map(|agent| Availability {
            available: agent.available,
            for_chats: agent.available_for,
        }))
    }
}

impl Shell<Place> {
    async fn answer(self: &Rc<Self>, mut request: Request) -> Result<Response> {
        let space: SpaceId = ask::named(&request)?;
        self.seed(&space)?;
        if let Some(entrance) = ask::entrance(&request)? {
            return self.enter(entrance);
        }
        let (bearer, ask) = read(&request.text().await?)?;
        let told = self.told(space, bearer, ask).await?;
        Response::from_json(&told)
    }

    async fn told(
        self: &Rc<Self>,
        space: SpaceId,
        bearer: Option<Bearer>,
        ask: SpaceAsk,
    ) -> Result<SpaceTold> {
        if let Some((agent, era)) = bearer
            && let Err(refusal) = self.with(|awake| awake.core.machine.vouch(agent, era))?
        {
            return Ok(SpaceTold::Denied(refusal));
        }
        let bearer = || bearer.ok_or_else(|| Error::RustError("nobody asks".to_owned()));
        let by = || bearer().map(|(agent, _)| agent);
        let input = match ask {
            SpaceAsk::Look => {
                let found = self.with(|awake| {
                    let machine = &awake.core.machine;
                    let settings = machine.settings().cloned().map(Box::new);
                    settings
                        .map(|settings| SpaceTold::Settings(settings, machine.has_transcriber()))
                })?;
                let unknown = SpaceTold::Denied(Refusal::SpaceUnknown);
                return Ok(found.unwrap_or(unknown));
            }
            SpaceAsk::Act { id, command, waits } => {
                let command = read(&command)?;
                return self.act(by()?, id, command, waits).await;
            }
            SpaceAsk::Would(command) => {
                let by = by()?;
                let command = read(&command)?;
                let would = self.with(|awake| awake.core.machine.would_obey(by, &command))?;
                return Ok(would.map_or_else(SpaceTold::Denied, |is_to_be_done| {
                    SpaceTold::Would { is_to_be_done }
                }));
            }
            SpaceAsk::Page(query) => {
                let by = by()?;
                let page = self.with(|awake| awake.core.machine.page(by, &query))?;
                return told(page);
            }
            SpaceAsk::Colleagues => {
                let by = by()?;
                // Whoever fell silent is away, whether the alarm has rung or not.
                self.turn(Input::Tick)?;
                let read = self.with(|awake| awake.core.machine.colleagues(by))?;
                return told(read.map(|agents| Colleagues { agents }));
            }
            SpaceAsk::Queues => {
                let (by, now) = (by()?, clock::now());
                let read = self.with(|awake| awake.core.machine.queues(now, by))?;
                return told(read.map(|queues| Queues { queues }));
            }
            SpaceAsk::Settings => {
                let by = by()?;
                return self.with(|awake| match awake.core.machine.settings_for(by) {
                    Ok(settings) => {
                        let missing = challenge::missing(&self.env, settings.challenge);
                        of_settings(settings, &SettingsView { settings, missing })
                    }
                    Err(refusal) => Ok(SpaceTold::Denied(refusal)),
                })?;
            }
            SpaceAsk::Acts { agent, query } => {
                return self.with(|awake| awake.acts(agent, &query))?;
            }
            SpaceAsk::CheckActs { agent, after } => {
                return self.with(|awake| awake.check_acts(agent, after))?;
            }
            SpaceAsk::SignIn(who) => return self.with(|awake| awake.sign_in(&who))?,
            SpaceAsk::Refresh { family, generation } => {
                return self.with(|awake| awake.refresh(&family, generation))?;
            }
            SpaceAsk::IdentityKeys => {
                let keys = self.with(|awake| awake.core.machine.identity_keys().to_vec())?;
                return Ok(SpaceTold::IdentityKeys(keys));
            }
            SpaceAsk::IdentityKeysFor => {
                let by = by()?;
                return self.with(|awake| told(doors::identity_keys(&awake.core.machine, by)))?;
            }
            SpaceAsk::Identify(whom) => return self.with(|awake| awake.identify(*whom))?,
            SpaceAsk::Me(agent) => {
                let me = self.with(|awake| awake.core.machine.me(agent))?;
                let gone = SpaceTold::Denied(Refusal::AgentUnknown);
                return Ok(me.map_or(gone, |me| SpaceTold::Me(Box::new(me))));
            }
            SpaceAsk::Person(agent) => {
                let person = self.with(|awake| {
                    let agent = awake.core.machine.agent(agent);
                    let agent = agent.filter(|agent| !agent.deactivated);
                    agent.map(Agent::person)
                })?;
                let gone = SpaceTold::Denied(Refusal::AgentUnknown);
                return Ok(person.map_or(gone, SpaceTold::Person));
            }
            SpaceAsk::Invitations => {
                let by = by()?;
                return self.with(|awake| told(doors::invitations(&awake.core.machine, by)))?;
            }
            SpaceAsk::Keys => {
                let by = by()?;
                return self.with(|awake| told(doors::keys(&awake.core.machine, by)))?;
            }
            SpaceAsk::Transcriber => {
                let (by, has_other) = (by()?, features::is_on(&self.env, Feature::Dictation));
                return self
                    .with(|awake| told(doors::transcriber(&awake.core.machine, by, has_other)))?;
            }
            SpaceAsk::Blocks => {
                let (now, by) = (clock::now(), by()?);
                return self.with(|awake| told(doors::blocks(&awake.core.machine, now, by)))?;
            }
            SpaceAsk::Invitation(way) => {
                let now = clock::now();
                return self
                    .with(|awake| told(doors::invitation(&awake.core.machine, now, &way)))?;
            }
            SpaceAsk::MayLetIn => {
                let by = by()?;
                let doors = self.with(|awake| awake.core.machine.doors(by).map(|_| ()))?;
                return Ok(doors.map_or_else(SpaceTold::Denied, |()| SpaceTold::Vouched));
            }
            SpaceAsk::Door(door) => Input::Door(*door),
            SpaceAsk::Wish(wish) => Input::Wish(wish),
            SpaceAsk::Unmailed => {
                let by = by()?;
                return self.with(|awake| told(awake.core.machine.unmailed(by)))?;
            }
            SpaceAsk::Vouch => return Ok(SpaceTold::Vouched),
            SpaceAsk::Panic => crate::die(),
            SpaceAsk::Enter(conversation) => {
                let (agent, era) = bearer()?;
                Input::Enter {
                    agent,
                    era,
                    conversation,
                }
            }
            SpaceAsk::AddAgent(agent) => Input::AddAgent {
                by: by()?,
                agent: *agent,
            },
            SpaceAsk::SetAgent { agent, change } => Input::SetAgent {
                by: by()?,
                agent,
                change: *change,
            },
            SpaceAsk::SetActive { agent, active } => Input::SetActive {
                by: Some(by()?),
                agent,
                active,
            },
            SpaceAsk::Create { settings, agents } => Input::Create {
                space,
                settings: *settings,
                agents,
            },
            SpaceAsk::Admit {
                visitor,
                conversation,
                queue,
                address,
                verified,
                passed,
            } => Input::Admit {
                visitor,
                conversation,
                queue,
                address,
                verified,
                passed,
            },
            SpaceAsk::Configure(change) => {
                // The machine knows the clocks before it opens or closes a queue by them (R50).
                let names = zones::named(change.queues.as_deref().unwrap_or_default());
                if !names.is_empty() {
                    self.turn(Input::Zones(zones::look_up(clock::now(), names)))?;
                }
                Input::Configure {
                    by: by()?,
                    change: *change,
                }
            }
            SpaceAsk::Personal {
                by,
                visitor,
                erases,
            } => return self.personal(by, visitor, erases),
            SpaceAsk::Customers(wanted) => {
                let by = by()?;
                return self.with(|awake| awake.customers(by, &wanted))?;
            }
            SpaceAsk::Earlier { visitor, after } => {
                return self.with(|awake| awake.earlier(visitor, after))?;
            }
            SpaceAsk::Report(report) => Input::Reported(*report),
        };
        let told = self.turn(input)?.told;
        told.ok_or_else(|| Error::RustError("the space said nothing".to_owned()))
    }

    /// Takes a command without a socket, and waits until it has its answer, if the caller does.
    async fn act(
        self: &Rc<Self>,
        agent: AgentId,
        id: CommandId,
        command: Command,
        waits: bool,
    ) -> Result<SpaceTold> {
        let conversation = command.conversation();
        let waiting = self.with(|awake| awake.core.calls.wait((agent, id)))?;
        self.turn(Input::Asked { agent, id, command })?;
        Ok(match waiting.answer(waits).await {
            Some(Ok(())) => self.with(|awake| awake.core.now(agent, conversation))??,
            Some(Err(refusal)) => SpaceTold::Denied(refusal),
            None => SpaceTold::Pending,
        })
    }

    /// Makes the demo space when it is first asked for, on somebody's own machine.
    fn seed(self: &Rc<Self>, space: &SpaceId) -> Result<()> {
        let is_demo = space.as_str() == demo::SPACE && auth::is_flagged(&self.env);
        if is_demo && self.with(|awake| awake.core.machine.settings().is_none())? {
            let (settings, agents) = demo::space()?;
            let space = space.clone();
            self.turn(Input::Create {
                space,
                settings,
                agents,
            })?;
        }
        Ok(())
    }

    /// Proposes something in the background; what is not answered, the machine proposes again.
    fn instruct(
        self: &Rc<Self>,
        space: &SpaceId,
        conversation: ConversationId,
        (instruction, was_known): (Instruction, bool),
    ) {
        let (shell, space) = (self.clone(), space.clone());
        self.state.wait_until(async move {
            let fence = fence(&instruction);
            let answer = outbox::instruct(&shell.env, &space, conversation, instruction).await;
            let Some(answer) = answer else { return };
            let answered = Input::Answered {
                conversation,
                fence,
                was_known,
                answer,
            };
            if let Err(error) = shell.turn(answered) {
                console_error!("edge: proposal answered in vain: {error}");
            }
        });
    }
}

/// What [`SpaceAsk::Colleagues`] is answered.
#[derive(Serialize)]
struct Colleagues {
    agents: Vec<Colleague>,
}

/// What [`SpaceAsk::Queues`] is answered.
#[derive(Serialize)]
struct Queues {
    queues: Vec<QueueView>,
}

/// What one's own availability is answered.
#[derive(Serialize)]
struct Availability {
    available: bool,
    for_chats: Option<u8>,
}

/// What a client reads of the settings.
#[derive(Serialize)]
struct SettingsView<'a> {
    settings: &'a Settings,
    /// What this installation lacks for what is set.
    missing: Vec<&'static str>,
}

/// What a client reads who has changed them.
#[derive(Serialize)]
struct SettingsChanged<'a> {
    settings: &'a Settings,
    /// How many work items use what was changed.
    in_use: InUse,
}

fn of_settings(settings: &Settings, body: &impl Serialize) -> Result<SpaceTold> {
    let version = settings.version;
    let body = serde_json::to_string(body)?;
    Ok(SpaceTold::OfSettings { version, body })
}

/// What a client reads, or why not.
fn told(read: core::result::Result<impl Serialize, Refusal>) -> Result<SpaceTold> {
    Ok(match read {
        Ok(value) => SpaceTold::Json(serde_json::to_string(&value)?),
        Err(refusal) => SpaceTold::Denied(refusal),
    })
}

impl Shell<Place> {
    /// Tells a person's account in the background; what is not confirmed, the machine tells again.
    fn register(self: &Rc<Self>, agent: AgentId, number: u64, member: account::Input) {
        let shell = self.clone();
        self.state.wait_until(async move {
            let told = match ask::account(&shell.env, agent, &member).await {
                Ok(account::Answer::Shown(shown)) => shell.turn(Input::Registered {
                    agent,
                    number,
                    shown,
                }),
                Ok(_) => Err(Error::RustError("it answered something else".to_owned())),
                Err(error) => Err(error),
            };
            if let Err(error) = told {
                console_error!("edge: an account was not told: {error}");
            }
        });
    }
}

fn named(row: &Row) -> Option<&SpaceId> {
    match row {
        Row::Space { space, .. } => Some(space),
        Row::Doors(_)
        | Row::Agent(_)
        | Row::Item(_)
        | Row::Audit(_)
        | Row::Past(_)
        | Row::Erasing(_) => None,
    }
}

fn fence(instruction: &Instruction) -> Option<Fence> {
    match instruction {
        Instruction::Assign(assignment) => Some(assignment.fence),
        Instruction::Describe
        | Instruction::Place(_)
        | Instruction::Dismiss(_)
        | Instruction::NeedVerified(_)
        | Instruction::Erase
        | Instruction::End => None,
    }
}
