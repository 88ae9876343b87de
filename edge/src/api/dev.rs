//! Calls for one's own machine: sign in with one click, make a space, make an object die.
//! The router lets them through only on loopback and with the dev flag (G5).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};
use shared::id::{ConversationId, SpaceId, WayId};
use shared::identity::{Algorithm, IdentityKey};
use shared::refusal::Refusal;
use shared::rights::Person;
use shared::settings::{Change, Settings};
use shared::space::Door;
use shared::text::PersonName;
use worker::Response;

use super::agents::{self, AgentBody};
use super::spaces;
use super::tokens::tokens;
use crate::ask::{self, ConversationAsk, SignIn, SpaceAsk, SpaceTold};
use crate::auth::key::Key;
use crate::auth::{self, identity, seal};
use crate::errors::Problem;
use crate::router::Call;
use crate::{body, clock, demo, random, zones};

/// Most agents of a fresh space.
const AGENTS_MAX: usize = 1_000;

/// How long the demo shop's word is good: 10 min, the longest (IT2 of `auth::identity`).
const VOUCHED_S: u64 = 600;

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

/// What the server of the demo shop signs about a customer who has signed in there: a token, good once.
/// The shop's key is one of the demo space, and is made there when it is first needed.
///
/// # Errors
/// Two other keys are there already, or this installation keeps no secrets.
pub async fn vouch(call: &Call, id: &str, name: &str, email: &str) -> Result<String, Problem> {
    let space: SpaceId = super::named(demo::SPACE, Refusal::SpaceUnknown)?;
    let own = auth::key(&call.env)?;
    let secret = [
        "bhk_",
        &URL_SAFE_NO_PAD.encode(own.sign("demo shop|secret")),
    ]
    .concat();
    let mut named = [0; 16];
    for (byte, signed) in named.iter_mut().zip(own.sign("demo shop|key")) {
        *byte = signed;
    }
    let key = WayId::from_bytes(named);
    let told = super::ask_space(call, &space, &SpaceAsk::IdentityKeys).await?;
    let SpaceTold::IdentityKeys(known) = told else {
        return Err(super::unexpected());
    };
    if known.iter().all(|known| known.id != key) {
        make_key(call, &space, key, &secret).await?;
    }
    let now = clock::now().millis() / 1_000;
    let claims = json!({
        "sub": id,
        "name": name,
        "email": email,
        "jti": WayId::from_bytes(random::bytes()?),
        "iat": now,
        "exp": now.saturating_add(VOUCHED_S),
    });
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = [part(json!({ "alg": "HS256", "typ": "JWT" })), part(claims)].join(".");
    let signature = Key::new(&secret)
        .ok_or_else(super::unexpected)?
        .sign(&signed);
    Ok([signed, URL_SAFE_NO_PAD.encode(signature)].join("."))
}

/// Makes the shop's key, as the admin of the demo space.
async fn make_key(call: &Call, space: &SpaceId, id: WayId, secret: &str) -> Result<(), Problem> {
    let asked = SpaceAsk::SignIn(SignIn::Agent("Ada".into()));
    let told = super::ask_space(call, space, &asked).await?;
    let SpaceTold::Session(session) = told else {
        return Err(super::unexpected());
    };
    let Person::Agent { agent, era, .. } = session.person else {
        return Err(super::unexpected());
    };
    let name = &identity::sealed_as(id);
    let sealed = seal::seal(&call.env, seal::Place { space, name }, secret).await?;
    let key = IdentityKey {
        id,
        algorithm: Algorithm::Hs256,
        key: sealed,
        last4: secret
            .get(secret.len() - 4..)
            .unwrap_or_default()
            .to_owned(),
        by: agent,
        made_at: clock::now(),
    };
    let asked = SpaceAsk::Door(Box::new(Door::MakeIdentityKey(key)));
    let told = ask::space_as(&call.env, space, Some((agent, era)), &asked).await?;
    if let SpaceTold::Denied(refusal) = told {
        return Err(refusal.into());
    }
    Ok(())
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
