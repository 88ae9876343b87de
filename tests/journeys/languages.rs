//! The languages of the chat: each is whole, each is loaded alone, and whoever reads finds the own one.

#[path = "../../widget/src/text/pack.rs"]
#[expect(dead_code, reason = "the build packs")]
mod pack;

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use shared::language::LANGUAGES;
use stage::browser::{Browser, Screen};
use stage::line::AgentLine;
use stage::{play, root};

/// The file of a language.
fn source(tag: &str) -> Result<String> {
    let path = root().join(format!("widget/src/text/chat/{tag}.txt"));
    fs::read_to_string(&path).with_context(|| path.display().to_string())
}

/// One text of a language.
fn text(tag: &str, key: &str) -> Result<String> {
    let source = source(tag)?;
    let entries = pack::read(&source).map_err(anyhow::Error::msg)?;
    let entry = entries.iter().find(|entry| entry.key == key);
    let forms = &entry.with_context(|| format!("{tag} lacks {key}"))?.forms;
    let (_, text) = forms.last().context("no form")?;
    Ok((*text).to_owned())
}

#[test]
fn p14_every_language_is_whole_and_in_its_own_words() -> Result<()> {
    let english = source("en")?;
    let english = pack::read(&english).map_err(anyhow::Error::msg)?;
    let mut names = Vec::new();
    for entry in fs::read_dir(root().join("widget/src/text/chat"))? {
        let name = entry?.file_name().into_string().unwrap_or_default();
        names.push(name.trim_end_matches(".txt").to_owned());
    }
    let mut tags = LANGUAGES.map(|language| language.tag);
    names.sort_unstable();
    tags.sort_unstable();
    ensure!(names == tags, "files {names:?}, languages {tags:?}");
    let mut known = pack::CATEGORIES.map(|(tag, _)| tag);
    known.sort_unstable();
    ensure!(known == tags, "plural categories of {known:?}");
    for tag in tags {
        let source = source(tag)?;
        ensure!(
            source.starts_with("# "),
            "{tag} does not say how it addresses people"
        );
        let entries = pack::read(&source).map_err(anyhow::Error::msg)?;
        let mut problems = pack::problems(tag, &english, &entries);
        let missing = pack::missing(&english, &entries);
        problems.extend(missing.iter().map(|key| format!("{tag} lacks {key}")));
        for (model, entry) in pairs(&english, &entries) {
            let is_same = entry.forms.iter().any(|form| model.forms.contains(form));
            if tag != "en" && is_same && !SAME.contains(&(tag, entry.key)) {
                problems.push(format!("{tag}: {} is English", entry.key));
            }
        }
        ensure!(problems.is_empty(), "{}", problems.join("\n"));
    }
    Ok(())
}

/// Words that a language shares with English.
const SAME: [(&str, &str); 8] = [
    ("de", "launcher"),
    ("es", "launcher"),
    ("fr", "launcher"),
    ("fr", "message"),
    ("fr", "messages"),
    ("it", "launcher"),
    ("nl", "launcher"),
    ("pt-BR", "launcher"),
];

fn pairs<'a, 'b>(
    english: &'a [pack::Entry<'b>],
    entries: &'a [pack::Entry<'b>],
) -> impl Iterator<Item = (&'a pack::Entry<'b>, &'a pack::Entry<'b>)> {
    english.iter().filter_map(|model| {
        let own = entries.iter().find(|entry| entry.key == model.key);
        own.map(|own| (model, own))
    })
}

/// What the document says of its language.
async fn document(browser: &Browser) -> Result<(String, String)> {
    let script = "const { lang, dir } = document.documentElement; return [lang, dir]";
    browser.runs(script, &[]).await
}

/// The files of languages that were loaded, by their language.
async fn loaded(browser: &Browser) -> Result<Vec<String>> {
    let script = r"return performance.getEntriesByType('resource').map((entry) => entry.name)
        .filter((name) => name.endsWith('.txt')).map((name) => name.match(/assets\/(.*?)\./)[1])";
    browser.runs(script, &[]).await
}

/// Opens the menu and chooses a language there.
async fn chooses(browser: &Browser, tag: &str) -> Result<()> {
    let is_open = "return document.querySelector('.header__menu').ariaExpanded == 'true'";
    if !browser.runs::<bool>(is_open, &[]).await? {
        browser.presses(".header__menu").await?;
    }
    browser.sees(".menu__language").await?;
    let choose = "const field = document.querySelector('.menu__language');
        field.value = arguments[0];
        field.dispatchEvent(new Event('change'))";
    let _: Value = browser.runs(choose, &[json!(tag)]).await?;
    let is_shown = "return document.documentElement.lang == arguments[0]
        && document.querySelector('.menu__language')?.value == arguments[0]";
    let _: bool = browser.until(tag, is_shown, &[json!(tag)]).await?;
    Ok(())
}

#[test]
fn p14_one_language_is_loaded_and_english_none() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let base = stage.api().base();
        let browser = stage.browser("the customer", Screen::PHONE).await?;
        let cases = [
            ("de-CH", "de", &["de"][..]),
            ("en-GB", "en", &[]),
            ("tlh", "en", &[]),
        ];
        for (asked, tag, files) in cases {
            let address = format!("{base}/chat?space={}&lang={asked}", space.space);
            browser.goes(&address).await?;
            browser
                .reads(".welcome__title", &text(tag, "welcome_title")?)
                .await?;
            let document = document(&browser).await?;
            ensure!(
                document == (tag.into(), "ltr".into()),
                "{asked}: {document:?}"
            );
            let loaded = loaded(&browser).await?;
            ensure!(loaded == files, "{asked}: {loaded:?}");
        }
        Ok(())
    });
}

#[test]
fn p14_a_visitor_chooses_and_keeps_a_language() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let address = format!("{}/chat?space={}&lang=en", stage.api().base(), space.space);
        let browser = stage.browser("the customer", Screen::PHONE).await?;
        browser.goes(&address).await?;
        browser.types("textarea.composer__text", "Hello\n").await?;
        let mut talk = jack.accepts().await?;
        browser.reads(".message--system", "Jack is online").await?;
        browser
            .types("textarea.composer__text", "half a sent")
            .await?;
        chooses(&browser, "de").await?;
        // What is on the screen already, what is typed, and where the focus is.
        browser.reads(".message--system", "Jack ist online").await?;
        browser.reads(".header__state", "Jack ist online").await?;
        let kept = "return document.querySelector('textarea').value == 'half a sent'
            && document.activeElement.className == 'menu__language'";
        let _: bool = browser.until("what was there", kept, &[]).await?;
        browser.is_pictured("chat-language-phone").await?;
        browser.reloads().await?;
        browser.reads(".header__state", "Jack ist online").await?;
        let loaded = loaded(&browser).await?;
        ensure!(loaded == ["de"], "{loaded:?}");
        talk.writes("Hallo").await?;
        browser.reads(".log", "Hallo").await?;
        chooses(&browser, "en").await?;
        browser.reads(".header__state", "Jack is online").await
    });
}
