//! Measures how long a wrong token takes to be refused, class by class, at every door that takes one:
//! `cargo run -p tests --bin tokens` (G2-01 of SECURITY.md).
//!
//! Each round shows one token of every class, one after the other, so that whatever else the machine does
//! falls on all of them. Beside the classes of a door stands what the measurement itself spreads: the
//! medians of one class cut into as many parts. Figures, no verdict: the tests count the checks.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use stage::api::Api;
use stage::line::CustomerLine;
use stage::play;

#[path = "../../examples/identify/rust.rs"]
mod site;

const ROUNDS: usize = 300;

/// A door, and what is shown there by the name of its class.
struct Door {
    name: &'static str,
    classes: Vec<(String, RequestBuilder)>,
}

fn main() {
    play(0, async |stage| {
        let api = stage.api();
        let agents = vec![json!({ "name": "Ada", "role": "admin" })];
        let space = api.space_with(json!({}), agents).await?;
        let ada = api.sign_in(&space, "Ada").await?;
        let customer = CustomerLine::writes(api, &space, "Hello").await?;
        let path = format!("/api/v1/spaces/{}/identity-keys", space.space);
        let key: Value = api
            .post(&path, Some(&ada.token), &json!({}))
            .await?
            .into()?;
        let secret = key["secret"].as_str().context("a secret")?;

        let events = format!(
            "/api/v1/conversations/{}/events",
            customer.talk.conversation
        );
        let bearer = |token: String| {
            let request = api.request(reqwest::Method::GET, &events);
            request.bearer_auth(token)
        };
        let identify = format!("/api/v1/spaces/{}/identify", space.space);
        let posts = |path: &str, body: Value| {
            let request = api.request(reqwest::Method::POST, path);
            request.json(&body)
        };
        let signed = site::identity_token("another secret", "user-42", "Mia", "t1", 1_800_000_000);
        let hash = site::identity_hash(secret, "user-42");
        let refresh = format!(
            "bhr.{}.07070707-0707-0707-0707-070707070707.3.{}",
            space.space,
            URL_SAFE_NO_PAD.encode([7; 32])
        );
        let doors = [
            Door {
                name: "our own token",
                classes: wrong_tokens(&customer.me.token)?
                    .into_iter()
                    .map(|(case, token)| (case, bearer(token)))
                    .collect(),
            },
            Door {
                name: "a token of the site's",
                classes: wrong_tokens(&signed)?
                    .into_iter()
                    .map(|(case, token)| (case, posts(&identify, json!({ "token": token }))))
                    .collect(),
            },
            Door {
                name: "an HMAC of the site's",
                classes: wrong_texts(&hash)
                    .into_iter()
                    .map(|(case, hash)| {
                        let body = json!({ "id": "user-43", "hash": hash });
                        (case, posts(&identify, body))
                    })
                    .collect(),
            },
            Door {
                name: "a refresh token",
                classes: wrong_texts(&refresh)
                    .into_iter()
                    .map(|(case, token)| {
                        let body = json!({ "refresh": token });
                        (case, posts("/api/v1/tokens/refresh", body))
                    })
                    .collect(),
            },
        ];
        println!(
            "{:<24}{:>8}{:>10}{:>10}{:>10}{:>12}",
            "us, medians", "classes", "least", "middle", "most", "one class"
        );
        for door in doors {
            measure(api, door).await?;
        }
        Ok(())
    });
}

