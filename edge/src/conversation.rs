//! Durable Object of one conversation: sockets, disk and alarm around
//! [`shared::conversation::Conversation`]. No rule of the product lives here.

use std::rc::Rc;

use serde::Serialize;
use shared::conversation::{
    Answer, Birth, Command, Conversation, Effect, Entry, Input, Report, Row, Seat, Seq, Shorthand,
    TEXT_MAX, Transcript,
};
use shared::file::Sent;
use shared::frame::{BACKLOG_MAX, ENTRIES_MAX, FromServer, SocketId};
use shared::id::{CommandId, ConversationId, FileId};
use shared::refusal::Refusal;
use shared::rights::{Person, Side};
use shared::text::{EmailAddress, PersonName};
use shared::time::Timestamp;
use worker::wasm_bindgen::prelude::*;
use worker::{DurableObject, Env, Error, Request, Response, Result, State, WebSocket};
// `wasm_bindgen` is named by what `durable_object` writes, too.
use worker::{WebSocketIncomingMessage, console_error, durable_object, wasm_bindgen};

use crate::ask::{self, ConversationAsk, ConversationTold, SpaceAsk, SpaceTold};
use crate::calls::Calls;
use crate::clock;
use crate::files::{Store, check};
use crate::mail;
use crate::object::{Around, Awake, Core, Event, Shell, broken, object};
use crate::outbox;
use crate::read::read;
use crate::storage::{Storage, conversation as rows};

/// Most bytes of entries in one frame, as JSON has them, so that it stays below
/// [`shared::frame::FRAME_MAX`] whatever the largest entry adds.
const ENTRIES_BYTES: usize = 48 * 1024;

/// How often files are tried to be taken out of the store.
const TIDY_TIMES: u8 = 5;
/// When a call comes again whose answer the space had to help with and did not: 500 ms.
const AGAIN_MS: u32 = 500;

object! {
    /// One conversation.
    ConversationObject, Thread
}

/// The machine of a conversation.
struct Thread {
    machine: Conversation,
    /// How its log is written and read.
    shorthand: Shorthand,
    /// Calls that wait for their answer.
    calls: Calls<(Person, CommandId)>,
    /// The origin of files, as the last call that sent one has told it.
    origin: String,
}

/// What a turn leaves for its caller.
#[derive(Default)]
struct Outcome {
    is_born: bool,
    has_begun: bool,
    answer: Option<Answer>,
    retry_ms: Option<u32>,
}

impl Core for Thread {
    type Command = Command;
    type Input = Input;
    type Seat = Seat;
    type Outcome = Outcome;

    const KIND: &'static str = "conversation";
    const TABLES: &'static str = rows::TABLES;
    /// A customer's tabs, the agents who look on, and room for connections whose end nobody has
    /// noticed.
    const SOCKETS_MAX: usize = 100;

    fn load(storage: &Storage, seats: Vec<(SocketId, Seat)>, now: Timestamp) -> Result<Self> {
        let (rows, shorthand) = rows::load(storage)?;
        Ok(Self {
            machine: Conversation::restore(rows, seats, now),
            shorthand,
            calls: Calls::default(),
            origin: String::new(),
        })
    }

