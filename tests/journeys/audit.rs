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

#[test]
fn p25_the_page_of_the_audit_log_speaks_in_words() {
    play(1, async |stage| {
        let api = stage.api();
        let (space, admin, _) = office(api).await?;
        let me = api.visitor(&space).await?;
        let path = |what: &str| format!("/api/v1/spaces/{}/{what}", space.space);
        let changes = [
            json!({ "origins": ["https://shop.example"], "idle_s": 5400, "live_chat": false }),
            json!({ "queues": [{ "name": "returns", "title": "Returns" }] }),
            json!({ "queues": [{ "name": "returns", "title": "Returns", "max_waiting": 5 }] }),
        ];
        for change in &changes {
            let answer = api.patch(&path("settings"), &admin, change).await?;
            ensure!(answer.status == 200, "{answer:?}");
        }
        let agents = read(api, &path("agents"), &admin).await?;
        let agents = agents["agents"].as_array().context("no agents")?;
        let dot = agents.iter().find(|agent| agent["name"] == "Dot");
        let dot = dot
            .and_then(|dot| dot["agent"].as_str())
            .context("no Dot")?;
        let change = json!({ "role": "agent", "limit": 3, "queues": ["returns"] });
        let dot = path(&format!("agents/{dot}"));
        ensure!(api.patch(&dot, &admin, &change).await?.status == 200);
        let token = json!({ "name": "Reports", "scope": "read" });
        let made = api.post(&path("tokens"), Some(&admin), &token).await?;
        ensure!(made.status == 201, "{made:?}");
        let erased = json!({ "visitor": me.visitor });
        let erased = api.post(&path("erasures"), Some(&admin), &erased).await?;
        ensure!(erased.status == 202, "{erased:?}");

        let ada = stage.agent(&space, "Ada").await?;
        for (language, expected) in [
            (
                "en",
                [
                    "Silence before both sides are warned: 20 minutes \u{2192} 90 minutes",
                    "Customers can chat: yes \u{2192} no",
                    "Queues \u{b7} Returns: added",
                    "Queues \u{b7} Returns \u{b7} Most conversations that wait: \u{2013} \u{2192} 5",
                    "Role: Supervisor \u{2192} Agent",
                    "Conversations at a time: as the space \u{2192} 3",
                    "Name: Reports",
                    "Guest ",
                ],
            ),
            (
                "de",
                [
                    "20 Minuten \u{2192} 90 Minuten",
                    "ja \u{2192} nein",
                    "Warteschlangen \u{b7} Returns: hinzugefügt",
                    "Returns \u{b7} Wartende Gespräche höchstens: \u{2013} \u{2192} 5",
                    "Rolle: Supervisor \u{2192} Agent",
                    "wie der Bereich \u{2192} 3",
                    "Name: Reports",
                    "Guest ",
                ],
            ),
        ] {
            let base = api.base();
            let page = format!("{base}/agent?lang={language}#audit={}", space.space);
            ada.browser.goes(&page).await?;
            ada.browser.sees(".rows__row:nth-child(8)").await?;
            let rows = "return document.querySelector('ul.rows').innerText";
            let rows: String = ada.browser.runs(rows, &[]).await?;
            for words in expected {
                ensure!(rows.contains(words), "{language}: no {words:?} in {rows}");
            }
            // Neither JSON nor an id, which has four signs between its five parts.
            let is_id = |word: &str| word.len() == 36 && word.matches('-').count() == 4;
            let is_raw = rows.contains('{') || rows.split_whitespace().any(is_id);
            ensure!(!is_raw, "{rows}");
        }
        Ok(())
    });
}
