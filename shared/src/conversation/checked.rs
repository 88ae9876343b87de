//! Files that a space has checked before anybody sees them ([`crate::file::hook`]).
//!
//! - **FI6** A file that is being checked stands in the log and is read by nobody, its sender included; nor is one that was refused,
//!   or whose check has failed (SECURITY.md U9).
//! - **FI7** The first verdict counts, and nothing changes it. Where none has come after [`CHECK`], the check has failed:
//!   what nobody has judged is not shown. A verdict that comes after that counts still.
//! - **FI8** Whoever has sent a file whose check failed can have it checked again, as long as they may write.
//! - **FI9** A replaced file stands under the same id and name: what was there before is read nowhere any more.

use alloc::boxed::Box;
use core::time::Duration;

use super::born::Born;
use super::commands::sender;
use super::turn::Turn;
use super::{Author, Effect, Event, Sender, Stage};
use crate::file::{Check, Sent};
use crate::id::{CommandId, FileId};
use crate::mutant::{self, Mutant};
use crate::refusal::Refusal;
use crate::rights::Person;
use crate::text::Title;
use crate::time::Timestamp;

/// How long a check may take: 30 s. A call takes 10 s at most, and so does fetching what replaces the file.
pub const CHECK: Duration = Duration::from_secs(30);

/// What became of a check.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// It may be shown.
    Accepted,
    /// It may not, and why.
    Refused(Option<Title>),
    /// What lies in the store under its id by now may be shown.
    Replaced(Box<Sent>),
    /// Nobody has judged it.
    Failed,
}

impl Born {
    /// When the oldest check that has no verdict has failed (FI7).
    pub(super) fn check_deadline(&self) -> Option<Timestamp> {
        if mutant::is(Mutant::ChecksForEver) {
            return None;
        }
        let open = self.files.iter().filter(|file| self.is_checking(file));
        open.map(|file| file.since + CHECK).min()
    }

    /// Lets checks fail that have waited for too long.
    pub(super) fn settle_checks(&mut self, turn: &mut Turn) {
        while self.check_deadline().is_some_and(|at| at <= turn.now) {
            let late = |file: &&super::files::Standing| {
                self.is_checking(file) && file.since + CHECK <= turn.now
            };
            let Some(file) = self.files.iter().find(late).map(|file| file.sent.file) else {
                return;
            };
            self.checked(turn, file, Verdict::Failed);
        }
    }

    /// A verdict has come (FI7).
    pub(super) fn checked(&mut self, turn: &mut Turn, file: FileId, verdict: Verdict) {
        let Some(standing) = self.files.iter().find(|known| known.sent.file == file) else {
            return;
        };
        let is_open = match standing.sent.check {
            Check::Checking => true,
            Check::Failed => verdict != Verdict::Failed,
            Check::Passed | Check::Refused => mutant::is(Mutant::LastVerdictCounts),
        };
        if !is_open || !self.stands(standing) {
            return;
        }
        let (message, mut sent) = (standing.message, standing.sent.clone());
        let mut reason = None;
        sent.check = match verdict {
            Verdict::Accepted => Check::Passed,
            Verdict::Failed => Check::Failed,
            Verdict::Refused(why) => {
                reason = why;
                Check::Refused
            }
            Verdict::Replaced(other) => {
                sent = *other;
                sent.file = file;
                Check::Passed
            }
        };
        let is_refused = sent.check == Check::Refused;
        self.append_check(turn, message, sent, reason);
        if is_refused {
            turn.effects.push(Effect::RemoveFile(file));
        }
    }

    /// Has a file checked again (FI8).
    pub(super) fn check_again(&mut self, turn: &mut Turn, person: &Person, file: FileId) {
        if let Ok((message, mut sent)) = self.may_check_again(person, file) {
            sent.check = Check::Checking;
            turn.effects.push(Effect::Check(Box::new(sent.clone())));
            self.append_check(turn, message, sent, None);
        }
    }

    /// Whether a person may have a file checked again (FI8); it is checked already where that is still going on.
    pub(super) fn may_check_again(
        &self,
        person: &Person,
        file: FileId,
    ) -> Result<(CommandId, Sent), Refusal> {
        if !self.is_open_to(person) {
            return Err(Refusal::ConversationUnknown);
        }
        let known = self.files.iter().find(|known| known.sent.file == file);
        let Some(known) = known.filter(|known| self.stands(known)) else {
            return Err(Refusal::IdUnknown);
        };
        if known.sender != sender(person) {
            return Err(Refusal::NotAuthor);
        }
        match self.lifecycle.stage {
            Stage::Closed { .. } => return Err(Refusal::Closed),
            Stage::WrappingUp { .. } => return Err(Refusal::Ended),
            Stage::Waiting { .. } | Stage::Active { .. } => (),
        }
        match (self.lifecycle.assignee(), known.sender) {
            (Some(holder), Sender::Agent(agent)) if holder.agent != agent => {
                return Err(Refusal::NotAssignee);
            }
            (Some(_) | None, Sender::Agent(_) | Sender::Customer) => (),
        }
        match known.sent.check {
            Check::Failed => Ok((known.message, known.sent.clone())),
            Check::Passed | Check::Checking | Check::Refused => Err(Refusal::FileJudged),
        }
    }

    fn append_check(
        &mut self,
        turn: &mut Turn,
        message: CommandId,
        sent: Sent,
        reason: Option<Title>,
    ) {
        let mut sent = Box::new(sent);
        // Its name stands where it was sent, and goes with its message (FI9).
        sent.blank();
        let event = Event::FileChecked {
            message,
            sent,
            reason,
        };
        self.append(turn, Author::System, None, event);
    }

    fn is_checking(&self, file: &super::files::Standing) -> bool {
        file.sent.check == Check::Checking && self.stands(file)
    }
}

#[cfg(test)]
mod tests;
