//! What the console does by itself: it follows the desk, the browser and the clock.

use std::time::Duration;

use shared::conversation::Command;
use shared::id::{CommandId, ConversationId};
use shared::link::{Failure, Input, PendingState, SpaceInput, State, StopReason};
use shared::refusal::Refusal;

use super::passing;
use super::{Console, Out, Phase, Talk, toasts};
use crate::text::console::words;
use crate::timer::Timer;
use crate::var::Var;
use crate::{js, text, time};

/// How often the clocks of offers move.
const TICK: Duration = Duration::from_millis(250);

impl Console {
    /// Connects to what is held, hangs up on what is gone.
    pub(super) fn follow_desk(self) {
        match self.desk.state() {
            State::Stopped(StopReason::Unauthorized) => return self.sign_out(Out::Over),
            State::Stopped(StopReason::Forbidden) => return self.sign_out(Out::NoAccess),
            State::Idle
            | State::Connecting { .. }
            | State::CatchingUp
            | State::Live
            | State::Waiting { .. }
            | State::Updating { .. }
            | State::Stopped(StopReason::BadFrames | StopReason::Replaced | StopReason::Unknown) => {
            }
        }
        let here = self.desk.see(|desk| {
            let held: Vec<_> = desk.items.iter().map(|item| item.conversation).collect();
            let passed_on = desk
                .transferred
                .iter()
                .map(|transferred| &transferred.offer);
            let offers = desk.offers.iter().chain(passed_on);
            let offered: Vec<_> = offers.map(|offer| offer.conversation).collect();
            (held, offered)
        });
        let Some((held, offered)) = here else { return };
        for conversation in &held {
            self.connect(*conversation);
        }
        let accepting = self
            .accepting
            .now()
            .filter(|accepted| !held.contains(accepted));
        if self.accepting.now() != accepting {
            self.accepting.set(accepting);
        }
        let selected = self.selected.get();
        // What was just closed stays on the screen until the agent turns to something else.
        let stays = |conversation: ConversationId| {
            held.contains(&conversation)
                || offered.contains(&conversation)
                || accepting == Some(conversation)
                || self.visiting.now() == Some(conversation)
                || self
                    .talk_of(conversation)
                    .is_some_and(|talk| self.phase(talk) == Phase::Closed)
        };
        let shown = selected.filter(|conversation| stays(*conversation));
        let gone: Vec<Talk> = self.threads.peek(|talks| {
            let is_gone = |talk: &&Talk| {
                !held.contains(&talk.conversation)
                    && shown != Some(talk.conversation)
                    && !self.is_awaited(talk)
            };
            talks.iter().filter(is_gone).copied().collect()
        });
        if shown != selected {
            self.selected.set(shown);
            self.pane.set("lists");
        }
        for talk in gone {
            self.tell_where_it_went(talk);
            self.keep_drafts_of(talk);
            self.threads
                .update(|talks| talks.retain(|other| other.conversation != talk.conversation));
            talk.thread.close();
        }
        self.report_refusals();
    }

    /// Says that the agent's role is another: every socket was closed for that, and opened again.
    pub(super) fn follow_role(self) {
        let Some(role) = self.desk.see(|desk| desk.me.role) else {
            return;
        };
        let before = self.role.peek_mut(|known| known.replace(role));
        if before.is_some_and(|before| before != role) {
            let text = text::fill(words().role_changed, words().role(role));
            toasts::add(self.toasts, "told", text);
        }
    }

    /// True while what is on its way waits, because it came too fast.
    pub(super) fn is_slowed(self) -> bool {
        let mut talks = self.threads.with(|talks| talks.clone()).into_iter();
        talks.any(|talk| talk.thread.is_slowed())
    }

    pub(super) fn is_at_risk(self) -> bool {
        let is_busy = |talk: &Talk| talk.thread.pending(|pending| !pending.is_empty());
        !self.tab.now().outbox.is_kept() && self.threads.with(|talks| talks.iter().any(is_busy))
    }

