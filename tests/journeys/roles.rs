//! Roles are given and taken on the people page (F27, F35): whoever has another one is told, and goes on.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use shared::frame::CloseCode;
use stage::api::Space;
use stage::browser::{Browser, Screen};
use stage::cast::Agent;
use stage::line::{AgentLine, CustomerLine};
use stage::{PATIENCE, Stage, play};

use crate::access::Inspector;

/// Comes in by a one-time link that an admin has made, as people outside of development do.
async fn enters(stage: &Stage, space: &Space, admin: &str, name: &str) -> Result<Agent> {
    let api = stage.api();
    let agent = api.sign_in(space, name).await?.agent;
    let path = format!("/api/v1/spaces/{}/agents/{agent}/link", space.space);
    let made = api.post(&path, Some(admin), &json!({})).await?;
    let link = made.body["link"].as_str().context("no link")?;
    let browser = stage.browser(name, Screen::DESKTOP).await?;
    browser.goes(link).await?;
    browser.presses(".form__go").await?;
    browser.reads(".spaces", "Larch & Lantern").await?;
    let console = format!("{}/agent?space={}", api.base(), space.space);
    browser.goes(&console).await?;
    browser.sees(".console .slots__text").await?;
    Ok(Agent { browser })
}

/// The role that stands beside a name.
async fn role(browser: &Browser, name: &str) -> Result<String> {
    let script = "return document.querySelector(`[data-agent=${arguments[0]}] select`)?.value";
    browser.until("a role", script, &[json!(name)]).await
}

async fn gives(browser: &Browser, name: &str, role: &str) -> Result<()> {
    let script = "const select = document.querySelector(`[data-agent=${arguments[0]}] select`);
        if (!select || select.value === arguments[1]) return false;
        select.value = arguments[1];
        select.dispatchEvent(new Event('change', { bubbles: true }));
        return true";
    let arguments = [json!(name), json!(role)];
    let _: bool = browser.until("the role", script, &arguments).await?;
    Ok(())
}

#[test]
fn f27_f35_g4_01_a_role_is_given_and_taken_on_screen_and_the_console_says_so() {
    play(2, async |stage| {
        // The last admin stays one; a token of the role before is void, and is asked for anew.
        stage.excuse(&["409", "401", "WebSocket connection"]);
        let api = stage.api();
        let agents = vec![
            json!({ "name": "Ada", "role": "admin" }),
            json!({ "name": "Jack" }),
        ];
        let space = api
            .space_with(json!({ "name": "Larch & Lantern" }), agents)
            .await?;
        let admin = api.sign_in(&space, "Ada").await?.token;
        let jack = enters(stage, &space, &admin, "Jack").await?;
        jack.sets_available(true).await?;
        let mut customer = CustomerLine::writes(api, &space, "Where is my kettle?").await?;
        jack.accepts().await?;
        jack.browser.sees_no(".list--team").await?;

        let browser = stage.browser("Ada", Screen::DESKTOP).await?;
        let ada = Agent::signs_in(browser, api.base(), &space.space, "Ada").await?;
        let people = format!("{}/agent#people={}", api.base(), space.space);
        ada.browser.goes(&people).await?;
        for (given, shown) in [("supervisor", "Supervisor"), ("agent", "Agent")] {
            let mut wire = AgentLine::signs_in(api, &space, "Jack").await?;
            gives(&ada.browser, "Jack", given).await?;
            let code = wire.wire.closes_within(PATIENCE).await?;
            let word = &wire.wire.word;
            ensure!(
                code == CloseCode::Unauthorized.number() && word == "token_revoked",
                "{code} {word}"
            );
            let told = format!("Your role was changed: {shown}");
            jack.browser.reads(".toast", &told).await?;
            if given == "supervisor" {
                jack.browser.sees(".list--team").await?;
                jack.browser.is_pictured("role-changed").await?;
            } else {
                jack.browser.sees_no(".list--team").await?;
            }
            // What was open is open, and goes on.
            jack.writes(&format!("I am {given} here")).await?;
            customer.talk.reads(&format!("I am {given} here")).await?;
            ensure!(role(&ada.browser, "Jack").await? == given, "{given}");
        }

        gives(&ada.browser, "Ada", "agent").await?;
        ada.browser
            .reads(".home__error", "The space needs an admin")
            .await?;
        ensure!(role(&ada.browser, "Ada").await? == "admin", "taken");
        Inspector::new()?
            .inspects(&ada.browser, "home-people-last-admin")
            .await?;

        // With another admin there, the first one may go, and is told what is not hers any more.
        stage.excuse(&["403"]);
        gives(&ada.browser, "Jack", "admin").await?;
        jack.browser.reads(".toast", "changed: Admin").await?;
        jack.browser.sees("a.bar__bell").await?;
        gives(&ada.browser, "Ada", "agent").await?;
        ada.browser.sees(".home__error:not(:empty)").await
    });
}
