//! Sign-in by an identity provider (OpenID Connect: code with PKCE) and by Cloudflare Access.
//!
//! `OIDC_ISSUER`, `OIDC_CLIENT_ID` and, for a confidential client, the secret `OIDC_CLIENT_SECRET`
//! turn the one on; `ACCESS_TEAM` and `ACCESS_AUD` the other.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use shared::account::{Answer, Entry, Identity, Input, Sign};
use shared::features::Feature;
use shared::id::{AgentId, SpaceId};
use shared::refusal::Refusal;
use shared::space::Proof;
use shared::text::PersonName;
use worker::{Env, Response};

use super::{invitations, sessions};
use crate::address::{Address, form};
use crate::auth::foreign::{self, Claims, Expected};
use crate::auth::key::Key;
use crate::auth::{self, cookie, secret};
use crate::errors::Problem;
use crate::router::Call;
use crate::{body, features, outside, random};

/// How long somebody may take at the provider: 10 min.
const PATIENCE_S: u64 = 600;

/// An identity provider that is set up.
struct Provider {
    issuer: String,
    client: String,
}

impl Provider {
    fn of(env: &Env) -> Result<Self, Problem> {
        features::check(env, Feature::Oidc)?;
        Ok(Self {
            issuer: env.var("OIDC_ISSUER")?.to_string(),
            client: env.var("OIDC_CLIENT_ID")?.to_string(),
        })
    }

    /// What it publishes about itself.
    async fn published(&self, env: &Env) -> Result<Value, Problem> {
        let issuer = self.issuer.trim_end_matches('/');
        let address = format!("{issuer}/.well-known/openid-configuration");
        let published = foreign::document(env, &address).await?;
        if published.get("issuer").and_then(Value::as_str) != Some(&self.issuer) {
            return Err(Problem::internal("the provider is another issuer"));
        }
        Ok(published)
    }
}

/// Whether an identity provider, and whether Access is set up.
pub fn ways(env: &Env) -> (bool, bool) {
    let is_on = |feature| features::is_on(env, feature);
    (is_on(Feature::Oidc), is_on(Feature::Access))
}

/// `GET sign-in/oidc?space=`: on to the provider.
pub async fn begin(call: &Call) -> Result<Response, Problem> {
    let provider = Provider::of(&call.env)?;
    let key = auth::key(&call.env)?;
    let published = provider.published(&call.env).await?;
    let address = endpoint(&call.env, &published, "authorization_endpoint")?;
    let seed = URL_SAFE_NO_PAD.encode([random::bytes()?, random::bytes()?].concat());
    let challenge = Sha256::digest(made(&key, "verifier", &seed));
    let address = address.with(&[
        ("response_type", "code"),
        ("client_id", &provider.client),
        ("redirect_uri", &redirect(call)),
        ("scope", "openid email profile"),
        ("state", &made(&key, "state", &seed)),
        ("nonce", &made(&key, "nonce", &seed)),
        ("code_challenge", &URL_SAFE_NO_PAD.encode(challenge)),
        ("code_challenge_method", "S256"),
    ]);
    // What is no name of a space leads to none.
    let space = call
        .parameter("space")
        .and_then(|space| space.parse::<SpaceId>().ok());
    let space = space.map_or_else(String::new, |space| space.to_string());
    let response = leads(&address)?;
    let value = format!("{seed}.{space}");
    cookie::put(
        response.headers(),
        call.is_dev,
        name(call.is_dev),
        &value,
        PATIENCE_S,
    )?;
    Ok(response)
}

/// `GET sign-in/oidc/callback`: back from the provider. Whatever went wrong is said on a page.
pub async fn finish(call: &Call) -> Result<Response, Problem> {
    let (to, space) = match come_back(call).await {
        Ok((response, space)) => (response, space),
        Err(problem) => {
            let response = leads(&format!("/agent#failed={}", problem.word()))?;
            (response, String::new())
        }
    };
    if !space.is_empty() {
        to.headers()
            .set("location", &format!("/agent?space={space}"))?;
    }
    cookie::put(to.headers(), call.is_dev, name(call.is_dev), "", 0)?;
    Ok(to)
}

