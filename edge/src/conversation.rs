//! Durable Object of one conversation: sockets, disk and alarm around
//! [`shared::conversation::Conversation`]. No rule of the product lives here.

use core::cell::RefCell;
use std::rc::Rc;

use shared::conversation::{
    Answer, Birth, Conversation, Effect, Entry, Input, Report, Row, Seat, Seq,
};
use shared::frame::{BACKLOG_MAX, CloseCode, ENTRIES_MAX, FromServer, SocketId};
use shared::refusal::Refusal;
use shared::rights::{Person, Side};
use shared::time::Timestamp;
use worker::wasm_bindgen::prelude::*;
use worker::{DurableObject, Env, Error, Request, Response, Result, State, WebSocket};
// `wasm_bindgen` is named by what `durable_object` writes, too.
use worker::{WebSocketIncomingMessage, console_error, durable_object, wasm_bindgen, web_sys};

use crate::alarm::Alarm;
use crate::ask::{self, ConversationAsk, ConversationTold};
use crate::sockets::{self, Entrance, Incoming, Sockets};
use crate::storage::{Storage, conversation as rows};
use crate::{auth, clock, outbox};

/// Most sockets of one conversation: a customer's tabs, the agents who look on, and room for
/// connections that nobody has noticed the end of.
const SOCKETS_MAX: usize = 100;
/// Most bytes of stored entries in one frame, so that it stays below
/// [`shared::frame::FRAME_MAX`] whatever the largest entry adds.
const ENTRIES_BYTES: usize = 48 * 1024;

/// One conversation.
#[durable_object]
pub struct ConversationObject {
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
    machine: Conversation,
    sockets: Sockets<Seat>,
    storage: Storage,
}

/// What a turn leaves for its caller.
#[derive(Default)]
struct Outcome {
    is_born: bool,
    has_begun: bool,
    answer: Option<Answer>,
}

#[wasm_bindgen(wasm_bindgen = worker::wasm_bindgen)]
impl ConversationObject {
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

impl DurableObject for ConversationObject {
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
        if let Some(entrance) = ask::entrance(&request)? {
            return self.shell.enter(entrance);
        }
        let ask = serde_json::from_str(&request.text().await?)?;
        Response::from_json(&self.shell.answer(ask)?)
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
            console_error!("edge: conversation alarm: {error}");
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
        match awake.turn(self, now, input) {
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
                console_error!("edge: conversation: {error}");
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

    fn enter(self: &Rc<Self>, entrance: Entrance) -> Result<Response> {
        let protocol = entrance.protocol.clone();
        let (person, space) = (entrance.pass.person.clone(), entrance.pass.space.clone());
        let announced = {
            let mut awake = self.awake.borrow_mut();
            let awake = self.wake(&mut awake, clock::now())?;
            if awake.sockets.count() >= SOCKETS_MAX {
                return sockets::turn_away(Some(&protocol), CloseCode::Rate);
            }
            awake.sockets.announce(entrance)?
        };
        self.turn(Input::Connected {
            socket: announced.id,
            person,
            space,
        })?;
        let mut awake = self.awake.borrow_mut();
        let awake = self.wake(&mut awake, clock::now())?;
        awake.sockets.admit(&self.state, announced)
    }

    fn answer(self: &Rc<Self>, ask: ConversationAsk) -> Result<ConversationTold> {
        match ask {
            ConversationAsk::Begin { birth, id, text } => {
                let birth = *birth;
                let outcome = self.turn(Input::Begin { birth, id, text })?;
                Ok(if outcome.has_begun {
                    ConversationTold::Begun {
                        is_new: outcome.is_born,
                    }
                } else {
                    ConversationTold::Denied(Refusal::CommandConflict)
                })
            }
            ConversationAsk::Read { person, after } => self.read(&person, after),
            ConversationAsk::Instruct(instruction) => {
                let outcome = self.turn(Input::Instructed(instruction))?;
                let answer = outcome.answer.unwrap_or(Answer {
                    outcome: None,
                    report: None,
                });
                Ok(ConversationTold::Answer(answer))
            }
            ConversationAsk::Panic => crate::die(),
        }
    }

    fn read(self: &Rc<Self>, person: &Person, after: Seq) -> Result<ConversationTold> {
        let mut awake = self.awake.borrow_mut();
        let awake = self.wake(&mut awake, clock::now())?;
        let Some(side) = awake.side(person) else {
            return Ok(ConversationTold::Denied(Refusal::ConversationUnknown));
        };
        Ok(ConversationTold::Read {
            entries: rows::backlog(&awake.storage, side, after)?,
            head: awake.machine.head(side),
        })
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
        if let Some(socket) = gone {
            self.turn(Input::Disconnected { socket })?;
        }
        Ok(())
    }

    /// Tells the space in the background; lost reports are told again by the machine.
    fn report(self: &Rc<Self>, birth: &Birth, report: Report) {
        let (shell, space) = (self.clone(), birth.space.clone());
        self.state.wait_until(async move {
            if let Some(revision) = outbox::report(&shell.env, &space, report).await
                && let Err(error) = shell.turn(Input::Reported { revision })
            {
                console_error!("edge: report confirmed in vain: {error}");
            }
        });
    }
}

impl Awake {
    fn load(shell: &Rc<Shell>, now: Timestamp) -> Result<Self> {
        let storage = Storage::open(&shell.state, rows::TABLES)?;
        let stored = rows::load(&storage)?;
        let sockets = Sockets::wake(&shell.state);
        let machine = Conversation::restore(stored, sockets.seats(), now);
        let mut awake = Self {
            machine,
            sockets,
            storage,
        };
        for (socket, pass) in awake.sockets.seatless() {
            let connected = Input::Connected {
                socket,
                person: pass.person,
                space: pass.space,
            };
            awake.turn(shell, now, connected)?;
        }
        Ok(awake)
    }

