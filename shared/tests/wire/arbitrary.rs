//! Strategies: any frame at all.

use proptest::array::uniform16;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample;
use shared::conversation::{
    Author, Change, Command as ConversationCommand, Cursor, Cursors, EndCause, Entry, Event, Fence,
    Rating, Seq, Source, Stars, Ticket, TicketKind, TicketStatus,
};
use shared::file::{Check, FileName, Kind, Sent};
use shared::frame::{FrameError, FromServer, Hello, ToServer, Welcome};
use shared::id::{
    AgentId, CommandId, ConversationId, DeviceId, EpochId, FileId, TicketId, VisitorId,
};
use shared::identity::Identity;
use shared::refusal::Refusal;
use shared::rights::{Role, Side};
use shared::settings::{OfferMode, Reason, Resolution, SettingFault};
use shared::space::{
    Command as SpaceCommand, Counts, Desk, Me, Offer, Place, Target, Transfer, TransferEnd,
    Transferred, WorkItem,
};
use shared::text::{CustomerId, EmailAddress, Emoji, Label, MessageText, PersonName, Title};
use shared::time::Timestamp;

macro_rules! ids {
    ($($name:ident $id:ident)*) => {$(
        fn $name() -> impl Strategy<Value = $id> {
            uniform16(any::<u8>()).prop_map($id::from_bytes)
        }
    )*};
}

ids! {
    conversation ConversationId
    command_id CommandId
    agent AgentId
    visitor VisitorId
    device DeviceId
    epoch EpochId
}

/// Any text: also control characters, quotes and what lies outside the first plane.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![".{0,60}", "[\\x00-\\x1f\"\\\\𝄞é☃]{0,20}", any::<String>()]
}

fn text() -> impl Strategy<Value = MessageText> {
    any_text().prop_filter_map("a message", |text| MessageText::parse(&text).ok())
}

fn name() -> impl Strategy<Value = PersonName> {
    any_text().prop_filter_map("a name", |text| PersonName::parse(&text).ok())
}

fn label() -> impl Strategy<Value = Label> {
    "[a-zA-Z0-9_-]{1,32}".prop_filter_map("a label", |text| Label::parse(&text).ok())
}

fn seq() -> impl Strategy<Value = Seq> {
    any::<u64>().prop_map(Seq)
}

fn fence() -> impl Strategy<Value = Fence> {
    any::<u64>().prop_map(Fence)
}

fn moment() -> impl Strategy<Value = Timestamp> {
    any::<u64>().prop_map(Timestamp::from_millis)
}

fn cursor() -> impl Strategy<Value = Cursor> {
    (seq(), seq()).prop_map(|(delivered, read)| Cursor { delivered, read })
}

pub fn cursors() -> impl Strategy<Value = Cursors> {
    prop_oneof![
        (cursor(), cursor()).prop_map(|(customer, agent)| Cursors { customer, agent }),
        (seq(), seq()).prop_map(|(customer, agent)| {
            let all = |read| Cursor {
                delivered: read,
                read,
            };
            Cursors {
                customer: all(customer),
                agent: all(agent),
            }
        }),
    ]
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Customer), Just(Side::Agent)]
}

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![Just(Role::Agent), Just(Role::Supervisor), Just(Role::Admin)]
}

fn source() -> impl Strategy<Value = Source> {
    sample::select(&Source::ALL[..])
}

fn cause() -> impl Strategy<Value = EndCause> {
    prop_oneof![
        Just(EndCause::Agent),
        Just(EndCause::Customer),
        Just(EndCause::NotAnswered),
        Just(EndCause::Idle),
        Just(EndCause::Age),
    ]
}

/// Any command to a conversation.
pub fn conversation_command() -> impl Strategy<Value = ConversationCommand> {
    prop_oneof![
        (text(), option::of(command_id()))
            .prop_map(|(text, reply_to)| ConversationCommand::Post { text, reply_to }),
        text().prop_map(|text| ConversationCommand::Note { text }),
        Just(ConversationCommand::End),
        (label(), option::of(label())).prop_map(|(resolution, reason)| {
            ConversationCommand::Resolve { resolution, reason }
        }),
        (option::of(label()), option::of(text()))
            .prop_map(|(reason, note)| ConversationCommand::Abandon { reason, note }),
        (ticket_kind(), title())
            .prop_map(|(kind, title)| ConversationCommand::CreateTicket { kind, title }),
        (command_id(), change())
            .prop_map(|(message, change)| ConversationCommand::Change { message, change }),
        rating().prop_map(ConversationCommand::Rate),
        file().prop_map(|sent| ConversationCommand::SendFile(Box::new(sent))),
        option::of(label()).prop_map(|language| ConversationCommand::MailTranscript { language }),
    ]
}

