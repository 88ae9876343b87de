//! FI1 to FI5.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a test looks for one effect among many"
)]

use alloc::boxed::Box;

use super::super::testing::*;
use super::super::{Input, Instruction, Source};
use super::*;
use crate::frame::{FromServer, SocketId};
use crate::rights::Side;
use crate::time::Timestamp;

fn send(who: SocketId, id: u8, size: u64) -> Input {
    Input::Asked {
        person: person(who),
        id: command_id(id),
        command: Command::SendFile(Box::new(file(id, size))),
    }
}

/// What the sender is answered.
fn sent(
    desk: &mut Desk,
    now: Timestamp,
    who: SocketId,
    (id, size): (u8, u64),
) -> Result<(), Refusal> {
    let asked = (command_id(id), file(id, size));
    let may = desk.machine.may_send(now, &person(who), asked);
    let effects = desk.at(now, send(who, id, size));
    let answer = effects.into_iter().find_map(|effect| match effect {
        Effect::Replied { reply, .. } => Some(reply),
        _ => None,
    });
    let answer = answer.unwrap();
    if answer.is_ok() {
        assert!(may.is_ok(), "what is taken may be announced");
    } else {
        assert_eq!(may, answer, "and what is not, may not");
    }
    answer
}

#[test]
fn fi1_a_file_is_sent_by_whoever_has_seen_it_come() {
    let mut desk = Desk::active();
    for who in [CUSTOMER, JACK, MIA] {
        let command = Command::SendFile(Box::new(file(1, 9)));
        let refused = desk.at(ms(10), super::super::testing::send(who, 1, 1, command));
        let refused = refused.iter().find_map(|effect| match effect {
            Effect::Send {
                frame: FromServer::Refused { refusal, .. },
                ..
            } => Some(refusal.clone()),
            _ => None,
        });
        assert_eq!(refused, Some(Refusal::Forbidden), "{who:?}");
    }
    assert_eq!(sent(&mut desk, ms(20), CUSTOMER, (2, 9)), Ok(()));
    assert_eq!(sent(&mut desk, ms(20), JACK, (3, 9)), Ok(()));
    assert_eq!(
        sent(&mut desk, ms(20), MIA, (4, 9)),
        Err(Refusal::NotAssignee)
    );
    assert_eq!(
        sent(&mut desk, ms(20), STRANGER, (5, 9)),
        Err(Refusal::ConversationUnknown)
    );
    for side in [Side::Customer, Side::Agent] {
        let log = desk.log(side);
        let files = log
            .iter()
            .filter(|entry| matches!(entry.event, Event::FileSent(_)));
        assert_eq!(files.count(), 2, "{side:?}");
    }
    let mut desk = Desk::closed();
    let late = sent(&mut desk, ms(99_000), CUSTOMER, (6, 9));
    assert_eq!(late, Err(Refusal::Closed));
}

#[test]
fn fi2_u15_twenty_an_hour_and_200_mb_a_day() {
    let mut desk = Desk::active();
    let at = |minute: u64| ms(1_000 + minute * 60_000);
    for id in 0..20 {
        assert_eq!(
            sent(&mut desk, at(id.into()), CUSTOMER, (100 + id, 1)),
            Ok(())
        );
        // Nobody is idle that long.
        desk.at(at(id.into()), Input::Tick);
    }
    let wait = |minutes: u32| {
        Err(Refusal::RateLimited {
            retry_after: minutes * 60,
        })
    };
    assert_eq!(sent(&mut desk, at(20), CUSTOMER, (130, 1)), wait(40));
    assert_eq!(
        sent(&mut desk, at(20), JACK, (131, 1)),
        Ok(()),
        "agents are others"
    );
    let mut desk = Desk::active();
    for id in 0..8 {
        assert_eq!(
            sent(&mut desk, ms(1_000), CUSTOMER, (100 + id, 25_000_000)),
            Ok(())
        );
    }
    assert_eq!(
        sent(&mut desk, ms(61_000), CUSTOMER, (130, 1)),
        wait(24 * 60 - 1)
    );
    desk.wake(ms(61_000));
    assert_eq!(
        sent(&mut desk, ms(61_000), CUSTOMER, (131, 1)),
        wait(24 * 60 - 1),
        "a wake"
    );
}

