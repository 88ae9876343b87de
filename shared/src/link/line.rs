//! The line under both links: dialling, heartbeat, back-off, close codes, renewals (K1, K9 to K11).

use core::time::Duration;

use super::{State, StopReason};
use crate::frame::{CloseCode, HEARTBEAT_MS};
use crate::time::Timestamp;

/// How long an attempt may take until it is welcome. Our choice: a browser gives up only after minutes.
const ATTEMPT: Duration = Duration::from_secs(20);
/// How long after a ping a frame must have come (K9).
const SILENCE: Duration = Duration::from_secs(10);
/// How long a line must stand for the back-off to start again (K10).
const STABLE: Duration = Duration::from_secs(60);
/// Longest wait between two attempts, in milliseconds (K10).
const BACK_OFF_MAX_MS: u64 = 30_000;
/// Longest wait between two attempts of a build that is too old, in milliseconds.
const UPDATE_MAX_MS: u64 = 60_000;
/// Widest first wait after a deploy, in milliseconds (K10).
const HERD_MS: u64 = 3_000;
/// Widest wait once the browser is online again, in milliseconds (K10).
const ONLINE_MS: u64 = 1_000;
/// Least wait after 4429, in milliseconds. Our choice.
const RATE_MS: u64 = 5_000;
/// How long a page that was reloaded for its build is not reloaded again.
const RELOAD: Duration = Duration::from_secs(5 * 60);
/// Wait before a renewal that nobody answered is asked for again; the server gives a minute.
const RENEW_AGAIN: Duration = Duration::from_secs(10);
/// Close code of a socket that broke without a word.
pub(super) const BROKEN_OFF: u16 = 1006;

/// What the shell has to do for the line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Move {
    Dial { connection: u32 },
    Ping,
    HangUp,
    Renew,
    Reload,
}

/// What a lost connection means for the link above.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Fate {
    /// The line takes care of it.
    Handled,
    /// One of the frames on their way was too large.
    TooLarge,
    /// There is no such conversation.
    Unknown,
}

/// What a wait is for.
#[derive(Clone, Copy, Debug)]
enum Next {
    Dial,
    /// The token was refused, and nobody answered when it was to be renewed.
    Renew,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Idle,
    Waiting {
        until: Timestamp,
        then: Next,
    },
    Renewing,
    Dialling {
        give_up_at: Timestamp,
    },
    Open {
        give_up_at: Timestamp,
    },
    Up {
        since: Timestamp,
        ping_at: Timestamp,
        dead_at: Option<Timestamp>,
        renew_at: Option<Timestamp>,
    },
    Updating {
        until: Timestamp,
    },
    Stopped(StopReason),
}

#[derive(Clone, Debug)]
pub(super) struct Line {
    connection: u32,
    phase: Phase,
    /// Attempts in a row that came to nothing.
    attempt: u32,
    /// Whether the token was renewed since it was last taken: the second 4401 in a row is final.
    has_renewed: bool,
    reloaded_at: Option<Timestamp>,
}

impl Line {
    pub(super) const fn new(connection: u32) -> Self {
        Self {
            connection,
            phase: Phase::Idle,
            attempt: 0,
            has_renewed: false,
            reloaded_at: None,
        }
    }

    pub(super) const fn set_reloaded_at(&mut self, at: Option<Timestamp>) {
        self.reloaded_at = at;
    }

    pub(super) const fn connection(&self) -> u32 {
        self.connection
    }

    pub(super) const fn is_up(&self) -> bool {
        matches!(self.phase, Phase::Up { .. })
    }

    pub(super) const fn is_idle(&self) -> bool {
        matches!(self.phase, Phase::Idle)
    }

    pub(super) const fn state(&self, is_caught_up: bool) -> State {
        match self.phase {
            Phase::Idle => State::Idle,
            Phase::Waiting { until, .. } => State::Waiting { until },
            Phase::Renewing | Phase::Dialling { .. } | Phase::Open { .. } => State::Connecting {
                attempt: self.attempt,
            },
            Phase::Up { .. } if is_caught_up => State::Live,
            Phase::Up { .. } => State::CatchingUp,
            Phase::Updating { until } => State::Updating { until },
            Phase::Stopped(reason) => State::Stopped(reason),
        }
    }

