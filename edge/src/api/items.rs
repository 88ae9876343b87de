//! Work items: the lists that agents read page by page.

use serde_json::json;
use worker::Response;

use crate::ask::{SpaceAsk, SpaceTold};
use crate::errors::Problem;
use crate::router::Call;

/// `GET spaces/{space}/items?list=waiting`: for agents of that space.
pub async fn list(call: Call) -> Result<Response, Problem> {
    let (space, agent) = super::agent_of(&call)?;
    if call.parameter("list").as_deref() != Some("waiting") {
        let message = "list is waiting";
        return Err(Problem::field("list_unknown", "list", message));
    }
    let asked = SpaceAsk::Handovers { agent };
    let told = super::ask_space(&call, &space, &asked).await?;
    let SpaceTold::Handovers(items) = told else {
        return Err(super::unexpected());
    };
    super::json(200, &json!({ "items": items }))
}
