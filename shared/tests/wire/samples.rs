//! One of everything that travels or is stored. A new variant stops the build at its `kinds!`
//! line and then fails the test that looks for its sample.

use std::time::Duration;

use shared::account::{
    Identity, Invited, Link, Membership, Person as Account, Row as AccountRow, Session, Shown,
    Sign, Way, Wish,
};
use shared::conversation::{
    Answer, Assignee, Assignment, Author, Birth, Change, Command as ConversationCommand, Cursor,
    Cursors, Dismissal, EndCause, Entry, Event, Fence, Instruction, Outcome, Rating, Report,
    Row as ConversationRow, Seat as ConversationSeat, Seq, Source, Standing, Stars, Ticket,
    TicketKind, TicketStatus,
};
use shared::dictation::Transcriber;
use shared::file::{Check, FileName, Kind, Sent};
use shared::frame::{CloseCode, FrameError, FromServer, Hello, ToServer, Welcome};
use shared::id::{
    AgentId, CommandId, ConversationId, DeviceId, EpochId, FileId, TicketId, VisitorId,
};
use shared::identity::{self, Algorithm, IdentityKey, Verified};
use shared::refusal::Refusal;
use shared::rights::{Audience, Person, Role, Side, audience};
use shared::settings::{
    Day, Greeting, Holiday, Hours, OfferMode, Offset, Opening, Overflow, Queue, Reason, Resolution,
    Scheme, SettingFault, Settings, Side as LauncherSide, Span, Terms, Theme, Zone,
};
use shared::space::{
    Agent, ApiKey, AuditEntry, Block, Command as SpaceCommand, Counts, Deed, Desk, Doors, Erasing,
    Insider, Invitation, Item, ItemState, Me, Offer, Past, Place, Returned, Row as SpaceRow, Scope,
    Seat as SpaceSeat, Slot, Target, Tenure, Transfer, TransferEnd, Transferred, WorkItem,
};
use shared::text::{
    CustomerId, EmailAddress, Emoji, Label, MessageText, PersonName, Title, ZoneName,
};
use shared::time::Timestamp;

/// Names the kinds of an enum and of a value of it.
macro_rules! kinds {
    ($kind:ident, $kinds:ident, $type:ty, $alias:ident: $($variant:ident)*) => {
        /// The kind of a value.
        pub fn $kind(value: &$type) -> &'static str {
            match value {
                $($alias::$variant { .. } => stringify!($variant),)*
            }
        }
        /// Every kind.
        pub const $kinds: &[&str] = &[$(stringify!($variant)),*];
    };
}

kinds!(conversation_command, CONVERSATION_COMMANDS, ConversationCommand, ConversationCommand:
    Post Note End Resolve Abandon CreateTicket Change Rate SendFile MailTranscript);
kinds!(space_command, SPACE_COMMANDS, SpaceCommand, SpaceCommand:
    SetAvailable Accept Decline Take Unassign Transfer Block Unblock);
kinds!(event, EVENTS, Event, Event:
    Opened MessagePosted NotePosted MessageChanged FileSent FileChecked AgentRequested AgentAssigned AgentUnassigned IdleWarned Ended
    WrapUpReminded Closed ReasonGiven TicketCreated TicketChanged CustomerIdentified VerificationSet
    Rated TranscriptMailed Erased Unknown);
kinds!(to_server_kind, TO_SERVER, ToServer<ConversationCommand>, ToServer:
    Hello Send Sync Received Seen Typing Renew);
kinds!(from_server_kind, FROM_SERVER, FromServer, FromServer:
    Welcome Entries Limited Live Repeated Done Refused Hold Cursors Typing Desk Counts Place Renew Bad);
kinds!(refusal, REFUSALS, Refusal, Refusal:
    Forbidden NotAssignee AlreadyAssigned OfferOver OfferNotYours NoFreeSlot AgentUnavailable
    NotWaiting Ended NotEnded TranscriptOff FilesOff FileHeld FileJudged AddressUnknown Closed CustomerHere ResolutionUnknown ReasonUnknown ReasonRequired ResolutionBuiltIn TicketExists MessageUnknown NotAuthor MessageDeleted NoteRequired QueueUnknown QueueClosed QueueFull NotInQueue CommandConflict ConversationUnknown
    ConversationOpen SpaceUnknown SpaceOff LastAdmin VerificationRequired TokenRevoked AgentUnknown LinkOver SessionOver NotInvited TooMany SettingInvalid Blocked RateLimited SettingsChanged QueueInUse ChallengeRequired IdUnknown);
