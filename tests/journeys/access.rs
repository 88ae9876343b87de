//! Every screen in every state, for everybody: axe finds nothing, in the light and in the dark,
//! from right to left, and at 320 px. On the way each state is pictured into `target/gallery`.

mod home;
mod rest;

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use stage::api::Api;
use stage::browser::{Browser, Screen};
use stage::cast::{Agent, Customer};
use stage::line::{AgentLine, CustomerLine};
use stage::proxy::Proxy;
use stage::start::Edge;
use stage::turnstile::Turnstile;
use stage::{nobody_reports, play, root};

/// Looks at pages with axe.
pub struct Inspector {
    axe: String,
}

/// How a state is looked at: name, screen, direction.
const VIEWS: [(&str, Screen, &str); 5] = [
    ("light", Screen::DESKTOP, "ltr"),
    ("dark", Screen::DESKTOP.dark(), "ltr"),
    ("rtl", Screen::DESKTOP, "rtl"),
    ("narrow", Screen::NARROW, "ltr"),
    ("narrow-dark-rtl", Screen::NARROW.dark(), "rtl"),
];

impl Inspector {
    /// Reads axe.
    pub fn new() -> Result<Self> {
        let path = root().join("node_modules/axe-core/axe.min.js");
        let axe = fs::read_to_string(&path)
            .with_context(|| format!("{}: run `npm ci`", path.display()))?;
        Ok(Self { axe })
    }

    /// Looks at what the browser shows, in every view.
    pub async fn inspects(&self, browser: &Browser, state: &str) -> Result<()> {
        let has_axe: bool = browser.runs("return !!window.axe", &[]).await?;
        if !has_axe {
            let _: Value = browser.runs(&format!("{};", self.axe), &[]).await?;
        }
        let is_framed: bool = browser.runs("return self !== top", &[]).await?;
        for (view, screen, direction) in VIEWS {
            if is_framed && screen.size != Screen::DESKTOP.size {
                continue;
            }
            browser.shows(screen).await?;
            let turn = "document.documentElement.dir = arguments[0]";
            let _: Value = browser.runs(turn, &[json!(direction)]).await?;
            browser.is_pictured(&format!("{state}-{view}")).await?;
            self.finds_nothing(browser)
                .await
                .with_context(|| format!("{state}, {view}"))?;
        }
        browser.shows(Screen::DESKTOP).await?;
        browser
            .runs("document.documentElement.dir = 'ltr'", &[])
            .await
    }

    async fn finds_nothing(&self, browser: &Browser) -> Result<()> {
        let script = "const done = arguments[0];
            axe.run(document, { iframes: false, resultTypes: ['violations'] }).then((result) => done(
                result.violations.map((violation) => violation.id + ': ' + violation.help + '\\n'
                    + violation.nodes.map((node) => '    ' + node.html.slice(0, 200) + '\\n    ' + node.failureSummary).join('\\n'))
            ), (error) => done(['axe: ' + error]))";
        let found = browser.driver().execute_async(script, Vec::new()).await?;
        let found: Vec<String> = found.convert()?;
        ensure!(found.is_empty(), "axe finds:\n{}", found.join("\n"));
        let (wide, screen): (u32, u32) = browser
            .runs(
                "return [document.documentElement.scrollWidth, innerWidth]",
                &[],
            )
            .await?;
        ensure!(wide <= screen, "{wide} px wide on a screen of {screen}");
        Ok(())
    }
}

#[test]
fn access_the_chat() {
    play(1, async |stage| {
        stage.excuse(&[
            "WebSocket connection",
            "net::ERR_",
            "Failed to load resource",
        ]);
        let inspector = Inspector::new()?;
        let port = stage
            .api()
            .base()
            .rsplit_once(':')
            .context("a port")?
            .1
            .parse()?;
        let proxy = Proxy::to(port).await?;
        let space = stage
            .space(json!({ "name": "Larch & Lantern" }), &["Jack"])
            .await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let browser = stage.browser("the customer", Screen::DESKTOP).await?;
        let customer = Customer::opens_page_of_chat(browser, &proxy.base(), &space.space).await?;
        let browser = &customer.browser;
        inspector.inspects(browser, "chat-welcome").await?;

        customer
            .writes("Good evening, has my kettle left the house yet? Order 4711.")
            .await?;
        customer.is_told("Waiting for agent").await?;
        inspector.inspects(browser, "chat-waiting").await?;

        let mut talk = jack.accepts().await?;
        customer.is_told("Jack is online").await?;
        talk.writes("Good evening! Let me look.").await?;
        talk.writes("It left this morning and is with you on Tuesday, a-very-long-word-that-must-break-somewhere-because-the-screen-is-narrow.").await?;
        customer.reads("It left this morning").await?;
        customer.writes("Wonderful, thank you").await?;
        customer
            .sees_message("Wonderful, thank you", "sent")
            .await
            .ok();
        let typing: shared::frame::ToServer<shared::conversation::Command> =
            shared::frame::ToServer::Typing { typing: true };
        talk.wire.says(&typing).await?;
        customer.browser.reads(".typing", "Jack is typing").await?;
        inspector.inspects(browser, "chat-active").await?;

        browser.presses(".header__end").await?;
        browser.sees(".confirm").await?;
        inspector.inspects(browser, "chat-confirm").await?;
        browser.presses(".confirm__no").await?;

        proxy.cut();
        customer.writes("Are you still there?").await?;
        browser.sees(".banner").await?;
        inspector.inspects(browser, "chat-reconnecting").await?;
        proxy.heal();
        let online = "dispatchEvent(new Event('online'))"; // as a browser says it
        let _: Value = browser.runs(online, &[]).await?;
        browser.sees_no(".banner").await?;

        customer.ends().await?;
        browser.sees(".ended").await?;
        inspector.inspects(browser, "chat-ended").await
    });
}

