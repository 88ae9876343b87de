//! Sessions: how people sign in and out, and how a console gets the token of a space from a session.

use serde_json::json;
use shared::account::{Answer, Entry, Input, View, Way, Which};
use shared::features::Feature;
use shared::id::{AgentId, SpaceId, WayId};
use shared::refusal::Refusal;
use shared::rights::{Person, Role};
use shared::session::TOKEN_LIFE;
use shared::text::PersonName;
use worker::{Env, Response};

use super::fields::Fields;
use crate::ask::{self, SignIn, SpaceAsk, SpaceTold};
use crate::auth::secret::{self, Kind};
use crate::auth::{self, cookie, jwt};
use crate::errors::Problem;
use crate::router::Call;
use crate::{body, clock, features};

/// Who is there by a cookie.
pub struct SignedIn {
    /// Whose account it is.
    pub agent: AgentId,
    /// The hash of the session's secret.
    pub session: Way,
    /// What the account says.
    pub view: View,
}

/// Who brings a session.
///
/// # Errors
/// 401 without one that holds; 403 for a change that does not come from a page of ours (W3).
pub async fn signed_in(call: &Call) -> Result<SignedIn, Problem> {
    if call.request.inner().method() != "GET" {
        cookie::check_page(call)?;
    }
    let (agent, session) = cookie::session(call)?.ok_or(Refusal::SessionOver)?;
    let view = known(&call.env, agent, &Input::Look { session }).await?;
    Ok(SignedIn {
        agent,
        session,
        view,
    })
}

/// `GET session`
pub async fn look(call: &Call) -> Result<Response, Problem> {
    let SignedIn { agent, view, .. } = signed_in(call).await?;
    let spaces = super::me::spaces(&call.env, agent, &view.spaces).await?;
    let sessions = view.sessions.iter().map(|(session, began_at, used_at)| {
        json!({ "session": session, "began_at": began_at, "used_at": used_at })
    });
    let body = json!({
        "agent": agent,
        "name": view.name,
        "email": view.email,
        "session": view.session,
        "only": view.only,
        "may_create": view.may_create,
        "spaces": spaces,
        "sessions": sessions.collect::<Vec<_>>(),
    });
    super::json(200, &body)
}

/// `POST session`: by a one-time link, or by the secret of the deployment, which founds the first
/// account, or lets an admin of a space back in who is locked out.
pub async fn begin(call: &mut Call) -> Result<Response, Problem> {
    cookie::check_page(call)?;
    auth::address::check_gate(call)?;
    let mut fields = Fields::read(&mut call.request).await?;
    let (link, founder) = (fields.text("link")?, fields.text("bootstrap")?);
    let name = fields.name("name")?;
    let space = fields.text("space")?;
    fields.end()?;
    let (agent, by) = match (link, founder) {
        (Some(link), None) => {
            let (agent, way) = secret::read(Kind::Link, &link).ok_or(Refusal::LinkOver)?;
            (agent, Entry::Link(way))
        }
        (None, Some(founder)) => {
            let agent = self::founder(&call.env, &founder)?;
            let name =
                name.ok_or_else(|| Problem::field("text_empty", "name", "the name is missing"))?;
            match space {
                None => (agent, Entry::Founder(name)),
                Some(space) => back(call, agent, &space, name).await?,
            }
        }
        (Some(_), Some(_)) | (None, None) => {
            let message = "send either a link or a bootstrap secret";
            return Err(Problem::field("link_missing", "link", message));
        }
    };
    let response = super::json(200, &json!({ "agent": agent }))?;
    enter(call, agent, by, response).await
}

/// How an admin comes back in by the deployment's secret, which is used up by it: it founds the
/// account that it always founds, and nobody ever has that account's session.
///
/// # Errors
/// The space has no such admin; nothing is used up then. 410 when it was used before.
async fn back(
    call: &Call,
    founder: AgentId,
    space: &str,
    name: PersonName,
) -> Result<(AgentId, Entry), Problem> {
    let space: SpaceId = super::named(space, Refusal::SpaceUnknown)?;
    let asked = SpaceAsk::SignIn(SignIn::Agent(name.to_string()));
    let told = super::ask_space(call, &space, &asked).await?;
    let SpaceTold::Session(session) = told else {
        return Err(super::unexpected());
    };
    let Person::Agent {
        agent,
        role: Role::Admin,
        ..
    } = session.person
    else {
        return Err(Refusal::Forbidden.into());
    };
    let (_, nobody) = secret::fresh(Kind::Session, &founder)?;
    let used = Input::Enter {
        agent: founder,
        by: Entry::Founder(name),
        session: nobody,
    };
    tell(&call.env, founder, &used).await?;
    worker::console_warn!("edge: agent {agent} of {space} came in by the secret of the deployment");
    let (_, link) = secret::fresh(Kind::Link, &agent)?;
    make(call, agent, link, None).await?;
    Ok((agent, Entry::Link(link)))
}

/// Begins a session and puts its cookie on the answer.
///
/// # Errors
/// The account's no.
pub async fn enter(
    call: &Call,
    agent: AgentId,
    by: Entry,
    response: Response,
) -> Result<Response, Problem> {
    let (text, session) = secret::fresh(Kind::Session, &agent)?;
    known(&call.env, agent, &Input::Enter { agent, by, session }).await?;
    cookie::set(&response, call.is_dev, &text)?;
    Ok(response)
}

