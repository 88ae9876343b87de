//! An admin sets up a space on the settings page: every setting, how it looks, its queues.

mod fields;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use stage::browser::{Browser, Screen};
use stage::cast::page;
use stage::line::{AgentLine, CustomerLine};
use stage::{Stage, play};

use crate::access::Inspector;
use crate::embed::Scene;
use stage::api::Space;

/// The settings page of a space, and its admin.
struct Desk {
    space: Space,
    path: String,
    token: String,
    browser: Browser,
}

impl Desk {
    async fn of(stage: &Stage, settings: Value, language: &str) -> Result<Self> {
        let agents = [
            json!({ "name": "Ada", "role": "admin" }),
            json!({ "name": "Jack" }),
        ];
        let space = stage.api().space_with(json!({}), agents.into()).await?;
        let path = format!("/api/v1/spaces/{}/settings", space.space);
        let token = stage.api().sign_in(&space, "Ada").await?.token;
        let answer = stage.api().patch(&path, &token, &settings).await?;
        ensure!(answer.status == 200, "{answer:?}");
        let ada = stage.agent(&space, "Ada").await?;
        // A console is Available when it opens, and for a while after it has gone.
        ada.sets_available(false).await?;
        let address = format!(
            "{}/agent?lang={language}#settings={}",
            stage.api().base(),
            space.space
        );
        ada.browser.goes(&address).await?;
        ada.browser.sees("form.settings").await?;
        Ok(Self {
            space,
            path,
            token,
            browser: ada.browser.clone(),
        })
    }

    async fn stored(&self, stage: &Stage) -> Result<Value> {
        let answer = stage.api().get(&self.path, Some(&self.token)).await?;
        Ok(answer.body["settings"].clone())
    }

    /// Writes something else into a field.
    async fn writes(&self, path: &str, text: &str) -> Result<()> {
        let field = at(path);
        let empty = "const field = document.querySelector(arguments[0]);
            field.value = '';
            field.dispatchEvent(new Event('input', { bubbles: true }))";
        let _: Value = self.browser.runs(empty, &[json!(field)]).await?;
        self.browser.types(&field, text).await
    }

    async fn chooses(&self, path: &str, value: &str) -> Result<()> {
        let choose = "const field = document.querySelector(arguments[0]);
            field.value = arguments[1];
            field.dispatchEvent(new Event('input', { bubbles: true }));
            field.dispatchEvent(new Event('change', { bubbles: true }))";
        let arguments = [json!(at(path)), json!(value)];
        let _: Value = self.browser.runs(choose, &arguments).await?;
        Ok(())
    }

    async fn saves(&self) -> Result<()> {
        self.browser.presses(".settings__bar .button").await
    }

    async fn has_saved(&self) -> Result<()> {
        self.saves().await?;
        self.browser.reads(".settings__said", "Saved").await
    }

    /// What stands in a field.
    async fn holds(&self, path: &str) -> Result<String> {
        let script = "return document.querySelector(arguments[0]).value";
        self.browser.runs(script, &[json!(at(path))]).await
    }

    /// Waits until a refusal stands at a field, which has the focus.
    async fn is_refused(&self, path: &str, why: &str) -> Result<()> {
        let script = "const field = document.querySelector(arguments[0]);
            const why = document.getElementById('why-' + arguments[1]);
            return !!why && why.textContent.includes(arguments[2])
                && (field.contains(document.activeElement) || field === document.activeElement)";
        let arguments = [json!(at(path)), json!(path), json!(why)];
        let what = format!("{why:?} at {path}");
        self.browser
            .until(&what, script, &arguments)
            .await
            .map(|_: bool| ())
    }
}

fn at(path: &str) -> String {
    format!("[data-path=\"{path}\"]")
}

/// A queue with all that can be set for one.
fn full_queue() -> Value {
    json!({
        "name": "returns", "title": "Returns", "closed": false,
        "hours": {
            "zone": "Europe/Berlin",
            "week": [{ "day": "monday", "from": 540, "to": 1440 }],
            "holidays": [{ "date": "2026-12-24", "name": "Christmas Eve", "open": [{ "from": 540, "to": 720 }] }],
        },
        "overflow": { "to": "GENERAL", "after_s": 300, "when_full": true, "when_closed": true },
        "max_waiting": 20, "full_text": "Please write to us.", "skills": ["german"],
    })
}

/// The paths of everything that can be set.
fn paths(value: &Value, path: &str, all: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                paths(inner, &path, all);
            }
        }
        Value::Array(list) if list.iter().any(Value::is_object) => {
            for (place, inner) in list.iter().enumerate() {
                paths(inner, &format!("{path}[{place}]"), all);
            }
        }
        _ => all.push(path.to_owned()),
    }
}

