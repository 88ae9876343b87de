//! The machine: takes inputs, settles what fell due, names effects.

use alloc::vec::Vec;

use super::audit::{Broken, Touched};
use super::erasure::Past;
use super::intake::TOMBSTONE;
use super::ledger::Ledger;
use super::row::{ItemState, Row, Seat, TransferEnd};
use super::turn::{Confirmed, Turn};
use super::{Effect, Input};
use crate::frame::{CloseCode, SocketId};
use crate::id::ConversationId;
use crate::mutant::{self, Mutant};
use crate::refusal::Refusal;
use crate::text::Label;
use crate::time::Timestamp;

/// Machine 2. `Space::default()` is a space that was not made yet.
#[derive(Clone, Debug, Default)]
pub struct Space {
    /// The latest moment seen: time never goes back (K3).
    pub(super) now: Timestamp,
    /// When what fell due was last settled; `None` since a restore.
    settled_at: Option<Timestamp>,
    pub(super) ledger: Option<Ledger>,
    touched: Touched,
}

impl Space {
    /// Takes one input at `now` and returns what the caller has to do, in that order.
    ///
    /// Whatever fell due up to `now` is settled first (R3).
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Vec<Effect> {
        self.now = self.now.max(now);
        let mut turn = Turn::new(self.now);
        self.touched = Touched::default();
        let Some(ledger) = &mut self.ledger else {
            return self.before_creation(turn, input);
        };
        match &input {
            Input::Heard { socket, at } => {
                if ledger.heard(*socket, turn.now.min(*at)) {
                    ledger.keep_again(&mut turn, *socket);
                }
                return turn.finish(ledger);
            }
            Input::Frame { socket, .. } => {
                ledger.heard(*socket, turn.now);
            }
            Input::Create { .. }
            | Input::AddAgent { .. }
            | Input::SetAgent { .. }
            | Input::SetActive { .. }
            | Input::Asked { .. }
            | Input::Enter { .. }
            | Input::Registered { .. }
            | Input::Wish(_)
            | Input::Door(_)
            | Input::Admit { .. }
            | Input::Connected { .. }
            | Input::Disconnected { .. }
            | Input::Reported(_)
            | Input::Answered { .. }
            | Input::Zones(_)
            | Input::Personal { .. }
            | Input::Configure { .. }
            | Input::Tick => (),
        }
        self.settled_at = Some(turn.now);
        ledger.settle(&mut turn, matches!(input, Input::Tick));
        let version = ledger.settings.version;
        ledger.take(&mut turn, input);
        turn.is_act |= ledger.settings.version != version;
        ledger.take_from_leavers(&mut turn);
        ledger.overflow(&mut turn);
        ledger.dispatch(&mut turn);
        ledger.dismiss(&mut turn);
        ledger.tell_verification(&mut turn);
        ledger.tell_to_end(&mut turn);
        ledger.register(&mut turn);
        ledger.tell_to_erase(&mut turn);
        ledger.settle_limits(&turn);
        ledger.show(&mut turn);
        ledger.tell_places(&mut turn);
        self.touched = Touched::by(&turn);
        turn.finish(ledger)
    }

    /// When the next [`Input::Tick`] is due; `None` while nothing is timed. Before it, the shell
    /// says when it last heard each socket (R21).
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let ledger = self.ledger.as_ref()?;
        let item = ledger.deadlines.first().map(|(due, _)| *due);
        let socket = ledger.silences.first().map(|(due, _)| *due);
        let reserved = ledger.reservations.next_due();
        let round = ledger.rounds.next_due();
        let (counts, places) = (ledger.counts_due_at(), ledger.lines.due_at);
        let dismissal = ledger.dismissals.due_at();
        let waits = |queue: &Label| ledger.lines.has(queue) || ledger.backlogs.has(queue);
        let hours = ledger.gates.next_due(waits);
        let overflow = ledger.overflow_due_at(self.settled_at.unwrap_or_default());
        let registration = ledger.registrations.due_at();
        let verification = ledger.verifications.due_at();
        let erasure = ledger.erasures.due_at();
        let (end, block) = (ledger.ends.due_at(), ledger.block_ends_at());
        let dues = [
            item,
            socket,
            reserved,
            round,
            dismissal,
            registration,
            verification,
            erasure,
            end,
            block,
            counts,
            places,
            hours,
            overflow,
        ];
        dues.into_iter().flatten().min()
    }

    /// The invariants of what the last turn touched: asked after every turn, before it is saved.
    ///
    /// # Errors
    /// Names the invariant that does not hold.
    pub fn check(&self) -> Result<(), Broken> {
        match &self.ledger {
            Some(ledger) => ledger.check(self.settled_at, &self.touched),
            None => Ok(()),
        }
    }

    /// The invariants of the whole space, against a naive recomputation: for tests and the
    /// simulation.
    ///
    /// # Errors
    /// Names the invariant that does not hold.
    pub fn audit(&self) -> Result<(), Broken> {
        match &self.ledger {
            Some(ledger) => ledger.audit(self.settled_at),
            None => Ok(()),
        }
    }

    /// The machine as its stored rows and the seats of its open sockets say.
    #[must_use]
    pub fn restore(
        rows: impl IntoIterator<Item = Row>,
        seats: impl IntoIterator<Item = (SocketId, Seat)>,
        now: Timestamp,
    ) -> Self {
        let ledger = Ledger::restore(rows, seats, now);
        let offered_at = ledger.as_ref().and_then(Ledger::last_offered_at);
        Self {
            // An object may wake where the clock is behind (K3).
            now: now.max(offered_at.unwrap_or(now)),
            settled_at: None,
            ledger,
            touched: Touched::default(),
        }
    }

    /// What can happen to a space that was not made yet.
    fn before_creation(&mut self, mut turn: Turn, input: Input) -> Vec<Effect> {
        match input {
            Input::Create {
                space,
                settings,
                agents,
            } => {
                let ledger = Ledger::create(&mut turn, space, settings, agents);
                let effects = turn.finish(&ledger);
                self.settled_at = Some(turn.now);
                self.ledger = Some(ledger);
                effects
            }
            Input::Asked { agent, id, .. } => {
                let reply = Err(Refusal::SpaceUnknown);
                [Effect::Replied { agent, id, reply }].into()
            }
            // A link to nowhere is as good as one that is over.
            Input::Door(_) => [Effect::Denied(Refusal::LinkOver)].into(),
            Input::Admit { .. }
            | Input::AddAgent { .. }
            | Input::SetAgent { .. }
            | Input::SetActive { .. }
            | Input::Enter { .. }
            | Input::Wish(_)
            | Input::Personal { .. }
            | Input::Configure { .. } => [Effect::Denied(Refusal::SpaceUnknown)].into(),
            Input::Connected { socket, .. } | Input::Frame { socket, .. } => {
                let code = CloseCode::Forbidden;
                [Effect::Close { socket, code }].into()
            }
            Input::Disconnected { .. }
            | Input::Registered { .. }
            | Input::Heard { .. }
            | Input::Reported(_)
            | Input::Answered { .. }
            | Input::Zones(_)
            | Input::Tick => Vec::new(),
        }
    }
}

