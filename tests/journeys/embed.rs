//! The script tag on pages of all kinds: strict ones, hostile ones, small ones.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use stage::browser::{Browser, Screen};
use stage::cast::{Customer, page};
use stage::host::{Host, Page};
use stage::line::AgentLine;
use stage::{Stage, play};

/// A page in front of the customer.
pub struct Scene {
    /// Who looks at it.
    pub customer: Customer,
    _host: Host,
}

impl Scene {
    /// Serves the page and opens it.
    pub async fn of(stage: &Stage, screen: Screen, policy: &str, html: String) -> Result<Self> {
        let host = Host::with(vec![Page {
            path: "/",
            policy: policy.replace("ORIGIN", stage.api().base()),
            html,
        }])
        .await?;
        let browser = stage.browser("the customer", screen).await?;
        let customer = Customer::visits(browser, &host.url("/")).await?;
        Ok(Self {
            customer,
            _host: host,
        })
    }
}

/// What the page has asked Bellhop for, by path.
pub async fn requests(browser: &Browser, base: &str) -> Result<Vec<String>> {
    let script = "return performance.getEntriesByType('resource').map((entry) => entry.name)
        .filter((name) => name.startsWith(arguments[0])).map((name) => new URL(name).pathname)";
    browser.runs(script, &[json!(base)]).await
}

/// Width and height of something inside the shadow root of the loader.
async fn size(browser: &Browser, selector: &str) -> Result<(f64, f64)> {
    let script = "const element = document.querySelector('bellhop-chat')?.shadowRoot.querySelector(arguments[0]);
        if (!element || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return [0, 0];
        const { width, height } = element.getBoundingClientRect();
        return [width, height]";
    browser.runs(script, &[json!(selector)]).await
}
#[test]
fn embed_works_under_a_policy_that_names_our_origin_only() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let html = page(stage.api().base(), &space.space, "");
        let policy = "default-src 'none'; img-src data:; script-src ORIGIN; frame-src ORIGIN; \
                      base-uri 'none'; require-trusted-types-for 'script'";
        let scene = Scene::of(stage, Screen::DESKTOP, policy, html).await?;
        scene.customer.opens_chat().await?;
        scene.customer.writes("Hello from a strict page").await?;
        let mut talk = jack.accepts().await?;
        talk.writes("Hello").await?;
        scene.customer.reads("Hello").await?;
        scene.customer.is_told("Jack is online").await
    });
}

#[test]
fn embed_stands_on_a_page_with_hostile_css() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let hostile = "<style>
            :not(html) { all: unset !important; display: none !important; opacity: 0 !important; font-size: 1px !important; }
            html, body, main { display: block !important; }
            iframe, button, bellhop-chat { width: 1px !important; height: 1px !important; visibility: hidden !important; transform: scale(0) !important; }
            bellhop-chat { clip-path: inset(50%) !important; position: static !important; }
            bellhop-chat::before { content: 'gone' !important; }
        </style>";
        let html = page(stage.api().base(), &space.space, "")
            .replace("</head>", &format!("{hostile}</head>"));
        let scene = Scene::of(stage, Screen::DESKTOP, "", html).await?;
        let browser = &scene.customer.browser;
        scene.customer.sees_launcher().await?;
        let (width, height) = size(browser, "button").await?;
        ensure!(
            width >= 44.0 && height >= 44.0,
            "a launcher of {width} by {height}"
        );
        scene.customer.opens_chat().await?;
        let text: f64 = browser
            .runs("return parseFloat(getComputedStyle(document.querySelector('textarea.composer__text')).fontSize)", &[])
            .await?;
        ensure!(text >= 14.0, "text of {text} px");
        scene.customer.looks_at_page().await?;
        let (width, height) = size(browser, "iframe").await?;
        ensure!(
            width >= 350.0 && height >= 400.0,
            "a chat of {width} by {height}"
        );
        Ok(())
    });
}

