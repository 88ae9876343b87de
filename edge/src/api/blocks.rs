//! Blocked visitors (P21). Blocking one is an act about a work item (`acts`).

use serde_json::json;
use shared::id::{CommandId, VisitorId};
use worker::Response;

use crate::ask::SpaceAsk;
use crate::errors::Problem;
use crate::router::Call;
use crate::{body, random};

/// `GET spaces/{space}/blocks`
pub async fn list(call: &Call) -> Result<Response, Problem> {
    let (space, _) = super::agent_of(call)?;
    super::read_space(call, &space, &SpaceAsk::Blocks).await
}

/// `DELETE spaces/{space}/blocks/{visitor}`
pub async fn unblock(call: &mut Call) -> Result<Response, Problem> {
    let (space, _) = super::agent_of(call)?;
    body::nothing(&mut call.request).await?;
    // What is no visitor was never blocked.
    let Ok(visitor) = call.inner.parse::<VisitorId>() else {
        super::ask_space(call, &space, &SpaceAsk::Blocks).await?;
        return Err(super::id_unknown());
    };
    let asked = SpaceAsk::Act {
        id: random::fresh(CommandId::fresh)?,
        command: json!({ "unblock": { "visitor": visitor } }).to_string(),
        waits: false,
    };
    super::ask_space(call, &space, &asked).await?;
    super::json(200, &json!({}))
}
