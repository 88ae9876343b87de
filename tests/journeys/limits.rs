//! Nobody is flooded: what comes too fast waits, says so, and goes by itself (SECURITY.md L2, L3; U15).

use anyhow::{Context, Result, ensure};
use reqwest::{Method, Response};
use serde_json::json;
use stage::api::{Api, Space, Visitor};
use stage::line::AgentLine;
use stage::play;
use stage::start::Edge;
use stage::wire::fresh_id;

/// Lets a visitor begin a conversation, with headers of its choice.
async fn begins(api: &Api, visitor: &Visitor, headers: &[(&str, &str)]) -> Result<Response> {
    let request = api.request(Method::POST, "/api/v1/conversations");
    let request = request.bearer_auth(&visitor.token);
    let request = request.header("Idempotency-Key", fresh_id()?.to_string());
    let add = |request: reqwest::RequestBuilder, (name, value): &(&str, &str)| {
        request.header(*name, *value)
    };
    let request = headers.iter().fold(request, add);
    Ok(request.json(&json!({ "text": "Hello" })).send().await?)
}

/// The wait that a refusal names, in the header and in the body alike.
async fn wait(answer: Response) -> Result<u64> {
    ensure!(answer.status() == 429, "{answer:?}");
    let header = answer.headers().get("retry-after");
    let header: u64 = header.context("no Retry-After")?.to_str()?.parse()?;
    let body: serde_json::Value = answer.json().await?;
    let error = &body["error"];
    ensure!(
        error["code"] == "rate_limited" && error["retry_after"] == header,
        "{body}"
    );
    Ok(header)
}

async fn somebody_begins(api: &Api, space: &Space, headers: &[(&str, &str)]) -> Result<Response> {
    begins(api, &api.visitor(space).await?, headers).await
}

#[test]
fn sec_l2_over_http_it_is_429_with_the_time_to_wait() {
    play(0, async |stage| {
        let api = stage.api();
        let settings = json!({
            "messages_burst": 2, "messages_per_10s": 1, "conversations_per_10min": 1,
        });
        let space = stage.space(settings, &["Jack"]).await?;
        let visitor = api.visitor(&space).await?;
        let conversation = api.conversation(&visitor, "Hello").await?;
        let path = format!("/api/v1/conversations/{conversation}/messages");
        let post = async || {
            let request = api.request(Method::POST, &path).bearer_auth(&visitor.token);
            let request = request.header("Idempotency-Key", fresh_id()?.to_string());
            anyhow::Ok(request.json(&json!({ "text": "Hello?" })).send().await?)
        };
        ensure!(post().await?.status() == 201);
        let seconds = wait(post().await?).await?;
        ensure!((1..=10).contains(&seconds), "{seconds}");
        let cancel = format!("/api/v1/conversations/{conversation}/cancel");
        // An end is a command like another one.
        let ended = api.post(&cancel, Some(&visitor.token), &json!({})).await?;
        ensure!(ended.status == 429, "{ended:?}");

        let quick = api.visitor(&space).await?;
        let first = api.conversation(&quick, "Hello").await?;
        let path = format!("/api/v1/conversations/{first}/cancel");
        let ended = api.post(&path, Some(&quick.token), &json!({})).await?;
        ensure!(ended.status == 200, "{ended:?}");
        let seconds = wait(begins(api, &quick, &[]).await?).await?;
        ensure!((500..=600).contains(&seconds), "one in 600 s: {seconds}");
        Ok(())
    });
}

/// On somebody's own machine nobody stands before us: what a client says of its address is a lie.
#[test]
fn sec_l3_01_an_address_that_a_client_names_counts_for_nothing() {
    play(0, async |stage| {
        let api = stage.api();
        let settings = json!({ "conversations_per_hour": 1 });
        let space = stage.space(settings, &["Jack"]).await?;
        let lies = [
            ("CF-Connecting-IP", "192.0.2.7"),
            ("X-Forwarded-For", "192.0.2.7"),
        ];
        for _ in 0..3 {
            let begun = somebody_begins(api, &space, &lies).await?;
            ensure!(begun.status() == 201, "{begun:?}");
        }
        Ok(())
    });
}

#[test]
fn sec_l3_02_pain_u15_behind_a_proxy_an_address_has_a_ceiling_of_its_own() {
    play(0, async |_| {
        let edge = Edge::with(vec![("CLIENT_ADDRESS_HEADER", "X-Real-IP".to_owned())])?;
        let api = Api::new(edge.base());
        let settings = json!({ "conversations_per_hour": 2 });
        let space = api.space(settings, &["Jack"]).await?;
        let from = async |address: &str| {
            let headers = [("X-Real-IP", address), ("CF-Connecting-IP", "198.51.100.1")];
            anyhow::Ok(somebody_begins(&api, &space, &headers).await?)
        };
        for address in [
            "192.0.2.7",
            "192.0.2.7",
            "2001:db8:0:1::1",
            "2001:db8:0:1:ff::2",
        ] {
            ensure!(from(address).await?.status() == 201, "{address}");
        }
        for address in [
            "192.0.2.7",
            "::ffff:192.0.2.7",
            "203.0.113.5, 192.0.2.7",
            "2001:db8:0:1::3",
        ] {
            let seconds = wait(from(address).await?).await?;
            ensure!((1_700..=1_800).contains(&seconds), "{address}: {seconds}");
        }
        // Whoever is elsewhere, or nowhere, has nothing to do with it.
        for address in [
            "192.0.2.8",
            "2001:db8:0:2::1",
            "<script>alert(1)</script>",
            "unknown",
        ] {
            ensure!(from(address).await?.status() == 201, "{address}");
        }
        Ok(())
    });
}

