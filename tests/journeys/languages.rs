//! The languages of the chat: each is whole, each is loaded alone, and whoever reads finds the own one.

#[path = "../../widget/src/text/pack.rs"]
#[expect(dead_code, reason = "the build packs")]
mod pack;

use std::fs;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use shared::language::LANGUAGES;
use stage::browser::{Browser, Screen};
use stage::cast::page;
use stage::line::AgentLine;
use stage::{play, root};

use crate::access::Inspector;
use crate::embed::Scene;

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
const SAME: [(&str, &str); 18] = [
    ("de", "emoji"),
    ("de", "launcher"),
    ("es", "launcher"),
    ("fr", "launcher"),
    ("fr", "message"),
    ("fr", "menu"),
    ("fr", "messages"),
    ("it", "emoji"),
    ("it", "launcher"),
    ("it", "menu"),
    ("nl", "emoji"),
    ("nl", "launcher"),
    ("nl", "menu"),
    ("pl", "emoji"),
    ("pl", "menu"),
    ("pt-BR", "launcher"),
    ("pt-BR", "menu"),
    ("tr", "emoji"),
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

/// What can be read or heard on the screen, piece by piece; without what people and spaces have written.
const PIECES: &str = r"
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const own = 'noscript, .message__time, option, .earlier__row, .message__bubble, .message__author, .header__name, .avatar';
    const pieces = [];
    while (walker.nextNode()) {
        if (!walker.currentNode.parentElement.closest(own)) pieces.push(walker.currentNode.data.trim());
    }
    for (const element of document.body.querySelectorAll('*')) {
        pieces.push(element.ariaLabel, element.placeholder);
    }
    return pieces.filter((piece) => piece)";

/// Whether a piece says a text of a table, with whatever is filled into it.
fn says(piece: &str, text: &str) -> bool {
    let text = text.replace("{agent}", "Jack");
    match text.split_once('{') {
        None => piece == text,
        Some((before, rest)) => {
            let after = rest.rsplit_once('}').map_or("", |(_, after)| after);
            before.trim().len() + after.trim().len() > 3
                && piece.starts_with(before)
                && piece.ends_with(after)
        }
    }
}

/// Every language by the menu: all that stands on the screen is in the language, and none of it English.
async fn is_read_in_all(browser: &Browser, state: &str, key: &str) -> Result<()> {
    let english = source("en")?;
    let english = pack::read(&english).map_err(anyhow::Error::msg)?;
    for language in LANGUAGES.iter().rev() {
        let tag = language.tag;
        chooses(browser, tag).await?;
        let document = document(browser).await?;
        ensure!(
            document == (tag.into(), language.dir().into()),
            "{document:?}"
        );
        let pieces: Vec<String> = browser.runs(PIECES, &[]).await?;
        let expected = text(tag, key)?;
        ensure!(
            pieces.iter().any(|piece| says(piece, &expected)),
            "{state} in {tag}: no {expected} in {pieces:?}"
        );
        if language.is_english() {
            continue;
        }
        let own = source(tag)?;
        let own = pack::read(&own).map_err(anyhow::Error::msg)?;
        let said = |piece: &str, texts: &[pack::Entry<'_>]| {
            let mut forms = texts.iter().flat_map(|entry| &entry.forms);
            forms.any(|(_, text)| says(piece, text))
        };
        for piece in pieces.iter().flat_map(|piece| piece.split(" · ")) {
            let is_own = said(piece, &own);
            ensure!(
                is_own || !said(piece, &english),
                "{state} in {tag} is English: {piece}"
            );
            ensure!(
                is_own || !piece.is_ascii() || piece.len() < 4,
                "{state} in {tag}, in words of nobody: {piece}"
            );
        }
    }
    Ok(())
}

#[test]
fn p14_every_state_is_read_in_every_language() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let address = format!("{}/chat?space={}&lang=en", stage.api().base(), space.space);
        let browser = stage.browser("the customer", Screen::NARROW).await?;
        browser.goes(&address).await?;
        browser.sees(".welcome").await?;
        is_read_in_all(&browser, "welcome", "welcome_title").await?;
        browser.types("textarea.composer__text", "Hello\n").await?;
        browser.reads(".waiting__place", "No operators").await?;
        is_read_in_all(&browser, "waiting", "no_operators").await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let mut talk = jack.accepts().await?;
        talk.writes("Good evening").await?;
        browser.reads(".log", "Good evening").await?;
        browser
            .types("textarea.composer__text", "half a sent")
            .await?;
        browser.presses(".header__end").await?;
        browser.sees(".confirm__yes").await?;
        is_read_in_all(&browser, "active", "is_online").await?;
        browser.presses(".header__end").await?;
        browser.presses(".confirm__yes").await?;
        browser.sees(".ended__new").await?;
        is_read_in_all(&browser, "ended", "you_ended").await?;
        let kept = "return document.querySelector('.composer__text').value";
        let kept: String = browser.runs(kept, &[]).await?;
        ensure!(kept == "half a sent", "{kept}");
        let mut loaded = loaded(&browser).await?;
        loaded.sort_unstable();
        loaded.dedup();
        ensure!(loaded.len() == LANGUAGES.len() - 1, "{loaded:?}");
        Ok(())
    });
}

