//! What both kinds of objects do around their machine: wake, take turns, keep sockets.

mod face;

use core::cell::RefCell;
use std::rc::Rc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::frame::{CloseCode, SocketId, ToServer};
use shared::time::Timestamp;
use worker::{Env, Error, Response, Result, State, WebSocket, WebSocketIncomingMessage};
use worker::{console_error, wasm_bindgen::JsValue};

use crate::alarm::{self, Alarm};
use crate::auth::jwt::Pass;
use crate::sockets::{self, Entrance, Incoming, Sockets};
use crate::storage::Storage;
use crate::{auth, clock};
pub(crate) use face::object;

/// A machine and what its kind of object does with its effects.
pub trait Core: Sized + 'static {
    /// What a person asks for.
    type Command: DeserializeOwned;
    /// What the machine takes.
    type Input;
    /// What it keeps with a socket.
    type Seat: Clone + DeserializeOwned + Serialize;
    /// What a turn leaves for its caller.
    type Outcome: Default;

    /// The kind, for logs.
    const KIND: &'static str;
    /// The statements that make the tables.
    const TABLES: &'static str;
    /// Most open sockets.
    const SOCKETS_MAX: usize;

    /// Reads the machine from the disk.
    ///
    /// # Errors
    /// When a row cannot be read.
    fn load(storage: &Storage, seats: Vec<(SocketId, Self::Seat)>, now: Timestamp) -> Result<Self>;

    /// What the machine takes for an event of the platform.
    fn input(event: Event<Self::Command>) -> Self::Input;

    /// When the machine wants to be asked next.
    fn next_deadline(&self) -> Option<Timestamp>;

    /// Asks the machine, saves, and performs its effects.
    ///
    /// # Errors
    /// When the machine is broken, or the disk: both are then read again.
    fn turn(&mut self, around: Around<'_, Self>, input: Self::Input) -> Result<Self::Outcome>;
}

/// What happens to every kind of object.
pub enum Event<C> {
    /// A socket is there.
    Connected {
        /// Its number.
        socket: SocketId,
        /// What its token says.
        pass: Pass,
    },
    /// A frame came.
    Frame {
        /// From where.
        socket: SocketId,
        /// The frame.
        frame: ToServer<C>,
    },
    /// A socket is gone.
    Disconnected {
        /// Its number.
        socket: SocketId,
    },
    /// Time has passed.
    Tick,
}

/// What a turn may touch besides its machine.
pub struct Around<'a, C: Core> {
    /// The object.
    pub shell: &'a Rc<Shell<C>>,
    /// Its sockets.
    pub sockets: &'a mut Sockets<C::Seat>,
    /// Its disk.
    pub storage: &'a Storage,
    /// The time of the turn.
    pub now: Timestamp,
}

/// An object without the platform's face, so that work in the background can hold it.
pub struct Shell<C: Core> {
    /// The platform's side of the object.
    pub state: State,
    /// The bindings.
    pub env: Env,
    alarm: Alarm,
    awake: RefCell<Option<Awake<C>>>,
}

/// What is in memory while the object is awake.
pub struct Awake<C: Core> {
    /// The machine.
    pub core: C,
    /// The open sockets.
    pub sockets: Sockets<C::Seat>,
    /// The disk.
    pub storage: Storage,
}

impl<C: Core> Shell<C> {
    /// The object at the start of its life in memory.
    pub fn new(state: State, env: Env) -> Rc<Self> {
        let alarm = Alarm::remembered(&state);
        Rc::new(Self {
            state,
            env,
            alarm,
            awake: RefCell::new(None),
        })
    }

    /// One turn: ask the machine, save, send, and only then wait for anything. There is no await
    /// here, so no other turn comes in between and frames leave in the order of turns.
    ///
    /// # Errors
    /// When nothing was done.
    pub fn turn(self: &Rc<Self>, input: C::Input) -> Result<C::Outcome> {
        self.turn_and(input, true)
    }

    /// One turn, which may leave the alarm to the next.
    fn turn_and(self: &Rc<Self>, input: C::Input, arms: bool) -> Result<C::Outcome> {
        let mut slot = self.awake.borrow_mut();
        let now = clock::now();
        let awake = self.wake(&mut slot, now)?;
        match awake.turn(self, now, input) {
            Ok(outcome) => {
                if arms {
                    let deadline = awake.core.next_deadline();
                    self.alarm.arm(&self.state, &awake.storage, now, deadline);
                }
                Ok(outcome)
            }
            Err(error) => {
                // Memory never runs ahead of the disk, and a broken machine is not believed.
                if let Some(mut awake) = slot.take() {
                    awake.sockets.close_all(CloseCode::Broken);
                }
                console_error!("edge: {}: {error}", C::KIND);
                Err(error)
            }
        }
    }

