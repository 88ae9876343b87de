//! What is kept of a customer: exported, erased, and gone when its time is over (P12).

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use shared::conversation::{Command, Event};
use shared::text::MessageText;
use stage::api::{Answer, Api, Space, Visitor};
use stage::line::{AgentLine, CustomerLine, Talk};
use stage::mail::Mail;
use stage::play;
use stage::start::Edge;
use stage::visit::Visit;

const SECRET: &str = "My card is 4711";

async fn office(api: &Api, settings: Value) -> Result<(Space, String)> {
    let agents = vec![
        json!({ "name": "Ada", "role": "admin" }),
        json!({ "name": "Jack" }),
    ];
    let space = api.space_with(settings, agents).await?;
    let admin = api.sign_in(&space, "Ada").await?.token;
    Ok((space, admin))
}

async fn asks(
    api: &Api,
    space: &Space,
    what: &str,
    token: Option<&str>,
    body: &Value,
) -> Result<Answer> {
    let path = format!("/api/v1/spaces/{}/{what}", space.space);
    api.post(&path, token, body).await
}

/// Looks again until the answer is as it should be; the stage ends what takes too long.
async fn until(api: &Api, path: &str, token: &str, is: impl Fn(&Answer) -> bool) -> Result<Answer> {
    loop {
        let answer = api.get(path, Some(token)).await?;
        if is(&answer) {
            return Ok(answer);
        }
    }
}

#[test]
fn p12_m10_sec_x_01_sec_x_02_what_is_kept_of_a_customer_is_exported_and_erased() {
    play(0, async |stage| {
        let api = stage.api();
        let (space, admin) = office(api, json!({})).await?;
        let mut jack = AgentLine::on_duty(api, &space, "Jack").await?;
        let mut customer = CustomerLine::writes(api, &space, SECRET).await?;
        let mut talk = jack.accepts().await?;
        let note = MessageText::parse("He told me 4711")?;
        talk.asks(Command::Note { text: note }).await??;
        let conversation = talk.conversation;
        let body = json!({ "conversation": conversation });

        // Nobody but an admin, and nothing of anybody who is not there.
        let jacks = jack.me.token.clone();
        for what in ["exports", "erasures"] {
            for (token, status) in [
                (None, 401),
                (Some(jacks.as_str()), 403),
                (Some(customer.me.token.as_str()), 403),
            ] {
                let answer = asks(api, &space, what, token, &body).await?;
                ensure!(answer.status == status, "{what}: {answer:?}");
            }
            for (body, status) in [
                (json!({ "visitor": conversation }), 404),
                (json!({ "conversation": customer.me.visitor }), 404),
                (json!({}), 422),
                (json!({ "visitor": "7" }), 422),
                (
                    json!({ "visitor": conversation, "conversation": conversation }),
                    422,
                ),
            ] {
                let answer = asks(api, &space, what, Some(&admin), &body).await?;
                ensure!(answer.status == status, "{what} {body}: {answer:?}");
            }
        }

        let export = asks(api, &space, "exports", Some(&admin), &body).await?;
        ensure!(export.status == 200, "{export:?}");
        let text = export.body.to_string();
        ensure!(
            text.contains(SECRET) && text.contains("He told me 4711"),
            "{text}"
        );
        ensure!(
            export.body["visitor"] == json!(customer.me.visitor),
            "{text}"
        );

        // It is the answer to the admin's own call: no address leads to it, and none keeps a copy.
        let path = format!("/api/v1/spaces/{}/exports", space.space);
        let other = api
            .send(api.request(reqwest::Method::GET, &path).bearer_auth(&admin))
            .await?;
        ensure!(other.status == 405, "{other:?}");
        let request = api
            .request(reqwest::Method::POST, &path)
            .bearer_auth(&admin);
        let (_, headers) = api.send_whole(request.json(&body)).await?;
        let kept = headers.get("cache-control").map(|kept| kept.as_bytes());
        ensure!(kept == Some(b"no-store"), "{headers:?}");

        let visitor = json!({ "visitor": customer.me.visitor });
        let erased = asks(api, &space, "erasures", Some(&admin), &visitor).await?;
        ensure!(erased.status == 202, "{erased:?}");
        ensure!(
            erased.body["conversations"] == json!([conversation]),
            "{erased:?}"
        );
        let is_erased = |event: &Event| *event == Event::Erased;
        customer.talk.sees("that it is erased", is_erased).await?;
        talk.sees("that it is erased", is_erased).await?;

        // What comes back from the disk holds nothing, for nobody.
        let path = format!("/api/v1/conversations/{conversation}/events");
        for token in [&customer.me.token, &jacks, &admin] {
            let answer = api.get(&path, Some(token)).await?;
            let text = answer.body.to_string();
            ensure!(answer.status == 200 && !text.contains("4711"), "{text}");
            ensure!(text.contains("message_posted"), "its places stay: {text}");
        }
        let again = Talk::open(stage.api().base(), conversation, &jacks).await?;
        let texts = format!("{:?}", again.log);
        ensure!(!texts.contains("4711"), "{texts}");
        let list = format!("/api/v1/spaces/{}/items?list=closed", space.space);
        let items = until(api, &list, &admin, |answer| {
            answer.body.to_string().contains(&conversation.to_string())
        })
        .await?;
        ensure!(!items.body.to_string().contains("4711"), "{items:?}");
        let audit = format!("/api/v1/spaces/{}/audit", space.space);
        let log = until(api, &audit, &admin, |answer| {
            answer.body["entries"][0]["what"] == "erased"
        })
        .await?;
        let kinds = log.body["entries"].as_array().context("no entries")?;
        let kinds: Vec<_> = kinds.iter().map(|entry| &entry["what"]).collect();
        let expected = [
            "erased",
            "erasure_asked",
            "exported",
            "exported",
            "space_created",
        ];
        ensure!(kinds == expected, "{log:?}");
        ensure!(!log.body.to_string().contains("4711"), "{log:?}");
        Ok(())
    });
}

