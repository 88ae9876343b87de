//! Sessions: how a browser stays the same person for longer than one token.
//!
//! A session is a family of refresh tokens, one generation after the other. The shell makes the
//! secret of a generation from its key and keeps only the number, so nothing stored can be used.
//!
//! - **F1** Each use of the newest refresh token starts the next generation.
//! - **F2** An older token is a copy in other hands: it revokes the family, for good.
//! - **F3** The token before the newest one is answered with the newest one again for
//!   [`REPEAT_GRACE`]: an answer may get lost, and two tabs may ask at once.
//! - **F4** A family that was not used for [`SESSION_LIFE`] is over.
//! - **F5** A generation that was never given out is refused and changes nothing.
//! - **F6** A session of an agent remembers how often the agent had left: one from before a leave is
//!   over (R87 of `space`).
//! - **F7** A session of a customer for whom a site vouches is named by the site's token (its `jti`): where
//!   there is such a session, the token was used before, and begins no other.
//! - **F9** A session is named by the number of where it began, the second, and chance ([`name`]): what began in
//!   one place within an hour lies together among the rows, and is counted without a row of its own.
//! - **F8** It ends with the identity key that vouched, at the next refresh: who holds a key that was
//!   stolen and retired keeps nothing.
//! - **F10** A session of a customer who is erased is over, and says nothing of the person. Its row stays with
//!   two numbers, so that the site's token that began it (F7) begins no other.

use alloc::boxed::Box;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::{AgentId, DeviceId, VisitorId, WayId};
use crate::identity::Verified;
use crate::time::Timestamp;

/// How long a session lasts after its last use: 30 days. Source: SECURITY.md V1.
pub const SESSION_LIFE: Duration = Duration::from_secs(30 * 86_400);
/// How long the token before the newest one still counts as a repeat: 60 s, twice the longest
/// pause between two attempts of a client to connect (PROTOCOL.md §5.4).
pub const REPEAT_GRACE: Duration = Duration::from_secs(60);
/// How long an access token lasts: 15 min. Source: SECURITY.md V1.
pub const TOKEN_LIFE: Duration = Duration::from_secs(15 * 60);
/// How far the clocks of two machines may lie apart when a token is judged: 60 s (K6).
pub const CLOCK_LEEWAY: Duration = Duration::from_secs(60);
/// How long an open socket may go on after it was asked for a fresh token: 60 s (SECURITY.md V4).
pub const RENEW_GRACE: Duration = Duration::from_secs(60);

/// The name of a session that begins now in a place of that number; of chance alone where there is none (F9).
#[must_use]
pub fn name(place: Option<u64>, now: Timestamp, chance: [u8; 16]) -> DeviceId {
    let Some(place) = place else {
        return DeviceId::from_bytes(chance);
    };
    let second = u32::try_from(now.millis() / 1_000).unwrap_or(u32::MAX);
    let mut bytes = chance;
    let named = place.to_be_bytes().into_iter().chain(second.to_be_bytes());
    for (byte, named) in bytes.iter_mut().zip(named) {
        *byte = named;
    }
    DeviceId::from_bytes(bytes)
}

/// When a session began, by the name that it got in some place (F9).
#[must_use]
pub fn began_at(name: DeviceId) -> Timestamp {
    let bytes = name.bytes();
    let second = bytes.iter().skip(8).take(4);
    let second = second.fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    Timestamp::from_millis(second * 1_000)
}

/// Whose session it is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A browser that may write.
    Visitor(VisitorId),
    /// A person who answers.
    Agent(AgentId),
}

/// One session.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Family {
    /// Whose.
    pub subject: Subject,
    /// The newest generation given out: 1, 2, 3 …
    pub generation: u32,
    /// When that was.
    pub rotated_at: Timestamp,
    /// True after an old token came back (F2).
    pub revoked: bool,
    /// How often its agent had left when it began (F6).
    #[serde(default)]
    pub departures: u32,
    /// Whom the site vouches for, and by which of its keys (F8).
    #[serde(default)]
    pub verified: Option<(WayId, Box<Verified>)>,
}

/// Why a refresh token is not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SessionError {
    /// F4, or there never was such a family.
    #[error("the session is over")]
    Over,
    /// F2: this token was used before.
    #[error("the session was revoked because an old refresh token came back")]
    Revoked,
    /// F5.
    #[error("this refresh token was never given out")]
    Unknown,
}

impl Family {
    /// Begins a session with generation 1.
    #[must_use]
    pub const fn begin(now: Timestamp, subject: Subject, departures: u32) -> Self {
        Self {
            subject,
            generation: 1,
            rotated_at: now,
            revoked: false,
            departures,
            verified: None,
        }
    }

