//! The person who asks, in all spaces.

use serde::Deserialize;
use serde_json::{Value, json};
use shared::account::{Answer, Input};
use shared::id::{AgentId, SpaceId};
use shared::refusal::Refusal;
use shared::rights::Person;
use worker::{Env, Response};

use super::sessions;
use crate::ask::{self, SpaceAsk, SpaceTold};
use crate::body;
use crate::errors::Problem;
use crate::router::Call;

#[derive(Deserialize)]
struct Body {
    available: bool,
}

/// `GET me`: by the token of any of the person's spaces.
pub async fn look(call: &Call) -> Result<Response, Problem> {
    let agent = person(call).await?;
    let told = sessions::tell(&call.env, agent, &Input::Spaces).await?;
    let Answer::Spaces(known) = told else {
        return Err(super::unexpected());
    };
    let spaces = spaces(&call.env, agent, &known).await?;
    let name = spaces.first().map(|row| row["called"].clone());
    super::json(
        200,
        &json!({ "agent": agent, "name": name, "spaces": spaces }),
    )
}

/// What a person is in spaces, as each of them says.
///
/// # Errors
/// When one cannot be asked.
pub async fn spaces(env: &Env, agent: AgentId, spaces: &[SpaceId]) -> Result<Vec<Value>, Problem> {
    let mut rows = Vec::new();
    for space in spaces {
        // Whether somebody is Available each space knows for itself.
        if let SpaceTold::Me(me) = ask::space(env, space, &SpaceAsk::Me(agent)).await? {
            rows.push(json!({
                "space": space,
                "name": me.space,
                "called": me.name,
                "role": me.role,
                "available": me.available,
            }));
        }
    }
    Ok(rows)
}

/// `PUT me/availability`: in all spaces of the person (F41).
pub async fn set_available(call: &mut Call) -> Result<Response, Problem> {
    let agent = person(call).await?;
    let Body { available } = body::json(&mut call.request).await?;
    let asked = Input::SetAvailable { agent, available };
    sessions::tell(&call.env, agent, &asked).await?;
    super::json(202, &json!({ "available": available }))
}

async fn person(call: &Call) -> Result<AgentId, Problem> {
    let pass = call.pass()?;
    let Person::Agent { agent, .. } = pass.person else {
        return Err(Refusal::Forbidden.into());
    };
    super::ask_space(call, &pass.space, &SpaceAsk::Vouch).await?;
    Ok(agent)
}