kinds!(frame_error, FRAME_ERRORS, FrameError, FrameError: WrongKind TooLarge Malformed);
kinds!(conversation_row, CONVERSATION_ROWS, ConversationRow, ConversationRow:
    Birth Entry Device Reported Lists Cursors);
kinds!(space_row, SPACE_ROWS, SpaceRow, SpaceRow: Space Doors Agent Item Audit Past Erasing);
kinds!(item_state, ITEM_STATES, ItemState, ItemState: Waiting Offered Assigning Held Transferring Gone);
kinds!(standing, STANDINGS, Standing, Standing: Waiting Active WrappingUp Closed);
kinds!(instruction, INSTRUCTIONS, Instruction, Instruction: Assign Describe Place Dismiss NeedVerified Erase End);
kinds!(outcome, OUTCOMES, Outcome, Outcome: Done Stale Ended);

const DISMISSAL: Dismissal = Dismissal {
    agent: AGENT,
    era: 2,
};
pub const NOW: Timestamp = Timestamp::from_millis(1_795_348_800_000);
const CONVERSATION: ConversationId = ConversationId::from_bytes([0xc0; 16]);
const COMMAND: CommandId = CommandId::from_bytes([0xcd; 16]);
const AGENT: AgentId = AgentId::from_bytes([0xa0; 16]);
const VISITOR: VisitorId = VisitorId::from_bytes([0xf0; 16]);
const DEVICE: DeviceId = DeviceId::from_bytes([0xde; 16]);
const EPOCH: EpochId = EpochId::from_bytes([0xe0; 16]);
const CURSOR: Cursor = Cursor {
    delivered: Seq(7),
    read: Seq(6),
};
const CURSORS: Cursors = Cursors {
    customer: CURSOR,
    agent: CURSOR,
};

fn text(text: &str) -> MessageText {
    MessageText::parse(text).unwrap()
}

fn name(text: &str) -> PersonName {
    PersonName::parse(text).unwrap()
}

fn title(text: &str) -> Title {
    Title::parse(text).unwrap()
}

fn ticket() -> Ticket {
    Ticket {
        ticket: TicketId::from_bytes([0x71; 16]),
        kind: TicketKind::Incident,
        title: title("Router is dead"),
        status: TicketStatus::New,
    }
}

fn label(text: &str) -> Label {
    Label::parse(text).unwrap()
}

fn assignee() -> Assignee {
    Assignee {
        agent: AGENT,
        name: name("Jack"),
    }
}

/// A queue with all that can be set for it.
fn queue() -> Queue {
    Queue {
        name: label("returns"),
        title: Some(title("Returns")),
        closed: false,
        hours: Some(Hours {
            zone: ZoneName::parse("Europe/Berlin").unwrap(),
            week: vec![Opening {
                day: Day::Monday,
                from: 540,
                to: 1_440,
            }],
            holidays: vec![Holiday {
                date: "2026-12-24".to_owned().try_into().unwrap(),
                name: Some(name("Christmas Eve")),
                open: vec![Span { from: 540, to: 720 }],
            }],
        }),
        overflow: Some(Overflow {
            to: label("english"),
            after_s: Some(300),
            when_full: true,
            when_closed: true,
        }),
        max_waiting: Some(20),
        full_text: Some(text("Please write to us.")),
        skills: vec![label("german")],
    }
}

fn settings() -> Settings {
    let mut settings = Settings::new(name("Demo"));
    settings.origins = vec!["https://*.shop.example".parse().unwrap()];
    settings.queues = vec![queue(), Queue::new(label("english"))];
    settings.fallback_text = Some(text("We are closed."));
    settings.proactive = vec![Greeting {
        id: label("prices"),
        text: MessageText::parse("Shall we help you choose?").unwrap(),
        after_s: 20,
        on_exit: false,
        daily: true,
        pages: vec!["/prices*".into()],
    }];
    settings.theme = Some(Theme {
        color: Some("#7a1f3d".parse().unwrap()),
        side: LauncherSide::Start,
        text: Some(title("Ask us")),
        logo: Some("https://shop.example/logo.svg".parse().unwrap()),
        scheme: Scheme::Dark,
    });
    settings
}

