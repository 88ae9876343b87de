//! The audit log (P25): what admins have done, who reads it, and whether it is whole.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use stage::api::{Api, Space};
use stage::play;

use crate::accounts::sha256;

async fn office(api: &Api) -> Result<(Space, String, String)> {
    let agents = vec![
        json!({ "name": "Ada", "role": "admin" }),
        json!({ "name": "Dot", "role": "supervisor" }),
    ];
    let space = api.space_with(json!({}), agents).await?;
    let admin = api.sign_in(&space, "Ada").await?.token;
    let other = api.sign_in(&space, "Dot").await?.token;
    Ok((space, admin, other))
}

async fn read(api: &Api, path: &str, token: &str) -> Result<Value> {
    let answer = api.get(path, Some(token)).await?;
    ensure!(answer.status == 200, "{path}: {answer:?}");
    Ok(answer.body)
}

/// The hash as the API document says.
fn digest(entry: &Value) -> Result<String> {
    let names = [
        "n", "at", "who", "what", "object", "before", "after", "prev",
    ];
    let form: Vec<_> = names.iter().map(|name| entry[*name].clone()).collect();
    sha256(&Value::Array(form).to_string())
}

#[test]
fn p25_sec_r1_04_what_an_admin_does_is_in_the_audit_log() {
    play(0, async |stage| {
        let api = stage.api();
        let (space, admin, other) = office(api).await?;
        let base = format!("/api/v1/spaces/{}", space.space);
        let settings = format!("{base}/settings");
        let origins = json!({ "origins": ["https://shop.example"] });
        ensure!(api.patch(&settings, &admin, &origins).await?.status == 200);
        // What is refused is no act.
        ensure!(api.patch(&settings, &other, &origins).await?.status == 403);
        let off = json!({ "live_chat": false });
        ensure!(api.patch(&settings, &admin, &off).await?.status == 200);
        let token = json!({ "name": "Reports" });
        let made = api
            .post(&format!("{base}/tokens"), Some(&admin), &token)
            .await?;
        ensure!(made.status == 201, "{made:?}");

        let audit = format!("{base}/audit");
        let log = read(api, &audit, &admin).await?;
        let entries = log["entries"].as_array().context("no entries")?;
        let kinds: Vec<_> = entries.iter().map(|entry| &entry["what"]).collect();
        let expected = [
            "token_made",
            "settings_changed",
            "settings_changed",
            "space_created",
        ];
        ensure!(kinds == expected, "{log}");
        let (before, after) = (&entries[2]["before"], &entries[2]["after"]);
        let own = r#"{"origins":["http://localhost:*","http://127.0.0.1:*"]}"#;
        ensure!(before == own, "{before}");
        ensure!(
            after == r#"{"origins":["https://shop.example"]}"#,
            "{after}"
        );
        let secret = made.body["token"].as_str().context("no token")?;
        ensure!(!log.to_string().contains(secret), "K-01: {log}");
        for pair in entries.windows(2) {
            ensure!(pair[0]["prev"] == pair[1]["hash"], "{pair:?}");
            ensure!(pair[0]["hash"] == digest(&pair[0])?.as_str(), "{pair:?}");
        }

        let ada = entries[0]["who"].as_str().context("nobody")?;
        for (query, count) in [
            ("what=settings_changed", 2),
            (&format!("who={ada}"), 3),
            (&format!("who={ada}&what=token_made"), 1),
            ("before=3", 2),
            ("what=signed_in", 0),
        ] {
            let page = read(api, &format!("{audit}?{query}"), &admin).await?;
            let found = page["entries"].as_array().map(Vec::len);
            ensure!(found == Some(count), "{query}: {page}");
        }
        let verdict = read(api, &format!("{audit}/check"), &admin).await?;
        let whole = json!({ "whole": true, "broken_at": null, "checked": 4, "next": null });
        ensure!(verdict == whole, "{verdict}");

        for path in [&audit, &format!("{audit}/check")] {
            for (token, status) in [(Some(&other), 403), (None, 401)] {
                let answer = api.get(path, token.map(String::as_str)).await?;
                ensure!(answer.status == status, "{path}: {answer:?}");
            }
        }
        for query in ["?who=7", "?what=nothing", "?before=-1", "/check?after=x"] {
            let answer = api.get(&format!("{audit}{query}"), Some(&admin)).await?;
            ensure!(answer.status == 422, "{query}: {answer:?}");
        }
        Ok(())
    });
}