#[test]
fn f26_f32_r70_no_setting_is_without_its_field() {
    play(1, async |stage| {
        let inspector = Inspector::new()?;
        let theme = json!({ "color": "#7a1f3d", "text": "Ask us" });
        let reasons = json!([{ "id": "gone", "name": "The customer left" }]);
        let settings = json!({ "queues": [full_queue()], "theme": theme, "reasons": reasons });
        let desk = Desk::of(stage, settings, "en").await?;
        let stored = desk.stored(stage).await?;
        let mut all = Vec::new();
        paths(&stored, "", &mut all);
        // What the server counts, and words that stay.
        let is_fixed = |path: &str| {
            matches!(path, "version" | "lists" | "queues[0].name")
                || path.ends_with(".built_in")
                || path.ends_with("].id")
        };
        let script = "return arguments[0].filter((path) => !document.querySelector(`[data-path=\"${path}\"]`)
            && !(/(week|holidays|open)\\[\\d+\\]\\.\\w+$/.test(path)
                && document.querySelector(`[data-path=\"${path.slice(0, path.lastIndexOf('.'))}\"] input`)))";
        let edited: Vec<_> = all.iter().filter(|path| !is_fixed(path)).collect();
        ensure!(edited.len() > 40, "{edited:?}");
        let missing: Vec<String> = desk.browser.runs(script, &[json!(edited)]).await?;
        ensure!(missing.is_empty(), "without a field: {missing:?}");

        // Saved as it came, nothing is another.
        desk.writes("name", "Larch").await?;
        desk.has_saved().await?;
        let mut after = desk.stored(stage).await?;
        ensure!(after["name"] == "Larch", "{after}");
        after["name"].clone_from(&stored["name"]);
        after["version"].clone_from(&stored["version"]);
        ensure!(after == stored, "{after}\n{stored}");
        desk.browser.presses("[data-queue=returns] summary").await?;
        desk.browser.sees(&at("queues[0].overflow.to")).await?;
        inspector
            .inspects(&desk.browser, "home-settings-queue")
            .await
    });
}

#[test]
fn s1_s4_a_refusal_stands_at_its_field_in_the_words_of_the_reader() {
    play(1, async |stage| {
        stage.excuse(&["422", "409"]);
        let desk = Desk::of(stage, json!({ "queues": [full_queue()] }), "de").await?;
        let before = desk.stored(stage).await?;
        desk.writes("conversation_limit", "101").await?;
        desk.writes("name", "Lärche").await?;
        desk.saves().await?;
        desk.is_refused("conversation_limit", "Eine Zahl von 1 bis 100.")
            .await?;
        ensure!(
            desk.holds("name").await? == "Lärche",
            "what was typed is gone"
        );
        desk.writes("conversation_limit", "many").await?;
        desk.saves().await?;
        desk.is_refused("conversation_limit", "Eine ganze Zahl.")
            .await?;
        desk.writes("conversation_limit", "7").await?;
        desk.writes("theme.color", "red").await?;
        desk.saves().await?;
        desk.is_refused("theme.color", "Eine Farbe sieht so aus")
            .await?;
        desk.writes("theme.color", "#1f5245").await?;
        desk.browser.presses("[data-queue=returns] summary").await?;
        desk.writes("queues[0].hours.zone", "Mars/Olympus").await?;
        desk.saves().await?;
        desk.is_refused("queues[0].hours.zone", "Diese Zeitzone gibt es nicht")
            .await?;
        desk.writes("queues[0].hours.zone", "Europe/Berlin").await?;
        desk.writes("origins", "shop.example").await?;
        desk.saves().await?;
        desk.is_refused("origins", "Eine Seite sieht so aus")
            .await?;
        desk.writes("origins", "").await?;
        ensure!(
            desk.stored(stage).await? == before,
            "a refused change changed something"
        );
        desk.saves().await?;
        desk.browser.reads(".settings__said", "Gespeichert").await?;
        let after = desk.stored(stage).await?;
        ensure!(
            after["name"] == "Lärche" && after["conversation_limit"] == 7,
            "{after}"
        );
        Ok(())
    });
}

#[test]
fn s5_two_admins_do_not_undo_each_other() {
    play(1, async |stage| {
        stage.excuse(&["409"]);
        let desk = Desk::of(stage, json!({}), "en").await?;
        desk.writes("name", "Mine").await?;
        desk.writes("conversation_limit", "7").await?;
        let theirs = json!({ "name": "Theirs", "offer_s": 45 });
        let answer = stage.api().patch(&desk.path, &desk.token, &theirs).await?;
        ensure!(answer.status == 200, "{answer:?}");
        desk.saves().await?;
        desk.browser
            .reads(
                ".home__error",
                "meanwhile: Name of the space, Time to answer an offer.",
            )
            .await?;
        let stored = desk.stored(stage).await?;
        ensure!(
            stored["name"] == "Theirs" && stored["conversation_limit"] == 5,
            "{stored}"
        );
        ensure!(
            desk.holds("name").await? == "Mine",
            "what was typed is gone"
        );
        ensure!(desk.holds("offer_s").await? == "45", "theirs is not shown");
        desk.has_saved().await?;
        let stored = desk.stored(stage).await?;
        ensure!(
            stored["name"] == "Mine"
                && stored["conversation_limit"] == 7
                && stored["offer_s"] == 45,
            "{stored}"
        );
        Ok(())
    });
}

