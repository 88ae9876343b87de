//! What colleagues have and what is closed: lists that open (D2, D9, R27).

use anyhow::Result;
use serde_json::json;
use shared::conversation::Event;
use stage::api::Space;
use stage::cast::Agent;
use stage::line::{AgentLine, CustomerLine};
use stage::{Stage, play};

/// Ada looks after Mia, who has a conversation.
async fn team(stage: &Stage) -> Result<(Space, Agent, AgentLine, CustomerLine)> {
    let agents = vec![
        json!({ "name": "Ada", "role": "supervisor" }),
        json!({ "name": "Mia" }),
    ];
    let space = stage.api().space_with(json!({}), agents).await?;
    let mut mia = AgentLine::on_duty(stage.api(), &space, "Mia").await?;
    let customer = CustomerLine::writes(stage.api(), &space, "Where is my kettle?").await?;
    mia.accepts().await?;
    let ada = stage.agent(&space, "Ada").await?;
    ada.browser.reads(".list--team .list__count", "1").await?;
    ada.browser.presses(".list--team .list__toggle").await?;
    ada.browser
        .reads(".list--team .item__meta", "With Mia · GENERAL")
        .await?;
    ada.browser.presses(".list--team .item__open").await?;
    ada.reads("Where is my kettle?").await?;
    ada.browser.sees_no(".conversation .composer").await?;
    Ok((space, ada, mia, customer))
}

#[test]
fn r27_a_supervisor_takes_over_what_an_agent_has() {
    play(1, async |stage| {
        let (_, ada, mut mia, mut customer) = team(stage).await?;
        ada.sets_available(true).await?;
        ada.browser.presses(".conversation__take").await?;
        ada.browser.sees(".conversation .composer").await?;
        ada.browser.sees(".list--mine .item").await?;
        ada.browser.reads(".list--team .list__count", "0").await?;
        ada.browser
            .reads(".list--team .list__empty", "No colleague has a chat")
            .await?;
        ada.writes("I go on from here").await?;
        customer.talk.reads("I go on from here").await?;
        mia.sees("nothing left", |desk| desk.items.is_empty()).await
    });
}

#[test]
fn d2_a_supervisor_resolves_for_the_agent_and_it_stands_in_closed() {
    play(1, async |stage| {
        let (_, ada, mut mia, mut customer) = team(stage).await?;
        ada.resolves("resolved").await?;
        mia.sees("nothing left", |desk| desk.items.is_empty())
            .await?;
        customer
            .talk
            .sees("closed", |event| matches!(event, Event::Closed { .. }))
            .await?;
        ada.browser.presses(".list--closed .list__toggle").await?;
        ada.browser
            .reads(".list--closed .item__meta", "Resolved · GENERAL")
            .await?;
        ada.browser.reads(".list--closed .list__count", "1").await?;
        // It can be read again, and nothing can be done with it.
        ada.browser.reloads().await?;
        ada.browser.presses(".list--closed .list__toggle").await?;
        ada.browser.presses(".list--closed .item__open").await?;
        ada.reads("Where is my kettle?").await?;
        ada.browser.reads(".conversation .pill", "Closed").await?;
        ada.browser
            .reads(".conversation__line", "This conversation is closed")
            .await?;
        ada.browser.sees_no(".conversation__actions").await
    });
}

#[test]
fn f56_a_supervisor_gives_back_what_an_agent_has() {
    play(1, async |stage| {
        let (_, ada, mut mia, _customer) = team(stage).await?;
        mia.sets_available(false).await?;
        ada.sets_available(false).await?;
        ada.unassigns().await?;
        ada.browser.sees(".list--queue .waiting").await?;
        mia.sees("nothing left", |desk| desk.items.is_empty()).await
    });
}

#[test]
fn d2_agents_do_not_see_what_colleagues_have() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack", "Mia"]).await?;
        let mut mia = AgentLine::on_duty(stage.api(), &space, "Mia").await?;
        let _customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        mia.accepts().await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.browser.sees(".list--closed").await?;
        jack.browser.sees_no(".list--team").await
    });
}
