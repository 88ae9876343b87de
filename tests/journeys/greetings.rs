//! What a space shows by itself on its customers' pages (P8): when, how it is answered, and how it goes away.

use std::process::Command;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use stage::browser::{Browser, Screen};
use stage::cast::page;
use stage::line::AgentLine;
use stage::provider::node;
use stage::wire::fresh_id;
use stage::{play, root};

use crate::embed::{Scene, requests};

const STRICT: &str = "default-src 'none'; img-src data:; script-src ORIGIN; frame-src ORIGIN; \
    base-uri 'none'; require-trusted-types-for 'script'";

/// The card, in the shadow root inside that of the loader.
const CARD: &str = "document.querySelector('bellhop-chat')?.shadowRoot.querySelector('bellhop-greeting')?.shadowRoot";

async fn sees_card(browser: &Browser, text: &str) -> Result<()> {
    let script = format!("return {CARD}?.querySelector('.say')?.textContent == arguments[0]");
    let what = format!("the card {text:?}");
    browser
        .until(&what, &script, &[json!(text)])
        .await
        .map(|_: bool| ())
}

async fn has_card(browser: &Browser) -> Result<bool> {
    browser.runs(&format!("return !!{CARD}"), &[]).await
}

/// Waits until the page has what the space says, and had the time to show it.
async fn is_settled(browser: &Browser) -> Result<()> {
    let loaded = "return performance.getEntriesByType('resource').some((entry) => entry.name.includes('bellhop-greetings.js') && entry.responseEnd > 0)";
    let _: bool = browser.until("the greetings", loaded, &[]).await?;
    let script = "const done = arguments[0]; setTimeout(() => requestIdleCallback(done), 1500)";
    browser.driver().execute_async(script, Vec::new()).await?;
    Ok(())
}

#[test]
fn p8_ha5_what_is_answered_begins_the_conversation() {
    play(1, async |stage| {
        let text = "Shall we <b>help</b> you choose?";
        let greetings = json!([
            { "id": "elsewhere", "text": "Not here", "pages": ["/other*"] },
            { "id": "later", "text": "Not yet", "after_s": 3600 },
            { "id": "here", "text": text, "pages": ["/"] },
        ]);
        let space = stage
            .space(json!({ "proactive": greetings }), &["Jack"])
            .await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let base = stage.api().base();
        let html = page(base, &space.space, "data-proactive=\"on\"");
        let scene = Scene::of(stage, Screen::DESKTOP, STRICT, html).await?;
        let (customer, browser) = (&scene.customer, &scene.customer.browser);
        sees_card(browser, text).await?;
        browser.is_pictured("greeting").await?;
        let mut asked = requests(browser, base).await?;
        asked.sort();
        let all = [
            "/bellhop-greet.js",
            "/bellhop-greetings.js",
            "/bellhop-page.js",
            "/bellhop.js",
        ];
        ensure!(asked == all, "nothing of the chat before intent: {asked:?}");
        let said: String = browser
            .runs(&format!("return {CARD}.querySelector('div').role"), &[])
            .await?;
        ensure!(said == "status", "{said}");
        let _: Value = browser
            .runs(&format!("{CARD}.querySelector('.say').click()"), &[])
            .await?;
        customer.looks_at_chat().await?;
        browser.reads(".welcome__text", text).await?;
        browser.is_pictured("greeting-chat").await?;
        customer.writes("Yes, please").await?;
        let offer = jack.is_offered().await?;
        ensure!(offer.first_words == "Yes, please", "{offer:?}");
        let talk = jack.accepts().await?;
        ensure!(talk.texts() == [text, "Yes, please"], "{:?}", talk.texts());
        customer.reads(text).await?;
        customer.is_told("Jack is online").await?;

        // It was shown once, and whoever talks is left alone.
        customer.looks_at_page().await?;
        ensure!(!has_card(browser).await?, "still there");
        browser.reloads().await?;
        is_settled(browser).await?;
        ensure!(!has_card(browser).await?, "shown again");
        Ok(())
    });
}