fn rating() -> impl Strategy<Value = Rating> {
    (1..=5_u8, option::of(text())).prop_map(|(stars, comment)| Rating {
        stars: Stars::try_from(stars).unwrap(),
        comment,
    })
}

fn file() -> impl Strategy<Value = Sent> {
    let side = || option::of(any::<u32>());
    let kind = sample::select(&Kind::ALL[..]);
    let check = sample::select(vec![
        Check::Passed,
        Check::Checking,
        Check::Refused,
        Check::Failed,
    ]);
    let bytes = any::<[u8; 16]>();
    (bytes, ".*", kind, any::<u64>(), side(), side(), check).prop_map(
        |(file, name, kind, size, width, height, check)| Sent {
            file: FileId::from_bytes(file),
            name: FileName::clean(&name),
            kind,
            size,
            width,
            height,
            check,
        },
    )
}

fn change() -> impl Strategy<Value = Change> {
    let emoji = prop_oneof![Just("👍"), Just("❤️"), Just("👩‍👩‍👧‍👦"), Just("1️⃣")];
    let emoji = emoji.prop_map(|emoji| Emoji::parse(emoji).unwrap());
    prop_oneof![
        text().prop_map(Change::Text),
        Just(Change::Deletion),
        (emoji, any::<bool>()).prop_map(|(emoji, on)| Change::Reaction { emoji, on }),
    ]
}

/// Any command to a space.
pub fn space_command() -> impl Strategy<Value = SpaceCommand> {
    prop_oneof![
        any::<(bool, Option<u8>)>().prop_map(|(available, for_chats)| {
            SpaceCommand::SetAvailable {
                available,
                for_chats,
            }
        }),
        (conversation(), fence()).prop_map(|(conversation, fence)| SpaceCommand::Accept {
            conversation,
            fence,
        }),
        (conversation(), fence()).prop_map(|(conversation, fence)| SpaceCommand::Decline {
            conversation,
            fence
        }),
        conversation().prop_map(|conversation| SpaceCommand::Take { conversation }),
        conversation().prop_map(|conversation| SpaceCommand::Unassign { conversation }),
        (conversation(), target(), option::of(text())).prop_map(|(conversation, to, note)| {
            SpaceCommand::Transfer {
                conversation,
                to,
                note,
            }
        }),
        (conversation(), option::of(title()), any::<Option<u32>>()).prop_map(
            |(conversation, reason, for_s)| SpaceCommand::Block {
                conversation,
                reason,
                for_s,
            }
        ),
        visitor().prop_map(|visitor| SpaceCommand::Unblock { visitor }),
    ]
}

fn target() -> impl Strategy<Value = Target> {
    prop_oneof![
        (agent(), option::of(label())).prop_map(|(agent, queue)| Target::Agent { agent, queue }),
        label().prop_map(|queue| Target::Queue { queue }),
    ]
}

fn transfer_end() -> impl Strategy<Value = TransferEnd> {
    prop_oneof![
        Just(TransferEnd::Declined),
        Just(TransferEnd::Expired),
        Just(TransferEnd::Ended),
        Just(TransferEnd::AgentLeft),
    ]
}

fn transfer() -> impl Strategy<Value = Transfer> {
    prop_oneof![
        (name(), moment()).prop_map(|(to, expires_at)| Transfer::Asked { to, expires_at }),
        (name(), transfer_end()).prop_map(|(to, why)| Transfer::Returned { to, why }),
    ]
}