/// `DELETE session`, `DELETE sessions`, `DELETE sessions/{session}`
pub async fn end(call: &mut Call, which: Option<Which>) -> Result<Response, Problem> {
    let SignedIn {
        agent,
        session,
        view,
    } = signed_in(call).await?;
    body::nothing(&mut call.request).await?;
    let which = match which {
        Some(which) => which,
        None => {
            let mut ids = view.sessions.iter().map(|(id, ..)| *id);
            let is_it = |id: &WayId| id.to_string() == call.place;
            Which::One(ids.find(is_it).ok_or_else(super::id_unknown)?)
        }
    };
    let input = Input::SignOut {
        agent,
        session,
        which,
    };
    tell(&call.env, agent, &input).await?;
    let response = super::json(200, &json!({}))?;
    if !matches!(which, Which::One(_)) {
        cookie::forget(&response, call.is_dev)?;
    }
    Ok(response)
}

/// `POST session/token`: the token of an agent in a space of the session's person.
pub async fn token(call: &mut Call) -> Result<Response, Problem> {
    let SignedIn { agent, view, .. } = signed_in(call).await?;
    let mut fields = Fields::read(&mut call.request).await?;
    let space = fields.text("space")?.unwrap_or_default();
    fields.end()?;
    let space: SpaceId = super::named(&space, Refusal::SpaceUnknown)?;
    if view.only.as_ref().is_some_and(|only| *only != space) {
        return Err(Refusal::Forbidden.into());
    }
    // The space has the last word: it knows a new member before the account does.
    let told = super::ask_space(call, &space, &SpaceAsk::Person(agent)).await?;
    let SpaceTold::Person(person) = told else {
        return Err(super::unexpected());
    };
    let key = auth::key(&call.env)?;
    let token = jwt::mint(&key, clock::now(), &space, &person);
    let body = json!({
        "token": token,
        "expires_in": TOKEN_LIFE.as_secs(),
        "agent": agent,
        "space": space,
    });
    super::json(200, &body)
}

/// `POST spaces/{space}/agents/{agent}/link`: a one-time link, for an admin to hand on.
pub async fn link(call: &mut Call) -> Result<Response, Problem> {
    let (space, _) = super::agent_of(call)?;
    let agent: AgentId = super::named(&call.inner, Refusal::AgentUnknown)?;
    body::nothing(&mut call.request).await?;
    super::ask_space(call, &space, &SpaceAsk::MayLetIn).await?;
    super::ask_space(call, &space, &SpaceAsk::Person(agent)).await?;
    let link = make_link(call, agent, Some(space)).await?;
    super::json(201, &json!({ "link": link }))
}

/// Makes a one-time link.
///
/// # Errors
/// When the account cannot be asked.
pub async fn make_link(
    call: &Call,
    agent: AgentId,
    only: Option<SpaceId>,
) -> Result<String, Problem> {
    let (text, link) = secret::fresh(Kind::Link, &agent)?;
    make(call, agent, link, only).await?;
    Ok(page(call, "in", &text))
}

/// Makes a one-time link of no address.
async fn make(
    call: &Call,
    agent: AgentId,
    link: Way,
    only: Option<SpaceId>,
) -> Result<(), Problem> {
    let email = None;
    let made = Input::MakeLink { link, only, email };
    tell(&call.env, agent, &made).await.map(|_| ())
}

/// The address of a page of ours. What is secret stands behind `#`, which no server ever sees.
pub fn page(call: &Call, what: &str, secret: &str) -> String {
    page_at(&call.url.origin, what, secret)
}

/// The same, where there is no call any more.
pub fn page_at(origin: &str, what: &str, secret: &str) -> String {
    format!("{origin}/agent#{what}={secret}")
}

/// Tells an account something.
///
/// # Errors
/// Its no.
pub async fn tell(env: &Env, agent: AgentId, input: &Input) -> Result<Answer, Problem> {
    match ask::account(env, agent, input).await? {
        Answer::Denied(refusal) => Err(refusal.into()),
        answer @ (Answer::Done
        | Answer::Known(_)
        | Answer::Spaces(_)
        | Answer::Shown(_)
        | Answer::Sign(_)) => Ok(answer),
    }
}

async fn known(env: &Env, agent: AgentId, input: &Input) -> Result<View, Problem> {
    match tell(env, agent, input).await? {
        Answer::Known(view) => Ok(view),
        Answer::Done
        | Answer::Sign(_)
        | Answer::Spaces(_)
        | Answer::Shown(_)
        | Answer::Denied(_) => Err(super::unexpected()),
    }
}

/// The account that the deployment's secret founds. What is kept is the secret's hash: 64 hexadecimal
/// digits in `BOOTSTRAP_HASH`.
fn founder(env: &Env, secret: &str) -> Result<AgentId, Problem> {
    features::check(env, Feature::Bootstrap)?;
    let kept = features::secret(env, "BOOTSTRAP_HASH");
    let kept = kept.as_ref().map_or("", |kept| kept.expose());
    let is_it = secret::way(&secret::hex_hash(secret)).is(&secret::way(kept));
    is_it
        .then(|| secret::of_founder(kept))
        .ok_or_else(|| Refusal::LinkOver.into())
}
