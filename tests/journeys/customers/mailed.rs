//! What was written goes by e-mail to the address that the site has signed, and to no other (P7).

use anyhow::{Context, Result, ensure};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use shared::id::ConversationId;
use stage::api::{Answer, Api, Visitor};
use stage::browser::Screen;
use stage::cast::{Customer, page};
use stage::host::{Host, Page};
use stage::line::AgentLine;
use stage::mail::Mail;
use stage::start::Edge;
use stage::wire::fresh_id;
use stage::{nobody_reports, play};

use super::{Shop, now};

const HOME: &str = "mia@home.example";

/// A token of the site in which an address is signed.
fn token(shop: &Shop, id: &str, email: &str) -> Result<String> {
    let (jti, now) = (fresh_id()?.to_string(), now());
    let claims = json!({ "sub": id, "email": email, "jti": jti, "iat": now, "exp": now + 600 });
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let head = part(r#"{"alg":"HS256","typ":"JWT"}"#);
    let signed = [head, part(&claims.to_string())].join(".");
    let mut mac = Hmac::<Sha256>::new_from_slice(shop.secret.as_bytes())?;
    mac.update(signed.as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    Ok([signed, signature].join("."))
}

async fn asks(api: &Api, conversation: ConversationId, token: &str) -> Result<Answer> {
    let path = format!("/api/v1/conversations/{conversation}/transcript");
    let request = api.request(Method::POST, &path).bearer_auth(token);
    api.send(request.json(&json!({ "language": "de" }))).await
}

#[test]
fn p7_af6_af7_a_verified_customer_gets_it_by_mail_and_nobody_else() {
    play(1, async |stage| {
        let mail = Mail::start().await?;
        let edge = Edge::with(mail.vars())?;
        let api = Api::new(edge.base());
        let shop = Shop::opens(&api).await?;
        let mut jack = AgentLine::on_duty(&api, &shop.space, "Jack").await?;

        // Over HTTP: a claimed address is none.
        let me = api.visitor(&shop.space).await?;
        let body = json!({ "text": "Where is my <b>order</b>?", "email": "mia@elsewhere.example" });
        let begun: Value = api.begin(&me.token, fresh_id()?, &body).await?.into()?;
        let conversation = begun["conversation"].as_str().context("an id")?.parse()?;
        let mut talk = jack.accepts().await?;
        talk.writes("On its way").await?;
        let claimed = asks(&api, conversation, &me.token).await?;
        ensure!(claimed.code() == "address_unknown", "{claimed:?}");
        let shown = json!({ "token": token(&shop, "mia", HOME)? });
        let known = shop.shows(Some(&me.token), &shown).await?;
        let known: Visitor = known.into()?;
        let agent = asks(&api, conversation, &jack.me.token).await?;
        ensure!(agent.code() == "forbidden", "{agent:?}");
        let sent = asks(&api, conversation, &known.token).await?;
        ensure!(sent.status == 200, "{sent:?}");
        mail.has(1).await?;
        let call = mail.calls().pop().context("a mail")?;
        ensure!(call.body["to"] == json!([HOME]), "{call:?}");
        let subject = call.body["subject"].as_str().unwrap_or_default();
        ensure!(subject.starts_with("Ihr Gespräch mit "), "{subject}");
        let text = call.body["text"].as_str().unwrap_or_default();
        ensure!(text.contains("Where is my <b>order</b>?"), "{text}");
        ensure!(text.contains("Jack: On its way"), "{text}");
        let html = call.body["html"].as_str().unwrap_or_default();
        ensure!(
            !html.contains("<b>") && html.contains("&lt;b&gt;"),
            "{html}"
        );
        let soon = asks(&api, conversation, &known.token).await?;
        ensure!(soon.code() == "rate_limited", "{soon:?}");
        ensure!(mail.calls().len() == 1, "{:?}", mail.calls());

        // In the chat.
        let pages = vec![Page {
            path: "/",
            policy: String::new(),
            html: page(&edge.base(), &shop.space.space, ""),
        }];
        let host = Host::with(pages).await?;
        let browser = stage.browser("the customer", Screen::DESKTOP).await?;
        let customer = Customer::visits(browser, &host.url("/")).await?;
        customer.sees_launcher().await?;
        let ben = token(&shop, "ben", "ben@home.example")?;
        customer.page_says("identify", json!(ben)).await?;
        customer.opens_chat().await?;
        customer.writes("And mine?").await?;
        let mut talk = jack.accepts().await?;
        talk.writes("On its way, too").await?;
        customer.reads("On its way, too").await?;
        customer.browser.presses(".header__menu").await?;
        customer.browser.presses(".menu .take__mail").await?;
        let said = "It is on its way to your e-mail address.";
        customer.browser.reads(".take__said", said).await?;
        mail.has(2).await?;
        let call = mail.calls().pop().context("a mail")?;
        ensure!(call.body["to"] == json!(["ben@home.example"]), "{call:?}");
        customer.browser.is_pictured("chat-menu-mailed").await?;
        customer.browser.presses(".menu .take__mail").await?;
        customer.browser.reads(".take__said", "Not sent: ").await?;
        nobody_reports(&api).await
    });
}
