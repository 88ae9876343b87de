//! Speech to text: a recording goes to a transcriber, and words come back. What is taken, asked and believed says
//! [`shared::dictation`]; nothing of it is kept.
//!
//! The installation's transcriber is Workers AI, by the binding `AI`. `TRANSCRIPTION_TIMEOUT_MS` shortens the wait
//! for any of them.

use core::time::Duration;

use shared::dictation::{self, MODEL, PATIENCE, Transcriber, Unheard};
use shared::features::Feature;
use shared::file::Kind;
use shared::id::SpaceId;
use worker::js_sys::{Promise, Uint8Array};
use worker::wasm_bindgen::prelude::*;
use worker::wasm_bindgen_futures::JsFuture;
use worker::{Delay, Env, wasm_bindgen};

use crate::auth::seal;
use crate::errors::Problem;
use crate::features;
use crate::outside::{self, Said};

/// What a secret of this place is called (SE2).
pub const SEALED_AS: &str = "transcriber";

#[wasm_bindgen(inline_js = r#"
export const hear = async ({ AI }, model, sound, language, millis) => {
  const late = new Promise((_, fail) => setTimeout(fail, millis));
  return JSON.stringify(await Promise.race([AI.run(model, { audio: sound.toBase64(), ...(language && { language }) }), late]));
};
export const form = (model, sound, language, type, name) => {
  const form = new FormData();
  form.set("model", model);
  if (language) form.set("language", language);
  form.set("response_format", "json");
  form.set("file", new Blob([sound], { type }), name);
  return form;
};
"#)]
extern "C" {
    /// Asks Workers AI: its answer as JSON.
    fn hear(
        env: &JsValue,
        model: &str,
        sound: Uint8Array,
        language: Option<&str>,
        millis: u32,
    ) -> Promise;
    /// What another transcriber is asked by.
    fn form(
        model: &str,
        sound: Uint8Array,
        language: Option<&str>,
        kind: &str,
        name: &str,
    ) -> JsValue;
}

/// A recording.
pub struct Recording<'a> {
    /// What it is.
    pub kind: Kind,
    /// What it holds.
    pub sound: &'a [u8],
    /// Its language, if that is known.
    pub language: Option<&'a str>,
}

/// How somebody dictates to this installation: by a word that the page knows.
pub fn way(env: &Env, has_own: bool) -> &'static str {
    if has_own || features::is_on(env, Feature::Dictation) {
        "edge"
    } else {
        "browser"
    }
}

/// Writes a recording down, by the space's own transcriber or that of the installation (SP4).
///
/// # Errors
/// 503 where there is neither, or it is down; 502 when it refuses, or answers something else; 422 when there were
/// no words.
pub async fn write_down(
    env: &Env,
    space: &SpaceId,
    own: Option<Transcriber>,
    recording: Recording<'_>,
) -> Result<String, Problem> {
    let answer = match own {
        Some(own) => by_form(env, space, &own, &recording).await?,
        None => {
            features::check(env, Feature::Dictation)?;
            by_binding(env, &recording).await?
        }
    };
    dictation::heard(&answer).map_err(unheard)
}

/// What is said of a recording that brings no words.
pub fn unheard(why: Unheard) -> Problem {
    let (status, code) = match why {
        Unheard::Empty => (422, "sound_empty"),
        Unheard::NotTaken => (422, "sound_not_taken"),
        Unheard::Nothing => (422, "nothing_heard"),
        Unheard::Unfit => (502, "transcriber_unfit"),
    };
    Problem::new(status, code, why.to_string())
}

async fn by_binding(env: &Env, recording: &Recording<'_>) -> Result<String, Problem> {
    let sound = Uint8Array::from(recording.sound);
    let millis = u32::try_from(patience(env).as_millis()).unwrap_or(u32::MAX);
    let asked = hear(env.as_ref(), MODEL, sound, recording.language, millis);
    let answer = JsFuture::from(asked).await;
    let answer = answer.map_err(|_| unavailable("does not answer"))?;
    Ok(answer.as_string().unwrap_or_default())
}

async fn by_form(
    env: &Env,
    space: &SpaceId,
    own: &Transcriber,
    recording: &Recording<'_>,
) -> Result<String, Problem> {
    let name = SEALED_AS;
    let key = match own.key.as_str() {
        "" => String::new(),
        sealed => seal::open(env, seal::Place { space, name }, sealed).await?,
    };
    let Recording {
        kind,
        sound,
        language,
    } = *recording;
    let sound = Uint8Array::from(sound);
    let name = dictation::file_name(kind);
    let body = form(&own.model, sound, language, kind.media_type(), &name);
    let bearer = format!("Bearer {key}");
    let headers = [("authorization", bearer.as_str())];
    let headers = if key.is_empty() { &[] } else { &headers[..] };
    let mut is_again = false;
    loop {
        let patience = patience(env);
        let said = outside::send(env, &own.url, headers, Some(&body), patience).await;
        let Ok(Said {
            status,
            retry_after,
            text,
        }) = said
        else {
            return Err(unavailable("does not answer"));
        };
        if (200..300).contains(&status) {
            return Ok(text);
        }
        match dictation::again(status, retry_after.as_deref()) {
            Some(pause) if !is_again => {
                is_again = true;
                Delay::from(Duration::from_secs(pause.into())).await;
            }
            _ if dictation::is_later(status) => return Err(unavailable(status)),
            _ => {
                worker::console_error!("edge: a transcriber refuses: {status}");
                let message = "the transcriber has refused the recording";
                return Err(Problem::new(502, "transcriber_refused", message));
            }
        }
    }
}

/// How long one of them may take.
fn patience(env: &Env) -> Duration {
    let asked = env.var("TRANSCRIPTION_TIMEOUT_MS").ok();
    let asked = asked.and_then(|millis| millis.to_string().parse().ok());
    asked.map_or(PATIENCE, |millis| {
        Duration::from_millis(millis).min(PATIENCE)
    })
}

fn unavailable(why: impl core::fmt::Display) -> Problem {
    worker::console_error!("edge: a transcriber is down: {why}");
    let message = "the transcriber cannot be reached at the moment: send it again";
    Problem::later("transcriber_unavailable", message)
}
