//! Canaries in every secret and every text: none of them sings in a log, and no secret is stored in
//! clear.

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::{Method, header};
use serde_json::json;
use stage::api::Api;
use stage::dial::Dial;
use stage::mail::Mail;
use stage::play;
use stage::rogue::{Manner, Rogue};
use stage::start::Edge;
use stage::visit::{Visit, secret};
use stage::wire::fresh_id;

use crate::accounts::sha256;

const FIRST: &str = "canary-of-the-first-admin";
const CLIENT: &str = "canary-of-the-client";

/// What must not be found, and what it is.
#[derive(Default)]
struct Canaries {
    /// In no log.
    texts: Vec<(&'static str, String)>,
    /// In no log and on no disk.
    secrets: Vec<(&'static str, String)>,
}

impl Canaries {
    fn secret(&mut self, what: &'static str, text: impl Into<String>) {
        self.secrets.push((what, text.into()));
    }

    /// Every form in which a text may be written.
    fn all(&self) -> impl Iterator<Item = (&'static str, String)> {
        let all = self.texts.iter().chain(&self.secrets);
        all.flat_map(|(what, text)| {
            let packed = [STANDARD.encode(text), URL_SAFE_NO_PAD.encode(text)];
            packed
                .into_iter()
                .chain([text.clone()])
                .map(|text| (*what, text))
        })
    }
}

/// The admin comes in by the secret of the deployment, and sets up a space.
async fn sets_up(api: &Api, canaries: &mut Canaries) -> Result<(String, String)> {
    let mut ada = Visit::new(api);
    let body = json!({ "bootstrap": FIRST, "name": "Canary Ada" });
    ada.posts("/api/v1/session", &body).await?;
    let cookie = ada.cookie.clone().context("a cookie")?;
    let session = cookie.split_once('=').context("a value")?.1;
    canaries.secret("a session", tail(session));
    let body = json!({ "name": "Canary Larch", "origins": ["http://localhost:*"] });
    let made = ada.posts("/api/v1/spaces", &body).await?;
    let space = made["space"].as_str().context("a space")?.to_owned();
    let token = ada.token(&space).await?;
    canaries.secret("an agent's token", &token);
    Ok((space, token))
}

/// What an admin makes: an invitation, an API token, an identity key, a link.
async fn makes(api: &Api, space: &str, admin: &str, canaries: &mut Canaries) -> Result<()> {
    let of = |what: &str| format!("/api/v1/spaces/{space}{what}");
    let body = json!({ "email": "canary.mia@shop.example" });
    let invited = api.post(&of("/invitations"), Some(admin), &body).await?;
    let invitation = secret(&invited.body["link"])?;
    canaries.secret("an invitation", tail(&invitation));
    let token = json!({ "name": "Canary reports" });
    let token = api.post(&of("/tokens"), Some(admin), &token).await?;
    let token = token.body["token"].as_str().context("a token")?.to_owned();
    canaries.secret("an API token", tail(&token));
    let key = api
        .post(&of("/identity-keys"), Some(admin), &json!({}))
        .await?;
    let key = key.body["secret"].as_str().context("a secret")?.to_owned();
    canaries.secret("an identity key", &key);
    let agents = api.get(&of("/agents"), Some(admin)).await?;
    let agent = agents.body["agents"][0]["agent"]
        .as_str()
        .context("an agent")?;
    let link = api
        .post(
            &of(&format!("/agents/{agent}/link")),
            Some(admin),
            &json!({}),
        )
        .await?;
    canaries.secret("a link", tail(&secret(&link.body["link"])?));
    // Each of them shown where it opens nothing.
    let mut page = Visit::new(api);
    for body in [
        json!({ "link": invitation }),
        json!({ "link": token }),
        json!({ "bootstrap": key, "name": "Canary" }),
    ] {
        page.is_refused("/api/v1/session", &body).await?;
    }
    api.get(&of("/settings"), Some(&token[..token.len() - 1]))
        .await?;
    api.get(
        &format!("/api/v1/spaces/{space}/settings?token={token}"),
        None,
    )
    .await?;
    let body = json!({ "email": "canary.mia@shop.example" });
    page.is_refused("/api/v1/sign-in/mail", &body).await?;
    Ok(())
}

/// The random part of `bh…_<where>_<secret>`.
fn tail(secret: &str) -> String {
    secret.splitn(3, '_').nth(2).unwrap_or(secret).to_owned()
}

/// A customer and an agent talk, and much goes wrong.
async fn talk(api: &Api, space: &str, admin: &str, canaries: &mut Canaries) -> Result<()> {
    let space = stage::api::Space {
        space: space.to_owned(),
    };
    let visitor = api.visitor(&space).await?;
    canaries.secret("a visitor's token", &visitor.token);
    canaries.secret("a refresh token", &visitor.refresh);
    let first = json!({
        "text": "canary first words", "name": "Canary Grace", "company": "Canary Navy",
        "email": "canary.grace@navy.example",
    });
    let begun = api.begin(&visitor.token, fresh_id()?, &first).await?;
    let conversation = begun.body["conversation"]
        .as_str()
        .context("an id")?
        .to_owned();
    let of = |what: &str| format!("/api/v1/conversations/{conversation}{what}");
    let take = format!("/api/v1/spaces/{}/items/{conversation}/take", space.space);
    for (path, body) in [
        (take, json!({})),
        (of("/notes"), json!({ "text": "canary note" })),
        (of("/messages"), json!({ "text": "canary answer" })),
        (
            of("/messages"),
            json!({ "text": "canary", "unheard_of": "canary field" }),
        ),
        (of("/messages"), json!({ "text": ["canary list"] })),
        (
            of("/tickets"),
            json!({ "kind": "incident", "title": "canary ticket" }),
        ),
        (of("/resolve"), json!({ "resolution": "canary-resolution" })),
        (of("/messages?text=canary-query"), json!({})),
    ] {
        api.post(&path, Some(admin), &body).await?;
    }
    // Frames that are none, and too many of them.
    let id = conversation.parse()?;
    let mut wire = Dial::conversation(api.base(), id, &visitor.token)
        .open()
        .await?;
    for _ in 0..3 {
        wire.says_text(r#"{"canary frame": "canary of a frame"#.to_owned())
            .await?;
    }
    wire.closes().await?;
    let wrong = format!("canary{}", visitor.token);
    let mut wire = Dial::conversation(api.base(), id, &wrong).open().await?;
    wire.closes().await?;
    // A browser reports what it likes.
    let report = json!({ "csp-report": {
        "document-uri": "http://127.0.0.1/agent#in=canary-of-a-fragment",
        "blocked-uri": "https://canary.example/canary-of-an-address?canary=1",
        "effective-directive": "img-src\ncanary-of-a-directive",
        "script-sample": "canary-of-a-sample",
    }});
    let request = api
        .request(Method::POST, "/api/v1/reports/csp")
        .json(&report);
    ensure!(api.send(request).await?.status == 204);
    // The object dies with all of that in its memory.
    let body = json!({ "space": space.space, "conversation": conversation });
    api.post("/api/v1/dev/panic", None, &body).await?;
    let events = api
        .get(&of("/events?after=0"), Some(&visitor.token))
        .await?;
    ensure!(
        events.body.to_string().contains("canary first words"),
        "{events:?}"
    );
    Ok(())
}

/// Through the sign-in of a provider that fails when it is shown the secret, and says it back.
async fn signs_in(api: &Api, canaries: &mut Canaries) -> Result<()> {
    let begun = api
        .request(Method::GET, "/api/v1/sign-in/oidc")
        .send()
        .await?;
    let cookie = begun.headers()[header::SET_COOKIE].to_str()?;
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    let to = begun.headers()[header::LOCATION].to_str()?;
    let state = to.split(['?', '&']).find(|pair| pair.starts_with("state="));
    let path = format!(
        "/api/v1/sign-in/oidc/callback?code=canary-of-a-code&{}",
        state.context("a state")?
    );
    let request = api
        .request(Method::GET, &path)
        .header(header::COOKIE, &cookie);
    let back = request.send().await?;
    ensure!(back.status() == 302, "{}", back.status());
    canaries.secret(
        "the seed of a sign-in",
        cookie.split_once('=').context("a seed")?.1,
    );
    Ok(())
}

#[test]
fn sec_k_02_no_canary_sings_in_a_log_and_no_secret_is_stored() {
    play(0, async |_| {
        let mut canaries = Canaries::default();
        let mail = Mail::start().await?;
        mail.answers(500);
        let provider = Rogue::start(Manner::Provider).await?;
        let mut vars = mail.vars();
        let (token_key, seal_key) = ("canary-token-key".repeat(3), "canary-seal-key-".repeat(3));
        vars.extend([
            ("TOKEN_KEY", token_key.clone()),
            ("SEAL_KEY", seal_key.clone()),
            ("BOOTSTRAP_HASH", sha256(FIRST)?),
            ("OIDC_ISSUER", provider.base()),
            ("OIDC_CLIENT_ID", "bellhop".into()),
            ("OIDC_CLIENT_SECRET", CLIENT.into()),
        ]);
        canaries.secret("the mail key", &vars[0].1);
        canaries.secret("the token key", token_key);
        canaries.secret("the seal key", seal_key);
        canaries.secret("the first admin's secret", FIRST);
        canaries.secret("the client's secret", CLIENT);
        canaries.secret("its password", format!("bellhop:{CLIENT}"));
        let mut edge = Edge::with(vars)?;
        let api = Api::new(edge.base());
        let (space, admin) = sets_up(&api, &mut canaries).await?;
        makes(&api, &space, &admin, &mut canaries).await?;
        talk(&api, &space, &admin, &mut canaries).await?;
        signs_in(&api, &mut canaries).await?;
        ensure!(
            !mail.calls().is_empty() && provider.calls() >= 2,
            "nothing failed"
        );

        edge.kill();
        let log = edge.log();
        ensure!(log.contains("edge:"), "nothing was logged:\n{log}");
        // Whatever a person wrote begins so; the ids that stand beside it do not.
        canaries.texts.push(("a text", "canary".to_owned()));
        canaries.texts.push(("a text", "Canary".to_owned()));
        for (what, canary) in canaries.all() {
            ensure!(
                !log.contains(&canary),
                "{what} is in the log: {canary}\n{log}"
            );
        }
        let stored = edge.stored()?;
        let holds = |text: &str| {
            stored
                .windows(text.len())
                .any(|bytes| bytes == text.as_bytes())
        };
        ensure!(
            holds("canary first words"),
            "what is to be stored is stored"
        );
        for (what, canary) in &canaries.secrets {
            ensure!(!holds(canary), "{what} is stored: {canary}");
        }
        Ok(())
    });
}
