//! An admin who is locked out comes back by the link that `cargo xtask link` makes, once.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use stage::api::{Api, Space};
use stage::browser::Screen;
use stage::start::Edge;
use stage::{nobody_reports, play, target};

use crate::access::Inspector;

/// A link for Ada of the demo space: what the Worker is to keep, and what stands behind `#first=`.
fn link() -> Result<(String, String)> {
    let said = Command::new(target().join("debug/xtask"))
        .args(["link", "--space", "demo", "--name", "Ada", "--hash"])
        .output()?;
    ensure!(said.status.success(), "{said:?}");
    let said = [said.stdout, said.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    let after = |mark: &str| {
        let rest = said.split_once(mark).map(|(_, rest)| rest);
        let word = rest.and_then(|rest| rest.split_whitespace().next());
        word.map(str::to_owned).with_context(|| said.clone())
    };
    Ok((after("BOOTSTRAP_HASH=")?, after("/agent")?))
}

#[test]
fn sec_r1_05_an_admin_who_is_locked_out_comes_back_once_and_by_the_newest_link_alone() {
    play(1, async |stage| {
        stage.excuse(&["410"]);
        let (_, older) = link()?;
        let (hash, newest) = link()?;
        let edge = Edge::with(vec![("BOOTSTRAP_HASH", hash)])?;
        let (base, api) = (edge.base(), Api::new(edge.base()));
        let space = Space {
            space: "demo".into(),
        };
        // Signing out makes every token void.
        let agents = async || -> Result<Value> {
            let admin = api.sign_in(&space, "Ada").await?.token;
            let answer = api.get("/api/v1/spaces/demo/agents", Some(&admin)).await?;
            let rows = answer.body["agents"].as_array().cloned();
            let rows = rows.unwrap_or_default().into_iter();
            // Whether somebody is there, is another matter.
            Ok(rows
                .map(|row| json!([row["agent"], row["name"], row["role"]]))
                .collect())
        };
        let before = agents().await?;
        let browser = stage.browser("Ada", Screen::DESKTOP).await?;
        let opens = async |link: &str| {
            browser.goes("about:blank").await?;
            browser.goes(&format!("{base}/agent{link}")).await?;
            browser.reads(".card__text", "signs you in, once").await
        };
        let is_over = async || {
            browser.presses(".form__go").await?;
            browser.reads(".home__error", "This link is over").await?;
            let cookies = browser.driver().get_all_cookies().await?;
            ensure!(
                cookies
                    .iter()
                    .all(|cookie| !cookie.name.contains("session")),
                "{cookies:?}"
            );
            anyhow::Ok(())
        };

        // A newer one has taken its place.
        opens(&older).await?;
        is_over().await?;

        opens(&newest).await?;
        let inspector = Inspector::new()?;
        inspector.inspects(&browser, "home-link").await?;
        browser.presses(".form__go").await?;
        browser.reads(".spaces", "Larch & Lantern").await?;
        browser.goes(&format!("{base}/agent?space=demo")).await?;
        browser.reads(".bar__name", "Ada").await?;
        browser.sees("a.bar__bell").await?;

        // The same link once more, by somebody else.
        browser.presses(".bar__sign-out").await?;
        browser.sees(".card").await?;
        opens(&newest).await?;
        is_over().await?;
        inspector.inspects(&browser, "home-link-used").await?;
        ensure!(agents().await? == before, "something changed");

        // No admin, no space, another secret: nothing of that comes in either.
        let wrong = [
            json!({ "bootstrap": "0".repeat(64), "name": "Ada", "space": "demo" }),
            json!({ "bootstrap": "", "name": "Ada", "space": "demo" }),
        ];
        for body in wrong {
            let mut visit = stage::visit::Visit::new(&api);
            let refused = visit.is_refused("/api/v1/session", &body).await?;
            ensure!(refused == "410 link_over", "{refused}: {body}");
        }
        nobody_reports(&api).await
    });
}
