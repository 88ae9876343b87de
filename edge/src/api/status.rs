//! How the installation stands, for its admins.

use shared::features::Feature;
use worker::Response;

use crate::ask::{SpaceAsk, SpaceTold};
use crate::errors::Problem;
use crate::router::Call;
use crate::{features, outside};

/// `GET spaces/{space}/status`
pub async fn look(call: &Call) -> Result<Response, Problem> {
    let (space, _) = super::agent_of(call)?;
    let told = super::ask_space(call, &space, &SpaceAsk::Unmailed).await?;
    let SpaceTold::Json(unmailed) = told else {
        return Err(super::unexpected());
    };
    let features = Feature::ALL.map(|feature| features::status(&call.env, feature));
    let outgoing = Feature::outgoing(outside::reach(&call.env));
    let features: Vec<_> = features.into_iter().chain([outgoing]).collect();
    let features = serde_json::to_string(&features).map_err(Problem::internal)?;
    let body = [
        "{\"features\":",
        &features,
        ",\"unmailed\":",
        &unmailed,
        "}",
    ]
    .concat();
    super::raw(200, body)
}
