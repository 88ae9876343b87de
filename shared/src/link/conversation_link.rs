//! The link of one conversation: its questions, and what each input does.

mod birth;
mod frames;

use alloc::vec::Vec;

use super::cursor::Progress;
use super::flight::Flight;
use super::line::{Fate, Line, Move};
use super::outbox::Outbox;
use super::typing::Typing;
use super::{Effect, Input, Part, Pending, State};
use crate::conversation::{Author, Command, Cursors, Entry, Seq, Transcript};
use crate::frame::ToServer;
use crate::id::{CommandId, ConversationId, DeviceId, EpochId};
use crate::rights::Side;
use crate::space::Place;
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
    place: Option<Place>,
    /// When a conversation may begin that came too fast (K16).
    begins_at: Option<Timestamp>,
    /// Whether somebody has to show first that a person writes (K17).
    is_challenged: bool,
}

/// The effects of one input, and what it changed.
#[derive(Default)]
struct Turn {
    effects: Vec<Effect>,
    entries_from: Option<Seq>,
    has_reset: bool,
    has_cursors: bool,
    has_typing: bool,
    has_place: bool,
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
            place: None,
            begins_at: None,
            is_challenged: false,
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
        let before = self.standing();
        let mut turn = Turn::default();
        self.settle(now, dice, &mut turn);
        self.take(now, dice, input, &mut turn);
        self.pump(now, &mut turn);
        if self.conversation.is_none() {
            self.outbox.drop_orphans(&mut turn.effects);
        }
        if self.outbox.first_post().is_none() {
            self.is_challenged = false;
        }
        if self.outbox.take_changed() {
            turn.effects.push(Effect::Changed(Part::Pending));
        }
        if before != self.standing() {
            turn.effects.push(Effect::Changed(Part::State));
        }
        turn.into_effects()
    }

    /// When the next [`Input::Tick`] is due; `None` while nothing is timed.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let of_connection = || {
            let hold = self.flight.next_deadline();
            let seen = self.is_live().then(|| self.progress.seen_due()).flatten();
            [hold, seen].into_iter().flatten().min()
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

    /// Until when what is in the outbox waits because it came too fast (K16).
    #[must_use]
    pub fn slowed_until(&self) -> Option<Timestamp> {
        let begins_at = self.begins_at.filter(|_| self.conversation.is_none());
        begins_at.or_else(|| self.is_live().then(|| self.flight.slowed_until()).flatten())
    }

    /// Whether somebody has to show that a person writes before the conversation begins (K17).
    #[must_use]
    pub const fn needs_challenge(&self) -> bool {
        self.is_challenged && self.conversation.is_none()
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

    /// Where the customer stands in line, while that is known (K15).
    #[must_use]
    pub const fn place(&self) -> Option<&Place> {
        self.place.as_ref()
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

    /// What [`Part::State`] is about.
    fn standing(&self) -> (State, Option<ConversationId>, Option<Timestamp>, bool) {
        let until = self.slowed_until();
        (
            self.state(),
            self.conversation,
            until,
            self.needs_challenge(),
        )
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
        is_other && entry.event.is_message()
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
                    let hello = self.hello();
                    turn.transmit(ToServer::Hello(hello));
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
            Input::Passed => {
                self.is_challenged = false;
                self.line.is_idle().then(|| self.start(now)).flatten()
            }
            Input::Tick => None,
        };
        self.follow(now, next, turn);
    }

    fn lost(&mut self, now: Timestamp, dice: u64, code: u16, turn: &mut Turn) {
        let (fate, next) = self.line.lost(now, dice, code);
        match fate {
            Fate::Handled => (),
            Fate::TooLarge => {
                let ids: Vec<_> = self.flight.ids().collect();
                self.outbox.fail_largest(&ids, &mut turn.effects);
            }
            Fate::Unknown => self.unknown(now, dice, turn),
        }
        self.follow(now, next, turn);
    }

    /// Carries out what the line wants; while there is no conversation, dialling makes one (K8).
    fn follow(&mut self, now: Timestamp, next: Option<Move>, turn: &mut Turn) {
        let effect = match next {
            None => return,
            Some(Move::Dial { .. }) if self.begins_at.is_some_and(|at| now < at) => {
                // Nobody hurries what the server has put off.
                let at = self.begins_at.unwrap_or(now);
                return self.line.pause_until(at);
            }
            Some(Move::Dial { .. }) if self.needs_challenge() => return self.line.rest(),
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

    /// Sends what may leave.
    fn pump(&mut self, now: Timestamp, turn: &mut Turn) {
        if !self.is_live() {
            return;
        }
        if let Some(seq) = self.progress.take_received() {
            turn.transmit(ToServer::Received { seq });
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
            has_place,
        } = self;
        let changes = [
            has_reset.then_some(Part::Reset),
            entries_from.map(|from| Part::Entries { from }),
            (has_cursors || entries_from.is_some()).then_some(Part::Cursors),
            has_typing.then_some(Part::Typing),
            has_place.then_some(Part::Place),
        ];
        effects.extend(changes.into_iter().flatten().map(Effect::Changed));
        effects
    }
}
