//! What browsers load: documents with the headers that belong to them, the loader, hashed files.

mod dress;
mod files;
mod html;

use shared::conversation::Source;
use shared::headers::{self, Kind};
use shared::id::SpaceId;
use shared::language;
use shared::settings::Settings;
use worker::Response;

use crate::api::{self, sign_in};
use crate::ask::{self, SpaceAsk, SpaceTold};
use crate::auth::cookie;
use crate::challenge;
use crate::demo;
use crate::dictation;
use crate::errors::Problem;
use crate::mail;
use crate::router::Call;

/// `/`: the demo shop on one's own machine, else one line.
pub fn root(call: &Call) -> Result<Response, Problem> {
    if call.is_dev {
        let response = Response::empty()?.with_status(302);
        response.headers().set("location", "/demo")?;
        return Ok(response);
    }
    let response = Response::ok("Bellhop, live chat that answers at the edge.\n")?;
    says(response, Kind::Root, &call.url.origin)
}

/// `/demo`, and `/demo?as=` for one of its customers, for whom it vouches as any site does: by a
/// token that its server writes into the page.
pub async fn demo(call: &Call) -> Result<Response, Problem> {
    let asked = call.parameter("as").unwrap_or_default();
    let customer = demo::CUSTOMERS.iter().find(|(id, ..)| *id == asked);
    let token = match customer {
        Some((id, name, email)) => api::dev::vouch(call, id, name, email).await?,
        None => String::new(),
    };
    let here = |id| {
        if id == customer.map_or("", |(id, ..)| *id) {
            "true"
        } else {
            "false"
        }
    };
    let values = [
        ("token", token.as_str()),
        ("guest", here("")),
        ("zoe", here("zoe")),
        ("tom", here("tom")),
    ];
    document(call, "demo.html", 200, Kind::Demo, &values).await
}

/// `/bellhop.js`, `/bellhop-page.js` and their types: any page may run them, and keeps them for five minutes.
pub async fn loader(call: &Call) -> Result<Response, Problem> {
    let name = call.url.path.trim_start_matches('/');
    let response = files::send(call, name).await?;
    says(response, Kind::Loader, &call.url.origin)
}

/// `/bellhop-greetings.js?space=`: what pages of the space show by themselves (P8), as a script, since a page's
/// policy that lets our scripts run lets nothing be fetched.
pub async fn greetings(call: &Call) -> Result<Response, Problem> {
    let greetings = match look(call).await? {
        Ok((_, settings, _)) if settings.live_chat => settings.proactive,
        Ok(_) | Err(_) => Vec::new(),
    };
    let list = serde_json::to_string(&greetings).map_err(Problem::internal)?;
    let response = Response::ok(["export default ", &list].concat())?;
    let headers = response.headers();
    headers.set("content-type", "text/javascript; charset=utf-8")?;
    says(response, Kind::Loader, &call.url.origin)
}

/// `/openapi.json`
pub async fn api_document(call: &Call) -> Result<Response, Problem> {
    let response = files::send(call, "openapi.json").await?;
    says(response, Kind::ApiDocument, &call.url.origin)
}

/// `/assets/…`: the digest in the name makes a file good for ever.
pub async fn asset(call: &Call) -> Result<Response, Problem> {
    let response = files::send(call, &format!("assets/{}", call.place)).await?;
    says(response, Kind::Asset, &call.url.origin)
}

/// `/chat?space=`
pub async fn chat(call: &Call) -> Result<Response, Problem> {
    let (space, settings, dictation) = match look(call).await? {
        Ok(found) if found.1.live_chat => found,
        Ok((space, ..)) => return off(call, space.as_str(), "switched off").await,
        Err(asked) => return off(call, &asked, "unknown space").await,
    };
    let sign_in = settings.sign_in_url.as_ref();
    let takes = takes(call, &settings);
    let sends_files = sends_files(call, &settings, Source::Widget);
    let theme = settings.theme.unwrap_or_default();
    let logo = theme.logo.as_ref().map_or("", |logo| logo.as_str());
    let color = theme.color.map(|color| color.shades().0.color.to_string());
    let asked = call.parameter("lang").unwrap_or_default();
    let accepted = call.request.headers().get("accept-language")?;
    let wanted = [asked, accepted.unwrap_or_default()].join(",");
    let (language, locale) = language::first(&wanted);
    let values = [
        ("lang", language.tag),
        ("dir", language.dir()),
        ("locale", locale),
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
        ("logo", logo),
        ("take", takes),
        ("files", sends_files),
        ("dictate", dictation),
        ("scheme", theme.scheme.css()),
    ];
    let mut text = files::text(call, "chat.html").await?;
    // The texts of English are in the app.
    if language.is_english() {
        text = html::without(&text, "{{lang}}.");
    }
    let (text, style) = dress::dress(&theme, text);
    let kind = Kind::Chat {
        origins: &settings.origins,
        style: &style,
        image: logo,
        files: &crate::files::origin(&call.env, &call.url),
    };
    filled(call, &text, 200, kind, &values)
}

