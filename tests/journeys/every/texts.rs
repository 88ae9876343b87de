//! Each text in each change: too long, or with characters that end a line, hide or turn what is read.

use anyhow::ensure;
use serde_json::{Value, json};
use stage::play;

use super::calls::{self, Call};
use super::town::Town;

/// Every text of a body: where it is, and what a refusal calls it.
fn texts(body: &Value, path: &str, pointer: &str, found: &mut Vec<(String, String)>) {
    match body {
        Value::String(_) => found.push((pointer.to_owned(), path.to_owned())),
        Value::Object(fields) => {
            for (name, value) in fields {
                let below = match path {
                    "" => name.clone(),
                    path => format!("{path}.{name}"),
                };
                texts(value, &below, &format!("{pointer}/{name}"), found);
            }
        }
        Value::Array(list) => {
            for (at, value) in list.iter().enumerate() {
                texts(
                    value,
                    &format!("{path}[{at}]"),
                    &format!("{pointer}/{at}"),
                    found,
                );
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => (),
    }
}

/// What is to become of a text that is not as it should be.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    /// 422, and the field is named.
    Refused,
    /// Too long it is refused; whatever characters it holds are kept, and shown as text (T3).
    Kept,
    /// It opens nothing: as any other that was never given out.
    NoSecret,
    /// It names nothing: as any other name of nothing.
    NoName,
    /// It is made a name of a file, whatever it was (FL5).
    Cleaned,
    /// It is one of a few words, or else the first of them; nothing of it is stored.
    Ignored,
}

/// The fields that are not simply refused.
fn fate(call: &Call, field: &str) -> Fate {
    let ends = |path: &str| call.path.ends_with(path);
    match field {
        "text" if ends("/conversations") || ends("/notes") => Fate::Kept,
        "text" if call.path.contains("/messages") => Fate::Kept,
        "comment" if ends("/rating") => Fate::Kept,
        "proactive[0].text" => Fate::Kept,
        "greeting" => Fate::Ignored,
        "note" if ends("/transfer") || ends("/abandon") => Fate::Kept,
        "fallback_text" | "queues[0].full_text" => Fate::Kept,
        "refresh" | "invitation" | "link" | "token" | "id" | "hash"
            if ends("/refresh")
                || ends("/look")
                || ends("/accept")
                || ends("/session")
                || ends("/identify") =>
        {
            Fate::NoSecret
        }
        "to.agent" | "space" | "follows" | "as" | "agents[0].agent" | "conversation" | "queue"
        | "resolution" => Fate::NoName,
        "reason" if ends("/abandon") => Fate::NoName,
        "queues[0]" if ends("/invitations") => Fate::NoName,
        "name" if ends("/files") => Fate::Cleaned,
        "language" if !ends("/transcript") => Fate::Ignored,
        _ => Fate::Refused,
    }
}

/// What the settings of the table would be refused for anyway is left out.
fn without_other_reasons(body: &mut Value, field: &str) {
    let fields = body.as_object_mut();
    if let Some(fields) = fields.filter(|fields| fields.contains_key("version")) {
        fields.retain(|name, _| {
            name != "version" && (name != "resolutions" || field.starts_with(name))
        });
    }
}

/// The same text with something in it that should not be there.
fn spoilt(text: &str) -> Vec<(String, String)> {
    let characters = ('\0'..='\u{1f}')
        .chain(['\u{7f}'])
        .chain('\u{202a}'..='\u{202e}')
        .chain('\u{2066}'..='\u{2069}');
    let (start, end) = text.split_at(text.char_indices().nth(1).map_or(text.len(), |(at, _)| at));
    let end = if end.is_empty() { "x" } else { end };
    let with = characters.map(|character| {
        let name = format!("U+{:04X}", u32::from(character));
        (name, format!("{start}{character}{end}"))
    });
    let long = (
        "too long".to_owned(),
        format!("{text}{}", "x".repeat(45_000)),
    );
    with.chain([long]).collect()
}

#[test]
fn sec_c6_sec_t2_no_change_takes_a_text_that_is_too_long_or_hides_something() {
    play(0, async |stage| {
        let api = stage.api();
        let town = Town::of(api, "Larch").await?;
        let before = town.everything(api).await?;
        let (mut asked, mut wrong) = (0, Vec::new());
        for call in calls::all()?.into_iter().filter(calls::Call::is_change) {
            let (path, pass) = (town.filled(call.path)?, town.pass(call.by)?);
            let body = call.body_in(&town)?;
            let mut places = Vec::new();
            texts(&body, "", "", &mut places);
            for (pointer, field) in places {
                let fate = fate(&call, &field);
                let text = body
                    .pointer(&pointer)
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                for (what, text) in spoilt(text) {
                    let is_long = what == "too long";
                    let is_taken = matches!(fate, Fate::Ignored | Fate::Cleaned);
                    if is_taken || (fate == Fate::Kept && !is_long) {
                        continue;
                    }
                    let mut body = body.clone();
                    if let Some(place) = body.pointer_mut(&pointer) {
                        *place = json!(text);
                    }
                    without_other_reasons(&mut body, &field);
                    let answer = match call.ask(api, pass, &path, &body).await {
                        Ok(answer) => answer,
                        Err(error) => {
                            wrong.push(format!("{} {field} {what}: {error:#}", call.path));
                            continue;
                        }
                    };
                    let told = answer.body["error"]["field"].as_str().unwrap_or_default();
                    let is_its = field.starts_with(told) || field.ends_with(told);
                    let is_named = answer.status == 422 && !told.is_empty() && is_its;
                    let is_fine = match fate {
                        Fate::Refused | Fate::Kept => is_named,
                        Fate::NoSecret => matches!(answer.status, 401 | 410 | 422),
                        Fate::NoName => {
                            is_named || answer.status == 404 || answer.code().ends_with("_unknown")
                        }
                        Fate::Ignored | Fate::Cleaned => true,
                    };
                    if !is_fine {
                        let method = &call.method;
                        let line = format!("{method} {} {field} {what}: {answer:?}", call.path);
                        wrong.push(line.chars().take(300).collect::<String>());
                    }
                    asked += 1;
                }
            }
        }
        ensure!(
            wrong.is_empty(),
            "{} of {asked}:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
        ensure!(asked >= 1_500, "{asked} calls");
        let after = town.everything(api).await?;
        ensure!(
            before == after,
            "something changed:\n{before:#?}\n{after:#?}"
        );
        Ok(())
    });
}