#[test]
fn access_the_chat_while_waiting() {
    play(1, async |stage| {
        let inspector = Inspector::new()?;
        let browser = stage.browser("the customer", Screen::DESKTOP).await?;
        let opens = async |queue: Value| {
            let settings = json!({ "name": "Larch & Lantern", "queues": [queue] });
            let space = stage.space(settings, &["Jack"]).await?;
            let base = stage.api().base();
            let customer = Customer::opens_page_of_chat(browser.clone(), base, &space.space);
            anyhow::Ok((customer.await?, space))
        };
        let looks = async |state: &str| {
            browser.shows(Screen::PHONE).await?;
            browser.is_pictured(&format!("{state}-phone")).await?;
            inspector.inspects(&browser, state).await
        };
        let place = ".waiting__place";

        let (customer, space) = opens(json!({ "name": "GENERAL" })).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let mut others = Vec::new();
        for text in ["one", "two", "three", "four", "five"] {
            others.push(CustomerLine::writes(stage.api(), &space, text).await?);
            if others.len() <= 3 {
                jack.accepts().await?;
            }
        }
        customer.writes("Has my kettle left the house yet?").await?;
        let line = "You are number 3 in line · less than a minute";
        browser.reads(place, line).await?;
        looks("chat-waiting-place").await?;
        jack.sets_available(false).await?;
        browser.reads(place, "No operators").await?;
        looks("chat-waiting-nobody").await?;

        let week = json!([{ "day": "monday", "from": 540, "to": 541 }]);
        let hours = json!({ "zone": "Europe/Berlin", "week": week, "holidays": [] });
        let (customer, _) = opens(json!({ "name": "GENERAL", "hours": hours })).await?;
        customer.writes("Has my kettle left the house yet?").await?;
        browser.reads(place, "We are back Monday").await?;
        looks("chat-waiting-closed").await?;

        stage.excuse(&["409"]);
        let full_text = "So many guests at once! Please write to help@shop.example.";
        let queue = json!({ "name": "GENERAL", "max_waiting": 1, "full_text": full_text });
        let (customer, space) = opens(queue).await?;
        let _first = CustomerLine::writes(stage.api(), &space, "I am the first").await?;
        customer.writes("Has my kettle left the house yet?").await?;
        browser.reads(".message__reason", full_text).await?;
        looks("chat-queue-full").await
    });
}

#[test]
fn access_sec_l4_the_challenge() {
    play(1, async |stage| {
        stage.excuse(&["Failed to load resource"]);
        let inspector = Inspector::new()?;
        let turnstile = Turnstile::start().await?;
        let edge = Edge::with(turnstile.vars())?;
        let api = Api::new(edge.base());
        let settings = json!({ "name": "Larch & Lantern", "challenge": "always" });
        let space = api.space(settings, &["Jack"]).await?;
        let browser = stage.browser("the customer", Screen::DESKTOP).await?;
        let looks = async |state: &str| {
            for (view, screen) in [
                ("phone", Screen::PHONE),
                ("phone-dark", Screen::PHONE.dark()),
            ] {
                browser.shows(screen).await?;
                browser.is_pictured(&format!("{state}-{view}")).await?;
            }
            inspector.inspects(&browser, state).await
        };
        let at = api.base();
        let customer = Customer::opens_page_of_chat(browser.clone(), at, &space.space).await?;
        customer.writes("Has my kettle left the house yet?").await?;
        browser.sees(".challenge__frame").await?;
        let drawn = "return document.querySelector('iframe').contentDocument?.querySelector('button') != null";
        let _: bool = browser.until("the challenge", drawn, &[]).await?;
        looks("chat-challenge").await?;
        turnstile.hands_out("");
        let customer = Customer::opens_page_of_chat(browser.clone(), at, &space.space).await?;
        customer.browser.sees(".challenge button").await?;
        looks("chat-challenge-failed").await?;
        nobody_reports(&api).await
    });
}

