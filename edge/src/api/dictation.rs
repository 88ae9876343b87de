//! Dictation: a recording is written down, and who does that (`shared::dictation`).

use serde_json::json;
use shared::dictation::{self, SOUND_MAX, Transcriber, is_word};
use shared::id::SpaceId;
use shared::refusal::Refusal;
use shared::space::{Door, Opened};
use worker::Response;

use super::fields::Fields;
use super::invitations::open;
use crate::ask::{self, SpaceAsk};
use crate::auth::seal;
use crate::dictation::{Recording, SEALED_AS, unheard, write_down};
use crate::errors::Problem;
use crate::router::Call;
use crate::{body, clock, outside};

/// `POST spaces/{space}/transcriptions`: the words of a recording.
pub async fn transcribe(call: &mut Call) -> Result<Response, Problem> {
    let pass = call.pass()?;
    let space: SpaceId = super::named(&call.place, Refusal::SpaceUnknown)?;
    // What belongs to another space is not there (T5).
    if pass.space != space {
        return Err(Refusal::SpaceUnknown.into());
    }
    body::check_length(&call.request, SOUND_MAX as u64)?;
    let asked = Door::Dictate(ask::subject(&pass.person));
    let Opened::Dictates(own) = open(call, &space, asked).await? else {
        let message = "dictation is switched off in this space";
        return Err(Problem::forbidden("dictation_off", message));
    };
    let sound = body::up_to(&mut call.request, SOUND_MAX).await?;
    let language = call.parameter("language").unwrap_or_default();
    let language = dictation::language(&language);
    let recording = Recording {
        kind: dictation::kind(&sound).map_err(unheard)?,
        sound: &sound,
        language: language.as_deref(),
    };
    let text = write_down(&call.env, &space, own, recording).await?;
    super::json(200, &json!({ "text": text }))
}

/// `GET spaces/{space}/transcriber`
pub async fn read(call: &Call) -> Result<Response, Problem> {
    let (space, _) = super::agent_of(call)?;
    super::read_space(call, &space, &SpaceAsk::Transcriber).await
}

/// `PUT spaces/{space}/transcriber`: one of the space's own, or none.
pub async fn set(call: &mut Call) -> Result<Response, Problem> {
    let (space, by) = super::agent_of(call)?;
    let mut fields = Fields::read(&mut call.request).await?;
    let (url, model, key) = (
        fields.text("url")?,
        fields.text("model")?,
        fields.text("key")?,
    );
    fields.end()?;
    // Nothing is sealed for somebody who may not have it.
    super::ask_space(call, &space, &SpaceAsk::MayLetIn).await?;
    let malformed = |field, message: &str| Problem::field("value_malformed", field, message);
    let transcriber = match url {
        None => None,
        Some(url) => {
            let url = outside::may(&call.env, &url)
                .map_err(|why| malformed("url", &format!("url: {why}")))?
                .to_string();
            let (model, key) = (model.unwrap_or_default(), key.unwrap_or_default());
            if model.is_empty() || !is_word(&model) {
                return Err(malformed("model", "model is the name of a model"));
            }
            if !is_word(&key) {
                return Err(malformed("key", "key holds visible ASCII"));
            }
            let name = SEALED_AS;
            let space = &space;
            let sealed = match key.as_str() {
                "" => String::new(),
                key => seal::seal(&call.env, seal::Place { space, name }, key).await?,
            };
            // Half of a short key would be told by its end.
            let last4 = key.get(key.len().saturating_sub(4)..);
            let last4 = last4.filter(|_| key.len() >= 16);
            Some(Transcriber {
                url,
                model,
                key: sealed,
                last4: last4.unwrap_or_default().to_owned(),
                by,
                at: clock::now(),
            })
        }
    };
    open(call, &space, Door::SetTranscriber { by, transcriber }).await?;
    super::read_space(call, &space, &SpaceAsk::Transcriber).await
}
