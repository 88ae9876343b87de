//! What the customer thinks of it, once it is over (P2).
//!
//! - **AF1** Once the customer's side is over, the customer rates the conversation: one to five stars
//!   and, if they like, a comment. Before that there is nothing to rate.
//! - **AF2** They may change their mind until [`RATED_FOR`] after it was closed, and
//!   [`RATED_MAX`] times in all; the newest counts. What was erased is not rated any more.
//! - **AF3** A rating opens nothing again (U10): it is no message, nothing of it is unread, and no
//!   clock runs by it. Both sides see it, as they see the end.
//! - **AF4** The space is told it with the report (N2), and keeps it with the work item, while that is
//!   there: longer than anybody may rate.

use core::time::Duration;

use serde::{Deserialize, Serialize};

use super::born::Born;
use super::{Event, Stage};
use crate::refusal::Refusal;
use crate::rights::Person;
use crate::text::MessageText;
use crate::time::Timestamp;

/// How long after the close it is rated: 24 h, half of what the space keeps the work item for
/// ([`crate::space::TOMBSTONE`]), so that a late report still finds it. Our choice.
pub const RATED_FOR: Duration = Duration::from_secs(24 * 3_600);
/// How often a conversation is rated at most. Our choice: a log that is over does not grow for ever.
pub const RATED_MAX: u8 = 10;

/// One to five stars.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Stars(u8);

/// Not one of one to five.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a rating is 1 to 5 stars")]
pub struct StarsError;

impl Stars {
    /// The number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Stars {
    type Error = StarsError;

    fn try_from(stars: u8) -> Result<Self, StarsError> {
        (1..=5)
            .contains(&stars)
            .then_some(Self(stars))
            .ok_or(StarsError)
    }
}

impl From<Stars> for u8 {
    fn from(stars: Stars) -> Self {
        stars.0
    }
}

/// What the customer thinks of a conversation.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub struct Rating {
    /// How good it was.
    pub stars: Stars,
    /// And why.
    #[serde(default)]
    pub comment: Option<MessageText>,
}

/// What is remembered of the ratings of a log.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Rated {
    /// The newest.
    pub(super) rating: Option<Rating>,
    times: u8,
}

impl Rated {
    /// Folds what happened.
    pub(super) fn take(&mut self, event: &Event) {
        if let Event::Rated(rating) = event {
            self.rating = Some(rating.clone());
            self.times = self.times.saturating_add(1);
        }
    }
}

impl Born {
    /// What a rating makes happen (AF1, AF2).
    pub(super) fn rated(
        &self,
        person: &Person,
        rating: Rating,
        now: Timestamp,
    ) -> Result<Event, Refusal> {
        match self.lifecycle.stage {
            Stage::Waiting { .. } | Stage::Active { .. } => return Err(Refusal::NotEnded),
            Stage::Closed { at, .. } if now >= at + RATED_FOR => return Err(Refusal::Closed),
            Stage::WrappingUp { .. } | Stage::Closed { .. } => (),
        }
        if self.is_erased || self.rated.times >= RATED_MAX {
            return Err(Refusal::Closed);
        }
        if self.bars(person) {
            return Err(Refusal::VerificationRequired);
        }
        Ok(Event::Rated(rating))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::super::{Command, Input, Instruction};
    use super::*;

    fn rate(stars: u8, comment: Option<&str>) -> Command {
        Command::Rate(rating(stars, comment))
    }

    fn kept(desk: &Desk) -> Option<Rating> {
        desk.machine.born().describe(s(9)).rating
    }

    #[test]
    fn af1_af3_af4_u10_a_conversation_is_rated_once_it_is_over_and_stays_over() {
        for mut desk in [Desk::open(), Desk::active()] {
            let early = desk.at(s(1), send(CUSTOMER, 1, 1, rate(5, None)));
            assert_eq!(words(&early), ["refused not_ended to [1]"]);
        }
        for mut desk in [Desk::wrapping_up(), Desk::closed()] {
            let stage = desk.stage();
            let n = desk.machine.born().sockets[&CUSTOMER].expected.unwrap();
            let effects = desk.at(s(1), send(CUSTOMER, n, 70, rate(4, Some("Quick"))));
            assert_eq!(saved_kinds(&effects), ["rated"]);
            assert_eq!(desk.stage(), stage);
            assert_eq!(kept(&desk), Some(rating(4, Some("Quick"))));
            desk.wake(s(2));
            assert_eq!(kept(&desk), Some(rating(4, Some("Quick"))), "AF4");
            let n = desk.machine.born().sockets[&JACK].expected.unwrap_or(9);
            let agent = desk.at(s(2), send(JACK, n, 71, rate(5, None)));
            assert!(words(&agent).contains(&"refused forbidden to [2]".into()));
        }
    }

    #[test]
    fn af2_the_newest_rating_counts_for_a_day_and_ten_times() {
        let mut desk = Desk::closed();
        let n = desk.machine.born().sockets[&CUSTOMER].expected.unwrap();
        desk.at(s(1), send(CUSTOMER, n, 70, rate(1, Some("Slow"))));
        desk.at(s(2), send(CUSTOMER, n + 1, 71, rate(5, None)));
        assert_eq!(kept(&desk), Some(rating(5, None)));
        let mut often = desk.clone();
        for more in 2..RATED_MAX {
            let at = s(u64::from(more) * 10);
            let effects = often.at(
                at,
                send(CUSTOMER, n + u32::from(more), 70 + more, rate(3, None)),
            );
            assert_eq!(saved_kinds(&effects), ["rated"], "{more}");
        }
        let last = often.at(s(200), send(CUSTOMER, n + 10, 90, rate(1, None)));
        assert_eq!(words(&last)[0], "refused closed to [1]");
        let day = s(24 * 3_600);
        let late = desk.at(day, send(CUSTOMER, n + 2, 72, rate(1, None)));
        assert!(words(&late).contains(&"refused closed to [1]".into()));
    }

    #[test]
    fn af2_er2_what_was_erased_is_not_rated_and_a_comment_is_erased() {
        let mut desk = Desk::closed();
        let n = desk.machine.born().sockets[&CUSTOMER].expected.unwrap();
        desk.at(
            s(1),
            send(CUSTOMER, n, 70, rate(2, Some("My card is 4711"))),
        );
        desk.at(s(2), Input::Instructed(Instruction::Erase));
        let rows = alloc::format!("{:?}", desk.rows);
        assert!(!rows.contains("4711"), "{rows}");
        let kept = kept(&desk).unwrap();
        assert_eq!(kept.stars.number(), 2);
        assert_ne!(kept.comment, Some(text("My card is 4711")));
        let late = desk.at(s(3), send(CUSTOMER, n + 1, 71, rate(5, None)));
        assert_eq!(words(&late), ["refused closed to [1]"]);
    }

    #[test]
    fn af1_stars_are_one_to_five() {
        for stars in [0, 6, 255] {
            assert_eq!(Stars::try_from(stars), Err(StarsError));
        }
        for stars in 1..=5 {
            assert_eq!(Stars::try_from(stars).map(Stars::number), Ok(stars));
        }
    }
}
