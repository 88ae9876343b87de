//! The queues of a space.

use serde_json::json;
use worker::Response;

use crate::ask::{SpaceAsk, SpaceTold};
use crate::errors::Problem;
use crate::router::Call;

/// `GET spaces/{space}/queues`: for agents of that space.
pub async fn list(call: Call) -> Result<Response, Problem> {
    let (space, agent) = super::agent_of(&call)?;
    let told = super::ask_space(&call, &space, &SpaceAsk::Queues { agent }).await?;
    let SpaceTold::Queues(queues) = told else {
        return Err(super::unexpected());
    };
    super::json(200, &json!({ "queues": queues }))
}
