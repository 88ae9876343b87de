//! The line breaks, the server dies: nothing is lost on either screen, and nobody has to do
//! anything about it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use stage::api::Api;
use stage::browser::Browser;
use stage::cast::{Agent, Customer, Line};
use stage::proxy::Proxy;
use stage::start::Edge;
use stage::{Stage, nobody_reports, play};
use tokio::time::{Instant, sleep_until};

/// What a browser says about a broken line, which is the story here.
const BROKEN: [&str; 6] = [
    "WebSocket connection",
    "Failed to load resource",
    "net::ERR_",
    "ERR_CONNECTION",
    "ERR_EMPTY_RESPONSE",
    "ERR_NETWORK",
];

/// The link waits for up to 30 s between two attempts (K10).
const RECONNECTED: Duration = Duration::from_secs(60);

async fn talk(stage: &Stage, base: &str, api: &Api) -> Result<(Agent, Customer)> {
    stage.excuse(&BROKEN);
    let settings =
        json!({ "messages_burst": 1000, "messages_per_10s": 1000, "messages_per_hour": 10_000 });
    let space = api.space(settings, &["Jack"]).await?;
    let jack = stage.agent_at(base, &space, "Jack").await?;
    jack.sets_available(true).await?;
    let customer = stage.customer_at(base, &space).await?;
    customer.opens_chat().await?;
    customer.writes("Hello").await?;
    jack.accepts().await?;
    customer.is_told("Jack is online").await?;
    for browser in [&jack.browser, &customer.browser] {
        let _: Value = browser.runs("window.isTheSamePage = true", &[]).await?;
    }
    Ok((jack, customer))
}

/// Waits until the log of a person ends with a text, then returns the texts of both sides.
async fn texts(browser: &Browser, last: &str, count: usize) -> Result<Vec<String>> {
    let script = "return document.querySelectorAll('.log .message__bubble').length >= arguments[0]
        && !document.querySelector('.log .message--sending')
        && document.querySelector('.log').textContent.includes(arguments[1])";
    let what = format!("{count} messages with {last:?} among them, none on its way");
    let _: bool = browser
        .until_within(RECONNECTED, &what, script, &[json!(count), json!(last)])
        .await?;
    let is_same: bool = browser
        .runs("return window.isTheSamePage === true", &[])
        .await?;
    ensure!(is_same, "the page was reloaded");
    let log: Vec<Line> = stage::cast::log(browser).await?;
    Ok(log
        .into_iter()
        .filter(|line| matches!(line.kind.as_str(), "in" | "out"))
        .map(|line| line.text)
        .collect())
}

/// Both screens show the same, each text once, each person's in the order of writing.
async fn nothing_is_lost(
    (jack, customer): (&Agent, &Customer),
    (of_jack, of_customer): (&[String], &[String]),
) -> Result<()> {
    let count = of_jack.len() + of_customer.len() + 1;
    let last = |texts: &[String]| texts.last().cloned().context("nobody wrote");
    let seen = texts(&customer.browser, &last(of_jack)?, count).await?;
    let other = texts(&jack.browser, &last(of_customer)?, count).await?;
    ensure!(seen == other, "two screens:\n{seen:?}\n{other:?}");
    for written in [of_jack, of_customer] {
        let own: Vec<_> = seen
            .iter()
            .filter(|text| written.contains(text))
            .cloned()
            .collect();
        ensure!(own == written, "written {written:?}\nseen {own:?}");
    }
    ensure!(seen.len() == count, "{count} written, {} seen", seen.len());
    Ok(())
}
#[test]
fn fault_f4_ten_seconds_without_a_network_while_both_write() {
    play(2, async |stage| {
        let base = stage.api().base().to_owned();
        let port = base.rsplit_once(':').context("a port")?.1.parse()?;
        let proxy = Proxy::to(port).await?;
        let (jack, customer) = talk(stage, &proxy.base(), stage.api()).await?;
        let (mut of_jack, mut of_customer) = (Vec::new(), Vec::new());
        let mut write = async |number: u32| {
            let (one, other) = (format!("customer {number}"), format!("agent {number}"));
            customer.writes(&one).await?;
            jack.writes(&other).await?;
            of_customer.push(one);
            of_jack.push(other);
            Ok::<(), anyhow::Error>(())
        };
        write(1).await?;
        proxy.cut();
        let healed_at = Instant::now() + Duration::from_secs(10);
        write(2).await?;
        customer
            .browser
            .sees(".banner--connecting, .banner--offline")
            .await?;
        jack.browser.reads(".console", "Reconnecting").await?;
        write(3).await?;
        sleep_until(healed_at).await;
        write(4).await?;
        proxy.heal();
        write(5).await?;
        nothing_is_lost((&jack, &customer), (&of_jack, &of_customer)).await?;
        customer.browser.sees_no(".banner").await?;
        jack.browser.sees_no(".banner").await
    });
}

#[test]
fn fault_f1_sigkill_in_a_lively_conversation() {
    play(2, async |stage| {
        let mut edge = Edge::start()?;
        let proxy = Proxy::to(edge.port()).await?;
        let api = Api::new(proxy.base());
        let (jack, customer) = talk(stage, &proxy.base(), &api).await?;
        let (mut of_jack, mut of_customer) = (Vec::new(), Vec::new());
        let mut number = 0;
        for _ in 0..3 {
            for phase in 0..4 {
                number += 1;
                let (one, other) = (format!("customer {number}"), format!("agent {number}"));
                customer.writes(&one).await?;
                jack.writes(&other).await?;
                of_customer.push(one);
                of_jack.push(other);
                match phase {
                    1 => edge.kill(),
                    2 => {
                        edge.revive()?;
                        proxy.aim(edge.port());
                    }
                    _ => (),
                }
            }
        }
        nothing_is_lost((&jack, &customer), (&of_jack, &of_customer)).await?;
        nobody_reports(&api).await
    });
}
