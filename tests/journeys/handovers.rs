//! The waiting list: agents read it and help themselves.

use anyhow::ensure;
use serde_json::json;
use shared::refusal::Refusal;
use shared::space::{Command, Target};
use shared::text::MessageText;
use stage::line::{AgentLine, CustomerLine};
use stage::play;

#[test]
fn f54_f55_an_agent_takes_the_oldest_from_the_waiting_list() {
    play(1, async |stage| {
        let manual = json!({ "offer_mode": "manual" });
        let space = stage.space(manual, &["Jack"]).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        let mut first = CustomerLine::writes(stage.api(), &space, "I am the first").await?;
        let row = |n: u32, part: &str| format!(".waiting:nth-of-type({n}) .waiting__{part}");
        jack.browser
            .reads(&row(1, "words"), "I am the first")
            .await?;
        let _second = CustomerLine::writes(stage.api(), &space, "I am the second").await?;
        jack.browser
            .reads(&row(2, "words"), "I am the second")
            .await?;
        jack.browser.reads(&row(1, "queue"), "GENERAL").await?;
        jack.browser.reads(&row(1, "time"), "0:0").await?;
        jack.is_offered_nothing().await?;

        jack.browser.presses(&row(1, "take")).await?;
        jack.browser.reads(".conversation .pill", "Active").await?;
        jack.has_slots("1 of 5 slots").await?;
        jack.browser
            .reads(&row(1, "words"), "I am the second")
            .await?;
        jack.browser.sees_no(&row(2, "words")).await?;
        jack.writes("Hello, first").await?;
        first.talk.reads("Hello, first").await?;
        Ok(())
    });
}

#[test]
fn f55_the_customer_reads_that_an_agent_has_taken_it() {
    play(1, async |stage| {
        let manual = json!({ "offer_mode": "manual" });
        let space = stage.space(manual, &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let customer = stage.customer(&space).await?;
        customer.opens_chat().await?;
        customer.writes("Hello").await?;
        customer.is_told("Waiting for agent").await?;
        let path = format!("/api/v1/spaces/{}/items?list=waiting", space.space);
        let conversation = loop {
            let answer = stage.api().get(&path, Some(&jack.me.token)).await?;
            if let Some(id) = answer.body["items"][0]["conversation"].as_str() {
                break id.parse()?;
            }
        };
        jack.asks(Command::Take { conversation }).await??;
        customer
            .reads("You are being transferred to Agent: Jack is online")
            .await?;
        Ok(())
    });
}

#[test]
fn pain_u17_who_is_second_reads_who_was_first() {
    play(0, async |stage| {
        let manual = json!({ "offer_mode": "manual" });
        let space = stage.space(manual, &["Jack", "Mia"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let mut mia = AgentLine::on_duty(stage.api(), &space, "Mia").await?;
        let customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        let conversation = customer.talk.conversation;
        let path = format!("/api/v1/spaces/{}/items", space.space);
        let list = format!("{path}?list=waiting");
        loop {
            let answer = stage.api().get(&list, Some(&jack.me.token)).await?;
            ensure!(answer.status == 200, "{answer:?}");
            if answer.body["items"][0]["conversation"] == json!(conversation) {
                ensure!(
                    answer.body["items"][0]["first_words"] == "Hello",
                    "{answer:?}"
                );
                break;
            }
        }
        jack.asks(Command::Take { conversation }).await??;
        let refused = mia.asks(Command::Take { conversation }).await?;
        let is_jack =
            matches!(&refused, Err(Refusal::AlreadyAssigned { name }) if name.as_str() == "Jack");
        ensure!(is_jack, "{refused:?}");
        let answer = stage.api().get(&list, Some(&mia.me.token)).await?;
        ensure!(
            answer.body == json!({ "items": [], "next": null }),
            "{answer:?}"
        );

        let customers = stage.api().get(&list, Some(&customer.me.token)).await?;
        ensure!(
            (customers.status, customers.code()) == (403, "forbidden"),
            "{customers:?}"
        );
        let other = stage.api().get(&path, Some(&mia.me.token)).await?;
        ensure!(
            (other.status, other.code()) == (422, "list_unknown"),
            "{other:?}"
        );
        Ok(())
    });
}

#[test]
fn f59_f60_a_colleague_passes_it_on_with_a_note() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack", "Mia"]).await?;
        let mut mia = AgentLine::on_duty(stage.api(), &space, "Mia").await?;
        let mut customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        mia.accepts().await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        jack.browser.sees_no(".list--transferred").await?;
        let me = stage.api().sign_in(&space, "Jack").await?;
        let to = Target::Agent {
            agent: me.agent,
            queue: None,
        };
        let note = Some(MessageText::parse("He waits for a part")?);
        let conversation = customer.talk.conversation;
        let transfer = Command::Transfer {
            conversation,
            to,
            note,
        };
        mia.asks(transfer).await??;
        let shown = ".list--transferred .offer__note";
        jack.browser
            .reads(shown, "From Mia: He waits for a part")
            .await?;
        jack.browser
            .presses(".list--transferred .offer__accept")
            .await?;
        jack.browser.reads(".conversation .pill", "Active").await?;
        jack.browser.sees_no(".list--transferred").await?;
        jack.writes("I have it").await?;
        customer.talk.reads("I have it").await?;
        mia.sees("nothing left", |desk| desk.items.is_empty()).await
    });
}
