//! Tests of CG1 to CG10.

use alloc::format;
use alloc::string::ToString;

use super::super::testing::*;
use super::super::{Input, Instruction, Transcript};
use super::*;
use crate::frame::SocketId;
use crate::text::MessageText;

/// The customer's first message is 0, then Jack wrote 1 and Mia the note 2.
fn talk() -> Desk {
    let mut desk = Desk::active();
    desk.at(ms(1), send(JACK, 1, 1, post("Which order?")));
    desk.at(ms(1), send(MIA, 1, 2, note("He called, too")));
    desk
}

/// What somebody's command makes happen: kinds, or the word of the refusal.
fn asks(desk: &mut Desk, who: SocketId, id: u8, command: Command) -> alloc::string::String {
    let n = desk.machine.born().sockets[&who].expected.unwrap_or(1);
    let effects = desk.at(ms(2), send(who, n, id, command));
    match refused(who, &effects) {
        Some(refusal) => format!("!{}", refusal.code()),
        None => saved_kinds(&effects).join("+"),
    }
}

fn says(desk: &Desk, side: Side, message: u8) -> Option<alloc::string::String> {
    let mut transcript = Transcript::default();
    for entry in desk.log(side) {
        transcript.apply(entry);
    }
    transcript
        .words(command_id(message))
        .map(ToString::to_string)
}

#[test]
fn cg1_cg2_cg6_cg7_its_author_alone_changes_a_message_and_only_who_may_write() {
    let changed = "message_changed";
    let cases = [
        ("one's own", CUSTOMER, edit(0, "Hi"), changed),
        ("one's own", JACK, edit(1, "Hi"), changed),
        ("one's own note", MIA, edit(2, "Hi"), changed),
        ("the agent's", CUSTOMER, edit(1, "Hi"), "!not_author"),
        ("the customer's", JACK, edit(0, "Hi"), "!not_author"),
        (
            "the agent's, by a senior",
            ADA,
            edit(1, "Hi"),
            "!not_author",
        ),
        ("deleted by a senior", ADA, delete(1), "!not_author"),
        ("a colleague's note", JACK, delete(2), "!not_author"),
        (
            "somebody's, by a colleague",
            MIA,
            edit(1, "Hi"),
            "!not_assignee",
        ),
        (
            "a note, by the customer",
            CUSTOMER,
            edit(2, "Hi"),
            "!message_unknown",
        ),
        (
            "a note, by the customer",
            CUSTOMER,
            react(2, true),
            "!message_unknown",
        ),
        ("nothing", CUSTOMER, edit(9, "Hi"), "!message_unknown"),
        ("nothing", MIA, delete(9), "!not_assignee"),
        ("a reaction", CUSTOMER, react(1, true), changed),
        ("a reaction to one's own", CUSTOMER, react(0, true), changed),
        (
            "a reaction by a colleague",
            MIA,
            react(0, true),
            "!not_assignee",
        ),
        ("a reaction to a note", JACK, react(2, true), changed),
        ("an answer", CUSTOMER, reply("Hi", 1), "message_posted"),
        (
            "an answer to one's own",
            JACK,
            reply("Hi", 1),
            "message_posted",
        ),
        (
            "an answer to a note",
            JACK,
            reply("Hi", 2),
            "!message_unknown",
        ),
        (
            "an answer to a note",
            CUSTOMER,
            reply("Hi", 2),
            "!message_unknown",
        ),
        (
            "an answer to nothing",
            JACK,
            reply("Hi", 9),
            "!message_unknown",
        ),
    ];
    for (case, who, command, expected) in cases {
        let mut desk = talk();
        assert_eq!(asks(&mut desk, who, 50, command), expected, "{case}");
    }
    // Who has it no more speaks no more; the note may still be mended.
    let mut desk = talk();
    desk.at(ms(3), assign(2, Some(MIA)));
    assert_eq!(asks(&mut desk, JACK, 50, delete(1)), "!not_assignee");
    assert_eq!(asks(&mut desk, CUSTOMER, 50, delete(0)), changed);
    // After the end.
    let mut desk = talk();
    desk.at(ms(3), send(JACK, 2, 60, Command::End));
    assert_eq!(asks(&mut desk, CUSTOMER, 50, edit(0, "Hi")), "!ended");
    assert_eq!(asks(&mut desk, JACK, 50, react(0, true)), "!ended");
    assert_eq!(asks(&mut desk, MIA, 51, edit(2, "Hi")), changed);
    desk.at(ms(4), send(JACK, 4, 61, resolve()));
    assert_eq!(asks(&mut desk, MIA, 52, edit(2, "Ho")), "!closed");
    assert_eq!(asks(&mut desk, CUSTOMER, 52, react(1, true)), "!closed");
}

