//! Spaces: how one is made.

use serde_json::json;
use shared::id::SpaceId;
use shared::refusal::Refusal;
use shared::rights::Role;
use shared::settings::{Change, Settings};
use shared::space::Agent;
use worker::Response;

use super::fields::Fields;
use super::sessions;
use crate::ask::SpaceAsk;
use crate::errors::Problem;
use crate::random;
use crate::router::Call;

/// `POST spaces`: by somebody who may (AC8). Live chat is on (F32), and who makes it is its admin.
pub async fn create(call: &mut Call) -> Result<Response, Problem> {
    let person = sessions::signed_in(call).await?;
    if !person.view.may_create {
        return Err(Refusal::Forbidden.into());
    }
    let mut fields = Fields::read(&mut call.request).await?;
    let missing = || Problem::field("text_empty", "name", "the name is missing");
    let name = fields.name("name")?.ok_or_else(missing)?;
    let origins = fields.texts("origins")?.unwrap_or_default();
    fields.end()?;
    let parsed = origins.iter().map(|origin| {
        let malformed = |error| Problem::field("value_malformed", "origins", error);
        origin.parse().map_err(malformed)
    });
    let change = Change {
        origins: Some(parsed.collect::<Result<_, _>>()?),
        ..Change::default()
    };
    let settings = Settings::new(name).changed(change)?;
    let settings = Settings {
        version: 0,
        ..settings
    };
    let space = fresh_name()?;
    let called = person.view.name.unwrap_or_else(|| settings.name.clone());
    let asked = SpaceAsk::Create {
        settings: Box::new(settings),
        agents: vec![Agent::new(person.agent, called, Role::Admin)],
    };
    super::ask_space(call, &space, &asked).await?;
    super::json(201, &json!({ "space": space, "agent": person.agent }))
}

/// A name for a space that no other one has: it stands in snippets, and opens nothing (E6).
///
/// # Errors
/// When the platform gives no random bytes.
pub fn fresh_name() -> Result<SpaceId, Problem> {
    let bytes = random::bytes()?;
    let hex: String = bytes
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("s-{hex}").parse().map_err(Problem::internal)
}
