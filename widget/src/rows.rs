//! What a log shows, line by line: entries and outbox with days between, grouped by author.

mod window;

use std::time::Duration;

use shared::conversation::{Author, Command, Entry, Event, Sender, Seq};
use shared::id::{AgentId, CommandId};
use shared::link::Pending;
use shared::time::Timestamp;

pub use self::window::Window;

/// Messages of one author within this time stand together.
const JOINED_WITHIN: Duration = Duration::from_secs(180);

/// Who reads the log.
#[derive(Clone, Copy, Eq, PartialEq)]
pub enum Reader {
    /// The customer.
    #[cfg_attr(not(feature = "chat"), expect(dead_code, reason = "the chat's reader"))]
    Customer,
    /// That agent.
    #[cfg_attr(
        not(feature = "console"),
        expect(dead_code, reason = "the console's reader")
    )]
    Agent(AgentId),
}

impl Reader {
    /// Whose commands the reader's are.
    pub const fn sender(self) -> Sender {
        match self {
            Self::Customer => Sender::Customer,
            Self::Agent(agent) => Sender::Agent(agent),
        }
    }
}

/// One line of a log.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Row {
    /// What it is; stays the same while a message becomes an entry.
    pub key: Key,
    /// Its place in the log, if it has one.
    pub seq: Option<Seq>,
    /// It belongs to the message before it.
    pub is_joined: bool,
    /// Its words are gone.
    pub is_erased: bool,
    /// How often the site had said who the customer is: each time the customer may be called otherwise.
    pub named: u8,
    /// Another number when its message, or the one that it answers, looks otherwise.
    pub changes: u16,
}

impl Row {
    /// A number that is equal exactly for rows that look the same: ids fill all 128 bits with a
    /// moment in front, places are small, days get a bit of their own between.
    pub fn number(&self) -> u128 {
        let number = match self.key {
            Key::Day(day) => 1 << 100 | u128::from(day.unsigned_abs()),
            Key::Entry(seq) => u128::from(seq.0),
            Key::Own(id) => u128::from_be_bytes(id.bytes()),
        };
        let marks = u128::from(self.is_joined) << 127 ^ u128::from(self.is_erased) << 126;
        number ^ marks ^ u128::from(self.named) << 118 ^ u128::from(self.changes) << 64
    }
}

/// Identity of a row.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub enum Key {
    /// A new day, by its number.
    Day(i32),
    /// An entry that the reader did not cause.
    Entry(Seq),
    /// What the reader wrote.
    Own(CommandId),
}

/// Whose words follow whose: author and kind of the message before.
type Group = (Option<AgentId>, bool, bool);

