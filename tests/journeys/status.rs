//! What an installation was not given, it does not do, and says so.

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use stage::api::{Api, Space};
use stage::mail::Mail;
use stage::start::Edge;
use stage::visit::Visit;
use stage::{nobody_reports, play};

use crate::access::Inspector;

/// A space with an admin, and the admin's token.
async fn space(api: &Api) -> Result<(Space, String)> {
    let agents = vec![
        json!({ "name": "Ada", "role": "admin" }),
        json!({ "name": "Jack" }),
    ];
    let space = api.space_with(json!({}), agents).await?;
    let token = api.sign_in(&space, "Ada").await?.token;
    Ok((space, token))
}

/// How each feature stands, as `mail off MAIL_KEY MAIL_FROM`.
async fn stands(api: &Api) -> Result<Vec<String>> {
    let (space, token) = space(api).await?;
    let path = format!("/api/v1/spaces/{}/status", space.space);
    let status = api.get(&path, Some(&token)).await?;
    ensure!(status.status == 200, "{status:?}");
    let features = status.body["features"].as_array().context("features")?;
    let line = |feature: &Value| {
        let missing = feature["missing"].as_array().into_iter().flatten();
        let words = [&feature["feature"], &feature["state"]];
        let words = words.into_iter().chain(missing).filter_map(Value::as_str);
        words.collect::<Vec<_>>().join(" ")
    };
    Ok(features.iter().map(line).collect())
}

#[test]
fn sec_h1_01_fe2_what_is_not_set_up_is_refused_with_a_word_of_its_own() {
    play(0, async |_| {
        let bare = Edge::with(vec![
            ("SEAL_KEY", "short".into()),
            ("MAIL_FROM", "Bellhop <bellhop@shop.example>".into()),
            ("OIDC_CLIENT_ID", "bellhop".into()),
            ("ACCESS_AUD", "a".into()),
            ("BOOTSTRAP_HASH", "0".repeat(63)),
        ])?;
        let api = &Api::new(bare.base());
        let expected = [
            "tokens on",
            "sealing incomplete SEAL_KEY",
            "mail incomplete MAIL_KEY",
            "oidc incomplete OIDC_ISSUER",
            "access incomplete ACCESS_TEAM",
            "turnstile off TURNSTILE_SITE_KEY TURNSTILE_SECRET",
            "files on",
            "bootstrap incomplete BOOTSTRAP_HASH",
            "outgoing_desk on",
        ];
        let found = stands(api).await?;
        for line in expected {
            ensure!(found.iter().any(|known| known == line), "{line}: {found:?}");
        }
        let (space, token) = space(api).await?;
        let of = |what: &str| format!("/api/v1/spaces/{}{what}", space.space);
        let mut page = Visit::new(api);
        for (path, body, word) in [
            (
                "/api/v1/sign-in/mail",
                json!({ "email": "a@b.example" }),
                "mail_not_configured",
            ),
            ("/api/v1/sign-in/access", json!({}), "access_not_configured"),
            (
                "/api/v1/session",
                json!({ "bootstrap": "", "name": "Ada" }),
                "bootstrap_not_configured",
            ),
            (
                "/api/v1/session",
                json!({ "bootstrap": "0".repeat(63), "name": "Ada" }),
                "bootstrap_not_configured",
            ),
        ] {
            let refused = page.is_refused(path, &body).await?;
            ensure!(refused == format!("503 {word}"), "{path}: {refused}");
        }
        let oidc = api.get("/api/v1/sign-in/oidc", None).await?;
        ensure!(
            (oidc.status, oidc.code()) == (503, "oidc_not_configured"),
            "{oidc:?}"
        );
        let keys = api
            .post(&of("/identity-keys"), Some(&token), &json!({}))
            .await?;
        ensure!(
            (keys.status, keys.code()) == (503, "seal_key_missing"),
            "{keys:?}"
        );
        // An invitation is copied then, and says that it was not sent.
        let body = json!({ "email": "mia@shop.example" });
        let invited = api.post(&of("/invitations"), Some(&token), &body).await?;
        ensure!(
            invited.status == 201 && invited.body["sent"] == false,
            "{invited:?}"
        );
        // All else works.
        let visitor = api.visitor(&space).await?;
        api.conversation(&visitor, "Hello").await?;
        Ok(())
    });
}

