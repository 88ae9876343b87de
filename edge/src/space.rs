//! Durable Object of one space: sockets, disk and alarm around [`shared::space::Space`].
//! No rule of the product lives here.

mod sessions;

use core::cell::RefCell;
use std::rc::Rc;

use shared::conversation::{Fence, Instruction, Seq};
use shared::frame::{CloseCode, SocketId};
use shared::id::{ConversationId, SpaceId};
use shared::refusal::Refusal;
use shared::settings::Settings;
use shared::space::{Effect, Input, Row, Seat, Space};
use shared::time::Timestamp;
use worker::wasm_bindgen::prelude::*;
use worker::{DurableObject, Env, Error, Request, Response, Result, State, WebSocket};
// `wasm_bindgen` is named by what `durable_object` writes, too.
use worker::{WebSocketIncomingMessage, console_error, durable_object, wasm_bindgen, web_sys};

use crate::alarm::Alarm;
use crate::ask::{self, SpaceAsk, SpaceTold};
use crate::sockets::{self, Entrance, Incoming, Sockets};
use crate::storage::{Storage, space as rows};
use crate::{auth, clock, demo, heartbeat, outbox};

/// Most sockets of one space: ten for each of a thousand agents, and far below the platform's 32,768.
const SOCKETS_MAX: usize = 10_000;

/// One space.
#[durable_object]
pub struct SpaceObject {
    shell: Rc<Shell>,
}

/// The object without the platform's face, so that work in the background can hold it.
pub(crate) struct Shell {
    state: State,
    env: Env,
    alarm: Alarm,
    awake: RefCell<Option<Awake>>,
}

/// What is in memory while the object is awake.
struct Awake {
    machine: Space,
    sockets: Sockets<Seat>,
    storage: Storage,
    /// The space's name in addresses, once it was made.
    name: Option<SpaceId>,
}

/// What a turn leaves for its caller.
#[derive(Default)]
struct Outcome {
    told: Option<SpaceTold>,
}

#[wasm_bindgen(wasm_bindgen = worker::wasm_bindgen)]
impl SpaceObject {
    /// A message of a socket, taken at once: a promise for each would cost more than the turn.
    ///
    /// # Errors
    /// What [`DurableObject::websocket_message`] would reject with.
    pub fn message(
        &self,
        socket: web_sys::WebSocket,
        message: JsValue,
    ) -> core::result::Result<(), JsValue> {
        let message = sockets::incoming(&message);
        Ok(self.shell.receive(&socket.into(), message)?)
    }
}

impl DurableObject for SpaceObject {
    fn new(state: State, env: Env) -> Self {
        let alarm = Alarm::remembered(&state);
        let shell = Shell {
            state,
            env,
            alarm,
            awake: RefCell::new(None),
        };
        Self {
            shell: Rc::new(shell),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let space = ask::named_space(&request)?;
        self.shell.seed(&space)?;
        if let Some(entrance) = ask::entrance(&request)? {
            return self.shell.enter(entrance);
        }
        let ask = serde_json::from_str(&request.text().await?)?;
        Response::from_json(&self.shell.answer(space, ask)?)
    }

    async fn websocket_message(
        &self,
        socket: WebSocket,
        message: WebSocketIncomingMessage,
    ) -> Result<()> {
        self.shell.receive(&socket, message)
    }

    async fn websocket_close(
        &self,
        socket: WebSocket,
        _code: usize,
        _reason: String,
        _was_clean: bool,
    ) -> Result<()> {
        self.shell.gone(&socket)
    }

    async fn websocket_error(&self, socket: WebSocket, error: Error) -> Result<()> {
        sockets::log(&error);
        self.shell.gone(&socket)
    }

    async fn alarm(&self) -> Result<Response> {
        self.shell.alarm.rang();
        // An alarm that throws is given up after six times: the next turn sets it again.
        if let Err(error) = self.shell.turn(Input::Tick) {
            console_error!("edge: space alarm: {error}");
        }
        Response::empty()
    }
}

impl Shell {
    /// Takes a message of a socket.
    fn receive(
        self: &Rc<Self>,
        socket: &WebSocket,
        message: WebSocketIncomingMessage,
    ) -> Result<()> {
        let now = clock::now();
        let incoming = {
            let mut awake = self.awake.borrow_mut();
            let awake = self.wake(&mut awake, now)?;
            awake.sockets.read(now, socket, message)
        };
        match incoming {
            Incoming::Frame(socket, frame) => self.turn(Input::Frame { socket, frame }),
            Incoming::Closed(socket) => self.turn(Input::Disconnected { socket }),
            Incoming::Renew(socket, token) => self.renew(socket, &token),
            Incoming::Nothing => Ok(Outcome::default()),
        }?;
        Ok(())
    }

