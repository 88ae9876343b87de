//! Invitations to a space: made by admins, accepted by whoever holds the link (F28, F29).

use serde_json::json;
use shared::account::{Entry, Input, Invited};
use shared::features::Feature;
use shared::id::{AgentId, SpaceId};
use shared::refusal::Refusal;
use shared::rights::Role;
use shared::space::{Door, INVITATION_LIFE, Invitation, Opened, Proof};
use shared::text::{EmailAddress, Label, PersonName};
use worker::{Env, Response};

use super::fields::Fields;
use super::{addresses, sessions};
use crate::ask::{SpaceAsk, SpaceTold};
use crate::auth::secret::{self, Kind};
use crate::auth::{address, cookie};
use crate::errors::Problem;
use crate::router::Call;
use crate::{body, clock, features, mail, pages, random};

/// `POST spaces/{space}/invitations`
pub async fn create(call: &mut Call) -> Result<Response, Problem> {
    let (space, by) = super::agent_of(call)?;
    let mut fields = Fields::read(&mut call.request).await?;
    let email = fields.email("email")?;
    let role = role(fields.text("role")?.as_deref())?;
    let queues = fields.texts("queues")?.unwrap_or_default();
    let language = pages::language(call, fields.text("language")?.as_deref())?;
    fields.end()?;
    let queues = queues.iter().map(|queue| Label::parse(queue));
    let queues: Vec<_> = queues
        .collect::<Result<_, _>>()
        .map_err(|_| Refusal::QueueUnknown)?;
    let (copied, way) = secret::fresh(Kind::Invitation, &space)?;
    let (mailed, sent) = secret::fresh(Kind::Invitation, &space)?;
    let is_mailed = email.is_some() && mail::is_on(&call.env);
    let expires_at = clock::now() + INVITATION_LIFE;
    let invitation = Invitation {
        way,
        sent: is_mailed.then_some(sent),
        email: email.clone(),
        role,
        queues: (!queues.is_empty()).then_some(queues),
        by,
        expires_at,
        used: None,
    };
    open(call, &space, Door::Invite { by, invitation }).await?;
    let mut was_sent = false;
    if let Some(email) = email {
        let invited = Invited {
            space: space.clone(),
            id: way.id,
            expires_at,
        };
        let sign = secret::of_address(email.as_str());
        sessions::tell(&call.env, sign, &Input::Invite(invited)).await?;
        if is_mailed {
            let told = super::ask_space(call, &space, &SpaceAsk::Look).await?;
            let SpaceTold::Settings(settings, _) = told else {
                return Err(super::unexpected());
            };
            let link = sessions::page(call, "join", &mailed);
            let name = &settings.name;
            was_sent = mail::invite(&call.env, &email, name, &link, &sent, &language).await;
        }
    }
    let body = json!({
        "invitation": way.id,
        "link": sessions::page(call, "join", &copied),
        "sent": was_sent,
        "expires_at": expires_at,
    });
    super::json(201, &body)
}

/// `GET spaces/{space}/invitations`
pub async fn list(call: &Call) -> Result<Response, Problem> {
    let (space, _) = super::agent_of(call)?;
    super::read_space(call, &space, &SpaceAsk::Invitations).await
}

/// `DELETE spaces/{space}/invitations/{invitation}`, and the same of an API token.
pub async fn revoke(call: &mut Call) -> Result<Response, Problem> {
    let (space, by) = super::agent_of(call)?;
    body::nothing(&mut call.request).await?;
    let id = call.inner.parse().map_err(|_| super::id_unknown())?;
    let Opened::Nothing = open(call, &space, Door::Revoke { by, id }).await? else {
        return super::json(200, &json!({}));
    };
    Err(super::id_unknown())
}

/// `POST invitations/look`: what an invitation is to, before it is accepted.
pub async fn look(call: &mut Call) -> Result<Response, Problem> {
    address::check_gate(call)?;
    let mut fields = Fields::read(&mut call.request).await?;
    let text = fields.text("invitation")?.unwrap_or_default();
    fields.end()?;
    let (space, way) = secret::read(Kind::Invitation, &text).ok_or(Refusal::LinkOver)?;
    super::read_space(call, &space, &SpaceAsk::Invitation(way)).await
}

