//! The HTTP API, one file per subject. Each call parses, asks an object and answers; the rules
//! are in `shared`.

pub mod acts;
pub mod addresses;
pub mod agents;
pub mod audit;
pub mod blocks;
pub mod conversations;
pub mod dev;
pub mod dictation;
pub mod fields;
pub mod files;
pub mod identity;
pub mod invitations;
pub mod items;
pub mod keys;
pub mod me;
pub mod privacy;
pub mod queues;
pub mod reports;
pub mod sessions;
pub mod settings;
pub mod sign_in;
pub mod spaces;
pub mod status;
pub mod tokens;
pub mod upgrades;
pub mod visitors;

use core::str::FromStr;

use serde::Serialize;
use shared::id::{AgentId, ConversationId, SpaceId};
use shared::refusal::Refusal;
use shared::rights::Person;
use worker::Response;

use crate::ask::{self, Bearer, ConversationAsk, ConversationTold, SpaceAsk, SpaceTold};
use crate::auth::jwt::Pass;
use crate::errors::Problem;
use crate::router::Call;

/// An answer of the API in JSON.
fn json(status: u16, value: &impl Serialize) -> Result<Response, Problem> {
    raw(
        status,
        serde_json::to_string(value).map_err(Problem::internal)?,
    )
}

/// The same, of a text that is JSON already.
fn raw(status: u16, json: String) -> Result<Response, Problem> {
    let response = Response::from_bytes(json.into_bytes())?.with_status(status);
    response.headers().set("content-type", "application/json")?;
    Ok(response)
}

/// A part of the path that names something: what is no name, names nothing.
fn named<T: FromStr>(place: &str, refusal: Refusal) -> Result<T, Problem> {
    place.parse().map_err(|_| refusal.into())
}

/// The space of the path and the agent of it who asks.
fn agent_of(call: &Call) -> Result<(SpaceId, AgentId), Problem> {
    let (pass, agent) = agent_pass(call)?;
    Ok((pass.space, agent))
}

/// What the token of an agent of the path's space says.
fn agent_pass(call: &Call) -> Result<(Pass, AgentId), Problem> {
    let pass = call.pass()?;
    let space: SpaceId = named(&call.place, Refusal::SpaceUnknown)?;
    // What belongs to another space is not there (T5).
    if pass.space != space {
        return Err(Refusal::SpaceUnknown.into());
    }
    match pass.person {
        Person::Agent { agent, .. } => Ok((pass, agent)),
        Person::Visitor { .. } => Err(Refusal::Forbidden.into()),
    }
}

/// The agent who asks, if it is one of that space.
fn bearer_of(call: &Call, space: &SpaceId) -> Option<Bearer> {
    let pass = call.pass().ok()?;
    match pass.person {
        Person::Agent { agent, era, .. } if pass.space == *space => Some((agent, era)),
        Person::Agent { .. } | Person::Visitor { .. } => None,
    }
}

/// Asks a space; its no is the answer to the client. Every call of an agent comes by here, so the
/// token of one who has left opens nothing (G4-02).
async fn ask_space(call: &Call, space: &SpaceId, asked: &SpaceAsk) -> Result<SpaceTold, Problem> {
    match ask::space_as(&call.env, space, bearer_of(call, space), asked).await? {
        SpaceTold::Denied(refusal) => Err(refusal.into()),
        told @ (SpaceTold::Settings(..)
        | SpaceTold::Created
        | SpaceTold::OfSettings { .. }
        | SpaceTold::Json(_)
        | SpaceTold::Conversations(_)
        | SpaceTold::Pending
        | SpaceTold::Would { .. }
        | SpaceTold::Vouched
        | SpaceTold::Me(_)
        | SpaceTold::Person(_)
        | SpaceTold::Opened(_)
        | SpaceTold::Admitted(..)
        | SpaceTold::Confirmed { .. }
        | SpaceTold::Session(_)
        | SpaceTold::IdentityKeys(_)
        | SpaceTold::Identified { .. }
        | SpaceTold::SessionOver) => Ok(told),
    }
}

/// Answers with what a space says of itself.
async fn read_space(call: &Call, space: &SpaceId, asked: &SpaceAsk) -> Result<Response, Problem> {
    answer_of_space(call, 200, space, asked).await
}

/// The same with another status.
async fn answer_of_space(
    call: &Call,
    status: u16,
    space: &SpaceId,
    asked: &SpaceAsk,
) -> Result<Response, Problem> {
    let SpaceTold::Json(body) = ask_space(call, space, asked).await? else {
        return Err(unexpected());
    };
    raw(status, body)
}

/// Asks a conversation; its no is the answer to the client. For an agent the space is asked first.
async fn ask_conversation(
    call: &Call,
    space: &SpaceId,
    conversation: ConversationId,
    asked: &ConversationAsk,
) -> Result<ConversationTold, Problem> {
    if bearer_of(call, space).is_some() {
        ask_space(call, space, &SpaceAsk::Vouch).await?;
    }
    match ask::conversation(&call.env, space, conversation, asked).await? {
        ConversationTold::Denied(refusal) => Err(refusal.into()),
        told @ (ConversationTold::Begun { .. }
        | ConversationTold::Json(_)
        | ConversationTold::Acted { .. }
        | ConversationTold::Slowed { .. }
        | ConversationTold::File(_)
        | ConversationTold::Answer(_)) => Ok(told),
    }
}

/// There is nothing of that id, or it is another space's or person's (T5).
fn id_unknown() -> Problem {
    Problem::new(404, "id_unknown", "there is nothing of that id")
}

/// An object gave an answer that its question does not have: our own fault.
fn unexpected() -> Problem {
    Problem::internal("unexpected answer of an object")
}
