//! Offers on the screen: declined, missed, and given back to the only one there.

use anyhow::ensure;
use serde_json::json;
use stage::line::{AgentLine, CustomerLine};
use stage::play;

#[test]
fn f47_a_declined_offer_goes_to_another_agent() {
    play(2, async |stage| {
        let space = stage.space(json!({}), &["Jack", "Mia"]).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        let mut customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        let name = jack.is_offered().await?;
        let mia = stage.agent(&space, "Mia").await?;
        mia.sets_available(true).await?;
        jack.declines().await?;
        jack.is_offered_nothing().await?;
        jack.is_available(true).await?;
        let next = mia.is_offered().await?;
        ensure!(next == name, "{next} is not {name}");
        mia.accepts().await?;
        jack.has_slots("0 of 5 slots").await?;
        mia.has_slots("1 of 5 slots").await?;
        mia.writes("Good morning").await?;
        customer.talk.reads("Good morning").await?;
        Ok(())
    });
}

#[test]
fn f48_a_missed_offer_makes_the_agent_unavailable() {
    play(1, async |stage| {
        let space = stage
            .space(json!({ "offer_s": 2 }), &["Jack", "Mia"])
            .await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        let customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        jack.is_offered().await?;
        jack.is_offered_nothing().await?;
        jack.is_available(false).await?;
        jack.has_slots("0 of 5 slots").await?;
        jack.browser
            .reads(".list--offers .list__empty", "You are unavailable")
            .await?;

        let mut mia = AgentLine::on_duty(stage.api(), &space, "Mia").await?;
        let offer = mia.is_offered().await?;
        ensure!(offer.conversation == customer.talk.conversation);
        mia.accepts().await?;
        jack.sets_available(true).await
    });
}

#[test]
fn f49_the_sole_agent_is_offered_it_again() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        let mut customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        let name = jack.is_offered().await?;
        jack.declines().await?;
        jack.is_offered_nothing().await?;
        jack.browser
            .reads(".list--queue .waiting__queue", "GENERAL")
            .await?;
        let again = jack.is_offered().await?;
        ensure!(again == name, "{again} is not {name}");
        jack.accepts().await?;
        jack.writes("Here I am").await?;
        customer.talk.reads("Here I am").await?;
        Ok(())
    });
}

#[test]
fn f58_an_offer_can_be_looked_at_first() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        let mut customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        customer.talk.writes("It is about my order").await?;
        jack.is_offered().await?;
        jack.browser.presses(".offer__open").await?;
        jack.browser.sees(".conversation--preview .preview").await?;
        jack.reads("It is about my order").await?;
        jack.browser.sees_no(".conversation .composer").await?;
        // D15: a look moves no tick.
        let path = format!(
            "/api/v1/conversations/{}/events?after=0",
            customer.talk.conversation
        );
        let before = stage.api().get(&path, Some(&customer.me.token)).await?;
        ensure!(!before.body.to_string().contains("agent_assigned"));
        jack.browser.presses(".preview .offer__accept").await?;
        jack.browser.reads(".conversation .pill", "Active").await?;
        jack.writes("I see").await?;
        customer.talk.reads("I see").await?;
        Ok(())
    });
}
