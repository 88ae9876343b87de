//! Waiting: the place in line, about how long it takes, and who is not there.

use anyhow::{Result, ensure};
use serde_json::json;
use shared::conversation::Command;
use shared::text::Label;
use stage::api::Space;
use stage::cast::Customer;
use stage::line::{AgentLine, CustomerLine, Talk};
use stage::{Stage, play};

const PLACE: &str = ".waiting__place";

/// A customer in a browser who has written and waits.
async fn waits(stage: &Stage, space: &Space) -> Result<Customer> {
    let customer = stage.customer(space).await?;
    customer.opens_chat().await?;
    customer.writes("Hello").await?;
    customer.is_told("Waiting for agent").await?;
    Ok(customer)
}

#[test]
fn p20_numbers_go_down_when_somebody_is_served() {
    play(2, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let _first = CustomerLine::writes(stage.api(), &space, "I am the first").await?;
        jack.is_offered().await?;
        let second = waits(stage, &space).await?;
        second
            .browser
            .reads(PLACE, "You are number 2 in line")
            .await?;
        let third = waits(stage, &space).await?;
        third
            .browser
            .reads(PLACE, "You are number 3 in line")
            .await?;
        jack.accepts().await?;
        second
            .browser
            .reads(PLACE, "You are number 1 in line")
            .await?;
        third
            .browser
            .reads(PLACE, "You are number 2 in line")
            .await?;
        jack.accepts().await?;
        second.is_told("Jack is online").await?;
        second.browser.sees_no(PLACE).await?;
        third
            .browser
            .reads(PLACE, "You are number 1 in line")
            .await?;

        // A reload finds the same.
        third.browser.reloads().await?;
        third.opens_chat().await?;
        third.browser.reads(PLACE, "You are number 1 in line").await
    });
}

#[test]
fn p20_the_wait_is_estimated_from_what_was() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        for text in ["one", "two", "three"] {
            let _customer = CustomerLine::writes(stage.api(), &space, text).await?;
            let mut talk = jack.accepts().await?;
            talk.asks(Command::End).await??;
            let resolution = Label::parse("resolved")?;
            let reason = None;
            talk.asks(Command::Resolve { resolution, reason }).await??;
        }
        let customer = waits(stage, &space).await?;
        let about = "You are number 1 in line · less than a minute";
        customer.browser.reads(PLACE, about).await
    });
}

#[test]
fn f12_nobody_is_on_duty() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let customer = waits(stage, &space).await?;
        let nobody = "No operators are available right now.";
        customer.browser.reads(PLACE, nobody).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        jack.is_offered().await?;
        customer
            .browser
            .reads(PLACE, "You are number 1 in line")
            .await?;
        jack.sets_available(false).await?;
        customer.browser.reads(PLACE, nobody).await
    });
}