/// Every text has room where there is least of it.
#[test]
fn p14_long_words_and_lines_from_right_to_left_have_room_on_the_narrowest_screen() {
    play(1, async |stage| {
        let inspector = Inspector::new()?;
        let week = json!([{ "day": "monday", "from": 540, "to": 541 }]);
        let hours = json!({ "zone": "Europe/Berlin", "week": week, "holidays": [] });
        let queues = json!([{ "name": "GENERAL" }, { "name": "SHUT", "hours": hours }]);
        let space = stage
            .space(
                json!({ "queues": queues, "name": "Larch & Lantern" }),
                &["Jack"],
            )
            .await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let browser = stage.browser("the customer", Screen::NARROW).await?;
        let address = format!("{}/chat?space={}&lang=de", stage.api().base(), space.space);
        browser.goes(&address).await?;
        browser.types("textarea.composer__text", "Hallo\n").await?;
        let mut talk = jack.accepts().await?;
        talk.writes("Good evening").await?;
        browser.reads(".log", "Good evening").await?;
        for language in &LANGUAGES {
            chooses(&browser, language.tag).await?;
            let over = "const page = document.documentElement;
                const over = [...document.querySelectorAll('.chat *')].filter((element) =>
                    element.getBoundingClientRect().right > innerWidth + 1
                    || element.getBoundingClientRect().left < -1);
                return page.scrollWidth > innerWidth ? ['page'] : over.map((element) => element.className)";
            let over: Vec<String> = browser.runs(over, &[]).await?;
            ensure!(over.is_empty(), "{}: {over:?}", language.tag);
            if matches!(language.tag, "de" | "ru" | "ar" | "ja") {
                let name = format!("chat-language-{}-narrow", language.tag);
                browser.is_pictured(&name).await?;
            }
        }
        let is_right =
            "const side = (name) => document.querySelector(name).getBoundingClientRect().left;
            return side('.message--out .message__bubble') < side('.message--in .message__bubble')
                && side('.header__end') < side('.header__who')";
        chooses(&browser, "ar").await?;
        let _: bool = browser.until("the other way round", is_right, &[]).await?;
        inspector.inspects(&browser, "chat-menu").await
    });
}

#[test]
fn p14_a_language_that_does_not_come_is_english_and_says_nothing() {
    play(1, async |stage| {
        stage.excuse(&[".txt"]);
        let space = stage.space(json!({}), &["Jack"]).await?;
        let base = stage.api().base();
        let browser = stage.browser("the customer", Screen::PHONE).await?;
        browser.commands("Network.enable", json!({})).await?;
        let block =
            |urls: Value| browser.commands("Network.setBlockedURLs", json!({ "urls": urls }));
        block(json!(["*.txt"])).await?;
        let address = format!("{base}/chat?space={}&lang=ar", space.space);
        browser.goes(&address).await?;
        browser.reads(".welcome__title", "How can we help?").await?;
        let document = document(&browser).await?;
        ensure!(document == ("en".into(), "ltr".into()), "{document:?}");
        browser.sees_no(".banner").await?;
        browser.sees_no("[role=alert]").await?;
        block(json!([])).await?;
        browser.reloads().await?;
        browser
            .reads(".welcome__title", &text("ar", "welcome_title")?)
            .await
    });
}

