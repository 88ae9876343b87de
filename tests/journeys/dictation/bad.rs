//! Recordings that are none, people who may not, and transcribers that fail.

use anyhow::ensure;
use reqwest::Method;
use serde_json::json;
use stage::api::Api;
use stage::play;
use stage::speech::spoken;
use stage::start::Edge;
use stage::transcriber::{Reply, Transcriber, WORDS};

use super::{sets, space, transcribed};

fn says(status: u16, retry_after: Option<&'static str>, body: impl Into<String>) -> Reply {
    Reply::Says(status, retry_after, body.into())
}

#[test]
fn sp5_sp6_a_transcriber_that_fails_is_told_apart() {
    play(0, async |_| {
        let edge = Edge::with(vec![("TRANSCRIPTION_TIMEOUT_MS", "700".into())])?;
        let api = &Api::new(edge.base());
        let transcriber = Transcriber::start().await?;
        let (space, ada) = space(api, json!({})).await?;
        sets(api, &space, &ada, &transcriber.settings()).await?;
        let wav = spoken("Hello", "en")?;
        let good = || says(200, None, json!({ "text": "Hello" }).to_string());
        let canary = "provider-canary-7f3a";
        let error = json!({ "error": { "message": canary } }).to_string();
        // What it answers, what we do, and how often it was asked.
        let cases = [
            (
                "refuses",
                vec![says(400, None, &*error)],
                502,
                "transcriber_refused",
                1,
            ),
            (
                "wrong key",
                vec![says(401, Some("0"), &*error)],
                502,
                "transcriber_refused",
                1,
            ),
            (
                "elsewhere",
                vec![says(307, None, "")],
                502,
                "transcriber_refused",
                1,
            ),
            (
                "once down",
                vec![says(500, None, &*error), good()],
                200,
                "",
                2,
            ),
            (
                "once busy",
                vec![says(429, Some("0"), ""), good()],
                200,
                "",
                2,
            ),
            (
                "busy",
                vec![says(429, None, "")],
                503,
                "transcriber_unavailable",
                1,
            ),
            (
                "busy for long",
                vec![says(429, Some("600"), "")],
                503,
                "transcriber_unavailable",
                1,
            ),
            (
                "down",
                vec![says(503, Some("0"), ""), says(503, Some("0"), "")],
                503,
                "transcriber_unavailable",
                2,
            ),
            (
                "down, then refuses",
                vec![says(500, None, ""), says(400, None, "")],
                502,
                "transcriber_refused",
                2,
            ),
            (
                "hangs up",
                vec![Reply::Drops],
                503,
                "transcriber_unavailable",
                1,
            ),
            (
                "too slow",
                vec![Reply::Hangs],
                503,
                "transcriber_unavailable",
                1,
            ),
            (
                "no JSON",
                vec![says(200, None, "<html>nothing</html>")],
                502,
                "transcriber_unfit",
                1,
            ),
            (
                "no text",
                vec![says(200, None, "{\"text\": [1]}")],
                502,
                "transcriber_unfit",
                1,
            ),
            (
                "half of it",
                vec![says(200, None, "{\"text\": \"He")],
                502,
                "transcriber_unfit",
                1,
            ),
            (
                "too much",
                vec![says(200, None, " ".repeat(1 << 21))],
                503,
                "transcriber_unavailable",
                1,
            ),
            (
                "nothing",
                vec![says(200, None, "{\"text\": \" \\u200b\\n\"}")],
                422,
                "nothing_heard",
                1,
            ),
        ];
        for (number, (case, replies, status, code, calls)) in cases.into_iter().enumerate() {
            let before = transcriber.calls().len();
            transcriber.answers(replies);
            // Each of them has its own thirty.
            let customer = api.visitor(&space).await?;
            let answer = transcribed(api, &space.space, &customer.token, "", &wav).await?;
            ensure!(
                (answer.status, answer.code()) == (status, code),
                "{number} {case}: {answer:?}"
            );
            let asked = transcriber.calls().len() - before;
            ensure!(asked == calls, "{case}: asked {asked} times");
            ensure!(
                !answer.body.to_string().contains(canary),
                "{case}: {answer:?}"
            );
            let retry = answer.body["error"]["retry_after"].is_u64();
            ensure!(retry == (status == 503), "{case}: {answer:?}");
        }
        ensure!(
            !edge.log().contains(canary),
            "nothing of an answer is written down"
        );
        let customer = api.visitor(&space).await?;
        let long = json!({ "text": format!("a\u{202e}\u{0}{}", "x".repeat(20_000)) }).to_string();
        transcriber.answers([says(200, None, long)]);
        let answer = transcribed(api, &space.space, &customer.token, "", &wav).await?;
        let text = answer.body["text"].as_str().unwrap_or_default();
        ensure!(
            text.len() == 10_000 && text.starts_with("axx"),
            "{}",
            text.len()
        );
        let answer = transcribed(api, &space.space, &customer.token, "", &wav).await?;
        ensure!(answer.body["text"] == WORDS, "it goes on: {answer:?}");
        Ok(())
    });
}

