//! The choice of an emoji: found by name, in a skin, by keyboard, in the reader's language, and loaded when it is opened.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use stage::browser::Browser;
use stage::play;

use crate::access::Inspector;

/// The files of emoji that were loaded, by their language.
async fn loaded(browser: &Browser) -> Result<Vec<String>> {
    let script = r"return performance.getEntriesByType('resource')
        .map((entry) => entry.name.match(/\/assets\/emoji\.(.*)\.[0-9a-f]+\.txt$/)?.[1]).filter(Boolean)";
    browser.runs(script, &[]).await
}

/// Waits until the composer has that text.
async fn has_written(browser: &Browser, text: &str) -> Result<()> {
    let script = "return document.querySelector('.composer__text').value === arguments[0]";
    let _: bool = browser.until(text, script, &[json!(text)]).await?;
    Ok(())
}

#[test]
fn emoji_is_found_by_name_and_written_where_the_cursor_is() {
    play(2, async |stage| {
        let inspector = Inspector::new()?;
        let space = stage.space(json!({}), &["Jack"]).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        let customer = stage.customer(&space).await?;
        customer.opens_chat().await?;
        let chat = &customer.browser;
        let early = loaded(chat).await?;
        ensure!(early.is_empty(), "nobody has asked for {early:?}");

        // By its name, where the cursor is.
        chat.types(".composer__text", "Hello you").await?;
        let place = "document.querySelector('.composer__text').setSelectionRange(5, 5)";
        let _: Value = chat.runs(place, &[]).await?;
        chat.presses(".composer__emoji").await?;
        chat.types(".emoji__find", "waving\n").await?;
        has_written(chat, "Hello👋 you").await?;
        ensure!(loaded(chat).await? == ["en"]);
        let nothing = "Nothing at all";
        chat.types(".emoji__find", nothing).await?;
        chat.reads(".emoji__none", "No emoji found").await?;
        let clear = "const field = document.querySelector('.emoji__find');
            field.value = '';
            field.dispatchEvent(new Event('input'))";
        let _: Value = chat.runs(clear, &[]).await?;

        // What was used last stands first; every group comes.
        chat.reads(".emoji__title", "Recently used").await?;
        let whole = "return document.querySelectorAll('.emoji__item').length > 1700
            && [...document.querySelectorAll('.emoji__item')].some((it) => it.ariaLabel === 'Germany')";
        let _: bool = chat.until("every group", whole, &[]).await?;
        inspector.inspects(chat, "chat-emoji").await?;

        // In a skin, and by keyboard alone.
        let skin = "const field = document.querySelector('.emoji__skin');
            field.value = '5';
            field.dispatchEvent(new Event('change'))";
        let _: Value = chat.runs(skin, &[]).await?;
        let _: Value = chat
            .runs("document.querySelector('.emoji__find').focus()", &[])
            .await?;
        chat.types(".emoji__find", "thumbs up\u{e015}").await?;
        let at = "return document.activeElement.textContent === '👍🏿'";
        let _: bool = chat.until("the thumb", at, &[]).await?;
        let active = chat.element("return document.activeElement").await?;
        active.send_keys("\u{e007}").await?;
        has_written(chat, "Hello👋👍🏿 you").await?;
        chat.types(".emoji__find", "\u{e00c}").await?;
        chat.sees_no(".emoji").await?;
        chat.types(".composer__text", "\n").await?;
        customer.reads("Hello👋👍🏿 you").await?;

        // The agent's console has the same.
        jack.is_offered().await?;
        jack.accepts().await?;
        jack.browser.presses(".composer__emoji").await?;
        jack.browser.types(".emoji__find", "bell\n").await?;
        has_written(&jack.browser, "🔔").await?;
        inspector.inspects(&jack.browser, "console-emoji").await
    });
}

#[test]
fn emoji_of_another_language_have_its_names() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let browser = stage
            .browser("the customer", stage::browser::Screen::PHONE)
            .await?;
        let base = stage.api().base();
        let address = format!("{base}/chat?space={}&lang=ar", space.space);
        browser.goes(&address).await?;
        browser.presses(".composer__emoji").await?;
        browser.reads(".emoji__title", "الوجوه").await?;
        let flag = "return [...document.querySelectorAll('.emoji__item')]
            .some((it) => it.textContent === '🇩🇪' && it.ariaLabel === 'ألمانيا')";
        let _: bool = browser.until("a flag in Arabic", flag, &[]).await?;
        ensure!(loaded(&browser).await? == ["ar"]);
        browser.is_pictured("emoji-ar").await?;
        Ok(())
    });
}
