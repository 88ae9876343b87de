//! Visitors: browsers that may write to a space.

use serde_json::Value;
use shared::id::{SpaceId, VisitorId};
use shared::refusal::Refusal;
use worker::Response;

use super::tokens::tokens;
use crate::ask::{SignIn, SpaceAsk, SpaceTold};
use crate::errors::Problem;
use crate::router::Call;
use crate::{auth, body, random};

/// `POST spaces/{space}/visitors`
pub async fn create(call: &mut Call) -> Result<Response, Problem> {
    let space: SpaceId = super::named(&call.place, Refusal::SpaceUnknown)?;
    body::nothing(&mut call.request).await?;
    let key = auth::key(&call.env)?;
    let visitor = random::fresh(VisitorId::fresh)?;
    let asked = SpaceAsk::SignIn(SignIn::Visitor(
        visitor,
        auth::address::number(call, &space),
    ));
    let told = super::ask_space(call, &space, &asked).await?;
    let SpaceTold::Session(session) = told else {
        return Err(super::unexpected());
    };
    let mut fields = tokens(&key, &space, session);
    fields.insert("visitor".into(), visitor.to_string().into());
    super::json(201, &Value::Object(fields))
}