    /// Looks at what is in memory. Nothing that it calls may take a turn.
    ///
    /// # Errors
    /// When the disk cannot be read.
    pub fn with<T>(self: &Rc<Self>, look: impl FnOnce(&mut Awake<C>) -> T) -> Result<T> {
        let mut slot = self.awake.borrow_mut();
        let awake = self.wake(&mut slot, clock::now())?;
        Ok(look(awake))
    }

    /// Lets a socket in that the Worker announces.
    ///
    /// # Errors
    /// When the platform gives no socket.
    pub fn enter(self: &Rc<Self>, entrance: Entrance) -> Result<Response> {
        let pass = entrance.pass.clone();
        if self.with(|awake| awake.sockets.count())? >= C::SOCKETS_MAX {
            let code = CloseCode::Rate;
            return sockets::turn_away(Some(&entrance.protocol), code, code.word());
        }
        let announced = self.with(|awake| awake.sockets.announce(entrance))??;
        let socket = announced.id;
        // All that this adds is a deadline for the first frame, which follows at once and lifts
        // it. Two rows for each connection would guard against a socket that stays silent, and
        // that one is closed by whatever happens next.
        self.turn_and(C::input(Event::Connected { socket, pass }), false)?;
        self.with(|awake| awake.sockets.admit(&self.state, announced))?
    }

    /// Takes a message of a socket, as JavaScript hands it over.
    ///
    /// # Errors
    /// When its turn fails.
    pub fn receive(self: &Rc<Self>, socket: &WebSocket, message: &JsValue) -> Result<()> {
        self.take(socket, sockets::incoming(message))
    }

    /// Takes a message of a socket.
    ///
    /// # Errors
    /// When its turn fails.
    pub fn take(
        self: &Rc<Self>,
        socket: &WebSocket,
        message: WebSocketIncomingMessage,
    ) -> Result<()> {
        let now = clock::now();
        let event = match self.with(|awake| awake.sockets.read(now, socket, message))? {
            Incoming::Frame(socket, frame) => Event::Frame { socket, frame },
            Incoming::Closed(socket) => Event::Disconnected { socket },
            Incoming::Renew(socket, token) => {
                let pass = auth::renewal(&self.env, now, &token);
                if self.with(|awake| awake.sockets.renew(socket, pass))? {
                    return Ok(());
                }
                Event::Disconnected { socket }
            }
            Incoming::Nothing => return Ok(()),
        };
        self.turn(C::input(event)).map(|_| ())
    }

    /// A socket is gone.
    ///
    /// # Errors
    /// When its turn fails.
    pub fn gone(self: &Rc<Self>, socket: &WebSocket) -> Result<()> {
        let gone = self.with(|awake| awake.sockets.gone(socket))?;
        // A socket that ended while the object slept has no number any more, but whoever sat
        // there is gone all the same.
        let event = gone.map_or(Event::Tick, |socket| Event::Disconnected { socket });
        self.turn(C::input(event)).map(|_| ())
    }

    /// The alarm has rung. An alarm that throws is given up after six times, so it never does.
    ///
    /// # Errors
    /// When the disk cannot be opened.
    pub fn rang(self: &Rc<Self>) -> Result<Response> {
        self.alarm.rang();
        if self.turn(C::input(Event::Tick)).is_err() {
            let storage = Storage::open(&self.state, C::TABLES)?;
            let now = clock::now();
            let again = now + alarm::RETRY;
            self.alarm.arm(&self.state, &storage, now, Some(again));
        }
        Response::empty()
    }

    /// The state in memory, read from the disk when there is none.
    fn wake<'a>(
        self: &Rc<Self>,
        slot: &'a mut Option<Awake<C>>,
        now: Timestamp,
    ) -> Result<&'a mut Awake<C>> {
        let awake = match slot.take() {
            Some(awake) => awake,
            None => Awake::load(self, now)?,
        };
        Ok(slot.insert(awake))
    }
}

impl<C: Core> Awake<C> {
    fn load(shell: &Rc<Shell<C>>, now: Timestamp) -> Result<Self> {
        let storage = Storage::open(&shell.state, C::TABLES)?;
        let sockets = Sockets::wake(&shell.state);
        let core = C::load(&storage, sockets.seats(), now)?;
        let mut awake = Self {
            core,
            sockets,
            storage,
        };
        for (socket, pass) in awake.sockets.seatless() {
            awake.turn(shell, now, C::input(Event::Connected { socket, pass }))?;
        }
        Ok(awake)
    }

    fn turn(
        &mut self,
        shell: &Rc<Shell<C>>,
        now: Timestamp,
        input: C::Input,
    ) -> Result<C::Outcome> {
        let around = Around {
            shell,
            sockets: &mut self.sockets,
            storage: &self.storage,
            now,
        };
        self.core.turn(around, input)
    }
}

/// A machine that breaks a promise of its own, as an error of its turn.
pub fn broken(broken: impl core::fmt::Display) -> Error {
    Error::RustError(broken.to_string())
}