impl Ledger {
    /// Settles what fell due (R3).
    fn settle(&mut self, turn: &mut Turn, is_alarm: bool) {
        self.close_silent(turn);
        self.lift_what_is_over(turn);
        self.swing_gates(turn.now);
        self.ask_after_reserved(turn);
        self.make_rounds(turn);
        let due = self
            .deadlines
            .iter()
            .take_while(|(due, _)| *due <= turn.now);
        let due: Vec<ConversationId> = due.map(|(_, conversation)| *conversation).collect();
        for conversation in due {
            let Some(item) = self.items.get(&conversation) else {
                continue;
            };
            match item.state {
                ItemState::Waiting { .. } => self.change_item(turn, conversation, |item| {
                    item.state = ItemState::Waiting { not_before: None };
                }),
                ItemState::Offered { agent, .. } => {
                    if is_alarm || !mutant::is(Mutant::ExpiryByAlarmOnly) {
                        self.expire(turn, conversation, agent);
                    }
                }
                ItemState::Transferring { to, .. } => {
                    if is_alarm || !mutant::is(Mutant::ExpiryByAlarmOnly) {
                        self.end_transfer(turn, conversation, Some(TransferEnd::Expired));
                        self.change_agent(turn, to, |agent| agent.available = false);
                    }
                }
                ItemState::Assigning { .. } => self.repeat(turn, conversation),
                ItemState::Gone { until } => {
                    let report = &item.report;
                    if !report.erased {
                        turn.past.push(Past {
                            visitor: report.visitor,
                            conversation,
                            closed_at: until - TOMBSTONE,
                            email: report.email.clone(),
                            began_at: item.waiting_since,
                            agent: report.answered_by.clone(),
                            first_words: report.first_words.clone(),
                        });
                    }
                    self.remove_item(turn, conversation);
                }
                ItemState::Held => (),
            }
        }
    }

    fn take(&mut self, turn: &mut Turn, input: Input) {
        match input {
            Input::Create { .. } => turn.effects.push(Effect::Denied(Refusal::CommandConflict)),
            Input::Admit {
                visitor,
                conversation,
                queue,
                address,
                verified,
                passed,
            } => self.admit(
                turn,
                (visitor, verified, passed),
                conversation,
                (&queue, address),
            ),
            Input::Asked { agent, id, command } => self.asked(turn, agent, id, &command),
            Input::Configure { by, change } => self.configure(turn, by, change),
            Input::AddAgent { by, agent } => self.add(turn, by, agent),
            Input::SetAgent { by, agent, change } => self.set(turn, by, agent, change),
            Input::SetActive { by, agent, active } => self.set_active(turn, by, agent, active),
            Input::Registered {
                agent,
                number,
                shown,
            } => self.registered(turn, agent, number, shown),
            Input::Wish(wish) => self.wished(turn, wish),
            Input::Door(door) => self.door(turn, door),
            Input::Enter {
                agent,
                era,
                conversation,
            } => self.enter(turn, agent, era, conversation),
            Input::Connected { socket, person } => self.connected(turn, socket, &person),
            Input::Frame { socket, frame } => self.frame(turn, socket, &frame),
            Input::Disconnected { socket } => {
                self.unseat(socket);
            }
            Input::Reported(report) => {
                let waits_ms = report.waits_ms;
                turn.confirmed = Some(Confirmed {
                    conversation: report.conversation,
                    revision: report.revision,
                    lists: report.lists,
                    waits: waits_ms.map(|waits_ms| (report.queue.clone(), waits_ms)),
                });
                self.take_report(turn, report);
            }
            Input::Answered {
                conversation,
                fence,
                was_known,
                answer,
            } => self.answered(turn, conversation, (fence, was_known), answer),
            Input::Personal {
                by,
                visitor,
                before,
                past,
                is_known,
                erases,
            } => self.personal(turn, by, (visitor, &before), (past, is_known, erases)),
            Input::Zones(zones) => self.take_zones(turn, zones),
            Input::Heard { .. } | Input::Tick => (),
        }
    }
}
