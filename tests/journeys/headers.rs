//! Every answer wears the headers of its kind (HD1 to HD7): documents, files, and every call of the
//! API, obeyed or refused.

use anyhow::{Context, Result, ensure};
use reqwest::{Method, header::HeaderMap};
use serde_json::{Value, json};
use shared::headers::Kind;
use shared::settings::Origin;
use stage::api::Api;
use stage::headers::are_those_of;
use stage::play;

use crate::every::calls;
use crate::every::town::{Pass, Town};

/// A document or a file, its headers held against the table.
async fn wears(
    api: &Api,
    method: Method,
    path: &str,
    kind: Kind<'_>,
    status: u16,
) -> Result<String> {
    let response = api.request(method.clone(), path).send().await?;
    let told = (response.status().as_u16(), response.headers().clone());
    ensure!(told.0 == status, "{method} {path}: {}", told.0);
    are_those_of(kind, api.base(), &told.1).with_context(|| format!("{method} {path}"))?;
    Ok(response.text().await?)
}

/// The policy of the chat with this hash of a style and this picture.
const fn chat<'a>(
    origins: &'a [Origin],
    style: &'a str,
    image: &'a str,
    files: &'a str,
) -> Kind<'a> {
    Kind::Chat {
        origins,
        style,
        image,
        files,
    }
}

#[test]
fn sec_headers_of_documents_and_files_are_those_of_the_table() {
    play(0, async |stage| {
        let api = stage.api();
        let origins = ["https://shop.example", "http://localhost:*"];
        let space = api.space(json!({ "origins": origins }), &["Jack"]).await?;
        let shut = json!({ "origins": origins, "live_chat": false });
        let shut = api.space(shut, &["Jack"]).await?;
        let origins = origins.map(str::parse::<Origin>);
        let origins: Vec<Origin> = origins.into_iter().collect::<Result<_, _>>()?;
        let files = &stage.files();
        let open = chat(&origins, "", "", files);
        let (name, shut) = (&space.space, &shut.space);
        let mut documents = Vec::new();
        for (path, kind, status) in [
            ("/", Kind::Answer, 302),
            ("/demo", Kind::Demo, 200),
            (&*format!("/chat?space={name}"), open, 200),
            (&*format!("/chat?space={name}&lang=de"), open, 200),
            (&*format!("/chat?space={shut}"), Kind::Off, 404),
            ("/chat", Kind::Off, 404),
            ("/chat?space=%00", Kind::Off, 404),
            ("/agent", Kind::Console { files }, 200),
            (
                &*format!("/agent?space={name}"),
                Kind::Console { files },
                200,
            ),
            ("/agent?space=nobody-has-this", Kind::Off, 404),
            ("/bellhop.js", Kind::Loader, 200),
            ("/bellhop-page.js", Kind::Loader, 200),
            ("/bellhop-greet.js", Kind::Loader, 200),
            ("/bellhop-greetings.js?space=none", Kind::Loader, 200),
            ("/bellhop.d.ts", Kind::Loader, 200),
            ("/openapi.json", Kind::ApiDocument, 200),
            ("/nothing", Kind::Answer, 404),
            ("/assets/nothing.js", Kind::Answer, 404),
            (&*format!("/{}", "a".repeat(3_000)), Kind::Answer, 414),
        ] {
            let document = wears(api, Method::GET, path, kind, status).await?;
            wears(api, Method::HEAD, path, kind, status).await?;
            documents.push((path.to_owned(), document));
            if status != 414 && !path.contains("nothing") {
                wears(api, Method::DELETE, path, Kind::Answer, 405).await?;
            }
        }
        for (path, document) in documents {
            if !document.starts_with("<!doctype html>") {
                continue;
            }
            has_nothing_inline(&document).with_context(|| path.clone())?;
            for asset in document
                .split('"')
                .filter(|text| text.starts_with("/assets/"))
            {
                wears(api, Method::GET, asset, Kind::Asset, 200).await?;
            }
        }
        Ok(())
    });
}

/// No script and no style stands in a document, and no attribute that would run one.
fn has_nothing_inline(document: &str) -> Result<()> {
    for script in document.split("<script").skip(1) {
        let tag = script.split('>').next().unwrap_or_default();
        ensure!(tag.contains(" src=\"/"), "a script in the page: {tag}");
    }
    ensure!(!document.contains("{{"), "a placeholder is left");
    ensure!(!document.contains("<style"), "a style in the page");
    for tag in document.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let mut words = tag.split_whitespace().skip(1);
        let runs = |word: &str| {
            word.starts_with("style=") || (word.starts_with("on") && word.contains('='))
        };
        ensure!(!words.any(runs), "an attribute that runs something: {tag}");
        ensure!(!tag.to_lowercase().contains("javascript:"), "{tag}");
    }
    Ok(())
}

/// The style of a theme is the one thing in a page, and the policy names exactly that.
#[test]
fn sec_hd4_a_theme_is_named_by_its_hash() {
    play(0, async |stage| {
        let api = stage.api();
        let logo = "https://shop.example/logo.svg";
        let theme = json!({ "color": "#8a2be2", "logo": logo });
        let space = api.space(json!({ "theme": theme }), &["Jack"]).await?;
        let path = format!("/chat?space={}", space.space);
        let response = api.request(Method::GET, &path).send().await?;
        let headers = response.headers().clone();
        let document = response.text().await?;
        let style = document.split("<style>").nth(1).context("no style")?;
        let style = style.split("</style>").next().context("no end")?;
        let hash = {
            use base64::{Engine, engine::general_purpose::STANDARD};
            use sha2::{Digest, Sha256};
            STANDARD.encode(Sha256::digest(style))
        };
        let origins = ["http://localhost:*", "http://127.0.0.1:*"].map(str::parse);
        let origins: Vec<Origin> = origins.into_iter().collect::<Result<_, _>>()?;
        are_those_of(
            chat(&origins, &hash, logo, &stage.files()),
            api.base(),
            &headers,
        )
    });
}