/// Every command to a conversation.
pub fn conversation_commands() -> Vec<ConversationCommand> {
    vec![
        ConversationCommand::Post {
            text: text("Hello"),
            reply_to: None,
        },
        ConversationCommand::Post {
            text: text("The blue one"),
            reply_to: Some(COMMAND),
        },
        ConversationCommand::Note {
            text: text("VIP \"quoted\"\nsecond line"),
        },
        ConversationCommand::End,
        ConversationCommand::Resolve {
            resolution: label("resolved"),
            reason: Some(label("luck")),
        },
        ConversationCommand::Abandon {
            reason: Some(label("left")),
            note: Some(text("Went away")),
        },
        ConversationCommand::CreateTicket {
            kind: TicketKind::WorkOrder,
            title: title("A new router"),
        },
        ConversationCommand::Change {
            message: COMMAND,
            change: Change::Text(text("Hello, Jack")),
        },
        ConversationCommand::Change {
            message: COMMAND,
            change: Change::Deletion,
        },
        ConversationCommand::Change {
            message: COMMAND,
            change: reaction(false),
        },
        ConversationCommand::Rate(rating(Some("Quick"))),
        ConversationCommand::Rate(rating(None)),
        ConversationCommand::SendFile(Box::new(file())),
        ConversationCommand::MailTranscript {
            language: Some(label("pt-BR")),
        },
    ]
}

fn rating(comment: Option<&str>) -> Rating {
    Rating {
        stars: Stars::try_from(4).unwrap(),
        comment: comment.map(text),
    }
}

fn file() -> Sent {
    Sent {
        file: FileId::from_bytes([12; 16]),
        name: FileName::clean("Größe 3.jpg"),
        kind: Kind::Jpeg,
        size: 25_000_000,
        width: Some(4_000),
        height: Some(3_000),
        check: Check::Passed,
    }
}

fn reaction(on: bool) -> Change {
    let emoji = Emoji::parse("❤️").unwrap();
    Change::Reaction { emoji, on }
}

/// Every command to a space.
pub fn space_commands() -> Vec<SpaceCommand> {
    let (conversation, fence) = (CONVERSATION, Fence(3));
    vec![
        SpaceCommand::SetAvailable {
            available: true,
            for_chats: None,
        },
        SpaceCommand::SetAvailable {
            available: true,
            for_chats: Some(3),
        },
        SpaceCommand::Accept {
            conversation,
            fence,
        },
        SpaceCommand::Decline {
            conversation,
            fence,
        },
        SpaceCommand::Take { conversation },
        SpaceCommand::Unassign { conversation },
        SpaceCommand::Transfer {
            conversation,
            to: Target::Agent {
                agent: AGENT,
                queue: Some(label("returns")),
            },
            note: Some(text("He is waiting for the part")),
        },
        SpaceCommand::Transfer {
            conversation,
            to: Target::Queue {
                queue: label("returns"),
            },
            note: None,
        },
        SpaceCommand::Block {
            conversation,
            reason: Some(title("Insults")),
            for_s: Some(3_600),
        },
        SpaceCommand::Block {
            conversation,
            reason: None,
            for_s: None,
        },
        SpaceCommand::Unblock { visitor: VISITOR },
    ]
}

/// Every event.
pub fn events() -> Vec<Event> {
    vec![
        Event::Opened {
            visitor: VISITOR,
            name: name("Zoë"),
            queue: label("GENERAL"),
            source: Source::Widget,
            company: Some(name("Larch & Lantern")),
            follows: Some(CONVERSATION),
            email: Some(EmailAddress::parse("zoe@shop.example").unwrap()),
            identity: Some(Box::new(identity())),
            files_off: true,
        },
        Event::MessagePosted {
            text: text("Where is my order? 📦"),
            reply_to: None,
        },
        Event::MessagePosted {
            text: text("This one"),
            reply_to: Some(COMMAND),
        },
        Event::MessageChanged {
            message: COMMAND,
            change: Change::Text(text("Where is my parcel?")),
            note: false,
        },
        Event::MessageChanged {
            message: COMMAND,
            change: Change::Deletion,
            note: true,
        },
        Event::MessageChanged {
            message: COMMAND,
            change: reaction(true),
            note: false,
        },
        Event::FileSent(Box::new(file())),
        Event::FileChecked {
            message: COMMAND,
            sent: Box::new(Sent {
                check: Check::Refused,
                ..file()
            }),
            reason: Some(title("A virus")),
        },
        Event::FileSent(Box::new(Sent {
            kind: Kind::Bytes,
            width: None,
            height: None,
            check: Check::Checking,
            ..file()
        })),
        Event::NotePosted {
            text: text("Asked twice"),
        },
        Event::AgentRequested,
        Event::AgentAssigned {
            agent: AGENT,
            name: name("Jack"),
            fence: Fence(1),
            queue: None,
            taken: false,
        },
        Event::AgentUnassigned {
            fence: Fence(2),
            queue: Some(label("returns")),
        },
        Event::IdleWarned,
        Event::Ended {
            cause: EndCause::Customer,
        },
        Event::WrapUpReminded,
        Event::Erased,
        Event::Closed {
            resolution: label("resolved"),
            cause: None,
            name: Some(title("Sorted out")),
        },
        Event::Closed {
            resolution: label("not_answered"),
            cause: Some(EndCause::NotAnswered),
            name: None,
        },
        Event::ReasonGiven {
            reason: label("left"),
            name: title("The customer left"),
        },
        Event::TicketCreated {
            ticket: ticket().ticket,
            kind: TicketKind::Incident,
            title: title("Router is dead"),
        },
        Event::TicketChanged {
            status: TicketStatus::Cancelled,
        },
        Event::CustomerIdentified {
            visitor: VISITOR,
            identity: Box::new(identity()),
        },
        Event::VerificationSet { required: true },
        Event::Rated(rating(Some("Quick"))),
        Event::TranscriptMailed {
            language: Some(label("pt-BR")),
        },
        Event::Unknown,
    ]
}

