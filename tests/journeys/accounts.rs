//! How people come into a space: invitations, links, the first admin, and API tokens.

use core::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use shared::frame::CloseCode;
use stage::api::{Api, Space};
use stage::dial::Dial;
use stage::mail::Mail;
use stage::play;
use stage::start::Edge;
use stage::visit::{Visit, secret};

/// How long a revocation may take (SECURITY.md G4).
const SOON: Duration = Duration::from_secs(5);

/// A space with an admin, and the admin's token.
async fn space(api: &Api) -> Result<(Space, String)> {
    let agents = vec![
        json!({ "name": "Ada", "role": "admin" }),
        json!({ "name": "Jack" }),
    ];
    let space = api.space_with(json!({ "name": "Larch" }), agents).await?;
    let admin = api.sign_in(&space, "Ada").await?.token;
    Ok((space, admin))
}

fn of(space: &Space, what: &str) -> String {
    format!("/api/v1/spaces/{}{what}", space.space)
}

/// Invites somebody; the secret of the link.
async fn invite(api: &Api, space: &Space, admin: &str, body: Value) -> Result<(Value, String)> {
    let path = of(space, "/invitations");
    let answer = api.post(&path, Some(admin), &body).await?;
    ensure!(answer.status == 201, "{answer:?}");
    let secret = secret(&answer.body["link"])?;
    Ok((answer.body, secret))
}

/// Accepts an invitation as a new person.
async fn accepts(api: &Api, invitation: &str, name: &str) -> Result<Visit> {
    let mut visit = Visit::new(api);
    let body = json!({ "invitation": invitation, "name": name });
    visit.posts("/api/v1/invitations/accept", &body).await?;
    Ok(visit)
}

async fn names(api: &Api, space: &Space, token: &str) -> Result<Vec<String>> {
    let answer = api.get(&of(space, "/agents"), Some(token)).await?;
    let rows = answer.body["agents"].as_array().cloned();
    let rows = rows.with_context(|| format!("{answer:?}"))?;
    let name = |row: &Value| row["name"].as_str().unwrap_or_default().to_owned();
    Ok(rows.iter().map(name).collect())
}

#[test]
fn f28_f29_f38_who_is_invited_is_listed_after_accepting_and_connecting() {
    play(0, async |stage| {
        let api = stage.api();
        let (space, admin) = space(api).await?;
        let body = json!({ "email": "Zoe@Shop.example", "role": "supervisor" });
        let (made, invitation) = invite(api, &space, &admin, body).await?;
        ensure!(made["sent"] == false, "nobody sends mail here");
        let look = json!({ "invitation": invitation });
        let seen = api.post("/api/v1/invitations/look", None, &look).await?;
        ensure!(
            seen.body["name"] == "Larch"
                && seen.body["role"] == "supervisor"
                && seen.body["email"] == "zoe@shop.example",
            "{seen:?}"
        );
        let mut zoe = Visit::new(api);
        let accept = "/api/v1/invitations/accept";
        ensure!(
            zoe.is_refused(accept, &look).await? == "422 text_empty",
            "no name"
        );
        let body = json!({ "invitation": invitation, "name": "Zoe" });
        let served = zoe.asks(Method::POST, accept, Some(&body)).await?;
        let cookie = served.cookies.first().context("no cookie")?;
        for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=604800"] {
            ensure!(cookie.contains(part), "{cookie}");
        }
        ensure!(
            names(api, &space, &admin).await? == ["Ada", "Jack"],
            "not yet"
        );
        let token = zoe.token(&space.space).await?;
        let mut wire = Dial::space(api.base(), &space.space, &token).open().await?;
        ensure!(wire.desk().await?.me.name.as_str() == "Zoe", "her desk");
        ensure!(
            names(api, &space, &admin).await? == ["Ada", "Jack", "Zoe"],
            "listed"
        );
        // The space tells the account by itself.
        let session = loop {
            let session = zoe.session().await?;
            if session.body["spaces"][0]["name"] == "Larch" {
                break session;
            }
        };
        ensure!(
            session.body["name"] == "Zoe"
                && session.body["spaces"][0]["role"] == "supervisor"
                && session.body["may_create"] == false,
            "{session:?}"
        );
        let listed = api.get(&of(&space, "/invitations"), Some(&admin)).await?;
        let row = &listed.body["invitations"][0];
        ensure!(row["accepted_by"] == session.body["agent"], "{listed:?}");
        ensure!(
            !listed.body.to_string().contains(&invitation),
            "the secret is read"
        );
        Ok(())
    });
}

