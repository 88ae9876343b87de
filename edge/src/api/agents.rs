//! The agents of a space.

use serde_json::json;
use worker::Response;

use crate::ask::{SpaceAsk, SpaceTold};
use crate::errors::Problem;
use crate::router::Call;

/// `GET spaces/{space}/agents`: for agents of that space.
pub async fn list(call: Call) -> Result<Response, Problem> {
    let (space, agent) = super::agent_of(&call)?;
    let asked = SpaceAsk::Colleagues { agent };
    let told = super::ask_space(&call, &space, &asked).await?;
    let SpaceTold::Colleagues(agents) = told else {
        return Err(super::unexpected());
    };
    super::json(200, &json!({ "agents": agents }))
}
