//! Dictation: what somebody says becomes words in the composer (F70; issue 5, "Speech to text").

mod bad;
mod page;
mod screen;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use stage::api::{Answer, Api, Space};
use stage::play;
use stage::speech::{as_ogg, heard_in_wav, spoken};
use stage::start::Edge;
use stage::transcriber::{KEY, Transcriber, WORDS};

/// Asks for the words of a recording.
async fn transcribed(
    api: &Api,
    space: &str,
    token: &str,
    query: &str,
    sound: &[u8],
) -> Result<Answer> {
    let path = format!("/api/v1/spaces/{space}/transcriptions{query}");
    let request = api.request(Method::POST, &path).bearer_auth(token);
    api.send(request.body(sound.to_vec())).await
}

/// Sets the transcriber of a space.
async fn sets(api: &Api, space: &Space, token: &str, body: &Value) -> Result<Answer> {
    let path = format!("/api/v1/spaces/{}/transcriber", space.space);
    let request = api.request(Method::PUT, &path).bearer_auth(token);
    api.send(request.json(body)).await
}

/// A space with an admin, Ada, and an agent, Jack; and the token of the admin.
async fn space(api: &Api, settings: Value) -> Result<(Space, String)> {
    let agents = vec![
        json!({ "name": "Ada", "role": "admin" }),
        json!({ "name": "Jack" }),
    ];
    let space = api.space_with(settings, agents).await?;
    let token = api.sign_in(&space, "Ada").await?.token;
    Ok((space, token))
}

#[test]
fn sp2_sp4_a_recording_is_written_down_by_the_spaces_own_transcriber_and_kept_nowhere() {
    play(0, async |_| {
        let edge = Edge::start()?;
        let api = &Api::new(edge.base());
        let transcriber = Transcriber::start().await?;
        let (space, ada) = space(api, json!({})).await?;
        let set = sets(api, &space, &ada, &transcriber.settings()).await?;
        ensure!(set.status == 200, "{set:?}");
        let own = &set.body["transcriber"];
        ensure!(
            own["url"] == transcriber.url() && own["model"] == "whisper-1",
            "{own}"
        );
        ensure!(
            own["last4"] == "-key" && set.body["installation"] == false,
            "{set:?}"
        );
        ensure!(!set.body.to_string().contains("canary"), "{set:?}");

        let wav = spoken("Meine Lampe geht nicht.", "de")?;
        let customer = api.visitor(&space).await?;
        let answer =
            transcribed(api, &space.space, &customer.token, "?language=de-DE", &wav).await?;
        ensure!(
            answer.status == 200 && answer.body == json!({ "text": WORDS }),
            "{answer:?}"
        );
        let asked = transcriber.newest()?;
        ensure!(
            asked.line == "POST /v1/audio/transcriptions",
            "{}",
            asked.line
        );
        ensure!(
            asked.authorization == format!("Bearer {KEY}"),
            "{}",
            asked.authorization
        );
        ensure!((asked.model.as_str(), asked.language.as_deref()) == ("whisper-1", Some("de")));
        ensure!((asked.name.as_str(), asked.kind.as_str()) == ("speech.wav", "audio/wav"));
        ensure!(asked.sound == wav, "to the byte");
        let heard = heard_in_wav(&asked.sound)?;
        heard.is_speech(1.0..6.0)?;
        ensure!((heard.rate - 48_000.0).abs() < 0.5, "{heard:?}");

        // Agents dictate as well; what is no language is not told on.
        let jack = api.sign_in(&space, "Jack").await?.token;
        let ogg = as_ogg(&wav)?;
        let answer = transcribed(api, &space.space, &jack, "?language=%22%0d%0a", &ogg).await?;
        ensure!(answer.body["text"] == WORDS, "{answer:?}");
        let asked = transcriber.newest()?;
        ensure!(
            asked.language.is_none() && asked.name == "speech.ogg" && asked.sound == ogg,
            "{asked:?}"
        );

        let stored = edge.stored()?;
        let holds = |part: &[u8]| stored.windows(part.len()).any(|window| window == part);
        let middle = wav.len() / 2;
        let sound = wav.get(middle..middle + 64).context("long enough")?;
        ensure!(
            !holds(sound) && !holds(WORDS.as_bytes()),
            "nothing of it is kept"
        );
        ensure!(
            holds(b"whisper-1") && !holds(KEY.as_bytes()),
            "the key is sealed"
        );
        ensure!(!edge.log().contains("canary"), "{}", edge.log());

        // Who has a new address brings a new key.
        let moved = json!({ "url": transcriber.url(), "model": "whisper-2" });
        let set = sets(api, &space, &ada, &moved).await?;
        ensure!(set.body["transcriber"]["last4"] == "", "{set:?}");
        transcribed(api, &space.space, &jack, "", &wav).await?;
        let asked = transcriber.newest()?;
        ensure!(
            asked.authorization.is_empty() && asked.model == "whisper-2",
            "{asked:?}"
        );
        let gone = sets(api, &space, &ada, &json!({})).await?;
        ensure!(gone.body["transcriber"].is_null(), "{gone:?}");
        let answer = transcribed(api, &space.space, &jack, "", &wav).await?;
        ensure!(
            (answer.status, answer.code()) == (503, "dictation_not_configured"),
            "{answer:?}"
        );
        let path = format!("/api/v1/spaces/{}/audit", space.space);
        let acts = api.get(&path, Some(&ada)).await?.body.to_string();
        ensure!(
            acts.matches("transcriber_set").count() == 3 && !acts.contains("canary"),
            "{acts}"
        );
        Ok(())
    });
}