#[test]
fn sec_g7_01_an_invitation_is_used_once_and_nothing_else_fits() {
    play(0, async |stage| {
        let api = stage.api();
        let (space, admin) = space(api).await?;
        let (_, used) = invite(api, &space, &admin, json!({})).await?;
        accepts(api, &used, "Zoe").await?;
        let (made, revoked) = invite(api, &space, &admin, json!({})).await?;
        let id = made["invitation"].as_str().context("an id")?;
        let path = of(&space, &format!("/invitations/{id}"));
        let request = api.request(Method::DELETE, &path).bearer_auth(&admin);
        ensure!(api.send(request).await?.status == 200, "revoked");
        let (_, open) = invite(api, &space, &admin, json!({})).await?;
        let before = api.get(&of(&space, "/invitations"), Some(&admin)).await?;
        let wrong = [
            used.clone(),
            revoked,
            String::new(),
            " ".into(),
            "null".into(),
            "bhi_".into(),
            format!("bhi_{}_", space.space),
            open.replace("bhi_", "bhl_"),
            open.replace(&space.space, "nobody"),
            format!("{open}x"),
            open.to_uppercase(),
            "x".repeat(4_000),
        ];
        for invitation in wrong {
            let body = json!({ "invitation": invitation, "name": "Eve" });
            let mut eve = Visit::new(api);
            let refused = eve.is_refused("/api/v1/invitations/accept", &body).await?;
            ensure!(
                refused == "410 link_over" && eve.cookie.is_none(),
                "{refused}: {invitation}"
            );
            let body = json!({ "invitation": invitation });
            let refused = eve.is_refused("/api/v1/invitations/look", &body).await?;
            ensure!(refused == "410 link_over", "{refused}: {invitation}");
        }
        for value in [json!(1), json!([open]), json!({ "$ne": "" }), json!(true)] {
            let body = json!({ "invitation": value, "name": "Eve" });
            let mut eve = Visit::new(api);
            let refused = eve.is_refused("/api/v1/invitations/accept", &body).await?;
            ensure!(refused == "422 value_malformed", "{refused}: {value}");
        }
        let after = api.get(&of(&space, "/invitations"), Some(&admin)).await?;
        ensure!(before.body == after.body, "something changed");
        ensure!(
            names(api, &space, &admin).await? == ["Ada", "Jack"],
            "nobody joined"
        );
        accepts(api, &open, "Mia").await?;
        Ok(())
    });
}

#[test]
fn sec_r1_05_only_an_admin_of_the_space_lets_others_in() {
    play(0, async |stage| {
        let api = stage.api();
        let (space, _) = space(api).await?;
        let (other, _) = self::space(api).await?;
        let jack = api.sign_in(&space, "Jack").await?.token;
        let stranger = api.sign_in(&other, "Ada").await?.token;
        let visitor = api.visitor(&space).await?.token;
        let agent = api.sign_in(&space, "Jack").await?.agent;
        let calls = [
            (Method::POST, of(&space, "/invitations"), json!({})),
            (Method::GET, of(&space, "/invitations"), Value::Null),
            (
                Method::DELETE,
                of(&space, &format!("/invitations/{agent}")),
                Value::Null,
            ),
            (
                Method::POST,
                of(&space, "/tokens"),
                json!({ "name": "Mine" }),
            ),
            (Method::GET, of(&space, "/tokens"), Value::Null),
            (
                Method::DELETE,
                of(&space, &format!("/tokens/{agent}")),
                Value::Null,
            ),
            (
                Method::POST,
                of(&space, &format!("/agents/{agent}/link")),
                json!({}),
            ),
        ];
        for (method, path, body) in calls {
            let tokens = [None, Some(&jack), Some(&stranger), Some(&visitor)];
            for (who, token) in tokens.into_iter().enumerate() {
                let mut request = api.request(method.clone(), &path);
                if let Some(token) = token {
                    request = request.bearer_auth(token);
                }
                if !body.is_null() {
                    request = request.json(&body);
                }
                let answer = api.send(request).await?;
                let expected = [401, 403, 404, 403][who];
                ensure!(
                    answer.status == expected,
                    "{who} {method} {path}: {answer:?}"
                );
            }
        }
        Ok(())
    });
}