#[test]
fn embed_asks_for_nothing_before_intent() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let base = stage.api().base();
        let html = page(
            base,
            &space.space,
            r##"data-color="#7a1f3d" data-side="left" data-text="Ask us""##,
        );
        let scene = Scene::of(stage, Screen::DESKTOP, "", html).await?;
        let browser = &scene.customer.browser;
        scene.customer.sees_launcher().await?;
        // Idle is over when the page has nothing left to do.
        let idle = "const done = arguments[0]; requestIdleCallback(() => requestIdleCallback(() => done(true)))";
        browser.driver().execute_async(idle, Vec::new()).await?;
        let asked = requests(browser, base).await?;
        ensure!(asked == ["/bellhop.js"], "{asked:?}");
        let (left, text): (f64, String) = browser
            .runs(
                "const button = document.querySelector('bellhop-chat').shadowRoot.querySelector('button');
                 return [button.getBoundingClientRect().left, button.textContent]",
                &[],
            )
            .await?;
        ensure!(
            left < 100.0 && text.contains("Ask us"),
            "{text:?} at {left}"
        );
        let globals: Vec<String> = browser
            .runs(
                "return Object.keys(window).filter((name) => /bellhop/i.test(name))",
                &[],
            )
            .await?;
        ensure!(globals == ["Bellhop"], "{globals:?}");

        // The first intent makes the frame and shows nothing.
        let hover = "document.querySelector('bellhop-chat').shadowRoot.querySelector('button')
            .dispatchEvent(new PointerEvent('pointerenter'))";
        let _: Value = browser.runs(hover, &[]).await?;
        let made =
            "return !!document.querySelector('bellhop-chat').shadowRoot.querySelector('iframe')";
        let _: bool = browser.until("a frame", made, &[]).await?;
        ensure!(
            !scene.customer.is_chat_shown().await?,
            "shown before the click"
        );
        scene.customer.opens_chat().await?;
        ensure!(scene.customer.is_chat_shown().await?);
        Ok(())
    });
}

#[test]
fn embed_escape_closes_and_focus_goes_back() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let customer = stage.customer(&space).await?;
        let browser = &customer.browser;
        customer.opens_chat().await?;
        browser.sees("textarea.composer__text:focus").await?;
        browser.types("textarea.composer__text", "\u{e00c}").await?;
        customer.looks_at_page().await?;
        let focused = "const host = document.querySelector('bellhop-chat');
            return document.activeElement === host && host.shadowRoot.activeElement?.tagName === 'BUTTON'";
        let _: bool = browser.until("focus on the launcher", focused, &[]).await?;
        ensure!(!customer.is_chat_shown().await?);

        // And with the cross inside the chat.
        customer.opens_chat().await?;
        browser.presses(".header__close").await?;
        customer.looks_at_page().await?;
        let _: bool = browser.until("focus on the launcher", focused, &[]).await?;
        ensure!(!customer.is_chat_shown().await?);

        // The page may open and close it by the one global.
        customer.page_says("open", Value::Null).await?;
        customer.looks_at_chat().await?;
        ensure!(customer.is_chat_shown().await?);
        customer.page_says("close", Value::Null).await?;
        ensure!(!customer.is_chat_shown().await?);
        Ok(())
    });
}

#[test]
fn embed_fills_a_phone() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let html = page(stage.api().base(), &space.space, "");
        let scene = Scene::of(stage, Screen::PHONE, "", html).await?;
        scene.customer.opens_chat().await?;
        scene.customer.looks_at_page().await?;
        let browser = &scene.customer.browser;
        let (width, height) = size(browser, "iframe").await?;
        ensure!((width, height) == (390.0, 844.0), "{width} by {height}");
        ensure!(
            size(browser, "button.b").await?.0 == 0.0,
            "the launcher covers the chat"
        );
        scene.customer.looks_at_chat().await?;
        browser.presses(".header__close").await?;
        scene.customer.looks_at_page().await?;
        ensure!(!scene.customer.is_chat_shown().await?);
        let overflow: String = browser
            .runs("return document.documentElement.style.overflow", &[])
            .await?;
        ensure!(
            overflow.is_empty(),
            "the page does not scroll any more: {overflow}"
        );
        Ok(())
    });
}

