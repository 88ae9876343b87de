//! What a customer writes is kept until it is sent: over a page that goes away, before the first
//! connection, in two tabs, and when it is too much.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use stage::cast::Line;
use stage::line::AgentLine;
use stage::proxy::Proxy;
use stage::{Stage, play};
use tokio::time::sleep;

/// What a browser says about a broken line, which is the story here.
const BROKEN: [&str; 3] = [
    "WebSocket connection",
    "Failed to load resource",
    "net::ERR_",
];

async fn bad_network(stage: &Stage) -> Result<Proxy> {
    stage.excuse(&BROKEN);
    let (_, port) = stage.api().base().rsplit_once(':').context("no port")?;
    Proxy::to(port.parse()?).await
}

#[test]
fn fault_f17_what_was_not_sent_outlives_the_page() {
    play(1, async |stage| {
        let proxy = bad_network(stage).await?;
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let customer = stage.customer_at(&proxy.base(), &space).await?;
        customer.opens_chat().await?;
        customer.writes("Hello").await?;
        let mut talk = jack.accepts().await?;
        customer.is_told("Jack is online").await?;

        proxy.hang();
        customer.writes("first").await?;
        customer.writes("second").await?;
        customer.sees_message("second", "sending").await?;
        customer.looks_at_page().await?;
        customer.browser.goes("about:blank").await?;
        proxy.cut(); // what hung is gone for good
        sleep(Duration::from_millis(200)).await;
        proxy.heal();

        customer.browser.driver().back().await?;
        customer.opens_chat().await?;
        talk.reads("second").await?;
        let texts = talk.texts();
        ensure!(texts == ["Hello", "first", "second"], "{texts:?}");
        customer.sees_message("first", "sent").await?;
        let log = customer.log().await?;
        let own: Vec<_> = log
            .iter()
            .filter(|line| line.kind == "out")
            .map(|line| &line.text)
            .collect();
        ensure!(own == ["Hello", "first", "second"], "{log:?}");
        Ok(())
    });
}

#[test]
fn fault_f4_the_first_message_waits_for_the_network() {
    play(1, async |stage| {
        let proxy = bad_network(stage).await?;
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let customer = stage.customer_at(&proxy.base(), &space).await?;
        customer.opens_chat().await?;
        proxy.cut();
        customer.writes("Hello").await?;
        customer.writes("Are you there?").await?;
        sleep(Duration::from_secs(2)).await; // long enough for a few attempts
        proxy.heal();
        let mut talk = jack.accepts().await?;
        talk.reads("Are you there?").await?;
        let texts = talk.texts();
        ensure!(texts == ["Hello", "Are you there?"], "{texts:?}");
        customer.is_told("Jack is online").await
    });
}

#[test]
fn fault_f15_two_tabs_of_one_customer() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let customer = stage.customer(&space).await?;
        customer.opens_chat().await?;
        customer.writes("Hello").await?;
        let mut talk = jack.accepts().await?;
        customer.is_told("Jack is online").await?;

        let driver = customer.browser.driver();
        let first = driver.window().await?;
        customer.looks_at_page().await?;
        let url = driver.current_url().await?;
        let second = driver.new_tab().await?;
        driver.switch_to_window(second.clone()).await?;
        driver.goto(url.as_str()).await?;
        customer.opens_chat().await?;
        customer.reads("Hello").await?;
        customer.writes("from the second tab").await?;
        talk.reads("from the second tab").await?;
        talk.writes("I see you").await?;
        customer.reads("I see you").await?;

        driver.switch_to_window(first).await?;
        customer.looks_at_chat().await?;
        customer.reads("from the second tab").await?;
        customer.reads("I see you").await?;
        customer.writes("from the first tab").await?;
        talk.reads("from the first tab").await?;
        let one = customer.log().await?;
        driver.switch_to_window(second).await?;
        customer.looks_at_chat().await?;
        customer.reads("from the first tab").await?;
        let texts = |log: &[Line]| log.iter().map(|line| line.text.clone()).collect::<Vec<_>>();
        let other = customer.log().await?;
        ensure!(
            texts(&one) == texts(&other),
            "two tabs:\n{one:?}\n{other:?}"
        );
        Ok(())
    });
}

#[test]
fn c6_too_much_text_stays_in_the_composer() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let customer = stage.customer(&space).await?;
        customer.opens_chat().await?;
        let fill = "const field = document.querySelector('textarea.composer__text');
            field.focus();
            field.select();
            document.execCommand('insertText', false, 'x'.repeat(arguments[0]))";
        let _: Value = customer.browser.runs(fill, &[json!(10_001)]).await?;
        customer.browser.sees(".composer__count--over").await?;
        customer
            .browser
            .sees(".composer__text[aria-invalid=true]")
            .await?;
        customer.browser.sees(".composer__send:disabled").await?;
        customer.writes("").await?; // Enter
        customer.browser.sees(".welcome").await?;
        let _: Value = customer.browser.runs(fill, &[json!(10_000)]).await?;
        customer.browser.sees_no(".composer__count--over").await?;
        customer.browser.presses(".composer__send").await?;
        customer.is_told("Waiting for agent").await
    });
}
