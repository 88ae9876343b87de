//! Calls over HTTP that are wrong: each has its status and its word, and none is our fault (5xx).

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use shared::id::ConversationId;
use stage::api::{Api, Space, Visitor};
use stage::line::CustomerLine;
use stage::play;
use stage::wire::fresh_id;

/// Method, path, token, body, and the status that is right.
type Row<'a> = (Method, &'a str, Option<&'a str>, Option<Value>, u16);

#[test]
fn c6_a_text_has_1_to_10_000_characters() {
    play(0, async |stage| {
        let api = stage.api();
        let space = stage.space(json!({}), &["Jack"]).await?;
        let texts = [
            (json!(""), 422),
            (json!("  \n\t "), 422),
            (json!("é".repeat(10_001)), 422),
            (json!("x".repeat(60_000)), 422),
            (json!(null), 422),
            (json!(1), 422),
            (json!(["Hello"]), 422),
            (json!({ "text": "Hello" }), 422),
        ];
        for (text, status) in texts {
            let visitor = api.visitor(&space).await?;
            let answer = api
                .begin(&visitor.token, fresh_id()?, &json!({ "text": text }))
                .await?;
            let short: String = text.to_string().chars().take(40).collect();
            ensure!(
                answer.status == status && !answer.code().is_empty(),
                "{short}: {answer:?}"
            );
        }
        let visitor = api.visitor(&space).await?;
        let longest = "𝄞".repeat(10_000);
        let answer = api
            .begin(&visitor.token, fresh_id()?, &json!({ "text": longest }))
            .await?;
        ensure!(answer.status == 201, "{}", answer.status);
        Ok(())
    });
}

#[test]
fn p5_the_first_message_makes_one_conversation() {
    play(0, async |stage| {
        let api = stage.api();
        let space = stage.space(json!({}), &["Jack"]).await?;
        let visitor = api.visitor(&space).await?;
        let id = fresh_id()?;
        let body = json!({ "text": "Hello", "name": "Zoë" });
        let first = api.begin(&visitor.token, id, &body).await?;
        ensure!(first.status == 201, "{first:?}");
        let again = api.begin(&visitor.token, id, &body).await?;
        ensure!(again.status == 200 && again.body == first.body, "{again:?}");
        let other = api
            .begin(&visitor.token, id, &json!({ "text": "Something else" }))
            .await?;
        ensure!(
            (other.status, other.code()) == (409, "command_conflict"),
            "{other:?}"
        );
        let second = api.begin(&visitor.token, fresh_id()?, &body).await?;
        ensure!(
            (second.status, second.code()) == (409, "conversation_open"),
            "{second:?}"
        );
        let open = second.body.to_string();
        let conversation = first.body["conversation"].as_str().context("no id")?;
        ensure!(
            open.contains(conversation),
            "the open one is not named: {open}"
        );
        Ok(())
    });
}

#[test]
fn v1_a_refresh_token_gets_a_token_for_the_same_visitor() {
    play(0, async |stage| {
        let api = stage.api();
        let space = stage.space(json!({}), &["Jack"]).await?;
        let customer = CustomerLine::writes(api, &space, "Hello").await?;
        let body = json!({ "refresh": customer.me.refresh });
        let fresh = api.post("/api/v1/tokens/refresh", None, &body).await?;
        let token = fresh.body["token"].as_str().context("no token")?.to_owned();
        ensure!(
            fresh.status == 200 && fresh.body["expires_in"].as_u64() > Some(60),
            "{fresh:?}"
        );
        let path = format!(
            "/api/v1/conversations/{}/events?after=0",
            customer.talk.conversation
        );
        ensure!(api.get(&path, Some(&token)).await?.status == 200);
        for refresh in [
            json!(""),
            json!("x"),
            json!(customer.me.token),
            json!(null),
            json!({}),
        ] {
            let answer = api
                .post(
                    "/api/v1/tokens/refresh",
                    None,
                    &json!({ "refresh": refresh }),
                )
                .await?;
            ensure!(
                matches!(answer.status, 401 | 422) && !answer.code().is_empty(),
                "{refresh}: {answer:?}"
            );
        }
        // A refresh token opens nothing else.
        let answer = api.get(&path, Some(&customer.me.refresh)).await?;
        ensure!(answer.status == 401, "{answer:?}");
        Ok(())
    });
}

