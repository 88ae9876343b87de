//! What the chat loads on first use: who only looks loads none of it, and what does not come is tried again.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use stage::browser::{Browser, Screen};
use stage::play;

use crate::access::Inspector;

/// The files of the second part that were loaded.
async fn loaded(browser: &Browser) -> Result<Vec<String>> {
    let script = r"return performance.getEntriesByType('resource').map((entry) => entry.name)
        .filter((name) => /\/assets\/more\./.test(name)).map((name) => name.match(/[a-z]*$/)[0]).sort()";
    browser.runs(script, &[]).await
}

#[test]
fn later_what_does_not_come_says_so_and_is_tried_again() {
    play(1, async |stage| {
        stage.excuse(&["more.", "Failed to fetch"]);
        let inspector = Inspector::new()?;
        let space = stage.space(json!({}), &["Jack"]).await?;
        let browser = stage.browser("the customer", Screen::PHONE).await?;
        browser.commands("Network.enable", json!({})).await?;
        let base = stage.api().base();
        for files in ["*more.*.wasm", "*more.*.css"] {
            let block = json!({ "urls": [files] });
            browser.commands("Network.setBlockedURLs", block).await?;
            browser
                .goes(&format!("{base}/chat?space={}", space.space))
                .await?;
            browser.sees(".welcome__title").await?;
            let early = loaded(&browser).await?;
            ensure!(early.is_empty(), "nobody has asked for {early:?}");
            browser.presses(".header__menu").await?;
            browser
                .reads(".later__missing", "The chat cannot be reached.")
                .await?;
            inspector.inspects(&browser, "chat-later").await?;
            browser.presses(".later__missing button").await?;
            browser.sees_no(".menu__language").await?;
            browser.types(".composer__text", "still here").await?;
            let block = json!({ "urls": [] });
            browser.commands("Network.setBlockedURLs", block).await?;
            // The menu, and what stands in front of the field.
            let again =
                "for (const it of document.querySelectorAll('.later__missing button')) it.click()";
            let _: Value = browser.runs(again, &[]).await?;
            browser.sees(".menu__language").await?;
            browser.sees_no(".later__missing").await?;
            let _: bool = browser
                .until(
                    "what was written",
                    "return document.querySelector('.composer__text').value.endsWith('still here')",
                    &[],
                )
                .await?;
        }
        Ok(())
    });
}

#[test]
fn later_who_has_written_has_the_rest_before_it_is_asked_for() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let customer = stage.customer(&space).await?;
        customer.opens_chat().await?;
        let early = loaded(&customer.browser).await?;
        ensure!(early.is_empty(), "nobody has asked for {early:?}");
        customer.writes("Hello").await?;
        let both = r"return ['css', 'wasm'].every((kind) =>
            performance.getEntriesByType('resource').some(({ name }) =>
                name.includes('/assets/more.') && name.endsWith(kind)))";
        let _: bool = customer.browser.until("both files", both, &[]).await?;
        Ok(())
    });
}