    /// What is in the centre of a visible page is read.
    pub(super) fn see(self) {
        if let Some(talk) = self.talk() {
            talk.thread.entries(|_| ());
            if !js::document().hidden() && self.phase(talk) != Phase::Waiting {
                talk.thread.input(Input::Seen);
            }
        }
    }

    pub(super) fn title(self) {
        let name = self.tab.now().config.name.clone();
        let offers = self
            .desk
            .see(|desk| desk.offers.len() + desk.transferred.len())
            .unwrap_or(0);
        let title = match offers {
            0 => [&name, " · Bellhop"].concat(),
            offers => ["(", &offers.to_string(), ") ", &name, " · Bellhop"].concat(),
        };
        js::document().set_title(&title);
    }

    pub(super) fn watch_browser(self) {
        js::on_window(&["pagehide"], move |_| self.keep_drafts());
        js::on_window(&["online", "offline", "visibilitychange"], move |_| {
            let is_online = js::is_online();
            self.is_online.set(is_online);
            let input = || {
                if is_online {
                    Input::Online
                } else {
                    Input::Offline
                }
            };
            self.desk.input(if is_online {
                SpaceInput::Online
            } else {
                SpaceInput::Offline
            });
            self.threads
                .now()
                .into_iter()
                .for_each(|talk| talk.thread.input(input()));
            self.see();
        });
    }

    pub(super) fn run_clock(self) {
        let timer = Var::new(None::<Timer>);
        let ring = move || {
            self.clock.ring();
            timer.peek_mut(|timer| {
                if let Some(timer) = timer {
                    timer.set(Some(time::now() + TICK));
                }
            });
        };
        timer.peek_mut(|slot| *slot = Some(Timer::new(ring)));
        ring();
    }

    /// What the space said to something that was asked.
    pub(super) fn hear_answer(self, id: CommandId, answer: &Result<(), Refusal>) {
        if self.has_passed_on(id, answer) {
            return;
        }
        if let Err(refusal) = answer {
            self.accepting.set(None);
            toasts::add(self.toasts, "refusal", words().refusal(refusal));
        }
    }

    /// What a conversation refused: a message shows it itself, anything else as a toast.
    pub(super) fn report_refusals(self) {
        let asking = self.asking.get();
        for talk in self.threads.get() {
            let refused = talk.thread.pending(|pending| {
                pending
                    .iter()
                    .find_map(|item| match (&item.command, &item.state) {
                        (
                            Command::End
                            | Command::Resolve { .. }
                            | Command::Abandon { .. }
                            | Command::CreateTicket { .. }
                            | Command::SendFile(_),
                            PendingState::Failed(failure),
                        ) if asking != Some(item.id) => Some((item.id, failure.clone())),
                        _ => None,
                    })
            });
            if let Some((id, failure)) = refused {
                talk.thread.input(Input::Discard { id });
                let refusal = match failure {
                    Failure::Refused(refusal) => refusal,
                    Failure::TooLarge | Failure::Stale => Refusal::CommandConflict,
                };
                toasts::add(self.toasts, "refusal", words().refusal(&refusal));
            }
        }
    }

    /// What is begun outlives a reload.
    pub(super) fn keep_drafts(self) {
        for talk in self.threads.now() {
            self.keep_drafts_of(talk);
        }
    }

    fn keep_drafts_of(self, talk: Talk) {
        let own = &self.tab.now().own;
        let passing = talk.passing.peek(|passing| {
            let under_way = passing.as_ref().filter(|passing| passing.is_under_way());
            under_way.map(passing::write).unwrap_or_default()
        });
        let drafts = [
            ("reply", talk.reply.now()),
            ("note", talk.note.now()),
            ("pass", talk.pass_note.now()),
            ("transfer", passing),
        ];
        for (kind, draft) in drafts {
            let name = draft_name(talk.conversation, kind);
            if draft.is_empty() {
                own.remove(&name);
            } else {
                own.set(&name, &draft);
            }
        }
    }
}

/// Where a draft is kept.
pub fn draft_name(conversation: ConversationId, kind: &str) -> String {
    ["draft.", &conversation.to_string(), ".", kind].concat()
}
