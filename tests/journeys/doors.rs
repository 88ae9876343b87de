//! Who gets in: tokens, versions, origins, spaces. A browser cannot see a refused upgrade, so
//! all but a wrong origin is accepted and closed at once, with the code that says why.

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use shared::id::ConversationId;
use stage::dial::{Dial, refused_with};
use stage::line::CustomerLine;
use stage::play;
use stage::wire::random;

/// An id that nobody has.
const NOBODY: &str = "0190b6a4-2f7e-7cc3-98c4-dc0c0c07398f";

/// The code that an upgrade ends with.
async fn upgrade_ends(dial: Dial<'_>) -> Result<u16> {
    dial.open()
        .await
        .context("a browser cannot see a refused upgrade")?
        .closes()
        .await
}

/// Every call of the API document that needs a token, about things that exist.
fn calls_with_a_token(space: &str, conversation: ConversationId) -> Result<Vec<(Method, String)>> {
    let document: Value = serde_json::from_str(include_str!("../../public/openapi.json"))?;
    let mut calls = Vec::new();
    for (path, methods) in document["paths"].as_object().context("no paths")? {
        for (method, call) in methods.as_object().context("no calls")? {
            if call["security"][0]["token"].is_array() {
                let path = path
                    .replace("{space}", space)
                    .replace("{conversation}", &conversation.to_string())
                    .replace("{agent}", NOBODY)
                    .replace("{invitation}", NOBODY)
                    .replace("{token}", NOBODY);
                calls.push((method.to_uppercase().parse()?, path));
            }
        }
    }
    ensure!(calls.len() > 30, "{} calls", calls.len());
    Ok(calls)
}

#[test]
fn sec_g2_01_sec_r2_01_a_wrong_token_is_wrong_at_every_door() {
    play(0, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        let agent = stage.api().sign_in(&space, "Jack").await?;
        let good = &customer.me.token;
        let (body, mac) = good.rsplit_once('.').context("a token has dots")?;
        let (head, claims) = body.split_once('.').context("a token has two dots")?;
        let flipped = |text: &str| {
            let first = if text.starts_with('A') { 'B' } else { 'A' };
            text.chars()
                .skip(1)
                .fold(String::from(first), |mut text, next| {
                    text.push(next);
                    text
                })
        };
        let (_, other) = agent.token.rsplit_once('.').context("a token has dots")?;
        // {"alg":"none","typ":"JWT"}
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
        let calls = calls_with_a_token(&space.space, customer.talk.conversation)?;
        let tokens = [
            String::new(),
            "x".into(),
            "..".into(),
            format!("{body}."),
            body.into(),
            format!("{body}.{}", flipped(mac)),
            format!("{body}.{other}"),
            format!("{}.{claims}.{mac}", flipped(head)),
            format!("{head}.{}.{mac}", flipped(claims)),
            format!("{none}.{claims}."),
            format!("{none}.{claims}.{mac}"),
            format!("{good}.{mac}"),
            "x".repeat(4_000),
        ];
        for token in tokens {
            let base = stage.api().base();
            for dial in [
                Dial::conversation(base, customer.talk.conversation, &token),
                Dial::space(base, &space.space, &token),
            ] {
                let path = dial.path.clone();
                let mut wire = dial.open().await?;
                let closed = wire
                    .closes_with()
                    .await
                    .with_context(|| format!("{path} with {token:?}"))?;
                ensure!(
                    closed == (4401, "token_invalid"),
                    "{closed:?} for {path} with {token:?}"
                );
            }
            for (method, path) in &calls {
                let request = stage.api().request(method.clone(), path);
                let request = request.bearer_auth(&token).json(&json!({}));
                let answer = stage.api().send(request).await?;
                let word = if token.is_empty() {
                    "token_missing"
                } else {
                    "token_invalid"
                };
                ensure!(
                    answer.status == 401 && answer.code() == word,
                    "{answer:?} for {method} {path} with {token:?}"
                );
            }
        }
        let mut dial = Dial::conversation(stage.api().base(), customer.talk.conversation, good);
        dial.protocols.truncate(1);
        let mut wire = dial.open().await?;
        let closed = wire.closes_with().await?;
        ensure!(closed == (4401, "token_missing"), "{closed:?}");
        Ok(())
    });
}

#[test]
fn p5_another_version_is_closed_with_4410() {
    play(0, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        for protocol in [
            "bellhop.v0.json",
            "bellhop.v99.json",
            "bellhop.v1.bin.0000000000000000",
        ] {
            let mut dial = Dial::conversation(
                stage.api().base(),
                customer.talk.conversation,
                &customer.me.token,
            );
            dial.protocols[0] = protocol.to_owned();
            let code = upgrade_ends(dial).await?;
            ensure!(code == 4410, "{code} for {protocol}");
        }
        Ok(())
    });
}

