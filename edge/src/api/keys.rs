//! API tokens: `bh_<space>_<secret>`, shown once (G6).

use core::time::Duration;

use serde_json::json;
use shared::refusal::Refusal;
use shared::session::TOKEN_LIFE;
use shared::space::{ApiKey, Door, Opened, Scope};
use shared::text::Title;
use worker::Response;

use super::fields::Fields;
use super::invitations::open;
use crate::ask::SpaceAsk;
use crate::auth::jwt::Pass;
use crate::auth::secret::{self, Kind};
use crate::clock;
use crate::errors::Problem;
use crate::router::Call;

/// How long a token lasts that names no end: 90 days.
const DAYS: u64 = 90;

/// `POST spaces/{space}/tokens`
pub async fn create(call: &mut Call) -> Result<Response, Problem> {
    let (space, agent) = super::agent_of(call)?;
    let mut fields = Fields::read(&mut call.request).await?;
    let name = fields.parsed("name", Title::parse)?;
    let scope = fields.text("scope")?;
    let days = fields.number("days")?.unwrap_or(DAYS);
    fields.end()?;
    let missing = || Problem::field("text_empty", "name", "the name is missing");
    let scope = match scope.as_deref() {
        None | Some("read") => Scope::Read,
        Some("write") => Scope::Write,
        Some(_) => {
            let message = "scope is read or write";
            return Err(Problem::field("value_malformed", "scope", message));
        }
    };
    if !(1..=366).contains(&days) {
        let message = "days is 1 to 366";
        return Err(Problem::field("setting_out_of_range", "days", message));
    }
    let (text, way) = secret::fresh(Kind::Token, &space)?;
    let now = clock::now();
    let key = ApiKey {
        way,
        name: name.ok_or_else(missing)?,
        agent,
        scope,
        made_at: now,
        expires_at: now + Duration::from_secs(days * 86_400),
        used_at: None,
        departures: 0,
    };
    let expires_at = key.expires_at;
    open(call, &space, Door::MakeKey(key)).await?;
    let body = json!({ "id": way.id, "token": text, "expires_at": expires_at });
    super::json(201, &body)
}

/// `GET spaces/{space}/tokens`
pub async fn list(call: &Call) -> Result<Response, Problem> {
    let (space, _) = super::agent_of(call)?;
    super::read_space(call, &space, &SpaceAsk::Keys).await
}

/// Reads the API token of a call, if it brings one.
///
/// # Errors
/// 401 when it is not good, 403 when it may only read and the call is a change.
pub async fn read(call: &Call) -> Result<Option<Pass>, Problem> {
    let header = call.request.headers().get("authorization")?;
    let Some(text) = header
        .as_deref()
        .and_then(|value| value.strip_prefix("Bearer bh_"))
    else {
        return Ok(None);
    };
    let invalid = || Problem::unauthorized("token_invalid", "the token is not valid");
    let (space, way) = secret::token(&["bh_", text].concat()).ok_or_else(invalid)?;
    // The same answer whatever is wrong with it: no space, no token, or one that is over.
    let Ok(Opened::Key(person, scope)) = open(call, &space, Door::UseKey(way)).await else {
        return Err(invalid());
    };
    if scope == Scope::Read && call.request.inner().method() != "GET" {
        return Err(Refusal::Forbidden.into());
    }
    let expires_at = clock::now() + TOKEN_LIFE;
    Ok(Some(Pass {
        space,
        person,
        expires_at,
    }))
}