#[test]
fn sec_w3_01_a_cookie_alone_changes_nothing() {
    play(0, async |stage| {
        let api = stage.api();
        let (space, admin) = space(api).await?;
        let (_, invitation) = invite(api, &space, &admin, json!({})).await?;
        let (_, second) = invite(api, &space, &admin, json!({})).await?;
        let zoe = accepts(api, &invitation, "Zoe").await?;
        let own = api.base();
        let evil = "https://evil.example";
        let headers: [&[(&str, &str)]; 6] = [
            &[],
            &[("Origin", evil), ("X-Bellhop", "1")],
            &[("Origin", "null"), ("X-Bellhop", "1")],
            &[("X-Bellhop", "1")],
            &[("Origin", own)],
            &[("Origin", own), ("X-Bellhop", "0")],
        ];
        let id = "07070707-0707-0707-0707-070707070707";
        let calls = [
            (
                Method::POST,
                "/api/v1/session".to_owned(),
                json!({ "link": "x" }),
            ),
            (Method::DELETE, "/api/v1/session".to_owned(), Value::Null),
            (Method::DELETE, "/api/v1/sessions".to_owned(), Value::Null),
            (
                Method::DELETE,
                format!("/api/v1/sessions/{id}"),
                Value::Null,
            ),
            (
                Method::POST,
                "/api/v1/session/token".to_owned(),
                json!({ "space": space.space }),
            ),
            (
                Method::POST,
                "/api/v1/spaces".to_owned(),
                json!({ "name": "Evil" }),
            ),
            (
                Method::POST,
                "/api/v1/sign-in/mail".to_owned(),
                json!({ "email": "a@b.c" }),
            ),
            (
                Method::POST,
                "/api/v1/invitations/accept".to_owned(),
                json!({ "invitation": second, "name": "Zoe" }),
            ),
        ];
        for (method, path, body) in calls {
            for headers in headers {
                let body = (!body.is_null()).then_some(&body);
                let served = zoe.asks_with(method.clone(), &path, body, headers).await?;
                let answer = served.answer;
                ensure!(
                    answer.status == 403 && served.cookies.is_empty(),
                    "{method} {path} {headers:?}: {answer:?}"
                );
            }
        }
        ensure!(zoe.session().await?.status == 200, "signed out");
        Ok(())
    });
}

