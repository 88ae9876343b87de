//! Browsers that keep nothing, and pages that come back: what was said goes on.

use anyhow::ensure;
use serde_json::json;
use stage::browser::Screen;
use stage::cast::Customer;
use stage::line::AgentLine;
use stage::play;
use stage::proxy::Proxy;

#[test]
fn fault_f17_where_storage_is_blocked_the_chat_says_so_and_works() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let port = stage.api().base().rsplit(':').next().unwrap_or_default();
        let proxy = Proxy::to(port.parse()?).await?;
        let browser = stage.browser("the customer", Screen::PHONE).await?;
        let blocked = "for (const name of ['localStorage', 'sessionStorage'])
            Object.defineProperty(window, name, { get() { throw new DOMException('blocked', 'SecurityError') } })";
        let script = json!({ "source": blocked });
        browser
            .commands("Page.addScriptToEvaluateOnNewDocument", script)
            .await?;
        let customer = Customer::opens_page_of_chat(browser, &proxy.base(), &space.space).await?;
        proxy.hang();
        customer.writes("Hello").await?;
        let says = "This browser keeps nothing: stay on this page until your message is sent.";
        customer.browser.reads(".banner", says).await?;
        proxy.heal();
        let mut talk = jack.accepts().await?;
        ensure!(talk.texts() == ["Hello"], "{:?}", talk.texts());
        customer.is_told("Jack is online").await?;
        talk.writes("Good morning").await?;
        customer.reads("Good morning").await?;
        customer.writes("It works").await?;
        talk.reads("It works").await?;
        customer.sees_message("It works", "sent").await?;
        customer.browser.sees_no(".banner").await
    });
}

#[test]
fn fault_f4_a_page_that_comes_back_goes_on() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let customer = stage.customer(&space).await?;
        customer.opens_chat().await?;
        customer.writes("Hello").await?;
        let mut talk = jack.accepts().await?;
        customer.is_told("Jack is online").await?;
        customer.looks_at_page().await?;
        let driver = customer.browser.driver();
        customer
            .browser
            .element("return document.querySelector('#before')")
            .await?
            .click()
            .await?;
        customer.sees_launcher().await?;
        talk.writes("while you were away").await?;
        driver.back().await?;
        customer.sees_launcher().await?;
        if !customer.is_chat_shown().await? {
            customer.opens_chat().await?;
        }
        customer.looks_at_chat().await?;
        customer.reads("while you were away").await?;
        customer.writes("I am back").await?;
        talk.reads("I am back").await?;
        customer.sees_message("I am back", "sent").await
    });
}