#[test]
fn sec_l2_the_chat_says_that_it_was_fast_and_sends_by_itself_and_in_order() {
    play(1, async |stage| {
        // A message in 3.3 s: longer than nobody would notice.
        let settings = json!({ "messages_burst": 2, "messages_per_10s": 3 });
        let space = stage.space(settings, &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let customer = stage.customer(&space).await?;
        customer.opens_chat().await?;
        customer.writes("first").await?;
        let mut talk = jack.accepts().await?;
        for text in ["second", "third", "fourth"] {
            customer.writes(text).await?;
        }
        customer
            .browser
            .reads(".banner__text", "sent by itself in a moment")
            .await?;
        customer.sees_message("fourth", "sending").await?;
        talk.reads("fourth").await?;
        customer.sees_message("fourth", "sent").await?;
        let texts = talk.texts();
        ensure!(texts == ["first", "second", "third", "fourth"], "{texts:?}");
        Ok(())
    });
}

#[test]
fn sec_l2_a_chat_that_begins_too_often_keeps_the_text_and_waits() {
    play(1, async |stage| {
        let settings = json!({ "conversations_per_10min": 1 });
        let space = stage.space(settings, &["Jack"]).await?;
        stage.excuse(&["Failed to load resource"]);
        let customer = stage.customer(&space).await?;
        customer.opens_chat().await?;
        customer.writes("first").await?;
        customer.is_told("Waiting for agent").await?;
        customer.ends().await?;
        customer.browser.presses(".ended__new").await?;
        customer.writes("once more").await?;
        customer
            .browser
            .reads(".banner__text", "sent by itself in a moment")
            .await?;
        customer.sees_message("once more", "sending").await?;
        Ok(())
    });
}

#[test]
fn sec_l1_ga2_sec_l2_pain_u15_who_has_no_session_comes_in_so_often_from_one_address() {
    play(0, async |_| {
        let edge = Edge::with(vec![("CLIENT_ADDRESS_HEADER", "X-Real-IP".to_owned())])?;
        let api = Api::new(edge.base());
        let space = api
            .space(json!({ "conversations_per_hour": 1 }), &["Jack"])
            .await?;
        let visitors = format!("/api/v1/spaces/{}/visitors", space.space);
        let post = async |path: &str, body: serde_json::Value, address: &str| {
            let request = api.request(Method::POST, path).json(&body);
            anyhow::Ok(request.header("X-Real-IP", address).send().await?)
        };
        // A session is a row: three for each conversation that may begin.
        for n in 0..3 {
            let made = post(&visitors, json!({}), "2001:db8:0:1::1").await?;
            ensure!(made.status() == 201, "{n}: {made:?}");
        }
        let seconds = wait(post(&visitors, json!({}), "2001:db8:0:1:ff::2").await?).await?;
        ensure!((3_500..=3_600).contains(&seconds), "{seconds}");
        for address in ["2001:db8:0:2::1", "192.0.2.7", "unknown"] {
            ensure!(
                post(&visitors, json!({}), address).await?.status() == 201,
                "{address}"
            );
        }
        // Ways in: the filter of the Worker.
        let look = json!({ "invitation": "bhi_x_y" });
        for n in 0..30 {
            let answer = post("/api/v1/invitations/look", look.clone(), "192.0.2.9").await?;
            ensure!(answer.status() == 410, "{n}: {answer:?}");
        }
        let answer = post("/api/v1/invitations/look", look.clone(), "192.0.2.9").await?;
        let seconds = wait(answer).await?;
        ensure!((1..=20).contains(&seconds), "{seconds}");
        let answer = post("/api/v1/invitations/look", look, "192.0.2.10").await?;
        ensure!(answer.status() == 410, "{answer:?}");
        // Customers who come back have a wider gate, for both ways together (GA4).
        let identify = format!("/api/v1/spaces/{}/identify", space.space);
        let guess = json!({ "id": "user-42", "hash": "0".repeat(64) });
        let refresh = json!({ "refresh": "bhr.x.y.1.z" });
        for n in 0..300 {
            let (path, body) = match n % 2 {
                0 => (identify.as_str(), &guess),
                _ => ("/api/v1/tokens/refresh", &refresh),
            };
            let answer = post(path, body.clone(), "192.0.2.9").await?;
            ensure!(answer.status() == 401, "{n}: {answer:?}");
        }
        for (path, body) in [
            (identify.as_str(), &guess),
            ("/api/v1/tokens/refresh", &refresh),
        ] {
            // One more comes in every two seconds, while these were on their way, too.
            let mut answer = post(path, body.clone(), "192.0.2.9").await?;
            while answer.status() == 401 {
                answer = post(path, body.clone(), "192.0.2.9").await?;
            }
            let seconds = wait(answer).await?;
            ensure!((1..=2).contains(&seconds), "{path}: {seconds}");
            let answer = post(path, body.clone(), "192.0.2.10").await?;
            ensure!(answer.status() == 401, "{path}: {answer:?}");
        }
        Ok(())
    });
}