/// Any frame to an object, around any of its commands.
pub fn to_server<C: std::fmt::Debug + Clone>(
    command: impl Strategy<Value = C>,
) -> impl Strategy<Value = ToServer<C>> {
    let hello = (device(), any::<u32>(), option::of(epoch()), seq(), cursor());
    prop_oneof![
        hello.prop_map(|(device, connection, epoch, after, cursor)| {
            ToServer::Hello(Hello {
                device,
                connection,
                epoch,
                after,
                cursor,
            })
        }),
        (any::<u32>(), command_id(), command).prop_map(|(n, id, command)| ToServer::Send {
            n,
            id,
            command
        }),
        seq().prop_map(|after| ToServer::Sync { after }),
        seq().prop_map(|seq| ToServer::Received { seq }),
        cursor().prop_map(|cursor| ToServer::Seen { cursor }),
        any::<bool>().prop_map(|typing| ToServer::Typing { typing }),
        any_text().prop_map(|token| ToServer::Renew { token }),
    ]
}

fn author() -> impl Strategy<Value = Author> {
    prop_oneof![
        Just(Author::Customer),
        (agent(), name()).prop_map(|(agent, name)| Author::Agent { agent, name }),
        Just(Author::System),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (
            visitor(),
            name(),
            label(),
            source(),
            option::of(name()),
            option::of(conversation()),
            option::of(identity()),
            any::<bool>(),
        )
            .prop_map(
                |(visitor, name, queue, source, company, follows, identity, files_off)| {
                    Event::Opened {
                        visitor,
                        name,
                        queue,
                        source,
                        company,
                        follows,
                        email: identity
                            .as_ref()
                            .and_then(|identity| identity.email.clone()),
                        identity: identity.map(Box::new),
                        files_off,
                    }
                }
            ),
        (text(), option::of(command_id()))
            .prop_map(|(text, reply_to)| Event::MessagePosted { text, reply_to }),
        (command_id(), change(), any::<bool>()).prop_map(|(message, change, note)| {
            Event::MessageChanged {
                message,
                change,
                note,
            }
        }),
        text().prop_map(|text| Event::NotePosted { text }),
        file().prop_map(|sent| Event::FileSent(Box::new(sent))),
        (command_id(), file(), option::of(title())).prop_map(|(message, sent, reason)| {
            Event::FileChecked {
                message,
                sent: Box::new(sent),
                reason,
            }
        }),
        Just(Event::AgentRequested),
        (agent(), name(), fence(), option::of(label()), any::<bool>()).prop_map(
            |(agent, name, fence, queue, taken)| {
                Event::AgentAssigned {
                    agent,
                    name,
                    fence,
                    queue,
                    taken,
                }
            }
        ),
        (fence(), option::of(label()))
            .prop_map(|(fence, queue)| Event::AgentUnassigned { fence, queue }),
        Just(Event::IdleWarned),
        Just(Event::WrapUpReminded),
        Just(Event::Erased),
        cause().prop_map(|cause| Event::Ended { cause }),
        (label(), option::of(cause()), option::of(title())).prop_map(
            |(resolution, cause, name)| Event::Closed {
                resolution,
                cause,
                name,
            }
        ),
        (label(), title()).prop_map(|(reason, name)| Event::ReasonGiven { reason, name }),
        ticket().prop_map(|ticket| Event::TicketCreated {
            ticket: ticket.ticket,
            kind: ticket.kind,
            title: ticket.title,
        }),
        ticket_status().prop_map(|status| Event::TicketChanged { status }),
        (visitor(), identity()).prop_map(|(visitor, identity)| Event::CustomerIdentified {
            visitor,
            identity: Box::new(identity),
        }),
        any::<bool>().prop_map(|required| Event::VerificationSet { required }),
        rating().prop_map(Event::Rated),
        option::of(label()).prop_map(|language| Event::TranscriptMailed { language }),
        Just(Event::Unknown),
    ]
}

fn identity() -> impl Strategy<Value = Identity> {
    (
        "[a-z0-9|:-]{1,20}",
        option::of(name()),
        option::of("[a-z]{1,9}@[a-z]{1,9}"),
        option::of(name()),
    )
        .prop_map(|(id, name, email, company)| Identity {
            id: CustomerId::parse(&id).unwrap(),
            name,
            email: email.map(|email| EmailAddress::parse(&email).unwrap()),
            company,
        })
}

