//! Whoever begins a conversation shows first that a person writes, where the space asks for it (SECURITY.md L4).

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use shared::headers::Kind;
use shared::settings::Origin;
use stage::api::{Answer, Api, Space, Visitor};
use stage::browser::Browser;
use stage::cast::Customer;
use stage::headers::are_those_of;
use stage::line::AgentLine;
use stage::start::Edge;
use stage::turnstile::Turnstile;
use stage::wire::fresh_id;
use stage::{Stage, nobody_reports, play};
use thirtyfour::Key;

async fn begins(api: &Api, visitor: &Visitor, proof: Option<&str>) -> Result<Answer> {
    let body = json!({ "text": "Hello", "challenge": proof });
    api.begin(&visitor.token, fresh_id()?, &body).await
}

/// A Bellhop with keys of Turnstile, and a space of that mode.
async fn scene(challenge: &str) -> Result<(Turnstile, Edge, Api, Space)> {
    let turnstile = Turnstile::start().await?;
    let edge = Edge::with(turnstile.vars())?;
    let api = Api::new(edge.base());
    let settings = json!({ "name": "Larch & Lantern", "challenge": challenge, "conversations_per_10min": 100 });
    let space = api.space(settings, &["Jack"]).await?;
    Ok((turnstile, edge, api, space))
}

#[test]
fn sec_l4_over_http_who_begins_shows_first_that_a_person_writes() {
    play(0, async |_| {
        let (turnstile, _edge, api, space) = scene("always").await?;
        let path = format!("/challenge?space={}&lang=de&theme=%22%3E", space.space);
        let page = api.request(Method::GET, &path).send().await?;
        let origins = ["http://localhost:*", "http://127.0.0.1:*"].map(str::parse::<Origin>);
        let origins: Vec<_> = origins.into_iter().collect::<Result<_, _>>()?;
        let kind = Kind::Challenge {
            origins: &origins,
            base: &turnstile.base(),
        };
        are_those_of(kind, api.base(), page.headers())?;
        let page = page.text().await?;
        ensure!(
            !page.contains("canary") && !page.contains("\">\""),
            "{page}"
        );
        let visitor = api.visitor(&space).await?;
        let cases = [
            (None, 403, "challenge_required"),
            (Some("fail-1"), 403, "challenge_required"),
            (Some("late-1"), 403, "challenge_required"),
            (Some("host-1"), 403, "challenge_required"),
            (Some("action-1"), 403, "challenge_required"),
            (Some("down-1"), 503, "challenge_unavailable"),
            (Some("drop-1"), 503, "challenge_unavailable"),
            (Some("hang-1"), 503, "challenge_unavailable"),
            (Some(""), 422, "value_malformed"),
            (Some("a b"), 422, "value_malformed"),
            (Some(&*"x".repeat(2_049)), 422, "value_malformed"),
        ];
        for (proof, status, code) in cases {
            let answer = begins(&api, &visitor, proof).await?;
            let case = proof.unwrap_or_default();
            ensure!(
                (answer.status, answer.code()) == (status, code),
                "{case}: {answer:?}"
            );
            ensure!(!answer.body.to_string().contains("canary"), "{answer:?}");
            let retry = &answer.body["error"]["retry_after"];
            ensure!(retry.is_u64() == (status == 503), "{case}: {answer:?}");
        }

        // The repeat of a message brings the same proof; another message may not.
        let id = fresh_id()?;
        let body = json!({ "text": "Hello", "challenge": "pass-1" });
        let begun = api.begin(&visitor.token, id, &body).await?;
        ensure!(begun.status == 201, "{begun:?}");
        let conversation = begun.body["conversation"].as_str().context("an id")?;
        let asked = turnstile.calls();
        let asked = asked.last().context("a call")?;
        ensure!(
            asked["response"] == "pass-1" && asked["idempotency_key"] == conversation,
            "{asked}"
        );
        ensure!(
            asked.get("remoteip").is_none(),
            "nobody learns more than is needed: {asked}"
        );
        let calls = turnstile.calls().len();
        ensure!(api.begin(&visitor.token, id, &body).await?.status == 200);
        ensure!(
            turnstile.calls().len() == calls,
            "what stands is not asked again"
        );
        let messages = format!("/api/v1/conversations/{conversation}/messages");
        let request = api
            .request(Method::POST, &messages)
            .bearer_auth(&visitor.token);
        let request = request.header("Idempotency-Key", fresh_id()?.to_string());
        ensure!(
            api.send(request.json(&json!({ "text": "More" })))
                .await?
                .status
                == 201
        );
        let other = api.visitor(&space).await?;
        let answer = begins(&api, &other, Some("pass-1")).await?;
        ensure!(answer.code() == "challenge_required", "twice: {answer:?}");
        ensure!(begins(&api, &other, Some("pass-2")).await?.status == 201);
        Ok(())
    });
}