    fn input(event: Event<Command>) -> Input {
        match event {
            Event::Connected { socket, pass } => Input::Connected {
                socket,
                person: pass.person,
                space: pass.space,
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
        let conversation = self.machine.birth().map(|birth| birth.conversation);
        let effects = self.machine.handle(around.now, input);
        self.machine.check().map_err(broken)?;
        rows::save(around.storage, &mut self.shorthand, &effects)?;
        let mut outcome = Outcome::default();
        for effect in effects {
            if let Some(conversation) = conversation {
                around.shell.tidy_files(conversation, &effect);
            }
            self.perform(&mut around, effect, &mut outcome)?;
        }
        Ok(outcome)
    }
}

impl Thread {
    fn perform(
        &mut self,
        around: &mut Around<'_, Self>,
        effect: Effect,
        outcome: &mut Outcome,
    ) -> Result<()> {
        let sockets = &mut *around.sockets;
        match effect {
            Effect::Save(row) => outcome.is_born |= matches!(row, Row::Birth(_)),
            Effect::RemoveFile(_) | Effect::Erase | Effect::Forget => (),
            Effect::Check(sent) => {
                if let Some(birth) = self.machine.birth() {
                    around.shell.check(birth, self.origin.clone(), sent);
                }
            }
            Effect::Send { to, frame } => sockets.send(&to, &frame),
            Effect::Backlog {
                to,
                side,
                after,
                head,
            } => {
                for frame in self.backlog(around.storage, side, after, head)? {
                    sockets.send(&[to], &frame);
                }
            }
            Effect::Keep { socket, seat } => sockets.keep(socket, seat),
            Effect::Close { socket, code } => sockets.close(socket, code),
            Effect::Mail { to, language, id } => {
                if let Some(birth) = self.machine.birth() {
                    let language = language.map_or_else(String::new, String::from);
                    around.shell.mail(birth, to, language, id);
                }
            }
            Effect::Report(report) => {
                if let Some(birth) = self.machine.birth() {
                    around.shell.report(birth, report);
                }
            }
            Effect::Begun => outcome.has_begun = true,
            Effect::Answer(answer) => outcome.answer = Some(answer),
            Effect::Replied { person, id, reply } => self.calls.answer((person, id), &reply),
            Effect::Slowed { retry_ms } => outcome.retry_ms = Some(retry_ms),
        }
        Ok(())
    }

    /// The log after a place as one side sees it, in frames, and whether that was all.
    fn backlog(
        &mut self,
        storage: &Storage,
        side: Side,
        after: Seq,
        head: Seq,
    ) -> Result<Vec<FromServer>> {
        let entries = rows::backlog(
            storage,
            &mut self.shorthand,
            Some(&self.machine),
            side,
            after,
        )?;
        let is_all = (entries.len() as u64) < BACKLOG_MAX
            || entries.last().is_some_and(|entry| entry.seq >= head);
        let entries = in_frames(entries).into_iter().map(FromServer::Entries);
        let end = if is_all {
            FromServer::Live { head }
        } else {
            FromServer::Limited { head }
        };
        Ok(entries.chain([end]).collect())
    }
}

impl Shell<Thread> {
    async fn answer(self: &Rc<Self>, mut request: Request) -> Result<Response> {
        if let Some(entrance) = ask::entrance(&request)? {
            return self.enter(entrance);
        }
        let told = match read(&request.text().await?)? {
            ConversationAsk::Identify { person } => {
                let outcome = self.turn(Input::Identified { person })?;
                if outcome.has_begun {
                    ConversationTold::Begun { is_new: false }
                } else {
                    ConversationTold::Denied(Refusal::ConversationUnknown)
                }
            }
            ConversationAsk::Begin { birth, id, text } => {
                let birth = *birth;
                let outcome = self.turn(Input::Begin { birth, id, text })?;
                if outcome.has_begun {
                    let is_new = outcome.is_born;
                    ConversationTold::Begun { is_new }
                } else {
                    ConversationTold::Denied(Refusal::CommandConflict)
                }
            }
            ConversationAsk::Read {
                person,
                after,
                stored,
            } => self.read(&person, after, stored)?,
            ConversationAsk::Text { person, house } => {
                let text = |awake: &mut Awake<Thread>| {
                    let may = awake.core.machine.may_take_along(&person);
                    may.map(|()| awake.text(&house))
                };
                match self.with(text)? {
                    Ok(text) => ConversationTold::Json(text?),
                    Err(refusal) => ConversationTold::Denied(refusal),
                }
            }
            ConversationAsk::Act {
                person,
                id,
                command,
            } => {
                let command = read(&command)?;
                self.act(person, id, command).await?
            }
            ConversationAsk::OfferFile { person, size } => {
                let file = FileId::from_bytes([0; 16]);
                let sent = Sent::announced(file, size);
                let id = CommandId::from_bytes([0; 16]);
                let may = self.with(|awake| {
                    let machine = &awake.core.machine;
                    machine.may_send(clock::now(), &person, (id, sent))
                })?;
                match may {
                    Ok(()) => ConversationTold::File(None),
                    Err(refusal) => ConversationTold::Denied(refusal),
                }
            }
            ConversationAsk::SendFile {
                person,
                id,
                sent,
                origin,
            } => {
                self.with(|awake| awake.core.origin = origin)?;
                self.act(person, id, Command::SendFile(sent)).await?
            }
            ConversationAsk::CheckFile {
                person,
                file,
                origin,
            } => {
                let may = self.with(|awake| {
                    awake.core.origin = origin;
                    awake.core.machine.may_check_again(&person, file)
                })?;
                if may.is_ok() {
                    self.turn(Input::CheckAgain { person, file })?;
                }
                may.map_or_else(ConversationTold::Denied, |()| ConversationTold::File(None))
            }
            ConversationAsk::FindFile { person, file } => {
                let found = self.with(|awake| {
                    let found = awake.core.machine.file(&person, file);
                    found.map(|sent| sent.cloned().map(Box::new))
                })?;
                found.map_or_else(ConversationTold::Denied, ConversationTold::File)
            }
            ConversationAsk::Instruct(instruction) => {
                let outcome = self.turn(Input::Instructed(instruction))?;
                ConversationTold::Answer(Box::new(outcome.answer.unwrap_or_default()))
            }
            ConversationAsk::Panic => crate::die(),
        };
        Response::from_json(&told)
    }

    /// Takes a command without a socket, waits until it has its answer, and says what became of it.
    async fn act(
        self: &Rc<Self>,
        person: Person,
        id: CommandId,
        command: Command,
    ) -> Result<ConversationTold> {
        let waiting = self.with(|awake| awake.core.calls.wait((person.clone(), id)))?;
        let asked = Input::Asked {
            person,
            id,
            command,
        };
        if let Some(retry_ms) = self.turn(asked)?.retry_ms {
            return Ok(ConversationTold::Slowed { retry_ms });
        }
        let replied = waiting.answer(true).await;
        let stage = self.with(|awake| {
            let lifecycle = awake.core.machine.lifecycle();
            lifecycle.map(|lifecycle| lifecycle.stage.word())
        })?;
        Ok(match (replied, stage) {
            (Some(Ok(())), Some(state)) => {
                let state = state.to_owned();
                ConversationTold::Acted { state }
            }
            (Some(Err(refusal)), _) => ConversationTold::Denied(refusal),
            (Some(Ok(())), None) => ConversationTold::Denied(Refusal::ConversationUnknown),
            (None, _) => ConversationTold::Slowed { retry_ms: AGAIN_MS },
        })
    }

    /// Takes out of the store what nobody reads any more, in the background. What the store does not let go
    /// stays unreadable: nothing leads to it.
    fn tidy_files(self: &Rc<Self>, conversation: ConversationId, effect: &Effect) {
        let file = match effect {
            Effect::RemoveFile(file) => Some(*file),
            Effect::Erase | Effect::Forget => None,
            Effect::Save(_)
            | Effect::Send { .. }
            | Effect::Backlog { .. }
            | Effect::Keep { .. }
            | Effect::Close { .. }
            | Effect::Mail { .. }
            | Effect::Check(_)
            | Effect::Report(_)
            | Effect::Begun
            | Effect::Answer(_)
            | Effect::Replied { .. }
            | Effect::Slowed { .. } => return,
        };
        let Some(store) = Store::of(&self.env, conversation) else {
            return;
        };
        self.state.wait_until(async move {
            for _ in 0..TIDY_TIMES {
                let removed = match file {
                    Some(file) => store.remove(file).await,
                    None => store.remove_all().await,
                };
                if removed.is_ok() {
                    return;
                }
            }
        });
    }

    fn read(
        self: &Rc<Self>,
        person: &Person,
        after: Seq,
        stored: bool,
    ) -> Result<ConversationTold> {
        self.with(|awake| {
            let Some(side) = awake.core.machine.side(person) else {
                return Ok(ConversationTold::Denied(Refusal::ConversationUnknown));
            };
            let Thread {
                machine, shorthand, ..
            } = &mut awake.core;
            let view = View {
                events: rows::backlog(
                    &awake.storage,
                    shorthand,
                    (!stored).then_some(machine),
                    side,
                    after,
                )?,
                head: machine.head(side),
            };
            Ok(ConversationTold::Json(serde_json::to_string(&view)?))
        })?
    }

    /// Mails the words in the background, once: who waits in vain asks again.
    fn mail(self: &Rc<Self>, birth: &Birth, to: EmailAddress, language: String, id: CommandId) {
        let (shell, space) = (self.clone(), birth.space.clone());
        self.state.wait_until(async move {
            let told = ask::space(&shell.env, &space, &SpaceAsk::Look).await;
            let Ok(SpaceTold::Settings(settings, _)) = told else {
                return;
            };
            let text = shell.with(|awake| awake.text(&settings.name));
            if let Ok(Ok(text)) = text {
                let letter = mail::transcript(&settings.name, &text, &language);
                mail::send(&shell.env, &to, &letter, &id.to_string()).await;
            }
        });
    }

    /// Has a file checked in the background; what is lost has failed (FI7 of `shared::conversation`).
    fn check(self: &Rc<Self>, birth: &Birth, origin: String, sent: Box<Sent>) {
        let shell = self.clone();
        let (space, conversation, file) = (birth.space.clone(), birth.conversation, sent.file);
        self.state.wait_until(async move {
            let place = (&space, conversation);
            let verdict = check::judge(&shell.env, place, &origin, sent).await;
            if let Err(error) = shell.turn(Input::Checked { file, verdict }) {
                console_error!("edge: a file was judged in vain: {error}");
            }
        });
    }

    /// Tells the space in the background; lost reports are told again by the machine.
    fn report(self: &Rc<Self>, birth: &Birth, report: Report) {
        let (shell, space) = (self.clone(), birth.space.clone());
        self.state.wait_until(async move {
            if let Some(confirmed) = outbox::report(&shell.env, &space, report).await
                && let Err(error) = shell.turn(confirmed)
            {
                console_error!("edge: report confirmed in vain: {error}");
            }
        });
    }
}

impl Awake<Thread> {
    /// The words as the customer reads them.
    fn text(&mut self, house: &PersonName) -> Result<String> {
        let mut transcript = Transcript::default();
        let Thread {
            machine, shorthand, ..
        } = &mut self.core;
        let mut bytes = 0;
        loop {
            let (side, after) = (Side::Customer, transcript.head());
            let more = rows::backlog(&self.storage, shorthand, Some(machine), side, after)?;
            let is_all = more.is_empty() || bytes > TEXT_MAX;
            for entry in more {
                bytes += entry.event.text().map_or(0, |text| text.as_str().len());
                transcript.apply(entry);
            }
            if is_all {
                return Ok(transcript.text(house));
            }
        }
    }
}

/// What [`ConversationAsk::Read`] is answered.
#[derive(Serialize)]
struct View {
    /// At most [`BACKLOG_MAX`].
    events: Vec<Entry>,
    /// The last place of the log.
    head: Seq,
}

/// Packs entries so that no frame is too large.
fn in_frames(entries: Vec<Entry>) -> Vec<Vec<Entry>> {
    let mut frames: Vec<Vec<Entry>> = Vec::new();
    let mut bytes = 0;
    for entry in entries {
        let size = serde_json::to_string(&entry).map_or(ENTRIES_BYTES, |json| json.len());
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
