//! Calls that come twice, and the lists that say who has what.

use anyhow::{Context, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use stage::line::CustomerLine;
use stage::play;
use stage::wire::fresh_id;

use super::scene::{Scene, Way};

#[test]
fn m1_a_repeated_call_has_the_same_answer_and_no_second_effect() {
    play(0, async |stage| {
        let scene = Scene::opens(stage.api()).await?;
        let api = stage.api();
        let customer = CustomerLine::writes(api, &scene.space, "Hello").await?;
        let c = customer.talk.conversation;
        let token = scene.jack.me.token.clone();
        let take = format!("/api/v1/spaces/{}/items/{c}/take", scene.space.space);
        let id = fresh_id()?;
        let keyed = |path: &str, body: Value| {
            api.request(Method::POST, path)
                .bearer_auth(&token)
                .header("Idempotency-Key", id.to_string())
                .json(&body)
        };
        // Both wait for the one answer that comes.
        let both = tokio::try_join!(
            api.send(keyed(&take, json!({}))),
            api.send(keyed(&take, json!({})))
        )?;
        let states = [&both.0, &both.1].map(|answer| (answer.status, answer.body["state"].clone()));
        ensure!(
            states == [(200, json!("active")), (200, json!("active"))],
            "{both:?}"
        );
        ensure!(
            both.0.body["agent"] == json!(scene.jack.me.agent),
            "{both:?}"
        );

        let messages = format!("/api/v1/conversations/{c}/messages");
        let first = api
            .send(keyed(&messages, json!({ "text": "Once" })))
            .await?;
        let again = api
            .send(keyed(&messages, json!({ "text": "Once" })))
            .await?;
        ensure!(
            first.status == 201 && first.body["id"] == json!(id),
            "{first:?}"
        );
        ensure!(
            (again.status, &again.body) == (201, &first.body),
            "{again:?}"
        );
        let other = api
            .send(keyed(&messages, json!({ "text": "Twice" })))
            .await?;
        ensure!(
            (other.status, other.code()) == (409, "command_conflict"),
            "{other:?}"
        );
        let said = scene.kinds(c).await?;
        let posted = said.iter().filter(|kind| *kind == "message_posted").count();
        ensure!(posted == 2, "{said:?}");

        let pass = format!("/api/v1/spaces/{}/items/{c}/transfer", scene.space.space);
        let body = json!({ "to": { "queue": "GENERAL" }, "note": "N" });
        let id = fresh_id()?;
        let keyed = |body: &Value| {
            api.request(Method::POST, &pass)
                .bearer_auth(&token)
                .header("Idempotency-Key", id.to_string())
                .json(body)
        };
        for _ in 0..2 {
            let answer = api.send(keyed(&body)).await?;
            let is = (answer.status, &answer.body["state"]);
            ensure!(is == (200, &json!("waiting")), "{answer:?}");
        }
        let said = scene.kinds(c).await?;
        let notes = said.iter().filter(|kind| *kind == "note_posted").count();
        ensure!(notes == 1, "{said:?}");
        Ok(())
    });
}

#[test]
fn r43_r93_the_lists_say_who_has_what() {
    play(0, async |stage| {
        let mut scene = Scene::opens(stage.api()).await?;
        let mut ids = Vec::new();
        for words in ["one", "two", "three"] {
            let line = CustomerLine::writes(scene.api, &scene.space, words).await?;
            ids.push(line.talk.conversation);
            scene.lists(line.talk.conversation, "waiting").await?;
        }
        scene.take(Way::Call, "Jack", ids[0]).await?;
        let [jack, mia, dot] =
            [&scene.jack, &scene.mia, &scene.dot].map(|line| line.me.token.clone());
        let table = [
            (&jack, "list=waiting", json!([ids[1], ids[2]])),
            (&jack, "list=active", json!([ids[0]])),
            (&jack, "list=mine", json!([ids[0]])),
            (&mia, "list=active", json!([])),
            (&dot, "list=active", json!([ids[0]])),
            (&dot, "list=active&queue=GENERAL", json!([ids[0]])),
            (&dot, "list=closed", json!([])),
        ];
        for (token, query, expected) in table {
            let answer = scene.page(token, query).await?;
            let rows = answer.body["items"].as_array().context("no items")?;
            let found: Vec<_> = rows.iter().map(|row| row["conversation"].clone()).collect();
            ensure!(json!(found) == expected, "{query}: {answer:?}");
            ensure!(answer.body["next"].is_null(), "{query}: {answer:?}");
        }
        for (query, code) in [
            ("list=all", "list_unknown"),
            ("", "list_unknown"),
            ("list=waiting&queue=nowhere", "queue_unknown"),
            ("list=waiting&after=7", "mark_malformed"),
        ] {
            let answer = scene.page(&jack, query).await?;
            ensure!(
                (answer.status, answer.code()) == (422, code),
                "{query}: {answer:?}"
            );
        }
        Ok(())
    });
}
