//! What JSON is read as, and what is refused.

use alloc::collections::BTreeMap;
use core::fmt::Debug;

use serde::Deserialize;
use serde_json::{Value, json};

use super::*;
use crate::conversation::{Command, Entry};
use crate::id::AgentId;
use crate::settings::{Change, Settings};
use crate::text::PersonName;

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Shape {
    Point,
    Circle(u8),
    Line(u8, u8),
    Box { wide: u8, high: Option<i16> },
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Strict {
    count: u32,
    #[serde(default)]
    name: Option<String>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Newtype(Vec<u64>);

fn alike<T: DeserializeOwned + Debug + PartialEq>(texts: &[&str]) {
    for text in texts {
        let known: Result<T, _> = serde_json::from_str(text);
        match (read::<T>(text), known) {
            (Ok(ours), Ok(known)) => assert_eq!(ours, known, "{text}"),
            (Err(ours), Err(known)) => {
                let known = known.to_string();
                let words = known.rsplit_once(" at line ").map(|(words, _)| words);
                let (words, ours) = (words.unwrap_or(&known), ours.to_string());
                // "expected value": a parser in the middle of its text cannot say what it found.
                if !words.starts_with("expected") {
                    assert_eq!(ours.split(" at line ").next(), Some(words), "{text}");
                }
            }
            (ours, known) => panic!("{text}: {ours:?}, serde_json: {known:?}"),
        }
    }
}

#[test]
fn js1_js2_the_same_values_and_the_same_words_as_serde_json() {
    alike::<Strict>(&[
        r#"{"count":1}"#,
        r#" { "name" : "\u00e9\n" , "count" : 4294967295 } "#,
        r#"{"count":1,"name":null}"#,
        r#"{"count":4294967296}"#,
        r#"{"count":-1}"#,
        r#"{"count":1.0}"#,
        r#"{"count":1e3}"#,
        r#"{"count":"1"}"#,
        r#"{"count":true}"#,
        r#"{"count":[1]}"#,
        r#"{"count":{}}"#,
        r#"{"count":null}"#,
        r#"{"count":1,"count":2}"#,
        r#"{"count":1,"colour":2}"#,
        r#"{"name":"a"}"#,
        r#"{"count":1,"name":7}"#,
        r#"{"count":1} x"#,
        r#"{"count":1"#,
        r#"{"count":1,}"#,
        r#"{"count":01}"#,
        r#""Strict""#,
        "",
        "null",
        "7",
    ]);
    alike::<Vec<Shape>>(&[
        r#"["point",{"circle":3},{"line":[1,2]},{"box":{"wide":1,"high":-7}}]"#,
        r#"[{"point":null}]"#,
        r#"[{"box":{"wide":1}}]"#,
        r#"["square"]"#,
        r#"[{"circle":300}]"#,
        r#"[{"line":[1]}]"#,
        r#"[{"box":{"wide":1,"high":40000}}]"#,
        r#"[1]"#,
        r#"[null]"#,
        r#"{}"#,
    ]);
    alike::<Newtype>(&[
        "[]",
        "[1, 18446744073709551615]",
        "[18446744073709551616]",
        "1",
    ]);
    alike::<BTreeMap<AgentId, bool>>(&[
        r#"{"0190b6a4-2f7e-7cc3-98c4-dc0c0c07398f":true}"#,
        r#"{"Jack":true}"#,
    ]);
    alike::<Option<String>>(&["null", r#""a\ud83d\ude00""#, r#""\ud83d""#, "\"a\nb\""]);
    alike::<Command>(&[
        r#""end""#,
        r#"{"post":{"text":" Hi "}}"#,
        r#"{"post":{"text":""}}"#,
    ]);
}

#[test]
fn js1_an_object_is_no_array_and_nothing_is_too_deep_or_too_much() {
    assert!(serde_json::from_str::<Strict>(r#"[1,"a"]"#).is_ok());
    for wrong in [
        r#"[1,"a"]"#,
        r#"{"point":1}"#,
        r#"{"line":[1,2,3]}"#,
        r#"{"line":1}"#,
        r#""circle""#,
        r#"{"circle":1,"point":null}"#,
    ] {
        assert!(read::<Strict>(wrong).is_err(), "{wrong}");
        assert!(read::<Shape>(wrong).is_err(), "{wrong}");
    }
    assert!(Tree::read(&"[".repeat(100_000)).is_err());
}

#[test]
fn js1_the_settings_and_entries_of_this_release_come_back() {
    let settings = Settings::new(PersonName::parse("Shop").unwrap());
    let text = serde_json::to_string(&settings).unwrap();
    assert_eq!(read::<Settings>(&text).unwrap(), settings);
    assert_eq!(read::<Change>("{}").unwrap(), Change::default());
    let entry = r#"{"seq":7,"at":9,"author":"system","id":null,"event":"idle_warned"}"#;
    assert_eq!(read::<Entry>(entry).unwrap().seq.0, 7);
}

#[test]
fn a_tree_is_written_as_it_was_read() {
    let value = json!({"a": [1, -2, 1.5, true, null, "x\n", {"b": {}}], "c": ""});
    let text = value.to_string();
    let tree = Tree::read(&text).unwrap();
    assert_eq!(serde_json::to_string(&tree).unwrap(), text);
    assert_eq!(tree.to::<Value>().unwrap(), value);
}

/// A body, and what it cannot be read as.
fn unfit<T: DeserializeOwned + Debug>(text: &str) -> String {
    match read_strictly::<T>(text) {
        Err(Unfit::Unknown { path }) => format!("unknown {path}"),
        Err(Unfit::Part { path, why }) => format!("{path}: {why}"),
        Err(Unfit::Whole(why)) => format!("whole: {why}"),
        Ok(_) => "fits".to_owned(),
    }
}

#[test]
fn js4_the_path_of_what_does_not_fit() {
    let hours = |hours: Value| json!({"queues": [{"name": "a", "hours": hours}]});
    let cases = [
        (json!({"offer_s": 5, "magic": 1}), "unknown magic"),
        (json!({"offer_s": "5", "wait_s": 5}), "offer_s: invalid"),
        (json!({"name": " "}), "name: "),
        (
            json!({"origins": ["https://a.example", "a"]}),
            "origins[1]: ",
        ),
        (json!({"queues": {}}), "queues: invalid type: map"),
        (
            json!({"queues": [{"name": "a"}, {"name": "a b"}]}),
            "queues[1].name: ",
        ),
        (
            json!({"queues": [{"name": "a"}, {"closed": true}]}),
            "queues[1].name: missing",
        ),
        (
            json!({"queues": [{"name": "a", "closed": 1}]}),
            "queues[0].closed: invalid",
        ),
        (
            json!({"queues": [{"name": "a", "skills": ["b", 7]}]}),
            "queues[0].skills[1]: ",
        ),
        (
            json!({"offer_mode": "magic"}),
            "offer_mode: unknown variant",
        ),
        (json!({"offer_mode": {"offer": 1}}), "offer_mode: "),
        (
            json!({"resolutions": ["a", {"id": "b", "name": ""}]}),
            "resolutions[1].name: ",
        ),
        (
            json!({"resolutions": [{"id": "b"}]}),
            "resolutions[0].name: missing",
        ),
        (
            hours(json!({"zone": "Mars/Olympus", "week": [{"day": "x"}]})),
            "queues[0].hours.week[0].day: ",
        ),
        (hours(json!({"week": []})), "queues[0].hours.zone: missing"),
        (json!({"offer_s": null}), "fits"),
        (json!([]), "whole: invalid type"),
        (json!("x"), "whole: invalid type"),
    ];
    for (value, expected) in cases {
        let found = unfit::<Change>(&value.to_string());
        assert!(found.starts_with(expected), "{value}: {found}");
    }
    assert!(unfit::<Change>("{").starts_with("whole: EOF"));
    assert_eq!(unfit::<Strict>("{}"), "count: missing field `count`");
    let twice = r#"{"count":1,"count":2}"#;
    assert_eq!(unfit::<Strict>(twice), "count: duplicate field `count`");
}

/// Calls with each object of a value, and the path to it.
fn objects(value: &Value, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            let dot = if path.is_empty() { "" } else { "." };
            let pointer = path.replace(['.', '['], "/").replace(']', "");
            let pointer = if path.is_empty() {
                pointer
            } else {
                format!("/{pointer}")
            };
            found.push((pointer, format!("{path}{dot}unheard_of")));
            for (name, value) in fields {
                objects(value, &format!("{path}{dot}{name}"), found);
            }
        }
        Value::Array(list) => {
            for (at, value) in list.iter().enumerate() {
                objects(value, &format!("{path}[{at}]"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => (),
    }
}

#[test]
fn js3_sec_j_01_a_field_that_nobody_knows_is_named_however_deep_it_stands() {
    let queue = json!({
        "name": "a",
        "hours": {
            "zone": "Europe/Berlin",
            "week": [{"day": "monday", "from": 0, "to": 60}],
            "holidays": [{"date": "2026-12-25", "open": [{"from": 0, "to": 60}]}],
        },
        "overflow": {"to": "GENERAL", "after_s": 5},
    });
    let change = json!({
        "offer_s": 5,
        "queues": [{"name": "b"}, queue],
        "resolutions": [{"id": "a", "name": "A"}],
        "reasons": [{"id": "a", "name": "A"}],
    });
    assert_eq!(unfit::<Change>(&change.to_string()), "fits");
    let mut places = Vec::new();
    objects(&change, "", &mut places);
    assert_eq!(places.len(), 10, "{places:#?}");
    for value in [json!(1), json!(null), json!({"deep": []}), json!("offer_s")] {
        for (pointer, path) in &places {
            let mut change = change.clone();
            change.pointer_mut(pointer).unwrap()["unheard_of"] = value.clone();
            let text = change.to_string();
            assert_eq!(unfit::<Change>(&text), format!("unknown {path}"));
            // What is stored or comes over a socket is read without it.
            assert!(read::<Change>(&text).is_ok(), "{text}");
        }
    }
}
