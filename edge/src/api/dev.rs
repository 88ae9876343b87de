//! Calls for one's own machine: sign in with one click, make a space, make an object die.
//! The router lets them through only on loopback and with the dev flag (G5).

use serde::Deserialize;
use serde_json::{Value, json};
use shared::id::{ConversationId, SpaceId};
use shared::refusal::Refusal;
use shared::settings::{Change, Settings};
use shared::text::PersonName;
use worker::Response;

use super::agents::{self, AgentBody};
use super::spaces;
use super::tokens::tokens;
use crate::ask::{ConversationAsk, SignIn, SpaceAsk, SpaceTold};
use crate::errors::Problem;
use crate::router::Call;
use crate::{auth, body, demo, zones};

/// Most agents of a fresh space.
const AGENTS_MAX: usize = 1_000;

#[derive(Deserialize)]
struct SignInBody {
    space: Option<SpaceId>,
    #[serde(rename = "as")]
    name: String,
}

/// `POST dev/sign-in`
pub async fn sign_in(call: &mut Call) -> Result<Response, Problem> {
    let body: SignInBody = body::json(&mut call.request).await?;
    let space = match body.space {
        Some(space) => space,
        None => super::named(demo::SPACE, Refusal::SpaceUnknown)?,
    };
    let key = auth::key(&call.env)?;
    let asked = SpaceAsk::SignIn(SignIn::Agent(body.name));
    let told = super::ask_space(call, &space, &asked).await?;
    let SpaceTold::Session(session) = told else {
        return Err(super::unexpected());
    };
    let agent = session.agent();
    let mut fields = tokens(&key, &space, session);
    if let Some((agent, name)) = agent {
        fields.insert("agent".into(), agent.to_string().into());
        fields.insert("name".into(), name.as_str().into());
    }
    fields.insert("space".into(), space.as_str().into());
    super::json(200, &Value::Object(fields))
}

#[derive(Deserialize)]
struct SpaceBody {
    #[serde(default)]
    settings: Change,
    #[serde(default)]
    agents: Vec<AgentBody>,
}

/// `POST dev/spaces`
pub async fn create_space(call: &mut Call) -> Result<Response, Problem> {
    let body: SpaceBody = body::json(&mut call.request).await?;
    let settings = settings(body.settings)?;
    if body.agents.len() > AGENTS_MAX {
        let message = format!("a space has at most {AGENTS_MAX} agents");
        return Err(Problem::field("too_many_agents", "agents", message));
    }
    let agents = body.agents.into_iter().map(agents::agent);
    let agents = agents.collect::<Result<Vec<_>, _>>()?;
    let space = spaces::fresh_name()?;
    let names: Vec<_> = agents
        .iter()
        .map(|agent| json!({ "agent": agent.agent, "name": agent.name }))
        .collect();
    let asked = SpaceAsk::Create {
        settings: Box::new(settings),
        agents,
    };
    super::ask_space(call, &space, &asked).await?;
    super::json(201, &json!({ "space": space, "agents": names }))
}

#[derive(Deserialize)]
struct PanicBody {
    space: SpaceId,
    conversation: Option<ConversationId>,
}

/// `POST dev/panic`: answers 500, because whoever is asked to die cannot answer.
pub async fn panic(call: &mut Call) -> Result<Response, Problem> {
    let PanicBody {
        space,
        conversation,
    } = body::json(&mut call.request).await?;
    if let Some(conversation) = conversation {
        let asked = ConversationAsk::Panic;
        super::ask_conversation(call, &space, conversation, &asked).await?;
    } else {
        super::ask_space(call, &space, &SpaceAsk::Panic).await?;
    }
    super::json(200, &json!({}))
}

/// A fresh space may be shown on pages of this machine, unless it says where.
fn settings(change: Change) -> Result<Settings, Problem> {
    let name = PersonName::parse("Test space").map_err(Problem::internal)?;
    let defaults = Settings {
        origins: demo::loopback(),
        ..Settings::new(name)
    };
    zones::check(change.queues.as_deref().unwrap_or_default())?;
    let changed = defaults.changed(change)?;
    // Nobody has seen an earlier version.
    Ok(Settings {
        version: 0,
        ..changed
    })
}
