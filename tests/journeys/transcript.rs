//! What a customer takes along: what was written, as a file and by e-mail (P7).

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use shared::conversation::Command;
use shared::text::MessageText;
use stage::api::Api;
use stage::browser::Screen;
use stage::cast::Customer;
use stage::line::{AgentLine, CustomerLine};
use stage::play;

async fn text(api: &Api, line: &CustomerLine, token: &str) -> Result<(u16, String)> {
    let path = format!(
        "/api/v1/conversations/{}/transcript",
        line.talk.conversation
    );
    let answer = api
        .request(Method::GET, &path)
        .bearer_auth(token)
        .send()
        .await?;
    let kind = answer.headers().get("content-type").context("a type")?;
    let is_text = kind == "text/plain; charset=utf-8";
    ensure!(is_text == answer.status().is_success(), "{kind:?}");
    Ok((answer.status().as_u16(), answer.text().await?))
}

#[test]
fn p7_af5_the_text_is_what_the_customer_reads_whoever_asks() {
    play(0, async |stage| {
        let api = stage.api();
        let space = stage
            .space(json!({ "name": "Larch" }), &["Jack", "Ada"])
            .await?;
        let mut jack = AgentLine::on_duty(api, &space, "Jack").await?;
        let customer = CustomerLine::writes(api, &space, "My lamp is broken").await?;
        let mut talk = jack.accepts().await?;
        talk.writes("Which lamp?").await?;
        let text_of_note = MessageText::parse("Careful with this one")?;
        talk.asks(Command::Note { text: text_of_note }).await??;
        for token in [&customer.me.token, &jack.me.token] {
            let (status, text) = text(api, &customer, token).await?;
            ensure!(status == 200, "{text}");
            let lines: Vec<&str> = text.lines().collect();
            ensure!(lines[..2] == ["Larch", ""] && lines.len() == 4, "{text}");
            ensure!(lines[2].ends_with(": My lamp is broken"), "{text}");
            ensure!(lines[3].ends_with(" UTC] Jack: Which lamp?"), "{text}");
        }
        let stranger = api.visitor(&space).await?;
        let (status, _) = text(api, &customer, &stranger.token).await?;
        ensure!(status == 404, "{status}");

        let off = stage
            .space(json!({ "transcripts": false }), &["Jack"])
            .await?;
        let mut jack = AgentLine::on_duty(api, &off, "Jack").await?;
        let customer = CustomerLine::writes(api, &off, "My lamp is broken").await?;
        jack.accepts().await?;
        let (status, body) = text(api, &customer, &customer.me.token).await?;
        ensure!(status == 403 && body.contains("transcript_off"), "{body}");
        let (status, _) = text(api, &customer, &jack.me.token).await?;
        ensure!(status == 200, "{status}");
        Ok(())
    });
}

#[test]
fn p7_the_chat_saves_a_file_and_shows_the_way_where_it_is_on_alone() {
    play(1, async |stage| {
        let api = stage.api();
        let space = stage.space(json!({ "name": "Larch" }), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(api, &space, "Jack").await?;
        let browser = stage.browser("the customer", Screen::DESKTOP).await?;
        let customer = Customer::opens_page_of_chat(browser, api.base(), &space.space).await?;
        let browser = &customer.browser;
        // The browser keeps what it is told to download where nobody looks: what it got, we keep.
        let _: Value = browser
            .runs(
                "const make = URL.createObjectURL.bind(URL);
                 URL.createObjectURL = (file) => { file.text().then((text) => window.saved = text);
                     return make(file) }",
                &[],
            )
            .await?;
        customer.writes("My lamp is broken").await?;
        let mut talk = jack.accepts().await?;
        talk.writes("Which lamp?").await?;
        customer.reads("Which lamp?").await?;
        browser.presses(".header__menu").await?;
        browser.presses(".menu .take__save").await?;
        let saved: String = browser
            .until("the file", "return window.saved", &[])
            .await?;
        ensure!(
            saved.starts_with("Larch\n\n[") && saved.contains("Jack: Which lamp?"),
            "{saved}"
        );
        browser.is_pictured("chat-menu-take").await?;
        browser.sees_no(".take__mail").await?;
        Ok(())
    });
}