#[test]
fn sec_h1_01_without_its_key_an_installation_believes_nobody() {
    play(0, async |_| {
        let edge = Edge::with(vec![("TOKEN_KEY", "k".repeat(31))])?;
        let api = &Api::new(edge.base());
        let space = api.space(json!({}), &["Jack"]).await?;
        let named = |what: &str| format!("/api/v1/spaces/{}{what}", space.space);
        for (method, path, body) in [
            (Method::POST, named("/visitors"), json!({})),
            (
                Method::POST,
                "/api/v1/dev/sign-in".into(),
                json!({ "space": space.space, "as": "Jack" }),
            ),
            (Method::GET, named("/settings"), Value::Null),
            (Method::GET, named("/status"), Value::Null),
            (
                Method::POST,
                "/api/v1/conversations".into(),
                json!({ "text": "Hello" }),
            ),
            (
                Method::POST,
                "/api/v1/tokens/refresh".into(),
                json!({ "refresh": "bhr_a.b.c" }),
            ),
        ] {
            let mut request = api.request(method, &path).bearer_auth("a.b.c");
            request = request.header("Idempotency-Key", "0190b6a4-2f7e-7cc3-98c4-dc0c0c07398f");
            if !body.is_null() {
                request = request.json(&body);
            }
            let answer = api.send(request).await?;
            ensure!(
                (answer.status, answer.code()) == (503, "token_key_missing"),
                "{path}: {answer:?}"
            );
        }
        Ok(())
    });
}

#[test]
fn sec_fe3_an_admin_reads_what_is_missing() {
    play(1, async |stage| {
        let inspector = Inspector::new()?;
        let mail = Mail::start().await?;
        let mut vars = mail.vars();
        vars.push(("SEAL_KEY", "short".into()));
        let edge = Edge::with(vars)?;
        let base = edge.base();
        let api = Api::new(&base);
        let (space, token) = space(&api).await?;
        let ada = stage.agent_at(&base, &space, "Ada").await?;
        let browser = &ada.browser;
        let at = |language: &str| format!("{base}/agent?lang={language}#settings={}", space.space);
        browser.goes(&at("en")).await?;
        browser
            .presses(&format!("a[href='#status={}']", space.space))
            .await?;
        for (feature, text) in [
            ("tokens", "On"),
            ("mail", "On"),
            ("sealing", "Missing or too short: SEAL_KEY."),
            ("oidc", "To turn it on, set OIDC_ISSUER, OIDC_CLIENT_ID."),
            ("bootstrap", "To turn it on, set BOOTSTRAP_HASH."),
        ] {
            browser
                .reads(&format!("[data-feature={feature}]"), text)
                .await?;
        }
        inspector.inspects(browser, "home-status").await?;
        let shown: String = browser.runs("return document.body.innerText", &[]).await?;
        let path = format!("/api/v1/spaces/{}/status", space.space);
        let told = api.get(&path, Some(&token)).await?.body.to_string();
        for (name, value) in mail.vars() {
            ensure!(
                !shown.contains(&value) && !told.contains(&value),
                "{name} is shown"
            );
        }
        browser.goes("about:blank").await?;
        browser
            .goes(&at("de").replace("#settings", "#status"))
            .await?;
        browser
            .reads("[data-feature=sealing]", "Geht nicht")
            .await?;
        browser
            .reads(
                "[data-feature=sealing]",
                "Fehlt oder ist zu kurz: SEAL_KEY.",
            )
            .await?;
        nobody_reports(&api).await
    });
}
