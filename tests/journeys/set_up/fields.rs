//! Every text field says itself what is wrong with what stands in it, and nothing typed is lost.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use stage::browser::{Browser, Screen};
use stage::play;

use super::{Desk, at, full_queue};

/// Turns what follows around on the screen.
const TURNED: &str = "Lärche \u{202e}ehcräL";

/// Puts a text into a field as pasting does: a driver types no such characters.
async fn pastes(browser: &Browser, selector: &str, text: &str) -> Result<()> {
    let script = "const field = [...document.querySelectorAll(arguments[0])]
            .find((field) => field.checkVisibility());
        if (!field) return false;
        field.value = arguments[1];
        field.dispatchEvent(new Event('input', { bubbles: true }));
        return true";
    let arguments = [json!(selector), json!(text)];
    let _: bool = browser.until(selector, script, &arguments).await?;
    Ok(())
}

/// Waits until a field says why it was refused, has the focus, and holds what was typed.
async fn says(browser: &Browser, path: &str, typed: &str, why: &str) -> Result<()> {
    let script = "const field = document.querySelector(`[data-path=\"${arguments[0]}\"]`);
        const why = document.getElementById('why-' + arguments[0]);
        return !!why && why.textContent === arguments[2] && field.ariaInvalid === 'true'
            && field === document.activeElement && field.value === arguments[1]";
    let arguments = [json!(path), json!(typed), json!(why)];
    let what = format!("{why:?} at {path}");
    browser
        .until(&what, script, &arguments)
        .await
        .map(|_: bool| ())
}

#[test]
fn s1_c6_every_text_of_a_space_says_at_its_field_what_is_wrong_with_it() {
    play(1, async |stage| {
        stage.excuse(&["422"]);
        let settings = json!({
            "queues": [full_queue()], "reasons": [{ "id": "gone", "name": "The customer left" }],
        });
        let desk = Desk::of(stage, settings, "de").await?;
        let before = desk.stored(stage).await?;
        desk.browser.presses("[data-queue=returns] summary").await?;
        let long = |count: usize| "x".repeat(count);
        let name = "1 bis 100 Zeichen in einer Zeile, keines davon unsichtbar.";
        let launcher = "Bis zu 40 Zeichen in einer Zeile, keines davon unsichtbar.";
        let label = "1 bis 32 Buchstaben a bis z, Ziffern, - und _, ohne Leerzeichen.";
        let message = "Bis zu 10.000 Zeichen.";
        let logo = "Eine Adresse sieht so aus: https://www.example.com/logo.svg, ohne Leerzeichen und Fragezeichen.";
        let origin = "Eine Seite sieht so aus: https://www.example.com, ohne Pfad, und mit https außer auf dem eigenen Rechner.";
        let turned = TURNED.to_owned();
        let cases = [
            ("name", long(101), name),
            ("name", turned.clone(), name),
            ("origins", "https://shop\u{202e}.example".into(), origin),
            ("theme.text", long(41), "Höchstens 40 Zeichen."),
            ("theme.text", turned.clone(), launcher),
            (
                "theme.logo",
                format!("https://shop.example/{}", long(2_100)),
                "",
            ),
            (
                "theme.logo",
                "https://shop.example/\u{202e}a.svg".into(),
                logo,
            ),
            ("fallback_text", long(10_001), "Höchstens 10.000 Zeichen."),
            ("queues[0].title", long(101), name),
            ("queues[0].title", turned.clone(), name),
            ("queues[0].full_text", long(10_001), message),
            ("queues[0].skills", long(33), label),
            ("queues[0].skills", "ger\u{202e}man".into(), label),
            (
                "queues[0].hours.zone",
                "Europe/\u{202e}Berlin".into(),
                "Diese Zeitzone gibt es nicht.",
            ),
            ("resolutions[0].name", turned.clone(), name),
            ("resolutions[0].name", long(101), name),
            ("reasons[0].name", turned, name),
            (
                "sign_in_url",
                format!("https://shop.example/{}", long(3_000)),
                "",
            ),
        ];
        for (path, typed, why) in cases {
            let is_there = "return !!document.querySelector(arguments[0])";
            let there: bool = desk.browser.runs(is_there, &[json!(at(path))]).await?;
            ensure!(there, "{path} has no field");
            let was = desk.holds(path).await?;
            pastes(&desk.browser, &at(path), &typed).await?;
            desk.saves().await?;
            if why.is_empty() {
                desk.is_refused(path, "").await?;
                let why = format!("return document.getElementById('why-{path}').textContent");
                let why: String = desk
                    .browser
                    .until(path, &format!("{why} || null"), &[])
                    .await?;
                ensure!(!why.contains("kann hier nicht"), "{path}: {why}");
                ensure!(
                    desk.holds(path).await? == typed,
                    "{path}: what was typed is gone"
                );
            } else {
                says(&desk.browser, path, &typed, why).await?;
            }
            pastes(&desk.browser, &at(path), &was).await?;
        }
        // A holiday has several fields in one line: what is wrong stands below it.
        let holiday = format!("{} input:not([type])", at("queues[0].hours.holidays[0]"));
        for typed in [long(101), TURNED.to_owned()] {
            pastes(&desk.browser, &holiday, &typed).await?;
            desk.saves().await?;
            desk.is_refused("queues[0].hours.holidays[0]", name).await?;
            let script = "return document.querySelector(arguments[0]).value";
            let held: String = desk.browser.runs(script, &[json!(holiday)]).await?;
            ensure!(held == typed, "what was typed is gone");
        }
        pastes(&desk.browser, &holiday, "Christmas Eve").await?;
        ensure!(
            desk.stored(stage).await? == before,
            "a refused change changed something"
        );
        desk.writes("name", "Lärche").await?;
        desk.saves().await?;
        desk.browser.reads(".settings__said", "Gespeichert").await
    });
}

