//! German, from the first word of the chat to the last of the console. The languages of the chat are in
//! `languages.rs`.

use anyhow::{Context, Result, ensure};
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

/// The texts of one language in a file: their keys with what they say.
fn table<'a>(file: &'a str, mark: &str) -> Vec<(&'a str, &'a str)> {
    let part = file.split_once(mark).map_or("", |(_, rest)| rest);
    let part = part.split_once("\n};").map_or(part, |(part, _)| part);
    let line = |line: &'a str| {
        let (key, text) = line.trim().split_once(": ")?;
        let is_key = key
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'0'..=b'9'));
        let text = text
            .strip_suffix(',')?
            .strip_prefix('"')?
            .strip_suffix('"')?;
        is_key.then_some((key, text))
    };
    part.lines().filter_map(line).collect()
}

/// What is filled into a text, in the order of the alphabet.
fn blanks(text: &str) -> Vec<&str> {
    let parts = text.split('{').skip(1);
    let mut blanks: Vec<_> = parts
        .filter_map(|part| part.split_once('}'))
        .map(|(name, _)| name)
        .collect();
    blanks.sort_unstable();
    blanks
}

#[test]
fn every_text_is_there_in_both_languages_and_neither_is_left_in_the_other() -> Result<()> {
    // Words that both languages have.
    let same = [
        "Agent",
        "Installation",
        "Supervisor",
        "Admin",
        "Bellhop",
        "Name",
        "Widget",
        "Ticket",
        "Ticket: {}",
        "Demo",
        "OK",
        "UTC",
        "de",
        "en",
        "ltr",
        "{n}",
        "{name}",
    ];
    let files = [
        (
            "console",
            include_str!("../../widget/src/text/console.rs"),
            include_str!("../../widget/src/text/console.rs"),
            "const EN: Words = Words {",
            "const DE: Words = Words {",
        ),
        (
            "work",
            include_str!("../../widget/src/text/work.rs"),
            include_str!("../../widget/src/text/work.rs"),
            "const EN: Work = Work {",
            "const DE: Work = Work {",
        ),
        (
            "home",
            include_str!("../../widget/src/text/home.rs"),
            include_str!("../../widget/src/text/home.rs"),
            "const EN: Words = Words {",
            "const DE: Words = Words {",
        ),
        (
            "settings",
            include_str!("../../widget/src/text/settings.rs"),
            include_str!("../../widget/src/text/settings.rs"),
            "const EN: Words = Words {",
            "const DE: Words = Words {",
        ),
        (
            "privacy",
            include_str!("../../widget/src/text/privacy.rs"),
            include_str!("../../widget/src/text/privacy.rs"),
            "const EN: Words = Words {",
            "const DE: Words = Words {",
        ),
        (
            "status",
            include_str!("../../widget/src/text/status.rs"),
            include_str!("../../widget/src/text/status.rs"),
            "const EN: Words = Words {",
            "const DE: Words = Words {",
        ),
        (
            "mails",
            include_str!("../../edge/src/mail/words.rs"),
            include_str!("../../edge/src/mail/words.rs"),
            "const EN: Words = Words {",
            "const DE: Words = Words {",
        ),
    ];
    for (part, english, german, en, de) in files {
        let (english, german) = (table(english, en), table(german, de));
        ensure!(
            english.len() >= 8,
            "{part}: {} texts are found",
            english.len()
        );
        for (key, text) in &english {
            let other = german.iter().find(|(known, _)| known == key);
            let (_, other) = other.with_context(|| format!("{part}: {key} has no German"))?;
            ensure!(
                !text.trim().is_empty() && !other.trim().is_empty(),
                "{part}: {key} is empty"
            );
            ensure!(
                blanks(text) == blanks(other),
                "{part}: {key}: {text} | {other}"
            );
            ensure!(
                text != other || same.contains(text),
                "{part}: {key} is the same in both: {text}"
            );
            // Words that German does not have.
            let english = |word: &str| {
                [
                    "the", "and", "of", "your", "with", "is", "not", "please", "you",
                ]
                .contains(&word)
            };
            let mut words = other.split(|c: char| !c.is_alphabetic());
            ensure!(!words.any(english), "{part}: {key}: {other}");
        }
        ensure!(
            english.len() == german.len(),
            "{part}: {} and {}",
            english.len(),
            german.len()
        );
    }
    Ok(())
}