/// Entries by every kind of author.
pub fn entries() -> Vec<Entry> {
    let authors = [
        Author::Customer,
        Author::Agent {
            agent: AGENT,
            name: name("Jack"),
        },
        Author::System,
    ];
    let entry = |(at, author)| Entry {
        seq: Seq(at),
        at: NOW,
        id: (author != Author::System).then_some(COMMAND),
        author,
        event: Event::AgentRequested,
    };
    (1..).zip(authors).map(entry).collect()
}

/// What ends a conversation.
pub fn causes() -> Vec<EndCause> {
    let cases = [
        EndCause::Agent,
        EndCause::Customer,
        EndCause::NotAnswered,
        EndCause::Idle,
        EndCause::Age,
    ];
    cases.into()
}

/// Every frame to a conversation; those to a space differ by the command alone.
pub fn to_server() -> Vec<ToServer<ConversationCommand>> {
    vec![
        ToServer::Hello(Hello {
            device: DEVICE,
            connection: 2,
            epoch: Some(EPOCH),
            after: Seq(6),
            cursor: CURSOR,
        }),
        ToServer::Send {
            n: 1,
            id: COMMAND,
            command: ConversationCommand::End,
        },
        ToServer::Sync { after: Seq(6) },
        ToServer::Received { seq: Seq(7) },
        ToServer::Seen { cursor: CURSOR },
        ToServer::Typing { typing: true },
        ToServer::Renew {
            token: "header.claims.signature".into(),
        },
    ]
}

fn offer() -> Offer {
    Offer {
        conversation: CONVERSATION,
        fence: Fence(3),
        customer: name("Zoë"),
        first_words: "Where is my order?".into(),
        queue: label("GENERAL"),
        source: Source::Widget,
        company: Some(name("Larch & Lantern")),
        skills: vec![label("french"), label("returns")],
        waiting_since: NOW,
        lasts_ms: 120_000,
        expires_at: NOW,
    }
}

/// A desk with one of everything.
pub fn desk() -> Desk {
    Desk {
        now: NOW,
        me: Me {
            agent: AGENT,
            name: name("Jack Smith"),
            screen_name: name("Jack"),
            role: Role::Supervisor,
            available: true,
            available_for: Some(3),
            limit: 5,
            used: 2,
            space: name("Demo"),
        },
        offers: vec![offer()],
        transferred: vec![Transferred {
            offer: offer(),
            from: name("Mia"),
            note: text("He is waiting for the part"),
        }],
        items: vec![WorkItem {
            conversation: CONVERSATION,
            customer: name("Guest 1234"),
            first_words: "Hi".into(),
            queue: label("GENERAL"),
            source: Source::Api,
            company: None,
            skills: vec![label("french")],
            waiting_since: NOW,
            ended: Some(EndCause::Customer),
            transfer: Some(Transfer::Returned {
                to: name("Mia"),
                why: TransferEnd::Expired,
            }),
            ticket: Some(ticket()),
        }],
        resolutions: vec![
            Resolution::bare(label("resolved")),
            Resolution::new(label("refund"), title("Money back")),
        ],
        reasons: vec![Reason {
            id: label("left"),
            name: title("The customer left"),
        }],
        offer_mode: OfferMode::AutoAccept,
    }
}