pub fn entry() -> impl Strategy<Value = Entry> {
    (seq(), moment(), author(), option::of(command_id()), event()).prop_map(
        |(seq, at, author, id, event)| Entry {
            seq,
            at,
            author,
            id,
            event,
        },
    )
}

fn refusal() -> impl Strategy<Value = Refusal> {
    let plain = proptest::sample::select(vec![
        Refusal::Forbidden,
        Refusal::NotAssignee,
        Refusal::OfferOver,
        Refusal::OfferNotYours,
        Refusal::AgentUnavailable,
        Refusal::NotWaiting,
        Refusal::Ended,
        Refusal::Closed,
        Refusal::ResolutionUnknown,
        Refusal::CommandConflict,
        Refusal::ConversationUnknown,
        Refusal::SpaceUnknown,
        Refusal::SpaceOff,
        Refusal::ChallengeRequired,
        Refusal::LastAdmin,
        Refusal::VerificationRequired,
        Refusal::LinkOver,
        Refusal::SessionOver,
        Refusal::NotInvited,
        Refusal::TooMany { limit: 5 },
        Refusal::TokenRevoked,
        Refusal::AgentUnknown,
        Refusal::IdUnknown,
    ]);
    prop_oneof![
        plain,
        name().prop_map(|name| Refusal::AlreadyAssigned { name }),
        any::<u8>().prop_map(|limit| Refusal::NoFreeSlot { limit }),
        conversation().prop_map(|conversation| Refusal::ConversationOpen { conversation }),
        option::of(text()).prop_map(|text| Refusal::QueueFull { text }),
        (any_text(), any::<(u32, u32)>()).prop_map(|(field, (min, max))| {
            Refusal::SettingInvalid(SettingFault::OutOfRange { min, max }.of(&field))
        }),
        Just(Refusal::Blocked),
        any::<u32>().prop_map(|retry_after| Refusal::RateLimited { retry_after }),
        any::<u32>().prop_map(|version| Refusal::SettingsChanged { version }),
        (label(), any::<u32>()).prop_map(|(queue, items)| Refusal::QueueInUse { queue, items }),
    ]
}

fn offer() -> impl Strategy<Value = Offer> {
    let who = (
        conversation(),
        fence(),
        name(),
        any_text(),
        option::of(name()),
        vec(label(), 0..3),
    );
    let what = (label(), source(), moment(), any::<u64>(), moment());
    (who, what).prop_map(
        |(
            (conversation, fence, customer, first_words, company, skills),
            (queue, source, waiting_since, lasts_ms, expires_at),
        )| Offer {
            conversation,
            fence,
            customer,
            first_words,
            queue,
            source,
            company,
            skills,
            waiting_since,
            lasts_ms,
            expires_at,
        },
    )
}

fn transferred() -> impl Strategy<Value = Transferred> {
    (offer(), name(), text()).prop_map(|(offer, from, note)| Transferred { offer, from, note })
}

fn work_item() -> impl Strategy<Value = WorkItem> {
    let who = (
        conversation(),
        name(),
        any_text(),
        option::of(name()),
        vec(label(), 0..3),
    );
    let what = (
        label(),
        source(),
        moment(),
        option::of(cause()),
        option::of(transfer()),
        option::of(ticket()),
    );
    (who, what).prop_map(
        |(
            (conversation, customer, first_words, company, skills),
            (queue, source, waiting_since, ended, transfer, ticket),
        )| WorkItem {
            conversation,
            customer,
            first_words,
            queue,
            source,
            company,
            skills,
            waiting_since,
            ended,
            transfer,
            ticket,
        },
    )
}

fn place() -> impl Strategy<Value = Place> {
    let flags = any::<(bool, bool)>();
    (
        moment(),
        any::<u32>(),
        option::of(any::<u32>()),
        flags,
        option::of(moment()),
    )
        .prop_map(
            |(as_of, number, wait_s, (on_duty, open_now), opens_at)| Place {
                as_of,
                number,
                wait_s,
                on_duty,
                open_now,
                opens_at,
            },
        )
}

fn me() -> impl Strategy<Value = Me> {
    let who = (agent(), name(), name(), role(), name());
    (who, any::<(bool, Option<u8>, u8, u8)>()).prop_map(
        |((agent, name, screen_name, role, space), (available, available_for, limit, used))| Me {
            agent,
            name,
            screen_name,
            role,
            available,
            available_for,
            limit,
            used,
            space,
        },
    )
}

