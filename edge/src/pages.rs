//! What browsers load: documents with the headers that belong to them, the loader, hashed files.

mod csp;
mod dress;
mod files;
mod html;

use shared::id::SpaceId;
use shared::settings::Settings;
use worker::{Headers, Response};

use crate::api::sign_in;
use crate::ask::{self, SpaceAsk, SpaceTold};
use crate::auth::cookie;
use crate::errors::Problem;
use crate::mail;
use crate::router::Call;
use csp::Frames;

/// `/`: the demo shop on one's own machine, else one line.
pub fn root(call: &Call) -> Result<Response, Problem> {
    if call.is_dev {
        let response = Response::empty()?.with_status(302);
        response.headers().set("location", "/demo")?;
        return Ok(response);
    }
    let response = Response::ok("Bellhop, live chat that answers at the edge.\n")?;
    guard(
        call,
        response.headers(),
        &csp::policy(&own(call), Frames::Nobody),
    )?;
    Ok(response)
}

/// `/demo`
pub async fn demo(call: &Call) -> Result<Response, Problem> {
    document(call, "demo.html", 200, &csp::demo_policy(), &[]).await
}

/// `/bellhop.js`: any page may run it, and keeps it for five minutes.
pub async fn loader(call: &Call) -> Result<Response, Problem> {
    let response = files::send(call, "bellhop.js").await?;
    let headers = response.headers();
    headers.set("cache-control", "public, max-age=300")?;
    headers.set("access-control-allow-origin", "*")?;
    headers.set("cross-origin-resource-policy", "cross-origin")?;
    common(call, headers)?;
    Ok(response)
}

/// `/openapi.json`
pub async fn api_document(call: &Call) -> Result<Response, Problem> {
    let response = files::send(call, "openapi.json").await?;
    let headers = response.headers();
    headers.set("cache-control", "public, max-age=300")?;
    headers.set("access-control-allow-origin", "*")?;
    common(call, headers)?;
    Ok(response)
}

/// `/assets/…`: the digest in the name makes a file good for ever.
pub async fn asset(call: &Call) -> Result<Response, Problem> {
    let response = files::send(call, &format!("assets/{}", call.place)).await?;
    let headers = response.headers();
    headers.set("cache-control", "public, max-age=31536000, immutable")?;
    headers.set("cross-origin-resource-policy", "same-origin")?;
    common(call, headers)?;
    Ok(response)
}

/// `/chat?space=`
pub async fn chat(call: &Call) -> Result<Response, Problem> {
    let (space, settings) = match look(call).await? {
        Ok((space, settings)) if settings.live_chat => (space, settings),
        Ok((space, _)) => return off(call, space.as_str(), "switched_off").await,
        Err(asked) => return off(call, &asked, "unknown_space").await,
    };
    let policy = csp::policy(&own(call), Frames::Allowed(&settings.origins));
    let sign_in = settings.sign_in_url.as_ref();
    let theme = settings.theme.unwrap_or_default();
    let color = theme.color.map(|color| color.shades().0.color.to_string());
    let values = [
        ("space", space.as_str()),
        ("name", settings.name.as_str()),
        (
            "verify",
            if settings.require_verification {
                "1"
            } else {
                ""
            },
        ),
        ("sign_in", sign_in.map_or("", |url| url.as_str())),
        ("color", color.as_deref().unwrap_or_default()),
        ("scheme", theme.scheme.css()),
    ];
    let text = files::text(call, "chat.html").await?;
    let (text, policy) = dress::dress(&theme, text, &policy);
    let response = filled(call, &text, 200, &policy, &values)?;
    // A host page that isolates itself may still show the chat.
    let headers = response.headers();
    headers.set("cross-origin-resource-policy", "cross-origin")?;
    headers.set("permissions-policy", PERMISSIONS)?;
    Ok(response)
}

/// `/agent?space=`: the console of a space; without one, the way in.
pub async fn console(call: &Call) -> Result<Response, Problem> {
    let session = if cookie::session(call)?.is_some() {
        "1"
    } else {
        ""
    };
    if call.parameter("space").is_none() {
        let methods = methods(call);
        let values = [("session", session), ("methods", methods.as_str())];
        return own_page(call, "home.html", &values).await;
    }
    let (space, settings) = match look(call).await? {
        Ok(found) => found,
        Err(asked) => return off(call, &asked, "unknown_space").await,
    };
    let values = [
        ("space", space.as_str()),
        ("name", settings.name.as_str()),
        ("session", session),
    ];
    own_page(call, "console.html", &values).await
}