/// Every frame to a client.
pub fn from_server() -> Vec<FromServer> {
    let cursors = Cursors {
        customer: CURSOR,
        agent: Cursor::default(),
    };
    let error = FrameError::TooLarge { max: 65_536 };
    vec![
        FromServer::Welcome(Welcome {
            connection: 2,
            epoch: EPOCH,
            head: Seq(7),
            now: NOW,
            heartbeat_ms: 25_000,
        }),
        FromServer::Entries(entries()),
        FromServer::Limited { head: Seq(1_500) },
        FromServer::Live { head: Seq(7) },
        FromServer::Repeated {
            id: COMMAND,
            seq: Seq(7),
            at: NOW,
        },
        FromServer::Done { id: COMMAND },
        FromServer::Refused {
            id: COMMAND,
            refusal: Refusal::OfferOver,
        },
        FromServer::Hold {
            n: 3,
            retry_ms: 200,
        },
        FromServer::Cursors(cursors),
        FromServer::Typing {
            side: Side::Customer,
            typing: false,
        },
        FromServer::Desk(Box::new(desk())),
        FromServer::Counts(Counts {
            waiting: 3,
            active: 2,
            wrapping_up: 1,
            available: 4,
            colleagues: 1_795_358_400_000,
        }),
        FromServer::Place(place()),
        FromServer::Renew,
        FromServer::Bad { error },
    ]
}

/// Every refusal.
pub fn refusals() -> Vec<Refusal> {
    vec![
        Refusal::Forbidden,
        Refusal::NotAssignee,
        Refusal::AlreadyAssigned { name: name("Mia") },
        Refusal::OfferOver,
        Refusal::OfferNotYours,
        Refusal::NoFreeSlot { limit: 5 },
        Refusal::AgentUnavailable,
        Refusal::NotWaiting,
        Refusal::Ended,
        Refusal::NotEnded,
        Refusal::TranscriptOff,
        Refusal::FilesOff,
        Refusal::FileHeld,
        Refusal::FileJudged,
        Refusal::AddressUnknown,
        Refusal::Closed,
        Refusal::CustomerHere,
        Refusal::ResolutionUnknown,
        Refusal::ReasonUnknown,
        Refusal::ReasonRequired,
        Refusal::ResolutionBuiltIn {
            resolution: label("abandoned"),
        },
        Refusal::TicketExists,
        Refusal::MessageUnknown,
        Refusal::NotAuthor,
        Refusal::MessageDeleted,
        Refusal::NoteRequired,
        Refusal::QueueUnknown,
        Refusal::QueueClosed,
        Refusal::QueueFull {
            text: Some(text("Please write to us.")),
        },
        Refusal::NotInQueue,
        Refusal::CommandConflict,
        Refusal::ConversationUnknown,
        Refusal::ConversationOpen {
            conversation: CONVERSATION,
        },
        Refusal::SpaceUnknown,
        Refusal::SpaceOff,
        Refusal::ChallengeRequired,
        Refusal::VerificationRequired,
        Refusal::LastAdmin,
        Refusal::LinkOver,
        Refusal::SessionOver,
        Refusal::NotInvited,
        Refusal::TooMany { limit: 200 },
        Refusal::TokenRevoked,
        Refusal::AgentUnknown,
        Refusal::SettingInvalid(SettingFault::OutOfRange { min: 1, max: 100 }.of("offer_s")),
        Refusal::SettingInvalid(SettingFault::Twice.of("queues[1].name")),
        Refusal::Blocked,
        Refusal::IdUnknown,
        Refusal::RateLimited { retry_after: 12 },
        Refusal::SettingsChanged { version: 7 },
        Refusal::QueueInUse {
            queue: label("billing"),
            items: 3,
        },
    ]
}

/// Every frame error.
pub fn frame_errors() -> Vec<FrameError> {
    vec![
        FrameError::WrongKind {
            expected: "JSON text".into(),
        },
        FrameError::TooLarge { max: 65_536 },
        FrameError::Malformed {
            reason: "expected value at line 1 column 1".into(),
        },
    ]
}

/// Every close code with its number.
pub fn close_codes() -> Vec<(CloseCode, u16)> {
    let codes = CloseCode::ALL.into_iter();
    codes.map(|code| (code, code.number())).collect()
}

