//! Measures what a customer feels, in a fresh browser each time: `cargo run -p tests --bin measure`.
//!
//! - script to bubble: from the start of the loader's request to the launcher in the tree
//! - click to usable chat, cold: nothing was fetched before; the chat's app is mounted
//! - the same, warm: the second page of the visit, files are in the browser's cache
//! - the same, intended: the pointer was on the launcher before; the frame is only shown
//!
//! The clock is that of the host page. Figures, no verdict.

use anyhow::{Result, ensure};
use serde_json::json;
use stage::browser::{Browser, Screen};
use stage::cast::page;
use stage::host::{Host, Page};
use stage::play;

const RUNS: usize = 10;

const WATCH: &str = r#"<script>
new MutationObserver(() => {
    if (document.querySelector("bellhop-chat")) window.bubbleAt ??= performance.now();
}).observe(document.documentElement, { childList: true });
addEventListener("message", (event) => {
    if (event.data?.bellhop === "ready") window.readyAt ??= performance.now();
});
</script>"#;

const BUBBLE: &str = "const entry = performance.getEntriesByType('resource').find((entry) => entry.name.endsWith('/bellhop.js'));
    return window.bubbleAt && entry ? window.bubbleAt - entry.startTime : null";
const BUTTON: &str = "document.querySelector('bellhop-chat').shadowRoot.querySelector('button')";
const PAINTED: &str = "const done = arguments[0], start = performance.now();
    BUTTON.click();
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)))";

#[derive(Default)]
struct Figures {
    bubble: Vec<f64>,
    cold: Vec<f64>,
    warm: Vec<f64>,
    intended: Vec<f64>,
}

fn main() {
    play(1, async |stage| {
        let base = stage.api().base();
        let space = stage.space(json!({}), &["Jack"]).await?;
        let html = page(base, &space.space, "").replace("</head>", &format!("{WATCH}</head>"));
        let pages = ["/", "/other", "/third"].map(|path| Page {
            path,
            policy: String::new(),
            html: html.clone(),
        });
        let host = Host::with(pages.to_vec()).await?;
        let mut figures = Figures::default();
        for _ in 0..RUNS {
            let browser = stage.browser("the customer", Screen::DESKTOP).await?;
            browser.goes(&host.url("/")).await?;
            figures
                .bubble
                .push(browser.until("the bubble", BUBBLE, &[]).await?);
            figures.cold.push(click(&browser).await?);
            browser.goes(&host.url("/other")).await?;
            let _: f64 = browser.until("the bubble", BUBBLE, &[]).await?;
            figures.warm.push(click(&browser).await?);
            browser.goes(&host.url("/third")).await?;
            let _: f64 = browser.until("the bubble", BUBBLE, &[]).await?;
            figures.intended.push(click_after_intent(&browser).await?);
            stage.strike().await;
        }
        report(figures)
    });
}

async fn click(browser: &Browser) -> Result<f64> {
    let script = format!("window.clickedAt = performance.now(); {BUTTON}.click(); return true");
    let _: bool = browser.runs(&script, &[]).await?;
    let script = "return window.readyAt ? window.readyAt - window.clickedAt : null";
    browser.until("the chat", script, &[]).await
}

async fn click_after_intent(browser: &Browser) -> Result<f64> {
    let hover = format!("{BUTTON}.dispatchEvent(new PointerEvent('pointerenter')); return true");
    let _: bool = browser.runs(&hover, &[]).await?;
    let _: f64 = browser
        .until("the chat", "return window.readyAt", &[])
        .await?;
    let script = PAINTED.replace("BUTTON", BUTTON);
    let painted = browser.driver().execute_async(script, Vec::new()).await?;
    Ok(painted.convert()?)
}

fn report(figures: Figures) -> Result<()> {
    println!(
        "{:<34}{:>9}{:>9}{:>9}",
        "ms, of 10 fresh browsers", "least", "median", "most"
    );
    for (name, mut values) in [
        ("script to bubble", figures.bubble),
        ("click to usable chat, cold", figures.cold),
        ("click to usable chat, warm", figures.warm),
        ("click to shown chat, intended", figures.intended),
    ] {
        values.sort_by(f64::total_cmp);
        ensure!(values.len() == RUNS, "{name}: {} values", values.len());
        let median = f64::midpoint(values[RUNS / 2 - 1], values[RUNS / 2]);
        println!(
            "{name:<34}{:>9.0}{median:>9.0}{:>9.0}",
            values[0],
            values[RUNS - 1]
        );
    }
    Ok(())
}