async fn come_back(call: &Call) -> Result<(Response, String), Problem> {
    let provider = Provider::of(&call.env)?;
    let key = auth::key(&call.env)?;
    let header = call.request.headers().get("cookie")?.unwrap_or_default();
    let kept = cookie::find(&header, name(call.is_dev)).and_then(|kept| kept.split_once('.'));
    let (seed, space) = kept.ok_or_else(foreign::invalid)?;
    let state = call.parameter("state").unwrap_or_default();
    let is_ours = URL_SAFE_NO_PAD
        .decode(&state)
        .is_ok_and(|state| key.verify(&signed("state", seed), &state));
    let issuer = call.parameter("iss");
    if !is_ours || issuer.is_some_and(|issuer| issuer != provider.issuer) {
        return Err(foreign::invalid());
    }
    let code = call.parameter("code").ok_or_else(foreign::invalid)?;
    let published = provider.published(&call.env).await?;
    let token = token(
        call,
        &provider,
        &published,
        &code,
        &made(&key, "verifier", seed),
    )
    .await?;
    let keys = endpoint(&call.env, &published, "jwks_uri")?;
    let expected = Expected {
        issuer: &provider.issuer,
        audience: &provider.client,
        nonce: Some(&made(&key, "nonce", seed)),
    };
    let claims = foreign::verify(&call.env, &keys.to_string(), &expected, &token).await?;
    let response = leads("/agent")?;
    let response = admit(call, &provider.issuer, claims, response).await?;
    let space = space.parse::<SpaceId>().map(|space| space.to_string());
    Ok((response, space.unwrap_or_default()))
}

/// `POST sign-in/access`: by the token that Cloudflare Access puts on every request.
pub async fn by_access(call: &mut Call) -> Result<Response, Problem> {
    cookie::check_page(call)?;
    auth::address::check_gate(call)?;
    body::nothing(&mut call.request).await?;
    let (team, audience) = access(&call.env)?;
    let token = call.request.headers().get("cf-access-jwt-assertion")?;
    let token = token.ok_or_else(foreign::invalid)?;
    let keys = format!("{team}/cdn-cgi/access/certs");
    let expected = Expected {
        issuer: &team,
        audience: &audience,
        nonce: None,
    };
    let claims = foreign::verify(&call.env, &keys, &expected, &token).await?;
    // Access lets nobody through whose address its own provider has not vouched for.
    let claims = Claims {
        is_verified: true,
        ..claims
    };
    let response = super::json(200, &json!({}))?;
    admit(call, &team, claims, response).await
}

/// Lets somebody in whom an issuer vouches for (G3): by the identity, else by an address that it has
/// verified and that was invited.
async fn admit(
    call: &Call,
    issuer: &str,
    claims: Claims,
    response: Response,
) -> Result<Response, Problem> {
    let own = secret::of_identity(issuer, &claims.subject);
    let identity = Identity {
        issuer: issuer.to_owned(),
        subject: claims.subject,
    };
    let by = Entry::Identity(identity.clone());
    let known = sign(call, own).await?.to;
    let email = claims.email.filter(|_| claims.is_verified);
    let Some(email) = email else {
        let agent = known.ok_or(Refusal::NotInvited)?;
        return sessions::enter(call, agent, by, response).await;
    };
    let of_address = sign(call, secret::of_address(email.as_str())).await?;
    let fallback = || PersonName::parse(email.as_str()).ok();
    let name = claims.name.or_else(fallback).ok_or(Refusal::NotInvited)?;
    let agent = match known.or(of_address.to) {
        Some(agent) => agent,
        None if of_address.invited.is_empty() => return Err(Refusal::NotInvited.into()),
        None => random::fresh(AgentId::fresh)?,
    };
    let is_new = known.is_none() && of_address.to.is_none();
    let mut has_joined = false;
    for invited in of_address.invited {
        let by = Proof::Address(invited.id, email.clone());
        // One that was used or taken back meanwhile is as good as none.
        let joined = invitations::join(call, &invited.space, agent, name.clone(), by).await;
        has_joined |= joined.is_ok();
    }
    if is_new && !has_joined {
        return Err(Refusal::NotInvited.into());
    }
    let by = if is_new { Entry::Invited(name) } else { by };
    if known.is_none() {
        sessions::tell(&call.env, agent, &Input::Link { identity }).await?;
        sessions::tell(&call.env, own, &Input::Lead { to: agent }).await?;
    }
    sessions::tell(&call.env, agent, &Input::Show { agent, email }).await?;
    sessions::enter(call, agent, by, response).await
}

