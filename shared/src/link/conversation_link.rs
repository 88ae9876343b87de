//! The link of one conversation: hello, resume, birth, and what each input does.

use alloc::vec::Vec;

use super::cursor::Progress;
use super::flight::Flight;
use super::line::{BROKEN_OFF, Fate, Line, Move};
use super::outbox::Outbox;
use super::typing::Typing;
use super::{BeginFailure, Effect, Failure, Input, Part, Pending, State};
use crate::conversation::{Author, Command, Cursors, Entry, Seq, Taken, Transcript};
use crate::frame::{CloseCode, FromServer, Hello, ToServer, Welcome};
use crate::id::{CommandId, ConversationId, DeviceId, EpochId};
use crate::refusal::Refusal;
use crate::rights::Side;
use crate::time::Timestamp;

/// A client's end of one conversation.
#[derive(Clone, Debug)]
pub struct ConversationLink {
    device: DeviceId,
    side: Side,
    conversation: Option<ConversationId>,
    /// The message that was to make the conversation.
    first: Option<CommandId>,
    line: Line,
    /// Whether the backlog of this connection is through.
    is_caught_up: bool,
    /// Whether a gap was asked for and nothing came yet.
    is_syncing: bool,
    epoch: Option<EpochId>,
    transcript: Transcript,
    outbox: Outbox,
    flight: Flight,
    progress: Progress,
    typing: Typing,
}

/// The effects of one input, and what it changed.
#[derive(Default)]
struct Turn {
    effects: Vec<Effect>,
    entries_from: Option<Seq>,
    has_reset: bool,
    has_cursors: bool,
    has_typing: bool,
}

impl ConversationLink {
    /// A link at rest. `connection` is the last number that this tab has used, `conversation` is
    /// `None` before the first message, `pending` is the stored outbox in any order.
    #[must_use]
    pub fn new(
        device: DeviceId,
        connection: u32,
        side: Side,
        conversation: Option<ConversationId>,
        pending: Vec<Pending>,
    ) -> Self {
        Self {
            device,
            side,
            conversation,
            first: None,
            line: Line::new(connection),
            is_caught_up: false,
            is_syncing: false,
            epoch: None,
            transcript: Transcript::default(),
            outbox: Outbox::new(pending),
            flight: Flight::default(),
            progress: Progress::default(),
            typing: Typing::default(),
        }
    }

    /// Tells when this tab last obeyed [`Effect::Reload`].
    #[must_use]
    pub const fn reloaded_at(mut self, at: Option<Timestamp>) -> Self {
        self.line.set_reloaded_at(at);
        self
    }

    /// Takes one input at `now`, which never goes back, and returns what the shell has to do.
    /// `dice` is a fresh random number with every call.
    ///
    /// Whatever fell due up to `now` is settled first, so a late timer changes nothing.
    pub fn handle(&mut self, now: Timestamp, dice: u64, input: Input) -> Vec<Effect> {
        let before = (self.state(), self.conversation);
        let mut turn = Turn::default();
        self.settle(now, dice, &mut turn);
        self.take(now, dice, input, &mut turn);
        self.pump(now, &mut turn);
        if self.outbox.take_changed() {
            turn.effects.push(Effect::Changed(Part::Pending));
        }
        if before != (self.state(), self.conversation) {
            turn.effects.push(Effect::Changed(Part::State));
        }
        turn.into_effects()
    }