#[test]
fn s1_c6_the_forms_around_say_at_their_field_what_is_wrong_with_it() {
    play(1, async |stage| {
        stage.excuse(&["422"]);
        let desk = Desk::of(stage, json!({}), "de").await?;
        let browser = &desk.browser;
        let empty = "Bitte ausfüllen.";
        let (long, hidden) = (
            "Das ist zu lang.",
            "Darin stehen unsichtbare Zeichen. Bitte schreiben Sie es neu.",
        );
        let sends = async |form: &str, field: &str, typed: &str, why: &str| {
            let path = format!("{form}.{field}");
            pastes(browser, &at(&path), typed).await?;
            browser.presses(&format!(".{form} .form__go")).await?;
            says(browser, &path, typed, why).await
        };
        browser.sees(".new-token").await?;
        for (typed, why) in [("", empty), (&*"x".repeat(101), long), (TURNED, hidden)] {
            sends("new-token", "name", typed, why).await?;
        }
        browser.is_pictured("home-token-refused").await?;
        let choose = "const select = document.querySelector('.new-identity select');
            select.value = 'ES256';
            select.dispatchEvent(new Event('change', { bubbles: true }))";
        let _: Value = browser.runs(choose, &[]).await?;
        let key = "Das ist kein öffentlicher Schlüssel dieser Art, als PEM oder JWK.";
        sends("new-identity", "public_key", "no key", key).await?;

        let people = format!("location.hash = 'people={}'", desk.space.space);
        let _: Value = browser.runs(&people, &[]).await?;
        browser.sees("[data-agent=Jack]").await?;
        let address = "Eine Adresse sieht so aus: mia@example.com.";
        let far = format!("{}@shop.example", "x".repeat(250));
        for (typed, why) in [
            ("mia", address),
            ("mia@\u{202e}example.com", address),
            (&*far, long),
        ] {
            sends("invite", "email", typed, why).await?;
        }
        browser.shows(Screen::PHONE).await?;
        browser.is_pictured("home-invite-refused-phone").await?;
        Ok(())
    });
}

#[test]
fn p31_the_colour_that_is_written_and_the_one_that_is_chosen_are_one() {
    play(1, async |stage| {
        stage.excuse(&["net::ERR_"]);
        let desk = Desk::of(stage, json!({}), "en").await?;
        let browser = &desk.browser;
        let picked = async || -> Result<String> {
            browser
                .runs("return document.querySelector('.field__pick').value", &[])
                .await
        };
        ensure!(picked().await? == "#1f5245", "ours");
        let path = at("theme.color");
        pastes(browser, &path, "#7A1F3D").await?;
        ensure!(picked().await? == "#7a1f3d", "it follows what is written");
        pastes(browser, &path, "#7A1").await?;
        ensure!(picked().await? == "#7a1f3d", "half a colour is none");
        pastes(browser, &path, "").await?;
        ensure!(picked().await? == "#1f5245", "ours again");
        pastes(browser, ".field__pick", "#0a4f8f").await?;
        ensure!(desk.holds("theme.color").await? == "#0a4f8f", "and back");

        // A logo that does not come leaves the bell; one that comes covers it.
        desk.writes("theme.logo", "https://localhost:444/logo.svg")
            .await?;
        desk.has_saved().await?;
        let stored = desk.stored(stage).await?;
        ensure!(stored["theme"]["color"] == "#0a4f8f", "{stored}");
        let chat = format!("{}/chat?space={}", stage.api().base(), desk.space.space);
        browser.goes(&chat).await?;
        let is_failed = "const logo = document.querySelector('.avatar__logo');
            return logo?.complete && !logo.naturalWidth && logo.hidden
                && getComputedStyle(logo.parentElement, '::before').content !== 'none'";
        let _: bool = browser.until("the bell", is_failed, &[]).await?;
        browser.is_pictured("chat-logo-lost").await?;
        let another = "document.querySelector('.avatar__logo').src = document.querySelector('link[rel=icon]').href";
        let _: Value = browser.runs(another, &[]).await?;
        let is_shown = "return document.querySelector('.avatar__logo').checkVisibility()";
        let _: bool = browser.until("the logo", is_shown, &[]).await?;
        browser.is_pictured("chat-logo").await?;
        Ok(())
    });
}

#[test]
fn s8_built_in_resolutions_are_read_in_the_language_of_the_page_and_kept_as_they_were() {
    play(1, async |stage| {
        let desk = Desk::of(stage, json!({}), "de").await?;
        let first = "resolutions[0].name";
        let shown = desk.holds(first).await?;
        ensure!(shown == "Gelöst", "{shown}");
        // Each name that is typed, and what the server keeps.
        for (typed, stored) in [("Fertig", "Fertig"), ("Gelöst", "Resolved")] {
            desk.writes(first, typed).await?;
            desk.saves().await?;
            desk.browser.reads(".settings__said", "Gespeichert").await?;
            let settings = desk.stored(stage).await?;
            let name = &settings["resolutions"][0]["name"];
            ensure!(*name == stored, "{typed} is kept as {name}");
            let shown = desk.holds(first).await?;
            ensure!(shown == typed, "{shown}");
            // The form says that nothing is saved as soon as something is typed.
            desk.writes("name", &format!("After {typed}")).await?;
            desk.browser
                .reads(".settings__said", "Noch nicht gespeichert")
                .await?;
        }
        Ok(())
    });
}
