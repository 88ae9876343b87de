//! Sign-in by an identity provider and by Cloudflare Access, against a real provider.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use stage::api::{Answer, Api, Space};
use stage::play;
use stage::provider::Provider;
use stage::start::Edge;
use stage::visit::Visit;

/// A Bellhop that trusts a provider, with a space and its admin's token.
async fn stage(
    change: impl FnOnce(&mut Vec<(&'static str, String)>),
) -> Result<(Provider, Edge, Api, Space, String)> {
    let provider = Provider::start()?;
    let mut vars = provider.vars();
    change(&mut vars);
    let edge = Edge::with(vars)?;
    let api = Api::new(edge.base());
    let admin = json!({ "name": "Ada", "role": "admin" });
    let space = api
        .space_with(json!({ "name": "Larch" }), vec![admin])
        .await?;
    let token = api.sign_in(&space, "Ada").await?.token;
    Ok((provider, edge, api, space, token))
}

async fn invites(api: &Api, space: &Space, admin: &str, email: &str) -> Result<()> {
    let path = format!("/api/v1/spaces/{}/invitations", space.space);
    let answer = api
        .post(&path, Some(admin), &json!({ "email": email }))
        .await?;
    ensure!(answer.status == 201, "{answer:?}");
    Ok(())
}

/// A browser whose person signs in at the provider: where it ends up.
struct Visitor {
    http: reqwest::Client,
    cookies: Vec<String>,
}

impl Visitor {
    fn new() -> Result<Self> {
        let http = reqwest::Client::builder();
        Ok(Self {
            http: http.redirect(reqwest::redirect::Policy::none()).build()?,
            cookies: Vec::new(),
        })
    }

    async fn goes(&mut self, address: &str) -> Result<String> {
        let request = self
            .http
            .get(address)
            .header("Cookie", self.cookies.join("; "));
        let response = request.send().await?;
        let cookies = response.headers().get_all("set-cookie").iter();
        let pairs =
            cookies.filter_map(|cookie| Some(cookie.to_str().ok()?.split(';').next()?.to_owned()));
        let pairs: Vec<String> = pairs.collect();
        for pair in pairs {
            let name = pair.split('=').next().unwrap_or_default().to_owned();
            self.cookies
                .retain(|known| !known.starts_with(&format!("{name}=")));
            if !pair.ends_with('=') {
                self.cookies.push(pair);
            }
        }
        let location = response.headers().get("location").context("no redirect")?;
        Ok(location.to_str()?.to_owned())
    }

    async fn signs_in(&mut self, api: &Api, provider: &Provider, person: &str) -> Result<String> {
        provider.signs_in(person).await?;
        let start = format!("{}/api/v1/sign-in/oidc", api.base());
        let there = self.goes(&start).await?;
        let back = provider.is_visited(&there).await?;
        self.goes(&back).await
    }

    fn visit(&self, api: &Api) -> Visit {
        let mut visit = Visit::new(api);
        let mut cookies = self.cookies.iter();
        visit.cookie = cookies.find(|cookie| cookie.contains("session=")).cloned();
        visit
    }
}

#[test]
fn sec_g1_sec_g3_01_a_verified_and_invited_address_comes_in_and_nobody_else() {
    play(0, async |_| {
        let (provider, edge, api, space, admin) = stage(|_| ()).await?;
        let failed = "/agent#failed=not_invited";
        let mut mia = Visitor::new()?;
        ensure!(
            mia.signs_in(&api, &provider, "mia").await? == failed,
            "not invited yet"
        );
        invites(&api, &space, &admin, "mia@shop.example").await?;
        for person in ["eve", "kim"] {
            let mut visitor = Visitor::new()?;
            let to = visitor.signs_in(&api, &provider, person).await?;
            ensure!(
                to == failed && visitor.visit(&api).cookie.is_none(),
                "{person}: {to}"
            );
        }
        let mut mia = Visitor::new()?;
        ensure!(
            mia.signs_in(&api, &provider, "mia").await? == "/agent",
            "in"
        );
        let mut visit = mia.visit(&api);
        let first = visit.session().await?;
        ensure!(
            first.body["name"] == "Mia"
                && first.body["only"].is_null()
                && first.body["email"] == "mia@shop.example",
            "{first:?}"
        );
        visit.token(&space.space).await?;
        // Again, in another browser: the same person, by the identity.
        let mut again = Visitor::new()?;
        ensure!(
            again.signs_in(&api, &provider, "mia").await? == "/agent",
            "again"
        );
        let second = again.visit(&api).session().await?;
        ensure!(first.body["agent"] == second.body["agent"], "{second:?}");
        // An address of hers in a second space is hers.
        let agents = vec![json!({ "name": "Bea", "role": "admin" })];
        let birch = api.space_with(json!({}), agents).await?;
        let bea = api.sign_in(&birch, "Bea").await?.token;
        invites(&api, &birch, &bea, "mia@shop.example").await?;
        ensure!(
            again.signs_in(&api, &provider, "mia").await? == "/agent",
            "once more"
        );
        again.visit(&api).token(&birch.space).await?;
        let log = edge.log();
        ensure!(
            !log.contains("canary-of-the"),
            "sec_k_02: the client's secret is in the log"
        );
        Ok(())
    });
}

#[test]
fn sec_g1_a_public_client_has_pkce_alone_and_a_space_is_remembered() {
    play(0, async |_| {
        let (provider, _edge, api, space, admin) = stage(|vars| {
            vars.retain(|(name, _)| *name != "OIDC_CLIENT_SECRET" && *name != "OIDC_CLIENT_ID");
            vars.push(("OIDC_CLIENT_ID", "bellhop-public".into()));
        })
        .await?;
        invites(&api, &space, &admin, "mia@shop.example").await?;
        let mut mia = Visitor::new()?;
        let start = format!("{}/api/v1/sign-in/oidc?space={}", api.base(), space.space);
        let there = mia.goes(&start).await?;
        for part in [
            "code_challenge=",
            "code_challenge_method=S256",
            "state=",
            "nonce=",
            "response_type=code",
        ] {
            ensure!(there.contains(part), "{there}");
        }
        let back = provider.is_visited(&there).await?;
        // Nobody else's browser, no other state, no code, another issuer.
        let other = back.replace("state=", "state=x");
        let without = back.replace("code=", "kode=");
        let issuer = format!("{back}&iss=https%3A%2F%2Fevil.example");
        for address in [&other, &without, &issuer] {
            let mut visitor = Visitor::new()?;
            visitor.cookies.clone_from(&mia.cookies);
            let to = visitor.goes(address).await?;
            ensure!(
                to.starts_with("/agent#failed=") || address == &issuer,
                "{address}: {to}"
            );
        }
        let to = Visitor::new()?.goes(&back).await?;
        ensure!(
            to == "/agent#failed=token_invalid",
            "without its cookie: {to}"
        );
        let mut mia = Visitor::new()?;
        let there = mia.goes(&start).await?;
        let back = provider.is_visited(&there).await?;
        let to = mia.goes(&back).await?;
        ensure!(to == format!("/agent?space={}", space.space), "{to}");
        mia.visit(&api).token(&space.space).await?;
        // A code is good once.
        let to = mia.goes(&back).await?;
        ensure!(to.starts_with("/agent#failed="), "used twice: {to}");
        Ok(())
    });
}

#[test]
fn sec_g2_01_forty_wrong_tokens_of_access_and_one_that_is_right() {
    play(0, async |_| {
        let (provider, _edge, api, space, admin) = stage(|_| ()).await?;
        invites(&api, &space, &admin, "zoe@shop.example").await?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let header = json!({ "alg": "RS256", "kid": "access", "typ": "JWT" });
        let claims = json!({
            "iss": provider.base(), "aud": ["audience-of-bellhop"], "sub": "zoe-at-access",
            "email": "zoe@shop.example", "iat": now, "nbf": now, "exp": now + 600, "type": "app",
        });
        let enters = async |token: &str| -> Result<(Answer, bool)> {
            let own = api.base().to_owned();
            let headers = [
                ("Origin", own.as_str()),
                ("X-Bellhop", "1"),
                ("Cf-Access-Jwt-Assertion", token),
            ];
            let path = "/api/v1/sign-in/access";
            let served = Visit::new(&api)
                .asks_with(Method::POST, path, None, &headers)
                .await?;
            Ok((served.answer, !served.cookies.is_empty()))
        };
        let good = provider.signs(&header, &claims, "rsa").await?;
        let with = |base: &Value, name: &str, value: Value| {
            let mut changed = base.clone();
            if value.is_null() {
                changed.as_object_mut().map(|object| object.remove(name));
            } else {
                changed[name] = value;
            }
            changed
        };
        let mut wrong: Vec<(String, String)> = Vec::new();
        let ways = [
            ("none", "none", "none"),
            ("none in capitals", "NONE", "empty"),
            ("none with a signature", "none", "rsa"),
            ("HS256 with the public key", "HS256", "hmac_spki"),
            ("HS256 with the public key, PKCS#1", "HS256", "hmac_pkcs1"),
            ("HS256 with the modulus", "HS256", "hmac_modulus"),
            ("HS256 with nothing", "HS256", "hmac_empty"),
            ("RS256 with an HMAC", "RS256", "hmac_spki"),
            ("RS256 with an HMAC of nothing", "RS256", "hmac_empty"),
            ("RS512", "RS512", "rsa512"),
            ("RS256 signed as RS512", "RS256", "rsa512"),
            ("PS256", "PS256", "rsa"),
            ("lower case", "rs256", "rsa"),
            ("with a blank", "RS256 ", "rsa"),
            ("another key of that name", "RS256", "foreign"),
            ("no signature", "RS256", "none"),
            ("an empty signature", "RS256", "empty"),
            ("ES256 with an RSA key", "ES256", "rsa"),
            ("an EC signature for an RSA key", "RS256", "curve"),
        ];
        for (case, algorithm, how) in ways {
            let header = with(&header, "alg", json!(algorithm));
            wrong.push((case.into(), provider.signs(&header, &claims, how).await?));
        }
        let headers = [
            ("no algorithm", with(&header, "alg", Value::Null), "rsa"),
            (
                "a list of algorithms",
                with(&header, "alg", json!(["RS256"])),
                "rsa",
            ),
            ("no key named", with(&header, "kid", Value::Null), "rsa"),
            (
                "an unknown key",
                with(&header, "kid", json!("nobody")),
                "rsa",
            ),
            (
                "a path for a key",
                with(&header, "kid", json!("../../dev/null")),
                "hmac_empty",
            ),
            ("a short key", with(&header, "kid", json!("small")), "small"),
            (
                "a key of a foreign address",
                with(&header, "jku", json!("https://evil.example/keys")),
                "foreign",
            ),
            (
                "a certificate of a foreign address",
                with(&header, "x5u", json!("https://evil.example/cert")),
                "foreign",
            ),
            (
                "a key in the header",
                with(&header, "jwk", json!({ "kty": "oct", "k": "" })),
                "foreign",
            ),
            (
                "something critical",
                with(&header, "crit", json!(["exp"])),
                "rsa",
            ),
        ];
        for (case, header, how) in headers {
            wrong.push((case.into(), provider.signs(&header, &claims, how).await?));
        }
        let bodies = [
            ("another issuer", "iss", json!("https://evil.example")),
            ("no issuer", "iss", Value::Null),
            ("another audience", "aud", json!(["other"])),
            ("no audience", "aud", Value::Null),
            ("expired", "exp", json!(now - 120)),
            ("no end", "exp", Value::Null),
            ("not yet valid", "nbf", json!(now + 120)),
            ("made in the future", "iat", json!(now + 120)),
            ("an end that is a text", "exp", json!("tomorrow")),
            ("no subject", "sub", Value::Null),
        ];
        for (case, name, value) in bodies {
            let claims = with(&claims, name, value);
            wrong.push((case.into(), provider.signs(&header, &claims, "rsa").await?));
        }
        let (signed, signature) = good.rsplit_once('.').context("a token has dots")?;
        let (head, body) = signed.split_once('.').context("a token has two dots")?;
        wrong.extend([
            ("nothing".into(), "x".into()),
            ("dots".into(), "..".into()),
            (
                "another body".into(),
                format!("{head}.{}.{signature}", &body[..body.len() - 4]),
            ),
            ("twice".into(), format!("{good}.{signature}")),
            ("too long".into(), "a".repeat(9_000)),
        ]);
        ensure!(wrong.len() >= 40, "{}", wrong.len());
        let mut told = None;
        for (case, token) in &wrong {
            let (answer, is_in) = enters(token).await?;
            ensure!(answer.status == 401 && !is_in, "{case}: {answer:?}");
            let first = told.get_or_insert_with(|| answer.body.clone());
            ensure!(*first == answer.body, "{case} is told apart: {answer:?}");
        }
        // A name that is unknown has the keys read again, once a minute.
        let reads = provider.reads().await?;
        ensure!(reads <= 2, "{reads}");
        let (answer, is_in) = enters(&good).await?;
        ensure!(answer.status == 200 && is_in, "{answer:?}");
        Ok(())
    });
}
