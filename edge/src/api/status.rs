//! How the installation stands, for its admins.

use serde_json::json;
use shared::features::Feature;
use worker::Response;

use crate::ask::SpaceAsk;
use crate::errors::Problem;
use crate::router::Call;
use crate::{features, outside};

/// `GET spaces/{space}/status`
pub async fn read(call: &Call) -> Result<Response, Problem> {
    let (space, _) = super::agent_of(call)?;
    super::ask_space(call, &space, &SpaceAsk::MayLetIn).await?;
    let features = Feature::ALL.map(|feature| features::status(&call.env, feature));
    let outgoing = Feature::outgoing(outside::reach(&call.env));
    let features: Vec<_> = features.into_iter().chain([outgoing]).collect();
    super::json(200, &json!({ "features": features }))
}
