//! Erasing: what a person wrote and is called goes, and the places of the log stay (P12).
//!
//! - **ER1** The space says so ([`super::Instruction::Erase`]). What still runs is ended first: it is closed
//!   as not resolved.
//! - **ER2** Numbers, times, authors and kinds of entries stay. Messages, notes, what they were changed to, and titles of tickets and comments of ratings become
//!   [`BLANK`], reactions are taken back, the customer is called what a nameless one is; company, address and what a site has
//!   signed go. On the disk as in memory, in the turn of [`super::Event::Erased`], which everybody folds the same way.
//! - **ER3** It is said to the space by a report that is owed like any other (N2), so a repeat and a
//!   crash change nothing. What a command said is not known any more: one under a known id is a
//!   repeat, whatever it says.
//! - **ER4** A closed conversation is kept for as long as the space had set at its birth, 0 is for
//!   ever. Then it tells the space, again and again, and once that is confirmed it is forgotten
//!   altogether: nothing of it is left. That writes no row, since all of them go.

use core::time::Duration;

use super::born::Born;
use super::timers::not_answered;
use super::turn::Turn;
use super::{Author, Birth, Change, Effect, EndCause, Entry, Event, Rating, Row, Stage};
use crate::frame::CloseCode;
use crate::identity::Identity;
use crate::mutant::{self, Mutant};
use crate::settings::resolution;
use crate::text::{CustomerId, Emoji, Label, MessageText, PersonName, Title};
use crate::time::Timestamp;

/// What stands where somebody reacted: taken back, so that nothing stands at the message.
const NO_EMOJI: &str = "\u{2753}";
/// What stands where something was written: it is the same in every language.
pub const BLANK: &str = "\u{2014}";

impl Event {
    /// The event without what a person wrote or is called (ER2).
    pub(super) fn blank(&mut self) {
        match self {
            Self::Opened {
                visitor,
                name,
                company,
                email,
                identity,
                queue: _,
                source: _,
                follows: _,
                files_off: _,
            } => {
                *name = PersonName::guest(*visitor);
                *company = None;
                *email = None;
                *identity = None;
            }
            Self::MessagePosted { text, reply_to: _ }
            | Self::NotePosted { text }
            | Self::MessageChanged {
                change: Change::Text(text),
                message: _,
                note: _,
            } => *text = MessageText::built_in(BLANK),
            Self::MessageChanged {
                change: Change::Reaction { emoji, on },
                message: _,
                note: _,
            } => {
                *emoji = Emoji::built_in(NO_EMOJI);
                *on = false;
            }
            Self::MessageChanged {
                change: Change::Deletion,
                ..
            } => (),
            Self::TicketCreated {
                ticket: _,
                kind: _,
                title,
            } => *title = Title::built_in(BLANK),
            Self::CustomerIdentified {
                visitor: _,
                identity,
            } => {
                **identity = Identity {
                    id: CustomerId::built_in(BLANK),
                    name: None,
                    email: None,
                    company: None,
                };
            }
            Self::Rated(rating) => rating.blank(),
            Self::FileSent(sent) => sent.blank(),
            Self::FileChecked {
                sent,
                reason,
                message: _,
            } => {
                sent.blank();
                *reason = None;
            }
            Self::AgentRequested
            | Self::AgentAssigned { .. }
            | Self::AgentUnassigned { .. }
            | Self::IdleWarned
            | Self::Ended { .. }
            | Self::WrapUpReminded
            | Self::Closed { .. }
            | Self::ReasonGiven { .. }
            | Self::TicketChanged { .. }
            | Self::TranscriptMailed { .. }
            | Self::VerificationSet { .. }
            | Self::Erased
            | Self::Unknown => (),
        }
    }
}

impl Rating {
    /// The stars stay: they tell of nobody.
    pub(crate) fn blank(&mut self) {
        self.comment = self.comment.is_some().then(|| MessageText::built_in(BLANK));
    }
}

impl Birth {
    fn blank(&mut self) {
        // Naming each field makes the compiler ask about a new one.
        let Self {
            conversation: _,
            space: _,
            visitor,
            name,
            queue: _,
            skills: _,
            source: _,
            company,
            follows: _,
            email,
            identity,
            greeting: _,
            epoch: _,
            settings: _,
            at: _,
        } = self;
        *name = PersonName::guest(*visitor);
        *company = None;
        *email = None;
        *identity = None;
    }
}

impl Row {
    /// The row without what a person wrote or is called (ER2).
    #[must_use]
    pub fn blanked(mut self) -> Self {
        match &mut self {
            Self::Birth(birth) => birth.blank(),
            Self::Entry { entry, .. } => entry.event.blank(),
            Self::Device { .. } | Self::Reported { .. } | Self::Lists(_) | Self::Cursors(_) => (),
        }
        self
    }
}