#[test]
fn p12_er4_what_is_closed_goes_by_itself_when_its_time_is_over() {
    play(0, async |stage| {
        let api = stage.api();
        let (space, admin) = office(api, json!({ "retention_s": 1 })).await?;
        let mut customer = CustomerLine::writes(api, &space, SECRET).await?;
        let path = format!(
            "/api/v1/conversations/{}/events",
            customer.talk.conversation
        );
        ensure!(api.get(&path, Some(&admin)).await?.status == 200);
        customer.talk.asks(Command::End).await??;
        until(api, &path, &admin, |answer| answer.status == 404).await?;
        until(api, &path, &customer.me.token, |answer| {
            answer.status == 404
        })
        .await?;
        Ok(())
    });
}

/// Everything that says who somebody is or what somebody wrote.
const PERSONAL: [&str; 6] = [
    "My card is 4711",
    "He told me 4711",
    "Zoe Zander",
    "zoe@larch.example",
    "customer-0815",
    "Zander & Sons",
];

/// What is stored, or said of it, holds none of it.
fn is_clear(what: &str, bytes: &[u8]) -> Result<()> {
    for word in PERSONAL {
        let word = word.as_bytes();
        let is_there = bytes.windows(word.len()).any(|bytes| bytes == word);
        ensure!(
            !is_there,
            "{what} holds {:?}",
            String::from_utf8_lossy(word)
        );
    }
    Ok(())
}