/// A log with an entry of every kind, by the customer, the system and two agents.
pub fn log() -> Vec<Entry> {
    let agent = |name_of: &str| Author::Agent {
        agent: AGENT,
        name: name(name_of),
    };
    let authors = [
        Author::Customer,
        agent("Jack"),
        Author::System,
        agent("Mia"),
    ];
    let all = events().into_iter().zip(authors.into_iter().cycle());
    let entries = all.zip(1..).map(|((event, author), seq)| Entry {
        seq: Seq(seq),
        at: NOW + Duration::from_secs(seq - 1),
        id: (author != Author::System).then_some(COMMAND),
        author,
        event,
    });
    entries.collect()
}

/// Every row of a conversation.
pub fn conversation_rows() -> Vec<ConversationRow> {
    let entry = |event: Event, public| ConversationRow::Entry {
        cursors: event.text().map(|_| CURSORS),
        entry: Entry {
            seq: Seq(2),
            at: NOW,
            author: Author::Customer,
            id: Some(COMMAND),
            event,
        },
        public,
    };
    let mut rows = vec![ConversationRow::Birth(Birth {
        conversation: CONVERSATION,
        space: "demo".parse().unwrap(),
        visitor: VISITOR,
        name: name("Zoë"),
        queue: label("GENERAL"),
        skills: vec![label("german")],
        source: Source::Widget,
        company: Some(name("Larch & Lantern")),
        follows: None,
        email: None,
        identity: Some(Box::new(identity())),
        greeting: MessageText::parse("Shall we help you choose?").ok(),
        epoch: EPOCH,
        settings: Terms::from(&settings()),
        at: NOW,
    })];
    let public = |event: &Event| (audience(event) == Audience::Everyone).then_some(Seq(2));
    let events = events().into_iter();
    rows.extend(events.map(|event| entry(event.clone(), public(&event))));
    rows.extend([
        ConversationRow::Device {
            device: DEVICE,
            connection: 2,
        },
        ConversationRow::Reported { revision: Seq(3) },
        ConversationRow::Lists(settings().lists()),
        ConversationRow::Cursors(Cursors::default()),
    ]);
    rows
}

/// Seats of a conversation.
pub fn conversation_seats() -> Vec<ConversationSeat> {
    let people = [
        Person::visitor(VISITOR),
        Person::Visitor {
            visitor: VISITOR,
            verified: Some(Box::new(Verified {
                identity: identity(),
                before: Some(VISITOR),
            })),
        },
        Person::Agent {
            agent: AGENT,
            name: name("Jack"),
            role: Role::Agent,
            era: 2,
        },
    ];
    let seat = |person: Person| ConversationSeat {
        device: Some((DEVICE, 2)),
        cursor: CURSOR,
        held: (person.side() == Side::Customer).then_some(4),
        left: (person.side() == Side::Agent).then_some(CURSORS),
        lag: None,
        person,
    };
    people.into_iter().map(seat).collect()
}

/// Every standing.
pub fn standings() -> Vec<Standing> {
    vec![
        Standing::Waiting,
        Standing::Active {
            assignee: assignee(),
        },
        Standing::WrappingUp {
            assignee: assignee(),
            cause: EndCause::Idle,
        },
        Standing::Closed {
            cause: EndCause::Agent,
            resolution: label("resolved"),
            reason: Some(label("luck")),
        },
    ]
}

/// A report of each standing.
pub fn reports() -> Vec<Report> {
    let report = |standing| Report {
        conversation: CONVERSATION,
        revision: Seq(4),
        standing,
        fence: Fence(1),
        visitor: VISITOR,
        name: name("Zoë"),
        first_words: "Where is my order?".into(),
        queue: label("GENERAL"),
        skills: vec![label("german")],
        source: Source::Widget,
        company: Some(name("Larch & Lantern")),
        email: Some(EmailAddress::parse("zoe@shop.example").unwrap()),
        verified: true,
        needs_verified: true,
        ticket: Some(ticket()),
        rating: Some(rating(Some("Quick"))),
        answered_by: Some(name("Jack")),
        lists: 2,
        erased: false,
        age_ms: 61_000,
        waits_ms: None,
    };
    standings().into_iter().map(report).collect()
}

