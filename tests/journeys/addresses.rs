//! Where admins are mailed: an account knows the address that its person has shown, and every space of
//! the person hears of it (SECURITY.md R1-04).

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use stage::api::{Api, Space};
use stage::browser::Screen;
use stage::line::CustomerLine;
use stage::mail::Mail;
use stage::start::Edge;
use stage::visit::Visit;
use stage::{nobody_reports, play};

use crate::access::Inspector;
use crate::accounts::sha256;

const ADA: &str = "ada@larch.example";
const PATH: &str = "/api/v1/session/address";

/// Waits until a space knows which of its admins cannot be mailed: accounts tell it in the background.
async fn cannot_mail(api: &Api, space: &str, token: &str, names: &Value) -> Result<()> {
    let path = format!("/api/v1/spaces/{space}/status");
    loop {
        let status = api.get(&path, Some(token)).await?;
        ensure!(status.status == 200, "{status:?}");
        // They stand in no order that anybody could know.
        let told = status.body["unmailed"].as_array().cloned();
        let mut told = told.context("nobody is named")?;
        told.sort_by_key(Value::to_string);
        if json!(told) == *names {
            return Ok(());
        }
    }
}

/// Has a customer erased who has just written.
async fn erases(api: &Api, space: &str, token: &str) -> Result<()> {
    let space = Space {
        space: space.into(),
    };
    let customer = CustomerLine::writes(api, &space, "Where is my order?").await?;
    let path = format!("/api/v1/spaces/{}/erasures", space.space);
    let body = json!({ "visitor": customer.me.visitor });
    let erased = api.post(&path, Some(token), &body).await?;
    ensure!(erased.status == 202, "{erased:?}");
    Ok(())
}

async fn makes_space(visit: &mut Visit, name: &str) -> Result<(String, String)> {
    let made = visit
        .posts("/api/v1/spaces", &json!({ "name": name }))
        .await?;
    let space = made["space"].as_str().context("no space")?.to_owned();
    let token = visit.token(&space).await?;
    Ok((space, token))
}

#[test]
fn sec_r1_04_ac21_r230_the_first_admin_shows_an_address_and_is_mailed_in_every_space() {
    play(0, async |_| {
        let mail = Mail::start().await?;
        let mut vars = mail.vars();
        vars.push(("BOOTSTRAP_HASH", sha256("the first link")?));
        let edge = Edge::with(vars)?;
        let api = &Api::new(edge.base());
        let mut ada = Visit::new(api);
        let first = json!({ "bootstrap": "the first link", "name": "Ada" });
        ada.posts("/api/v1/session", &first).await?;
        let (larch, token) = makes_space(&mut ada, "Larch").await?;

        // Nobody knows where: nothing is sent, and the status says whom that is about.
        cannot_mail(api, &larch, &token, &json!(["Ada"])).await?;
        erases(api, &larch, &token).await?;
        ensure!(mail.calls().is_empty(), "{:?}", mail.calls());

        let email = json!({ "email": ADA });
        ensure!(ada.posts(PATH, &email).await?["sent"] == true);
        let proof = json!({ "proof": mail.newest_secret()? });
        let told = mail.calls().pop().context("no mail")?;
        ensure!(told.body["to"] == json!([ADA]), "{told:?}");
        ensure!(ada.session().await?.body["email"].is_null(), "not yet");

        // Whoever finds the link is not let in by it, and gives the address to nobody.
        let mut nobody = Visit::new(api);
        let refused = nobody.is_refused(PATH, &proof).await?;
        ensure!(refused == "401 session_over", "{refused}");
        let link = json!({ "link": proof["proof"] });
        let refused = nobody.is_refused("/api/v1/session", &link).await?;
        ensure!(refused == "410 link_over", "{refused}");
        let path = format!("/api/v1/spaces/{larch}/invitations");
        let role = json!({ "role": "admin" });
        let made = api.post(&path, Some(&token), &role).await?;
        let body = json!({
            "invitation": stage::visit::secret(&made.body["link"])?, "name": "Zia",
        });
        let mut zia = Visit::new(api);
        zia.posts("/api/v1/invitations/accept", &body).await?;
        let refused = zia.is_refused(PATH, &proof).await?;
        ensure!(refused == "410 link_over", "{refused}");
        for (body, expected) in [
            (json!({}), "422 text_empty"),
            (json!({ "email": ADA, "proof": "x" }), "422 text_empty"),
            (json!({ "proof": "x" }), "410 link_over"),
            (json!({ "proof": 7 }), "422 value_malformed"),
            (json!({ "email": "ada" }), "422 text_forbidden"),
            (json!({ "address": ADA }), "422 field_unknown"),
        ] {
            let refused = zia.is_refused(PATH, &body).await?;
            ensure!(refused == expected, "{body}: {refused}");
        }
        cannot_mail(api, &larch, &token, &json!(["Ada", "Zia"])).await?;

        ensure!(ada.posts(PATH, &proof).await?["email"] == ADA);
        ensure!(ada.session().await?.body["email"] == ADA);
        cannot_mail(api, &larch, &token, &json!(["Zia"])).await?;
        // A space that comes later hears of it, too.
        let (birch, other) = makes_space(&mut ada, "Birch").await?;
        cannot_mail(api, &birch, &other, &json!([])).await?;
        for (space, token, name) in [(&larch, &token, "Larch"), (&birch, &other, "Birch")] {
            let sent = mail.calls().len();
            erases(api, space, token).await?;
            mail.has(sent + 1).await?;
            let told = mail.calls().pop().context("no mail")?;
            let text = told.body["text"].as_str().unwrap_or_default();
            ensure!(
                text.contains(&format!("{name}: Ada has a customer erased")),
                "{text}"
            );
            ensure!(told.body["to"] == json!([ADA]), "{told:?}");
        }
        // The audit log and the list of agents hold no address.
        for what in ["audit", "agents", "invitations"] {
            let path = format!("/api/v1/spaces/{larch}/{what}");
            let answer = api.get(&path, Some(&token)).await?;
            ensure!(!answer.body.to_string().contains(ADA), "{what}: {answer:?}");
        }

        // And the first admin has a way back in.
        let asked = Visit::new(api)
            .asks(Method::POST, "/api/v1/sign-in/mail", Some(&email))
            .await?;
        ensure!(asked.answer.status == 202, "{asked:?}");
        mail.has(4).await?;
        let link = json!({ "link": mail.newest_secret()? });
        let mut again = Visit::new(api);
        again.posts("/api/v1/session", &link).await?;
        let known = again.session().await?;
        ensure!(known.body["name"] == "Ada" && known.body["email"] == ADA);

        // An admin's link shows nobody's address, and adds none.
        let agent = known.body["agent"].as_str().context("no agent")?;
        let path = format!("/api/v1/spaces/{larch}/agents/{agent}/link");
        let made = api.post(&path, Some(&token), &json!({})).await?;
        let link = json!({ "link": stage::visit::secret(&made.body["link"])? });
        let mut bound = Visit::new(api);
        bound.posts("/api/v1/session", &link).await?;
        ensure!(bound.session().await?.body["email"].is_null());
        let refused = bound.is_refused(PATH, &email).await?;
        ensure!(refused == "403 forbidden", "{refused}");
        Ok(())
    });
}

