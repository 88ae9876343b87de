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
use super::{Command, Dismissal, Effect, Input, Instruction, TicketKind};
use crate::frame::SocketId;
use crate::text::Title;

/// The customer with two tabs, the one who holds it, a colleague, a supervisor, an admin, a colleague
/// who has left the space, and a visitor whose conversation it is not.
const PEOPLE: [(&str, SocketId); 8] = [
    ("customer", CUSTOMER),
    ("other tab", SECOND_TAB),
    ("jack", JACK),
    ("mia", MIA),
    ("supervisor", ADA),
    ("admin", ROOT),
    ("who left", SocketId(0)),
    ("stranger", STRANGER),
];

fn stages() -> Vec<(&'static str, Desk)> {
    let mut left = Desk::active();
    left.at(ms(0), Input::Disconnected { socket: CUSTOMER });
    let mut outside_hours = Desk::open();
    outside_hours.at(s(1_200), Input::Tick);
    outside_hours.at(s(1_200), was_open(1_200, 0, Some(600)));
    let mut warned = Desk::active();
    warned.at(s(1_200), Input::Tick);
    let mut given_back = Desk::active();
    given_back.at(ms(0), assign(2, None));
    given_back.confirm(ms(0));
    let mut ticketed = Desk::active();
    ticketed.at(ms(0), send(JACK, 1, 90, ticket()));
    ticketed.confirm(ms(0));
    let mut written = Desk::active();
    written.at(ms(0), send(JACK, 1, 88, post("Hello")));
    written.at(ms(0), send(MIA, 1, 89, note("He called, too")));
    let mut cancelled = Desk::active();
    cancelled.at(ms(0), send(CUSTOMER, 1, 91, Command::End));
    cancelled.confirm(ms(0));
    let mut reminded = Desk::wrapping_up();
    reminded.at(s(600), Input::Tick);
    vec![
        ("waiting", Desk::open()),
        ("waiting outside the hours", outside_hours),
        ("waiting, given back by jack", given_back),
        ("active", Desk::active()),
        ("active, warned of the silence", warned),
        ("active, with a ticket", ticketed),
        ("active, with messages", written),
        ("active, the customer has left", left),
        ("active, in a space with reasons", Desk::with_reasons()),
        ("wrapping_up", Desk::wrapping_up()),
        ("wrapping_up, cancelled", cancelled),
        ("wrapping_up, reminded", reminded),
        ("closed", Desk::closed()),
    ]
}

fn ticket() -> Command {
    Command::CreateTicket {
        kind: TicketKind::Incident,
        title: Title::parse("Router is dead").unwrap(),
    }
}

fn resolve_as(resolution: &str, reason: Option<&str>) -> Command {
    Command::Resolve {
        resolution: label(resolution),
        reason: reason.map(label),
    }
}

fn commands() -> Vec<(&'static str, Command)> {
    vec![
        ("post", post("Hi")),
        ("note", note("Hm")),
        ("end", Command::End),
        ("resolve", resolve()),
        (
            "resolve as something unknown",
            resolve_as("no_such_resolution", None),
        ),
        (
            "resolve for an unknown reason",
            resolve_as("resolved", Some("no_such_reason")),
        ),
        (
            "resolve with a reason",
            resolve_as("resolved", Some("left")),
        ),
        ("resolve as abandoned", resolve_as("abandoned", None)),
        ("resolve as not answered", resolve_as("not_answered", None)),
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
            "abandon with a reason",
            Command::Abandon {
                reason: Some(label("left")),
                note: None,
            },
        ),
        ("create ticket", ticket()),
        (
            "mail transcript",
            Command::MailTranscript { language: None },
        ),
        ("rate", Command::Rate(rating(4, Some("Quick")))),
        ("send file", Command::SendFile(Box::new(file(1, 9)))),
        ("change the words of the customer's message", edit(0, "Oh")),
        ("change: delete what jack wrote", delete(88)),
        ("change: delete a note of mia's", delete(89)),
        ("change: react to the customer's message", react(0, true)),
        ("change: react to a note", react(89, true)),
        ("change what is not there", edit(99, "Oh")),
        ("post an answer to the customer's message", reply("Oh", 0)),
        ("post an answer to a note", reply("Oh", 89)),
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
        Command::Change { .. } => "change",
        Command::Rate(_) => "rate",
        Command::SendFile(_) => "send file",
        Command::MailTranscript { .. } => "mail transcript",
    }
}

/// What a command makes of a conversation: the events, or `!` and the refusal, or the code that
/// the asker's socket was closed with.
fn outcome(mut desk: Desk, who: SocketId, command: Command) -> String {
    let who = if who == SocketId(0) {
        dismiss(&mut desk, MIA)
    } else {
        who
    };
    if !desk.seats.contains_key(&who) {
        let effects = desk.at(ms(1), connected(who));
        if let [Effect::Close { code, .. }] = effects[..] {
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
        // What the space has just said of a word is remembered for a moment.
        after.words.asked.clear();
        assert_eq!(before, after, "refused: {refusal}");
        return format!("!{}", refusal.code());
    }
    saved_kinds(&effects).join("+")
}

/// An agent leaves the space: the conversation is told to close the agent's sockets, and the agent
/// comes again with the old token.
fn dismiss(desk: &mut Desk, who: SocketId) -> SocketId {
    let dismissal = Dismissal {
        agent: agent_id(who),
        era: 1,
    };
    let effects = desk.at(ms(1), Input::Instructed(Instruction::Dismiss(dismissal)));
    let is_closed =
        |effect: &Effect| matches!(effect, Effect::Close { socket, .. } if *socket == who);
    assert!(effects.iter().any(is_closed));
    who
}

#[test]
fn rt1_rt3_a9_a2_the_table_of_stage_command_and_person() {
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
            table.push_str(&format!("  {stage:33}{}\n", cells.join("; ")));
        }
    }
    expect_file!["table/commands.txt"].assert_eq(&table);
}
