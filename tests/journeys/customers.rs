//! Customers for whom the site vouches: keys, tokens, what is handed over, and who may write.

mod chat;
mod earlier;
mod examples;
mod mailed;

use std::io::Write;
use std::process::{Command as Process, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use shared::conversation::{Command, Event};
use shared::id::ConversationId;
use shared::refusal::Refusal;
use shared::text::MessageText;
use stage::api::{Answer, Api, SignedIn, Space, Visitor};
use stage::line::{AgentLine, Talk};
use stage::start::Edge;
use stage::wire::fresh_id;
use stage::{play, provider, root};

#[path = "../../examples/identify/rust.rs"]
mod site;

/// A space, its admin, and the secret of its site.
struct Shop {
    api: Api,
    space: Space,
    ada: SignedIn,
    secret: String,
    key: String,
}

impl Shop {
    async fn opens(api: &Api) -> Result<Self> {
        let agents = vec![
            json!({ "name": "Jack" }),
            json!({ "name": "Ada", "role": "admin" }),
        ];
        let space = api.space_with(json!({}), agents).await?;
        let mut shop = Self {
            api: api.clone(),
            ada: api.sign_in(&space, "Ada").await?,
            space,
            secret: String::new(),
            key: String::new(),
        };
        (shop.key, shop.secret) = shop.makes_key().await?;
        Ok(shop)
    }

    fn path(&self, what: &str) -> String {
        format!("/api/v1/spaces/{}/{what}", self.space.space)
    }

    async fn makes(&self, body: &Value) -> Result<Answer> {
        let path = self.path("identity-keys");
        let answer = self.api.post(&path, Some(&self.ada.token), body).await?;
        Ok(answer)
    }

    async fn makes_key(&self) -> Result<(String, String)> {
        let made: Value = self.makes(&json!({})).await?.into()?;
        let text = |name: &str| made[name].as_str().map(str::to_owned).context("a text");
        Ok((text("id")?, text("secret")?))
    }

    async fn retires(&self, key: &str) -> Result<()> {
        let path = self.path(&format!("identity-keys/{key}"));
        let request = self.api.request(reqwest::Method::DELETE, &path);
        let answer = self.api.send(request.bearer_auth(&self.ada.token)).await?;
        ensure!(answer.status == 200, "{answer:?}");
        Ok(())
    }

    fn token(&self, id: &str) -> String {
        token(&self.secret, id)
    }

    async fn shows(&self, bearer: Option<&str>, body: &Value) -> Result<Answer> {
        let path = self.path("identify");
        let answer = self.api.post(&path, bearer, body).await?;
        Ok(answer)
    }

    /// A session of the site's customer, and what the answer says besides.
    async fn identifies(&self, bearer: Option<&str>, id: &str) -> Result<(Visitor, Value)> {
        let answer = self
            .shows(bearer, &json!({ "token": self.token(id) }))
            .await?;
        let body: Value = answer.into()?;
        Ok((serde_json::from_value(body.clone())?, body))
    }

    async fn requires(&self, required: bool) -> Result<()> {
        let change = json!({ "require_verification": required });
        let path = self.path("settings");
        let answer = self.api.patch(&path, &self.ada.token, &change).await?;
        ensure!(answer.status == 200, "{answer:?}");
        Ok(())
    }

    /// What a visitor reads of a conversation: the status, and how many entries.
    async fn reads(&self, visitor: &Visitor, conversation: ConversationId) -> Result<u16> {
        let path = format!("/api/v1/conversations/{conversation}/events");
        Ok(self.api.get(&path, Some(&visitor.token)).await?.status)
    }
}

pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

fn token(secret: &str, id: &str) -> String {
    let jti = fresh_id().map(|id| id.to_string()).unwrap_or_default();
    site::identity_token(secret, id, "Mia Schmidt", &jti, now())
}

fn text(text: &str) -> Result<MessageText> {
    MessageText::parse(text).map_err(Into::into)
}

/// Keys and tokens of a site that signs with a key pair.
pub fn signed(claims: &Value) -> Result<Value> {
    let mut node = Process::new(provider::node())
        .arg(root().join("tests/stage/sign.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut input = node.stdin.take().context("no input")?;
    input.write_all(claims.to_string().as_bytes())?;
    drop(input);
    let output = node.wait_with_output()?;
    serde_json::from_slice(&output.stdout).context("no signatures")
}

#[test]
fn sec_i5_f8_two_keys_are_good_at_a_time_and_what_a_retired_one_vouched_for_ends() {
    play(1, async |stage| {
        let mut shop = Shop::opens(stage.api()).await?;
        let (mia, _) = shop.identifies(None, "mia").await?;
        let (second, secret) = shop.makes_key().await?;
        let third = shop.makes(&json!({})).await?;
        ensure!((third.status, third.code()) == (409, "too_many"));
        let listed = shop
            .api
            .get(&shop.path("identity-keys"), Some(&shop.ada.token))
            .await?;
        let listed = listed.body.to_string();
        for secret in [&shop.secret, &secret] {
            ensure!(!listed.contains(secret.as_str()), "{listed}");
            ensure!(listed.contains(&secret[secret.len() - 4..]), "{listed}");
        }
        let jack = shop.api.sign_in(&shop.space, "Jack").await?;
        for agent in [Some(jack.token.as_str()), None] {
            let answer = shop.api.get(&shop.path("identity-keys"), agent).await?;
            ensure!(matches!(answer.status, 401 | 403), "{answer:?}");
        }
        let with_both = [&shop.secret, &secret].map(|secret| token(secret, "mia"));
        for token in with_both {
            let answer = shop.shows(None, &json!({ "token": token })).await?;
            ensure!(answer.status == 200, "{answer:?}");
        }
        shop.retires(&shop.key).await?;
        let answer = shop
            .shows(None, &json!({ "token": shop.token("mia") }))
            .await?;
        ensure!((answer.status, answer.code()) == (401, "token_invalid"));
        let refresh = json!({ "refresh": mia.refresh });
        let over = shop
            .api
            .post("/api/v1/tokens/refresh", None, &refresh)
            .await?;
        ensure!(
            (over.status, over.code()) == (401, "session_over"),
            "{over:?}"
        );
        (shop.key, shop.secret) = (second, secret);
        let (again, _) = shop.identifies(None, "mia").await?;
        ensure!(again.visitor == mia.visitor, "the same customer");
        let refresh = json!({ "refresh": again.refresh });
        let fresh: Visitor = {
            let fresh = shop
                .api
                .post("/api/v1/tokens/refresh", None, &refresh)
                .await?;
            let mut fresh: Value = fresh.into()?;
            fresh["visitor"] = json!(again.visitor);
            serde_json::from_value(fresh)?
        };
        shop.requires(true).await?;
        shop.api.conversation(&fresh, "Still me").await?;
        Ok(())
    });
}

#[test]
fn sec_v1_two_tabs_that_refresh_at_once_both_go_on() {
    play(1, async |stage| {
        let shop = Shop::opens(stage.api()).await?;
        let visitor = shop.api.visitor(&shop.space).await?;
        let refresh = async |refresh: &str| {
            let body = json!({ "refresh": refresh });
            shop.api.post("/api/v1/tokens/refresh", None, &body).await
        };
        let (one, other) = tokio::join!(refresh(&visitor.refresh), refresh(&visitor.refresh));
        let (one, other) = (one?, other?);
        ensure!(
            (one.status, other.status) == (200, 200),
            "{one:?} {other:?}"
        );
        let next = |answer: &Answer| answer.body["refresh"].as_str().map(str::to_owned);
        ensure!(next(&one) == next(&other), "one family, one newest token");
        let next = next(&one).context("a token")?;
        ensure!(refresh(&next).await?.status == 200);
        // Two before the newest is nobody's repeat: it is a copy in other hands.
        ensure!(refresh(&visitor.refresh).await?.status == 401);
        ensure!(refresh(&next).await?.status == 401, "revoked for all");
        Ok(())
    });
}

#[test]
fn sec_i1_a_token_is_good_once_and_a_hash_for_ever() {
    play(1, async |stage| {
        let shop = Shop::opens(stage.api()).await?;
        let body = json!({ "token": shop.token("user-42") });
        let anonymous = shop.api.visitor(&shop.space).await?;
        let first = shop.shows(Some(&anonymous.token), &body).await?;
        ensure!(first.status == 200, "{first:?}");
        for bearer in [Some(anonymous.token.as_str()), None] {
            let again = shop.shows(bearer, &body).await?;
            ensure!(
                (again.status, again.code()) == (401, "token_invalid"),
                "{again:?}"
            );
        }
        let hash = site::identity_hash(&shop.secret, "user-42");
        let body = json!({ "id": "user-42", "hash": hash });
        for _ in 0..2 {
            let answer = shop.shows(None, &body).await?;
            ensure!(
                answer.body["visitor"] == first.body["visitor"],
                "{answer:?}"
            );
        }
        Ok(())
    });
}

#[test]
fn sec_g2_01_forty_wrong_tokens_get_one_answer() {
    play(1, async |stage| {
        let shop = Shop::opens(stage.api()).await?;
        let other = Shop::opens(stage.api()).await?;
        let claims = json!({ "sub": "user-42", "iat": now(), "exp": now() + 600 });
        let pairs = signed(&claims)?;
        for (kind, key) in [
            ("RS256", &pairs["rs"]["pem"]),
            ("ES256", &pairs["es"]["jwk"]),
        ] {
            for (case, (of, text)) in [("good", (kind, key.clone()))] {
                let fresh = Shop::opens(stage.api()).await?;
                let made = fresh
                    .makes(&json!({ "algorithm": of, "public_key": text }))
                    .await?;
                ensure!(
                    made.status == 201 && made.body["secret"].is_null(),
                    "{case} {made:?}"
                );
                let kind = if kind == "RS256" { "rs" } else { "es" };
                let token = &pairs[kind]["token"];
                let answer = fresh.shows(None, &json!({ "token": token })).await?;
                ensure!(answer.status == 200, "{kind}: {answer:?}");
                let twice = fresh.shows(None, &json!({ "token": token })).await?;
                ensure!(twice.status == 401, "{kind} twice");
                for (case, token) in pairs["wrong"].as_object().context("wrong ones")? {
                    let answer = fresh.shows(None, &json!({ "token": token })).await?;
                    ensure!(answer.status == 401, "{kind}, {case}: {answer:?}");
                }
            }
        }
        for (case, key) in pairs["refused"].as_object().context("keys")? {
            let body = json!({ "algorithm": key[0], "public_key": key[1] });
            let answer = shop.makes(&body).await?;
            ensure!(
                (answer.status, answer.code()) == (422, "value_malformed"),
                "{case}"
            );
        }
        let good = shop.token("user-42");
        let mut wrong: Vec<(String, String)> = Vec::new();
        let mut is = |case: &str, token: String| wrong.push((case.to_owned(), token));
        let parts: Vec<&str> = good.split('.').collect();
        let [head, claims, signature] = parts[..] else {
            anyhow::bail!("three parts")
        };
        use base64::Engine as _;
        let encode = |text: String| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
        for (case, header) in [
            ("none", json!({ "alg": "none" })),
            ("None", json!({ "alg": "None" })),
            ("no algorithm", json!({ "typ": "JWT" })),
            ("lower case", json!({ "alg": "hs256" })),
            ("HS512", json!({ "alg": "HS512" })),
            ("a list", json!({ "alg": ["HS256"] })),
            ("RS256", json!({ "alg": "RS256", "kid": "../../dev/null" })),
            ("critical", json!({ "alg": "HS256", "crit": ["exp"] })),
            ("a number for a name", json!({ "alg": "HS256", "kid": 1 })),
            (
                "an address of keys",
                json!({ "alg": "RS256", "jku": "https://evil.example" }),
            ),
            ("another header", json!({ "alg": "HS256", "typ": "JWS" })),
        ] {
            let header = encode(header.to_string());
            is(case, format!("{header}.{claims}.{signature}"));
            is(&format!("{case}, unsigned"), format!("{header}.{claims}."));
        }
        is("another secret", token("bhk_other", "user-42"));
        is("an empty secret", token("", "user-42"));
        is("the key's name for a secret", token(&shop.key, "user-42"));
        is("of another space", other.token("user-42"));
        is("no signature", format!("{head}.{claims}"));
        is("an empty signature", format!("{head}.{claims}."));
        is("half a signature", good[..good.len() - 20].to_owned());
        is("padded", format!("{good}="));
        is("claims of another", {
            let mine = shop.token("user-43");
            let claims = mine.split('.').nth(1).unwrap_or_default();
            format!("{head}.{claims}.{signature}")
        });
        is("empty", String::new());
        is("dots", "..".to_owned());
        is("very long", "a".repeat(9_000));
        is(
            "expired",
            site::identity_token(&shop.secret, "user-42", "Mia", "j1", now() - 700),
        );
        is(
            "of the future",
            site::identity_token(&shop.secret, "user-42", "Mia", "j2", now() + 120),
        );
        is(
            "no name of its own",
            site::identity_token(&shop.secret, "user-42", "Mia", "", now()),
        );
        is(
            "nobody",
            site::identity_token(&shop.secret, "", "Mia", "j3", now()),
        );
        is(
            "blanks",
            site::identity_token(&shop.secret, " user-42", "Mia", "j4", now()),
        );
        ensure!(
            wrong.len() >= 37,
            "with the pairs above more than forty: {}",
            wrong.len()
        );
        let mut bodies: Vec<String> = Vec::new();
        for (case, token) in &wrong {
            let answer = shop.shows(None, &json!({ "token": token })).await?;
            ensure!(answer.status == 401, "{case}: {answer:?}");
            bodies.push(answer.body.to_string());
        }
        let hash = json!({ "id": "user-42", "hash": site::identity_hash("x", "user-42") });
        bodies.push(shop.shows(None, &hash).await?.body.to_string());
        bodies.sort();
        bodies.dedup();
        ensure!(bodies.len() == 1, "{bodies:?}");
        let answer = shop.shows(None, &json!({ "token": good })).await?;
        ensure!(answer.status == 200, "none of them used it up: {answer:?}");
        Ok(())
    });
}

#[test]
fn sec_j_02_of_identify_a_field_holds_what_it_should_or_is_named() {
    play(1, async |stage| {
        let shop = Shop::opens(stage.api()).await?;
        for value in [json!(1), json!(true), json!([]), json!({})] {
            for field in ["token", "id", "hash"] {
                let answer = shop.shows(None, &json!({ field: value })).await?;
                let named = answer.body["error"]["field"].as_str();
                ensure!((answer.status, named) == (422, Some(field)), "{answer:?}");
            }
        }
        let cases = [
            json!({}),
            json!({ "id": "user-42" }),
            json!({ "token": "x", "id": "user-42", "hash": "00" }),
            json!({ "token": "x", "name": "Mia" }),
            json!({ "id": "a".repeat(129), "hash": "00" }),
            json!({ "id": "user\u{202e}", "hash": "00" }),
        ];
        for body in cases {
            let answer = shop.shows(None, &body).await?;
            ensure!(answer.status == 422, "{body}: {answer:?}");
        }
        let long = site::identity_token(&shop.secret, "u", &"n".repeat(101), "j", now());
        let answer = shop.shows(None, &json!({ "token": long })).await?;
        let named = answer.body["error"]["field"].as_str();
        ensure!((answer.status, named) == (422, Some("name")), "{answer:?}");
        let agent = shop
            .shows(Some(&shop.ada.token), &json!({ "token": shop.token("u") }))
            .await?;
        ensure!((agent.status, agent.code()) == (403, "forbidden"));
        Ok(())
    });
}

#[test]
fn sec_i4_01_id3_what_the_same_session_has_begun_becomes_the_customers_and_nothing_else() {
    play(1, async |stage| {
        let shop = Shop::opens(stage.api()).await?;
        let mut jack = AgentLine::on_duty(&shop.api, &shop.space, "Jack").await?;
        let mine = shop.api.visitor(&shop.space).await?;
        let conversation = shop.api.conversation(&mine, "Where is my order?").await?;
        let mut talk = jack.accepts().await?;
        let stranger = shop.api.visitor(&shop.space).await?;
        let theirs = shop
            .api
            .conversation(&stranger, "I am somebody else")
            .await?;
        let mut open = Talk::open(shop.api.base(), conversation, &mine.token).await?;

        let (mia, answer) = shop.identifies(Some(&mine.token), "mia").await?;
        ensure!(answer["kept"] == true, "{answer}");
        ensure!(answer["conversation"] == json!(conversation), "{answer}");
        let told = talk
            .sees("who the customer is", |event| {
                matches!(event, Event::CustomerIdentified { .. })
            })
            .await?;
        let identity = told.event.identity().cloned().context("an identity")?;
        ensure!(identity.id.as_str() == "mia");
        ensure!(identity.name.context("a name")?.as_str() == "Mia Schmidt");
        ensure!(shop.reads(&mia, conversation).await? == 200);
        ensure!(
            shop.reads(&mine, conversation).await? == 404,
            "not the session's any more"
        );
        ensure!(shop.reads(&mia, theirs).await? == 404, "of another session");
        ensure!(open.writes("Hello?").await.is_err(), "its socket is closed");

        // On another device she finds what is open; somebody else does not.
        let (other, answer) = shop.identifies(None, "mia").await?;
        ensure!(answer["conversation"] == json!(conversation), "{answer}");
        ensure!(answer["kept"] == false, "{answer}");
        let mut there = Talk::open(shop.api.base(), conversation, &other.token).await?;
        there.writes("It is me, from my phone").await?;
        talk.reads("It is me, from my phone").await?;
        let (ben, answer) = shop.identifies(Some(&other.token), "ben").await?;
        ensure!(
            answer["kept"] == false && answer["conversation"].is_null(),
            "{answer}"
        );
        ensure!(shop.reads(&ben, conversation).await? == 404);

        // What only the page says stays a claim.
        let claims = json!({ "text": "Hi", "name": "Mia Schmidt", "email": "mia@shop.example" });
        let claimed = shop.api.visitor(&shop.space).await?;
        let begun: Value = shop
            .api
            .begin(&claimed.token, fresh_id()?, &claims)
            .await?
            .into()?;
        let path = format!(
            "/api/v1/conversations/{}/events",
            begun["conversation"].as_str().context("one")?
        );
        let events = shop.api.get(&path, Some(&shop.ada.token)).await?;
        let opened = &events.body["events"][0]["event"]["opened"];
        ensure!(
            opened["email"] == "mia@shop.example" && opened["identity"].is_null(),
            "{events:?}"
        );
        Ok(())
    });
}

#[test]
fn sec_i3_01_an_unverified_session_is_refused_over_socket_and_http() {
    play(1, async |stage| {
        let shop = Shop::opens(stage.api()).await?;
        let mut jack = AgentLine::on_duty(&shop.api, &shop.space, "Jack").await?;
        let visitor = shop.api.visitor(&shop.space).await?;
        let conversation = shop.api.conversation(&visitor, "Hello").await?;
        let mut talk = jack.accepts().await?;
        let mut line = Talk::open(shop.api.base(), conversation, &visitor.token).await?;
        shop.requires(true).await?;
        let is_set = |event: &Event| matches!(event, Event::VerificationSet { required: true });
        line.sees("that it has to sign in", is_set).await?;

        let refused = line
            .asks(Command::Post {
                text: text("over the socket")?,
                reply_to: None,
            })
            .await?;
        ensure!(refused == Err(Refusal::VerificationRequired), "{refused:?}");
        let path = format!("/api/v1/conversations/{conversation}/messages");
        let request = shop.api.request(reqwest::Method::POST, &path);
        let request = request.header("Idempotency-Key", fresh_id()?.to_string());
        let request = request
            .bearer_auth(&visitor.token)
            .json(&json!({ "text": "over HTTP" }));
        let refused = shop.api.send(request).await?;
        ensure!((refused.status, refused.code()) == (403, "verification_required"));
        let stranger = shop.api.visitor(&shop.space).await?;
        let refused = shop
            .api
            .begin(&stranger.token, fresh_id()?, &json!({ "text": "Hi" }))
            .await?;
        ensure!((refused.status, refused.code()) == (403, "verification_required"));

        let (mia, _) = shop.identifies(Some(&visitor.token), "mia").await?;
        let mut line = Talk::open(shop.api.base(), conversation, &mia.token).await?;
        line.writes("It is me").await?;
        talk.reads("It is me").await?;
        let path = format!("/api/v1/conversations/{conversation}/events");
        let events = shop.api.get(&path, Some(&shop.ada.token)).await?;
        let events = events.body.to_string();
        ensure!(!events.contains("over the socket") && !events.contains("over HTTP"));
        Ok(())
    });
}

#[test]
fn sec_k_01_no_secret_is_stored_in_clear_and_without_a_key_nothing_is_kept() {
    play(1, async |_| {
        let mut edge = Edge::start()?;
        let shop = Shop::opens(&Api::new(edge.base())).await?;
        let (_, second) = shop.makes_key().await?;
        shop.identifies(None, "mia").await?;
        let wrong = shop
            .shows(None, &json!({ "token": "bhk_no.token.at-all" }))
            .await?;
        ensure!(wrong.status == 401);
        edge.kill();
        let stored = edge.stored()?;
        ensure!(!stored.is_empty());
        let holds = |canary: &str| {
            let canary = canary.as_bytes();
            stored.windows(canary.len()).any(|bytes| bytes == canary)
        };
        ensure!(holds("identity_keys") && holds("v1."), "the rows are there");
        for secret in [&shop.secret, &second] {
            ensure!(!holds(secret), "a secret in clear");
            ensure!(!holds(&secret[4..30]), "a part of one");
        }
        ensure!(!edge.log().contains(&shop.secret), "a secret in the log");

        // Moved to an installation without the key, nothing opens, and nothing is believed.
        let bare = Edge::with(vec![("SEAL_KEY", "short".to_owned())])?;
        let api = Api::new(bare.base());
        let agents = vec![json!({ "name": "Ada", "role": "admin" })];
        let space = api.space_with(json!({}), agents).await?;
        let ada = api.sign_in(&space, "Ada").await?;
        let path = format!("/api/v1/spaces/{}/identity-keys", space.space);
        let refused = api.post(&path, Some(&ada.token), &json!({})).await?;
        ensure!(
            (refused.status, refused.code()) == (503, "seal_key_missing"),
            "{refused:?}"
        );
        let pairs = signed(&json!({ "sub": "user-42", "iat": now(), "exp": now() + 600 }))?;
        let public = json!({ "algorithm": "RS256", "public_key": pairs["rs"]["pem"] });
        let made = api.post(&path, Some(&ada.token), &public).await?;
        ensure!(made.status == 201, "a public key is no secret: {made:?}");
        Ok(())
    });
}