    /// Takes the refresh token of a generation and says which generation to give out.
    ///
    /// # Errors
    /// Says why the token is not taken. After [`SessionError::Revoked`] the family has changed.
    pub fn refresh(&mut self, now: Timestamp, generation: u32) -> Result<u32, SessionError> {
        if self.revoked {
            return Err(SessionError::Revoked);
        }
        if self.is_over(now) {
            return Err(SessionError::Over);
        }
        if generation == 0 || generation > self.generation {
            return Err(SessionError::Unknown);
        }
        if generation == self.generation {
            self.generation = self.generation.saturating_add(1);
            self.rotated_at = now;
            return Ok(self.generation);
        }
        let is_repeat =
            generation.saturating_add(1) == self.generation && now < self.rotated_at + REPEAT_GRACE;
        if is_repeat {
            return Ok(self.generation);
        }
        self.revoked = true;
        Err(SessionError::Revoked)
    }

    /// Takes out whom the site vouches for (F10).
    pub fn erase(&mut self) {
        self.revoked = true;
        self.verified = None;
    }

    /// True when the family may be forgotten (F4).
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.rotated_at + SESSION_LIFE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: u64 = 86_400_000;

    fn ms(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn f9_what_begins_in_one_place_lies_together_in_the_order_of_time() {
        let at = |place, millis, chance| name(Some(place), ms(millis), [chance; 16]);
        let now = 1_795_348_800_123;
        let one = at(7, now, 9);
        assert_eq!(began_at(one), ms(1_795_348_800_000));
        // As text, as the rows have them.
        let text = |name: DeviceId| alloc::string::ToString::to_string(&name);
        let first = text(at(7, now - 3_600_000, 0));
        let last = text(at(7, now, 255));
        assert!(first < text(one) && text(one) < last);
        assert!(last < text(at(8, 0, 0)) && text(at(6, now, 255)) < first);
        assert_ne!(at(7, now, 1), at(7, now, 2));
        assert_eq!(name(None, ms(now), [3; 16]), DeviceId::from_bytes([3; 16]));
    }

    fn family() -> Family {
        Family::begin(ms(0), Subject::Visitor(VisitorId::from_bytes([7; 16])), 0)
    }

    #[test]
    fn f1_each_use_of_the_newest_token_starts_the_next_generation() {
        let mut family = family();
        for generation in 1..100 {
            let now = ms(u64::from(generation) * DAY_MS);
            assert_eq!(family.refresh(now, generation), Ok(generation + 1));
        }
    }

    #[test]
    fn f2_f3_an_older_token_is_a_repeat_for_a_minute_and_then_a_theft() {
        use SessionError::Revoked;
        let cases = [
            ("the newest", 3, 1_000, Ok(4)),
            ("the one before, at once", 2, 0, Ok(3)),
            ("the one before, in time", 2, 59_999, Ok(3)),
            ("the one before, a minute later", 2, 60_000, Err(Revoked)),
            ("two before, at once", 1, 0, Err(Revoked)),
        ];
        for (case, generation, later, answer) in cases {
            let mut family = family();
            assert_eq!(family.refresh(ms(0), 1), Ok(2));
            assert_eq!(family.refresh(ms(DAY_MS), 2), Ok(3));
            let at = ms(DAY_MS + later);
            assert_eq!(family.refresh(at, generation), answer, "{case}");
            let is_revoked = answer == Err(Revoked);
            let newest = family.generation;
            assert_eq!(family.refresh(at, newest).is_err(), is_revoked, "{case}");
        }
    }

    #[test]
    fn f3_a_repeat_does_not_make_the_grace_longer() {
        let mut family = family();
        assert_eq!(family.refresh(ms(0), 1), Ok(2));
        assert_eq!(family.refresh(ms(50_000), 1), Ok(2));
        assert_eq!(family.refresh(ms(70_000), 1), Err(SessionError::Revoked));
    }

    #[test]
    fn f4_a_session_ends_thirty_days_after_its_last_use() {
        let mut family = family();
        assert_eq!(family.refresh(ms(30 * DAY_MS - 1), 1), Ok(2));
        assert_eq!(family.refresh(ms(59 * DAY_MS), 2), Ok(3));
        let over = Err(SessionError::Over);
        assert_eq!(family.refresh(ms(89 * DAY_MS), 3), over);
        assert!(family.is_over(ms(89 * DAY_MS)));
    }

    #[test]
    fn p12_f10_a_session_of_who_is_erased_is_over_and_nameless() {
        let identity = crate::identity::Identity {
            id: crate::text::CustomerId::parse("user-42").unwrap(),
            name: None,
            email: None,
            company: None,
        };
        let verified = Verified {
            identity,
            before: None,
        };
        let mut family = family();
        family.verified = Some((WayId::from_bytes([1; 16]), Box::new(verified)));
        family.erase();
        assert_eq!(family.refresh(ms(1), 1), Err(SessionError::Revoked));
        assert_eq!(family.verified, None);
    }

    #[test]
    fn f5_a_generation_that_was_never_given_out_changes_nothing() {
        for generation in [0, 2, u32::MAX] {
            let mut family = family();
            let unknown = Err(SessionError::Unknown);
            assert_eq!(family.refresh(ms(1), generation), unknown, "{generation}");
            assert_eq!(family.refresh(ms(1), 1), Ok(2));
        }
    }
}