#[test]
fn cg3_what_is_deleted_stays_so() {
    let mut desk = talk();
    asks(&mut desk, JACK, 50, delete(1));
    for (id, command) in [(51, edit(1, "Hi")), (52, delete(1)), (53, react(1, true))] {
        assert_eq!(asks(&mut desk, JACK, id, command), "!message_deleted");
    }
    assert_eq!(
        asks(&mut desk, CUSTOMER, 51, react(1, true)),
        "!message_deleted"
    );
    // Whoever was answering does not lose what is written (CG7).
    assert_eq!(
        asks(&mut desk, CUSTOMER, 52, reply("7", 1)),
        "message_posted"
    );
    desk.wake(ms(5));
    assert_eq!(asks(&mut desk, JACK, 54, edit(1, "Hi")), "!message_deleted");
}

#[test]
fn cg4_nobody_reads_what_a_message_said_before() {
    let mut desk = talk();
    let secret = "My card is 6611";
    asks(&mut desk, CUSTOMER, 40, post(secret));
    let mut early = Transcript::default();
    for entry in desk.log(Side::Customer) {
        early.apply(entry);
    }
    for (id, words) in [(41, "My card is 6612"), (42, "My card")] {
        asks(&mut desk, CUSTOMER, id, edit(40, words));
    }
    for _ in 0..2 {
        for side in [Side::Customer, Side::Agent] {
            let log = desk.log(side);
            assert!(!format!("{log:?}").contains("661"), "{side:?}");
            assert_eq!(says(&desk, side, 40).as_deref(), Some("My card"));
        }
        desk.wake(ms(6));
    }
    for entry in desk.log(Side::Customer).split_off(early.entries().len()) {
        early.apply(entry);
    }
    assert_eq!(early.entries(), &desk.log(Side::Customer)[..]);
    let stored = format!("{:?}", desk.rows);
    assert!(stored.contains(secret), "nothing is rewritten");
    asks(&mut desk, CUSTOMER, 43, delete(40));
    assert_eq!(says(&desk, Side::Agent, 40), None);
    assert!(!format!("{:?}", desk.log(Side::Agent)).contains("My card"));
    desk.at(ms(7), Input::Instructed(Instruction::Erase));
    assert!(!format!("{:?}", desk.rows).contains("My card"), "ER2");
}

#[test]
fn cg5_sec_c6_01_reactions_are_counted_once_and_bounded() {
    let mut birth = birth();
    birth.settings.messages_burst = 1_000_000;
    birth.settings.messages_per_hour = 1_000_000;
    let (id, text) = (command_id(0), MessageText::parse("Hi").unwrap());
    let mut desk = Desk::with(Input::Begin { birth, id, text });
    desk.at(ms(0), assign(1, Some(JACK)));
    let mut id = 50;
    let mut ask = |desk: &mut Desk, who, on, emoji: &str| {
        id += 1;
        let emoji = Emoji::parse(emoji).unwrap();
        let n = desk.machine.born().sockets[&who].expected.unwrap_or(1);
        let command = change(0, Change::Reaction { emoji, on });
        let mut bytes = [0; 16];
        bytes[..2].copy_from_slice(&u16::to_be_bytes(id));
        let id = CommandId::from_bytes(bytes);
        let sent = crate::frame::ToServer::Send { n, id, command };
        let effects = desk.at(s(1), frame(who, sent));
        let entries = saved_kinds(&effects).join("+");
        let refusal = refused(who, &effects).map(|refusal| refusal.code());
        (entries == "message_changed", refusal)
    };
    let standing = |desk: &Desk| {
        let changed = desk.machine.born().changes.of(command_id(0)).unwrap();
        changed.reactions.len()
    };
    for (who, on, emoji, expected) in [
        (JACK, true, "👍", 1),
        (JACK, true, "👍", 1),
        (CUSTOMER, true, "👍", 2),
        (CUSTOMER, true, "🎉", 3),
        (JACK, false, "🎉", 3),
        (CUSTOMER, false, "🎉", 2),
    ] {
        assert_eq!(ask(&mut desk, who, on, emoji), (true, None));
        assert_eq!(standing(&desk), expected, "{who:?} {emoji} {on}");
    }
    for letter in 0..48_u32 {
        let emoji = char::from_u32(0x1_f408 + letter).unwrap().to_string();
        // One of the places has no picture of its own.
        if Emoji::parse(&emoji).is_ok() {
            ask(&mut desk, JACK, true, &emoji);
        }
    }
    while standing(&desk) < REACTIONS_MAX {
        let next = format!("{}️⃣", standing(&desk) % 10);
        ask(&mut desk, JACK, true, &next);
    }
    let limit = Some("too_many");
    assert_eq!(ask(&mut desk, CUSTOMER, true, "🎂"), (false, limit));
    assert_eq!(ask(&mut desk, JACK, true, "👍"), (true, None), "it stands");
    desk.wake(s(2));
    assert_eq!(standing(&desk), REACTIONS_MAX);
    let mut count = 0;
    while ask(&mut desk, CUSTOMER, count % 2 == 1, "👍").0 {
        count += 1;
        assert!(count < REACTED_MAX);
    }
    assert_eq!(
        desk.machine
            .born()
            .changes
            .of(command_id(0))
            .unwrap()
            .reacted,
        REACTED_MAX
    );
}

