//! Acts as calls: what is done over a socket can be done over HTTP, with the same rules and the
//! same word of refusal. No browser: programs have none.

use std::fmt::Debug;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use shared::conversation::Command as Said;
use shared::id::ConversationId;
use shared::refusal::Refusal;
use shared::space::{Command, Target};
use shared::text::{Label, MessageText};
use stage::api::{Answer, Api, Space};
use stage::line::{AgentLine, CustomerLine};
use stage::play;
use stage::wire::fresh_id;

/// A space where agents help themselves: Jack and Mia are agents on duty, Dot a supervisor.
struct Scene<'a> {
    api: &'a Api,
    space: Space,
    jack: AgentLine,
    mia: AgentLine,
    dot: AgentLine,
}

/// How something is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Way {
    Call,
    Socket,
}

#[test]
fn f46_f55_f56_d7_each_act_of_an_item_has_the_same_answer_as_call_and_over_a_socket() {
    play(0, async |stage| {
        let mut scene = Scene::opens(stage.api()).await?;
        let mut stories = Vec::new();
        for way in [Way::Call, Way::Socket] {
            let customer = CustomerLine::writes(scene.api, &scene.space, "Hello").await?;
            let c = customer.talk.conversation;
            let mut story = Vec::new();
            let mut tells = |what: &str, outcome: String| story.push(format!("{what}: {outcome}"));
            tells("take", scene.take(way, "Jack", c).await?);
            tells("take again", scene.take(way, "Jack", c).await?);
            tells("unassign", scene.unassign(way, c).await?);
            tells("unassign again", scene.unassign(way, c).await?);
            tells("take", scene.take(way, "Jack", c).await?);
            let mia = scene.mia.me.agent;
            let to_mia = || Target::Agent {
                agent: mia,
                queue: None,
            };
            tells("to Mia", scene.transfer(way, c, to_mia()).await?);
            tells("Mia declines", scene.answers(way, c, false).await?);
            tells("to Mia", scene.transfer(way, c, to_mia()).await?);
            tells("Mia accepts", scene.answers(way, c, true).await?);
            tells("take from Mia", scene.take(way, "Dot", c).await?);
            tells("Jack wants it, too", scene.take(way, "Jack", c).await?);
            let queue = Label::parse("GENERAL")?;
            tells(
                "Jack passes it on",
                scene.transfer(way, c, Target::Queue { queue }).await?,
            );
            story.push(format!("{:?}", scene.kinds(c).await?));
            stories.push(story);
        }
        ensure!(stories[0] == stories[1], "{stories:#?}");
        ensure!(stories[0][0] == "take: done", "{stories:#?}");
        let refusals: Vec<_> = stories[0].iter().rev().skip(1).take(2).collect();
        ensure!(
            refusals
                == [
                    "Jack passes it on: not_assignee",
                    "Jack wants it, too: already_assigned"
                ],
            "{stories:#?}"
        );
        Ok(())
    });
}