#[test]
fn s1_a_setting_out_of_range_is_422_with_field_and_range() {
    play(0, async |stage| {
        let api = stage.api();
        let durations = ["offer_s", "wait_s", "idle_s", "idle_end_s", "max_s"]
            .map(|field| (field, 1, 2_592_000));
        let rates = [
            "messages_burst",
            "messages_per_10s",
            "messages_per_hour",
            "conversations_per_10min",
            "conversations_per_hour",
            "dictations_per_hour",
        ]
        .map(|field| (field, 1, 1_000_000));
        let limit = [("conversation_limit", 1, 100)];
        for (field, min, max) in durations.into_iter().chain(rates).chain(limit) {
            for value in [0, max + 1] {
                let body = json!({ "settings": { field: value } });
                let answer = api.post("/api/v1/dev/spaces", None, &body).await?;
                let error = &answer.body["error"];
                let message = error["message"].as_str().unwrap_or_default();
                ensure!(
                    answer.status == 422
                        && answer.code() == "setting_out_of_range"
                        && error["field"] == *field
                        && message.contains(&min.to_string())
                        && message.contains(&max.to_string()),
                    "{field} = {value}: {answer:?}"
                );
            }
            for value in [min, max] {
                let body = json!({ "settings": { field: value } });
                let answer = api.post("/api/v1/dev/spaces", None, &body).await?;
                ensure!(answer.status == 201, "{field} = {value}: {answer:?}");
            }
            for value in [
                json!(-1),
                json!(1.5),
                json!("1"),
                json!(4_294_967_296_u64),
                json!([]),
            ] {
                let body = json!({ "settings": { field: value } });
                let answer = api.post("/api/v1/dev/spaces", None, &body).await?;
                ensure!(
                    answer.status == 422 && !answer.code().is_empty(),
                    "{field}: {answer:?}"
                );
            }
        }
        let unknown = json!({ "settings": { "colour_of_the_sky": 1 } });
        let answer = api.post("/api/v1/dev/spaces", None, &unknown).await?;
        ensure!(answer.status == 422, "{answer:?}");
        Ok(())
    });
}

/// Calls with a status each; no answer without a word for programs.
async fn table(
    api: &Api,
    space: &Space,
    visitor: &Visitor,
    conversation: ConversationId,
) -> Result<()> {
    let visitors = format!("/api/v1/spaces/{}/visitors", space.space);
    let events = format!("/api/v1/conversations/{conversation}/events");
    let token = Some(visitor.token.as_str());
    #[rustfmt::skip]
    let rows: &[Row] = &[
        (Method::GET, "/nothing/here", None, None, 404),
        (Method::GET, "/api/v1/nothing", None, None, 404),
        (Method::GET, "/api/v2/conversations", None, None, 404),
        (Method::GET, "/assets/../wrangler.toml", None, None, 404),
        (Method::GET, "/assets/%2e%2e/%2e%2e/wrangler.toml", None, None, 404),
        (Method::GET, "/assets/chat.00000000.js", None, None, 404),
        (Method::GET, "/chat", None, None, 404),
        (Method::GET, "/chat?space=", None, None, 404),
        (Method::GET, "/chat?space=No+Space", None, None, 404),
        (Method::GET, "/chat?space=nobody-has-this", None, None, 404),
        (Method::GET, "/agent?space=nobody-has-this", None, None, 404),
        (Method::GET, "/agent?space=%00", None, None, 404),
        (Method::GET, &visitors, None, None, 405),
        (Method::PUT, &visitors, None, None, 405),
        (Method::DELETE, "/bellhop.js", None, None, 405),
        (Method::POST, "/chat?space=demo", None, None, 405),
        (Method::POST, "/api/v1/spaces/nobody-has-this/visitors", None, Some(json!({})), 404),
        (Method::POST, "/api/v1/spaces/NO/visitors", None, Some(json!({})), 404),
        (Method::POST, "/api/v1/spaces/%2e%2e/visitors", None, Some(json!({})), 404),
        (Method::POST, "/api/v1/conversations", None, Some(json!({ "text": "Hello" })), 401),
        (Method::POST, "/api/v1/conversations", token, Some(json!({ "text": "Hello" })), 400),
        (Method::POST, "/api/v1/tokens/refresh", None, Some(json!({})), 422),
        (Method::GET, &events, None, None, 401),
        (Method::GET, &format!("{events}?after=-1"), token, None, 422),
        (Method::GET, &format!("{events}?after=many"), token, None, 422),
        (Method::GET, &format!("{events}?after=99999999999999999999"), token, None, 422),
        (Method::GET, "/api/v1/conversations/1/events", token, None, 404),
        (Method::GET, "/api/v1/conversations/%00/events", token, None, 404),
        (Method::GET, &format!("/api/v1/conversations/{conversation}/socket"), token, None, 426),
        (Method::POST, "/api/v1/dev/sign-in", None, Some(json!({ "space": space.space, "as": "nobody" })), 404),
        (Method::POST, "/api/v1/dev/sign-in", None, Some(json!({ "space": "nobody-has-this", "as": "jack" })), 404),
        (Method::POST, "/api/v1/dev/sign-in", None, Some(json!({ "as": ["jack"] })), 422),
        (Method::POST, "/api/v1/dev/spaces", None, Some(json!({ "agents": [{ "name": "" }] })), 422),
        (Method::POST, "/api/v1/dev/spaces", None, Some(json!({ "agents": [{ "name": "Jack\u{202e}" }] })), 422),
        (Method::POST, "/api/v1/dev/spaces", None, Some(json!({ "agents": "Jack" })), 422),
        (Method::POST, "/api/v1/dev/spaces", None, Some(json!({ "agents": [{ "name": "Jack", "limit": 0 }] })), 422),
        (Method::POST, "/api/v1/dev/spaces", None, Some(json!({ "settings": { "origins": ["http://shop.example"] } })), 422),
        (Method::from_bytes(b"PROPFIND")?, "/api/v1/conversations", None, None, 405),
    ];
    for (method, path, token, body, status) in rows {
        let mut request = api.request(method.clone(), path);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = api.send(request).await?;
        ensure!(
            answer.status == *status,
            "{method} {path} {body:?}: {answer:?}"
        );
        let is_api = path.starts_with("/api/");
        ensure!(
            !is_api || !answer.code().is_empty(),
            "{method} {path}: {answer:?}"
        );
    }
    Ok(())
}

