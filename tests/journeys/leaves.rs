//! What becomes of work whose agent goes, and what the agent's screen says (R41, R42, D2).

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use shared::conversation::Command as Said;
use shared::id::AgentId;
use shared::space::{Command, Target};
use shared::text::MessageText;
use stage::api::{Answer, Space};
use stage::line::{AgentLine, CustomerLine};
use stage::{Stage, play};

/// A space with agents of these names and Ada, an admin: it and her token.
async fn shop(stage: &Stage, names: &[&str], settings: Value) -> Result<(Space, String)> {
    let mut agents: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
    agents.push(json!({ "name": "Ada", "role": "admin" }));
    let space = stage.api().space_with(settings, agents).await?;
    let ada = stage.api().sign_in(&space, "Ada").await?.token;
    Ok((space, ada))
}

async fn deactivates(stage: &Stage, space: &Space, ada: &str, agent: AgentId) -> Result<()> {
    let path = format!("/api/v1/spaces/{}/agents/{agent}/deactivate", space.space);
    let answer = stage.api().post(&path, Some(ada), &json!({})).await?;
    ensure!(answer.body["status"] == "deactivated", "{answer:?}");
    Ok(())
}

async fn list(stage: &Stage, space: &Space, token: &str, list: &str) -> Result<Answer> {
    let path = format!("/api/v1/spaces/{}/items?list={list}", space.space);
    stage.api().get(&path, Some(token)).await
}

/// Jack has a conversation on his screen and passes it on to Mia, who is asked.
async fn asked(
    stage: &Stage,
    space: &Space,
) -> Result<(stage::cast::Agent, AgentLine, CustomerLine)> {
    let jack = stage.agent(space, "Jack").await?;
    jack.sets_available(true).await?;
    let customer = CustomerLine::writes(stage.api(), space, "Where is my kettle?").await?;
    jack.accepts().await?;
    let mia = AgentLine::on_duty(stage.api(), space, "Mia").await?;
    let mut elsewhere = AgentLine::signs_in(stage.api(), space, "Jack").await?;
    let pass_on = Command::Transfer {
        conversation: customer.talk.conversation,
        to: Target::Agent {
            agent: mia.me.agent,
            queue: None,
        },
        note: Some(MessageText::parse("She waits for a part")?),
    };
    elsewhere.asks(pass_on).await??;
    jack.browser
        .reads(".strip__text", "Transfer to Mia: waiting")
        .await?;
    Ok((jack, mia, customer))
}

#[test]
fn r42_a_transfer_to_an_agent_who_leaves_comes_back_and_says_so() {
    play(1, async |stage| {
        let (space, ada) = shop(stage, &["Jack", "Mia"], json!({})).await?;
        let (jack, mia, _customer) = asked(stage, &space).await?;
        deactivates(stage, &space, &ada, mia.me.agent).await?;
        jack.browser
            .reads(".strip__text", "Mia has left, and the transfer came back.")
            .await?;
        jack.browser.reads(".conversation .pill", "Active").await?;
        jack.writes("I am still here").await?;
        jack.sees_message("I am still here", "sent").await.ok();
        jack.has_slots("1 of 5 slots").await
    });
}

#[test]
fn r33_a_transfer_to_an_agent_who_is_unavailable_by_now_is_still_theirs_to_take() {
    play(1, async |stage| {
        let (space, _ada) = shop(stage, &["Jack", "Mia"], json!({})).await?;
        let (jack, mut mia, mut customer) = asked(stage, &space).await?;
        mia.sees("the transfer", |desk| !desk.transferred.is_empty())
            .await?;
        mia.sets_available(false).await?;
        let offer = mia.desk.transferred.first().context("withdrawn")?;
        let (conversation, fence) = (offer.offer.conversation, offer.offer.fence);
        let accept = Command::Accept {
            conversation,
            fence,
        };
        mia.asks(accept).await??;
        let mut talk = mia.opens(conversation).await?;
        talk.writes("I am Mia").await?;
        customer.talk.reads("I am Mia").await?;
        jack.browser.sees_no(".list--mine .item").await
    });
}

#[test]
fn d2_what_an_agent_who_leaves_was_wrapping_up_is_not_resolved() {
    play(0, async |stage| {
        let (space, ada) = shop(stage, &["Jack"], json!({})).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        let mut talk = jack.accepts().await?;
        talk.asks(Said::End).await??;
        jack.sees("wrapping up", |desk| {
            desk.items.iter().any(|item| item.ended.is_some())
        })
        .await?;
        deactivates(stage, &space, &ada, jack.me.agent).await?;
        // The conversation says it, then the space's list does.
        let row = loop {
            let closed = list(stage, &space, &ada, "closed").await?;
            if let Some(row) = closed.body["items"]
                .as_array()
                .and_then(|rows| rows.first())
            {
                break row.clone();
            }
        };
        let conversation = customer.talk.conversation.to_string();
        ensure!(
            row["conversation"] == conversation && row["resolution"] == "not_resolved",
            "{row}"
        );
        let wrapping = list(stage, &space, &ada, "wrapping_up").await?;
        ensure!(wrapping.body["items"] == json!([]), "{wrapping:?}");
        Ok(())
    });
}

#[test]
fn r41_the_screen_of_an_agent_who_is_let_go_says_so() {
    play(1, async |stage| {
        // What browsers say about the calls of an agent who is out.
        stage.excuse(&["401", "403", "WebSocket"]);
        let (space, ada) = shop(stage, &["Jack"], json!({})).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        let id = stage.api().sign_in(&space, "Jack").await?.agent;
        deactivates(stage, &space, &ada, id).await?;
        jack.browser.sees(".sign-in").await?;
        jack.browser
            .reads(
                ".sign-in__error",
                "You have no access to this space any more.",
            )
            .await
    });
}

#[test]
fn g4_01_a_new_role_reaches_the_screen_without_a_reload() {
    play(1, async |stage| {
        stage.excuse(&["401", "WebSocket"]);
        let (space, ada) = shop(stage, &["Jack"], json!({})).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        let _customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        jack.accepts().await?;
        jack.types("I was about to").await?;
        jack.browser.sees_no(".list--team").await?;
        let id = stage.api().sign_in(&space, "Jack").await?.agent;
        let path = format!("/api/v1/spaces/{}/agents/{id}", space.space);
        let role = stage
            .api()
            .request(Method::PATCH, &path)
            .bearer_auth(&ada)
            .json(&json!({ "role": "supervisor" }));
        let answer = stage.api().send(role).await?;
        ensure!(answer.body["role"] == "supervisor", "{answer:?}");
        jack.browser.sees(".list--team").await?;
        let draft: String = jack
            .browser
            .runs(
                "return document.querySelector('.conversation textarea').value",
                &[],
            )
            .await?;
        ensure!(draft == "I was about to", "{draft:?}");
        jack.writes(" say something").await?;
        jack.reads("I was about to say something").await
    });
}