#[test]
fn sp6_workers_ai_that_fails_may_be_asked_again() {
    play(0, async |_| {
        let cloud = Transcriber::start().await?;
        let mut vars = cloud.vars();
        vars.push(("TRANSCRIPTION_TIMEOUT_MS", "700".into()));
        let edge = Edge::with(vars)?;
        let api = &Api::new(edge.base());
        let (space, _) = space(api, json!({})).await?;
        let wav = spoken("Hello", "en")?;
        let customer = api.visitor(&space).await?;
        let cases = [
            (says(500, None, "{}"), 503, "transcriber_unavailable"),
            (Reply::Drops, 503, "transcriber_unavailable"),
            (Reply::Hangs, 503, "transcriber_unavailable"),
            (says(200, None, "nothing"), 503, "transcriber_unavailable"),
            (says(200, None, "{}"), 502, "transcriber_unfit"),
            (says(200, None, "{\"text\": \"\"}"), 422, "nothing_heard"),
            (says(200, None, "{\"text\": \"Hi\"}"), 200, ""),
        ];
        for (reply, status, code) in cases {
            let case = format!("{reply:?}");
            cloud.answers([reply]);
            let answer = transcribed(api, &space.space, &customer.token, "", &wav).await?;
            ensure!(
                (answer.status, answer.code()) == (status, code),
                "{case}: {answer:?}"
            );
        }
        Ok(())
    });
}

#[test]
fn sp1_sp2_sec_c6_who_dictates_and_what() {
    play(0, async |stage| {
        let api = stage.api();
        let transcriber = Transcriber::start().await?;
        let (space, ada) = space(api, json!({})).await?;
        sets(api, &space, &ada, &transcriber.settings()).await?;
        let other = stage.space(json!({}), &["Jack"]).await?;
        let off = stage
            .space(json!({ "dictation": false }), &["Jack"])
            .await?;
        let wav = spoken("Hello", "en")?;
        let customer = api.visitor(&space).await?;
        let stranger = api.visitor(&other).await?;
        let silent = api.visitor(&off).await?;
        let png = b"\x89PNG\r\n\x1a\n and so on".to_vec();
        let cases = [
            (&space, &*customer.token, b"".to_vec(), 422, "sound_empty"),
            (
                &space,
                &*customer.token,
                b"{}".to_vec(),
                422,
                "sound_not_taken",
            ),
            (&space, &*customer.token, png, 422, "sound_not_taken"),
            (&space, "nonsense", wav.clone(), 401, "token_invalid"),
            (&space, &*stranger.token, wav.clone(), 404, "space_unknown"),
            (&off, &*silent.token, wav.clone(), 403, "dictation_off"),
            (
                &other,
                &*stranger.token,
                wav.clone(),
                503,
                "dictation_not_configured",
            ),
        ];
        for (space, token, sound, status, code) in cases {
            let answer = transcribed(api, &space.space, token, "", &sound).await?;
            ensure!(
                (answer.status, answer.code()) == (status, code),
                "{code}: {answer:?}"
            );
        }
        let path = format!("/api/v1/spaces/{}/transcriptions", space.space);
        let answer = api
            .send(api.request(Method::POST, &path).body(wav.clone()))
            .await?;
        ensure!(
            (answer.status, answer.code()) == (401, "token_missing"),
            "{answer:?}"
        );
        ensure!(transcriber.calls().is_empty(), "nobody was asked");
        // The largest that there is; what announces more is refused unread (H3 in `every`).
        let mut large = wav.clone();
        large.resize(10_000_000, 0);
        let answer = transcribed(api, &space.space, &customer.token, "", &large).await?;
        ensure!(answer.status == 200, "{answer:?}");
        ensure!(transcriber.newest()?.sound.len() == 10_000_000);
        Ok(())
    });
}