#[test]
fn sec_j_01_every_wrong_call_has_its_status_and_word() {
    play(0, async |stage| {
        let api = stage.api();
        let space = stage.space(json!({}), &["Jack"]).await?;
        let visitor = api.visitor(&space).await?;
        let conversation = api.conversation(&visitor, "Hello").await?;
        table(api, &space, &visitor, conversation).await?;

        // Bodies that are no JSON, or too much of it, and values of every wrong type in every field.
        let post = |path: &str| api.request(Method::POST, path).bearer_auth(&visitor.token);
        let paths = [
            format!("/api/v1/spaces/{}/visitors", space.space),
            "/api/v1/tokens/refresh".into(),
            "/api/v1/conversations".into(),
            "/api/v1/reports/csp".into(),
            "/api/v1/dev/sign-in".into(),
            "/api/v1/dev/spaces".into(),
        ];
        let bodies: [Vec<u8>; 7] = [
            b"{".to_vec(),
            b"\xff\xfe".to_vec(),
            b"null".to_vec(),
            b"\"text\"".to_vec(),
            "[".repeat(20_000).into_bytes(),
            br#"{"text":1e999}"#.to_vec(),
            vec![b' '; 2 * 1024 * 1024],
        ];
        let wrong = [
            json!(null),
            json!(true),
            json!(-1),
            json!("\u{0}"),
            json!([]),
            json!({}),
        ];
        let fields = [
            "text", "name", "refresh", "as", "space", "settings", "agents",
        ];
        for path in &paths {
            for body in &bodies {
                let request = post(path)
                    .header("Idempotency-Key", fresh_id()?.to_string())
                    .header("Content-Type", "application/json")
                    .body(body.clone());
                let answer = api.send(request).await?;
                ensure!(answer.status < 500, "{path}: {answer:?}");
            }
            for field in fields {
                for value in &wrong {
                    let body = json!({ "text": "Hello", field: value });
                    let request = post(path)
                        .header("Idempotency-Key", fresh_id()?.to_string())
                        .json(&body);
                    let answer = api.send(request).await?;
                    ensure!(answer.status < 500, "{path} {body}: {answer:?}");
                }
            }
            for key in [
                "",
                "1",
                "x".repeat(1_000).as_str(),
                "0190B6A4-2F7E-7CC3-98C4-DC0C0C07398F",
            ] {
                let request = post(path)
                    .header("Idempotency-Key", key)
                    .json(&json!({ "text": "Hello" }));
                let answer = api.send(request).await?;
                ensure!(answer.status < 500, "{path} {key:?}: {answer:?}");
            }
        }
        let long = format!("/{}", "a".repeat(100_000));
        let answer = api.get(&long, None).await;
        ensure!(answer.is_err() || answer.is_ok_and(|answer| (400..500).contains(&answer.status)));
        Ok(())
    });
}
