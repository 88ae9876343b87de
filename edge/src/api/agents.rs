//! The agents of a space.

use serde::{Deserialize, Deserializer};
use shared::id::AgentId;
use shared::refusal::Refusal;
use shared::rights::Role;
use shared::space::{Agent, AgentChange};
use shared::text::{Label, PersonName};
use worker::Response;

use super::conversations::text_problem;
use crate::ask::SpaceAsk;
use crate::errors::Problem;
use crate::router::Call;
use crate::{body, demo};

/// An agent as a caller names one.
#[derive(Deserialize)]
pub struct AgentBody {
    /// A person who is there already, where the caller may say so.
    pub agent: Option<AgentId>,
    name: String,
    screen_name: Option<String>,
    role: Option<Role>,
    limit: Option<u32>,
    queues: Option<Vec<Label>>,
    #[serde(default)]
    skills: Vec<Label>,
}

#[derive(Deserialize)]
struct ChangeBody {
    name: Option<String>,
    screen_name: Option<String>,
    role: Option<Role>,
    #[serde(default, deserialize_with = "given")]
    limit: Option<Option<u32>>,
    #[serde(default, deserialize_with = "given")]
    queues: Option<Option<Vec<Label>>>,
    skills: Option<Vec<Label>>,
}

/// `GET spaces/{space}/agents`: for agents of that space.
pub async fn list(call: &Call) -> Result<Response, Problem> {
    let (space, _) = super::agent_of(call)?;
    super::read_space(call, &space, &SpaceAsk::Colleagues).await
}

/// `POST spaces/{space}/agents`: for admins.
pub async fn add(call: &mut Call) -> Result<Response, Problem> {
    let (space, _) = super::agent_of(call)?;
    let body: AgentBody = body::json(&mut call.request).await?;
    // Somebody of another space is invited, not taken.
    if body.agent.is_some() {
        return Err(Problem::unknown("agent".into()));
    }
    let asked = SpaceAsk::AddAgent(Box::new(agent(body)?));
    super::answer_of_space(call, 201, &space, &asked).await
}

/// `PATCH spaces/{space}/agents/{agent}`: for admins, in part for supervisors.
pub async fn change(call: &mut Call) -> Result<Response, Problem> {
    let (space, _) = super::agent_of(call)?;
    let agent = named_agent(call)?;
    let body: ChangeBody = body::json(&mut call.request).await?;
    let limit = body
        .limit
        .map(|own| own.map(limit).transpose())
        .transpose()?;
    let change = Box::new(AgentChange {
        name: body.name.map(|text| name("name", &text)).transpose()?,
        screen_name: body
            .screen_name
            .map(|text| name("screen_name", &text))
            .transpose()?,
        role: body.role,
        limit: limit.map(Into::into),
        queues: body.queues.map(Into::into),
        skills: body.skills,
    });
    let asked = SpaceAsk::SetAgent { agent, change };
    super::answer_of_space(call, 200, &space, &asked).await
}

/// `POST spaces/{space}/agents/{agent}/deactivate` and `…/activate`: for admins.
pub async fn set_active(call: &mut Call, active: bool) -> Result<Response, Problem> {
    let (space, _) = super::agent_of(call)?;
    let agent = named_agent(call)?;
    body::nothing(&mut call.request).await?;
    let asked = SpaceAsk::SetActive { agent, active };
    super::answer_of_space(call, 200, &space, &asked).await
}

/// A new agent.
///
/// # Errors
/// Names the field that is wrong.
pub fn agent(body: AgentBody) -> Result<Agent, Problem> {
    let AgentBody {
        agent: known,
        name: called,
        screen_name,
        role,
        limit: own,
        queues,
        skills,
    } = body;
    let screen_name = match screen_name {
        Some(text) => name("screen_name", &text)?,
        None => name("name", &called)?,
    };
    let own = own.map(limit).transpose()?;
    let role = role.unwrap_or(Role::Agent);
    let agent = demo::agent(name("name", &called)?, screen_name, role, own)?;
    Ok(Agent {
        agent: known.unwrap_or(agent.agent),
        queues,
        skills,
        ..agent
    })
}

fn named_agent(call: &Call) -> Result<AgentId, Problem> {
    super::named(&call.inner, Refusal::AgentUnknown)
}

fn name(field: &'static str, text: &str) -> Result<PersonName, Problem> {
    PersonName::parse(text).map_err(|error| text_problem(field, error))
}

fn limit(limit: u32) -> Result<u8, Problem> {
    match u8::try_from(limit) {
        Ok(limit @ 1..=100) => Ok(limit),
        Ok(_) | Err(_) => {
            let message = "limit is 1 to 100";
            Err(Problem::field("setting_out_of_range", "limit", message))
        }
    }
}

/// A field that is there, whether it is null or not.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}
