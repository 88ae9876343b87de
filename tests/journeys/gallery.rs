//! The two pictures of the README, in `target/gallery`, and on `BELLHOP_UPDATE_PICTURES=1` in
//! `tests/gallery`, where the README finds them.

use std::{env, fs};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use stage::browser::{Browser, Screen};
use stage::cast::Customer;
use stage::line::CustomerLine;
use stage::{play, root};

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

/// The demo shop with the chat of a space of our own.
async fn shop(browser: Browser, base: &str, space: &str) -> Result<Customer> {
    let customer = Customer::visits(browser, &format!("{base}/demo")).await?;
    customer.sees_launcher().await?;
    // The shop's tag names the demo space, which other people may be using.
    let swap = "document.querySelector('bellhop-chat').remove();
        delete window.Bellhop;
        const old = document.querySelector('script[data-space]'), tag = document.createElement('script');
        tag.dataset.space = arguments[0];
        const source = window.trustedTypes?.createPolicy('journey', { createScriptURL: (url) => url });
        tag.src = source ? source.createScriptURL(old.src) : old.src;
        old.remove();
        document.head.append(tag)";
    let _: Value = customer.browser.runs(swap, &[json!(space)]).await?;
    Ok(customer)
}

#[test]
fn gallery_pictures_of_the_readme() {
    play(2, async |stage| {
        let settings = json!({ "name": "Larch & Lantern" });
        let space = stage.space(settings, &["Jack", "Mia"]).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.browser.shows(PICTURE).await?;
        jack.sets_available(true).await?;

        let browser = stage.browser("the customer", PICTURE).await?;
        let customer = shop(browser, stage.api().base(), &space.space).await?;
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
        jack.types("Shall I").await?;
        customer.browser.reads(".typing", "Jack is typing").await?;
        customer.looks_at_page().await?;
        is_pictured(&customer.browser, "readme-chat").await?;

        let other = CustomerLine::writes(stage.api(), &space, "Do you repair brass bells?").await?;
        jack.is_offered().await?;
        is_pictured(&jack.browser, "readme-console").await?;
        drop(other);
        Ok(())
    });
}