    pub(super) fn next_deadline(&self) -> Option<Timestamp> {
        match self.phase {
            Phase::Idle | Phase::Renewing | Phase::Stopped(_) => None,
            Phase::Waiting { until, .. } | Phase::Updating { until } => Some(until),
            Phase::Dialling { give_up_at } | Phase::Open { give_up_at } => Some(give_up_at),
            Phase::Up {
                ping_at,
                dead_at,
                renew_at,
                ..
            } => [Some(ping_at), dead_at, renew_at]
                .into_iter()
                .flatten()
                .min(),
        }
    }

    /// Does what fell due.
    pub(super) fn tick(&mut self, now: Timestamp, dice: u64) -> Option<Move> {
        match &mut self.phase {
            Phase::Waiting { until, then } if now >= *until => Some(match then {
                Next::Renew => self.renew(),
                Next::Dial => self.dial(now),
            }),
            Phase::Updating { until } if now >= *until => Some(self.dial(now)),
            Phase::Dialling { give_up_at } | Phase::Open { give_up_at } if now >= *give_up_at => {
                Some(self.give_up(now, dice))
            }
            Phase::Up {
                dead_at: Some(dead_at),
                ..
            } if now >= *dead_at => Some(self.give_up(now, dice)),
            Phase::Up {
                ping_at, dead_at, ..
            } if now >= *ping_at => {
                *ping_at = now + heartbeat(dice);
                *dead_at = dead_at.or(Some(now + SILENCE));
                Some(Move::Ping)
            }
            Phase::Up { renew_at, .. } if renew_at.is_some_and(|at| now >= at) => {
                *renew_at = None;
                Some(Move::Renew)
            }
            Phase::Idle
            | Phase::Waiting { .. }
            | Phase::Renewing
            | Phase::Dialling { .. }
            | Phase::Open { .. }
            | Phase::Up { .. }
            | Phase::Updating { .. }
            | Phase::Stopped(_) => None,
        }
    }

    /// Dials at once unless an attempt or a connection stands.
    pub(super) fn start(&mut self, now: Timestamp) -> Option<Move> {
        match self.phase {
            Phase::Waiting {
                then: Next::Renew, ..
            } => Some(self.renew()),
            Phase::Idle | Phase::Waiting { .. } | Phase::Updating { .. } => Some(self.dial(now)),
            Phase::Stopped(_) => {
                self.has_renewed = false;
                Some(self.dial(now))
            }
            Phase::Renewing | Phase::Dialling { .. } | Phase::Open { .. } | Phase::Up { .. } => {
                None
            }
        }
    }

    /// Dials elsewhere, whatever attempt stood before; a token that is being renewed comes first.
    pub(super) fn redial(&mut self, now: Timestamp) -> Option<Move> {
        match self.phase {
            Phase::Renewing => None,
            Phase::Waiting {
                then: Next::Renew, ..
            } => Some(self.renew()),
            Phase::Idle
            | Phase::Waiting { .. }
            | Phase::Dialling { .. }
            | Phase::Open { .. }
            | Phase::Up { .. }
            | Phase::Updating { .. }
            | Phase::Stopped(_) => Some(self.dial(now)),
        }
    }

    fn dial(&mut self, now: Timestamp) -> Move {
        self.connection = self.connection.saturating_add(1);
        self.phase = Phase::Dialling {
            give_up_at: now + ATTEMPT,
        };
        Move::Dial {
            connection: self.connection,
        }
    }

    /// The server has answered to the token: the next 4401 is the first in a row again.
    pub(super) const fn trusted(&mut self) {
        self.has_renewed = false;
    }

    /// Rests until somebody asks for something.
    pub(super) const fn rest(&mut self) {
        self.phase = Phase::Idle;
    }

    /// Rests until a moment that the server has named.
    pub(super) const fn pause_until(&mut self, until: Timestamp) {
        let then = Next::Dial;
        self.phase = Phase::Waiting { until, then };
    }

    /// Rests for a while, as after an attempt that came to nothing.
    pub(super) fn pause(&mut self, now: Timestamp, dice: u64) {
        let until = now + self.back_off(dice, BACK_OFF_MAX_MS);
        let then = Next::Dial;
        self.phase = Phase::Waiting { until, then };
    }

