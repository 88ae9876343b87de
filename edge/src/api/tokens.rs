//! Tokens: how they are handed out, and how a fresh one is got.

use serde::Deserialize;
use serde_json::{Map, Value};
use shared::id::SpaceId;
use shared::session::TOKEN_LIFE;
use worker::Response;

use crate::ask::{Session, SpaceAsk, SpaceTold};
use crate::auth::key::Key;
use crate::auth::refresh::{self, Refresh};
use crate::auth::{self, jwt};
use crate::errors::Problem;
use crate::router::Call;
use crate::{body, clock};

#[derive(Deserialize)]
struct Body {
    refresh: String,
}

/// `POST tokens/refresh`
pub async fn refresh(call: &mut Call) -> Result<Response, Problem> {
    auth::address::check_customers(call)?;
    let body: Body = body::json(&mut call.request).await?;
    let key = auth::key(&call.env)?;
    let Some(token) = refresh::verify(&key, &body.refresh) else {
        return Err(Problem::unauthorized(
            "refresh_invalid",
            "the refresh token is not valid",
        ));
    };
    let asked = SpaceAsk::Refresh {
        family: token.family,
        generation: token.generation,
    };
    let told = super::ask_space(call, &token.space, &asked).await?;
    let SpaceTold::Session(session) = told else {
        let message = "the session is over: begin a new one";
        return Err(Problem::unauthorized("session_over", message));
    };
    let fields = tokens(&key, &token.space, session);
    super::json(200, &Value::Object(fields))
}

/// The fields `token`, `refresh` and `expires_in` of an answer.
pub fn tokens(key: &Key, space: &SpaceId, session: Session) -> Map<String, Value> {
    let token = jwt::mint(key, clock::now(), space, &session.person);
    let refresh = Refresh {
        space: space.clone(),
        family: session.family,
        generation: session.generation,
    };
    let mut fields = Map::new();
    for (name, value) in [
        ("token", Value::from(token)),
        ("refresh", refresh::mint(key, &refresh).into()),
        ("expires_in", TOKEN_LIFE.as_secs().into()),
    ] {
        fields.insert(name.to_owned(), value);
    }
    fields
}