#[test]
fn f86_f87_f103_each_act_of_a_talk_has_the_same_answer_as_call_and_over_a_socket() {
    play(0, async |stage| {
        let mut scene = Scene::opens(stage.api()).await?;
        let mut stories = Vec::new();
        for way in [Way::Call, Way::Socket] {
            let mut story = Vec::new();
            for ending in ["end", "cancel", "resolve"] {
                let mut customer = CustomerLine::writes(scene.api, &scene.space, "Hello").await?;
                let c = customer.talk.conversation;
                scene.take(Way::Socket, "Jack", c).await?;
                let mut jack = scene.jack.opens(c).await?;
                let [his, hers] = [scene.jack.me.token.clone(), customer.me.token.clone()];
                let text = |words: &str| MessageText::parse(words);
                let resolve = |word: &str| -> Result<Said> {
                    Ok(Said::Resolve {
                        resolution: Label::parse(word)?,
                        reason: None,
                    })
                };
                let end = || Ok(Said::End);
                // Who speaks, the path and body of the call, the command of the socket.
                let first = [
                    (
                        &his,
                        "messages",
                        json!({"text": "Hi"}),
                        Ok(Said::Post { text: text("Hi")? }),
                    ),
                    (
                        &hers,
                        "messages",
                        json!({"text": "Yes"}),
                        Ok(Said::Post { text: text("Yes")? }),
                    ),
                    (
                        &his,
                        "notes",
                        json!({"text": "Hm"}),
                        Ok(Said::Note { text: text("Hm")? }),
                    ),
                    (
                        &hers,
                        "notes",
                        json!({"text": "Hm"}),
                        Ok(Said::Note { text: text("Hm")? }),
                    ),
                    (
                        &his,
                        "resolve",
                        json!({"resolution": "magic"}),
                        resolve("magic"),
                    ),
                    (
                        &his,
                        "abandon",
                        json!({}),
                        Ok(Said::Abandon {
                            reason: None,
                            note: None,
                        }),
                    ),
                ];
                let last = match ending {
                    "end" => (&his, "end", json!({}), end()),
                    "cancel" => (&hers, "cancel", json!({}), end()),
                    _ => (
                        &his,
                        "resolve",
                        json!({"resolution": "resolved"}),
                        resolve("resolved"),
                    ),
                };
                let after = [
                    (
                        &hers,
                        "messages",
                        json!({"text": "But"}),
                        Ok(Said::Post { text: text("But")? }),
                    ),
                    (&his, "end", json!({}), end()),
                    (
                        &his,
                        "resolve",
                        json!({"resolution": "resolved"}),
                        resolve("resolved"),
                    ),
                    (
                        &his,
                        "notes",
                        json!({"text": "Late"}),
                        Ok(Said::Note {
                            text: text("Late")?,
                        }),
                    ),
                ];
                for (token, path, body, command) in first.into_iter().chain([last]).chain(after) {
                    let path_of_call = format!("/api/v1/conversations/{c}/{path}");
                    let outcome = match way {
                        Way::Call => {
                            let answer = scene
                                .call(Method::POST, &path_of_call, token, &body)
                                .await?;
                            outcome(&answer)
                        }
                        Way::Socket => {
                            let talk = if *token == his {
                                &mut jack
                            } else {
                                &mut customer.talk
                            };
                            said(talk.asks(command?).await?)
                        }
                    };
                    story.push(format!("{path}: {outcome}"));
                }
                story.push(format!("{:?}", scene.kinds(c).await?));
            }
            stories.push(story);
        }
        ensure!(stories[0] == stories[1], "{stories:#?}");
        for word in [
            "forbidden",
            "resolution_unknown",
            "customer_here",
            "ended",
            "closed",
        ] {
            let is_told = stories[0].iter().any(|line| line.ends_with(word));
            ensure!(is_told, "{word}: {stories:#?}");
        }
        Ok(())
    });
}

#[test]
fn f40_f44_availability_is_a_call() {
    play(0, async |stage| {
        let mut scene = Scene::opens(stage.api()).await?;
        let path = format!("/api/v1/spaces/{}/availability", scene.space.space);
        let token = scene.jack.me.token.clone();
        let off = json!({ "available": false, "for_chats": 3 });
        let answer = scene.call(Method::PUT, &path, &token, &off).await?;
        ensure!((answer.status, &answer.body) == (200, &off), "{answer:?}");
        let jack = &mut scene.jack;
        jack.sees("Unavailable", |desk| !desk.me.available).await?;
        ensure!(jack.desk.me.available_for == Some(3), "{:?}", jack.desk.me);
        let on = json!({ "available": true });
        let answer = scene.call(Method::PUT, &path, &token, &on).await?;
        let kept = json!({ "available": true, "for_chats": 3 });
        ensure!((answer.status, &answer.body) == (200, &kept), "{answer:?}");
        Ok(())
    });
}

