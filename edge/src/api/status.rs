//! How the installation stands, for its admins.

use serde_json::json;
use shared::features::Feature;
use worker::Response;

use crate::ask::SpaceAsk;
use crate::errors::Problem;
use crate::features;
use crate::router::Call;

/// `GET spaces/{space}/status`
pub async fn read(call: &Call) -> Result<Response, Problem> {
    let (space, _) = super::agent_of(call)?;
    super::ask_space(call, &space, &SpaceAsk::MayLetIn).await?;
    let features = Feature::ALL.map(|feature| features::status(&call.env, feature));
    super::json(200, &json!({ "features": features }))
}
