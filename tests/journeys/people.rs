//! Who works in a space: agents leave and come back, change and are changed, in one space or two.

use core::time::Duration;

use anyhow::{Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use shared::conversation::Event;
use shared::frame::CloseCode;
use shared::id::AgentId;
use stage::api::{Api, Space};
use stage::dial::Dial;
use stage::line::{AgentLine, CustomerLine, Talk};
use stage::play;

/// How long a revocation may take (SECURITY.md G4).
const SOON: Duration = Duration::from_secs(5);

/// A space with an admin and agents who are Available.
async fn space(api: &Api, names: &[&str]) -> Result<(Space, String)> {
    let mut agents: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
    agents.push(json!({ "name": "Ada", "role": "admin" }));
    let space = api.space_with(json!({}), agents).await?;
    let admin = api.sign_in(&space, "Ada").await?.token;
    Ok((space, admin))
}

fn of(space: &Space, agent: AgentId, act: &str) -> String {
    format!("/api/v1/spaces/{}/agents/{agent}{act}", space.space)
}

async fn statuses(api: &Api, space: &Space, token: &str) -> Result<Vec<String>> {
    let path = format!("/api/v1/spaces/{}/agents", space.space);
    let answer = api.get(&path, Some(token)).await?;
    ensure!(answer.status == 200, "{answer:?}");
    let rows = answer.body["agents"].as_array().cloned();
    let rows = rows.unwrap_or_default().into_iter();
    Ok(rows
        .map(|row| format!("{} {}", row["name"], row["status"]).replace('"', ""))
        .collect())
}

#[test]
fn g4_01_g4_02_d2_who_leaves_is_out_everywhere_and_the_work_goes_to_others() {
    play(0, async |stage| {
        let api = stage.api();
        let (space, admin) = space(api, &["Jack", "Mia"]).await?;
        let mut jack = AgentLine::on_duty(api, &space, "Jack").await?;
        let mut active = CustomerLine::writes(api, &space, "I am waiting").await?;
        let mut talk = jack.accepts().await?;
        let mut mia = AgentLine::on_duty(api, &space, "Mia").await?;
        let mut hers = CustomerLine::writes(api, &space, "I am hers").await?;
        let its = mia.accepts().await?.conversation;
        // A colleague who merely looks on.
        let mut looking = jack.opens(its).await?;

        let answer = api
            .post(
                &of(&space, jack.me.agent, "/deactivate"),
                Some(&admin),
                &json!({}),
            )
            .await?;
        ensure!(answer.body["status"] == "deactivated", "{answer:?}");
        for wire in [&mut talk.wire, &mut looking.wire] {
            let code = wire.closes_within(SOON).await?;
            let word = &wire.word;
            ensure!(
                code == CloseCode::Unauthorized.number() && word == "token_revoked",
                "{code} {word}"
            );
        }
        let code = jack.wire.closes_within(SOON).await?;
        let word = &jack.wire.word;
        ensure!(
            code == CloseCode::Forbidden.number() && word == "token_revoked",
            "{code} {word}"
        );

        // Every entry point, with the token that was good a moment ago.
        let token = jack.me.token.as_str();
        let events = format!("/api/v1/conversations/{its}/events");
        let items = format!("/api/v1/spaces/{}/items?list=waiting", space.space);
        let agents = format!("/api/v1/spaces/{}/agents", space.space);
        let settings = format!("/api/v1/spaces/{}/settings", space.space);
        for path in [&events, &items, &agents, &settings, "/api/v1/me"] {
            let answer = api.get(path, Some(token)).await?;
            ensure!(
                answer.status == 401 && answer.code() == "token_revoked",
                "{path}: {answer:?}"
            );
        }
        for dial in [
            Dial::conversation(api.base(), its, token),
            Dial::space(api.base(), &space.space, token),
        ] {
            let path = dial.path.clone();
            let mut wire = dial.open().await?;
            let code = wire.closes_within(SOON).await?;
            let refused = [CloseCode::Revoked, CloseCode::Left].map(CloseCode::number);
            ensure!(
                refused.contains(&code) && wire.word == "token_revoked",
                "{path}: {code} {}",
                wire.word
            );
        }
        ensure!(api.sign_in(&space, "Jack").await.is_err(), "signed in");

        // The customer is told, and the colleague gets it.
        let is_back = |event: &Event| matches!(event, Event::AgentUnassigned { .. });
        active.talk.sees("the agent has left", is_back).await?;
        let offer = mia.is_offered().await?;
        ensure!(offer.conversation == active.talk.conversation, "{offer:?}");
        let mut talk = mia.accepts().await?;
        talk.wire.writes("I am Mia").await?;
        active.talk.reads("I am Mia").await?;
        hers.talk.wire.writes("Still here").await?;
        let shown = statuses(api, &space, &admin).await?;
        ensure!(
            shown == ["Ada away", "Jack deactivated", "Mia available"],
            "{shown:?}"
        );

        // Back again: the old token stays void, a new sign-in is good.
        let path = of(&space, jack.me.agent, "/activate");
        let answer = api.post(&path, Some(&admin), &json!({})).await?;
        ensure!(answer.body["status"] == "away", "{answer:?}");
        let answer = api.get(&agents, Some(token)).await?;
        ensure!(answer.code() == "token_revoked", "{answer:?}");
        let jack = AgentLine::on_duty(api, &space, "Jack").await?;
        let opened: Talk = jack.opens(its).await?;
        drop(opened);
        Ok(())
    });
}

#[test]
fn g4_01_a_new_role_closes_the_sockets_of_the_old_one() {
    play(0, async |stage| {
        let api = stage.api();
        let (space, admin) = space(api, &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(api, &space, "Jack").await?;
        let _customer = CustomerLine::writes(api, &space, "Hello").await?;
        let mut talk = jack.accepts().await?;
        let path = of(&space, jack.me.agent, "");
        let change = |token: String, body: Value| {
            let request = api
                .request(Method::PATCH, &path)
                .bearer_auth(token)
                .json(&body);
            api.send(request)
        };
        let role = json!({ "role": "supervisor" });
        let answer = change(jack.me.token.clone(), role.clone()).await?;
        ensure!(answer.status == 403, "{answer:?}");
        let answer = change(admin.clone(), json!({ "limit": 0 })).await?;
        ensure!(
            answer.status == 422 && answer.code() == "setting_out_of_range",
            "{answer:?}"
        );
        let answer = change(admin.clone(), json!({ "queues": ["night"] })).await?;
        ensure!(
            answer.status == 422 && answer.code() == "queue_unknown",
            "{answer:?}"
        );
        let answer = change(admin.clone(), json!({ "limit": 1 })).await?;
        ensure!(answer.body["limit"] == 1, "{answer:?}");
        let answer = change(admin, role).await?;
        ensure!(answer.body["role"] == "supervisor", "{answer:?}");
        for wire in [&mut talk.wire, &mut jack.wire] {
            let code = wire.closes_within(SOON).await?;
            let word = &wire.word;
            ensure!(
                code == CloseCode::Unauthorized.number() && word == "token_revoked",
                "{code} {word}"
            );
        }
        let jack = AgentLine::on_duty(api, &space, "Jack").await?;
        jack.opens(talk.conversation).await?;
        Ok(())
    });
}

#[test]
fn f41_available_in_two_spaces_by_one_call() {
    play(0, async |stage| {
        let api = stage.api();
        let first = api.space(json!({}), &["Jack"]).await?;
        let agent = api.sign_in(&first, "Jack").await?.agent;
        let jack = json!({ "agent": agent, "name": "Jack" });
        let second = api.space_with(json!({}), vec![jack]).await?;
        let mut here = AgentLine::on_duty(api, &first, "Jack").await?;
        let mut there = AgentLine::on_duty(api, &second, "Jack").await?;
        ensure!(there.me.agent == agent, "another person");
        // Spaces tell the account by themselves.
        let token = here.me.token.clone();
        let spaces = loop {
            let answer = api.get("/api/v1/me", Some(&token)).await?;
            let spaces = answer.body["spaces"].as_array().map_or(0, Vec::len);
            if spaces == 2 {
                break answer.body;
            }
        };
        ensure!(
            spaces["name"] == "Jack" && spaces["spaces"][0]["available"] == true,
            "{spaces}"
        );
        for available in [false, true] {
            let request = api
                .request(Method::PUT, "/api/v1/me/availability")
                .bearer_auth(&token)
                .json(&json!({ "available": available }));
            let answer = api.send(request).await?;
            ensure!(answer.status == 202, "{answer:?}");
            for line in [&mut here, &mut there] {
                line.sees("the wish", |desk| desk.me.available == available)
                    .await?;
            }
        }
        Ok(())
    });
}
