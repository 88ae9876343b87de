//! How a conversation comes to be from its first message, and is forgotten (K8).

use core::time::Duration;

use super::super::line::{BROKEN_OFF, Move};
use super::super::{BeginFailure, Effect, Failure};
use super::{ConversationLink, Turn};
use crate::frame::CloseCode;
use crate::id::ConversationId;
use crate::refusal::Refusal;
use crate::rights::Side;
use crate::time::Timestamp;

impl ConversationLink {
    /// There is no such conversation: a customer starts a new one with what is in the outbox,
    /// after a pause, because one that is about to begin is unknown, too, and still the answer.
    pub(super) fn unknown(&mut self, now: Timestamp, dice: u64, turn: &mut Turn) {
        match self.side {
            Side::Agent => (),
            Side::Customer => {
                self.conversation = None;
                self.forget(turn);
                self.outbox.leave_behind(&mut turn.effects);
                if self.outbox.first_post().is_some() {
                    self.line.pause(now, dice);
                } else {
                    self.line.rest();
                }
            }
        }
    }

    pub(super) fn start(&mut self, now: Timestamp) -> Option<Move> {
        let has_aim = self.conversation.is_some() || self.outbox.first_post().is_some();
        has_aim.then(|| self.line.start(now)).flatten()
    }

    pub(super) fn begun(&mut self, now: Timestamp, conversation: ConversationId) -> Option<Move> {
        if self.conversation.is_some() {
            return None;
        }
        self.conversation = Some(conversation);
        self.begins_at = None;
        self.is_challenged = false;
        self.line.trusted();
        self.line.redial(now)
    }

    pub(super) fn begin_failed(
        &mut self,
        now: Timestamp,
        dice: u64,
        failure: BeginFailure,
        turn: &mut Turn,
    ) {
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
            BeginFailure::Refused(Refusal::RateLimited { retry_after }) => {
                let until = now + Duration::from_secs(retry_after.into());
                self.begins_at = Some(until);
                self.line.trusted();
                self.line.pause_until(until);
                None
            }
            BeginFailure::Refused(Refusal::ChallengeRequired) => {
                self.is_challenged = true;
                self.line.trusted();
                self.line.rest();
                None
            }
            BeginFailure::Refused(refusal) => {
                if let Some(id) = self.first.take() {
                    self.outbox
                        .fail(id, Failure::Refused(refusal), &mut turn.effects);
                }
                self.line.trusted();
                self.line.rest();
                self.start(now)
            }
        };
        self.follow(now, next, turn);
    }

    pub(super) fn begin(&mut self, now: Timestamp, turn: &mut Turn) -> Option<Effect> {
        self.outbox.park_stale(now, &mut turn.effects);
        let (id, text) = self.outbox.first_post()?;
        let text = text.clone();
        self.begins_at = None;
        self.first = Some(id);
        self.outbox.mark_sent(id, &mut turn.effects);
        Some(Effect::Begin { id, text })
    }
}