#[test]
fn sec_g4_01_who_signs_out_is_out_everywhere_and_other_sessions_go_on() {
    play(0, async |stage| {
        let api = stage.api();
        let (space, admin) = space(api).await?;
        let (_, invitation) = invite(api, &space, &admin, json!({})).await?;
        let mut zoe = accepts(api, &invitation, "Zoe").await?;
        let token = zoe.token(&space.space).await?;
        let mut wire = Dial::space(api.base(), &space.space, &token).open().await?;
        wire.desk().await?;
        // A second browser, by a link of the admin.
        let agent = zoe.session().await?.body["agent"].clone();
        let agent = agent.as_str().context("an agent")?;
        let path = of(&space, &format!("/agents/{agent}/link"));
        let link = api.post(&path, Some(&admin), &json!({})).await?;
        let link = json!({ "link": secret(&link.body["link"])? });
        let mut phone = Visit::new(api);
        phone.posts("/api/v1/session", &link).await?;
        ensure!(
            phone.is_refused("/api/v1/session", &link).await? == "410 link_over",
            "used twice"
        );
        let bound = phone.session().await?.body;
        ensure!(
            bound["only"] == space.space.as_str()
                && bound["sessions"].as_array().map(Vec::len) == Some(1),
            "{bound}"
        );
        let sessions = zoe.session().await?.body["sessions"].clone();
        ensure!(sessions.as_array().map(Vec::len) == Some(2), "{sessions}");
        let other = sessions[0]["session"].as_str().unwrap_or_default();
        for (path, status) in [
            ("/api/v1/sessions".to_owned(), 403),
            (format!("/api/v1/sessions/{other}"), 404),
        ] {
            let served = phone.asks(Method::DELETE, &path, None).await?;
            ensure!(served.answer.status == status, "{path}: {served:?}");
        }

        let served = zoe.asks(Method::DELETE, "/api/v1/session", None).await?;
        ensure!(
            served.answer.status == 200 && zoe.cookie.is_none(),
            "{served:?}"
        );
        let code = wire.closes_within(SOON).await?;
        let word = &wire.word;
        ensure!(
            code == CloseCode::Unauthorized.number() && word == "token_revoked",
            "{code} {word}"
        );
        let answer = api.get(&of(&space, "/agents"), Some(&token)).await?;
        ensure!(
            answer.status == 401 && answer.code() == "token_revoked",
            "{answer:?}"
        );
        ensure!(zoe.session().await?.status == 401, "no cookie");
        let token = phone.token(&space.space).await?;
        let answer = api.get(&of(&space, "/agents"), Some(&token)).await?;
        ensure!(answer.status == 200, "{answer:?}");

        // Deactivated: the session is good for nothing in that space.
        let path = of(&space, &format!("/agents/{agent}/deactivate"));
        let answer = api.post(&path, Some(&admin), &json!({})).await?;
        ensure!(answer.status == 200, "{answer:?}");
        let body = json!({ "space": space.space });
        let refused = phone.is_refused("/api/v1/session/token", &body).await?;
        ensure!(refused == "404 agent_unknown", "{refused}");
        Ok(())
    });
}

#[test]
fn ac5_a_link_of_an_admin_leads_into_no_other_space() {
    play(0, async |stage| {
        let api = stage.api();
        let (larch, admin) = space(api).await?;
        let (birch, other) = space(api).await?;
        let (_, invitation) = invite(api, &larch, &admin, json!({})).await?;
        let mut zoe = accepts(api, &invitation, "Zoe").await?;
        let (_, invitation) = invite(api, &birch, &other, json!({ "role": "admin" })).await?;
        zoe.posts(
            "/api/v1/invitations/accept",
            &json!({ "invitation": invitation }),
        )
        .await?;
        for space in [&larch, &birch] {
            zoe.token(&space.space).await?;
        }
        let agent = zoe.session().await?.body["agent"].clone();
        let agent = agent.as_str().context("an agent")?;
        let path = of(&larch, &format!("/agents/{agent}/link"));
        let link = api.post(&path, Some(&admin), &json!({})).await?;
        let mut evil = Visit::new(api);
        evil.posts(
            "/api/v1/session",
            &json!({ "link": secret(&link.body["link"])? }),
        )
        .await?;
        evil.token(&larch.space).await?;
        let refused = evil
            .is_refused("/api/v1/session/token", &json!({ "space": birch.space }))
            .await?;
        ensure!(refused == "403 forbidden", "{refused}");
        let refused = evil
            .is_refused("/api/v1/spaces", &json!({ "name": "Evil" }))
            .await?;
        ensure!(refused == "403 forbidden", "{refused}");
        let (_, invitation) = invite(api, &birch, &other, json!({})).await?;
        let refused = evil
            .is_refused(
                "/api/v1/invitations/accept",
                &json!({ "invitation": invitation }),
            )
            .await?;
        ensure!(refused == "403 forbidden", "{refused}");
        // An admin of a space may make another one.
        let made = loop {
            let served = zoe
                .asks(
                    Method::POST,
                    "/api/v1/spaces",
                    Some(&json!({ "name": "Oak" })),
                )
                .await?;
            match served.answer.status {
                201 => break served.answer.body,
                403 => (), // the space has not told the account yet
                _ => anyhow::bail!("{served:?}"),
            }
        };
        zoe.token(made["space"].as_str().context("a space")?)
            .await?;
        Ok(())
    });
}