#[test]
fn sp4_workers_ai_writes_down_where_the_space_has_nobody() {
    play(0, async |_| {
        let (cloud, other) = (Transcriber::start().await?, Transcriber::start().await?);
        let edge = Edge::with(cloud.vars())?;
        let api = &Api::new(edge.base());
        let (space, ada) = space(api, json!({})).await?;
        let wav = spoken("My lamp does not work", "en")?;
        let customer = api.visitor(&space).await?;
        let answer =
            transcribed(api, &space.space, &customer.token, "?language=en-GB", &wav).await?;
        ensure!(answer.body == json!({ "text": WORDS }), "{answer:?}");
        let asked = cloud.newest()?;
        ensure!(
            asked.model == "@cf/openai/whisper-large-v3-turbo",
            "{}",
            asked.model
        );
        ensure!(
            asked.language.as_deref() == Some("en") && asked.sound == wav,
            "{:?}",
            asked.language
        );
        heard_in_wav(&asked.sound)?.is_speech(1.0..5.0)?;
        let answer = transcribed(api, &space.space, &customer.token, "", &wav).await?;
        ensure!(
            answer.status == 200 && cloud.newest()?.language.is_none(),
            "{answer:?}"
        );

        let path = format!("/api/v1/spaces/{}/transcriber", space.space);
        let read = api.get(&path, Some(&ada)).await?;
        ensure!(
            read.body == json!({ "transcriber": null, "installation": true }),
            "{read:?}"
        );
        let path = format!("/api/v1/spaces/{}/status", space.space);
        let status = api.get(&path, Some(&ada)).await?.body.to_string();
        ensure!(
            status.contains(r#"{"feature":"dictation","missing":[],"state":"on"}"#)
                || status.contains(r#"{"feature":"dictation","state":"on","missing":[]}"#),
            "{status}"
        );

        // The space's own goes first.
        sets(api, &space, &ada, &other.settings()).await?;
        transcribed(api, &space.space, &customer.token, "", &wav).await?;
        ensure!((cloud.calls().len(), other.calls().len()) == (2, 1));
        Ok(())
    });
}

#[test]
fn sp1_the_page_knows_how_one_dictates() {
    play(0, async |stage| {
        let api = stage.api();
        let shows = async |space: &Space, page: &str, way: &str| {
            let path = format!("/{page}?space={}", space.space);
            let text = api.request(Method::GET, &path).send().await?.text().await?;
            let expected = format!("data-dictate=\"{way}\"");
            ensure!(text.contains(&expected), "{page}: {way}");
            anyhow::Ok(())
        };
        let transcriber = Transcriber::start().await?;
        let (space, ada) = space(api, json!({})).await?;
        let off = stage
            .space(json!({ "dictation": false }), &["Jack"])
            .await?;
        for page in ["chat", "agent"] {
            shows(&space, page, "browser").await?;
            shows(&off, page, "").await?;
        }
        sets(api, &space, &ada, &transcriber.settings()).await?;
        for page in ["chat", "agent"] {
            shows(&space, page, "edge").await?;
        }
        Ok(())
    });
}