/// The rows of a part of a log, for that reader; those of the outbox stand below the newest. `changed` has another number for a message that looks otherwise, `day` names the
/// local day of a moment.
pub fn rows(
    entries: &[Entry],
    pending: &[Pending],
    window: Window,
    reader: Reader,
    changed: impl Fn(CommandId) -> Option<u16>,
    day: impl Fn(Timestamp) -> i32,
) -> Vec<Row> {
    let range = window.range(entries.len());
    let is_newest = range.end == entries.len();
    let drawn = entries.get(range).unwrap_or_default();
    let pending = if is_newest { pending } else { &[] };
    let mut rows = Vec::with_capacity(drawn.len() + pending.len() + 1);
    let mut last_day = None;
    let mut last: Option<(Group, Timestamp)> = None;
    // Nothing comes after it.
    let newest = entries.last().map(|entry| &entry.event);
    let is_erased = newest == Some(&Event::Erased);
    let named = named(entries, reader);
    let mut push = |key, seq, at, group: Option<Group>, changes| {
        let today = day(at);
        if last_day != Some(today) {
            last_day = Some(today);
            last = None;
            rows.push(Row {
                key: Key::Day(today),
                seq: None,
                is_joined: false,
                is_erased,
                named: 0,
                changes: 0,
            });
        }
        let is_joined = matches!((last, group), (Some((before, then)), Some(group))
            if before == group && at.since(then) < JOINED_WITHIN);
        last = group.map(|group| (group, at));
        let is_customers = matches!(group, Some((None, true, _)));
        rows.push(Row {
            key,
            seq,
            is_joined,
            is_erased,
            named: if is_customers { named } else { 0 },
            changes,
        });
    };
    for entry in drawn.iter().filter(|entry| is_shown(entry, reader)) {
        let group = match (&entry.event, &entry.author) {
            (_, Author::System) => None,
            (Event::MessagePosted { .. } | Event::FileSent(_), author) => {
                Some(group(author, false))
            }
            (Event::NotePosted { .. }, author) => Some(group(author, true)),
            _ => None,
        };
        let key = match entry.id {
            Some(id) if group.is_some() && is_own(&entry.author, reader) => Key::Own(id),
            _ => Key::Entry(entry.seq),
        };
        let answered = entry.event.about().map(|(message, _)| message);
        let messages = [entry.id, answered].into_iter().flatten();
        let changes = messages.filter_map(&changed).fold(0, u16::wrapping_add);
        push(key, Some(entry.seq), entry.at, group, changes);
    }
    let me = match reader {
        Reader::Customer => (None, true),
        Reader::Agent(agent) => (Some(agent), false),
    };
    for item in pending {
        let is_note = match item.command {
            Command::Post { .. } => false,
            Command::Note { .. } => true,
            Command::End
            | Command::Change { .. }
            | Command::Rate(_)
            | Command::MailTranscript { .. }
            | Command::Resolve { .. }
            | Command::Abandon { .. }
            | Command::CreateTicket { .. }
            | Command::SendFile(_) => continue,
        };
        push(
            Key::Own(item.id),
            None,
            item.written_at,
            Some((me.0, me.1, is_note)),
            0,
        );
    }
    rows
}

/// How often the site has said who the customer is. Customers read "you" over their own words.
fn named(entries: &[Entry], reader: Reader) -> u8 {
    let is_named = |entry: &&Entry| matches!(entry.event, Event::CustomerIdentified { .. });
    match reader {
        Reader::Customer => 0,
        Reader::Agent(_) => {
            u8::try_from(entries.iter().filter(is_named).count()).unwrap_or(u8::MAX)
        }
    }
}

/// True when the reader wrote it.
pub fn is_own(author: &Author, reader: Reader) -> bool {
    match (author, reader) {
        (Author::Customer, Reader::Customer) => true,
        (Author::Agent { agent, .. }, Reader::Agent(me)) => *agent == me,
        (Author::Customer | Author::System, Reader::Agent(_))
        | (Author::Agent { .. } | Author::System, Reader::Customer) => false,
    }
}

fn group(author: &Author, is_note: bool) -> Group {
    match author {
        Author::Customer => (None, true, is_note),
        Author::Agent { agent, .. } => (Some(*agent), false, is_note),
        Author::System => (None, false, is_note),
    }
}

