//! Who writes down what is said in a space, and how often (SP1 of `dictation`).
//!
//! - **SP8** Only admins set the transcriber, take it away and read of it; the key nobody reads again.
//! - **SP9** One person has [`PERSON`] written down, and all of the space together `dictations_per_hour`: each costs
//!   money. What is too fast is refused with the time to wait. What the space has left is one moment, stored with every
//!   recording, so that no sleep gives it back; what one person has left is known while the space is awake.

use serde::Serialize;

use super::audit_log::{About, Deed, text};
use super::doors::Opened;
use super::ledger::Ledger;
use super::machine::Space;
use super::turn::Turn;
use core::time::Duration;

use crate::bucket::{Bucket, Rate};
use crate::dictation::Transcriber;
use crate::id::AgentId;
use crate::refusal::Refusal;
use crate::rights::{self, Action, Object, Principal};
use crate::session::Subject;
use crate::settings::Settings;
use crate::sorted::SortedMap;
use crate::time::{Timestamp, millis};

/// 30 recordings at once, and 30 in 10 minutes: whoever says every message of a lively talk speaks three times a
/// minute. Our choice.
const PERSON: Rate = Rate::new(30, 600);
/// Most speakers that are remembered. They are as many as the space lets speak in an hour, of whom most are soon
/// forgotten; at the top of that setting the first come go first.
const SPEAKERS_MAX: usize = 10_000;

/// Who has spoken of late, by the first half of the id, which is random.
#[derive(Clone, Debug, Default)]
#[cfg_attr(test, derive(Eq, PartialEq))]
pub(super) struct Speakers(SortedMap<u64, Bucket>);

impl Speakers {
    pub const fn new() -> Self {
        Self(SortedMap::new())
    }

    fn bucket(&mut self, now: Timestamp, who: Subject) -> &mut Bucket {
        if self.0.len() >= SPEAKERS_MAX {
            self.0.retain(|_, bucket| !bucket.is_full(PERSON, now));
            if self.0.len() >= SPEAKERS_MAX {
                self.0 = SortedMap::new();
            }
        }
        let bytes = match who {
            Subject::Visitor(visitor) => visitor.bytes(),
            Subject::Agent(agent) => agent.bytes(),
        };
        let half = bytes.iter().take(8);
        let half = half.fold(0, |number, byte| number << 8 | u64::from(*byte));
        let full = || Bucket::full(PERSON, now);
        self.0.entry(half).or_insert_with(full)
    }
}

/// In milliseconds.
const HOUR: u64 = 3_600_000;

/// How long a space that has nothing left waits for one more, in milliseconds.
fn pause(settings: &Settings) -> u64 {
    HOUR.div_ceil(settings.dictations_per_hour.max(1).into())
}

/// A transcriber, as the audit log has it.
#[derive(Serialize)]
struct Place<'a> {
    url: &'a str,
    model: &'a str,
    last4: &'a str,
}

impl Ledger {
    /// Sets who writes down what is said (SP8).
    pub fn set_transcriber(
        &mut self,
        turn: &mut Turn,
        by: AgentId,
        transcriber: Option<Transcriber>,
    ) -> Result<Opened, Refusal> {
        rights::may_configure(self.role_of(by)?)?;
        if transcriber.is_none() && self.doors.transcriber.is_none() {
            return Ok(Opened::Done);
        }
        let at = turn.now;
        let transcriber = transcriber.map(|transcriber| Transcriber { at, ..transcriber });
        let place = transcriber.as_ref().map(|transcriber| Place {
            url: &transcriber.url,
            model: &transcriber.model,
            last4: &transcriber.last4,
        });
        let after = text(&place);
        self.doors.transcriber = transcriber;
        turn.saves_doors = true;
        turn.is_act = true;
        let about = About::new("transcriber", &after);
        self.note_act(turn, Some(by), Deed::TranscriberSet, about);
        Ok(Opened::Done)
    }

    /// Lets somebody have something written down (SP1, SP9).
    pub fn dictate(&mut self, turn: &mut Turn, who: Subject) -> Result<Opened, Refusal> {
        let now = turn.now;
        let principal = match who {
            Subject::Visitor(visitor) => {
                self.check_blocked(now, visitor)?;
                Principal::Customer
            }
            Subject::Agent(agent) => Principal::Agent(self.role_of(agent)?),
        };
        rights::may(principal, Action::Dictate, Object::Own)?;
        if !self.settings.dictation {
            return Ok(Opened::Nothing);
        }
        let next =
            self.doors.dictated_until.max(now) + Duration::from_millis(pause(&self.settings));
        let shared = millis(next.since(now)).saturating_sub(HOUR);
        let own = self.speakers.bucket(now, who);
        let wait = shared.max(own.wait(PERSON, now).into()).div_ceil(1_000);
        if wait > 0 {
            let retry_after = u32::try_from(wait).unwrap_or(u32::MAX);
            return Err(Refusal::RateLimited { retry_after });
        }
        own.spend(PERSON, now);
        self.doors.dictated_until = next;
        turn.saves_doors = true;
        Ok(Opened::Dictates(self.doors.transcriber.clone()))
    }
}

impl Space {
    /// Whether the space has a transcriber of its own.
    #[must_use]
    pub fn has_transcriber(&self) -> bool {
        let ledger = self.ledger.as_ref();
        ledger.is_some_and(|ledger| ledger.doors.transcriber.is_some())
    }

    /// Who writes down what is said, for an admin (SP8).
    ///
    /// # Errors
    /// When the space was not made, or the agent is no admin of it.
    pub fn transcriber_for(&self, agent: AgentId) -> Result<Option<&Transcriber>, Refusal> {
        self.doors(agent).map(|doors| doors.transcriber.as_ref())
    }
}
