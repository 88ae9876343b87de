//! German, from the first word of the chat to the last of the console.

use anyhow::Result;
use serde_json::{Value, json};
use stage::browser::{Browser, Screen};
use stage::line::CustomerLine;
use stage::play;

async fn read_in(browser: &Browser, words: &[(&str, &str)]) -> Result<()> {
    for (selector, text) in words {
        browser.reads(selector, text).await?;
    }
    Ok(())
}

#[test]
fn p14_the_chat_says_in_german_that_it_is_closed() {
    play(1, async |stage| {
        let week = json!([{ "day": "monday", "from": 540, "to": 541 }]);
        let hours = json!({ "zone": "Europe/Berlin", "week": week, "holidays": [] });
        let queue = json!({ "name": "GENERAL", "hours": hours });
        let space = stage.space(json!({ "queues": [queue] }), &["Jack"]).await?;
        let browser = stage.browser("the customer", Screen::PHONE).await?;
        let base = stage.api().base();
        browser
            .goes(&format!("{base}/chat?space={}&lang=de", space.space))
            .await?;
        browser.reads(".welcome", "Wie können wir").await?;
        browser.types("textarea.composer__text", "Hallo\n").await?;
        read_in(
            &browser,
            &[
                (".header__state", "Wir haben gerade geschlossen."),
                (".waiting__title", "Wir haben gerade geschlossen."),
                (".waiting__place", "Wir sind wieder da: Montag"),
            ],
        )
        .await
    });
}

#[test]
fn p14_the_console_speaks_german() {
    play(1, async |stage| {
        let settings = json!({
            "offer_mode": "auto_accept",
            "queues": [{ "name": "GENERAL", "skills": ["english"] }],
        });
        let agents = vec![json!({ "name": "Jack", "skills": ["english"] })];
        let space = stage.api().space_with(settings, agents).await?;
        let browser = stage.browser("Jack", Screen::DESKTOP).await?;
        let base = stage.api().base();
        let url = format!("{base}/agent?space={}&as=jack&lang=de", space.space);
        browser.goes(&url).await?;
        browser.reads(".switch__text", "Verfügbar für 5").await?;
        browser.presses(".availability__open").await?;
        let menu = ".availability .picker";
        browser
            .reads(menu, "Chats, die mir gleichzeitig zugewiesen werden")
            .await?;
        let label = "return document.querySelector('[data-chats=\"2\"]').ariaLabel";
        let label: String = browser.runs(label, &[]).await?;
        anyhow::ensure!(label == "Verfügbar für 2 Chats", "{label}");
        browser.presses("[data-chats='2']").await?;
        let _customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        browser.presses(".list--mine .item__open").await?;
        read_in(
            &browser,
            &[
                (".switch__text", "Verfügbar für 2"),
                (".switch__more", "Platz für 1 weitere"),
                (".list--offers", "Chats werden Ihnen automatisch zugewiesen"),
                (".list--mine .item__meta", "Braucht english"),
                (".details", "Kenntnisse"),
                (".conversation__transfer", "Weitergeben"),
            ],
        )
        .await?;
        browser.presses(".conversation__menu").await?;
        browser.reads("#menu", "Ticket anlegen").await?;
        browser.reads("#menu", "Aufgeben").await?;
        let lang: Value = browser
            .runs("return document.documentElement.lang", &[])
            .await?;
        anyhow::ensure!(lang == "de", "{lang}");
        Ok(())
    });
}