#[test]
fn sec_g7_f26_f32_the_first_admin_comes_in_once_and_makes_a_space() {
    play(0, async |_| {
        let secret = "founding-secret-of-this-journey";
        let edge = Edge::with(vec![("BOOTSTRAP_HASH", sha256(secret)?)])?;
        let api = &Api::new(edge.base());
        let mut ada = Visit::new(api);
        for wrong in ["", " ", "founding", &sha256(secret)?] {
            let body = json!({ "bootstrap": wrong, "name": "Ada" });
            let refused = ada.is_refused("/api/v1/session", &body).await?;
            ensure!(refused == "410 link_over", "{wrong:?}: {refused}");
        }
        let body = json!({ "bootstrap": secret, "name": "Ada" });
        ada.posts("/api/v1/session", &body).await?;
        let refused = Visit::new(api).is_refused("/api/v1/session", &body).await?;
        ensure!(refused == "410 link_over", "dead after use: {refused}");
        let body = json!({ "name": "Larch", "origins": ["https://*.shop.example"] });
        let made = ada.posts("/api/v1/spaces", &body).await?;
        let space = made["space"].as_str().context("a space")?.to_owned();
        let space = Space { space };
        let token = ada.token(&space.space).await?;
        let settings = api.get(&of(&space, "/settings"), Some(&token)).await?;
        let settings = &settings.body["settings"];
        ensure!(
            settings["live_chat"] == true && settings["origins"][0] == "https://*.shop.example",
            "{settings}"
        );
        api.visitor(&space).await?;
        let off = json!({ "live_chat": false });
        api.patch(&of(&space, "/settings"), &token, &off).await?;
        let answer = api.post(&of(&space, "/visitors"), None, &json!({})).await?;
        ensure!(
            answer.status == 403 && answer.code() == "space_off",
            "{answer:?}"
        );
        Ok(())
    });
}

#[test]
fn sec_g7_a_locked_out_admin_comes_back_in_once_and_nobody_else() {
    play(0, async |stage| {
        let secret = "a-secret-of-cargo-xtask-link";
        let edge = Edge::with(vec![("BOOTSTRAP_HASH", sha256(secret)?)])?;
        let api = &Api::new(edge.base());
        let (space, _) = space(api).await?;
        let other = stage.space(json!({}), &["Jack"]).await?;
        let body = |secret: &str, space: &str, name: &str| json!({ "bootstrap": secret, "space": space, "name": name });
        let wrong = [
            ("x", space.space.as_str(), "Ada", "410 link_over"),
            (secret, "nobody-has-this", "Ada", "404 space_unknown"),
            (secret, other.space.as_str(), "Ada", "404 space_unknown"),
            (secret, space.space.as_str(), "Eve", "404 agent_unknown"),
            (secret, space.space.as_str(), "Jack", "403 forbidden"),
        ];
        for (secret, space, name, expected) in wrong {
            let mut visit = Visit::new(api);
            let body = body(secret, space, name);
            let refused = visit.is_refused("/api/v1/session", &body).await?;
            ensure!(
                refused == expected && visit.cookie.is_none(),
                "{body}: {refused}"
            );
        }
        let body = body(secret, &space.space, "Ada");
        let mut ada = Visit::new(api);
        ada.posts("/api/v1/session", &body).await?;
        let token = ada.token(&space.space).await?;
        let read = api.get(&of(&space, "/invitations"), Some(&token)).await?;
        ensure!(read.status == 200, "an admin again: {read:?}");
        let mut eve = Visit::new(api);
        let refused = eve.is_refused("/api/v1/session", &body).await?;
        ensure!(
            refused == "410 link_over" && eve.cookie.is_none(),
            "dead after use: {refused}"
        );
        let log = edge.log();
        ensure!(
            log.contains("came in by the secret of the deployment"),
            "{log}"
        );
        ensure!(!log.contains(secret), "the secret is in the log");
        Ok(())
    });
}

