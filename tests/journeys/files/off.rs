//! Where no file is sent (F64, D10), and files that are chosen before there is a conversation.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use stage::browser::{Browser, Screen};
use stage::play;
use stage::start::Edge;

use super::Scene;
use super::screens::chooses;

/// Drops a file on the composer, or pastes one into it.
pub(super) async fn brings(browser: &Browser, how: &str, name: &str, text: &str) -> Result<()> {
    let script = "
        const [how, name, text] = arguments;
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([text], name, { type: 'text/plain' }));
        const all = { bubbles: true, cancelable: true };
        const event = how === 'drop'
            ? new DragEvent('drop', { ...all, dataTransfer })
            : new ClipboardEvent('paste', { ...all, clipboardData: dataTransfer });
        document.querySelector('.composer:not([hidden]) .composer__text').dispatchEvent(event);
        return event.defaultPrevented";
    let arguments = [json!(how), json!(name), json!(text)];
    let taken: bool = browser.runs(script, &arguments).await?;
    ensure!(taken, "a {how} is left to the browser");
    Ok(())
}

/// Somebody comes near the composer: the way to files loads.
async fn comes_near(browser: &Browser) -> Result<()> {
    let script =
        "document.querySelector('.composer').dispatchEvent(new PointerEvent('pointerover'))";
    browser.runs::<serde_json::Value>(script, &[]).await?;
    browser.sees("form[data-takes]").await
}

#[test]
fn f64_d10_fi5_a_source_without_files_says_so_over_http_and_on_both_screens() {
    play(2, async |stage| {
        let settings = json!({ "files_off": ["widget", "virtual_agent"] });
        let scene = Scene::opens(stage.api(), settings.clone()).await?;
        for token in [&scene.customer.me.token, &scene.jack.me.token] {
            let mut file = scene.file("bell.txt", b"ding")?;
            token.clone_into(&mut file.token);
            let answer = file.goes().await?;
            ensure!(
                (answer.status, answer.code()) == (403, "files_off"),
                "{answer:?}"
            );
        }

        let space = stage.space(settings, &["Jack"]).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        let customer = stage.customer(&space).await?;
        customer.browser.shows(Screen::PHONE).await?;
        customer.opens_chat().await?;
        comes_near(&customer.browser).await?;
        customer.browser.sees_no(".composer__attach").await?;
        customer.writes("My lamp is broken").await?;
        jack.is_offered().await?;
        jack.accepts().await?;
        jack.reads("My lamp is broken").await?;
        for (browser, how) in [(&customer.browser, "drop"), (&jack.browser, "paste")] {
            browser.sees("form[data-takes]").await?;
            browser.sees_no(".composer__attach").await?;
            brings(browser, how, "lamp.txt", "broken").await?;
            browser
                .reads(".files", "Files cannot be sent here.")
                .await?;
            browser.sees_no(".files__retry").await?;
        }
        customer.browser.is_pictured("files-off-phone").await?;
        customer.browser.presses(".files__discard").await?;
        customer.browser.sees_no(".files__item").await
    });
}

#[test]
fn fe2_no_way_to_files_is_shown_where_there_is_no_place_for_them() {
    play(1, async |stage| {
        let bare = Edge::with(vec![("FILES_ORIGIN", String::new())])?;
        let api = stage::api::Api::new(bare.base());
        let space = api.space(json!({}), &["Jack"]).await?;
        let customer = stage.customer_at(&bare.base(), &space).await?;
        customer.opens_chat().await?;
        comes_near(&customer.browser).await?;
        customer.browser.sees_no(".composer__attach").await?;
        brings(&customer.browser, "drop", "lamp.txt", "broken").await?;
        customer
            .browser
            .reads(".files", "Files cannot be sent here.")
            .await
    });
}

#[test]
fn fw1_files_that_are_chosen_first_go_with_the_first_message() {
    play(2, async |stage| {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("lamp.txt");
        fs::write(&path, b"broken")?;
        let path = path.to_str().context("a path")?.to_owned();
        let space = stage.space(json!({}), &["Jack"]).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        let customer = stage.customer(&space).await?;
        let browser = &customer.browser;
        browser.shows(Screen::PHONE).await?;
        customer.opens_chat().await?;
        comes_near(browser).await?;
        chooses(browser, &[path]).await?;
        brings(browser, "paste", "pasted.txt", "ding").await?;
        brings(browser, "drop", "thrown away.txt", "no").await?;
        browser
            .reads(".files", "Goes with your first message.")
            .await?;
        browser.is_pictured("files-first-phone").await?;
        browser
            .presses(".files__discard[aria-label='Discard thrown away.txt']")
            .await?;
        customer.writes("My lamp is broken").await?;
        jack.is_offered().await?;
        jack.accepts().await?;
        for name in ["lamp.txt", "pasted.txt"] {
            browser.reads(".message--out .file__card", name).await?;
            jack.browser.reads(".message .file__card", name).await?;
        }
        browser.sees_no(".files__item").await?;
        let shown = "return document.querySelectorAll('.file__card').length";
        let shown: u32 = jack.browser.runs(shown, &[]).await?;
        ensure!(shown == 2, "{shown} files");
        Ok(())
    });
}