#[test]
fn p8_ha3_a_card_waits_for_the_pointer_to_leave_and_goes_by_keyboard() {
    play(1, async |stage| {
        let greetings = json!([{ "id": "stay", "text": "Before you go …", "on_exit": true }]);
        let space = stage
            .space(json!({ "proactive": greetings }), &["Jack"])
            .await?;
        let base = stage.api().base();
        let attributes = "data-proactive=\"on\" data-locale=\"de\" data-side=\"start\"";
        let html = page(base, &space.space, attributes).replace("<html", "<html dir=\"rtl\"");
        let scene = Scene::of(stage, Screen::PHONE.dark(), STRICT, html).await?;
        let browser = &scene.customer.browser;
        is_settled(browser).await?;
        ensure!(!has_card(browser).await?, "shown too early");
        let leave =
            "document.documentElement.dispatchEvent(new MouseEvent('mouseleave', { clientY: -1 }))";
        let _: Value = browser.runs(leave, &[]).await?;
        sees_card(browser, "Before you go …").await?;
        browser.is_pictured("greeting-phone").await?;
        let label: String = browser
            .runs(
                &format!("return {CARD}.querySelector('.off').ariaLabel"),
                &[],
            )
            .await?;
        ensure!(label == "Schließen", "{label}");
        let escape = format!(
            "const off = {CARD}.querySelector('.off'); off.focus();
             off.dispatchEvent(new KeyboardEvent('keydown', {{ key: 'Escape', bubbles: true, composed: true }}));
             return document.querySelector('bellhop-chat').shadowRoot.activeElement?.tagName"
        );
        let focused: Option<String> = browser.runs(&escape, &[]).await?;
        ensure!(focused.as_deref() == Some("BUTTON"), "{focused:?}");
        ensure!(!has_card(browser).await?, "still there");

        // A page that does not ask for it shows nothing, and asks for nothing.
        let html = page(base, &space.space, "");
        let scene = Scene::of(stage, Screen::DESKTOP, STRICT, html).await?;
        let browser = &scene.customer.browser;
        scene.customer.sees_launcher().await?;
        let _: Value = browser.runs(leave, &[]).await?;
        let asked = requests(browser, base).await?;
        ensure!(asked == ["/bellhop.js"], "{asked:?}");
        Ok(())
    });
}

#[test]
fn p8_ha5_only_words_of_the_space_begin_a_conversation() {
    play(0, async |stage| {
        let greetings = json!([{ "id": "hello", "text": "Hello" }]);
        let space = stage
            .space(json!({ "proactive": greetings }), &["Jack"])
            .await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        for (greeting, expected) in [
            ("Hello", vec!["Hello", "Hi"]),
            ("You have won", vec!["Hi"]),
            ("", vec!["Hi"]),
        ] {
            let visitor = stage.api().visitor(&space).await?;
            let body = json!({ "text": "Hi", "greeting": greeting });
            let answer = stage
                .api()
                .begin(&visitor.token, fresh_id()?, &body)
                .await?;
            ensure!(answer.status == 201, "{}", answer.body);
            let talk = jack.accepts().await?;
            ensure!(talk.texts() == expected, "{greeting:?}: {:?}", talk.texts());
        }
        Ok(())
    });
}

#[test]
fn ha2_ha3_ha4_p8_pages_hold_what_is_due_as_the_rules_do() -> Result<()> {
    let script = "
        import { readFileSync } from 'node:fs';
        import assert from 'node:assert';
        const module = 'data:text/javascript,' + encodeURIComponent(readFileSync('public/greet.js', 'utf8'));
        const { isDue, CLOSE } = await import(module);
        const cases = JSON.parse(readFileSync('shared/src/settings/proactive/cases.json', 'utf8'));
        for (const { greeting, is_due, ...visit } of cases) assert.equal(isDue(greeting, visit), is_due, JSON.stringify([greeting, visit]));
        const long = 'https://shop.example/' + 'a'.repeat(2000);
        assert.equal(isDue({ pages: ['/' + 'a*'.repeat(99) + 'b'] }, { address: long, open_s: 0 }), false);
        for (const [tag, word] of Object.entries(CLOSE))
            assert.ok(readFileSync(`widget/src/text/chat/${tag}.txt`, 'utf8').includes(`\\nclose = ${word}\\n`), tag);
        assert.equal(Object.keys(CLOSE).length, 14);";
    let output = Command::new(node())
        .args(["--input-type=module", "--eval", script])
        .current_dir(root())
        .output()?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
