//! What is set up and looked after: identity keys, blocks, the audit log, lists of supervisors, and
//! what the chat says instead of chatting. With axe, in every view, with long names, in German; and by
//! the keyboard alone.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use stage::api::Space;
use stage::browser::{Browser, Screen};
use stage::cast::Agent;
use stage::line::{AgentLine, CustomerLine};
use stage::{Stage, play};

use super::Inspector;

/// The longest names that there are, more or less.
const LONG: &str =
    "Dr. Maximiliane von und zu Habsburg-Lothringen-Schwarzenberg auf Schloss Hohenstein";

/// Nothing that can be pressed or written into is out of reach of the Tab key.
async fn walks(browser: &Browser, inside: &str) -> Result<()> {
    let count: usize = browser
        .runs(
            "window.toReach = [...document.querySelectorAll(arguments[0] + ' :is(a[href], button, input, select, textarea, summary)')]
                .filter((element) => element.checkVisibility() && !element.disabled && element.tabIndex >= 0
                    && (element.type !== 'radio' || element.checked));
            document.activeElement.blur();
            return toReach.length",
            &[json!(inside)],
        )
        .await?;
    let first = "toReach[0].focus(); window.reached = new Set([toReach[0]])";
    let _: Value = browser.runs(first, &[]).await?;
    for _ in 0..count * 3 {
        let missing: usize = browser
            .runs(
                "const one = document.activeElement;
                if (toReach.includes(one) && getComputedStyle(one).outlineStyle === 'none'
                    && getComputedStyle(one).boxShadow === 'none') return 1e6;
                reached.add(one);
                return toReach.filter((one) => !reached.has(one)).length",
                &[],
            )
            .await?;
        ensure!(missing < 1_000_000, "the focus is not to be seen");
        if missing == 0 {
            return Ok(());
        }
        let keys = browser.driver().action_chain();
        keys.send_keys("\u{e004}").perform().await?;
    }
    let missing: Vec<String> = browser
        .runs(
            "return toReach.filter((one) => !reached.has(one)).map((one) => one.outerHTML.slice(0, 120))",
            &[],
        )
        .await?;
    ensure!(missing.is_empty(), "out of reach: {missing:#?}");
    Ok(())
}

/// Brings a part into view, so that the pictures show it.
async fn turns_to(browser: &Browser, selector: &str) -> Result<()> {
    browser.sees(selector).await?;
    let script = "document.querySelector(arguments[0]).scrollIntoView()";
    browser.runs(script, &[json!(selector)]).await
}

async fn looks(inspector: &Inspector, browser: &Browser, part: &str, name: &str) -> Result<()> {
    turns_to(browser, part).await?;
    inspector.inspects(browser, name).await?;
    browser.shows(Screen::PHONE).await?;
    turns_to(browser, part).await?;
    browser.is_pictured(&format!("{name}-phone")).await?;
    browser.shows(Screen::DESKTOP).await
}

/// A supervisor, an admin, and an agent with a long name.
async fn house(stage: &Stage) -> Result<Space> {
    let agents = vec![
        json!({ "name": "Ada", "role": "admin" }),
        json!({ "name": "Dora", "role": "supervisor" }),
        json!({ "name": LONG }),
    ];
    let settings = json!({
        "name": "Larch & Lantern",
        "reasons": [{ "id": "gone", "name": "Der Kunde hat den Chat verlassen, ohne auf unsere Rückfrage zu antworten" }],
    });
    stage.api().space_with(settings, agents).await
}