async fn sign(call: &Call, account: AgentId) -> Result<Sign, Problem> {
    match sessions::tell(&call.env, account, &Input::Read).await? {
        Answer::Sign(sign) => Ok(sign),
        Answer::Done
        | Answer::Known(_)
        | Answer::Spaces(_)
        | Answer::Shown(_)
        | Answer::Denied(_) => Err(super::unexpected()),
    }
}

/// Turns the code into the provider's token.
async fn token(
    call: &Call,
    provider: &Provider,
    published: &Value,
    code: &str,
    verifier: &str,
) -> Result<String, Problem> {
    let address = endpoint(&call.env, published, "token_endpoint")?;
    let form = form(&[
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", &redirect(call)),
        ("code_verifier", verifier),
        ("client_id", &provider.client),
    ]);
    let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
    let password = features::secret(&call.env, "OIDC_CLIENT_SECRET");
    let basic = password.map(|password| {
        let pair = format!("{}:{}", provider.client, password.expose());
        format!("Basic {}", STANDARD.encode(pair))
    });
    if let Some(basic) = &basic {
        headers.push(("authorization", basic));
    }
    let (status, body) = outside::post(&call.env, &address.to_string(), &headers, &form).await?;
    if status != 200 {
        worker::console_warn!("edge: the provider's token endpoint answered {status}");
        return Err(foreign::invalid());
    }
    let answer: Value = shared::json::read(&body).map_err(|_| foreign::invalid())?;
    let token = answer.get("id_token").and_then(Value::as_str);
    token.map(str::to_owned).ok_or_else(foreign::invalid)
}

fn endpoint(env: &Env, published: &Value, name: &str) -> Result<Address, Problem> {
    let address = published.get(name).and_then(Value::as_str);
    outside::check(env, address.unwrap_or_default())
}

fn access(env: &Env) -> Result<(String, String), Problem> {
    features::check(env, Feature::Access)?;
    let team = env.var("ACCESS_TEAM")?.to_string();
    let audience = env.var("ACCESS_AUD")?.to_string();
    Ok((team.trim_end_matches('/').to_owned(), audience))
}

/// What is sent along is made of the seed in the browser's cookie: nothing is kept here.
fn made(key: &Key, what: &str, seed: &str) -> String {
    URL_SAFE_NO_PAD.encode(key.sign(&signed(what, seed)))
}

fn signed(what: &str, seed: &str) -> String {
    format!("oidc {what}|{seed}")
}

fn redirect(call: &Call) -> String {
    let own = &call.url.origin;
    format!("{own}/api/v1/sign-in/oidc/callback")
}

fn leads(address: &str) -> Result<Response, Problem> {
    let response = Response::empty()?.with_status(302);
    response.headers().set("location", address)?;
    Ok(response)
}

const fn name(is_dev: bool) -> &'static str {
    if is_dev {
        "bellhop-oidc"
    } else {
        "__Host-bellhop-oidc"
    }
}