/// Blanks what a fold has taken in (ER2).
pub(super) fn blank_all(entries: &mut [Entry]) {
    for entry in entries {
        entry.event.blank();
    }
}

impl Born {
    /// Erases, unless that is done (ER1).
    pub(super) fn erase(&mut self, turn: &mut Turn) {
        if self.is_erased {
            return;
        }
        let closed = || Event::Closed {
            resolution: Label::built_in(resolution::NOT_RESOLVED),
            name: None,
            cause: None,
        };
        let (cause, system) = (EndCause::Agent, Author::System);
        match &self.lifecycle.stage {
            Stage::Waiting { .. } => self.append(turn, system, None, not_answered(cause)),
            Stage::Active { .. } => {
                self.append(turn, Author::System, None, Event::Ended { cause });
                self.append(turn, system, None, closed());
            }
            Stage::WrappingUp { .. } => self.append(turn, system, None, closed()),
            Stage::Closed { .. } => (),
        }
        self.append(turn, Author::System, None, Event::Erased);
        if !mutant::is(Mutant::ErasedInMemory) {
            turn.effects.push(Effect::Erase);
        }
        // What was appended before in this turn goes out as it is on the disk.
        for (entry, _) in &mut turn.fresh {
            entry.event.blank();
        }
    }

    /// Folds [`Event::Erased`].
    pub(super) fn take_erased(&mut self) {
        self.is_erased = true;
        self.birth.blank();
        self.customer.identity = None;
        self.lifecycle.name = self.birth.name.clone();
        if !self.first_words.is_empty() {
            self.first_words = BLANK.into();
        }
        if let Some(ticket) = &mut self.ticket {
            ticket.title = Title::built_in(BLANK);
        }
        if let Some(rating) = &mut self.rated.rating {
            rating.blank();
        }
        self.log.forget_words();
        self.changes.forget_reactions();
        self.files.clear();
    }

    /// When it has been kept for long enough (ER4).
    pub(super) fn kept_until(&self) -> Option<Timestamp> {
        let kept_s = self.birth.settings.retention_s;
        match self.lifecycle.stage {
            Stage::Closed { at, .. } if kept_s > 0 => Some(at + Duration::from_secs(kept_s.into())),
            Stage::Closed { .. }
            | Stage::Waiting { .. }
            | Stage::Active { .. }
            | Stage::WrappingUp { .. } => None,
        }
    }

