//! Texts that are code elsewhere: wherever one of them is shown, it is text.

mod corpus;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use shared::markup::bare;
use stage::browser::Browser;
use stage::cast::{Agent, Customer};
use stage::play;

/// Longest message in characters, with room to spare.
const MESSAGE: usize = 9_000;

/// The kinds of elements in the log, each with the names of its attributes.
const KINDS: &str = r#"return [...new Set([...document.querySelectorAll(".log .message, .log .message *")].map((element) =>
    [element.localName, ...element.getAttributeNames().sort()].join(" ")))].sort()"#;

/// Something ran, or stands ready to.
const BITES: &str = r##"
    const bites = [];
    if (typeof bitten !== "undefined") bites.push("it ran");
    for (const element of document.querySelectorAll("*")) {
        const runs = element.getAttributeNames().find((name) => name.startsWith("on"));
        if (runs) bites.push(element.localName + " " + runs);
        const link = element.getAttribute("href") ?? element.getAttribute("src");
        if (link && !/^(\/|#|https?:|mailto:|tel:|data:,|blob:)/.test(link)) bites.push(link);
    }
    return bites;"##;

/// The corpus in messages that are not too long.
fn messages() -> Vec<String> {
    let mut messages: Vec<String> = Vec::new();
    for text in corpus::all() {
        match messages.last_mut() {
            Some(message) if message.chars().count() + text.chars().count() < MESSAGE => {
                message.push('\n');
                message.push_str(&text);
            }
            Some(_) | None => messages.push(text),
        }
    }
    messages
}

/// The driver cannot type so much: paste, as people do, and send.
async fn pastes(browser: &Browser, text: &str) -> Result<()> {
    let paste = "const field = document.querySelector('textarea.composer__text');
        field.focus();
        document.execCommand('insertText', false, arguments[0]);";
    let _: Value = browser.runs(paste, &[json!(text)]).await?;
    browser.presses(".composer__send").await
}

async fn is_unbitten(browser: &Browser) -> Result<()> {
    let bites: Vec<String> = browser.runs(BITES, &[]).await?;
    ensure!(bites.is_empty(), "{}: {bites:?}", browser.name);
    Ok(())
}

async fn kinds(browser: &Browser) -> Result<Vec<String>> {
    browser.runs(KINDS, &[]).await
}

/// What the small markdown of messages is made of (MK1 to MK5).
const MARKUP: [&str; 11] = [
    "a href rel target",
    "blockquote",
    "code",
    "em",
    "li",
    "ol start",
    "p",
    "pre",
    "s",
    "strong",
    "ul",
];

/// No element is in the log of a kind that was not there before, and that is no markdown.
async fn has_nothing_new(browser: &Browser, before: &[String]) -> Result<()> {
    let mut new = kinds(browser).await?;
    new.retain(|kind| !before.contains(kind) && !MARKUP.contains(&kind.as_str()));
    ensure!(new.is_empty(), "{}: {new:?}", browser.name);
    Ok(())
}

/// The newest message of the other side is that text, but for its marks and for blanks.
async fn shows(browser: &Browser, message: &str) -> Result<()> {
    let script = r#"
        const bare = (text) => text.replace(/\s+/g, "");
        const bubble = [...document.querySelectorAll(".message--in .message__bubble")].at(-1);
        return bare(bubble?.textContent ?? "") === bare(arguments[0])"#;
    let what = format!("the message {message:?}");
    let _: bool = browser
        .until(&what, script, &[json!(bare(message))])
        .await?;
    Ok(())
}

/// Each message goes one way, and is shown as it was written on both sides.
async fn talk(customer: &Customer, jack: &Agent) -> Result<()> {
    for message in messages() {
        pastes(&customer.browser, &message).await?;
        shows(&jack.browser, &message).await?;
        pastes(&jack.browser, &message).await?;
        shows(&customer.browser, &message).await?;
    }
    Ok(())
}

#[test]
fn sec_c1_01_sec_c4_01_a_thousand_hostile_texts_are_text() {
    play(2, async |stage| {
        let settings = json!({ "messages_burst": 1_000, "messages_per_10s": 1_000 });
        let space = stage.space(settings, &["Jack"]).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        let customer = stage.customer(&space).await?;
        customer.opens_chat().await?;
        customer.writes("Hello").await?;
        jack.accepts().await?;
        jack.writes("Good morning").await?;
        customer.reads("Good morning").await?;
        let before = (kinds(&customer.browser).await?, kinds(&jack.browser).await?);
        talk(&customer, &jack).await?;
        is_unbitten(&customer.browser).await?;
        is_unbitten(&jack.browser).await?;
        has_nothing_new(&customer.browser, &before.0).await?;
        has_nothing_new(&jack.browser, &before.1).await
    });
}

#[test]
fn sec_c5_01_hostile_names_notes_and_titles_are_text() {
    const NAME: &str = "<img src=x onerror=bitten=1>";
    const TITLE: &str = "\"><svg onload=bitten=1> {{7*7}} ${7*7}";
    play(2, async |stage| {
        let settings = json!({ "name": NAME, "reasons": [{ "id": "spam", "name": "<b>Spam" }] });
        let agents = vec![json!({ "name": "Jack", "screen_name": NAME })];
        let space = stage.api().space_with(settings, agents).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        let customer = stage.customer(&space).await?;
        for field in ["name", "company"] {
            customer.page_says("set", json!({ field: NAME })).await?;
        }
        customer.opens_chat().await?;
        customer.browser.reads(".header__name", NAME).await?;
        customer.writes(TITLE).await?;
        ensure!(jack.is_offered().await? == NAME, "the offer");
        jack.accepts().await?;
        jack.notes(TITLE).await?;
        let token = stage.api().sign_in(&space, "Jack").await?.token;
        let mine = format!("/api/v1/spaces/{}/items?list=mine", space.space);
        let mine = stage.api().get(&mine, Some(&token)).await?;
        let id = mine.body["items"][0]["conversation"].as_str();
        let path = format!(
            "/api/v1/conversations/{}/tickets",
            id.context("no work item")?
        );
        let ticket = json!({ "kind": "incident", "title": TITLE });
        let answer = stage.api().post(&path, Some(&token), &ticket).await?;
        ensure!(answer.status == 201, "{answer:?}");
        let says = "return document.body.textContent.split(arguments[0]).length";
        let until = format!("{says} > 4");
        let _: bool = jack
            .browser
            .until("message, note and ticket", &until, &[json!(TITLE)])
            .await?;
        customer.is_told(&format!("{NAME} is online")).await?;
        is_unbitten(&customer.browser).await?;
        is_unbitten(&jack.browser).await
    });
}

/// What has ended a statement elsewhere, or begun another one.
const STATEMENTS: [&str; 28] = [
    "'",
    "\"",
    "`",
    "\\",
    ";",
    "--",
    "/*",
    "%",
    "_",
    "*",
    "' OR '1'='1",
    "\" OR \"1\"=\"1",
    "' OR 1=1 --",
    "') OR ('1'='1",
    "'; DROP TABLE item; --",
    "'; DELETE FROM fact; --",
    "' UNION SELECT visitor, conversation FROM past --",
    "' UNION SELECT sql FROM sqlite_master --",
    "x' AND 1=(SELECT count(*) FROM session) --",
    "x' || (SELECT value FROM fact) || '",
    "1 OR 1=1",
    "1; ATTACH DATABASE 'x' AS y",
    "CASE WHEN 1=1 THEN 1 ELSE load_extension('x') END",
    "%' ESCAPE '\\",
    "[a-z]*",
    "GLOB '*'",
    "\u{ff07} OR 1=1",
    "x\u{0}' OR '1'='1",
];

/// Every byte but letters and digits, as an address has it.
fn in_address(text: &str) -> String {
    let byte = |byte: u8| {
        if byte.is_ascii_alphanumeric() {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(byte).collect()
}

#[test]
fn sec_q_01_what_is_asked_for_becomes_no_part_of_a_statement() {
    play(0, async |stage| {
        let api = stage.api();
        let agents = vec![json!({ "name": "Ada", "role": "admin" })];
        let space = api.space_with(json!({}), agents).await?;
        let admin = api.sign_in(&space, "Ada").await?.token;
        let visitor = api.visitor(&space).await?;
        let body = json!({ "text": "Hello", "email": "mia@larch.example", "name": "Mia" });
        let id = stage::wire::fresh_id()?;
        let begun = api.begin(&visitor.token, id, &body).await?;
        ensure!(begun.status == 201, "{begun:?}");
        let path = |what: &str| format!("/api/v1/spaces/{}/{what}", space.space);
        let fields = [
            "items?list",
            "items?list=waiting&queue",
            "items?list=waiting&after",
            "audit?who",
            "audit?what",
            "audit?before",
            "audit/check?after",
        ];
        let mut asked = 0;
        for statement in STATEMENTS {
            for around in ["", "mia@larch.example"] {
                let text = format!("{around}{statement}");
                for field in fields {
                    let path = path(&format!("{field}={}", in_address(&text)));
                    let answer = api.get(&path, Some(&admin)).await?;
                    ensure!(matches!(answer.status, 404 | 422), "{path}: {answer:?}");
                    asked += 1;
                }
                for field in ["email", "customer", "visitor", "conversation"] {
                    let path = path("customers/search");
                    let body = json!({ field: text });
                    let answer = api.post(&path, Some(&admin), &body).await?;
                    let is_nobody = answer.body["customers"] == json!([]);
                    let is_refused = matches!(answer.status, 404 | 422);
                    ensure!(
                        is_refused || answer.status == 200 && is_nobody,
                        "{body}: {answer:?}"
                    );
                    asked += 1;
                }
            }
        }
        ensure!(asked > 500, "{asked}");
        // Everything is as it was.
        let body = json!({ "email": "mia@larch.example" });
        let found = api
            .post(&path("customers/search"), Some(&admin), &body)
            .await?;
        ensure!(found.body["customers"][0]["name"] == "Mia", "{found:?}");
        let waits = api.get(&path("items?list=waiting"), Some(&admin)).await?;
        let items = waits.body["items"].as_array().map(Vec::len);
        ensure!(items == Some(1), "{waits:?}");
        Ok(())
    });
}

#[test]
fn sec_c5_02_headers_of_a_browser_are_kept_nowhere_and_shown_to_nobody() {
    const BITES: &str = "<script>bitten=1</script>";
    play(0, async |_| {
        let mut edge = stage::start::Edge::start()?;
        let api = &stage::api::Api::new(edge.base());
        let agents = vec![json!({ "name": "Ada", "role": "admin" })];
        let space = api.space_with(json!({}), agents).await?;
        let admin = api.sign_in(&space, "Ada").await?.token;
        let visitor = api.visitor(&space).await?;
        let hostile = |path: &str| {
            let request = api.request(reqwest::Method::POST, path);
            let headers = [
                "User-Agent",
                "Referer",
                "Accept-Language",
                "X-Forwarded-For",
            ];
            let request = headers
                .iter()
                .fold(request, |request, name| request.header(*name, BITES));
            request.header("Idempotency-Key", "0190b6a4-2f7e-7cc3-98c4-dc0c0c07398f")
        };
        let request = hostile("/api/v1/conversations").bearer_auth(&visitor.token);
        let begun = api.send(request.json(&json!({ "text": "Hello" }))).await?;
        ensure!(begun.status == 201, "{begun:?}");
        let conversation = begun.body["conversation"].as_str();
        let conversation = conversation.context("no conversation")?;
        for path in [
            format!("/api/v1/conversations/{conversation}/events"),
            format!("/api/v1/spaces/{}/items?list=waiting", space.space),
        ] {
            let answer = api.get(&path, Some(&admin)).await?;
            ensure!(!answer.body.to_string().contains("bitten"), "{answer:?}");
        }
        let log = edge.log();
        edge.kill();
        let rows = crate::privacy::rows(&edge)?;
        let rows = String::from_utf8_lossy(&rows);
        ensure!(rows.contains("Hello") && !rows.contains("bitten"), "a row");
        ensure!(!log.contains("bitten"), "a line of the log");
        Ok(())
    });
}