/// The ways to sign in that are set up.
fn methods(call: &Call) -> String {
    let (oidc, access) = sign_in::ways(&call.env);
    let ways = [
        ("oidc", oidc),
        ("access", access),
        ("mail", mail::is_on(&call.env)),
    ];
    let ways = ways.into_iter().filter(|(_, is_on)| *is_on);
    ways.map(|(way, _)| way).collect::<Vec<_>>().join(" ")
}

/// A document that nobody may frame.
async fn own_page(call: &Call, name: &str, values: &[(&str, &str)]) -> Result<Response, Problem> {
    let policy = csp::policy(&own(call), Frames::Nobody);
    let response = document(call, name, 200, &policy, values).await?;
    let headers = response.headers();
    headers.set("cross-origin-opener-policy", "same-origin")?;
    headers.set("permissions-policy", PERMISSIONS)?;
    Ok(response)
}

const PERMISSIONS: &str = "camera=(self), microphone=(self), display-capture=(self), \
    geolocation=(), payment=(), usb=()";

/// A page that says, also to the loader around it, that there is no chat.
async fn off(call: &Call, space: &str, reason: &str) -> Result<Response, Problem> {
    let policy = csp::policy(&own(call), Frames::Anybody);
    let values = [("space", space), ("reason", reason)];
    let response = document(call, "off.html", 404, &policy, &values).await?;
    response
        .headers()
        .set("cross-origin-resource-policy", "cross-origin")?;
    Ok(response)
}

/// The language that a call asks for: what it names, else what the browser prefers.
///
/// # Errors
/// When headers cannot be read.
pub fn language(call: &Call, asked: Option<&str>) -> Result<String, Problem> {
    let accepted = call.request.headers().get("accept-language")?;
    Ok(html::language(asked, accepted.as_deref()).to_owned())
}

/// A text as it may stand in HTML.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    html::escape(text, &mut escaped);
    escaped
}

/// The space that the address names and its settings, or the text that names none.
async fn look(call: &Call) -> Result<Result<(SpaceId, Settings), String>, Problem> {
    let asked = call.parameter("space").unwrap_or_default();
    let Ok(space) = asked.parse::<SpaceId>() else {
        return Ok(Err(asked));
    };
    let told = ask::space(&call.env, &space, &SpaceAsk::Look).await?;
    let SpaceTold::Settings(settings) = told else {
        return Ok(Err(asked));
    };
    Ok(Ok((space, *settings)))
}

async fn document(
    call: &Call,
    name: &str,
    status: u16,
    policy: &str,
    values: &[(&str, &str)],
) -> Result<Response, Problem> {
    let text = files::text(call, name).await?;
    filled(call, &text, status, policy, values)
}

fn filled(
    call: &Call,
    text: &str,
    status: u16,
    policy: &str,
    values: &[(&str, &str)],
) -> Result<Response, Problem> {
    let asked = call.parameter("lang");
    let language = language(call, asked.as_deref())?;
    let dev = if call.is_dev { "1" } else { "" };
    let mut values = values.to_vec();
    values.extend([("lang", language.as_str()), ("dev", dev)]);
    let response = Response::from_html(html::fill(text, &values))?.with_status(status);
    let headers = response.headers();
    headers.set("cache-control", "no-cache")?;
    headers.set("vary", "accept-language")?;
    guard(call, headers, policy)?;
    Ok(response)
}

/// Headers of every document.
fn guard(call: &Call, headers: &Headers, policy: &str) -> Result<(), Problem> {
    headers.set("content-security-policy", policy)?;
    let endpoint = format!("csp=\"{}{}\"", own(call), csp::REPORTS);
    headers.set("reporting-endpoints", &endpoint)?;
    common(call, headers)
}

/// Headers of everything.
fn common(call: &Call, headers: &Headers) -> Result<(), Problem> {
    headers.set("x-content-type-options", "nosniff")?;
    headers.set("referrer-policy", "no-referrer")?;
    if call.url.scheme == "https:" {
        headers.set("strict-transport-security", "max-age=63072000")?;
    }
    Ok(())
}

fn own(call: &Call) -> String {
    call.url.origin.clone()
}
