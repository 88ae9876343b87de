//! Files that a space has checked before anybody sees them (FI6 to FI9, SECURITY.md U9).

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use shared::conversation::Event;
use shared::file::Check;
use stage::api::{Answer, Api, Space};
use stage::browser::Screen;
use stage::files::Upload;
use stage::judge::Judge;
use stage::line::Talk;
use stage::{PATIENCE, play};
use tokio::time::Instant;

use super::Scene;
use super::off::brings;

/// Has the files of a space checked.
async fn is_asked(api: &Api, space: &Space, judge: &Judge) -> Result<()> {
    let ada = api.sign_in(space, "Ada").await?;
    let path = |what| format!("/api/v1/spaces/{}/{what}", space.space);
    let body = json!({ "algorithm": "file-check" });
    let made = api
        .post(&path("identity-keys"), Some(&ada.token), &body)
        .await?;
    ensure!(made.status == 201, "{made:?}");
    judge.knows(made.body["secret"].as_str().context("a secret")?);
    let body = json!({ "file_check_url": judge.url() });
    let set = api.patch(&path("settings"), &ada.token, &body).await?;
    ensure!(set.status == 200, "{set:?}");
    ensure!(!set.body.to_string().contains("secret"), "{set:?}");
    Ok(())
}

/// Waits until a file has been judged.
async fn judged(file: &Upload<'_>) -> Result<(Check, Value)> {
    let end = Instant::now() + PATIENCE + PATIENCE;
    let path = format!("/api/v1/conversations/{}/events", file.conversation);
    loop {
        let log = file.api.get(&path, Some(&file.token)).await?;
        let mut events = log.body["events"].as_array().into_iter().flatten();
        let told = events
            .rfind(|entry| entry["event"]["file_checked"]["message"] == json!(file.id))
            .map(|entry| entry["event"]["file_checked"].clone());
        if let Some(told) = told {
            let check: Check = serde_json::from_value(told["sent"]["check"].clone())?;
            if check != Check::Checking {
                return Ok((check, told));
            }
        }
        ensure!(Instant::now() < end, "{} is checked for ever", file.name);
    }
}

/// Asks for another check.
async fn again(file: &Upload<'_>, token: &str) -> Result<Answer> {
    let path = format!(
        "/api/v1/conversations/{}/files/{}",
        file.conversation, file.file
    );
    file.api
        .send(file.api.request(Method::POST, &path).bearer_auth(token))
        .await
}

#[test]
fn sec_u9_fi6_fi7_fh2_fh3_what_nobody_has_passed_is_read_by_nobody() {
    play(0, async |stage| {
        let api = stage.api();
        let judge = Judge::start().await?;
        let scene = Scene::opens(api, json!({})).await?;
        is_asked(api, &scene.space, &judge).await?;
        let cases: [(&str, Check, &[u8]); 11] = [
            ("accept.txt", Check::Passed, b"ding"),
            ("refuse.txt", Check::Refused, b""),
            ("here.txt", Check::Passed, b"cleaned, here"),
            ("there.txt", Check::Passed, b"cleaned, there"),
            ("virus.txt", Check::Failed, b""),
            ("wrong.txt", Check::Failed, b""),
            ("huge.txt", Check::Failed, b""),
            ("five.txt", Check::Failed, b""),
            ("moved.txt", Check::Failed, b""),
            ("drop.txt", Check::Failed, b""),
            ("hang.txt", Check::Failed, b""),
        ];
        let mut files = vec![];
        for (name, ..) in cases {
            files.push(scene.file(name, b"ding")?.is_sent().await?);
        }
        let readers = [&scene.customer.me.token, &scene.jack.me.token];
        let hung = files.last().context("a file")?;
        for token in readers {
            let told = hung.linked(token).await?;
            ensure!((told.status, told.code()) == (409, "file_held"), "{told:?}");
        }
        for (file, (name, expected, bytes)) in files.iter().zip(cases) {
            let (check, told) = judged(file).await?;
            ensure!(check == expected, "{name}: {told}");
            let reason = told["reason"].as_str();
            ensure!(reason == (check == Check::Refused).then_some("It holds a virus"));
            for token in readers {
                if check == Check::Passed {
                    ensure!(file.read_by(token).await?.bytes == bytes, "{name}");
                } else {
                    let told = file.linked(token).await?;
                    ensure!((told.status, told.code()) == (409, "file_held"), "{told:?}");
                }
            }
        }
        ensure!(judge.wrong().is_empty(), "{:?}", judge.wrong());
        let asked = judge.asked();
        let first = asked.first().context("a question")?;
        let read = api
            .reads(first["file"]["url"].as_str().context("an address")?, &[])
            .await?;
        ensure!(read.bytes == b"ding", "it reads the file");

        // What agents send is checked, too.
        let jack = &scene.jack.me.token;
        let theirs = Upload::new(api, scene.talk.conversation, jack, "refuse.csv", b"a;b")?;
        let theirs = theirs.is_sent().await?;
        ensure!(judged(&theirs).await?.0 == Check::Refused);
        Ok(())
    });
}