#[test]
fn sec_r1_04_r231_the_pages_say_who_is_not_mailed_and_take_an_address() {
    play(1, async |stage| {
        let inspector = Inspector::new()?;
        let mail = Mail::start().await?;
        let mut vars = mail.vars();
        vars.push(("BOOTSTRAP_HASH", sha256("the first link")?));
        let edge = Edge::with(vars)?;
        let base = edge.base();
        let browser = stage.browser("Ada", Screen::DESKTOP).await?;
        let first = format!("{base}/agent#first=the%20first%20link");
        browser.goes(&first).await?;
        browser.types("input.field__input", "Ada").await?;
        browser.presses(".form__go").await?;
        browser
            .reads(".home__part:has(.address)", "No address of yours")
            .await?;
        inspector.inspects(&browser, "home-address-none").await?;
        browser
            .types(".new-space input[type=text]", "Larch")
            .await?;
        browser.presses(".new-space .form__go").await?;
        browser.sees("form.settings").await?;
        let status = "location.hash = location.hash.replace('settings', 'status')";
        let _: Value = browser.runs(status, &[]).await?;
        browser
            .reads(
                "[data-feature=unmailed]",
                "No address of theirs is known: Ada.",
            )
            .await?;
        inspector.inspects(&browser, "home-unmailed").await?;

        let _: Value = browser.runs("location.hash = ''", &[]).await?;
        browser.types(".address input[type=email]", ADA).await?;
        browser.presses(".address .form__go").await?;
        browser
            .reads(".home__part .home__saved", "A link is on its way")
            .await?;
        inspector.inspects(&browser, "home-address-sent").await?;
        let secret = mail.newest_secret()?;
        browser.goes("about:blank").await?;
        browser
            .goes(&format!("{base}/agent#address={secret}"))
            .await?;
        browser.reads(".card__text", "From then on").await?;
        inspector.inspects(&browser, "home-address-confirm").await?;
        browser.presses(".form__go").await?;
        browser.reads(".home__part:has(.address)", ADA).await?;
        nobody_reports(&Api::new(base)).await
    });
}