#[test]
fn access_the_console() {
    play(1, async |stage| {
        let inspector = Inspector::new()?;
        let space = stage
            .space(json!({ "name": "Larch & Lantern" }), &["Jack", "Mia"])
            .await?;
        let browser = stage.browser("Jack", Screen::DESKTOP).await?;
        let base = stage.api().base();
        browser
            .goes(&format!("{base}/agent?space={}", space.space))
            .await?;
        browser.sees(".sign-in").await?;
        inspector.inspects(&browser, "console-sign-in").await?;

        let jack = Agent::signs_in(browser, base, &space.space, "Jack").await?;
        let browser = &jack.browser;
        jack.sets_available(false).await.ok();
        inspector.inspects(browser, "console-unavailable").await?;
        jack.sets_available(true).await?;
        inspector.inspects(browser, "console-quiet").await?;
        browser.presses(".availability__open").await?;
        browser.sees(".availability .picker").await?;
        inspector.inspects(browser, "console-availability").await?;
        browser.presses(".availability__open").await?;
        browser.sees_no(".availability .picker").await?;

        let mut customer = CustomerLine::writes(
            stage.api(),
            &space,
            "Good evening, has my kettle left the house yet?",
        )
        .await?;
        jack.is_offered().await?;
        inspector.inspects(browser, "console-offer").await?;
        browser.presses(".offer__open").await?;
        browser.sees(".preview").await?;
        inspector.inspects(browser, "console-preview").await?;

        jack.accepts().await?;
        browser
            .sees(".conversation textarea.composer__text")
            .await?;
        jack.writes("Good evening! Let me look.").await?;
        customer.talk.reads("Good evening! Let me look.").await?;
        customer.talk.writes("Thank you").await?;
        jack.reads("Thank you").await?;
        jack.notes("a regular guest").await?;
        jack.reads("a regular guest").await?;
        inspector.inspects(browser, "console-note").await?;
        jack.chooses("Reply").await?;
        let waiting = CustomerLine::writes(stage.api(), &space, "And my lamp?").await?;
        jack.is_offered().await?;
        inspector.inspects(browser, "console-active").await?;
        drop(waiting);

        browser.presses(".conversation__menu").await?;
        browser.sees(".picker").await?;
        inspector.inspects(browser, "console-menu").await?;
        browser.presses(".conversation__ticket").await?;
        browser.sees("dialog.ticket").await?;
        inspector.inspects(browser, "console-ticket").await?;
        browser.types("#ticket-title", "\u{e00c}").await?;
        browser.sees_no("dialog").await?;
        browser.presses(".conversation__menu").await?;
        browser.presses(".conversation__abandon").await?;
        browser.sees("dialog.abandon").await?;
        inspector.inspects(browser, "console-abandon").await?;
        browser.types("#abandon-note", "\u{e00c}").await?;
        browser.sees_no("dialog").await?;

        browser.presses(".conversation__resolve").await?;
        browser.sees(".picker").await?;
        inspector.inspects(browser, "console-picker").await?;
        browser.types(".picker__choice", "\u{e00c}").await?;
        browser.sees_no(".picker").await?;

        browser.shows(Screen::NARROW).await?;
        browser.presses(".conversation__details").await?;
        browser.sees(".console[data-pane=details]").await?;
        inspector.inspects(browser, "console-details").await?;
        browser.shows(Screen::NARROW).await?;
        browser.presses(".details__close").await?;
        browser.shows(Screen::DESKTOP).await?;

        let mia = AgentLine::on_duty(stage.api(), &space, "Mia").await?;
        browser.presses(".conversation__transfer").await?;
        browser.sees(".target").await?;
        browser.presses(".transfer__send").await?;
        browser.sees(".field__error").await?;
        inspector.inspects(browser, "console-transfer").await?;
        let choose = "document.querySelector('.target input:enabled').click()";
        let _: Value = browser.runs(choose, &[]).await?;
        browser.types("#transfer-note", "Passed on").await?;
        browser.presses(".transfer__send").await?;
        browser.sees(".strip__take-back").await?;
        inspector
            .inspects(browser, "console-transfer-asked")
            .await?;
        browser.presses(".strip__take-back").await?;
        browser.sees_no(".strip__take-back").await?;
        drop(mia);

        jack.ends().await?;
        browser.reads(".conversation .pill", "Wrapping up").await?;
        inspector.inspects(browser, "console-wrapping-up").await?;
        jack.resolves("resolved").await?;
        browser.sees_no(".list--wrapping .item").await?;
        browser.presses(".list--closed .list__toggle").await?;
        browser.sees(".list--closed .item").await?;
        inspector.inspects(browser, "console-closed").await
    });
}

#[test]
fn access_pages_around_the_chat() {
    play(1, async |stage| {
        let inspector = Inspector::new()?;
        let browser = stage.browser("the customer", Screen::DESKTOP).await?;
        browser
            .goes(&format!("{}/demo", stage.api().base()))
            .await?;
        browser.sees("bellhop-chat").await?;
        inspector.inspects(&browser, "demo").await?;
        let space = stage.space(json!({}), &["Jack"]).await?;
        drop(browser);
        let customer = stage.customer_in(&space).await?;
        customer.opens_chat().await?;
        customer.looks_at_page().await?;
        inspector
            .inspects(&customer.browser, "launcher-open")
            .await?;
        stage.excuse(&["404"]);
        customer
            .browser
            .goes(&format!(
                "{}/chat?space=nobody-has-this",
                stage.api().base()
            ))
            .await?;
        inspector.inspects(&customer.browser, "off").await
    });
}