/// How customers take along what was written.
fn takes(call: &Call, settings: &Settings) -> &'static str {
    match (settings.transcripts, mail::is_on(&call.env)) {
        (false, _) => "",
        (true, false) => "text",
        (true, true) => "text mail",
    }
}

/// Whether files are sent from a page: `none` where the installation has no place for them, `off` where the space takes
/// none in conversations of that source.
fn sends_files(call: &Call, settings: &Settings, source: Source) -> &'static str {
    if !crate::files::is_on(&call.env) {
        "none"
    } else if settings.files_off.contains(&source) {
        "off"
    } else {
        ""
    }
}

/// `/challenge?space=`: where somebody shows that a person writes, in a frame of the chat.
///
/// It is a document of its own because it runs a script of Cloudflare's, which no other page of ours
/// does: their policies stay closed, and nothing of the talk is in this one.
pub async fn challenge(call: &Call) -> Result<Response, Problem> {
    let (_, settings, _) = match look(call).await? {
        Ok(found) => found,
        Err(asked) => return off(call, &asked, "unknown space").await,
    };
    let keys = challenge::Keys::of(&call.env)?;
    let base = &challenge::base(&call.env);
    let script = format!("{base}/turnstile/v0/api.js?render=explicit");
    let theme = call.parameter("theme").unwrap_or_default();
    let values = [
        ("key", keys.site.as_str()),
        ("script", &script),
        ("theme", &theme),
    ];
    let origins = &settings.origins;
    let kind = Kind::Challenge { origins, base };
    document(call, "challenge.html", 200, kind, &values).await
}

/// `/agent?space=`: the console of a space; without one, the way in.
pub async fn console(call: &Call) -> Result<Response, Problem> {
    let session = if cookie::session(call)?.is_some() {
        "1"
    } else {
        ""
    };
    let files = &crate::files::origin(&call.env, &call.url);
    let kind = Kind::Console { files };
    if call.parameter("space").is_none() {
        let methods = methods(call);
        let values = [("session", session), ("methods", methods.as_str())];
        return document(call, "home.html", 200, kind, &values).await;
    }
    let (space, settings, dictation) = match look(call).await? {
        Ok(found) => found,
        Err(asked) => return off(call, &asked, "unknown space").await,
    };
    let values = [
        ("space", space.as_str()),
        ("name", settings.name.as_str()),
        ("dictate", dictation),
        ("session", session),
        ("files", sends_files(call, &settings, Source::Console)),
    ];
    document(call, "console.html", 200, kind, &values).await
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

/// A page that says, also to the loader around it, that there is no chat.
async fn off(call: &Call, space: &str, reason: &str) -> Result<Response, Problem> {
    let values = [("space", space), ("reason", reason)];
    document(call, "off.html", 404, Kind::Off, &values).await
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

/// The space that the address names, its settings and how one dictates there, or the text that names none.
async fn look(call: &Call) -> Result<Result<(SpaceId, Settings, &'static str), String>, Problem> {
    let asked = call.parameter("space").unwrap_or_default();
    let Ok(space) = asked.parse::<SpaceId>() else {
        return Ok(Err(asked));
    };
    let told = ask::space(&call.env, &space, &SpaceAsk::Look).await?;
    let SpaceTold::Settings(settings, has_transcriber) = told else {
        return Ok(Err(asked));
    };
    let dictation = match settings.dictation {
        true => dictation::way(&call.env, has_transcriber),
        false => "",
    };
    Ok(Ok((space, *settings, dictation)))
}

async fn document(
    call: &Call,
    name: &str,
    status: u16,
    kind: Kind<'_>,
    values: &[(&str, &str)],
) -> Result<Response, Problem> {
    let text = files::text(call, name).await?;
    filled(call, &text, status, kind, values)
}

fn filled(
    call: &Call,
    text: &str,
    status: u16,
    kind: Kind<'_>,
    values: &[(&str, &str)],
) -> Result<Response, Problem> {
    let asked = call.parameter("lang");
    let language = language(call, asked.as_deref())?;
    let dev = if call.is_dev { "1" } else { "" };
    let mut values = values.to_vec();
    values.extend([("lang", language.as_str()), ("dev", dev)]);
    let response = Response::from_html(html::fill(text, &values))?.with_status(status);
    says(response, kind, &call.url.origin)
}

/// Gives an answer the headers of its kind, whatever it has said already aside.
///
/// # Errors
/// When the platform refuses one.
pub fn says(response: Response, kind: Kind<'_>, own: &str) -> Result<Response, Problem> {
    let headers = response.headers();
    for (name, value) in headers::of(kind, own) {
        if !headers.has(name)? {
            headers.set(name, &value)?;
        }
    }
    Ok(response)
}
