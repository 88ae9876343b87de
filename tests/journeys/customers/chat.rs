//! The host page says who its customer is, and the chat asks for that first where it has to (F16).

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use stage::browser::{Browser, Screen};
use stage::cast::{Agent, Customer, page};
use stage::host::{Host, Page};
use stage::line::AgentLine;
use stage::{Stage, play};

use super::{Shop, site};

/// What asks for credentials, and what is written into.
const ASKS: &str = "#sign-in-title";
const COMPOSER: &str = ".composer__text";

/// The customer on the site's page.
async fn visits(stage: &Stage, shop: &Shop) -> Result<(Customer, Host)> {
    let html = page(stage.api().base(), &shop.space.space, "");
    let policy = String::new();
    let path = "/";
    let host = Host::with(vec![Page { path, policy, html }]).await?;
    let browser = stage.browser("the customer", Screen::DESKTOP).await?;
    Ok((Customer::visits(browser, &host.url("/")).await?, host))
}

/// The page tells the chat who is there, as soon as the chat asks.
async fn signs_in_when_asked(browser: &Browser, shown: &Value) -> Result<()> {
    let script = "window.asked = 0;
        Bellhop('on', 'identify', () => { asked++; Bellhop('identify', arguments[0]) })";
    let script = script.replace("arguments[0])", "shown)");
    let script = format!("const shown = arguments[0]; {script}");
    browser.runs(&script, std::slice::from_ref(shown)).await
}

#[test]
fn f16_the_chat_asks_for_credentials_first_and_goes_on_when_the_page_has_signed_in() {
    play(2, async |stage| {
        let shop = Shop::opens(stage.api()).await?;
        shop.requires(true).await?;
        let (customer, _host) = visits(stage, &shop).await?;
        let base = stage.api().base();
        let jack = stage.browser("Jack", Screen::DESKTOP).await?;
        let jack = Agent::signs_in(jack, base, &shop.space.space, "Jack").await?;
        signs_in_when_asked(&customer.browser, &json!(shop.token("mia"))).await?;
        customer.opens_chat().await?;
        customer.looks_at_chat().await?;
        customer.browser.reads(ASKS, "Please sign in first").await?;
        customer.browser.sees_no(COMPOSER).await?;
        customer.browser.is_pictured("f16-sign-in-first").await?;
        customer.browser.presses(".ended .button").await?;
        customer.browser.sees_no(ASKS).await?;
        customer.writes("Hello, it is me").await?;
        jack.accepts().await?;
        jack.reads("Hello, it is me").await?;
        let marks = "return [...document.querySelectorAll('.details__claim--verified')]
            .map((mark) => mark.parentElement.textContent)";
        let marks: Vec<String> = jack
            .browser
            .until(
                "what is verified",
                &format!("{marks}.length > 1 && {}", &marks[7..]),
                &[],
            )
            .await?;
        ensure!(marks.iter().any(|mark| mark.contains("mia")), "{marks:?}");
        ensure!(
            marks.iter().any(|mark| mark.contains("Mia Schmidt")),
            "{marks:?}"
        );
        jack.browser.is_pictured("f16-verified").await?;
        customer.looks_at_page().await?;
        let asked: u32 = customer.browser.runs("return asked", &[]).await?;
        ensure!(asked == 1, "asked {asked} times");
        Ok(())
    });
}

#[test]
fn f16_i3_01_what_was_refused_is_sent_as_soon_as_the_customer_is_known() {
    play(1, async |stage| {
        let shop = Shop::opens(stage.api()).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &shop.space, "Jack").await?;
        let (customer, _host) = visits(stage, &shop).await?;
        customer.opens_chat().await?;
        customer.writes("Where is my order?").await?;
        let mut talk = jack.accepts().await?;
        customer.looks_at_chat().await?;
        customer.types("Still there").await?;
        shop.requires(true).await?;
        customer.browser.reads(ASKS, "Please sign in first").await?;
        // Who was writing keeps the sentence, and may send it: it is refused, and stays.
        customer.browser.presses(".composer__send").await?;
        customer.browser.sees(".message__failure").await?;
        customer.looks_at_page().await?;
        customer
            .page_says(
                "identify",
                json!({
                    "id": "mia", "hash": site::identity_hash(&shop.secret, "mia"), "name": "Mia",
                }),
            )
            .await?;
        talk.reads("Still there").await?;
        customer.looks_at_chat().await?;
        customer.browser.sees_no(ASKS).await?;
        customer.browser.sees_no(".message__failure").await?;
        customer.writes("Thank you").await?;
        talk.reads("Thank you").await?;
        Ok(())
    });
}

