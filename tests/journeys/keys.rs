//! Nothing that is typed gets lost: not while the chat comes on a slow machine, not when the screen
//! is made anew because another tab or the end of a conversation asks for it (U19).

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use shared::conversation::Command;
use stage::api::Space;
use stage::browser::{Browser, Screen};
use stage::cast::{Customer, page};
use stage::host::{Host, Page};
use stage::line::{AgentLine, CustomerLine};
use stage::{Stage, play};
use tokio::time::sleep;

/// How many times slower than it is the machine pretends to be: a cheap phone.
const SLOW: u32 = 6;

/// What is typed: every place in it tells itself from every other.
const WORDS: &str =
    "the quick brown fox jumps over 13 lazy dogs, and 257 waltzing bad nymphs vex Jim";

/// The half that is typed before something happens.
const HALF: usize = 30;

async fn slows(browser: &Browser) -> Result<()> {
    let rate = json!({ "rate": SLOW });
    browser
        .commands("Emulation.setCPUThrottlingRate", rate)
        .await
}

/// Types as a person does who does not look: the keys go wherever the focus is.
async fn types_blindly(browser: &Browser, words: &str, pause: Duration) -> Result<()> {
    for letter in words.chars() {
        let key = letter.to_string();
        let down = json!({ "type": "keyDown", "key": key, "text": key, "unmodifiedText": key });
        browser.commands("Input.dispatchKeyEvent", down).await?;
        let up = json!({ "type": "keyUp", "key": key });
        browser.commands("Input.dispatchKeyEvent", up).await?;
        sleep(pause).await; // the rhythm of a person is the story here
    }
    Ok(())
}

/// Waits until that stands in the composer that is to be seen.
async fn composer_holds(browser: &Browser, words: &str, when: &str) -> Result<()> {
    let script = "const fields = [...document.querySelectorAll('textarea.composer__text')];
        const field = fields.find((field) => field.checkVisibility());
        return field?.value === arguments[0]";
    let held = browser.until(when, script, &[json!(words)]).await;
    if held.is_err() {
        let value: Value = browser
            .runs(
                "return document.querySelector('textarea.composer__text')?.value",
                &[],
            )
            .await?;
        held.map_err(|error| error.context(format!("{when}: the composer holds {value}")))
            .map(|_: bool| ())
    } else {
        Ok(())
    }
}

/// The chat is opened and typed into at once, again and again, at several speeds.
async fn opens_and_types(
    stage: &Stage,
    space: &Space,
    host: &str,
    pauses: &[u64],
    is_slow: bool,
) -> Result<()> {
    let base = stage.api().base();
    let site = Host::with(vec![Page {
        path: "/",
        policy: String::new(),
        html: page(base, &space.space, ""),
    }])
    .await?;
    let url = site.url("/").replace("localhost", host);
    let browser = stage
        .browser("the customer", stage::browser::Screen::DESKTOP)
        .await?;
    if is_slow {
        slows(&browser).await?;
    }
    let customer = Customer::visits(browser, &url).await?;
    for pause in pauses.iter().copied().map(Duration::from_millis) {
        customer.browser.goes(&url).await?;
        customer.presses_launcher().await?;
        types_blindly(&customer.browser, WORDS, pause).await?;
        customer.looks_at_chat().await?;
        composer_holds(&customer.browser, WORDS, &format!("{host}, {pause:?}")).await?;
        let _: Value = customer.browser.runs("sessionStorage.clear()", &[]).await?;
        customer.looks_at_page().await?;
    }
    Ok(())
}

#[test]
fn pain_u19_keys_while_the_chat_comes_on_a_slow_machine() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        opens_and_types(stage, &space, "127.0.0.1", &[0, 40], true).await
    });
}

#[test]
fn pain_u19_keys_while_the_chat_comes_from_another_site() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        opens_and_types(stage, &space, "localhost", &[0, 15, 60, 0], false).await
    });
}

#[test]
fn pain_u19_keys_while_another_tab_begins_the_conversation() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let customer = stage.customer(&space).await?;
        customer.opens_chat().await?;
        let driver = customer.browser.driver();
        let first = driver.window().await?;
        customer.looks_at_page().await?;
        let url = driver.current_url().await?;
        let second = driver.new_tab().await?;
        driver.switch_to_window(second.clone()).await?;
        driver.goto(url.as_str()).await?;
        customer.opens_chat().await?;
        let (before, after) = WORDS.split_at(HALF);
        customer.types(before).await?;

        driver.switch_to_window(first).await?;
        customer.looks_at_chat().await?;
        customer.writes("Hello").await?;
        customer.is_told("Waiting for agent").await?;

        driver.switch_to_window(second).await?;
        customer.looks_at_chat().await?;
        customer.reads("Hello").await?;
        let focus = "return document.hasFocus() && document.activeElement.tagName === 'TEXTAREA'";
        let _: bool = customer.browser.until("the cursor", focus, &[]).await?;
        types_blindly(&customer.browser, after, Duration::ZERO).await?;
        composer_holds(&customer.browser, WORDS, "another tab began").await
    });
}

