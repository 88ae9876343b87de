//! Files on the screens: chosen, on their way, and read by the other side.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use stage::browser::{Browser, Screen};
use stage::play;

use crate::access::Inspector;

/// Puts files into the field of the composer, as a person does.
pub(super) async fn chooses(browser: &Browser, paths: &[String]) -> Result<()> {
    browser.sees(".composer__attach:not([hidden])").await?;
    let field = browser
        .element("return document.querySelector('.composer__files')")
        .await?;
    field.send_keys(paths.join("\n")).await?;
    Ok(())
}

#[test]
fn u3_fw1_files_go_from_screen_to_screen() {
    play(2, async |stage| {
        let folder = tempfile::tempdir()?;
        let written = |name: &str, bytes: &[u8]| -> Result<String> {
            let path = folder.path().join(name);
            fs::write(&path, bytes)?;
            Ok(path.to_str().context("a path")?.to_owned())
        };
        let picture = fs::read(stage::root().join("tests/gallery/readme-chat.png"))?;
        let good = [
            written("lamp.png", &picture)?,
            written("Rechnung 2026.pdf", &super::pdf(1_500_000))?,
        ];
        let bad = [
            written("empty.txt", b"")?,
            written("setup.exe", b"MZ\x90\0")?,
        ];

        let space = stage.space(json!({}), &["Jack"]).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        let customer = stage.customer(&space).await?;
        customer.browser.shows(Screen::PHONE).await?;
        customer.opens_chat().await?;
        customer.writes("My lamp is broken").await?;
        jack.is_offered().await?;
        jack.accepts().await?;
        jack.reads("My lamp is broken").await?;

        let browser = &customer.browser;
        chooses(browser, &good).await?;
        for browser in [browser, &jack.browser] {
            browser.sees(".message .file__picture").await?;
            browser
                .reads(".message .file__card", "Rechnung 2026.pdf")
                .await?;
            browser
                .until::<bool>(
                    "the picture",
                    "return document.querySelector('.file__picture').naturalWidth > 100",
                    &[],
                )
                .await?;
        }
        browser.sees_no(".files__item").await?;
        chooses(browser, &bad).await?;
        browser.reads(".files", "This file is empty.").await?;
        browser
            .reads(".files", "Files of this kind cannot be sent.")
            .await?;
        Inspector::new()?.inspects(browser, "files-chat").await?;
        browser.is_pictured("files-chat-phone").await?;
        browser.shows(Screen::PHONE.dark()).await?;
        browser.is_pictured("files-chat-phone-dark").await?;
        browser.presses(".files__discard").await?;
        browser.presses(".files__discard").await?;
        browser.sees_no(".files__item").await?;

        chooses(&jack.browser, &[written("answer.csv", b"lamp;9.90\n")?]).await?;
        browser
            .reads(".message--in .file__card", "answer.csv")
            .await?;
        jack.browser.presses(".file__open").await?;
        jack.browser.sees(".viewer[open]").await?;
        jack.browser.is_pictured("files-viewer").await?;
        jack.browser.presses(".viewer[open] .viewer__close").await?;
        jack.browser.is_pictured("files-console").await?;
        Inspector::new()?
            .inspects(&jack.browser, "files-console")
            .await?;
        let sheet = "return getComputedStyle(document.querySelector('.viewer')).display";
        let shown: String = jack.browser.runs(sheet, &[]).await?;
        ensure!(shown == "none", "{shown}");
        Ok(())
    });
}
