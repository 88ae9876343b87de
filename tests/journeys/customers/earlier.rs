//! Earlier conversations, as their own customer finds them (D4).

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use shared::conversation::Command;
use stage::api::{Api, Visitor};
use stage::browser::{Browser, Screen};
use stage::cast::Customer;
use stage::line::{AgentLine, CustomerLine};
use stage::{Stage, play};

use super::Shop;
use crate::access::Inspector;

/// What somebody reads of the list.
async fn list(api: &Api, who: &Visitor) -> Result<Vec<Value>> {
    let answer = api.get("/api/v1/conversations", Some(&who.token)).await?;
    let body: Value = answer.into()?;
    ensure!(body["next"].is_null(), "{body}");
    Ok(body["conversations"].as_array().context("a list")?.clone())
}

#[test]
fn d4_r270_a_visitor_lists_its_own_over_http_and_nobody_elses() {
    play(0, async |stage| {
        let api = stage.api();
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(api, &space, "Jack").await?;
        let customer = CustomerLine::writes(api, &space, "My lamp is broken").await?;
        let mut talk = jack.accepts().await?;
        let first = list(api, &customer.me).await?;
        let row = first.first().context("a row")?;
        ensure!(
            row["conversation"] == json!(customer.talk.conversation) && row["open"] == true,
            "{row}"
        );
        talk.asks(Command::End).await??;
        // The space hears of the end a moment later.
        let over = || async {
            let rows = list(api, &customer.me).await?;
            Ok::<_, anyhow::Error>(rows.into_iter().find(|row| row["open"] == false))
        };
        let mut row = over().await?;
        while row.is_none() {
            row = over().await?;
        }
        let row = row.context("a row")?;
        ensure!(
            row["agent"] == "Jack" && row["first_words"] == "My lamp is broken",
            "{row}"
        );
        let other = api.visitor(&space).await?;
        ensure!(list(api, &other).await?.is_empty(), "somebody else's");
        let path = "/api/v1/conversations";
        let refused = api.get(path, Some(&jack.me.token)).await?;
        ensure!(refused.code() == "forbidden", "{refused:?}");
        let refused = api.get(path, None).await?;
        ensure!(refused.code() == "token_missing", "{refused:?}");
        let marked = "/api/v1/conversations?after=7";
        let refused = api.get(marked, Some(&customer.me.token)).await?;
        ensure!(refused.code() == "mark_malformed", "{refused:?}");
        Ok(())
    });
}

#[test]
fn d4_r270_a_customer_of_the_site_has_the_same_list_in_every_browser_until_it_is_erased() {
    play(0, async |stage| {
        let api = stage.api();
        let shop = Shop::opens(api).await?;
        let (here, _) = shop.identifies(None, "mia").await?;
        let conversation = api.conversation(&here, "My lamp is broken").await?;
        let (there, _) = shop.identifies(None, "mia").await?;
        for visitor in [&here, &there] {
            let rows = list(api, visitor).await?;
            ensure!(
                rows.len() == 1
                    && rows
                        .iter()
                        .all(|row| row["conversation"] == json!(conversation)),
                "{rows:?}"
            );
        }
        let (other, _) = shop.identifies(None, "tom").await?;
        ensure!(list(api, &other).await?.is_empty(), "somebody else's");
        let erase = shop.path("erasures");
        let answer = api
            .post(&erase, Some(&shop.ada.token), &json!({ "customer": "mia" }))
            .await?;
        ensure!(answer.status == 202, "{answer:?}");
        ensure!(list(api, &there).await?.is_empty(), "it was erased");
        Ok(())
    });
}

/// Two conversations of one browser: the first was answered and is over, the second is open.
async fn two(
    stage: &Stage,
    screen: Screen,
    attributes: &str,
    none: &str,
) -> Result<(Customer, AgentLine)> {
    let api = stage.api();
    let space = stage.space(json!({}), &["Jack"]).await?;
    let mut jack = AgentLine::on_duty(api, &space, "Jack").await?;
    let browser = stage.browser("the customer", screen).await?;
    let path = format!("{}{attributes}", space.space);
    let customer = Customer::opens_page_of_chat(browser, api.base(), &path).await?;
    // Nobody has been here: there is nothing to read.
    customer.browser.presses(".header__menu").await?;
    customer.browser.presses(".earlier__toggle").await?;
    customer.browser.reads(".earlier__said", none).await?;
    customer.browser.presses(".header__menu").await?;
    customer.writes("My lamp is broken").await?;
    let mut talk = jack.accepts().await?;
    talk.writes("Which lamp?").await?;
    customer.reads("Which lamp?").await?;
    talk.asks(Command::End).await??;
    customer.browser.sees(".ended__new").await?;
    Ok((customer, jack))
}