#[test]
fn pain_u19_keys_while_the_conversation_ends_begin_the_next_one() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let customer = stage.customer(&space).await?;
        slows(&customer.browser).await?;
        customer.opens_chat().await?;
        customer.writes("Hello").await?;
        let mut talk = jack.accepts().await?;
        customer.is_told("Jack is online").await?;
        let (before, after) = WORDS.split_at(HALF);
        customer.types(before).await?;
        talk.asks(Command::End).await??;
        customer.browser.sees(".ended").await?;
        types_blindly(&customer.browser, after, Duration::ZERO).await?;
        composer_holds(&customer.browser, WORDS, "it is over").await?;
        customer.browser.presses(".composer__send").await?;
        customer.is_told("Waiting for agent").await?;
        customer.reads(WORDS).await?;
        let mut next = jack.accepts().await?;
        next.reads(WORDS).await?;
        Ok(())
    });
}

#[test]
fn pain_u19_keys_of_an_agent_who_turns_to_another_chat() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        let mut customers = Vec::new();
        for text in ["I am the first", "I am the second"] {
            customers.push(CustomerLine::writes(stage.api(), &space, text).await?);
            jack.accepts().await?;
        }
        slows(&jack.browser).await?;
        for (place, words) in [("first", "What about the first?"), ("last", WORDS)] {
            let turn = format!(
                "const rows = [...document.querySelectorAll('.list--mine .item__open')];
                const row = rows.at('{place}' === 'first' ? 0 : -1);
                row.focus();
                row.click()"
            );
            let _: Value = jack.browser.runs(&turn, &[]).await?;
            types_blindly(&jack.browser, words, Duration::ZERO).await?;
            composer_holds(&jack.browser, words, place).await?;
        }

        // The customer leaves while the agent types: what was meant for them is kept as a note.
        let last = customers.last_mut().ok_or(anyhow::anyhow!("nobody"))?;
        last.talk.asks(Command::End).await??;
        jack.reads("End user has cancelled chat.").await?;
        jack.browser.sees(".composer--note").await?;
        types_blindly(&jack.browser, " too late", Duration::ZERO).await?;
        let all = format!("{WORDS} too late");
        composer_holds(&jack.browser, &all, "the customer has left").await?;
        jack.writes("").await?; // Enter
        jack.browser.reads(".message--note", "too late").await?;
        let leaked = last.talk.log.iter().any(|entry| {
            let text = entry.event.text();
            text.is_some_and(|text| text.as_str().contains("quick"))
        });
        ensure!(!leaked, "{:?}", last.talk.log);
        Ok(())
    });
}

#[test]
fn p29_enter_breaks_the_line_for_whoever_wishes_so() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let browser = stage.browser("the customer", Screen::PHONE).await?;
        let base = stage.api().base();
        let customer = Customer::opens_page_of_chat(browser, base, &space.space).await?;
        let browser = &customer.browser;
        customer.writes("Enter sends").await?;
        customer.reads("Enter sends").await?;
        browser.presses(".header__menu").await?;
        browser.presses(".menu__enter input").await?;
        browser.is_pictured("chat-menu-enter-phone").await?;
        browser.presses(".header__menu").await?;
        customer.types("one\ntwo").await?;
        composer_holds(browser, "one\ntwo", "a broken line").await?;
        let hint = "return document.querySelector('.composer__text').enterKeyHint";
        let hint: String = browser.runs(hint, &[]).await?;
        ensure!(hint == "enter", "{hint}");
        // Kept in this browser; and Control sends in any case.
        browser.reloads().await?;
        composer_holds(browser, "one\ntwo", "the draft").await?;
        let control = "\u{e009}";
        customer.types(&format!("\n{control}\n")).await?;
        customer.reads("two").await?;
        composer_holds(browser, "", "nothing, it is sent").await?;
        browser.presses(".header__menu").await?;
        browser.presses(".menu__enter input").await?;
        browser.presses(".header__menu").await?;
        customer.writes("Enter sends again").await?;
        customer.reads("Enter sends again").await
    });
}