#[test]
fn sp7_a_transcriber_is_a_server_that_may_be_called() {
    play(0, async |stage| {
        let api = stage.api();
        let (space, ada) = space(api, json!({})).await?;
        let jack = api.sign_in(&space, "Jack").await?.token;
        let url = "https://speech.example.com/v1/audio/transcriptions";
        let cases = [
            (json!({ "url": "http://10.0.0.1/v1", "model": "m" }), "url"),
            (
                json!({ "url": "https://169.254.169.254/", "model": "m" }),
                "url",
            ),
            (
                json!({ "url": "https://key@speech.example.com/", "model": "m" }),
                "url",
            ),
            (json!({ "url": "nowhere", "model": "m" }), "url"),
            (json!({ "url": url }), "model"),
            (json!({ "url": url, "model": "a b" }), "model"),
            (json!({ "url": url, "model": "m\"" }), "model"),
            (
                json!({ "url": url, "model": "m", "key": "a\r\nHost: evil" }),
                "key",
            ),
            (
                json!({ "url": url, "model": "m", "key": "x".repeat(301) }),
                "key",
            ),
        ];
        for (body, field) in cases {
            let answer = sets(api, &space, &ada, &body).await?;
            let is_so =
                answer.code() == "value_malformed" && answer.body["error"]["field"] == field;
            ensure!(is_so, "{body}: {answer:?}");
        }
        let body = json!({ "url": url, "model": "whisper-1", "key": "short" });
        let answer = sets(api, &space, &jack, &body).await?;
        ensure!(answer.code() == "forbidden", "{answer:?}");
        let answer = sets(api, &space, &ada, &body).await?;
        let own = &answer.body["transcriber"];
        ensure!(
            own["last4"] == "" && own["url"] == url,
            "of a short key nothing: {answer:?}"
        );
        Ok(())
    });
}

#[test]
fn sp9_sec_l2_recordings_cost_money_and_are_counted() {
    play(0, async |stage| {
        let api = stage.api();
        let (space, _) = space(api, json!({ "dictations_per_hour": 2 })).await?;
        // Whatever becomes of a recording, it counts.
        for expected in [422, 422, 429] {
            let customer = api.visitor(&space).await?;
            let answer = transcribed(api, &space.space, &customer.token, "", b"{}").await?;
            ensure!(answer.status == expected, "{answer:?}");
            let retry = &answer.body["error"]["retry_after"];
            ensure!(expected != 429 || retry == 1_800, "{answer:?}");
        }
        let (space, ada) = super::space(api, json!({})).await?;
        for _ in 0..30 {
            let answer = transcribed(api, &space.space, &ada, "", b"{}").await?;
            ensure!(answer.status == 422, "{answer:?}");
        }
        let answer = transcribed(api, &space.space, &ada, "", b"{}").await?;
        ensure!(
            (answer.status, answer.code()) == (429, "rate_limited"),
            "{answer:?}"
        );
        let customer = api.visitor(&space).await?;
        let answer = transcribed(api, &space.space, &customer.token, "", b"{}").await?;
        ensure!(answer.status == 422, "another one's thirty: {answer:?}");
        Ok(())
    });
}