    fn turn(&mut self, shell: &Rc<Shell>, now: Timestamp, input: Input) -> Result<Outcome> {
        let effects = self.machine.handle(now, input);
        let checked = self.machine.check();
        checked.map_err(|broken| Error::RustError(broken.to_string()))?;
        rows::save(&self.storage, &effects)?;
        let mut outcome = Outcome::default();
        for effect in effects {
            self.perform(shell, effect, &mut outcome)?;
        }
        Ok(outcome)
    }

    fn perform(&mut self, shell: &Rc<Shell>, effect: Effect, outcome: &mut Outcome) -> Result<()> {
        match effect {
            Effect::Save(row) => outcome.is_born |= matches!(row, Row::Birth(_)),
            Effect::Send { to, frame } => self.sockets.send(&to, &frame),
            Effect::Backlog {
                to,
                side,
                after,
                head,
            } => self.send_backlog(to, side, after, head)?,
            Effect::Keep { socket, seat } => self.sockets.keep(socket, seat),
            Effect::Close { socket, code } => self.sockets.close(socket, code),
            Effect::Report(report) => {
                if let Some(birth) = self.machine.birth() {
                    shell.report(birth, report);
                }
            }
            Effect::Begun => outcome.has_begun = true,
            Effect::Answer(answer) => outcome.answer = Some(answer),
        }
        Ok(())
    }

    fn send_backlog(&self, to: SocketId, side: Side, after: Seq, head: Seq) -> Result<()> {
        let entries = rows::backlog(&self.storage, side, after)?;
        let is_all = (entries.len() as u64) < BACKLOG_MAX
            || entries.last().is_some_and(|entry| entry.seq >= head);
        for entries in in_frames(entries) {
            self.sockets.send(&[to], &FromServer::Entries(entries));
        }
        let end = if is_all {
            FromServer::Live { head }
        } else {
            FromServer::Limited { head }
        };
        self.sockets.send(&[to], &end);
        Ok(())
    }

    /// The side on which a person reads this conversation; `None` for everybody else (V5).
    fn side(&self, person: &Person) -> Option<Side> {
        let birth = self.machine.birth()?;
        match person {
            Person::Visitor { visitor } => (*visitor == birth.visitor).then_some(Side::Customer),
            Person::Agent { .. } => Some(Side::Agent),
        }
    }
}

/// Packs entries so that no frame is too large.
fn in_frames(entries: Vec<Entry>) -> Vec<Vec<Entry>> {
    let mut frames: Vec<Vec<Entry>> = Vec::new();
    let mut bytes = 0;
    for entry in entries {
        let size = entry.to_stored().map_or(ENTRIES_BYTES, |json| json.len());
        bytes += size;
        match frames.last_mut() {
            Some(frame) if bytes <= ENTRIES_BYTES && frame.len() < ENTRIES_MAX => frame.push(entry),
            Some(_) | None => {
                bytes = size;
                frames.push(vec![entry]);
            }
        }
    }
    frames
}