#[test]
fn access_f16_p21_p25_keys_blocks_lists_and_the_log_of_a_space() {
    play(1, async |stage| {
        let inspector = Inspector::new()?;
        let api = stage.api();
        let space = house(stage).await?;
        let admin = api.sign_in(&space, "Ada").await?.token;
        let path = |rest: &str| format!("/api/v1/spaces/{}{rest}", space.space);
        let guest = CustomerLine::writes(api, &space, "Something rude").await?;
        let block = path(&format!("/items/{}/block", guest.talk.conversation));
        let body = json!({ "reason": "Beleidigungen in mehreren Nachrichten hintereinander", "for_s": 86_400 });
        let mut answer = api.post(&block, Some(&admin), &body).await?;
        while answer.code() == "conversation_unknown" {
            answer = api.post(&block, Some(&admin), &body).await?;
        }
        ensure!(answer.status == 200, "{answer:?}");
        let token = json!({ "name": "Wochenbericht für die Geschäftsführung", "scope": "write" });
        ensure!(
            api.post(&path("/tokens"), Some(&admin), &token)
                .await?
                .status
                == 201
        );

        let browser = stage.browser("Ada", Screen::DESKTOP).await?;
        let ada = Agent::signs_in(browser, api.base(), &space.space, "Ada").await?;
        let browser = &ada.browser;
        let page = format!("{}/agent?lang=de#settings={}", api.base(), space.space);
        browser.goes(&page).await?;
        browser.sees("form.settings").await?;
        browser.presses(".new-identity .form__go").await?;
        browser.sees(".to-copy").await?;
        looks(&inspector, browser, "[data-part=identity]", "home-identity").await?;
        looks(&inspector, browser, ".blocks", "home-blocks").await?;
        looks(&inspector, browser, "[data-part=ends]", "home-ends").await?;
        walks(browser, "[data-part=identity]").await?;
        walks(browser, ".blocks").await?;
        walks(browser, "[data-part=ends]").await?;

        let people = format!("location.hash = 'people={}'", space.space);
        let _: Value = browser.runs(&people, &[]).await?;
        browser.sees("[data-agent=Dora]").await?;
        looks(&inspector, browser, ".rows", "home-people-long").await?;
        walks(browser, ".home").await?;

        let audit = format!("location.hash = 'audit={}'", space.space);
        let _: Value = browser.runs(&audit, &[]).await?;
        browser.reads(".rows", "Besucher gesperrt").await?;
        looks(&inspector, browser, ".home", "home-audit").await?;
        walks(browser, ".home").await
    });
}

#[test]
fn access_f43_d9_p21_what_supervisors_look_after() {
    play(1, async |stage| {
        let inspector = Inspector::new()?;
        let api = stage.api();
        let space = house(stage).await?;
        let mut max = AgentLine::on_duty(api, &space, LONG).await?;
        let mut guests = Vec::new();
        for text in ["Wo ist mein Kessel?", "Und meine Lampe?"] {
            guests.push(CustomerLine::writes(api, &space, text).await?);
            max.accepts().await?;
        }
        let browser = stage.browser("Dora", Screen::DESKTOP).await?;
        let address = format!("{}/agent?space={}&lang=de&as=dora", api.base(), space.space);
        browser.goes(&address).await?;
        browser.sees(".console .slots__text").await?;
        browser.presses(".list--team .list__toggle").await?;
        browser.sees(".list--team .item").await?;
        inspector.inspects(&browser, "console-team").await?;
        walks(&browser, ".list--team").await?;
        browser.presses(".list--team .item__open").await?;
        browser.reads(".conversation .log", "Kessel").await?;
        browser.presses(".conversation__menu").await?;
        browser.sees(".picker").await?;
        inspector.inspects(&browser, "console-team-menu").await?;
        browser.presses(".conversation__block").await?;
        browser.sees("#block-reason").await?;
        inspector.inspects(&browser, "console-block").await?;
        walks(&browser, "dialog").await?;
        browser.shows(Screen::PHONE).await?;
        browser.is_pictured("console-block-phone").await?;
        browser.types("#block-reason", "\u{e00c}").await?;
        browser.sees_no("dialog").await?;
        drop(guests);
        Ok(())
    });
}

#[test]
fn access_f16_the_chat_asks_to_sign_in_first() {
    play(1, async |stage| {
        let inspector = Inspector::new()?;
        let settings = json!({ "name": "Larch & Lantern", "require_verification": true });
        let space = stage.space(settings, &["Jack"]).await?;
        let browser = stage.browser("the customer", Screen::DESKTOP).await?;
        let address = format!("{}/chat?space={}&lang=de", stage.api().base(), space.space);
        browser.goes(&address).await?;
        browser.sees("#sign-in-title").await?;
        inspector.inspects(&browser, "chat-sign-in").await?;
        walks(&browser, ".chat").await?;
        browser.shows(Screen::PHONE).await?;
        browser.is_pictured("chat-sign-in-phone").await?;
        Ok(())
    });
}