#[test]
fn bad_input_of_every_act_is_refused_with_one_word_and_changes_nothing() {
    play(0, async |stage| {
        let mut scene = Scene::opens(stage.api()).await?;
        let api = stage.api();
        let held = CustomerLine::writes(api, &scene.space, "held").await?;
        let waiting = CustomerLine::writes(api, &scene.space, "waiting").await?;
        let ended = CustomerLine::writes(api, &scene.space, "ended").await?;
        let closed = CustomerLine::writes(api, &scene.space, "closed").await?;
        let [h, w, e, x] = [&held, &waiting, &ended, &closed].map(|line| line.talk.conversation);
        for c in [h, e, x] {
            scene.take(Way::Socket, "Jack", c).await?;
        }
        for (c, act) in [(e, "end"), (x, "resolve")] {
            let path = format!("/api/v1/conversations/{c}/{act}");
            let body = match act {
                "resolve" => json!({ "resolution": "resolved" }),
                _ => json!({}),
            };
            let token = scene.jack.me.token.clone();
            let answer = scene.call(Method::POST, &path, &token, &body).await?;
            ensure!(answer.status == 200, "{answer:?}");
        }
        scene.lists(e, "wrapping_up").await?;
        scene.lists(x, "closed").await?;
        let other = api.space(json!({}), &["Zoe"]).await?;
        let foreign = CustomerLine::writes(api, &other, "foreign")
            .await?
            .talk
            .conversation;
        let zoe = api.sign_in(&other, "Zoe").await?;

        let (space, general) = (scene.space.space.clone(), json!({ "queue": "GENERAL" }));
        let item = |c: ConversationId, act: &str| format!("/api/v1/spaces/{space}/items/{c}/{act}");
        let talk = |c: ConversationId, act: &str| format!("/api/v1/conversations/{c}/{act}");
        let of_other = |c: ConversationId| format!("/api/v1/spaces/{}/items/{c}/take", other.space);
        let unknown: ConversationId = "0190b6a4-2f7e-7cc3-98c4-dc0c0c07398f".parse()?;
        let nothing = json!({});
        let fence = json!({ "fence": 1 });
        let text = json!({ "text": "Hi" });
        let resolved = json!({ "resolution": "resolved" });
        let note = |to: &Value| json!({ "to": to, "note": "N" });
        let to_mia = json!({ "agent": scene.mia.me.agent });
        let to_unknown = json!({ "agent": unknown });
        let to_nowhere = json!({ "queue": "nowhere" });
        let [jack, mia, customer] =
            [&scene.jack.me.token, &scene.mia.me.token, &held.me.token].map(Clone::clone);
        let cases = vec![
            // Without the right.
            (
                &customer,
                item(h, "take"),
                nothing.clone(),
                403,
                "forbidden",
            ),
            (
                &mia,
                item(h, "unassign"),
                nothing.clone(),
                403,
                "not_assignee",
            ),
            (
                &mia,
                item(h, "transfer"),
                note(&general),
                403,
                "not_assignee",
            ),
            (&mia, talk(h, "messages"), text.clone(), 403, "not_assignee"),
            (&mia, talk(h, "end"), nothing.clone(), 403, "not_assignee"),
            (
                &mia,
                talk(h, "resolve"),
                resolved.clone(),
                403,
                "not_assignee",
            ),
            (
                &mia,
                talk(h, "abandon"),
                nothing.clone(),
                403,
                "not_assignee",
            ),
            (&mia, talk(h, "cancel"), nothing.clone(), 403, "forbidden"),
            (&customer, talk(h, "notes"), text.clone(), 403, "forbidden"),
            (
                &customer,
                talk(h, "resolve"),
                resolved.clone(),
                403,
                "forbidden",
            ),
            // Unknown and foreign.
            (
                &jack,
                item(unknown, "take"),
                nothing.clone(),
                404,
                "conversation_unknown",
            ),
            (
                &jack,
                item(unknown, "accept"),
                fence.clone(),
                404,
                "conversation_unknown",
            ),
            (
                &jack,
                item(unknown, "decline"),
                fence.clone(),
                404,
                "conversation_unknown",
            ),
            (
                &jack,
                item(unknown, "unassign"),
                nothing.clone(),
                404,
                "conversation_unknown",
            ),
            (
                &jack,
                item(unknown, "transfer"),
                note(&general),
                404,
                "conversation_unknown",
            ),
            (
                &jack,
                item(foreign, "take"),
                nothing.clone(),
                404,
                "conversation_unknown",
            ),
            (
                &jack,
                talk(foreign, "messages"),
                text.clone(),
                404,
                "conversation_unknown",
            ),
            (
                &jack,
                talk(unknown, "end"),
                nothing.clone(),
                404,
                "conversation_unknown",
            ),
            (
                &customer,
                talk(w, "messages"),
                text.clone(),
                404,
                "conversation_unknown",
            ),
            (
                &zoe.token,
                talk(h, "notes"),
                text.clone(),
                404,
                "conversation_unknown",
            ),
            (
                &zoe.token,
                of_other(h),
                nothing.clone(),
                404,
                "conversation_unknown",
            ),
            (&jack, of_other(h), nothing.clone(), 403, "forbidden"),
            (
                &jack,
                format!("/api/v1/spaces/{space}/items/x/take"),
                nothing.clone(),
                404,
                "conversation_unknown",
            ),
            (
                &jack,
                "/api/v1/conversations/x/end".into(),
                nothing.clone(),
                404,
                "conversation_unknown",
            ),
            // Late, or in a state that does not allow it.
            (&jack, item(w, "accept"), fence.clone(), 409, "offer_over"),
            (&jack, item(w, "decline"), fence.clone(), 409, "offer_over"),
            (
                &jack,
                item(w, "unassign"),
                nothing.clone(),
                403,
                "not_assignee",
            ),
            (
                &jack,
                talk(w, "messages"),
                text.clone(),
                403,
                "not_assignee",
            ),
            (
                &jack,
                talk(w, "resolve"),
                resolved.clone(),
                403,
                "not_assignee",
            ),
            (
                &mia,
                item(h, "take"),
                nothing.clone(),
                409,
                "already_assigned",
            ),
            (
                &mia,
                item(h, "accept"),
                fence.clone(),
                409,
                "already_assigned",
            ),
            (
                &jack,
                talk(h, "abandon"),
                nothing.clone(),
                409,
                "customer_here",
            ),
            (&jack, item(e, "unassign"), nothing.clone(), 409, "ended"),
            (&jack, item(e, "transfer"), note(&general), 409, "ended"),
            (&jack, talk(e, "end"), nothing.clone(), 409, "ended"),
            (&jack, talk(e, "messages"), text.clone(), 409, "ended"),
            (&jack, item(x, "take"), nothing.clone(), 409, "closed"),
            (&jack, item(x, "transfer"), note(&general), 409, "closed"),
            (&jack, talk(x, "notes"), text.clone(), 409, "closed"),
            (&jack, talk(x, "resolve"), resolved.clone(), 409, "closed"),
            (&jack, talk(x, "end"), nothing.clone(), 409, "closed"),
            // No value that exists.
            (
                &jack,
                talk(h, "resolve"),
                json!({ "resolution": "magic" }),
                422,
                "resolution_unknown",
            ),
            (
                &jack,
                talk(h, "resolve"),
                json!({ "resolution": "two words" }),
                422,
                "resolution_unknown",
            ),
            (
                &jack,
                item(h, "transfer"),
                json!({ "to": general }),
                422,
                "note_required",
            ),
            (
                &jack,
                item(h, "transfer"),
                json!({ "to": general, "note": " " }),
                422,
                "note_required",
            ),
            (
                &jack,
                item(h, "transfer"),
                note(&to_nowhere),
                422,
                "queue_unknown",
            ),
            (
                &jack,
                item(h, "transfer"),
                note(&to_unknown),
                404,
                "agent_unknown",
            ),
            (
                &jack,
                item(h, "transfer"),
                json!({ "note": "N" }),
                422,
                "value_malformed",
            ),
            (&jack, item(h, "accept"), json!({}), 422, "value_malformed"),
            (
                &jack,
                item(h, "accept"),
                json!({ "fence": "1" }),
                422,
                "value_malformed",
            ),
            (
                &jack,
                item(h, "take"),
                json!({ "colour": 1 }),
                422,
                "field_unknown",
            ),
            (
                &jack,
                talk(h, "messages"),
                json!({ "text": " " }),
                422,
                "text_empty",
            ),
            (&jack, talk(h, "messages"), json!([]), 400, "body_malformed"),
        ];
        let before = scene.everything(&[h, w, e, x]).await?;
        for (token, path, body, status, code) in cases {
            let answer = scene.call(Method::POST, &path, token, &body).await?;
            let is = (answer.status, answer.code());
            ensure!(is == (status, code), "{path} {body}: {answer:?}");
        }
        // Without a key, and with one that is no id.
        for (key, status, code) in [
            (None, 400, "idempotency_key_missing"),
            (Some("7"), 422, "id_malformed"),
        ] {
            for path in [talk(h, "messages"), talk(h, "notes"), item(h, "transfer")] {
                let mut request = api
                    .request(Method::POST, &path)
                    .bearer_auth(&jack)
                    .json(&text);
                if let Some(key) = key {
                    request = request.header("Idempotency-Key", key);
                }
                let answer = api.send(request).await?;
                ensure!(
                    (answer.status, answer.code()) == (status, code),
                    "{path}: {answer:?}"
                );
            }
        }
        // A token for nobody.
        let answer = api
            .post(&item(h, "take"), Some("no.such.token"), &nothing)
            .await?;
        ensure!(
            (answer.status, answer.code()) == (401, "token_invalid"),
            "{answer:?}"
        );
        let after = scene.everything(&[h, w, e, x]).await?;
        ensure!(before == after, "{before:#?} is not {after:#?}");
        // Who is Unavailable is given nothing.
        scene.mia.sets_available(false).await?;
        let answer = scene
            .call(Method::POST, &item(h, "transfer"), &jack, &note(&to_mia))
            .await?;
        ensure!(
            (answer.status, answer.code()) == (409, "agent_unavailable"),
            "{answer:?}"
        );
        let answer = scene
            .call(Method::POST, &item(w, "take"), &mia, &nothing)
            .await?;
        ensure!(
            (answer.status, answer.code()) == (409, "agent_unavailable"),
            "{answer:?}"
        );
        ensure!(
            scene.kinds(h).await? == kinds(&after[0]),
            "a refused transfer leaves no note"
        );
        Ok(())
    });
}

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

