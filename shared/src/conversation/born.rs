//! A conversation that stands: its state, its birth, and the one way to append an entry.
//!
//! - **BI1** What is over stays over (U10): the customer goes on in a new conversation, which may
//!   name the earlier one. The link is left out where the customer cannot read that one: it is a
//!   convenience, and never stands between a customer and an answer.

use alloc::string::String;
use alloc::vec::Vec;

use super::allowance::Allowance;
use super::changes::{Change, Changes};
use super::check::{Before, Broken};
use super::cursors::Progress;
use super::customer::Customer;
use super::files::Standing;
use super::log::{Log, digest};
use super::rating::Rated;
use super::reports::Reporting;
use super::sockets::Socket;
use super::taken_along::Mailed;
use super::turn::Turn;
use super::wait::Wait;
use super::words::Words;
use super::{Author, Birth, Command, Effect, Entry, Event, Lifecycle, Row, Sender, Seq, Ticket};
use crate::frame::SocketId;
use crate::id::{AgentId, CommandId, DeviceId};
use crate::mutant::{self, Mutant};
use crate::rights::{Audience, Side, audience};
use crate::sorted::SortedMap;
use crate::space::Place;
use crate::text::{Label, MessageText, PersonName, first_words};

/// Length of the first words in a report, in scalar values: one line of a list.
pub(super) const FIRST_WORDS: usize = 80;

/// A conversation that stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Born {
    pub(super) birth: Birth,
    pub(super) log: Log,
    pub(super) lifecycle: Lifecycle,
    pub(super) customer: Customer,
    pub(super) first_words: String,
    /// The message that they are of.
    pub(super) first_message: Option<CommandId>,
    /// What has become of messages (CG1 to CG10).
    pub(super) changes: Changes,
    /// Files, in the order of the log (FI1 to FI4).
    pub(super) files: Vec<Standing>,
    /// Places whose words are not true any more, rising (CG4).
    pub(super) stale: Vec<Seq>,
    /// True after the reminder: no internal entry changes the lifecycle.
    pub(super) is_reminded: bool,
    /// True once it was erased (ER2).
    pub(super) is_erased: bool,
    /// The screen name of the agent who had it last.
    pub(super) answered_by: Option<PersonName>,
    /// The reason that was given last.
    pub(super) reason: Option<Label>,
    pub(super) ticket: Option<Ticket>,
    /// What the customer thinks of it (AF1).
    pub(super) rated: Rated,
    /// How often it was mailed (AF7).
    pub(super) mailed: Mailed,
    pub(super) words: Words,
    pub(super) sockets: SortedMap<SocketId, Socket>,
    /// The first era whose tokens are good, of each agent whose sockets were to be closed (C3).
    pub(super) dismissed: SortedMap<AgentId, u32>,
    /// Newest connection of each tab, as long as it is in memory or a socket is open (C3).
    pub(super) devices: SortedMap<DeviceId, u32>,
    pub(super) allowances: SortedMap<Sender, Allowance>,
    pub(super) progress: Progress,
    /// The progress that is on disk.
    pub(super) stored_progress: Progress,
    pub(super) reporting: Reporting,
    /// Where the customer stands in line, as the space has told (PL1).
    pub(super) place: Option<Place>,
    /// True once the space was asked for it (PL2).
    pub(super) has_asked_place: bool,
    /// The wait for an agent, once it has lasted as long as the space allows (WT1).
    pub(super) wait: Option<Wait>,
    /// The first invariant that an append broke.
    pub(super) broken: Option<Broken>,
}

impl Born {
    /// The state before the first entry.
    pub(super) fn new(birth: Birth) -> Self {
        let words = Words::new(&birth.settings);
        Self {
            lifecycle: Lifecycle::born(&birth),
            customer: Customer::of(&birth),
            birth,
            log: Log::default(),
            first_words: String::new(),
            first_message: None,
            changes: Changes::default(),
            files: Vec::new(),
            stale: Vec::new(),
            is_reminded: false,
            is_erased: false,
            answered_by: None,
            reason: None,
            ticket: None,
            rated: Rated::default(),
            mailed: Mailed::default(),
            words,
            sockets: SortedMap::new(),
            dismissed: SortedMap::new(),
            devices: SortedMap::new(),
            allowances: SortedMap::new(),
            progress: Progress::default(),
            stored_progress: Progress::default(),
            reporting: Reporting::default(),
            place: None,
            has_asked_place: false,
            wait: None,
            broken: None,
        }
    }