#[test]
fn p20_a_full_queue_says_so_and_what_was_typed_is_kept() {
    play(1, async |stage| {
        stage.excuse(&["409"]);
        let full_text = "So many at once! Try again in a moment.";
        let queue = json!({ "name": "GENERAL", "max_waiting": 1, "full_text": full_text });
        let space = stage.space(json!({ "queues": [queue] }), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let _first = CustomerLine::writes(stage.api(), &space, "I am the first").await?;
        jack.is_offered().await?;
        let customer = stage.customer(&space).await?;
        customer.opens_chat().await?;
        customer.writes("Hello").await?;
        customer.sees_message("Hello", "failed").await?;
        customer
            .browser
            .reads(".message__reason", full_text)
            .await?;
        jack.accepts().await?;
        customer.browser.presses(".message__retry").await?;
        customer.is_told("Waiting for agent").await?;
        customer
            .browser
            .reads(PLACE, "You are number 1 in line")
            .await
    });
}

#[test]
fn p20_outside_the_hours_it_says_when_they_begin() {
    play(1, async |stage| {
        let week = json!([{ "day": "monday", "from": 540, "to": 541 }]);
        let hours = json!({ "zone": "Europe/Berlin", "week": week, "holidays": [] });
        let queue = json!({ "name": "GENERAL", "hours": hours });
        let space = stage.space(json!({ "queues": [queue] }), &["Jack"]).await?;
        let _jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let customer = stage.customer(&space).await?;
        customer.opens_chat().await?;
        customer.writes("Hello").await?;
        customer.browser.reads(PLACE, "We are back Monday").await?;
        // One thing is said, in one way.
        customer.is_told("We are closed at the moment.").await?;
        customer
            .browser
            .reads(".waiting__title", "We are closed at the moment.")
            .await?;
        let screen: String = customer
            .browser
            .runs("return document.body.innerText", &[])
            .await?;
        ensure!(!screen.contains("Waiting for agent"), "{screen}");
        Ok(())
    });
}

#[test]
fn pain_u10_u19_what_is_over_stays_over_and_what_was_typed_is_kept() {
    play(2, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        let customer = waits(stage, &space).await?;
        jack.accepts().await?;
        customer.is_told("Jack is online").await?;
        jack.writes("It leaves tomorrow").await?;
        customer.reads("It leaves tomorrow").await?;
        customer.types("And the lamp?").await?;
        jack.ends().await?;
        customer.browser.sees(".ended").await?;
        jack.resolves("resolved").await?;
        jack.has_slots("0 of 5 slots").await?;

        customer.browser.presses(".ended__new").await?;
        customer.browser.sees(".welcome").await?;
        let draft: String = customer
            .browser
            .runs(
                "return document.querySelector('.composer__text').value",
                &[],
            )
            .await?;
        ensure!(draft == "And the lamp?", "{draft:?} is left");
        jack.is_offered_nothing().await?;
        customer.browser.presses(".composer__send").await?;
        customer.is_told("Waiting for agent").await?;
        jack.accepts().await?;
        jack.reads("And the lamp?").await?;

        // The agent reads what came before, and comes back.
        jack.browser
            .reads(".details", "Earlier conversation")
            .await?;
        jack.browser.presses(".details__earlier").await?;
        jack.reads("It leaves tomorrow").await?;
        jack.browser.reads(".conversation .pill", "Closed").await?;
        jack.browser.sees_no(".conversation .composer__text").await
    });
}

#[test]
fn u10_a_conversation_follows_only_what_its_customer_can_read() {
    play(0, async |stage| {
        let space = stage.space(json!({ "wait_s": 1 }), &["Jack"]).await?;
        let mut first = CustomerLine::writes(stage.api(), &space, "One").await?;
        let over = |event: &shared::conversation::Event| {
            matches!(event, shared::conversation::Event::Closed { .. })
        };
        first.talk.sees("closed", over).await?;
        let stranger = CustomerLine::writes(stage.api(), &space, "I am somebody else").await?;
        let begin = async |follows: serde_json::Value| {
            let id = stage::wire::fresh_id()?;
            let body = json!({ "text": "Two", "follows": follows });
            stage.api().begin(&first.me.token, id, &body).await
        };
        let foreign = begin(json!(stranger.talk.conversation)).await?;
        let is_unknown = |answer: &stage::api::Answer| {
            (answer.status, answer.code()) == (404, "conversation_unknown")
                && answer.body["error"]["field"] == "follows"
        };
        ensure!(is_unknown(&foreign), "{foreign:?}");
        let nowhere = begin(json!(stage::wire::fresh_id()?.to_string())).await?;
        ensure!(is_unknown(&nowhere), "the same answer: {nowhere:?}");
        let plain = begin(serde_json::Value::Null).await?;
        ensure!(
            plain.status == 201 && plain.body["follows"].is_null(),
            "{plain:?}"
        );
        let malformed = begin(json!("the first one")).await?;
        ensure!(
            (malformed.status, malformed.code()) == (422, "id_malformed"),
            "{malformed:?}"
        );
        let second = serde_json::from_value(plain.body["conversation"].clone())?;
        let mut second = Talk::open(stage.api().base(), second, &first.me.token).await?;
        second.sees("closed", over).await?;
        let own = begin(json!(first.talk.conversation)).await?;
        ensure!(own.status == 201, "{own:?}");
        ensure!(
            own.body["follows"] == json!(first.talk.conversation),
            "{own:?}"
        );
        Ok(())
    });
}