impl<'a> Scene<'a> {
    async fn opens(api: &'a Api) -> Result<Self> {
        let settings = json!({ "offer_mode": "manual", "conversation_limit": 50 });
        let agents = vec![
            json!({ "name": "Jack" }),
            json!({ "name": "Mia" }),
            json!({ "name": "Dot", "role": "supervisor" }),
        ];
        let space = api.space_with(settings, agents).await?;
        Ok(Self {
            jack: AgentLine::on_duty(api, &space, "Jack").await?,
            mia: AgentLine::on_duty(api, &space, "Mia").await?,
            dot: AgentLine::on_duty(api, &space, "Dot").await?,
            api,
            space,
        })
    }

    /// A call under a fresh id, whose status must stand in the document.
    async fn call(&self, method: Method, path: &str, token: &str, body: &Value) -> Result<Answer> {
        let request = self
            .api
            .request(method.clone(), path)
            .bearer_auth(token)
            .header("Idempotency-Key", fresh_id()?.to_string())
            .json(body);
        let answer = self.api.send(request).await?;
        stage::api::is_documented(method.as_str(), path, answer.status)?;
        Ok(answer)
    }

    async fn acts(
        &mut self,
        way: Way,
        who: &str,
        command: Command,
        (act, body): (&str, Value),
    ) -> Result<String> {
        let c = command.conversation().context("an item")?;
        self.is_known(c).await?;
        let path = format!("/api/v1/spaces/{}/items/{c}/{act}", self.space.space);
        let line = match who {
            "Jack" => &mut self.jack,
            "Mia" => &mut self.mia,
            _ => &mut self.dot,
        };
        match way {
            Way::Socket => Ok(said(line.asks(command).await?)),
            Way::Call => {
                let token = line.me.token.clone();
                let answer = self.call(Method::POST, &path, &token, &body).await?;
                Ok(outcome(&answer))
            }
        }
    }

