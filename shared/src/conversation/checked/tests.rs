//! FI6 to FI9.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a test looks for one effect among many"
)]

use alloc::vec;
use alloc::vec::Vec;

use super::super::testing::*;
use super::super::{Command, Input};
use super::*;
use crate::file::{FileName, Kind};
use crate::frame::SocketId;
use crate::rights::Side;

const FILE: u8 = 101;

fn id() -> FileId {
    file(FILE, 9).file
}

/// A conversation in which the customer has sent a file that is checked since 10 ms.
fn checking() -> Desk {
    let mut desk = Desk::active();
    let mut sent = file(FILE, 9);
    sent.check = Check::Checking;
    let effects = desk.at(
        ms(10),
        Input::Asked {
            person: person(CUSTOMER),
            id: command_id(FILE),
            command: Command::SendFile(Box::new(sent.clone())),
        },
    );
    assert!(effects.contains(&Effect::Check(Box::new(sent))));
    desk
}

fn judge(desk: &mut Desk, at: Timestamp, verdict: Verdict) -> Vec<Effect> {
    let file = id();
    desk.at(at, Input::Checked { file, verdict })
}

/// How the file stands to both sides.
fn stands(desk: &Desk) -> Sent {
    let read = |who| desk.machine.file(&person(who), id()).unwrap().cloned();
    let sent = read(CUSTOMER).unwrap();
    assert_eq!(read(JACK), Some(sent.clone()));
    sent
}

fn again(desk: &mut Desk, at: Timestamp, who: SocketId) -> Result<(), Refusal> {
    let (person, file) = (person(who), id());
    let may = desk.machine.may_check_again(&person, file);
    let effects = desk.at(at, Input::CheckAgain { person, file });
    let checks = effects
        .iter()
        .any(|effect| matches!(effect, Effect::Check(_)));
    assert_eq!(checks, may.is_ok());
    may
}

#[test]
fn fi7_sec_u9_the_first_verdict_counts() {
    let accept = || Verdict::Accepted;
    let refuse = || Verdict::Refused(Some(Title::parse("A virus").unwrap()));
    let cases = [
        ("accepted", vec![accept()], Check::Passed),
        ("refused", vec![refuse()], Check::Refused),
        ("failed", vec![Verdict::Failed], Check::Failed),
        ("twice", vec![accept(), accept()], Check::Passed),
        ("otherwise", vec![accept(), refuse()], Check::Passed),
        ("otherwise", vec![refuse(), accept()], Check::Refused),
        (
            "failed late",
            vec![accept(), Verdict::Failed],
            Check::Passed,
        ),
        ("late", vec![Verdict::Failed, accept()], Check::Passed),
    ];
    for (case, verdicts, expected) in cases {
        let mut desk = checking();
        assert_eq!(stands(&desk).check, Check::Checking);
        let mut removed = 0;
        for (n, verdict) in (0..).zip(verdicts) {
            let effects = judge(&mut desk, ms(20 + n), verdict);
            removed += effects
                .iter()
                .filter(|effect| matches!(effect, Effect::RemoveFile(_)))
                .count();
        }
        assert_eq!(stands(&desk).check, expected, "{case}");
        assert_eq!(removed, usize::from(expected == Check::Refused), "{case}");
        desk.wake(ms(30));
        assert_eq!(stands(&desk).check, expected, "{case}: a wake");
        for side in [Side::Customer, Side::Agent] {
            let log = desk.log(side);
            let told = log.iter().rev().find_map(|entry| match &entry.event {
                Event::FileChecked { message, sent, .. } => Some((*message, sent.check)),
                _ => None,
            });
            assert_eq!(told, Some((command_id(FILE), expected)), "{case} {side:?}");
        }
    }
}

#[test]
fn fi7_what_nobody_judges_in_time_has_failed() {
    let mut desk = checking();
    assert_eq!(desk.machine.next_deadline(), Some(ms(30_010)));
    desk.wake(ms(20_000));
    assert_eq!(desk.machine.next_deadline(), Some(ms(30_010)), "a wake");
    assert!(desk.at(ms(30_009), Input::Tick).is_empty());
    desk.at(ms(30_010), Input::Tick);
    assert_eq!(stands(&desk).check, Check::Failed);
    let once = desk.log(Side::Agent).len();
    judge(&mut desk, ms(30_011), Verdict::Failed);
    desk.at(ms(90_000), Input::Tick);
    assert_eq!(desk.log(Side::Agent).len(), once, "said once");
}

#[test]
fn fi8_its_sender_has_a_failed_one_checked_again() {
    let mut desk = checking();
    assert_eq!(again(&mut desk, ms(11), CUSTOMER), Err(Refusal::FileJudged));
    judge(&mut desk, ms(20), Verdict::Failed);
    assert_eq!(again(&mut desk, ms(21), JACK), Err(Refusal::NotAuthor));
    assert_eq!(
        again(&mut desk, ms(21), STRANGER),
        Err(Refusal::ConversationUnknown)
    );
    assert_eq!(again(&mut desk, ms(21), CUSTOMER), Ok(()));
    assert_eq!(stands(&desk).check, Check::Checking);
    assert_eq!(again(&mut desk, ms(22), CUSTOMER), Err(Refusal::FileJudged));
    assert_eq!(desk.machine.next_deadline(), Some(ms(30_021)));
    judge(&mut desk, ms(30), Verdict::Accepted);
    assert_eq!(stands(&desk).check, Check::Passed);
    assert_eq!(again(&mut desk, ms(31), CUSTOMER), Err(Refusal::FileJudged));

    let mut desk = checking();
    judge(&mut desk, ms(20), Verdict::Failed);
    desk.at(ms(21), send(CUSTOMER, 1, 120, Command::End));
    assert_eq!(again(&mut desk, ms(22), CUSTOMER), Err(Refusal::Ended));
}

#[test]
fn fi9_what_replaces_it_has_its_id_and_its_name() {
    let mut desk = checking();
    let other = Sent {
        name: FileName::clean("other.png"),
        kind: Kind::Png,
        size: 5,
        ..file(99, 5)
    };
    judge(&mut desk, ms(20), Verdict::Replaced(Box::new(other)));
    let sent = stands(&desk);
    let expected = Sent {
        kind: Kind::Png,
        size: 5,
        ..file(FILE, 9)
    };
    assert_eq!(sent, expected);
    desk.wake(ms(21));
    assert_eq!(stands(&desk), expected);
}

#[test]
fn fi7_a_verdict_on_what_is_gone_says_nothing() {
    let mut desk = checking();
    desk.at(
        ms(20),
        Input::Asked {
            person: person(CUSTOMER),
            id: command_id(120),
            command: delete(FILE),
        },
    );
    let before = desk.log(Side::Agent).len();
    judge(&mut desk, ms(21), Verdict::Accepted);
    desk.at(ms(40_000), Input::Tick);
    assert_eq!(desk.log(Side::Agent).len(), before);
    assert_eq!(desk.machine.file(&person(CUSTOMER), id()), Ok(None));
}
