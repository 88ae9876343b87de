//! What a page says to its chat, and what it hears: before and after the script has loaded, right and wrong.

use std::process::Command;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use stage::browser::{Browser, Screen};
use stage::cast::page;
use stage::line::AgentLine;
use stage::provider::node;
use stage::{play, root};

use crate::embed::{Scene, requests};

/// A policy that names our origin and the page's own script.
const STRICT: &str = "default-src 'none'; img-src data:; script-src ORIGIN 'nonce-own'; frame-src ORIGIN; \
    base-uri 'none'; require-trusted-types-for 'script'";

/// What a page says while the script is on its way, and where it keeps what it hears.
const EARLY: &str = "<script nonce='own'>
    window.Bellhop = window.Bellhop || function (...call) { (Bellhop.q = Bellhop.q || []).push(call); return () => Bellhop('off', call[1], call[2]) };
    window.heard = []; window.said = [];
    console.error = (what) => said.push(String(what));
    for (const name of ['ready', 'open', 'close', 'unread', 'message', 'conversation:started', 'conversation:ended', 'error'])
        Bellhop('on', name, (detail) => heard.push([name, detail]));
    EARLY
    </script>";

/// The page with words before the tag.
fn saying(base: &str, space: &str, words: &str) -> String {
    let early = EARLY.replace("EARLY", words);
    page(base, space, "").replace("<main>", &format!("{early}<main>"))
}

/// What the page has heard, each as its name, and in brackets how many are unread, or why.
async fn hears(browser: &Browser, what: &[&str]) -> Result<()> {
    let script = "const all = heard.map(([name, { count, reason }]) => name + (count ?? reason ? ` ${count ?? reason}` : ''));
        return JSON.stringify(all) == JSON.stringify(arguments[0])";
    let told = browser
        .until::<bool>(
            &format!("the page to hear {what:?}"),
            script,
            &[json!(what)],
        )
        .await;
    if let Err(error) = told {
        let heard: Value = browser.runs("return heard", &[]).await?;
        return Err(error.context(format!("it heard {heard}")));
    }
    Ok(())
}

#[test]
fn p32_u13_a_page_says_and_hears_under_a_strict_policy() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let words = "Bellhop('set', { name: 'Grace', company: 'Navy' }); Bellhop('hide');";
        let html = saying(stage.api().base(), &space.space, words);
        let scene = Scene::of(stage, Screen::DESKTOP, STRICT, html).await?;
        let customer = &scene.customer;
        let browser = &customer.browser;
        hears(browser, &["ready"]).await?;
        let asked = requests(browser, stage.api().base()).await?;
        ensure!(
            asked == ["/bellhop.js", "/bellhop-page.js"],
            "nothing of the chat before intent: {asked:?}"
        );
        let hidden = "return document.querySelector('bellhop-chat').shadowRoot.querySelector('button').hidden";
        ensure!(browser.runs::<bool>(hidden, &[]).await?, "not hidden");
        customer.page_says("show", Value::Null).await?;
        ensure!(!browser.runs::<bool>(hidden, &[]).await?, "still hidden");

        customer.page_says("toggle", Value::Null).await?;
        customer.looks_at_chat().await?;
        customer.writes("Hello").await?;
        let offer = jack.is_offered().await?;
        let company = offer.company.as_ref().map(ToString::to_string);
        ensure!(
            offer.customer.as_str() == "Grace" && company.as_deref() == Some("Navy"),
            "{offer:?}"
        );
        let mut talk = jack.accepts().await?;
        customer.is_told("Jack is online").await?;
        customer.looks_at_page().await?;
        hears(browser, &["ready", "open", "conversation:started"]).await?;
        talk.writes("Hello Grace").await?;
        let told = ["ready", "open", "conversation:started", "message"];
        hears(browser, &told).await?;

        customer.page_says("toggle", Value::Null).await?;
        hears(browser, &[&told[..], &["close"]].concat()).await?;
        // The frame hears of it by a message of its own.
        let settled = "const done = arguments[0]; setTimeout(() => requestIdleCallback(done), 100)";
        browser.driver().execute_async(settled, Vec::new()).await?;
        let _: Value = browser.runs("heard.length = 0", &[]).await?;
        talk.writes("Are you there?").await?;
        let counted = "return heard.some(([name, { count }]) => name == 'unread' && count == 1) && heard.some(([name]) => name == 'message')";
        let _: bool = browser.until("one unread", counted, &[]).await?;
        // Nothing of what was written reaches the page.
        let leaked: bool = browser
            .runs("return JSON.stringify(heard).includes('there')", &[])
            .await?;
        ensure!(!leaked, "the page has read it");

        // Whoever stops listening hears nothing, and a second listener is its own.
        let stop = "window.more = []; window.stop = Bellhop('on', 'open', () => more.push(1));
            Bellhop('on', 'open', () => more.push(2)); stop(); Bellhop('off', 'unread')";
        let _: Value = browser.runs(stop, &[]).await?;
        let _: Value = browser
            .runs("heard.length = 0; Bellhop('open')", &[])
            .await?;
        hears(browser, &["open"]).await?;
        let more: Vec<u32> = browser.runs("return more", &[]).await?;
        ensure!(more == [2], "{more:?}");
        talk.asks(shared::conversation::Command::End)
            .await?
            .map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
        hears(browser, &["open", "conversation:ended"]).await?;
        let said: Vec<String> = browser.runs("return said", &[]).await?;
        ensure!(said.is_empty(), "{said:?}");
        Ok(())
    });
}