/// Answers of the Worker, to browsers of all kinds.
#[test]
fn p14_lg1_the_document_is_in_the_first_language_that_we_speak() {
    play(0, async |stage| {
        let api = stage.api();
        let space = api.space(json!({}), &["Jack"]).await?;
        let cases = [
            (
                "",
                "fr-CA,fr;q=0.9,en;q=0.8",
                "lang=\"fr\" dir=\"ltr\"",
                "fr-CA",
            ),
            (
                "",
                "da, nb;q=0.9, pt-PT;q=0.5",
                "lang=\"pt-BR\" dir=\"ltr\"",
                "pt-PT",
            ),
            ("zh-TW", "de", "lang=\"zh-Hans\" dir=\"ltr\"", "zh-TW"),
            ("he", "de", "lang=\"he\" dir=\"rtl\"", "he"),
            ("tlh", "de-1x", "lang=\"de\" dir=\"ltr\"", "de"),
            ("%22%3E%3Cscript%3E", "", "lang=\"en\" dir=\"ltr\"", "en"),
        ];
        for (asked, accepted, expected, locale) in cases {
            let path = format!("/chat?space={}&lang={asked}", space.space);
            let request = api.request(Method::GET, &path);
            let answer = request.header("accept-language", accepted).send().await?;
            ensure!(answer.headers()["vary"] == "accept-language");
            let html = answer.text().await?;
            ensure!(
                html.contains(&format!("<html {expected} ")),
                "{asked} {accepted}: {html}"
            );
            ensure!(
                html.contains(&format!("data-locale=\"{locale}\"")),
                "{asked}: {html}"
            );
            let is_loaded = html.contains(".txt\"");
            ensure!(is_loaded != expected.contains("\"en\""), "{asked}: {html}");
        }
        Ok(())
    });
}

/// The plural rules of browsers are those that the files are written for.
#[test]
fn p14_plurals_are_those_of_the_browser() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let html = page(stage.api().base(), &space.space, "data-locale=\"pl\"");
        let scene = Scene::of(stage, Screen::DESKTOP, "", html).await?;
        let browser = &scene.customer.browser;
        for (tag, categories) in pack::CATEGORIES {
            let script =
                "return new Intl.PluralRules(arguments[0]).resolvedOptions().pluralCategories";
            let mut known: Vec<String> = browser.runs(script, &[json!(tag)]).await?;
            known.sort_unstable();
            let mut own = categories.to_vec();
            own.sort_unstable();
            ensure!(known == own, "{tag}: {known:?}, not {own:?}");
        }
        let cases = [
            ("pl", ["one", "few", "many", "many"]),
            ("ru", ["one", "few", "many", "one"]),
            ("ar", ["one", "two", "few", "many"]),
        ];
        for (tag, expected) in cases {
            let script =
                "return [1, 2, 5, 21].map((n) => new Intl.PluralRules(arguments[0]).select(n))";
            let found: Vec<String> = browser.runs(script, &[json!(tag)]).await?;
            ensure!(found == expected, "{tag}: {found:?}");
        }
        // And so the launcher counts what is unread.
        scene.customer.opens_chat().await?;
        scene.customer.writes("Dzień dobry").await?;
        let mut talk = jack.accepts().await?;
        scene.customer.is_told("Jack jest online").await?;
        browser.presses(".header__close").await?;
        scene.customer.looks_at_page().await?;
        let closed =
            "return !document.querySelector('bellhop-chat').shadowRoot.querySelector('.open')";
        let _: bool = browser.until("a closed chat", closed, &[]).await?;
        let settled = "const done = arguments[0]; setTimeout(() => requestIdleCallback(done), 100)";
        browser.driver().execute_async(settled, Vec::new()).await?;
        let mut written = 0;
        for (count, words) in [
            (1, "Czat, 1 nieprzeczytana wiadomość"),
            (2, "Czat, 2 nieprzeczytane wiadomości"),
            (5, "Czat, 5 nieprzeczytanych wiadomości"),
        ] {
            while written < count {
                talk.writes("Proszę").await?;
                written += 1;
            }
            let label = "return document.querySelector('bellhop-chat').shadowRoot
                .querySelector('button').ariaLabel == arguments[0]";
            let _: bool = browser.until(words, label, &[json!(words)]).await?;
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