#[test]
fn sec_g3_01_a_mail_proves_an_address_and_a_copied_link_does_not_and_nobody_learns_who_has_one() {
    play(0, async |_| {
        let mail = Mail::start().await?;
        let edge = Edge::with(mail.vars())?;
        let api = &Api::new(edge.base());
        let (space, admin) = space(api).await?;
        let path = of(&space, "/invitations");
        let body = json!({ "email": "zoe@shop.example" });
        let made = api.post(&path, Some(&admin), &body).await?;
        ensure!(made.body["sent"] == true, "{made:?}");
        let call = mail.calls().pop().context("no mail")?;
        ensure!(
            call.head.starts_with("POST /emails ")
                && call
                    .head
                    .to_lowercase()
                    .contains("authorization: bearer re_canary")
                && call.head.to_lowercase().contains("idempotency-key: ")
                && call.body["to"] == json!(["zoe@shop.example"])
                && call.body["subject"] == "Answer the customers of Larch",
            "{call:?}"
        );
        let html = call.body["html"].as_str().unwrap_or_default();
        ensure!(html.matches("<a ").count() == 1, "{html}");
        let sent = mail.newest_secret()?;
        let copied = secret(&made.body["link"])?;
        ensure!(sent != copied, "two secrets");
        accepts(api, &sent, "Zoe").await?;
        let refused = Visit::new(api)
            .is_refused(
                "/api/v1/invitations/accept",
                &json!({ "invitation": copied, "name": "Eve" }),
            )
            .await?;
        ensure!(refused == "410 link_over", "{refused}");

        // Somebody else, by the link that the admin copied: the address is not theirs.
        let made = api
            .post(
                &path,
                Some(&admin),
                &json!({ "email": "mia@shop.example", "language": "de-CH" }),
            )
            .await?;
        let call = mail.calls().pop().context("no mail")?;
        ensure!(
            call.body["subject"] == "Antworten Sie den Kunden von Larch",
            "{call:?}"
        );
        accepts(api, &secret(&made.body["link"])?, "Mia").await?;
        let mails = mail.calls().len();
        let mut visit = Visit::new(api);
        let mut nobodys = json!(null);
        for email in ["mia@shop.example", "nobody@shop.example"] {
            nobodys = visit
                .posts("/api/v1/sign-in/mail", &json!({ "email": email }))
                .await?;
        }
        // Whoever has the address gets the same answer, and before the mail is on its way.
        mail.holds(true);
        let known = visit
            .posts(
                "/api/v1/sign-in/mail",
                &json!({ "email": "ZOE@shop.example" }),
            )
            .await?;
        ensure!(known == nobodys, "{known}");
        mail.has(mails + 1).await?;
        mail.holds(false);
        ensure!(
            mail.calls().len() == mails + 1,
            "sec_g3_01: a link was sent"
        );
        let link = json!({ "link": mail.newest_secret()? });
        visit.posts("/api/v1/session", &link).await?;
        let session = visit.session().await?.body;
        ensure!(
            session["name"] == "Zoe" && session["only"].is_null(),
            "{session}"
        );

        // The mail API fails: the link can be copied all the same, and nothing secret is logged.
        mail.answers(500);
        let made = api
            .post(&path, Some(&admin), &json!({ "email": "kim@shop.example" }))
            .await?;
        ensure!(made.status == 201 && made.body["sent"] == false, "{made:?}");
        let canaries = ["re_canary", sent.as_str(), "bhl_", "bhi_", "bhs_"];
        let log = edge.log();
        for canary in canaries {
            ensure!(!log.contains(canary), "sec_k_02: {canary} is in the log");
        }
        Ok(())
    });
}