#[test]
fn sec_v5_01_a_foreign_conversation_does_not_exist() {
    play(0, async |stage| {
        let api = stage.api();
        let space = stage.space(json!({}), &["Jack"]).await?;
        let elsewhere = stage.space(json!({}), &["Mia"]).await?;
        let customer = CustomerLine::writes(api, &space, "Hello").await?;
        let conversation = customer.talk.conversation;
        let tokens = [
            ("another visitor", api.visitor(&space).await?.token),
            (
                "a visitor of another space",
                api.visitor(&elsewhere).await?.token,
            ),
            (
                "an agent of another space",
                api.sign_in(&elsewhere, "Mia").await?.token,
            ),
        ];
        let unknown = ConversationId::from_bytes(random()?);
        for (who, token) in &tokens {
            let path = format!("/api/v1/conversations/{conversation}/events?after=0");
            let answer = api.get(&path, Some(token)).await?;
            ensure!(
                (answer.status, answer.code()) == (404, "conversation_unknown"),
                "{who}: {answer:?}"
            );
            let code = upgrade_ends(Dial::conversation(api.base(), conversation, token)).await?;
            ensure!(code == 4404, "{who}: {code}");
        }
        let path = format!("/api/v1/conversations/{unknown}/events?after=0");
        let answer = api.get(&path, Some(&customer.me.token)).await?;
        ensure!(
            (answer.status, answer.code()) == (404, "conversation_unknown"),
            "{answer:?}"
        );
        let code =
            upgrade_ends(Dial::conversation(api.base(), unknown, &customer.me.token)).await?;
        ensure!(code == 4404, "{code}");
        Ok(())
    });
}

#[test]
fn sec_t5_01_a_space_is_closed_to_others() {
    play(0, async |stage| {
        let api = stage.api();
        let space = stage.space(json!({}), &["Jack"]).await?;
        let elsewhere = stage.space(json!({}), &["Mia"]).await?;
        let tokens = [
            ("a visitor", api.visitor(&space).await?.token),
            (
                "an agent of another space",
                api.sign_in(&elsewhere, "Mia").await?.token,
            ),
        ];
        for (who, token) in &tokens {
            let code = upgrade_ends(Dial::space(api.base(), &space.space, token)).await?;
            ensure!(matches!(code, 4403 | 4404), "{who}: {code}");
        }
        Ok(())
    });
}

#[test]
fn sec_w1_01_a_socket_is_opened_from_our_own_pages_only() {
    play(0, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        let agent = stage.api().sign_in(&space, "Jack").await?;
        let base = stage.api().base();
        let host = base.strip_prefix("http://").context("http")?;
        let origins = [
            None,
            Some("null".to_owned()),
            Some(String::new()),
            Some("https://evil.example".to_owned()),
            Some("http://localhost:1".to_owned()),
            Some(format!("http://{host}.evil.example")),
            Some(format!("http://evil{host}")),
            Some(format!("http://evil.{host}")),
            Some(format!("http://{host}1")),
            Some(format!("https://{host}")),
            Some(format!("http://{host}@evil.example")),
            Some(format!("http://evil.example@{host}")),
            Some(format!("{base}/")),
            Some(format!("{base} ")),
            Some("http://127.0.0.1".to_owned()),
            Some("http://xn--bcher-kva.example".to_owned()),
        ];
        for origin in origins {
            for mut dial in [
                Dial::conversation(base, customer.talk.conversation, &customer.me.token),
                Dial::space(base, &space.space, &agent.token),
            ] {
                dial.origin.clone_from(&origin);
                let path = dial.path.clone();
                // A header's value loses the blanks around it on the way.
                let is_own = origin.as_deref().map(str::trim) == Some(base);
                let status = dial.open().await.err().as_ref().and_then(refused_with);
                ensure!(
                    is_own || status == Some(403),
                    "{status:?} for {origin:?} at {path}"
                );
            }
        }
        Ok(())
    });
}

#[test]
fn sec_g5_01_one_click_sign_in_is_for_this_machine_only() {
    play(0, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let body = json!({ "space": space.space, "as": "jack" });
        for (header, value) in [
            ("Host", "evil.example"),
            ("Host", "127.0.0.1.evil.example"),
            ("Host", "localhost.evil.example:80"),
            ("Origin", "https://evil.example"),
            ("Origin", "null"),
        ] {
            for path in ["/api/v1/dev/sign-in", "/api/v1/dev/spaces"] {
                let request = stage
                    .api()
                    .request(Method::POST, path)
                    .header(header, value)
                    .json(&body);
                let answer = stage.api().send(request).await?;
                ensure!(
                    matches!(answer.status, 403 | 404),
                    "{header}: {value} at {path}: {answer:?}"
                );
            }
        }
        Ok(())
    });
}