/// [`Api::send`] holds every answer of the API against the table; here each call is answered in each
/// way that it can be: obeyed, and refused for everything that one can do wrong.
#[test]
fn sec_headers_of_every_call_are_those_of_the_table() {
    play(0, async |stage| {
        let api = stage.api();
        let town = Town::of(api, "Larch").await?;
        let mut seen = Vec::new();
        for call in calls::all()? {
            // This one would end the instance, which other journeys use.
            if call.path.ends_with("/dev/panic") {
                continue;
            }
            let path = town.filled(call.path)?;
            let long = format!("{path}?x={}", "y".repeat(3_000));
            let request = || api.request(call.method.clone(), &path);
            let pass = town.pass(call.by)?;
            let own = api.base();
            let is_change = call.is_change();
            let mut requests = vec![
                request(),
                request().bearer_auth("x.y.z"),
                request().header("Origin", "https://evil.example"),
                api.request(Method::from_bytes(b"PROPFIND")?, &path),
                api.request(call.method.clone(), &long),
            ];
            if is_change {
                let whole = call.body_in(&town)?;
                for body in ["{", "[]", r#"{"unheard_of":1}"#, &" ".repeat(100_000)] {
                    let asked = pass.shown_on(request(), own);
                    let asked = asked.header("Content-Type", "application/json");
                    requests.push(asked.body(body.to_owned()));
                }
                requests.push(Pass::Page.shown_on(request().json(&whole), own));
            } else if call.method == Method::GET {
                requests.push(pass.shown_on(request(), own));
                let headless = api.request(Method::HEAD, &path).send().await?;
                are_those_of(Kind::Answer, own, headless.headers()).context(call.path)?;
            }
            for request in requests {
                let (answer, headers) = api.send_whole(request).await?;
                says_so(&answer.body, answer.status, &headers)?;
                seen.push(answer.status);
            }
        }
        for status in [200, 400, 401, 403, 405, 413, 414, 422, 426, 503] {
            ensure!(seen.contains(&status), "nothing was answered by {status}");
        }
        Ok(())
    });
}

/// What is no JSON says so, and 401 and 405 say what would have been right.
fn says_so(body: &Value, status: u16, headers: &HeaderMap) -> Result<()> {
    let kind = headers.get("content-type").map(|kind| kind.to_str());
    let kind = kind.transpose()?.unwrap_or_default();
    ensure!(
        body.is_null() || kind.starts_with("application/json"),
        "{status} is {kind}"
    );
    for (named, of) in [("www-authenticate", 401), ("allow", 405)] {
        ensure!(
            (status == of) == headers.contains_key(named),
            "{named} of {status}"
        );
    }
    Ok(())
}

/// Trusted Types are at work in each of the three apps: no text becomes markup or a script there, and
/// nobody makes a policy that would let it.
#[test]
fn sec_hd4_no_text_becomes_a_script_in_any_app() {
    play(1, async |stage| {
        stage.excuse(&[
            "Content Security Policy",
            "Trusted",
            "violates",
            "requires",
            // The browser still reports when the Bellhop of this journey has gone.
            "/api/v1/reports/csp",
        ]);
        let edge = stage::start::Edge::start()?;
        let api = Api::new(edge.base());
        let space = api.space(json!({}), &["Jack"]).await?;
        let browser = stage
            .browser("somebody", stage::browser::Screen::DESKTOP)
            .await?;
        for (path, app) in [
            (format!("/chat?space={}", space.space), "main"),
            (format!("/agent?space={}", space.space), "main"),
            ("/agent".to_owned(), "main.home .card__text"),
        ] {
            browser.goes(&format!("{}{path}", api.base())).await?;
            browser.sees(app).await?;
            let sinks: Vec<String> = browser.runs(SINKS, &[]).await?;
            ensure!(sinks.is_empty(), "{path} lets through: {sinks:?}");
        }
        Ok(())
    });
}

/// What would run a text, one by one; those that did not throw.
const SINKS: &str = "const element = document.createElement('div');
    const script = document.createElement('script');
    const frame = document.createElement('iframe');
    const sinks = {
        innerHTML: () => { element.innerHTML = '<b>x</b>'; },
        outerHTML: () => { document.body.append(element); element.outerHTML = '<b>x</b>'; },
        insertAdjacentHTML: () => element.insertAdjacentHTML('beforeend', '<b>x</b>'),
        'document.write': () => document.write('<b>x</b>'),
        'script.src': () => { script.src = '/x.js'; },
        'script.text': () => { script.text = '1'; },
        srcdoc: () => { frame.srcdoc = '<b>x</b>'; },
        DOMParser: () => new DOMParser().parseFromString('<b>x</b>', 'text/html'),
        policy: () => trustedTypes.createPolicy('any', { createHTML: (text) => text }),
    };
    return Object.keys(sinks).filter((name) => {
        try { sinks[name](); return true; } catch { return false; }
    })";