#[test]
fn sec_l4_when_conversations_begin_fast_and_only_then() {
    play(0, async |_| {
        let turnstile = Turnstile::start().await?;
        let mut vars = turnstile.vars();
        vars.push(("CLIENT_ADDRESS_HEADER", "X-Real-IP".to_owned()));
        let edge = Edge::with(vars)?;
        let api = Api::new(edge.base());
        let settings = json!({ "challenge": "when_fast", "conversations_per_hour": 4 });
        let space = api.space(settings, &["Jack"]).await?;
        let from = async |address: &str, proof: Option<&str>| {
            let visitor = api.visitor(&space).await?;
            let request = api.request(Method::POST, "/api/v1/conversations");
            let request = request
                .bearer_auth(&visitor.token)
                .header("X-Real-IP", address);
            let request = request.header("Idempotency-Key", fresh_id()?.to_string());
            let body = json!({ "text": "Hello", "challenge": proof });
            let answer = api.send(request.json(&body)).await?;
            anyhow::Ok((answer.status, answer.code().to_owned()))
        };
        for proof in [None, Some("fail-1"), None] {
            ensure!(from("192.0.2.7", proof).await?.0 == 201, "{proof:?}");
        }
        ensure!(turnstile.calls().is_empty(), "nobody asked for it");
        ensure!(from("192.0.2.7", None).await? == (403, "challenge_required".into()));
        ensure!(from("192.0.2.8", None).await?.0 == 201, "elsewhere");
        ensure!(from("192.0.2.7", Some("pass-1")).await?.0 == 201);
        let answer = from("192.0.2.7", Some("pass-2")).await?;
        ensure!(
            answer == (429, "rate_limited".into()),
            "the limit stands: {answer:?}"
        );
        Ok(())
    });
}

#[test]
fn sec_l4_without_keys_it_fails_closed_and_says_so() {
    play(0, async |stage| {
        let api = stage.api();
        let ada = json!({ "name": "Ada", "role": "admin" });
        let plain = api.space_with(json!({}), vec![ada.clone()]).await?;
        let token = api.sign_in(&plain, "Ada").await?.token;
        let path = format!("/api/v1/spaces/{}/settings", plain.space);
        let answer = api
            .patch(&path, &token, &json!({ "challenge": "always" }))
            .await?;
        let field = &answer.body["error"]["field"];
        ensure!(
            (answer.status, answer.code()) == (503, "turnstile_missing"),
            "{answer:?}"
        );
        ensure!(*field == "challenge", "{answer:?}");
        ensure!(
            api.patch(&path, &token, &json!({ "challenge": "never" }))
                .await?
                .status
                == 200
        );
        let read = api.get(&path, Some(&token)).await?;
        ensure!(read.body["missing"] == json!([]) && read.body["settings"]["challenge"] == "never");

        // Keys that were taken away later.
        let bare = api
            .space_with(json!({ "challenge": "always" }), vec![ada])
            .await?;
        let token = api.sign_in(&bare, "Ada").await?.token;
        let path = format!("/api/v1/spaces/{}/settings", bare.space);
        let read = api.get(&path, Some(&token)).await?;
        let missing = json!(["TURNSTILE_SITE_KEY", "TURNSTILE_SECRET"]);
        ensure!(read.body["missing"] == missing, "{read:?}");
        let visitor = api.visitor(&bare).await?;
        for proof in [None, Some("pass-1")] {
            let answer = begins(api, &visitor, proof).await?;
            ensure!(
                (answer.status, answer.code()) == (503, "turnstile_missing"),
                "{answer:?}"
            );
        }
        let page = api.request(Method::GET, &format!("/challenge?space={}", bare.space));
        ensure!(page.send().await?.status() == 503);
        let page = api.request(Method::GET, "/challenge?space=nobody-knows-it");
        ensure!(page.send().await?.status() == 404);
        Ok(())
    });
}

/// Runs a script on the button of the challenge, `button`, once that is drawn. The driver does not enter a frame
/// inside a frame in a shadow root; the page of the challenge is of the chat's own origin.
async fn on_button(browser: &Browser, script: &str) -> Result<()> {
    let script = format!(
        "const inside = document.querySelector('.challenge__frame')?.contentDocument;
        const button = inside?.querySelector('button');
        if (!button) return false;
        {script}"
    );
    let _: bool = browser
        .until("the button of the challenge", &script, &[])
        .await?;
    Ok(())
}