    /// Hangs up in order to resume soon.
    pub(super) fn resume(&mut self, now: Timestamp, dice: u64) -> Move {
        self.phase = Phase::Waiting {
            until: now + random(dice, ONLINE_MS),
            then: Next::Dial,
        };
        Move::HangUp
    }

    /// True when hello is to be sent.
    pub(super) const fn opened(&mut self) -> bool {
        match self.phase {
            Phase::Dialling { give_up_at } => {
                self.phase = Phase::Open { give_up_at };
                true
            }
            Phase::Idle
            | Phase::Waiting { .. }
            | Phase::Renewing
            | Phase::Open { .. }
            | Phase::Up { .. }
            | Phase::Updating { .. }
            | Phase::Stopped(_) => false,
        }
    }

    /// True when the welcome belongs to the attempt that stands.
    pub(super) fn welcomed(&mut self, now: Timestamp, dice: u64, connection: u32) -> bool {
        let is_ours = matches!(self.phase, Phase::Open { .. }) && connection == self.connection;
        if is_ours {
            self.has_renewed = false;
            self.phase = Phase::Up {
                since: now,
                ping_at: now + heartbeat(dice),
                dead_at: None,
                renew_at: None,
            };
        }
        is_ours
    }

    /// A frame came: the line is alive.
    pub(super) const fn heard(&mut self) {
        if let Phase::Up { dead_at, .. } = &mut self.phase {
            *dead_at = None;
        }
    }

    /// The one consequence of every close code (K11). 1001 and 1013, which we never send, are taken like
    /// a broken line: a page that is really away dials no more.
    pub(super) fn lost(&mut self, now: Timestamp, dice: u64, code: u16) -> (Fate, Option<Move>) {
        match self.phase {
            Phase::Dialling { .. } | Phase::Open { .. } | Phase::Up { .. } => (),
            Phase::Idle
            | Phase::Waiting { .. }
            | Phase::Renewing
            | Phase::Updating { .. }
            | Phase::Stopped(_) => return (Fate::Handled, None),
        }
        let stop = |reason| Phase::Stopped(reason);
        let mut fate = Fate::Handled;
        let mut next = None;
        match CloseCode::from_number(code) {
            Some(CloseCode::Normal) => self.phase = Phase::Idle,
            Some(CloseCode::TooLarge) => {
                fate = Fate::TooLarge;
                self.wait(now, dice, code, 0);
            }
            None | Some(CloseCode::Broken | CloseCode::Restart | CloseCode::Slow) => {
                self.wait(now, dice, code, 0);
            }
            Some(CloseCode::Rate) => self.wait(now, dice, code, RATE_MS),
            Some(CloseCode::BadFrames) => self.phase = stop(StopReason::BadFrames),
            Some(CloseCode::Forbidden | CloseCode::Left) => {
                self.phase = stop(StopReason::Forbidden)
            }
            Some(CloseCode::Replaced) => self.phase = stop(StopReason::Replaced),
            Some(CloseCode::Unknown) => {
                fate = Fate::Unknown;
                self.phase = stop(StopReason::Unknown);
            }
            Some(CloseCode::Unauthorized | CloseCode::Expired | CloseCode::Revoked) => {
                if self.has_renewed {
                    self.phase = stop(StopReason::Unauthorized);
                } else {
                    next = Some(self.renew());
                }
            }
            Some(CloseCode::Version) => next = self.outdated(now, dice),
        }
        (fate, next)
    }

    /// The server wants a fresh token for the connection that stands.
    pub(super) fn renewal_wanted(&self) -> Option<Move> {
        self.is_up().then_some(Move::Renew)
    }

    pub(super) fn renewed(&mut self, now: Timestamp) -> Option<Move> {
        matches!(self.phase, Phase::Renewing).then(|| self.dial(now))
    }

    pub(super) const fn renew_failed(&mut self) {
        if matches!(self.phase, Phase::Renewing) {
            self.phase = Phase::Stopped(StopReason::Unauthorized);
        }
    }

