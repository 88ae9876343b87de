//! The agent's desk: several chats at once, a reload, and what was refused.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use stage::cast::Agent;
use stage::line::{AgentLine, CustomerLine};
use stage::play;
use stage::proxy::Proxy;

async fn opens(jack: &Agent, name: &str) -> Result<()> {
    let script = "const item = [...document.querySelectorAll('.list--mine .item')]
            .find((item) => item.querySelector('.item__name').textContent.trim() === arguments[0]);
        item?.querySelector('.item__open').click();
        return !!item";
    let _: bool = jack.browser.until(name, script, &[json!(name)]).await?;
    jack.browser.reads(".conversation__name", name).await
}

#[test]
fn f62_several_chats_at_once_and_over_a_reload() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        let mut first = CustomerLine::writes(stage.api(), &space, "I am the first").await?;
        let one = jack.is_offered().await?;
        jack.accepts().await?;
        let mut second = CustomerLine::writes(stage.api(), &space, "I am the second").await?;
        let other = jack.is_offered().await?;
        jack.browser.presses(".list--offers .offer__accept").await?;
        jack.has_slots("2 of 5 slots").await?;
        jack.browser.reads(".list--mine .list__count", "2").await?;

        opens(&jack, &one).await?;
        jack.reads("I am the first").await?;
        jack.writes("Hello, first").await?;
        first.talk.reads("Hello, first").await?;
        second.talk.writes("Are you there?").await?;
        jack.browser
            .reads(".item--unread .item__words", "Are you there?")
            .await?;
        opens(&jack, &other).await?;
        jack.reads("Are you there?").await?;
        let log = jack.log().await?;
        ensure!(
            log.iter().all(|line| !line.text.contains("first")),
            "{log:?}"
        );
        jack.browser.sees_no(".item--unread").await?;
        jack.writes("Hello, second").await?;
        second.talk.reads("Hello, second").await?;

        jack.browser.reloads().await?;
        jack.has_slots("2 of 5 slots").await?;
        opens(&jack, &one).await?;
        jack.reads("Hello, first").await?;
        jack.writes("Still here").await?;
        first.talk.reads("Still here").await?;
        Ok(())
    });
}

#[test]
fn k6_what_was_refused_is_parked_and_can_be_discarded() {
    play(1, async |stage| {
        stage.excuse(&[
            "WebSocket connection",
            "net::ERR_",
            "Failed to load resource",
        ]);
        let base = stage.api().base().to_owned();
        let proxy = Proxy::to(base.rsplit_once(':').context("a port")?.1.parse()?).await?;
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let customer = stage.customer_at(&proxy.base(), &space).await?;
        customer.opens_chat().await?;
        customer.writes("Hello").await?;
        let mut talk = jack.accepts().await?;
        customer.is_told("Jack is online").await?;

        // The end comes while the customer's line is down and a message is on its way.
        proxy.cut();
        customer.browser.sees(".banner").await?;
        customer.writes("One more thing").await?;
        talk.asks(shared::conversation::Command::End).await??;
        proxy.heal();
        let online = "dispatchEvent(new Event('online'))";
        let _: Value = customer.browser.runs(online, &[]).await?;
        customer.browser.sees(".ended").await?;
        customer
            .browser
            .reads(".message--failed .message__bubble", "One more thing")
            .await?;
        customer
            .browser
            .reads(".message__reason", "Not sent")
            .await?;
        customer.browser.presses(".message__discard").await?;
        customer.browser.sees_no(".message--failed").await?;
        customer.browser.presses(".ended__new").await?;
        customer.browser.sees(".welcome").await
    });
}

#[test]
fn sec_g4_signing_out_forgets_the_session() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.browser.presses(".bar__sign-out").await?;
        jack.browser.sees(".sign-in__as").await?;
        jack.browser
            .goes(&format!(
                "{}/agent?space={}",
                stage.api().base(),
                space.space
            ))
            .await?;
        jack.browser.sees(".sign-in__as").await?;
        jack.browser.presses(".sign-in__as[data-as=jack]").await?;
        jack.browser.sees(".console .slots__text").await
    });
}
