//! A field that a call does not have is refused and named, however deep it stands.

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use stage::play;

use super::calls;
use super::town::Town;

/// A field that no call has.
const UNHEARD_OF: &str = "unheard_of";

/// Each object of a body: where it is, and what a field in it is called.
fn objects(body: &Value, path: &str, pointer: &str, found: &mut Vec<(String, String)>) {
    match body {
        Value::Object(fields) => {
            let below = |name: &str| match path {
                "" => name.to_owned(),
                path => format!("{path}.{name}"),
            };
            found.push((pointer.to_owned(), below(UNHEARD_OF)));
            for (name, value) in fields {
                objects(value, &below(name), &format!("{pointer}/{name}"), found);
            }
        }
        Value::Array(list) => {
            for (at, value) in list.iter().enumerate() {
                objects(
                    value,
                    &format!("{path}[{at}]"),
                    &format!("{pointer}/{at}"),
                    found,
                );
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => (),
    }
}

#[test]
fn sec_j_01_no_change_takes_a_field_that_nobody_knows() {
    play(0, async |stage| {
        let api = stage.api();
        let town = Town::of(api, "Larch").await?;
        let before = town.everything(api).await?;
        let mut asked = 0;
        for call in calls::all()?.into_iter().filter(calls::Call::is_change) {
            if call.is_raw() {
                continue;
            }
            let (path, pass) = (town.filled(call.path)?, town.pass(call.by)?);
            let body = call.body_in(&town)?;
            let mut places = Vec::new();
            objects(&body, "", "", &mut places);
            for (pointer, field) in places {
                let mut body = body.clone();
                let place = body.pointer_mut(&pointer).context("a place")?;
                place[UNHEARD_OF] = json!({ "$ne": 1 });
                let answer = call.ask(api, pass, &path, &body).await?;
                let told = &answer.body["error"]["field"];
                ensure!(
                    (answer.status, answer.code()) == (422, "field_unknown")
                        && *told == json!(field),
                    "{field} of {call:?}: {answer:?}"
                );
                asked += 1;
            }
        }
        ensure!(asked >= 50, "{asked} calls");
        let after = town.everything(api).await?;
        ensure!(
            before == after,
            "something changed:\n{before:#?}\n{after:#?}"
        );
        Ok(())
    });
}
