//! The two pictures of the README, in `target/gallery`, and on `BELLHOP_UPDATE_PICTURES=1` in
//! `tests/gallery`, where the README finds them.

use std::{env, fs};

use anyhow::{Context, Result};
use serde_json::json;
use stage::api::{Api, Space};
use stage::browser::{Browser, Screen};
use stage::cast::Customer;
use stage::line::CustomerLine;
use stage::start::Edge;
use stage::{GLANCE, nobody_reports, play, root};
use tokio::time::sleep;

/// Wide enough for three panes, small enough for a README.
const PICTURE: Screen = Screen {
    size: (1200, 780),
    ..Screen::DESKTOP
};

async fn is_pictured(browser: &Browser, name: &str) -> Result<()> {
    let made = browser.is_pictured(name).await?;
    if env::var_os("BELLHOP_UPDATE_PICTURES").is_some() {
        let kept = root().join("tests/gallery").join(format!("{name}.png"));
        fs::create_dir_all(kept.parent().context("no folder")?)?;
        fs::copy(made, kept)?;
    }
    Ok(())
}

#[test]
fn gallery_pictures_of_the_readme() {
    play(2, async |stage| {
        // The demo shop shows the chat of the demo space: one that nobody else uses.
        let edge = Edge::start()?;
        let (base, api) = (edge.base(), Api::new(edge.base()));
        let space = Space {
            space: "demo".into(),
        };
        let jack = stage.agent_at(&base, &space, "Jack").await?;
        jack.browser.shows(PICTURE).await?;
        jack.sets_available(true).await?;

        let browser = stage.browser("the customer", PICTURE).await?;
        let customer = Customer::visits(browser, &format!("{base}/demo")).await?;
        customer.sees_launcher().await?;
        customer
            .page_says("set", json!({ "name": "Zoë Lind" }))
            .await?;
        customer.opens_chat().await?;
        customer
            .writes("Good evening! Has my kettle left the house yet?")
            .await?;
        jack.accepts().await?;
        customer.is_told("Jack is online").await?;
        jack.writes("Good evening, Zoë. Let me look.").await?;
        jack.writes("It left this morning and will be with you on Tuesday.")
            .await?;
        customer.reads("on Tuesday").await?;
        customer
            .writes("Wonderful. And is there a lamp to go with it?")
            .await?;
        jack.reads("a lamp to go with it").await?;
        jack.notes("A regular guest: free delivery.").await?;
        jack.reads("free delivery").await?;
        jack.chooses("Reply").await?;
        jack.writes("The corridor lamp: bright enough to read, dim enough to sleep.")
            .await?;
        customer.reads("dim enough to sleep").await?;
        jack.sees_message(
            "The corridor lamp: bright enough to read, dim enough to sleep.",
            "read",
        )
        .await?;
        // People go on typing; a start goes out every 3 s at most.
        let seen =
            "return document.querySelector('.typing').textContent.includes('Jack is typing')";
        let words = "Shall I put one into the same parcel? It would not cost you any more to send, \
                     and the two look very well together on a small table.";
        for word in words.split_inclusive(' ') {
            jack.types(word).await?;
            if customer.browser.runs::<bool>(seen, &[]).await? {
                break;
            }
            sleep(GLANCE * 5).await;
        }
        customer.browser.reads(".typing", "Jack is typing").await?;
        customer.looks_at_page().await?;
        is_pictured(&customer.browser, "readme-chat").await?;

        let other = CustomerLine::writes(&api, &space, "Do you repair brass bells?").await?;
        jack.is_offered().await?;
        is_pictured(&jack.browser, "readme-console").await?;
        drop(other);
        nobody_reports(&api).await
    });
}