    /// One turn: ask the machine, save, send, and only then wait for anything. There is no await
    /// here, so no other turn comes in between and frames leave in the order of turns.
    fn turn(self: &Rc<Self>, input: Input) -> Result<Outcome> {
        let now = clock::now();
        let mut slot = self.awake.borrow_mut();
        let awake = self.wake(&mut slot, now)?;
        let outcome = awake
            .hear(self, now)
            .and_then(|()| awake.turn(self, now, input));
        match outcome {
            Ok(outcome) => {
                let deadline = awake.machine.next_deadline();
                self.alarm.arm(&self.state, &awake.storage, deadline);
                Ok(outcome)
            }
            Err(error) => {
                // Memory never runs ahead of the disk, and a broken machine is not believed.
                if let Some(mut awake) = slot.take() {
                    awake.sockets.close_all(CloseCode::Broken);
                }
                console_error!("edge: space: {error}");
                Err(error)
            }
        }
    }

    /// The state in memory, read from the disk when there is none.
    fn wake<'a>(
        self: &Rc<Self>,
        slot: &'a mut Option<Awake>,
        now: Timestamp,
    ) -> Result<&'a mut Awake> {
        let awake = match slot.take() {
            Some(awake) => awake,
            None => Awake::load(self, now)?,
        };
        Ok(slot.insert(awake))
    }

    /// Makes the demo space when it is first asked for, on somebody's own machine.
    fn seed(self: &Rc<Self>, space: &SpaceId) -> Result<()> {
        let is_unborn = {
            let mut awake = self.awake.borrow_mut();
            let awake = self.wake(&mut awake, clock::now())?;
            awake.machine.settings().is_none()
        };
        if is_unborn && auth::is_flagged(&self.env) && space.as_str() == demo::SPACE {
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

    fn enter(self: &Rc<Self>, entrance: Entrance) -> Result<Response> {
        let protocol = entrance.protocol.clone();
        let person = entrance.pass.person.clone();
        let announced = {
            let mut awake = self.awake.borrow_mut();
            let awake = self.wake(&mut awake, clock::now())?;
            if awake.sockets.count() >= SOCKETS_MAX {
                return sockets::turn_away(Some(&protocol), CloseCode::Rate);
            }
            awake.sockets.announce(entrance)?
        };
        let socket = announced.id;
        self.turn(Input::Connected { socket, person })?;
        let mut awake = self.awake.borrow_mut();
        let awake = self.wake(&mut awake, clock::now())?;
        awake.sockets.admit(&self.state, announced)
    }

    fn answer(self: &Rc<Self>, space: SpaceId, ask: SpaceAsk) -> Result<SpaceTold> {
        let input = match ask {
            SpaceAsk::Look => {
                return Ok(self
                    .settings()?
                    .map_or(SpaceTold::Denied(Refusal::SpaceUnknown), |settings| {
                        SpaceTold::Settings(Box::new(settings))
                    }));
            }
            SpaceAsk::SignIn(who) => return self.sign_in(&who),
            SpaceAsk::Refresh { family, generation } => return self.refresh(&family, generation),
            SpaceAsk::Panic => crate::die(),
            SpaceAsk::Create { settings, agents } => Input::Create {
                space,
                settings: *settings,
                agents,
            },
            SpaceAsk::Admit {
                visitor,
                conversation,
            } => Input::Admit {
                visitor,
                conversation,
            },
            SpaceAsk::Report(report) => Input::Reported(*report),
        };
        let told = self.turn(input)?.told;
        told.ok_or_else(|| Error::RustError("the space said nothing".to_owned()))
    }

    fn settings(self: &Rc<Self>) -> Result<Option<Settings>> {
        let mut awake = self.awake.borrow_mut();
        let awake = self.wake(&mut awake, clock::now())?;
        Ok(awake.machine.settings().cloned())
    }

    fn renew(self: &Rc<Self>, socket: SocketId, token: &str) -> Result<Outcome> {
        let now = clock::now();
        let pass = auth::renewal(&self.env, now, token);
        let is_renewed = {
            let mut awake = self.awake.borrow_mut();
            self.wake(&mut awake, now)?.sockets.renew(socket, pass)
        };
        if is_renewed {
            Ok(Outcome::default())
        } else {
            self.turn(Input::Disconnected { socket })
        }
    }

    fn gone(self: &Rc<Self>, socket: &WebSocket) -> Result<()> {
        let gone = {
            let mut awake = self.awake.borrow_mut();
            self.wake(&mut awake, clock::now())?.sockets.gone(socket)
        };
        // A socket that ended while the object slept has no number any more, but whoever sat
        // there is gone all the same.
        let input = gone.map_or(Input::Tick, |socket| Input::Disconnected { socket });
        self.turn(input).map(|_| ())
    }

    /// Proposes something in the background; what is not answered, the machine proposes again.
    fn instruct(
        self: &Rc<Self>,
        space: &SpaceId,
        conversation: ConversationId,
        instruction: Instruction,
    ) {
        let (shell, space) = (self.clone(), space.clone());
        self.state.wait_until(async move {
            let fence = fence(&instruction);
            let answer = outbox::instruct(&shell.env, &space, conversation, instruction).await;
            let Some(answer) = answer else { return };
            let answered = Input::Answered {
                conversation,
                fence,
                answer,
            };
            if let Err(error) = shell.turn(answered) {
                console_error!("edge: proposal answered in vain: {error}");
            }
        });
    }
}

impl Awake {
    fn load(shell: &Rc<Shell>, now: Timestamp) -> Result<Self> {
        let storage = Storage::open(&shell.state, rows::TABLES)?;
        let stored = rows::load(&storage)?;
        let name = stored.iter().find_map(named).cloned();
        let sockets = Sockets::wake(&shell.state);
        let machine = Space::restore(stored, sockets.seats(), now);
        let mut awake = Self {
            machine,
            sockets,
            storage,
            name,
        };
        for (socket, pass) in awake.sockets.seatless() {
            let person = pass.person;
            awake.turn(shell, now, Input::Connected { socket, person })?;
        }
        Ok(awake)
    }

    /// Tells the machine which consoles were alive without it, before it judges by the time that
    /// has passed: heartbeats are answered by the platform and seen by nobody.
    fn hear(&mut self, shell: &Rc<Shell>, now: Timestamp) -> Result<()> {
        if self
            .machine
            .next_deadline()
            .is_none_or(|deadline| now < deadline)
        {
            return Ok(());
        }
        let sockets: Vec<_> = self.sockets.iter().collect();
        let heard = heartbeat::last_answers(&shell.state, &sockets);
        for (socket, at) in heard {
            self.turn(shell, now, Input::Heard { socket, at })?;
        }
        Ok(())
    }

    fn turn(&mut self, shell: &Rc<Shell>, now: Timestamp, input: Input) -> Result<Outcome> {
        let effects = self.machine.handle(now, input);
        let checked = self.machine.check();
        checked.map_err(|broken| Error::RustError(broken.to_string()))?;
        rows::save(&self.storage, &effects)?;
        let mut outcome = Outcome::default();
        for effect in effects {
            self.perform(shell, effect, &mut outcome);
        }
        Ok(outcome)
    }

    fn perform(&mut self, shell: &Rc<Shell>, effect: Effect, outcome: &mut Outcome) {
        let told = match effect {
            Effect::Save(row) => {
                if let Some(name) = named(&row) {
                    self.name = Some(name.clone());
                }
                return;
            }
            Effect::Remove(_) => return,
            Effect::Send { to, frame } => return self.sockets.send(&to, &frame),
            Effect::Keep { socket, seat } => return self.sockets.keep(socket, seat),
            Effect::Close { socket, code } => return self.sockets.close(socket, code),
            Effect::Instruct {
                conversation,
                instruction,
            } => {
                if let Some(space) = &self.name {
                    shell.instruct(space, conversation, instruction);
                }
                return;
            }
            Effect::Admitted(settings) => SpaceTold::Admitted(Box::new(settings)),
            Effect::Confirmed { revision } => SpaceTold::Confirmed(Seq(revision.0)),
            Effect::Created => SpaceTold::Created,
            Effect::Denied(refusal) => SpaceTold::Denied(refusal),
        };
        outcome.told = Some(told);
    }
}

fn named(row: &Row) -> Option<&SpaceId> {
    match row {
        Row::Space { space, .. } => Some(space),
        Row::Agent(_) | Row::Item(_) => None,
    }
}

fn fence(instruction: &Instruction) -> Option<Fence> {
    match instruction {
        Instruction::Assign(assignment) => Some(assignment.fence),
        Instruction::Describe => None,
    }
}