#[test]
fn p32_what_a_page_says_wrong_is_named_and_breaks_nothing() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let words = "
            onerror = (message) => { said.push(message); return true };
            Bellhop('ring'); Bellhop(Symbol('s')); Bellhop();
            Bellhop('set'); Bellhop('set', 'Grace'); Bellhop('set', { constructor: 1, name: 'x'.repeat(101), color: 'no colour', side: 'top', company: 7, email: 'Grace <grace@navy.example>' });
            Bellhop('identify'); Bellhop('identify', { id: 7 });
            Bellhop('on', 'opened', () => {}); Bellhop('on', 'open', 'x'); Bellhop('off', 'opened');
            Bellhop('on', 'ready', () => { throw new Error('of the page') });
            Bellhop('set', { name: 'Grace' });";
        let html = saying(stage.api().base(), &space.space, words);
        let scene = Scene::of(stage, Screen::DESKTOP, STRICT, html).await?;
        let browser = &scene.customer.browser;
        let said: Vec<String> = browser
            .until("every fault named", "return said.length >= 16 && said", &[])
            .await?;
        let begins = [
            "Bellhop('ring'): is no command; there are open, close, hide, show, toggle, set, identify, on, off",
            "Bellhop('Symbol(s)'): is no command",
            "Bellhop('undefined'): is no command",
            "Bellhop('set'): wants an object",
            "Bellhop('set'): wants an object",
            "Bellhop('set'): knows no constructor",
            "Bellhop('set'): name wants a text of 1 to 100 characters",
            "Bellhop('set'): color wants a colour of CSS",
            "Bellhop('set'): side wants start, end, left or right",
            "Bellhop('set'): company wants a text",
            "Bellhop('set'): email wants an address",
            "Bellhop('identify'): wants a token",
            "Bellhop('identify'): wants a token",
            "Bellhop('on'): knows no opened; it knows ready, open",
            "Bellhop('on'): wants a function after 'open'",
            "Uncaught Error: of the page",
        ];
        for (said, begin) in said.iter().zip(begins) {
            ensure!(said.starts_with(begin), "{said:?} is not {begin:?}");
        }
        ensure!(said.len() == begins.len(), "{said:?}");
        scene.customer.opens_chat().await?;
        scene.customer.writes("Hello").await?;
        let offer = jack.is_offered().await?;
        ensure!(offer.customer.as_str() == "Grace", "{offer:?}");
        ensure!(offer.company.is_none(), "{offer:?}");
        Ok(())
    });
}

#[test]
fn p31_a_page_changes_how_launcher_and_chat_look() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let html = page(
            stage.api().base(),
            &space.space,
            r##"data-color="#7a1f3d""##,
        );
        let scene = Scene::of(stage, Screen::DESKTOP, STRICT, html).await?;
        let customer = &scene.customer;
        let browser = &customer.browser;
        customer.opens_chat().await?;
        customer.looks_at_page().await?;
        let looks = json!({ "color": "rgb(255, 238, 88)", "side": "left", "theme": "dark", "text": "Ask <us>" });
        customer.page_says("set", looks).await?;
        let launcher = "const button = document.querySelector('bellhop-chat').shadowRoot.querySelector('button');
            const { color, backgroundColor } = getComputedStyle(button);
            return button.getBoundingClientRect().left == 20 && button.textContent.includes('Ask <us>')
                && button.ariaLabel == 'Ask <us>' && color == 'rgb(0, 0, 0)' && backgroundColor == 'rgb(255, 238, 88)'";
        let _: bool = browser.until("another launcher", launcher, &[]).await?;
        customer.looks_at_chat().await?;
        let chat = "const { style, dataset } = document.documentElement;
            return style.getPropertyValue('--brand') == '#ffee58' && style.getPropertyValue('--on-brand') == '#000' && dataset.theme == 'dark'";
        let _: bool = browser.until("another chat", chat, &[]).await?;
        customer.looks_at_page().await?;
        customer
            .page_says("set", json!({ "text": "", "theme": "auto", "side": "end" }))
            .await?;
        let launcher = "const button = document.querySelector('bellhop-chat').shadowRoot.querySelector('button');
            return button.getBoundingClientRect().left > 100 && button.ariaLabel == 'Chat'";
        let _: bool = browser.until("the bell alone", launcher, &[]).await?;
        Ok(())
    });
}

#[test]
fn p32_twice_on_a_page_is_once_and_where_no_chat_is_the_page_hears_why() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let base = stage.api().base();
        let once = saying(base, &space.space, "");
        let tag = once.rsplit("<script").next().unwrap_or_default();
        let html = once.replace("</body>", &format!("<script{tag}"));
        let scene = Scene::of(stage, Screen::DESKTOP, STRICT, html).await?;
        let browser = &scene.customer.browser;
        hears(browser, &["ready"]).await?;
        scene.customer.page_says("open", Value::Null).await?;
        hears(browser, &["ready", "open"]).await?;

        let html = saying(base, "no-such-space", "Bellhop('open')");
        let scene = Scene::of(stage, Screen::DESKTOP, STRICT, html).await?;
        let browser = &scene.customer.browser;
        hears(browser, &["ready", "open", "close", "error unknown_space"]).await?;
        scene.customer.page_says("open", Value::Null).await?;
        let complained = "return said.some((what) => what == \"Bellhop('open'): there is no chat here: unknown_space\")";
        let _: bool = browser.until("a complaint", complained, &[]).await?;
        Ok(())
    });
}

#[test]
fn p32_the_types_are_those_of_the_readme() -> Result<()> {
    let modules = root().join("node_modules");
    let output = Command::new(node())
        .arg(modules.join("typescript/bin/tsc"))
        .args(["--noEmit", "--strict", "--lib", "es2022,dom"])
        .args(["public/bellhop.d.ts", "tests/journeys/host/example.ts"])
        .current_dir(root())
        .output()?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    Ok(())
}