    /// Forgets it: whoever is still connected hears that it is unknown (ER4).
    pub(super) fn forget(&self) -> impl Iterator<Item = Effect> {
        let code = CloseCode::Unknown;
        let sockets = self.sockets.keys().copied();
        let closes = sockets.map(move |socket| Effect::Close { socket, code });
        closes.chain([Effect::Forget])
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::super::testing::*;
    use super::super::{Command, Input, Instruction, TicketKind, Transcript};
    use super::*;
    use crate::rights::Side;
    use crate::text::MessageText;

    const SECRET: &str = "My card is 4711";

    fn erase() -> Input {
        Input::Instructed(Instruction::Erase)
    }

    /// A conversation with something in every place that can hold what a person wrote.
    fn talkative() -> Desk {
        let mut desk = Desk::active();
        desk.at(s(1), send(CUSTOMER, 1, 1, post(SECRET)));
        desk.at(s(1), send(JACK, 1, 1, note(SECRET)));
        let title = Title::parse(SECRET).unwrap();
        let kind = TicketKind::Incident;
        let ticket = Command::CreateTicket { kind, title };
        desk.at(s(1), send(JACK, 2, 2, ticket));
        desk
    }

    fn holds(desk: &Desk) -> bool {
        let born = desk.machine.born();
        let name = born.lifecycle.name.as_str() == birth().name.as_str();
        let all = format!("{:?} {:?} {:?}", desk.rows, born, born.describe(s(9)));
        name || all.contains(SECRET) || all.contains("My order has not arrived")
    }

    #[test]
    fn p12_er1_er2_m10_nothing_that_was_written_is_left_and_every_place_stays() {
        for (case, mut desk, ends) in [
            ("waiting", Desk::open(), 1),
            ("active", talkative(), 2),
            ("wrapping up", Desk::wrapping_up(), 1),
            ("closed", Desk::closed(), 0),
        ] {
            let before = desk.log(Side::Agent);
            assert!(holds(&desk), "{case}");
            let effects = desk.at(s(2), erase());
            assert!(!holds(&desk), "{case}: {desk:?}");
            assert_eq!(desk.stage(), "closed", "{case}");
            let after = desk.log(Side::Agent);
            assert_eq!(after.len(), before.len() + ends + 1, "{case}");
            for (before, after) in before.iter().zip(&after) {
                assert_eq!(
                    (before.seq, before.at, before.event.kind(), &before.author),
                    (after.seq, after.at, after.event.kind(), &after.author),
                    "{case}"
                );
            }
            let frames = format!("{:?}", pushed(CUSTOMER, &effects));
            assert!(frames.contains("Erased"), "{case}: {frames}");
            desk.wake(s(3));
            assert!(!holds(&desk), "{case} after a wake");
            let report = desk.machine.born().describe(s(3));
            assert!(report.erased && report.company.is_none(), "{case}");
        }
    }

    #[test]
    fn er2_what_a_client_has_folds_to_the_same() {
        for side in [Side::Customer, Side::Agent] {
            let mut desk = talkative();
            let mut client = Transcript::default();
            for entry in desk.log(side) {
                client.apply(entry);
            }
            desk.at(s(2), erase());
            let log = desk.log(side);
            for entry in log.clone() {
                client.apply(entry);
            }
            assert_eq!(client.entries(), &log[..]);
            assert_eq!(client.lifecycle(), desk.machine.lifecycle());
        }
    }

    #[test]
    fn er3_a_repeat_changes_nothing_and_a_known_command_is_a_repeat() {
        let mut desk = talkative();
        desk.at(s(2), erase());
        let rows = desk.rows.len();
        for _ in 0..2 {
            let again = desk.at(s(3), erase());
            assert_eq!(words(&again)[0], "answer None");
            assert_eq!(desk.rows.len(), rows);
            let late = desk.at(s(3), send(CUSTOMER, 2, 1, post(SECRET)));
            assert!(words(&late)[0].starts_with("repeated"), "{late:?}");
            desk.wake(s(4));
        }
        assert_eq!(words(&desk.at(s(5), Input::Tick)).len(), 1, "a report");
        desk.confirm(s(6));
        assert!(desk.at(s(99), Input::Tick).is_empty());
    }

    #[test]
    fn er4_what_is_closed_goes_when_its_time_is_over() {
        for is_erased in [false, true] {
            let mut desk = Desk::closed();
            let kept = desk.machine.born().birth.settings.retention_s;
            assert_eq!(kept, 31_536_000, "a year");
            if is_erased {
                desk.at(s(5), erase());
                desk.confirm(s(5));
            }
            let until = s(u64::from(kept));
            assert_eq!(desk.machine.next_deadline(), Some(until));
            let early = until - Duration::from_millis(1);
            assert!(desk.at(early, Input::Tick).is_empty());
            let rows = desk.rows.len();
            let revision = desk.machine.born().reporting.revision;
            let last = format!("report {}", revision.next());
            assert_eq!(words(&desk.at(until, Input::Tick)), [last.as_str()]);
            // The space has to know: again and again, whatever is lost.
            assert_eq!(desk.machine.next_deadline(), Some(until + s(5).since(s(0))));
            let again = until + Duration::from_secs(5);
            assert_eq!(words(&desk.at(again, Input::Tick)), [last.as_str()]);
            desk.wake(again);
            assert_eq!(words(&desk.at(again, Input::Tick)), [last]);
            // A confirmation of an earlier report is none.
            assert!(desk.at(again, confirmed(revision)).is_empty());
            assert_eq!(desk.rows.len(), rows);
            let over = desk.at(again, confirmed(revision.next()));
            assert_eq!(over.last(), Some(&Effect::Forget));
            assert!(words(&over).contains(&"close 1 4404".into()), "{over:?}");
            assert_eq!(desk.rows, []);
            assert_eq!(desk.machine.next_deadline(), None);
            assert_eq!(words(&desk.at(again, erase())), ["answer None"]);
        }
    }

    #[test]
    fn er4_for_ever_is_for_ever() {
        let mut birth = birth();
        birth.settings.retention_s = 0;
        let (id, text) = (command_id(0), MessageText::parse("Hi").unwrap());
        let mut desk = Desk::with(Input::Begin { birth, id, text });
        desk.at(s(1), send(CUSTOMER, 1, 1, Command::End));
        desk.confirm(s(1));
        assert_eq!(desk.stage(), "closed");
        assert_eq!(desk.machine.next_deadline(), None);
    }

    #[test]
    fn our_own_text_is_one() {
        assert!(MessageText::parse(BLANK).is_ok() && Title::parse(BLANK).is_ok());
        assert!(Emoji::parse(NO_EMOJI).is_ok());
    }
}