    /// Is born with the customer's first message, and waits for an agent (F4, F84).
    pub(super) fn begin(turn: &mut Turn, birth: Birth, id: CommandId, text: MessageText) -> Self {
        let birth = Birth {
            at: turn.now,
            ..birth
        };
        turn.effects.push(Effect::Save(Row::Birth(birth.clone())));
        let opened = Event::Opened {
            visitor: birth.visitor,
            name: birth.name.clone(),
            queue: birth.queue.clone(),
            source: birth.source,
            company: birth.company.clone(),
            follows: birth.follows,
            email: birth.email.clone(),
            identity: birth.identity.clone(),
            files_off: birth.files_off(),
        };
        let greeting = birth.greeting.clone();
        let mut born = Self::new(birth);
        born.append(turn, Author::Customer, None, opened);
        let reply_to = None;
        if let Some(text) = greeting {
            let shown = Event::MessagePosted { text, reply_to };
            born.append(turn, Author::System, None, shown);
        }
        let posted = Event::MessagePosted { text, reply_to };
        born.append(turn, Author::Customer, Some(id), posted);
        born.append(turn, Author::System, None, Event::AgentRequested);
        turn.effects.push(Effect::Begun);
        born
    }

    /// A repeat of the birth is answered like the first; another first message under the same id is not
    /// answered at all, which the shell tells as [`crate::refusal::Refusal::CommandConflict`] (M1).
    pub(super) fn begin_again(&self, turn: &mut Turn, id: CommandId, text: MessageText) {
        let known = self.log.known(Sender::Customer, id);
        if known.is_some_and(|known| {
            known.is(digest(&Command::Post {
                text,
                reply_to: None,
            }))
        }) {
            turn.effects.push(Effect::Begun);
        }
    }

    /// Appends an entry: the only way in which the log grows.
    pub(super) fn append(
        &mut self,
        turn: &mut Turn,
        author: Author,
        id: Option<CommandId>,
        event: Event,
    ) {
        let audience = if mutant::is(Mutant::WrongAudience) {
            Audience::Everyone
        } else {
            audience(&event)
        };
        let public = self.log.next_public(audience.includes(Side::Customer));
        let entry = Entry {
            seq: self.log.head.next(),
            at: turn.now,
            author,
            id,
            event,
        };
        let before = Before::of(&self.lifecycle, self.log.last_at);
        self.take(&entry, public);
        self.log.remember(&entry, public);
        if self.broken.is_none() {
            let broken = before.judge(&self.lifecycle, &entry);
            self.broken = broken.or_else(|| self.judge_change(&entry));
        }
        if let Event::MessageChanged {
            message,
            change: Change::Deletion,
            ..
        } = entry.event
        {
            self.drop_file(turn, message);
        }
        turn.effects.push(Effect::Save(Row::Entry {
            entry: entry.clone(),
            public,
            cursors: self.take_unsaved(),
        }));
        turn.fresh.push((entry, public));
    }

    /// Takes an entry into the state, new or read back: everything but the digests.
    pub(super) fn take(&mut self, entry: &Entry, public: Option<Seq>) {
        self.log.count(entry, public);
        if let Event::Opened { .. } = entry.event {
            self.lifecycle.opened_at = entry.at;
        }
        self.lifecycle.apply(entry);
        if self.first_words.is_empty()
            && entry.author != Author::System
            && let Event::MessagePosted { text, .. } = &entry.event
        {
            self.first_message = entry.id;
            self.first_words = first_words(text.as_str(), FIRST_WORDS);
        }
        if let Event::AgentAssigned { name, .. } = &entry.event {
            self.answered_by = Some(name.clone());
            self.place = None;
        }
        if let Event::WrapUpReminded = entry.event {
            self.is_reminded = true;
        }
        if let Event::ReasonGiven { reason, .. } = &entry.event {
            self.reason = Some(reason.clone());
        }
        self.take_change(entry);
        self.take_file(entry);
        self.take_ticket(&entry.event);
        self.rated.take(&entry.event);
        self.mailed.take(entry);
        self.spend(entry);
        self.customer.take(&entry.event);
        if let Event::Erased = entry.event {
            self.take_erased();
        }
        if is_reported(&entry.event) {
            self.reporting.revise(entry.seq, entry.at);
        }
    }