fn desk() -> impl Strategy<Value = Desk> {
    let lists = (
        vec(offer(), 0..3),
        vec(transferred(), 0..2),
        vec(work_item(), 0..5),
        vec(resolution(), 0..5),
        vec(reason(), 0..3),
    );
    (moment(), me(), lists, mode()).prop_map(|(now, me, lists, offer_mode)| {
        let (offers, transferred, items, resolutions, reasons) = lists;
        Desk {
            now,
            me,
            offers,
            transferred,
            items,
            resolutions,
            reasons,
            offer_mode,
        }
    })
}

fn title() -> impl Strategy<Value = Title> {
    name().prop_map(|name| Title::parse(name.as_str()).unwrap())
}

fn resolution() -> impl Strategy<Value = Resolution> {
    (label(), title()).prop_map(|(id, name)| Resolution::new(id, name))
}

fn reason() -> impl Strategy<Value = Reason> {
    (label(), title()).prop_map(|(id, name)| Reason { id, name })
}

fn ticket_kind() -> impl Strategy<Value = TicketKind> {
    prop_oneof![Just(TicketKind::Incident), Just(TicketKind::WorkOrder)]
}

fn ticket_status() -> impl Strategy<Value = TicketStatus> {
    proptest::sample::select(vec![
        TicketStatus::New,
        TicketStatus::InProgress,
        TicketStatus::Resolved,
        TicketStatus::Cancelled,
    ])
}

fn ticket() -> impl Strategy<Value = Ticket> {
    (any::<[u8; 16]>(), ticket_kind(), title(), ticket_status()).prop_map(
        |(id, kind, title, status)| Ticket {
            ticket: TicketId::from_bytes(id),
            kind,
            title,
            status,
        },
    )
}

fn mode() -> impl Strategy<Value = OfferMode> {
    prop_oneof![
        Just(OfferMode::Offer),
        Just(OfferMode::AutoAccept),
        Just(OfferMode::Manual),
    ]
}

/// Any frame to a client.
pub fn from_server() -> impl Strategy<Value = FromServer> {
    let welcome = (any::<u32>(), epoch(), seq(), moment(), any::<u32>());
    let error = prop_oneof![
        any_text().prop_map(|expected| FrameError::WrongKind { expected }),
        any::<u32>().prop_map(|max| FrameError::TooLarge { max }),
        any_text().prop_map(|reason| FrameError::Malformed { reason }),
    ];
    let talk = prop_oneof![
        welcome.prop_map(|(connection, epoch, head, now, heartbeat_ms)| {
            FromServer::Welcome(Welcome {
                connection,
                epoch,
                head,
                now,
                heartbeat_ms,
            })
        }),
        vec(entry(), 0..8).prop_map(FromServer::Entries),
        seq().prop_map(|head| FromServer::Limited { head }),
        seq().prop_map(|head| FromServer::Live { head }),
        (command_id(), seq(), moment()).prop_map(|(id, seq, at)| FromServer::Repeated {
            id,
            seq,
            at
        }),
        (cursor(), cursor())
            .prop_map(|(customer, agent)| FromServer::Cursors(Cursors { customer, agent })),
        (side(), any::<bool>()).prop_map(|(side, typing)| FromServer::Typing { side, typing }),
    ];
    let rest = prop_oneof![
        command_id().prop_map(|id| FromServer::Done { id }),
        (command_id(), refusal()).prop_map(|(id, refusal)| FromServer::Refused { id, refusal }),
        any::<(u32, u32)>().prop_map(|(n, retry_ms)| FromServer::Hold { n, retry_ms }),
        desk().prop_map(|desk| FromServer::Desk(Box::new(desk))),
        any::<([u32; 4], u64)>().prop_map(
            |([waiting, active, wrapping_up, available], colleagues)| {
                FromServer::Counts(Counts {
                    waiting,
                    active,
                    wrapping_up,
                    available,
                    colleagues,
                })
            }
        ),
        place().prop_map(FromServer::Place),
        Just(FromServer::Renew),
        error.prop_map(|error| FromServer::Bad { error }),
    ];
    prop_oneof![talk, rest]
}
