//! Who writes recordings down: what an admin sets on the settings page.

use anyhow::ensure;
use serde_json::{Value, json};
use stage::browser::Screen;
use stage::play;
use stage::transcriber::{KEY, Transcriber};

use super::space;
use crate::access::Inspector;

#[test]
fn sp8_an_admin_says_on_the_settings_page_who_writes_down() {
    play(1, async |stage| {
        stage.excuse(&["the server responded with a status of 422"]);
        let inspector = Inspector::new()?;
        let transcriber = Transcriber::start().await?;
        let (space, ada) = space(stage.api(), json!({ "name": "Larch & Lantern" })).await?;
        let browser = stage.browser("Ada", Screen::DESKTOP).await?;
        let base = stage.api().base();
        browser
            .goes(&format!("{base}/agent?space={}&as=ada", space.space))
            .await?;
        browser.sees(".console .slots__text").await?;
        browser
            .goes(&format!("{base}/agent#settings={}", space.space))
            .await?;
        browser
            .reads("[data-part=transcriber] .rows", "Nobody:")
            .await?;
        let fields = "[data-part=transcriber] .new-transcriber";
        let field = |number: u32| format!("{fields} .field:nth-child({number}) input");
        browser.types(&field(1), "http://10.0.0.1/").await?;
        browser.types(&field(2), "whisper-1").await?;
        browser.presses(&format!("{fields} .form__go")).await?;
        browser
            .sees(&format!("{fields} [aria-invalid=true]"))
            .await?;
        let clear = "document.querySelector(arguments[0]).value = ''";
        let _: Value = browser.runs(clear, &[json!(field(1))]).await?;
        browser.types(&field(1), &transcriber.url()).await?;
        browser.types(&field(3), KEY).await?;
        browser.presses(&format!("{fields} .form__go")).await?;
        let known = "[data-part=transcriber] .rows";
        browser.reads(known, &transcriber.url()).await?;
        browser.reads(known, "whisper-1 … -key").await?;
        browser
            .runs::<Value>(
                "document.querySelector('[data-part=transcriber]').scrollIntoView()",
                &[],
            )
            .await?;
        inspector.inspects(&browser, "settings-transcriber").await?;
        browser.presses(&format!("{known} button")).await?;
        browser.reads(known, "Nobody:").await?;
        let path = format!("/api/v1/spaces/{}/transcriber", space.space);
        let read = stage.api().get(&path, Some(&ada)).await?;
        ensure!(read.body["transcriber"].is_null(), "{read:?}");
        Ok(())
    });
}