/// Every instruction.
pub fn instructions() -> Vec<Instruction> {
    let assign = |to| {
        let fence = Fence(2);
        Instruction::Assign(Assignment {
            fence,
            to,
            queue: None,
            taken: true,
            closes: true,
        })
    };
    vec![
        assign(Some(assignee())),
        assign(None),
        Instruction::Assign(Assignment {
            fence: Fence(3),
            to: None,
            queue: Some(label("returns")),
            taken: false,
            closes: false,
        }),
        Instruction::Describe,
        Instruction::Erase,
        Instruction::End,
        Instruction::Place(place()),
        Instruction::Dismiss(DISMISSAL),
        Instruction::NeedVerified(true),
    ]
}

/// What a site has signed about its customer.
pub fn identity() -> identity::Identity {
    identity::Identity {
        id: CustomerId::parse("user-42").unwrap(),
        name: Some(name("Zoë")),
        email: Some(EmailAddress::parse("zoe@shop.example").unwrap()),
        company: None,
    }
}

fn place() -> Place {
    Place {
        as_of: NOW,
        number: 3,
        wait_s: Some(240),
        on_duty: true,
        open_now: false,
        opens_at: Some(NOW),
    }
}

/// Every answer.
pub fn answers() -> Vec<Answer> {
    let outcomes = [
        Some(Outcome::Done),
        Some(Outcome::Stale),
        Some(Outcome::Ended),
        None,
    ];
    let report = reports().into_iter().next();
    let answer = |outcome: Option<Outcome>| Answer {
        report: report.clone().filter(|_| outcome.is_some()),
        outcome,
        dismissed: outcome.is_none().then_some(DISMISSAL),
    };
    outcomes.into_iter().map(answer).collect()
}

/// Every state of an item.
pub fn item_states() -> Vec<ItemState> {
    let assigning = |to, command| ItemState::Assigning {
        to,
        queue: None,
        taken: true,
        command,
        retry_at: NOW,
        repeats: 1,
    };
    vec![
        ItemState::Waiting { not_before: None },
        ItemState::Waiting {
            not_before: Some(NOW),
        },
        ItemState::Offered {
            agent: AGENT,
            expires_at: NOW,
            lasts_s: 120,
        },
        assigning(Some(assignee()), Some((AGENT, COMMAND))),
        assigning(None, None),
        ItemState::Held,
        ItemState::Transferring {
            to: AGENT,
            expires_at: NOW,
            lasts_s: 120,
            by: AGENT,
            queue: None,
            note: text("He is waiting for the part"),
        },
        ItemState::Gone { until: NOW },
    ]
}

fn zone() -> (ZoneName, Zone) {
    let zone = Zone {
        offsets: vec![Offset {
            from: NOW,
            minutes: 60,
        }],
        known_until: NOW,
    };
    (ZoneName::parse("Europe/Berlin").unwrap(), zone)
}

fn way(n: u8) -> Way {
    Way::of([n; 32])
}

fn doors() -> Doors {
    Doors {
        addresses: vec![(AGENT, EmailAddress::parse("mia@shop.example").unwrap())],
        invitations: vec![Invitation {
            way: way(1),
            sent: Some(way(2)),
            email: Some(EmailAddress::parse("mia@shop.example").unwrap()),
            role: Role::Supervisor,
            queues: Some(vec![label("returns")]),
            by: AGENT,
            expires_at: NOW,
            used: Some((AGENT, way(3).id)),
        }],
        keys: vec![ApiKey {
            way: way(4),
            name: Title::parse("Reports").unwrap(),
            agent: AGENT,
            scope: Scope::Read,
            made_at: NOW,
            expires_at: NOW,
            used_at: Some(NOW),
            departures: 1,
        }],
        identity_keys: vec![IdentityKey {
            id: way(5).id,
            algorithm: Algorithm::Hs256,
            key: "v1.0a1b2c3d.bm9uY2U.c2VhbGVk".into(),
            last4: "k3Fq".into(),
            by: AGENT,
            made_at: NOW,
        }],
        blocks: vec![Block {
            visitor: VISITOR,
            name: PersonName::parse("Zoë").unwrap(),
            reason: Title::parse("Insults").ok(),
            by: AGENT,
            at: NOW,
            until: Some(NOW),
        }],
        transcriber: Some(Transcriber {
            url: "https://speech.example/v1/audio/transcriptions".into(),
            model: "whisper-1".into(),
            key: "v1.0a1b2c3d.bm9uY2U.c2VhbGVk".into(),
            last4: "k3Fq".into(),
            by: AGENT,
            at: NOW,
        }),
        dictated_until: NOW,
    }
}

