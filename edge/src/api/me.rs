//! The person who asks, in all spaces.

use serde::Deserialize;
use serde_json::json;
use shared::id::AgentId;
use shared::refusal::Refusal;
use shared::rights::Person;
use worker::Response;

use crate::ask::{self, AccountAsk, AccountTold, SpaceAsk, SpaceTold};
use crate::errors::Problem;
use crate::router::Call;
use crate::{auth, body};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    available: bool,
}

/// `GET me`: by the token of any of the person's spaces.
pub async fn look(call: Call) -> Result<Response, Problem> {
    let agent = person(&call).await?;
    let told = ask::account(&call.env, agent, &AccountAsk::Spaces).await?;
    let AccountTold::Spaces(spaces) = told else {
        return Err(super::unexpected());
    };
    let mut name = None;
    let mut rows = Vec::new();
    for space in spaces {
        // Whether somebody is Available each space knows for itself.
        if let SpaceTold::Me(me) = ask::space(&call.env, &space, &SpaceAsk::Me { agent }).await? {
            name.get_or_insert_with(|| me.name.clone());
            rows.push(json!({
                "space": space,
                "name": me.space,
                "role": me.role,
                "available": me.available,
            }));
        }
    }
    super::json(
        200,
        &json!({ "agent": agent, "name": name, "spaces": rows }),
    )
}

/// `PUT me/availability`: in all spaces of the person (F41).
pub async fn set_available(mut call: Call) -> Result<Response, Problem> {
    let agent = person(&call).await?;
    let Body { available } = body::json(&mut call.request).await?;
    let asked = AccountAsk::SetAvailable { available };
    ask::account(&call.env, agent, &asked).await?;
    super::json(202, &json!({ "available": available }))
}

async fn person(call: &Call) -> Result<AgentId, Problem> {
    let key = auth::key(&call.env)?;
    let pass = auth::bearer(&key, &call.request)?;
    let Person::Agent { agent, .. } = pass.person else {
        return Err(Refusal::Forbidden.into());
    };
    super::ask_space(call, &pass.space, &SpaceAsk::Vouch).await?;
    Ok(agent)
}
