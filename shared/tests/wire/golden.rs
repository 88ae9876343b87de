//! Golden files: one line of JSON for each sample, read back to the same value.

use std::collections::BTreeSet;
use std::fmt::Debug;

use expect_test::{ExpectFile, expect_file};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::samples;

#[test]
fn commands_to_a_conversation() {
    hold(
        &samples::conversation_commands(),
        &expect_file!["golden/conversation_commands.jsonl"],
    );
}

#[test]
fn commands_to_a_space() {
    hold(
        &samples::space_commands(),
        &expect_file!["golden/space_commands.jsonl"],
    );
}

#[test]
fn events() {
    hold(&samples::events(), &expect_file!["golden/events.jsonl"]);
}

#[test]
fn entries() {
    hold(&samples::entries(), &expect_file!["golden/entries.jsonl"]);
}

#[test]
fn end_causes() {
    hold(&samples::causes(), &expect_file!["golden/end_causes.jsonl"]);
}

#[test]
fn frames_to_the_server() {
    hold(
        &samples::to_server(),
        &expect_file!["golden/to_server.jsonl"],
    );
}

#[test]
fn frames_to_a_client() {
    hold(
        &samples::from_server(),
        &expect_file!["golden/from_server.jsonl"],
    );
}

#[test]
fn rows_of_an_account() {
    hold(
        &samples::account_rows(),
        &expect_file!["golden/account_rows.jsonl"],
    );
}

#[test]
fn e1_refusals() {
    hold(&samples::refusals(), &expect_file!["golden/refusals.jsonl"]);
    let mut table = String::new();
    for refusal in samples::refusals() {
        let (code, status) = (refusal.code(), refusal.status());
        table += &format!("{status} {code}: {refusal}\n");
        let json = serde_json::to_value(&refusal).unwrap();
        let word = json.as_str().map(str::to_owned);
        let word = word.or_else(|| Some(json.as_object()?.keys().next()?.clone()));
        assert_eq!(word.as_deref(), Some(code), "E1");
    }
    expect_file!["golden/refusals.txt"].assert_eq(&table);
}

#[test]
fn frame_errors() {
    hold(
        &samples::frame_errors(),
        &expect_file!["golden/frame_errors.jsonl"],
    );
}

#[test]
fn close_codes() {
    hold(
        &samples::close_codes(),
        &expect_file!["golden/close_codes.jsonl"],
    );
}

#[test]
fn rows_of_a_conversation() {
    hold(
        &samples::conversation_rows(),
        &expect_file!["golden/conversation_rows.jsonl"],
    );
}

#[test]
fn seats_of_a_conversation() {
    hold(
        &samples::conversation_seats(),
        &expect_file!["golden/conversation_seats.jsonl"],
    );
}

#[test]
fn rows_of_a_space() {
    hold(
        &samples::space_rows(),
        &expect_file!["golden/space_rows.jsonl"],
    );
}

#[test]
fn seats_of_a_space() {
    hold(
        &samples::space_seats(),
        &expect_file!["golden/space_seats.jsonl"],
    );
}

#[test]
fn reports() {
    hold(&samples::reports(), &expect_file!["golden/reports.jsonl"]);
}

#[test]
fn instructions() {
    hold(
        &samples::instructions(),
        &expect_file!["golden/instructions.jsonl"],
    );
}

#[test]
fn answers() {
    hold(&samples::answers(), &expect_file!["golden/answers.jsonl"]);
}

#[test]
fn there_is_a_sample_of_every_kind() {
    use samples as s;
    covers(
        s::CONVERSATION_COMMANDS,
        &s::conversation_commands(),
        s::conversation_command,
    );
    covers(s::SPACE_COMMANDS, &s::space_commands(), s::space_command);
    covers(s::EVENTS, &s::events(), s::event);
    covers(s::TO_SERVER, &s::to_server(), s::to_server_kind);
    covers(s::FROM_SERVER, &s::from_server(), s::from_server_kind);
    covers(s::REFUSALS, &s::refusals(), s::refusal);
    covers(s::FRAME_ERRORS, &s::frame_errors(), s::frame_error);
    covers(
        s::CONVERSATION_ROWS,
        &s::conversation_rows(),
        s::conversation_row,
    );
    covers(s::SPACE_ROWS, &s::space_rows(), s::space_row);
    covers(s::ITEM_STATES, &s::item_states(), s::item_state);
    covers(s::STANDINGS, &s::standings(), s::standing);
    covers(s::INSTRUCTIONS, &s::instructions(), s::instruction);
    let outcomes: Vec<_> = s::answers()
        .into_iter()
        .filter_map(|answer| answer.outcome)
        .collect();
    covers(s::OUTCOMES, &outcomes, s::outcome);
}

/// What an older client leaves out is not asked of it.
#[test]
fn f44_an_older_client_says_nothing_of_how_many_chats() {
    let older = r#"{"set_available":{"available":true}}"#;
    let read: shared::space::Command = serde_json::from_str(older).unwrap();
    assert_eq!(read, samples::space_commands()[0]);
}

/// Compares with the golden file, and reads the file back.
fn hold<T>(samples: &[T], golden: &ExpectFile)
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let mut lines = String::new();
    for sample in samples {
        lines += &serde_json::to_string(sample).unwrap();
        lines += "\n";
    }
    golden.assert_eq(&lines);
    let read: Vec<T> = golden
        .data()
        .lines()
        .map(|line| shared::json::read(line).unwrap())
        .collect();
    assert_eq!(read, samples);
}

fn covers<T>(kinds: &[&str], samples: &[T], kind: impl Fn(&T) -> &'static str) {
    let sampled: BTreeSet<_> = samples.iter().map(kind).collect();
    for kind in kinds {
        assert!(sampled.contains(kind), "no sample of {kind}");
    }
}