async fn rows(browser: &Browser, expected: usize) -> Result<()> {
    let script = "return document.querySelectorAll('.earlier__row').length === arguments[0]";
    let _: bool = browser
        .until("the rows", script, &[json!(expected)])
        .await?;
    Ok(())
}

#[test]
fn d4_f15_a_customer_reads_an_earlier_conversation_by_keyboard_and_goes_back() {
    play(1, async |stage| {
        let inspector = Inspector::new()?;
        let (customer, mut jack) = two(stage, Screen::DESKTOP, "", "There are none yet.").await?;
        let browser = &customer.browser;
        browser.presses(".ended__new").await?;
        browser.sees(".welcome").await?;
        customer.types("And my ki").await?;
        browser.presses(".header__menu").await?;
        rows(browser, 1).await?;
        browser.reads(".earlier__row", "My lamp is broken").await?;
        browser.reads(".earlier__row", "Jack").await?;
        inspector.inspects(browser, "chat-earlier-list").await?;
        browser.types(".earlier__row", "\u{e007}").await?;
        customer.reads("Which lamp?").await?;
        browser.sees(".earlier__back:focus").await?;
        browser.sees_no(".composer").await?;
        inspector.inspects(browser, "chat-earlier").await?;
        browser.types(".earlier__back", "\u{e007}").await?;
        browser.sees(".welcome").await?;
        let kept: String = browser
            .runs(
                "return document.querySelector('.composer__text').value",
                &[],
            )
            .await?;
        ensure!(kept == "And my ki", "{kept}");
        customer.writes("ttle").await?;
        let mut talk = jack.accepts().await?;
        customer.is_told("Jack is online").await?;
        // Who reads what was before hears that somebody writes, and it is unread until then.
        browser.presses(".header__menu").await?;
        browser.presses(".earlier__toggle").await?;
        rows(browser, 2).await?;
        browser
            .reads(".earlier li:first-child", "still open")
            .await?;
        browser
            .presses(".earlier li:last-child .earlier__row")
            .await?;
        customer.reads("Which lamp?").await?;
        talk.writes("A kettle, too?").await?;
        browser.reads(".ended__text", "1 unread").await?;
        browser.is_pictured("chat-earlier-unread").await?;
        browser.presses(".earlier__back").await?;
        customer.reads("A kettle, too?").await?;
        customer.is_told("Jack is online").await?;
        browser.sees(".composer").await
    });
}

#[test]
fn d4_earlier_conversations_on_a_phone_in_the_dark_and_from_right_to_left() {
    play(1, async |stage| {
        let inspector = Inspector::new()?;
        for (screen, attributes, none, name) in [
            (Screen::NARROW, "", "There are none yet.", "narrow"),
            (
                Screen::PHONE.dark(),
                "&lang=ar",
                "لا توجد محادثات بعد.",
                "dark-rtl",
            ),
        ] {
            let (customer, _jack) = two(stage, screen, attributes, none).await?;
            let browser = &customer.browser;
            browser.presses(".ended .earlier__open").await?;
            rows(browser, 1).await?;
            inspector
                .inspects(browser, &format!("chat-earlier-list-{name}"))
                .await?;
            browser.presses(".earlier__row").await?;
            // It is the one on the screen.
            browser.sees(".ended__new").await?;
            browser.presses(".ended__new").await?;
            browser.presses(".header__menu").await?;
            browser.presses(".earlier__row").await?;
            customer.reads("Which lamp?").await?;
            browser.sees(".earlier__back").await?;
            inspector
                .inspects(browser, &format!("chat-earlier-{name}"))
                .await?;
        }
        Ok(())
    });
}