async fn measure(api: &Api, door: Door) -> Result<()> {
    let mut times = vec![Vec::with_capacity(ROUNDS); door.classes.len()];
    for round in 0..ROUNDS + 10 {
        for ((case, request), times) in door.classes.iter().zip(&mut times) {
            let request = request.try_clone().context("a body that is there")?;
            let start = Instant::now();
            let answer = api.send(request).await?;
            let time = start.elapsed().as_secs_f64() * 1e6;
            ensure!(answer.status == 401, "{}, {case}: {answer:?}", door.name);
            if round >= 10 {
                times.push(time);
            }
        }
    }
    // What a class without any difference looks like: the same one, dealt out in parts.
    let first = times.first().context("a class")?;
    let parts = (0..10).map(|part| first.iter().skip(part).step_by(10).copied().collect());
    let own: Vec<f64> = parts.map(median).collect();
    let mut named: Vec<(f64, &str)> = times
        .into_iter()
        .map(median)
        .zip(door.classes.iter().map(|(case, _)| case.as_str()))
        .collect();
    named.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (least, middle, most) = (named[0], named[named.len() / 2], named[named.len() - 1]);
    let spread =
        own.iter().copied().fold(f64::MIN, f64::max) - own.iter().copied().fold(f64::MAX, f64::min);
    println!(
        "{:<24}{:>8}{:>10.0}{:>10.0}{:>10.0}{spread:>12.0}   {} … {}",
        door.name,
        named.len(),
        least.0,
        middle.0,
        most.0,
        least.1,
        most.1
    );
    Ok(())
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Forty tokens that are none, of about the length of the one that they are made of.
fn wrong_tokens(good: &str) -> Result<Vec<(String, String)>> {
    let parts: Vec<&str> = good.split('.').collect();
    let [head, claims, signature] = parts[..] else {
        anyhow::bail!("three parts")
    };
    let encode = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let mut wrong = Vec::new();
    for (case, header) in [
        ("none", json!({ "alg": "none", "typ": "JWT" })),
        ("None", json!({ "alg": "None", "typ": "JWT" })),
        ("no algorithm", json!({ "typ": "JWT" })),
        ("lower case", json!({ "alg": "hs256" })),
        ("HS512", json!({ "alg": "HS512" })),
        ("RS256", json!({ "alg": "RS256", "kid": "a" })),
        ("ES256", json!({ "alg": "ES256", "kid": "a" })),
        ("a path", json!({ "alg": "HS256", "kid": "../../dev/null" })),
        ("critical", json!({ "alg": "HS256", "crit": ["exp"] })),
        (
            "jku",
            json!({ "alg": "HS256", "jku": "https://evil.example" }),
        ),
        (
            "x5u",
            json!({ "alg": "HS256", "x5u": "https://evil.example" }),
        ),
        ("a list", json!([])),
    ] {
        let header = encode(header);
        wrong.push((case.to_owned(), format!("{header}.{claims}.{signature}")));
        wrong.push((format!("{case}, unsigned"), format!("{header}.{claims}.")));
    }
    let flipped = |text: &str| format!("A{}", &text[1..]);
    for (case, token) in [
        (
            "another signature",
            format!("{head}.{claims}.{}", "A".repeat(43)),
        ),
        ("no signature", format!("{head}.{claims}.")),
        ("half a signature", good[..good.len() - 20].to_owned()),
        (
            "a longer signature",
            format!("{head}.{claims}.{}", "A".repeat(86)),
        ),
        (
            "other claims",
            format!(
                "{head}.{}.{}",
                encode(json!({ "sub": "user-43" })),
                "A".repeat(43)
            ),
        ),
        (
            "another head",
            format!("{}.{claims}.{}", flipped(head), "A".repeat(43)),
        ),
        ("padded", format!("{good}=")),
        ("a part too many", format!("{good}.{signature}x")),
        (
            "parts swapped",
            format!("{claims}.{head}.{}", "A".repeat(43)),
        ),
        ("no dot", good.replace('.', "")),
        ("one dot", format!("{head}{claims}.{}", "A".repeat(43))),
        ("dots alone", "..".into()),
        ("one letter", "x".into()),
        ("letters", "x".repeat(good.len())),
        ("a long one", "x".repeat(3_000)),
        ("not base64", "~".repeat(good.len())),
    ] {
        wrong.push((case.to_owned(), token));
    }
    ensure!(wrong.len() == 40, "{} classes", wrong.len());
    Ok(wrong)
}

/// Texts that are not the one that they are made of.
fn wrong_texts(good: &str) -> Vec<(String, String)> {
    let cases = [
        ("as long as a good one", good.to_owned()),
        ("empty", String::new()),
        ("one letter", "x".to_owned()),
        ("half", good[..good.len() / 2].to_owned()),
        ("twice", good.repeat(2)),
        ("padded", format!("{good}=")),
        ("zeros", "0".repeat(good.len())),
        ("letters", "z".repeat(good.len())),
        ("dots", ".".repeat(good.len())),
        ("very long", "x".repeat(3_000)),
    ];
    cases.map(|(case, text)| (case.to_owned(), text)).into()
}
