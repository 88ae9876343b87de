//! From the script tag to the bubble, and from the click to a panel that one can type in.

use std::time::Duration;

use anyhow::Result;
use serde::Deserialize;
use serde_json::json;
use stage::browser::{Browser, Opened, Screen};
use stage::cast::page;
use stage::host::{Host, Page};
use tokio::time::sleep;

use crate::Scale;
use crate::peer::Peer;
use crate::report::{Report, Table, median};

/// The longest that anything here takes.
const LIMIT: Duration = Duration::from_secs(60);

/// Says when the bubble and the field to type in have been painted, by the clock of both documents.
const PROBE: &str = r#"(() => {
    const painted = (name) => requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () =>
            top.postMessage({ mark: name, at: performance.timeOrigin + performance.now() }, "*");
        channel.port2.postMessage(0);
    });
    const once = (name, is) => {
        const observer = new MutationObserver(() => is() && (observer.disconnect(), painted(name)));
        observer.observe(document, { attributes: true, childList: true, subtree: true });
    };
    const field = () => document.querySelector("textarea.composer__text");
    if (self === top) {
        self.marks = {};
        addEventListener("message", ({ data }) => data?.mark && (marks[data.mark] ??= data.at));
        once("bubble", () => document.querySelector("bellhop-chat"));
    } else {
        once("usable", () => field() && !field().disabled && field().checkVisibility());
    }
})()"#;

const BUTTON: &str = r#"document.querySelector("bellhop-chat").shadowRoot.querySelector("button")"#;

/// What a person has in hand.
#[derive(Clone, Copy)]
struct Device {
    name: &'static str,
    screen: Screen,
    /// Milliseconds of each request, and bytes a second both ways.
    network: Option<(u32, u32)>,
    /// How many times slower than this machine.
    slowness: u32,
}

const DEVICES: [Device; 2] = [
    Device {
        name: "open network, this machine",
        screen: Screen::DESKTOP,
        network: None,
        slowness: 1,
    },
    Device {
        name: "400 kb/s, 400 ms, 4 times slower",
        screen: Screen::PHONE,
        network: Some((400, 50_000)),
        slowness: 4,
    },
];

/// Milliseconds.
#[derive(Deserialize)]
struct Waits {
    bubble: f64,
    usable: f64,
}

pub async fn measure(report: &mut Report, peer: &Peer, scale: &Scale) -> Result<()> {
    let Some(house) = &peer.house else {
        anyhow::bail!("nobody is at home");
    };
    let html = page(&peer.base, &house.space.space, "");
    let policy = String::new();
    let path = "/";
    let host = Host::with(vec![Page { path, policy, html }]).await?;
    let url = host.url("/").replace("localhost", "127.0.0.1");
    let columns = ["script to bubble", "click to usable", "after hover"];
    let mut table = Table::new("customer, ms", &columns);
    for device in DEVICES {
        let (mut cold, mut warm) = (Vec::new(), Vec::new());
        for _ in 0..scale.repetitions {
            let opened = Opened::new("a customer", device.screen, &[]).await?;
            let browser = &opened.browser;
            slows(browser, device).await?;
            cold.push(visits(browser, &url, false).await?);
            // The browser compiles what it has seen run, and keeps it: on the second visit at the earliest.
            visits(browser, &url, false).await?;
            warm.push((
                visits(browser, &url, false).await?,
                visits(browser, &url, true).await?,
            ));
            opened.quit().await?;
        }
        let of =
            |waits: &[Waits], read: fn(&Waits) -> f64| median(waits.iter().map(read).collect());
        let (warm, hovered): (Vec<_>, Vec<_>) = warm.into_iter().unzip();
        let bubble = |waits: &Waits| waits.bubble;
        let usable = |waits: &Waits| waits.usable;
        let name = device.name;
        table.row(
            format!("{name}, first visit"),
            [of(&cold, bubble), of(&cold, usable), None],
        );
        table.row(
            format!("{name}, again"),
            [of(&warm, bubble), of(&warm, usable), of(&hovered, usable)],
        );
    }
    report.add(table);
    Ok(())
}

async fn slows(browser: &Browser, device: Device) -> Result<()> {
    let probe = json!({ "source": PROBE });
    browser
        .commands("Page.addScriptToEvaluateOnNewDocument", probe)
        .await?;
    if let Some((latency, rate)) = device.network {
        browser.commands("Network.enable", json!({})).await?;
        let network = json!({
            "offline": false, "latency": latency, "downloadThroughput": rate, "uploadThroughput": rate,
        });
        browser
            .commands("Network.emulateNetworkConditions", network)
            .await?;
    }
    let rate = json!({ "rate": device.slowness });
    browser
        .commands("Emulation.setCPUThrottlingRate", rate)
        .await
}

/// A visit of the page that opens the chat. Whoever hovers has the frame made before the click.
async fn visits(browser: &Browser, url: &str, hovers: bool) -> Result<Waits> {
    browser.goes(url).await?;
    let until = |what: &'static str, script: &'static str| async move {
        browser
            .until_within(LIMIT, what, script, &[])
            .await
            .map(|_: bool| ())
    };
    until("the bubble", "return !!marks.bubble").await?;
    if hovers {
        let hover = format!(
            "{BUTTON}.dispatchEvent(new PointerEvent('pointerenter')); {BUTTON}.dispatchEvent(new PointerEvent('pointerover', {{ bubbles: true }}))"
        );
        browser.runs::<()>(&hover, &[]).await?;
        until("the frame", "return !!marks.usable").await?;
        sleep(Duration::from_millis(500)).await;
    }
    let click = format!(
        "delete marks.usable;
        marks.click = performance.timeOrigin + performance.now();
        {BUTTON}.click();
        if (arguments[0]) requestAnimationFrame(() => requestAnimationFrame(() =>
            marks.usable = performance.timeOrigin + performance.now()));"
    );
    browser.runs::<()>(&click, &[json!(hovers)]).await?;
    until("a field to type in", "return !!marks.usable").await?;
    let waits = "const [script] = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/bellhop.js'));
        return {
            bubble: marks.bubble - performance.timeOrigin - script.startTime,
            usable: marks.usable - marks.click,
        }";
    browser.runs(waits, &[]).await
}
