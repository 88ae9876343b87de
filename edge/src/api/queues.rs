//! The queues of a space.

use worker::Response;

use crate::ask::SpaceAsk;
use crate::errors::Problem;
use crate::router::Call;

/// `GET spaces/{space}/queues`: for agents of that space.
pub async fn list(call: &Call) -> Result<Response, Problem> {
    let (space, _) = super::agent_of(call)?;
    super::read_space(call, &space, &SpaceAsk::Queues).await
}