#[test]
fn fi3_a_file_is_a_message_without_words() {
    let mut desk = Desk::active();
    sent(&mut desk, ms(10), CUSTOMER, (101, 9)).unwrap();
    let cases = [
        (CUSTOMER, react(101, true), None),
        (JACK, react(101, true), None),
        (JACK, reply("Thanks", 101), None),
        (CUSTOMER, edit(101, "Oh"), Some(Refusal::Forbidden)),
        (JACK, delete(101), Some(Refusal::NotAuthor)),
    ];
    for (at, (who, command, expected)) in cases.into_iter().enumerate() {
        let now = ms(20 + at as u64);
        let input = Input::Asked {
            person: person(who),
            id: command_id(110 + at as u8),
            command: command.clone(),
        };
        let effects = desk.at(now, input);
        let refusal = effects.iter().find_map(|effect| match effect {
            Effect::Replied { reply, .. } => Some(reply.clone().err()),
            _ => None,
        });
        assert_eq!(refusal, Some(expected), "{command:?}");
    }
}

#[test]
fn fi5_f64_d10_no_file_where_its_source_has_them_switched_off() {
    let cases = [
        (Source::VirtualAgent, None, true),
        (Source::Widget, None, false),
        (Source::Api, None, false),
        (Source::VirtualAgent, Some(alloc::vec![]), false),
        (Source::Widget, Some(alloc::vec![Source::Widget]), true),
    ];
    for (source, files_off, is_off) in cases {
        let case = alloc::format!("{source:?} {files_off:?}");
        let mut birth = birth();
        birth.source = source;
        birth.settings.files_off = files_off.unwrap_or(birth.settings.files_off);
        let mut desk = Desk::with(Input::Begin {
            birth,
            id: command_id(0),
            text: text("My order has not arrived"),
        });
        desk.at(ms(0), assign(1, Some(JACK)));
        let expected = if is_off {
            Err(Refusal::FilesOff)
        } else {
            Ok(())
        };
        for (who, id) in [(CUSTOMER, 101), (JACK, 102)] {
            assert_eq!(sent(&mut desk, ms(10), who, (id, 9)), expected, "{case}");
            // Over a socket the same word, where it is not the wrong door in any case.
            let command = Command::SendFile(Box::new(file(id + 10, 9)));
            let told = desk.at(
                ms(11),
                super::super::testing::send(who, 1, id + 10, command),
            );
            let refused = refused(who, &told);
            let word = if is_off {
                Refusal::FilesOff
            } else {
                Refusal::Forbidden
            };
            assert_eq!(refused, Some(word), "{case}");
        }
        for side in [Side::Customer, Side::Agent] {
            let log = desk.log(side);
            let Some(Event::Opened { files_off, .. }) = log.first().map(|entry| &entry.event)
            else {
                panic!("{case}: {log:?}")
            };
            assert_eq!(*files_off, is_off, "{case}");
        }
    }
}

#[test]
fn fi4_sec_u4_01_a_file_is_read_by_those_who_see_it_until_it_is_gone() {
    let mut desk = Desk::active();
    sent(&mut desk, ms(10), CUSTOMER, (101, 9)).unwrap();
    sent(&mut desk, ms(11), CUSTOMER, (102, 9)).unwrap();
    let id = |n: u8| file(n, 9).file;
    let reads = |desk: &Desk, who, n| {
        let found = desk.machine.file(&person(who), id(n));
        found.is_ok_and(|found| found.is_some())
    };
    for who in [CUSTOMER, JACK, MIA, ADA] {
        assert!(reads(&desk, who, 101), "{who:?}");
    }
    let told = desk.machine.file(&person(STRANGER), id(101));
    assert_eq!(told, Err(Refusal::ConversationUnknown));
    assert!(!reads(&desk, CUSTOMER, 103), "there is none");
    let input = Input::Asked {
        person: person(CUSTOMER),
        id: command_id(110),
        command: delete(101),
    };
    let effects = desk.at(ms(20), input.clone());
    assert!(effects.contains(&Effect::RemoveFile(id(101))));
    assert!(
        !desk
            .at(ms(21), input)
            .contains(&Effect::RemoveFile(id(101))),
        "a repeat"
    );
    desk.wake(ms(22));
    assert!(!reads(&desk, CUSTOMER, 101) && reads(&desk, CUSTOMER, 102));
    desk.at(ms(30), Input::Instructed(Instruction::Erase));
    assert!(!reads(&desk, JACK, 102));
    desk.wake(ms(31));
    assert!(!reads(&desk, JACK, 102));
    let names = desk.log(Side::Agent);
    let names = names.iter().filter_map(|entry| match &entry.event {
        Event::FileSent(sent) => Some(sent.name.as_str()),
        _ => None,
    });
    assert!(names.eq(["file", "file"]));
}