    async fn take(&mut self, way: Way, who: &str, conversation: ConversationId) -> Result<String> {
        let take = Command::Take { conversation };
        self.acts(way, who, take, ("take", json!({}))).await
    }

    async fn unassign(&mut self, way: Way, conversation: ConversationId) -> Result<String> {
        let unassign = Command::Unassign { conversation };
        self.acts(way, "Jack", unassign, ("unassign", json!({})))
            .await
    }

    /// Jack passes it on; over a socket his client writes the note first.
    async fn transfer(
        &mut self,
        way: Way,
        conversation: ConversationId,
        to: Target,
    ) -> Result<String> {
        let note = MessageText::parse("He waits for the part")?;
        let target = match &to {
            Target::Agent { agent, .. } => json!({ "agent": agent }),
            Target::Queue { queue } => json!({ "queue": queue }),
        };
        let is_his = self.holder(conversation).await? == json!(self.jack.me.agent);
        if way == Way::Socket && is_his {
            let text = note.clone();
            self.jack
                .opens(conversation)
                .await?
                .asks(Said::Note { text })
                .await??;
        }
        let body = json!({ "to": target, "note": note });
        let transfer = Command::Transfer {
            conversation,
            to,
            note: Some(note),
        };
        self.acts(way, "Jack", transfer, ("transfer", body)).await
    }