#[test]
fn embed_counts_unread_messages_on_the_launcher() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let customer = stage.customer(&space).await?;
        customer.opens_chat().await?;
        customer.writes("Hello").await?;
        let mut talk = jack.accepts().await?;
        customer.is_told("Jack is online").await?;
        customer.browser.presses(".header__close").await?;
        customer.looks_at_page().await?;
        let closed =
            "return !document.querySelector('bellhop-chat').shadowRoot.querySelector('.open')";
        let _: bool = customer.browser.until("a closed chat", closed, &[]).await?;
        // The frame hears of it by a message of its own.
        let settled = "const done = arguments[0]; setTimeout(() => requestIdleCallback(done), 100)";
        customer
            .browser
            .driver()
            .execute_async(settled, Vec::new())
            .await?;
        talk.writes("one").await?;
        talk.writes("two").await?;
        customer.looks_at_page().await?;
        let counts = |count: u32| {
            format!(
                "return document.querySelector('bellhop-chat').shadowRoot.querySelector('button').ariaLabel.includes('{count} unread')"
            )
        };
        let _: bool = customer.browser.until("2 unread", &counts(2), &[]).await?;

        // The next page of the shop knows that there is a conversation, without a click.
        let link = customer
            .browser
            .element("return document.querySelector('#before')")
            .await?;
        link.click().await?;
        customer.sees_launcher().await?;
        talk.writes("three").await?;
        let _: bool = customer.browser.until("3 unread", &counts(3), &[]).await?;
        customer.opens_chat().await?;
        customer.reads("three").await?;
        customer.looks_at_page().await?;
        let none = "return document.querySelector('bellhop-chat').shadowRoot.querySelector('button').ariaLabel == 'Chat'";
        customer
            .browser
            .until::<bool>("none unread", none, &[])
            .await?;
        Ok(())
    });
}

#[test]
fn embed_speaks_the_language_of_the_page() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let html = page(stage.api().base(), &space.space, r#"data-locale="de""#);
        let scene = Scene::of(stage, Screen::DESKTOP, "", html).await?;
        scene.customer.opens_chat().await?;
        let browser = &scene.customer.browser;
        browser
            .reads(".welcome__title", "Wie können wir helfen?")
            .await?;
        let language: String = browser
            .runs("return document.documentElement.lang", &[])
            .await?;
        ensure!(language == "de", "{language}");
        Ok(())
    });
}

#[test]
fn embed_twice_is_once() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let once = page(stage.api().base(), &space.space, "");
        let tag = once.split("<script").nth(1).context("no tag")?;
        let html = once.replace("</body>", &format!("<script{tag}"));
        let scene = Scene::of(stage, Screen::DESKTOP, "", html).await?;
        scene.customer.opens_chat().await?;
        scene.customer.looks_at_page().await?;
        let count: u32 = scene
            .customer
            .browser
            .runs(
                "return document.querySelectorAll('bellhop-chat').length",
                &[],
            )
            .await?;
        ensure!(count == 1, "{count} launchers");
        Ok(())
    });
}

#[test]
fn embed_a_page_that_says_too_much_of_the_customer_does_not_cost_the_chat() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let (name, company) = ("Ö".repeat(130), "Larch \u{202e}& Sons");
        let attributes = format!(
            r#"data-name="{name}" data-company="{company}" data-queue="no such queue" data-skills="a% b""#
        );
        let html = page(stage.api().base(), &space.space, &attributes);
        let scene = Scene::of(stage, Screen::DESKTOP, "", html).await?;
        scene.customer.opens_chat().await?;
        // The log of a driver leaves out what frames of other sites say.
        let browser = &scene.customer.browser;
        let hook = "window.said = []; console.error = (what) => said.push(what.field ?? what.code)";
        let _: Value = browser.runs(hook, &[]).await?;
        scene.customer.writes("Hello from a chatty page").await?;
        let offer = jack.is_offered().await?;
        ensure!(
            offer.customer.as_str().starts_with("Guest") && offer.company.is_none(),
            "{offer:?}"
        );
        let mut talk = jack.accepts().await?;
        talk.writes("Hello").await?;
        scene.customer.reads("Hello").await?;
        // Whoever made the page reads why, once for each field.
        let said: Vec<String> = browser.runs("return said", &[]).await?;
        ensure!(said == ["name", "company", "queue_unknown"], "{said:?}");
        Ok(())
    });
}