/// Every row of every database of the objects.
pub fn rows(edge: &Edge) -> Result<Vec<u8>> {
    let script = "
        const { DatabaseSync } = require('node:sqlite');
        const fs = require('fs');
        const walk = (at) => fs.readdirSync(at, { withFileTypes: true }).flatMap((it) =>
            it.isDirectory() ? walk(at + '/' + it.name) : [at + '/' + it.name]);
        let count = 0;
        for (const file of walk(process.argv[1]).filter((it) => it.endsWith('.sqlite'))) {
            const base = new DatabaseSync(file);
            const all = (statement) => {
                const prepared = base.prepare(statement);
                prepared.setReadBigInts(true);
                return prepared.all();
            };
            const tables = all(\"SELECT name FROM sqlite_master WHERE type = 'table'\");
            for (const { name } of tables) {
                for (const row of all(`SELECT * FROM \"${name}\"`)) {
                    count += 1;
                    console.log(name + ' ' + JSON.stringify(row, (_, it) =>
                        it instanceof Uint8Array ? Buffer.from(it).toString('latin1')
                            : typeof it === 'bigint' ? String(it) : it));
                }
            }
            base.close();
        }
        if (count === 0) throw new Error('no rows');";
    let output = std::process::Command::new(stage::provider::node())
        .args(["--no-warnings", "-e", script])
        .arg(edge.objects())
        .output()?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(output.stdout)
}

#[test]
fn p12_m10_f10_r232_no_row_of_any_object_holds_anything_of_who_was_erased() {
    play(1, async |_| {
        let mut edge = Edge::start()?;
        let api = &Api::new(edge.base());
        let (space, admin) = office(api, json!({})).await?;
        let path = |what: &str| format!("/api/v1/spaces/{}/{what}", space.space);
        let now = crate::customers::now();
        let signed = crate::customers::signed(&json!({
            "sub": "customer-0815", "name": "Zoe Zander", "email": "zoe@larch.example",
            "company": "Zander & Sons", "iat": now, "exp": now + 300,
        }))?;
        let key = json!({ "algorithm": "RS256", "public_key": signed["rs"]["pem"] });
        let made = api.post(&path("identity-keys"), Some(&admin), &key).await?;
        ensure!(made.status == 201, "{made:?}");

        // First as nobody, and then as the site's customer, in two conversations.
        let mut nobody = CustomerLine::writes(api, &space, SECRET).await?;
        nobody.talk.asks(Command::End).await??;
        let token = json!({ "token": signed["rs"]["token"] });
        let shown = api
            .post(&path("identify"), Some(&nobody.me.token), &token)
            .await?;
        let zoe: Visitor = shown.into()?;
        let mut jack = AgentLine::on_duty(api, &space, "Jack").await?;
        let conversation = api.conversation(&zoe, SECRET).await?;
        let mut customer = Talk::open(api.base(), conversation, &zoe.token).await?;
        let mut talk = jack.accepts().await?;
        let note = MessageText::parse("He told me 4711")?;
        talk.asks(Command::Note { text: note.clone() }).await??;
        let title = shared::text::Title::parse("Zoe Zander")?;
        let kind = shared::conversation::TicketKind::Incident;
        talk.asks(Command::CreateTicket { kind, title }).await??;
        let block = path(&format!("items/{}/block", talk.conversation));
        let blocked = api
            .post(&block, Some(&admin), &json!({ "reason": "Zoe Zander" }))
            .await?;
        ensure!(blocked.status == 200, "{blocked:?}");
        ensure!(is_clear("what is stored", &rows(&edge)?).is_err());

        // Found by address and by the site's id, by admins alone.
        for body in [
            json!({ "email": "zoe@larch.example" }),
            json!({ "customer": "customer-0815" }),
            json!({ "conversation": talk.conversation }),
        ] {
            let found = asks(api, &space, "customers/search", Some(&admin), &body).await?;
            let known = &found.body["customers"];
            ensure!(
                known[0]["visitor"] == json!(zoe.visitor)
                    && known[0]["name"] == "Zoe Zander"
                    && known[1].is_null(),
                "{body}: {found:?}"
            );
        }
        let visitor = json!({ "visitor": zoe.visitor });
        let erased = asks(api, &space, "erasures", Some(&admin), &visitor).await?;
        let both = erased.body["conversations"].as_array().map(Vec::len);
        ensure!(erased.status == 202 && both == Some(2), "{erased:?}");
        let is_erased = |event: &Event| *event == Event::Erased;
        customer.sees("that it is erased", is_erased).await?;
        let body = json!({ "refresh": zoe.refresh });
        let refused = api.post("/api/v1/tokens/refresh", None, &body).await?;
        ensure!(refused.status == 401, "the session is over: {refused:?}");
        // One, whomever else the person was (R232): after it nothing is owed any more.
        until(api, &path("audit?what=erased"), &admin, |answer| {
            answer.body["entries"].as_array().map(Vec::len) == Some(1)
        })
        .await?;
        let asked = api
            .get(&path("audit?what=erasure_asked"), Some(&admin))
            .await?;
        let entries = asked.body["entries"].as_array().map(Vec::len);
        ensure!(entries == Some(1), "{asked:?}");
        let audit = api.get(&path("audit"), Some(&admin)).await?;
        is_clear("the audit log", audit.body.to_string().as_bytes())?;
        let body = json!({ "email": "zoe@larch.example" });
        let nobody = asks(api, &space, "customers/search", Some(&admin), &body).await?;
        ensure!(nobody.body["customers"] == json!([]), "{nobody:?}");

        is_clear("a log line", edge.log().as_bytes())?;
        edge.kill();
        is_clear("a row", &rows(&edge)?)
    });
}

#[test]
fn p12_an_admin_finds_exports_and_erases_a_customer_on_the_page() {
    play(0, async |stage| {
        let api = stage.api();
        let (space, _) = office(api, json!({})).await?;
        let me = api.visitor(&space).await?;
        let body = json!({ "text": SECRET, "email": "mia@larch.example", "name": "Mia" });
        let id = stage::wire::fresh_id()?;
        let begun = api.begin(&me.token, id, &body).await?;
        ensure!(begun.status == 201, "{begun:?}");
        let ada = stage.agent(&space, "Ada").await?;
        let browser = &ada.browser;
        let page = format!("{}/agent#audit={}", api.base(), space.space);
        browser.goes(&page).await?;
        browser
            .types("form.customer input[type=text]", "mia@larch.example")
            .await?;
        browser.presses("form.customer .form__go").await?;
        browser.reads(".customers .rows__text", "Mia").await?;
        // Not by one press alone: what will happen is said before.
        let erase = ".customers .rows__row > .button:last-of-type";
        browser.presses(erase).await?;
        browser.reads(".rows__sure", "Conversations: 1").await?;
        browser.presses(".rows__sure .button:last-child").await?;
        browser.sees_no(".rows__sure p").await?;
        browser.reads(".customers .rows__text", "Mia").await?;
        browser.presses(erase).await?;
        browser.presses(".rows__sure .button--danger").await?;
        browser.reads(".customers .home__saved", ": 1").await?;
        browser.sees_no(".customers .rows__row").await
    });
}

#[test]
fn sec_r1_04_admins_are_mailed_what_was_done_with_customers_and_origins() {
    play(0, async |_| {
        let mail = Mail::start().await?;
        let edge = Edge::with(mail.vars())?;
        let api = &Api::new(edge.base());
        let (space, admin) = office(api, json!({})).await?;
        let path = |what: &str| format!("/api/v1/spaces/{}/{what}", space.space);
        let invited = json!({ "email": "zia@larch.example", "role": "admin" });
        let answer = api
            .post(&path("invitations"), Some(&admin), &invited)
            .await?;
        ensure!(answer.status == 201, "{answer:?}");
        let body = json!({ "invitation": mail.newest_secret()?, "name": "Zia" });
        let mut zia = Visit::new(api);
        zia.posts("/api/v1/invitations/accept", &body).await?;

        let customer = CustomerLine::writes(api, &space, SECRET).await?;
        let visitor = json!({ "visitor": customer.me.visitor });
        let origins = json!({ "origins": ["https://shop.example"] });
        let mut sent = mail.calls().len();
        for (words, what) in [
            ("Ada has exported", "exports"),
            ("Ada has a customer", "erasures"),
            ("on which sites", "settings"),
        ] {
            if what == "settings" {
                // A mail API that is down stops nobody.
                mail.answers(500);
                let answer = api.patch(&path(what), &admin, &origins).await?;
                ensure!(answer.status == 200, "{answer:?}");
            } else {
                let answer = asks(api, &space, what, Some(&admin), &visitor).await?;
                ensure!(answer.status < 300, "{answer:?}");
            }
            sent += 1;
            mail.has(sent).await?;
            let told = mail.calls().pop().context("no mail")?;
            let text = told.body["text"].as_str().unwrap_or_default();
            ensure!(text.contains(words), "{told:?}");
            ensure!(told.body["to"] == json!(["zia@larch.example"]), "{told:?}");
            let said = told.body.to_string();
            let visitor = customer.me.visitor.to_string();
            ensure!(!said.contains("4711") && !said.contains(&visitor), "{said}");
        }
        // What is no such act is not mailed.
        let count = mail.calls().len();
        let off = json!({ "live_chat": false });
        ensure!(api.patch(&path("settings"), &admin, &off).await?.status == 200);
        api.get(&path("audit"), Some(&admin)).await?;
        ensure!(mail.calls().len() == count, "{:?}", mail.calls());
        Ok(())
    });
}
