//! The script tag where it has no business: it says so once, and leaves nothing behind.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::json;
use stage::api::Api;
use stage::browser::Screen;
use stage::cast::page;
use stage::host::{Host, Page};
use stage::start::Edge;
use stage::{PATIENCE, Stage, nobody_reports, play};

use crate::embed::{Scene, requests};

/// Opens a chat that is not there and returns what the console says about it.
async fn opens_nothing(stage: &Stage, space: &str) -> Result<Vec<String>> {
    let html = page(stage.api().base(), space, "");
    let scene = Scene::of(stage, Screen::DESKTOP, "", html).await?;
    scene.customer.presses_launcher().await?;
    scene.customer.browser.sees_no("bellhop-chat").await?;
    let complaints = scene.customer.browser.complaints().await?;
    Ok(complaints
        .into_iter()
        .filter(|complaint| complaint.contains("Bellhop"))
        .collect())
}

#[test]
fn embed_without_a_space_draws_nothing() {
    play(1, async |stage| {
        stage.excuse(&["is no space"]);
        let base = stage.api().base();
        for space in ["", "No Space", "-a", "&quot;&gt;&lt;b&gt;"] {
            let html = page(base, space, "");
            let host = Host::with(vec![Page {
                path: "/",
                policy: String::new(),
                html,
            }])
            .await?;
            let browser = match stage.first_browser() {
                Some(browser) => browser,
                None => stage.browser("the customer", Screen::DESKTOP).await?,
            };
            browser.goes(&host.url("/")).await?;
            let loaded = "return performance.getEntriesByType('resource').some((entry) => entry.name.endsWith('/bellhop.js') && entry.responseEnd > 0)";
            let _: bool = browser.until("the loader", loaded, &[]).await?;
            let idle = "const done = arguments[0]; requestIdleCallback(() => done(true))";
            browser.driver().execute_async(idle, Vec::new()).await?;
            browser.sees_no("bellhop-chat").await?;
            let asked = requests(&browser, base).await?;
            ensure!(asked == ["/bellhop.js"], "{asked:?}");
            let complaints = browser.complaints().await?;
            ensure!(
                complaints.len() == 1
                    && complaints
                        .iter()
                        .all(|complaint| complaint.contains("data-space")),
                "{space:?}: {complaints:?}"
            );
        }
        Ok(())
    });
}

#[test]
fn embed_of_an_unknown_space_goes_away_at_the_first_intent() {
    play(1, async |stage| {
        let said = opens_nothing(stage, "nobody-has-this").await?;
        stage.excuse(&["404"]);
        ensure!(said.len() == 1, "{said:?}");
        ensure!(
            said.iter()
                .all(|text| text.contains("nobody-has-this") && text.contains("data-space")),
            "{said:?}"
        );
        Ok(())
    });
}

#[test]
fn embed_of_a_switched_off_space_goes_away_at_the_first_intent() {
    play(1, async |stage| {
        let space = stage
            .space(json!({ "live_chat": false }), &["Jack"])
            .await?;
        let said = opens_nothing(stage, &space.space).await?;
        stage.excuse(&["404"]);
        ensure!(said.len() == 1, "{said:?}");
        ensure!(
            said.iter()
                .all(|text| text.contains(&space.space) && text.contains("switched off")),
            "{said:?}"
        );
        let answer = stage
            .api()
            .post(
                &format!("/api/v1/spaces/{}/visitors", space.space),
                None,
                &json!({}),
            )
            .await?;
        ensure!(
            (answer.status, answer.code()) == (403, "space_off"),
            "{answer:?}"
        );
        Ok(())
    });
}

#[test]
fn sec_e2_only_allowed_pages_may_show_the_chat() {
    play(1, async |stage| {
        // The report comes from a page of nobody's, which may not read the answer (HD5).
        stage.excuse(&["frame-ancestors", "reports/csp"]);
        // A Bellhop of its own: the browser will report a violation.
        let edge = Edge::start()?;
        let api = Api::new(edge.base());
        let settings = json!({ "origins": ["https://shop.example"] });
        let space = api.space(settings, &["Jack"]).await?;
        for (path, ancestors) in [
            ("chat", "frame-ancestors 'self' https://shop.example;"),
            ("agent", "frame-ancestors 'none';"),
        ] {
            let request = api.request(Method::GET, &format!("/{path}?space={}", space.space));
            let response = request.send().await?;
            let policy = response.headers().get("content-security-policy");
            let policy = policy.context("no policy")?.to_str()?;
            ensure!(policy.contains(ancestors), "{path}: {policy}");
        }
        let html = page(api.base(), &space.space, "");
        let scene = Scene::of(stage, Screen::DESKTOP, "", html).await?;
        scene.customer.presses_launcher().await?;
        let start = Instant::now();
        loop {
            if let Err(report) = nobody_reports(&api).await {
                ensure!(report.to_string().contains("frame-ancestors"), "{report}");
                return Ok(());
            }
            ensure!(
                start.elapsed() < PATIENCE,
                "the page was allowed to show the chat"
            );
            tokio::task::yield_now().await;
        }
    });
}