/// `POST invitations/accept`: as whoever has a session, else as a new person.
pub async fn accept(call: &mut Call) -> Result<Response, Problem> {
    cookie::check_page(call)?;
    address::check_gate(call)?;
    let mut fields = Fields::read(&mut call.request).await?;
    let text = fields.text("invitation")?.unwrap_or_default();
    let name = fields.name("name")?;
    fields.end()?;
    let (space, way) = secret::read(Kind::Invitation, &text).ok_or(Refusal::LinkOver)?;
    let by = Proof::Link(way);
    // A session that is over is as good as none: the person is asked for a name.
    if let Ok(person) = sessions::signed_in(call).await {
        if person.view.only.is_some() {
            return Err(Refusal::Forbidden.into());
        }
        let name = name.or(person.view.name).ok_or_else(nameless)?;
        join(call, &space, person.agent, name, by).await?;
        return super::json(200, &json!({ "space": space, "agent": person.agent }));
    }
    let name = name.ok_or_else(nameless)?;
    let agent = random::fresh(AgentId::fresh)?;
    join(call, &space, agent, name.clone(), by).await?;
    let response = super::json(200, &json!({ "space": space, "agent": agent }))?;
    sessions::enter(call, agent, Entry::Invited(name), response).await
}

/// Makes somebody an agent of a space; an address that this has shown to be the person's leads to
/// the account from here on.
///
/// # Errors
/// The space's no.
pub async fn join(
    call: &Call,
    space: &SpaceId,
    agent: AgentId,
    name: PersonName,
    by: Proof,
) -> Result<(), Problem> {
    let attempt = secret::fresh(Kind::Session, &agent)?.1.id;
    let door = Door::Accept {
        agent,
        name,
        by,
        attempt,
    };
    if let Opened::Joined(Some(email)) = open(call, space, door).await? {
        addresses::show(&call.env, agent, &email).await?;
    }
    Ok(())
}

/// `POST sign-in/mail`: the same answer, and as fast, whether anybody has that address or not.
pub async fn mail_link(call: &mut Call) -> Result<Response, Problem> {
    cookie::check_page(call)?;
    address::check_gate(call)?;
    let mut fields = Fields::read(&mut call.request).await?;
    let email: Option<EmailAddress> = fields.email("email")?;
    let language = pages::language(call, fields.text("language")?.as_deref())?;
    fields.end()?;
    let email =
        email.ok_or_else(|| Problem::field("text_empty", "email", "the address is missing"))?;
    features::check(&call.env, Feature::Mail)?;
    answer_and_send(call, email, language)
}

/// Answers, and has whoever has that address looked for after the answer. It is not async, so that it
/// cannot ask anybody first: every address costs the answer the same (sec_g3_01).
fn answer_and_send(
    call: &Call,
    email: EmailAddress,
    language: String,
) -> Result<Response, Problem> {
    let (env, origin) = (call.env.clone(), call.url.origin.clone());
    call.context.wait_until(async move {
        if let Err(problem) = send_link(&env, &origin, &email, &language).await {
            worker::console_error!("edge: no link was sent: {}", problem.word());
        }
    });
    super::json(202, &json!({}))
}

/// Mails a link to whoever has shown to have that address.
async fn send_link(
    env: &Env,
    origin: &str,
    email: &EmailAddress,
    language: &str,
) -> Result<(), Problem> {
    let sign = secret::of_address(email.as_str());
    let told = sessions::tell(env, sign, &Input::Read).await?;
    if let shared::account::Answer::Sign(sign) = told
        && let Some(agent) = sign.to
    {
        let (text, link) = secret::fresh(Kind::Link, &agent)?;
        let made = Input::MakeLink {
            link,
            only: None,
            email: Some(email.clone()),
        };
        // With as many links open as may be, the owner of the address has those.
        if sessions::tell(env, agent, &made).await.is_ok() {
            let page = sessions::page_at(origin, "in", &text);
            mail::sign_in(env, email, &page, &link, language).await;
        }
    }
    Ok(())
}

/// Asks at a door of a space.
///
/// # Errors
/// The space's no.
pub async fn open(call: &Call, space: &SpaceId, door: Door) -> Result<Opened, Problem> {
    let told = super::ask_space(call, space, &SpaceAsk::Door(Box::new(door))).await?;
    let SpaceTold::Opened(opened) = told else {
        return Err(super::unexpected());
    };
    Ok(opened)
}

fn role(word: Option<&str>) -> Result<Role, Problem> {
    match word {
        None | Some("agent") => Ok(Role::Agent),
        Some("supervisor") => Ok(Role::Supervisor),
        Some("admin") => Ok(Role::Admin),
        Some(_) => {
            let message = "role is agent, supervisor or admin";
            Err(Problem::field("value_malformed", "role", message))
        }
    }
}

fn nameless() -> Problem {
    Problem::field("text_empty", "name", "the name is missing")
}