    /// When the next [`Input::Tick`] is due; `None` while nothing is timed.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let of_connection = || {
            let hold = self.flight.next_deadline();
            let received = self.progress.received_due();
            let seen = self.is_live().then(|| self.progress.seen_due()).flatten();
            [hold, received, seen].into_iter().flatten().min()
        };
        [
            self.line.next_deadline(),
            self.typing.next_deadline(),
            self.line.is_up().then(of_connection).flatten(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// The conversation, once there is one.
    #[must_use]
    pub const fn conversation(&self) -> Option<ConversationId> {
        self.conversation
    }

    /// How the link stands.
    #[must_use]
    pub const fn state(&self) -> State {
        self.line.state(self.is_caught_up)
    }

    /// The conversation as this side sees it.
    #[must_use]
    pub const fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// The outbox, first in, first out.
    #[must_use]
    pub fn pending(&self) -> &[Pending] {
        self.outbox.items()
    }

    /// How far both sides have come, counted by this side.
    #[must_use]
    pub const fn cursors(&self) -> Cursors {
        self.progress.cursors()
    }

    /// True while somebody on the other side types.
    #[must_use]
    pub fn other_is_typing(&self, now: Timestamp) -> bool {
        self.typing.other_is_typing(now)
    }

    /// Texts of the other side that were not on a visible screen yet.
    #[must_use]
    pub fn unread(&self) -> u32 {
        let read = self.progress.own(self.side).read;
        let entries = self.transcript.entries().iter().rev();
        let unread = entries
            .take_while(|entry| entry.seq > read)
            .filter(|entry| self.is_for_us(entry));
        u32::try_from(unread.count()).unwrap_or(u32::MAX)
    }

    const fn is_live(&self) -> bool {
        self.line.is_up() && self.is_caught_up
    }

    /// True for what the other side wrote for this side to read.
    fn is_for_us(&self, entry: &Entry) -> bool {
        let is_other = match (&entry.author, self.side) {
            (Author::Customer, Side::Customer) | (Author::Agent { .. }, Side::Agent) => false,
            (Author::Customer, Side::Agent)
            | (Author::Agent { .. }, Side::Customer)
            | (Author::System, _) => true,
        };
        is_other && entry.event.text().is_some()
    }

    /// True when the command of the entry may have come from this outbox.
    const fn is_ours(&self, entry: &Entry) -> bool {
        matches!(
            (&entry.author, self.side),
            (Author::Customer, Side::Customer) | (Author::Agent { .. }, Side::Agent)
        )
    }

    fn settle(&mut self, now: Timestamp, dice: u64, turn: &mut Turn) {
        while let Some(next) = self.line.tick(now, dice) {
            self.follow(now, Some(next), turn);
        }
        self.flight.tick(now);
        if self.typing.start_due(now) && self.is_live() {
            turn.transmit(ToServer::Typing { typing: true });
        }
        if self.typing.stop_due(now) && self.is_live() {
            turn.transmit(ToServer::Typing { typing: false });
        }
        turn.has_typing |= self.typing.other_due(now);
    }

    fn take(&mut self, now: Timestamp, dice: u64, input: Input, turn: &mut Turn) {
        let next = match input {
            Input::Start => self.start(now),
            Input::Opened => {
                if self.conversation.is_some() && self.line.opened() {
                    turn.transmit(ToServer::Hello(self.hello()));
                }
                None
            }
            Input::Received(frame) => {
                self.line.heard();
                return self.receive(now, dice, frame, turn);
            }
            Input::Pong => {
                self.line.heard();
                None
            }
            Input::Lost { code } => return self.lost(now, dice, code, turn),
            Input::Begun { conversation } => self.begun(now, conversation),
            Input::BeginFailed { failure } => {
                return self.begin_failed(now, dice, failure, turn);
            }
            Input::Submit { id, command } => {
                self.typing.stop();
                self.outbox.push(now, id, command, &mut turn.effects);
                self.line.is_idle().then(|| self.start(now)).flatten()
            }
            Input::Retry { id } => {
                self.outbox.retry(now, id, &mut turn.effects);
                self.line.is_idle().then(|| self.start(now)).flatten()
            }
            Input::Discard { id } => {
                let is_unknown = self.outbox.discard(id, &mut turn.effects);
                if is_unknown && self.is_live() && !self.flight.contains(id) {
                    // What waits after a hold gets no answer of its own any more.
                    Some(self.line.resume(now, dice))
                } else if is_unknown && self.line.is_idle() {
                    self.start(now)
                } else {
                    None
                }
            }
            Input::Typing { typing } => {
                let is_news = if typing {
                    self.is_live() && self.typing.key(now)
                } else {
                    self.typing.stop() && self.is_live()
                };
                if is_news {
                    turn.transmit(ToServer::Typing { typing });
                }
                None
            }
            Input::Seen => {
                turn.has_cursors |= self.progress.see(now, self.side, self.transcript.head());
                None
            }
            Input::Online => self.line.online(now, dice),
            Input::Offline => self.line.offline(now),
            Input::Renewed { token_for_frame } => {
                if let (true, Some(token)) = (self.line.is_up(), token_for_frame) {
                    turn.transmit(ToServer::Renew { token });
                }
                self.line.renewed(now)
            }
            Input::RenewFailed => {
                self.line.renew_failed();
                None
            }
            Input::RenewUnreachable => {
                self.line.renew_unreachable(now, dice);
                None
            }
            Input::Tick => None,
        };
        self.follow(now, next, turn);
    }

    fn receive(&mut self, now: Timestamp, dice: u64, frame: FromServer, turn: &mut Turn) {
        match frame {
            FromServer::Welcome(welcome) => self.welcome(now, dice, &welcome, turn),
            FromServer::Entries(entries) => self.apply(now, entries, turn),
            FromServer::Limited { .. } => self.sync(turn),
            FromServer::Live { head } => {
                self.is_syncing = false;
                if self.transcript.head() < head {
                    self.sync(turn);
                } else if self.line.is_up() && !self.is_caught_up {
                    self.is_caught_up = true;
                    self.outbox.caught_up(self.side, &mut turn.effects);
                }
            }
            FromServer::Repeated { id, .. } => {
                self.flight.settle(id);
                self.outbox.acknowledge(id, &mut turn.effects);
            }
            FromServer::Refused { id, refusal } => {
                self.flight.settle(id);
                self.outbox
                    .fail(id, Failure::Refused(refusal), &mut turn.effects);
            }
            FromServer::Hold { n, retry_ms } => {
                // A marked item has to be shown by a resume, and so has an order that is lost.
                let back = self.flight.hold(now, n, retry_ms);
                if back.is_none_or(|back| back.iter().any(|id| self.outbox.is_marked(*id))) {
                    let next = self.line.resume(now, dice);
                    self.follow(now, Some(next), turn);
                }
            }
            FromServer::Cursors(cursors) => turn.has_cursors |= self.progress.merge(cursors),
            FromServer::Typing { side, typing } => {
                turn.has_typing |= side != self.side && self.typing.other(now, typing);
            }
            FromServer::Renew => {
                let next = self.line.renewal_wanted();
                self.follow(now, next, turn);
            }
            FromServer::Done { .. }
            | FromServer::Desk(_)
            | FromServer::Counts(_)
            | FromServer::Bad { .. } => (),
        }
    }

    fn hello(&self) -> Hello {
        Hello {
            device: self.device,
            connection: self.line.connection(),
            epoch: self.epoch,
            after: self.transcript.head(),
            cursor: self.progress.own(self.side),
        }
    }

    fn welcome(&mut self, now: Timestamp, dice: u64, welcome: &Welcome, turn: &mut Turn) {
        if !self.line.welcomed(now, dice, welcome.connection) {
            return;
        }
        self.is_caught_up = false;
        self.is_syncing = false;
        self.flight = Flight::default();
        if self.epoch.is_some_and(|epoch| epoch != welcome.epoch) {
            self.forget(turn);
        }
        self.epoch = Some(welcome.epoch);
        self.outbox.resume();
        self.progress.welcomed(self.transcript.head());
    }

    /// Forgets the log and keeps the outbox (K3).
    fn forget(&mut self, turn: &mut Turn) {
        self.epoch = None;
        self.transcript = Transcript::default();
        self.progress = Progress::default();
        turn.has_reset = true;
        turn.has_cursors = true;
    }

    fn apply(&mut self, now: Timestamp, entries: Vec<Entry>, turn: &mut Turn) {
        for entry in entries {
            let seq = entry.seq;
            let id = entry.id.filter(|_| self.is_ours(&entry));
            let is_for_us = self.is_for_us(&entry);
            match self.transcript.apply(entry) {
                Taken::Applied => {
                    self.is_syncing = false;
                    turn.entries_from.get_or_insert(seq);
                    if let Some(id) = id {
                        self.flight.settle(id);
                        self.outbox.acknowledge(id, &mut turn.effects);
                    }
                    turn.has_typing |= is_for_us && self.typing.other(now, false);
                    self.progress.arrived(now, self.side, seq, is_for_us);
                }
                Taken::Known => (),
                Taken::Gap => return self.sync(turn),
            }
        }
    }

    /// Asks for what is missing, once until something comes.
    fn sync(&mut self, turn: &mut Turn) {
        if !self.is_syncing {
            self.is_syncing = true;
            let after = self.transcript.head();
            turn.transmit(ToServer::Sync { after });
        }
    }

    fn lost(&mut self, now: Timestamp, dice: u64, code: u16, turn: &mut Turn) {
        let (fate, next) = self.line.lost(now, dice, code);
        match fate {
            Fate::Handled => (),
            Fate::TooLarge => {
                let ids: Vec<_> = self.flight.ids().collect();
                self.outbox.fail_largest(&ids, &mut turn.effects);
            }
            Fate::Unknown => self.unknown(now, turn),
        }
        self.follow(now, next, turn);
    }

    /// There is no such conversation: a customer starts a new one with what is in the outbox.
    fn unknown(&mut self, now: Timestamp, turn: &mut Turn) {
        match self.side {
            Side::Agent => (),
            Side::Customer => {
                self.conversation = None;
                self.forget(turn);
                self.line.rest();
                let next = self.start(now);
                self.follow(now, next, turn);
            }
        }
    }

    fn start(&mut self, now: Timestamp) -> Option<Move> {
        let has_aim = self.conversation.is_some() || self.outbox.first_post().is_some();
        has_aim.then(|| self.line.start(now)).flatten()
    }

    fn begun(&mut self, now: Timestamp, conversation: ConversationId) -> Option<Move> {
        if self.conversation.is_some() {
            return None;
        }
        self.conversation = Some(conversation);
        self.line.redial(now)
    }

    fn begin_failed(&mut self, now: Timestamp, dice: u64, failure: BeginFailure, turn: &mut Turn) {
        if self.conversation.is_some() {
            return;
        }
        let next = match failure {
            BeginFailure::Unreachable => self.line.lost(now, dice, BROKEN_OFF).1,
            BeginFailure::Unauthorized => {
                let code = CloseCode::Unauthorized.number();
                self.line.lost(now, dice, code).1
            }
            BeginFailure::Refused(Refusal::ConversationOpen { conversation }) => {
                self.begun(now, conversation)
            }
            BeginFailure::Refused(refusal) => {
                if let Some(id) = self.first.take() {
                    self.outbox
                        .fail(id, Failure::Refused(refusal), &mut turn.effects);
                }
                self.line.rest();
                self.start(now)
            }
        };
        self.follow(now, next, turn);
    }

    /// Carries out what the line wants; while there is no conversation, dialling makes one (K8).
    fn follow(&mut self, now: Timestamp, next: Option<Move>, turn: &mut Turn) {
        let effect = match next {
            None => return,
            Some(Move::Dial { connection }) => match self.conversation {
                Some(conversation) => Effect::Dial {
                    conversation,
                    connection,
                },
                None => match self.begin(now, turn) {
                    Some(begin) => begin,
                    None => return self.line.rest(),
                },
            },
            Some(Move::Ping) => Effect::Ping,
            Some(Move::HangUp) if self.conversation.is_none() => return,
            Some(Move::HangUp) => Effect::HangUp,
            Some(Move::Renew) => Effect::Renew,
            Some(Move::Reload) => Effect::Reload,
        };
        turn.effects.push(effect);
    }

    fn begin(&mut self, now: Timestamp, turn: &mut Turn) -> Option<Effect> {
        self.outbox.park_stale(now, &mut turn.effects);
        let (id, text) = self.outbox.first_post()?;
        let text = text.clone();
        self.first = Some(id);
        self.outbox.mark_sent(id, &mut turn.effects);
        Some(Effect::Begin { id, text })
    }

    /// Sends what may leave.
    fn pump(&mut self, now: Timestamp, turn: &mut Turn) {
        if self.line.is_up()
            && let Some(seq) = self.progress.take_received(now)
        {
            turn.transmit(ToServer::Received { seq });
        }
        if !self.is_live() {
            return;
        }
        if let Some(cursor) = self.progress.take_seen(now, self.side) {
            turn.transmit(ToServer::Seen { cursor });
        }
        while self.flight.has_room() {
            let Some((id, command)) =
                self.outbox
                    .next_to_send(now, &self.flight, &mut turn.effects)
            else {
                return;
            };
            let n = self.flight.send(id);
            turn.transmit(ToServer::Send { n, id, command });
        }
    }
}

impl Turn {
    fn transmit(&mut self, frame: ToServer<Command>) {
        self.effects.push(Effect::Transmit(frame));
    }

    fn into_effects(self) -> Vec<Effect> {
        let Self {
            mut effects,
            entries_from,
            has_reset,
            has_cursors,
            has_typing,
        } = self;
        let changes = [
            has_reset.then_some(Part::Reset),
            entries_from.map(|from| Part::Entries { from }),
            (has_cursors || entries_from.is_some()).then_some(Part::Cursors),
            has_typing.then_some(Part::Typing),
        ];
        effects.extend(changes.into_iter().flatten().map(Effect::Changed));
        effects
    }
}