#[test]
fn cg6_m8_what_becomes_of_a_note_stays_among_agents() {
    let mut desk = talk();
    for (id, command) in [
        (50, edit(2, "Secret")),
        (51, react(2, true)),
        (52, delete(2)),
    ] {
        let n = desk.machine.born().sockets[&MIA].expected.unwrap();
        let effects = desk.at(ms(2), send(MIA, n, id, command));
        assert!(frames_to(CUSTOMER, &effects).is_empty());
        assert_eq!(pushed(JACK, &effects).len(), 1);
    }
    let log = desk.log(Side::Customer);
    assert!(
        log.iter()
            .all(|entry| entry.event.kind() != "message_changed")
    );
}

#[test]
fn m1_cg8_a_change_is_taken_in_once_and_names_the_first_of_its_id() {
    let mut desk = talk();
    assert_eq!(asks(&mut desk, JACK, 50, edit(1, "Hi")), "message_changed");
    assert_eq!(asks(&mut desk, JACK, 50, edit(1, "Hi")), "");
    assert_eq!(
        asks(&mut desk, JACK, 50, edit(1, "Ho")),
        "!command_conflict"
    );
    // The customer takes the id of Jack's message for one of their own.
    assert_eq!(asks(&mut desk, CUSTOMER, 1, post("Mine")), "message_posted");
    assert_eq!(asks(&mut desk, CUSTOMER, 51, edit(1, "Ha")), "!not_author");
    assert_eq!(says(&desk, Side::Customer, 1).as_deref(), Some("Hi"));
}

#[test]
fn cg9_f97_other_words_are_writing_and_the_rest_is_not() {
    let cases = [
        ("other words", edit(0, "Hi"), 2_500),
        ("deleted", delete(0), 1_800),
        ("a reaction", react(0, true), 1_800),
    ];
    for (case, command, due) in cases {
        let mut desk = Desk::active();
        desk.at(s(1_200), Input::Tick);
        let n = desk.machine.born().sockets[&CUSTOMER].expected.unwrap();
        desk.at(s(1_300), send(CUSTOMER, n, 50, command));
        desk.confirm(s(1_300));
        assert_eq!(desk.machine.next_deadline(), Some(s(due)), "{case}");
    }
    let mut desk = talk();
    asks(&mut desk, MIA, 50, edit(2, "Hi"));
    let last = desk.machine.lifecycle().unwrap().last_message_at;
    assert_eq!(last, ms(1), "a note");
}

#[test]
fn cg10_n1_the_space_shows_what_the_first_message_says_by_now() {
    let mut desk = talk();
    let told = |desk: &Desk| desk.machine.born().describe(ms(3)).first_words;
    let edited = {
        let n = desk.machine.born().sockets[&CUSTOMER].expected.unwrap_or(1);
        desk.at(ms(2), send(CUSTOMER, n, 50, edit(0, "My order\nis here")))
    };
    assert!(words(&edited).iter().any(|word| word.starts_with("report")));
    assert_eq!(told(&desk), "My order is here");
    asks(&mut desk, JACK, 51, edit(1, "Good"));
    desk.wake(ms(3));
    assert_eq!(told(&desk), "My order is here");
    asks(&mut desk, CUSTOMER, 52, delete(0));
    assert_eq!(told(&desk), BLANK);
}

#[test]
fn al1_a_change_counts_like_a_message() {
    let mut birth = birth();
    birth.settings.messages_burst = 2;
    birth.settings.messages_per_10s = 1;
    let (id, text) = (command_id(0), MessageText::parse("Hi").unwrap());
    let mut desk = Desk::with(Input::Begin { birth, id, text });
    desk.at(ms(0), send(CUSTOMER, 1, 1, react(0, true)));
    let held = desk.at(ms(0), send(CUSTOMER, 2, 2, react(0, false)));
    assert!(
        words(&held).contains(&"hold 2 for 10000 to [1]".into()),
        "{held:?}"
    );
}