/// Every row of a space.
pub fn space_rows() -> Vec<SpaceRow> {
    let slot = Slot {
        fence: Fence(3),
        agent: AGENT,
    };
    let mut rows = vec![
        SpaceRow::Space {
            space: "demo".parse().unwrap(),
            settings: settings(),
            offers_made: 9,
            zones: [zone()].into(),
            rounds_at: NOW,
        },
        SpaceRow::Doors(doors()),
        SpaceRow::Audit(audit_entry()),
        SpaceRow::Past(Past {
            visitor: VISITOR,
            conversation: CONVERSATION,
            closed_at: NOW,
            email: Some(EmailAddress::parse("zoe@shop.example").unwrap()),
            began_at: NOW,
            agent: Some(name("Jack")),
            first_words: "Where is my order?".into(),
        }),
        SpaceRow::Erasing(
            [Erasing {
                visitor: VISITOR,
                conversation: CONVERSATION,
                person: Some(VISITOR),
            }]
            .into_iter()
            .collect(),
        ),
        SpaceRow::Agent(Agent {
            agent: AGENT,
            name: name("Jack Smith"),
            screen_name: name("Jack"),
            role: Role::Admin,
            limit: Some(3),
            available: false,
            available_for: Some(2),
            deactivated: false,
            unseen: false,
            queues: Some(vec![label("returns")]),
            skills: vec![label("german")],
            last_offer: 9,
            tenure: Tenure {
                era: 2,
                departures: 1,
                number: 3,
                told: 2,
                wish: 4,
                outs: 5,
                ins: 6,
                shown: 7,
            },
        }),
    ];
    let reports = reports();
    rows.extend(item_states().into_iter().map(|state| {
        let is_filled = matches!(state, ItemState::Offered { .. } | ItemState::Held);
        SpaceRow::Item(Item {
            report: reports[0].clone(),
            waiting_since: NOW,
            queued_at: NOW,
            assigned_at: Some(NOW),
            fence: Fence(3),
            slots: is_filled.then(|| slot.clone()).into_iter().collect(),
            declined: vec![AGENT],
            returned: matches!(state, ItemState::Held).then_some(Returned {
                agent: AGENT,
                why: TransferEnd::Declined,
            }),
            insiders: vec![Insider {
                agent: AGENT,
                owed: true,
            }],
            given_back_by: matches!(state, ItemState::Waiting { .. }).then_some(AGENT),
            address: Some(u64::MAX),
            state,
        })
    }));
    rows
}

fn audit_entry() -> AuditEntry {
    let mut entry = AuditEntry {
        n: 1,
        at: NOW,
        who: Some(AGENT),
        what: Deed::SettingsChanged,
        object: "settings".into(),
        before: Some(r#"{"live_chat":true}"#.into()),
        after: Some(r#"{"live_chat":false}"#.into()),
        prev: "0".repeat(64),
        hash: String::new(),
    };
    entry.hash = entry.digest();
    entry
}

/// Every row of an account.
pub fn account_rows() -> Vec<AccountRow> {
    vec![
        AccountRow::Wish(Wish {
            agent: AGENT,
            number: 2,
            available: true,
            outs: 1,
            ins: 1,
            shown: Shown {
                number: 1,
                email: EmailAddress::parse("jack@shop.example").ok(),
            },
        }),
        AccountRow::Membership(Membership {
            space: "demo".parse().unwrap(),
            number: 3,
            member: true,
            owed: true,
            role: Role::Admin,
        }),
        AccountRow::Person(Account {
            name: Some(name("Jack Smith")),
            founder: true,
            identities: vec![Identity {
                issuer: "https://id.example".into(),
                subject: "42".into(),
            }],
            sessions: vec![Session {
                way: way(1),
                began_at: NOW,
                used_at: NOW,
                only: Some("demo".parse().unwrap()),
            }],
            links: vec![Link {
                way: way(2),
                expires_at: NOW,
                only: None,
                email: EmailAddress::parse("jack@shop.example").ok(),
            }],
        }),
        AccountRow::Sign(Sign {
            to: Some(AGENT),
            invited: vec![Invited {
                space: "demo".parse().unwrap(),
                id: way(1).id,
                expires_at: NOW,
            }],
        }),
    ]
}

/// Seats of a space.
pub fn space_seats() -> Vec<SpaceSeat> {
    let seat = |device| SpaceSeat {
        agent: AGENT,
        device,
        heard_at: NOW,
    };
    vec![seat(None), seat(Some((DEVICE, 2)))]
}