    /// Ends a turn: what was appended goes out, and a report that is due.
    pub(super) fn finish(&mut self, turn: &mut Turn) {
        self.push(turn);
        self.report_when_due(turn);
        self.say_farewell(turn);
    }
}

/// True for events that change what the space is told (N1).
const fn is_reported(event: &Event) -> bool {
    match event {
        Event::Opened { .. }
        | Event::AgentRequested
        | Event::AgentAssigned { .. }
        | Event::AgentUnassigned { .. }
        | Event::Ended { .. }
        | Event::Closed { .. }
        | Event::TicketCreated { .. }
        | Event::TicketChanged { .. }
        | Event::CustomerIdentified { .. }
        | Event::VerificationSet { .. }
        | Event::Rated(_)
        | Event::Erased => true,
        Event::MessagePosted { .. }
        | Event::NotePosted { .. }
        | Event::FileSent(_)
        | Event::FileChecked { .. }
        // Only one of the first message does, which it says itself (CG10).
        | Event::MessageChanged { .. }
        | Event::IdleWarned
        | Event::TranscriptMailed { .. }
        | Event::WrapUpReminded
        // It stands before the close, which reports it.
        | Event::ReasonGiven { .. }
        | Event::Unknown => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Input;
    use super::super::testing::{Desk, begin, birth, command_id, ms, text};
    use super::{Author, Birth, Effect, Event, Side};
    use crate::id::ConversationId;
    use alloc::vec;

    #[test]
    fn ha5_p8_what_is_answered_stands_first_and_is_nobodys_words() {
        let greeting = Some(text("Shall we help?"));
        let birth = Birth {
            greeting: greeting.clone(),
            ..birth()
        };
        let (id, text) = (command_id(1), text("Yes, please"));
        let desk = Desk::with(Input::Begin { birth, id, text });
        for side in [Side::Customer, Side::Agent] {
            let log = desk.log(side);
            let said: Vec<_> = log
                .iter()
                .filter_map(|entry| Some((&entry.author, entry.event.text()?)))
                .collect();
            let [(Author::System, shown), (Author::Customer, _)] = said.as_slice() else {
                panic!("{said:?}");
            };
            assert_eq!(Some(*shown), greeting.as_ref(), "{side:?}");
        }
        assert_eq!(
            desk.machine.born().first_words,
            "Yes, please",
            "what waits says what the customer wrote"
        );
    }

    #[test]
    fn bi1_u10_a_new_conversation_names_the_one_that_is_over() {
        let earlier = ConversationId::from_bytes([77; 16]);
        let follows = Some(earlier);
        let birth = Birth { follows, ..birth() };
        let (id, text) = (command_id(0), text("It broke again"));
        let mut desk = Desk::with(Input::Begin { birth, id, text });
        for side in [Side::Customer, Side::Agent] {
            let log = desk.log(side);
            let Event::Opened { follows, .. } = &log[0].event else {
                panic!("opened")
            };
            assert_eq!(*follows, Some(earlier), "{side:?}");
        }
        desk.wake(ms(1));
        assert_eq!(desk.machine.birth().unwrap().follows, follows);
    }

    #[test]
    fn s2_a_conversation_keeps_the_settings_that_it_was_born_with() {
        let mut birth = birth();
        birth.settings.wait_s = 77;
        let (id, text) = (command_id(0), text("Hi"));
        let settings = birth.settings.clone();
        let mut desk = Desk::with(Input::Begin { birth, id, text });
        desk.at(ms(1), begin());
        desk.wake(ms(2));
        assert_eq!(desk.machine.birth().unwrap().settings, settings);
        assert_eq!(desk.machine.next_deadline(), Some(ms(77_000)));
    }

    #[test]
    fn m1_a_repeated_birth_is_answered_like_the_first_and_another_under_its_id_is_not() {
        let mut desk = Desk::with(begin());
        let before = desk.machine.clone();
        assert_eq!(desk.at(ms(0), begin()), vec![Effect::Begun]);
        let other = Input::Begin {
            birth: birth(),
            id: command_id(0),
            text: text("Something else"),
        };
        assert_eq!(desk.at(ms(0), other), vec![]);
        assert_eq!(desk.machine, before);
    }
}
