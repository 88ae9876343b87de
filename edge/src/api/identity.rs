//! Customers for whom a site vouches, and the keys by which it does (I1 to I5 of SECURITY.md).

use serde_json::{Value, json};
use shared::id::{SpaceId, WayId};
use shared::identity::{Algorithm, IdentityKey, Verified};
use shared::refusal::Refusal;
use shared::rights::Person;
use shared::space::Door;
use shared::text::CustomerId;
use worker::{Response, console_error};

use super::fields::Fields;
use super::invitations::open;
use super::tokens::tokens;
use crate::ask::{self, ConversationAsk, Identify, SpaceAsk, SpaceTold};
use crate::auth::{self, identity, seal, secret};
use crate::errors::Problem;
use crate::router::Call;
use crate::{clock, random};

/// `POST spaces/{space}/identify`: by a token of the site's, or by an id and its HMAC.
pub async fn identify(call: &mut Call) -> Result<Response, Problem> {
    let space: SpaceId = super::named(&call.place, Refusal::SpaceUnknown)?;
    auth::address::check_customers(call)?;
    let mut fields = Fields::read(&mut call.request).await?;
    let (token, id, hash) = (
        fields.text("token")?,
        fields.parsed("id", CustomerId::parse)?,
        fields.text("hash")?,
    );
    fields.end()?;
    let earlier = earlier(call, &space)?;
    let key = auth::key(&call.env)?;
    let told = super::ask_space(call, &space, &SpaceAsk::IdentityKeys).await?;
    let SpaceTold::IdentityKeys(keys) = told else {
        return Err(super::unexpected());
    };
    let shown = match (token, id, hash) {
        (Some(token), None, None) => identity::token(&call.env, &space, &keys, &token).await?,
        (None, Some(id), Some(hash)) => {
            identity::hash(&call.env, &space, &keys, (id, &hash)).await?
        }
        (Some(_) | None, Some(_) | None, Some(_) | None) => {
            let message = "send either a token, or an id and its hash";
            return Err(Problem::field("value_malformed", "token", message));
        }
    };
    let visitor = secret::of_customer(&space, &shown.identity.id);
    let (verified, is_kept) = Verified::after(shown.identity, visitor, earlier.as_ref());
    let family = match shown.token {
        Some(token) => secret::of_token(&token),
        None => WayId::from_bytes(random::bytes()?).to_string(),
    };
    let asked = SpaceAsk::Identify(Box::new(Identify {
        key: shown.key,
        family,
        visitor,
        verified,
    }));
    let told = super::ask_space(call, &space, &asked).await?;
    let SpaceTold::Identified { session, own, open } = told else {
        return Err(auth::foreign::invalid());
    };
    let own = hand_over(call, &space, &session.person, own).await;
    let mut body = tokens(&key, &space, session);
    body.insert("visitor".into(), visitor.to_string().into());
    body.insert("kept".into(), is_kept.into());
    let conversation = own.or_else(|| open.first().copied());
    let conversation = conversation.map(|conversation| conversation.to_string());
    body.insert("conversation".into(), conversation.into());
    super::json(200, &Value::Object(body))
}

/// Whose session it was until now; `None` where none is brought.
fn earlier(call: &Call, space: &SpaceId) -> Result<Option<Person>, Problem> {
    if call.request.headers().get("authorization")?.is_none() {
        return Ok(None);
    }
    let pass = call.pass()?;
    match pass.person {
        Person::Visitor { .. } if pass.space == *space => Ok(Some(pass.person)),
        Person::Visitor { .. } | Person::Agent { .. } => Err(Refusal::Forbidden.into()),
    }
}

/// Gives the customer what the same session has begun, and says which. What cannot be reached is the
/// customer's as soon as that browser connects to it (ID5 of `shared::conversation`).
async fn hand_over(
    call: &Call,
    space: &SpaceId,
    person: &Person,
    own: Vec<shared::id::ConversationId>,
) -> Option<shared::id::ConversationId> {
    for conversation in &own {
        let person = person.clone();
        let asked = ConversationAsk::Identify { person };
        let told = ask::conversation(&call.env, space, *conversation, &asked).await;
        if let Err(error) = told {
            console_error!("edge: a conversation was not handed over: {error}");
        }
    }
    own.first().copied()
}

/// `POST spaces/{space}/identity-keys`: a secret of ours, shown once, or a public key of the site's.
pub async fn create(call: &mut Call) -> Result<Response, Problem> {
    let (space, by) = super::agent_of(call)?;
    let mut fields = Fields::read(&mut call.request).await?;
    let (algorithm, public) = (fields.text("algorithm")?, fields.text("public_key")?);
    fields.end()?;
    let algorithm = algorithm.as_deref().unwrap_or("HS256");
    let malformed = |field, message: &str| Problem::field("value_malformed", field, message);
    let check = (algorithm == Algorithm::FileCheck.name()).then_some(Algorithm::FileCheck);
    let algorithm = check
        .or_else(|| Algorithm::named(algorithm))
        .ok_or_else(|| {
            malformed(
                "algorithm",
                "algorithm is HS256, RS256, ES256 or file-check",
            )
        })?;
    // Nothing is made for somebody who may not have it.
    super::ask_space(call, &space, &SpaceAsk::MayLetIn).await?;
    let id = WayId::from_bytes(random::bytes()?);
    let (key, secret) = match (algorithm, public) {
        (Algorithm::Hs256 | Algorithm::FileCheck, None) => {
            let secret = secret::for_site()?;
            let name = &identity::sealed_as(id);
            let place = seal::Place {
                space: &space,
                name,
            };
            (seal::seal(&call.env, place, &secret).await?, Some(secret))
        }
        (Algorithm::Hs256 | Algorithm::FileCheck, Some(_)) => {
            let message = "that has no public key: we make its secret";
            return Err(malformed("public_key", message));
        }
        (Algorithm::Rs256 | Algorithm::Es256, public) => {
            let message = "public_key is a public key of that kind, as PEM or JWK; RSA has 2,048 bits or more";
            let public = public.unwrap_or_default();
            let key = identity::public_key(algorithm, &public).await;
            (key.ok_or_else(|| malformed("public_key", message))?, None)
        }
    };
    let last4 = secret
        .as_deref()
        .and_then(|secret| secret.get(secret.len() - 4..));
    let made = IdentityKey {
        id,
        algorithm,
        key,
        last4: last4.unwrap_or_default().to_owned(),
        by,
        made_at: clock::now(),
    };
    let last4 = made.last4.clone();
    open(call, &space, Door::MakeIdentityKey(made)).await?;
    let body = json!({ "id": id, "algorithm": algorithm, "last4": last4, "secret": secret });
    super::json(201, &body)
}

/// `GET spaces/{space}/identity-keys`
pub async fn list(call: &Call) -> Result<Response, Problem> {
    let (space, _) = super::agent_of(call)?;
    super::read_space(call, &space, &SpaceAsk::IdentityKeysFor).await
}