#[test]
fn p31_s12_a_theme_is_shown_by_the_launcher_and_the_chat() {
    play(2, async |stage| {
        let inspector = Inspector::new()?;
        let desk = Desk::of(stage, json!({}), "en").await?;
        desk.writes("theme.color", "#ffee58").await?;
        desk.browser
            .reads("[data-part=look]", "On light pages the chat shows #")
            .await?;
        desk.writes("theme.text", "Ask <us> & \"them\"").await?;
        desk.chooses("theme.side", "start").await?;
        desk.browser.is_pictured("home-settings-look").await?;
        desk.has_saved().await?;
        let line: String = desk
            .browser
            .until(
                "the line with the theme",
                "const line = document.querySelector('.snippet').textContent;
                 return line.includes('data-side') && line",
                &[],
            )
            .await?;
        let attributes = line
            .split_once(&format!("data-space=\"{}\"", desk.space.space))
            .and_then(|(_, rest)| rest.strip_suffix("></script>"))
            .with_context(|| line.clone())?;
        ensure!(attributes.contains("data-color=\"#"), "{line}");

        let html = page(stage.api().base(), &desk.space.space, attributes);
        let scene = Scene::of(stage, Screen::DESKTOP, "", html).await?;
        let customer = &scene.customer;
        customer.sees_launcher().await?;
        let script = "const button = document.querySelector('bellhop-chat').shadowRoot.querySelector('button');
            return [button.textContent, getComputedStyle(button).backgroundColor, button.getBoundingClientRect().left]";
        let (text, launcher, left): (String, String, f64) =
            customer.browser.runs(script, &[]).await?;
        ensure!(
            text.contains("Ask <us> & \"them\"") && left < 100.0,
            "{text} at {left}"
        );
        customer.opens_chat().await?;
        customer.writes("Hello").await?;
        customer.reads("Hello").await?;
        let script = "return getComputedStyle(document.querySelector('.message--out .message__bubble')).backgroundColor";
        let bubble: String = customer.browser.runs(script, &[]).await?;
        ensure!(
            bubble == launcher && bubble != "rgb(255, 238, 88)",
            "{bubble}, {launcher}"
        );
        inspector.inspects(&customer.browser, "chat-themed").await?;
        // In the dark the pale colour is good as it is.
        customer.browser.shows(Screen::DESKTOP.dark()).await?;
        let is_pale = format!("{script} === 'rgb(255, 238, 88)'");
        customer
            .browser
            .until("the colour as it was given", &is_pale, &[])
            .await
            .map(|_: bool| ())
    });
}

#[test]
fn f63_s6_a_queue_is_made_renamed_given_agents_and_deleted_on_screen() {
    play(1, async |stage| {
        stage.excuse(&["409"]);
        let desk = Desk::of(stage, json!({}), "en").await?;
        let browser = &desk.browser;
        browser.sees("[data-queue=GENERAL]").await?;
        browser
            .types("[data-part=queues] .adder input", "Big returns\n")
            .await?;
        browser.sees("[data-queue=big-returns]").await?;
        browser
            .reads("[data-queue=big-returns]", "Save the queue first")
            .await?;
        desk.has_saved().await?;
        let stored = desk.stored(stage).await?;
        ensure!(
            stored["queues"]
                .as_array()
                .is_some_and(|all| all.len() == 1)
                && stored["queues"][0]["title"] == "Big returns",
            "{stored}"
        );
        desk.writes("queues[0].title", "Returns").await?;
        desk.has_saved().await?;
        ensure!(
            desk.stored(stage).await?["queues"][0]["title"] == "Returns",
            "renamed"
        );

        // Jack serves it no longer; what waits in it keeps it from being deleted.
        let jack = "[data-queue=big-returns] [data-agent=Jack] input";
        browser.presses(jack).await?;
        browser.reads(".settings__said", "Saved for Jack").await?;
        let path = format!("/api/v1/spaces/{}/agents", desk.space.space);
        let agents = stage.api().get(&path, Some(&desk.token)).await?.body;
        let rows = agents["agents"].as_array().context("a list")?;
        let jack = rows.iter().find(|row| row["name"] == "Jack");
        ensure!(
            jack.is_some_and(|jack| jack["queues"] == json!(["GENERAL"])),
            "{agents}"
        );

        let mut jack = AgentLine::on_duty(stage.api(), &desk.space, "Jack").await?;
        let _customer = CustomerLine::writes(stage.api(), &desk.space, "A return").await?;
        let talk = jack.accepts().await?;
        let transfer = shared::space::Command::Transfer {
            conversation: talk.conversation,
            to: shared::space::Target::Queue {
                queue: shared::text::Label::parse("big-returns")?,
            },
            note: Some(shared::text::MessageText::parse("A return")?),
        };
        jack.asks(transfer).await??;
        let delete = "[data-queue=big-returns] .button--danger";
        browser.presses(delete).await?;
        browser.sees_no("[data-queue=big-returns]").await?;
        desk.saves().await?;
        browser
            .reads("#why-queues", "big-returns still has conversations")
            .await?;
        let stored = desk.stored(stage).await?;
        ensure!(stored["queues"][0]["name"] == "big-returns", "{stored}");
        Ok(())
    });
}
