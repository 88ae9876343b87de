//! Acts as calls: what is done over a socket can be done over HTTP, with the same rules and the
//! same word of refusal. No browser: programs have none.

mod bad;
mod repeats;
mod scene;

use anyhow::{Result, ensure};
use reqwest::Method;
use serde_json::json;
use shared::conversation::Command as Said;
use shared::space::Target;
use shared::text::{Label, MessageText};
use stage::line::CustomerLine;
use stage::play;

use scene::{Scene, Way, outcome, said};

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
                        Ok(Said::Post {
                            text: text("Hi")?,
                            reply_to: None,
                        }),
                    ),
                    (
                        &hers,
                        "messages",
                        json!({"text": "Yes"}),
                        Ok(Said::Post {
                            text: text("Yes")?,
                            reply_to: None,
                        }),
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
                        Ok(Said::Post {
                            text: text("But")?,
                            reply_to: None,
                        }),
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
fn an_act_that_nobody_waits_for_is_pending_and_done_when_asked_again() {
    play(0, async |stage| {
        let mut scene = Scene::opens(stage.api()).await?;
        let customer = CustomerLine::writes(scene.api, &scene.space, "Hello").await?;
        let c = customer.talk.conversation;
        scene.is_known(c).await?;
        let item = format!("/api/v1/spaces/{}/items/{c}", scene.space.space);
        // (act, what its answer says of the item once it is done)
        let acts = [("take", "active"), ("unassign", "waiting")];
        for (act, state) in acts {
            let request = |prefer: &str| {
                let request = scene.api.request(Method::POST, &format!("{item}/{act}"));
                let request = request.bearer_auth(&scene.jack.me.token);
                request.header("Prefer", prefer).json(&json!({}))
            };
            let pending = scene.api.send(request("respond-async")).await?;
            ensure!(
                (pending.status, &pending.body) == (202, &json!({ "state": "pending" })),
                "{pending:?}"
            );
            // The conversation agrees all the same.
            scene.lists(c, state).await?;
            let again = scene.api.send(request("wait=10")).await?;
            ensure!(
                again.status == 200 && again.body["state"] == state,
                "{again:?}"
            );
        }
        // What is refused at once is no secret to who does not wait.
        let refused = scene
            .api
            .request(Method::POST, &format!("{item}/unassign"))
            .bearer_auth(&scene.mia.me.token)
            .header("Prefer", "respond-async");
        let refused = scene.api.send(refused.json(&json!({}))).await?;
        ensure!(refused.code() == "not_assignee", "{refused:?}");
        scene
            .jack
            .sees("free", |desk| desk.items.is_empty())
            .await?;
        Ok(())
    });
}