#[inline(never)]
fn is_shown(entry: &Entry, reader: Reader) -> bool {
    match entry.event {
        // The customer reads of it in the composer's place.
        Event::Rated(_) | Event::TranscriptMailed { .. } => matches!(reader, Reader::Agent(_)),
        Event::Opened { .. }
        | Event::MessageChanged { .. }
        // The file itself shows it.
        | Event::FileChecked { .. }
        | Event::AgentRequested
        | Event::VerificationSet { required: false }
        | Event::Unknown => false,
        Event::MessagePosted { .. }
        | Event::FileSent(_)
        | Event::NotePosted { .. }
        | Event::CustomerIdentified { .. }
        | Event::VerificationSet { required: true }
        | Event::AgentAssigned { .. }
        | Event::AgentUnassigned { .. }
        | Event::IdleWarned
        | Event::Ended { .. }
        | Event::WrapUpReminded
        | Event::ReasonGiven { .. }
        | Event::TicketCreated { .. }
        | Event::TicketChanged { .. }
        | Event::Erased
        | Event::Closed { .. } => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::id::VisitorId;
    use shared::identity::Identity;
    use shared::link::PendingState;
    use shared::text::{CustomerId, MessageText, PersonName};

    const DAY_MS: u64 = 86_400_000;

    #[test]
    fn messages_of_one_author_stand_together_for_three_minutes() {
        let cases = [
            ("at once", 0, true),
            ("just in time", 179_999, true),
            ("later", 180_000, false),
            ("on another day", DAY_MS, false),
        ];
        for (case, later_ms, is_joined) in cases {
            let log = [
                posted(1, 1_000, customer()),
                posted(2, 1_000 + later_ms, customer()),
            ];
            let rows = rows(
                &log,
                &[],
                Window::default(),
                Reader::Customer,
                |_| None,
                day,
            );
            assert_eq!(rows.last().unwrap().is_joined, is_joined, "{case}");
        }
        let log = [posted(1, 0, customer()), posted(2, 1, jack())];
        let rows = rows(
            &log,
            &[],
            Window::default(),
            Reader::Customer,
            |_| None,
            day,
        );
        assert!(!rows.last().unwrap().is_joined, "two authors");
    }

    #[test]
    fn a_row_keeps_its_number_when_the_log_takes_it_in() {
        let entry = posted(1, 5, customer());
        let item = Pending {
            id: entry.id.unwrap(),
            command: Command::Post {
                text: text(),
                reply_to: None,
            },
            written_at: Timestamp::from_millis(5),
            state: PendingState::Sent,
        };
        let before = rows(
            &[],
            &[item],
            Window::default(),
            Reader::Customer,
            |_| None,
            day,
        );
        let after = rows(
            &[entry],
            &[],
            Window::default(),
            Reader::Customer,
            |_| None,
            day,
        );
        let numbers = |rows: &[Row]| rows.iter().map(Row::number).collect::<Vec<_>>();
        assert_eq!(numbers(&before), numbers(&after));
    }

    #[test]
    fn every_row_of_a_log_has_a_number_of_its_own() {
        let log: Vec<_> = (1..50)
            .map(|seq| {
                posted(
                    seq,
                    seq * DAY_MS / 3,
                    if seq % 3 == 0 { jack() } else { customer() },
                )
            })
            .collect();
        let rows = rows(
            &log,
            &[],
            Window::default(),
            Reader::Customer,
            |_| None,
            day,
        );
        let mut numbers: Vec<_> = rows.iter().map(Row::number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), rows.len());
    }

    #[test]
    fn id7_what_the_customer_wrote_is_drawn_anew_when_the_site_says_who_it_is() {
        let identified = Entry {
            author: Author::System,
            event: Event::CustomerIdentified {
                visitor: VisitorId::from_bytes([1; 16]),
                identity: Box::new(Identity {
                    id: CustomerId::parse("user-42").unwrap(),
                    name: None,
                    email: None,
                    company: None,
                }),
            },
            ..posted(3, 3, customer())
        };
        let log = [posted(1, 1, customer()), posted(2, 2, jack()), identified];
        let ada = Reader::Agent(AgentId::from_bytes([8; 16]));
        for (reader, expected) in [(ada, [true, false]), (Reader::Customer, [false, false])] {
            let before = rows(&log[..2], &[], Window::default(), reader, |_| None, day);
            let after = rows(&log, &[], Window::default(), reader, |_| None, day);
            // The day stands first.
            let is_new = [1, 2].map(|place| before[place].number() != after[place].number());
            assert_eq!(is_new, expected);
        }
    }

    fn posted(seq: u64, at_ms: u64, author: Author) -> Entry {
        let mut id = [7; 16];
        id[8..].copy_from_slice(&seq.to_be_bytes());
        Entry {
            seq: Seq(seq),
            at: Timestamp::from_millis(at_ms),
            author,
            id: Some(CommandId::from_bytes(id)),
            event: Event::MessagePosted {
                text: text(),
                reply_to: None,
            },
        }
    }

    fn text() -> MessageText {
        MessageText::parse("Hello").unwrap()
    }

    fn customer() -> Author {
        Author::Customer
    }

    fn jack() -> Author {
        Author::Agent {
            agent: AgentId::from_bytes([9; 16]),
            name: PersonName::parse("Jack").unwrap(),
        }
    }

    fn day(at: Timestamp) -> i32 {
        i32::try_from(at.millis() / DAY_MS).unwrap()
    }
}