#[test]
fn f16_the_sites_own_page_signs_in_where_one_is_named_and_only_one_of_the_site() {
    play(1, async |stage| {
        let shop = Shop::opens(stage.api()).await?;
        let path = shop.path("settings");
        let wrong = json!({ "sign_in_url": "https://evil.example/in" });
        let refused = shop.api.patch(&path, &shop.ada.token, &wrong).await?;
        ensure!(
            (refused.status, refused.code()) == (422, "not_of_site"),
            "{refused:?}"
        );
        let right =
            json!({ "require_verification": true, "sign_in_url": "http://localhost:9/in?to=chat" });
        let taken = shop.api.patch(&path, &shop.ada.token, &right).await?;
        ensure!(taken.status == 200, "{taken:?}");
        let (customer, _host) = visits(stage, &shop).await?;
        customer.opens_chat().await?;
        customer.looks_at_chat().await?;
        customer.browser.sees(ASKS).await?;
        let link: (String, String) = customer
            .browser
            .runs(
                "const link = document.querySelector('.ended a'); return [link.href, link.target]",
                &[],
            )
            .await?;
        ensure!(
            link == ("http://localhost:9/in?to=chat".into(), "_top".into()),
            "{link:?}"
        );
        Ok(())
    });
}

#[test]
fn i4_another_customer_of_the_same_browser_finds_nothing_of_the_first() {
    play(1, async |stage| {
        let shop = Shop::opens(stage.api()).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &shop.space, "Jack").await?;
        let (customer, _host) = visits(stage, &shop).await?;
        customer
            .page_says("identify", json!(shop.token("mia")))
            .await?;
        customer.opens_chat().await?;
        customer.writes("This is Mia's").await?;
        let mut talk = jack.accepts().await?;
        talk.writes("Hello Mia").await?;
        customer.reads("Hello Mia").await?;
        customer.looks_at_page().await?;
        customer.page_says("identify", Value::Null).await?;
        customer.looks_at_chat().await?;
        customer.browser.sees(".welcome").await?;
        customer.looks_at_page().await?;
        customer
            .page_says("identify", json!(shop.token("ben")))
            .await?;
        customer.looks_at_chat().await?;
        customer.writes("This is Ben's").await?;
        let talk = jack.accepts().await?;
        let lines = customer.log().await?;
        ensure!(
            lines.iter().all(|line| !line.text.contains("Mia")),
            "{lines:?}"
        );
        drop(talk);
        // Back again, the first one finds what is open.
        customer.looks_at_page().await?;
        customer
            .page_says("identify", json!(shop.token("mia")))
            .await?;
        customer.looks_at_chat().await?;
        customer
            .reads("Hello Mia")
            .await
            .context("what Mia has open")
    });
}

#[test]
fn id7_what_was_written_before_stands_under_the_name_that_the_site_signed() {
    play(1, async |stage| {
        let shop = Shop::opens(stage.api()).await?;
        let jack = stage.agent(&shop.space, "Jack").await?;
        let me = shop.api.visitor(&shop.space).await?;
        let body = json!({ "text": "Where is my order?", "name": "Mimi" });
        let begun = shop
            .api
            .begin(&me.token, stage::wire::fresh_id()?, &body)
            .await?;
        ensure!(begun.status == 201, "{begun:?}");
        jack.accepts().await?;
        let author = ".message--in .message__author";
        jack.browser.reads(author, "Mimi").await?;
        shop.identifies(Some(&me.token), "mia").await?;
        jack.browser.reads(author, "Mia Schmidt").await?;
        jack.browser.reloads().await?;
        jack.opens_first().await?;
        jack.browser.reads(author, "Mia Schmidt").await
    });
}
