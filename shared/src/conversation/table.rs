//! Every cell of (stage × command × who asks): what becomes of the command, and that one which is
//! refused changes nothing.
//!
//! A new command or stage stops the build at [`name_of`] or [`super::testing::Desk::stage`]: give
//! it its line in [`commands`] or [`stages`], then `UPDATE_EXPECT=1 cargo test -p shared` and read
//! the difference in `table/commands.txt`.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use expect_test::expect_file;

use super::testing::*;
use super::{Command, Effect, Input, TicketKind};
use crate::frame::{CloseCode, SocketId};
use crate::text::Title;

/// The customer with two tabs, the one who holds it, a colleague, a supervisor, an admin, and a
/// visitor whose conversation it is not.
const PEOPLE: [(&str, SocketId); 7] = [
    ("customer", CUSTOMER),
    ("other tab", SECOND_TAB),
    ("jack", JACK),
    ("mia", MIA),
    ("supervisor", ADA),
    ("admin", ROOT),
    ("stranger", STRANGER),
];

fn stages() -> Vec<(&'static str, Desk)> {
    let mut left = Desk::active();
    left.at(ms(0), Input::Disconnected { socket: CUSTOMER });
    vec![
        ("waiting", Desk::open()),
        ("active", Desk::active()),
        ("active, the customer has left", left),
        ("wrapping_up", Desk::wrapping_up()),
        ("closed", Desk::closed()),
    ]
}

fn commands() -> Vec<(&'static str, Command)> {
    let unknown = label("no_such_resolution");
    vec![
        ("post", post("Hi")),
        ("note", note("Hm")),
        ("end", Command::End),
        ("resolve", resolve()),
        (
            "resolve as something unknown",
            Command::Resolve {
                resolution: unknown,
                reason: None,
            },
        ),
        (
            "abandon",
            Command::Abandon {
                reason: None,
                note: None,
            },
        ),
        (
            "abandon with a note",
            Command::Abandon {
                reason: None,
                note: Some(text("He went away")),
            },
        ),
        (
            "create ticket",
            Command::CreateTicket {
                kind: TicketKind::Incident,
                title: Title::parse("Router is dead").unwrap(),
            },
        ),
    ]
}

/// The name of a command's table begins with this word.
const fn name_of(command: &Command) -> &'static str {
    match command {
        Command::Post { .. } => "post",
        Command::Note { .. } => "note",
        Command::End => "end",
        Command::Resolve { .. } => "resolve",
        Command::Abandon { .. } => "abandon",
        Command::CreateTicket { .. } => "create ticket",
    }
}

/// What a command makes of a conversation: the events, or `!` and the refusal, or the code that
/// the asker's socket was closed with.
fn outcome(mut desk: Desk, who: SocketId, command: Command) -> String {
    if !desk.seats.contains_key(&who) {
        let effects = desk.at(ms(1), connected(who));
        if let [Effect::Close { code, .. }] = effects[..] {
            assert_eq!(code, CloseCode::Unknown);
            return format!("closed {}", code.number());
        }
        desk.at(ms(1), hello(who));
    }
    let n = desk.machine.born().sockets[&who].expected.unwrap_or(1);
    let before = desk.clone();
    let mut effects = desk.at(ms(1), send(who, n, 50, command.clone()));
    if has_asked(&effects) {
        desk.at(ms(1), no_news());
        effects = desk.at(ms(1), send(who, n, 50, command));
    }
    if let Some(refusal) = refused(who, &effects) {
        assert_eq!(before.rows, desk.rows, "refused: {refusal}");
        assert_eq!(before.seats, desk.seats, "refused: {refusal}");
        let (mut before, mut after) = (before.machine.born().clone(), desk.machine.born().clone());
        before.sockets.clear();
        after.sockets.clear();
        before.allowances.clear();
        after.allowances.clear();
        assert_eq!(before, after, "refused: {refusal}");
        return format!("!{}", refusal.code());
    }
    saved_kinds(&effects).join("+")
}

#[test]
fn a9_a2_the_table_of_stage_command_and_person() {
    let mut table = String::new();
    for (name, command) in commands() {
        assert!(name.starts_with(name_of(&command)));
        table.push_str(&format!("{name}\n"));
        for (stage, desk) in stages() {
            assert!(stage.starts_with(desk.stage()));
            let cells = PEOPLE.map(|(who, socket)| {
                let gets = outcome(desk.clone(), socket, command.clone());
                format!("{who}: {gets}")
            });
            table.push_str(&format!("  {stage:31}{}\n", cells.join("; ")));
        }
    }
    expect_file!["table/commands.txt"].assert_eq(&table);
}