#[test]
fn sec_g6_01_an_api_token_is_shown_once_reads_or_writes_and_ends() {
    play(0, async |stage| {
        let api = stage.api();
        let (space, admin) = space(api).await?;
        let (other, _) = self::space(api).await?;
        let path = of(&space, "/tokens");
        let make = async |body: Value| {
            let answer = api.post(&path, Some(&admin), &body).await?;
            ensure!(answer.status == 201, "{answer:?}");
            let token = answer.body["token"].as_str().context("a token")?.to_owned();
            let id = answer.body["id"].as_str().context("an id")?.to_owned();
            Ok((id, token))
        };
        let (_, reads) = make(json!({ "name": "Reports" })).await?;
        let (id, writes) = make(json!({ "name": "Sync", "scope": "write", "days": 1 })).await?;
        ensure!(reads.starts_with("bh_") && reads != writes, "{reads}");
        let agents = of(&space, "/agents");
        for token in [&reads, &writes] {
            let answer = api.get(&agents, Some(token)).await?;
            ensure!(answer.status == 200, "{answer:?}");
            let answer = api.get(&of(&other, "/agents"), Some(token)).await?;
            ensure!(answer.status == 404, "another space: {answer:?}");
        }
        let body = json!({ "wrap_up_s": 60 });
        let settings = of(&space, "/settings");
        let answer = api.patch(&settings, &reads, &body).await?;
        ensure!(answer.status == 403, "{answer:?}");
        let answer = api.patch(&settings, &writes, &body).await?;
        ensure!(answer.status == 200, "{answer:?}");
        let listed = api.get(&path, Some(&admin)).await?.body;
        let rows = listed["tokens"].as_array().context("rows")?;
        ensure!(
            rows.len() == 2 && rows[0]["used_at"].is_number(),
            "{listed}"
        );
        for secret in [&reads, &writes] {
            // Its letters may be `_`, too: 64 bytes in base64, without the place before them.
            let tail = &secret[secret.len().saturating_sub(32)..];
            ensure!(!listed.to_string().contains(tail), "read again");
        }
        let gone = api
            .request(Method::DELETE, &format!("{path}/{id}"))
            .bearer_auth(&admin);
        ensure!(api.send(gone).await?.status == 200, "revoked");
        let wrong = [
            writes.clone(),
            format!("{reads}x"),
            reads[..reads.len() - 1].to_owned(),
            reads.replace(&space.space, &other.space),
            format!("bh_{}_", space.space),
            "bh_".into(),
        ];
        for token in &wrong {
            let answer = api.get(&agents, Some(token)).await?;
            ensure!(
                answer.status == 401 && answer.code() == "token_invalid",
                "{token}: {answer:?}"
            );
        }
        // A socket takes tokens of people alone.
        let code = Dial::space(api.base(), &space.space, &reads)
            .open()
            .await?
            .closes()
            .await?;
        ensure!(code == CloseCode::Unauthorized.number(), "{code}");
        for body in [
            json!({}),
            json!({ "name": "x", "scope": "admin" }),
            json!({ "name": "x", "days": 0 }),
            json!({ "name": "x", "days": 367 }),
            json!({ "name": "x", "agent": "somebody" }),
            json!({ "name": ["x"] }),
        ] {
            let answer = api.post(&path, Some(&admin), &body).await?;
            ensure!(answer.status == 422, "{body}: {answer:?}");
        }
        Ok(())
    });
}

/// As `sha256sum` says it.
pub fn sha256(text: &str) -> Result<String> {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let mut sum = Command::new("sha256sum")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    sum.stdin
        .take()
        .context("no input")?
        .write_all(text.as_bytes())?;
    let output = sum.wait_with_output()?.stdout;
    let output = String::from_utf8(output)?;
    Ok(output.split(' ').next().unwrap_or_default().to_owned())
}