    /// Mia accepts or declines what is passed on to her, by the fence of her own list.
    async fn answers(
        &mut self,
        way: Way,
        conversation: ConversationId,
        accepts: bool,
    ) -> Result<String> {
        let page = self.page(&self.mia.me.token, "list=mine").await?;
        let row = row(&page, conversation).context("not offered")?;
        let fence = row["fence"].clone();
        let number = serde_json::from_value(fence.clone())?;
        let body = json!({ "fence": fence });
        let (command, act) = if accepts {
            (
                Command::Accept {
                    conversation,
                    fence: number,
                },
                "accept",
            )
        } else {
            (
                Command::Decline {
                    conversation,
                    fence: number,
                },
                "decline",
            )
        };
        self.acts(way, "Mia", command, (act, body)).await
    }

    async fn page(&self, token: &str, query: &str) -> Result<Answer> {
        let path = format!("/api/v1/spaces/{}/items", self.space.space);
        let answer = self
            .api
            .get(&format!("{path}?{query}"), Some(token))
            .await?;
        stage::api::is_documented("GET", &path, answer.status)?;
        Ok(answer)
    }

    async fn holder(&self, conversation: ConversationId) -> Result<Value> {
        let page = self.page(&self.dot.me.token, "list=active").await?;
        Ok(row(&page, conversation)
            .map(|row| row["agent"].clone())
            .unwrap_or_default())
    }

    /// Waits until the space has heard of a conversation: it is told in the background.
    async fn is_known(&self, conversation: ConversationId) -> Result<()> {
        loop {
            for list in ["waiting", "active", "wrapping_up", "closed"] {
                let page = self
                    .page(&self.dot.me.token, &format!("list={list}"))
                    .await?;
                if row(&page, conversation).is_some() {
                    return Ok(());
                }
            }
        }
    }

    /// Waits until a list has it.
    async fn lists(&self, conversation: ConversationId, list: &str) -> Result<()> {
        loop {
            let page = self
                .page(&self.dot.me.token, &format!("list={list}"))
                .await?;
            if row(&page, conversation).is_some() {
                return Ok(());
            }
        }
    }

    async fn events(&self, conversation: ConversationId) -> Result<Value> {
        let path = format!("/api/v1/conversations/{conversation}/events");
        let answer = self.api.get(&path, Some(&self.dot.me.token)).await?;
        ensure!(answer.status == 200, "{answer:?}");
        Ok(answer.body)
    }

    async fn kinds(&self, conversation: ConversationId) -> Result<Vec<String>> {
        Ok(kinds(&self.events(conversation).await?))
    }

    /// The logs, then every list, as the supervisor reads them.
    async fn everything(&self, conversations: &[ConversationId]) -> Result<Vec<Value>> {
        let mut all = Vec::new();
        for conversation in conversations {
            all.push(self.events(*conversation).await?);
        }
        for list in ["waiting", "active", "wrapping_up", "closed"] {
            let page = self
                .page(&self.dot.me.token, &format!("list={list}"))
                .await?;
            all.push(page.body);
        }
        Ok(all)
    }
}

fn row(page: &Answer, conversation: ConversationId) -> Option<&Value> {
    let mut rows = page.body["items"].as_array()?.iter();
    rows.find(|row| row["conversation"] == json!(conversation))
}

/// Kinds of the entries of a log.
fn kinds(events: &Value) -> Vec<String> {
    let entries = events["events"].as_array();
    let kind = |entry: &Value| match &entry["event"] {
        Value::String(word) => word.clone(),
        event => {
            let words = event.as_object().into_iter().flat_map(|event| event.keys());
            words.cloned().collect()
        }
    };
    entries.into_iter().flatten().map(kind).collect()
}

/// `done`, or the word of the refusal.
fn outcome(answer: &Answer) -> String {
    match answer.status {
        200 | 201 => "done".into(),
        _ => answer.code().to_owned(),
    }
}

fn said<T: Debug>(answer: Result<T, Refusal>) -> String {
    answer.map_or_else(|refusal| refusal.code().to_owned(), |_| "done".into())
}