async fn presses_button(browser: &Browser) -> Result<()> {
    on_button(browser, "button.click(); return true").await
}

async fn opens(stage: &Stage, api: &Api, space: &Space) -> Result<Customer> {
    let customer = stage.customer_at(api.base(), space).await?;
    customer.opens_chat().await?;
    Ok(customer)
}

#[test]
fn sec_l4_the_chat_asks_whether_a_person_writes_and_sends_by_itself() {
    play(1, async |stage| {
        stage.excuse(&["Failed to load resource"]);
        let (turnstile, _edge, api, space) = scene("always").await?;
        let mut jack = AgentLine::on_duty(&api, &space, "Jack").await?;
        let customer = opens(stage, &api, &space).await?;
        let browser = &customer.browser;
        // The first proof is refused: another challenge comes, and nothing is lost.
        turnstile.hands_out("late");
        customer.writes("Where is my kettle?").await?;
        browser.reads(".challenge", "are you a person?").await?;
        customer
            .sees_message("Where is my kettle?", "sending")
            .await?;
        customer.writes("Order 4711").await?;
        browser.is_pictured("challenge-desktop").await?;
        on_button(browser, "return true").await?;
        turnstile.hands_out("pass");
        let old = "document.querySelector('.challenge__frame').dataset.old = 'yes'";
        on_button(browser, &format!("{old}; button.click(); return true")).await?;
        on_button(browser, "return !document.querySelector('[data-old]')").await?;
        ensure!(turnstile.calls().len() == 1, "{:?}", turnstile.calls());
        // With the keyboard: from the composer back into the challenge.
        let composer = "document.querySelector('.composer__text').focus(); return true";
        ensure!(browser.runs::<bool>(composer, &[]).await?);
        // Past the buttons that stand before the field.
        let is_inside = "return document.activeElement.matches('.challenge__frame')";
        while !browser.runs::<bool>(is_inside, &[]).await? {
            let at_composer = "return document.activeElement.matches('.composer *')";
            ensure!(
                browser.runs::<bool>(at_composer, &[]).await?,
                "the focus is elsewhere"
            );
            let keys = browser.driver().action_chain().key_down(Key::Shift);
            let keys = keys.send_keys(Key::Tab).key_up(Key::Shift);
            keys.perform().await?;
        }
        on_button(browser, "return inside.activeElement === button").await?;
        browser
            .driver()
            .action_chain()
            .send_keys(Key::Enter)
            .perform()
            .await?;
        let mut talk = jack.accepts().await?;
        talk.reads("Order 4711").await?;
        for text in ["Where is my kettle?", "Order 4711"] {
            customer.sees_message(text, "sent").await?;
        }
        browser.sees_no(".challenge").await?;
        let texts: Vec<_> = talk
            .log
            .iter()
            .filter_map(|entry| entry.event.text())
            .collect();
        let texts: Vec<_> = texts.iter().map(|text| text.as_str()).collect();
        ensure!(texts == ["Where is my kettle?", "Order 4711"], "{texts:?}");
        nobody_reports(&api).await
    });
}

#[test]
fn sec_l4_a_challenge_that_cannot_be_loaded_says_so_and_is_tried_again() {
    play(1, async |stage| {
        stage.excuse(&["Failed to load resource"]);
        let (turnstile, _edge, api, space) = scene("always").await?;
        let mut jack = AgentLine::on_duty(&api, &space, "Jack").await?;
        let customer = opens(stage, &api, &space).await?;
        let browser = &customer.browser;
        turnstile.hands_out("");
        customer.writes("Where is my kettle?").await?;
        browser.reads(".challenge", "could not be loaded").await?;
        browser.is_pictured("challenge-failed").await?;
        turnstile.hands_out("pass");
        // The page is loaded again meanwhile: the message is still there, and asks again.
        browser.presses(".challenge button").await?;
        on_button(browser, "return true").await?;
        customer.looks_at_page().await?;
        browser.reloads().await?;
        customer.opens_chat().await?;
        customer
            .sees_message("Where is my kettle?", "sending")
            .await?;
        presses_button(browser).await?;
        jack.accepts().await?;
        customer.sees_message("Where is my kettle?", "sent").await?;
        let asked: Vec<Value> = turnstile.calls();
        ensure!(asked.len() == 1, "{asked:?}");
        nobody_reports(&api).await
    });
}