    pub(super) fn renew_unreachable(&mut self, now: Timestamp, dice: u64) {
        match &mut self.phase {
            Phase::Renewing => {
                self.phase = Phase::Waiting {
                    until: now + self.back_off(dice, BACK_OFF_MAX_MS),
                    then: Next::Renew,
                };
            }
            Phase::Up { renew_at, .. } => *renew_at = Some(now + RENEW_AGAIN),
            Phase::Idle
            | Phase::Waiting { .. }
            | Phase::Dialling { .. }
            | Phase::Open { .. }
            | Phase::Updating { .. }
            | Phase::Stopped(_) => (),
        }
    }

    /// Cuts a wait short; a line that stands is asked at once whether it is alive.
    pub(super) fn online(&mut self, now: Timestamp, dice: u64) -> Option<Move> {
        match &mut self.phase {
            Phase::Waiting { until, .. } => {
                *until = (*until).min(now + random(dice, ONLINE_MS));
                None
            }
            Phase::Up {
                ping_at, dead_at, ..
            } => {
                *ping_at = now + heartbeat(dice);
                *dead_at = dead_at.or(Some(now + SILENCE));
                Some(Move::Ping)
            }
            Phase::Idle
            | Phase::Renewing
            | Phase::Dialling { .. }
            | Phase::Open { .. }
            | Phase::Updating { .. }
            | Phase::Stopped(_) => None,
        }
    }

    /// Hangs up. A browser may be wrong about being offline: the longest wait, not for ever.
    pub(super) fn offline(&mut self, now: Timestamp) -> Option<Move> {
        match self.phase {
            Phase::Dialling { .. } | Phase::Open { .. } | Phase::Up { .. } => {
                self.phase = Phase::Waiting {
                    until: now + Duration::from_millis(BACK_OFF_MAX_MS),
                    then: Next::Dial,
                };
                Some(Move::HangUp)
            }
            Phase::Idle
            | Phase::Waiting { .. }
            | Phase::Renewing
            | Phase::Updating { .. }
            | Phase::Stopped(_) => None,
        }
    }

    fn renew(&mut self) -> Move {
        self.has_renewed = true;
        self.phase = Phase::Renewing;
        Move::Renew
    }

    fn give_up(&mut self, now: Timestamp, dice: u64) -> Move {
        self.wait(now, dice, BROKEN_OFF, 0);
        Move::HangUp
    }

    fn wait(&mut self, now: Timestamp, dice: u64, code: u16, least_ms: u64) {
        if let Phase::Up { since, .. } = self.phase
            && now.since(since) >= STABLE
        {
            self.attempt = 0;
        }
        let is_herd =
            self.attempt == 0 && (code == BROKEN_OFF || code == CloseCode::Restart.number());
        let span = if is_herd {
            self.attempt = 1;
            random(dice, HERD_MS)
        } else {
            self.back_off(dice, BACK_OFF_MAX_MS)
        };
        self.phase = Phase::Waiting {
            until: now + Duration::from_millis(least_ms) + span,
            then: Next::Dial,
        };
    }

    fn back_off(&mut self, dice: u64, most_ms: u64) -> Duration {
        let span = (500_u64 << self.attempt.min(16)).min(most_ms);
        self.attempt = self.attempt.saturating_add(1);
        random(dice, span)
    }

    fn outdated(&mut self, now: Timestamp, dice: u64) -> Option<Move> {
        let was_reloaded = self.reloaded_at.is_some_and(|at| now.since(at) < RELOAD);
        if was_reloaded {
            let until = now + self.back_off(dice, UPDATE_MAX_MS);
            self.phase = Phase::Updating { until };
            return None;
        }
        self.reloaded_at = Some(now);
        self.phase = Phase::Updating {
            until: now + Duration::from_millis(UPDATE_MAX_MS),
        };
        Some(Move::Reload)
    }
}

/// 25 s ± 20 %, so that the pings of many tabs do not fall together.
fn heartbeat(dice: u64) -> Duration {
    let period = u64::from(HEARTBEAT_MS);
    Duration::from_millis(period * 4 / 5) + random(dice, period * 2 / 5)
}

/// Somewhere from 0 to `most_ms`, both included.
fn random(dice: u64, most_ms: u64) -> Duration {
    Duration::from_millis(dice % (most_ms + 1))
}

#[cfg(test)]
mod tests;