#[test]
fn sec_u9_fi8_its_sender_tries_again() {
    play(0, async |stage| {
        let api = stage.api();
        let judge = Judge::start().await?;
        let scene = Scene::opens(api, json!({})).await?;
        is_asked(api, &scene.space, &judge).await?;
        let file = scene.file("later.txt", b"ding")?.is_sent().await?;
        ensure!(judged(&file).await?.0 == Check::Failed);
        let refused = again(&file, &scene.jack.me.token).await?;
        ensure!(
            (refused.status, refused.code()) == (403, "not_author"),
            "{refused:?}"
        );
        let taken = again(&file, &file.token).await?;
        ensure!(taken.status == 202, "{taken:?}");
        ensure!(judged(&file).await?.0 == Check::Passed);
        let told = again(&file, &file.token).await?;
        ensure!(
            (told.status, told.code()) == (409, "file_judged"),
            "{told:?}"
        );
        ensure!(file.read_by(&scene.jack.me.token).await?.bytes == b"ding");
        // The same file is the same question.
        let asked = judge.asked();
        ensure!(
            asked.len() == 2 && asked[0]["id"] == asked[1]["id"],
            "{asked:?}"
        );
        // The file came once.
        let talk = Talk::open(api.base(), file.conversation, &file.token).await?;
        let files = talk
            .log
            .iter()
            .filter(|entry| matches!(entry.event, Event::FileSent(_)));
        ensure!(files.count() == 1);
        Ok(())
    });
}

#[test]
fn sec_u9_s1_a_check_is_asked_of_public_servers_and_never_without_a_signature() {
    play(0, async |stage| {
        let api = stage.api();
        let judge = Judge::start().await?;
        let scene = Scene::opens(api, json!({})).await?;
        let ada = api.sign_in(&scene.space, "Ada").await?;
        let path = format!("/api/v1/spaces/{}/settings", scene.space.space);
        for url in [
            "http://shop.example/check",
            "https://10.0.0.1/",
            "https://metadata.internal/",
            "check",
        ] {
            let set = api
                .patch(&path, &ada.token, &json!({ "file_check_url": url }))
                .await?;
            ensure!(
                (set.status, set.code()) == (422, "setting_malformed"),
                "{url}: {set:?}"
            );
        }
        let body = json!({ "file_check_url": judge.url() });
        ensure!(api.patch(&path, &ada.token, &body).await?.status == 200);
        let file = scene.file("accept.txt", b"ding")?.is_sent().await?;
        ensure!(judged(&file).await?.0 == Check::Failed, "there is no key");
        ensure!(judge.asked().is_empty());
        Ok(())
    });
}

#[test]
fn sec_u9_both_sides_see_that_a_file_is_checked() {
    play(2, async |stage| {
        let judge = Judge::start().await?;
        let agents = vec![
            json!({ "name": "Jack" }),
            json!({ "name": "Ada", "role": "admin" }),
        ];
        let space = stage.api().space_with(json!({}), agents).await?;
        is_asked(stage.api(), &space, &judge).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        let customer = stage.customer(&space).await?;
        let browser = &customer.browser;
        browser.shows(Screen::PHONE).await?;
        customer.opens_chat().await?;
        customer.writes("My lamp is broken").await?;
        jack.is_offered().await?;
        jack.accepts().await?;
        browser.sees("form[data-takes]").await?;
        for name in ["slow.txt", "refuse.txt", "later.txt"] {
            brings(browser, "drop", name, "ding").await?;
        }
        let both = [browser, &jack.browser];
        for browser in both {
            browser
                .reads(".file__card--held", "Being checked …")
                .await?;
            browser
                .reads(".file__card--held", "A check has refused this file.")
                .await?;
            browser.reads(".file__why", "It holds a virus").await?;
            browser
                .reads(
                    ".file__card--held",
                    "This file could not be checked, so nobody sees it.",
                )
                .await?;
        }
        for browser in both {
            // What became of a check stands at its file, and in no line of its own.
            let lines = "return [...document.querySelectorAll('.event')]
                .every((line) => !line.textContent.trim().startsWith('·'))";
            ensure!(browser.runs::<bool>(lines, &[]).await?, "an empty line");
        }
        browser.is_pictured("files-checked-phone").await?;
        browser.shows(Screen::PHONE.dark()).await?;
        browser.is_pictured("files-checked-phone-dark").await?;
        jack.browser.is_pictured("files-checked-console").await?;
        jack.browser.sees_no(".file__card--held .button").await?;
        browser.presses(".file__card--held .button").await?;
        judge.lets_go();
        for browser in both {
            browser.reads("button.file__card", "slow.txt").await?;
            browser.reads("button.file__card", "later.txt").await?;
            let held = "return document.querySelectorAll('.file__card--held').length === 1";
            browser.until::<bool>("one is held", held, &[]).await?;
        }
        Ok(())
    });
}
