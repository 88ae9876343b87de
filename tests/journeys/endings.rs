//! How a conversation ends: by the agent, by the customer, by silence, or because nobody came.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use stage::api::Space;
use stage::cast::{Agent, Customer};
use stage::line::{AgentLine, CustomerLine};
use stage::{Stage, play};

/// A space in which Jack and a customer talk.
async fn talk(stage: &Stage, settings: Value) -> Result<(Space, Agent, Customer)> {
    let space = stage.space(settings, &["Jack", "Mia"]).await?;
    let jack = stage.agent(&space, "Jack").await?;
    jack.sets_available(true).await?;
    let customer = stage.customer(&space).await?;
    customer.opens_chat().await?;
    customer.writes("Hello").await?;
    jack.accepts().await?;
    customer.is_told("Jack is online").await?;
    Ok((space, jack, customer))
}

#[test]
fn f86_f87_ending_wraps_up_and_resolving_closes() {
    play(2, async |stage| {
        let settings = json!({ "conversation_limit": 1 });
        let (space, jack, customer) = talk(stage, settings).await?;
        jack.ends().await?;
        customer
            .browser
            .reads(".ended__title", "The conversation is over")
            .await?;
        customer.browser.sees_no(".composer").await?;
        jack.browser
            .reads(".conversation .pill", "Wrapping up")
            .await?;
        jack.browser.sees(".list--wrapping .item").await?;
        jack.has_slots("1 of 1 slots").await?;

        // The slot is kept: nobody else is offered to Jack.
        let waiting = CustomerLine::writes(stage.api(), &space, "Me, too").await?;
        jack.browser.reads(".list--queue .list__count", "1").await?;
        jack.is_offered_nothing().await?;
        jack.notes("sent a new parcel").await?;
        jack.reads("sent a new parcel").await?;

        jack.resolves("resolved").await?;
        jack.browser.sees_no(".list--wrapping .item").await?;
        jack.is_offered().await?;
        drop(waiting);

        customer.browser.presses(".ended__new").await?;
        customer.browser.sees(".welcome").await?;
        customer.writes("One more thing").await?;
        customer.is_told("Waiting for agent").await?;
        let log = customer.log().await?;
        ensure!(
            log.iter().all(|line| line.text != "Hello"),
            "the old conversation: {log:?}"
        );
        Ok(())
    });
}

#[test]
fn f57_resolving_an_active_conversation_does_both() {
    play(2, async |stage| {
        let (_, jack, customer) = talk(stage, json!({})).await?;
        jack.resolves("not_resolved").await?;
        customer.browser.sees(".ended").await?;
        jack.has_slots("0 of 5 slots").await?;
        jack.browser.sees_no(".list--mine .item").await
    });
}

#[test]
fn f100_a_customer_ends_the_chat() {
    play(2, async |stage| {
        let (_, jack, customer) = talk(stage, json!({})).await?;
        customer.browser.presses(".header__end").await?;
        customer.browser.sees(".confirm").await?;
        customer.browser.presses(".confirm__no").await?;
        customer.browser.sees_no(".confirm").await?;
        customer.ends().await?;
        customer.browser.sees(".ended").await?;
        jack.reads("End user has cancelled chat.").await?;
        jack.browser
            .reads(".conversation .pill", "Wrapping up")
            .await?;
        jack.resolves("not_resolved").await?;
        jack.has_slots("0 of 5 slots").await
    });
}

#[test]
fn f56_unassign_puts_it_back_to_the_queue() {
    play(2, async |stage| {
        let (space, jack, customer) = talk(stage, json!({})).await?;
        let mut mia = AgentLine::on_duty(stage.api(), &space, "Mia").await?;
        jack.unassigns().await?;
        customer.is_told("Waiting for agent").await?;
        mia.accepts().await?;
        customer.is_told("Mia is online").await?;
        jack.has_slots("0 of 5 slots").await?;
        Ok(())
    });
}

#[test]
fn f51_nobody_comes_in_time() {
    play(1, async |stage| {
        let settings =
            json!({ "wait_s": 2, "fallback_text": "We are at lunch. Write to help@shop.example." });
        let space = stage.space(settings, &["Jack"]).await?;
        let customer = stage.customer(&space).await?;
        customer.opens_chat().await?;
        customer.writes("Is anybody there?").await?;
        customer.is_told("Waiting for agent").await?;
        customer.browser.sees(".ended").await?;
        customer
            .browser
            .reads(".chat", "We are at lunch. Write to help@shop.example.")
            .await?;
        customer.browser.presses(".ended__new").await?;
        customer.browser.sees(".welcome").await
    });
}

#[test]
fn f97_silence_warns_both_and_ends() {
    play(2, async |stage| {
        let settings = json!({ "idle_s": 3, "idle_end_s": 2 });
        let (_, jack, customer) = talk(stage, settings).await?;
        customer.reads("for a while").await?;
        jack.reads("for a while").await?;
        customer.browser.sees(".ended").await?;
        jack.browser
            .reads(".conversation .pill", "Wrapping up")
            .await
    });
}

#[test]
fn f98_a_conversation_has_a_greatest_age() {
    play(1, async |stage| {
        let space = stage.space(json!({ "max_s": 4 }), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let customer = stage.customer(&space).await?;
        customer.opens_chat().await?;
        customer.writes("Hello").await?;
        jack.accepts().await?;
        customer.is_told("Jack is online").await?;
        customer.browser.reads(".ended", "time limit").await
    });
}
