//! Settings of a space: read by its agents, changed by its admins.

use shared::id::SpaceId;
use shared::settings::{Challenge, Change};
use worker::Response;

use crate::ask::{SpaceAsk, SpaceTold};
use crate::errors::Problem;
use crate::router::Call;
use crate::zones;
use crate::{body, challenge, outside};

/// `GET spaces/{space}/settings`
pub async fn read(call: &Call) -> Result<Response, Problem> {
    let (space, _) = super::agent_of(call)?;
    answer(call, &space, &SpaceAsk::Settings).await
}

/// `PATCH spaces/{space}/settings`: what is left out stays.
pub async fn change(call: &mut Call) -> Result<Response, Problem> {
    let (space, _) = super::agent_of(call)?;
    let mut change: Change = body::json(&mut call.request).await?;
    zones::check(change.queues.as_deref().unwrap_or_default())?;
    if change
        .challenge
        .is_some_and(|when| when != Challenge::Never)
    {
        challenge::Keys::of(&call.env).map_err(|problem| problem.at("challenge"))?;
    }
    let url = change.file_check_url.as_deref().unwrap_or_default();
    if !url.trim().is_empty() && outside::check(&call.env, url.trim()).is_err() {
        let message = "file_check_url is the https address of a public server";
        return Err(Problem::field(
            "setting_malformed",
            "file_check_url",
            message,
        ));
    }
    if let Some(version) = version(call)? {
        change.version = Some(version);
    }
    let asked = SpaceAsk::Configure(Box::new(change));
    answer(call, &space, &asked).await
}

async fn answer(call: &Call, space: &SpaceId, asked: &SpaceAsk) -> Result<Response, Problem> {
    let told = super::ask_space(call, space, asked).await?;
    let SpaceTold::OfSettings { version, body } = told else {
        return Err(super::unexpected());
    };
    let response = super::raw(200, body)?;
    response.headers().set("etag", &format!("\"{version}\""))?;
    Ok(response)
}

/// The version that `If-Match` names.
fn version(call: &Call) -> Result<Option<u32>, Problem> {
    let Some(tag) = call.request.headers().get("if-match")? else {
        return Ok(None);
    };
    let version = tag.trim_matches('"').parse().map_err(|_| {
        let message = "If-Match is the version of the settings in quotes";
        Problem::field("number_malformed", "If-Match", message)
    })?;
    Ok(Some(version))
}
